//! What goes wrong on request: statuses, lost and cut replies, slowness, dead tokens.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use zoho_connector::FailureKind;

/// Something that goes wrong, which calls it happens to, and how often.
///
/// As JSON, at `POST /_sandbox/faults` (one, or a list of them):
///
/// ```json
/// { "match": { "path": "/api/v1/tickets", "method": "GET" }, "times": 2, "fault": "status", "status": 429 }
/// ```
///
/// As text, for a flag, `WHAT[:PATH[:TIMES]]`: see [`Fault::parse`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The calls that it happens to; all calls of services where it says nothing.
    #[serde(rename = "match", default)]
    pub matching: FaultMatch,
    /// How many calls it happens to: 1 unless said, `0` for every call.
    #[serde(default = "once")]
    pub times: u64,
    /// What happens.
    pub fault: FaultKind,
    /// The HTTP status: of `status` (500 unless said), `retry_after` (429) or `body` (200).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The seconds in `Retry-After`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// The service's error code; that of the connector unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The kind of failure whose error the connector's own is; guessed from the status unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<FailureKind>,
    /// How long a `slow` call waits, in milliseconds; 1000 unless said. Any other fault can be slow as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
    /// The body of `body`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

fn once() -> u64 {
    1
}

/// The calls that a [`Fault`] happens to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultMatch {
    /// The path, without the query; a `*` at its end stands for any rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The verb.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Zoho's host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
}

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FaultKind {
    /// It is answered with a status and the service's own error for it, and not carried out.
    Status,
    /// The same with `Retry-After`.
    RetryAfter,
    /// It is carried out, and the connection closes without a reply.
    Reset,
    /// It is carried out, and the connection closes within the reply's body.
    Cut,
    /// It is carried out, later.
    Slow,
    /// Its access token dies before it is looked at.
    ExpireToken,
    /// It is answered with a given body, and not carried out.
    Body,
}

/// Why a text is no [`Fault`]: what is wrong, and how one is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultSyntaxError(String);

impl fmt::Display for FaultSyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FaultSyntaxError {}

impl Fault {
    /// A fault of a kind that happens once, to any call of a service.
    pub fn new(fault: FaultKind) -> Self {
        Self {
            matching: FaultMatch::default(),
            times: 1,
            fault,
            status: None,
            retry_after: None,
            code: None,
            kind: None,
            delay_ms: None,
            body: None,
        }
    }

    /// Reads `WHAT[:PATH[:TIMES]]`. WHAT is a status (`429`, `500`), a status with the seconds of `Retry-After`
    /// (`429=5`), `reset`, `cut`, `slow` or `slow=MILLISECONDS`, or `expire_token`. PATH is that of the call, with `*`
    /// at its end for any rest, and may have the verb before it (`GET /api/v1/tickets`). TIMES is a number, 1 unless
    /// said, or `*` for every call.
    ///
    /// ```
    /// use zoho_sandbox::{Fault, FaultKind};
    /// let fault = Fault::parse("429=5:/api/v1/tickets:2").unwrap();
    /// assert_eq!((fault.fault, fault.status, fault.retry_after, fault.times), (FaultKind::RetryAfter, Some(429), Some(5), 2));
    /// assert!(Fault::parse("sometimes").is_err());
    /// ```
    ///
    /// # Errors
    /// What is wrong with the text, and how a fault is written.
    pub fn parse(text: &str) -> Result<Self, FaultSyntaxError> {
        let mut parts = text.splitn(3, ':');
        let (what, path, times) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
        let mut fault = parse_what(what.trim())?;
        if let Some(path) = path.map(str::trim).filter(|path| !path.is_empty() && *path != "*") {
            let (method, path) = match path.split_once(' ') {
                Some((method, path)) => (Some(method.to_ascii_uppercase()), path.trim()),
                None => (None, path),
            };
            if !path.starts_with('/') {
                return Err(wrong(&format!("the path `{path}` does not begin with `/`")));
            }
            fault.matching = FaultMatch { path: Some(path.to_owned()), method, host: None };
        }
        if let Some(times) = times.map(str::trim) {
            let number = || times.parse().map_err(|_| wrong(&format!("`{times}` is not a number of times")));
            fault.times = if times == "*" { 0 } else { number()? };
        }
        Ok(fault)
    }

    /// The status of its reply.
    pub(crate) fn reply_status(&self) -> u16 {
        self.status.unwrap_or(match self.fault {
            FaultKind::RetryAfter => 429,
            FaultKind::Body => 200,
            _ => 500,
        })
    }

    /// The kind of failure that it looks like.
    pub(crate) fn failure_kind(&self) -> FailureKind {
        self.kind.or_else(|| FailureKind::guess(self.reply_status())).unwrap_or(FailureKind::Unavailable)
    }

    fn is_for(&self, method: &str, host: &str, path: &str, of_service: bool) -> bool {
        let at_path = match self.matching.path.as_deref() {
            None => of_service,
            Some(wanted) => match wanted.strip_suffix('*') {
                Some(start) => path.starts_with(start),
                None => path == wanted,
            },
        };
        let same = |wanted: &Option<String>, found: &str| {
            wanted.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(found))
        };
        at_path && same(&self.matching.method, method) && same(&self.matching.host, host)
    }
}

impl FromStr for Fault {
    type Err = FaultSyntaxError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

fn wrong(what: &str) -> FaultSyntaxError {
    FaultSyntaxError(format!(
        "{what}; a fault is written WHAT[:PATH[:TIMES]], WHAT being a status (`429`), a status with Retry-After \
         (`429=5`), `reset`, `cut`, `slow=MILLISECONDS` or `expire_token`"
    ))
}

fn parse_what(what: &str) -> Result<Fault, FaultSyntaxError> {
    let (word, value) = match what.split_once('=') {
        Some((word, value)) => {
            (word, Some(value.parse::<u64>().map_err(|_| wrong(&format!("`{value}` is no number")))?))
        }
        None => (what, None),
    };
    let kind = match word {
        "reset" => FaultKind::Reset,
        "cut" => FaultKind::Cut,
        "expire_token" => FaultKind::ExpireToken,
        "slow" => return Ok(Fault { delay_ms: value, ..Fault::new(FaultKind::Slow) }),
        status => {
            let status = status.parse().ok().filter(|status| (200..600).contains(status));
            let status = status.ok_or_else(|| wrong(&format!("`{what}` is not a fault")))?;
            let kind = if value.is_some() { FaultKind::RetryAfter } else { FaultKind::Status };
            return Ok(Fault { status: Some(status), retry_after: value, ..Fault::new(kind) });
        }
    };
    if value.is_some() { Err(wrong(&format!("`{word}` takes no number"))) } else { Ok(Fault::new(kind)) }
}

/// The faults that are still to come.
#[derive(Debug, Default)]
pub(crate) struct Faults(pub(crate) Vec<Fault>);

impl Faults {
    /// The fault of a call, which is then counted as having happened.
    pub(crate) fn take(&mut self, method: &str, host: &str, path: &str, of_service: bool) -> Option<Fault> {
        let position = self.0.iter().position(|fault| fault.is_for(method, host, path, of_service))?;
        let found = self.0.get_mut(position)?;
        let fault = found.clone();
        match found.times {
            0 => {}
            1 => drop(self.0.remove(position)),
            _ => found.times -= 1,
        }
        Some(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        match Fault::parse(text) {
            Ok(fault) => serde_json::to_string(&fault).unwrap(),
            Err(error) => format!("! {}", error.0.split(';').next().unwrap()),
        }
    }

    #[test]
    fn faults_are_read_from_text() {
        for (text, expected) in [
            ("429", r#"{"match":{},"times":1,"fault":"status","status":429}"#),
            (
                "429:/api/v1/tickets:2",
                r#"{"match":{"path":"/api/v1/tickets"},"times":2,"fault":"status","status":429}"#,
            ),
            ("429=7:*:*", r#"{"match":{},"times":0,"fault":"retry_after","status":429,"retry_after":7}"#),
            ("cut:get /a/*", r#"{"match":{"path":"/a/*","method":"GET"},"times":1,"fault":"cut"}"#),
            ("slow=50", r#"{"match":{},"times":1,"fault":"slow","delay_ms":50}"#),
            ("expire_token", r#"{"match":{},"times":1,"fault":"expire_token"}"#),
            ("reset=4", "! `reset` takes no number"),
            ("99", "! `99` is not a fault"),
            ("cut:tickets", "! the path `tickets` does not begin with `/`"),
            ("cut:/a:x", "! `x` is not a number of times"),
            ("", "! `` is not a fault"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_fault_happens_as_often_as_it_says() {
        let mut faults = Faults(vec![Fault::parse("500:/a*:2").unwrap(), Fault::parse("cut::*").unwrap()]);
        let mut seen =
            |path, of_service| faults.take("GET", "desk.zoho.com", path, of_service).map(|fault| fault.fault);
        assert_eq!(seen("/ab", true), Some(FaultKind::Status));
        assert_eq!(seen("/b", true), Some(FaultKind::Cut));
        assert_eq!(seen("/oauth/v2/token", false), None);
        assert_eq!(seen("/a", true), Some(FaultKind::Status));
        assert_eq!((seen("/a", true), seen("/a", true)), (Some(FaultKind::Cut), Some(FaultKind::Cut)));
    }
}
