//! Documentation of generated code: sentences made of the facts of a connector.

use zoho_connector::describe;
use zoho_connector::jobs::EffectAction;
use zoho_connector::{Api, Connector, Parameter, Returns, Type, Verb};

/// A text as lines of a documentation comment, `///` included.
pub(crate) fn lines(text: &str) -> Vec<String> {
    commented("///", text)
}

/// A comment of Rust takes no carriage return.
fn commented(comment: &str, text: &str) -> Vec<String> {
    text.lines().map(|line| format!("{comment} {}", line.replace('\r', " ")).trim_end().to_owned()).collect()
}

/// The same, of the module that it stands in.
pub(crate) fn inner_lines(text: &str) -> Vec<String> {
    commented("//!", text)
}

/// What an API does and what must be known of it: everything but the example.
pub(crate) fn api(connector: &Connector, api: &Api) -> String {
    let does = does(api).map(|words| format!("{words}: ")).unwrap_or_default();
    let mut text = format!("{does}`{}`, `{} {}`.\n", api.name, api.verb, api.path);
    let mut paragraph = |words: String| text.push_str(&format!("\n{words}\n"));
    if let Some(note) = &api.note {
        paragraph(plain(note));
    }
    for group in &api.need {
        paragraph(format!("One of {} is needed.", names(group)));
    }
    if api.destructive {
        paragraph(describe::DESTRUCTIVE.to_owned());
    }
    let mut facts = vec![("Scopes", scopes(api))];
    facts.extend(describe::facts(connector, api).into_iter().map(|(heading, words)| (heading, plain(&words))));
    facts.push(("Repeated", plain(describe::repeat(api))));
    let facts = facts.into_iter().map(|(heading, words)| format!("- {heading}: {words}"));
    paragraph(facts.collect::<Vec<_>>().join("\n"));
    if let Some(url) = &api.docs {
        paragraph(format!("[Zoho's documentation]({url})"));
    } else if let Some(url) = &connector.docs {
        paragraph(format!("[Zoho's documentation of the service]({url})"));
    }
    text
}

/// What it does, where more is known of that than its name.
fn does(api: &Api) -> Option<String> {
    let ty = match &api.returns {
        Returns::One(ty) | Returns::Many(ty) => type_name(ty),
        Returns::Nothing | Returns::File => None,
    };
    let of = |ty: Option<String>| ty.map_or_else(String::new, |ty| format!(" `{ty}`"));
    if let Some(effect) = &api.effect {
        let verb = effect_verb(effect.action);
        return Some(format!("{verb}{}", of(Some(effect.of.clone()))));
    }
    Some(match (&api.returns, api.verb) {
        _ if api.job.is_some() => "Starts a job".to_owned(),
        (Returns::File, _) => "Downloads a file".to_owned(),
        (Returns::Many(_), Verb::Get) => format!("Lists{}", of(ty)),
        (Returns::One(_), Verb::Get) => format!("Reads{}", of(ty)),
        (_, Verb::Delete) => "Deletes".to_owned(),
        _ if api.parameters.iter().any(|parameter| parameter.ty.is_file()) => "Uploads a file".to_owned(),
        (Returns::One(_), Verb::Post) if api.name.ends_with(".create") => format!("Creates{}", of(ty)),
        (Returns::One(_), Verb::Put | Verb::Patch) => format!("Changes{}", of(ty)),
        _ => return None,
    })
}

fn effect_verb(action: EffectAction) -> &'static str {
    match action {
        EffectAction::List => "Lists",
        EffectAction::Read => "Reads",
        EffectAction::Create => "Creates",
        EffectAction::Update => "Changes",
        EffectAction::Upsert => "Creates or changes",
        EffectAction::Trash => "Moves to the bin:",
        EffectAction::Delete => "Deletes",
        EffectAction::Set => "Sets members of",
        EffectAction::Count => "Counts",
        EffectAction::Link => "Links",
        EffectAction::Unlink => "Takes away the link of",
    }
}

fn type_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Record(name) => Some(name.clone()),
        Type::List { item, .. } => type_name(item),
        _ => None,
    }
}

fn scopes(api: &Api) -> String {
    match api.scopes.as_deref() {
        None | Some([]) => describe::scopes(api),
        Some(_) => format!("`{}`", describe::scopes(api).replace(" or ", "` or `").replace(", ", "`, `")),
    }
}

fn names(group: &[String]) -> String {
    group.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// What an argument is: its name, its place, its type, and what must be known.
pub(crate) fn parameter(api: &Api, parameter: &Parameter) -> String {
    let need = describe::need(api, parameter);
    let need = if need.is_empty() || need == "required" { String::new() } else { format!("; {}", plain(&need)) };
    format!("`{}`, in {}: {}{need}.", parameter.name, describe::places(parameter), ty(&parameter.ty))
}

/// A type, as the language writes it; of a long set how many values there are.
pub(crate) fn ty(ty: &Type) -> String {
    match ty {
        Type::Choice { values, .. } if values.len() > 6 => format!("one of {} values", values.len()),
        Type::Object(_) => "an object".to_owned(),
        Type::List { item, .. } if matches!(**item, Type::Object(_)) => "objects".to_owned(),
        ty => format!("`{ty}`"),
    }
}

/// A text of people as Markdown that says the same: what rustdoc would take for a link, for HTML or for code to be tested
/// is none.
pub(crate) fn plain(text: &str) -> String {
    text.lines().map(plain_line).collect::<Vec<_>>().join("\n")
}

fn plain_line(text: &str) -> String {
    // Four blanks would make it code, and three marks the beginning or the end of some.
    let text = match text.trim_start() {
        fence if fence.starts_with("```") || fence.starts_with("~~~") => fence.trim_start_matches(['`', '~']),
        words if text.len() - words.len() > 3 || text.starts_with('\t') => words,
        _ => text,
    };
    let mut out = String::with_capacity(text.len());
    let mut is_code = false;
    for c in text.chars() {
        is_code ^= c == '`';
        if !is_code && matches!(c, '[' | ']' | '<' | '>' | '*' | '_') {
            out.push('\\');
        }
        out.push(c);
    }
    // An address is a link only between these.
    let words = out.split(' ').map(|word| {
        let is_address = word.starts_with("http://") || word.starts_with("https://");
        if is_address { format!("<{}>", word.replace('\\', "")) } else { word.to_owned() }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_link_is_none() {
        assert_eq!(plain("a [list] of `[x]`, <b> and a_b"), "a \\[list\\] of `[x]`, \\<b\\> and a\\_b");
        assert_eq!(plain("see https://example.org/a_b now"), "see <https://example.org/a_b> now");
    }

    #[test]
    fn what_looks_like_code_is_none() {
        assert_eq!(
            plain("So:\n\n    let x = 1;\n\tend\n```rust\nx\n```\n- a\n  - b"),
            "So:\n\nlet x = 1;\nend\nrust\nx\n\n- a\n  - b"
        );
        assert_eq!(lines("a\rb\r\nc"), ["/// a b", "/// c"]);
    }
}
