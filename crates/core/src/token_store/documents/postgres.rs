//! Documents as rows of a PostgreSQL database, for many machines.
//!
//! Who holds a document has a transaction open that locks the document's row in a table of its own; the document is
//! written by another connection, so that it is safe at once and the lock stays. Should a server end the transaction of
//! a machine that it lost sight of, the document's revision keeps that machine from writing over what came after.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::{Mutex as Turn, OnceCell, OwnedMutexGuard};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{DocumentId, Documents, HeldDocument, Kind};
use crate::error::Error;
use crate::secret::Secret;
use crate::token_store::Pending;

mod address;
mod schema;

use address::Address;
pub(crate) use address::shown;

/// How long making a connection may take.
const CONNECT: Duration = Duration::from_secs(15);
/// How many connections are kept for the next one who needs one.
const MOST_IDLE: usize = 4;
/// Begins what holds a document. The waiting has an end, and so has the holding by a machine that is gone.
const BEGIN: &str = "BEGIN; SET LOCAL lock_timeout = '180s'; SET LOCAL idle_in_transaction_session_timeout = '150s'";

/// Documents in a database.
#[derive(Clone)]
pub(crate) struct Postgres(Arc<Inner>);

struct Inner {
    address: Address,
    tls: Option<MakeRustlsConnect>,
    idle: Mutex<Vec<Client>>,
    ready: OnceCell<()>,
    turns: Turns,
}

/// Whose turn it is within this process. Of those who want one document, one waits in the database, with a connection.
#[derive(Default)]
struct Turns(Mutex<HashMap<DocumentId, Weak<Turn<()>>>>);

impl Turns {
    fn of(&self, id: &DocumentId) -> Arc<Turn<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(id).and_then(Weak::upgrade) {
            return turn;
        }
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::default();
        turns.insert(id.clone(), Arc::downgrade(&turn));
        turn
    }
}

type Argument<'a> = (&'a (dyn ToSql + Sync), Type);

impl Postgres {
    /// The documents of a connection string. Nothing is connected yet.
    pub(crate) fn new(address: &Secret, root_certificates: &[Vec<u8>]) -> Result<Self, Error> {
        let address = Address::parse(address)?;
        let tls = address.tls(root_certificates)?;
        let (idle, ready, turns) = (Mutex::default(), OnceCell::new(), Turns::default());
        Ok(Self(Arc::new(Inner { address, tls, idle, ready, turns })))
    }

    /// A connection: one that is at hand and still works, or a new one.
    async fn client(&self) -> Result<Client, Error> {
        loop {
            let idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(client) = idle else { break };
            if client.check_connection().await.is_ok() {
                return Ok(client);
            }
        }
        let client = self.connect().await?;
        self.0.ready.get_or_try_init(|| async { schema::prepare(&client, &self.0.address).await }).await?;
        Ok(client)
    }

    async fn connect(&self) -> Result<Client, Error> {
        let config = &self.0.address.config;
        let connecting = async {
            // What a connection reads and writes it does in a task of its own, which ends with it.
            Ok(match &self.0.tls {
                Some(tls) => {
                    let (client, connection) = config.connect(tls.clone()).await?;
                    tokio::spawn(connection.map(drop));
                    client
                }
                None => {
                    let (client, connection) = config.connect(NoTls).await?;
                    tokio::spawn(connection.map(drop));
                    client
                }
            })
        };
        match tokio::time::timeout(CONNECT, connecting).await {
            Ok(connected) => connected.map_err(|error| self.0.address.fault(&error)),
            Err(_) => Err(self.0.address.silent(CONNECT)),
        }
    }

    /// Keeps a connection for the next one.
    fn give_back(&self, client: Client) {
        let mut idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MOST_IDLE {
            idle.push(client);
        }
    }

    fn fault(&self, error: &tokio_postgres::Error) -> Error {
        self.0.address.fault(error)
    }

    /// Reads a document with its revision.
    async fn select(&self, client: &Client, id: &DocumentId) -> Result<Option<(Vec<u8>, i64)>, Error> {
        let row = client
            .query_typed_opt(
                "SELECT bytes, revision FROM zoho_vault_documents WHERE kind = $1 AND name = $2",
                &Named::of(id).arguments(),
            )
            .await
            .map_err(|error| self.fault(&error))?;
        let read = |row: tokio_postgres::Row| Ok((row.try_get(0)?, row.try_get(1)?));
        row.map(read).transpose().map_err(|error| self.fault(&error))
    }

    async fn select_names(&self, client: &Client, kind: &str) -> Result<Vec<String>, Error> {
        let rows = client
            .query_typed("SELECT name FROM zoho_vault_documents WHERE kind = $1", &[(&kind, Type::TEXT)])
            .await
            .map_err(|error| self.fault(&error))?;
        let names = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>();
        let mut names = names.map_err(|error| self.fault(&error))?;
        // Sorted here: a database sorts as its own language has it.
        names.sort_unstable();
        Ok(names)
    }

    /// Locks a document's row of the table of holds, and makes it where it is lacking.
    async fn lock(&self, client: &Client, id: &DocumentId) -> Result<(), tokio_postgres::Error> {
        let named = Named::of(id);
        let arguments = named.arguments();
        loop {
            let make = "INSERT INTO zoho_vault_holds (kind, name) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            client.execute_typed(make, &arguments).await?;
            client.batch_execute(BEGIN).await?;
            let lock = "SELECT 1 FROM zoho_vault_holds WHERE kind = $1 AND name = $2 FOR UPDATE";
            match client.query_typed_opt(lock, &arguments).await {
                Ok(Some(_)) => return Ok(()),
                // Whoever held it has removed it.
                Ok(None) => client.batch_execute("ROLLBACK").await?,
                Err(error) => return Err(error),
            }
        }
    }
}

impl Documents for Postgres {
    fn read<'a>(&'a self, id: &'a DocumentId) -> Pending<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            let client = self.client().await?;
            let read = self.select(&client, id).await?;
            self.give_back(client);
            Ok(read.map(|(bytes, _)| bytes))
        })
    }

    fn hold<'a>(&'a self, id: &DocumentId) -> Pending<'a, Box<dyn HeldDocument + 'a>> {
        let id = id.clone();
        Box::pin(async move {
            let turn = self.0.turns.of(&id).lock_owned().await;
            let client = self.client().await?;
            self.lock(&client, &id).await.map_err(|error| match error.code() {
                Some(code) if *code == SqlState::LOCK_NOT_AVAILABLE => self.0.address.held_too_long(&id.to_string()),
                _ => self.fault(&error),
            })?;
            let document = self.select(&client, &id).await?;
            let (documents, holder) = (self.clone(), Some(client));
            Ok(Box::new(HeldRow { documents, id, holder, document, removed: false, _turn: turn })
                as Box<dyn HeldDocument>)
        })
    }

    fn names(&self, kind: Kind) -> Pending<'_, Vec<String>> {
        Box::pin(async move {
            let client = self.client().await?;
            let names = self.select_names(&client, kind.as_str()).await?;
            self.give_back(client);
            Ok(names)
        })
    }

    fn path_of(&self, id: &DocumentId) -> String {
        format!("the {id} in PostgreSQL at {}", self.0.address.shown)
    }
}

struct HeldRow {
    documents: Postgres,
    id: DocumentId,
    /// The connection whose transaction has the lock.
    holder: Option<Client>,
    /// What is there, and its revision.
    document: Option<(Vec<u8>, i64)>,
    removed: bool,
    _turn: OwnedMutexGuard<()>,
}

/// A document's name as the arguments of a statement.
struct Named<'a>(&'static str, &'a str);

impl<'a> Named<'a> {
    fn of(id: &'a DocumentId) -> Self {
        Self(id.kind.as_str(), &id.name)
    }

    fn arguments(&self) -> [Argument<'_>; 2] {
        [(&self.0, Type::TEXT), (&self.1, Type::TEXT)]
    }
}

impl HeldDocument for HeldRow {
    fn bytes(&self) -> Option<&[u8]> {
        self.document.as_ref().map(|(bytes, _)| bytes.as_slice())
    }

    fn write(&mut self, bytes: Vec<u8>) -> Pending<'_, ()> {
        Box::pin(async move {
            let client = self.documents.client().await?;
            let named = Named::of(&self.id);
            let [kind, name] = named.arguments();
            let revision = self.document.as_ref().map(|(_, revision)| *revision);
            let written = match &revision {
                None => {
                    let arguments = [kind, name, (&bytes as _, Type::BYTEA)];
                    client.query_typed_opt(INSERT, &arguments).await
                }
                Some(revision) => {
                    let arguments = [kind, name, (&bytes as _, Type::BYTEA), (revision as _, Type::INT8)];
                    client.query_typed_opt(UPDATE, &arguments).await
                }
            };
            let row = written.map_err(|error| self.documents.fault(&error))?;
            self.documents.give_back(client);
            let row = row.ok_or_else(|| self.documents.0.address.overtaken(&self.id.to_string()))?;
            let revision = row.try_get(0).map_err(|error| self.documents.fault(&error))?;
            self.document = Some((bytes, revision));
            Ok(())
        })
    }

    fn remove(&mut self) -> Pending<'_, ()> {
        Box::pin(async move {
            let client = self.documents.client().await?;
            let remove = "DELETE FROM zoho_vault_documents WHERE kind = $1 AND name = $2";
            client
                .execute_typed(remove, &Named::of(&self.id).arguments())
                .await
                .map_err(|error| self.documents.fault(&error))?;
            self.documents.give_back(client);
            if let Some(holder) = &self.holder {
                let remove = "DELETE FROM zoho_vault_holds WHERE kind = $1 AND name = $2";
                holder
                    .execute_typed(remove, &Named::of(&self.id).arguments())
                    .await
                    .map_err(|error| self.documents.fault(&error))?;
            }
            (self.document, self.removed) = (None, true);
            Ok(())
        })
    }
}

const INSERT: &str = "INSERT INTO zoho_vault_documents (kind, name, bytes) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING revision";
const UPDATE: &str = "UPDATE zoho_vault_documents SET bytes = $3, revision = revision + 1, changed_at = now() WHERE kind = $1 AND name = $2 AND revision = $4 RETURNING revision";

impl Drop for HeldRow {
    fn drop(&mut self) {
        let Some(client) = self.holder.take() else { return };
        let end = if self.removed { "COMMIT" } else { "ROLLBACK" };
        // It is sent when it is first looked at, and before whatever the connection is used for next. Nobody waits for
        // the answer; where the connection is gone, so is the lock.
        drop(client.batch_execute(end).now_or_never());
        self.documents.give_back(client);
    }
}
