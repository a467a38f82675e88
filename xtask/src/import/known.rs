//! A connector that a person wrote: what a draft beside it keeps to, and the one place in it that a draft may change.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;
use zoho_connector::SourceFile;

use super::bases::Base;
use super::paging::{Kind, Paging, Style};
use super::reply::Outcomes;
use super::service::{DRAFT_LINE, Service};
use super::yaml::{Long, Node, write};

/// The line in a person's `connector.yaml` behind which the drafted types stand that several groups share.
pub(crate) const SHARED_LINE: &str =
    "  # Drafted by `cargo xtask import`, used by several groups. Who takes this line away owns these types.\n";

/// How far types take over from each other.
const DEEPEST: usize = 8;

/// What a connector in a folder says; nothing where there is none, or only a draft.
///
/// # Errors
/// A file that cannot be read.
pub(crate) fn read(folder: &Path) -> Result<Option<Service>> {
    let path = folder.join("connector.yaml");
    if !path.is_file() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    if text.contains(DRAFT_LINE) {
        return Ok(None);
    }
    let own = with_types(&text, &[]);
    let value: Value = serde_yaml::from_str(&own).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Some(Service { text, ..service(&value) }))
}

/// What the files of a connector say, with the types of all groups.
///
/// # Errors
/// A file that cannot be read.
pub(crate) fn of_files(files: &[SourceFile]) -> Result<Option<Service>> {
    let mut whole: Option<Value> = None;
    for file in files {
        let value: Value = serde_yaml::from_str(&file.text).with_context(|| format!("cannot read {}", file.path))?;
        let Some(whole) = &mut whole else {
            whole = Some(value);
            continue;
        };
        let own = value.get("types").and_then(Value::as_object).cloned().unwrap_or_default();
        match whole.get_mut("types").and_then(Value::as_object_mut) {
            Some(types) => types.extend(own),
            None => whole["types"] = Value::Object(own),
        }
    }
    Ok(whole.map(|whole| service(&whole)))
}

fn service(connector: &Value) -> Service {
    let members = |key: &str| connector.get(key).and_then(Value::as_object).into_iter().flatten();
    let url = |base: &Value| base.as_str().or_else(|| base.get("url")?.as_str()).unwrap_or_default().to_owned();
    let base = |name: &str, value: &Value| Base { name: name.to_owned(), url: url(value), is_certain: true };
    let usual = connector.get("base_url").map(|usual| base("", usual));
    let further = members("bases").map(|(name, further)| base(name, further));
    let path_in = |key: &str| connector.get("responses")?.get(key)?.as_str().map(str::to_owned);
    let path = connector.pointer("/defaults/path").and_then(Value::as_object).into_iter().flatten();
    let path = path.filter_map(|(name, ty)| Some((name.trim_end_matches('!').to_owned(), ty.as_str()?.to_owned())));
    let prefixes = connector.get("scope_prefix").and_then(Value::as_array).into_iter().flatten();
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let wire = |(name, value): (&String, &Value)| (name.clone(), text(value, "as").unwrap_or_else(|| name.clone()));
    Service {
        is_known: true,
        bases: usual.into_iter().chain(further).collect(),
        prefixes: prefixes.filter_map(|prefix| prefix.as_str().map(str::to_owned)).collect(),
        styles: members("pagination").filter_map(|(name, style)| Some((name.clone(), paging(style)?))).collect(),
        windowed: members("pagination")
            .filter(|(_, style)| text(style, "beyond").as_deref() == Some("incremental"))
            .map(|(name, _)| name.clone())
            .collect(),
        records: path_in("records"),
        record: path_in("record"),
        outcomes: connector.pointer("/responses/outcomes").and_then(outcomes),
        types: members("types").map(|(name, _)| (name.clone(), members_of(connector, name, 0))).collect(),
        path: path.collect(),
        connection: members("connection").map(wire).collect(),
        discovers: members("connection")
            .filter_map(|(name, value)| Some((name.clone(), text(value, "discover")?)))
            .collect(),
        ..Service::default()
    }
}

/// The names of the members of a type, with those that it takes over.
fn members_of(connector: &Value, name: &str, depth: usize) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let members = connector.get("types").and_then(|types| types.get(name)?.as_object());
    for (key, value) in members.into_iter().flatten() {
        if key != ".." {
            names.insert(key.trim_end_matches('!').to_owned());
            continue;
        }
        let parents = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for parent in parents.iter().filter_map(Value::as_str).filter(|_| depth < DEEPEST) {
            names.extend(members_of(connector, parent, depth + 1));
        }
    }
    names
}

/// A style of a connector, as paging.
fn paging(style: &Value) -> Option<Paging> {
    let text = |key: &str| style.get(key)?.as_str().map(str::to_owned);
    let number = |key: &str| style.get(key)?.as_u64();
    let kinds = [Kind::Page, Kind::Offset, Kind::Cursor];
    let (kind, at) = kinds.into_iter().find_map(|kind| Some((kind, text(kind.key())?)))?;
    let parameter = |place: String| place.strip_prefix("query ").map_or(place.clone(), str::to_owned);
    let end = text("more").or_else(|| text("next"));
    let style = Style { kind, at: parameter(at), limit: text("limit").map(parameter), end };
    Some(Paging { style, first: number("first"), min: number("min"), max: number("max"), taken: Vec::new() })
}

/// How the bulk replies of a connector look, where one member tells success.
fn outcomes(value: &Value) -> Option<Outcomes> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let (member, success) = value.get("success")?.as_object()?.iter().next_back()?;
    let success = success.as_str().map_or_else(|| success.to_string(), str::to_owned);
    Some(Outcomes {
        at: String::new(),
        success: (member.clone(), success),
        record: text("record"),
        code: text("code"),
        message: text("message"),
    })
}

/// The text of a person's `connector.yaml` with drafted types at the end of its types, instead of those that an earlier
/// draft put there.
pub(crate) fn with_types(text: &str, types: &[(String, Node)]) -> String {
    let own = match text.find(SHARED_LINE) {
        Some(at) => format!("{}{}", &text[..at], &text[section_end(text, at)..]),
        None => text.to_owned(),
    };
    if types.is_empty() {
        return own;
    }
    let mut block = SHARED_LINE.to_owned();
    types.iter().for_each(|(name, node)| write(&mut block, 2, name, node, Long::Filled));
    let head = if own.starts_with("types:\n") { Some(0) } else { own.find("\ntypes:\n").map(|at| at + 1) };
    match head {
        Some(at) => {
            let end = section_end(&own, at);
            let section = own[..end].trim_end();
            let rest = if own[end..].is_empty() { String::new() } else { format!("\n{}", &own[end..]) };
            format!("{section}\n{block}{rest}")
        }
        None => format!("{}\n\ntypes:\n{block}", own.trim_end()),
    }
}

/// Where the section ends that a line of it is in: at the next line that is not indented.
fn section_end(text: &str, from: usize) -> usize {
    let mut at = from;
    for (number, line) in text[from..].split_inclusive('\n').enumerate() {
        if number > 0 && !line.starts_with([' ', '\n', '\r']) {
            return at;
        }
        at += line.len();
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ty(name: &str) -> (String, Node) {
        (name.to_owned(), Node::Map(vec![("id!".to_owned(), Node::text("id"))]))
    }

    #[test]
    fn drafted_types_stand_behind_a_persons_and_go_when_the_next_draft_comes() {
        for own in [
            "connector: a\ntypes:\n  Mine: { id!: id }\n",
            "connector: a\ntypes:\n  Mine: { id!: id }\n\nrate_limits:\n  default: { max: 5 }\n",
            "connector: a\n",
        ] {
            let first = with_types(own, &[ty("One"), ty("Two")]);
            let value: Value = serde_yaml::from_str(&first).unwrap();
            assert!(value.pointer("/types/One/id!").is_some() && value.pointer("/types/Two").is_some(), "{first}");
            let second = with_types(&first, &[ty("Three")]);
            assert!(second.contains("Three") && !second.contains("One"), "{second}");
            assert_eq!(second.contains("Mine"), own.contains("Mine"));
            assert_eq!(second.contains("rate_limits"), own.contains("rate_limits"));
        }
    }

    #[test]
    fn a_connector_says_what_a_draft_keeps_to() {
        let yaml = "base_url: https://desk.{zoho}/api/v1\nscope_prefix: [Desk]\n\
            connection: { org: { in: header, as: orgId, discover: organizations.list, value: id } }\n\
            responses: { records: data, outcomes: { success: { success: true }, code: errors.code } }\n\
            pagination: { offset: { offset: query from, limit: limit, max: 100, stop: short_page } }\n\
            defaults: { path: { locale: string } }\ntypes: { Person: { id!: id }, Agent: { ..: Person, name: string } }\n";
        let service = service(&serde_yaml::from_str(yaml).unwrap());
        assert_eq!(service.connection, [("org".to_owned(), "orgId".to_owned())]);
        assert_eq!(service.discovers, [("org".to_owned(), "organizations.list".to_owned())]);
        let (name, paging) = &service.styles[0];
        assert_eq!((name.as_str(), paging.style.at.as_str(), paging.max), ("offset", "from", Some(100)));
        assert_eq!(service.outcomes.unwrap().success, ("success".to_owned(), "true".to_owned()));
        assert!(service.types["Agent"].contains("id") && service.path.contains_key("locale"));
    }
}
