//! A service that runs for a year without a person: a refresh token from the environment, the newest tickets every time
//! it is run.
//!
//! ```sh
//! export ZOHO_CLIENT_ID=… ZOHO_CLIENT_SECRET=… ZOHO_REFRESH_TOKEN=… ZOHO_DATA_CENTER=eu ZOHO_ORG=…
//! cargo run -p zoho-core --example service
//! ```

#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a program of its own, not a part of the library")]

use std::error::Error;
use std::sync::Arc;

use zoho_connector::Library;
use zoho_core::{Arguments, Client, ClientCredentials, Connection, Endpoint, Invocation, Tokens};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
    let desk = Arc::new(Library::new(zoho_connectors::ALL).connector("desk")?);

    let mut connection = Connection::new("service", &variable("ZOHO_DATA_CENTER")?)?;
    connection.client = Some(ClientCredentials::new(variable("ZOHO_CLIENT_ID")?, variable("ZOHO_CLIENT_SECRET")?));
    connection.values.insert("orgId".into(), variable("ZOHO_ORG")?);
    // Only to try it against a sandbox.
    connection.endpoint = variable("ZOHO_ENDPOINT").ok().map(|url| Endpoint::parse(&url)).transpose()?;

    let client = Client::builder(Arc::clone(&desk), connection)
        .tokens(Tokens::from_refresh_token(variable("ZOHO_REFRESH_TOKEN")?))
        .build()?;
    let tickets = Invocation::new(&desk, "tickets.list", Arguments::new().with("status", "Open"))?;
    let mut pages = client.pages(tickets)?;
    while let Some(page) = pages.next().await? {
        for ticket in page.records {
            println!("{}", ticket.as_str());
        }
    }
    Ok(())
}
