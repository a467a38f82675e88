//! The body of a request: JSON in its envelope, a form, or the bytes of a file.

use serde_json::Value;
use zoho_connector::connector::WHOLE_BODY;
use zoho_connector::{Api, Carrier, Connector, Envelope, Location, Type};

use super::fields::{Fields, appended, set_within};
use super::{Change, Content, Part, connection_value};
use crate::connection::Connection;
use crate::error::Error;
use crate::invocation::{Argument, Invocation, body_members};
use crate::value::encode;

/// The value of the declared body: its members, or the whole where it is one argument.
pub(super) fn given(invocation: &Invocation, api: &Api) -> Value {
    match api.parameter(WHOLE_BODY).filter(|parameter| parameter.sites.iter().any(|site| site.wire.is_empty())) {
        Some(_) => invocation.value(WHOLE_BODY).cloned().unwrap_or(Value::Null),
        None => Value::Object(body_members(invocation)),
    }
}

/// A body in its envelope, as JSON text.
pub(super) fn within(connector: &Connector, ty: &Type, envelope: &Envelope, body: Value) -> String {
    let mut text = String::new();
    write(connector, ty, envelope, &body, &mut text);
    text
}

fn write(connector: &Connector, ty: &Type, envelope: &Envelope, body: &Value, out: &mut String) {
    match envelope {
        Envelope::Body => encode::json(connector, ty, body, out),
        Envelope::Constant(value) => out.push_str(&value.to_string()),
        Envelope::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write(connector, ty, item, body, out);
            }
            out.push(']');
        }
        Envelope::Object(members) => {
            out.push('{');
            for (i, (name, member)) in members.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                write(connector, ty, member, body, out);
            }
            out.push('}');
        }
    }
}

/// The JSON of the request's body, where it has one.
pub(super) fn json(
    invocation: &Invocation,
    connector: &Connector,
    api: &Api,
    connection: &Connection,
    changes: &[Change],
) -> Result<Option<String>, Error> {
    let Some(zoho_connector::Body { ty, carrier: Carrier::Body(envelope) }) = &api.body else { return Ok(None) };
    if ty.is_file() {
        return Ok(None);
    }
    let text = within(connector, ty, envelope, given(invocation, api));
    let mut added = Vec::new();
    for name in &api.connection {
        if let Some(site) = connector
            .connection
            .get(name)
            .and_then(|value| value.site.as_ref())
            .filter(|site| site.location == Location::Body)
        {
            added.push((vec![site.wire.clone()], connection_value(connector, connection, name)?.into()));
        }
    }
    let at_body = changes.iter().any(
        |change| matches!(change, Change::Set(place, _) | Change::Append(place, _) if place.location == Location::Body),
    );
    if added.is_empty() && !at_body {
        return Ok(Some(text));
    }
    let mut json: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    added.into_iter().for_each(|(path, value)| set_within(&mut json, &path, value));
    changes.iter().for_each(|change| apply(&mut json, change));
    Ok(Some(json.to_string()))
}

fn apply(json: &mut Value, change: &Change) {
    match change {
        Change::Set(place, value) if place.location == Location::Body => {
            set_within(json, &path_of(place), value.clone());
        }
        Change::Append(place, text) if place.location == Location::Body => {
            let path = path_of(place);
            let current = path
                .iter()
                .try_fold(&*json, |value, member| value.get(member))
                .and_then(Value::as_str)
                .unwrap_or_default();
            let text = appended(current, text);
            set_within(json, &path, text.into());
        }
        _ => {}
    }
}

fn path_of(place: &zoho_connector::RequestPlace) -> Vec<String> {
    std::iter::once(&place.name).chain(&place.inner).cloned().collect()
}

/// Puts the body together: multipart where a form holds a file, or where the API says so.
pub(super) fn content(invocation: &Invocation, api: &Api, json: Option<String>, fields: &Fields) -> Content {
    if let Some(text) = json {
        return Content::Json(text);
    }
    if let Some(Argument::Files(files)) = invocation.argument(WHOLE_BODY)
        && let Some(file) = files.first()
    {
        return Content::File(file.clone());
    }
    let (form, files) = (fields.form(), fields.form_files());
    let declares_file =
        api.parameters.iter().any(|parameter| parameter.is_at(Location::Form) && parameter.ty.is_file());
    if form.is_empty() && files.is_empty() {
        return Content::Empty;
    }
    if files.is_empty() && !api.multipart && !declares_file {
        return Content::UrlEncoded(form);
    }
    let texts = form.into_iter().map(|(name, value)| Part::Text(name, value));
    let files = files.iter().map(|(name, file)| Part::File(name.clone(), file.clone()));
    Content::Multipart(files.chain(texts).collect())
}
