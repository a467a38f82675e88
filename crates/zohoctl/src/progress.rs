//! How far a long read is, on the terminal of a person who waits.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// The shortest time between two drawings.
const PAUSE: Duration = Duration::from_millis(100);
/// How long a read goes on before anything is shown.
const PATIENCE: Duration = Duration::from_millis(700);

/// A line on standard error that is drawn over and over, and taken away at the end.
#[derive(Debug)]
pub(crate) struct Progress {
    shown: bool,
    wanted: bool,
    begun: Instant,
    drawn: Instant,
}

impl Progress {
    /// Progress for a person: only where standard error is a terminal, and the data does not go by on one.
    pub(crate) fn new(quiet: bool, is_seen: bool) -> Self {
        let wanted = !quiet && std::io::stderr().is_terminal() && !is_seen;
        Self { shown: false, wanted, begun: Instant::now(), drawn: Instant::now() }
    }

    /// Says how much is done.
    pub(crate) fn show(&mut self, words: impl FnOnce() -> String) {
        if !self.wanted || self.begun.elapsed() < PATIENCE || (self.shown && self.drawn.elapsed() < PAUSE) {
            return;
        }
        let seconds = self.begun.elapsed().as_secs();
        self.draw(&format!("{}, {seconds} s", words()));
        self.shown = true;
        self.drawn = Instant::now();
    }

    /// Takes the line away.
    pub(crate) fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            self.draw("");
        }
    }

    fn draw(&self, words: &str) {
        let mut stderr = std::io::stderr();
        // Progress that cannot be shown is not worth an error.
        let _ = write!(stderr, "\r\x1b[2K{words}").and_then(|()| stderr.flush());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
