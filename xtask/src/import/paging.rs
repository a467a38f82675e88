//! Paging: parameters that ask for a page, taken out of an API and put into a style.

use super::reply::Answer;
use crate::definitions::operation::{Operation, Parameter, Place};
use crate::definitions::shape::Shape;
use crate::definitions::words::words;

/// Parameters that are the number of records before the page.
const OFFSETS: [&str; 8] = ["from", "start", "start_index", "startIndex", "sIndex", "index", "offset", "page[offset]"];

/// Parameters that are the number of the page.
const PAGES: [&str; 4] = ["page", "page_number", "pageNo", "pageNumber"];

/// Parameters that are a token of the last reply.
const CURSORS: [&str; 5] = ["page_token", "next_token", "page[next]", "next_page_token", "cursor"];

/// Parameters that are the size of a page.
const LIMITS: [&str; 8] =
    ["limit", "per_page", "perPage", "page[limit]", "page_size", "pageSize", "range", "rec_limit"];

/// How a list pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paging {
    /// What tells the pages apart.
    pub(crate) style: Style,
    /// The number of the first page or record.
    pub(crate) first: Option<u64>,
    /// The smallest size.
    pub(crate) min: Option<u64>,
    /// The largest size.
    pub(crate) max: Option<u64>,
    /// The parameters of it, which an API gets back where no style has them.
    pub(crate) taken: Vec<Parameter>,
}

/// A way of paging that many lists share.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Style {
    /// Its kind.
    pub(crate) kind: Kind,
    /// The parameter of the page.
    pub(crate) at: String,
    /// The parameter of the size.
    pub(crate) limit: Option<String>,
    /// What ends the list: the path to a flag, or to the next token.
    pub(crate) end: Option<String>,
}

/// The kind of a style, which is its key in the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// Pages have numbers.
    Page,
    /// Records are skipped.
    Offset,
    /// A token leads on.
    Cursor,
}

impl Kind {
    /// The key of the language.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Offset => "offset",
            Self::Cursor => "cursor",
        }
    }
}

/// Takes the parameters of paging out of an operation that gives a list.
pub(crate) fn take(operation: &mut Operation, answer: &Answer) -> Option<Paging> {
    let find = |names: &[&str], numbers: bool| {
        let fits = |parameter: &&Parameter| {
            let name = parameter.member.name.as_str();
            let is_number = parameter.member.shape == Shape::Int || name.contains("offset");
            names.contains(&name) && (!numbers || is_number)
        };
        operation.at(Place::Query).find(fits).cloned()
    };
    let (page, offset, cursor) = (find(&PAGES, false), find(&OFFSETS, true), find(&CURSORS, false));
    let limit = find(&LIMITS, false);
    let cursor = cursor.filter(|_| answer.next.is_some());
    let (kind, at) = match (page, offset, &cursor) {
        (Some(page), ..) => (Kind::Page, page),
        (_, Some(offset), _) => (Kind::Offset, offset),
        (.., Some(cursor)) => (Kind::Cursor, cursor.clone()),
        _ => return None,
    };
    let end = if kind == Kind::Cursor { answer.next.clone() } else { answer.more.clone() };
    let taken: Vec<Parameter> = [Some(&at), limit.as_ref(), cursor.as_ref()].into_iter().flatten().cloned().collect();
    operation.parameters.retain(|parameter| !taken.contains(parameter));
    if kind != Kind::Cursor
        && let Some(cursor) = &cursor
    {
        operation
            .remarks
            .push(format!("it also takes the token `{}`, which a style may go on with", cursor.member.name));
    }
    let default = at.member.default.as_deref().and_then(|default| default.parse().ok());
    let size = |of: fn(&Parameter) -> Option<u64>| limit.as_ref().and_then(of);
    Some(Paging {
        style: Style { kind, at: at.member.name, limit: limit.as_ref().map(|limit| limit.member.name.clone()), end },
        first: at.minimum.or(default).filter(|_| kind != Kind::Cursor),
        min: size(|limit| limit.minimum).filter(|min| *min > 1),
        max: size(|limit| limit.maximum.or_else(|| limit.member.default.as_ref()?.parse().ok()))
            .filter(|max| (2..=10_000).contains(max)),
        taken,
    })
}

/// The styles of a service by name, each with the values that most of its lists have.
pub(crate) fn styles(lists: &[&Paging]) -> Vec<(String, Paging)> {
    let mut counted: Vec<(Style, Vec<&Paging>)> = Vec::new();
    for list in lists {
        match counted.iter_mut().find(|(style, _)| *style == list.style) {
            Some((_, members)) => members.push(list),
            None => counted.push((list.style.clone(), vec![list])),
        }
    }
    counted.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
    let mut named: Vec<(String, Paging)> = Vec::new();
    for (style, members) in counted {
        let first = most(members.iter().map(|list| list.first)).or(match style.kind {
            Kind::Page => Some(1),
            Kind::Offset => Some(0),
            Kind::Cursor => None,
        });
        let paging =
            Paging { first, min: None, max: most(members.iter().map(|list| list.max)), taken: Vec::new(), style };
        named.push((style_name(&paging.style, &named), paging));
    }
    named
}

/// The name of a style: its kind, or its parameter where that is taken, or a number.
fn style_name(style: &Style, named: &[(String, Paging)]) -> String {
    let kind = style.kind.key().to_owned();
    let plain = format!("{kind}_{}", if style.end.is_some() { "with_flag" } else { "without_flag" });
    let by_limit = style.limit.as_ref().map_or_else(|| format!("{kind}_without_size"), |_| plain);
    let numbered = (2..).map(|n| format!("{kind}_{n}"));
    let is_free = |name: &String| !named.iter().any(|(other, _)| other == name);
    let by_parameter = words(&style.at).join("_");
    [kind.clone(), by_parameter, by_limit].into_iter().chain(numbered).find(is_free).unwrap_or(kind)
}

/// The value that most have; none where most have none.
fn most(values: impl Iterator<Item = Option<u64>>) -> Option<u64> {
    let mut counts: Vec<(u64, usize)> = Vec::new();
    for value in values.flatten() {
        match counts.iter_mut().find(|(known, _)| *known == value) {
            Some((_, count)) => *count += 1,
            None => counts.push((value, 1)),
        }
    }
    counts.iter().rev().max_by_key(|(_, count)| *count).map(|(value, _)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::shape::Member;
    use zoho_connector::Verb;

    fn operation(parameters: &[(&str, Shape, Option<u64>, Option<u64>)]) -> Operation {
        let parameter = |(name, shape, minimum, maximum): &(&str, Shape, Option<u64>, Option<u64>)| Parameter {
            place: Place::Query,
            member: Member::new(*name, shape.clone()),
            minimum: *minimum,
            maximum: *maximum,
        };
        Operation { parameters: parameters.iter().map(parameter).collect(), ..Operation::new(Verb::Get, "/x") }
    }

    #[test]
    fn offset_and_size_are_taken_out_with_their_bounds() {
        let mut list = operation(&[
            ("from", Shape::Int, Some(1), None),
            ("limit", Shape::Int, Some(10), Some(200)),
            ("status", Shape::String, None, None),
        ]);
        let paging = take(&mut list, &Answer::default()).unwrap();
        assert_eq!(
            (paging.style.kind, paging.first, paging.min, paging.max),
            (Kind::Offset, Some(1), Some(10), Some(200))
        );
        assert_eq!(list.parameters.len(), 1);
    }

    #[test]
    fn a_time_called_from_pages_nothing_and_a_token_needs_its_place_in_the_reply() {
        let mut list = operation(&[("from", Shape::Time, None, None), ("limit", Shape::Int, None, None)]);
        assert_eq!(take(&mut list, &Answer::default()), None);
        let mut list = operation(&[("next_token", Shape::String, None, None)]);
        assert_eq!(take(&mut list, &Answer::default()), None);
        let answer = Answer { next: Some("next_token".into()), ..Answer::default() };
        assert_eq!(take(&mut list, &answer).unwrap().style.kind, Kind::Cursor);
    }

    #[test]
    fn a_style_has_the_values_of_most_of_its_lists() {
        let list = |at: &str, max| Paging {
            style: Style { kind: Kind::Offset, at: at.into(), limit: Some("limit".into()), end: None },
            first: None,
            min: None,
            max,
            taken: Vec::new(),
        };
        let lists = [list("from", Some(100)), list("from", Some(100)), list("from", Some(99)), list("start", None)];
        let styles = styles(&lists.iter().collect::<Vec<_>>());
        let shown: Vec<(&str, Option<u64>, Option<u64>)> =
            styles.iter().map(|(name, p)| (name.as_str(), p.first, p.max)).collect();
        assert_eq!(shown, [("offset", Some(0), Some(100)), ("start", Some(0), None)]);
    }
}
