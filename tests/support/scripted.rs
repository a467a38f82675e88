//! A server on the loopback that answers as a test says, however large what comes and goes is: nothing is kept.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request whose body has been read and thrown away, unless it is short.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    /// How long the body was.
    pub(crate) length: u64,
    /// The body, of which no more is kept than this.
    pub(crate) body: Vec<u8>,
}

const KEPT: usize = 1 << 20;

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

pub(crate) struct Scripted {
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

type Stream<'a> = &'a mut dyn Write;

impl Scripted {
    /// Starts a server. Requests for tokens are answered; `answer` writes the head and the body for all others, and says
    /// whether the connection may be used again.
    pub(crate) fn start(answer: impl Fn(&Asked, Stream<'_>) -> std::io::Result<bool> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = Self { address, asked: Arc::default() };
        let (asked, answer) = (Arc::clone(&server.asked), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (asked, answer) = (Arc::clone(&asked), Arc::clone(&answer));
                // A connection that the other side ends is no fault.
                std::thread::spawn(move || drop(serve(&stream, &asked, &*answer)));
            }
        });
        server
    }

    /// The requests so far, without those for tokens.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(
    stream: &TcpStream,
    log: &Mutex<Vec<Asked>>,
    answer: &impl Fn(&Asked, Stream<'_>) -> std::io::Result<bool>,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::with_capacity(1 << 16, stream);
    let mut writer = stream;
    while let Some(asked) = read(&mut reader)? {
        if asked.target.starts_with("/oauth/v2/token") {
            let body = r#"{"access_token":"1000.a","api_domain":"https://www.zohoapis.com","expires_in":3600}"#;
            json(&mut writer, body)?;
            continue;
        }
        log.lock().unwrap().push(Asked { body: Vec::new(), ..asked.clone() });
        if !answer(&asked, &mut writer)? {
            break;
        }
    }
    Ok(())
}

/// Answers with JSON.
pub(crate) fn json(stream: Stream<'_>, body: &str) -> std::io::Result<bool> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes())?;
    Ok(true)
}

fn read(reader: &mut impl BufRead) -> std::io::Result<Option<Asked>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split(' ').map(str::to_owned);
    let target = words.nth(1).unwrap_or_default();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) => headers.push((name.to_owned(), value.to_owned())),
            None => break,
        }
    }
    let mut asked = Asked { target, headers, length: 0, body: Vec::new() };
    if let Some(length) = asked.header("content-length").and_then(|length| length.parse().ok()) {
        asked.length = length;
        let kept = length.min(KEPT as u64);
        reader.take(kept).read_to_end(&mut asked.body)?;
        std::io::copy(&mut reader.take(length - kept), &mut std::io::sink())?;
    }
    Ok(Some(asked))
}
