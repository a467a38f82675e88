//! Taking a body out of its envelope.

use serde_json::Value;
use zoho_connector::{Envelope, FailureKind};

use crate::refusal::Refusal;

/// The body inside an envelope, whose constants must be there.
pub(crate) fn open(envelope: &Envelope, json: &Value) -> Result<Value, Refusal> {
    let mut body = Value::Null;
    open_into(envelope, Some(json), "", &mut body)?;
    Ok(body)
}

fn open_into(envelope: &Envelope, json: Option<&Value>, at: &str, body: &mut Value) -> Result<(), Refusal> {
    let wrong = |what: &str| {
        let place = if at.is_empty() { "The body" } else { at };
        Err(Refusal { field: Some(at.to_owned()), ..Refusal::new(FailureKind::Invalid, format!("{place} {what}.")) })
    };
    match (envelope, json) {
        (Envelope::Body, found) => *body = found.cloned().unwrap_or_default(),
        (Envelope::Constant(value), Some(found)) if found == value => {}
        (Envelope::Constant(value), _) => return wrong(&format!("must be {value}")),
        (Envelope::Object(members), Some(Value::Object(found))) => {
            for (name, member) in members {
                open_into(member, found.get(name), name, body)?;
            }
        }
        (Envelope::List(items), Some(Value::Array(found))) => {
            for (position, item) in items.iter().enumerate() {
                open_into(item, found.get(position), at, body)?;
            }
        }
        (Envelope::Object(_), _) => return wrong("must be an object"),
        (Envelope::List(_), _) => return wrong("must be a list"),
    }
    Ok(())
}
