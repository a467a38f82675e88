//! The page of an API, for a person.

use zoho_connector::{Api, Connector, describe};

use crate::output::table::{Table, wrap, wrap_list};
use crate::style::{DIM, HEADING, NAME, WARNING, paint};

/// The page: what it is, what it needs, its arguments, its types, and a line to begin with. The types that its types
/// are made of are named, and shown where `all_types` says so.
pub(super) fn page(connector: &Connector, api: &Api, all_types: bool, width: usize) -> String {
    let mut text = format!("{}  {}\n", paint(HEADING, &api.name), connector.title);
    text.push_str(&format!("{} {}\n", paint(HEADING, api.verb), describe::url(connector, api)));
    if api.destructive {
        text.push_str(&format!("{}\n", paint(WARNING, describe::DESTRUCTIVE)));
    }
    if let Some(note) = &api.note {
        text.push_str(&format!("\n{}", wrap(note, width, 0)));
    }
    text.push_str(&format!("\n{}", facts(connector, api).indented(2).wrapped(width)));
    text.push_str(&arguments(api, width));
    text.push_str(&types(connector, api, all_types, width));
    text.push_str(&format!("\n{}\n{}", paint(HEADING, "Example"), example(connector, api, width)));
    text.push_str(&format!(
        "  {}\n",
        paint(DIM, "With --sandbox behind it, a local Zoho answers, and no account is needed.")
    ));
    text
}

fn facts(connector: &Connector, api: &Api) -> Table {
    let mut table = Table::default();
    let mut row = |heading: &str, words: String| table.row([heading.to_owned(), words]);
    row("Scopes", describe::scopes(api));
    for value in api.connection.iter().filter_map(|name| connector.connection.get(name)) {
        row("Needs", format!("{}, which {}", value.name, describe::connection_value(connector, value)));
    }
    row("Returns", describe::returns(api));
    for (heading, words) in describe::facts(connector, api) {
        row(heading, words);
    }
    row("Repeat", describe::repeat(api).to_owned());
    if let Some(docs) = api.docs.as_ref().or(connector.docs.as_ref()) {
        row("Docs", docs.clone());
    }
    table
}

fn arguments(api: &Api, width: usize) -> String {
    let mut table = Table::new(&["ARGUMENT", "IN", "NEEDED", "TYPE"]).indented(2);
    for parameter in &api.parameters {
        let (place, need) = (describe::places(parameter), describe::need(api, parameter));
        table.row([parameter.name.clone(), place, need, parameter.ty.to_string()]);
    }
    if table.is_empty() {
        return "\nIt takes no arguments.\n".to_owned();
    }
    format!("\n{}", table.wrapped(width))
}

fn types(connector: &Connector, api: &Api, all: bool, width: usize) -> String {
    let every = describe::types::named_by(connector, api);
    let direct = describe::types::named_directly_by(connector, api);
    let shown = if all { &every } else { &direct };
    if shown.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}\n", paint(HEADING, "Types"));
    for (name, object) in shown {
        let members = describe::types::members_of(object);
        let members = wrap_list(members.iter().map(String::as_str), width, 4);
        text.push_str(&format!("  {}\n{members}", paint(NAME, name)));
    }
    let hidden: Vec<&str> =
        every.iter().map(|(name, _)| *name).filter(|name| !shown.iter().any(|(known, _)| known == name)).collect();
    if !hidden.is_empty() {
        let words = format!(
            "{} {} in them: --types shows all.",
            hidden.join(", "),
            if hidden.len() == 1 { "is" } else { "are" }
        );
        let lines = wrap(&words, width, 2);
        text.extend(lines.lines().map(|line| format!("{}\n", paint(DIM, line))));
    }
    text
}

/// The example as a shell takes it, on several lines where it is long.
fn example(connector: &Connector, api: &Api, width: usize) -> String {
    let mut lines = vec!["  ".to_owned()];
    for word in describe::example::words(connector, api) {
        let full = |line: &String| line.chars().count() + word.chars().count() + 3 > width && !line.trim().is_empty();
        match lines.last_mut() {
            Some(line) if full(line) => {
                line.push_str(" \\");
                lines.push(format!("    {word}"));
            }
            Some(line) if line.trim().is_empty() => line.push_str(&word),
            Some(line) => line.push_str(&format!(" {word}")),
            None => {}
        }
    }
    lines.join("\n") + "\n"
}
