//! Hiding secrets in what is shown: those that are known, wherever they stand, and whatever stands where a secret belongs.

use bytes::Bytes;
use http::HeaderMap;

use crate::secret::Secret;

/// What stands for a secret where people look.
pub(crate) const HIDDEN: &str = "[hidden]";

/// Headers whose values are secrets.
const HEADERS: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "set-cookie"];

/// Names of parameters, fields and members whose values are secrets everywhere.
const ANYWHERE: [&str; 12] = [
    "access_token",
    "refresh_token",
    "id_token",
    "device_code",
    "client_secret",
    "code_verifier",
    "authtoken",
    "apikey",
    "api_key",
    "zapikey",
    "enczapikey",
    "password",
];

/// And those whose values are secrets where a token is asked for; elsewhere `code` is the code of an error.
const SIGNING_IN: [&str; 2] = ["code", "token"];

/// Hides the secrets of one exchange.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mask {
    /// What is a secret wherever it stands.
    secrets: Vec<Secret>,
    /// Whether the exchange is with an accounts server.
    signing_in: bool,
}

impl Mask {
    /// For a call that is signed with a secret, or with none.
    pub(crate) fn of(secret: Option<&Secret>) -> Self {
        // A secret that is hardly longer than a word would hide half of the text.
        Self {
            secrets: secret.into_iter().filter(|secret| secret.expose().len() >= 8).cloned().collect(),
            signing_in: false,
        }
    }

    /// For a question to an accounts server.
    pub(crate) fn of_sign_in() -> Self {
        Self { secrets: Vec::new(), signing_in: true }
    }

    fn hides(&self, name: &str) -> bool {
        let is = |secret: &str| name.eq_ignore_ascii_case(secret);
        ANYWHERE.iter().any(|secret| is(secret)) || (self.signing_in && SIGNING_IN.iter().any(|secret| is(secret)))
    }

    /// A text without the secrets that are known.
    pub(crate) fn text(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret.expose(), HIDDEN))
    }

    /// The value of a parameter, a field or a header of that name.
    pub(crate) fn value(&self, name: &str, value: &str) -> String {
        if self.hides(name) { HIDDEN.to_owned() } else { self.text(value) }
    }

    /// Headers by name and value.
    pub(crate) fn headers(&self, headers: &HeaderMap) -> Vec<(String, String)> {
        let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            let text = String::from_utf8_lossy(value.as_bytes());
            let shown = if value.is_sensitive() || HEADERS.contains(&name.as_str()) {
                hidden_behind_scheme(name.as_str(), &text)
            } else {
                self.url(&self.value(name.as_str(), &text))
            };
            (name.as_str().to_owned(), shown)
        };
        headers.iter().map(header).collect()
    }

    /// A URL.
    pub(crate) fn url(&self, url: &str) -> String {
        let mut text = self.text(url);
        let query = url.split_once('?').map_or("", |(_, query)| query);
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            if self.hides(name) && !value.is_empty() && !value.starts_with(HIDDEN) {
                text = text.replace(&format!("{name}={value}"), &format!("{name}={HIDDEN}"));
            }
        }
        text
    }

    /// The bytes of a body: JSON, or any text.
    pub(crate) fn body(&self, bytes: &Bytes) -> Bytes {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Bytes::from(self.body_text(&String::from_utf8_lossy(bytes)));
        };
        let shown = self.body_text(text);
        if shown == text { bytes.clone() } else { Bytes::from(shown) }
    }

    /// The text of a body. It is not read as JSON and written again: what is no secret stays as it came.
    fn body_text(&self, text: &str) -> String {
        let text = self.text(text);
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(start) = rest.find('"') {
            let (before, quoted) = rest.split_at(start);
            out.push_str(before);
            let end = end_of_string(quoted);
            let (string, after) = quoted.split_at(end);
            out.push_str(string);
            rest = after;
            let name = string.trim_matches('"');
            let value = after.trim_start().strip_prefix(':').map(str::trim_start);
            if let Some(value) = value.filter(|value| self.hides(name) && value.starts_with('"')) {
                out.push_str(&after[..after.len() - value.len()]);
                out.push_str(&format!("\"{HIDDEN}\""));
                rest = &value[end_of_string(value)..];
            }
        }
        out.push_str(rest);
        out
    }
}

/// The value of a header that is a secret; the scheme before it is none.
fn hidden_behind_scheme(name: &str, value: &str) -> String {
    match value.split_once(' ') {
        Some((scheme, _)) if !name.ends_with("cookie") => format!("{scheme} {HIDDEN}"),
        _ => HIDDEN.to_owned(),
    }
}

/// Where the string ends that a text begins with: behind its closing quote, or at the end of a text that is cut.
fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !escaped => return at + 1,
            _ => escaped = byte == b'\\' && !escaped,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_hidden_wherever_it_stands() {
        let mask = Mask::of(Some(&Secret::new("1000.abcdef.0123")));
        let url = |text: &str| mask.url(text);
        assert_eq!(url("https://a.zoho.eu/x?a=1&apikey=k%20k&b=2"), "https://a.zoho.eu/x?a=1&apikey=[hidden]&b=2");
        assert_eq!(url("https://a.zoho.eu/x?t=1000.abcdef.0123&code=7"), "https://a.zoho.eu/x?t=[hidden]&code=7");
        let headers: HeaderMap = [
            ("authorization", "Zoho-oauthtoken 1000.abcdef.0123"),
            ("cookie", "a=b c"),
            ("x-echo", "so 1000.abcdef.0123"),
            ("location", "https://a.zoho.eu/y?access_token=abc"),
            ("orgid", "7"),
        ]
        .into_iter()
        .map(|(name, value)| (http::HeaderName::from_static(name), http::HeaderValue::from_static(value)))
        .collect();
        let shown: Vec<String> =
            mask.headers(&headers).into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
        assert_eq!(
            shown,
            [
                "authorization: Zoho-oauthtoken [hidden]",
                "cookie: [hidden]",
                "x-echo: so [hidden]",
                "location: https://a.zoho.eu/y?access_token=[hidden]",
                "orgid: 7",
            ]
        );
    }

    #[test]
    fn a_body_loses_its_secrets_and_nothing_else() {
        let body = |mask: &Mask, text: &str| {
            String::from_utf8(mask.body(&Bytes::copy_from_slice(text.as_bytes())).to_vec()).unwrap()
        };
        let call = Mask::of(Some(&Secret::new("1000.abcdef.0123")));
        let text =
            r#"{"n":1.10,"code":"OK","note":"was 1000.abcdef.0123","access_token" : "x\"y","a":"access_token","b":1}"#;
        assert_eq!(
            body(&call, text),
            r#"{"n":1.10,"code":"OK","note":"was [hidden]","access_token" : "[hidden]","a":"access_token","b":1}"#
        );
        assert_eq!(body(&call, r#"{"access_token":"cut off"#), r#"{"access_token":"[hidden]""#);
        assert_eq!(
            body(&Mask::of_sign_in(), r#"{"code":"x","access_token":null}"#),
            r#"{"code":"[hidden]","access_token":null}"#
        );
        assert_eq!(body(&call, "<html>"), "<html>");
    }
}
