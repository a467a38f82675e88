//! Files that an API gives: a name, and bytes as they come.
//!
//! Where the connection breaks and the service gives parts of a file, the rest is asked for: only of the same file, which
//! its tag or its time tells.

use bytes::Bytes;
use http::HeaderMap;
use percent_encoding::percent_decode_str;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use zoho_connector::{Location, RequestPlace};

use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::invocation::Invocation;
use crate::request::Change;
use crate::response::{judge, takes_status};
use crate::send::{Receive, send, whole};
use crate::transport::Incoming;

/// How often in a row the rest is asked for without a byte coming.
const PATIENCE: u32 = 4;

/// The first part of a file, as an earlier download left it.
#[derive(Debug, Clone)]
pub struct Begun {
    /// How many bytes of it are there.
    pub bytes: u64,
    /// What [`Download::validator`] said of the file.
    pub validator: String,
    /// How many bytes it has.
    pub length: u64,
}

/// A file on its way.
pub struct Download {
    /// The name that the service gives, made safe: without folders, and without what no file system takes.
    pub file_name: Option<String>,
    /// Its media type, as the service says; many say `application/octet-stream` whatever it is.
    pub content_type: Option<String>,
    /// Its size in bytes, where the service says.
    pub length: Option<u64>,
    body: Source,
    /// How many bytes were there before.
    from: u64,
    /// How many bytes were given, with those.
    given: u64,
    /// What tells that a part is of the same file, where the service gives parts.
    validator: Option<String>,
    /// The call that gives the rest.
    again: Option<(Client, Invocation, Vec<Change>)>,
    /// How often in a row the connection broke before a byte came.
    breaks: u32,
}

enum Source {
    Stream(Incoming),
    Whole(Option<Bytes>),
}

impl Download {
    /// At which byte it begins: 0, unless it goes on with the first part of the same file.
    pub fn from(&self) -> u64 {
        self.from
    }

    /// What tells this file from another, or from an earlier state of itself, where the service gives parts of it and says
    /// how long it is.
    pub fn validator(&self) -> Option<&str> {
        self.validator.as_deref()
    }

    /// The next piece; none after the last.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Network`] where the connection breaks: what came so far is not the whole file.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            let piece = match &mut self.body {
                Source::Stream(incoming) => incoming.chunk().await,
                Source::Whole(bytes) => Ok(bytes.take()),
            };
            match piece {
                Ok(piece) => {
                    self.given += piece.as_ref().map_or(0, |piece| piece.len() as u64);
                    self.breaks = 0;
                    return Ok(piece);
                }
                Err(error) => self.go_on(error).await?,
            }
        }
    }

    /// The same with the call that gives it, which can be asked for the rest.
    pub(crate) fn by(mut self, client: &Client, invocation: &Invocation, changes: &[Change]) -> Self {
        self.again = Some((client.clone(), invocation.clone(), changes.to_vec()));
        self
    }

    /// Asks for the rest after the connection broke.
    async fn go_on(&mut self, broken: Error) -> Result<(), Error> {
        self.breaks += 1;
        let passes = matches!(broken.kind(), ErrorKind::Network | ErrorKind::Timeout) && self.breaks <= PATIENCE;
        let (Some(validator), Some((client, invocation, changes)), true) = (&self.validator, &self.again, passes)
        else {
            return Err(broken);
        };
        let changes: Vec<Change> = changes.iter().cloned().chain(ranged(self.given, validator)).collect();
        let rest = Rest { from: self.given, length: self.length };
        self.body = Source::Stream(send(client, invocation, &changes, &rest).await?);
        Ok(())
    }

    /// The whole file, in memory.
    ///
    /// # Errors
    /// As [`Download::chunk`].
    pub async fn bytes(mut self) -> Result<Vec<u8>, Error> {
        let mut all = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all)
    }

    /// Writes the whole file and gives its size in bytes. A file of one's own is one only when this has returned.
    ///
    /// # Errors
    /// As [`Download::chunk`], and [`ErrorKind::Io`] where it cannot be written.
    pub async fn write_to(&mut self, writer: &mut (impl AsyncWrite + Unpin)) -> Result<u64, Error> {
        let fault = |error: std::io::Error| {
            Error::new(ErrorKind::Io, format!("the file cannot be written: {error}")).caused_by(error)
        };
        let mut size = 0;
        while let Some(chunk) = self.chunk().await? {
            writer.write_all(&chunk).await.map_err(fault)?;
            size += chunk.len() as u64;
        }
        writer.flush().await.map_err(fault)?;
        Ok(size)
    }
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Download");
        shown.field("file_name", &self.file_name).field("content_type", &self.content_type);
        shown.field("length", &self.length).finish_non_exhaustive()
    }
}

/// What asks for the rest of a file, if it still is the same.
fn ranged(from: u64, validator: &str) -> [Change; 2] {
    let header = |name: &str, value: String| {
        let place = RequestPlace { location: Location::Header, name: name.to_owned(), inner: Vec::new() };
        Change::Set(place, value.into())
    };
    [header("Range", format!("bytes={from}-")), header("If-Range", validator.to_owned())]
}

/// Goes on with a file; none where it has to be asked for from its begin.
pub(crate) async fn resume(client: &Client, invocation: &Invocation, begun: &Begun) -> Result<Option<Download>, Error> {
    if begun.bytes == 0 || begun.bytes >= begun.length {
        return Ok(None);
    }
    let download = send(client, invocation, &ranged(begun.bytes, &begun.validator), &Resumed(begun)).await?;
    Ok(download.map(|download| download.by(client, invocation, &[])))
}

/// Takes the rest of a file that is there in part, or the file that is there in its place now.
struct Resumed<'a>(&'a Begun);

impl Receive for Resumed<'_> {
    type Output = Option<Download>;

    async fn receive(&self, invocation: &Invocation, incoming: Incoming) -> Result<Self::Output, Error> {
        let begun = self.0;
        match incoming.status() {
            206 => {
                let headers = incoming.headers();
                let rest = Rest { from: begun.bytes, length: Some(begun.length) };
                let range = text(headers, "content-range");
                // Some give a part whatever they were asked to look at first.
                let tells_another = |name: &str, begins: bool| {
                    let is_of_its_kind = begun.validator.starts_with('"') == begins;
                    text(headers, name).is_some_and(|told| is_of_its_kind && told != begun.validator)
                };
                let is_other = tells_another("etag", true) || tells_another("last-modified", false);
                if is_other || !range.is_some_and(|range| rest.is_rest(&range)) {
                    return Ok(None);
                }
                Ok(Some(Download {
                    file_name: file_name(headers),
                    content_type: text(headers, "content-type"),
                    length: Some(begun.length),
                    validator: Some(begun.validator.clone()),
                    body: Source::Stream(incoming),
                    from: begun.bytes,
                    given: begun.bytes,
                    again: None,
                    breaks: 0,
                }))
            }
            // There is no such part: the file is shorter now.
            416 => Ok(None),
            _ => AsFile.receive(invocation, incoming).await.map(Some),
        }
    }
}

/// Gives a good reply on while its body is still to come.
pub(crate) struct AsFile;

impl Receive for AsFile {
    type Output = Download;

    async fn receive(&self, invocation: &Invocation, incoming: Incoming) -> Result<Download, Error> {
        let headers = incoming.headers().clone();
        let media = text(&headers, "content-type");
        let json = media.as_deref().is_some_and(|media| media.contains("json"));
        let good = (200..300).contains(&incoming.status()) && takes_status(invocation.api(), incoming.status());
        let declared_empty = incoming.status() == 204;
        if good && !json && !declared_empty {
            return Ok(Download {
                file_name: file_name(&headers),
                content_type: media,
                length: incoming.length(),
                validator: validator(&headers).filter(|_| incoming.length().is_some()),
                body: Source::Stream(incoming),
                from: 0,
                given: 0,
                again: None,
                breaks: 0,
            });
        }
        // An error comes as JSON, some with 200; only the rules can tell it from a file that is JSON.
        let raw = whole(incoming).await?;
        judge(invocation.connector(), invocation.api(), &raw)?;
        Ok(Download {
            file_name: file_name(&headers),
            content_type: media,
            length: Some(raw.body.len() as u64),
            body: Source::Whole(Some(raw.body)),
            from: 0,
            given: 0,
            validator: None,
            again: None,
            breaks: 0,
        })
    }
}

/// Takes the rest of a file.
struct Rest {
    from: u64,
    length: Option<u64>,
}

impl Receive for Rest {
    type Output = Incoming;

    async fn receive(&self, invocation: &Invocation, incoming: Incoming) -> Result<Incoming, Error> {
        let range = text(incoming.headers(), "content-range");
        if incoming.status() == 206 && range.is_some_and(|range| self.is_rest(&range)) {
            return Ok(incoming);
        }
        if (200..300).contains(&incoming.status()) {
            let words = "the connection broke, and the file has changed meanwhile";
            return Err(Error::new(ErrorKind::Unexpected, words)
                .status_of(incoming.status())
                .with_hint("download it again from its begin"));
        }
        let raw = whole(incoming).await?;
        judge(invocation.connector(), invocation.api(), &raw)?;
        Err(Error::new(ErrorKind::Unexpected, "the service does not give the rest of the file").status_of(raw.status))
    }
}

impl Rest {
    /// Whether `bytes 100-999/1000` is what is missing.
    fn is_rest(&self, range: &str) -> bool {
        let parts = || {
            let (range, total) = range.trim().strip_prefix("bytes")?.trim_start().split_once('/')?;
            let from = range.split_once('-')?.0.parse::<u64>().ok()?;
            Some((from, total.parse::<u64>().ok()))
        };
        parts().is_some_and(|(from, total)| from == self.from && (total.is_none() || total == self.length))
    }
}

/// What tells that a part is of the same file: its tag, unless that stands for files that only mean the same, or else its
/// time. Nothing where the service gives no parts.
fn validator(headers: &HeaderMap) -> Option<String> {
    text(headers, "accept-ranges").filter(|units| units.trim().eq_ignore_ascii_case("bytes"))?;
    let tag = text(headers, "etag").filter(|tag| tag.starts_with('"'));
    tag.or_else(|| text(headers, "last-modified"))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// The name in `Content-Disposition`: `filename*` (RFC 8187) before `filename`.
fn file_name(headers: &HeaderMap) -> Option<String> {
    let disposition = text(headers, "content-disposition")?;
    let parameter = |name: &str| {
        disposition.split(';').skip(1).find_map(|part| {
            let (key, value) = part.split_once('=')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
        })
    };
    let extended = parameter("filename*").and_then(|value| {
        let encoded = value.splitn(3, '\'').nth(2)?.to_owned();
        Some(percent_decode_str(&encoded).decode_utf8_lossy().into_owned())
    });
    extended.or_else(|| parameter("filename")).and_then(|name| safe_name(&name))
}

/// A name without folders and without what a file system does not take; none where nothing is left.
fn safe_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let clean: String = last.chars().filter(|c| !c.is_control() && !"<>:\"|?*".contains(*c)).collect();
    let clean = clean.trim().trim_end_matches('.').to_owned();
    (!clean.trim_matches('.').is_empty()).then_some(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_leads_out_of_a_folder() {
        for (disposition, name) in [
            ("attachment; filename=\"report.pdf\"", Some("report.pdf")),
            ("attachment; filename=../../etc/passwd", Some("passwd")),
            ("attachment; filename=\"C:\\\\temp\\\\a.txt\"", Some("a.txt")),
            ("attachment; filename=\"..\"", None),
            ("attachment; filename=\"a.txt\"; filename*=UTF-8''%C3%BCber%2F..%2Fb.txt", Some("b.txt")),
            ("attachment", None),
            ("inline; filename=\"a\u{0}b.txt\"", Some("ab.txt")),
        ] {
            let Ok(value) = http::HeaderValue::from_bytes(disposition.as_bytes()) else { continue };
            let headers = [(http::header::CONTENT_DISPOSITION, value)].into_iter().collect();
            assert_eq!(file_name(&headers).as_deref(), name, "{disposition}");
        }
    }
}
