//! Whether a value is of its type, as a service would judge it.

use serde_json::Value;
use zoho_connector::types::{Field, RecordType};
use zoho_connector::{Connector, Type};

use crate::refusal::Refusal;
use crate::reply_path::text_of;
use crate::times;

/// The value of a text of a query, header or form.
pub(crate) fn from_text(ty: &Type, text: &str, at: &str) -> Result<Value, Refusal> {
    match ty {
        Type::Int => text.parse::<i64>().map(Value::from).map_err(|_| wrong(at, "a whole number")),
        Type::Bool => text.parse::<bool>().map(Value::from).map_err(|_| wrong(at, "true or false")),
        Type::Choice { numeric: true, .. } => Ok(text.parse::<i64>().map_or_else(|_| text.into(), Value::from)),
        Type::Map | Type::Record(_) | Type::Object(_) | Type::List { .. } => json_text(text, at),
        Type::Any => Ok(serde_json::from_str(text).unwrap_or_else(|_| text.into())),
        _ => Ok(text.into()),
    }
}

/// JSON in a text.
pub(crate) fn json_text(text: &str, at: &str) -> Result<Value, Refusal> {
    serde_json::from_str(text).map_err(|_| wrong(at, "JSON"))
}

/// Whether a list has no more entries than it may have.
pub(crate) fn list_size(ty: &Type, value: &Value, at: &str) -> Result<(), Refusal> {
    let Some(items) = value.as_array() else { return Err(wrong(at, "a list")) };
    match ty.max_items() {
        Some(most) if items.len() as u64 > most => Err(wrong(at, &format!("a list of at most {most}"))),
        _ => Ok(()),
    }
}

/// Whether a value is of a type. Null clears what is not required.
pub(crate) fn value(connector: &Connector, ty: &Type, value: &Value, at: &str, required: bool) -> Result<(), Refusal> {
    if value.is_null() && !required {
        return Ok(());
    }
    let fits = |good: bool, what: &str| if good { Ok(()) } else { Err(wrong(at, what)) };
    match ty {
        Type::String | Type::Duration | Type::Url | Type::Phone => fits(value.is_string(), "text"),
        Type::Id => fits(value.as_str().is_some_and(|id| !id.is_empty()), "an id as text"),
        Type::Int => fits(value.is_i64() || value.is_u64() || is_number(value), "a whole number"),
        Type::Decimal => fits(value.is_number() || is_number(value), "a number"),
        Type::Bool => fits(matches!(text_of(value).as_str(), "true" | "false"), "true or false"),
        Type::Email => fits(value.as_str().is_some_and(is_email), "a mail address"),
        Type::Date(_) | Type::Time(_) => {
            let format = connector.spelling(ty);
            let spelling =
                format.map_or_else(|| "a time as in ISO 8601".to_owned(), |format| format!("a time written {format}"));
            fits(times::read(value, format).is_some(), &spelling)
        }
        Type::Choice { values, open, .. } => {
            let text = text_of(value);
            let bare = text.strip_prefix('-').unwrap_or(&text);
            fits(
                *open || values.iter().any(|known| *known == text || known == bare),
                &format!("one of {}", values.join(", ")),
            )
        }
        Type::Map => fits(value.is_object(), "an object"),
        Type::Any | Type::File { .. } => Ok(()),
        Type::List { item, .. } => {
            list_size(ty, value, at)?;
            let items = value.as_array().into_iter().flatten();
            items
                .enumerate()
                .try_for_each(|(i, entry)| self::value(connector, item, entry, &format!("{at}[{i}]"), true))
        }
        Type::Record(_) | Type::Object(_) => match (connector.object(ty), value) {
            (Some(object), Value::Object(_)) => members(connector, object, value, at),
            _ => Err(wrong(at, "an object")),
        },
    }
}

/// Whether an object has the members of its type that it must have, and has them right.
pub(crate) fn members(connector: &Connector, object: &RecordType, value: &Value, at: &str) -> Result<(), Refusal> {
    let place = |field: &Field| if at.is_empty() { field.name.clone() } else { format!("{at}.{}", field.name) };
    for field in object.fields.iter().filter(|field| field.constant.is_none()) {
        match value.get(&field.name) {
            Some(found) => self::value(connector, &field.ty, found, &place(field), field.required)?,
            None if field.required && field.default.is_none() => {
                return Err(Refusal::invalid(&place(field), format!("'{}' is required.", place(field))));
            }
            None => {}
        }
    }
    Ok(())
}

/// A mail address, as far as a service looks: something, an @, and a domain.
pub(crate) fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(user, domain)| !user.is_empty() && domain.contains('.') && !text.contains(' '))
}

fn is_number(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.parse::<f64>().is_ok())
}

fn wrong(at: &str, what: &str) -> Refusal {
    Refusal::invalid(at, format!("'{at}' must be {what}."))
}
