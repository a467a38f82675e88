//! Who watches a call: a person by `--trace`, a file by `--har`, or both.

use std::sync::Arc;

use anyhow::Result;
use zoho_core::{Event, Observer};

use crate::talk::Talk;

use super::har::Har;
use super::{InvokeArgs, trace};

/// As much of each body as goes into a file of exchanges.
const LARGEST_BODY: usize = 1 << 20;

/// The watchers of a call.
#[derive(Debug, Default)]
pub(super) struct Watch {
    talk: Talk,
    trace: bool,
    har: Option<Har>,
}

impl Watch {
    /// Those that the options ask for. The file is opened before anything is sent.
    pub(super) fn new(talk: Talk, args: &InvokeArgs) -> Result<Arc<Self>> {
        let har = args.har.as_deref().map(Har::create).transpose()?;
        Ok(Arc::new(Self { talk, trace: args.trace, har }))
    }

    /// The observer for the engine.
    pub(super) fn observer(self: &Arc<Self>) -> Option<Arc<dyn Observer>> {
        Some(Arc::clone(self) as Arc<dyn Observer>)
    }

    /// Ends the file of exchanges, however the call has ended.
    pub(super) fn finish(&self) -> Result<()> {
        self.har.as_ref().map_or(Ok(()), Har::finish)
    }
}

impl Observer for Watch {
    fn event(&self, event: &Event<'_>) {
        if self.trace {
            trace::print(event);
        } else if let Event::NotKept { reason } = event {
            // Nothing is lost, but the next command has to ask Zoho again, which it may do ten times in ten minutes.
            self.talk.warn(format!("the new access token could not be kept: {reason}"));
        }
        if let (Some(har), Event::Exchanged(exchange)) = (&self.har, event) {
            har.add(exchange);
        }
    }

    fn keeps_of_bodies(&self) -> Option<usize> {
        self.har.as_ref().map(|_| LARGEST_BODY)
    }
}
