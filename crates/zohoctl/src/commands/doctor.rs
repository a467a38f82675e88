//! `zohoctl doctor`: looks at everything that a call needs, one thing after the other, and says what to do about what is
//! wrong.

use std::time::{Duration, SystemTime};

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};
use zoho_connector::DataCenter;
use zoho_core::{Clock, Endpoint, Reached, TransportOptions, called_hosts, reach};

use crate::connection;
use crate::context::Context;
use crate::environment::{self, ENDPOINT, PROXIES};
use crate::exit::{Problem, Status};
use crate::output::print;
use crate::style::{ERROR, HINT, NAME, WARNING, paint};
use crate::{runtime, vault};

mod sign_ins;

/// A clock that is off by more seconds than this makes tokens seem to end too late or too soon.
const CLOCK_TOLERANCE: u64 = 60;

const EXAMPLES: &str = "\
It looks at the vault, the proxy, the accounts server and its clock, every host that the connections
would call, and the connections' tokens. It sends no token and changes nothing.

Examples:
  zohoctl doctor
  zohoctl doctor desk-eu            one connection only
  zohoctl doctor --output json      for a program";

/// The arguments of `doctor`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DoctorArgs {
    /// The connections to look at; all of them unless given
    connections: Vec<String>,

    /// Where to look while there is no connection: us, eu, in, au, jp, ca, … [env: ZOHO_DATA_CENTER]
    #[arg(long, value_name = "WORD")]
    data_center: Option<String>,
}

/// How one thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Health {
    Good,
    Poor,
    Bad,
}

impl Health {
    fn word(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Poor => "warning",
            Self::Bad => "error",
        }
    }
}

/// One thing that was looked at.
struct Finding {
    health: Health,
    what: String,
    words: String,
    cure: Option<String>,
}

impl Finding {
    fn good(what: impl Into<String>, words: impl Into<String>) -> Self {
        Self { health: Health::Good, what: what.into(), words: words.into(), cure: None }
    }

    fn poor(what: impl Into<String>, words: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { health: Health::Poor, what: what.into(), words: words.into(), cure: Some(cure.into()) }
    }

    fn bad(what: impl Into<String>, error: &zoho_core::Error) -> Self {
        let cure = error.hint().map(str::to_owned);
        Self { health: Health::Bad, what: what.into(), words: error.to_string(), cure }
    }

    fn as_json(&self) -> Value {
        json!({ "what": self.what, "health": self.health.word(), "words": self.words, "cure": self.cure })
    }

    fn as_text(&self) -> String {
        let style = match self.health {
            Health::Good => NAME,
            Health::Poor => WARNING,
            Health::Bad => ERROR,
        };
        let cure =
            self.cure.iter().map(|cure| format!("         {}: {cure}\n", paint(HINT, "hint"))).collect::<String>();
        format!("{:8} {}: {}\n{cure}", paint(style, format!("{:8}", self.health.word())), self.what, self.words)
    }
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &DoctorArgs) -> Result<Status> {
    let findings = runtime::block_on(runtime::interruptible_any(look(context, args)))?;
    if context.output.wants_data() {
        context.output.value(&findings.iter().map(Finding::as_json).collect::<Value>())?;
    } else {
        print(&findings.iter().map(Finding::as_text).collect::<String>())?;
    }
    let bad = findings.iter().any(|finding| finding.health == Health::Bad);
    Ok(if bad { Status::Failed } else { Status::Ok })
}

async fn look(context: &Context, args: &DoctorArgs) -> Result<Vec<Finding>> {
    let mut findings = vec![configuration(context), proxy()];
    let options = connection::transport()?;
    let endpoint = connection::endpoint_of(None)?;
    findings.extend(endpoint.as_ref().map(|endpoint| {
        let cure = format!("unset {ENDPOINT} to call Zoho itself");
        Finding::poor("endpoint", format!("every request goes to {}", endpoint.as_str()), cure)
    }));
    let signed_in = match vault(context).await {
        Ok((finding, vault)) => {
            findings.push(finding);
            sign_ins::of(context, &vault, &args.connections, &mut findings).await?
        }
        Err(finding) => {
            findings.push(*finding);
            Vec::new()
        }
    };
    if signed_in.is_empty() {
        let word = args.data_center.clone().or_else(|| environment::read(environment::DATA_CENTER));
        let center = connection::data_center_of_word(context, word.as_deref().unwrap_or("us"))?;
        accounts(center, endpoint.as_ref(), &options, &mut findings).await;
        return Ok(findings);
    }
    let mut seen = Vec::new();
    for (opened, services) in &signed_in {
        let endpoint = endpoint.as_ref().or(opened.endpoint.as_ref());
        if once(&mut seen, &opened.data_center.accounts, endpoint) {
            accounts(&opened.data_center, endpoint, &options, &mut findings).await;
        }
        for service in services {
            let Ok(connector) = context.library.connector(service) else { continue };
            for host in called_hosts(&connector, opened) {
                if once(&mut seen, &host, endpoint) {
                    findings.push(host_finding(&host, &reach(&host, endpoint, &options).await));
                }
            }
        }
    }
    Ok(findings)
}

/// Whether a host over an endpoint is asked for the first time.
fn once(seen: &mut Vec<(String, Option<String>)>, host: &str, endpoint: Option<&Endpoint>) -> bool {
    let key = (host.to_owned(), endpoint.map(|endpoint| endpoint.as_str().to_owned()));
    let new = !seen.contains(&key);
    if new {
        seen.push(key);
    }
    new
}

fn configuration(context: &Context) -> Finding {
    let folder = &context.settings.config_folder;
    let words =
        if folder.is_dir() { folder.display().to_string() } else { format!("{}, not made yet", folder.display()) };
    Finding::good("configuration", words)
}

fn proxy() -> Finding {
    let set: Vec<&str> = PROXIES.iter().copied().filter(|name| environment::read(name).is_some()).collect();
    match set.as_slice() {
        [] => Finding::good("proxy", "none is set"),
        set => Finding::good("proxy", format!("taken from {}", set.join(", "))),
    }
}

async fn vault(context: &Context) -> Result<(Finding, zoho_core::Vault), Box<Finding>> {
    let opened = vault::open(context).await.map_err(|error| {
        let words = match error.downcast_ref::<Problem>() {
            Some(problem) => problem.to_string(),
            None => error.to_string(),
        };
        Box::new(Finding { health: Health::Bad, what: "vault".into(), words, cure: None })
    })?;
    match opened.names().await {
        Ok(names) => {
            let words = format!("{}; connections in it: {}", opened.place(), names.len());
            Ok((Finding::good("vault", words), opened))
        }
        Err(error) => Err(Box::new(Finding::bad("vault", &error))),
    }
}

/// The accounts server of a data centre, and its clock.
async fn accounts(
    center: &DataCenter,
    endpoint: Option<&Endpoint>,
    options: &TransportOptions,
    findings: &mut Vec<Finding>,
) {
    let reached = reach(&center.accounts, endpoint, options).await;
    findings.push(host_finding(&center.accounts, &reached));
    findings.extend(reached.ok().and_then(|reached| reached.date).map(clock));
}

fn clock(there: SystemTime) -> Finding {
    let here = SystemTime::UNIX_EPOCH + Duration::from_secs(Clock::System.now());
    let off = here.duration_since(there).unwrap_or_else(|error| error.duration()).as_secs();
    if off <= CLOCK_TOLERANCE {
        return Finding::good("clock", "agrees with Zoho's");
    }
    let direction = if here > there { "ahead of" } else { "behind" };
    let words = format!("{off} s {direction} Zoho's: tokens seem to end at the wrong time");
    Finding::poor("clock", words, "set the clock of this machine, or let it be kept by NTP")
}

fn host_finding(host: &str, reached: &Result<Reached, zoho_core::Error>) -> Finding {
    match reached {
        Ok(reached) => {
            let at = reached.addresses.first().map_or_else(String::new, |address| format!(" at {address}"));
            Finding::good(host, format!("answers{at} in {} ms", reached.elapsed.as_millis()))
        }
        Err(error) => Finding::bad(host, error),
    }
}
