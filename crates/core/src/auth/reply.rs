//! What an accounts server answers to a request for tokens. It says no with HTTP 200, so only the body counts.

use serde::Deserialize;
use serde_json::Value;
use url::Url;
use zoho_connector::DataCenters;

use super::token::{AccessToken, RefreshToken, Tokens};
use crate::error::{Error, ErrorKind};

#[derive(Debug, Default, Deserialize)]
struct TokenReply {
    access_token: Option<String>,
    refresh_token: Option<String>,
    api_domain: Option<String>,
    scope: Option<String>,
    expires_in: Option<Value>,
    expires_in_sec: Option<Value>,
    error: Option<String>,
    error_description: Option<String>,
}

/// Reads a token reply. `now` is in seconds since 1970, and so is the end of the token.
///
/// # Errors
/// [`ErrorKind::SignIn`] where the server said no, in whatever way, or gave no token.
pub(crate) fn read(status: u16, body: &[u8], now: u64) -> Result<Tokens, Error> {
    let Ok(reply) = serde_json::from_slice::<TokenReply>(body) else {
        return Err(Error::new(ErrorKind::SignIn, "the accounts server did not answer with JSON")
            .status_of(status)
            .excerpt_of(plain_start(body)));
    };
    if let Some(word) = reply.error {
        return Err(refusal(&word, reply.error_description.as_deref()).status_of(status));
    }
    let Some(access) = reply.access_token.filter(|token| !token.is_empty()) else {
        return Err(Error::new(ErrorKind::SignIn, "the accounts server answered without a token").status_of(status));
    };
    let api_host = reply.api_domain.as_deref().map(gateway_host).transpose()?;
    let life = lifetime(reply.expires_in_sec.as_ref(), reply.expires_in.as_ref());
    Ok(Tokens {
        access: Some(AccessToken::new(access, now + life)),
        refresh: reply.refresh_token.filter(|token| !token.is_empty()).map(RefreshToken::new),
        scopes: reply
            .scope
            .map(|scope| scope.split([' ', ',']).filter(|s| !s.is_empty()).map(str::to_owned).collect())
            .unwrap_or_default(),
        api_host,
    })
}

/// Old replies have `expires_in` in milliseconds, beside `expires_in_sec`; numbers come as text too.
fn lifetime(seconds: Option<&Value>, either: Option<&Value>) -> u64 {
    let number = |value: Option<&Value>| match value {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    match (number(seconds), number(either)) {
        (Some(seconds), _) => seconds,
        (None, Some(value)) if value > 86_400 => value / 1000,
        (None, Some(value)) => value,
        (None, None) => 3600,
    }
}

/// The host of an `api_domain`, checked against the table: a token would go there.
fn gateway_host(api_domain: &str) -> Result<String, Error> {
    let host = Url::parse(api_domain).ok().and_then(|url| url.host_str().map(str::to_owned));
    match host {
        Some(host) if DataCenters::built_in().by_host(&host).is_some() => Ok(host),
        _ => Err(Error::new(
            ErrorKind::ForeignHost,
            format!("the accounts server names `{api_domain}` as the gateway, which is not one of Zoho's hosts"),
        )),
    }
}

/// One cause and one cure for each word.
fn refusal(word: &str, description: Option<&str>) -> Error {
    let throttled = description.is_some_and(|text| text.to_lowercase().contains("too many requests"));
    let (message, hint) = match word {
        "access_denied" | "Access Denied" if throttled => {
            ("too many token requests in a short time", "wait ten minutes: trying prolongs it")
        }
        "access_denied" => {
            ("access was refused", "the person, or an administrator, did not agree; connect again and accept")
        }
        "invalid_client" => (
            "the client is not known at this accounts server",
            "check client id and secret; a client of another data centre must be enabled for this one (API console, Settings, Multi-DC)",
        ),
        "invalid_client_secret" => (
            "the client secret is wrong for this data centre",
            "secrets may differ by data centre: copy the one of this data centre from the API console",
        ),
        "invalid_code" => (
            "the code or the refresh token is no longer good",
            "codes live a minute and count once; a refresh token may have been revoked or displaced by newer ones. Connect again",
        ),
        "invalid_redirect_uri" => (
            "the redirect URL is not registered with the client",
            "register exactly the URL that was shown, in the API console",
        ),
        "invalid_scope" | "invalid_oauthscope" => {
            ("a scope does not exist, or the edition does not include its service", "ask for fewer scopes")
        }
        "missing_org_info" => ("the organisation is missing", "say which organisation the token is for"),
        other => return Error::new(ErrorKind::SignIn, format!("the accounts server answered `{}`", safe_word(other))),
    };
    Error::new(ErrorKind::SignIn, message).code_of(Some(safe_word(word))).with_hint(hint)
}

/// A server's word, shortened: nothing that it sends back can be a secret of any length.
fn safe_word(word: &str) -> String {
    word.chars().filter(|c| c.is_ascii_alphanumeric() || " _-".contains(*c)).take(40).collect()
}

/// The start of a body that is not JSON; markup only, so that an echoed parameter is not shown.
fn plain_start(body: &[u8]) -> String {
    if body.starts_with(b"<") { "<html>".to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, body: &str) -> String {
        match read(status, body.as_bytes(), 1000) {
            Ok(tokens) => format!(
                "until {} scopes {:?} at {:?}",
                tokens.access.unwrap().expires_at,
                tokens.scopes,
                tokens.api_host
            ),
            Err(error) => format!("{:?}: {error}", error.kind()),
        }
    }

    #[test]
    fn a_good_reply_is_read_in_seconds_and_milliseconds() {
        let good = r#"{"access_token":"1000.a","api_domain":"https://www.zohoapis.eu","expires_in":3600,"scope":"A.b.READ C.d.ALL"}"#;
        assert_eq!(said(200, good), r#"until 4600 scopes ["A.b.READ", "C.d.ALL"] at Some("www.zohoapis.eu")"#);
        for body in [
            r#"{"access_token":"1000.a","expires_in":3600000}"#,
            r#"{"access_token":"1000.a","expires_in":3600000,"expires_in_sec":3600}"#,
            r#"{"access_token":"1000.a","expires_in":"3600"}"#,
            r#"{"access_token":"1000.a"}"#,
        ] {
            assert_eq!(said(200, body), "until 4600 scopes [] at None", "{body}");
        }
    }

    /// A peer made the header `Bearer None` of such a reply.
    #[test]
    fn wanted_b17_a_200_without_a_token_gives_no_token() {
        let error = read(200, br#"{"error":"access_denied"}"#, 0).unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::SignIn, Some(200)));
    }

    /// Another failed on the missing key, without a word of the cause.
    #[test]
    fn wanted_b18_a_200_without_a_token_says_what_happened() {
        for body in [r#"{}"#, r#"{"status":"success"}"#, r#"{"access_token":""}"#, r#"{"access_token":null}"#] {
            assert_eq!(said(200, body), "SignIn: the accounts server answered without a token (HTTP 200)", "{body}");
        }
        assert_eq!(said(200, "<html>"), "SignIn: the accounts server did not answer with JSON (HTTP 200)");
    }

    #[test]
    fn each_word_has_a_cause_whatever_the_status() {
        assert_eq!(
            said(200, r#"{"error":"invalid_code"}"#),
            "SignIn: the code or the refresh token is no longer good (HTTP 200, code invalid_code)"
        );
        let throttled = r#"{"error":"access_denied","error_description":"You have made too many requests continuously. Please try again after some time."}"#;
        for status in [200, 400] {
            assert!(said(status, throttled).starts_with("SignIn: too many token requests"), "{status}");
        }
        assert_eq!(said(200, r#"{"error":"surprise"}"#), "SignIn: the accounts server answered `surprise` (HTTP 200)");
    }

    /// A peer sent the client secret to whatever host a reply named.
    #[test]
    fn wanted_b9_a_foreign_gateway_is_refused() {
        let evil = r#"{"access_token":"1000.a","api_domain":"https://www.zohoapis.com.evil.org"}"#;
        assert!(said(200, evil).starts_with("ForeignHost: the accounts server names"));
    }
}
