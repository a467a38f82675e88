//! Where a call's records are, and which member is meant, where a call uses another name than the collection.

use serde_json::Value;
use zoho_connector::Type;
use zoho_connector::types::Field;

use crate::arguments::Arguments;
use crate::catalog::{Action, Kind};
use crate::reply_path::text_of;
use crate::seed::{Record, World, plain};
use crate::service::Call;

/// The value that a call has for a name in a collection's path.
pub(super) fn value(
    world: World<'_>,
    call: &Call<'_>,
    arguments: &Arguments,
    kind: usize,
    name: &str,
) -> Option<String> {
    let given = call.path.get(name).cloned().or_else(|| arguments.get(name).map(text_of));
    if given.is_some() {
        return given;
    }
    if call.connector.connection.contains_key(name) {
        return world.choices(name)?.into_iter().next();
    }
    if world.catalog.kind(kind)?.ids.contains(name) {
        // A change that says another parent is a move: where the record is now, nobody has said.
        if !world.catalog.plan(&call.api.name).is_some_and(|plan| plan.action == Action::Create) {
            return None;
        }
        let parent = arguments.values.iter().find(|(wire, value)| is_parent(wire) && !value.is_null());
        return parent.map(|(_, value)| text_of(value));
    }
    sibling(world, call, name)
}

/// Whether a parameter says what a new record lies within.
pub(super) fn is_parent(wire: &str) -> bool {
    let plain = plain(wire);
    ["parent", "parentid", "xparentid"].contains(&plain.as_str())
}

/// The name that belongs to another one in the call's path: the report of a form. Where the examples have both (Orders
/// and All_Orders), what one has before the other goes before any.
fn sibling(world: World<'_>, call: &Call<'_>, name: &str) -> Option<String> {
    let known = world.catalog.named.get(name)?;
    let (other, value) = call.path.iter().find(|(other, _)| world.catalog.named.contains_key(*other))?;
    let others = world.catalog.named.get(other)?;
    let before = known.iter().find_map(|known| others.iter().find_map(|other| known.strip_suffix(other.as_str())));
    Some(format!("{}{value}", before.unwrap_or_default()))
}

/// The value of the member that is called so but for case and what stands between words.
pub(super) fn like<'r>(record: &'r Record, name: &str) -> Option<&'r Value> {
    record.iter().find(|(other, _)| plain(other) == plain(name)).map(|(_, value)| value)
}

/// The member of a record that a parameter gives: of the same name, but for case; `name` also of `itemName` of an item.
pub(super) fn member_for<'k>(kind: &'k Kind, wire: &str, header: bool) -> Option<&'k Field> {
    let wire = if header { wire.strip_prefix("x-").unwrap_or(wire) } else { wire };
    let (own, typed) = (plain(wire), plain(&format!("{}{wire}", kind.type_name)));
    let like = |name: &str| kind.record.fields.iter().find(|field| plain(&field.name) == name);
    let exact = kind.record.field(wire).or_else(|| like(&own)).or_else(|| like(&typed));
    // Where something goes to is where it is afterwards.
    exact.or_else(|| like(own.strip_prefix("dest")?))
}

/// A value as the member has it: one value where the member is a list, and a whole number that came as text.
pub(super) fn fitted(ty: &Type, value: Value) -> Value {
    match (ty, value) {
        (Type::List { .. }, value) if !value.is_array() => Value::Array(vec![value]),
        (Type::Int, Value::String(text)) => text.parse::<i64>().map_or(Value::String(text), Value::from),
        (_, value) => value,
    }
}
