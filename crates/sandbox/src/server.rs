//! The door: connections, HTTP in both versions, requests read whole and replies written, cut or not.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Frame, Incoming as Streaming, SizeHint};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::message::{Form, Incoming, Reply, Wire};
use crate::state::State;

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
    match tls {
        None => http(stream, state).await,
        Some(acceptor) => {
            if let Ok(stream) = acceptor.accept(stream).await {
                http(stream, state).await;
            }
        }
    }
}

async fn http<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(stream: S, state: Arc<State>) {
    let service = service_fn(move |request| exchange(Arc::clone(&state), request));
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().half_close(true);
    // A client that goes away is its own affair, and a reset on request ends here as well.
    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
}

/// One exchange. An error closes the connection without a reply.
async fn exchange(
    state: Arc<State>,
    request: http::Request<Streaming>,
) -> Result<http::Response<ReplyBody>, io::Error> {
    let reply = match read(&state, request).await {
        Ok(request) => state.answer(&request),
        Err(reply) => reply,
    };
    if !reply.delay.is_zero() {
        tokio::time::sleep(reply.delay).await;
    }
    // Of an empty body nothing can be cut.
    if reply.wire == Wire::Reset || (reply.wire == Wire::Cut && reply.body.is_empty()) {
        return Err(io::Error::other("closed without a reply, as a fault asked"));
    }
    Ok(response(reply))
}

async fn read(state: &State, request: http::Request<Streaming>) -> Result<Incoming, Reply> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, LARGEST_BODY).collect().await;
    let body = body.map_err(|_| Reply::of(413, "text/plain", "The body is too large, or broke off.\n"))?.to_bytes();
    let media = head.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let form = Form::read(media, &body).await;
    let named = head.headers.get("host").and_then(|value| value.to_str().ok());
    let authority = head.uri.authority().map(http::uri::Authority::as_str);
    Ok(Incoming {
        host: state.host_of(named, authority),
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body,
        form,
    })
}

fn response(reply: Reply) -> http::Response<ReplyBody> {
    let whole = reply.body.len();
    let body = match reply.wire {
        Wire::Cut => ReplyBody { bytes: Some(reply.body.slice(..whole / 2)), cut: true, flushed: false },
        _ => ReplyBody { bytes: Some(reply.body).filter(|bytes| !bytes.is_empty()), cut: false, flushed: false },
    };
    let mut response = http::Response::new(body);
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    if reply.wire == Wire::Cut {
        response.headers_mut().insert("content-length", http::HeaderValue::from(whole));
    }
    response
}

/// The body of a reply, whole or cut.
struct ReplyBody {
    bytes: Option<Bytes>,
    cut: bool,
    /// Whether what there is has had a chance to leave before the cut.
    flushed: bool,
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.bytes.take().filter(|bytes| !bytes.is_empty()) {
            Some(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            None if self.cut && !self.flushed => {
                self.flushed = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            None if self.cut => Poll::Ready(Some(Err(io::Error::other("cut within the body, as a fault asked")))),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none() && !self.cut
    }

    fn size_hint(&self) -> SizeHint {
        match &self.bytes {
            _ if self.cut => SizeHint::new(),
            Some(bytes) => SizeHint::with_exact(bytes.len() as u64),
            None => SizeHint::with_exact(0),
        }
    }
}

/// A future that never ends, for a server that runs until it is stopped.
pub(crate) async fn forever() -> Infallible {
    std::future::pending().await
}
