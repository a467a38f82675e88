//! Spans for `tracing`, one for each request, with the names of OpenTelemetry's conventions for HTTP clients. Without the
//! feature `tracing` nothing of it is there.

use crate::auth::signature::Signature;
use crate::error::Error;
use crate::invocation::Invocation;
use crate::request::Request;

/// What a span tells of a request that is about to be sent.
#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "without spans nobody asks"))]
pub(crate) struct Attempt<'a> {
    pub(crate) invocation: &'a Invocation,
    pub(crate) request: &'a Request,
    pub(crate) signature: &'a Signature,
    /// Which try it is, from 1.
    pub(crate) attempt: u32,
}

#[cfg(not(feature = "tracing"))]
pub(crate) use off::RequestSpan;
#[cfg(feature = "tracing")]
pub(crate) use on::RequestSpan;

#[cfg(not(feature = "tracing"))]
mod off {
    use super::{Attempt, Error};

    /// The span of a request: nothing.
    pub(crate) struct RequestSpan;

    impl RequestSpan {
        pub(crate) fn of(_: Attempt<'_>) -> Self {
            Self
        }

        pub(crate) fn answered(&self, _: u16) {}

        pub(crate) fn around<T, F: Future<Output = Result<T, Error>>>(&self, call: F) -> F {
            call
        }
    }
}

#[cfg(feature = "tracing")]
mod on {
    use tracing::{Instrument, Span, field::Empty, info_span};

    use super::{Attempt, Error};
    use crate::error::ErrorKind;
    use crate::observer::mask::Mask;

    /// The span of a request.
    pub(crate) struct RequestSpan(Span);

    impl RequestSpan {
        /// Begins it.
        pub(crate) fn of(attempt: Attempt<'_>) -> Self {
            Self(span(attempt))
        }

        /// Notes the status of the reply.
        pub(crate) fn answered(&self, status: u16) {
            self.0.record("http.response.status_code", status);
        }

        /// Makes a call within it, and notes what went wrong.
        pub(crate) async fn around<T>(&self, call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
            let result = call.instrument(self.0.clone()).await;
            if let Err(error) = &result {
                self.0.record("error.type", kind(error));
            }
            result
        }
    }

    fn span(attempt: Attempt<'_>) -> Span {
        let Attempt { invocation, request, signature, attempt } = attempt;
        let method = request.method.as_str();
        let span = info_span!(
            "zoho.request",
            otel.name = method,
            otel.kind = "client",
            http.request.method = method,
            http.request.resend_count = Empty,
            http.response.status_code = Empty,
            url.full = Mask::of(signature.secret()).url(&signature.shown_url(&request.url)),
            server.address = request.url.host_str().unwrap_or_default(),
            server.port = request.url.port_or_known_default().unwrap_or_default(),
            error.r#type = Empty,
            zoho.service = invocation.connector().name,
            zoho.api = invocation.api().name,
        );
        if attempt > 1 {
            span.record("http.request.resend_count", attempt - 1);
        }
        span
    }

    /// What `error.type` says: the status where it is one of an error, else a word for the kind.
    fn kind(error: &Error) -> String {
        match (error.kind(), error.status()) {
            (_, Some(status)) if status >= 400 => status.to_string(),
            (ErrorKind::Timeout, _) => "timeout".to_owned(),
            (ErrorKind::Network, _) => "network".to_owned(),
            (ErrorKind::Unexpected, _) => "unexpected".to_owned(),
            (ErrorKind::Service(_) | ErrorKind::Refused, _) => "refused".to_owned(),
            _ => "_OTHER".to_owned(),
        }
    }
}
