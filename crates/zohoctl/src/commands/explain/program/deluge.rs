//! Deluge's `invokeurl`, for functions inside Zoho's own products. They run at Zoho: an endpoint is nothing to them, and
//! the token comes from a connection that is made there.

use zoho_core::{FilePart, Part};

use super::{Body, Call, Credential, Setting, media_type};

/// The script. `service` is what the connection is called.
pub(super) fn program(call: &Call<'_>, service: &str, setting: &Setting<'_>) -> String {
    let mut lines = vec![format!("// {}", call.title)];
    let signed = matches!(call.credential, Credential::Header(_, _, super::TOKEN));
    if signed {
        lines.push(format!("// The connection \"{service}\" has the scopes {}.", setting.scopes));
    } else if !matches!(call.credential, Credential::Nothing) {
        lines.push("// apiKey is the key, kept where others cannot read it.".to_owned());
    }
    lines.extend(body_lines(&call.body));
    let headers = headers(call);
    if !headers.is_empty() {
        lines.push("headers = Map();".to_owned());
        lines.extend(headers.iter().map(|(name, value)| format!("headers.put({}, {value});", literal(name))));
    }
    lines.extend(["response = invokeurl".to_owned(), "[".to_owned()]);
    lines.push(format!("\turl: {}", url(call)));
    lines.push(format!("\ttype: {}", call.verb));
    lines.extend((!headers.is_empty()).then(|| "\theaders: headers".to_owned()));
    lines.extend(body_word(&call.body));
    lines.extend(signed.then(|| format!("\tconnection: {}", literal(service))));
    lines.extend(["];".to_owned(), "info response;".to_owned()]);
    lines.join("\n") + "\n"
}

fn url(call: &Call<'_>) -> String {
    match &call.credential {
        Credential::Query(name, _) => format!("{} + encodeUrl(apiKey)", literal(&call.url_for_key(name))),
        _ => literal(&call.url),
    }
}

fn headers(call: &Call<'_>) -> Vec<(String, String)> {
    let key = match &call.credential {
        Credential::Header(name, before, super::KEY) => {
            Some(((*name).to_owned(), format!("{} + apiKey", literal(before))))
        }
        _ => None,
    };
    let media_type = match &call.body {
        // Of a map Deluge itself makes a form.
        Body::Form(pairs, _) if is_map(pairs) => None,
        _ => call.media_type().map(|media_type| ("Content-Type", media_type)),
    };
    let others = call.headers.iter().copied().chain(media_type);
    key.into_iter().chain(others.map(|(name, value)| (name.to_owned(), literal(value)))).collect()
}

/// What makes the body, before the call.
fn body_lines(body: &Body<'_>) -> Vec<String> {
    match body {
        Body::Form(pairs, _) if is_map(pairs) => {
            let pair = |(name, value): &(String, String)| format!("form.put({}, {});", literal(name), literal(value));
            std::iter::once("form = Map();".to_owned()).chain(pairs.iter().map(pair)).collect()
        }
        Body::Parts(parts) => part_lines(parts),
        Body::File(file) => vec![file_remark("file1", file)],
        _ => Vec::new(),
    }
}

fn part_lines(parts: &[Part]) -> Vec<String> {
    let mut lines = vec!["parts = List();".to_owned()];
    let mut files = 0;
    for part in parts {
        match part {
            Part::Text(name, value) => lines.push(format!(
                "parts.add({{\"paramName\": {}, \"content\": {}, \"stringPart\": \"true\"}});",
                literal(name),
                literal(value)
            )),
            Part::File(name, file) => {
                files += 1;
                let variable = format!("file{files}");
                lines.push(file_remark(&variable, file));
                lines.push(format!("{variable}.setParamName({});", literal(name)));
                lines.push(format!("parts.add({variable});"));
            }
        }
    }
    lines
}

fn file_remark(variable: &str, file: &FilePart) -> String {
    let name = file.name.replace(['\r', '\n'], " ");
    format!("// {variable} is a file that the function has: {name} ({}).", media_type(file))
}

fn body_word(body: &Body<'_>) -> Option<String> {
    match body {
        Body::Nothing | Body::Empty => None,
        Body::Text(text) => Some(format!("\tparameters: {}", literal(text))),
        Body::Form(pairs, _) if is_map(pairs) => Some("\tparameters: form".to_owned()),
        Body::Form(_, text) => Some(format!("\tparameters: {}", literal(text))),
        Body::Parts(_) => Some("\tfiles: parts".to_owned()),
        Body::File(_) => Some("\tparameters: file1".to_owned()),
    }
}

/// Whether each name stands once: a map holds no more.
fn is_map(pairs: &[(String, String)]) -> bool {
    pairs.iter().enumerate().all(|(i, (name, _))| pairs[..i].iter().all(|(other, _)| other != name))
}

fn literal(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{}\"", escaped.replace('\r', "\\r").replace('\t', "\\t"))
}
