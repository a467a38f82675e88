//! `--trace`: what happens during a call, on standard error. Events hold no secret.

use zoho_core::{Event, Observer};

use crate::style::{DIM, paint};
use crate::talk::line_out;

/// Prints every event.
#[derive(Debug)]
pub(super) struct Trace;

impl Observer for Trace {
    fn event(&self, event: &Event<'_>) {
        let line = match event {
            Event::Sending { method, url, attempt: 1 } => format!("→ {method} {url}"),
            Event::Sending { method, url, attempt } => format!("→ {method} {url} (try {attempt})"),
            Event::Received { status, elapsed, size } => {
                format!("← {status}, {size} bytes, {} ms", elapsed.as_millis())
            }
            Event::Retrying { pause, reason } => format!("  again in {} ms: {reason}", pause.as_millis()),
            Event::Refreshed => "  a new access token was asked for".to_owned(),
            _ => return,
        };
        line_out(&paint(DIM, line));
    }
}
