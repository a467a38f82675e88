//! What was asked lately, for a test to look at.

use std::collections::VecDeque;

use http::HeaderName;
use serde_json::{Map, Value, json};

use crate::message::{Incoming, Reply};

/// How many requests are kept.
const KEPT: usize = 1000;
/// How much of a body is kept.
const BODY: usize = 4096;

/// The last requests.
#[derive(Debug, Default)]
pub(crate) struct Log(VecDeque<Value>);

impl Log {
    /// Notes a request and what it was answered with.
    pub(crate) fn note(&mut self, request: &Incoming, reply: &Reply) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        let headers: Map<String, Value> = request
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), shown(name, value.as_bytes()).into()))
            .collect();
        let target =
            if request.query.is_empty() { request.path.clone() } else { format!("{}?{}", request.path, request.query) };
        let start = request.body.get(..request.body.len().min(BODY)).unwrap_or_default();
        self.0.push_back(json!({
            "method": request.method.as_str(),
            "host": request.host,
            "target": target,
            "headers": headers,
            "body": String::from_utf8_lossy(start),
            "status": reply.status.as_u16(),
        }));
    }

    /// All that is kept, the oldest first.
    pub(crate) fn all(&self) -> Value {
        self.0.iter().cloned().collect()
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// A header's value; of a token only the scheme, so that a log of a test can be shown around.
fn shown(name: &HeaderName, value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value);
    if *name != http::header::AUTHORIZATION {
        return text.into_owned();
    }
    text.split_once(' ').map_or_else(|| "***".to_owned(), |(scheme, _)| format!("{scheme} ***"))
}
