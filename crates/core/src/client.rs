//! A client of one service over one connection.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use zoho_connector::{Connector, Returns};

use crate::auth::keeper::{Access, Keeper};
use crate::auth::token::Tokens;
use crate::batch;
use crate::clock::Clock;
use crate::connection::Connection;
use crate::download::Download;
use crate::error::{Error, ErrorKind};
use crate::invocation::Invocation;
use crate::observer::{Event, Observer};
use crate::page::Pages;
use crate::request::Change;
use crate::response::{RawReply, Reply, judge};
use crate::retry::RetryPolicy;
use crate::send::{Receive, send, whole, within};
use crate::token_store::TokenStore;
use crate::token_store::memory::MemoryStore;
use crate::transport::{Incoming, Transport, TransportOptions};

/// A client of one service over one connection. Cheap to clone; clones share tokens and connections.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    connector: Arc<Connector>,
    connection: Connection,
    keeper: Keeper,
    transport: Transport,
    policy: RetryPolicy,
    deadline: Option<Duration>,
    observer: Option<Arc<dyn Observer>>,
}

/// What a [`Client`] is made of.
pub struct ClientBuilder {
    connector: Arc<Connector>,
    connection: Connection,
    store: Arc<dyn TokenStore>,
    clock: Clock,
    policy: RetryPolicy,
    deadline: Option<Duration>,
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

    /// How often, and how long, calls are tried again.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// The longest time for one call, its further tries included.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
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
        let transport = Transport::new(&self.transport, self.connection.endpoint.clone())?;
        Ok(Client(Arc::new(Inner {
            connector: self.connector,
            keeper: Keeper::new(self.store, self.clock),
            connection: self.connection,
            transport,
            policy: self.policy,
            deadline: self.deadline,
            observer: self.observer,
        })))
    }
}

/// Reads the whole reply and judges it.
struct Judged;

impl Receive for Judged {
    type Output = (Reply, RawReply);

    async fn receive(
        &self,
        invocation: &Invocation,
        incoming: Incoming,
        started: Instant,
        client: &Client,
    ) -> Result<Self::Output, Error> {
        let raw = whole(incoming, started, client).await?;
        let reply = judge(&invocation.connector().name, invocation.api(), &raw)?;
        Ok((reply, raw))
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
            policy: RetryPolicy::default(),
            deadline: None,
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
        if let Some(parts) = batch::split(invocation) {
            return Ok(Reply::Outcomes(batch::run(self, parts).await?));
        }
        let changes = crate::page::first_changes(invocation);
        self.exchange(invocation, &changes).await.map(|(reply, _)| reply)
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

    /// Downloads a file: its name and its bytes as they come.
    ///
    /// # Errors
    /// What went wrong, with what to do next.
    pub async fn download(&self, invocation: &Invocation) -> Result<Download, Error> {
        if invocation.api().returns != Returns::File {
            let (service, api) = (&invocation.connector().name, &invocation.api().name);
            return Err(Error::new(ErrorKind::Arguments, "it gives no file").operation_of(service, api));
        }
        within(self.0.deadline, send(self, invocation, &[], &crate::download::AsFile)).await
    }

    pub(crate) async fn exchange(
        &self,
        invocation: &Invocation,
        changes: &[Change],
    ) -> Result<(Reply, RawReply), Error> {
        within(self.0.deadline, send(self, invocation, changes, &Judged)).await
    }

    pub(crate) async fn access(&self, refused: Option<&str>) -> Result<Access, Error> {
        let (access, refreshed) = self.0.keeper.access(&self.0.connection, &self.0.transport, refused).await?;
        if refreshed {
            self.observe(&Event::Refreshed);
        }
        Ok(access)
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.0.transport
    }

    pub(crate) fn policy(&self) -> &RetryPolicy {
        &self.0.policy
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
