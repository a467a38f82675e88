//! What goes wrong on request: statuses, lost and cut replies, slowness, dead tokens, lists that move; one by one, or by
//! chance from a seed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use zoho_connector::FailureKind;

mod mix;
mod moves;
mod spoil;
mod text;

pub use mix::FaultMix;
pub(crate) use mix::{Faults, Head};
pub(crate) use moves::Moves;
pub use text::FaultSyntaxError;

/// Something that goes wrong, which calls it happens to, and how often.
///
/// As JSON, at `POST /_sandbox/faults` (one, or a list of them):
///
/// ```json
/// { "match": { "path": "/api/v1/tickets", "method": "GET" }, "times": 2, "fault": "status", "status": 429 }
/// ```
///
/// An accounts server fails as well, at a path that is named; `"path": "/oauth/v2/token"` with `"fault": "body"` and
/// `"body": "{}"` is a reply without a token, and this a browser that comes back with somebody else's state:
///
/// ```json
/// { "match": { "path": "/oauth/v2/auth", "method": "POST" }, "fault": "callback", "set": { "state": "other" } }
/// ```
///
/// As text, for a flag, `WHAT[:PATH[:TIMES]]`: see [`Fault::parse`]. By chance: [`FaultMix`].
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
    /// The HTTP status: of `status` (500 unless said), `retry_after` (429), `gateway` (502) or `body` (200).
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
    /// How long a `slow` call waits, or a `trickle` takes, in milliseconds; 1000 unless said. Any other fault can be slow
    /// as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
    /// How many seconds `clock` puts the sandbox's clock forward, or back by a negative number; 7200 unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<i64>,
    /// Whether a call that is answered with an error (`status`, `gateway`, `body` …) was carried out all the same; it was
    /// not unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried_out: Option<bool>,
    /// The body of `body`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The media type of `body`; JSON's unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<String>,
    /// How long the `body` becomes, by blanks after it: up to 64 MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<usize>,
    /// What `callback` changes: values by the names of parameters; one without a value is taken away.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, Option<String>>,
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
    /// It is turned away for one of the limits that the connector tells apart: too many calls at once, the day's quota, a
    /// lock-out. Which of them, chance says.
    Limit,
    /// It is answered with a page of HTML, as a gateway before the service does, and not carried out.
    Gateway,
    /// The connection is reset when its head is there and its body is not read. It is not carried out.
    ResetBefore,
    /// It is read whole, and the connection is reset. It is not carried out.
    ResetRead,
    /// It is carried out, and the connection is reset without a reply.
    Reset,
    /// It is carried out, and the connection closes within the reply's body.
    Cut,
    /// It is carried out, and `Content-Length` says more than the body has.
    Longer,
    /// It is carried out, and `Content-Length` says less than the body had: what is past it does not come.
    Shorter,
    /// It is carried out, later.
    Slow,
    /// It is carried out, and the reply's body comes in pieces, with pauses.
    Trickle,
    /// It is carried out, and the reply says that it is something else than it is.
    ContentType,
    /// It is carried out, and the reply comes in a coding that the request accepts: Zstandard, brotli or gzip, whichever is
    /// the first of these. That is no fault; it is for looking at who reads it.
    Coded,
    /// Its access token dies before it is looked at.
    ExpireToken,
    /// The sandbox's clock jumps before it is looked at.
    Clock,
    /// Of a list: some records come again from here on, as when as many new ones had come in before them.
    Repeat,
    /// Of a list: a record that has been given moves on behind what has, and is met again there.
    Move,
    /// It is answered with a given body, and not carried out.
    Body,
    /// It is carried out, and the address that a browser is sent on to has other parameters: another
    /// `accounts-server`, a wrong `state`.
    Callback,
}

impl FaultKind {
    /// What chance draws from where nothing else is said: all that needs no more to be said of it.
    const ANY: [Self; 16] = [
        Self::ResetBefore,
        Self::ResetRead,
        Self::Reset,
        Self::Cut,
        Self::Longer,
        Self::Shorter,
        Self::Slow,
        Self::Trickle,
        Self::ContentType,
        Self::Status,
        Self::Gateway,
        Self::Limit,
        Self::ExpireToken,
        Self::Clock,
        Self::Repeat,
        Self::Move,
    ];

    /// Whether it puts an answer of its own in the place of the service's.
    fn answers(self) -> bool {
        matches!(self, Self::Status | Self::RetryAfter | Self::Limit | Self::Gateway | Self::Body)
    }

    /// Its word in JSON and in texts.
    fn word(self) -> String {
        serde_json::to_value(self).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

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
            seconds: None,
            carried_out: None,
            body: None,
            media: None,
            bytes: None,
            set: BTreeMap::new(),
        }
    }

    /// Its word, for the list of requests.
    pub(crate) fn word(&self) -> String {
        self.fault.word()
    }

    /// Whether the call is carried out.
    pub(crate) fn carries_out(&self) -> bool {
        match self.fault {
            FaultKind::ResetBefore | FaultKind::ResetRead | FaultKind::Limit => false,
            kind if kind.answers() => self.carried_out.unwrap_or(false),
            _ => true,
        }
    }

    /// Whether it puts an answer of its own in the place of the service's.
    pub(crate) fn answers(&self) -> bool {
        self.fault.answers()
    }
}

impl FaultMatch {
    fn takes(&self, head: &Head<'_>) -> bool {
        let at_path = match self.path.as_deref() {
            None => head.of_service,
            Some(wanted) => match wanted.strip_suffix('*') {
                Some(start) => head.path.starts_with(start),
                None => head.path == wanted,
            },
        };
        let same = |wanted: &Option<String>, found: &str| {
            wanted.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(found))
        };
        at_path && same(&self.method, head.method) && same(&self.host, head.host)
    }
}

/// A fault that is about to happen to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) fault: Fault,
    /// A number for what the fault leaves open.
    pub(crate) roll: u64,
}
