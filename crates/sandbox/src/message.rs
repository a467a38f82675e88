//! One HTTP exchange, as the rest of the crate sees it: a request that has been read whole, and a reply to write.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// A request, read whole.
#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    pub(crate) method: Method,
    /// Zoho's host where the request names one, else the host as it came, without its port.
    pub(crate) host: String,
    /// The path as it was sent, escaped.
    pub(crate) path: String,
    /// The query as it was sent, without the question mark.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The body's fields and files, where it is a form.
    pub(crate) form: Form,
}

impl Incoming {
    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The query's pairs, decoded.
    pub(crate) fn query_pairs(&self) -> Vec<(String, String)> {
        decode_pairs(self.query.as_bytes())
    }

    /// The path's segments, decoded; a slash at the end makes a last segment that is empty.
    pub(crate) fn segments(&self) -> Vec<String> {
        let trimmed = self.path.strip_prefix('/').unwrap_or(&self.path);
        trimmed.split('/').map(decode).collect()
    }
}

/// Pairs in URL encoding, decoded.
pub(crate) fn decode_pairs(text: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text).into_owned().collect()
}

fn decode(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

/// A form, in URL encoding or in parts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form {
    pub(crate) pairs: Vec<(String, String)>,
    pub(crate) files: Vec<(String, Upload)>,
    /// What is wrong with it.
    pub(crate) fault: Option<String>,
}

/// The bytes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upload {
    pub(crate) name: String,
    pub(crate) media: String,
    pub(crate) bytes: Bytes,
}

impl Form {
    /// Reads a body whose media type is that of a form; any other body is no form.
    pub(crate) async fn read(media: &str, body: &Bytes) -> Self {
        if media.starts_with("application/x-www-form-urlencoded") {
            return Self { pairs: decode_pairs(body), ..Self::default() };
        }
        if !media.starts_with("multipart/form-data") {
            return Self::default();
        }
        let mut form = Self::default();
        if let Err(error) = form.read_parts(media, body).await {
            form.fault = Some(format!("the form cannot be read: {error}"));
        }
        form
    }

    async fn read_parts(&mut self, media: &str, body: &Bytes) -> multer::Result<()> {
        let whole = futures_util::stream::iter([Ok::<_, std::io::Error>(body.clone())]);
        let mut parts = multer::Multipart::new(whole, multer::parse_boundary(media)?);
        while let Some(part) = parts.next_field().await? {
            let name = part.name().unwrap_or_default().to_owned();
            let Some(file) = part.file_name().map(str::to_owned) else {
                self.pairs.push((name, part.text().await?));
                continue;
            };
            let media = part.content_type().map_or_else(|| "application/octet-stream".to_owned(), ToString::to_string);
            self.files.push((name, Upload { name: file, media, bytes: part.bytes().await? }));
        }
        Ok(())
    }
}

/// A reply.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// What goes wrong on the wire.
    pub(crate) wire: Wire,
    /// How long it keeps the caller waiting.
    pub(crate) delay: Duration,
    /// Whether what was asked for was done, as far as it could be.
    pub(crate) carried_out: bool,
}

/// What goes wrong when a reply is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Wire {
    /// Nothing.
    #[default]
    Whole,
    /// The connection closes before the reply.
    Reset,
    /// The connection closes within the body.
    Cut,
    /// `Content-Length` says more than there is.
    Longer,
    /// `Content-Length` says less than there was.
    Shorter,
    /// The body comes in pieces, and takes so long.
    Trickle(Duration),
    /// The body comes in a coding that the request accepts.
    Coded,
}

impl Reply {
    /// A reply with a status and nothing else.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status: StatusCode::from_u16(status).unwrap_or_default(), ..Self::default() }
    }

    /// A reply of JSON.
    pub(crate) fn json(status: u16, value: &Value) -> Self {
        Self::of(status, "application/json;charset=utf-8", serde_json::to_vec(value).unwrap_or_default())
    }

    /// A reply of a media type.
    pub(crate) fn of(status: u16, media: &str, body: impl Into<Bytes>) -> Self {
        let mut reply = Self::empty(status);
        reply.body = body.into();
        reply.set("content-type", media);
        reply
    }

    /// Sets a header; a value that HTTP does not take is left out.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
            self.headers.insert(name, value);
        }
    }
}

/// The first value of each name.
pub(crate) fn first_of_each(pairs: impl Iterator<Item = (String, String)>) -> BTreeMap<String, String> {
    let mut map = BTreeMap::new();
    for (name, value) in pairs {
        map.entry(name).or_insert(value);
    }
    map
}
