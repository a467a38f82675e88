//! A request and its reply as somebody may keep them: everything but the secrets.

use std::time::{Duration, SystemTime};

use bytes::Bytes;

/// A request and what came of it, secrets hidden.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Exchange {
    /// When it was sent.
    pub started: SystemTime,
    /// The verb.
    pub method: String,
    /// Zoho's URL, before an endpoint takes its place.
    pub url: String,
    /// The headers of the request.
    pub headers: Vec<(String, String)>,
    /// The body of the request, where it has one.
    pub body: Option<Payload>,
    /// The reply, where one came.
    pub reply: Option<SeenReply>,
    /// Why there is no reply, or no whole one.
    pub fault: Option<String>,
    /// The time up to the head of the reply.
    pub waited: Duration,
    /// The time from there to the end of its body.
    pub received: Duration,
}

/// A reply as it was seen.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SeenReply {
    /// Its status.
    pub status: u16,
    /// The words that belong to the status.
    pub reason: &'static str,
    /// The version of HTTP, as `HTTP/1.1`.
    pub version: &'static str,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Payload,
}

/// A body, as far as it is kept.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Payload {
    /// The media type.
    pub media_type: String,
    /// The size of the whole in bytes, where it is known.
    pub size: Option<u64>,
    /// The bytes, as many as are kept; none of a form and of a file.
    pub bytes: Bytes,
    /// The fields of a form.
    pub fields: Vec<Field>,
    /// Whether there is more than was kept.
    pub(crate) cut: bool,
}

impl Payload {
    /// Whether there is more than was kept.
    pub fn is_cut(&self) -> bool {
        self.cut
    }
}

/// A field of a form.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its value; of a file there is none here.
    pub value: Option<String>,
    /// The name of the file, where it is one.
    pub file_name: Option<String>,
    /// The media type of the file, where it is one and one was said.
    pub media_type: Option<String>,
}
