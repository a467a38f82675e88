//! Paths of operations, made comparable.

/// A path as it can be compared: from a slash, with `{}` for each variable, without a query and without the `#name` that
/// tells operations of one path apart. A last slash counts.
pub(crate) fn plain(path: &str) -> String {
    let path = path.split(['#', '?']).next().unwrap_or_default();
    let segments = path.trim_start_matches('/').split('/').map(plain_segment);
    format!("/{}", segments.collect::<Vec<_>>().join("/"))
}

fn plain_segment(segment: &str) -> String {
    if segment.starts_with(':') {
        return "{}".to_owned();
    }
    let mut pieces = segment.split('{');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        plain.push_str("{}");
        plain.push_str(piece.split_once('}').map_or("", |(_, after)| after));
    }
    plain
}

/// The path of a URL: what stands behind its host.
pub(crate) fn of_url(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or("", |at| &rest[at..])
}

/// Whether a text is as a pattern says; `*` stands for any text.
pub(crate) fn is_like(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            rest.char_indices().map(|(at, _)| at).chain([rest.len()]).any(|at| is_like(after, &rest[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_made_comparable() {
        for (path, expected) in [
            ("/tickets/{ticketId}/comments", "/tickets/{}/comments"),
            ("/requests/:requestId/extend", "/requests/{}/extend"),
            ("api/v1/files/{id}#copy", "/api/v1/files/{}"),
            ("/{a}.{b}/x{c}?method=d", "/{}.{}/x{}"),
            ("/teams/", "/teams/"),
            ("/", "/"),
        ] {
            assert_eq!(plain(path), expected);
        }
    }

    #[test]
    fn the_path_of_a_url_stands_behind_its_host() {
        for (url, path) in [("https://a.com/crm/v8", "/crm/v8"), ("/api", "/api"), ("https://a.com", ""), ("", "")] {
            assert_eq!(of_url(url), path);
        }
    }

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(is_like("tickets.*", "tickets.list") && is_like("*a*", "bab") && is_like("x", "x"));
        assert!(!is_like("tickets.*", "ticket.list") && !is_like("x", "xy"));
    }
}
