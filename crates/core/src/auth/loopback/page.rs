//! The page that the person sees in the browser.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use crate::error::Error;

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:17px/1.5 system-ui,sans-serif;max-width:34em;margin:15vh auto 0;padding:0 1.5em}\
h1{font-size:1.5em;margin:0 0 .6em}\
p{margin:.4em 0}\
.good{border-left:.25em solid #2a9d4a;padding-left:1em}\
.bad{border-left:.25em solid #d13c3c;padding-left:1em}\
small{opacity:.7}";

/// Takes the code out of the address line, where it would be seen and kept.
const SCRIPT: &str = "history.replaceState(null,'',location.pathname)";

/// A page with its status.
#[derive(Debug)]
pub(super) struct Page {
    status: u16,
    title: &'static str,
    /// What happened.
    words: String,
    /// What to do next.
    next: String,
}

impl Page {
    /// What came of a sign-in.
    pub(super) fn of(outcome: Result<&str, &Error>) -> Self {
        match outcome {
            Ok(words) => Self {
                status: 200,
                title: "It worked",
                words: words.to_owned(),
                next: "You can close this page and go back to the program.".to_owned(),
            },
            Err(error) => Self {
                status: 400,
                title: "It did not work",
                words: format!("Signing in failed: {error}."),
                next: error.hint().map_or_else(|| "The program says more.".to_owned(), sentence),
            },
        }
    }

    /// For somebody who is not let in.
    pub(super) fn refusal(status: u16, why: &str) -> Self {
        let next =
            "If you came here from a sign-in, go back to the program: it still waits for its own answer.".to_owned();
        Self { status, title: "Not here", words: sentence(why), next }
    }

    /// For an answer that came before.
    pub(super) fn again() -> Self {
        Self {
            status: 200,
            title: "Done already",
            words: "This answer was taken before, and an answer counts once.".to_owned(),
            next: "You can close this page and go back to the program.".to_owned(),
        }
    }

    /// The whole HTTP message. The page loads nothing, leads nowhere, is shown in no frame and kept nowhere: its address
    /// has a code in it. Style and script are its own, by their hashes.
    pub(super) fn message(&self) -> String {
        let class = if self.status == 200 { "good" } else { "bad" };
        let (words, next) = (escaped(&self.words), escaped(&self.next));
        let page = format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} – Zoho sign-in</title>\
             <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style>\
             <script>{SCRIPT}</script></head>\
             <body><main class=\"{class}\"><h1>{title}</h1><p>{words}</p><p><small>{next}</small></p></main></body></html>\n",
            title = self.title,
        );
        let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text.as_bytes()));
        format!(
            "HTTP/1.1 {status} {reason}\r\n\
             Content-Type: text/html; charset=utf-8\r\n\
             Content-Length: {length}\r\n\
             Connection: close\r\n\
             Cache-Control: no-store\r\n\
             Referrer-Policy: no-referrer\r\n\
             X-Content-Type-Options: nosniff\r\n\
             Content-Security-Policy: default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n\
             Cross-Origin-Opener-Policy: same-origin\r\n\
             \r\n{page}",
            status = self.status,
            reason = reason(self.status),
            length = page.len(),
            style = hash(STYLE),
            script = hash(SCRIPT),
        )
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        _ => "Bad Request",
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn a_page_leaks_nothing_and_runs_nothing_of_others() {
        let message = Page::of(Ok("You are signed in.")).message();
        for header in [
            "Referrer-Policy: no-referrer",
            "Cache-Control: no-store",
            "X-Content-Type-Options: nosniff",
            "Content-Security-Policy: default-src 'none'; style-src 'sha256-",
            "frame-ancestors 'none'",
        ] {
            assert!(message.contains(header), "{header}");
        }
        assert!(message.contains("script-src 'sha256-") && !message.contains("unsafe"));
        assert_eq!(message.matches("<script").count(), 1);
        assert!(!message.contains("href") && !message.contains("src="));
    }

    #[test]
    fn what_came_from_outside_is_text() {
        let error = Error::new(ErrorKind::SignIn, "<img src=x onerror=alert(1)>").with_hint("do \"this\"");
        let message = Page::of(Err(&error)).message();
        assert!(!message.contains("<img") && message.contains("&lt;img"), "{message}");
        assert!(message.starts_with("HTTP/1.1 400 ") && message.contains("Do &quot;this&quot;."));
    }
}
