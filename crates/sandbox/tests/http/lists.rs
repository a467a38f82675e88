//! Lists: paging as declared, filters, orders.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use zoho_sandbox::SandboxConfig;

use crate::support::{DESK, GATEWAY, Local, SIGN, Said, connectors};

fn ids(said: &Said, list: &str, key: &str) -> Vec<String> {
    said.at(list).as_array().unwrap().iter().map(|record| record[key].as_str().unwrap().to_owned()).collect()
}

async fn with(names: &[&str], records: &[(&str, usize)]) -> Local {
    let records = records.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
    Local::with(SandboxConfig { connectors: connectors(names), records, ..SandboxConfig::default() }).await
}

#[tokio::test]
async fn ten_thousand_tickets_have_ten_thousand_ids() {
    let local = with(&["desk"], &[("desk.Ticket", 10_000)]).await;
    let mut seen = BTreeSet::new();
    for page in 0..100 {
        let said = local.get(DESK, &format!("/api/v1/tickets?from={}&limit=100", page * 100)).await;
        let ids = ids(&said, "/data", "id");
        assert!(ids.len() == 100 && ids.iter().all(|id| (17..=19).contains(&id.len())));
        seen.extend(ids);
    }
    assert_eq!(seen.len(), 10_000);
    let end = local.get(DESK, "/api/v1/tickets?from=10000&limit=100").await;
    assert_eq!((end.status, end.bytes.len()), (204, 0), "an empty page is a 204 without a body");
    let last = local.get(DESK, "/api/v1/tickets?from=9995&limit=100").await;
    assert_eq!(ids(&last, "/data", "id").len(), 5);
}

#[tokio::test]
async fn sizes_and_bases_are_as_declared() {
    let local = Local::start(&["desk", "sign"]).await;
    for (target, status) in [
        ("/api/v1/tickets?limit=100", 200),
        ("/api/v1/tickets?limit=101", 422),
        ("/api/v1/tickets?limit=0", 422),
        ("/api/v1/tickets?limit=ten", 422),
        ("/api/v1/tickets?from=-1", 422),
        ("/api/v1/agents?limit=9", 422),
        ("/api/v1/agents?limit=10", 200),
        ("/api/v1/accounts?from=0&limit=10", 422),
        ("/api/v1/accounts?from=1&limit=99", 200),
        ("/api/v1/contacts?limit=100", 422),
        ("/api/v1/tickets/search?from=5000&limit=50", 422),
    ] {
        let said = local.get(DESK, target).await;
        assert_eq!(said.status, status, "{target}");
        if status == 422 {
            assert_eq!(said.text("/errorCode"), "UNPROCESSABLE_ENTITY", "{target}");
        }
    }
    let by_data = |start: u64, count: u64| {
        let data = json!({ "page_context": { "start_index": start, "row_count": count } }).to_string();
        let query = crate::support::encoded(&[("data", &data)]);
        let local = &local;
        async move { local.get(SIGN, &format!("/api/v1/requests?{query}")).await }
    };
    let first = by_data(1, 100).await;
    assert_eq!(
        (first.at("/page_context/has_more_rows"), first.at("/code"), first.text("/status")),
        (json!(true), json!(0), "success".into())
    );
    let second = by_data(101, 100).await;
    assert_eq!(
        (second.at("/page_context/has_more_rows"), ids(&second, "/requests", "request_id").len()),
        (json!(false), 20)
    );
    let (first, second) = (ids(&first, "/requests", "request_id"), ids(&second, "/requests", "request_id"));
    assert!(first.iter().all(|id| !second.contains(id)));
    assert_eq!(by_data(0, 100).await.status, 400);
    assert_eq!(by_data(1, 101).await.status, 400);
}

#[tokio::test]
async fn a_page_ends_at_two_thousand_and_a_token_goes_on() {
    let local = with(&["crm"], &[("/Contacts", 5_000)]).await;
    let page = |more: String| {
        let local = &local;
        async move { local.get(GATEWAY, &format!("/crm/v8/Contacts?fields=Last_Name,Email&per_page=200{more}")).await }
    };
    let mut seen = Vec::new();
    let mut token = String::new();
    for number in 1..=10 {
        let said = page(format!("&page={number}")).await;
        seen.extend(ids(&said, "/data", "id"));
        assert_eq!(said.at("/info/more_records"), json!(true));
        token = said.text("/info/next_page_token");
    }
    let refused = page("&page=11".into()).await;
    assert_eq!(
        (refused.status, refused.text("/code"), refused.text("/status")),
        (400, "INVALID_DATA".into(), "error".into())
    );
    assert_eq!(page(format!("&page=2&page_token={token}")).await.status, 400);
    assert_eq!(page("&page_token=other".into()).await.status, 400);
    loop {
        let said = page(format!("&page_token={token}")).await;
        seen.extend(ids(&said, "/data", "id"));
        if said.at("/info/more_records") == json!(false) {
            assert!(said.json().pointer("/info/next_page_token").is_none());
            break;
        }
        token = said.text("/info/next_page_token");
    }
    assert_eq!(seen.len(), 5_000);
    assert!(seen.is_sorted(), "the order of the ids is that of the list");
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 5_000);
    let record = page(String::new()).await.at("/data/0");
    assert_eq!(record.as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "Last_Name", "Email"]);
    assert!(record["Email"].as_str().unwrap().contains('@'));
}

#[tokio::test]
async fn filters_narrow_a_list_and_orders_turn_it() {
    let local = Local::start(&["desk"]).await;
    let all = local.get(DESK, "/api/v1/tickets?limit=100").await.at("/data");
    let of = |status: &str| all.as_array().unwrap().iter().filter(|ticket| ticket["status"] == status).count();
    let open = local.get(DESK, "/api/v1/tickets?limit=100&status=Open").await.at("/data");
    assert!(open.as_array().unwrap().iter().all(|ticket| ticket["status"] == "Open" && ticket["statusType"] == "Open"));
    assert!(of("Open") > 0 && of("Closed") > 0 && of("On Hold") > 0);

    let first = &all[0];
    let window = |from: &str, to: &str| format!("/api/v1/tickets/search?limit=50&modifiedTimeRange={from},{to}");
    let time = first["modifiedTime"].as_str().unwrap();
    let exactly = local.get(DESK, &window(time, time)).await.at("/data");
    assert!(exactly.as_array().unwrap().iter().any(|ticket| ticket["id"] == first["id"]));
    assert_eq!(local.get(DESK, &window("2001-01-01T00:00:00.000Z", "2001-01-02T00:00:00.000Z")).await.status, 204);
    assert_eq!(local.get(DESK, &window("yesterday", "today")).await.status, 422);

    let times = |said: Value| {
        said.as_array()
            .unwrap()
            .iter()
            .map(|ticket| ticket["modifiedTime"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let up = times(local.get(DESK, "/api/v1/tickets?limit=100&sortBy=modifiedTime").await.at("/data"));
    assert!(up.is_sorted());
    let down = times(local.get(DESK, "/api/v1/tickets?limit=100&sortBy=-modifiedTime").await.at("/data"));
    assert!(down.is_sorted_by(|a, b| a >= b));
}

#[tokio::test]
async fn references_point_at_records_and_objects_beside_them_agree() {
    let local = Local::start(&["desk"]).await;
    let ticket = local.get(DESK, "/api/v1/tickets?limit=1&include=contacts,assignee").await.at("/data/0");
    for (member, path, object, name) in
        [("contactId", "contacts", "contact", "lastName"), ("assigneeId", "agents", "assignee", "firstName")]
    {
        let id = ticket[member].as_str().unwrap();
        let target = local.get(DESK, &format!("/api/v1/{path}/{id}")).await;
        assert_eq!(target.status, 200, "{member}");
        assert_eq!(
            (&ticket[object]["id"], &ticket[object][name]),
            (&target.at("/id"), &target.at(&format!("/{name}"))),
            "{member}"
        );
    }
    let (closed, time) = (ticket["statusType"] == "Closed", !ticket["closedTime"].is_null());
    assert_eq!(closed, time, "only what is closed has a time of closing");
    let id = ticket["departmentId"].as_str().unwrap();
    assert_eq!(local.get(DESK, &format!("/api/v1/departments/{id}")).await.status, 200);
    let plain = local.get(DESK, "/api/v1/tickets?limit=1").await.at("/data/0");
    assert!(plain.get("contact").is_none(), "only `include` brings the contact");
}

#[tokio::test]
async fn the_same_seed_gives_the_same_data() {
    let (one, two) = (Local::start(&["desk"]).await, Local::start(&["desk"]).await);
    let tickets = "/api/v1/tickets?limit=100";
    assert_eq!(one.get(DESK, tickets).await.json(), two.get(DESK, tickets).await.json());
    let other =
        Local::with(SandboxConfig { connectors: connectors(&["desk"]), seed: 2, ..SandboxConfig::default() }).await;
    assert_ne!(other.get(DESK, tickets).await.json(), one.get(DESK, tickets).await.json());
}

#[tokio::test]
async fn queries_and_criteria_find_records() {
    let local = Local::start(&["crm"]).await;
    let coql = |query: &str| {
        let body = json!({ "select_query": query });
        let local = &local;
        async move { local.post(GATEWAY, "/crm/v8/coql", &body).await }
    };
    let all = coql("select Last_Name, Email from Leads where Email is not null limit 100 offset 100").await;
    assert_eq!((ids(&all, "/data", "id").len(), all.at("/info/more_records")), (20, json!(false)));
    let name = all.text("/data/0/Last_Name");
    let found = coql(&format!("select Last_Name from Leads where Last_Name = '{name}' limit 200")).await;
    assert!(found.at("/data").as_array().unwrap().iter().all(|lead| lead["Last_Name"] == name.as_str()));
    assert_eq!(coql("select from Leads").await.status, 400);
    assert_eq!(coql("select Last_Name from Leads limit 2001").await.status, 400);

    let criteria = crate::support::encoded(&[("criteria", &format!("(Last_Name:equals:{name})"))]);
    let search = local.get(GATEWAY, &format!("/crm/v8/Leads/search?{criteria}")).await;
    assert!(search.at("/data").as_array().unwrap().iter().all(|lead| lead["Last_Name"] == name.as_str()));
    let email = all.text("/data/0/Email");
    let by_email =
        local.get(GATEWAY, &format!("/crm/v8/Leads/search?{}", crate::support::encoded(&[("email", &email)]))).await;
    assert_eq!(by_email.text("/data/0/Email"), email);
    assert_eq!(local.get(GATEWAY, "/crm/v8/Leads/search?phone=1").await.status, 204);
    assert_eq!(local.get(GATEWAY, "/crm/v8/Leads/search").await.status, 400, "one of the words of a search is needed");
    assert_eq!(local.get(GATEWAY, "/crm/v8/Leads/actions/count").await.json(), json!({ "count": 120 }));
    let turned = local.get(GATEWAY, "/crm/v8/Leads?fields=Last_Name&sort_by=id&sort_order=desc&per_page=200").await;
    assert!(ids(&turned, "/data", "id").is_sorted_by(|a, b| a > b));
    let fields = local.get(GATEWAY, "/crm/v8/settings/fields?module=Leads").await.at("/fields");
    assert!(fields.as_array().unwrap().iter().any(|field| field["api_name"] == "Last_Name"));
    let modules = local.get(GATEWAY, "/crm/v8/settings/modules").await.at("/modules");
    assert!(modules.as_array().unwrap().iter().any(|module| module["api_name"] == "Leads"));
    assert_eq!(local.get(GATEWAY, "/crm/v8/leads?fields=Last_Name").await.status, 400, "modules begin with a capital");
}

const STYLES: &str = "
connector: styles
title: Test of styles
base_url: https://styles.{zoho}/v1
scope_prefix: [Styles]
responses: { records: data, error: { code: code, message: message } }
pagination:
  total: { page: p, first: 0, limit: size, sizes: [10, 50], total: count }
  cursor: { cursor: header X-Cursor, next: header X-Next, limit: n, max: 50 }
  link: { link: links.next, limit: n, max: 50 }
types: { Thing: { id!: id, name: string } }
apis:
  things.by_page: { get: /things, scopes: [a.READ], paginate: total, returns: [Thing] }
  things.by_cursor: { get: /cursor, scopes: [a.READ], paginate: cursor, returns: [Thing], effect: { list: Thing } }
  things.by_link: { get: /link, scopes: [a.READ], query: { name: string }, paginate: link, returns: [Thing], effect: { list: Thing } }
";

#[tokio::test]
async fn the_other_styles_page_to_their_ends() {
    let host = "styles.zoho.com";
    let records = [("Thing".to_owned(), 120)].into();
    let local = Local::with(SandboxConfig {
        connectors: vec![crate::support::connector(STYLES)],
        records,
        ..SandboxConfig::default()
    })
    .await;
    let mut by_page = Vec::new();
    for page in 0..3 {
        let said = local.get(host, &format!("/v1/things?p={page}&size=50")).await;
        assert_eq!(said.at("/count"), json!(120));
        by_page.extend(ids(&said, "/data", "id"));
    }
    assert_eq!(local.get(host, "/v1/things?size=20").await.status, 400, "only 10 and 50 are allowed");

    let mut by_cursor = Vec::new();
    let mut cursor = None;
    loop {
        let request = local.request(reqwest::Method::GET, host, "/v1/cursor?n=50");
        let said = local
            .send(match &cursor {
                Some(cursor) => request.header("X-Cursor", cursor),
                None => request,
            })
            .await;
        by_cursor.extend(ids(&said, "/data", "id"));
        match said.header("x-next") {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    let mut by_link = Vec::new();
    let mut target = "/v1/link?n=50".to_owned();
    loop {
        let said = local.get(host, &target).await;
        by_link.extend(ids(&said, "/data", "id"));
        match said.json().pointer("/links/next") {
            Some(next) => target = next.as_str().unwrap().strip_prefix("https://styles.zoho.com").unwrap().to_owned(),
            None => break,
        }
    }
    assert_eq!(by_page.len(), 120);
    assert!(by_page == by_cursor && by_page == by_link);
}
