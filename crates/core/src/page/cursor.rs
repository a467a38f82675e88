//! Choosing the next page from a reply. No I/O.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;
use zoho_connector::Pagination;
use zoho_connector::pagination::{Beyond, PageKind, PageStop, Stop};

use crate::request::Change;
use crate::response::{Looked, RawReply};

/// How one page is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cursor {
    /// The style; none where a list does not page.
    style: Option<Arc<Pagination>>,
    at: Position,
}

/// Where in a list a page is. Written into checkpoints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Position {
    /// How many styles beyond the first one the list went on by.
    beyond: u8,
    mark: Mark,
    /// The size that is asked for.
    size: Option<u64>,
    /// The records on the pages before.
    read: u64,
    /// Those of them that came twice.
    repeated: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Mark {
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
    /// Those of them that were given before.
    pub(crate) repeated: u64,
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
    Page(Cursor),
    /// Nothing: it was the last.
    End,
    /// More, which the service refuses to give in this way.
    Full {
        /// The number of records past which it does not page.
        ceiling: u64,
        /// Whether windows of time go on.
        windows: bool,
    },
}

impl Facts {
    /// Reads what the cursor's style wants to know in a reply.
    pub(crate) fn of(cursor: &Cursor, count: u64, repeated: u64, raw: &RawReply) -> Self {
        let only_counted = Self { count, repeated, ..Self::default() };
        let Some(style) = cursor.style() else { return only_counted };
        let by_token = |style: &Pagination| matches!(style.kind, PageKind::Cursor { .. } | PageKind::Link { .. });
        let beyond = match &style.beyond {
            Some(Beyond::Style(beyond)) => Some(beyond),
            _ => None,
        };
        // A style that ends by its pages alone wants nothing of the reply, which is not read once more then.
        if style.stop.more.is_none() && style.stop.total.is_none() && !by_token(style) && beyond.is_none() {
            return only_counted;
        }
        let looked = Looked::at(raw);
        let token = |style: &Pagination| match &style.kind {
            PageKind::Cursor { next, .. } | PageKind::Link { next } => {
                looked.text(next).filter(|text| !text.is_empty())
            }
            _ => None,
        };
        Self {
            more: style.stop.more.as_ref().and_then(|path| looked.text(path)),
            total: style.stop.total.as_ref().and_then(|path| looked.text(path)).and_then(|text| text.parse().ok()),
            next: token(style),
            beyond: beyond.and_then(|style| token(style)),
            ..only_counted
        }
    }

    /// The number of all records, where the reply has it.
    pub(crate) fn total(&self) -> Option<u64> {
        self.total
    }
}

impl Cursor {
    /// The first page of a style.
    pub(crate) fn first(style: Arc<Pagination>, wish: Option<u64>) -> Self {
        let at = Position::first(&style, wish);
        Self { style: Some(style), at }
    }

    /// The only page of a list that does not page.
    pub(crate) fn only() -> Self {
        Self { style: None, at: Position { beyond: 0, mark: Mark::First, size: None, read: 0, repeated: 0 } }
    }

    /// A page whose position was written down. None where the style has no such page.
    pub(crate) fn at(style: Option<Arc<Pagination>>, at: Position) -> Option<Self> {
        let cursor = Self { style, at };
        let fits = match (cursor.style().map(|style| &style.kind), &cursor.at.mark) {
            (None, mark) => cursor.style.is_none() && cursor.at.beyond == 0 && *mark == Mark::First,
            (Some(PageKind::Page { .. } | PageKind::Offset { .. }), mark) => matches!(mark, Mark::Number(_)),
            (Some(PageKind::Cursor { .. }), mark) => matches!(mark, Mark::First | Mark::Token(_)),
            (Some(PageKind::Link { .. }), mark) => matches!(mark, Mark::First | Mark::Link(_)),
        };
        fits.then_some(cursor)
    }

    /// The position, to be written down.
    pub(crate) fn position(&self) -> &Position {
        &self.at
    }

    /// The style that is read by.
    pub(crate) fn style(&self) -> Option<&Pagination> {
        let mut style = self.style.as_deref()?;
        for _ in 0..self.at.beyond {
            match &style.beyond {
                Some(Beyond::Style(beyond)) => style = beyond,
                _ => return None,
            }
        }
        Some(style)
    }

    /// The number of records on the pages before.
    pub(crate) fn read(&self) -> u64 {
        self.at.read
    }

    /// The number of records that a page has, where one is asked for.
    pub(crate) fn size(&self) -> Option<u64> {
        self.at.size.or_else(|| self.style().and_then(Pagination::size))
    }

    /// Whether it asks for the same page.
    pub(crate) fn is_same_page(&self, other: &Self) -> bool {
        self.at.beyond == other.at.beyond && self.at.mark == other.at.mark
    }

    /// What the request of this page has beside its arguments. A declared size is always sent.
    pub(crate) fn changes(&self) -> Vec<Change> {
        let Some(style) = self.style() else { return Vec::new() };
        if let Mark::Link(url) = &self.at.mark {
            return Url::parse(url).map(Change::Follow).into_iter().collect();
        }
        if let (Some(append), Some(place), Mark::Number(number)) = (&style.append, style.place(), &self.at.mark) {
            let size = self.size().unwrap_or(1);
            let text = append.replace("{limit}", &size.to_string()).replace("{offset}", &number.to_string());
            return vec![Change::Append(place.clone(), text)];
        }
        let at = match (&self.at.mark, style.place()) {
            (Mark::Number(number), Some(place)) => Some(Change::Set(place.clone(), Value::from(*number))),
            (Mark::Token(token), Some(place)) => Some(Change::Set(place.clone(), Value::from(token.as_str()))),
            _ => None,
        };
        let limit = style.limit.clone().zip(self.at.size).map(|(place, size)| Change::Set(place, Value::from(size)));
        at.into_iter().chain(limit).collect()
    }

    /// The page after this one, where it can be asked for before this one is there: pages by number, up to the ceiling.
    pub(crate) fn ahead(&self, total: Option<u64>) -> Option<Self> {
        let style = self.style()?;
        let size = self.size().filter(|size| *size > 0)?;
        let read = self.at.read + size;
        let known_end = total.is_some_and(|total| read - self.at.repeated.min(read) >= total);
        if known_end || style.ceiling.is_some_and(|ceiling| read >= ceiling) {
            return None;
        }
        let mark = match (&style.kind, &self.at.mark) {
            (PageKind::Page { .. }, Mark::Number(number)) => Mark::Number(number + 1),
            (PageKind::Offset { .. }, Mark::Number(number)) => Mark::Number(number + size),
            _ => return None,
        };
        Some(Self { style: self.style.clone(), at: Position { mark, read, ..self.at.clone() } })
    }

    /// What follows, from what the reply says.
    pub(crate) fn next(&self, facts: &Facts) -> Next {
        let Some(style) = self.style() else { return Next::End };
        let at = Position {
            read: self.at.read + facts.count,
            repeated: self.at.repeated + facts.repeated,
            ..self.at.clone()
        };
        if self.ended(style, facts, at.read - at.repeated.min(at.read)) {
            return Next::End;
        }
        if let Some(ceiling) = style.ceiling.filter(|ceiling| at.read >= *ceiling) {
            return match (&style.beyond, &facts.beyond) {
                (Some(Beyond::Style(beyond)), Some(token)) => Next::Page(self.going_on(beyond, token, at)),
                (beyond, _) => Next::Full { ceiling, windows: *beyond == Some(Beyond::Incremental) },
            };
        }
        let mark = match (&style.kind, &self.at.mark) {
            (PageKind::Page { first, .. }, mark) => Mark::Number(mark.number(*first) + 1),
            (PageKind::Offset { first, .. }, mark) => Mark::Number(mark.number(*first) + facts.count),
            (PageKind::Cursor { .. }, _) => Mark::Token(facts.next.clone().unwrap_or_default()),
            (PageKind::Link { .. }, _) => Mark::Link(facts.next.clone().unwrap_or_default()),
        };
        Next::Page(Self { style: self.style.clone(), at: Position { mark, ..at } })
    }

    fn going_on(&self, beyond: &Pagination, token: &str, at: Position) -> Self {
        let mark = match &beyond.kind {
            PageKind::Link { .. } => Mark::Link(token.to_owned()),
            _ => Mark::Token(token.to_owned()),
        };
        let size = Position::first(beyond, at.size).size;
        Self { style: self.style.clone(), at: Position { beyond: at.beyond + 1, mark, size, ..at } }
    }

    fn ended(&self, style: &Pagination, facts: &Facts, fresh: u64) -> bool {
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
        // Of a wrong base records come twice, which are not counted twice here.
        if total.is_some() && facts.total.is_some_and(|total| fresh >= total) {
            return true;
        }
        match page {
            Some(PageStop::Short) => self.size().is_some_and(|size| facts.count < size),
            Some(PageStop::Empty) | None => false,
        }
    }
}

impl Position {
    fn first(style: &Pagination, wish: Option<u64>) -> Self {
        let size = wish.map_or_else(|| style.size(), |wish| Some(style.size_near(wish)));
        let sends_size = style.limit.is_some() || style.append.as_ref().is_some_and(|text| text.contains("{limit}"));
        let mark = match &style.kind {
            PageKind::Page { first, .. } | PageKind::Offset { first, .. } => Mark::Number(*first),
            PageKind::Cursor { .. } | PageKind::Link { .. } => Mark::First,
        };
        Self { beyond: 0, mark, size: sends_size.then_some(size).flatten(), read: 0, repeated: 0 }
    }
}

impl Mark {
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

    fn style(pagination: &str) -> Arc<Pagination> {
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
        Arc::new(connector.apis["t.list"].paginate.clone().unwrap())
    }

    /// Reads a list of `total` records from a service that pages exactly as declared, and gives what was asked for.
    fn simulate(style: Arc<Pagination>, total: u64, wish: Option<u64>) -> (Vec<u64>, Vec<String>, Option<u64>) {
        let (mut ids, mut asked, mut cut) = (Vec::new(), Vec::new(), None);
        let mut cursor = Cursor::first(style, wish);
        for _ in 0..1000 {
            asked.push(cursor.changes().iter().map(|change| format!("{change:?}")).collect::<Vec<_>>().join(" "));
            let size = cursor.at.size.unwrap_or(10);
            let start = match (&cursor.at.mark, &cursor.style().unwrap().kind) {
                (Mark::Number(n), PageKind::Page { first, .. }) => (n - first) * size,
                (Mark::Number(n), PageKind::Offset { first, .. }) => n - first,
                (Mark::Token(token), _) => token.parse().unwrap(),
                _ => 0,
            };
            let end = (start + size).min(total);
            ids.extend(start..end);
            let token = (end < total).then(|| end.to_string());
            let facts = Facts {
                count: end.saturating_sub(start),
                repeated: 0,
                more: Some((end < total).to_string()),
                total: Some(total),
                next: token.clone(),
                beyond: token,
            };
            match cursor.next(&facts) {
                Next::Page(next) => cursor = next,
                Next::End => return (ids, asked, cut),
                Next::Full { ceiling, .. } => {
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
            assert_eq!(Cursor::first(style(pagination), Some(wish)).at.size, Some(size));
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
        let wished = Cursor::first(style(pagination), Some(10)).changes();
        assert!(matches!(&wished[..], [Change::Append(_, text)] if text == "limit 10 offset 0"), "{wished:?}");
    }
}
