//! The choices for a value of a connection, as the service lists them, and where what was chosen is kept.

use std::fmt;

use anyhow::Result;
use zoho_connector::connector::ConnectionValue;
use zoho_core::{Arguments, Client, Invocation, Record, Reply};

/// A value with what people know it by.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// Asks the API that lists the choices. One that gives a single record leaves nothing to choose.
pub(crate) async fn listed(client: &Client, value: &ConnectionValue, api: &str) -> Result<Vec<Choice>> {
    let invocation = Invocation::new(client.connector(), api, Arguments::new())?;
    if !invocation.api().is_list() {
        let Reply::Record(record) = client.invoke(&invocation).await? else { return Ok(Vec::new()) };
        return Ok(choice(value, &record).into_iter().collect());
    }
    let mut pages = client.pages(invocation)?;
    let mut choices = Vec::new();
    while let Some(page) = pages.next().await? {
        choices.extend(page.records.iter().filter_map(|record| choice(value, record)));
    }
    Ok(choices)
}

fn choice(value: &ConnectionValue, record: &Record) -> Option<Choice> {
    let label = value.label.as_ref().and_then(|path| record.text_at(path));
    Some(Choice { value: record.text_at(value.value.as_ref()?)?, label })
}

/// The key of a value in a connection that signs in to several services, of which another one has a value of that name.
pub(crate) fn key_of(service: &str, name: &str) -> String {
    format!("{service}.{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_another_service_has_too_is_kept_under_the_service_as_well() {
        assert_eq!(key_of("store", "team"), "store.team");
    }
}
