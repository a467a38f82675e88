//! Which connection a call uses: the one that is named, the one that the environment describes, or the one that was
//! made for the service. Where that leaves several, nothing is guessed.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Args;
use zoho_connector::suggest::nearest;
use zoho_connector::{Connector, DataCenter, DataCenters};
use zoho_core::{
    ClientCredentials, Connection, Endpoint, Entry, EnvironmentStore, MemoryStore, Proxy, SavedConnection, Secret,
    TokenStore, Tokens, TransportOptions, Vault,
};

use crate::context::Context;
use crate::environment::{
    self, API_KEY, CLIENT_ID, CLIENT_SECRET, CONNECTION, DATA_CENTER, ENDPOINT, ORGANIZATION, REFRESH_TOKEN,
};
use crate::exit::{Problem, Status};
use crate::vault;

pub(crate) mod choices;
pub(crate) mod consent;
mod usual;
pub(crate) mod values;

/// The name of the connection that the environment's refresh token makes.
const FROM_ENVIRONMENT: &str = "environment";

/// Options that choose the connection of a call, or change it for that call.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectionArgs {
    /// The connection to use, where there are several [env: ZOHO_CONNECTION]
    #[arg(long, value_name = "NAME")]
    pub(crate) connection: Option<String>,

    /// The organisation for this call, by its id or by the name it was chosen by [env: ZOHO_ORG]
    #[arg(long, value_name = "VALUE")]
    pub(crate) org: Option<String>,

    /// Any other value that the service's connection asks for, for this call
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) set: Vec<String>,

    /// The data centre where the account lives: us, eu, in, au, jp, ca, … [env: ZOHO_DATA_CENTER]
    #[arg(long, value_name = "WORD")]
    pub(crate) data_center: Option<String>,

    /// Another server with Zoho's paths, as `zohoctl sandbox` is one [env: ZOHO_ENDPOINT]
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,

    /// Agree that the token goes to the hosts outside Zoho's domains that a connector of yours names
    #[arg(long)]
    pub(crate) trust_hosts: bool,
}

/// A connection and where its tokens are.
pub(crate) struct Chosen {
    /// The connection.
    pub(crate) connection: Connection,
    /// Its tokens.
    pub(crate) tokens: Arc<dyn TokenStore>,
    /// The vault that it is kept in, where it is kept in one.
    vault: Option<Arc<Vault>>,
}

impl Chosen {
    /// A connection that is gone with the process.
    pub(crate) fn in_memory(connection: Connection, tokens: Tokens) -> Self {
        let tokens = Arc::new(MemoryStore::with(&connection.name, tokens));
        Self { connection, tokens, vault: None }
    }
}

/// The connection for a call to a service: found, and with a consent to the hosts that the connector names.
pub(crate) async fn choose(context: &Context, connector: &Connector, args: &ConnectionArgs) -> Result<Chosen> {
    let mut chosen = find(context, connector, args).await?;
    if consent::given(connector, args.trust_hosts, &mut chosen.connection)?
        && let Some(vault) = &chosen.vault
    {
        let trusted = chosen.connection.trusted_hosts.clone();
        vault.change(&chosen.connection.name, |saved| saved.trusted_hosts = trusted).await?;
    }
    Ok(chosen)
}

/// The connection that a call to a service would use, with what the call's options change. Nobody is asked anything.
pub(crate) async fn find(context: &Context, connector: &Connector, args: &ConnectionArgs) -> Result<Chosen> {
    let named = args.connection.clone().or_else(|| environment::read(CONNECTION));
    let mut chosen = match (named, environment::read(REFRESH_TOKEN)) {
        (Some(name), _) => stored(context, connector, Some(name), args).await?,
        (None, Some(token)) => from_environment(context, connector, args, &token)?,
        (None, None) => match of_key(context, connector, args)? {
            Some(chosen) => chosen,
            None => stored(context, connector, None, args).await?,
        },
    };
    if let Some(endpoint) = endpoint(args)? {
        chosen.connection.endpoint = Some(endpoint);
    }
    Ok(chosen)
}

/// The endpoint that was asked for.
pub(crate) fn endpoint(args: &ConnectionArgs) -> Result<Option<Endpoint>> {
    endpoint_of(args.endpoint.as_deref())
}

/// The endpoint of an option, or of the environment.
pub(crate) fn endpoint_of(given: Option<&str>) -> Result<Option<Endpoint>> {
    let text = given.map(str::to_owned).or_else(|| environment::read(ENDPOINT));
    Ok(text.map(|text| Endpoint::parse(&text)).transpose().map_err(as_usage)?)
}

/// How connections are made: with the certificates that `SSL_CERT_FILE` and `SSL_CERT_DIR` name beside those of the
/// web, and through the proxy that the environment names.
pub(crate) fn transport() -> Result<TransportOptions> {
    Ok(TransportOptions { root_certificates: root_certificates()?, proxy: proxy()?, ..TransportOptions::default() })
}

/// The proxy that the environment names, as most programs read it.
pub(crate) fn proxy() -> Result<Option<Proxy>> {
    let first = |names: &[&str]| names.iter().find_map(|name| environment::read(name));
    let Some(address) = first(environment::PROXIES) else { return Ok(None) };
    let proxy = Proxy::parse(&address).map_err(|error| {
        let names = environment::PROXIES.join(", ");
        as_usage(error).hint(format!("it is taken from the first of {names} that is set"))
    })?;
    Ok(Some(proxy.except(first(environment::NO_PROXY).unwrap_or_default())))
}

/// The certificates that `SSL_CERT_FILE` and `SSL_CERT_DIR` name, in PEM.
pub(crate) fn root_certificates() -> Result<Vec<Vec<u8>>> {
    let file = environment::read(environment::CERTIFICATE_FILE).map(PathBuf::from);
    let folder = environment::read(environment::CERTIFICATE_FOLDER);
    let in_folder = folder.iter().flat_map(std::fs::read_dir).flatten().flatten().map(|entry| entry.path());
    file.into_iter()
        .chain(in_folder.filter(|path| path.extension().is_some_and(|ending| ending == "pem" || ending == "crt")))
        .map(|path| std::fs::read(&path).with_context(|| format!("cannot read the certificates in {}", path.display())))
        .collect()
}

/// The data centre of a word, from the table with what the configuration adds.
pub(crate) fn data_center_of_word<'a>(context: &'a Context, word: &str) -> Result<&'a DataCenter> {
    let table = &context.settings.data_centers;
    table.get(word).ok_or_else(|| {
        let problem = Problem::usage(format!("no data centre is called `{word}`"));
        problem.hint(data_centers(table)).into()
    })
}

/// An error about what was typed, with the status of one.
pub(crate) fn as_usage(error: zoho_core::Error) -> Problem {
    Problem::usage(error.to_string()).maybe_hint(error.hint().map(str::to_owned))
}

/// The data centre that was asked for.
pub(crate) fn data_center(args: &ConnectionArgs) -> Option<String> {
    args.data_center.clone().or_else(|| environment::read(DATA_CENTER))
}

fn from_environment(context: &Context, connector: &Connector, args: &ConnectionArgs, token: &str) -> Result<Chosen> {
    let client = |name: &str| {
        environment::read(name).ok_or_else(|| {
            let message = format!("{REFRESH_TOKEN} is set and {name} is not");
            Problem::new(Status::SignIn, message)
                .hint(format!("a refresh token needs {CLIENT_ID} and {CLIENT_SECRET} beside it"))
        })
    };
    let (id, secret) = (client(CLIENT_ID)?, Secret::new(client(CLIENT_SECRET)?));
    let center = data_center(args).unwrap_or_else(|| "us".to_owned());
    let table = Arc::clone(&context.settings.data_centers);
    let mut connection = Connection::within(FROM_ENVIRONMENT, &center, table).map_err(as_usage)?;
    connection.client = Some(ClientCredentials::new(id, secret.expose()));
    values::apply(connector, args, None, &mut connection)?;
    let tokens = with_key(connector, Tokens::from_refresh_token(token));
    let store = EnvironmentStore::new(FROM_ENVIRONMENT, tokens, context.settings.cache_folder.clone())?;
    Ok(Chosen { connection, tokens: Arc::new(store), vault: None })
}

/// A connection by a key alone, where the environment has one and the service takes one.
fn of_key(context: &Context, connector: &Connector, args: &ConnectionArgs) -> Result<Option<Chosen>> {
    let tokens = with_key(connector, Tokens::default());
    if tokens.keys.is_empty() {
        return Ok(None);
    }
    let center = data_center(args).unwrap_or_else(|| "us".to_owned());
    let table = Arc::clone(&context.settings.data_centers);
    let mut connection = Connection::within(FROM_ENVIRONMENT, &center, table).map_err(as_usage)?;
    values::apply(connector, args, None, &mut connection)?;
    Ok(Some(Chosen::in_memory(connection, tokens)))
}

/// The tokens with the key that the environment has for a service that takes one.
fn with_key(connector: &Connector, tokens: Tokens) -> Tokens {
    match environment::read(API_KEY).filter(|_| connector.api_key().is_some()) {
        Some(key) => tokens.with_key(&connector.name, Secret::new(key)),
        None => tokens,
    }
}

async fn stored(
    context: &Context,
    connector: &Connector,
    named: Option<String>,
    args: &ConnectionArgs,
) -> Result<Chosen> {
    let vault = Arc::new(vault::open(context).await?);
    let (name, entry) = match named {
        Some(name) => {
            let entry = entry(&vault, &name).await?;
            (name, entry)
        }
        None => usual::of_service(context, &vault, connector).await?,
    };
    let saved = entry.connection;
    if !saved.services.contains(&connector.name) {
        let message =
            format!("the connection `{name}` was made for {}, not for {}", saved.services.join(", "), connector.name);
        let hint = format!("`zohoctl connect {}` makes one for it", connector.name);
        return Err(Problem::new(Status::SignIn, message).hint(hint).into());
    }
    same_data_center(context, &name, &saved, args)?;
    let saved = saved.seen_by(&connector.name);
    let mut connection = saved.open_within(&name, Arc::clone(&context.settings.data_centers))?;
    values::apply(connector, args, Some(&saved), &mut connection)?;
    Ok(Chosen { connection, tokens: Arc::clone(&vault) as Arc<dyn TokenStore>, vault: Some(vault) })
}

/// A connection of the vault, or an error that names the nearest one.
pub(crate) async fn entry(vault: &Vault, name: &str) -> Result<Entry> {
    if let Some(entry) = vault.get(name).await? {
        return Ok(entry);
    }
    let names = vault.names().await?;
    let near = nearest(name, names.iter().map(String::as_str));
    let hint = near.first().map_or_else(
        || "`zohoctl connections` lists those there are".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    Err(Problem::usage(format!("no connection is called `{name}`")).hint(hint).into())
}

/// A sign-in is for one data centre. The flag may repeat it, the variable is for connections without a file.
fn same_data_center(context: &Context, name: &str, saved: &SavedConnection, args: &ConnectionArgs) -> Result<()> {
    match &args.data_center {
        Some(asked) if !asked.eq_ignore_ascii_case(&saved.data_center) => {
            let message = format!("the connection `{name}` lives in {}, not in {asked}", saved.data_center);
            let table = &context.settings.data_centers;
            let hint = if table.get(asked).is_some() {
                "sign in there with `zohoctl connect … --data-center`".to_owned()
            } else {
                data_centers(table)
            };
            Err(Problem::usage(message).hint(hint).into())
        }
        _ => Ok(()),
    }
}

/// The data centres that there are.
fn data_centers(table: &DataCenters) -> String {
    format!("the data centres are {}", table.ids().collect::<Vec<_>>().join(", "))
}

/// The value for the organisation that was asked for: by flag, or by the environment.
pub(crate) fn organization(args: &ConnectionArgs) -> (Option<String>, bool) {
    match &args.org {
        Some(org) => (Some(org.clone()), true),
        None => (environment::read(ORGANIZATION), false),
    }
}
