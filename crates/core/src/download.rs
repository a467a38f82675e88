//! Files that an API gives: a name, and bytes as they come.

use std::time::Instant;

use bytes::Bytes;
use http::HeaderMap;
use percent_encoding::percent_decode_str;

use crate::client::Client;
use crate::error::Error;
use crate::invocation::Invocation;
use crate::response::{judge, takes_status};
use crate::send::{Receive, whole};
use crate::transport::Incoming;

/// A file on its way.
pub struct Download {
    /// The name that the service gives, made safe: without folders, and without what no file system takes.
    pub file_name: Option<String>,
    /// Its media type, as the service says; many say `application/octet-stream` whatever it is.
    pub content_type: Option<String>,
    /// Its size in bytes, where the service says.
    pub length: Option<u64>,
    body: Source,
}

enum Source {
    Stream(Incoming),
    Whole(Option<Bytes>),
}

impl Download {
    /// The next piece; none after the last.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Network`] where the connection breaks: what came so far is not the whole file.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        match &mut self.body {
            Source::Stream(incoming) => incoming.chunk().await,
            Source::Whole(bytes) => Ok(bytes.take()),
        }
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
}

/// Gives a good reply on while its body is still to come.
pub(crate) struct AsFile;

impl Receive for AsFile {
    type Output = Download;

    async fn receive(
        &self,
        invocation: &Invocation,
        incoming: Incoming,
        started: Instant,
        client: &Client,
    ) -> Result<Download, Error> {
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
                body: Source::Stream(incoming),
            });
        }
        // An error comes as JSON, some with 200; only the rules can tell it from a file that is JSON.
        let raw = whole(incoming, started, client).await?;
        judge(&invocation.connector().name, invocation.api(), &raw)?;
        Ok(Download {
            file_name: file_name(&headers),
            content_type: media,
            length: Some(raw.body.len() as u64),
            body: Source::Whole(Some(raw.body)),
        })
    }
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
