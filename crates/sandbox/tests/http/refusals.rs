//! What a service says to a wrong call, each in its own words.

use reqwest::Method;
use serde_json::json;
use zoho_sandbox::ClientKind;

use crate::person::{US, client, tokens};
use crate::support::{DESK, GATEWAY, Local, SIGN, encoded};

const TICKETS: &str = "/api/v1/tickets";

#[tokio::test]
async fn an_unknown_query_parameter_is_named() {
    let local = Local::start(&["desk", "crm"]).await;
    let said = local.get(DESK, &format!("{TICKETS}?orgId=7&limit=5")).await;
    assert_eq!(
        (said.status, said.text("/errorCode"), said.text("/errors/0/fieldName")),
        (422, "UNPROCESSABLE_ENTITY".into(), "orgId".into())
    );
    assert!(said.text("/message").contains("orgId"));
    assert_eq!(
        local.get(DESK, &format!("{TICKETS}?modifiedTimeRange=a,b")).await.status,
        422,
        "the list does not know it, the search does"
    );
    assert_eq!(
        local.get(GATEWAY, "/crm/v8/Leads?fields=Last_Name&cache=1").await.status,
        200,
        "this service says nothing of it"
    );
}

#[tokio::test]
async fn the_organisation_must_be_sent_and_be_the_accounts() {
    let local = Local::start(&["desk"]).await;
    let with = |org: Option<&'static str>| {
        let request = local.http.get(format!("{}{TICKETS}", local.sandbox.url()));
        let request = request.header("host", DESK).header("authorization", format!("Zoho-oauthtoken {}", local.token));
        local.send(match org {
            Some(org) => request.header("orgId", org),
            None => request,
        })
    };
    for org in [None, Some("123"), Some("")] {
        let said = with(org).await;
        assert_eq!((said.status, said.text("/errorCode")), (403, "OAUTH_ORG_MISMATCH".into()), "{org:?}");
    }
    let organizations = local.get(DESK, "/api/v1/organizations").await.at("/data");
    let defaults: Vec<_> =
        organizations.as_array().unwrap().iter().map(|organization| organization["isDefault"].clone()).collect();
    assert_eq!(defaults, [json!(true), json!(false)]);
    assert_eq!(local.sandbox.connection_value("desk", "orgId").unwrap(), organizations[0]["id"].as_str().unwrap());
    let second: &'static str = organizations[1]["id"].as_str().unwrap().to_owned().leak();
    assert_eq!(with(Some(second)).await.status, 200);
}

#[tokio::test]
async fn a_missing_token_and_a_missing_scope_are_refused() {
    let local = Local::start(&["desk", "crm", "sign"]).await;
    for (host, target, said) in [
        (DESK, TICKETS, r#"401 {"errorCode":"INVALID_OAUTH","message":"No access token was sent."}"#),
        (
            GATEWAY,
            "/crm/v8/Leads",
            r#"401 {"code":"INVALID_TOKEN","message":"No access token was sent.","status":"error"}"#,
        ),
        (SIGN, "/api/v1/requests", r#"401 {"code":9041,"message":"No access token was sent.","status":"failure"}"#),
    ] {
        let request = local.http.get(format!("{}{target}", local.sandbox.url())).header("host", host);
        let answer = local.send(request).await;
        assert_eq!(format!("{} {}", answer.status, answer.json()), said);
    }
    let narrow = [
        ("grant_type", "client_credentials"),
        ("scope", "ZohoCRM.modules.leads.READ,Desk.tickets.UPDATE"),
        ("soid", "ZohoCRM.7"),
    ];
    let own = client(&local, ClientKind::SelfClient);
    let token = tokens(&local, US, &own, &narrow).await.text("/access_token");
    let get = |host: &'static str, target: &'static str| {
        let request = local.http.get(format!("{}{target}", local.sandbox.url())).header("host", host);
        local.send(request.header("authorization", format!("Zoho-oauthtoken {token}")))
    };
    assert_eq!(get(GATEWAY, "/crm/v8/Leads?fields=Last_Name").await.status, 200);
    let other = get(GATEWAY, "/crm/v8/Contacts?fields=Last_Name").await;
    assert_eq!((other.status, other.text("/code")), (401, "OAUTH_SCOPE_MISMATCH".into()));
    assert!(other.text("/message").contains("ZohoCRM.modules.Contacts.READ"));
    let desk = get(DESK, TICKETS).await;
    assert_eq!((desk.status, desk.text("/errorCode")), (403, "SCOPE_MISMATCH".into()));
}

#[tokio::test]
async fn what_is_not_there_and_what_cannot_be_done_are_told_apart() {
    let local = Local::start(&["desk", "crm"]).await;
    let unknown = local.get(DESK, "/api/v1/nothing").await;
    assert_eq!((unknown.status, unknown.text("/errorCode")), (404, "URL_NOT_FOUND".into()));
    let verb = local.send(local.request(Method::DELETE, DESK, TICKETS)).await;
    assert_eq!(verb.status, 405);
    assert_eq!(local.get(DESK, &format!("{TICKETS}/12345")).await.status, 404);
    for host in ["example.com", "desk.zoho.uk", "desk.zoho.ca"] {
        let nobody = local.get(host, TICKETS).await;
        assert_eq!(nobody.status, 400, "{host}");
        assert!(nobody.text("/error").contains(host));
    }
    assert_eq!(local.get(GATEWAY, "/elsewhere/v1").await.status, 400);
}

#[tokio::test]
async fn wrong_values_are_named() {
    let local = Local::start(&["desk"]).await;
    let department = local.get(DESK, "/api/v1/departments").await.text("/data/0/id");
    for (body, field) in [
        (json!({ "departmentId": department, "contactId": "1" }), "subject"),
        (json!({ "subject": "x", "departmentId": department }), "contactId"),
        (json!({ "subject": 7, "departmentId": department, "contactId": "1" }), "subject"),
        (json!({ "subject": "x", "departmentId": department, "contactId": 1 }), "contactId"),
        (json!({ "subject": "x", "departmentId": department, "contact": { "email": "nobody" } }), "contact.email"),
        (
            json!({ "subject": "x", "departmentId": department, "contactId": "1", "dueDate": "2026-01-01T10:00:00+02:00" }),
            "dueDate",
        ),
    ] {
        let said = local.post(DESK, TICKETS, &body).await;
        assert_eq!((said.status, said.text("/errors/0/fieldName")), (422, field.to_owned()), "{body}");
    }
    let broken =
        local.request(Method::POST, DESK, TICKETS).header("content-type", "application/json").body("{\"subject\":");
    assert_eq!(local.send(broken).await.status, 422);
    for query in [[("receivedInDays", "7")], [("departmentId", "")], [("sortBy", "")]] {
        let said = local.get(DESK, &format!("{TICKETS}?{}", encoded(&query))).await;
        assert_eq!(said.status, if query[0].0 == "sortBy" { 200 } else { 422 }, "{query:?}");
    }
}

#[tokio::test]
async fn replies_tell_what_is_left_and_requests_are_kept_without_tokens() {
    let local = Local::start(&["desk"]).await;
    let (one, two) = (local.get(DESK, TICKETS).await, local.get(DESK, TICKETS).await);
    let left = |said: &crate::support::Said| said.header("x-rate-limit-remaining-v3").unwrap().parse::<u64>().unwrap();
    assert_eq!(left(&one) - left(&two), 1);
    assert_eq!(one.header("content-type"), Some("application/json;charset=utf-8"));
    let log = local.control(Method::GET, "requests", &json!(null)).await;
    let last = log.json().as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (last["method"].as_str(), last["host"].as_str(), last["target"].as_str()),
        (Some("GET"), Some(DESK), Some(TICKETS))
    );
    assert_eq!(last["headers"]["authorization"], "Zoho-oauthtoken ***");
    assert!(!String::from_utf8_lossy(&log.bytes).contains(&local.token));
}

#[tokio::test]
async fn who_comes_by_its_own_name_gets_a_page_that_says_what_it_is() {
    let local = Local::start(&["desk"]).await;
    let page = local.send(local.http.get(local.sandbox.url())).await;
    let text = String::from_utf8(page.bytes).unwrap();
    assert!(
        text.contains("desk (")
            && text.contains(local.sandbox.client_id())
            && text.contains(local.sandbox.client_secret())
    );
    let by_browser = local
        .http
        .get(format!("{}/oauth/serverinfo", local.sandbox.url()))
        .header("host", "accounts.zoho.eu.localhost:80");
    assert_eq!(local.send(by_browser).await.text("/locations/ca"), "https://accounts.zohocloud.ca");
}
