//! The values that a connection has for a service: organisations, portals. Chosen at sign-in, changed for one call by
//! `--org` and `--set`.

use anyhow::Result;
use zoho_connector::Connector;
use zoho_connector::suggest::did_you_mean;
use zoho_core::{Connection, SavedConnection};

use super::{ConnectionArgs, organization};
use crate::exit::Problem;

/// Puts the values that were asked for over those of the connection.
pub(crate) fn apply(
    connector: &Connector,
    args: &ConnectionArgs,
    saved: Option<&SavedConnection>,
    connection: &mut Connection,
) -> Result<()> {
    for word in &args.set {
        let (name, value) = name_and_value(word)?;
        let known = connector.connection.keys().map(String::as_str);
        if !connector.connection.contains_key(name) {
            let problem = Problem::usage(format!("{} asks for no `{name}`", connector.title));
            return Err(problem.maybe_hint(did_you_mean(name, known).or_else(|| asked_for(connector))).into());
        }
        connection.values.insert(name.to_owned(), value.to_owned());
    }
    let (organization, by_flag) = organization(args);
    let (Some(wanted), last) = (organization, connector.values_to_choose().last().map(|value| &value.name)) else {
        return Ok(());
    };
    match last {
        Some(name) => {
            connection.values.insert(name.clone(), known_as(saved, name, &wanted).unwrap_or(wanted));
            Ok(())
        }
        // The variable may be set for another service.
        None if !by_flag => Ok(()),
        None => {
            Err(Problem::usage(format!("{} asks for no organisation: the sign-in decides it", connector.title)).into())
        }
    }
}

/// Splits `name=value`.
pub(crate) fn name_and_value(word: &str) -> Result<(&str, &str)> {
    let pair = word.split_once('=').filter(|(name, value)| !name.is_empty() && !value.is_empty());
    pair.ok_or_else(|| Problem::usage(format!("`--set {word}` gives no value; write --set name=value")).into())
}

/// The value that the sign-in chose under this name for people.
fn known_as(saved: Option<&SavedConnection>, name: &str, wanted: &str) -> Option<String> {
    let saved = saved?;
    let label = saved.labels.get(name)?;
    if label.eq_ignore_ascii_case(wanted) { saved.values.get(name).cloned() } else { None }
}

fn asked_for(connector: &Connector) -> Option<String> {
    let names: Vec<&str> = connector.connection.keys().map(String::as_str).collect();
    (!names.is_empty()).then(|| format!("it asks for {}", names.join(", ")))
}
