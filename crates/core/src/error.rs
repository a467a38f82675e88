//! What can go wrong, in a form that a person and a program can act on.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use zoho_connector::FailureKind;

use crate::secret::Secret;

/// What kind of thing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No API has this name.
    UnknownApi,
    /// The arguments are wrong; nothing was sent. [`Error::arguments`] has all of them.
    Arguments,
    /// The connection is incomplete: no organisation was chosen, no token is there, no client credentials.
    Connection,
    /// The service, or this API, is not offered in the data centre.
    NotOffered,
    /// A host that no token may be sent to.
    ForeignHost,
    /// Signing in, or getting a token, failed.
    SignIn,
    /// The vault does not open: without a key or with another's, damaged, of a newer version, or readable by others.
    Vault,
    /// No token is given for a while, since too many were asked for. [`Error::retry_after`] says how long.
    TokenLimit,
    /// A limit of the service is reached, and the call was not sent. [`Error::retry_after`] says how long it would have to
    /// wait, where that is known.
    Limit,
    /// The call was sent and its reply was lost, and it may not be repeated: whether it was carried out is not known.
    Unknown,
    /// The service answered that it cannot or will not.
    Service(FailureKind),
    /// The service said no for a reason that the connector does not sort.
    Refused,
    /// A reply that is neither success nor error as declared.
    Unexpected,
    /// No connection, or it broke.
    Network,
    /// It took too long.
    Timeout,
    /// A file, or the token store, could not be read or written.
    Io,
}

impl ErrorKind {
    /// Whether it may be gone when the same is tried again later: nothing is wrong with what was sent.
    pub fn may_pass(self) -> bool {
        use FailureKind as Kind;
        match self {
            Self::UnknownApi | Self::Arguments | Self::NotOffered | Self::Refused | Self::Unexpected => false,
            Self::Service(kind) => {
                !matches!(kind, Kind::NotInEdition | Kind::NotFound | Kind::Invalid | Kind::Conflict | Kind::TooLarge)
            }
            _ => true,
        }
    }
}

/// What went wrong, where, and what to do next.
///
/// Its text never holds a token, a code or a client secret.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    operation: Option<String>,
    status: Option<u16>,
    code: Option<String>,
    field: Option<String>,
    hint: Option<String>,
    excerpt: Option<String>,
    arguments: Vec<ArgumentFault>,
    retry_after: Option<Duration>,
    attempts: u32,
    /// Whether it is certain that no request arrived.
    unsent: bool,
    /// Whether the reply is nothing of the service's: a gateway's page instead of JSON.
    garbled: bool,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What is wrong with one argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArgumentFault {
    /// The name of the argument, as given or as wanted; several of which one is wanted are joined by ` or `.
    pub argument: String,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl fmt::Display for ArgumentFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.argument.replace(" or ", "` or `"), self.message)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, " ({help})"))
    }
}

impl Error {
    /// An error of a kind, with its message: a sentence without a full stop.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            operation: None,
            status: None,
            code: None,
            field: None,
            hint: None,
            excerpt: None,
            arguments: Vec::new(),
            retry_after: None,
            attempts: 1,
            unsent: false,
            garbled: false,
            source: None,
        }))
    }

    pub(crate) fn with_arguments(arguments: Vec<ArgumentFault>) -> Self {
        let words: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let mut error = Self::new(ErrorKind::Arguments, words.join("; "));
        error.0.arguments = arguments;
        error
    }

    /// The same error with the service and the API that it is about, unless it has them.
    #[must_use]
    pub fn operation_of(mut self, service: &str, api: &str) -> Self {
        self.0.operation.get_or_insert_with(|| format!("{service} {api}"));
        self
    }

    #[must_use]
    pub(crate) fn status_of(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    #[must_use]
    pub(crate) fn code_of(mut self, code: Option<String>) -> Self {
        self.0.code = code;
        self
    }

    /// The same error with the field at fault.
    #[must_use]
    pub fn field_of(mut self, field: Option<String>) -> Self {
        self.0.field = field;
        self
    }

    /// The same error with what to do next.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub(crate) fn excerpt_of(mut self, excerpt: String) -> Self {
        self.0.excerpt = (!excerpt.is_empty()).then_some(excerpt);
        self
    }

    #[must_use]
    pub(crate) fn retry_after_of(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    #[must_use]
    pub(crate) fn attempts_of(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    #[must_use]
    pub(crate) fn unsent(mut self) -> Self {
        self.0.unsent = true;
        self
    }

    /// The same error, of a reply that is nothing of the service's: a gateway's page instead of JSON.
    #[must_use]
    pub(crate) fn garbled(mut self) -> Self {
        self.0.garbled = true;
        self
    }

    /// Whether it is certain that no request arrived.
    pub(crate) fn is_unsent(&self) -> bool {
        self.0.unsent
    }

    /// Whether the reply is nothing of the service's.
    pub(crate) fn is_garbled(&self) -> bool {
        self.0.garbled
    }

    /// The same error of another kind, with what to do next: it is what the former cause means for this call.
    #[must_use]
    pub(crate) fn turned_into(mut self, kind: ErrorKind, hint: String) -> Self {
        self.0.kind = kind;
        self.0.hint = Some(hint);
        self
    }

    /// The same error with a sentence before its message.
    #[must_use]
    pub(crate) fn preceded_by(mut self, words: &str) -> Self {
        self.0.message = format!("{words}: {}", self.0.message);
        self
    }

    /// Whether the call may have been carried out all the same: it was sent, and no answer came that says no.
    pub fn may_have_arrived(&self) -> bool {
        let silent = matches!(
            self.0.kind,
            ErrorKind::Network
                | ErrorKind::Unknown
                | ErrorKind::Timeout
                | ErrorKind::Unexpected
                | ErrorKind::Service(FailureKind::Unavailable)
        );
        silent && !self.0.unsent
    }

    #[must_use]
    pub(crate) fn caused_by(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// The same error with a secret hidden wherever a service has put it into its answer.
    #[must_use]
    pub(crate) fn without(mut self, secret: &Secret) -> Self {
        let hide = |text: &mut String| {
            if !secret.expose().is_empty() && text.contains(secret.expose()) {
                *text = text.replace(secret.expose(), "[hidden]");
            }
        };
        let inner = &mut *self.0;
        hide(&mut inner.message);
        [&mut inner.code, &mut inner.field, &mut inner.excerpt].into_iter().flatten().for_each(hide);
        self
    }

    /// What kind of thing went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The service and the API, as `desk tickets.list`.
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// The HTTP status of the reply.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The service's own code.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The field that the service holds at fault.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// What to do next.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The start of a reply that could not be understood.
    pub fn excerpt(&self) -> Option<&str> {
        self.0.excerpt.as_deref()
    }

    /// What is wrong with the arguments, all of it.
    pub fn arguments(&self) -> &[ArgumentFault] {
        &self.0.arguments
    }

    /// When the service wants to be asked again.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How often it was tried.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        if let Some(operation) = &inner.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(&inner.message)?;
        let mut facts = Vec::new();
        facts.extend(inner.status.map(|status| format!("HTTP {status}")));
        facts.extend(inner.code.as_ref().map(|code| format!("code {code}")));
        facts.extend(inner.field.as_ref().map(|field| format!("field {field}")));
        facts.extend((inner.attempts > 1).then(|| format!("after {} attempts", inner.attempts)));
        if facts.is_empty() { Ok(()) } else { write!(f, " ({})", facts.join(", ")) }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
