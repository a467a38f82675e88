//! Calls that are signed with a key.

use reqwest::Method;
use serde_json::json;
use zoho_sandbox::SandboxConfig;

use crate::support::{Local, connector};

const YAML: &str = "
connector: shelf
title: Zoho Shelf
base_url: https://shelf.{zoho}/api
scope_prefix: [ZohoShelf]
auth: { key: header Authorization, scheme: Zoho-shelfkey }
responses: { records: data, error: { code: code }, classify: { unauthenticated: [{ http: 400, code: BAD_KEY }] } }
types: { Book: { id!: id } }
apis:
  books.list: { get: /books, returns: [Book] }
  books.found: { get: /found, auth: { key: query apikey }, returns: [Book], effect: { list: Book } }
  books.any: { get: /any, auth: [oauth, { key: header X-Key }], scopes: [books.READ], returns: [Book], effect: { list: Book } }
  books.open: { get: /open, auth: none, returns: [Book], effect: { list: Book } }
";

const HOST: &str = "shelf.zoho.com";

async fn status(local: &Local, target: &str, headers: &[(&str, String)]) -> u16 {
    let request = local.http.get(format!("{}/api/{target}", local.sandbox.url())).header("host", HOST);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
    let said = local.send(request).await;
    if said.status != 200 {
        assert_eq!(said.text("/code"), "BAD_KEY", "the answer that the service declares");
    }
    said.status
}

#[tokio::test]
async fn a_key_is_wanted_where_it_is_declared_and_a_wrong_one_is_refused() {
    let config = SandboxConfig { connectors: vec![connector(YAML)], ..SandboxConfig::default() };
    let local = Local::with(config).await;
    let key = local.sandbox.api_key("shelf").unwrap().to_owned();
    let token = ("authorization", format!("Zoho-oauthtoken {}", local.token));
    let signed = ("authorization", format!("Zoho-shelfkey {key}"));
    for (target, headers, expected) in [
        ("books", vec![signed.clone()], 200),
        ("books", vec![("authorization", "Zoho-shelfkey wrong".to_owned())], 400),
        ("books", vec![("authorization", key.clone())], 400),
        ("books", vec![token.clone()], 400),
        ("books", vec![], 400),
        (&format!("found?apikey={key}"), vec![], 200),
        ("found?apikey=wrong", vec![], 400),
        ("found", vec![signed], 400),
        ("any", vec![token.clone()], 200),
        ("any", vec![("x-key", key.clone())], 200),
        ("any", vec![("x-key", key.clone()), token], 400),
        ("any", vec![], 400),
        ("open", vec![], 200),
    ] {
        assert_eq!(status(&local, target, &headers).await, expected, "{target} with {headers:?}");
    }
    let log = local.control(Method::GET, "requests", &json!(null)).await.json().to_string();
    assert!(log.contains("/api/found?apikey=***") && !log.contains(&key), "{log}");
}

#[tokio::test]
async fn the_same_seed_gives_the_same_key_and_each_service_its_own() {
    let key = async |seed| {
        let second = YAML.replace("shelf", "stack");
        let second: &'static str = second.leak();
        let config = SandboxConfig { connectors: vec![connector(YAML), connector(second)], seed, ..Default::default() };
        let local = Local::with_plain(config).await;
        let of = |name: &str| local.sandbox.api_key(name).unwrap().to_owned();
        assert_ne!(of("shelf"), of("stack"));
        assert_eq!(local.sandbox.api_key("desk"), None);
        of("shelf")
    };
    assert_eq!(key(7).await, key(7).await);
    assert_ne!(key(7).await, key(8).await);
}
