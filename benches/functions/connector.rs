//! What reading a connector costs: the two files of a call, and all of a service.

use divan::Bencher;
use zoho_connector::Library;

fn main() {
    divan::main();
}

/// What a call in a new process reads: the service, and the group of its API.
#[divan::bench(args = [("desk", "tickets.list"), ("crm", "records.list"), ("bookings", "appointments.get")])]
fn for_one_call(bencher: Bencher<'_, '_>, (service, api): (&str, &str)) {
    let library = Library::new(zoho_connectors::ALL);
    bencher.bench(|| library.connector_for(service, api));
}

/// What a list of all APIs reads.
#[divan::bench(args = ["desk", "crm", "books"])]
fn whole(bencher: Bencher<'_, '_>, service: &str) {
    let library = Library::new(zoho_connectors::ALL);
    bencher.bench(|| library.connector(service));
}
