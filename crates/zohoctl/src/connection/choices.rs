//! The choices for a value of a connection, as the service lists them.

use std::fmt;

use anyhow::Result;
use zoho_connector::connector::ConnectionValue;
use zoho_core::{Arguments, Client, Invocation};

/// A value with what people know it by.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    /// The value.
    pub(crate) value: String,
    /// Its name for people.
    pub(crate) label: Option<String>,
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.label {
            Some(label) => write!(f, "{}  {label}", self.value),
            None => f.write_str(&self.value),
        }
    }
}

/// Asks the API that lists the choices.
pub(crate) async fn listed(client: &Client, value: &ConnectionValue, api: &str) -> Result<Vec<Choice>> {
    let mut pages = client.pages(Invocation::new(client.connector(), api, Arguments::new())?)?;
    let mut choices = Vec::new();
    while let Some(page) = pages.next().await? {
        choices.extend(page.records.iter().filter_map(|record| {
            let label = value.label.as_ref().and_then(|path| record.text_at(path));
            Some(Choice { value: record.text_at(value.value.as_ref()?)?, label })
        }));
    }
    Ok(choices)
}
