//! A program of Python 3 with its standard library alone.

use zoho_core::{FilePart, Part};

use super::{Body, Call, Credential, media_type, path};

const REDIRECT: &str = r#"

class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect could lead a token astray."""

    def redirect_request(self, *_):
        return None


"#;

const JOIN_PARTS: &str = r#"boundary = uuid.uuid4().hex
body = b""
for disposition, media_type, content in parts:
    body += f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n".encode()
    if media_type:
        body += f"Content-Type: {media_type}\r\n".encode()
    body += b"\r\n" + content + b"\r\n"
body += f"--{boundary}--\r\n".encode()

"#;

const SEND: &str = r#"try:
    with urllib.request.build_opener(NoRedirect).open(request) as reply:
        sys.stdout.buffer.write(reply.read())
except urllib.error.HTTPError as error:
    sys.stdout.buffer.write(error.read())
    sys.exit(f"HTTP {error.code}")
"#;

/// The program.
pub(super) fn program(call: &Call<'_>) -> String {
    let mut text = format!("# {}: prints the reply.\n{}{REDIRECT}", call.title, imports(call));
    if let Body::Parts(parts) = &call.body {
        let entries: String = parts.iter().map(|part| format!("    {},\n", entry(part))).collect();
        text.push_str(&format!("parts = [\n{entries}]\n{JOIN_PARTS}"));
    }
    text.push_str(&format!("request = urllib.request.Request(\n    {},\n", url(call)));
    text.push_str(&format!("    method={},\n    headers={{\n", literal(call.verb.as_str())));
    headers(call).iter().for_each(|(name, value)| text.push_str(&format!("        {}: {value},\n", literal(name))));
    text.push_str("    },\n");
    data(call).iter().for_each(|data| text.push_str(&format!("    data={data},\n")));
    text.push_str(&format!(")\n{SEND}"));
    text
}

fn imports(call: &Call<'_>) -> String {
    let mut modules = vec!["sys", "urllib.error", "urllib.request"];
    let needs_parse = matches!(call.body, Body::Form(..)) || matches!(call.credential, Credential::Query(..));
    modules.extend(needs_parse.then_some("urllib.parse"));
    modules.extend((!matches!(call.credential, Credential::Nothing)).then_some("os"));
    modules.extend(matches!(call.body, Body::Parts(_)).then_some("uuid"));
    modules.sort_unstable();
    modules.iter().map(|module| format!("import {module}\n")).collect()
}

fn url(call: &Call<'_>) -> String {
    let Credential::Query(name, variable) = &call.credential else { return literal(&call.url) };
    let url = literal(&call.url_for_key(name));
    format!("{url} + urllib.parse.quote(os.environ[{}], safe=\"\")", literal(variable))
}

/// The headers, each with an expression for its value. Those of one name are joined, as HTTP allows.
fn headers(call: &Call<'_>) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = call.host.iter().map(|host| ("Host".to_owned(), literal(host))).collect();
    if let Credential::Header(name, before, variable) = &call.credential {
        let before = if before.is_empty() { String::new() } else { format!("{} + ", literal(before)) };
        headers.push(((*name).to_owned(), format!("{before}os.environ[{}]", literal(variable))));
    }
    let media_type = call.media_type().map(|media_type| ("Content-Type", media_type));
    let mut others: Vec<(&str, String)> = Vec::new();
    for (name, value) in call.headers.iter().copied().chain(media_type) {
        match others.iter_mut().find(|(other, _)| other.eq_ignore_ascii_case(name)) {
            Some((_, values)) => values.push_str(&format!(", {value}")),
            None => others.push((name, value.to_owned())),
        }
    }
    headers.extend(others.into_iter().map(|(name, value)| (name.to_owned(), literal(&value))));
    if matches!(call.body, Body::Parts(_)) {
        headers.push(("Content-Type".to_owned(), "\"multipart/form-data; boundary=\" + boundary".to_owned()));
    }
    headers
}

/// The expression for the body.
fn data(call: &Call<'_>) -> Option<String> {
    match &call.body {
        // Without data Python itself sends the length 0 where the verb wants one.
        Body::Nothing | Body::Empty => None,
        Body::Text(text) => Some(format!("{}.encode()", literal(text))),
        Body::Form(pairs, _) => Some(urlencode(pairs)),
        Body::Parts(_) => Some("body".to_owned()),
        Body::File(file) => Some(content(file)),
    }
}

fn urlencode(pairs: &[(String, String)]) -> String {
    let pair = |(name, value): &(String, String)| format!("            ({}, {}),\n", literal(name), literal(value));
    let pairs: String = pairs.iter().map(pair).collect();
    format!(
        "urllib.parse.urlencode(\n        [\n{pairs}        ],\n        quote_via=urllib.parse.quote,\n    ).encode()"
    )
}

/// A part of a form: its disposition, its media type, and an expression for its bytes.
fn entry(part: &Part) -> String {
    match part {
        Part::Text(name, value) => {
            format!("({}, None, {}.encode())", literal(&format!("name=\"{}\"", parameter(name))), literal(value))
        }
        Part::File(name, file) => {
            let disposition = format!("name=\"{}\"; filename=\"{}\"", parameter(name), parameter(&file.name));
            format!("({}, {}, {})", literal(&disposition), literal(media_type(file)), content(file))
        }
    }
}

fn content(file: &FilePart) -> String {
    match path(file) {
        Some(path) => format!("open({}, \"rb\").read()", literal(&path)),
        None => "sys.stdin.buffer.read()".to_owned(),
    }
}

/// A text within the quotes of a disposition, as browsers write it.
fn parameter(text: &str) -> String {
    text.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// A text as Python writes it, in the quotes of which it has fewer. What is not seen, or would be seen as something else, is written by its number.
fn literal(text: &str) -> String {
    let quote = if text.matches('"').count() > text.matches('\'').count() { '\'' } else { '"' };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            c if c == quote || c == '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '"' | '\'' => out.push(c),
            c if c.escape_debug().count() == 1 => out.push(c),
            c if u32::from(c) <= 0xffff => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    out.push(quote);
    out
}
