//! The values that a connection needs, chosen from the lists that the service gives: one choice is taken, of several
//! one is asked for, and nothing is guessed. What cannot be chosen now is lacking, and no consent is lost over it.

use std::sync::Arc;

use anyhow::Result;
use serde_json::{Value, json};
use zoho_connector::Connector;
use zoho_connector::connector::ConnectionValue;
use zoho_connector::suggest::did_you_mean;
use zoho_core::{Arguments, missing_scopes};

use super::{ConnectArgs, Draft};
use crate::connection::choices::{self, Choice};
use crate::connection::{organization, values};
use crate::exit::{Problem, Status};
use crate::runtime;
use crate::talk;

/// A value that was not chosen, and why.
#[derive(Debug)]
pub(super) struct Lacking {
    name: String,
    why: String,
    choices: Vec<Choice>,
    /// Whether `--org` names it, or only `--set`.
    is_organization: bool,
    /// Whether somebody named a value that is none, so that the command line is wrong.
    is_mistake: bool,
}

impl Lacking {
    /// The option that gives it.
    pub(super) fn option(&self) -> String {
        let example = self.choices.first().map_or("…", |choice| choice.value.as_str());
        if self.is_organization { format!("--org {example}") } else { format!("--set {}={example}", self.name) }
    }

    /// What is lacking, for a program.
    pub(super) fn as_json(&self) -> Value {
        let choices: Vec<Value> =
            self.choices.iter().map(|choice| json!({ "value": choice.value, "label": choice.label })).collect();
        json!({ "value": self.name, "choices": choices, "why": self.why })
    }
}

/// The error of what is lacking, with the one command that completes the connection.
pub(super) fn problem(lacking: &[Lacking], command: &str) -> Problem {
    let status = if lacking.iter().any(|lacking| lacking.is_mistake) { Status::Usage } else { Status::SignIn };
    let why: Vec<&str> = lacking.iter().map(|lacking| lacking.why.as_str()).collect();
    let lines = |lacking: &Lacking| {
        let heading = (why.len() > 1).then(|| format!("{}:", lacking.name));
        heading.into_iter().chain(lacking.choices.iter().map(ToString::to_string)).collect::<Vec<String>>()
    };
    Problem::new(status, why.join("; "))
        .details(lacking.iter().flat_map(lines))
        .hint(format!("the sign-in is kept; `{command}` completes it without another one"))
}

/// What happened to a value.
enum Outcome {
    Chosen(Choice),
    /// It is not needed, or cannot be found without scopes that nobody asked for.
    LeftOut,
    Lacking(Lacking),
}

/// Whether `--org` and `--set` name something that one of the services asks for.
pub(super) fn wishes_are_known(args: &ConnectArgs, connectors: &[Arc<Connector>]) -> Result<()> {
    let titles = || connectors.iter().map(|connector| connector.title.as_str()).collect::<Vec<_>>().join(" and ");
    if args.org.is_some() && connectors.iter().all(|connector| connector.values_to_choose().next().is_none()) {
        return Err(Problem::usage(format!("{} asks for no organisation: the sign-in decides it", titles())).into());
    }
    for word in &args.set {
        let (name, _) = values::name_and_value(word)?;
        if !connectors.iter().any(|connector| is_named(connector, name)) {
            let known = connectors.iter().flat_map(|connector| connector.connection.keys().map(String::as_str));
            let problem = Problem::usage(format!("{} asks for no `{name}`", titles()));
            return Err(problem.maybe_hint(did_you_mean(name, known)).into());
        }
    }
    Ok(())
}

/// Whether a word, plain or behind the service's name, is a value of a connector.
fn is_named(connector: &Connector, word: &str) -> bool {
    let plain = word.strip_prefix(connector.name.as_str()).and_then(|rest| rest.strip_prefix('.')).unwrap_or(word);
    connector.connection.contains_key(plain)
}

/// Chooses every value that the services ask for, in their order, and puts it into the draft. Gives what is lacking.
pub(super) async fn all(draft: &mut Draft<'_>) -> Result<Vec<Lacking>> {
    let connectors = draft.plan.connectors.clone();
    let mut all = Vec::new();
    for connector in &connectors {
        all.extend(of_service(draft, connector).await?);
    }
    // With several services `--org` counts where it is among the choices: somewhere it must be.
    let named = draft.args.org.as_ref().filter(|_| connectors.len() > 1);
    let known = |org: &&String| {
        let saved = &draft.entry.connection;
        saved.values.values().chain(saved.labels.values()).any(|value| value.eq_ignore_ascii_case(org))
    };
    match named.filter(|org| !known(org)) {
        Some(org) => Err(Problem::usage(format!("`{org}` is not among the choices of any of the services")).into()),
        None => Ok(all),
    }
}

async fn of_service(draft: &mut Draft<'_>, connector: &Arc<Connector>) -> Result<Vec<Lacking>> {
    let last = connector.values_to_choose().last().map(|value| value.name.clone());
    let mut lacking: Vec<(String, Lacking)> = Vec::new();
    for value in connector.connection.values() {
        // What is found by way of a value that is lacking cannot be found yet.
        let api = value.discover.as_deref().and_then(|api| connector.api(api));
        if api.is_some_and(|api| lacking.iter().any(|(name, _)| api.connection.contains(name))) {
            continue;
        }
        let outcome = runtime::interruptible_any(outcome(draft, connector, value, last.as_deref())).await?;
        let key = key(draft, connector, &value.name)?;
        let saved = &mut draft.entry.connection;
        match outcome {
            Outcome::Chosen(choice) => {
                saved.values.insert(key.clone(), choice.value);
                saved.labels.shift_remove(&key);
                saved.labels.extend(choice.label.map(|label| (key, label)));
            }
            Outcome::LeftOut => {}
            Outcome::Lacking(without) => {
                // What was chosen for another account is worse than nothing.
                saved.values.shift_remove(&key);
                saved.labels.shift_remove(&key);
                let is_organization = without.is_organization && !key.contains('.');
                lacking.push((value.name.clone(), Lacking { is_organization, name: key, ..without }));
            }
        }
    }
    Ok(lacking.into_iter().map(|(_, lacking)| lacking).collect())
}

/// The key of a value: its plain name, unless another service of the connection has a value of that name.
fn key(draft: &Draft<'_>, connector: &Connector, name: &str) -> Result<String> {
    for service in draft.entry.connection.services.iter().filter(|service| **service != connector.name) {
        if draft.context.library.connector(service)?.connection.contains_key(name) {
            return Ok(choices::key_of(&connector.name, name));
        }
    }
    Ok(name.to_owned())
}

async fn outcome(
    draft: &Draft<'_>,
    connector: &Arc<Connector>,
    value: &ConnectionValue,
    last: Option<&str>,
) -> Result<Outcome> {
    let is_organization = last == Some(&value.name);
    let wanted = wanted(draft, connector, value, is_organization)?;
    let before = draft.entry.connection.seen_by(&connector.name).values.shift_remove(&value.name);
    // Whoever finishes chooses what is lacking, and what was named.
    let stays = draft.args.way.finish && before.is_some();
    if wanted.is_none() && (value.default.is_some() || stays || value.asked && !may_discover(draft, connector, value)) {
        return Ok(Outcome::LeftOut);
    }
    let named = wanted.is_some();
    let chosen = match (&value.discover, wanted) {
        (Some(api), wanted) => {
            let choices = choices::listed(&draft.client(connector)?, value, api).await?;
            let lenient = is_organization && draft.plan.connectors.len() > 1;
            let wanted = wanted.filter(|wanted| !lenient || choices.iter().any(|choice| is_called(choice, wanted)));
            chosen(connector, value, choices, wanted, before).await?
        }
        (None, Some(wanted)) => Ok(Choice { value: wanted, label: None }),
        (None, None) => asked(connector, value, before).await?,
    };
    Ok(match chosen {
        Ok(choice) => Outcome::Chosen(choice),
        Err((why, choices)) => {
            Outcome::Lacking(Lacking { name: value.name.clone(), why, choices, is_organization, is_mistake: named })
        }
    })
}

/// Whether the scopes that were granted are enough to find the choices of a value that only some APIs want.
fn may_discover(draft: &Draft<'_>, connector: &Connector, value: &ConnectionValue) -> bool {
    let api = value.discover.as_deref().and_then(|api| connector.api(api));
    let granted = draft.entry.tokens.granted();
    api.is_some_and(|api| missing_scopes(api, &Arguments::new(), &granted).is_empty())
}

/// What was asked for: `--set name=value`, and for the last value `--org`.
fn wanted(
    draft: &Draft<'_>,
    connector: &Connector,
    value: &ConnectionValue,
    is_organization: bool,
) -> Result<Option<String>> {
    for word in &draft.args.set {
        let (name, wanted) = values::name_and_value(word)?;
        if name == value.name || name == choices::key_of(&connector.name, &value.name) {
            return Ok(Some(wanted.to_owned()));
        }
    }
    Ok(organization(&draft.args.for_connection()).0.filter(|_| is_organization))
}

fn is_called(choice: &Choice, wanted: &str) -> bool {
    choice.value == wanted || choice.label.as_ref().is_some_and(|label| label.eq_ignore_ascii_case(wanted))
}

/// A choice, or why there is none, with what could have been chosen.
type Chosen = std::result::Result<Choice, (String, Vec<Choice>)>;

async fn chosen(
    connector: &Connector,
    value: &ConnectionValue,
    choices: Vec<Choice>,
    wanted: Option<String>,
    before: Option<String>,
) -> Result<Chosen> {
    if let Some(wanted) = wanted {
        return Ok(named(value, choices, &wanted));
    }
    if let Some(same) = before.and_then(|before| choices.iter().find(|choice| choice.value == before)) {
        return Ok(Ok(same.clone()));
    }
    match choices.as_slice() {
        [] => Ok(Err((format!("{} lists nothing to choose `{}` from", connector.title, value.name), choices))),
        [one] => Ok(Ok(one.clone())),
        _ if talk::can_ask() => picked(connector, value, choices).await,
        _ => Ok(Err((format!("{} has several choices for `{}`", connector.title, value.name), choices))),
    }
}

/// The choice of an id or of a name, which must be the only one of it.
fn named(value: &ConnectionValue, choices: Vec<Choice>, wanted: &str) -> Chosen {
    if let Some(choice) = choices.iter().find(|choice| choice.value == wanted) {
        return Ok(choice.clone());
    }
    let fitting: Vec<&Choice> = choices.iter().filter(|choice| is_called(choice, wanted)).collect();
    match fitting.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err((format!("`{wanted}` is not among the choices for `{}`", value.name), choices)),
        _ => Err((format!("several choices for `{}` are called `{wanted}`", value.name), choices)),
    }
}

async fn picked(connector: &Connector, value: &ConnectionValue, choices: Vec<Choice>) -> Result<Chosen> {
    talk::line_out(&format!("{} has several choices for `{}`:", connector.title, value.name));
    for (position, choice) in choices.iter().enumerate() {
        talk::line_out(&format!("  {}. {choice}", position + 1));
    }
    loop {
        let Some(answer) = talk::ask_meanwhile(format!("Which one? [1-{}]", choices.len())).await? else {
            return Ok(Err((format!("nothing was chosen for `{}`", value.name), choices)));
        };
        let number = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        if let Some(choice) = number.and_then(|number| choices.get(number)) {
            return Ok(Ok(choice.clone()));
        }
    }
}

/// A value that no API lists.
async fn asked(connector: &Connector, value: &ConnectionValue, before: Option<String>) -> Result<Chosen> {
    if let Some(before) = before {
        return Ok(Ok(Choice { value: before, label: None }));
    }
    let answer = if talk::can_ask() {
        talk::ask_meanwhile(format!("{} needs `{}` ({}):", connector.title, value.name, value.ty)).await?
    } else {
        None
    };
    Ok(match answer.filter(|answer| !answer.is_empty()) {
        Some(answer) => Ok(Choice { value: answer, label: None }),
        None => Err((format!("{} needs `{}`, and nothing lists it", connector.title, value.name), Vec::new())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use zoho_connector::{SourceFile, load};

    fn connector() -> Connector {
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
        load::read(&[SourceFile::new("test.yaml", yaml)]).unwrap()
    }

    fn choose(choices: &[(&str, &str)], wanted: Option<&str>, before: Option<&str>) -> Result<String, String> {
        let connector = connector();
        let choices = choices
            .iter()
            .map(|(value, label)| Choice { value: (*value).to_owned(), label: Some((*label).to_owned()) });
        let value = &connector.connection["org"];
        let chosen = chosen(&connector, value, choices.collect(), wanted.map(str::to_owned), before.map(str::to_owned));
        crate::runtime::block_on(chosen).unwrap().map(|choice| choice.value).map_err(|(why, _)| why)
    }

    #[test]
    fn one_choice_is_taken_and_of_several_one_must_be_named() {
        let two = [("1", "Zylker"), ("2", "Zillum")];
        assert_eq!(choose(&two[..1], None, None).unwrap(), "1");
        assert_eq!(choose(&two, Some("2"), None).unwrap(), "2");
        assert_eq!(choose(&two, Some("zylker"), Some("2")).unwrap(), "1");
        assert!(choose(&two, Some("3"), None).unwrap_err().contains("`3` is not among"));
        assert!(choose(&two, None, None).unwrap_err().contains("several choices"));
        assert!(choose(&[("1", "Same"), ("2", "Same")], Some("same"), None).unwrap_err().contains("several choices"));
        assert!(choose(&[], None, None).is_err());
    }

    #[test]
    fn what_was_chosen_before_stays_while_the_account_has_it() {
        let two = [("1", "Zylker"), ("2", "Zillum")];
        assert_eq!(choose(&two, None, Some("2")).unwrap(), "2");
        assert!(choose(&two, None, Some("3")).is_err());
    }

    #[test]
    fn a_word_may_stand_behind_its_service() {
        let connector = connector();
        assert!(is_named(&connector, "org") && is_named(&connector, "test.org"));
        assert!(!is_named(&connector, "other.org") && !is_named(&connector, "testorg"));
    }
}
