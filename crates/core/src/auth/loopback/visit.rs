//! Who comes to the listener, and whether they are let in.

use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

/// The most bytes of a browser's request that are read.
const LONGEST: usize = 16 * 1024;
/// How long a visitor may take to say what they want. Some connections are opened ahead of need and say nothing.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where the listener is, as a browser names it.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) port: u16,
    pub(super) path: String,
}

/// What a visitor wants.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Visit {
    /// To bring an answer, by this address.
    Callback(Url),
    /// Something that is refused, with the status and the reason.
    Refused(u16, &'static str),
}

/// Reads a request. Nothing where none comes.
pub(super) async fn look(stream: &mut TcpStream, place: &Place) -> Option<Visit> {
    let head = timeout(PATIENCE, head(stream)).await.ok().flatten()?;
    Some(judge(&head, place))
}

async fn head(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 2048];
    while !bytes.windows(4).any(|window| window == b"\r\n\r\n") {
        let count = stream.read(&mut chunk).await.ok()?;
        if count == 0 || bytes.len() > LONGEST {
            return None;
        }
        bytes.extend_from_slice(&chunk[..count]);
    }
    String::from_utf8(bytes).ok()
}

/// Judges the head of a request.
///
/// A page of another site may have its own host name resolved to 127.0.0.1 and talk to whatever listens here (DNS
/// rebinding): it names its own host, and is refused. Scripts of other sites say so by `Origin` or `Sec-Fetch-Mode`; a
/// browser that was sent here by the accounts server navigates.
fn judge(head: &str, place: &Place) -> Visit {
    let mut lines = head.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let headers: Vec<(&str, &str)> =
        lines.filter_map(|line| line.split_once(':')).map(|(name, value)| (name.trim(), value.trim())).collect();
    let header = |wanted: &str| {
        let mut found = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        (found.next().map(|(_, value)| *value), found.next().is_none())
    };
    let is_here = |host: &str| names(place).iter().any(|name| name.eq_ignore_ascii_case(host));
    match header("host") {
        (Some(host), true) if is_here(host) => {}
        _ => return Visit::Refused(403, "the request names another host"),
    }
    let mode = header("sec-fetch-mode").0;
    let navigates = mode.is_some_and(|mode| mode.eq_ignore_ascii_case("navigate"));
    // A browser that was redirected here from a form may keep an `Origin` that names nobody.
    let is_good = |origin: &str| match origin.strip_prefix("http://") {
        Some(host) => is_here(host),
        None => origin == "null" && navigates,
    };
    if header("origin").0.is_some_and(|origin| !is_good(origin)) {
        return Visit::Refused(403, "the request comes from a page of another site");
    }
    if mode.is_some() && !navigates {
        return Visit::Refused(403, "the request comes from a script and not from the address line");
    }
    let address = target.starts_with('/').then(|| Url::parse(&format!("http://127.0.0.1:{}{target}", place.port)).ok());
    match address.flatten() {
        Some(address) if address.path() != place.path => Visit::Refused(404, "nothing is here"),
        Some(_) if method != "GET" => Visit::Refused(405, "only GET is answered"),
        Some(address) => Visit::Callback(address),
        None => Visit::Refused(400, "the request cannot be read"),
    }
}

/// The hosts that a request may name.
fn names(place: &Place) -> Vec<String> {
    let hosts = ["127.0.0.1", "localhost"];
    let with_port = hosts.iter().map(|host| format!("{host}:{}", place.port));
    let bare = hosts.iter().filter(|_| place.port == 80).map(|host| (*host).to_owned());
    with_port.chain(bare).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(target: &str, headers: &[&str]) -> Visit {
        let place = Place { port: 8765, path: "/callback".into() };
        judge(&format!("{target} HTTP/1.1\r\n{}\r\n\r\n", headers.join("\r\n")), &place)
    }

    fn is_let_in(headers: &[&str]) -> bool {
        matches!(judged("GET /callback?code=1", headers), Visit::Callback(_))
    }

    #[test]
    fn a_browser_that_was_sent_here_is_let_in() {
        assert!(is_let_in(&["Host: 127.0.0.1:8765"]));
        assert!(is_let_in(&["host:LOCALHOST:8765", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Site: cross-site"]));
        assert!(is_let_in(&["Host: 127.0.0.1:8765", "Origin: http://127.0.0.1:8765"]));
        assert!(is_let_in(&["Host: 127.0.0.1:8765", "Origin: null", "Sec-Fetch-Mode: navigate"]));
    }

    #[test]
    fn another_host_is_refused() {
        for host in ["evil.org:8765", "127.0.0.1", "127.0.0.1:8766", "127.0.0.1:8765.evil.org", "", "[::1]:8765"] {
            assert!(!is_let_in(&[&format!("Host: {host}")]), "{host}");
        }
        assert!(!is_let_in(&[]));
        assert!(!is_let_in(&["Host: 127.0.0.1:8765", "Host: evil.org"]));
    }

    #[test]
    fn a_page_of_another_site_is_refused() {
        for line in [
            "Origin: https://evil.org",
            "Origin: null",
            "Origin: https://127.0.0.1:8765",
            "Sec-Fetch-Mode: no-cors",
            "Origin: null\r\nSec-Fetch-Mode: cors",
            "Origin: https://evil.org\r\nSec-Fetch-Mode: navigate",
        ] {
            assert!(!is_let_in(&["Host: 127.0.0.1:8765", line]), "{line}");
        }
    }

    #[test]
    fn only_the_path_of_the_redirect_url_is_there() {
        let here = ["Host: 127.0.0.1:8765"];
        assert_eq!(judged("GET /favicon.ico", &here), Visit::Refused(404, "nothing is here"));
        assert_eq!(judged("GET /callback/x?code=1", &here), Visit::Refused(404, "nothing is here"));
        assert_eq!(judged("POST /callback?code=1", &here), Visit::Refused(405, "only GET is answered"));
        for target in ["GET http://evil.org/callback", "GET", "GET @evil.org/callback", "\0"] {
            assert!(matches!(judged(target, &here), Visit::Refused(..)), "{target}");
        }
    }
}
