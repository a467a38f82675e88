//! The vault as many use it at once, and on bad days: processes that are killed, disks that are full, servers, keyrings.

#![expect(clippy::unwrap_used, reason = "a test that panics has found something")]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a child speaks to its test, and a skipped test says why"
)]
#![expect(clippy::disallowed_methods, reason = "variables say which servers there are, and what a child is to do")]

#[path = "../engine/server.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod server;

mod child;
mod environment;
mod full_disk;
mod keyring;
mod killed;
mod many;
mod postgres;
mod refresh;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json as value;
use zoho_connector::{Connector, SourceFile, load::read};
use zoho_core::{
    AccessToken, Arguments, Client, ClientBuilder, Clock, Connection, Endpoint, Entry, Invocation, RetryPolicy,
    SavedClient, SavedConnection, Secret, TokenStore, Tokens, Vault, VaultKey, VaultPlace,
};

const YAML: &str = "
connector: shelf
title: Zoho Shelf
base_url: https://shelf.{zoho}/api
scope_prefix: [Shelf]
responses: { records: data, success: { status: { not: error } } }
apis:
  books.list: { get: /books, scopes: [books.READ], returns: [map] }
";

/// The key of every vault here.
const KEY: &str = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";

fn key() -> VaultKey {
    VaultKey::Identity(Secret::new(KEY))
}

fn vault(folder: &Path) -> Vault {
    Vault::new(VaultPlace::Folder(folder.join("vault")), key()).unwrap()
}

fn saved(text: &str) -> SavedConnection {
    serde_json::from_value(value!({
        "services": ["shelf"],
        "data_center": "eu",
        "client_id": "1000.ID",
        "client_secret": "hidden-client-secret",
        "labels": { "text": text },
    }))
    .unwrap()
}

fn entry(refresh: &str) -> Entry {
    Entry { connection: saved(""), tokens: Tokens::from_refresh_token(refresh) }
}

fn saved_client() -> SavedClient {
    serde_json::from_value(value!({ "client_id": "1000.ID", "client_secret": "hidden", "data_center": "eu" })).unwrap()
}

fn refresh_token(entry: Option<Entry>) -> Option<String> {
    entry?.tokens.refresh.map(|token| token.expose().to_owned())
}

/// The tokens with another access token, by a number that tells which.
fn numbered(tokens: &Tokens, number: u64) -> Tokens {
    Tokens { access: Some(AccessToken::new(number.to_string(), u64::MAX)), ..tokens.clone() }
}

fn number_of(tokens: &Tokens) -> u64 {
    tokens.access.as_ref().map_or(0, |access| access.expose().parse().unwrap())
}

fn connector() -> Arc<Connector> {
    Arc::new(read(&[SourceFile::new("shelf.yaml", YAML)]).unwrap())
}

fn list() -> Invocation {
    Invocation::new(&connector(), "books.list", Arguments::new()).unwrap()
}

fn connection(server: &server::Server) -> Connection {
    let mut connection = saved("").open("a").unwrap();
    connection.endpoint = Some(Endpoint::parse(&server.url).unwrap());
    connection
}

/// A client whose tokens are in a store, with a clock.
fn client(server: &server::Server, store: Arc<dyn TokenStore>, clock: &Clock) -> ClientBuilder {
    let policy = RetryPolicy { pause: Duration::from_millis(1), ..RetryPolicy::default() };
    Client::builder(connector(), connection(server)).token_store(store).clock(clock.clone()).retry(policy)
}
