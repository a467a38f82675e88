//! Paths and base URLs: what would be sent otherwise than it is meant.

use super::Resolver;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Origin;
use crate::template::Template;

impl Resolver<'_> {
    /// The path of an API. One that would be sent otherwise than it is meant is read on, for its names.
    pub(super) fn path(&mut self, text: &str, origin: &Origin) -> Option<Template> {
        let path = self.unreadable(origin, Template::parse(text, false))?;
        if let Some((message, help)) = fault_of(text) {
            self.report(Diagnostic::error(Code::InvalidExpression, origin.clone(), message).help(help));
        }
        Some(path)
    }

    /// A URL that paths go on from.
    pub(super) fn url(&mut self, text: &str, origin: &Origin) -> Option<Template> {
        let url = self.unreadable(origin, Template::parse(text, true))?;
        if let Some(at) = text.find(['?', '#']) {
            let (rest, what) = text.split_at(at);
            let (message, help) = match what.starts_with('?') {
                true => (
                    format!("`{text}` has a query, and the paths of APIs go on from it"),
                    format!("write `{rest}`; what is sent with all calls stands in `defaults: {{ query: … }}`"),
                ),
                false => {
                    (format!("`{text}` has a fragment, and the paths of APIs go on from it"), format!("write `{rest}`"))
                }
            };
            self.report(Diagnostic::error(Code::InvalidExpression, origin.clone(), message).help(help));
        }
        Some(url)
    }
}

/// What is wrong with a path, and what to write instead.
fn fault_of(text: &str) -> Option<(String, String)> {
    let write = |better: &str| format!("write `{better}`");
    if let Some((_, rest)) = text.split_once("://") {
        let path = rest.find('/').map_or("/", |at| &rest[at..]);
        let help = format!("write `{path}`; another host is a base of its own: `bases: {{ other: https://… }}`");
        return Some((format!("`{text}` is a whole URL, and a path goes on from the `base_url`"), help));
    }
    if !text.is_empty() && !text.starts_with('/') {
        return Some((
            format!("`{text}` does not begin with `/`, and would run on from the URL before it"),
            write(&format!("/{text}")),
        ));
    }
    if text.contains("${") {
        return Some((
            "a name in braces has no `$` before it: it would be sent".to_owned(),
            write(&text.replace("${", "{")),
        ));
    }
    if text.contains("!}") {
        let message = "a name in braces has no `!` behind it: what is in a path must always be given".to_owned();
        return Some((message, write(&text.replace("!}", "}"))));
    }
    if let Some((path, query)) = text.split_once('?') {
        let help = format!("write `{path}`, and `{query}` in `query`: `query: {{ name: =value }}`");
        return Some((format!("`{text}` has a query in its path"), help));
    }
    if let Some((path, _)) = text.split_once('#') {
        return Some((format!("`{text}` has a fragment, and a fragment is never sent"), write(path)));
    }
    of_segments(text).map(|(message, better)| (message, write(&better)))
}

/// What is wrong with a segment of a path, and the path without the fault.
fn of_segments(text: &str) -> Option<(String, String)> {
    let segments = || text.split('/');
    if segments().any(|segment| matches!(segment, "." | "..")) {
        let mut kept: Vec<&str> = Vec::new();
        for segment in segments().skip(1) {
            match segment {
                "." => {}
                ".." => drop(kept.pop()),
                segment => kept.push(segment),
            }
        }
        let message = format!("`{text}` has a step up or on the spot, and would be sent without it");
        return Some((message, format!("/{}", kept.join("/"))));
    }
    let named = |segment: &str| {
        segment.strip_prefix(':').filter(|name| !name.is_empty() && !name.contains(['{', ':'])).map(str::to_owned)
    };
    let name = segments().find_map(named)?;
    let better: Vec<String> = segments()
        .map(|segment| named(segment).map_or_else(|| segment.to_owned(), |name| format!("{{{name}}}")))
        .collect();
    Some((format!("`:{name}` would be sent as it stands: what is filled in stands in braces"), better.join("/")))
}

#[cfg(test)]
mod tests {
    use super::fault_of;

    #[test]
    fn a_path_that_is_meant_otherwise_is_said_with_what_to_write() {
        for (path, better) in [
            ("items/{id}", "write `/items/{id}`"),
            ("{id}/items", "write `/{id}/items`"),
            ("/items/${id}", "write `/items/{id}`"),
            ("/items/{id!}", "write `/items/{id}`"),
            ("/items/:id/rows/:row", "write `/items/{id}/rows/{row}`"),
            ("/items/{id}#x", "write `/items/{id}`"),
            ("/items/../{id}", "write `/{id}`"),
            ("/./items/..", "write `/`"),
        ] {
            assert_eq!(fault_of(path).unwrap().1, better, "{path}");
        }
        assert!(fault_of("https://x.y/items").unwrap().1.starts_with("write `/items`; another host"));
        assert!(fault_of("https://x.y").unwrap().1.starts_with("write `/`;"));
        assert!(fault_of("/items?a=b").unwrap().1.starts_with("write `/items`, and `a=b` in `query`"));
        for path in ["", "/", "/items", "/items/{id}/", "/v1:batch", "/a..b/.c", "/:"] {
            assert_eq!(fault_of(path), None, "{path}");
        }
    }
}
