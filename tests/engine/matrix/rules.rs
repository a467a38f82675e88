//! What must come of a call that meets a fault, by rules.

use serde_json::{Value, json};
use zoho_connector::{Api, Connector, FailureKind, Returns};
use zoho_core::ErrorKind;

use crate::calls::{Kind, LATE_MS};

/// What a client sees of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    /// A whole reply, late, in pieces or under a wrong name; or a list that moves.
    Whole,
    /// Its token is not taken any more.
    DeadToken,
    /// The service says no, in its own words; whether it says for how long.
    No(FailureKind, Until),
    /// No reply, or none in time.
    Nothing,
    /// A reply that breaks off.
    Half,
    /// Something that is nothing of the service's.
    Garbage,
}

/// Whether a refusal says when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    Said,
    Unsaid,
}

/// A fault, as the sandbox takes it, and what a client sees of it.
pub(crate) fn faults() -> Vec<(Value, Seen)> {
    use FailureKind::{Busy, LockedOut, QuotaSpent, Unavailable};
    use Until::{Said, Unsaid};
    let hidden = |mut fault: Value| {
        fault["carried_out"] = true.into();
        fault
    };
    vec![
        (json!({ "fault": "reset_before" }), Seen::Nothing),
        (json!({ "fault": "reset_read" }), Seen::Nothing),
        (json!({ "fault": "reset" }), Seen::Nothing),
        (json!({ "fault": "slow", "delay_ms": LATE_MS }), Seen::Nothing),
        (json!({ "fault": "cut" }), Seen::Half),
        (json!({ "fault": "longer" }), Seen::Half),
        (json!({ "fault": "shorter" }), Seen::Garbage),
        (json!({ "fault": "gateway", "status": 200 }), Seen::Garbage),
        (json!({ "fault": "gateway", "status": 502 }), Seen::Garbage),
        (hidden(json!({ "fault": "gateway", "status": 503 })), Seen::Garbage),
        (hidden(json!({ "fault": "gateway", "status": 504 })), Seen::Garbage),
        (json!({ "fault": "slow", "delay_ms": 20 }), Seen::Whole),
        (json!({ "fault": "trickle", "delay_ms": 40 }), Seen::Whole),
        (json!({ "fault": "content_type" }), Seen::Whole),
        (json!({ "fault": "repeat" }), Seen::Whole),
        (json!({ "fault": "move" }), Seen::Whole),
        (json!({ "fault": "status", "kind": "unavailable" }), Seen::No(Unavailable, Unsaid)),
        (hidden(json!({ "fault": "status", "kind": "unavailable" })), Seen::No(Unavailable, Unsaid)),
        (json!({ "fault": "status", "status": 503, "retry_after": 5 }), Seen::No(Unavailable, Said)),
        (json!({ "fault": "status", "kind": "busy" }), Seen::No(Busy, Unsaid)),
        (json!({ "fault": "status", "kind": "busy", "retry_after": 0 }), Seen::No(Busy, Unsaid)),
        (json!({ "fault": "status", "kind": "busy", "retry_after": 7 }), Seen::No(Busy, Said)),
        (json!({ "fault": "status", "kind": "quota_spent" }), Seen::No(QuotaSpent, Unsaid)),
        (json!({ "fault": "status", "kind": "quota_spent", "retry_after": 3600 }), Seen::No(QuotaSpent, Said)),
        (json!({ "fault": "status", "kind": "locked_out" }), Seen::No(LockedOut, Unsaid)),
        (json!({ "fault": "status", "kind": "locked_out", "retry_after": 300 }), Seen::No(LockedOut, Said)),
        (json!({ "fault": "expire_token" }), Seen::DeadToken),
        (json!({ "fault": "clock", "seconds": 7200 }), Seen::DeadToken),
        (json!({ "fault": "clock", "seconds": -7200 }), Seen::Whole),
    ]
}

/// Whether a fault is one that a call can meet, and be told by.
pub(crate) fn is_about(fault: &Value, seen: Seen, kind: Kind, connector: &Connector, api: &str) -> bool {
    let api = &connector.apis[api];
    let word = fault["fault"].as_str().unwrap();
    let knows = |wanted| api.responses.classify.iter().any(|(kind, _)| *kind == wanted);
    match (word, seen) {
        // Records without an id cannot be told apart, and a query's have none that is declared.
        ("repeat" | "move", _) => kind == Kind::List && has_ids(connector, api),
        // Nobody can tell a page of a gateway's that comes with 200 from a file, nor half a file that says it is whole.
        ("gateway", _) if fault["status"] == 200 => kind != Kind::Download,
        ("shorter", _) => kind != Kind::Download,
        // A limit that the connector does not tell apart is not answered with.
        (_, Seen::No(limit @ (FailureKind::QuotaSpent | FailureKind::LockedOut), _)) => knows(limit),
        _ => true,
    }
}

fn has_ids(connector: &Connector, api: &Api) -> bool {
    let Returns::Many(ty) = &api.returns else { return false };
    connector.object(ty).is_some_and(|object| object.key().is_some())
}

/// What must come of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) error: Option<ErrorKind>,
    /// How many requests more than without a fault.
    pub(crate) more: usize,
}

/// A call that may be repeated succeeds; one that may not succeeds where it is certain that it was not carried out, and
/// else ends as unknown, or with the service's own words, and has arrived once.
pub(crate) fn expected(seen: Seen, kind: Kind, connector: &Connector, api: &str) -> Expected {
    let api = &connector.apis[api];
    let lock = |class: &str| connector.rate_limits.get(class).and_then(|limit| limit.lock);
    let lasts = api.rate.as_deref().and_then(lock).or_else(|| lock("default"));
    let again = Expected { error: None, more: 1 };
    let ends = |error| Expected { error: Some(error), more: 0 };
    match seen {
        Seen::Whole => Expected { error: None, more: 0 },
        Seen::DeadToken | Seen::No(FailureKind::Busy, _) => again,
        // Waiting helps where its end is known.
        Seen::No(FailureKind::QuotaSpent | FailureKind::LockedOut, Until::Said) => again,
        Seen::No(FailureKind::LockedOut, Until::Unsaid) if lasts.is_some() => again,
        Seen::No(limit @ (FailureKind::QuotaSpent | FailureKind::LockedOut), Until::Unsaid) => {
            // A list is asked for the page again.
            let more = usize::from(kind == Kind::List);
            Expected { error: Some(ErrorKind::Service(limit)), more }
        }
        // What was given of a file cannot be taken back.
        Seen::Half if kind == Kind::Download => ends(ErrorKind::Network),
        Seen::No(..) | Seen::Nothing | Seen::Half | Seen::Garbage if api.idempotent => again,
        Seen::No(kind, _) => ends(ErrorKind::Service(kind)),
        Seen::Nothing | Seen::Half | Seen::Garbage => ends(ErrorKind::Unknown),
    }
}
