//! What the pure middle of the engine costs: building a request, judging a reply, choosing the next page.

use std::sync::Arc;

use divan::Bencher;
use divan::counter::BytesCount;
use zoho_connector::{Connector, Library};
use zoho_core::{Arguments, Connection, Invocation, explain, measure};

fn main() {
    divan::main();
}

/// The members of a ticket as lists give them, with an id to be filled in.
const TICKET: &str = include_str!("ticket.json");

fn connector() -> Arc<Connector> {
    let library = Library::new(zoho_connectors::ALL);
    Arc::new(library.connector_for("desk", "tickets.list").expect("it is built in"))
}

fn invocation(connector: &Arc<Connector>) -> Invocation {
    let arguments =
        Arguments::new().with("status", "Open").with("include", serde_json::json!(["contacts", "assignee"]));
    Invocation::new(connector, "tickets.list", arguments).expect("the arguments are right")
}

fn page(records: usize) -> Vec<u8> {
    let ticket = |number: usize| TICKET.trim_end().replace("0000000000", &format!("{number:010}"));
    let tickets: Vec<String> = (0..records).map(ticket).collect();
    format!(r#"{{"data":[{}]}}"#, tickets.join(",")).into_bytes()
}

#[divan::bench]
fn check_arguments(bencher: Bencher<'_, '_>) {
    let connector = connector();
    bencher.bench(|| invocation(&connector));
}

#[divan::bench]
fn build(bencher: Bencher<'_, '_>) {
    let invocation = invocation(&connector());
    let mut connection = Connection::new("bench", "us").expect("there is such a data centre");
    connection.values.insert("orgId".into(), "1".into());
    bencher.bench(|| explain(&invocation, &connection));
}

/// A page: whether it is a success, and where its records are.
#[divan::bench(args = [1, 100])]
fn judge(bencher: Bencher<'_, '_>, records: usize) {
    let connector = connector();
    let reply = measure::Reading::new(invocation(&connector), page(records));
    bencher.counter(BytesCount::new(reply.bytes())).bench(|| reply.judge());
}

/// Which of its records are new, and what asks for the page after it.
#[divan::bench(args = [1, 100])]
fn next(bencher: Bencher<'_, '_>, records: usize) {
    let connector = connector();
    let reply = measure::Reading::new(invocation(&connector), page(records));
    bencher.counter(BytesCount::new(reply.bytes())).bench(|| reply.next());
}

/// What the least does: borrowed texts at `data`.
#[divan::bench(args = [1, 100])]
fn by_hand(bencher: Bencher<'_, '_>, records: usize) {
    #[derive(serde::Deserialize)]
    struct Page<'a> {
        #[serde(borrow)]
        data: Vec<&'a serde_json::value::RawValue>,
    }
    let body = page(records);
    bencher.counter(BytesCount::new(body.len())).bench(|| {
        let page: Page<'_> = serde_json::from_slice(&body).expect("it is JSON");
        page.data.len()
    });
}
