//! Servers that are not there.

use std::net::TcpListener;
use std::time::Duration;

use serde_json::json;
use zoho_core::{Endpoint, ErrorKind, TransportOptions};

use crate::world::{ATTEMPTS, World};

/// What never left is tried again, whatever it does, and is told as not sent.
#[tokio::test]
async fn a_host_that_is_not_there_gets_no_call_twice_and_none_is_unknown() {
    let mut world = World::start("desk", &[("/tickets", 5)]).await;
    let department = world.all("departments.list", &json!({})).await[0]["id"].clone();
    let contact = world.all("contacts.list", &json!({})).await[0]["id"].clone();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for endpoint in [format!("http://{closed}"), "https://desk.zoho.invalid".to_owned()] {
        world.connection.endpoint = Some(Endpoint::parse(&endpoint).unwrap());
        let transport = TransportOptions { connect_timeout: Duration::from_secs(2), ..TransportOptions::default() };
        let client = world.builder().transport(transport).build().unwrap();
        for (api, arguments) in [
            ("tickets.get", json!({ "ticketId": "1" })),
            ("tickets.create", json!({ "subject": "x", "departmentId": department, "contactId": contact })),
        ] {
            let error = client.invoke(&world.invocation(api, &arguments)).await.unwrap_err();
            assert_eq!(
                (error.kind(), error.may_have_arrived()),
                (ErrorKind::Network, false),
                "{endpoint} {api}: {error}"
            );
            assert_eq!(error.attempts(), ATTEMPTS, "{endpoint} {api}");
        }
    }
}
