//! What an accounts server answers. It says no with HTTP 200, so only the body counts.

use serde_json::{Map, Value};
use url::Url;
use zoho_connector::DataCenters;

use super::accounts_server::AccountsServer;
use super::refusal::{refusal, throttled};
use super::token::{AccessToken, RefreshToken, Tokens};
use crate::error::{Error, ErrorKind};

/// The longest that a token is believed to live, in seconds: a day. Zoho's live an hour.
const LONGEST_LIFE: u64 = 86_400;
/// How long a token lives where nothing is said.
const USUAL_LIFE: u64 = 3600;

/// The members of a good reply: an object without an `error`.
///
/// # Errors
/// [`ErrorKind::SignIn`] where the server said no, in whatever way, or something else than JSON;
/// [`ErrorKind::TokenLimit`] where it was asked too often; [`ErrorKind::Network`] where it does not work.
pub(crate) fn members(status: u16, body: &[u8], server: &AccountsServer<'_>) -> Result<Map<String, Value>, Error> {
    let object = match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(object)) => object,
        Ok(_) => return Err(not_an_answer("something that is no answer", status, body)),
        Err(_) if is_denied(body) || status == 429 => return Err(throttled().status_of(status)),
        Err(_) if status >= 500 => return Err(out_of_order(status)),
        Err(_) if body.iter().all(u8::is_ascii_whitespace) => {
            return Err(not_an_answer("an empty page", status, body));
        }
        Err(error) if error.is_eof() => {
            return Err(not_an_answer("an answer that is cut off", status, body)
                .with_hint("try again; if it stays so, a proxy between here and Zoho may cut it"));
        }
        Err(_) => return Err(not_an_answer("something else than JSON", status, body)),
    };
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    match object.get("error") {
        None | Some(Value::Null) => {}
        Some(error) => {
            let word = error.as_str().unwrap_or("error");
            return Err(refusal(word, text("error_description"), server).status_of(status));
        }
    }
    match status {
        429 => Err(throttled().status_of(status)),
        500.. => Err(out_of_order(status)),
        _ => Ok(object),
    }
}

/// Reads a reply with tokens.
///
/// # Errors
/// As [`members`], and [`ErrorKind::SignIn`] where no token came, [`ErrorKind::ForeignHost`] where the gateway is not
/// one of Zoho's.
pub(crate) fn tokens(status: u16, body: &[u8], server: &AccountsServer<'_>) -> Result<Tokens, Error> {
    let reply = members(status, body, server)?;
    let text = |name: &str| reply.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let Some(access) = text("access_token") else {
        let names: Vec<&str> = reply.keys().map(String::as_str).filter(|name| is_name(name)).collect();
        let hint =
            if names.is_empty() { "its answer is empty".to_owned() } else { format!("it sent {}", names.join(", ")) };
        return Err(Error::new(ErrorKind::SignIn, "the accounts server answered without a token")
            .status_of(status)
            .with_hint(format!("{hint}: that is none of Zoho's answers; try again, and look for a proxy in between")));
    };
    let life = lifetime(reply.get("expires_in_sec"), reply.get("expires_in"));
    Ok(Tokens {
        access: Some(AccessToken::new(access, server.clock.now().saturating_add(life)).lasting(life)),
        refresh: text("refresh_token").map(RefreshToken::new),
        scopes: text("scope").map(scopes).unwrap_or_default(),
        api_host: text("api_domain").map(|address| gateway_host(address, server.centers)).transpose()?,
        ..Tokens::default()
    })
}

/// Scopes come with blanks between, though they are asked for with commas; both are read.
pub(super) fn scopes(text: &str) -> Vec<String> {
    text.split(|c: char| c == ',' || c.is_whitespace()).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
}

/// The life of a token in seconds. Old replies have `expires_in` in milliseconds, beside `expires_in_sec`; numbers come
/// as text too. What no token lives for is held to be milliseconds, and what is still too long is not believed.
fn lifetime(seconds: Option<&Value>, either: Option<&Value>) -> u64 {
    let life = seconds.and_then(number).or_else(|| either.and_then(number)).unwrap_or(USUAL_LIFE);
    let life = if life > LONGEST_LIFE { life / 1000 } else { life };
    life.min(LONGEST_LIFE)
}

/// A whole number that is not negative, as a number or as text.
pub(crate) fn number(value: &Value) -> Option<u64> {
    let rounded = |number: f64| (number.is_finite() && number >= 0.0).then_some(number as u64);
    match value {
        Value::Number(number) => number.as_u64().or_else(|| number.as_f64().and_then(rounded)),
        Value::String(text) => text.trim().parse().ok().or_else(|| text.trim().parse().ok().and_then(rounded)),
        _ => None,
    }
}

/// The host of an `api_domain`, checked against the table: a token would go there.
fn gateway_host(api_domain: &str, centers: &DataCenters) -> Result<String, Error> {
    let url = Url::parse(api_domain).ok().filter(|url| url.scheme() == "https");
    match url.as_ref().and_then(Url::host_str) {
        Some(host) if centers.by_host(host).is_some() => Ok(host.to_owned()),
        _ => Err(Error::new(
            ErrorKind::ForeignHost,
            "the accounts server names a gateway that is not one of Zoho's hosts; no token is sent there",
        )
        .excerpt_of(api_domain.chars().filter(|c| !c.is_control()).take(100).collect())),
    }
}

fn not_an_answer(what: &str, status: u16, body: &[u8]) -> Error {
    let start = String::from_utf8_lossy(body.get(..200).unwrap_or(body)).trim_start().to_ascii_lowercase();
    let is_page = start.starts_with('<');
    let what = if is_page { "a web page instead of JSON" } else { what };
    let error = Error::new(ErrorKind::SignIn, format!("the accounts server answered with {what}")).status_of(status);
    if is_page {
        return error.with_hint("a proxy or the login page of a network may have answered in its place");
    }
    error
}

fn out_of_order(status: u16) -> Error {
    Error::new(ErrorKind::Network, "the accounts server does not work at the moment")
        .status_of(status)
        .with_hint("try again later")
}

/// Whether a body that is no JSON is the page that throttled callers get.
fn is_denied(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body.get(..4096).unwrap_or(body)).to_lowercase();
    text.trim() == "access denied" || text.contains("<title>access denied") || text.contains("too many requests")
}

/// Whether a member's name can be shown: what a server sends back may be anything.
fn is_name(name: &str) -> bool {
    name.len() <= 30 && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::super::refusal::Step;
    use super::*;
    use crate::clock::Clock;
    use crate::connection::ClientCredentials;
    use crate::transport::{Transport, TransportOptions};

    const NOW: u64 = 1000;

    fn read(status: u16, body: &[u8]) -> Result<Tokens, Error> {
        let clock = Clock::Manual(std::sync::Arc::new(NOW.into()));
        let transport = Transport::new(&TransportOptions::default(), None).unwrap();
        let client = ClientCredentials::new("1000.ID", "hidden");
        let centers = DataCenters::built_in();
        let center = centers.get("eu").unwrap();
        let server = AccountsServer {
            transport: &transport,
            client: &client,
            center,
            home: Some(center),
            centers,
            clock: &clock,
            step: Step::Refresh,
        };
        tokens(status, body, &server)
    }

    fn said(status: u16, body: &str) -> String {
        match read(status, body.as_bytes()) {
            Ok(tokens) => {
                let access = tokens.access.unwrap();
                format!("until {} scopes {:?} at {:?}", access.expires_at, tokens.scopes, tokens.api_host)
            }
            Err(error) => format!("{:?}: {error}", error.kind()),
        }
    }

    #[test]
    fn a_good_reply_is_read_in_seconds_and_milliseconds() {
        let good = r#"{"access_token":"1000.a","api_domain":"https://www.zohoapis.eu","expires_in":3600,"scope":"A.b.READ C.d.ALL"}"#;
        assert_eq!(said(200, good), r#"until 4600 scopes ["A.b.READ", "C.d.ALL"] at Some("www.zohoapis.eu")"#);
        assert_eq!(said(200, &good.replace("READ C", "READ, C")), said(200, good), "commas and blanks");
        for body in [
            r#"{"access_token":"1000.a","expires_in":3600000}"#,
            r#"{"access_token":"1000.a","expires_in":3600000,"expires_in_sec":3600}"#,
            r#"{"access_token":"1000.a","expires_in":"3600"}"#,
            r#"{"access_token":"1000.a","expires_in":3600.0,"error":null}"#,
            r#"{"access_token":"1000.a","expires_in":"soon"}"#,
            r#"{"access_token":"1000.a","expires_in":-5}"#,
            r#"{"access_token":"1000.a"}"#,
        ] {
            assert_eq!(said(200, body), "until 4600 scopes [] at None", "{body}");
        }
    }

    /// Whatever a reply says, a token ends within a day from now, and nothing overflows.
    #[test]
    fn no_life_is_longer_than_a_day() {
        let numbers = (0..64).flat_map(|bit| [1_u64 << bit, (1_u64 << bit) - 1]).chain([u64::MAX, 86_400, 86_401]);
        for number in numbers {
            let life = lifetime(None, Some(&number.into()));
            assert!(life <= LONGEST_LIFE, "{number}");
            assert_eq!(life, lifetime(Some(&number.into()), Some(&7.into())), "`expires_in_sec` wins");
            assert_eq!(life, lifetime(None, Some(&number.to_string().into())), "text is the same");
            if number <= LONGEST_LIFE {
                assert_eq!(life, number);
            } else {
                assert_eq!(life, (number / 1000).min(LONGEST_LIFE));
            }
        }
        assert!(lifetime(None, Some(&f64::MAX.into())) <= LONGEST_LIFE);
    }

    /// A peer made the header `Bearer None` of such a reply.
    #[test]
    fn wanted_b17_a_200_without_a_token_gives_no_token() {
        let error = read(200, br#"{"error":"invalid_code"}"#).unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::SignIn, Some(200)));
        assert_eq!(read(200, b"{}").unwrap_err().kind(), ErrorKind::SignIn);
    }

    /// Another failed on the missing key, without a word of the cause.
    #[test]
    fn wanted_b18_a_200_without_a_token_says_what_happened() {
        let without = "SignIn: the accounts server answered without a token (HTTP 200)";
        for body in [
            r#"{}"#,
            r#"{"status":"success"}"#,
            r#"{"access_token":""}"#,
            r#"{"access_token":null}"#,
            r#"{"access_token":7}"#,
            r#"{"access_token":{"token":"1000.a"}}"#,
        ] {
            assert_eq!(said(200, body), without, "{body}");
        }
        let sent = read(200, br#"{"status":"success","X-1000.secret":1}"#).unwrap_err();
        assert!(sent.hint().unwrap().starts_with("it sent status: "), "{:?}", sent.hint());
    }

    #[test]
    fn what_is_no_answer_says_what_it_is() {
        for (body, words) in [
            ("<html><body>Sign in</body></html>", "a web page instead of JSON"),
            ("\n  <!DOCTYPE html>", "a web page instead of JSON"),
            ("", "an empty page"),
            (" \r\n", "an empty page"),
            (r#"{"access_token":"1000.a","expi"#, "an answer that is cut off"),
            ("access_token=1000.a&expires_in=3600", "something else than JSON"),
            ("[]", "something that is no answer"),
            ("\"1000.a\"", "something that is no answer"),
            ("null", "something that is no answer"),
        ] {
            assert_eq!(
                said(200, body),
                format!("SignIn: the accounts server answered with {words} (HTTP 200)"),
                "{body}"
            );
        }
        assert!(read(200, &[0xff, 0xfe, b'{']).is_err());
    }

    #[test]
    fn a_server_that_does_not_work_is_not_a_refusal() {
        for body in ["", "<html>Bad Gateway</html>", "{}", r#"{"access_token":"1000.a"}"#] {
            assert!(said(502, body).starts_with("Network: the accounts server does not work"), "{body}");
        }
        assert!(said(500, r#"{"error":"invalid_code"}"#).starts_with("SignIn: the refresh token"));
    }

    #[test]
    fn being_throttled_is_known_in_every_form() {
        let described = r#"{"error":"access_denied","error_description":"You have made too many requests continuously. Please try again after some time."}"#;
        for (status, body) in [
            (200, described),
            (400, described),
            (200, r#"{"error":"access_denied"}"#),
            (200, r#"{"error":"Access Denied"}"#),
            (400, r#"{"error":"general_error","error_description":"You have made too many requests continuously."}"#),
            (200, "Access Denied"),
            (400, "<html><title>Access Denied</title></html>"),
            (429, ""),
            (429, "{}"),
        ] {
            let error = read(status, body.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TokenLimit, "{status} {body}: {error}");
            assert_eq!(error.retry_after(), Some(std::time::Duration::from_secs(600)));
        }
    }

    /// A peer sent the client secret to whatever host a reply named.
    #[test]
    fn wanted_b9_a_foreign_gateway_is_refused() {
        for gateway in
            ["https://www.zohoapis.com.evil.org", "http://www.zohoapis.eu", "www.zohoapis.eu", "https://x@evil.org"]
        {
            let reply = format!(r#"{{"access_token":"1000.a","api_domain":"{gateway}"}}"#);
            assert!(said(200, &reply).starts_with("ForeignHost: the accounts server names"), "{gateway}");
        }
        assert!(
            said(200, r#"{"access_token":"1000.a","api_domain":"https://api.zoho.eu"}"#)
                .ends_with("Some(\"api.zoho.eu\")")
        );
    }
}
