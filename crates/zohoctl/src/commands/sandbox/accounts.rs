//! What of `zohoctl sandbox` is about its accounts servers: their options, and the clients that people are told.

use std::time::Duration;

use anyhow::Result;
use clap::Args;
use zoho_connector::DataCenters;
use zoho_sandbox::{Sandbox, SandboxConfig};

use crate::context::Context;
use crate::exit::Problem;

/// Options of the accounts servers.
#[derive(Debug, Args)]
#[command(next_help_heading = "Signing in")]
pub(super) struct AccountsArgs {
    /// A further redirect URL of its clients; a port that is written `*` stands for any
    #[arg(long, value_name = "URL")]
    redirect_uri: Vec<String>,

    /// How long an access token lives
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    token_lifetime: u64,

    /// How long every answer to a request for tokens waits
    #[arg(long, value_name = "MS", default_value_t = 0)]
    token_delay: u64,

    /// How many refresh tokens a client gets in a minute; Zoho's smallest published number is 5 [default: no limit]
    #[arg(long, value_name = "N")]
    refresh_tokens_per_minute: Option<usize>,

    /// The least time between two questions of a device; six times as long after it was too fast
    #[arg(long, value_name = "MS", default_value_t = 5000)]
    device_interval: u64,

    /// Tell devices times in milliseconds, as Zoho does now and then
    #[arg(long)]
    device_milliseconds: bool,

    /// The data centres that its clients are enabled in: us,eu [default: all]
    #[arg(long, value_name = "WORDS", value_delimiter = ',')]
    client_data_centers: Vec<String>,

    /// Give its clients another secret in every data centre
    #[arg(long)]
    secret_per_data_center: bool,

    /// How far its clock is ahead; behind by a negative number
    #[arg(long, value_name = "SECONDS", default_value_t = 0, allow_negative_numbers = true)]
    clock_offset: i64,
}

impl AccountsArgs {
    /// Writes them into a configuration. `person` is the data centre that was asked for where people live.
    pub(super) fn apply(&self, person: Option<&str>, config: &mut SandboxConfig) -> Result<()> {
        for word in &self.client_data_centers {
            if DataCenters::built_in().get(word).is_none() {
                let known: Vec<&str> = DataCenters::built_in().ids().collect();
                let problem = Problem::usage(format!("`--client-data-centers` names no data centre by `{word}`"));
                return Err(problem.hint(format!("the words are {}", known.join(", "))).into());
            }
        }
        config.redirect_uris.extend(self.redirect_uri.iter().cloned());
        config.token_lifetime = Duration::from_secs(self.token_lifetime);
        config.token_delay = Duration::from_millis(self.token_delay);
        config.refresh_tokens_per_minute = self.refresh_tokens_per_minute;
        config.device_interval = Duration::from_millis(self.device_interval);
        config.device_milliseconds = self.device_milliseconds;
        config.client_data_centers.clone_from(&self.client_data_centers);
        config.secret_per_data_center = self.secret_per_data_center;
        config.clock_offset_seconds = self.clock_offset;
        config.person_data_center = person.map(str::to_owned);
        Ok(())
    }
}

/// Says which clients there are, one a line: kind, id, secret.
pub(super) fn introduce(context: &Context, config: &SandboxConfig, sandbox: &Sandbox) {
    let say = |line: &str| context.talk.say(line);
    say(&format!(
        "\nIts clients by kind, each with its id and secret; the redirect URL is {}:\n",
        config.redirect_uris.join(" or ")
    ));
    for client in sandbox.clients() {
        say(&format!("  {:<8} {}  {}", client.kind.as_str(), client.id, client.secret));
    }
    say("\nThe API console gives codes of the self client; here they come from:\n");
    say(&format!("  curl -X POST {}/_sandbox/grant-code", sandbox.url()));
    if config.secret_per_data_center {
        say(&format!("\nTheir secrets elsewhere are at {}/_sandbox/clients.", sandbox.url()));
    }
}
