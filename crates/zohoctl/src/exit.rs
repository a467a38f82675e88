//! The one place that turns an error into words, hints and a status.

use std::fmt;
use std::process::ExitCode;

use zoho_connector::FailureKind;
use zoho_connector::library::LibraryError;
use zoho_core::ErrorKind;

use crate::runtime::Interrupted;
use crate::style::{ERROR, HINT, NAME, paint};
use crate::talk::line_out;

/// The longest list of arguments that is still a hint.
const LONGEST_SIGNATURE: usize = 100;

/// What each status of the process means: a promise to scripts.
pub const STATUSES: &[(u8, &str)] = &[
    (Status::Ok as u8, "it worked"),
    (
        Status::Failed as u8,
        "it did not; or a list cannot be had whole, some records of a bulk write were refused, or a connector has faults",
    ),
    (Status::Usage as u8, "the command line is wrong; nothing was sent"),
    (Status::SignIn as u8, "a sign-in is needed, or the token may not do this"),
    (Status::NotFound as u8, "there is no such thing"),
    (Status::TryLater as u8, "a limit is reached or the service does not answer: try later"),
    (Status::Unknown as u8, "it was sent and its reply was lost: whether it was carried out is not known"),
    (Status::Interrupted as u8, "ended by Ctrl-C"),
];

/// How the process ends. [`STATUSES`] is the promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// It worked.
    Ok = 0,
    /// It did not, or not all of it.
    Failed = 1,
    /// The command line is wrong.
    Usage = 2,
    /// A sign-in is needed, or the token may not do this.
    SignIn = 3,
    /// There is no such thing.
    NotFound = 4,
    /// A limit, or no answer: try later.
    TryLater = 5,
    /// It was sent, and whether it was carried out is not known.
    Unknown = 6,
    /// Ended by Ctrl-C.
    Interrupted = 130,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}

/// An error of the command itself, with its status and what to do next.
#[derive(Debug)]
pub(crate) struct Problem {
    status: Status,
    message: String,
    details: Vec<String>,
    hints: Vec<String>,
}

impl Problem {
    /// The command line is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Status::Usage, message)
    }

    /// An error with a status of its own.
    pub(crate) fn new(status: Status, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), details: Vec::new(), hints: Vec::new() }
    }

    /// The same error with lines under it.
    #[must_use]
    pub(crate) fn details(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.details.extend(lines);
        self
    }

    /// The same error with what to do next.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The same error with what to do next, where there is something to say.
    #[must_use]
    pub(crate) fn maybe_hint(mut self, hint: Option<String>) -> Self {
        self.hints.extend(hint);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

/// Whoever read our standard output has gone away. That is an end, not an error.
#[derive(Debug)]
pub(crate) struct OutputClosed;

impl fmt::Display for OutputClosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("standard output was closed")
    }
}

impl std::error::Error for OutputClosed {}

/// Says an error and gives its status.
pub(crate) fn report(error: &anyhow::Error) -> Status {
    if error.is::<OutputClosed>() {
        return Status::Ok;
    }
    if error.is::<Interrupted>() {
        line_out(&error.to_string());
        return Status::Interrupted;
    }
    line_out(&format!("{}: {}", paint(ERROR, "error"), sentence(error)));
    for line in details(error) {
        line_out(&format!("  {line}"));
    }
    for hint in hints(error) {
        line_out(&format!("{}: {hint}", paint(HINT, "hint")));
    }
    status(error)
}

/// Prints what the parser of the command line has to say: help and version on standard output, faults on the other.
pub(crate) fn parse_error(error: &clap::Error) -> ExitCode {
    let printed = error.print();
    match error.exit_code() {
        0 if printed.is_ok() => Status::Ok.into(),
        0 => Status::Failed.into(),
        _ => Status::Usage.into(),
    }
}

/// The error and its causes, each once.
fn sentence(error: &anyhow::Error) -> String {
    let mut words = match error.downcast_ref::<zoho_core::Error>() {
        Some(error) if !error.arguments().is_empty() => arguments_sentence(error),
        _ => error.to_string(),
    };
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !words.contains(&cause) {
            words = format!("{words}: {cause}");
        }
    }
    words
}

fn arguments_sentence(error: &zoho_core::Error) -> String {
    let operation = error.operation().map(|operation| format!("{operation}: ")).unwrap_or_default();
    let count = match error.arguments().len() {
        1 => "an argument is wrong".to_owned(),
        count => format!("{count} arguments are wrong"),
    };
    format!("{operation}{count}; nothing was sent")
}

/// The error of a call's arguments without hints to commands that know a connector by its name: it may be a file that
/// nobody has installed.
pub(crate) fn of_arguments(error: anyhow::Error) -> anyhow::Error {
    let lines = details(&error);
    let hint = match error.downcast_ref::<zoho_core::Error>() {
        Some(error) if error.kind() == ErrorKind::Arguments => error.hint().map(str::to_owned),
        _ => return error,
    };
    Problem::usage(sentence(&error)).details(lines).maybe_hint(hint).into()
}

/// What stands under the sentence: each wrong argument, or the start of a reply that was not understood.
fn details(error: &anyhow::Error) -> Vec<String> {
    if let Some(problem) = error.downcast_ref::<Problem>() {
        return problem.details.clone();
    }
    let Some(error) = error.downcast_ref::<zoho_core::Error>() else { return Vec::new() };
    let faults = error.arguments().iter().map(|fault| {
        let help = fault.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
        let names: Vec<String> = fault.argument.split(" or ").map(|name| paint(NAME, name)).collect();
        format!("{} {}{help}", names.join(" or "), fault.message)
    });
    let excerpt = error.excerpt().map(|excerpt| format!("the reply begins: {excerpt}"));
    faults.chain(excerpt).collect()
}

fn hints(error: &anyhow::Error) -> Vec<String> {
    if let Some(problem) = error.downcast_ref::<Problem>() {
        return problem.hints.clone();
    }
    if let Some(error) = error.downcast_ref::<LibraryError>() {
        return library_hint(error).into_iter().collect();
    }
    error.downcast_ref::<zoho_core::Error>().map(engine_hints).unwrap_or_default()
}

fn library_hint(error: &LibraryError) -> Option<String> {
    match error {
        LibraryError::Unknown { near, .. } if near.is_empty() => {
            Some("`zohoctl connectors list` names those there are".to_owned())
        }
        LibraryError::Unknown { near, .. } => {
            let names: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
            Some(format!("did you mean {}?", names.join(" or ")))
        }
        LibraryError::Broken { name, .. } => {
            Some(format!("`zohoctl connectors check {name}` shows every fault in its place"))
        }
        _ => None,
    }
}

fn engine_hints(error: &zoho_core::Error) -> Vec<String> {
    // The list of an API's arguments is long where there are many, and `apis show` has it with their types.
    let of_use = |hint: &&str| error.kind() != ErrorKind::Arguments || hint.len() <= LONGEST_SIGNATURE;
    let mut hints: Vec<String> = error.hint().filter(of_use).map(str::to_owned).into_iter().collect();
    let operation = error.operation().unwrap_or_default();
    let service = operation.split(' ').next().filter(|service| !service.is_empty()).unwrap_or("SERVICE");
    match error.kind() {
        ErrorKind::Arguments if !operation.is_empty() => {
            hints.push(format!("`zohoctl apis show {operation}` lists its arguments"));
        }
        ErrorKind::Service(FailureKind::MissingScope) if operation.contains(' ') => {
            let line = format!("zohoctl connect {}", operation.replacen(' ', " --add --for ", 1));
            hints =
                vec![format!("`{line}` adds what it needs; with --name where the connection has a name of its own")];
        }
        ErrorKind::Service(FailureKind::Unauthenticated | FailureKind::MissingScope) | ErrorKind::SignIn
            if hints.is_empty() =>
        {
            hints.push(format!("`zohoctl connect {service}` signs in anew"));
        }
        _ => {}
    }
    if let Some(wait) = error.retry_after() {
        let seconds = wait.as_millis().div_ceil(1000);
        hints.push(match error.kind() {
            ErrorKind::Limit => format!("it may go in {seconds} s; with `--max-wait {seconds}` it waits for so long"),
            _ => format!("the service wants to be asked again in {seconds} s"),
        });
    }
    hints
}

fn status(error: &anyhow::Error) -> Status {
    if let Some(problem) = error.downcast_ref::<Problem>() {
        return problem.status;
    }
    match error.downcast_ref::<LibraryError>() {
        Some(LibraryError::Unknown { .. }) => return Status::Usage,
        Some(_) => return Status::Failed,
        None => {}
    }
    error.downcast_ref::<zoho_core::Error>().map_or(Status::Failed, |error| engine_status(error.kind()))
}

fn engine_status(kind: ErrorKind) -> Status {
    match kind {
        ErrorKind::UnknownApi | ErrorKind::Arguments => Status::Usage,
        ErrorKind::Connection | ErrorKind::ForeignHost | ErrorKind::SignIn => Status::SignIn,
        ErrorKind::Network | ErrorKind::Timeout | ErrorKind::TokenLimit | ErrorKind::Limit => Status::TryLater,
        ErrorKind::Unknown => Status::Unknown,
        ErrorKind::Service(kind) => service_status(kind),
        _ => Status::Failed,
    }
}

fn service_status(kind: FailureKind) -> Status {
    match kind {
        FailureKind::Unauthenticated
        | FailureKind::MissingScope
        | FailureKind::WrongOrganization
        | FailureKind::Forbidden => Status::SignIn,
        FailureKind::NotFound => Status::NotFound,
        FailureKind::Busy | FailureKind::LockedOut | FailureKind::QuotaSpent | FailureKind::Unavailable => {
            Status::TryLater
        }
        _ => Status::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_failure_has_a_status_that_says_what_to_do() {
        let later = [FailureKind::Busy, FailureKind::LockedOut, FailureKind::QuotaSpent, FailureKind::Unavailable];
        for kind in FailureKind::ALL {
            let status = service_status(kind);
            assert_eq!(status == Status::TryLater, later.contains(&kind), "{kind}");
            assert_ne!(status, Status::Ok, "{kind}");
        }
    }

    #[test]
    fn a_cause_is_said_once() {
        let error = anyhow::anyhow!("no such file").context("cannot read x: no such file");
        assert_eq!(sentence(&error), "cannot read x: no such file");
        let error = anyhow::anyhow!("no such file").context("cannot read x");
        assert_eq!(sentence(&error), "cannot read x: no such file");
    }
}
