//! What `try` shows: a page for reading, and the same as data.

use serde_json::{Value, json};
use zoho_core::{Exchange, Payload};

use super::guess::is_plain;
use super::members::Members;
use super::understood::Understood;
use crate::output::json::pretty;
use crate::output::table::{Table, page_width, shown, wrap_list};
use crate::style::{DIM, HEADING, NAME, paint};

/// The most lines of a body that are shown.
const LINES: usize = 40;

/// The page.
pub(super) fn text(understood: &Understood<'_>) -> String {
    let mut text = String::new();
    if let Some(exchange) = &understood.exchange {
        text.push_str(&request(exchange));
        text.push_str(&reply(exchange));
    }
    let mut table = Table::default().indented(2);
    understood.facts.iter().for_each(|(heading, words)| table.row([(*heading).to_owned(), shown(words)]));
    let heading = if understood.failure.is_some() { "Understood as an error" } else { "Understood" };
    text.push_str(&format!("\n{}\n{}", paint(HEADING, heading), table.wrapped(page_width())));
    if let Some(members) = understood.members() {
        text.push_str(&types(&members));
    }
    text
}

fn request(exchange: &Exchange) -> String {
    let head = format!("{} {}\n{}", paint(HEADING, &exchange.method), exchange.url, headers(&exchange.headers));
    exchange.body.as_ref().map_or_else(|| head.clone(), |payload| format!("{head}{}", body(payload)))
}

fn reply(exchange: &Exchange) -> String {
    let milliseconds = (exchange.waited + exchange.received).as_millis();
    let Some(reply) = &exchange.reply else {
        let why = exchange.fault.as_deref().unwrap_or("no reply came");
        return format!("\n{}\n", paint(HEADING, why));
    };
    let status = format!("{} {}", reply.status, reply.reason);
    let size = reply.body.size.map_or_else(String::new, |size| format!(", {size} bytes"));
    let head = format!("\n{}{size}, {milliseconds} ms\n{}", paint(HEADING, status.trim_end()), headers(&reply.headers));
    format!("{head}{}", body(&reply.body))
}

fn headers(headers: &[(String, String)]) -> String {
    headers.iter().map(|(name, value)| format!("{}\n", paint(DIM, format!("{name}: {}", shown(value))))).collect()
}

/// A body for reading: JSON with its parts on lines of their own, a form field by field, of anything else the text.
fn body(payload: &Payload) -> String {
    if !payload.fields.is_empty() {
        let field = |field: &zoho_core::Field| {
            let file = field.file_name.as_ref().map(|name| format!("@{name}"));
            format!("{}: {}", field.name, field.value.clone().or(file).unwrap_or_default())
        };
        return lines(payload.fields.iter().map(field));
    }
    let mut out = Vec::new();
    let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&payload.bytes).is_ok();
    if is_json && pretty(&mut out, &payload.bytes, 0).is_ok() {
        return lines(String::from_utf8_lossy(&out).lines().map(str::to_owned));
    }
    let is_text = ["text/", "json", "xml", "html"].iter().any(|part| payload.media_type.contains(part));
    match std::str::from_utf8(&payload.bytes) {
        Ok(text) if is_text => lines(text.lines().map(str::to_owned)),
        _ if payload.bytes.is_empty() => String::new(),
        _ => format!("  {}\n", paint(DIM, "a file, which is not shown")),
    }
}

/// Lines, set in; of many the first.
fn lines(lines: impl Iterator<Item = String>) -> String {
    let mut all: Vec<String> = lines.map(|line| format!("  {}\n", shown(&line))).collect();
    let more = all.len().saturating_sub(LINES);
    all.truncate(LINES);
    if more > 0 {
        all.push(paint(DIM, format!("  … and {more} more lines, which --output raw has")) + "\n");
    }
    all.concat()
}

/// What the types do not say, or say otherwise, in words that can be put into the file.
fn types(members: &Members<'_>) -> String {
    let (unnamed, differing, absent) = (members.unnamed(), members.differing(), members.absent());
    let mut text = format!("\n{}\n", paint(HEADING, "Types"));
    if unnamed.is_empty() && differing.is_empty() {
        text.push_str("  Every member that came is named, and is what its type says.\n");
    }
    for group in unnamed.chunk_by(|one, other| one.owner == other.owner) {
        text.push_str(&format!("  {} does not name:\n", paint(NAME, &group[0].owner)));
        let mut table = Table::default().indented(4);
        for one in group {
            let name = if is_plain(&one.name) { one.name.clone() } else { Value::from(one.name.as_str()).to_string() };
            table.row([shown(&format!("{name}: {}", one.ty)), paint(DIM, format!("# in {} of {}", one.seen, one.of))]);
        }
        text.push_str(&table.render(None));
    }
    if !differing.is_empty() {
        text.push_str("  Other than written:\n");
        let mut table = Table::default().indented(4);
        differing.iter().for_each(|one| table.row([shown(&one.place), shown(&one.what), times(one.seen)]));
        text.push_str(&table.wrapped(page_width()));
    }
    for (owner, names) in absent {
        text.push_str(&format!("  {} names what did not come:\n", paint(NAME, owner)));
        text.push_str(&wrap_list(names, page_width(), 4));
    }
    text
}

fn times(number: usize) -> String {
    if number == 1 { "once".to_owned() } else { format!("{number} times") }
}

/// The same as data.
pub(super) fn as_json(understood: &Understood<'_>) -> Value {
    let facts: serde_json::Map<String, Value> = understood
        .facts
        .iter()
        .map(|(heading, words)| (heading.to_lowercase().replace(' ', "_"), words.clone().into()))
        .collect();
    let members = understood.members();
    json!({
        "service": understood.invocation.connector().name,
        "api": understood.invocation.api().name,
        "request": understood.exchange.as_ref().map(request_json),
        "reply": understood.exchange.as_ref().and_then(reply_json),
        "understood": facts,
        "error": understood.failure.map(ToString::to_string),
        "records": understood.records,
        "next": understood.next,
        "types": members.as_ref().map(types_json),
    })
}

fn request_json(exchange: &Exchange) -> Value {
    json!({
        "method": exchange.method,
        "url": exchange.url,
        "headers": pairs(&exchange.headers),
        "body": exchange.body.as_ref().map(body_json),
    })
}

fn reply_json(exchange: &Exchange) -> Option<Value> {
    let reply = exchange.reply.as_ref()?;
    Some(json!({ "status": reply.status, "headers": pairs(&reply.headers), "body": body_json(&reply.body) }))
}

fn pairs(headers: &[(String, String)]) -> Value {
    headers.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect::<serde_json::Map<_, _>>().into()
}

/// A body as JSON where it is JSON, as text otherwise.
fn body_json(payload: &Payload) -> Value {
    if !payload.fields.is_empty() {
        let value = |field: &zoho_core::Field| field.value.clone().or_else(|| field.file_name.clone());
        let fields = payload.fields.iter().map(|field| (field.name.clone(), value(field).into()));
        return fields.collect::<serde_json::Map<_, _>>().into();
    }
    let text = || String::from_utf8_lossy(&payload.bytes).into_owned().into();
    serde_json::from_slice(&payload.bytes).unwrap_or_else(|_| text())
}

fn types_json(members: &Members<'_>) -> Value {
    let unnamed = members.unnamed();
    let unnamed = unnamed
        .iter()
        .map(|one| json!({ "type": one.owner, "name": one.name, "guess": one.ty, "seen": one.seen, "of": one.of }));
    let differing = members.differing();
    let differing = differing.iter().map(|one| json!({ "member": one.place, "what": one.what, "seen": one.seen }));
    let absent = members.absent();
    let absent = absent.iter().map(|(owner, names)| json!({ "type": owner, "names": names }));
    json!({
        "unnamed": unnamed.collect::<Vec<_>>(),
        "differing": differing.collect::<Vec<_>>(),
        "absent": absent.collect::<Vec<_>>(),
    })
}
