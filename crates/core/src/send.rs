//! The loop of one call: a token, the request, the reply; judged, returned, or tried again.

use std::time::{Duration, Instant};

use zoho_connector::FailureKind;

use crate::auth::keeper::Access;
use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::hosts::guard;
use crate::invocation::Invocation;
use crate::observer::Event;
use crate::request::{Change, Request, build, ready};
use crate::response::RawReply;
use crate::retry::Verdict;
use crate::transport::Incoming;

/// What is done with a reply: judged to the end, or given on while its body is still to come.
pub(crate) trait Receive {
    /// What comes of a good reply.
    type Output;

    /// Takes a reply and judges it.
    async fn receive(
        &self,
        invocation: &Invocation,
        incoming: Incoming,
        started: Instant,
        client: &Client,
    ) -> Result<Self::Output, Error>;
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
    let mut refused: Option<String> = None;
    let mut attempt = 1;
    loop {
        let access =
            client.access(refused.as_deref()).await.map_err(|error| error.operation_of(&connector.name, &api.name))?;
        let error = match once(client, invocation, changes, &access, attempt, receive).await {
            Ok(output) => return Ok(output),
            Err(error) => error.operation_of(&connector.name, &api.name).attempts_of(attempt),
        };
        // A dead token is replaced once; what is still refused then is reported.
        if error.kind() == ErrorKind::Service(FailureKind::Unauthenticated) && refused.is_none() {
            refused = Some(access.token.expose().to_owned());
            attempt += 1;
            continue;
        }
        match client.policy().decide(&error, api.idempotent, attempt, chance()) {
            Verdict::Return => return Err(error),
            Verdict::After(pause) => {
                client.observe(&Event::Retrying { pause, reason: &error.to_string() });
                tokio::time::sleep(pause).await;
                attempt += 1;
            }
        }
    }
}

async fn once<R: Receive>(
    client: &Client,
    invocation: &Invocation,
    changes: &[Change],
    access: &Access,
    attempt: u32,
    receive: &R,
) -> Result<R::Output, Error> {
    let request: Request = build(invocation, client.connection(), access.api_host.as_deref(), changes)?;
    guard(&request.url, client.connection())?;
    client.observe(&Event::Sending { method: request.method.as_str(), url: request.url.as_str(), attempt });
    let started = Instant::now();
    let incoming = client.transport().send(&request, &access.token).await?;
    receive.receive(invocation, incoming, started, client).await
}

/// Reads a whole reply.
pub(crate) async fn whole(incoming: Incoming, started: Instant, client: &Client) -> Result<RawReply, Error> {
    let (status, headers) = (incoming.status(), incoming.headers().clone());
    let body = incoming.body().await?;
    client.observe(&Event::Received { status, elapsed: started.elapsed(), size: body.len() });
    Ok(RawReply { status, headers, body })
}

/// A number between 0 and 1, so that many callers do not all come back at once.
fn chance() -> f64 {
    let mut bytes = [0; 2];
    // Without random numbers every caller takes the middle of its pause, which is no harm.
    if getrandom::fill(&mut bytes).is_err() {
        return 0.5;
    }
    f64::from(u16::from_le_bytes(bytes)) / f64::from(u16::MAX)
}

/// The longest time that one call may take from here, where a limit was set.
pub(crate) async fn within<T>(
    limit: Option<Duration>,
    call: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    match limit {
        None => call.await,
        Some(limit) => tokio::time::timeout(limit, call).await.unwrap_or_else(|_| {
            Err(Error::new(ErrorKind::Timeout, format!("it took longer than {} s", limit.as_secs_f64())))
        }),
    }
}
