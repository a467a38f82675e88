//! Making and changing records by what callers send.

use serde_json::{Map, Value};
use zoho_connector::types::{Field, RecordType};
use zoho_connector::{Connector, Location, Type};

use crate::arguments::check;
use crate::catalog::{Kind, KindOrigin};
use crate::message::Upload;
use crate::refusal::Refusal;
use crate::reply_path::text_of;
use crate::seed::{Maker, Meaning, Record, World, is_created, is_modified, meaning_of};
use crate::times;

/// What begins a text that a test sends to have its record refused.
pub(super) const REFUSE: &str = "refuse:";

/// What a record is made or changed with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Workshop<'a> {
    pub(super) world: World<'a>,
    pub(super) kind: &'a Kind,
    pub(super) now_ms: i64,
}

impl Workshop<'_> {
    /// A new record: what was sent, and for the rest what a service fills in.
    pub(super) fn make(&self, maker: &Maker<'_>, sent: &Record, files: &[Upload]) -> Record {
        let mut record = Record::new();
        let is_key = |field: &Field| Some(field.name.as_str()) == self.kind.key.as_deref();
        for field in &self.kind.record.fields {
            let value = match sent.get(&field.name) {
                Some(value) if is_key(field) && self.kind.origin == KindOrigin::Chosen => text_of(value).into(),
                _ if is_key(field) => maker.key().into(),
                Some(value) => self.completed(maker, field, value.clone()),
                None => self.filled(maker, &self.kind.record, field, files),
            };
            record.insert(field.name.clone(), value);
        }
        for (name, value) in sent.iter().filter(|(name, _)| Some(name.as_str()) != self.kind.key.as_deref()) {
            record.entry(name.clone()).or_insert_with(|| value.clone());
        }
        self.agree(&mut record);
        record
    }

    /// A record with what was sent in place of what was there, and a new time of change.
    pub(super) fn change(&self, maker: &Maker<'_>, record: &mut Record, sent: &Record) {
        for (name, value) in sent.iter().filter(|(name, _)| Some(name.as_str()) != self.kind.key.as_deref()) {
            let value = match self.kind.record.field(name) {
                Some(field) => self.completed(maker, field, value.clone()),
                None => value.clone(),
            };
            record.insert(name.clone(), value);
        }
        for field in self.kind.record.fields.iter().filter(|field| is_modified(&field.name)) {
            if matches!(field.ty, Type::Time(_)) {
                record.insert(field.name.clone(), self.now(&field.ty));
            }
        }
        self.agree(record);
    }

    fn now(&self, ty: &Type) -> Value {
        times::spell(self.now_ms, self.world.connector.spelling(ty))
    }

    /// What a service fills in for a member that was not sent.
    fn filled(&self, maker: &Maker<'_>, ty: &RecordType, field: &Field, files: &[Upload]) -> Value {
        let name = field.name.as_str();
        let file = files.first();
        match &field.ty {
            _ if field.constant.is_some() => field.constant.clone().unwrap_or_default(),
            Type::Time(_) | Type::Date(_) if is_created(name) || is_modified(name) => self.now(&field.ty),
            Type::Bool => false.into(),
            Type::Int => match file.filter(|_| name.to_ascii_lowercase().contains("size")) {
                Some(file) => file.bytes.len().into(),
                None => 0.into(),
            },
            Type::Choice { .. } => first_choice(&field.ty),
            Type::String if file.is_some() && is_file_name(ty, name) => {
                file.map(|file| file.name.clone()).unwrap_or_default().into()
            }
            Type::String if meaning_of(name) == Meaning::Number => maker.value(name, &field.ty, None),
            Type::Url => maker.value(name, &field.ty, None),
            Type::Id | Type::Record(_) | Type::Object(_) if is_for_everyone(name) => maker.value(name, &field.ty, None),
            Type::Id if self.is_led_through(name) => maker.value(name, &field.ty, None),
            Type::List { item, .. } => self.documents(maker, name, item, files),
            _ => Value::Null,
        }
    }

    /// Whether a path to such a record leads through this id: without it the record could not be had.
    fn is_led_through(&self, name: &str) -> bool {
        let Some(key) = self.kind.key.as_deref().filter(|key| *key != "id") else { return false };
        let has = |api: &zoho_connector::Api, name: &str| {
            api.parameters.iter().any(|parameter| parameter.name == name && parameter.is_at(Location::Path))
        };
        name != key && self.world.connector.apis.values().any(|api| has(api, name) && has(api, key))
    }

    /// An entry for each file, where a list's entries are files.
    fn documents(&self, maker: &Maker<'_>, name: &str, item: &Type, files: &[Upload]) -> Value {
        let Some(object) = self.world.connector.object(item).filter(|object| object.key().is_some()) else {
            return Value::Array(Vec::new());
        };
        if !object.fields.iter().any(|field| meaning_of(&field.name) == Meaning::FileName) {
            return Value::Array(Vec::new());
        }
        let entry = |(position, file): (usize, &Upload)| {
            let made = maker.value(&format!("{name}.{position}"), item, None);
            let mut entry = made.as_object().cloned().unwrap_or_default();
            for field in &object.fields {
                let told = match (&field.ty, meaning_of(&field.name)) {
                    (Type::String, Meaning::FileName) => Some(file.name.clone().into()),
                    (Type::Int, _) if field.name.to_ascii_lowercase().contains("size") => Some(file.bytes.len().into()),
                    (Type::String | Type::Int, _) if field.name.to_ascii_lowercase().ends_with("order") => {
                        Some(position.to_string().into())
                    }
                    _ => None,
                };
                entry.extend(told.map(|value| (field.name.clone(), value)));
            }
            Value::Object(entry)
        };
        files.iter().enumerate().map(entry).collect()
    }

    /// A value that was sent, with the keys that its entries get.
    fn completed(&self, maker: &Maker<'_>, field: &Field, value: Value) -> Value {
        let (Type::List { item, .. }, Value::Array(items)) = (&field.ty, &value) else { return value };
        let Some(key) = self.world.connector.object(item).and_then(|object| object.key()) else { return value };
        let with_key = |(position, item): (usize, &Value)| match item {
            Value::Object(members) if !members.contains_key(&key.name) => {
                let mut members = members.clone();
                let id = maker.within_id(&format!("{}.{position}", field.name));
                members.insert(key.name.clone(), id.into());
                Value::Object(members)
            }
            other => other.clone(),
        };
        items.iter().enumerate().map(with_key).collect()
    }

    /// What the type of a label is called follows the label: `statusType` is Closed where `status` is.
    fn agree(&self, record: &mut Record) {
        for field in &self.kind.record.fields {
            let Some(label) = field.name.strip_suffix("Type").and_then(|name| record.get(name)).and_then(Value::as_str)
            else {
                continue;
            };
            if let Type::Choice { values, .. } = &field.ty
                && let Some(value) = values.iter().find(|value| value.eq_ignore_ascii_case(label))
            {
                record.insert(field.name.clone(), value.clone().into());
            }
        }
    }

    /// Whether a record can be taken, as one of several that succeed or fail alone. `ty` is what the API declares.
    pub(super) fn judge(&self, ty: Option<&Type>, entry: &Value) -> Result<Record, Refusal> {
        let Value::Object(members) = entry else {
            return Err(Refusal::new(zoho_connector::FailureKind::Invalid, "A record must be an object."));
        };
        refuse_on_wish(members)?;
        let connector: &Connector = self.world.connector;
        match ty.and_then(|ty| connector.object(ty)) {
            Some(object) => check::members(connector, object, entry, "")?,
            None => self.judge_loosely(members)?,
        }
        Ok(members.clone())
    }

    /// Where an API takes any members: those that the record's type names, and mail addresses.
    fn judge_loosely(&self, members: &Map<String, Value>) -> Result<(), Refusal> {
        for (name, value) in members.iter().filter(|(name, _)| Some(name.as_str()) != self.kind.key.as_deref()) {
            match self.kind.record.field(name) {
                Some(field) => check::value(self.world.connector, &field.ty, value, name, false)?,
                None if meaning_of(name) == Meaning::Email => {
                    check::value(self.world.connector, &Type::Email, value, name, false)?;
                }
                None => {}
            }
        }
        Ok(())
    }
}

/// A text that begins with `refuse:` has its record refused, with what follows as the message.
pub(super) fn refuse_on_wish(members: &Map<String, Value>) -> Result<(), Refusal> {
    let wish = members.iter().find_map(|(name, value)| Some((name, value.as_str()?.strip_prefix(REFUSE)?)));
    match wish {
        Some((name, message)) => {
            Err(Refusal::invalid(name, if message.trim().is_empty() { "refused, as asked" } else { message.trim() }))
        }
        None => Ok(()),
    }
}

fn first_choice(ty: &Type) -> Value {
    let Type::Choice { values, numeric, .. } = ty else { return Value::Null };
    match values.first() {
        Some(value) if *numeric => value.parse::<i64>().map_or_else(|_| value.as_str().into(), Value::from),
        Some(value) => value.as_str().into(),
        None => Value::Null,
    }
}

/// Whether a member tells a file's name: it says so, or is the only name of what was made of a file.
fn is_file_name(ty: &RecordType, name: &str) -> bool {
    let says_so = |name: &str| meaning_of(name) == Meaning::FileName;
    says_so(name) || (name.eq_ignore_ascii_case("name") && !ty.fields.iter().any(|field| says_so(&field.name)))
}

/// Whether every record has a member, sent or not: who made it, and whose it is.
fn is_for_everyone(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect();
    ["createdby", "modifiedby", "creator", "creatorid", "commenter", "commenterid", "owner", "parentid"]
        .contains(&plain.as_str())
}
