//! A list being read: which page comes next, which of its records are new, and whether the list is whole. No I/O.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use zoho_connector::Pagination;
use zoho_connector::pagination::PageKind;

use super::cursor::{Cursor, Facts, Next, Position};
use super::seen::{Id, Seen};
use super::window::{Lane, Plan, Rules, Split, Window};
use super::{Cut, CutReason, Page};
use crate::error::{Error, ErrorKind};
use crate::invocation::Invocation;
use crate::record::Record;
use crate::request::Change;
use crate::response::RawReply;

/// So many pages in a row of records that were all given before are a circle, and no list that moves.
const CIRCLE: u32 = 10;

/// So many windows in a row that are too full and have nothing new are no windows: halves of all the time there is come
/// down to a millisecond in fewer.
const STALE: u32 = 50;

/// A list being read.
#[derive(Debug)]
pub(crate) struct Walk {
    style: Option<Arc<Pagination>>,
    /// The size of pages that was asked for.
    wish: Option<u64>,
    /// The member that tells records apart, where they have one.
    key: Option<String>,
    /// How to go on in windows of time, where that may be needed.
    windows: Option<Rules>,
    /// How the next page is asked for; none after the last.
    cursor: Option<Cursor>,
    state: State,
    /// What the last page of this window was, told by a hash.
    previous: Option<u64>,
    /// The number of all records of this window, as the last reply had it.
    total: Option<u64>,
}

/// What is written down of a list being read. The cursor is beside it, since it knows its style.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct State {
    at: Option<Position>,
    pages: u64,
    given: u64,
    repeated: u64,
    /// How many pages in a row had nothing new.
    barren: u32,
    cut: Option<Cut>,
    seen: Seen,
    /// How many records were given before the window at hand.
    given_before: u64,
    /// How many windows in a row were too full and had nothing new.
    stale: u32,
    lane: Lane,
    plan: Plan,
}

impl Walk {
    /// A list from its begin. `now` is in milliseconds since 1970.
    pub(crate) fn begin(invocation: &Invocation, now: i64) -> Self {
        let style = invocation.api().paginate.clone().map(Arc::new);
        let wish = invocation.page_size();
        let cursor = first_page(style.as_ref(), wish);
        let key = key_of(invocation);
        let may_need_windows = key.is_some() && style.as_ref().is_some_and(|style| style.ends_in_windows());
        let windows = Rules::of(invocation).filter(|_| may_need_windows);
        let window = windows.as_ref().map_or(Window::whole(), Rules::own);
        let state = State {
            at: None,
            pages: 0,
            given: 0,
            repeated: 0,
            barren: 0,
            cut: None,
            seen: Seen::default(),
            given_before: 0,
            stale: 0,
            lane: Lane::begin(window, now),
            plan: Plan::default(),
        };
        Self { style, wish, key, windows, cursor: Some(cursor), state, previous: None, total: None }
    }

    /// What is to be written down to go on from here later.
    pub(crate) fn state(&self) -> State {
        State { at: self.cursor.as_ref().map(|cursor| cursor.position().clone()), ..self.state.clone() }
    }

    /// Goes on from what was written down. None where it does not fit the connector.
    pub(crate) fn restore(&mut self, mut state: State) -> Option<()> {
        self.cursor = match state.at.take() {
            Some(at) => Some(Cursor::at(self.style.clone(), at)?),
            None => None,
        };
        state.seen = state.seen.restored();
        (self.state, self.previous, self.total) = (state, None, None);
        Some(())
    }

    /// How the next page is asked for; none after the last.
    pub(crate) fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }

    /// The number of all records that the window at hand has, where replies tell.
    pub(crate) fn total(&self) -> Option<u64> {
        self.total
    }

    /// How many records were given.
    pub(crate) fn given(&self) -> u64 {
        self.state.given
    }

    /// How many records were left out, since they came before.
    pub(crate) fn repeated(&self) -> u64 {
        self.state.repeated
    }

    /// Why the list is not whole, where it is not.
    pub(crate) fn cut(&self) -> Option<&Cut> {
        self.state.cut.as_ref()
    }

    /// Remembers every id, and not only the last ones.
    pub(crate) fn keep_all(&mut self) {
        self.state.seen.keep_all();
    }

    /// Ends the list here, after so many records.
    pub(crate) fn end(&mut self, given: u64) {
        self.cursor = None;
        self.state.given = given;
    }

    /// What the request of a page of this window has beside its arguments.
    pub(crate) fn changes(&self, cursor: &Cursor) -> Vec<Change> {
        let mut changes = self.windows.as_ref().map(|rules| rules.changes(&self.state.lane)).unwrap_or_default();
        changes.extend(cursor.changes());
        changes
    }

    /// Takes the page that was asked for: its new records, and what is known of the rest.
    pub(crate) fn take(&mut self, records: Vec<Record>, raw: &RawReply, now: i64) -> Result<Page, Error> {
        let Some(cursor) = self.cursor.clone() else { return Err(Error::new(ErrorKind::Unexpected, "it is read")) };
        let count = records.len() as u64;
        let before = self.state.given;
        let (fresh, mark) = self.only_new(records);
        self.against_repeats(&cursor, count, mark, before)?;
        let repeated = count - fresh.len() as u64;
        self.against_circles(&cursor, count, repeated)?;
        let facts = Facts::of(&cursor, count, repeated, raw);
        self.total = facts.total();
        self.state.pages += 1;
        self.state.given += fresh.len() as u64;
        // What windows overlap by was to be expected.
        self.state.repeated += if self.state.plan.is_empty() { repeated } else { 0 };
        let cut = match cursor.next(&facts) {
            Next::Page(next) => {
                self.cursor = Some(next);
                None
            }
            Next::End => {
                self.next_window(now);
                None
            }
            Next::Full { ceiling, windows } => self.full(ceiling, windows, now),
        };
        Ok(Page {
            records: fresh,
            number: self.state.pages,
            more: self.cursor.is_some(),
            repeated,
            cut,
            body: raw.body.clone(),
        })
    }

    /// A page that is the last one again would go on for ever.
    fn against_repeats(&mut self, cursor: &Cursor, count: u64, mark: u64, given: u64) -> Result<(), Error> {
        let mark = (count > 0).then_some(mark);
        if mark.is_some() && self.previous == mark {
            let message = format!("the service gave the same page twice, after {given} records");
            return Err(Error::new(ErrorKind::Unexpected, message).with_hint(hint(cursor)));
        }
        self.previous = mark;
        Ok(())
    }

    fn against_circles(&mut self, cursor: &Cursor, count: u64, repeated: u64) -> Result<(), Error> {
        // Windows overlap, and what they hold again is told by its id.
        let is_barren = count > 0 && repeated == count && self.state.plan.is_empty();
        self.state.barren = if is_barren { self.state.barren + 1 } else { 0 };
        if self.state.barren < CIRCLE {
            return Ok(());
        }
        let message = format!("the last {CIRCLE} pages had only records that came before, of {}", self.state.given);
        Err(Error::new(ErrorKind::Unexpected, message).with_hint(hint(cursor)))
    }

    /// The records that were not given before, and a hash that tells the page: of ids where records have them, which is
    /// much less to look at than all that they hold.
    fn only_new(&mut self, mut records: Vec<Record>) -> (Vec<Record>, u64) {
        let (state, key, windows) = (&mut self.state, self.key.as_deref(), self.windows.as_ref());
        let mut mark = DefaultHasher::new();
        records.retain(|record| {
            let Some(id) = key.and_then(|key| Id::of(record, key)) else {
                mark.write(record.as_bytes());
                return true;
            };
            id.hash(&mut mark);
            if let Some(rules) = windows {
                state.lane.note(rules, id, record);
            }
            state.seen.note(id) && !state.plan.contains(id)
        });
        (records, mark.finish())
    }

    /// More follows, which the service does not give in this way.
    fn full(&mut self, ceiling: u64, by_windows: bool, now: i64) -> Option<Cut> {
        let mut split = match &self.windows {
            Some(rules) if by_windows => rules.split(&self.state.lane),
            None if by_windows && self.key.is_none() => Split::against(CutReason::NoId),
            _ => Split::against(CutReason::Ceiling),
        };
        self.state.stale = if self.state.given > self.state.given_before { 0 } else { self.state.stale + 1 };
        if self.state.stale > STALE {
            self.state.plan = Plan::default();
            split = Split::against(CutReason::Windows);
        }
        split.frames.into_iter().for_each(|frame| self.state.plan.push(frame));
        self.next_window(now);
        let cut = Cut { after: self.state.given, ceiling, reason: split.cut? };
        // The rest of one instant may be met twice on the way on.
        let is_new = self.state.cut.as_ref().is_none_or(|before| before.reason != cut.reason);
        is_new.then(|| self.state.cut.insert(cut).clone())
    }

    fn next_window(&mut self, now: i64) {
        let window = self.state.plan.next(&self.state.lane);
        self.cursor = window.map(|window| {
            self.state.lane = Lane::begin(window, now);
            self.state.given_before = self.state.given;
            first_page(self.style.as_ref(), self.wish)
        });
        (self.previous, self.total) = (None, None);
    }
}

fn first_page(style: Option<&Arc<Pagination>>, wish: Option<u64>) -> Cursor {
    style.map_or_else(Cursor::only, |style| Cursor::first(Arc::clone(style), wish))
}

/// The member that tells the records of a list apart.
fn key_of(invocation: &Invocation) -> Option<String> {
    let zoho_connector::Returns::Many(ty) = &invocation.api().returns else { return None };
    invocation.connector().object(ty)?.key().map(|field| field.name.clone())
}

/// What to look at where a service does not go on.
fn hint(cursor: &Cursor) -> String {
    match cursor.style().map(|style| (&style.style, &style.kind)) {
        Some((name, PageKind::Page { at, first } | PageKind::Offset { at, first })) => format!(
            "the style `{name}` of the connector counts from {first} in {at} (`first: {first}`): does the service count \
             from there, and does it know the parameter?"
        ),
        Some((name, PageKind::Cursor { at, next })) => {
            format!(
                "the style `{name}` of the connector sends {at} from `{next}` of the last reply: is that the next page's?"
            )
        }
        Some((name, PageKind::Link { next })) => {
            format!("the style `{name}` of the connector follows `{next}` of the last reply: is that the next page's?")
        }
        None => "the connector does not say how this list pages".to_owned(),
    }
}
