//! `explain --as`: a program in another language that makes the same call. It holds no secret: it reads the token, or the
//! key, from a variable of the environment.

use clap::ValueEnum;
use url::Position;
use zoho_connector::{Auth, Verb};
use zoho_core::{Connection, Content, FilePart, Invocation, Part, Request};

use crate::exit::Problem;

mod curl;
mod deluge;
mod python;
mod rust;

/// The variable that programs take the access token from.
const TOKEN: &str = "ZOHO_ACCESS_TOKEN";
/// And the one for the key of a service that has keys of its own.
const KEY: &str = "ZOHO_API_KEY";

/// A language that a call can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// A command line of curl, for a shell.
    Curl,
    /// A program with zoho-core.
    Rust,
    /// A program of Python 3 that needs nothing but Python.
    Python,
    /// `invokeurl`, for functions inside Zoho's own products.
    Deluge,
}

/// A call, as the writers of programs see it.
struct Call<'a> {
    /// What it is, for a comment.
    title: String,
    verb: Verb,
    /// The URL that is called: of the endpoint, where there is one.
    url: String,
    /// Zoho's host, where the URL does not name it.
    host: Option<&'a str>,
    credential: Credential<'a>,
    headers: Vec<(&'a str, &'a str)>,
    body: Body<'a>,
}

/// What a program signs the call with.
enum Credential<'a> {
    Nothing,
    /// A header: its name, what stands before the secret, and the variable that holds it.
    Header(&'a str, String, &'static str),
    /// A query parameter.
    Query(&'a str, &'static str),
}

enum Body<'a> {
    Nothing,
    /// None, of a verb that usually has one: its length is sent as 0.
    Empty,
    Text(&'a str),
    Form(&'a [(String, String)], String),
    Parts(&'a [Part]),
    File(&'a FilePart),
}

/// The program of a call in a language.
///
/// # Errors
/// Where the language, or HTTP itself, has no way to write it.
pub(super) fn write(
    language: Language,
    invocation: &Invocation,
    connection: &Connection,
    request: &Request,
    setting: &Setting<'_>,
) -> Result<String, Problem> {
    let call = Call::of(invocation, connection, request)?;
    match language {
        Language::Curl => curl::program(&call),
        Language::Python => Ok(python::program(&call)),
        Language::Deluge => {
            let call = Call { url: request.url.to_string(), host: None, ..call };
            Ok(deluge::program(&call, &invocation.connector().name, setting))
        }
        Language::Rust => Ok(rust::program(invocation, connection, setting)),
    }
}

/// What is said around a call.
pub(super) struct Setting<'a> {
    pub(super) scopes: &'a str,
    /// The folders of connectors beside those built in.
    pub(super) folders: &'a [std::path::PathBuf],
    pub(super) page_size: Option<u64>,
}

impl<'a> Call<'a> {
    fn of(invocation: &'a Invocation, connection: &Connection, request: &'a Request) -> Result<Self, Problem> {
        let (connector, api) = (invocation.connector(), invocation.api());
        let (url, host) = match &connection.endpoint {
            Some(endpoint) => {
                let path = &request.url[Position::BeforePath..];
                (format!("{}{path}", endpoint.as_str()), request.url.host_str())
            }
            None => (request.url.to_string(), None),
        };
        let headers: Vec<(&str, &str)> =
            request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if let Some((name, _)) =
            headers.iter().find(|(_, value)| !value.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t')))
        {
            return Err(Problem::usage(format!(
                "the value for the header `{name}` has characters that no header can carry"
            )));
        }
        let credential = match &api.auth {
            Auth::None => Credential::Nothing,
            Auth::OAuth | Auth::OAuthOrKey(_) => {
                Credential::Header("Authorization", "Zoho-oauthtoken ".to_owned(), TOKEN)
            }
            Auth::Key(key) if key.is_in_query() => Credential::Query(&key.site.wire, KEY),
            Auth::Key(key) => Credential::Header(&key.site.wire, key.value(""), KEY),
        };
        let title = format!("{}, {}", connector.title, api.name);
        Ok(Self { title, verb: request.method, url, host, credential, headers, body: Body::of(request) })
    }

    /// The URL up to where a key's value belongs.
    fn url_for_key(&self, name: &str) -> String {
        let separator = if self.url.contains('?') { '&' } else { '?' };
        format!("{}{separator}{name}=", self.url)
    }

    /// The media type of the body, where no header says it.
    fn media_type(&self) -> Option<&str> {
        match &self.body {
            Body::Form(..) => Some("application/x-www-form-urlencoded"),
            Body::File(file) => Some(media_type(file)),
            Body::Nothing | Body::Empty | Body::Text(_) | Body::Parts(_) => None,
        }
    }
}

impl<'a> Body<'a> {
    fn of(request: &'a Request) -> Self {
        match &request.content {
            Content::Empty if matches!(request.method, Verb::Post | Verb::Put | Verb::Patch) => Self::Empty,
            Content::Empty => Self::Nothing,
            Content::Json(text) => Self::Text(text),
            Content::UrlEncoded(pairs) => Self::Form(pairs, request.body_text()),
            Content::Multipart(parts) => Self::Parts(parts),
            Content::File(file) => Self::File(file),
        }
    }
}

fn media_type(file: &FilePart) -> &str {
    file.content_type.as_deref().unwrap_or("application/octet-stream")
}

/// The path of a file; none where its bytes came from standard input.
fn path(file: &FilePart) -> Option<String> {
    file.on_disk().map(|path| path.to_string_lossy().into_owned())
}
