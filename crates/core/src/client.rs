//! A client of one service over one connection.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use zoho_connector::{Api, Auth, Connector, Returns};

use crate::auth::keeper::{Access, Keeper};
use crate::auth::signature::{Signed, without_oauth};
use crate::auth::token::Tokens;
use crate::batch::{self, BulkWrite};
use crate::clock::Clock;
use crate::connection::Connection;
use crate::download::{Begun, Download};
use crate::error::{Error, ErrorKind};
use crate::invocation::Invocation;
use crate::limit::Limits;
use crate::observer::{Event, Observer};
use crate::page::Pages;
use crate::request::Change;
use crate::response::outcomes::Outcome;
use crate::response::{RawReply, Reply, judge};
use crate::retry::{Budget, RetryPolicy};
use crate::send::{Receive, send, whole};
use crate::token_store::TokenStore;
use crate::token_store::memory::MemoryStore;
use crate::transport::{Incoming, Transport, TransportOptions};

/// The longest time that one call waits for limits, unless said: a window of a minute, or of two.
const MAX_WAIT: Duration = Duration::from_secs(120);

/// A client of one service over one connection. Cheap to clone; clones share tokens and connections.
#[derive(Clone)]
pub struct Client(Shared);

/// All that a client is made of, behind a pointer that does not say of what. A type that has a client in it is `Send` if all
/// of that is; the documentation of a thousand such types, one for each API, took half of its time to find that out.
#[derive(Clone)]
struct Shared(Arc<dyn Opaque>);

trait Opaque: Send + Sync {
    fn inner(&self) -> &Inner;
}

impl Opaque for Inner {
    fn inner(&self) -> &Inner {
        self
    }
}

impl Deref for Shared {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        self.0.inner()
    }
}

struct Inner {
    connector: Arc<Connector>,
    connection: Connection,
    keeper: Keeper,
    clock: Clock,
    transport: Transport,
    policy: RetryPolicy,
    budget: Budget,
    limits: Limits,
    max_wait: Duration,
    deadline: Option<Duration>,
    ends: Option<tokio::time::Instant>,
    observer: Option<Arc<dyn Observer>>,
}

/// What a [`Client`] is made of.
pub struct ClientBuilder {
    connector: Arc<Connector>,
    connection: Connection,
    store: Arc<dyn TokenStore>,
    clock: Clock,
    token_patience: Duration,
    policy: RetryPolicy,
    limits: Option<Limits>,
    max_wait: Duration,
    deadline: Option<Duration>,
    run_deadline: Option<Duration>,
    observer: Option<Arc<dyn Observer>>,
    transport: TransportOptions,
}

impl ClientBuilder {
    /// Where the tokens are; in memory unless said.
    #[must_use]
    pub fn token_store(mut self, store: Arc<dyn TokenStore>) -> Self {
        self.store = store;
        self
    }

    /// The tokens themselves, to be kept in memory.
    #[must_use]
    pub fn tokens(mut self, tokens: Tokens) -> Self {
        self.store = Arc::new(MemoryStore::with(&self.connection.name, tokens));
        self
    }

    /// Where the time comes from.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// For how long a call waits where Zoho gives no further access token for a while. Unless said it does not wait: it
    /// fails with [`ErrorKind::TokenLimit`] and says until when.
    #[must_use]
    pub fn wait_for_tokens(mut self, longest: Duration) -> Self {
        self.token_patience = longest;
        self
    }

    /// How often, and how long, calls are tried again.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// What is known of limits, to share with other clients or, by [`Limits::shared_in`], with other processes. Unless
    /// said it is what the connection and its clones share.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// The longest time that one call waits for the limits of the service, all its waits together; two minutes unless
    /// said. What would take longer fails with [`ErrorKind::Limit`], or with what the service said, and
    /// [`Error::retry_after`] says when it may go. A place among the calls at once is waited for as long as it takes.
    #[must_use]
    pub fn max_wait(mut self, longest: Duration) -> Self {
        self.max_wait = longest;
        self
    }

    /// The longest time for one call, its waits and its further tries included.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// The longest time for all calls of the client together, from the moment on at which it is built.
    #[must_use]
    pub fn run_deadline(mut self, deadline: Duration) -> Self {
        self.run_deadline = Some(deadline);
        self
    }

    /// Who watches the calls.
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// How connections are made.
    #[must_use]
    pub fn transport(mut self, options: TransportOptions) -> Self {
        self.transport = options;
        self
    }

    /// The client.
    ///
    /// # Errors
    /// [`ErrorKind::Connection`] where a certificate to trust cannot be read, [`ErrorKind::Network`] where HTTP
    /// cannot be set up.
    pub fn build(self) -> Result<Client, Error> {
        let transport =
            Transport::new(&self.transport, self.connection.endpoint.clone())?.watched(self.observer.clone());
        Ok(Client(Shared(Arc::new(Inner {
            connector: self.connector,
            keeper: Keeper::new(self.store, self.clock.clone(), self.token_patience),
            clock: self.clock,
            limits: self.limits.unwrap_or_else(|| self.connection.limits.clone()),
            connection: self.connection,
            transport,
            policy: self.policy,
            budget: Budget::new(self.policy.budget),
            max_wait: self.max_wait,
            deadline: self.deadline,
            ends: self.run_deadline.map(|longest| tokio::time::Instant::now() + longest),
            observer: self.observer,
        }))))
    }
}

/// Reads the whole reply and judges it.
struct Judged;

impl Receive for Judged {
    type Output = (Reply, RawReply);

    async fn receive(&self, invocation: &Invocation, incoming: Incoming) -> Result<Self::Output, Error> {
        let raw = whole(incoming).await?;
        let reply = judge(invocation.connector(), invocation.api(), &raw)?;
        Ok((reply, raw))
    }

    fn already_gone(&self, error: &Error) -> Option<Self::Output> {
        let (status, headers, body) = (error.status()?, http::HeaderMap::new(), Bytes::new());
        Some((Reply::Done, RawReply::new(status, headers, body)))
    }

    fn gone_before(&self, (reply, raw): Self::Output) -> Self::Output {
        let reply = match reply {
            Reply::Outcomes(outcomes) => Reply::Outcomes(outcomes.into_iter().map(Outcome::gone_before).collect()),
            other => other,
        };
        (reply, raw)
    }
}

impl Client {
    /// Begins a client of a service over a connection.
    pub fn builder(connector: Arc<Connector>, connection: Connection) -> ClientBuilder {
        ClientBuilder {
            connector,
            connection,
            store: Arc::new(MemoryStore::default()),
            clock: Clock::System,
            token_patience: Duration::ZERO,
            policy: RetryPolicy::default(),
            limits: None,
            max_wait: MAX_WAIT,
            deadline: None,
            run_deadline: None,
            observer: None,
            transport: TransportOptions::default(),
        }
    }

    /// The connector.
    pub fn connector(&self) -> &Arc<Connector> {
        &self.0.connector
    }

    /// The connection.
    pub fn connection(&self) -> &Connection {
        &self.0.connection
    }

    /// The tokens of the connection, as they are kept.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where the store cannot be read.
    pub async fn tokens(&self) -> Result<Option<Tokens>, Error> {
        self.0.keeper.tokens(&self.0.connection).await
    }

    /// Sends one invocation and gives what it says: of a list the first page, of a bulk write every outcome.
    ///
    /// # Errors
    /// What went wrong, with what to do next. [`ErrorKind::Arguments`] where the API gives a file: that is
    /// [`Client::download`]'s.
    pub async fn invoke(&self, invocation: &Invocation) -> Result<Reply, Error> {
        let api = invocation.api();
        if api.returns == Returns::File {
            return Err(Error::new(ErrorKind::Arguments, "it gives a file")
                .operation_of(&invocation.connector().name, &api.name)
                .with_hint("download it"));
        }
        if batch::parts(invocation).is_some() {
            return Ok(Reply::Outcomes(batch::run(self, invocation).await?));
        }
        let changes = crate::page::first_changes(invocation);
        self.exchange(invocation, &changes).await.map(|(reply, _)| reply)
    }

    /// Sends one invocation and gives the body of the reply as it came, once it was judged a good one: of a list the
    /// first page.
    ///
    /// # Errors
    /// As [`Client::invoke`], and [`ErrorKind::Arguments`] where the records of a bulk write go in several requests.
    pub async fn body(&self, invocation: &Invocation) -> Result<Bytes, Error> {
        if let Some(parts) = batch::parts(invocation) {
            let message = format!("its records go in {parts} requests, and each has a reply of its own");
            return Err(Error::new(ErrorKind::Arguments, message).with_hint("give fewer records, or read the outcomes"));
        }
        let changes = crate::page::first_changes(invocation);
        self.exchange(invocation, &changes).await.map(|(_, raw)| raw.body)
    }

    /// Reads a list page by page.
    ///
    /// # Errors
    /// [`ErrorKind::Arguments`] where the API gives no list.
    pub fn pages(&self, invocation: Invocation) -> Result<Pages, Error> {
        if !invocation.api().is_list() {
            let (service, api) = (&invocation.connector().name, &invocation.api().name);
            return Err(Error::new(ErrorKind::Arguments, "it gives no list").operation_of(service, api));
        }
        Ok(Pages::new(self.clone(), invocation))
    }

    /// Begins a bulk write of any number of records: the list of the invocation that is split into parts is left empty,
    /// and they are given one part after the other.
    ///
    /// # Errors
    /// [`ErrorKind::Arguments`] where the API takes no such list.
    pub fn bulk_write(&self, invocation: Invocation) -> Result<BulkWrite, Error> {
        BulkWrite::new(self.clone(), invocation)
    }

    /// Downloads a file: its name and its bytes as they come.
    ///
    /// # Errors
    /// What went wrong, with what to do next.
    pub async fn download(&self, invocation: &Invocation) -> Result<Download, Error> {
        if invocation.api().returns != Returns::File {
            let (service, api) = (&invocation.connector().name, &invocation.api().name);
            return Err(Error::new(ErrorKind::Arguments, "it gives no file").operation_of(service, api));
        }
        self.download_following(invocation, &[]).await
    }

    /// Goes on with a file of which an earlier run has the first part, where it still is the same file; else it begins
    /// again. [`Download::from`] says which of the two it is.
    ///
    /// # Errors
    /// As [`Client::download`].
    pub async fn resume_download(&self, invocation: &Invocation, begun: &Begun) -> Result<Download, Error> {
        if invocation.api().returns == Returns::File
            && let Some(download) = crate::download::resume(self, invocation, begun).await?
        {
            return Ok(download);
        }
        self.download(invocation).await
    }

    /// Downloads from an address that a reply gave, as the call that `changes` change.
    pub(crate) async fn download_following(
        &self,
        invocation: &Invocation,
        changes: &[Change],
    ) -> Result<Download, Error> {
        let download = send(self, invocation, changes, &crate::download::AsFile).await?;
        Ok(download.by(self, invocation, changes))
    }

    pub(crate) async fn exchange(
        &self,
        invocation: &Invocation,
        changes: &[Change],
    ) -> Result<(Reply, RawReply), Error> {
        send(self, invocation, changes, &Judged).await
    }

    /// What a call is signed with. `refused` is an access token that the service does not accept any more.
    pub(crate) async fn signed(&self, api: &Api, refused: Option<&str>) -> Result<Signed, Error> {
        let (connector, connection) = (&self.0.connector, &self.0.connection);
        if api.auth != Auth::OAuth {
            let tokens = self.0.keeper.tokens(connection).await?;
            if let Some(signed) = without_oauth(connector, api, connection, tokens.as_ref())? {
                return Ok(signed);
            }
        }
        self.access(refused).await.map(Signed::from)
    }

    async fn access(&self, refused: Option<&str>) -> Result<Access, Error> {
        let granted = self.0.keeper.access(&self.0.connection, &self.0.transport, refused).await?;
        if granted.refreshed {
            self.observe(&Event::Refreshed);
        }
        if let Some(error) = granted.unsaved {
            self.observe(&Event::NotKept { reason: &error.to_string() });
        }
        Ok(granted.access)
    }

    /// Milliseconds since 1970.
    pub(crate) fn now_in_milliseconds(&self) -> i64 {
        i64::try_from(self.0.clock.now()).unwrap_or(i64::MAX).saturating_mul(1000)
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.0.transport
    }

    pub(crate) fn policy(&self) -> &RetryPolicy {
        &self.0.policy
    }

    pub(crate) fn budget(&self) -> &Budget {
        &self.0.budget
    }

    /// What is known of the limits of its service.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// For how long one call may wait for limits.
    pub(crate) fn max_wait(&self) -> Duration {
        self.0.max_wait
    }

    /// When a call that begins now has to be done, and how much time it has.
    pub(crate) fn ends(&self) -> Option<(tokio::time::Instant, Duration)> {
        let now = tokio::time::Instant::now();
        let own = self.0.deadline.map(|longest| now + longest);
        let at = [own, self.0.ends].into_iter().flatten().min()?;
        Some((at, at.saturating_duration_since(now)))
    }

    pub(crate) fn observe(&self, event: &Event<'_>) {
        if let Some(observer) = &self.0.observer {
            observer.event(event);
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("connector", &self.0.connector.name)
            .field("connection", &self.0.connection.name)
            .finish_non_exhaustive()
    }
}
