//! `zohoctl connect`: a sign-in in the browser, the organisation chosen, one call to see that it works.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use zoho_connector::{Connector, Scope};
use zoho_core::{AuthorizationCodeFlow, CallbackListener, ClientCredentials, Connection, SavedConnection, Tokens};

use crate::connection::{self, ConnectionArgs, as_usage, consent};
use crate::context::Context;
use crate::exit::{Problem, Status};
use crate::runtime;

mod browser;
mod choice;
mod client;
mod scopes;
mod trial;

/// The port of the redirect URL: a fixed one, since the URL is registered with the client letter by letter.
const PORT: u16 = 8765;
/// How long a person has for the consent.
const PATIENCE: Duration = Duration::from_secs(300);

const EXAMPLES: &str = "\
Once, at https://api-console.zoho.com: add a client of the kind \"Server-based Applications\" with
the redirect URL http://127.0.0.1:8765/callback, and allow the data centres of your accounts.

Examples:
  zohoctl connect desk --data-center eu
  zohoctl connect crm --read-only --name crm-reports
  zohoctl connect desk --for tickets.list,tickets.get --org 'Zylker'
  ZOHO_CLIENT_SECRET=… zohoctl connect sign --client-id 1000.ABC --no-browser

A job in CI needs no sign-in: it sets ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET, ZOHO_REFRESH_TOKEN,
ZOHO_DATA_CENTER and, where the service asks for an organisation, ZOHO_ORG.";

/// The arguments of `connect`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ConnectArgs {
    /// The service
    service: String,

    /// The name of the connection; the service's unless given
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// The organisation, by its id or its name; asked for where there are several [env: ZOHO_ORG]
    #[arg(long, value_name = "VALUE")]
    org: Option<String>,

    /// Any other value that the service's connection asks for
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,

    #[command(flatten)]
    scopes: scopes::ScopeArgs,

    /// Where the client was registered: us, eu, in, au, jp, ca, … [env: ZOHO_DATA_CENTER]
    #[arg(long, value_name = "WORD")]
    data_center: Option<String>,

    /// The client's identifier; its secret comes from ZOHO_CLIENT_SECRET or standard input [env: ZOHO_CLIENT_ID]
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,

    /// The port of the redirect URL http://127.0.0.1:PORT/callback, which is registered with the client
    #[arg(long, value_name = "PORT", default_value_t = PORT)]
    port: u16,

    /// Print the address instead of opening a browser
    #[arg(long)]
    no_browser: bool,

    /// Another server with Zoho's paths, as `zohoctl sandbox` is one [env: ZOHO_ENDPOINT]
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,

    /// Agree that the token goes to the hosts outside Zoho's domains that a connector of yours names
    #[arg(long)]
    trust_hosts: bool,
}

impl ConnectArgs {
    /// The options that a call has too.
    fn for_connection(&self) -> ConnectionArgs {
        ConnectionArgs {
            connection: None,
            org: self.org.clone(),
            set: self.set.clone(),
            data_center: self.data_center.clone(),
            endpoint: self.endpoint.clone(),
            trust_hosts: self.trust_hosts,
        }
    }
}

/// A sign-in that worked: who, and with which tokens.
struct SignedIn {
    connection: Connection,
    client: ClientCredentials,
    tokens: Tokens,
    labels: Vec<(String, String)>,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &ConnectArgs) -> Result<Status> {
    let connector = Arc::new(context.library.connector(&args.service)?);
    let name = args.name.as_deref().unwrap_or(&args.service);
    let store = connection::store(context);
    // Better to know now than after a person has signed in.
    store.probe()?;
    let before = store.connections()?.shift_remove(name);
    belongs(name, &connector, before.as_ref())?;
    let scopes = scopes::wanted(&connector, &args.scopes)?;
    let connection = unsigned(&connector, args, name, before.as_ref())?;
    let client = client::credentials(context, args, before.as_ref())?;
    runtime::block_on(runtime::interruptible_any(async {
        let mut signed_in = sign_in(context, args, connection, client, scopes).await?;
        choice::values(&connector, &args.for_connection(), &mut signed_in).await?;
        let saved = saved(&connector, &signed_in);
        store.save_connection(name, saved.clone(), signed_in.tokens.clone())?;
        said(context, &connector, name, &saved, &store);
        trial::call(context, &connector, signed_in).await
    }))?;
    if context.output.wants_data() {
        let all = store.connections()?;
        if let Some(saved) = all.get(name) {
            context.output.value(&super::connections::as_json(name, saved))?;
        }
    }
    Ok(Status::Ok)
}

/// A name that another service has is not taken from it.
fn belongs(name: &str, connector: &Connector, before: Option<&SavedConnection>) -> Result<()> {
    match before {
        Some(saved) if !saved.services.contains(&connector.name) => {
            let message = format!("the connection `{name}` was made for {}", saved.services.join(", "));
            Err(Problem::usage(message).hint("choose another name with --name").into())
        }
        _ => Ok(()),
    }
}

/// The connection before the sign-in: where, over which endpoint, and which hosts are trusted.
fn unsigned(
    connector: &Connector,
    args: &ConnectArgs,
    name: &str,
    before: Option<&SavedConnection>,
) -> Result<Connection> {
    let options = args.for_connection();
    let center = connection::data_center(&options).or_else(|| before.map(|saved| saved.data_center.clone()));
    let mut connection = Connection::new(name, center.as_deref().unwrap_or("us")).map_err(as_usage)?;
    connection.endpoint = connection::endpoint(&options)?;
    connection.trusted_hosts = before.map(|saved| saved.trusted_hosts.clone()).unwrap_or_default();
    consent::given(connector, args.trust_hosts, &mut connection)?;
    Ok(connection)
}

async fn sign_in(
    context: &Context,
    args: &ConnectArgs,
    mut connection: Connection,
    client: ClientCredentials,
    scopes: Vec<Scope>,
) -> Result<SignedIn> {
    let listener = CallbackListener::bind(args.port).await?;
    let flow = AuthorizationCodeFlow {
        client: client.clone(),
        redirect_uri: listener.redirect_uri(),
        scopes,
        data_center: connection.data_center.clone(),
        endpoint: connection.endpoint.clone(),
        transport: connection::transport()?,
    };
    let request = flow.begin()?;
    browser::send(context, request.url.as_str(), !args.no_browser);
    let callback = listener.wait(&request.state, PATIENCE).await?;
    let (tokens, center) = flow.finish(&request, &callback).await?;
    connection.data_center = center;
    connection.client = Some(client.clone());
    Ok(SignedIn { connection, client, tokens, labels: Vec::new() })
}

fn saved(connector: &Connector, signed_in: &SignedIn) -> SavedConnection {
    let connection = &signed_in.connection;
    SavedConnection {
        services: vec![connector.name.clone()],
        data_center: connection.data_center.id.clone(),
        environment: connection.environment,
        client_id: signed_in.client.id.clone(),
        client_secret: signed_in.client.secret.clone(),
        values: connection.values.clone(),
        labels: signed_in.labels.iter().cloned().collect(),
        endpoint: connection.endpoint.as_ref().map(|endpoint| endpoint.as_str().to_owned()),
        trusted_hosts: connection.trusted_hosts.clone(),
    }
}

fn said(context: &Context, connector: &Connector, name: &str, saved: &SavedConnection, store: &zoho_core::FileStore) {
    let chosen = super::connections::chosen(saved);
    let chosen = if chosen.is_empty() { String::new() } else { format!(", {chosen}") };
    context.talk.say(format!(
        "Signed in to {} in {}{chosen}. The connection is called `{name}`.",
        connector.title, saved.data_center
    ));
    let path = store.path().display();
    context.talk.say(format!("Its tokens and the client secret lie in {path}: a plain file, not encrypted, of mode 0600 (readable by you only)."));
}
