//! Who watches a call: a person by `--trace`, a file by `--har`, or both.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use zoho_core::{Event, Observer};

use crate::progress::Progress;
use crate::talk::Talk;

use super::har::Har;
use super::{InvokeArgs, trace};

/// A wait that is as long as this is told of.
const NOTICED: Duration = Duration::from_secs(2);

/// As much of each body as goes into a file of exchanges.
const LARGEST_BODY: usize = 1 << 20;

/// The watchers of a call.
#[derive(Debug, Default)]
pub(super) struct Watch {
    talk: Talk,
    trace: bool,
    har: Option<Har>,
    /// Until when the wait lasts that was told of.
    told: Mutex<Option<Instant>>,
    /// How far files on their way are.
    progress: Mutex<Option<Progress>>,
}

impl Watch {
    /// Those that the options ask for. The file is opened before anything is sent.
    pub(super) fn new(talk: Talk, args: &InvokeArgs) -> Result<Arc<Self>> {
        let har = args.har.as_deref().map(Har::create).transpose()?;
        Ok(Arc::new(Self { talk, trace: args.trace, har, told: Mutex::default(), progress: Mutex::default() }))
    }

    /// The observer for the engine.
    pub(super) fn observer(self: &Arc<Self>) -> Option<Arc<dyn Observer>> {
        Some(Arc::clone(self) as Arc<dyn Observer>)
    }

    /// Says what a person should know who watches nothing in particular.
    fn tell(&self, event: &Event<'_>) {
        match event {
            // Nothing is lost, but the next command has to ask Zoho again, which it may do ten times in ten minutes.
            Event::NotKept { reason } => self.talk.warn(format!("the new access token could not be kept: {reason}")),
            Event::Waiting { pause, reason } | Event::Retrying { pause, reason } if *pause >= NOTICED => {
                let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
                // Calls side by side wait for the same.
                if told.is_none_or(|until| until <= Instant::now()) {
                    *told = Some(Instant::now() + *pause);
                    self.talk.say(format!("waiting {} s: {reason}", pause.as_secs_f64().ceil()));
                }
            }
            Event::Uploading { sent, size } => {
                let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
                let progress = progress.get_or_insert_with(|| Progress::new(self.talk.quiet, false));
                progress.show(|| format!("{sent} of {size} bytes sent"));
                if sent >= size {
                    progress.clear();
                }
            }
            _ => {}
        }
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
        } else {
            self.tell(event);
        }
        if let (Some(har), Event::Exchanged(exchange)) = (&self.har, event) {
            har.add(exchange);
        }
    }

    fn wants_requests(&self) -> bool {
        self.trace || self.har.is_some()
    }

    fn keeps_of_bodies(&self) -> Option<usize> {
        self.har.as_ref().map(|_| LARGEST_BODY)
    }
}
