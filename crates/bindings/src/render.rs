//! From a view to a text: handlebars fills the templates, prettyplease formats what comes of it.
//!
//! The formatter is a library, so that whoever makes bindings gets the same text, with or without `rustfmt`.

use std::sync::LazyLock;

use handlebars::{Handlebars, no_escape};
use serde::Serialize;

use crate::BindingsError;
use crate::json_text::with_values;
use crate::tokens::with_tokens;

/// The templates by their names, and what they have in common.
const ALL: [(&str, &str); 6] = [
    ("api", include_str!("../templates/api.rs.hbs")),
    ("examples", include_str!("../templates/examples.rs.hbs")),
    ("group", include_str!("../templates/group.rs.hbs")),
    ("methods", include_str!("../templates/methods.rs.hbs")),
    ("service", include_str!("../templates/service.rs.hbs")),
    ("types", include_str!("../templates/types.rs.hbs")),
];

/// The templates, read once.
static TEMPLATES: LazyLock<Result<Handlebars<'static>, String>> = LazyLock::new(|| {
    let mut handlebars = Handlebars::new();
    handlebars.set_strict_mode(true);
    handlebars.register_escape_fn(no_escape);
    for (name, text) in ALL {
        handlebars.register_template_string(name, text).map_err(|error| error.to_string())?;
    }
    Ok(handlebars)
});

/// Fills a template. It is strict: a name that the view does not have is an error.
pub(crate) fn filled(template: &str, view: &impl Serialize) -> Result<String, BindingsError> {
    let unfit = |error: String| BindingsError::new(format!("the template `{template}` does not fit its view: {error}"));
    let templates = TEMPLATES.as_ref().map_err(|error| unfit(error.clone()))?;
    templates.render(template, view).map_err(|error| unfit(error.to_string()))
}

/// Code, formatted: with a blank line between items, as people write it.
pub(crate) fn formatted(code: &str) -> Result<String, BindingsError> {
    let file =
        syn::parse_file(code).map_err(|error| BindingsError::new(format!("what was made is no Rust: {error}")))?;
    let code = with_tokens(&with_values(&prettyplease::unparse(&file)));
    let (mut text, mut before) = (String::new(), "");
    for line in code.lines() {
        if is_end(before) && begins_an_item(line) {
            text.push('\n');
        }
        text.push_str(line);
        text.push('\n');
        before = line.trim();
    }
    Ok(text)
}

/// Whether a line may end an item, the documentation of a module, or the last of several `use`.
fn is_end(line: &str) -> bool {
    line == "}"
        || line.ends_with(");") && (line.starts_with('}') || is_macro(line))
        || line.starts_with("pub struct") && line.ends_with(';')
        || line == "];"
        || line.starts_with("//!")
        || line.ends_with("::*;")
        || line.ends_with("types;")
}

fn begins_an_item(line: &str) -> bool {
    let words = ["///", "#[", "#!", "pub ", "impl", "use ", "static ", "async fn", "fn "];
    is_macro(line) || words.iter().any(|word| line.trim_start().starts_with(word))
}

/// Whether a line begins with a macro of the bindings.
fn is_macro(line: &str) -> bool {
    ["call!(", "choice!(", "record!("].iter().any(|word| line.trim_start().starts_with(word))
}

/// Statements, formatted as they stand in a function.
pub(crate) fn statements(code: &str) -> Option<String> {
    let file = syn::parse_file(&format!("async fn example() {{ {code} }}")).ok()?;
    let function = with_values(&prettyplease::unparse(&file));
    let inner = function.strip_prefix("async fn example() {\n")?.strip_suffix("}\n")?;
    Some(inner.lines().map(|line| format!("{}\n", line.strip_prefix("    ").unwrap_or(line))).collect())
}
