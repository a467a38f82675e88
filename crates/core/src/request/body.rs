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
fn given(invocation: &Invocation, api: &Api) -> Value {
    match api.parameter(WHOLE_BODY).filter(|parameter| parameter.sites.iter().any(|site| site.wire.is_empty())) {
        Some(_) => invocation.value(WHOLE_BODY).cloned().unwrap_or(Value::Null),
        None => Value::Object(body_members(invocation)),
    }
}

/// A body in its envelope, as JSON text.
pub(super) fn within(invocation: &Invocation, api: &Api, ty: &Type, envelope: &Envelope) -> String {
    let rows = invocation.rows().and_then(|rows| {
        let site = api.parameter(&rows.list)?.sites.iter().find(|site| site.location == Location::Body)?;
        Some((site.wire.as_str(), rows.text.as_str()))
    });
    let mut text = String::with_capacity(rows.map_or(0, |(_, rows)| rows.len() + ROOM));
    let writer = Writer { connector: invocation.connector(), ty, body: given(invocation, api), rows };
    writer.write(envelope, &mut text);
    text
}

/// As much as mostly stands around the rows of a body.
const ROOM: usize = 256;

struct Writer<'a> {
    connector: &'a Connector,
    ty: &'a Type,
    body: Value,
    /// The member whose entries are there as text, and they.
    rows: Option<(&'a str, &'a str)>,
}

impl Writer<'_> {
    fn write(&self, envelope: &Envelope, out: &mut String) {
        match envelope {
            Envelope::Body => self.body(out),
            Envelope::Constant(value) => out.push_str(&value.to_string()),
            Envelope::List(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    self.write(item, out);
                }
                out.push(']');
            }
            Envelope::Object(members) => {
                out.push('{');
                for (i, (name, member)) in members.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    encode::push(out, name);
                    out.push(':');
                    self.write(member, out);
                }
                out.push('}');
            }
        }
    }

    fn body(&self, out: &mut String) {
        match (self.rows, &self.body) {
            (None, body) => encode::json(self.connector, self.ty, body, out),
            (Some((wire, rows)), Value::Object(members)) if !wire.is_empty() => {
                let object = self.connector.object(self.ty);
                out.push('{');
                for (i, (name, value)) in members.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    encode::push(out, name);
                    out.push(':');
                    if name == wire {
                        out.extend(["[", rows, "]"]);
                    } else {
                        let ty = object.and_then(|object| object.field(name)).map_or(&Type::Any, |field| &field.ty);
                        encode::json(self.connector, ty, value, out);
                    }
                }
                out.push('}');
            }
            (Some((_, rows)), _) => out.extend(["[", rows, "]"]),
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
    let mut text = within(invocation, api, ty, envelope);
    let mut added = Vec::new();
    for name in &api.connection {
        if let Some(site) = connector
            .connection
            .get(name)
            .and_then(|value| value.site.as_ref())
            .filter(|site| site.location == Location::Body)
        {
            added.push((vec![site.wire.clone()], Value::from(connection_value(connector, connection, name)?)));
        }
    }
    let at_body = changes.iter().any(
        |change| matches!(change, Change::Set(place, _) | Change::Append(place, _) if place.location == Location::Body),
    );
    if added.is_empty() && !at_body {
        return Ok(Some(text));
    }
    if invocation.rows().is_some() {
        // Its rows are not read again: what is added stands before them.
        for (path, value) in added {
            if let ([name], true) = (path.as_slice(), text.starts_with('{')) {
                let comma = if text.starts_with("{}") { "" } else { "," };
                text.insert_str(1, &format!("{}:{value}{comma}", Value::from(name.as_str())));
            }
        }
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
