//! A command-line tool of one's own: the person signs in once, in the browser, and the sign-in is kept in an encrypted
//! file.
//!
//! ```sh
//! export ZOHO_CLIENT_ID=… ZOHO_CLIENT_SECRET=… ZOHO_VAULT_KEY=AGE-SECRET-KEY-1…
//! cargo run -p zoho-core --features vault --example command_line -- eu
//! ```

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program of its own, not a part of the library"
)]

use std::error::Error;
use std::sync::Arc;

use url::Url;
use zoho_connector::{DataCenters, Environment, Library};
use zoho_core::{
    Arguments, AuthFlow, Client, ClientCredentials, Endpoint, Entry, Invocation, Loopback, Person, Redirect, Reply,
    SavedConnection, Secret, SignIn, Vault, VaultKey, VaultPlace, scopes_for,
};

/// The name under which the sign-in is kept.
const NAME: &str = "me";
/// What the tool calls: the scopes that it asks for are those of this.
const API: &str = "organizations.list";

/// The person at the terminal.
struct Terminal;

impl Person for Terminal {
    fn browse(&self, address: &Url) {
        eprintln!("Open this in a browser:\n{address}");
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
    let desk = Arc::new(Library::new(zoho_connectors::ALL).connector("desk")?);
    let folder = variable("HOME")? + "/.my-tool";
    let key = VaultKey::Identity(Secret::new(variable("ZOHO_VAULT_KEY")?));
    let vault = Arc::new(Vault::new(VaultPlace::Folder(folder.into()), key)?);

    if vault.get(NAME).await?.is_none() {
        vault.probe().await?;
        let entry = sign_in(&desk, &variable("ZOHO_CLIENT_ID")?, variable("ZOHO_CLIENT_SECRET")?).await?;
        vault.put(NAME, &entry).await?;
    }
    let Some(entry) = vault.get(NAME).await? else { return Err("the sign-in is gone".into()) };
    let client = Client::builder(Arc::clone(&desk), entry.connection.open(NAME)?).token_store(vault).build()?;
    let organizations = Invocation::new(&desk, API, Arguments::new())?;
    if let Reply::Records(records) = client.invoke(&organizations).await? {
        records.iter().for_each(|record| println!("{}", record.as_str()));
    }
    Ok(())
}

async fn sign_in(desk: &zoho_connector::Connector, id: &str, secret: String) -> Result<Entry, Box<dyn Error>> {
    let word = std::env::args().nth(1).unwrap_or_else(|| "us".into());
    let center = DataCenters::built_in().get(&word).ok_or("there is no such data centre")?;
    let endpoint = std::env::var("ZOHO_ENDPOINT").ok();
    let mut sign_in = SignIn::new(ClientCredentials::new(id, secret.as_str()), center.clone());
    sign_in.scopes = scopes_for(desk, desk.api(API));
    // Only to try it against a sandbox.
    sign_in.endpoint = endpoint.as_deref().map(Endpoint::parse).transpose()?;

    let redirect = Redirect::Loopback(Loopback::default());
    let signed_in = sign_in.login(AuthFlow::AuthorizationCode(redirect), &Terminal).await?;
    let connection = SavedConnection {
        services: vec![desk.name.clone()],
        data_center: signed_in.data_center.id,
        environment: Environment::Production,
        client_id: id.to_owned(),
        client_secret: Secret::new(secret),
        endpoint,
        ..SavedConnection::default()
    };
    Ok(Entry { connection, tokens: signed_in.tokens })
}
