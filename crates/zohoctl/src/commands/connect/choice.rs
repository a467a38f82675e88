//! The values that a connection needs, chosen from the lists that the service gives: one choice is taken, of several
//! one is asked for, and nothing is guessed.

use std::sync::Arc;

use anyhow::Result;
use zoho_connector::Connector;
use zoho_connector::connector::ConnectionValue;
use zoho_core::{Arguments, Client, missing_scopes};

use super::SignedIn;
use crate::connection::choices::{self, Choice};
use crate::connection::{self, ConnectionArgs};
use crate::exit::{Problem, Status};
use crate::talk;

/// Chooses every value that the connector's connection asks for, in its order.
pub(super) async fn values(connector: &Arc<Connector>, args: &ConnectionArgs, signed_in: &mut SignedIn) -> Result<()> {
    let last = connector.connection.keys().last();
    for value in connector.connection.values() {
        let wanted = wanted(value, last == Some(&value.name), args)?;
        if wanted.is_none() && value.asked && !may_discover(connector, value, signed_in) {
            continue;
        }
        let chosen = match (&value.discover, wanted) {
            (Some(api), wanted) => {
                let client = Client::builder(Arc::clone(connector), signed_in.connection.clone())
                    .tokens(signed_in.tokens.clone());
                let client = client.transport(connection::transport()?).build()?;
                let choices = choices::listed(&client, value, api).await?;
                chosen(connector, value, choices, wanted).await?
            }
            (None, Some(wanted)) => Choice { value: wanted, label: None },
            (None, None) => asked(connector, value).await?,
        };
        signed_in.connection.values.insert(value.name.clone(), chosen.value);
        signed_in.labels.extend(chosen.label.map(|label| (value.name.clone(), label)));
    }
    Ok(())
}

/// Whether the scopes that were granted are enough to find the choices of a value that only some APIs want.
fn may_discover(connector: &Connector, value: &ConnectionValue, signed_in: &SignedIn) -> bool {
    let api = value.discover.as_deref().and_then(|api| connector.api(api));
    api.is_some_and(|api| missing_scopes(api, &Arguments::new(), &signed_in.tokens.granted()).is_empty())
}

/// What was asked for: `--set name=value`, and for the last value `--org`.
fn wanted(value: &ConnectionValue, is_last: bool, args: &ConnectionArgs) -> Result<Option<String>> {
    for word in &args.set {
        let (name, wanted) = connection::values::name_and_value(word)?;
        if name == value.name {
            return Ok(Some(wanted.to_owned()));
        }
    }
    Ok(connection::organization(args).0.filter(|_| is_last))
}

async fn chosen(
    connector: &Connector,
    value: &ConnectionValue,
    choices: Vec<Choice>,
    wanted: Option<String>,
) -> Result<Choice> {
    if let Some(wanted) = wanted {
        return named(value, choices, &wanted);
    }
    match choices.as_slice() {
        [] => Err(Problem::new(
            Status::SignIn,
            format!("{} lists nothing to choose `{}` from", connector.title, value.name),
        )
        .into()),
        [one] => Ok(one.clone()),
        several if talk::can_ask() => picked(value, several).await,
        several => Err(which(value, several, format!("there are several choices for `{}`", value.name)).into()),
    }
}

/// The choice of an id or of a name, which must be the only one of it.
fn named(value: &ConnectionValue, choices: Vec<Choice>, wanted: &str) -> Result<Choice> {
    if let Some(choice) = choices.iter().find(|choice| choice.value == wanted) {
        return Ok(choice.clone());
    }
    let same = |choice: &&Choice| choice.label.as_ref().is_some_and(|label| label.eq_ignore_ascii_case(wanted));
    let fitting: Vec<&Choice> = choices.iter().filter(same).collect();
    match fitting.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(which(value, &choices, format!("`{wanted}` is not among the choices for `{}`", value.name)).into()),
        _ => Err(which(value, &choices, format!("several choices for `{}` are called `{wanted}`", value.name)).into()),
    }
}

fn which(value: &ConnectionValue, choices: &[Choice], message: String) -> Problem {
    let problem = Problem::usage(message).details(choices.iter().map(ToString::to_string));
    problem.hint(format!("name one with --org, or --set {}=…", value.name))
}

async fn picked(value: &ConnectionValue, choices: &[Choice]) -> Result<Choice> {
    talk::line_out(&format!("There are several choices for `{}`:", value.name));
    for (i, choice) in choices.iter().enumerate() {
        talk::line_out(&format!("  {}. {choice}", i + 1));
    }
    loop {
        let Some(answer) = talk::ask_meanwhile(format!("Which one? [1-{}]", choices.len())).await? else {
            return Err(which(value, choices, format!("nothing was chosen for `{}`", value.name)).into());
        };
        let number = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        if let Some(choice) = number.and_then(|number| choices.get(number)) {
            return Ok(choice.clone());
        }
    }
}

/// A value that no API lists.
async fn asked(connector: &Connector, value: &ConnectionValue) -> Result<Choice> {
    let answer = if talk::can_ask() {
        talk::ask_meanwhile(format!("{} needs `{}` ({}):", connector.title, value.name, value.ty)).await?
    } else {
        None
    };
    match answer.filter(|answer| !answer.is_empty()) {
        Some(answer) => Ok(Choice { value: answer, label: None }),
        None => {
            let problem = Problem::usage(format!("{} needs `{}`, and nothing lists it", connector.title, value.name));
            Err(problem.hint(format!("give it with --set {}=…", value.name)).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zoho_connector::{SourceFile, load};

    fn choose(choices: &[(&str, &str)], wanted: Option<&str>) -> Result<String> {
        let yaml = "
connector: test
title: Zoho Test
base_url: https://test.{zoho}
scope_prefix: [T]
responses: { records: data }
connection: { org: { in: header, discover: orgs.list, value: id, label: name } }
types: { O: { id!: id, name: string } }
apis: { orgs.list: { get: /orgs, scopes: [basic.READ], without: [org], returns: [O] } }
";
        let connector = load::read(&[SourceFile::new("test.yaml", yaml)]).unwrap();
        let choices = choices
            .iter()
            .map(|(value, label)| Choice { value: (*value).to_owned(), label: Some((*label).to_owned()) });
        let value = &connector.connection["org"];
        let chosen = chosen(&connector, value, choices.collect(), wanted.map(str::to_owned));
        crate::runtime::block_on(chosen).map(|choice| choice.value)
    }

    #[test]
    fn one_choice_is_taken_and_of_several_one_must_be_named() {
        let two = [("1", "Zylker"), ("2", "Zillum")];
        assert_eq!(choose(&two[..1], None).unwrap(), "1");
        assert_eq!(choose(&two, Some("2")).unwrap(), "2");
        assert_eq!(choose(&two, Some("zylker")).unwrap(), "1");
        assert!(choose(&two, Some("3")).unwrap_err().to_string().contains("`3` is not among"));
        assert!(
            choose(&[("1", "Same"), ("2", "Same")], Some("same")).unwrap_err().to_string().contains("several choices")
        );
        assert!(choose(&[], None).is_err());
    }
}
