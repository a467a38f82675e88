//! Choosing the next page from a reply. No I/O.

use serde_json::Value;
use url::Url;
use zoho_connector::Pagination;
use zoho_connector::pagination::{Beyond, PageKind, PageStop, Stop};

use crate::request::Change;
use crate::response::Looked;

/// How one page is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cursor {
    /// The style; none where a list does not page.
    style: Option<Pagination>,
    position: Position,
    /// The size that is asked for.
    size: Option<u64>,
    /// The records on the pages before.
    read: u64,
}

#[derive(Debug, Clone, PartialEq)]
enum Position {
    /// The first page of a cursor or of links, or the only page.
    First,
    /// The number of a page or of the first record.
    Number(u64),
    Token(String),
    Link(String),
}

/// What a reply says of the rest of its list.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Facts {
    /// The number of records on the page.
    pub(crate) count: u64,
    more: Option<String>,
    total: Option<u64>,
    /// The next token or URL of the style.
    next: Option<String>,
    /// The first token of the style beyond the ceiling.
    beyond: Option<String>,
}

/// What follows a page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Next {
    /// Another page.
    Page(Box<Cursor>),
    /// Nothing: it was the last.
    End,
    /// More, which the service refuses to give.
    Cut {
        /// The number of records past which it does not page.
        ceiling: u64,
    },
}

impl Facts {
    /// Reads what the cursor's style wants to know in a reply.
    pub(crate) fn of(cursor: &Cursor, count: u64, looked: &Looked<'_>) -> Self {
        let Some(style) = &cursor.style else { return Self { count, ..Self::default() } };
        let token = |style: &Pagination| match &style.kind {
            PageKind::Cursor { next, .. } | PageKind::Link { next } => {
                looked.text(next).filter(|text| !text.is_empty())
            }
            _ => None,
        };
        let beyond = match &style.beyond {
            Some(Beyond::Style(beyond)) => token(beyond),
            _ => None,
        };
        Self {
            count,
            more: style.stop.more.as_ref().and_then(|path| looked.text(path)),
            total: style.stop.total.as_ref().and_then(|path| looked.text(path)).and_then(|text| text.parse().ok()),
            next: token(style),
            beyond,
        }
    }
}

impl Cursor {
    /// The first page of a style.
    pub(crate) fn first(style: Pagination, wish: Option<u64>) -> Self {
        let size = style
            .limit
            .is_some()
            .then(|| wish.map_or_else(|| style.size(), |wish| Some(style.size_near(wish))))
            .flatten();
        let position = match &style.kind {
            PageKind::Page { first, .. } | PageKind::Offset { first, .. } => Position::Number(*first),
            PageKind::Cursor { .. } | PageKind::Link { .. } => Position::First,
        };
        Self { style: Some(style), position, size, read: 0 }
    }

    /// The only page of a list that does not page.
    pub(crate) fn only() -> Self {
        Self { style: None, position: Position::First, size: None, read: 0 }
    }

    /// The number of records on the pages before.
    pub(crate) fn read(&self) -> u64 {
        self.read
    }

    /// What the request of this page has beside its arguments. A declared size is always sent.
    pub(crate) fn changes(&self) -> Vec<Change> {
        let Some(style) = &self.style else { return Vec::new() };
        if let Position::Link(url) = &self.position {
            return Url::parse(url).map(Change::Follow).into_iter().collect();
        }
        if let (Some(append), Some(place), Position::Number(number)) = (&style.append, style.place(), &self.position) {
            let size = self.size.or(style.size()).unwrap_or(1);
            let text = append.replace("{limit}", &size.to_string()).replace("{offset}", &number.to_string());
            return vec![Change::Append(place.clone(), text)];
        }
        let at = match (&self.position, style.place()) {
            (Position::Number(number), Some(place)) => Some(Change::Set(place.clone(), Value::from(*number))),
            (Position::Token(token), Some(place)) => Some(Change::Set(place.clone(), Value::from(token.as_str()))),
            _ => None,
        };
        let limit = style.limit.clone().zip(self.size).map(|(place, size)| Change::Set(place, Value::from(size)));
        at.into_iter().chain(limit).collect()
    }

    /// What follows, from what the reply says.
    pub(crate) fn next(&self, facts: &Facts) -> Next {
        let Some(style) = &self.style else { return Next::End };
        let read = self.read + facts.count;
        if self.ended(style, facts, read) {
            return Next::End;
        }
        if let Some(ceiling) = style.ceiling.filter(|ceiling| read >= *ceiling) {
            return match (&style.beyond, &facts.beyond) {
                (Some(Beyond::Style(beyond)), Some(token)) => Next::Page(Box::new(self.going_on(beyond, token, read))),
                _ => Next::Cut { ceiling },
            };
        }
        let position = match (&style.kind, &self.position) {
            (PageKind::Page { first, .. }, position) => Position::Number(position.number(*first) + 1),
            (PageKind::Offset { first, .. }, position) => Position::Number(position.number(*first) + facts.count),
            (PageKind::Cursor { .. }, _) => Position::Token(facts.next.clone().unwrap_or_default()),
            (PageKind::Link { .. }, _) => Position::Link(facts.next.clone().unwrap_or_default()),
        };
        Next::Page(Box::new(Self { style: self.style.clone(), position, size: self.size, read }))
    }

    fn going_on(&self, beyond: &Pagination, token: &str, read: u64) -> Self {
        let mut next = Self::first(beyond.clone(), self.size);
        next.position = Position::Token(token.to_owned());
        next.read = read;
        next
    }

    fn ended(&self, style: &Pagination, facts: &Facts, read: u64) -> bool {
        let by_token = matches!(style.kind, PageKind::Cursor { .. } | PageKind::Link { .. });
        if by_token && facts.next.is_none() {
            return true;
        }
        // A page by number that is empty is the end whatever else is said: the next would be empty too.
        if !by_token && facts.count == 0 {
            return true;
        }
        let Stop { more, total, page } = &style.stop;
        if more.is_some() {
            return !facts.more.as_deref().is_some_and(says_yes);
        }
        if total.is_some() && facts.total.is_some_and(|total| read >= total) {
            return true;
        }
        match page {
            Some(PageStop::Short) => self.size.or(style.size()).is_some_and(|size| facts.count < size),
            Some(PageStop::Empty) | None => false,
        }
    }
}

impl Position {
    fn number(&self, first: u64) -> u64 {
        match self {
            Self::Number(number) => *number,
            _ => first,
        }
    }
}

/// Flags come as truth values and as text; some services send a number.
fn says_yes(text: &str) -> bool {
    !matches!(text, "" | "0" | "false" | "False" | "no" | "null")
}

#[cfg(test)]
mod tests {
    use zoho_connector::{Connector, SourceFile, load::read};

    use super::*;

    fn style(pagination: &str) -> Pagination {
        let yaml = format!(
            "
connector: test
title: Test
base_url: https://test.{{zoho}}
scope_prefix: [T]
responses: {{ records: data }}
pagination: {pagination}
types: {{ T: {{ id!: id, at: time }} }}
apis: {{ t.list: {{ get: /t, scopes: [], paginate: used, returns: [T], incremental: {{ field: at, send: since }} }} }}
"
        );
        let connector: Connector = read(&[SourceFile::new("test.yaml", yaml)]).unwrap();
        connector.apis["t.list"].paginate.clone().unwrap()
    }

    /// Reads a list of `total` records from a service that pages exactly as declared, and gives what was asked for.
    fn simulate(style: Pagination, total: u64, wish: Option<u64>) -> (Vec<u64>, Vec<String>, Option<u64>) {
        let (mut ids, mut asked, mut cut) = (Vec::new(), Vec::new(), None);
        let mut cursor = Cursor::first(style, wish);
        for _ in 0..1000 {
            asked.push(cursor.changes().iter().map(|change| format!("{change:?}")).collect::<Vec<_>>().join(" "));
            let style = cursor.style.clone().unwrap();
            let size = cursor.size.unwrap_or(10);
            let start = match (&cursor.position, &style.kind) {
                (Position::Number(n), PageKind::Page { first, .. }) => (n - first) * size,
                (Position::Number(n), PageKind::Offset { first, .. }) => n - first,
                (Position::Token(token), _) => token.parse().unwrap(),
                _ => 0,
            };
            let end = (start + size).min(total);
            ids.extend(start..end);
            let token = (end < total).then(|| end.to_string());
            let facts = Facts {
                count: end.saturating_sub(start),
                more: Some((end < total).to_string()),
                total: Some(total),
                next: token.clone(),
                beyond: token,
            };
            match cursor.next(&facts) {
                Next::Page(next) => cursor = *next,
                Next::End => return (ids, asked, cut),
                Next::Cut { ceiling } => {
                    cut = Some(ceiling);
                    return (ids, asked, cut);
                }
            }
        }
        panic!("it never ends");
    }

    fn assert_all(ids: &[u64], total: u64) {
        assert_eq!(ids, (0..total).collect::<Vec<_>>());
    }

    /// A peer began the second page at 51 and the later ones at the last plus one: an overlap on every page.
    #[test]
    fn wanted_b11_pages_neither_overlap_nor_leave_gaps() {
        for pagination in [
            "{ used: { offset: from, first: 0, limit: limit, max: 50, stop: short_page } }",
            "{ used: { offset: from, first: 1, limit: limit, max: 50, stop: short_page } }",
            "{ used: { offset: from, first: 0, limit: limit, max: 50, stop: empty_page } }",
            "{ used: { page: page, first: 1, limit: per_page, max: 50, more: info.more } }",
            "{ used: { page: page, first: 0, limit: per_page, max: 50, total: info.count } }",
            "{ used: { cursor: token, next: info.next, limit: per_page, max: 50 } }",
        ] {
            for total in [0, 1, 49, 50, 51, 100, 333] {
                let (ids, _, cut) = simulate(style(pagination), total, None);
                assert_all(&ids, total);
                assert_eq!(cut, None, "{pagination}");
            }
        }
    }

    /// A size that was declared and not sent gave one page of ten, which looked like the last.
    #[test]
    fn wanted_b1_a_declared_size_is_always_sent() {
        let pagination = "{ used: { offset: from, first: 0, limit: limit, max: 50, stop: short_page } }";
        let (_, asked, _) = simulate(style(pagination), 60, None);
        assert!(asked.iter().all(|asked| asked.contains(r#"name: "limit", inner: [] }, Number(50)"#)), "{asked:?}");
    }

    #[test]
    fn past_the_ceiling_the_next_style_goes_on_with_its_token() {
        let pagination = "
  used: { page: page, first: 1, limit: per_page, max: 200, more: info.more, ceiling: 2000, beyond: deep }
  deep: { cursor: page_token, next: info.next, limit: per_page, max: 200, more: info.more, ceiling: 100000, beyond: incremental }";
        let (ids, asked, cut) = simulate(style(pagination), 5000, None);
        assert_all(&ids, 5000);
        assert_eq!((asked.len(), cut), (25, None));
        assert!(asked[9].contains(r#""page""#) && !asked[9].contains("page_token"));
        assert!(asked[10].contains("page_token") && !asked[10].contains(r#""page""#));
        assert_eq!(simulate(style(pagination), 2000, None).1.len(), 10);
    }

    #[test]
    fn a_list_past_a_ceiling_without_a_way_on_is_marked_cut() {
        let pagination = "{ used: { offset: from, first: 0, limit: limit, max: 50, stop: short_page, ceiling: 4999, beyond: incremental } }";
        let (ids, _, cut) = simulate(style(pagination), 6000, None);
        assert_eq!((ids.len(), cut), (5000, Some(4999)));
        assert_eq!(simulate(style(pagination), 4980, None).2, None);
    }

    #[test]
    fn a_wish_for_a_size_is_held_within_bounds() {
        let pagination = "{ used: { offset: from, first: 0, limit: limit, min: 10, max: 200, stop: short_page } }";
        for (wish, size) in [(5, 10), (20, 20), (500, 200)] {
            assert_eq!(Cursor::first(style(pagination), Some(wish)).size, Some(size));
        }
    }

    #[test]
    fn a_query_in_a_language_gets_its_page_as_text() {
        let pagination = "{ used: { offset: body select_query, append: 'limit {limit} offset {offset}', first: 0, max: 200, more: info.more } }";
        let cursor = Cursor::first(style(pagination), None);
        let next = match cursor.next(&Facts { count: 200, more: Some("true".into()), ..Facts::default() }) {
            Next::Page(next) => next.changes(),
            other => panic!("{other:?}"),
        };
        assert!(matches!(&next[..], [Change::Append(_, text)] if text == "limit 200 offset 200"), "{next:?}");
    }
}
