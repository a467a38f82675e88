//! Whose data something is about that outlives its process: a receipt, a job.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::{Deserialize, Serialize};
use zoho_core::Connection;

use crate::exit::Problem;

/// A data centre, and the organisation and whatever else was chosen there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Whose {
    data_center: String,
    values: BTreeMap<String, String>,
}

impl Whose {
    /// Whose data a connection leads to.
    pub(crate) fn of(connection: &Connection) -> Self {
        let values = connection.values.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        Self { data_center: connection.data_center.id.clone(), values }
    }

    /// Refuses a connection that leads to another's.
    pub(crate) fn is_over(&self, what: &str, connection: &Connection) -> Result<()> {
        let own = Self::of(connection);
        if own == *self {
            return Ok(());
        }
        let message = format!("{what} is of another organisation: {self}, and this connection leads to {own}");
        Err(Problem::usage(message).hint("choose its connection with --connection, --org or --set").into())
    }
}

impl std::fmt::Display for Whose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.data_center)?;
        self.values.iter().try_for_each(|(name, value)| write!(f, ", {name} {value}"))
    }
}
