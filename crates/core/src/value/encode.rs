//! Checked values as text: JSON for bodies, plain text for queries, headers, forms and paths.

use serde_json::Value;
use zoho_connector::{Connector, Type};

/// Writes a checked value as JSON. A decimal, which is kept as text so that no digit is lost, becomes a number.
pub(crate) fn json(connector: &Connector, ty: &Type, value: &Value, out: &mut String) {
    match (ty, value) {
        (Type::Decimal, Value::String(digits)) => out.push_str(digits),
        (Type::List { item, .. }, Value::Array(values)) => {
            out.push('[');
            for (i, value) in values.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                json(connector, item, value, out);
            }
            out.push(']');
        }
        (Type::Record(_) | Type::Object(_), Value::Object(members)) => {
            let object = connector.object(ty);
            out.push('{');
            for (i, (name, value)) in members.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                push(out, name);
                out.push(':');
                let ty = object.and_then(|object| object.field(name)).map_or(&Type::Any, |field| &field.ty);
                json(connector, ty, value, out);
            }
            out.push('}');
        }
        (_, value) => push(out, value),
    }
}

/// Writes a text or a value as JSON. What `Display` does goes through the formatter, a character at a time at worst.
pub(crate) fn push(out: &mut String, value: &(impl serde::Serialize + ?Sized)) {
    // A value, whose names are texts, can always be written.
    if let Ok(text) = serde_json::to_string(value) {
        out.push_str(&text);
    }
}

/// A checked value as JSON text of its own.
pub(crate) fn json_text(connector: &Connector, ty: &Type, value: &Value) -> String {
    let mut text = String::new();
    json(connector, ty, value, &mut text);
    text
}

/// A scalar as plain text.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use zoho_connector::{SourceFile, load::read};

    use super::*;

    #[test]
    fn decimals_keep_their_digits_and_ids_their_quotes() {
        let yaml = "{ connector: t, title: T, base_url: https://t.{zoho}, types: { L: { id: id, price: decimal, rest: any } } }";
        let connector =
            read(&[SourceFile::new("t.yaml", yaml.replace("https://t.{zoho}", "'https://t.{zoho}'"))]).unwrap();
        let list = Type::List { item: Box::new(Type::Record("L".into())), max: None };
        let value = json!([{ "id": "00123", "price": "12.10", "rest": { "a": [1, "x"] } }]);
        assert_eq!(json_text(&connector, &list, &value), r#"[{"id":"00123","price":12.10,"rest":{"a":[1,"x"]}}]"#);
    }
}
