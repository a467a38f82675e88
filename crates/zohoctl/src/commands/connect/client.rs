//! The OAuth client to sign in with: a registered one, that of the connection, or one that the environment describes.
//! A secret is never taken from an argument, which every user of the machine could read, and never echoed.

use anyhow::Result;
use zoho_core::{ClientCredentials, SavedClient, SavedConnection, Secret, Vault};

use super::ConnectArgs;
use super::way::Way;
use crate::commands::register::kind::ClientKind;
use crate::commands::register::{DEFAULT, PORT, loopback};
use crate::environment::{self, CLIENT_ID, CLIENT_SECRET};
use crate::exit::{Problem, Status};
use crate::talk;

/// A client to sign in with, and what is known of it.
#[derive(Debug)]
pub(super) struct Chosen {
    /// What it is called, for people.
    pub(super) title: String,
    /// Id and secrets.
    pub(super) credentials: ClientCredentials,
    /// Its kind, where it was registered here.
    pub(super) kind: Option<ClientKind>,
    /// Where it was registered.
    pub(super) data_center: Option<String>,
    /// The redirect URL that is registered with it.
    pub(super) redirect_uri: Option<String>,
}

impl Chosen {
    fn registered(name: &str, client: &SavedClient) -> Self {
        Self {
            title: format!("the client `{name}`"),
            credentials: client.credentials(),
            kind: client.kind.as_deref().and_then(ClientKind::of_word),
            data_center: Some(client.data_center.clone()),
            redirect_uri: client.redirect_uri.clone(),
        }
    }

    fn unregistered(credentials: ClientCredentials) -> Self {
        let title = format!("the client {}", credentials.id);
        Self { title, credentials, kind: None, data_center: None, redirect_uri: None }
    }

    #[cfg(test)]
    pub(super) fn for_tests() -> Self {
        Self::unregistered(ClientCredentials::new("1000.A", "hidden"))
    }
}

/// The client: by name, by id, as the connection had it before, or the registered one that can go the way.
pub(super) async fn choose(
    vault: &Vault,
    args: &ConnectArgs,
    way: Option<Way>,
    before: Option<&SavedConnection>,
) -> Result<Chosen> {
    let all = registered(vault).await?;
    if let Some(name) = &args.client {
        let found = all.iter().find(|(other, _)| other == name);
        return found.map(|(name, client)| Chosen::registered(name, client)).ok_or_else(|| unknown(name, &all).into());
    }
    let by_id = |id: &str| all.iter().find(|(_, client)| client.client_id == id);
    if let Some(id) = args.client_id.clone().or_else(|| environment::read(CLIENT_ID)) {
        if let Some((name, client)) = by_id(&id) {
            return Ok(Chosen::registered(name, client));
        }
        let same = before.filter(|saved| saved.client_id == id);
        return Ok(Chosen::unregistered(credentials(id, same)?));
    }
    let fits = |kind: Option<ClientKind>| kind.is_none_or(|kind| way.is_none_or(|way| way.kinds().contains(&kind)));
    if let Some(saved) = before.filter(|saved| !saved.client_id.is_empty()) {
        let chosen = by_id(&saved.client_id).map_or_else(
            || Chosen::unregistered(ClientCredentials::new(&saved.client_id, saved.client_secret.expose())),
            |(name, client)| Chosen::registered(name, client),
        );
        if fits(chosen.kind) {
            return Ok(chosen);
        }
    }
    let candidates: Vec<Chosen> =
        all.iter().map(|(name, client)| Chosen::registered(name, client)).filter(|chosen| fits(chosen.kind)).collect();
    only(candidates, &all, way)
}

async fn registered(vault: &Vault) -> Result<Vec<(String, SavedClient)>> {
    let mut all = Vec::new();
    for name in vault.client_names().await? {
        all.extend(vault.client(&name).await?.map(|client| (name, client)));
    }
    // The usual one first.
    all.sort_by_key(|(name, _)| name != DEFAULT);
    Ok(all)
}

/// The only one that can be meant; of several, the one that is called `default`.
fn only(mut candidates: Vec<Chosen>, all: &[(String, SavedClient)], way: Option<Way>) -> Result<Chosen> {
    let is_default = candidates.first().is_some_and(|first| first.title == format!("the client `{DEFAULT}`"));
    if candidates.len() == 1 || is_default {
        return Ok(candidates.swap_remove(0));
    }
    if candidates.len() > 1 {
        let titles: Vec<String> = candidates.into_iter().map(|chosen| chosen.title).collect();
        let problem = Problem::usage(format!("several clients could be meant: {}", titles.join(", ")));
        return Err(problem.hint("name one with --client").into());
    }
    let wanted = way.and_then(|way| way.kinds().first()).filter(|_| !all.is_empty());
    let (message, line) = match wanted {
        Some(kind) => {
            let word = kind.as_str();
            (format!("no client of the kind `{word}` is registered"), format!("zohoctl register {word} --kind {word}"))
        }
        None => ("no client is registered to sign in with".to_owned(), "zohoctl register".to_owned()),
    };
    let redirect = loopback(PORT);
    Err(Problem::new(Status::SignIn, message)
        .hint(format!("`{line}` walks through Zoho's API console; it takes two minutes, once"))
        .hint(format!("or give one by {CLIENT_ID} and {CLIENT_SECRET}, with the redirect URL {redirect}"))
        .into())
}

fn unknown(name: &str, all: &[(String, SavedClient)]) -> Problem {
    let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    let problem = Problem::usage(format!("no client is called `{name}`"));
    match names.as_slice() {
        [] => problem.hint(format!("`zohoctl register {name}` registers one")),
        names => problem.hint(format!("there are {}", names.join(", "))),
    }
}

fn credentials(id: String, same: Option<&SavedConnection>) -> Result<ClientCredentials> {
    let known = environment::read(CLIENT_SECRET).map(|secret| Secret::new(secret.trim()));
    let known = known.or_else(|| same.map(|saved| saved.client_secret.clone()));
    let secret = match known {
        Some(secret) => secret,
        None => talk::ask_hidden("Client Secret")?.filter(|secret| !secret.is_empty()).map(Secret::new).ok_or_else(
            || {
                Problem::new(Status::SignIn, "no client secret is given")
                    .hint(format!("set {CLIENT_SECRET}, or give it on standard input"))
            },
        )?,
    };
    Ok(ClientCredentials::new(id, secret.expose()))
}
