//! One record for each of some others that a call names: an approval for each of those who are asked.

use serde_json::Value;
use zoho_connector::types::Field;
use zoho_connector::{Returns, Type};

use super::Act;
use crate::answers::Answer;
use crate::catalog::Kind;
use crate::refusal::Refusal;
use crate::reply_path::text_of;
use crate::seed::{Record, Spot, plain};
use crate::service::records::refuse_on_wish;
use crate::store::Store;

/// For each of which records a call makes one.
pub(super) struct Each<'a> {
    /// The argument that names them.
    wire: &'a str,
    /// The member that tells for which of them a record is.
    member: &'a Field,
    /// The member of the reply in which the new records are.
    list: &'a str,
}

impl<'a> Act<'a> {
    /// For what a call makes a record each: it names others in a list, a record has a member for one of them, and the
    /// reply has a list of the new records.
    pub(super) fn each_of(&self, kind: &'a Kind) -> Option<Each<'a>> {
        let Returns::One(ty) = &self.call.api.returns else { return None };
        let is_list = |field: &&Field| match &field.ty {
            Type::List { item, .. } => matches!(item.as_ref(), Type::Record(name) if *name == kind.type_name),
            _ => false,
        };
        let list = self.call.connector.object(ty)?.fields.iter().find(is_list)?;
        self.call.api.parameters.iter().find_map(|parameter| {
            let is_ids = matches!(&parameter.ty, Type::List { item, .. } if **item == Type::Id);
            let wire = parameter.sites.first().filter(|_| is_ids)?.wire.as_str();
            let named = plain(wire);
            let one = named.strip_suffix("ids")?;
            let tells = |field: &&Field| {
                let name = plain(&field.name);
                name == one || name.strip_suffix("id") == Some(one)
            };
            Some(Each { wire, member: kind.record.fields.iter().find(tells)?, list: &list.name })
        })
    }

    pub(super) fn create_each(
        &self,
        store: &mut Store,
        spot: &Spot,
        kind: &'a Kind,
        each: &Each<'_>,
    ) -> Result<Answer, Refusal> {
        let mut sent = self.sent(kind);
        refuse_on_wish(&sent)?;
        let named = sent.remove(each.wire).or_else(|| self.arguments.get(each.wire).cloned());
        let ids = named.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
        let made = ids.iter().map(|id| {
            sent.insert(each.member.name.clone(), self.reference(&each.member.ty, id));
            self.create(store, spot, kind, &sent).map(Value::Object)
        });
        let made = made.collect::<Result<Vec<_>, _>>()?;
        let reply = Record::from_iter([(each.list.to_owned(), Value::Array(made))]);
        Ok(Answer::One(Value::Object(reply)))
    }

    /// What stands in a member for a record of this id.
    fn reference(&self, ty: &Type, id: &Value) -> Value {
        let Some(object) = self.call.connector.object(ty) else { return id.clone() };
        let key = object.key().map(|key| key.name.as_str());
        let value = |field: &Field| if key == Some(&field.name) { text_of(id).into() } else { Value::Null };
        Value::Object(object.fields.iter().map(|field| (field.name.clone(), value(field))).collect())
    }
}
