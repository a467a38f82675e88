//! The door: connections, HTTP in both versions, requests read whole and replies written, cut or not.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming as Streaming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::faults::FaultKind;
use crate::message::{Form, Incoming, Reply, Wire};
use crate::state::State;

mod body;
mod coding;
mod line;

use body::ReplyBody;
use line::{Line, Reset};

/// The largest body that is read: more than any file that a service takes.
const LARGEST_BODY: usize = 256 << 20;

/// Opens the port on the loopback.
pub(crate) async fn listen(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await
}

/// Serves connections until it is dropped.
pub(crate) async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, state: Arc<State>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(connections.spawn(connection(stream, tls.clone(), Arc::clone(&state)))),
                // Out of file descriptors, most likely: some are closed soon.
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, tls: Option<TlsAcceptor>, state: Arc<State>) {
    // Without it every call waits for the other side's delayed acknowledgement.
    let _ = stream.set_nodelay(true);
    let (line, reset) = Line::new(stream);
    match tls {
        None => http(line, reset, state).await,
        Some(acceptor) => {
            if let Ok(stream) = acceptor.accept(line).await {
                http(stream, reset, state).await;
            }
        }
    }
}

async fn http<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(stream: S, reset: Reset, state: Arc<State>) {
    let service = service_fn(move |request| exchange(Arc::clone(&state), reset.clone(), request));
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().half_close(true);
    // A client that goes away is its own affair, and a reset on request ends here as well.
    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
}

/// One exchange. An error closes the connection without a reply.
async fn exchange(
    state: Arc<State>,
    reset: Reset,
    request: http::Request<Streaming>,
) -> Result<http::Response<ReplyBody>, io::Error> {
    let (head, body) = request.into_parts();
    let mut request = heard(&state, head);
    let due = state.due(&request);
    if due.as_ref().is_some_and(|due| due.fault.fault == FaultKind::ResetBefore) {
        state.turn_away(&request, due.as_ref());
        reset.ask();
        return Err(io::Error::other("closed before the request was read, as a fault asked"));
    }
    let mut under_way = None;
    let mut reply = match read(&mut request, body).await {
        Ok(()) => {
            under_way = state.under_way(&request);
            state.answer(&request, due.as_ref())
        }
        Err(reply) => reply,
    };
    if let Some(date) = state.clock.http_date() {
        reply.set("date", &date);
    }
    if !reply.delay.is_zero() {
        tokio::time::sleep(reply.delay).await;
    }
    drop(under_way);
    // Of an empty body nothing can be cut, and no length be wrong.
    let breaks = matches!(reply.wire, Wire::Cut | Wire::Longer | Wire::Shorter) && reply.body.is_empty();
    if reply.wire == Wire::Reset || breaks {
        reset.ask();
        return Err(io::Error::other("closed without a reply, as a fault asked"));
    }
    if reply.wire == Wire::Coded {
        coding::encode(&mut reply, request.header("accept-encoding").unwrap_or_default());
    }
    Ok(response(reply))
}

/// Reads the body.
async fn read(request: &mut Incoming, body: Streaming) -> Result<(), Reply> {
    let body = Limited::new(body, LARGEST_BODY).collect().await;
    request.body = body.map_err(|_| Reply::of(413, "text/plain", "The body is too large, or broke off.\n"))?.to_bytes();
    let media = request.header("content-type").unwrap_or_default();
    request.form = Form::read(media, &request.body).await;
    Ok(())
}

/// A request of which only the head was read.
fn heard(state: &State, head: http::request::Parts) -> Incoming {
    let named = head.headers.get("host").and_then(|value| value.to_str().ok());
    let authority = head.uri.authority().map(http::uri::Authority::as_str);
    Incoming {
        host: state.host_of(named, authority),
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body: Bytes::new(),
        form: Form::default(),
    }
}

fn response(reply: Reply) -> http::Response<ReplyBody> {
    let (body, claimed) = ReplyBody::new(reply.body, reply.wire);
    let mut response = http::Response::new(body);
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    if let Some(claimed) = claimed {
        response.headers_mut().insert("content-length", http::HeaderValue::from(claimed));
    }
    response
}

/// A future that never ends, for a server that runs until it is stopped.
pub(crate) async fn forever() -> Infallible {
    std::future::pending().await
}
