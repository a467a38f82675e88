//! Keeping a record and what it points at together: the contact of a ticket is the contact that its id names.

use serde_json::Value;
use zoho_connector::types::RecordType;
use zoho_connector::{Api, Type};

use super::Call;
use super::records::Workshop;
use crate::catalog::{Action, Kind};
use crate::hosts::Segment;
use crate::reply_path::text_of;
use crate::routes::segments_of;
use crate::seed::{Record, Spot, World};
use crate::store::{Found, Store};

/// Fills the objects beside ids (`contact` beside `contactId`), and makes the record of an object that was sent
/// without an id.
pub(super) fn link(world: World<'_>, store: &mut Store, kind: &Kind, now_ms: i64, record: &mut Record) {
    for field in kind.record.fields.iter().filter(|field| matches!(field.ty, Type::Record(_) | Type::Object(_))) {
        let forms = [format!("{}Id", field.name), format!("{}_id", field.name)];
        let id_field = kind.record.fields.iter().find(|other| other.ty == Type::Id && forms.contains(&other.name));
        let (Some(object), Some(id_field)) = (world.connector.object(&field.ty), id_field) else { continue };
        let Some(spot) = world.pointed_at(&field.name) else { continue };
        let named = record.get(&id_field.name).map(text_of).filter(|id| !id.is_empty());
        let id = named.or_else(|| {
            let sent = record.get(&field.name)?.as_object()?;
            let workshop = Workshop { world, kind: world.kind(spot)?, now_ms };
            let made = store.add(world, spot, |index| workshop.make(&world.maker(spot, index), sent, &[]));
            Store::id_of(world, spot, &made)
        });
        let Some(id) = id else { continue };
        if let Some(found) = store.get(world, spot, &id) {
            let summary = summary(object, &id, &found);
            record.insert(id_field.name.clone(), id.into());
            record.insert(field.name.clone(), Value::Object(summary));
        }
    }
}

/// The address where a record's file is, for a member that gives it: the path of the API that downloads it.
pub(super) fn address(world: World<'_>, call: &Call<'_>, spot: &Spot, id: &str) -> Option<String> {
    let downloads = |api: &&Api| {
        let plan = world.catalog.plan(&api.name);
        plan.is_some_and(|plan| plan.action == Action::Download && plan.kind == Some(spot.kind))
            && api.base == call.api.base
    };
    let api = call.connector.apis.values().find(downloads)?;
    let segments = segments_of(api);
    let before = spot.path.split('/').skip(1).count();
    let rest = segments.get(before..)?.iter().map(|segment| match segment {
        Segment::Literal(text) => text.as_str(),
        Segment::Value(_) | Segment::Mixed(..) => id,
    });
    let called = call.request.path.split('/').count();
    let base = call.request.path.split('/').take(called - segments_of(call.api).len()).collect::<Vec<_>>().join("/");
    let rest = rest.map(|part| format!("/{part}")).collect::<String>();
    Some(format!("https://{}{base}{}{rest}", call.request.host, spot.path))
}

/// What an object says of a record elsewhere.
fn summary(object: &RecordType, id: &str, found: &Found<'_>) -> Record {
    let key = object.key().map(|key| key.name.as_str());
    let value = |name: &str| match name {
        name if Some(name) == key => id.into(),
        "name" => found.member("name").filter(|name| !name.is_null()).unwrap_or_else(|| whole_name(found)),
        name => found.member(name).unwrap_or_default(),
    };
    object.fields.iter().map(|field| (field.name.clone(), value(&field.name))).collect()
}

fn whole_name(found: &Found<'_>) -> Value {
    if let Some(name) = ["full_name", "fullName"].iter().find_map(|name| found.member(name)) {
        return name;
    }
    let parts = ["firstName", "lastName"].iter().filter_map(|name| found.member(name)).map(|part| text_of(&part));
    let name = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    if name.is_empty() { Value::Null } else { name.into() }
}
