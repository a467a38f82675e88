//! Faults as text: for a flag, and for the kinds of a mix.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use zoho_connector::FailureKind;

use super::{Fault, FaultKind, FaultMatch};

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
    /// Reads `WHAT[:PATH[:TIMES]]`.
    ///
    /// WHAT is a status (`429`, `500`), a status with the seconds of `Retry-After` (`429=5`), a kind of failure of the
    /// connector language (`busy`, `quota_spent`, `locked_out` …), `limit` (any of those three that the connector knows),
    /// `gateway` or `gateway=STATUS`, `reset_before`, `reset_read`, `reset`, `cut`, `longer`, `shorter`, `slow` or
    /// `slow=MILLISECONDS`, `trickle` or `trickle=MILLISECONDS`, `content_type`, `coded`, `expire_token`, `clock` or
    /// `clock=SECONDS`, `repeat`, or `move`: see [`FaultKind`]. PATH is that of the call, with `*` at its end for any
    /// rest, and may have the verb before it (`GET /api/v1/tickets`). TIMES is a number, 1 unless said, or `*` for every
    /// call.
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
}

impl FromStr for Fault {
    type Err = FaultSyntaxError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

fn wrong(what: &str) -> FaultSyntaxError {
    let words: Vec<String> =
        FaultKind::ANY.iter().filter(|kind| **kind != FaultKind::Status).map(|k| k.word()).collect();
    FaultSyntaxError(format!(
        "{what}; a fault is written WHAT[:PATH[:TIMES]], WHAT being a status (`429`), a status with Retry-After \
         (`429=5`), a kind of failure (`quota_spent`), `slow=MILLISECONDS`, `gateway=STATUS`, or one of {}",
        words.join(", ")
    ))
}

fn parse_what(what: &str) -> Result<Fault, FaultSyntaxError> {
    let (word, value) = match what.split_once('=') {
        Some((word, value)) => {
            (word, Some(value.parse::<i64>().map_err(|_| wrong(&format!("`{value}` is no number")))?))
        }
        None => (what, None),
    };
    let positive = || value.map(|value| u64::try_from(value).map_err(|_| wrong(&format!("`{value}` is below 0"))));
    if let Ok(status) = word.parse() {
        let status = status_of(status, what)?;
        let retry_after = positive().transpose()?;
        let kind = if value.is_some() { FaultKind::RetryAfter } else { FaultKind::Status };
        return Ok(Fault { status: Some(status), retry_after, ..Fault::new(kind) });
    }
    if let Some(kind) = FailureKind::ALL.into_iter().find(|kind| kind.as_str() == word) {
        let retry_after = positive().transpose()?;
        return Ok(Fault { kind: Some(kind), retry_after, ..Fault::new(FaultKind::Status) });
    }
    let mut fault = Fault::new(kind_of(word).ok_or_else(|| wrong(&format!("`{what}` is not a fault")))?);
    match (fault.fault, value) {
        (_, None) => {}
        (FaultKind::Slow | FaultKind::Trickle, _) => fault.delay_ms = positive().transpose()?,
        (FaultKind::Clock, seconds) => fault.seconds = seconds,
        (FaultKind::Gateway, Some(status)) => {
            fault.status = Some(status_of(u16::try_from(status).unwrap_or_default(), what)?);
        }
        _ => return Err(wrong(&format!("`{word}` takes no number"))),
    }
    Ok(fault)
}

fn status_of(status: u16, what: &str) -> Result<u16, FaultSyntaxError> {
    Some(status).filter(|status| (200..600).contains(status)).ok_or_else(|| wrong(&format!("`{what}` is not a fault")))
}

/// The kind of a word, where it needs nothing else to be said.
fn kind_of(word: &str) -> Option<FaultKind> {
    let word: serde::de::value::StrDeserializer<'_, serde::de::value::Error> = word.into_deserializer();
    let kind = FaultKind::deserialize(word).ok()?;
    FaultKind::ANY.contains(&kind).then_some(kind).filter(|kind| *kind != FaultKind::Status)
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
            ("quota_spent", r#"{"match":{},"times":1,"fault":"status","kind":"quota_spent"}"#),
            ("busy=0", r#"{"match":{},"times":1,"fault":"status","retry_after":0,"kind":"busy"}"#),
            ("gateway=503", r#"{"match":{},"times":1,"fault":"gateway","status":503}"#),
            ("clock=-60", r#"{"match":{},"times":1,"fault":"clock","seconds":-60}"#),
            ("reset=4", "! `reset` takes no number"),
            ("slow=-4", "! `-4` is below 0"),
            ("gateway=70000", "! `gateway=70000` is not a fault"),
            ("99", "! `99` is not a fault"),
            ("body", "! `body` is not a fault"),
            ("cut:tickets", "! the path `tickets` does not begin with `/`"),
            ("cut:/a:x", "! `x` is not a number of times"),
            ("", "! `` is not a fault"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn every_kind_that_chance_draws_from_has_a_word() {
        for kind in FaultKind::ANY.iter().filter(|kind| **kind != FaultKind::Status) {
            assert_eq!(Fault::parse(&kind.word()).unwrap().fault, *kind);
        }
    }
}
