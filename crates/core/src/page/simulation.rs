//! Lists of a service that pages exactly as declared, read by the same steps as a real one.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Value, json};
use zoho_connector::{SourceFile, load::read};

use super::walk::Walk;
use super::{Cut, CutReason};
use crate::error::Error;
use crate::invocation::{Arguments, Invocation};
use crate::record::Record;
use crate::request::Change;
use crate::response::RawReply;
use crate::value::time;

/// 2026-01-01T00:00:00Z.
const NOW: i64 = 1_767_225_600_000;

const YAML: &str = r#"
connector: test
title: Test
base_url: https://test.{zoho}
scope_prefix: [T]
times: { time: "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'" }
responses: { records: data }
pagination:
  bounded: { offset: from, first: 0, limit: limit, max: 10, stop: short_page, ceiling: 49, beyond: incremental }
  numbered: { page: page, first: 1, limit: limit, max: 10, more: more, ceiling: 30, beyond: deep }
  deep: { cursor: token, next: next, limit: limit, max: 10, ceiling: 60, beyond: incremental }
  plain: { offset: from, first: 0, limit: limit, max: 10, stop: short_page, ceiling: 49 }
  total: { offset: from, first: 0, limit: limit, max: 10, total: total }
types:
  T: { id!: id, at: time }
  Nameless: { at: time }
apis:
  t.bounded:
    get: /bounded
    scopes: []
    query: { range: string }
    paginate: bounded
    returns: [T]
    incremental: { field: at, send: query range, as: "{since},{until}" }
  t.since:
    get: /since
    scopes: []
    query: { sort: string }
    paginate: numbered
    returns: [T]
    incremental: { field: at, send: header If-Modified-Since, order: { sort: at } }
  t.unordered:
    get: /unordered
    scopes: []
    paginate: numbered
    returns: [T]
    incremental: { field: at, send: header If-Modified-Since }
  t.plain: { get: /plain, scopes: [], paginate: plain, returns: [T] }
  t.total: { get: /total, scopes: [], paginate: total, returns: [T] }
  t.nameless:
    get: /nameless
    scopes: []
    paginate: bounded
    returns: [Nameless]
    incremental: { field: at, send: query range, as: "{since},{until}" }
"#;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Sorting {
    Rising,
    Falling,
    Mixed,
}

/// What is done to the records before a reply, of which it gets the number.
type Moves = fn(&mut Vec<(u64, i64)>, usize);

/// A service with its records.
struct Service {
    /// Ids and times of change.
    records: Vec<(u64, i64)>,
    /// The usual order.
    sorting: Sorting,
    /// Whether a window's bounds count in.
    inclusive: bool,
    /// Whether records say when they were changed.
    timed: bool,
    /// How much more the first record counts than declared.
    base: u64,
    /// Whether it gives everything whatever window is asked for.
    deaf: bool,
    /// What is done to the records before each reply.
    moves: Option<Moves>,
    asked: Vec<HashMap<String, String>>,
}

impl Service {
    fn new(records: impl IntoIterator<Item = (u64, i64)>) -> Self {
        let records = records.into_iter().collect();
        Self {
            records,
            sorting: Sorting::Rising,
            inclusive: true,
            timed: true,
            base: 0,
            deaf: false,
            moves: None,
            asked: Vec::new(),
        }
    }

    fn sorted(mut self, sorting: Sorting) -> Self {
        self.sorting = sorting;
        self
    }

    fn answer(&mut self, changes: &[Change]) -> (Vec<Record>, RawReply) {
        let asked = parameters(changes);
        self.asked.push(asked.clone());
        if let Some(moves) = self.moves {
            moves(&mut self.records, self.asked.len());
        }
        let chosen = self.chosen(&asked);
        let size = asked["limit"].parse::<usize>().unwrap();
        let start = match (asked.get("from"), asked.get("page"), asked.get("token")) {
            (Some(from), ..) => {
                let from: u64 = from.parse().unwrap();
                assert!(from <= 49 || self.base > 0, "past the last offset: {asked:?}");
                usize::try_from(from.saturating_sub(self.base)).unwrap()
            }
            (_, Some(page), _) => {
                let page: usize = page.parse().unwrap();
                assert!(page <= 3, "past the last page: {asked:?}");
                (page - 1) * size
            }
            (_, _, Some(token)) => {
                assert!(token.parse::<usize>().unwrap() < 60, "past the last token: {asked:?}");
                token.parse().unwrap()
            }
            _ => 0,
        };
        let end = (start + size).min(chosen.len());
        let data: Vec<Value> = chosen.iter().skip(start).take(size).map(|record| self.shown(*record)).collect();
        let more = end < chosen.len();
        let next = if more { json!(end.to_string()) } else { Value::Null };
        let body = json!({ "data": data, "more": more, "next": next, "total": chosen.len() }).to_string();
        let records = data.iter().map(|record| Record::from_text(record.to_string())).collect();
        (records, RawReply::new(200, HeaderMap::new(), Bytes::from(body)))
    }

    fn chosen(&self, asked: &HashMap<String, String>) -> Vec<(u64, i64)> {
        let (since, until) = match (asked.get("range"), asked.get("If-Modified-Since")) {
            (Some(range), _) => range.split_once(',').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap(),
            (_, Some(since)) => (since.clone(), String::new()),
            _ => (String::new(), String::new()),
        };
        let (since, until) = (time::instant(&since, None), time::instant(&until, None));
        let room = if self.inclusive { 0 } else { 1 };
        let fits = |(_, at): &&(u64, i64)| {
            since.is_none_or(|since| *at >= since + room) && until.is_none_or(|until| *at <= until - room)
        };
        let fits = |record: &&(u64, i64)| self.deaf || fits(record);
        let mut chosen: Vec<(u64, i64)> = self.records.iter().filter(fits).copied().collect();
        match (asked.get("sort").map(String::as_str), self.sorting) {
            (Some("at"), _) | (_, Sorting::Rising) => chosen.sort_by_key(|(id, at)| (*at, *id)),
            (_, Sorting::Falling) => chosen.sort_by_key(|(id, at)| (-*at, *id)),
            (_, Sorting::Mixed) => chosen.sort_by_key(|(id, _)| id.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
        }
        chosen
    }

    fn shown(&self, (id, at): (u64, i64)) -> Value {
        let at = time::spell_instant(at, None).unwrap();
        if self.timed { json!({ "at": at, "id": id.to_string() }) } else { json!({ "id": id.to_string() }) }
    }
}

fn parameters(changes: &[Change]) -> HashMap<String, String> {
    let change = |change: &Change| match change {
        Change::Set(place, Value::String(text)) => (place.name.clone(), text.clone()),
        Change::Set(place, value) => (place.name.clone(), value.to_string()),
        other => panic!("{other:?}"),
    };
    changes.iter().map(change).collect()
}

/// What a read gave.
#[derive(Debug)]
struct Read {
    ids: Vec<u64>,
    cuts: Vec<Cut>,
    repeated: u64,
}

fn call(api: &str, arguments: Arguments) -> Invocation {
    let connector = Arc::new(read(&[SourceFile::new("test.yaml", YAML)]).unwrap());
    Invocation::new(&connector, api, arguments).unwrap()
}

/// Reads a list to its end. Before each page the state is written down and read back, as after a stop.
fn try_read(service: &mut Service, invocation: &Invocation) -> Result<Read, Error> {
    let mut walk = Walk::begin(invocation, NOW);
    let mut all = Read { ids: Vec::new(), cuts: Vec::new(), repeated: 0 };
    for page in 0.. {
        assert!(page < 5000, "it never ends");
        if page % 3 == 0 {
            let text = serde_json::to_string(&walk.state()).unwrap();
            walk = Walk::begin(invocation, NOW + 1000);
            walk.restore(serde_json::from_str(&text).unwrap()).unwrap();
        }
        let Some(cursor) = walk.cursor().cloned() else { break };
        let (records, raw) = service.answer(&walk.changes(&cursor));
        let page = walk.take(records, &raw, NOW)?;
        let id = |record: &Record| record.to_value()["id"].as_str().map_or(0, |id| id.parse().unwrap());
        all.ids.extend(page.records.iter().map(id));
        all.cuts.extend(page.cut);
        all.repeated += page.repeated;
    }
    assert_eq!(walk.given(), all.ids.len() as u64);
    Ok(all)
}

fn read_all(service: &mut Service, api: &str) -> Read {
    try_read(service, &call(api, Arguments::new())).unwrap()
}

fn assert_whole(read: &Read, service: &Service) {
    let mut ids = read.ids.clone();
    ids.sort_unstable();
    let mut all: Vec<u64> = service.records.iter().map(|(id, _)| *id).collect();
    all.sort_unstable();
    assert_eq!(ids.len(), all.len(), "{:?}", read.cuts);
    assert_eq!(ids, all);
    assert_eq!(read.cuts, []);
}

/// Records whose times lie apart, in crowds of the same time, or close together.
fn histories(count: u64) -> Vec<Vec<(u64, i64)>> {
    let long_ago = NOW - 3 * 365 * 86_400_000;
    [
        |n: i64| n * 3_600_000,
        |n: i64| (n / 20) * 86_400_000,
        |n: i64| n / 7,
        |n: i64| if n % 3 == 0 { n / 20 } else { n * n * 1000 },
    ]
    .map(|at| (0..count).map(|id| (id, long_ago + at(i64::try_from(id).unwrap()))).collect())
    .into()
}

#[test]
fn past_the_ceiling_windows_read_on_to_the_end() {
    for sorting in [Sorting::Rising, Sorting::Falling, Sorting::Mixed] {
        for inclusive in [true, false] {
            for count in [49, 50, 51, 99, 640] {
                for records in histories(count) {
                    let mut service = Service { inclusive, ..Service::new(records).sorted(sorting) };
                    let read = read_all(&mut service, "t.bounded");
                    assert_whole(&read, &service);
                    assert!(count >= 50 || service.asked.iter().all(|asked| !asked.contains_key("range")));
                }
            }
        }
    }
}

#[test]
fn records_in_their_order_are_read_on_with_hardly_a_page_more() {
    for sorting in [Sorting::Rising, Sorting::Falling] {
        let records = (0..1000).map(|id| (id, NOW - 86_400_000 * 100 + i64::try_from(id).unwrap() * 60_000));
        let mut service = Service::new(records).sorted(sorting);
        let read = read_all(&mut service, "t.bounded");
        assert_whole(&read, &service);
        assert!(service.asked.len() < 130, "{}", service.asked.len());
    }
}

#[test]
fn records_that_do_not_say_when_they_changed_are_read_in_halves() {
    for records in histories(300) {
        let mut service = Service { timed: false, ..Service::new(records).sorted(Sorting::Mixed) };
        let read = read_all(&mut service, "t.bounded");
        assert_whole(&read, &service);
    }
}

#[test]
fn a_list_without_a_windows_end_goes_on_in_the_declared_order() {
    for sorting in [Sorting::Rising, Sorting::Falling, Sorting::Mixed] {
        for inclusive in [true, false] {
            for count in [29, 30, 60, 61, 500] {
                for records in histories(count) {
                    let mut service = Service { inclusive, ..Service::new(records).sorted(sorting) };
                    let read = read_all(&mut service, "t.since");
                    assert_whole(&read, &service);
                }
            }
        }
    }
}

#[test]
fn more_records_of_one_instant_than_a_window_holds_are_a_limit_that_is_said() {
    for sorting in [Sorting::Rising, Sorting::Falling, Sorting::Mixed] {
        for inclusive in [true, false] {
            let crowd = (0..80).map(|id| (id, NOW - 5_000_000));
            let others = (80..200).map(|id: u64| (id, NOW - 9_000_000 + i64::try_from(id).unwrap() * 40_001));
            let mut service = Service { inclusive, ..Service::new(crowd.chain(others)).sorted(sorting) };
            let read = read_all(&mut service, "t.bounded");
            let told: Vec<u64> = read.ids.iter().copied().filter(|id| *id >= 80).collect();
            assert_eq!(told.len(), 120, "{sorting:?} {inclusive}: all the others are there");
            assert!(read.ids.len() < 200 && read.ids.len() >= 120 + 50);
            let [Cut { ceiling: 49, reason: CutReason::Instant(time), .. }] = &read.cuts[..] else {
                panic!("{:?}", read.cuts)
            };
            if sorting != Sorting::Mixed {
                assert_eq!(time, "2025-12-31T22:36:40Z");
            }
        }
    }
}

#[test]
fn what_cannot_go_on_says_why() {
    let records = |count| (0..count).map(|id: u64| (id, NOW - i64::try_from(id * id).unwrap()));
    let reason = |api, arguments, sorting| {
        let mut service = Service::new(records(200)).sorted(sorting);
        let read = try_read(&mut service, &call(api, arguments)).unwrap();
        assert!(read.ids.len() < 200);
        read.cuts.into_iter().map(|cut| cut.reason).collect::<Vec<_>>()
    };
    assert_eq!(reason("t.plain", Arguments::new(), Sorting::Rising), [CutReason::Ceiling]);
    assert_eq!(reason("t.unordered", Arguments::new(), Sorting::Mixed), [CutReason::Order]);
    assert_eq!(reason("t.nameless", Arguments::new(), Sorting::Rising), [CutReason::NoId]);
    for (sorting, timed) in
        [(Sorting::Rising, true), (Sorting::Falling, true), (Sorting::Mixed, true), (Sorting::Mixed, false)]
    {
        let mut service = Service { deaf: true, timed, ..Service::new(records(200)).sorted(sorting) };
        let read = read_all(&mut service, "t.bounded");
        assert_eq!(read.cuts.last().map(|cut| &cut.reason), Some(&CutReason::Windows), "{sorting:?}");
        assert_eq!(read.ids.len(), 50);
    }
    let mut service = Service { timed: false, ..Service::new(records(200)) };
    let read = read_all(&mut service, "t.since");
    assert_eq!((read.ids.len(), &read.cuts[0].reason), (60, &CutReason::NoTime("at".to_owned())));
    let odd = Arguments::new().with("range", "2000-01-01T00:00:00Z,2030-01-01T00:00:00Z");
    let mut service = Service::new(records(40));
    assert_eq!(try_read(&mut service, &call("t.bounded", odd)).unwrap().ids.len(), 40, "it is asked for as it is");
}

#[test]
fn the_callers_own_window_is_not_left() {
    let records = (0..1000).map(|id: u64| (id, NOW - 86_400_000 + i64::try_from(id).unwrap() * 1000));
    let mut service = Service::new(records);
    let (from, to) = (NOW - 86_400_000 + 100_000, NOW - 86_400_000 + 700_000);
    let spell = |at| time::spell_instant(at, None).unwrap().as_str().unwrap().to_owned();
    let range = format!("{},{}", spell(from), spell(to));
    let end = spell(to).replace('Z', ".000Z");
    let invocation = call("t.bounded", Arguments::new().with("range", range.as_str()));
    // A caller's own argument is among the changes of no request: here it stands in for them.
    service.records.retain(|(id, _)| (100..=700).contains(id));
    let read = try_read(&mut service, &invocation).unwrap();
    assert_whole(&read, &service);
    let windows: Vec<&String> = service.asked.iter().filter_map(|asked| asked.get("range")).collect();
    assert!(!windows.is_empty() && windows.iter().all(|window| window.ends_with(&end)), "{windows:?}");
}

/// The record that is farthest from being read changes before every third page.
fn change(records: &mut [(u64, i64)], page: usize, farthest: impl Fn(u64) -> u64) {
    let turn = u64::try_from(page / 3).unwrap();
    if page.is_multiple_of(3) && turn < 100 {
        let at = NOW + i64::try_from(page).unwrap();
        records.iter_mut().filter(|(id, _)| *id == farthest(turn)).for_each(|record| record.1 = at);
    }
}

#[test]
fn what_changes_while_it_is_read_is_not_lost_past_the_ceiling() {
    let moves: [(Sorting, Moves); 2] = [
        (Sorting::Rising, |records, page| change(records, page, |turn| 399 - turn)),
        (Sorting::Falling, |records, page| change(records, page, |turn| turn)),
    ];
    for (sorting, moves) in moves {
        let records = (0..400).map(|id: u64| (id, NOW - 86_400_000 + i64::try_from(id).unwrap() * 1000));
        let mut service = Service { moves: Some(moves), ..Service::new(records).sorted(sorting) };
        let read = read_all(&mut service, "t.bounded");
        assert_whole(&read, &service);
        assert!(service.records.iter().filter(|(_, at)| *at > NOW).count() > 10);
    }
}

#[test]
fn records_that_are_added_in_front_come_once() {
    let records = (0..45).map(|id: u64| (id, NOW - i64::try_from(id).unwrap() * 1000));
    let mut service = Service::new(records).sorted(Sorting::Falling);
    service.moves = Some(|records, page| {
        if page == 2 || page == 3 {
            let id = 1000 + u64::try_from(page).unwrap();
            records.push((id, NOW + i64::try_from(page).unwrap()));
        }
    });
    let read = read_all(&mut service, "t.plain");
    let (old, new): (Vec<u64>, Vec<u64>) = read.ids.iter().partition(|id| **id < 1000);
    assert_eq!((old, new, read.repeated), ((0..45).collect(), Vec::new(), 2));
}

/// A service that counts from 1 gives the last record of each page again.
#[test]
fn a_base_that_is_one_too_low_loses_and_doubles_nothing() {
    for count in [9, 10, 19, 20, 21, 40, 45] {
        for api in ["t.plain", "t.total"] {
            let records = (0..count).map(|id: u64| (id, NOW + i64::try_from(id).unwrap()));
            let mut service = Service { base: 1, ..Service::new(records) };
            let read = read_all(&mut service, api);
            assert_eq!(read.ids, (0..count).collect::<Vec<_>>(), "{api} {count}");
            assert_eq!(read.repeated > 0, count > 10 || (count == 10 && api == "t.plain"), "{api} {count}");
        }
    }
}

#[test]
fn a_service_that_gives_its_page_again_is_left() {
    let mut service = Service { base: 1000, ..Service::new((0..100).map(|id| (id, NOW))) };
    let error = try_read(&mut service, &call("t.total", Arguments::new())).unwrap_err();
    assert!(error.to_string().contains("the same page twice, after 10 records"), "{error}");
    assert!(error.hint().unwrap().contains("the style `total` of the connector counts from 0"), "{error:?}");
}

#[test]
fn a_service_that_goes_in_circles_is_left() {
    let mut service = Service { base: 1000, ..Service::new((0..100).map(|id| (id, NOW))) };
    // Each page has another record first.
    service.moves = Some(|records, page| {
        let first = u64::try_from(page % 3).unwrap();
        records.iter_mut().for_each(|record| record.1 = if record.0 == first { NOW - 1 } else { NOW });
    });
    let error = try_read(&mut service, &call("t.total", Arguments::new())).unwrap_err();
    assert!(error.to_string().contains("the last 10 pages had only records that came before, of 10"), "{error}");
}
