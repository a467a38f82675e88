//! The calls that a script makes: which APIs a sign-in is for.

use std::path::Path;

use anyhow::{Context as _, Result};
use zoho_connector::{Api, Connector, Library};

use crate::commands::apis;
use crate::exit::Problem;

/// A call that a file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// The service.
    pub(super) service: String,
    /// The API.
    pub(super) api: String,
}

/// Reads the calls of a file: of a shell script what stands after `invoke`, of any text the lines of `SERVICE API …`.
pub(super) fn read(library: &Library, path: &Path) -> Result<Vec<Named>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let named = of_text(&text, &library.names());
    if named.is_empty() {
        let problem = Problem::usage(format!("{} names no call", path.display()));
        return Err(problem
            .hint("a call is `zohoctl invoke SERVICE API …`, or a line that begins with `SERVICE API`")
            .into());
    }
    for call in &named {
        apis::find(&library.connector(&call.service)?, &call.api)?;
    }
    Ok(named)
}

/// The services of calls, each once, in their order.
pub(super) fn services(named: &[Named]) -> Vec<String> {
    let mut services: Vec<String> = Vec::new();
    for call in named {
        if !services.contains(&call.service) {
            services.push(call.service.clone());
        }
    }
    services
}

/// The APIs among pairs of service and API that are a connector's, each once.
pub(super) fn of<'c>(pairs: &[(&str, &str)], connector: &'c Connector) -> Result<Vec<&'c Api>> {
    let mut apis: Vec<&Api> = Vec::new();
    for (_, name) in pairs.iter().filter(|(service, _)| *service == connector.name) {
        let api = apis::find(connector, name)?;
        if !apis.iter().any(|other| other.name == api.name) {
            apis.push(api);
        }
    }
    if apis.is_empty() {
        let problem = Problem::usage(format!("no API of {} is named", connector.title));
        return Err(problem.hint(format!("name one, or leave `{}` out of the sign-in", connector.name)).into());
    }
    Ok(apis)
}

/// The calls in a text. A line that ends with a backslash goes on in the next.
fn of_text(text: &str, services: &[String]) -> Vec<Named> {
    let joined = text.replace("\\\r\n", " ").replace("\\\n", " ");
    let lines = joined.lines().filter(|line| !line.trim_start().starts_with('#'));
    lines.flat_map(|line| of_line(line, services)).collect()
}

fn of_line(line: &str, services: &[String]) -> Vec<Named> {
    let words: Vec<&str> =
        line.split(|c: char| c.is_whitespace() || "\"'`();|&".contains(c)).filter(|word| !word.is_empty()).collect();
    let mut invoked = words.split(|word| *word == "invoke");
    let before = invoked.next().unwrap_or_default();
    let calls: Vec<Named> = invoked.filter_map(|words| first_call(words, services)).collect();
    if calls.is_empty() { call(before, services).into_iter().collect() } else { calls }
}

/// The first call among words: options, and their values, may stand before it.
fn first_call(words: &[&str], services: &[String]) -> Option<Named> {
    (0..words.len()).find_map(|start| call(&words[start..], services))
}

/// A call at the beginning of words.
fn call(words: &[&str], services: &[String]) -> Option<Named> {
    let (service, api) = (words.first()?, words.get(1)?);
    let is_call = services.iter().any(|known| known == service) && api.contains('.') && !api.starts_with('-');
    is_call.then(|| Named { service: (*service).to_owned(), api: (*api).to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let services = ["shelf".to_owned(), "store".to_owned()];
        of_text(text, &services).iter().map(|named| format!("{} {}", named.service, named.api)).collect()
    }

    #[test]
    fn a_script_and_a_list_name_calls() {
        let script = "#!/bin/sh
set -eu
# zohoctl invoke shelf not.this
for id in $(zohoctl invoke shelf books.list --all --fields id | tail -n +2); do
  /usr/local/bin/zohoctl --quiet invoke --connection store store \\
    pages.get \"bookId=$id\" | zohoctl invoke shelf books.create title=@-
done
store of things
";
        assert_eq!(found(script), ["shelf books.list", "store pages.get", "shelf books.create"]);
        assert_eq!(
            found("shelf books.list status=Open\n\n  store pages.get\nother words.here\n"),
            ["shelf books.list", "store pages.get"]
        );
        assert!(found("zohoctl connect shelf\necho shelf books.list\n").is_empty());
    }
}
