//! `--sandbox`: a local Zoho inside the process, already connected. Nothing is written to disk; its data ends with the
//! process.

use anyhow::{Context as _, Result};
use clap::Args;
use zoho_connector::Connector;
use zoho_core::{ClientCredentials, Connection, Endpoint, Secret, Tokens, foreign_hosts};
use zoho_sandbox::{Sandbox, SandboxConfig};

use crate::connection::{self, Chosen, ConnectionArgs, as_usage};

/// The name of the connection to it.
const NAME: &str = "sandbox";

/// Options of a sandbox inside the process.
#[derive(Debug, Args)]
#[command(next_help_heading = "Sandbox")]
pub(crate) struct LocalArgs {
    /// Call a local Zoho that is started for this call, without an account
    #[arg(long, conflicts_with_all = ["connection", "endpoint"])]
    pub(crate) sandbox: bool,

    /// How many records each list of it has
    #[arg(long, value_name = "N", requires = "sandbox")]
    pub(crate) sandbox_records: Option<usize>,
}

/// Starts it, and gives the connection to it. The connector is the whole of its service: a call's group alone would be a
/// service without organisations to choose from.
pub(crate) async fn start(
    whole: &Connector,
    options: &ConnectionArgs,
    records: Option<usize>,
) -> Result<(Chosen, Sandbox)> {
    let center = connection::data_center(options).unwrap_or_else(|| "us".to_owned());
    let mut config =
        SandboxConfig { connectors: vec![whole.clone()], data_center: center.clone(), ..SandboxConfig::default() };
    if let Some(records) = records {
        config.default_records = records;
    }
    let sandbox = Sandbox::start(config).await.context("cannot start a sandbox")?;
    let mut connection = Connection::new(NAME, &center).map_err(as_usage)?;
    connection.client = Some(ClientCredentials::new(sandbox.client_id(), sandbox.client_secret()));
    connection.endpoint = Some(Endpoint::parse(&sandbox.url())?);
    // Whatever hosts the connector names, every call goes to this process.
    connection.trusted_hosts = foreign_hosts(whole, &connection.data_centers);
    connection::values::apply(whole, options, None, &mut connection)?;
    for name in
        whole.connection.keys().filter(|name| !connection.values.contains_key(*name)).cloned().collect::<Vec<_>>()
    {
        connection.values.extend(sandbox.connection_value(&whole.name, &name).map(|value| (name, value)));
    }
    let mut tokens = Tokens::from_refresh_token(sandbox.refresh_token());
    if let Some(key) = sandbox.api_key(&whole.name) {
        tokens = tokens.with_key(&whole.name, Secret::new(key));
    }
    Ok((Chosen::in_memory(connection, tokens), sandbox))
}
