//! The tables, and how older ones become newer ones.

use tokio_postgres::Client;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;

use super::address::Address;
use crate::error::{Error, ErrorKind};

/// The steps from nothing to the tables as they are now. A step that was released is never changed.
const STEPS: [&str; 1] = ["
CREATE TABLE zoho_vault_documents (
    kind text NOT NULL,
    name text NOT NULL,
    bytes bytea NOT NULL,
    revision bigint NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kind, name)
);
CREATE TABLE zoho_vault_holds (
    kind text NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (kind, name)
);
"];
/// What all who change the tables lock, so that one does after the other.
const LOCK: &str = "SELECT pg_advisory_xact_lock(8246113915741528)";
const VERSIONS: &str = "CREATE TABLE IF NOT EXISTS zoho_vault_schema (version integer PRIMARY KEY, made_at timestamptz NOT NULL DEFAULT now())";

/// Sees to it that the tables are there as this version knows them.
///
/// # Errors
/// [`ErrorKind::Vault`] where they are from a newer version, [`ErrorKind::Io`] where they cannot be made.
pub(super) async fn prepare(client: &Client, address: &Address) -> Result<(), Error> {
    let known = match version(client).await {
        Ok(known) => known,
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => 0,
        Err(error) => return Err(address.fault(&error)),
    };
    match known {
        known if known == STEPS.len() => Ok(()),
        known if known > STEPS.len() => {
            let message = format!("the tables of the vault at {} are of a newer version ({known})", address.shown);
            Err(Error::new(ErrorKind::Vault, message).with_hint("update the program; nothing was changed"))
        }
        _ => take_steps(client).await.map_err(|error| address.fault(&error)),
    }
}

async fn version(client: &Client) -> Result<usize, tokio_postgres::Error> {
    let row = client.query_typed_one("SELECT coalesce(max(version), 0) FROM zoho_vault_schema", &[]).await?;
    row.try_get::<_, i32>(0).map(|version| usize::try_from(version).unwrap_or_default())
}

async fn take_steps(client: &Client) -> Result<(), tokio_postgres::Error> {
    client.batch_execute("BEGIN").await?;
    let taken = async {
        client.batch_execute(LOCK).await?;
        client.batch_execute(VERSIONS).await?;
        // Somebody else may have done it while this waited.
        let begun = version(client).await?;
        for (step, number) in STEPS.iter().zip(1i32..).skip(begun) {
            client.batch_execute(step).await?;
            let note = "INSERT INTO zoho_vault_schema (version) VALUES ($1)";
            client.execute_typed(note, &[(&number, Type::INT4)]).await?;
        }
        client.batch_execute("COMMIT").await
    };
    let taken = taken.await;
    if taken.is_err() {
        // What went wrong is said; that going back fails too would only hide it.
        drop(client.batch_execute("ROLLBACK").await);
    }
    taken
}
