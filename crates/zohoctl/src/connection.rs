//! Which connection a call uses: the one that is named, the one that the environment describes, or the one that was
//! made for the service. Where that leaves several, nothing is guessed.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Args;
use zoho_connector::suggest::nearest;
use zoho_connector::{Connector, DataCenters};
use zoho_core::{
    ClientCredentials, Connection, Endpoint, FileStore, MemoryStore, SavedConnection, Secret, TokenStore, Tokens,
    TransportOptions,
};

use crate::context::Context;
use crate::environment::{
    self, CLIENT_ID, CLIENT_SECRET, CONNECTION, DATA_CENTER, ENDPOINT, ORGANIZATION, REFRESH_TOKEN,
};
use crate::exit::{Problem, Status};

pub(crate) mod choices;
pub(crate) mod consent;
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
    /// Whether it is kept in the file of connections.
    stored: bool,
}

impl Chosen {
    /// A connection that is gone with the process.
    pub(crate) fn in_memory(connection: Connection, tokens: Tokens) -> Self {
        let tokens = Arc::new(MemoryStore::with(&connection.name, tokens));
        Self { connection, tokens, stored: false }
    }
}

/// The file of connections.
pub(crate) fn store(context: &Context) -> FileStore {
    FileStore::new(context.settings.config_folder.join("connections.json"))
}

/// The connection for a call to a service: found, and with a consent to the hosts that the connector names.
pub(crate) fn choose(context: &Context, connector: &Connector, args: &ConnectionArgs) -> Result<Chosen> {
    let mut chosen = find(context, connector, args)?;
    if consent::given(connector, args.trust_hosts, &mut chosen.connection)? && chosen.stored {
        remember_consent(context, &chosen.connection)?;
    }
    Ok(chosen)
}

/// The connection that a call to a service would use, with what the call's options change. Nobody is asked anything.
pub(crate) fn find(context: &Context, connector: &Connector, args: &ConnectionArgs) -> Result<Chosen> {
    let named = args.connection.clone().or_else(|| environment::read(CONNECTION));
    let mut chosen = match (named, environment::read(REFRESH_TOKEN)) {
        (Some(name), _) => stored(context, connector, &name, args)?,
        (None, Some(token)) => from_environment(connector, args, &token)?,
        (None, None) => {
            let name = only_one_for(connector, &store(context).connections()?)?;
            stored(context, connector, &name, args)?
        }
    };
    if let Some(endpoint) = endpoint(args)? {
        chosen.connection.endpoint = Some(endpoint);
    }
    Ok(chosen)
}

fn remember_consent(context: &Context, connection: &Connection) -> Result<()> {
    let store = store(context);
    let Some(saved) = store.connections()?.shift_remove(&connection.name) else { return Ok(()) };
    let saved = SavedConnection { trusted_hosts: connection.trusted_hosts.clone(), ..saved };
    let tokens = store.load(&connection.name)?.unwrap_or_default();
    Ok(store.save_connection(&connection.name, saved, tokens)?)
}

/// The endpoint that was asked for.
pub(crate) fn endpoint(args: &ConnectionArgs) -> Result<Option<Endpoint>> {
    let text = args.endpoint.clone().or_else(|| environment::read(ENDPOINT));
    Ok(text.map(|text| Endpoint::parse(&text)).transpose().map_err(as_usage)?)
}

/// How connections are made: with the certificates that `SSL_CERT_FILE` and `SSL_CERT_DIR` name beside those of the
/// web.
pub(crate) fn transport() -> Result<TransportOptions> {
    let mut options = TransportOptions::default();
    let file = environment::read(environment::CERTIFICATE_FILE).map(PathBuf::from);
    let folder = environment::read(environment::CERTIFICATE_FOLDER);
    let in_folder = folder.iter().flat_map(std::fs::read_dir).flatten().flatten().map(|entry| entry.path());
    for path in file
        .into_iter()
        .chain(in_folder.filter(|path| path.extension().is_some_and(|ending| ending == "pem" || ending == "crt")))
    {
        let pem =
            std::fs::read(&path).with_context(|| format!("cannot read the certificates in {}", path.display()))?;
        options.root_certificates.push(pem);
    }
    Ok(options)
}

/// An error about what was typed, with the status of one.
pub(crate) fn as_usage(error: zoho_core::Error) -> Problem {
    Problem::usage(error.to_string()).maybe_hint(error.hint().map(str::to_owned))
}

/// The data centre that was asked for.
pub(crate) fn data_center(args: &ConnectionArgs) -> Option<String> {
    args.data_center.clone().or_else(|| environment::read(DATA_CENTER))
}

fn from_environment(connector: &Connector, args: &ConnectionArgs, token: &str) -> Result<Chosen> {
    let client = |name: &str| {
        environment::read(name).ok_or_else(|| {
            let message = format!("{REFRESH_TOKEN} is set and {name} is not");
            Problem::new(Status::SignIn, message)
                .hint(format!("a refresh token needs {CLIENT_ID} and {CLIENT_SECRET} beside it"))
        })
    };
    let (id, secret) = (client(CLIENT_ID)?, Secret::new(client(CLIENT_SECRET)?));
    let center = data_center(args).unwrap_or_else(|| "us".to_owned());
    let mut connection = Connection::new(FROM_ENVIRONMENT, &center).map_err(as_usage)?;
    connection.client = Some(ClientCredentials { id, secret });
    values::apply(connector, args, None, &mut connection)?;
    Ok(Chosen::in_memory(connection, Tokens::from_refresh_token(token)))
}

fn stored(context: &Context, connector: &Connector, name: &str, args: &ConnectionArgs) -> Result<Chosen> {
    let store = store(context);
    let all = store.connections()?;
    let Some(saved) = all.get(name) else {
        let near = nearest(name, all.keys().map(String::as_str));
        let problem = Problem::usage(format!("no connection is called `{name}`"));
        let hint = near.first().map_or_else(
            || "`zohoctl connections` lists those there are".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(problem.hint(hint).into());
    };
    if !saved.services.contains(&connector.name) {
        let message =
            format!("the connection `{name}` was made for {}, not for {}", saved.services.join(", "), connector.name);
        let hint = format!("`zohoctl connect {}` makes one for it", connector.name);
        return Err(Problem::new(Status::SignIn, message).hint(hint).into());
    }
    same_data_center(name, saved, args)?;
    let mut connection = saved.open(name)?;
    values::apply(connector, args, Some(saved), &mut connection)?;
    Ok(Chosen { connection, tokens: Arc::new(store), stored: true })
}

/// A sign-in is for one data centre. The flag may repeat it, the variable is for connections without a file.
fn same_data_center(name: &str, saved: &SavedConnection, args: &ConnectionArgs) -> Result<()> {
    match &args.data_center {
        Some(asked) if !asked.eq_ignore_ascii_case(&saved.data_center) => {
            let message = format!("the connection `{name}` lives in {}, not in {asked}", saved.data_center);
            let known = DataCenters::built_in().get(asked).is_some();
            let hint = if known {
                "sign in there with `zohoctl connect … --data-center`".to_owned()
            } else {
                data_centers()
            };
            Err(Problem::usage(message).hint(hint).into())
        }
        _ => Ok(()),
    }
}

/// The data centres that there are.
fn data_centers() -> String {
    format!("the data centres are {}", DataCenters::built_in().ids().collect::<Vec<_>>().join(", "))
}

/// The connection for a service, where there is one; of several, the one that has the service's name.
fn only_one_for(connector: &Connector, all: &indexmap::IndexMap<String, SavedConnection>) -> Result<String> {
    let names: Vec<&String> =
        all.iter().filter(|(_, saved)| saved.services.contains(&connector.name)).map(|(name, _)| name).collect();
    match names.as_slice() {
        [] => {
            let problem = Problem::new(Status::SignIn, format!("there is no connection for {}", connector.title));
            let hint =
                format!("`zohoctl connect {}` signs in; `--sandbox` tries it without an account", connector.name);
            Err(problem.hint(hint).into())
        }
        [one] => Ok((*one).clone()),
        several if several.contains(&&connector.name) => Ok(connector.name.clone()),
        several => {
            let names: Vec<String> = several.iter().map(|name| format!("`{name}`")).collect();
            let message =
                format!("there are {} connections for {}: {}", several.len(), connector.title, names.join(", "));
            Err(Problem::usage(message).hint(format!("name one with --connection or {CONNECTION}")).into())
        }
    }
}

/// The value for the organisation that was asked for: by flag, or by the environment.
pub(crate) fn organization(args: &ConnectionArgs) -> (Option<String>, bool) {
    match &args.org {
        Some(org) => (Some(org.clone()), true),
        None => (environment::read(ORGANIZATION), false),
    }
}
