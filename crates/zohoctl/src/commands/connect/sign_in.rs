//! A new sign-in: asked for, made, and kept at once.

use std::sync::Arc;

use anyhow::Result;
use zoho_connector::{Connector, DataCenter, Scope};
use zoho_core::{AuthFlow, Connection, Entry, Error, SavedConnection, Secret, SignIn, SignedIn, Tokens, Vault};

use super::browser::Screen;
use super::client::{self, Chosen};
use super::terminal::Terminal;
use super::way::{self, Way};
use super::{ConnectArgs, Draft, Plan, complete, data_center, keys, scopes, slots};
use crate::connection::{self, as_usage, consent, data_center_of_word};
use crate::context::Context;
use crate::exit::{Problem, Status};
use crate::output::table::{page_width, wrap_list};
use crate::runtime;
use crate::talk;

/// The scope for the person's name.
const NAME: &str = "AaaServer.profile.READ";

/// Signs in, and makes the connection complete.
pub(super) async fn run(
    context: &Context,
    args: &ConnectArgs,
    plan: &Plan,
    vault: Arc<Vault>,
    before: Option<Entry>,
) -> Result<Status> {
    let saved = before.as_ref().map(|before| &before.connection);
    let entry = if by_oauth(args, plan) {
        let client = client::choose(&vault, args, args.way.said(), saved).await?;
        let way = way::of(&args.way, &client)?;
        let home = home(context, args, &client, saved)?;
        let unsigned = unsigned(context, args, plan, &home, saved)?;
        let asked = asked(context, args, plan)?;
        if way.makes_refresh_token() {
            slots::warn(context, &vault, &client.credentials.id).await?;
        }
        let sign_in = sign_in(context, &client, home, &unsigned, asked)?;
        let signed_in = login(context, args, plan, &client, way, &sign_in).await?;
        with_tokens(unsigned, &client, signed_in)
    } else {
        let word = data_center(args).or_else(|| saved.map(|saved| saved.data_center.clone()));
        let home = data_center_of_word(context, word.as_deref().unwrap_or("us"))?;
        Entry { connection: unsigned(context, args, plan, home, saved)?, tokens: Tokens::default() }
    };
    let entry = keys::asked(args, plan, entry, before.as_ref())?;
    vault.put(&plan.name, &entry).await?;
    complete::run(Draft { context, args, plan, vault, entry }).await
}

/// Whether an access token is wanted: some service has no key of its own, or the key is not what was asked for.
fn by_oauth(args: &ConnectArgs, plan: &Plan) -> bool {
    let by_key = |connector: &Connector| args.way.api_key && connector.api_key().is_some();
    plan.connectors.iter().any(|connector| connector.takes_oauth() && !by_key(connector))
}

/// Where the sign-in starts: as it was said, where the client was registered, where it started before.
pub(super) fn home(
    context: &Context,
    args: &ConnectArgs,
    client: &Chosen,
    before: Option<&SavedConnection>,
) -> Result<DataCenter> {
    let before = before.map(|saved| saved.client_data_center.as_ref().unwrap_or(&saved.data_center).clone());
    let word = data_center(args).or_else(|| client.data_center.clone()).or(before);
    Ok(data_center_of_word(context, word.as_deref().unwrap_or("us"))?.clone())
}

/// The connection before the sign-in: where, over which endpoint, and which hosts are trusted. What was chosen before
/// stays chosen while the account has it.
fn unsigned(
    context: &Context,
    args: &ConnectArgs,
    plan: &Plan,
    home: &DataCenter,
    before: Option<&SavedConnection>,
) -> Result<SavedConnection> {
    let centers = Arc::clone(&context.settings.data_centers);
    let mut connection = Connection::within(&plan.name, &home.id, centers).map_err(as_usage)?;
    connection.trusted_hosts = before.map(|saved| saved.trusted_hosts.clone()).unwrap_or_default();
    for connector in &plan.connectors {
        consent::given(connector, args.trust_hosts, &mut connection)?;
    }
    let endpoint = connection::endpoint(&args.for_connection())?;
    Ok(SavedConnection {
        services: plan.services(),
        data_center: home.id.clone(),
        client_data_center: Some(home.id.clone()),
        environment: args.environment.or(before.map(|saved| saved.environment)).unwrap_or_default(),
        client_id: String::new(),
        client_secret: Secret::new(""),
        values: before.map(|saved| saved.values.clone()).unwrap_or_default(),
        labels: before.map(|saved| saved.labels.clone()).unwrap_or_default(),
        user: None,
        endpoint: endpoint.map(|endpoint| endpoint.as_str().to_owned()),
        trusted_hosts: connection.trusted_hosts,
    })
}

/// What is asked for, after it was shown.
pub(super) fn asked(context: &Context, args: &ConnectArgs, plan: &Plan) -> Result<Vec<Scope>> {
    let mut asked = scopes::wanted(&plan.connectors, &args.scopes, &plan.named)?;
    if args.way.with_name {
        asked.scopes.push(Scope::granted(NAME));
    }
    let talk = context.talk;
    talk.say("Zoho is asked for the scopes that these need:");
    asked.reasons.iter().for_each(|reason| talk.say(format!("  {}", briefly(reason))));
    talk.say("They are:");
    talk.say(format!("  {}", wrap_list(asked.scopes.iter().map(Scope::as_str), page_width(), 2).trim()));
    Ok(asked.scopes)
}

/// A line that is not longer than a few lines.
fn briefly(reason: &str) -> String {
    let cut: String = reason.chars().take(300).collect();
    if cut.len() < reason.len() { format!("{cut}…") } else { cut }
}

pub(super) fn sign_in(
    context: &Context,
    client: &Chosen,
    home: DataCenter,
    unsigned: &SavedConnection,
    scopes: Vec<Scope>,
) -> Result<SignIn> {
    let connection = unsigned.open_within("", Arc::clone(&context.settings.data_centers))?;
    Ok(SignIn {
        scopes,
        data_centers: Arc::clone(&context.settings.data_centers),
        endpoint: connection.endpoint,
        transport: connection::transport()?,
        ..SignIn::new(client.credentials.clone(), home)
    })
}

/// Signs in. An organisation that turns out to be missing is asked for.
async fn login(
    context: &Context,
    args: &ConnectArgs,
    plan: &Plan,
    client: &Chosen,
    way: Way,
    sign_in: &SignIn,
) -> Result<SignedIn> {
    let soid = match way {
        Way::ClientCredentials => way::soid(&args.way, &args.for_connection(), &plan.connectors)?,
        _ => None,
    };
    let flow = way::flow(way, &args.way, client, soid)?;
    let person = terminal(context, args, client, way);
    match runtime::interruptible(sign_in.login(flow, &person)).await {
        Err(error) if is_missing_organization(&error) => {
            let soid = organization(plan)?;
            let flow = AuthFlow::ClientCredentials { soid: Some(soid) };
            runtime::interruptible(sign_in.login(flow, &person)).await
        }
        outcome => outcome,
    }
}

fn is_missing_organization(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Error>().is_some_and(|error| error.code() == Some("missing_org_info"))
}

fn organization(plan: &Plan) -> Result<String> {
    let connector = &plan.connectors[0];
    let usual = way::of_service("1234", connector);
    let question = format!("For which organisation of {}? Its id, as {usual}:", connector.title);
    let answer = if talk::can_ask() { talk::ask(&question)?.filter(|answer| !answer.is_empty()) } else { None };
    answer.map(|answer| way::of_service(&answer, connector)).ok_or_else(|| {
        Problem::new(
            Status::SignIn,
            "client credentials are for one organisation, and none is named (missing_org_info)",
        )
        .hint(format!(
            "name it with --soid, as `--soid {usual}` or `--soid 1234`; {} shows its id in its settings",
            connector.title
        ))
        .into()
    })
}

/// The person at this terminal.
pub(super) fn terminal(context: &Context, args: &ConnectArgs, client: &Chosen, way: Way) -> Terminal {
    let screen = if args.way.no_browser { Screen::Unwanted } else { Screen::found() };
    let port = way::port_of(&way::redirect_uri(&args.way, client));
    Terminal { talk: context.talk, screen, pastes: way == Way::Paste, port }
}

/// The connection with what the sign-in gave: the tokens, and the data centre of the account.
fn with_tokens(unsigned: SavedConnection, client: &Chosen, signed_in: SignedIn) -> Entry {
    let connection = SavedConnection {
        client_id: client.credentials.id.clone(),
        client_secret: client.credentials.secret_for(&signed_in.data_center).clone(),
        data_center: signed_in.data_center.id,
        user: signed_in.user,
        ..unsigned
    };
    Entry { connection, tokens: signed_in.tokens }
}
