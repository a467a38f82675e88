//! `zohoctl sandbox`: a local Zoho to test against.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use zoho_connector::Connector;
use zoho_sandbox::{Sandbox, SandboxConfig};

use crate::connection::as_usage;
use crate::context::Context;
use crate::environment::{
    API_KEY, CERTIFICATE_FILE, CLIENT_ID, CLIENT_SECRET, DATA_CENTER, ENDPOINT, ORGANIZATION, REFRESH_TOKEN, read,
};
use crate::exit::{Problem, Status};
use crate::output::print;
use crate::runtime;
use crate::style::{HEADING, paint};

mod accounts;
mod faults;

const EXAMPLES: &str = "\
The first line on standard output is the address; what to set follows on standard error. Data is made
from the connectors, stays consistent, and ends with the process.

Examples:
  zohoctl sandbox                                    every service, on a free port
  zohoctl sandbox desk crm --port 8700 --records tickets=10000
  zohoctl sandbox --fault 429=2:/api/v1/tickets:3    three times 429 with Retry-After
  zohoctl sandbox --fault-rate 0.2 --fault-seed 7    a fifth of all calls meets some fault, always the same
  zohoctl sandbox --tls                              HTTPS, with an authority of its own
  zohoctl sandbox --token-lifetime 30 --token-delay 500     tokens that die soon and come slowly

While it runs, /_sandbox/requests lists what it was asked, which fault each call met and whether it was
carried out, /_sandbox/faults takes more faults, and /_sandbox/clock moves its time. A text that begins
with `refuse:` has its record refused.

WHAT of a fault is a status, a status=SECONDS of Retry-After, a kind of failure (busy, quota_spent,
locked_out …), limit (one of those), gateway, reset_before, reset_read, reset, cut, longer, shorter, slow=MS,
trickle=MS, content_type, expire_token, clock=SECONDS, repeat, or move.

/_sandbox/clients lists its clients, /_sandbox/tokens counts refreshes and how many came at the same time.
A code of the self client, which a person makes in Zoho's API console, is made here by

  curl -X POST ADDRESS/_sandbox/grant-code -d '{\"scopes\": \"Desk.tickets.READ\"}'";

/// The arguments of `sandbox`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct SandboxArgs {
    /// The services that it offers; all at hand unless given
    services: Vec<String>,

    /// The port; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,

    /// Speak HTTPS, and write the authority's certificate into the folder of connections
    #[arg(long)]
    tls: bool,

    /// How many records a list begins with: tickets=10000, /Contacts=5000, desk.Ticket=9, or a number for all
    #[arg(long, value_name = "LIST=N")]
    records: Vec<String>,

    /// What the data is made from: the same number gives the same data
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// The data centre where its account lives [env: ZOHO_DATA_CENTER]
    #[arg(long, value_name = "WORD")]
    data_center: Option<String>,

    #[command(flatten)]
    faults: faults::FaultArgs,

    #[command(flatten)]
    accounts: accounts::AccountsArgs,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &SandboxArgs) -> Result<Status> {
    let config = config(context, args)?;
    runtime::serve(async {
        let sandbox = Sandbox::start(config.clone()).await.context("cannot start the sandbox")?;
        print(&format!("{}\n", sandbox.url()))?;
        introduce(context, &config, &sandbox)?;
        tokio::signal::ctrl_c().await.context("cannot wait for Ctrl-C")?;
        Ok(Status::Ok)
    })
}

fn config(context: &Context, args: &SandboxArgs) -> Result<SandboxConfig> {
    let names = if args.services.is_empty() { context.library.names() } else { args.services.clone() };
    let connectors: Result<Vec<Connector>> = names.iter().map(|name| Ok(context.library.connector(name)?)).collect();
    let person = args.data_center.clone().or_else(|| read(DATA_CENTER));
    let center = person.clone().unwrap_or_else(|| "us".to_owned());
    // Only to hear of a word that is no data centre in the usual way.
    zoho_core::Connection::new("sandbox", &center).map_err(as_usage)?;
    let mut config = SandboxConfig {
        connectors: connectors?,
        port: args.port,
        tls: args.tls,
        seed: args.seed,
        data_center: center,
        ..SandboxConfig::default()
    };
    args.faults.apply(&mut config)?;
    args.accounts.apply(person.as_deref(), &mut config)?;
    for word in &args.records {
        records(word, &mut config.records, &mut config.default_records)?;
    }
    Ok(config)
}

/// Reads `tickets=10000`, where a name in small letters is the path of a list, or a number for all lists.
fn records(word: &str, by_list: &mut BTreeMap<String, usize>, all: &mut usize) -> Result<()> {
    let fault = || {
        Problem::usage(format!("`--records {word}` is not LIST=N")).hint("write for example --records tickets=10000")
    };
    if let Ok(number) = word.parse() {
        *all = number;
        return Ok(());
    }
    let (list, number) = word.split_once('=').ok_or_else(fault)?;
    let number = number.parse().map_err(|_| fault())?;
    let is_path = list.starts_with(|c: char| c.is_lowercase()) && !list.contains('.');
    by_list.insert(if is_path { format!("/{list}") } else { list.to_owned() }, number);
    Ok(())
}

/// Says how it is used, in lines that can be pasted into a shell.
fn introduce(context: &Context, config: &SandboxConfig, sandbox: &Sandbox) -> Result<()> {
    let names: Vec<&str> = config.connectors.iter().map(|connector| connector.name.as_str()).collect();
    let say = |line: &str| context.talk.say(line);
    say(&format!(
        "{} with {} is at {}. In another terminal:\n",
        paint(HEADING, "A local Zoho"),
        names.join(", "),
        sandbox.url()
    ));
    let address = sandbox.url();
    let mut variables =
        vec![(ENDPOINT, address.as_str()), (CLIENT_ID, sandbox.client_id()), (CLIENT_SECRET, sandbox.client_secret())];
    variables.extend((config.data_center != "us").then_some((DATA_CENTER, config.data_center.as_str())));
    let certificate = certificate(context, sandbox)?.map(|path| path.display().to_string());
    variables.extend(certificate.as_deref().map(|path| (CERTIFICATE_FILE, path)));
    for (name, value) in variables {
        say(&format!("  export {name}={value}"));
    }
    say("\nThen register the client and sign in, as with Zoho itself:\n");
    say("  zohoctl register");
    say("\nOr go without a sign-in:\n");
    say(&format!("  export {REFRESH_TOKEN}={}", sandbox.refresh_token()));
    for connector in &config.connectors {
        if let Some(key) = sandbox.api_key(&connector.name) {
            say(&format!("\n{} is called with a key of its own:\n\n  export {API_KEY}={key}", connector.title));
        }
    }
    let chosen: Vec<(&str, Vec<(&str, String)>)> =
        config.connectors.iter().map(|connector| (connector.name.as_str(), values(connector, sandbox))).collect();
    match chosen.as_slice() {
        [(_, values)] if values.len() == 1 => say(&format!("  export {ORGANIZATION}={}", values[0].1)),
        several => {
            let wanting: Vec<_> = several.iter().filter(|(_, values)| !values.is_empty()).collect();
            if !wanting.is_empty() {
                say("\nA call then says for which organisation, portal or account it is:\n");
            }
            for (service, values) in wanting {
                say(&format!("  zohoctl invoke {service} …{}", flags(values)));
            }
        }
    }
    accounts::introduce(context, config, sandbox);
    say("\nIts data ends with it. Ctrl-C ends it.");
    Ok(())
}

/// A good value for each that a service's connection asks for.
fn values<'c>(connector: &'c Connector, sandbox: &Sandbox) -> Vec<(&'c str, String)> {
    let names = connector.connection.keys();
    names.filter_map(|name| Some((name.as_str(), sandbox.connection_value(&connector.name, name)?))).collect()
}

/// The options that give these values; the last is the organisation.
fn flags(values: &[(&str, String)]) -> String {
    let flag = |(position, (name, value)): (usize, &(&str, String))| {
        let quoted = if value.contains(' ') { format!("'{value}'") } else { value.clone() };
        if position + 1 == values.len() { format!(" --org {quoted}") } else { format!(" --set {name}={quoted}") }
    };
    values.iter().enumerate().map(flag).collect()
}

/// Writes the certificate of its authority, for those who are to trust it.
fn certificate(context: &Context, sandbox: &Sandbox) -> Result<Option<PathBuf>> {
    let Some(pem) = sandbox.ca_pem() else { return Ok(None) };
    let folder = &context.settings.config_folder;
    let path = folder.join("sandbox-ca.pem");
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, pem));
    written.with_context(|| format!("cannot write {}", path.display()))?;
    Ok(Some(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_records_is_read_by_list_or_for_all() {
        let (mut by_list, mut all) = (BTreeMap::new(), 120);
        for word in ["tickets=10000", "/Contacts=5000", "desk.Ticket=9", "Record=3", "50"] {
            records(word, &mut by_list, &mut all).unwrap();
        }
        let lists: Vec<(&str, usize)> = by_list.iter().map(|(list, number)| (list.as_str(), *number)).collect();
        assert_eq!(lists, [("/Contacts", 5000), ("/tickets", 10000), ("Record", 3), ("desk.Ticket", 9)]);
        assert_eq!(all, 50);
        assert!(records("tickets", &mut by_list, &mut all).is_err());
        assert!(records("tickets=many", &mut by_list, &mut all).is_err());
    }

    #[test]
    fn values_become_options_that_a_shell_takes() {
        let values = [("owner", "Amber Foundry".to_owned()), ("app", "orders".to_owned())];
        assert_eq!(flags(&values), " --set owner='Amber Foundry' --org orders");
    }
}
