//! `--sandbox`: a local Zoho inside the process, already connected. Nothing is written to disk; its data ends with the
//! process.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Args;
use zoho_connector::Connector;
use zoho_core::{ClientCredentials, Connection, Endpoint, Secret, Tokens, foreign_hosts};
use zoho_sandbox::{Sandbox, SandboxConfig};

use super::InvokeArgs;
use crate::connection::{self, Chosen, as_usage};
use crate::context::Context;

/// The name of the connection to it.
const NAME: &str = "sandbox";

/// Options of a sandbox inside the process.
#[derive(Debug, Args)]
#[command(next_help_heading = "Sandbox")]
pub(super) struct LocalArgs {
    /// Call a local Zoho that is started for this call, without an account
    #[arg(long, conflicts_with_all = ["connection", "endpoint"])]
    pub(super) sandbox: bool,

    /// How many records each list of it has
    #[arg(long, value_name = "N", requires = "sandbox")]
    sandbox_records: Option<usize>,
}

/// Starts it, and gives the connection to it.
pub(super) async fn start(
    context: &Context,
    connector: &Arc<Connector>,
    args: &InvokeArgs,
) -> Result<(Chosen, Sandbox)> {
    // The whole service: a call's group alone would be a service without organisations to choose from.
    let whole = context.library.connector(&connector.name)?;
    let center = connection::data_center(&args.connection).unwrap_or_else(|| "us".to_owned());
    let mut config =
        SandboxConfig { connectors: vec![whole.clone()], data_center: center.clone(), ..SandboxConfig::default() };
    if let Some(records) = args.local.sandbox_records {
        config.default_records = records;
    }
    let sandbox = Sandbox::start(config).await.context("cannot start a sandbox")?;
    let mut connection = Connection::new(NAME, &center).map_err(as_usage)?;
    connection.client = Some(ClientCredentials::new(sandbox.client_id(), sandbox.client_secret()));
    connection.endpoint = Some(Endpoint::parse(&sandbox.url())?);
    // Whatever hosts the connector names, every call goes to this process.
    connection.trusted_hosts = foreign_hosts(&whole, &connection.data_centers);
    connection::values::apply(&whole, &args.connection, None, &mut connection)?;
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
