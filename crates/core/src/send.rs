//! The loop of one call: its turn, a token, the request, the reply; judged, returned, or tried again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use zoho_connector::{FailureKind, Verb};

use crate::auth::signature::Signed;
use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::hosts::guard;
use crate::invocation::Invocation;
use crate::limit::{Patience, Permit, Settled, is_about_limits};
use crate::observer::Event;
use crate::request::{Change, Request, build, ready};
use crate::response::RawReply;
use crate::retry::unknown::{is_unknown, unknown};
use crate::retry::{Failure, Verdict};
use crate::telemetry::{Attempt, RequestSpan};
use crate::transport::Incoming;

/// As often as a token that the service refuses is replaced in one call.
const MOST_REPLACED: u32 = 2;

/// What is done with a reply: judged to the end, or given on while its body is still to come.
pub(crate) trait Receive {
    /// What comes of a good reply.
    type Output;

    /// Takes a reply and judges it.
    async fn receive(&self, invocation: &Invocation, incoming: Incoming) -> Result<Self::Output, Error>;

    /// What comes of a removal whose first reply was lost, where the service says that nothing is there any more.
    fn already_gone(&self, _error: &Error) -> Option<Self::Output> {
        None
    }

    /// The same of a removal of many, where the service says it of each.
    fn gone_before(&self, output: Self::Output) -> Self::Output {
        output
    }
}

/// A call under way: what it has been through.
struct Journey<'a> {
    client: &'a Client,
    invocation: &'a Invocation,
    changes: &'a [Change],
    /// Whether it may be on its way to the service, or has been, without a reply that says that it was turned away.
    may_have_arrived: AtomicBool,
}

/// Sends one invocation until it succeeds, fails for good, or was tried often enough.
pub(crate) async fn send<R: Receive>(
    client: &Client,
    invocation: &Invocation,
    changes: &[Change],
    receive: &R,
) -> Result<R::Output, Error> {
    let (connector, api) = (invocation.connector(), invocation.api());
    // What is missing is said before a token is asked for.
    ready(invocation, client.connection())?;
    let journey = Journey { client, invocation, changes, may_have_arrived: AtomicBool::new(false) };
    let mut patience = Patience { left: client.max_wait() };
    let result = match client.ends() {
        None => journey.travel(receive, &mut patience).await,
        // Time that is up before is not begun with.
        Some((_, longest)) if longest.is_zero() => Err(journey.overdue(longest)),
        Some((at, longest)) => {
            patience.left = patience.left.min(longest);
            let call = journey.travel(receive, &mut patience);
            tokio::time::timeout_at(at, call).await.unwrap_or_else(|_| Err(journey.overdue(longest)))
        }
    };
    result.map_err(|error| {
        let error = error.operation_of(&connector.name, &api.name);
        if !api.idempotent && is_unknown(&error) { unknown(error, connector, api) } else { error }
    })
}

impl Journey<'_> {
    async fn travel<R: Receive>(&self, receive: &R, patience: &mut Patience) -> Result<R::Output, Error> {
        let mut refused: Option<String> = None;
        let (mut lost, mut replaced) = (false, 0);
        let mut attempt = 1;
        loop {
            let permit = self.turn(patience).await?;
            let signed = self.client.signed(self.invocation.api(), refused.as_deref()).await?;
            let (result, settled) = self.once(&signed, attempt, permit, receive).await;
            let error = match result {
                Ok(output) => {
                    self.client.budget().earn();
                    let removes_again = lost && self.invocation.api().verb == Verb::Delete;
                    return Ok(if removes_again { receive.gone_before(output) } else { output });
                }
                Err(error) => signed.signature.explain(error).attempts_of(attempt),
            };
            // Who looks for what was removed a moment ago finds nothing, and that is what was wanted.
            if lost && self.invocation.api().verb == Verb::Delete && is_gone(&error) {
                return receive.already_gone(&error).ok_or(error);
            }
            lost |= error.may_have_arrived();
            // A dead token is replaced: by the one that another process has put there, and if that is dead as well by a
            // new one. What is refused with a new one is reported.
            let dead = error.kind() == ErrorKind::Service(FailureKind::Unauthenticated);
            let may_be_replaced = replaced == 0 || !signed.is_new && replaced < MOST_REPLACED;
            if let Some(token) = signed.signature.token().filter(|_| dead && may_be_replaced) {
                refused = Some(token.expose().to_owned());
                replaced += 1;
            } else if let Some(error) = self.pause_before_another(error, settled, attempt, patience).await {
                return Err(error);
            }
            attempt += 1;
        }
    }

    /// Waits until the limits let the call go.
    async fn turn(&self, patience: &mut Patience) -> Result<Permit, Error> {
        let call = (self.invocation, self.client.connection(), self.changes);
        let tell = |pause, reason: &Error| {
            self.client.observe(&Event::Waiting { pause, reason: &reason.to_string() });
        };
        self.client.limits().admit(call, self.client.clock(), patience, tell).await
    }

    async fn once<R: Receive>(
        &self,
        signed: &Signed,
        attempt: u32,
        mut permit: Permit,
        receive: &R,
    ) -> (Result<R::Output, Error>, Settled) {
        let result = self.exchange(signed, attempt, &mut permit, receive).await;
        if let Err(error) = &result
            && !error.may_have_arrived()
        {
            self.may_have_arrived.store(false, Ordering::Relaxed);
        }
        let settled = permit.settle(result.as_ref().map(|_| ())).await;
        (result, settled)
    }

    async fn exchange<R: Receive>(
        &self,
        signed: &Signed,
        attempt: u32,
        permit: &mut Permit,
        receive: &R,
    ) -> Result<R::Output, Error> {
        let (client, invocation) = (self.client, self.invocation);
        let request: Request = build(invocation, client.connection(), signed.api_host.as_deref(), self.changes)?;
        guard(&request.url, client.connection(), signed.signature.what())?;
        let facts = Attempt { invocation, request: &request, signature: &signed.signature, attempt };
        let span = RequestSpan::of(facts);
        span.around(async {
            permit.leaves();
            self.may_have_arrived.store(true, Ordering::Relaxed);
            let incoming = client.transport().send(&request, &signed.signature, attempt).await?;
            permit.heard(incoming.headers());
            span.answered(incoming.status());
            receive.receive(invocation, incoming).await
        })
        .await
    }

    /// Waits where another try helps; else gives the error back, which is to be reported.
    async fn pause_before_another(
        &self,
        error: Error,
        settled: Settled,
        attempt: u32,
        patience: &mut Patience,
    ) -> Option<Error> {
        let opens = settled.shut_for.filter(|_| settled.known);
        let error = match (opens, error.kind()) {
            (Some(wait), ErrorKind::Service(kind)) if is_about_limits(kind) => error.retry_after_of(Some(wait)),
            _ => error,
        };
        let repeatable = self.invocation.api().idempotent;
        let failure = Failure { error: &error, repeatable, attempt, shut_for: opens, chance: chance() };
        let (pause, is_asked) = match self.client.policy().decide(failure) {
            Verdict::Return => return Some(error),
            Verdict::After(pause) => (pause, false),
            Verdict::WhenOpen(pause) => (pause, true),
        };
        // What the service asks for is not longer than somebody wants to wait, or it is said.
        if (is_asked && pause > patience.left) || !self.client.budget().take() {
            return Some(error);
        }
        self.client.observe(&Event::Retrying { pause, reason: &error.to_string() });
        // Where the limits know when it goes on, they wait.
        if opens.is_none() {
            if is_asked {
                patience.take(pause);
            }
            self.client.clock().pause(pause).await;
        }
        None
    }

    /// The error of a call that took too long.
    fn overdue(&self, longest: Duration) -> Error {
        let error = Error::new(ErrorKind::Timeout, format!("it took longer than {} s", longest.as_secs_f64()));
        if self.may_have_arrived.load(Ordering::Relaxed) { error } else { error.unsent() }
    }
}

/// Whether the service says that there is no such record.
fn is_gone(error: &Error) -> bool {
    error.kind() == ErrorKind::Service(FailureKind::NotFound)
}

/// Reads a whole reply.
pub(crate) async fn whole(mut incoming: Incoming) -> Result<RawReply, Error> {
    let (status, headers) = (incoming.status(), incoming.take_headers());
    let body = incoming.body().await?;
    Ok(RawReply::new(status, headers, body))
}

/// A number between 0 and 1, so that many callers do not all come back at once.
pub(crate) fn chance() -> f64 {
    let mut bytes = [0; 2];
    // Without random numbers every caller takes the middle of its pause, which is no harm.
    if getrandom::fill(&mut bytes).is_err() {
        return 0.5;
    }
    f64::from(u16::from_le_bytes(bytes)) / f64::from(u16::MAX)
}
