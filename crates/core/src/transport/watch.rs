//! An exchange that somebody watches, from its request to the last byte of its reply.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Version};
use reqwest::{Request as HttpRequest, Response};

use crate::invocation::FilePart;
use crate::observer::mask::Mask;
use crate::observer::{Event, Exchange, Field, Headers, Observer, Payload, SeenReply};
use crate::request::{Content, Part, Request};

/// As much as is kept beyond what is wanted, so that no secret is cut in two before it is hidden.
const OVERHANG: usize = 4096;

/// What is told of a request.
pub(crate) struct Told {
    /// Zoho's URL, without secrets.
    pub(crate) url: String,
    /// Which try it is, from 1.
    pub(crate) attempt: u32,
    /// What hides its secrets.
    pub(crate) mask: Mask,
}

/// The body of a request, for those who keep bodies.
pub(crate) enum Sent<'a> {
    /// Of a call.
    Request(&'a Request),
    /// A form to an accounts server.
    Form(&'a [(&'a str, &'a str)]),
    /// None.
    Nothing,
}

/// An exchange under way.
pub(crate) struct Watch {
    observer: Arc<dyn Observer>,
    mask: Mask,
    started: Instant,
    /// Built only where somebody keeps bodies.
    exchange: Option<Box<Exchange>>,
    keep: usize,
    answer: Option<(u16, HeaderMap, Duration)>,
    kept: BytesMut,
    size: u64,
}

impl Watch {
    /// Tells that a request is sent.
    #[expect(clippy::disallowed_methods, reason = "when it happened is for people to read; nothing is decided by it")]
    pub(crate) fn begin(observer: &Arc<dyn Observer>, request: &HttpRequest, told: Told, sent: &Sent<'_>) -> Box<Self> {
        let (method, headers) = (request.method().as_str(), request.headers());
        let shown = Headers::new(headers, &told.mask);
        observer.event(&Event::Sending { method, url: &told.url, attempt: told.attempt, headers: shown });
        let keep = observer.keeps_of_bodies();
        let exchange = keep.map(|keep| {
            Box::new(Exchange {
                started: SystemTime::now(),
                method: method.to_owned(),
                url: told.url,
                headers: told.mask.headers(headers),
                body: sent.payload(&told.mask, keep),
                reply: None,
                fault: None,
                waited: Duration::ZERO,
                received: Duration::ZERO,
            })
        });
        Box::new(Self {
            observer: Arc::clone(observer),
            mask: told.mask,
            started: Instant::now(),
            exchange,
            keep: keep.unwrap_or(0),
            answer: None,
            kept: BytesMut::new(),
            size: 0,
        })
    }

    /// The head of the reply is there.
    pub(crate) fn answered(&mut self, response: &Response) {
        let (status, headers) = (response.status(), response.headers());
        self.answer = Some((status.as_u16(), headers.clone(), self.started.elapsed()));
        if let Some(exchange) = &mut self.exchange {
            let media_type =
                headers.get("content-type").map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
            exchange.waited = self.started.elapsed();
            exchange.reply = Some(SeenReply {
                status: status.as_u16(),
                reason: status.canonical_reason().unwrap_or_default(),
                version: version(response.version()),
                headers: self.mask.headers(headers),
                body: Payload { media_type: media_type.unwrap_or_default(), ..Payload::default() },
            });
        }
    }

    /// A piece of the body is there.
    pub(crate) fn piece(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        if self.exchange.is_some() {
            let room = (self.keep + OVERHANG).saturating_sub(self.kept.len());
            self.kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
    }

    /// The reply is whole.
    pub(crate) fn ended(mut self) {
        if let Some((status, headers, _)) = &self.answer {
            let (elapsed, headers) = (self.started.elapsed(), Headers::new(headers, &self.mask));
            self.observer.event(&Event::Received { status: *status, elapsed, size: self.size, headers });
        }
        self.tell(None);
    }

    /// No reply came, or no whole one.
    pub(crate) fn failed(mut self, why: &str) {
        self.tell(Some(why));
    }

    fn tell(&mut self, fault: Option<&str>) {
        let Some(mut exchange) = self.exchange.take() else { return };
        exchange.fault = fault.map(|fault| self.mask.text(fault));
        match (&mut exchange.reply, &self.answer) {
            (Some(reply), Some((_, _, waited))) => {
                let masked = self.mask.body(&std::mem::take(&mut self.kept).freeze());
                reply.body.bytes = masked.slice(..masked.len().min(self.keep));
                reply.body.size = Some(self.size);
                reply.body.cut = self.size > self.keep as u64;
                exchange.received = self.started.elapsed().saturating_sub(*waited);
            }
            _ => exchange.waited = self.started.elapsed(),
        }
        self.observer.event(&Event::Exchanged(&exchange));
    }
}

impl Drop for Watch {
    /// Whoever waited for the reply has gone away: a time limit, or Ctrl-C.
    fn drop(&mut self) {
        self.tell(Some("it was given up before the reply was whole"));
    }
}

impl Sent<'_> {
    fn payload(&self, mask: &Mask, keep: usize) -> Option<Payload> {
        match self {
            Self::Nothing => None,
            Self::Form(pairs) => Some(form(pairs.iter().copied(), mask)),
            Self::Request(request) => match &request.content {
                Content::Empty => None,
                Content::Json(text) => Some(json(request, text, mask, keep)),
                Content::UrlEncoded(pairs) => {
                    Some(form(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())), mask))
                }
                Content::Multipart(parts) => Some(Payload {
                    media_type: "multipart/form-data".to_owned(),
                    fields: parts.iter().map(|part| field(part, mask)).collect(),
                    ..Payload::default()
                }),
                Content::File(file) => Some(Payload {
                    media_type: media_type(file).to_owned(),
                    size: file.size(),
                    cut: true,
                    ..Payload::default()
                }),
            },
        }
    }
}

fn json(request: &Request, text: &str, mask: &Mask, keep: usize) -> Payload {
    let declared = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let masked = mask.body(&Bytes::copy_from_slice(text.as_bytes()));
    Payload {
        media_type: declared.map_or("application/json", |(_, value)| value).to_owned(),
        size: Some(text.len() as u64),
        cut: masked.len() > keep,
        bytes: masked.slice(..masked.len().min(keep)),
        fields: Vec::new(),
    }
}

fn form<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>, mask: &Mask) -> Payload {
    let field = |(name, value): (&str, &str)| Field {
        name: name.to_owned(),
        value: Some(mask.value(name, value)),
        ..Field::default()
    };
    let media_type = "application/x-www-form-urlencoded".to_owned();
    Payload { media_type, fields: pairs.map(field).collect(), ..Payload::default() }
}

fn field(part: &Part, mask: &Mask) -> Field {
    match part {
        Part::Text(name, value) => {
            Field { name: name.clone(), value: Some(mask.value(name, value)), ..Field::default() }
        }
        Part::File(name, file) => Field {
            name: name.clone(),
            file_name: Some(file.name.clone()),
            media_type: Some(media_type(file).to_owned()),
            ..Field::default()
        },
    }
}

fn media_type(file: &FilePart) -> &str {
    file.content_type.as_deref().unwrap_or("application/octet-stream")
}

fn version(version: Version) -> &'static str {
    match version {
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2.0",
        Version::HTTP_3 => "HTTP/3.0",
        _ => "HTTP/1.1",
    }
}
