//! The person at the terminal, as a sign-in needs them.

use std::time::Duration;

use url::Url;
use zoho_core::{Error, ErrorKind, Notice, Pending, Person, UserCode};

use super::browser::{self, Screen};
use crate::style::{HEADING, paint};
use crate::talk::{self, Talk, line_out};

/// The person at the terminal.
pub(super) struct Terminal {
    /// What is said.
    pub(super) talk: Talk,
    /// Whether a browser can be opened here.
    pub(super) screen: Screen,
    /// Whether the person brings back by hand what the browser was sent to.
    pub(super) pastes: bool,
    /// The port of this machine that the browser is sent back to.
    pub(super) port: Option<u16>,
}

impl Person for Terminal {
    fn browse(&self, address: &Url) {
        if self.pastes {
            self.talk.say("Open this address in any browser and accept. Where it is sent to then may be an error page: that is all right.");
            line_out(&format!("\n  {address}\n"));
        } else {
            browser::send(self.talk, address.as_str(), self.screen, self.port);
        }
    }

    fn enter_code(&self, code: &UserCode) {
        // Said even when quiet: without it nothing can go on.
        line_out(&format!("Open this address on any device, and enter the code {}:", paint(HEADING, &code.code)));
        line_out(&format!("\n  {}\n", code.address));
        if let Some(complete) = &code.complete {
            self.talk.say(format!("Or this one, which has the code in it already:\n\n  {complete}\n"));
        }
        self.talk.say(format!("The code is good for {}.", in_words(code.life)));
    }

    fn paste(&self) -> Pending<'_, String> {
        Box::pin(async {
            let asked = talk::ask_meanwhile("The address that the browser shows now (or the code in it):".to_owned());
            let answer = asked.await.map_err(|error| Error::new(ErrorKind::Io, error.to_string()))?;
            answer.ok_or_else(|| {
                Error::new(ErrorKind::SignIn, "nothing was pasted")
                    .with_hint("run it again, and give the address that the browser was sent to on standard input")
            })
        })
    }

    fn notice(&self, notice: &Notice) {
        match notice {
            Notice::TurnedAway(why) => {
                self.talk.warn(format!("somebody was turned away: {why}; still waiting for you"));
            }
            Notice::PasteAgain(why) => self.talk.warn(format!("that cannot be used: {why}")),
            Notice::Moved(center) => {
                self.talk.say(format!("Your account lives in {} ({}); going on there.", center.name, center.id));
            }
            Notice::NewConsent(why) => {
                self.talk
                    .say(format!("The scopes cannot be added to what is there ({why}); asking for a new consent."));
            }
            // It is asked every few seconds: saying so each time would fill the screen.
            _ => {}
        }
    }
}

fn in_words(life: Duration) -> String {
    match life.as_secs() {
        seconds if seconds < 120 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", seconds / 60),
    }
}
