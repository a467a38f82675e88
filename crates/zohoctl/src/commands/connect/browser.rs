//! The person's browser.

use std::process::{Command, Stdio};

use crate::context::Context;
use crate::talk::line_out;

/// Sends a person to an address: opens the browser where that is wanted and works, and prints the address anyway.
pub(super) fn send(context: &Context, address: &str, open: bool) {
    let opened = open && opens(address);
    if opened {
        context.talk.say("Your browser shows what is asked for. Where it does not, open this address:");
    } else {
        context.talk.say("Open this address in a browser on this machine and accept:");
    }
    // Said even when quiet: without it nothing can go on.
    if !opened || !context.talk.quiet {
        line_out(&format!("\n  {address}\n"));
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
