//! HTTP: the only module that names the client library.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, HeaderValue};
use reqwest::multipart::{Form, Part as FormPart};
use reqwest::{Body, Client, Method, Response};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use url::Url;
use zoho_connector::Verb;

use crate::auth::signature::Signature;
use crate::connection::Endpoint;
use crate::error::{Error, ErrorKind};
use crate::invocation::{FilePart, FileSource};
use crate::observer::mask::Mask;
use crate::observer::{Event, Observer};
use crate::proxy::Proxy;
use crate::request::{Content, Part, Request};
use crate::secret::Secret;

/// The most bytes of an answer that is to be short.
const MOST_OF_LITTLE: usize = 1024 * 1024;

/// As much memory as is set aside for a reply that says that it is so long.
const BELIEVED: usize = 1 << 22;

/// As much of a file as is read at once to be sent.
const PIECE: usize = 1 << 17;

mod watch;

use watch::{Sent, Told, Watch};

/// How connections are made.
#[derive(Debug, Clone)]
pub struct TransportOptions {
    /// Certificates to trust beside those of the web, in PEM.
    pub root_certificates: Vec<Vec<u8>>,
    /// The proxy that requests go through, where there is one. An endpoint on this machine is reached without it.
    pub proxy: Option<Proxy>,
    /// The longest time for making a connection.
    pub connect_timeout: Duration,
    /// The longest pause within a reply; a long download is no fault while bytes come.
    pub read_timeout: Duration,
    /// The most bytes of a reply that are held in memory, after they were decompressed; 256 MiB unless said. Of a file,
    /// which is never held whole, they are not counted.
    pub largest_reply: usize,
}

impl Default for TransportOptions {
    fn default() -> Self {
        Self {
            root_certificates: Vec::new(),
            proxy: None,
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(60),
            largest_reply: 256 << 20,
        }
    }
}

/// Sends requests.
#[derive(Clone)]
pub(crate) struct Transport {
    client: Client,
    endpoint: Option<Endpoint>,
    observer: Option<Arc<dyn Observer>>,
    largest_reply: usize,
}

/// A reply of which the body is still to come.
pub(crate) struct Incoming {
    response: Response,
    /// The most bytes of its body that are held at once.
    largest: usize,
    watch: Option<Box<Watch>>,
}

impl Transport {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that makes an HTTP client")]
    pub(crate) fn new(options: &TransportOptions, endpoint: Option<Endpoint>) -> Result<Self, Error> {
        let mut builder = Client::builder()
            .tls_backend_preconfigured(tls(options, endpoint.is_some())?)
            // A redirect could lead a token astray, and none of Zoho's APIs needs one.
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("zoho-connectors/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(options.connect_timeout)
            .read_timeout(options.read_timeout)
            .tcp_nodelay(true)
            // Else the client would look for one in the environment by itself.
            .no_proxy();
        let is_local = endpoint.as_ref().is_some_and(Endpoint::is_loopback);
        if let Some(proxy) = options.proxy.as_ref().filter(|_| !is_local) {
            builder = builder.proxy(through(proxy)?);
        }
        if endpoint.is_some() {
            // Over HTTP/2 the `Host` of Zoho would be a second authority beside the endpoint's.
            builder = builder.http1_only();
        }
        let client = builder
            .build()
            .map_err(|error| Error::new(ErrorKind::Network, "HTTP cannot be set up").caused_by(error))?;
        Ok(Self { client, endpoint, observer: None, largest_reply: options.largest_reply })
    }

    /// The same, with somebody who watches every exchange.
    pub(crate) fn watched(self, observer: Option<Arc<dyn Observer>>) -> Self {
        Self { observer, ..self }
    }

    /// Sends a request with its signature, and gives the reply as soon as its head is there.
    pub(crate) async fn send(&self, request: &Request, signature: &Signature, attempt: u32) -> Result<Incoming, Error> {
        let mut builder =
            self.client.request(method(request.method), self.address(&signature.signed_url(&request.url)));
        builder = self.host(builder, &request.url);
        if let Some((name, value)) = signature.header() {
            let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad_header(name))?;
            let mut value = HeaderValue::from_str(&value).map_err(|_| bad_header(name))?;
            value.set_sensitive(true);
            builder = builder.header(header, value);
        }
        for (name, value) in &request.headers {
            let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad_header(name))?;
            builder = builder.header(header, HeaderValue::from_str(value).map_err(|_| bad_header(name))?);
        }
        builder = match &request.content {
            Content::Empty if matches!(request.method, Verb::Post | Verb::Put | Verb::Patch) => {
                builder.header("content-length", "0")
            }
            Content::Empty => builder,
            Content::Json(text) => builder.body(text.clone()),
            Content::UrlEncoded(_) => {
                builder.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(request.body_text())
            }
            Content::Multipart(parts) => builder.multipart(form(parts, &self.observer).await?),
            Content::File(file) => {
                let media = file.content_type.as_deref().unwrap_or("application/octet-stream");
                let going = Going::new(&self.observer, file.size());
                let (body, length) = body(file, &going).await?;
                // Without it the file would go in chunks, which not every service takes.
                builder.header(CONTENT_TYPE, media).header(CONTENT_LENGTH, length).body(body)
            }
        };
        let told = || {
            let mask = Mask::of(signature.secret());
            Told { url: mask.url(&signature.shown_url(&request.url)), attempt, mask }
        };
        self.execute(builder, told, &Sent::Request(request)).await
    }

    /// Sends what was built, and tells whoever watches.
    async fn execute(
        &self,
        builder: reqwest::RequestBuilder,
        told: impl FnOnce() -> Told,
        sent: &Sent<'_>,
    ) -> Result<Incoming, Error> {
        let request = builder.build().map_err(network)?;
        let observer = self.observer.as_ref().filter(|observer| observer.wants_requests());
        let mut watch = observer.map(|observer| Watch::begin(observer, &request, told(), sent));
        let response = match self.client.execute(request).await {
            Ok(response) => response,
            Err(error) => {
                let error = network(error);
                watch.into_iter().for_each(|watch| watch.failed(&error.to_string()));
                return Err(error);
            }
        };
        watch.iter_mut().for_each(|watch| watch.answered(&response));
        Ok(Incoming { response, largest: self.largest_reply, watch })
    }

    /// Asks for an address without a token, and gives the status and the `Date` of the answer.
    pub(crate) async fn knock(&self, url: &Url) -> Result<(u16, Option<String>), Error> {
        let response = self.host(self.client.get(self.address(url)), url).send().await.map_err(network)?;
        let date = response.headers().get(reqwest::header::DATE).and_then(|date| date.to_str().ok());
        Ok((response.status().as_u16(), date.map(str::to_owned)))
    }

    /// Posts a form to an accounts server, which answers with little.
    pub(crate) async fn post_form(
        &self,
        url: &Url,
        pairs: &[(&str, &str)],
        authorization: Option<&Secret>,
    ) -> Result<(u16, Bytes), Error> {
        let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let builder = self.client.post(self.address(url));
        let builder = builder.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(text);
        self.little(builder, url, authorization, &Sent::Form(pairs)).await
    }

    /// Gets something from an accounts server, which answers with little.
    pub(crate) async fn get(&self, url: &Url, authorization: &Secret) -> Result<(u16, Bytes), Error> {
        self.little(self.client.get(self.address(url)), url, Some(authorization), &Sent::Nothing).await
    }

    async fn little(
        &self,
        mut builder: reqwest::RequestBuilder,
        url: &Url,
        authorization: Option<&Secret>,
        sent: &Sent<'_>,
    ) -> Result<(u16, Bytes), Error> {
        builder = self.host(builder, url).header(ACCEPT, "application/json");
        if let Some(authorization) = authorization {
            let mut value =
                HeaderValue::from_str(authorization.expose()).map_err(|_| bad_header(AUTHORIZATION.as_str()))?;
            value.set_sensitive(true);
            builder = builder.header(AUTHORIZATION, value);
        }
        let told = || {
            let mask = Mask::of_sign_in();
            Told { url: mask.url(url.as_str()), attempt: 1, mask }
        };
        let mut incoming = self.execute(builder, told, sent).await?;
        let status = incoming.status();
        let mut body = BytesMut::new();
        while let Some(chunk) = incoming.chunk().await? {
            if body.len() + chunk.len() > MOST_OF_LITTLE {
                return Err(Error::new(
                    ErrorKind::SignIn,
                    "the accounts server answered with more than 1 MiB, which was not read",
                )
                .status_of(status)
                .with_hint("something else may have answered in its place: look for a proxy in between"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok((status, body.freeze()))
    }

    fn address(&self, url: &Url) -> Url {
        self.endpoint.as_ref().map_or_else(|| url.clone(), |endpoint| endpoint.redirect(url))
    }

    fn host(&self, builder: reqwest::RequestBuilder, url: &Url) -> reqwest::RequestBuilder {
        match (&self.endpoint, url.host_str()) {
            (Some(_), Some(host)) => builder.header(HOST, host),
            _ => builder,
        }
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl Incoming {
    pub(crate) fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The headers, for who needs nothing of them before the body is there.
    pub(crate) fn take_headers(&mut self) -> HeaderMap {
        std::mem::take(self.response.headers_mut())
    }

    pub(crate) fn length(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// The next piece of the body.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        match self.response.chunk().await {
            Ok(Some(bytes)) => {
                self.watch.iter_mut().for_each(|watch| watch.piece(&bytes));
                Ok(Some(bytes))
            }
            Ok(None) => {
                self.watch.take().into_iter().for_each(|watch| watch.ended());
                Ok(None)
            }
            Err(error) => Err(self.broken(error)),
        }
    }

    fn broken(&mut self, error: reqwest::Error) -> Error {
        let error = network(error);
        self.watch.take().into_iter().for_each(|watch| watch.failed(&error.to_string()));
        error
    }

    /// The whole body. Compressed, a little of it can be much, so it is counted while it comes.
    pub(crate) async fn body(mut self) -> Result<Bytes, Error> {
        let (status, length) = (self.status(), self.length());
        // What was told is room enough, but is only believed as far as it could be true.
        let Some(first) = self.chunk().await? else { return Ok(Bytes::new()) };
        if length == Some(first.len() as u64) {
            self.chunk().await?;
            return Ok(first);
        }
        let told = length.and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        let mut body = BytesMut::with_capacity(told.min(BELIEVED).max(first.len()));
        body.extend_from_slice(&first);
        while let Some(chunk) = self.chunk().await? {
            if body.len() + chunk.len() > self.largest {
                let message = format!("the reply has more than {} bytes, and was not read on", self.largest);
                let error = Error::new(ErrorKind::Unexpected, message).status_of(status);
                self.watch.take().into_iter().for_each(|watch| watch.failed(&error.to_string()));
                return Err(error.with_hint("ask for fewer records at once, where the service allows it"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}

pub(crate) fn tls(options: &TransportOptions, http1_only: bool) -> Result<ClientConfig, Error> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for pem in &options.root_certificates {
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let fault = |error: String| {
                Error::new(ErrorKind::Connection, format!("a certificate to trust cannot be read: {error}"))
            };
            roots
                .add(certificate.map_err(|error| fault(error.to_string()))?)
                .map_err(|error| fault(error.to_string()))?;
        }
    }
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::new(ErrorKind::Network, format!("TLS cannot be set up: {error}")))?;
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    // A configuration of one's own offers no protocol by itself, and all would be HTTP/1.1 in silence.
    config.alpn_protocols =
        if http1_only { vec![b"http/1.1".to_vec()] } else { vec![b"h2".to_vec(), b"http/1.1".to_vec()] };
    Ok(config)
}

fn method(verb: Verb) -> Method {
    match verb {
        Verb::Get => Method::GET,
        Verb::Post => Method::POST,
        Verb::Put => Method::PUT,
        Verb::Patch => Method::PATCH,
        Verb::Delete => Method::DELETE,
    }
}

async fn form(parts: &[Part], observer: &Option<Arc<dyn Observer>>) -> Result<Form, Error> {
    let mut form = Form::new();
    let sizes = parts.iter().filter_map(|part| match part {
        Part::File(_, file) => file.size(),
        Part::Text(..) => None,
    });
    let going = Going::new(observer, Some(sizes.sum()));
    for part in parts {
        form = match part {
            Part::Text(name, value) => form.text(name.clone(), value.clone()),
            Part::File(name, file) => {
                let (body, length) = body(file, &going).await?;
                let part = FormPart::stream_with_length(body, length).file_name(file.name.clone());
                let media = file.content_type.as_deref().unwrap_or("application/octet-stream");
                let part = part
                    .mime_str(media)
                    .map_err(|_| Error::new(ErrorKind::Arguments, format!("`{media}` is no media type")))?;
                form.part(name.clone(), part)
            }
        };
    }
    Ok(form)
}

/// Files on their way, and who wants to know how far they are.
struct Going {
    observer: Arc<dyn Observer>,
    sent: AtomicU64,
    size: u64,
}

impl Going {
    fn new(observer: &Option<Arc<dyn Observer>>, size: Option<u64>) -> Option<Arc<Self>> {
        let observer = observer.clone()?;
        Some(Arc::new(Self { observer, sent: AtomicU64::new(0), size: size? }))
    }

    fn add(&self, bytes: usize) {
        let sent = self.sent.fetch_add(bytes as u64, Ordering::Relaxed) + bytes as u64;
        self.observer.event(&Event::Uploading { sent, size: self.size });
    }
}

/// The bytes of a file as a body, with their number. A file on the disk is read while it is sent.
async fn body(file: &FilePart, going: &Option<Arc<Going>>) -> Result<(Body, u64), Error> {
    let path: &Path = match &file.source {
        FileSource::Bytes(bytes) => return Ok((Body::from(bytes.clone()), bytes.len() as u64)),
        FileSource::Path(path) => path,
        FileSource::Spooled(path) => path,
    };
    let fault =
        |error: std::io::Error| Error::new(ErrorKind::Io, format!("{} cannot be read: {error}", path.display()));
    let opened = tokio::fs::File::open(path).await.map_err(fault)?;
    let length = opened.metadata().await.map_err(fault)?.len();
    Ok((Body::wrap_stream(pieces(opened, going.clone())), length))
}

/// The bytes of a file, a piece at a time: the client library's own pieces are so small that a large file takes long.
fn pieces(
    file: tokio::fs::File,
    going: Option<Arc<Going>>,
) -> impl futures_util::Stream<Item = std::io::Result<Bytes>> + Send + 'static {
    futures_util::stream::try_unfold((file, going), |(mut file, going)| async move {
        let mut piece = BytesMut::with_capacity(PIECE);
        let count = tokio::io::AsyncReadExt::read_buf(&mut file, &mut piece).await?;
        going.iter().filter(|_| count > 0).for_each(|going| going.add(count));
        Ok((count > 0).then(|| (piece.freeze(), (file, going))))
    })
}

fn through(proxy: &Proxy) -> Result<reqwest::Proxy, Error> {
    let fault = |error: reqwest::Error| {
        let message = format!("the proxy {} cannot be used", proxy.place());
        Error::new(ErrorKind::Connection, message).caused_by(error.without_url())
    };
    let except = reqwest::NoProxy::from_string(proxy.exceptions());
    Ok(reqwest::Proxy::all(proxy.address().clone()).map_err(fault)?.no_proxy(except))
}

/// What a proxy said instead of making way, where one stands between. The client library tells it by words only.
fn refused_by_proxy(error: &reqwest::Error) -> Option<Error> {
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let words = error.to_string();
        if words.contains("proxy authorization required") {
            return Some(
                Error::new(ErrorKind::Connection, "the proxy wants a name and a password, or others than it got")
                    .with_hint("write them into its address: http://NAME:PASSWORD@host:port"),
            );
        }
        if words.contains("unsuccessful") && words.contains("tunnel") {
            return Some(
                Error::new(ErrorKind::Network, "the proxy refuses the way to Zoho")
                    .with_hint("ask whoever runs it to let these hosts through, or leave it out for them"),
            );
        }
        cause = error.source();
    }
    None
}

/// A failure of the connection. The URL is taken out of it: its query may hold what the caller gave.
fn network(error: reqwest::Error) -> Error {
    let error = error.without_url();
    if let Some(refused) = refused_by_proxy(&error) {
        return refused.caused_by(error);
    }
    // Names that do not resolve, refused connections and failed handshakes are among these: nothing of the call left.
    if error.is_connect() {
        let (kind, words) = match error.is_timeout() {
            true => (ErrorKind::Timeout, "no connection could be made in time"),
            false => (ErrorKind::Network, "no connection could be made"),
        };
        return Error::new(kind, words).unsent().caused_by(error);
    }
    if error.is_timeout() {
        return Error::new(ErrorKind::Timeout, "no answer came in time").caused_by(error);
    }
    let words = if error.is_body() || error.is_decode() {
        "the connection broke in the middle of the reply"
    } else {
        "the connection failed"
    };
    Error::new(ErrorKind::Network, words).caused_by(error)
}

fn bad_header(name: &str) -> Error {
    Error::new(
        ErrorKind::Arguments,
        format!("the value for the header `{name}` has characters that no header can carry"),
    )
}
