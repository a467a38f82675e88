//! Which part of a list a call asks for, and what the reply says of the rest, exactly as declared.

use serde_json::Value;
use zoho_connector::pagination::{Beyond, PageKind};
use zoho_connector::{FailureKind, Pagination, ReplyPath, RequestPlace};

use crate::arguments::Arguments;
use crate::message::Incoming;
use crate::random::hash;
use crate::refusal::Refusal;
use crate::reply_path::{Draft, text_of};

/// The size of a page where a call asks for none, within what the service allows.
const USUAL_SIZE: usize = 20;
/// The query parameter of the links that the sandbox gives.
const LINK_PARAMETER: &str = "sandbox_page";

/// The part of a list that a call asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    /// The position of the first record, from 0.
    pub(crate) start: usize,
    /// The most records.
    pub(crate) size: usize,
}

/// The part of a list that a call asks for.
pub(crate) fn window(style: &Pagination, request: &Incoming, arguments: &Arguments) -> Result<Window, Refusal> {
    let beyond = match &style.beyond {
        Some(Beyond::Style(beyond)) => Some(beyond.as_ref()).filter(|beyond| wants(beyond, request, arguments)),
        _ => None,
    };
    if let (Some(beyond), true) = (beyond, style.place().and_then(|place| arguments.at(request, place)).is_some()) {
        let both = [style, beyond]
            .into_iter()
            .filter_map(Pagination::place)
            .map(|place| place.name.as_str())
            .collect::<Vec<_>>();
        return Err(Refusal::invalid(
            both.last().copied().unwrap_or_default(),
            format!("{} cannot be used together.", both.join(" and ")),
        ));
    }
    one_style(beyond.unwrap_or(style), request, arguments)
}

fn wants(style: &Pagination, request: &Incoming, arguments: &Arguments) -> bool {
    style.place().is_some_and(|place| arguments.at(request, place).is_some())
}

fn one_style(style: &Pagination, request: &Incoming, arguments: &Arguments) -> Result<Window, Refusal> {
    if style.append.is_some() {
        return appended(style, request, arguments);
    }
    let asked = style.limit.as_ref().and_then(|place| Some((place, arguments.at(request, place)?)));
    let size = match asked {
        Some((place, value)) => checked_size(style, place, &value)?,
        None => usual_size(style),
    };
    let number = |place: &RequestPlace, first: u64| match arguments.at(request, place) {
        None => Ok(0),
        Some(value) => match text_of(&value).parse::<u64>() {
            Ok(number) if number >= first => to_usize(number - first),
            _ => Err(Refusal::invalid(&place.name, format!("'{}' must be a number from {first} on.", place.name))),
        },
    };
    let start = match &style.kind {
        PageKind::Page { at, first } => number(at, *first)?.saturating_mul(size),
        PageKind::Offset { at, first } => number(at, *first)?,
        PageKind::Cursor { at, .. } => match arguments.at(request, at) {
            Some(token) => read_token(request, &text_of(&token))
                .ok_or_else(|| Refusal::invalid(&at.name, format!("'{}' is not a token of this list.", at.name)))?,
            None => 0,
        },
        PageKind::Link { .. } => {
            let token = request.query_pairs().into_iter().find(|(name, _)| name == LINK_PARAMETER);
            token.and_then(|(_, token)| read_token(request, &token)).unwrap_or(0)
        }
    };
    below_ceiling(style, start)?;
    Ok(Window { start, size })
}

/// An offset counts its own number against the ceiling, a page the records before it.
fn below_ceiling(style: &Pagination, start: usize) -> Result<(), Refusal> {
    let Some(ceiling) = style.ceiling else { return Ok(()) };
    let at = start as u64;
    let past = match &style.kind {
        PageKind::Offset { first, .. } => at.saturating_add(*first) > ceiling,
        _ => at >= ceiling,
    };
    if !past {
        return Ok(());
    }
    let name = style.place().map_or("", |place| place.name.as_str());
    Err(Refusal::invalid(name, format!("No more than {ceiling} records can be read in this way.")))
}

fn checked_size(style: &Pagination, place: &RequestPlace, value: &Value) -> Result<usize, Refusal> {
    let name = place.inner.last().unwrap_or(&place.name);
    let size: u64 =
        text_of(value).parse().map_err(|_| Refusal::invalid(name, format!("'{name}' must be a number.")))?;
    let (least, most) = (style.min.unwrap_or(1), style.max.unwrap_or(u64::MAX));
    let listed = style.sizes.is_empty() || style.sizes.contains(&size);
    if size < least || size > most || !listed {
        return Err(Refusal::invalid(name, format!("The value of '{name}' exceeds the range of '{least}-{most}'.")));
    }
    to_usize(size)
}

fn usual_size(style: &Pagination) -> usize {
    if let Some(smallest) = style.sizes.iter().min() {
        return usize::try_from(*smallest).unwrap_or(USUAL_SIZE);
    }
    let within =
        |bound: Option<u64>, otherwise| bound.and_then(|bound| usize::try_from(bound).ok()).unwrap_or(otherwise);
    USUAL_SIZE.min(within(style.max, USUAL_SIZE)).max(within(style.min, 1))
}

fn to_usize(number: u64) -> Result<usize, Refusal> {
    usize::try_from(number).map_err(|_| Refusal::new(FailureKind::Invalid, "A number is too large."))
}

/// The window that stands in a text: after the words that the style puts before `{limit}` and `{offset}`.
fn appended(style: &Pagination, request: &Incoming, arguments: &Arguments) -> Result<Window, Refusal> {
    let (Some(append), Some(place)) = (&style.append, style.place()) else {
        return Ok(Window { start: 0, size: USUAL_SIZE });
    };
    let text = arguments.at(request, place).map(|value| text_of(&value)).unwrap_or_default();
    let number = |name: &str| {
        let word = append.split(name).next()?.split_whitespace().last()?.to_ascii_lowercase();
        number_after(&text, &word)
    };
    let size = match number("{limit}") {
        Some(limit) => checked_size(style, place, &limit.into())?,
        None => usual_size(style),
    };
    let start = to_usize(number("{offset}").unwrap_or(0))?;
    below_ceiling(style, start)?;
    Ok(Window { start, size })
}

fn number_after(text: &str, word: &str) -> Option<u64> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let position = words.iter().rposition(|other| other.eq_ignore_ascii_case(word))?;
    words.get(position + 1)?.parse().ok()
}

/// Writes what a reply says of the rest of its list.
pub(crate) fn write_rest(style: &Pagination, request: &Incoming, window: Window, total: usize, draft: &mut Draft) {
    let end = window.start.saturating_add(window.size).min(total);
    let more = end < total;
    if let Some(path) = &style.stop.more {
        draft.set(path, more.into());
    }
    if let Some(path) = &style.stop.total {
        draft.set(path, total.into());
    }
    if more {
        write_next(style, request, end, draft);
        if let Some(Beyond::Style(beyond)) = &style.beyond {
            write_next(beyond, request, end, draft);
        }
    }
}

fn write_next(style: &Pagination, request: &Incoming, end: usize, draft: &mut Draft) {
    let set = |draft: &mut Draft, path: &ReplyPath, text: String| draft.set(path, text.into());
    match &style.kind {
        PageKind::Cursor { next, .. } => set(draft, next, token(request, end)),
        PageKind::Link { next } => {
            let others = request.query_pairs().into_iter().filter(|(name, _)| name != LINK_PARAMETER);
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(others).append_pair(LINK_PARAMETER, &token(request, end));
            set(draft, next, format!("https://{}{}?{}", request.host, request.path, query.finish()));
        }
        PageKind::Page { .. } | PageKind::Offset { .. } => {}
    }
}

/// A token for a position in a list, good for that list alone.
fn token(request: &Incoming, position: usize) -> String {
    format!("{:016x}{position:08x}", seal(request, position))
}

fn read_token(request: &Incoming, token: &str) -> Option<usize> {
    let (sealed, position) = token.split_at_checked(16)?;
    let position = usize::from_str_radix(position, 16).ok()?;
    (format!("{:016x}", seal(request, position)) == sealed).then_some(position)
}

fn seal(request: &Incoming, position: usize) -> u64 {
    hash(position as u64, format!("{}{}", request.host, request.path).as_bytes())
}
