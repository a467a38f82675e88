//! A service: its connector, read once, and clients of it.

use std::sync::{Arc, OnceLock};

use zoho_connector::load::read;
use zoho_connector::{Connector, Files, SourceFile};
use zoho_core::{Client, Error, ErrorKind};

use super::session::IntoSession;

/// A connector as text in the program, which is read when it is asked for first.
#[derive(Debug)]
pub struct Service {
    files: &'static Files,
    connector: OnceLock<Result<Arc<Connector>, String>>,
}

impl Service {
    /// The service of a connector's files.
    pub const fn new(files: &'static Files) -> Self {
        Self { files, connector: OnceLock::new() }
    }

    /// Its connector.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where the files are no connector. Those that came with the program are.
    pub fn connector(&self) -> Result<Arc<Connector>, Error> {
        let read = || {
            let files: Vec<SourceFile> =
                self.files.files.iter().map(|(path, text)| SourceFile::new(*path, *text)).collect();
            read(&files).map(Arc::new).map_err(|error| error.to_string())
        };
        self.connector.get_or_init(read).clone().map_err(|fault| {
            Error::new(ErrorKind::Io, format!("the connector `{}` is broken: {fault}", self.files.name))
                .with_hint("`zohoctl connectors check` shows every fault in its place")
        })
    }

    /// A client of it.
    ///
    /// # Errors
    /// As [`IntoSession::into_session`], and where HTTP cannot be set up.
    pub async fn connect(&self, session: impl IntoSession) -> Result<Client, Error> {
        let connector = self.connector()?;
        let session = session.into_session(&connector).await?;
        Client::builder(connector, session.connection).token_store(session.tokens).build()
    }
}
