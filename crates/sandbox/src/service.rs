//! One call to an API: who calls, for which organisation, with what; then it is carried out and answered.

use std::collections::BTreeMap;

use zoho_connector::{Api, Connector, FailureKind, Location};

use crate::accounts::{Access, bearer};
use crate::answers;
use crate::arguments::Arguments;
use crate::faults::Due;
use crate::keys;
use crate::message::{Incoming, Reply};
use crate::refusal::Refusal;
use crate::state::State;

mod actions;
mod download;
mod jobs;
mod leads;
mod links;
mod records;
mod select;
mod ties;

pub(crate) use jobs::Work;
pub(crate) use leads::leads;

/// The name of the parameter in which a condition on records is written.
pub(crate) const CRITERIA: &str = "criteria";

/// One call to an API.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// The position of the connector.
    pub(crate) position: usize,
    pub(crate) connector: &'a Connector,
    pub(crate) api: &'a Api,
    /// The values of the path.
    pub(crate) path: BTreeMap<String, String>,
    pub(crate) request: &'a Incoming,
    pub(crate) data_center: &'a str,
    /// The fault that it meets.
    pub(crate) due: Option<&'a Due>,
}

/// Answers a call.
pub(crate) fn answer(state: &State, call: &Call<'_>) -> Reply {
    let mut reply = match carry_out(state, call) {
        Ok(reply) => Reply { carried_out: true, ..reply },
        Err(refusal) => refusal.reply(&call.api.responses),
    };
    for limit in call.connector.rate_limits.values() {
        if let Some(header) = &limit.remaining {
            let left = limit.max.unwrap_or(100_000).saturating_sub(state.count_call());
            reply.set(header, &left.to_string());
        }
    }
    reply
}

fn carry_out(state: &State, call: &Call<'_>) -> Result<Reply, Refusal> {
    authorise(state, call)?;
    check_connection(state, call)?;
    let arguments = Arguments::read(call)?;
    let answer = actions::act(state, call, &arguments)?;
    Ok(answers::reply(call, answer))
}

/// A call is signed as its API wants it: by a key, or by a token, which must live, and have all scopes that the API needs.
fn authorise(state: &State, call: &Call<'_>) -> Result<(), Refusal> {
    if keys::signed(&state.keys, call)? {
        return Ok(());
    }
    let scopes = call.api.scopes.as_deref();
    if scopes.is_some_and(<[_]>::is_empty) {
        return Ok(());
    }
    let accounts = state.accounts();
    let token = call.request.header("authorization").and_then(bearer);
    let access = token.and_then(|token| accounts.grants.access(token, call.data_center, state.clock.now_ms()));
    let Some(access) = access else {
        let what =
            if token.is_some() { "The access token is wrong or has expired." } else { "No access token was sent." };
        return Err(Refusal::new(FailureKind::Unauthenticated, what));
    };
    let value = |name: &str| call.path.get(name).cloned();
    let covered = |access: &Access, choice: &Vec<zoho_connector::Scope>| {
        choice.iter().any(|scope| access.covers(&scope.with(value)))
    };
    match scopes.into_iter().flatten().find(|choice| !covered(access, choice)) {
        Some(missing) => {
            let names: Vec<String> = missing.iter().map(|scope| scope.with(value).to_string()).collect();
            Err(Refusal::new(FailureKind::MissingScope, format!("The token lacks the scope {}.", names.join(" or "))))
        }
        None => Ok(()),
    }
}

/// The values of the connection must be there, and be among those that can be chosen.
fn check_connection(state: &State, call: &Call<'_>) -> Result<(), Refusal> {
    let Some(world) = state.world(call.position) else { return Ok(()) };
    for name in &call.api.connection {
        let Some(site) = call.connector.connection.get(name).and_then(|value| value.site.as_ref()) else { continue };
        let pair = |pairs: &[(String, String)]| {
            pairs.iter().find(|(name, _)| *name == site.wire).map(|(_, value)| value.clone())
        };
        let sent = match site.location {
            Location::Header => call.request.header(&site.wire).map(str::to_owned),
            Location::Query => pair(&call.request.query_pairs()),
            Location::Form => pair(&call.request.form.pairs),
            Location::Path => call.path.get(name).cloned(),
            Location::Body => serde_json::from_slice::<serde_json::Value>(&call.request.body)
                .ok()
                .and_then(|body| Some(crate::reply_path::text_of(body.get(&site.wire)?))),
        };
        let wrong = |what: &str| {
            let known = crate::refusal::entry_of(&call.api.responses, FailureKind::WrongOrganization).is_some();
            let in_path = site.location == Location::Path && !known;
            let kind = if in_path { FailureKind::NotFound } else { FailureKind::WrongOrganization };
            Err(Refusal { field: Some(site.wire.clone()), ..Refusal::new(kind, format!("'{}' {what}.", site.wire)) })
        };
        match (sent, world.choices(name)) {
            (None, _) => return wrong("is missing"),
            (Some(sent), Some(choices)) if !choices.contains(&sent) => return wrong("is none that this account has"),
            _ => {}
        }
    }
    Ok(())
}
