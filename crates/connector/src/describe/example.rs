//! The line that invokes an API: what must be given, with the values of the connector's example where it has one.

use serde_json::Value;

use crate::connector::{Api, Connector, Parameter, Returns};
use crate::sample::given;
use crate::types::Type;

/// A line for a shell.
pub fn line(connector: &Connector, api: &Api) -> String {
    words(connector, api).join(" ")
}

/// The words of [`line`], each as a shell takes it; for those who break the line.
pub fn words(connector: &Connector, api: &Api) -> Vec<String> {
    let command = ["zohoctl", "invoke", &connector.name, &api.name].map(str::to_owned);
    let rest: &[&str] = if api.returns == Returns::File { &["--out", "."] } else { &[] };
    let arguments = arguments(api).into_iter().map(|word| quote(&word));
    command.into_iter().chain(arguments).chain(rest.iter().map(|word| (*word).to_owned())).collect()
}

/// The words of the arguments: those of the example, and what it lacks. A value that the example does not give is no
/// value but a word that says what to put there: nobody shall send what was made up here.
fn arguments(api: &Api) -> Vec<String> {
    let mut words = Vec::new();
    let mut named: Vec<&str> = Vec::new();
    for parameter in &api.parameters {
        let word = match given(api, parameter) {
            Some(value) => word(&parameter.name, value),
            None if parameter.required && parameter.default.is_none() => placeholder(parameter),
            None => continue,
        };
        words.push(word);
        named.push(&parameter.name);
    }
    let lacking = api.need.iter().filter(|group| !group.iter().any(|name| named.contains(&name.as_str())));
    words.extend(lacking.filter_map(|group| api.parameter(group.first()?)).map(placeholder));
    words
}

fn word(name: &str, value: &Value) -> String {
    match value {
        Value::String(text) if text.starts_with('@') => format!("{name}=@{text}"),
        Value::String(text) => format!("{name}={text}"),
        Value::Array(entries) if entries.iter().all(plain) => {
            let entries: Vec<&str> = entries.iter().filter_map(Value::as_str).collect();
            format!("{name}={}", entries.join(","))
        }
        Value::Null => format!("{name}:=null"),
        value => format!("{name}={value}"),
    }
}

fn plain(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.contains(',') && !text.starts_with(['[', '{']))
}

/// A word in capitals that says what to put there.
fn placeholder(parameter: &Parameter) -> String {
    format!("{}={}", parameter.name, stand_in(&parameter.ty))
}

fn stand_in(ty: &Type) -> String {
    match ty {
        Type::Id => "ID".to_owned(),
        Type::Int | Type::Decimal => "NUMBER".to_owned(),
        Type::Bool => "true".to_owned(),
        Type::Date(_) => "2026-01-31".to_owned(),
        Type::Time(_) => "2026-01-31T10:00:00Z".to_owned(),
        Type::Email => "someone@example.com".to_owned(),
        Type::Url => "https://example.com".to_owned(),
        Type::File { .. } => "@PATH".to_owned(),
        Type::List { item, .. } if item.is_scalar() || item.is_file() => stand_in(item),
        Type::List { .. } => "@ROWS.json".to_owned(),
        Type::Choice { values, .. } => values.first().cloned().unwrap_or_default(),
        Type::Map | Type::Any | Type::Record(_) | Type::Object(_) => "@FILE.json".to_owned(),
        Type::String | Type::Phone | Type::Duration => "TEXT".to_owned(),
    }
}

/// A word as a shell takes it: in quotes where it needs them.
pub fn quote(word: &str) -> String {
    let safe = |c: char| c.is_alphanumeric() || "=@._-:/,+%".contains(c);
    if word.chars().all(safe) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use crate::{SourceFile, load};

    fn line(api: &str) -> String {
        let yaml = "
connector: shelf
title: Zoho Shelf
base_url: https://shelf.{zoho}
scope_prefix: [Shelf]
apis:
  books.create: { post: /books, scopes: [], body: { title!: string, tags: [string], note: map }, example: { title: It's blue, tags: [a, b], note: { x: 1 } } }
  books.get: { get: '/books/{bookId}', scopes: [] }
  books.find: { get: /find, scopes: [], query: { word: string, isbn: string }, need: [word|isbn] }
  books.cover: { get: '/books/{bookId}/cover', scopes: [], returns: file }
";
        let connector = load::read(&[SourceFile::new("shelf.yaml", yaml)]).unwrap();
        super::line(&connector, connector.api(api).unwrap())
    }

    #[test]
    fn a_line_can_be_pasted_into_a_shell() {
        assert_eq!(
            line("books.create"),
            r#"zohoctl invoke shelf books.create 'title=It'\''s blue' tags=a,b 'note={"x":1}'"#
        );
        assert_eq!(line("books.get"), "zohoctl invoke shelf books.get bookId=ID");
        assert_eq!(line("books.find"), "zohoctl invoke shelf books.find word=TEXT");
        assert_eq!(line("books.cover"), "zohoctl invoke shelf books.cover bookId=ID --out .");
    }
}
