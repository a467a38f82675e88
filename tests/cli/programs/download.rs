//! Zoho Desk, tickets.attachments.download: prints the reply.
//!
//! Needs zoho-connector, zoho-connectors, zoho-core, serde_json, and tokio with `macros` and `rt`.

use std::io::Write;
use std::sync::Arc;

use zoho_connector::Library;
use zoho_core::{AccessToken, Arguments, Client, Connection, Endpoint, Invocation, Tokens};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let library = Library::new(zoho_connectors::ALL);
    let connector = Arc::new(library.connector("desk")?);
    let mut connection = Connection::new("desk", "eu")?;
    connection.values.insert("orgId".to_owned(), "7".to_owned());
    connection.endpoint = Some(Endpoint::parse("http://127.0.0.1:8080")?);
    // With a refresh token and a client in its place, access tokens are asked for as they are needed.
    let access = AccessToken::new(std::env::var("ZOHO_ACCESS_TOKEN")?, u64::MAX);
    let tokens = Tokens { access: Some(access), ..Tokens::default() };
    let client = Client::builder(connector.clone(), connection).tokens(tokens).build()?;
    let arguments = Arguments::new()
        .with("ticketId", "1")
        .with("attachmentId", "2");
    let invocation = Invocation::new(&connector, "tickets.attachments.download", arguments)?;
    let file = client.download(&invocation).await?;
    std::io::stdout().write_all(&file.bytes().await?)?;
    Ok(())
}
