//! The person's browser.

use std::process::{Command, Stdio};

use crate::environment::{self, DISPLAY, SSH_CONNECTION, WAYLAND_DISPLAY};
use crate::talk::{Talk, line_out};

/// Whether a browser can be opened here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Screen {
    /// It can.
    Here,
    /// The person sits at another machine, and is here by SSH.
    Elsewhere,
    /// There is no screen.
    Nowhere,
    /// It could, but is not wanted.
    Unwanted,
}

impl Screen {
    /// What there is.
    pub(super) fn found() -> Self {
        let has_screen = environment::read(DISPLAY).or_else(|| environment::read(WAYLAND_DISPLAY)).is_some();
        if environment::read(SSH_CONNECTION).is_some() {
            Self::Elsewhere
        } else if has_screen || cfg!(any(windows, target_os = "macos")) {
            Self::Here
        } else {
            Self::Nowhere
        }
    }
}

/// Sends a person to an address: opens the browser where that is wanted and works, and prints the address anyway.
pub(super) fn send(talk: Talk, address: &str, screen: Screen, port: Option<u16>) {
    let opened = screen == Screen::Here && opens(address);
    if opened {
        talk.say("Your browser shows what is asked for. Where it does not, open this address:");
    } else {
        talk.say("Open this address in a browser on this machine and accept:");
    }
    // Said even when quiet: without it nothing can go on.
    if !opened || !talk.quiet {
        line_out(&format!("\n  {address}\n"));
    }
    let port = port.filter(|port| *port != 0).map_or_else(|| "PORT".to_owned(), |port| port.to_string());
    match screen {
        Screen::Elsewhere => talk.hint(format!(
            "you are here by SSH, and the browser has to find the way back: come by `ssh -L {port}:127.0.0.1:{port} …`, or use --paste"
        )),
        Screen::Nowhere => talk.hint("where the browser is on another machine, stop this and use --paste"),
        Screen::Here | Screen::Unwanted => {}
    }
}

fn opens(address: &str) -> bool {
    let (program, before): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        // `start` would read the address's `&`; this does not.
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    };
    let silent = Command::new(program)
        .args(before)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    silent.is_ok()
}
