//! `zohoctl connect`: a sign-in in whichever way, the organisation chosen, one call to see that it works.
//!
//! The story: everything that can be wrong is looked at before a person signs in, the vault included. What the sign-in
//! gave is kept at once; only then is the organisation chosen, so that no consent is lost over it.

use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use zoho_connector::{Connector, Environment};
use zoho_core::{Client, Entry, SavedConnection, TokenStore, Vault};

use crate::connection::{self, ConnectionArgs};
use crate::context::Context;
use crate::exit::{Problem, Status};
use crate::runtime;
use crate::vault;

mod add;
mod browser;
mod choice;
mod client;
mod complete;
mod finish;
mod invocations;
mod keys;
mod scopes;
mod sign_in;
mod slots;
mod terminal;
mod trial;
mod way;

use invocations::Named;

const EXAMPLES: &str = "\
A client is needed once: `zohoctl register` walks through it. How to sign in follows its kind: with a
browser on this machine (server, desktop), by a code on another device (device), or by a code of the API
console (self).

Examples:
  zohoctl connect desk                                     what reading needs
  zohoctl connect desk --for tickets.list,tickets.create   what these two need
  zohoctl connect desk crm                                 two services, one sign-in
  zohoctl connect desk --org 'Zylker' --name support       for a script: nothing is asked
  zohoctl connect --from-invocations nightly.sh            what a script needs
  zohoctl connect desk --paste                             the browser is on another machine
  zohoctl connect crm --client-credentials --soid 1234     a job of an organisation, without a person
  zohoctl connect desk --add --for tickets.create          more, for the connection that is there
  zohoctl connect desk --finish --org 1234                 choose, without signing in again

A job in CI needs no connection: it sets ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET, ZOHO_REFRESH_TOKEN,
ZOHO_DATA_CENTER and, where the service asks for an organisation, ZOHO_ORG.";

/// The arguments of `connect`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ConnectArgs {
    /// The services; one sign-in covers them all
    #[arg(value_name = "SERVICE", required_unless_present = "from_invocations")]
    services: Vec<String>,

    /// The name of the connection; the services' unless given
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Make it the connection that calls of these services use where several could be
    #[arg(long)]
    default: bool,

    /// The organisation, by its id or its name; asked for where there are several [env: ZOHO_ORG]
    #[arg(long, value_name = "VALUE")]
    org: Option<String>,

    /// Any other value that a service asks for; with several services, as SERVICE.NAME=VALUE
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,

    #[command(flatten)]
    scopes: scopes::ScopeArgs,

    #[command(flatten)]
    way: way::WayArgs,

    /// The client to sign in with, of those that `zohoctl clients` lists
    #[arg(long, value_name = "NAME", help_heading = "Client and place")]
    client: Option<String>,

    /// A client that is not registered here; its secret comes from ZOHO_CLIENT_SECRET or standard input [env: ZOHO_CLIENT_ID]
    #[arg(long, value_name = "ID", help_heading = "Client and place", conflicts_with = "client")]
    client_id: Option<String>,

    /// Where the sign-in starts: the client's own data centre, and `cn` for an account in China [env: ZOHO_DATA_CENTER]
    #[arg(long, value_name = "WORD", help_heading = "Client and place")]
    data_center: Option<String>,

    /// Which of the services' worlds: `production` (the usual), `sandbox` or `developer`
    #[arg(long, value_name = "WORD", help_heading = "Client and place", value_parser = environment_of)]
    environment: Option<Environment>,

    /// Another server with Zoho's paths, as `zohoctl sandbox` is one [env: ZOHO_ENDPOINT]
    #[arg(long, value_name = "URL", help_heading = "Client and place")]
    endpoint: Option<String>,

    /// Agree that the token goes to the hosts outside Zoho's domains that a connector of yours names
    #[arg(long, help_heading = "Client and place")]
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

fn environment_of(word: &str) -> Result<Environment, String> {
    let all = [Environment::Production, Environment::Sandbox, Environment::Developer];
    let found = all.into_iter().find(|environment| environment.as_str() == word);
    found.ok_or_else(|| "it is one of production, sandbox, developer".to_owned())
}

/// What is connected, and under which name.
struct Plan {
    /// The services.
    connectors: Vec<Arc<Connector>>,
    /// The calls of `--from-invocations`.
    named: Vec<Named>,
    /// The name of the connection.
    name: String,
}

impl Plan {
    /// The names of the services.
    fn services(&self) -> Vec<String> {
        self.connectors.iter().map(|connector| connector.name.clone()).collect()
    }
}

/// A connection that is being made or changed. It is in the vault as well, tokens included.
struct Draft<'a> {
    context: &'a Context,
    args: &'a ConnectArgs,
    plan: &'a Plan,
    vault: Arc<Vault>,
    entry: Entry,
}

impl Draft<'_> {
    /// A client of one of its services. It shares the tokens in the vault with whoever else uses the connection.
    fn client(&self, connector: &Arc<Connector>) -> Result<Client> {
        let centers = Arc::clone(&self.context.settings.data_centers);
        let seen = self.entry.connection.seen_by(&connector.name);
        let connection = seen.open_within(&self.plan.name, centers)?;
        let vault: Arc<dyn TokenStore> = Arc::<Vault>::clone(&self.vault);
        let builder = Client::builder(Arc::clone(connector), connection).token_store(vault);
        Ok(builder.transport(connection::transport()?).build()?)
    }
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &ConnectArgs) -> Result<Status> {
    let plan = plan(context, args)?;
    runtime::block_on(async {
        // Better to know now than after a person has signed in.
        let vault = Arc::new(vault::open_to_write(context).await?);
        let before = vault.get(&plan.name).await?;
        if args.way.finish {
            finish::run(context, args, &plan, vault, before).await
        } else if args.way.add {
            add::run(context, args, &plan, vault, before).await
        } else {
            belongs(&plan, before.as_ref().map(|before| &before.connection))?;
            sign_in::run(context, args, &plan, vault, before).await
        }
    })
}

fn plan(context: &Context, args: &ConnectArgs) -> Result<Plan> {
    connection::endpoint(&args.for_connection())?;
    let named = match &args.scopes.from_invocations {
        Some(path) => invocations::read(&context.library, path)?,
        None => Vec::new(),
    };
    let mut services: Vec<String> = Vec::new();
    for service in if args.services.is_empty() { invocations::services(&named) } else { args.services.clone() } {
        if !services.contains(&service) {
            services.push(service);
        }
    }
    let connectors: Result<Vec<Arc<Connector>>> =
        services.iter().map(|service| Ok(Arc::new(context.library.connector(service)?))).collect();
    let connectors = connectors?;
    let environment = args.environment.unwrap_or_default();
    for connector in &connectors {
        if environment != Environment::Production && !connector.environments.contains(&environment) {
            let message = format!("{} has no {} environment", connector.title, environment.as_str());
            return Err(Problem::usage(message).hint("connect it by itself, without --environment").into());
        }
    }
    choice::wishes_are_known(args, &connectors)?;
    if args.way.api_key && connectors.iter().all(|connector| connector.api_key().is_none()) {
        let titles: Vec<&str> = connectors.iter().map(|connector| connector.title.as_str()).collect();
        let problem = Problem::usage(format!("{} has no key of its own", titles.join(" and ")));
        return Err(problem.hint("leave --api-key out, and sign in").into());
    }
    let name = args.name.clone().unwrap_or_else(|| services.join("-"));
    Ok(Plan { connectors, named, name })
}

/// A name that other services have is not taken from them.
fn belongs(plan: &Plan, before: Option<&SavedConnection>) -> Result<()> {
    let services = plan.services();
    let Some(lost) = before.and_then(|before| before.services.iter().find(|service| !services.contains(service)))
    else {
        return Ok(());
    };
    let message = format!("the connection `{}` is there already, and signs in to {lost} too", plan.name);
    Err(Problem::usage(message).hint(format!("name {lost} as well, or choose another name with --name")).into())
}

/// Services that the connection does not sign in to cannot be finished.
fn covers(plan: &Plan, saved: &SavedConnection) -> Result<()> {
    match plan.services().into_iter().find(|service| !saved.services.contains(service)) {
        None => Ok(()),
        Some(other) => {
            let message =
                format!("the connection `{}` signs in to {}, not to {other}", plan.name, saved.services.join(", "));
            Err(Problem::usage(message)
                .hint(format!("`zohoctl connect {other} --add --name {}` adds it", plan.name))
                .into())
        }
    }
}

/// The connection that `--add` and `--finish` need.
fn there(plan: &Plan, before: Option<Entry>) -> Result<Entry> {
    before.ok_or_else(|| {
        let services = plan.services();
        Problem::new(Status::SignIn, format!("no connection is called `{}`", plan.name))
            .hint(format!("`zohoctl connect {}` makes one; --name says another name", services.join(" ")))
            .into()
    })
}

/// Where the sign-in starts, if somebody says so.
fn data_center(args: &ConnectArgs) -> Option<String> {
    connection::data_center(&args.for_connection())
}
