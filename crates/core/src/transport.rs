//! HTTP: the only module that names the client library.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, HeaderValue};
use reqwest::multipart::{Form, Part as FormPart};
use reqwest::{Body, Client, Method, Response};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use url::Url;
use zoho_connector::Verb;

use crate::connection::Endpoint;
use crate::error::{Error, ErrorKind};
use crate::invocation::{FilePart, FileSource};
use crate::request::{Content, Part, Request};
use crate::secret::Secret;

/// How connections are made.
#[derive(Debug, Clone)]
pub struct TransportOptions {
    /// Certificates to trust beside those of the web, in PEM.
    pub root_certificates: Vec<Vec<u8>>,
    /// The longest time for making a connection.
    pub connect_timeout: Duration,
    /// The longest pause within a reply; a long download is no fault while bytes come.
    pub read_timeout: Duration,
}

impl Default for TransportOptions {
    fn default() -> Self {
        Self {
            root_certificates: Vec::new(),
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(60),
        }
    }
}

/// Sends requests.
#[derive(Debug, Clone)]
pub(crate) struct Transport {
    client: Client,
    endpoint: Option<Endpoint>,
}

/// A reply of which the body is still to come.
pub(crate) struct Incoming(Response);

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
            .tcp_nodelay(true);
        if endpoint.is_some() {
            // Over HTTP/2 the `Host` of Zoho would be a second authority beside the endpoint's.
            builder = builder.http1_only();
        }
        let client = builder
            .build()
            .map_err(|error| Error::new(ErrorKind::Network, "HTTP cannot be set up").caused_by(error))?;
        Ok(Self { client, endpoint })
    }

    /// Sends a request with a token, and gives the reply as soon as its head is there.
    pub(crate) async fn send(&self, request: &Request, token: &Secret) -> Result<Incoming, Error> {
        let mut builder = self.client.request(method(request.method), self.address(&request.url));
        builder = self.host(builder, &request.url);
        let mut authorization = HeaderValue::from_str(&format!("Zoho-oauthtoken {}", token.expose()))
            .map_err(|_| bad_header("Authorization"))?;
        authorization.set_sensitive(true);
        builder = builder.header(AUTHORIZATION, authorization);
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
            Content::Multipart(parts) => builder.multipart(form(parts).await?),
            Content::File(file) => {
                let media = file.content_type.as_deref().unwrap_or("application/octet-stream");
                builder.header(CONTENT_TYPE, media).body(body(file).await?.0)
            }
        };
        builder.send().await.map(Incoming).map_err(network)
    }

    /// Posts a form to an accounts server.
    pub(crate) async fn post_form(&self, url: &Url, pairs: &[(&str, &str)]) -> Result<(u16, Bytes), Error> {
        let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let builder = self.host(self.client.post(self.address(url)), url);
        let response = builder
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(text)
            .send()
            .await
            .map_err(network)?;
        let status = response.status().as_u16();
        Ok((status, response.bytes().await.map_err(network)?))
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

impl Incoming {
    pub(crate) fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        self.0.headers()
    }

    pub(crate) fn length(&self) -> Option<u64> {
        self.0.content_length()
    }

    /// The next piece of the body.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        self.0.chunk().await.map_err(network)
    }

    /// The whole body.
    pub(crate) async fn body(self) -> Result<Bytes, Error> {
        self.0.bytes().await.map_err(network)
    }
}

fn tls(options: &TransportOptions, http1_only: bool) -> Result<ClientConfig, Error> {
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

async fn form(parts: &[Part]) -> Result<Form, Error> {
    let mut form = Form::new();
    for part in parts {
        form = match part {
            Part::Text(name, value) => form.text(name.clone(), value.clone()),
            Part::File(name, file) => {
                let (body, length) = body(file).await?;
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

/// The bytes of a file as a body, with their number. A file on the disk is read while it is sent.
async fn body(file: &FilePart) -> Result<(Body, u64), Error> {
    match &file.source {
        FileSource::Bytes(bytes) => Ok((Body::from(bytes.clone()), bytes.len() as u64)),
        FileSource::Path(path) => {
            let fault = |error: std::io::Error| {
                Error::new(ErrorKind::Io, format!("{} cannot be read: {error}", path.display()))
            };
            let opened = tokio::fs::File::open(path).await.map_err(fault)?;
            let length = opened.metadata().await.map_err(fault)?.len();
            Ok((Body::from(opened), length))
        }
    }
}

/// A failure of the connection. The URL is taken out of it: its query may hold what the caller gave.
fn network(error: reqwest::Error) -> Error {
    let error = error.without_url();
    if error.is_timeout() {
        return Error::new(ErrorKind::Timeout, "no answer came in time").caused_by(error);
    }
    let words = if error.is_connect() {
        "no connection could be made"
    } else if error.is_body() || error.is_decode() {
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
