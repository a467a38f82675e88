//! As much of HTTP as a browser needs for a consent, and a test for looking into a sandbox.

use std::io::{Read, Write};
use std::net::TcpStream;

/// A reply.
pub(crate) struct Reply {
    /// The status.
    pub(crate) status: u16,
    /// Names in small letters, and values.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: String,
}

impl Reply {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

/// Gets an address.
pub(crate) fn get(url: &str) -> Reply {
    exchange("GET", url, None)
}

/// Posts a form to an address.
pub(crate) fn post_form(url: &str, fields: &[(String, String)]) -> Reply {
    let encoded: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
    exchange("POST", url, Some(("application/x-www-form-urlencoded", encoded.join("&"))))
}

/// Posts JSON to an address.
pub(crate) fn post_json(url: &str, value: &serde_json::Value) -> Reply {
    exchange("POST", url, Some(("application/json", value.to_string())))
}

/// Deletes what is at an address.
pub(crate) fn delete(url: &str) -> Reply {
    exchange("DELETE", url, None)
}

/// Every host here is this machine: a browser takes `accounts.zoho.eu.localhost` for it as well.
fn exchange(method: &str, url: &str, body: Option<(&str, String)>) -> Reply {
    let rest = url.strip_prefix("http://").unwrap_or_else(|| panic!("{url} is not plain HTTP"));
    let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let port = authority.rsplit(':').next().expect("a port");
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).expect("somebody listens");
    let (kind, body) = body.unwrap_or(("text/plain", String::new()));
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).expect("it reads");
    let mut reply = Vec::new();
    let mut part = [0; 8192];
    // Some servers keep the connection open whatever they are told, so the length that they name counts.
    while !is_whole(&reply) {
        match stream.read(&mut part).expect("it answers") {
            0 => break,
            size => reply.extend_from_slice(&part[..size]),
        }
    }
    parse(&String::from_utf8_lossy(&reply))
}

fn is_whole(reply: &[u8]) -> bool {
    let Some(end) = reply.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&reply[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    length.is_some_and(|length| reply.len() >= end + 4 + length)
}

fn parse(text: &str) -> Reply {
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let mut lines = head.lines();
    let status =
        lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok()).expect("a status");
    let header =
        |line: &str| line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
    let headers: Vec<(String, String)> = lines.filter_map(header).collect();
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    Reply { status, headers, body: if chunked { unchunked(body) } else { body.to_owned() } }
}

fn unchunked(mut body: &str) -> String {
    let mut text = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).expect("the size of a chunk");
        if size == 0 {
            break;
        }
        text.push_str(&rest[..size]);
        body = &rest[size + 2..];
    }
    text
}

/// A text for a form or a query.
pub(crate) fn escape(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// The form of a page: where it is sent, and what is hidden in it.
pub(crate) fn form(page: &str) -> (String, Vec<(String, String)>) {
    let attribute = |tag: &str, name: &str| {
        let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
        let end = tag[start..].find('"')? + start;
        Some(tag[start..end].replace("&amp;", "&").replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<"))
    };
    let tags = |name: &str| {
        page.split('<').filter(|tag| tag.starts_with(&format!("{name} "))).map(str::to_owned).collect::<Vec<_>>()
    };
    let action = tags("form").first().and_then(|tag| attribute(tag, "action")).unwrap_or_default();
    let fields = tags("input")
        .iter()
        .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default())))
        .collect();
    (action, fields)
}
