//! A sandbox with the real connectors, and a client that says for which of Zoho's hosts a request is.

use std::path::Path;

use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder, redirect};
use serde_json::Value;
use zoho_connector::{Connector, SourceFile, library::files_of, load::read};
use zoho_sandbox::{ClientKind, Sandbox, SandboxConfig};

use crate::person;

pub(crate) const DESK: &str = "desk.zoho.com";
pub(crate) const GATEWAY: &str = "www.zohoapis.com";
pub(crate) const SIGN: &str = "sign.zoho.com";

/// The connectors of these names.
pub(crate) fn connectors(names: &[&str]) -> Vec<Connector> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../connectors");
    let path = |name: &&str| {
        let whole = folder.join(name);
        if whole.is_dir() { whole } else { folder.join(format!("{name}.yaml")) }
    };
    names.iter().map(|name| read(&files_of(&path(name)).unwrap()).unwrap()).collect()
}

/// A connector from a text.
pub(crate) fn connector(yaml: &'static str) -> Connector {
    read(&[SourceFile::new("test.yaml", yaml)]).unwrap()
}

/// A running sandbox, with a client that has consented to everything.
pub(crate) struct Local {
    pub(crate) sandbox: Sandbox,
    pub(crate) http: Client,
    pub(crate) token: String,
}

/// What came back.
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Said {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|_| panic!("{} {}", self.status, String::from_utf8_lossy(&self.bytes)))
    }

    /// A value of the body, by JSON pointer.
    pub(crate) fn at(&self, pointer: &str) -> Value {
        self.json().pointer(pointer).cloned().unwrap_or_else(|| panic!("no {pointer} in {}", self.json()))
    }

    /// A text of the body, by JSON pointer.
    pub(crate) fn text(&self, pointer: &str) -> String {
        self.at(pointer).as_str().unwrap_or_else(|| panic!("no text at {pointer} in {}", self.json())).to_owned()
    }

    /// The body as a person's browser takes it.
    pub(crate) fn html(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

impl Local {
    pub(crate) async fn start(names: &[&str]) -> Self {
        Self::with(SandboxConfig { connectors: connectors(names), ..SandboxConfig::default() }).await
    }

    pub(crate) async fn with(config: SandboxConfig) -> Self {
        let mut local = Self::with_plain(config).await;
        local.token = local.access_token().await;
        local
    }

    /// The same without a token.
    #[expect(clippy::disallowed_methods, reason = "a test has a client of its own, which shares nothing with ours")]
    pub(crate) async fn with_plain(config: SandboxConfig) -> Self {
        let sandbox = Sandbox::start(config).await.unwrap();
        // The second test to come here finds it installed.
        let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        Self { sandbox, http, token: String::new() }
    }

    async fn access_token(&self) -> String {
        let server = self.sandbox.client(ClientKind::Server).unwrap();
        person::refresh(self, person::US, server, &self.sandbox.refresh_token()).await.text("/access_token")
    }

    /// A request to one of Zoho's hosts, with the token and Desk's organisation.
    pub(crate) fn request(&self, method: Method, host: &str, target: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{target}", self.sandbox.url()));
        let request = request.header("host", host).header("authorization", format!("Zoho-oauthtoken {}", self.token));
        match self.sandbox.connection_value("desk", "orgId").filter(|_| host == DESK) {
            Some(org) => request.header("orgId", org),
            None => request,
        }
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Said {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Said { status, headers, bytes: response.bytes().await.unwrap().to_vec() }
    }

    pub(crate) async fn get(&self, host: &str, target: &str) -> Said {
        self.send(self.request(Method::GET, host, target)).await
    }

    pub(crate) async fn json(&self, method: Method, host: &str, target: &str, body: &Value) -> Said {
        self.send(self.request(method, host, target).header("content-type", "application/json").body(body.to_string()))
            .await
    }

    pub(crate) async fn post(&self, host: &str, target: &str, body: &Value) -> Said {
        self.json(Method::POST, host, target, body).await
    }

    /// A request to the sandbox itself.
    pub(crate) async fn control(&self, method: Method, path: &str, body: &Value) -> Said {
        self.send(self.http.request(method, format!("{}/_sandbox/{path}", self.sandbox.url())).body(body.to_string()))
            .await
    }
}

/// Pairs in URL encoding.
pub(crate) fn encoded(pairs: &[(&str, &str)]) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(pairs);
    text.finish()
}
