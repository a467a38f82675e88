//! What was asked lately, for a test to look at.

use std::collections::VecDeque;

use http::HeaderName;
use serde_json::{Map, Value, json};

use crate::faults::Due;
use crate::keys::Keys;
use crate::message::{Incoming, Reply, Wire};

/// How much of a body is kept.
const BODY: usize = 4096;

/// The last requests.
#[derive(Debug)]
pub(crate) struct Log {
    requests: VecDeque<Value>,
    /// How many are kept.
    most: usize,
}

impl Log {
    pub(crate) fn new(most: usize) -> Self {
        Self { requests: VecDeque::new(), most }
    }

    /// Notes a request, what it was answered with, and the fault that it met.
    pub(crate) fn note(&mut self, request: &Incoming, reply: &Reply, keys: &Keys, due: Option<&Due>) {
        if self.requests.len() >= self.most {
            self.requests.pop_front();
        }
        let headers: Map<String, Value> = request
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), shown(name, value.as_bytes(), keys).into()))
            .collect();
        let query = keys.hidden(&request.query);
        let target = if query.is_empty() { request.path.clone() } else { format!("{}?{query}", request.path) };
        let start = request.body.get(..request.body.len().min(BODY)).unwrap_or_default();
        let answered = reply.wire != Wire::Reset;
        self.requests.push_back(json!({
            "method": request.method.as_str(),
            "host": request.host,
            "target": target,
            "headers": headers,
            "body": String::from_utf8_lossy(start),
            "status": answered.then(|| reply.status.as_u16()),
            "fault": due.map(|due| due.fault.word()),
            "carried_out": reply.carried_out,
        }));
    }

    /// All that is kept, the oldest first.
    pub(crate) fn all(&self) -> Value {
        self.requests.iter().cloned().collect()
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.requests.clear();
    }
}

/// A header's value; of a token or a key only the scheme, so that a log of a test can be shown around.
fn shown(name: &HeaderName, value: &[u8], keys: &Keys) -> String {
    let text = String::from_utf8_lossy(value);
    if *name != http::header::AUTHORIZATION && !keys.is_header(name.as_str()) {
        return text.into_owned();
    }
    text.split_once(' ').map_or_else(|| "***".to_owned(), |(scheme, _)| format!("{scheme} ***"))
}
