//! `zohoctl limits`: what a service declares of its limits, and what is known of them now.

use anyhow::Result;
use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};
use zoho_connector::limits::RateLimit;
use zoho_connector::{Connector, FailureKind, describe};
use zoho_core::{Clock, KnownLimit, Limits};

use crate::context::Context;
use crate::exit::Status;
use crate::output::print;
use crate::output::table::{Table, page_width, wrap};
use crate::style::{HEADING, paint};

const EXAMPLES: &str = "\
What replies have said is remembered: what is left, and until when the service takes no calls. With
--share-limits commands also write down what they use, so that together they stay within it.

Examples:
  zohoctl limits desk
  zohoctl limits crm --output json
  zohoctl invoke desk tickets.list --all --share-limits --max-wait 600 > tickets.jsonl";

/// The arguments of `limits`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct LimitsArgs {
    /// The service
    service: String,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &LimitsArgs) -> Result<Status> {
    let connector = context.library.connector(&args.service)?;
    let known = match &context.settings.cache_folder {
        Some(folder) => Limits::shared_in(folder).known(&Clock::System)?,
        None => Vec::new(),
    };
    let known: Vec<KnownLimit> = known.into_iter().filter(|known| known.service == connector.name).collect();
    if context.output.wants_data() {
        context.output.value(&as_json(&connector, &known))?;
    } else {
        print(&page(&connector, &known, page_width()))?;
    }
    Ok(Status::Ok)
}

fn as_json(connector: &Connector, known_limits: &[KnownLimit]) -> Value {
    let declared = |limit: &RateLimit| {
        json!({
            "class": limit.name,
            "per": limit.per,
            "at_once": limit.concurrent.map(|(least, most)| json!({ "least": least, "most": most })),
            "window_seconds": limit.window,
            "max": limit.max,
            "unit": limit.unit.as_deref().unwrap_or("calls"),
            "lock_seconds": limit.lock,
            "header": limit.remaining,
            "apis": apis(connector, limit),
        })
    };
    let known = |known: &KnownLimit| {
        json!({
            "class": known.class,
            "place": known.place,
            "who": known.who,
            "left": known.left.map(|(left, at)| json!({ "count": left, "said_at": time(at) })),
            "used": known.used,
            "refused": known.refused.map(FailureKind::as_str),
            "until": known.until.and_then(time),
            "at_once": known.at_once,
            "running": known.running,
        })
    };
    json!({
        "service": connector.name,
        "declared": connector.rate_limits.values().map(declared).collect::<Vec<_>>(),
        "known": known_limits.iter().map(known).collect::<Vec<_>>(),
    })
}

fn page(connector: &Connector, known: &[KnownLimit], width: usize) -> String {
    let mut text = format!("{}  {}\n", paint(HEADING, &connector.name), connector.title);
    if connector.rate_limits.is_empty() {
        text.push_str(&wrap("Nobody has published limits of this service; a 429 is obeyed all the same.", width, 0));
    }
    let mut declared = Table::default().indented(2);
    for limit in connector.rate_limits.values() {
        declared.row([limit.name.clone(), describe::limit(limit)]);
        if let Some(words) = counted(connector, limit) {
            declared.row([String::new(), words]);
        }
    }
    text.push_str(&declared.wrapped(width));
    if known.is_empty() {
        text.push_str(&format!("\n{}", wrap("No reply has told more yet.", width, 0)));
        return text;
    }
    text.push_str(&format!("\n{}\n", paint(HEADING, "Known now")));
    let mut table = Table::default().indented(2);
    for known in known {
        table.row([known.class.clone(), format!("{} ({})", known.who, known.place)]);
        words(known).into_iter().for_each(|words| table.row([String::new(), words]));
    }
    text.push_str(&table.wrapped(width));
    text
}

/// The APIs that count to a class by name; every call counts to `default`.
fn apis<'a>(connector: &'a Connector, limit: &RateLimit) -> Vec<&'a str> {
    let counts = |rate: &Option<String>| rate.as_ref().is_some_and(|rate| *rate == limit.name);
    connector.apis.values().filter(|api| counts(&api.rate)).map(|api| api.name.as_str()).collect()
}

fn counted(connector: &Connector, limit: &RateLimit) -> Option<String> {
    let apis = apis(connector, limit);
    (!apis.is_empty()).then(|| format!("counts {}", apis.join(", ")))
}

/// What is known of a limit, a sentence each.
fn words(known: &KnownLimit) -> Vec<String> {
    let shown = |at: u64| time(at).unwrap_or_default();
    let left = known.left.map(|(left, at)| format!("{left} left, as the service said at {}", shown(at)));
    let refused = known.refused.map(|kind| {
        let why = match kind {
            FailureKind::QuotaSpent => "the quota is spent",
            FailureKind::LockedOut => "the service shuts this caller out",
            _ => "the service wants to be left alone",
        };
        let until = known.until.map(|at| format!("until {}", shown(at)));
        format!("{why}, {}", until.unwrap_or_else(|| "and did not say until when".to_owned()))
    });
    let used = known.used.filter(|used| *used > 0).map(|used| format!("{used} used in the window that slides"));
    let at_once = known.at_once.map(|count| format!("{count} at once, as was learnt"));
    let running = (known.running > 0).then(|| format!("{} under way", known.running));
    [refused, left, used, at_once, running].into_iter().flatten().collect()
}

fn time(milliseconds: u64) -> Option<String> {
    let time = Timestamp::from_millisecond(i64::try_from(milliseconds).ok()?).ok()?;
    Some(time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
