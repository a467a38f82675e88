//! `--har`: every exchange, with its secrets masked, in the format that browsers and proxies exchange (HTTP Archive
//! 1.2). Each is written as it ends, so that a long read needs no memory.

use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use jiff::Timestamp;
use serde_json::{Value, json};
use zoho_core::{Exchange, Payload};

use crate::output::{Sink, Target, heard};

/// A file of exchanges.
#[derive(Debug)]
pub(super) struct Har(Mutex<Writer>);

#[derive(Debug)]
struct Writer {
    sink: Sink,
    entries: u64,
    /// What went wrong when an exchange was written; the call itself goes on.
    fault: Option<std::io::Error>,
}

impl Har {
    /// Begins a file, which is there only when it is whole.
    pub(super) fn create(path: &Path) -> Result<Self> {
        let mut sink = Sink::open(Some(path))?;
        let creator = json!({ "name": "zohoctl", "version": env!("CARGO_PKG_VERSION") });
        heard(write!(sink, "{{\"log\":{{\"version\":\"1.2\",\"creator\":{creator},\"entries\":["))?;
        Ok(Self(Mutex::new(Writer { sink, entries: 0, fault: None })))
    }

    /// Adds an exchange.
    pub(super) fn add(&self, exchange: &Exchange) {
        let mut writer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let comma = if writer.entries == 0 { "" } else { "," };
        writer.entries += 1;
        let entry = entry(exchange);
        if let Err(error) = write!(writer.sink, "{comma}\n{entry}") {
            writer.fault.get_or_insert(error);
        }
    }

    /// Ends the file.
    pub(super) fn finish(&self) -> Result<()> {
        let mut writer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(fault) = writer.fault.take() {
            return heard(Err(fault));
        }
        heard(writer.sink.write_all(b"\n]}}\n"))?;
        writer.sink.keep().map(|_| ())
    }
}

fn entry(exchange: &Exchange) -> Value {
    let milliseconds = |duration: std::time::Duration| duration.as_secs_f64() * 1000.0;
    let (waited, received) = (milliseconds(exchange.waited), milliseconds(exchange.received));
    let started = Timestamp::try_from(exchange.started).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut entry = json!({
        "startedDateTime": started.to_string(),
        "time": waited + received,
        "request": request(exchange),
        "response": response(exchange),
        "cache": {},
        "timings": {
            "blocked": -1, "dns": -1, "connect": -1, "ssl": -1, "send": 0, "wait": waited, "receive": received,
        },
    });
    if let Some(fault) = &exchange.fault {
        entry["comment"] = fault.as_str().into();
    }
    entry
}

fn request(exchange: &Exchange) -> Value {
    let mut request = json!({
        "method": exchange.method,
        "url": exchange.url,
        "httpVersion": version(exchange),
        "cookies": [],
        "headers": pairs(&exchange.headers),
        "queryString": pairs(&query(&exchange.url)),
        "headersSize": -1,
        "bodySize": exchange.body.as_ref().map_or(Some(0), |body| body.size).map_or(json!(-1), Value::from),
    });
    if let Some(body) = &exchange.body {
        request["postData"] = post_data(body);
    }
    request
}

fn response(exchange: &Exchange) -> Value {
    // An exchange without an answer has the status 0, as browsers write it.
    let Some(reply) = &exchange.reply else {
        let content = json!({ "size": 0, "mimeType": "" });
        return json!({
            "status": 0, "statusText": "", "httpVersion": "", "cookies": [], "headers": [], "content": content,
            "redirectURL": "", "headersSize": -1, "bodySize": -1,
        });
    };
    json!({
        "status": reply.status,
        "statusText": reply.reason,
        "httpVersion": version(exchange),
        "cookies": [],
        "headers": pairs(&reply.headers),
        "content": content(&reply.body),
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    })
}

fn version(exchange: &Exchange) -> &str {
    exchange.reply.as_ref().map_or("", |reply| reply.version)
}

fn post_data(body: &Payload) -> Value {
    let mut data = json!({ "mimeType": body.media_type });
    if body.fields.is_empty() {
        data["text"] = String::from_utf8_lossy(&body.bytes).into();
    } else {
        data["params"] = body
            .fields
            .iter()
            .map(|field| {
                let mut param = json!({ "name": field.name });
                for (key, value) in
                    [("value", &field.value), ("fileName", &field.file_name), ("contentType", &field.media_type)]
                {
                    if let Some(value) = value {
                        param[key] = value.as_str().into();
                    }
                }
                param
            })
            .collect();
    }
    with_remark(data, body)
}

fn content(body: &Payload) -> Value {
    let mut content = json!({ "size": body.size.unwrap_or_default(), "mimeType": body.media_type });
    match std::str::from_utf8(&body.bytes) {
        Ok(text) => content["text"] = text.into(),
        Err(_) => {
            content["text"] = String::from_utf8_lossy(&body.bytes).into();
            content["comment"] = "bytes that are no text were replaced".into();
        }
    }
    with_remark(content, body)
}

fn with_remark(mut data: Value, body: &Payload) -> Value {
    if body.is_cut() {
        data["comment"] = format!("only the first {} bytes", body.bytes.len()).into();
    }
    data
}

fn pairs(pairs: &[(String, String)]) -> Value {
    pairs.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

/// The parameters of a URL's query.
fn query(url: &str) -> Vec<(String, String)> {
    let query = url::Url::parse(url).ok();
    query
        .iter()
        .flat_map(|url| url.query_pairs())
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}
