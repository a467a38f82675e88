//! A command line of curl, for a POSIX shell.

use zoho_connector::Verb;
use zoho_core::{FilePart, Part};

use super::{Body, Call, Credential, media_type, path};
use crate::exit::Problem;

/// The longest text that is an argument: Linux takes no longer one than 128 KiB.
const LONGEST_ARGUMENT: usize = 100_000;

/// The command line.
pub(super) fn program(call: &Call<'_>) -> Result<String, Problem> {
    // Redirects are not followed, which could lead the token astray.
    let mut words = vec![format!("curl --silent --show-error --fail-with-body {}", url(call))];
    if call.verb != Verb::Get || !matches!(call.body, Body::Nothing) {
        words.push(format!("--request {}", call.verb));
    }
    words.extend(call.host.map(|host| header("Host", host)));
    if let Credential::Header(name, before, variable) = &call.credential {
        words.push(format!("--header \"{}${{{variable}:?}}\"", within_double_quotes(&format!("{name}: {before}"))));
    }
    words.extend(call.headers.iter().map(|(name, value)| header(name, value)));
    words.extend(call.media_type().map(|media_type| header("Content-Type", media_type)));
    let mut before = String::new();
    match &call.body {
        Body::Nothing => {}
        // Empty data would be announced as a form.
        Body::Empty => words.push("--header 'Content-Type:' --data-raw ''".to_owned()),
        Body::Text(text) => before = data(text, &mut words),
        Body::Form(_, text) => before = data(text, &mut words),
        Body::Parts(parts) => {
            for part in *parts {
                words.push(form(part)?);
            }
        }
        Body::File(file) => words.push(format!("--data-binary {}", quoted(&format!("@{}", source(file))))),
    }
    Ok(format!("# {}\n{before}{}\n", call.title, words.join(" \\\n  ")))
}

/// The URL; a key at its end is for the shell to put there.
fn url(call: &Call<'_>) -> String {
    // Brackets in a URL would be patterns for curl.
    let literal = if call.url.contains(['[', ']', '{', '}']) { "--globoff " } else { "" };
    let Credential::Query(name, variable) = &call.credential else { return format!("{literal}{}", quoted(&call.url)) };
    format!("{literal}{}\"${{{variable}:?}}\"", quoted(&call.url_for_key(name)))
}

fn header(name: &str, value: &str) -> String {
    // A name with a colon and nothing behind it would take the header away.
    let text = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
    format!("--header {}", quoted(&text))
}

/// The option for a text as the body, and what stands before the command where the text is too long for an option.
fn data(text: &str, words: &mut Vec<String>) -> String {
    if text.len() <= LONGEST_ARGUMENT {
        words.push(format!("--data-raw {}", quoted(text)));
        return String::new();
    }
    words.push("--data-binary @-".to_owned());
    format!("printf %s {} |\n", quoted(text))
}

fn form(part: &Part) -> Result<String, Problem> {
    let (name, value) = match part {
        Part::Text(name, value) => (name, Some(value)),
        Part::File(name, _) => (name, None),
    };
    if name.contains(['=', '\0']) || value.is_some_and(|value| value.contains('\0')) {
        let message = format!("the field `{name}` has characters that curl's command line cannot carry");
        return Err(Problem::usage(message).hint("--as python writes them"));
    }
    Ok(match part {
        Part::Text(name, value) => format!("--form-string {}", quoted(&format!("{name}={value}"))),
        Part::File(name, file) => {
            let (source, file_name) = (escaped(&source(file)), escaped(&file.name));
            let text = format!("{name}=@\"{source}\";filename=\"{file_name}\";type={}", media_type(file));
            format!("--form {}", quoted(&text))
        }
    })
}

/// What curl reads a file from.
fn source(file: &FilePart) -> String {
    path(file).unwrap_or_else(|| "-".to_owned())
}

/// A text within the double quotes that curl itself reads.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// A text as one word of a POSIX shell, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A text within double quotes of a shell.
fn within_double_quotes(text: &str) -> String {
    text.chars().flat_map(|c| "\\\"$`".contains(c).then_some('\\').into_iter().chain([c])).collect()
}
