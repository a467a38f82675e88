//! The choices for a value of a connection, as the service lists them, and where what was chosen is kept.

use std::fmt;

use anyhow::Result;
use indexmap::IndexMap;
use zoho_connector::connector::ConnectionValue;
use zoho_core::{Arguments, Client, Invocation, Record, Reply, SavedConnection};

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

/// The values, or the labels, of a connection as one of its services knows them: by their plain names.
pub(crate) fn of_service(all: &IndexMap<String, String>, service: &str) -> IndexMap<String, String> {
    let own = |key: &str| match key.split_once('.') {
        None => Some(key.to_owned()),
        Some((other, name)) => (other == service).then(|| name.to_owned()),
    };
    all.iter().filter_map(|(key, value)| Some((own(key)?, value.clone()))).collect()
}

/// A connection as one of its services sees it: with the values that are its own, by their plain names.
pub(crate) fn as_seen_by(saved: SavedConnection, service: &str) -> SavedConnection {
    let (values, labels) = (of_service(&saved.values, service), of_service(&saved.labels, service));
    SavedConnection { values, labels, ..saved }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_sees_its_own_values_by_their_plain_names() {
        let all = [("orgId", "1"), ("shelf.team", "2"), ("store.team", "3")];
        let all = all.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let seen = of_service(&all, "store");
        assert_eq!(seen.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>(), ["orgId=1", "team=3"]);
        assert_eq!(key_of("store", "team"), "store.team");
    }
}
