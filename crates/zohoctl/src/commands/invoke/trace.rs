//! `--trace`: what happens during a call, on standard error. Events hold no secret.

use zoho_core::{Event, Headers};

use crate::style::{DIM, paint};
use crate::talk::line_out;

/// Prints an event.
pub(super) fn print(event: &Event<'_>) {
    match event {
        Event::Sending { method, url, attempt, headers } => {
            let again = if *attempt > 1 { format!(" (try {attempt})") } else { String::new() };
            line(format!("→ {method} {url}{again}"));
            lines(headers);
        }
        Event::Received { status, elapsed, size, headers } => {
            line(format!("← {status}, {size} bytes, {} ms", elapsed.as_millis()));
            lines(headers);
        }
        Event::Retrying { pause, reason } => line(format!("  again in {} ms: {reason}", pause.as_millis())),
        Event::Waiting { pause, reason } => line(format!("  waits {} ms: {reason}", pause.as_millis())),
        Event::Refreshed => line("  a new access token was asked for".to_owned()),
        Event::NotKept { reason } => line(format!("  the new access token could not be kept: {reason}")),
        _ => {}
    }
}

fn lines(headers: &Headers<'_>) {
    headers.masked().into_iter().for_each(|(name, value)| line(format!("    {name}: {value}")));
}

fn line(text: String) {
    line_out(&paint(DIM, text));
}
