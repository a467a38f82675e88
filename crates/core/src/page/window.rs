//! Windows of time: how a list goes on past the number of records that its service pages to. No I/O.
//!
//! A list that is too full is read on from the last time of change where its records come oldest first, backwards where
//! they come newest first, and in halves where they come in no order. Windows overlap by one unit of time at their
//! edges, so it does not matter whether a service counts a bound in; what comes twice is known by its id.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use zoho_connector::path::PathStep;
use zoho_connector::time_format::TimeFormat;
use zoho_connector::{Connector, ReplyPath, RequestPlace, Returns, Type};

use super::CutReason;
use super::member;
use super::seen::{Id, Ids};
use crate::invocation::Invocation;
use crate::record::Record;
use crate::request::Change;
use crate::value::{encode, time};

/// As far ahead as a window without an end reaches, so that no clock that is behind loses the newest records.
const MARGIN: i64 = 24 * 3_600_000;

/// How far before its begin a list read backwards looks for what changed meanwhile.
const LOOK_BACK: i64 = 10 * 60_000;

/// A window of time, in milliseconds since 1970. Without bounds it is as the caller asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Window {
    since: Option<i64>,
    until: Option<i64>,
    /// Whether the bounds are the caller's own, which his arguments send.
    own: bool,
    /// Whether the records that changed first are asked for before the others.
    sorted: bool,
}

/// What was read of the window at hand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Lane {
    window: Window,
    /// When it was begun, in milliseconds since 1970.
    begun: i64,
    /// Ids and times of its records, in their order.
    #[serde(serialize_with = "super::seen::write_entries", deserialize_with = "super::seen::read_entries")]
    entries: Vec<(Id, Option<i64>)>,
}

/// Windows that are still to be read, and the ids that were given of the window that they are parts of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Frame {
    ids: Ids,
    windows: VecDeque<Window>,
    /// Whether only the ids at the edge of the last window are kept, of which the next one overlaps nothing else.
    edge: bool,
}

/// What follows a window that is too full.
#[derive(Debug)]
pub(crate) struct Split {
    /// The windows to read on by, the next ones last; none where there is no way on.
    pub(crate) frames: Vec<Frame>,
    /// Why records are left out, where some are.
    pub(crate) cut: Option<CutReason>,
}

impl Split {
    fn by(frames: impl IntoIterator<Item = Frame>) -> Self {
        Self { frames: frames.into_iter().collect(), cut: None }
    }

    pub(crate) fn against(reason: CutReason) -> Self {
        Self { frames: Vec::new(), cut: Some(reason) }
    }
}

/// How an API takes windows.
#[derive(Debug)]
pub(crate) struct Rules {
    field: ReplyPath,
    field_format: Option<TimeFormat>,
    place: RequestPlace,
    pattern: String,
    format: Option<TimeFormat>,
    order: Vec<(RequestPlace, Value)>,
    /// The shortest time that both spellings can tell apart, in milliseconds.
    unit: i64,
    /// The window that the caller's own arguments ask for; the argument that cannot be read as one.
    own: Result<Window, String>,
}

impl Window {
    /// What the caller asks for, without bounds.
    pub(crate) fn whole() -> Self {
        Self { since: None, until: None, own: true, sorted: false }
    }
}

impl Rules {
    /// The rules of an invocation, where its API takes windows.
    pub(crate) fn of(invocation: &Invocation) -> Option<Self> {
        let (connector, api) = (invocation.connector(), invocation.api());
        let incremental = api.incremental.as_ref()?;
        let place = incremental.send.clone()?;
        let at_place = |parameter: &&zoho_connector::Parameter| {
            parameter.sites.iter().any(|site| site.location == place.location && site.wire == place.name)
        };
        let parameter = api.parameters.iter().find(at_place);
        let sent_as = parameter.map(|parameter| &parameter.ty).filter(|ty| matches!(ty, Type::Time(_) | Type::Date(_)));
        let format = connector.spelling(sent_as.unwrap_or(&Type::Time(None))).cloned();
        let field_format = field_type(connector, &api.returns, &incremental.field)
            .and_then(|ty| connector.spelling(ty))
            .or_else(|| connector.spelling(&Type::Time(None)))
            .cloned();
        let pattern = incremental.pattern.clone().unwrap_or_else(|| "{since}".to_owned());
        let given = parameter.and_then(|parameter| Some((parameter, invocation.value(&parameter.name)?)));
        let own = match given {
            None => Ok(Window::whole()),
            Some((parameter, value)) => {
                bounds(&pattern, &encode::plain(value), format.as_ref()).ok_or_else(|| parameter.name.clone())
            }
        };
        let unit = time::unit(format.as_ref()).max(time::unit(field_format.as_ref()));
        let (field, order) = (incremental.field.clone(), incremental.order.clone());
        Some(Self { field, field_format, place, pattern, format, order, unit, own })
    }

    /// The window that the caller asks for.
    pub(crate) fn own(&self) -> Window {
        self.own.clone().unwrap_or(Window::whole())
    }

    /// Whether a window has an end.
    fn is_bounded(&self) -> bool {
        self.pattern.contains("{until}")
    }

    /// When a record was changed.
    fn time_of(&self, record: &Record) -> Option<i64> {
        let text = match &self.field {
            ReplyPath::Body(steps) => match steps.as_slice() {
                [PathStep::Member(name)] => {
                    let raw = member::scalar(member::raw(record.as_bytes(), name)?)?;
                    std::str::from_utf8(raw).ok()?.to_owned()
                }
                _ => record.text_at(&self.field)?,
            },
            ReplyPath::Header(_) => return None,
        };
        time::instant(&text, self.field_format.as_ref())
    }

    /// What a request of a window has beside its arguments and its page.
    pub(crate) fn changes(&self, lane: &Lane) -> Vec<Change> {
        let window = &lane.window;
        let mut changes = Vec::new();
        if window.sorted {
            changes.extend(self.order.iter().map(|(place, value)| Change::Set(place.clone(), value.clone())));
        }
        let sends_bounds = !window.own && (self.is_bounded() || window.since.is_some());
        if sends_bounds {
            let spell = |time: i64| time::spell_instant(time, self.format.as_ref()).map(|value| encode::plain(&value));
            let since = spell(window.since.unwrap_or(0)).unwrap_or_default();
            let until = spell(window.until.unwrap_or(lane.begun + MARGIN)).unwrap_or_default();
            let text = self.pattern.replace("{since}", &since).replace("{until}", &until);
            changes.push(Change::Set(self.place.clone(), Value::from(text)));
        }
        changes
    }

    /// What follows a window with more records than the service pages to.
    pub(crate) fn split(&self, lane: &Lane) -> Split {
        if let Err(argument) = &self.own {
            return Split::against(CutReason::Argument(argument.clone()));
        }
        let order = Order::of(&lane.entries);
        match &order {
            Some(order) if order.first == order.last && order.rising => self.around(lane, order.first),
            Some(order) if order.rising => self.forwards(lane, order),
            Some(order) if order.falling && self.is_bounded() => self.backwards(lane, order),
            None if !self.is_bounded() => Split::against(CutReason::NoTime(self.field.to_string())),
            _ if !lane.window.sorted && !self.order.is_empty() => {
                let whole = Window { own: false, sorted: true, ..lane.window };
                Split::by([Frame::after(lane, [whole])])
            }
            order if self.is_bounded() => self.halves(lane, order.as_ref()),
            _ => Split::against(CutReason::Order),
        }
    }

    /// Oldest first: on from the last time.
    fn forwards(&self, lane: &Lane, order: &Order) -> Split {
        let Some(since) = step(lane.window.since, order.last, self.unit) else {
            return Split::against(CutReason::Windows);
        };
        let rest = Window { since: Some(since), own: false, ..lane.window };
        Split::by([Frame::edge(lane, |time| time >= since, rest)])
    }

    /// Newest first: back from the last time; at the end what changed meanwhile, which went to where it was read.
    fn backwards(&self, lane: &Lane, order: &Order) -> Split {
        let window = lane.window;
        let until = step(window.until.map(|until| -until), -order.last, self.unit).map(|until| -until);
        let Some(until) = until else { return Split::against(CutReason::Windows) };
        let rest = Window { until: Some(until), own: false, ..window };
        let meanwhile =
            window.until.is_none().then(|| Window { since: Some(lane.begun - LOOK_BACK), own: false, ..window });
        let meanwhile = meanwhile.map(|meanwhile| Frame::after(lane, [meanwhile]));
        Split::by(meanwhile.into_iter().chain([Frame::edge(lane, |time| time <= until, rest)]))
    }

    /// All of one instant: what the service does not give of it cannot be had. What is older and newer can: up to the
    /// instant itself, which a service that counts bounds in gives again, and past it then.
    fn around(&self, lane: &Lane, at: i64) -> Split {
        let window = lane.window;
        let until = window.until.filter(|until| *until <= at).map_or(at, |until| until - self.unit);
        let since = window.since.filter(|since| *since >= at).map_or(at, |since| since + self.unit);
        let older = Window { until: Some(until), own: false, ..window };
        let newer = Window { since: Some(since), own: false, ..window };
        let windows = [older, newer].into_iter().filter(|part| {
            let is_whole = part.since.zip(part.until).is_none_or(|(since, until)| since <= until);
            is_whole && (self.is_bounded() || part.since != window.since)
        });
        Split { frames: vec![Frame::after(lane, windows)], cut: Some(CutReason::Instant(self.spelled(at))) }
    }

    /// In no order: both halves, the older one first, since what changes moves on into the newer one.
    fn halves(&self, lane: &Lane, order: Option<&Order>) -> Split {
        let window = lane.window;
        let (from, to) = (window.since.unwrap_or(0), window.until.unwrap_or(lane.begun + MARGIN));
        let units = (to - from).div_euclid(self.unit);
        // Two units are the shortest window that surely has the instant in its middle.
        if units <= 2 {
            return Split::against(CutReason::Instant(self.spelled(from)));
        }
        let guess = order.map_or(from + (to - from) / 2, |order| order.least + (order.most - order.least) / 2);
        let middle = guess.clamp(from + self.unit, to - 2 * self.unit);
        let middle = from + (middle - from).div_euclid(self.unit) * self.unit;
        let older = Window { since: Some(from), until: Some(middle + self.unit), own: false, sorted: window.sorted };
        let newer = Window { since: Some(middle), until: window.until, own: false, sorted: window.sorted };
        Split::by([Frame::after(lane, [older, newer])])
    }

    fn spelled(&self, time: i64) -> String {
        time::spell_instant(time, None).map_or_else(|| time.to_string(), |value| encode::plain(&value))
    }
}

/// The type of the member that tells when a record was changed.
fn field_type<'c>(connector: &'c Connector, returns: &'c Returns, field: &ReplyPath) -> Option<&'c Type> {
    let Returns::Many(ty) = returns else { return None };
    connector.object(ty)?.field(field.last_member()?).map(|field| &field.ty)
}

/// Reads a caller's own argument by the pattern that a window is sent by.
fn bounds(pattern: &str, text: &str, format: Option<&TimeFormat>) -> Option<Window> {
    let (before, rest) = pattern.split_once("{since}")?;
    let text = text.strip_prefix(before)?;
    let (since, until) = match rest.split_once("{until}") {
        Some((between, after)) => {
            let (since, until) = text.strip_suffix(after)?.split_once(between)?;
            (since, Some(until))
        }
        None => (text.strip_suffix(rest)?, None),
    };
    let until = until.map(|until| time::instant(until, format).ok_or(())).transpose().ok()?;
    Some(Window { since: Some(time::instant(since, format)?), until, own: true, sorted: false })
}

/// Where a window goes on that began at `bound` and was full at `last`: one unit before, whether or not the service
/// counts a bound in; at `last` itself where that is no way on, since the bound's own records came. None where the
/// records lie before the window: the service did not keep to it.
fn step(bound: Option<i64>, last: i64, unit: i64) -> Option<i64> {
    let is_on = |time: &i64| bound.is_none_or(|bound| *time > bound);
    Some(last - unit).filter(is_on).or(Some(last).filter(is_on))
}

/// In which order records came.
struct Order {
    first: i64,
    last: i64,
    least: i64,
    most: i64,
    rising: bool,
    falling: bool,
}

impl Order {
    /// None where some record does not say when it was changed.
    fn of(entries: &[(Id, Option<i64>)]) -> Option<Self> {
        let (first, last) = (entries.first()?.1?, entries.last()?.1?);
        let mut order = Self { first, last, least: first, most: first, rising: true, falling: true };
        let mut before = first;
        for (_, time) in entries {
            let time = (*time)?;
            order.rising &= time >= before;
            order.falling &= time <= before;
            order.least = order.least.min(time);
            order.most = order.most.max(time);
            before = time;
        }
        Some(order)
    }
}

impl Lane {
    /// Begins to read a window.
    pub(crate) fn begin(window: Window, now: i64) -> Self {
        Self { window, begun: now, entries: Vec::new() }
    }

    /// Notes a record of the window.
    pub(crate) fn note(&mut self, rules: &Rules, id: Id, record: &Record) {
        self.entries.push((id, rules.time_of(record)));
    }
}

impl Frame {
    /// Windows that may hold whatever was read of this one.
    fn after(lane: &Lane, windows: impl IntoIterator<Item = Window>) -> Self {
        let mut ids = Ids::default();
        lane.entries.iter().for_each(|(id, _)| {
            ids.insert(*id);
        });
        Self { ids, windows: windows.into_iter().collect(), edge: false }
    }

    /// A window that holds of what was read only what is of these times.
    fn edge(lane: &Lane, overlaps: impl Fn(i64) -> bool, window: Window) -> Self {
        let mut ids = Ids::default();
        for (id, _) in lane.entries.iter().filter(|(_, time)| time.is_none_or(&overlaps)) {
            ids.insert(*id);
        }
        Self { ids, windows: [window].into(), edge: true }
    }
}

/// The windows that are still to be read, those within others last.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Plan(Vec<Frame>);

impl Plan {
    /// Whether no window was too full yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a record was given of a window that this one is a part of.
    pub(crate) fn contains(&self, id: Id) -> bool {
        self.0.iter().any(|frame| frame.ids.contains(id))
    }

    /// Goes on by further windows before those that wait.
    pub(crate) fn push(&mut self, frame: Frame) {
        // An edge is over when the next one is reached; else as many would be kept as there were windows.
        if frame.edge && self.0.last().is_some_and(|last| last.edge && last.windows.is_empty()) {
            self.0.pop();
        }
        self.0.push(frame);
    }

    /// The next window. `read` is the one that was just read to its end: the next may overlap it.
    pub(crate) fn next(&mut self, read: &Lane) -> Option<Window> {
        let mut read = Some(read);
        loop {
            let frame = self.0.last_mut()?;
            if let Some(window) = frame.windows.pop_front() {
                let entries = read.map(|read| read.entries.as_slice()).unwrap_or_default();
                let overlaps = |time: i64| window.since.is_none_or(|since| time >= since);
                for (id, _) in entries.iter().filter(|(_, time)| time.is_none_or(overlaps)) {
                    frame.ids.insert(*id);
                }
                return Some(window);
            }
            // What a frame within this one was about lies before the windows that wait here, but for its last edge.
            self.0.pop();
            read = read.filter(|_| !self.0.is_empty());
        }
    }
}
