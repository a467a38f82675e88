//! From one vault to another.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Vault;
use crate::error::{Error, ErrorKind};
use crate::token_store::documents::{DocumentId, Kind};
use crate::token_store::saved::{Entry, SavedClient};

/// How many documents went to another vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moved {
    /// Connections.
    pub connections: usize,
    /// Clients.
    pub clients: usize,
}

impl Vault {
    /// Moves everything to another vault, one document after the other: each is read back there before it is removed
    /// here. Where it breaks off, each document is in one of the two, and a second time moves the rest.
    ///
    /// # Errors
    /// [`ErrorKind::Vault`] where the other vault has another connection of the same name; before anything is moved.
    /// [`ErrorKind::Io`] and [`ErrorKind::Vault`] where one of them cannot be read or written.
    pub async fn move_to(&self, other: &Self) -> Result<Moved, Error> {
        other.probe().await?;
        let (connections, clients) = (self.names().await?, self.client_names().await?);
        for name in &connections {
            self.free::<Entry>(other, &DocumentId::new(Kind::Connection, name)).await?;
        }
        for name in &clients {
            self.free::<SavedClient>(other, &DocumentId::new(Kind::Client, name)).await?;
        }
        let mut moved = Moved::default();
        for name in &connections {
            let there = self.move_one::<Entry>(other, &DocumentId::new(Kind::Connection, name)).await?;
            moved.connections += usize::from(there);
        }
        for name in &clients {
            let there = self.move_one::<SavedClient>(other, &DocumentId::new(Kind::Client, name)).await?;
            moved.clients += usize::from(there);
        }
        Ok(moved)
    }

    /// Looks whether a document can go to another vault: it can be read here, and nothing else has its name there.
    async fn free<T: DeserializeOwned + PartialEq>(&self, other: &Self, id: &DocumentId) -> Result<(), Error> {
        let (here, there) = (self.read::<T>(id).await?, other.read::<T>(id).await?);
        if there.is_none() || here == there {
            return Ok(());
        }
        let message = format!("there is another {id} in {} already; nothing was moved", other.place);
        Err(Error::new(ErrorKind::Vault, message).with_hint("rename or remove one of the two"))
    }

    async fn move_one<T>(&self, other: &Self, id: &DocumentId) -> Result<bool, Error>
    where
        T: Serialize + DeserializeOwned + PartialEq + Sync,
    {
        let mut held = self.documents.hold(id).await?;
        let Some(content) = self.opened::<T>(id, held.bytes()).await? else { return Ok(false) };
        other.replace(id, &content).await?;
        if other.read::<T>(id).await?.as_ref() != Some(&content) {
            let message = format!("{} does not give back the {id}, so it stays where it is", other.place);
            return Err(Error::new(ErrorKind::Vault, message).with_hint("choose another place for the vault"));
        }
        held.remove().await?;
        Ok(true)
    }
}
