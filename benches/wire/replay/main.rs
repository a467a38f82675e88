//! A server that costs as little as it can: a list of tickets by `from` and `limit`, and bulk writes, answered from
//! pieces that are made before the first request.
//!
//! `replay --tickets N [--delay MS] [--tls FILE]` prints its address on a line, and writes the certificate to trust into
//! FILE. It runs until its standard input ends.

#![expect(clippy::print_stdout, reason = "a program: it says where it listens")]

mod replies;

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rcgen::{CertificateParams, KeyPair};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use replies::Tickets;

/// What the words of the command ask for.
struct Options {
    tickets: u64,
    delay: Duration,
    tls: Option<String>,
}

/// What every connection needs.
struct Server {
    tickets: Tickets,
    delay: Duration,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let options = options(std::env::args().skip(1))?;
    let acceptor = options.tls.as_deref().map(acceptor).transpose()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let scheme = if acceptor.is_some() { "https" } else { "http" };
    println!("{scheme}://{}", listener.local_addr()?);
    let server = Arc::new(Server { tickets: Tickets::new(options.tickets), delay: options.delay });
    tokio::select! {
        () = serve(&listener, acceptor, &server) => {}
        // Whoever started it has gone.
        _ = async { stdin()?.read(&mut [0; 1]).await } => {}
    }
    Ok(())
}

/// Standard input as something that can be waited for without a thread.
fn stdin() -> std::io::Result<tokio::net::unix::pipe::Receiver> {
    use std::os::fd::AsFd;
    tokio::net::unix::pipe::Receiver::from_owned_fd(std::io::stdin().as_fd().try_clone_to_owned()?)
}

fn options(words: impl Iterator<Item = String>) -> Result<Options> {
    let mut options = Options { tickets: 0, delay: Duration::ZERO, tls: None };
    let mut words = words;
    while let Some(word) = words.next() {
        let value = words.next().with_context(|| format!("{word} wants a value"))?;
        match word.as_str() {
            "--tickets" => options.tickets = value.parse()?,
            "--delay" => options.delay = Duration::from_millis(value.parse()?),
            "--tls" => options.tls = Some(value),
            _ => bail!("{word} is not an option"),
        }
    }
    Ok(options)
}

/// TLS with a certificate of this run, which is written into a file for the clients to trust.
fn acceptor(file: &str) -> Result<TlsAcceptor> {
    let key = KeyPair::generate()?;
    let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()])?.self_signed(&key)?;
    std::fs::write(file, certificate.pem()).with_context(|| format!("cannot write {file}"))?;
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn serve(listener: &TcpListener, acceptor: Option<TlsAcceptor>, server: &Arc<Server>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        tokio::spawn(connection(stream, acceptor.clone(), Arc::clone(server)));
    }
}

async fn connection(stream: TcpStream, acceptor: Option<TlsAcceptor>, server: Arc<Server>) {
    let _ = stream.set_nodelay(true);
    match acceptor {
        None => exchanges(stream, server).await,
        Some(acceptor) => {
            if let Ok(stream) = acceptor.accept(stream).await {
                exchanges(stream, server).await;
            }
        }
    }
}

async fn exchanges<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(stream: S, server: Arc<Server>) {
    let service = service_fn(move |request| answer(Arc::clone(&server), request));
    // A client that goes away is its own affair.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(server: Arc<Server>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    if !server.delay.is_zero() {
        tokio::time::sleep(server.delay).await;
    }
    let reply = match head.uri.path() {
        "/oauth/v2/token" => Some(Bytes::from_static(replies::TOKEN)),
        "/api/v1/tickets" => server.tickets.page(head.uri.query().unwrap_or_default()),
        _ => Some(replies::written(&body.collect().await.map(|body| body.to_bytes()).unwrap_or_default())),
    };
    let (status, body) = reply.map_or((204, Bytes::new()), |reply| (200, reply));
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    let json = http::HeaderValue::from_static("application/json;charset=UTF-8");
    response.headers_mut().insert(http::header::CONTENT_TYPE, json);
    Ok(response)
}
