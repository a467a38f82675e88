//! The loopback listener that a browser is sent back to.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use url::Url;

use super::authorization_code::{AuthorizationCode, CsrfState};
use crate::error::{Error, ErrorKind};

/// The path of the redirect URL.
const PATH: &str = "/callback";

/// The most bytes of a browser's request that are read.
const LONGEST: usize = 16 * 1024;

/// What the accounts server sends back through the browser.
#[derive(Debug, Clone)]
pub struct Callback {
    /// The code.
    pub code: AuthorizationCode,
    /// The word of the person's data centre.
    pub location: Option<String>,
    /// The accounts server of the person's data centre, as a URL.
    pub accounts_server: Option<String>,
}

impl Callback {
    /// Reads the address that the browser was sent to, of which `state` must be that of the request.
    ///
    /// # Errors
    /// [`ErrorKind::SignIn`] where the person refused, the state is another, or there is no code.
    pub fn read(address: &Url, state: &CsrfState) -> Result<Self, Error> {
        let value =
            |name: &str| address.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        if !value("state").is_some_and(|other| state.matches(&other)) {
            return Err(Error::new(
                ErrorKind::SignIn,
                "the answer belongs to another sign-in (its `state` is not ours)",
            ));
        }
        if let Some(error) = value("error") {
            let word: String = error.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect();
            return Err(Error::new(ErrorKind::SignIn, format!("the consent was not given ({word})"))
                .with_hint("connect again and accept"));
        }
        let code = value("code")
            .filter(|code| !code.is_empty())
            .ok_or_else(|| Error::new(ErrorKind::SignIn, "the answer has no code"))?;
        Ok(Self {
            code: AuthorizationCode::new(code),
            location: value("location"),
            accounts_server: value("accounts-server"),
        })
    }
}

/// Waits on the loopback for the browser. Nobody else on the network can reach it.
#[derive(Debug)]
pub struct CallbackListener {
    listener: TcpListener,
    port: u16,
}

impl CallbackListener {
    /// Listens on a port of 127.0.0.1; 0 takes a free one.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where the port is taken.
    pub async fn bind(port: u16) -> Result<Self, Error> {
        let fault = |error: std::io::Error| {
            Error::new(ErrorKind::Io, format!("cannot listen on 127.0.0.1:{port}: {error}"))
                .with_hint("choose another port")
        };
        let listener = TcpListener::bind(("127.0.0.1", port)).await.map_err(fault)?;
        let port = listener.local_addr().map_err(fault)?.port();
        Ok(Self { listener, port })
    }

    /// The redirect URL that is to be registered with the client.
    pub fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}", self.port)
    }

    /// Waits for the one request that answers, and shows the person a page that says what happened.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`] where nobody comes, and as [`Callback::read`].
    pub async fn wait(self, state: &CsrfState, longest: Duration) -> Result<Callback, Error> {
        let late = || {
            Error::new(ErrorKind::Timeout, "nobody came back from the browser")
                .with_hint("connect again, and finish the consent in the browser")
        };
        timeout(longest, self.serve(state)).await.map_err(|_| late())?
    }

    async fn serve(self, state: &CsrfState) -> Result<Callback, Error> {
        loop {
            let (mut stream, _) = self
                .listener
                .accept()
                .await
                .map_err(|error| Error::new(ErrorKind::Io, format!("cannot listen: {error}")))?;
            // A connection that says nothing (browsers open some ahead of need) must not keep the answer waiting.
            let Ok(Some(target)) = timeout(Duration::from_secs(5), request_target(&mut stream)).await else { continue };
            let address = Url::parse(&format!("http://127.0.0.1{target}")).ok().filter(|url| url.path() == PATH);
            let Some(address) = address else {
                answer(&mut stream, "404 Not Found", "Nothing is here.").await;
                continue;
            };
            let callback = Callback::read(&address, state);
            match &callback {
                Ok(_) => answer(&mut stream, "200 OK", "You are signed in. You can close this page and go back.").await,
                Err(error) => answer(&mut stream, "400 Bad Request", &format!("Signing in failed: {error}.")).await,
            }
            return callback;
        }
    }
}

/// The target of a GET: path and query.
async fn request_target(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 2048];
    while !bytes.windows(4).any(|window| window == b"\r\n\r\n") {
        let count = stream.read(&mut chunk).await.ok()?;
        if count == 0 || bytes.len() > LONGEST {
            return None;
        }
        bytes.extend_from_slice(&chunk[..count]);
    }
    let text = String::from_utf8_lossy(&bytes);
    let mut words = text.lines().next()?.split(' ');
    (words.next()? == "GET").then(|| words.next().map(str::to_owned)).flatten()
}

async fn answer(stream: &mut TcpStream, status: &str, words: &str) {
    let words = words.replace('&', "&amp;").replace('<', "&lt;");
    let page = format!(
        "<!doctype html><meta charset=utf-8><title>Zoho</title><p style=\"font:1.1em sans-serif;margin:3em\">{words}</p>"
    );
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\nReferrer-Policy: no-referrer\r\n\r\n",
        page.len()
    );
    // The person's page is a courtesy: the sign-in goes on whether or not it arrives.
    let _ = stream.write_all(format!("{head}{page}").as_bytes()).await;
    let _ = stream.shutdown().await;
}
