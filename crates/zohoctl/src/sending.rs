//! How calls are sent: for how long, and how patiently where a limit is reached.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use zoho_connector::Connector;
use zoho_core::{Client, Clock, Limits, Observer};

use crate::connection::{self, Chosen};
use crate::context::Context;
use crate::exit::Problem;

/// Options about time and limits.
#[derive(Debug, Args)]
#[command(next_help_heading = "Sending")]
pub(crate) struct SendingArgs {
    /// The longest time for one request, in seconds, with its waits and further tries
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    timeout: Option<u64>,

    /// The longest time for the whole command, in seconds
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    deadline: Option<u64>,

    /// The longest time that a request waits for the service's limits, in seconds; 120 unless given
    #[arg(long, value_name = "SECONDS")]
    max_wait: Option<u64>,

    /// Keep to the service's limits together with the other commands on this machine that say so
    #[arg(long)]
    share_limits: bool,
}

impl SendingArgs {
    /// A client over a connection, with what is known of its service's limits.
    pub(crate) fn client(
        &self,
        context: &Context,
        connector: &Arc<Connector>,
        chosen: Chosen,
        observer: Option<Arc<dyn Observer>>,
    ) -> Result<Client> {
        let mut builder = Client::builder(Arc::clone(connector), chosen.connection)
            .token_store(chosen.tokens)
            .transport(connection::transport()?)
            .limits(self.limits(context)?);
        if let Some(seconds) = self.timeout {
            builder = builder.deadline(Duration::from_secs(seconds));
        }
        if let Some(seconds) = self.deadline {
            builder = builder.run_deadline(Duration::from_secs(seconds));
        }
        if let Some(seconds) = self.max_wait {
            builder = builder.max_wait(Duration::from_secs(seconds));
        }
        if let Some(observer) = observer {
            builder = builder.observer(observer);
        }
        Ok(builder.build()?)
    }

    fn limits(&self, context: &Context) -> Result<Limits> {
        match (&context.settings.cache_folder, self.share_limits) {
            (Some(folder), true) => Ok(Limits::shared_in(folder)),
            (None, true) => {
                let problem = Problem::usage("--share-limits needs a folder for what can be made anew");
                Err(problem.hint("set HOME, or XDG_CACHE_HOME").into())
            }
            // What an earlier command was told is worth knowing, and its file no reason to fail.
            (Some(folder), false) => Ok(Limits::recalled_from(folder, &Clock::System).unwrap_or_default()),
            (None, false) => Ok(Limits::new()),
        }
    }
}

/// Keeps what the service has said of its limits for the commands to come.
pub(crate) fn keep_limits(context: &Context, client: &Client) {
    if let Some(folder) = &context.settings.cache_folder {
        // What cannot be kept is said again by the service.
        drop(client.limits().keep_in(folder, &Clock::System));
    }
}
