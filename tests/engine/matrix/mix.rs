//! Everything that can go wrong at once, by chance: what is read is whole, what is written is written once, and what is
//! told of either is true.
//!
//! `ZOHO_TEST_SEEDS=20` tries more seeds than the usual three, and `ZOHO_TEST_RATE` another share of faulty replies.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::{Value, json};
use zoho_connector::FailureKind;
use zoho_core::{Error, ErrorKind, Outcome, OutcomeStatus};
use zoho_sandbox::{Fault, FaultMix};

use crate::calls::text;
use crate::world::{World, value};

/// How many records are read, and how many are written.
const READ: usize = 10_000;
const WRITTEN: usize = 2_000;
/// How many of those that go alone, one call for each.
const ALONE: usize = 500;
/// How many records a page has: so few that there are many replies.
const PAGE: u64 = 50;

fn seeds() -> u64 {
    variable("ZOHO_TEST_SEEDS").map_or(3, |text| text.parse().unwrap())
}

fn rate() -> f64 {
    variable("ZOHO_TEST_RATE").map_or(0.2, |text| text.parse().unwrap())
}

#[expect(clippy::disallowed_methods, reason = "a test is told by its environment how long it may take")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// All kinds of faults, the slow ones no slower than a test can bear.
fn reading(seed: u64) -> FaultMix {
    let mix = writing(seed);
    let moving = ["repeat", "move"].map(|kind| Fault::parse(kind).unwrap());
    FaultMix { kinds: mix.kinds.into_iter().chain(moving).collect(), ..FaultMix::new(mix.rate, seed) }
}

/// The same without those that only a list can meet.
fn writing(seed: u64) -> FaultMix {
    let kinds = [
        "reset_before",
        "reset_read",
        "reset",
        "cut",
        "longer",
        "shorter",
        "slow=4",
        "trickle=8",
        "content_type",
        "500",
        "503",
        "gateway",
        "limit",
        "busy=0",
        "busy=2",
        "quota_spent=60",
        "expire_token",
        "clock",
    ];
    FaultMix::new(rate(), seed).of(kinds.map(|kind| Fault::parse(kind).unwrap()))
}

/// How often each fault was met since there were so many requests; under no word, how often none.
fn met(world: &World, before: usize) -> BTreeMap<String, usize> {
    let mut met = BTreeMap::new();
    for request in world.asked_since(before) {
        *met.entry(request["fault"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    met
}

fn total(met: &BTreeMap<String, usize>) -> (usize, usize) {
    let calm = met.get("").copied().unwrap_or_default();
    (met.values().sum::<usize>() - calm, met.values().sum())
}

/// What a caller does about an error before it goes on. Any other error is no fault of the way.
fn recover(world: &World, error: &Error) {
    match error.kind() {
        // Its token died again after it had been replaced, or its quota comes back later.
        ErrorKind::Service(FailureKind::Unauthenticated) => {}
        ErrorKind::Limit | ErrorKind::Service(FailureKind::QuotaSpent | FailureKind::LockedOut) => world.wait(61),
        ErrorKind::Network
        | ErrorKind::Timeout
        | ErrorKind::Unexpected
        | ErrorKind::Unknown
        | ErrorKind::Service(FailureKind::Busy | FailureKind::Unavailable) => {}
        _ => panic!("no fault of the way: {error:?}"),
    }
}

/// Reads a list to its end, going on after each error; a client whose refresh token gives no more begins anew with
/// another, at the checkpoint.
async fn read(world: &World, api: &str, arguments: &Value, id: &str, side_by_side: usize) -> (Vec<String>, usize) {
    let begin = |world: &World| {
        world.sign_in_again();
        let invocation = world.invocation(api, arguments).with_page_size(PAGE);
        world.client().pages(invocation).unwrap().with_concurrency(side_by_side)
    };
    let (mut pages, mut ids, mut errors) = (begin(world), Vec::new(), 0);
    loop {
        match pages.next().await {
            Ok(Some(page)) => ids.extend(page.records.iter().map(|record| text(&value(record)[id]))),
            Ok(None) => break,
            Err(error) if matches!(error.kind(), ErrorKind::TokenLimit | ErrorKind::SignIn) => {
                pages = begin(world).resume(pages.checkpoint()).unwrap();
            }
            Err(error) => {
                errors += 1;
                assert!(errors < 200, "it does not come to an end: {error}");
                recover(world, &error);
            }
        }
    }
    assert!(pages.cut().is_none(), "{:?}", pages.cut());
    (ids, errors)
}

async fn read_through_everything(world: World, api: &str, arguments: Value, id: &str) {
    let still: Vec<String> = world.all(api, &arguments).await.iter().map(|record| text(&record[id])).collect();
    assert_eq!(still.len(), READ);
    for seed in 1..=seeds() {
        let side_by_side = if seed % 2 == 0 { 4 } else { 1 };
        let before = world.sandbox.requests().len();
        world.sandbox.set_fault_mix(Some(reading(seed)));
        let (ids, errors) = read(&world, api, &arguments, id, side_by_side).await;
        let (faulty, requests) = total(&met(&world, before));
        world.sandbox.set_fault_mix(None);
        eprintln!(
            "{api} seed {seed}, {side_by_side} at once: {} records of {READ}, {faulty} of {requests} replies faulty, \
             {errors} errors told",
            ids.len()
        );
        assert!(faulty >= requests / 10, "{faulty} of {requests}");
        assert_eq!(ids.len(), READ, "seed {seed}");
        let lost = ids.iter().zip(&still).position(|(one, other)| one != other);
        assert_eq!(lost, None, "seed {seed}: another record than in the list that stands still");
    }
}

/// A list with offsets, which the sandbox moves.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_with_offsets_lose_none_and_double_none() {
    let world = World::start("desk", &[("/tickets", READ)]).await;
    read_through_everything(world, "tickets.list", json!({ "fields": ["subject"] }), "id").await;
}

/// A list with pages up to a ceiling, and tokens past it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_with_pages_and_tokens_lose_none_and_double_none() {
    let world = World::start("crm", &[("/Leads", READ)]).await;
    read_through_everything(world, "records.list", json!({ "module": "Leads", "fields": ["Last_Name"] }), "id").await;
}

/// What became of each input: the last that was told of it.
type Told = Vec<Option<OutcomeStatus>>;

/// Writes records in parts of ten, going on after each error, and once more what is told as failed or not sent.
async fn write(world: &World, seed: u64) -> (Told, usize) {
    let mut told: Told = vec![None; WRITTEN];
    let mut stops = 0;
    while let Some(next) = told.iter().position(|status| status.is_none_or(|status| !is_settled(status))) {
        world.sign_in_again();
        let arguments = json!({ "module": "Leads", "data": [] });
        let mut write = world.client().bulk_write(world.invocation("records.insert", &arguments)).unwrap();
        let left: Vec<usize> =
            (next..WRITTEN).filter(|at| told[*at].is_none_or(|status| !is_settled(status))).collect();
        for part in left.chunks(10) {
            write.send(part.iter().map(|at| json!({ "Last_Name": word(seed, *at), "Company": "Zylker" })).collect());
            for (at, outcome) in part.iter().zip(write.next().await.unwrap()) {
                settle(&mut told[*at], &outcome);
            }
            if write.stopped().is_some() {
                break;
            }
        }
        if let Some(error) = write.into_stopped() {
            stops += 1;
            assert!(stops < 200, "it does not come to an end: {error}");
            if !matches!(error.kind(), ErrorKind::TokenLimit | ErrorKind::SignIn) {
                recover(world, &error);
            }
        }
    }
    (told, stops)
}

fn word(seed: u64, at: usize) -> String {
    format!("Input {seed}-{at}")
}

/// What is good, or may have been done, is not sent again.
fn is_settled(status: OutcomeStatus) -> bool {
    status.is_good() || status == OutcomeStatus::Unknown
}

fn settle(told: &mut Option<OutcomeStatus>, outcome: &Outcome) {
    let may_pass = outcome.kind.is_none_or(ErrorKind::may_pass) || outcome.status == OutcomeStatus::Unknown;
    assert!(may_pass, "no fault of the way: {outcome:?}");
    *told = Some(outcome.status);
}

/// How many records of each word the sandbox has.
async fn found(world: &World, api: &str, arguments: &Value, member: &str) -> HashMap<String, usize> {
    let mut found = HashMap::new();
    for record in world.all(api, arguments).await {
        *found.entry(text(&record[member])).or_default() += 1;
    }
    found
}

/// Holds what was told of each input against the sandbox's own list; how many were unknown, and of those how many done.
fn hold(told: &Told, found: &HashMap<String, usize>, seed: u64) -> (usize, usize) {
    let (mut unknown, mut done) = (0, 0);
    for (at, status) in told.iter().enumerate() {
        let times = found.get(&word(seed, at)).copied().unwrap_or_default();
        assert!(times <= 1, "seed {seed}: input {at} was carried out {times} times, and is told as {status:?}");
        match status {
            Some(status) if status.is_good() => assert_eq!(times, 1, "seed {seed}: input {at} is told as {status}"),
            Some(OutcomeStatus::Unknown) => {
                unknown += 1;
                done += times;
            }
            status => assert_eq!(times, 0, "seed {seed}: input {at} is told as {status:?}"),
        }
    }
    (unknown, done)
}

/// A bulk write of 2,000 records.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bulk_writes_carry_out_none_twice_and_tell_the_truth() {
    let (mut all, mut all_done) = (0, 0);
    for seed in 1..=seeds() {
        let world = World::start("crm", &[("/Leads", 0)]).await;
        let before = world.sandbox.requests().len();
        world.sandbox.set_fault_mix(Some(writing(seed)));
        let (told, stops) = write(&world, seed).await;
        let (faulty, requests) = total(&met(&world, before));
        world.sandbox.set_fault_mix(None);
        world.sign_in_again();
        let own = json!({ "module": "Leads", "fields": ["Last_Name"] });
        let (unknown, done) = hold(&told, &found(&world, "records.list", &own, "Last_Name").await, seed);
        eprintln!(
            "records.insert seed {seed}: {} of {WRITTEN} told as done, {unknown} as unknown ({done} were), {faulty} of \
             {requests} replies faulty, {stops} stops",
            told.len() - unknown
        );
        (all, all_done) = (all + unknown, all_done + done);
    }
    assert!(all_done > 0 && all_done < all, "both must come: {all_done} of {all} were carried out");
}

/// A client that repeats what it must not is found out: the test above can fail.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_repeats_what_it_must_not_is_found_out() {
    let mut world = World::start("crm", &[("/Leads", 0)]).await;
    let connector = Arc::get_mut(&mut world.connector).unwrap();
    connector.apis["records.insert"].idempotent = true;
    world.sandbox.set_fault_mix(Some(writing(1)));
    write(&world, 1).await;
    world.sandbox.set_fault_mix(None);
    world.sign_in_again();
    let own = json!({ "module": "Leads", "fields": ["Last_Name"] });
    let found = found(&world, "records.list", &own, "Last_Name").await;
    assert!(found.values().filter(|times| **times > 1).count() > 100);
}

/// Single records, one call for each.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn single_writes_carry_out_none_twice_and_tell_the_truth() {
    for seed in 1..=seeds() {
        let world = World::start("desk", &[("/tickets", 0), ("/contacts", 3)]).await;
        let first = async |api: &str| world.all(api, &json!({})).await[0]["id"].clone();
        let (department, contact) = (first("departments.list").await, first("contacts.list").await);
        let before = world.sandbox.requests().len();
        world.sandbox.set_fault_mix(Some(writing(seed)));
        let mut told: Told = vec![None; ALONE];
        world.sign_in_again();
        let mut client = world.client();
        for (at, told) in told.iter_mut().enumerate() {
            let arguments = json!({ "subject": word(seed, at), "departmentId": department, "contactId": contact });
            let invocation = world.invocation("tickets.create", &arguments);
            while told.is_none_or(|status| !is_settled(status)) {
                *told = Some(match client.invoke(&invocation).await {
                    Ok(_) => OutcomeStatus::Created,
                    Err(error) if matches!(error.kind(), ErrorKind::TokenLimit | ErrorKind::SignIn) => {
                        world.sign_in_again();
                        client = world.client();
                        OutcomeStatus::NotSent
                    }
                    Err(error) => {
                        recover(&world, &error);
                        if error.may_have_arrived() { OutcomeStatus::Unknown } else { OutcomeStatus::Failed }
                    }
                });
            }
        }
        let (faulty, requests) = total(&met(&world, before));
        world.sandbox.set_fault_mix(None);
        world.sign_in_again();
        let (unknown, done) = hold(&told, &found(&world, "tickets.list", &json!({}), "subject").await, seed);
        eprintln!(
            "tickets.create seed {seed}: {} of {ALONE} told as done, {unknown} as unknown ({done} were), {faulty} of \
             {requests} replies faulty",
            told.len() - unknown
        );
    }
}
