//! The life of a record: made, read, listed, found, changed, thrown away.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{DESK, GATEWAY, Local, SIGN};

const TICKETS: &str = "/api/v1/tickets";

async fn first_id(local: &Local, path: &str) -> String {
    local.get(DESK, &format!("/api/v1/{path}?limit=10")).await.text("/data/0/id")
}

#[tokio::test]
async fn a_ticket_lives_from_its_making_to_the_bin() {
    let local = Local::start(&["desk"]).await;
    let (department, contact) = (first_id(&local, "departments").await, first_id(&local, "contacts").await);
    let body = json!({ "subject": "Two chairs, please", "departmentId": department, "contactId": contact, "status": "On Hold", "cf": { "cf_colour": "red" } });
    let made = local.post(DESK, TICKETS, &body).await;
    assert_eq!(
        (made.status, made.text("/subject"), made.text("/statusType")),
        (200, "Two chairs, please".into(), "On Hold".into())
    );
    let id = made.text("/id");
    let one = format!("{TICKETS}/{id}");
    assert_eq!(local.get(DESK, &one).await.text("/cf/cf_colour"), "red");
    assert_eq!(made.text("/createdTime"), made.text("/modifiedTime"));

    let last = local.get(DESK, &format!("{TICKETS}?from=100&limit=100")).await.at("/data");
    assert_eq!(last.as_array().unwrap().last().unwrap()["id"], id.as_str(), "the newest stands last");
    for search in ["subject=two+chairs*", "_all=chairs", "customField1=cf_colour:red"] {
        let found = local.get(DESK, &format!("{TICKETS}/search?{search}")).await;
        assert_eq!((found.status, found.text("/data/0/id")), (200, id.clone()), "{search}");
    }
    local.control(Method::POST, "clock", &json!({ "advance_seconds": 90 })).await;
    let changed = local.json(Method::PATCH, DESK, &one, &json!({ "status": "Closed" })).await;
    assert_eq!(
        (changed.text("/status"), changed.text("/statusType"), changed.text("/subject")),
        ("Closed".into(), "Closed".into(), "Two chairs, please".into())
    );
    assert!(changed.text("/modifiedTime") > changed.text("/createdTime"));

    let trashed = local.post(DESK, &format!("{TICKETS}/moveToTrash"), &json!({ "ticketIds": [id] })).await;
    assert_eq!((trashed.status, trashed.bytes.len()), (204, 0));
    let gone = local.get(DESK, &one).await;
    assert_eq!((gone.status, gone.text("/errorCode")), (404, "URL_NOT_FOUND".into()));
    assert_eq!(local.get(DESK, &format!("{TICKETS}/search?_all=chairs")).await.status, 204);
    assert_eq!(local.post(DESK, &format!("{TICKETS}/moveToTrash"), &json!({ "ticketIds": [id] })).await.status, 404);
}

#[tokio::test]
async fn an_object_beside_an_id_is_the_record_that_the_id_names() {
    let local = Local::start(&["desk"]).await;
    let department = first_id(&local, "departments").await;
    let make = |who: Value| {
        let mut body = json!({ "subject": "A lamp", "departmentId": department });
        body.as_object_mut().unwrap().extend(who.as_object().unwrap().clone());
        let local = &local;
        async move { local.post(DESK, &format!("{TICKETS}?"), &body).await }
    };
    let contact = local.get(DESK, "/api/v1/contacts").await.at("/data/0");
    let known = make(json!({ "contactId": contact["id"] })).await;
    assert_eq!((&known.at("/contact/id"), &known.at("/contact/lastName")), (&contact["id"], &contact["lastName"]));
    let new = make(json!({ "contact": { "lastName": "Okafor", "email": "mira@example.com" } })).await;
    let id = new.text("/contactId");
    assert_eq!(local.get(DESK, &format!("/api/v1/contacts/{id}")).await.text("/email"), "mira@example.com");
    assert_eq!(
        local
            .json(
                Method::PATCH,
                DESK,
                &format!("{TICKETS}/{}", new.text("/id")),
                &json!({ "contactId": contact["id"] })
            )
            .await
            .at("/contact/lastName"),
        contact["lastName"]
    );
}

#[tokio::test]
async fn actions_change_the_records_that_they_name() {
    let local = Local::start(&["desk"]).await;
    let tickets = local.get(DESK, &format!("{TICKETS}?limit=20")).await.at("/data");
    let open: Vec<&Value> = tickets
        .as_array()
        .unwrap()
        .iter()
        .filter(|ticket| ticket["statusType"] != "Closed")
        .map(|ticket| &ticket["id"])
        .collect();
    assert!(open.len() > 2);
    assert_eq!(local.post(DESK, "/api/v1/closeTickets", &json!({ "ids": open })).await.status, 204);
    for id in open {
        assert_eq!(local.get(DESK, &format!("{TICKETS}/{}", id.as_str().unwrap())).await.text("/statusType"), "Closed");
    }
    let id = first_id(&local, "tickets").await;
    let read = local.send(local.request(Method::POST, DESK, &format!("{TICKETS}/{id}/markAsRead"))).await;
    assert_eq!(read.status, 204);
    assert_eq!(local.get(DESK, &format!("{TICKETS}/{id}?include=isRead")).await.at("/isRead"), json!(true));
}

#[tokio::test]
async fn comments_belong_to_their_ticket() {
    let local = Local::start(&["desk"]).await;
    let id = first_id(&local, "tickets").await;
    let comments = format!("{TICKETS}/{id}/comments");
    assert_eq!(local.get(DESK, &comments).await.at("/data").as_array().unwrap().len(), 3);
    let made = local.post(DESK, &comments, &json!({ "content": "On its way.", "isPublic": false })).await;
    let one = format!("{comments}/{}", made.text("/id"));
    assert_eq!(
        local.json(Method::PATCH, DESK, &one, &json!({ "content": "It came." })).await.text("/content"),
        "It came."
    );
    assert_eq!(local.get(DESK, &comments).await.at("/data").as_array().unwrap().len(), 4);
    assert_eq!(local.send(local.request(Method::DELETE, DESK, &one)).await.status, 204);
    assert_eq!(local.get(DESK, &one).await.status, 404);
    let other = local.get(DESK, &format!("{TICKETS}?limit=2")).await.text("/data/1/id");
    assert_eq!(local.get(DESK, &format!("{TICKETS}/{other}/comments")).await.at("/data").as_array().unwrap().len(), 3);
    assert_eq!(local.get(DESK, &format!("{TICKETS}/1/comments")).await.status, 404, "there is no such ticket");
}

#[tokio::test]
async fn each_record_of_a_request_has_its_own_outcome() {
    let local = Local::start(&["crm"]).await;
    let body = json!({ "data": [
        { "Last_Name": "Boyle", "Email": "p.boyle@zylker.com" },
        { "Last_Name": "Refused", "Email": "no address" },
        { "Last_Name": "refuse: too many of this name" },
        { "Last_Name": "Rao", "Own": 1 },
    ] });
    let said = local.post(GATEWAY, "/crm/v8/Leads", &body).await;
    assert_eq!(said.status, 207);
    let outcomes: Vec<String> = said
        .at("/data")
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| format!("{} {} {}", entry["code"], entry["status"], entry["details"]["api_name"]))
        .collect();
    assert_eq!(
        outcomes,
        [
            r#""SUCCESS" "success" null"#,
            r#""INVALID_DATA" "error" "Email""#,
            r#""INVALID_DATA" "error" "Last_Name""#,
            r#""SUCCESS" "success" null"#,
        ]
    );
    assert_eq!(said.text("/data/2/message"), "too many of this name");
    let id = said.text("/data/3/details/id");
    assert_eq!(local.get(GATEWAY, &format!("/crm/v8/Leads/{id}")).await.at("/data/0/Own"), json!(1));
    assert!(
        said.at("/data/0/details").get("Created_Time").is_some()
            && said.at("/data/0/details").get("Last_Name").is_none()
    );

    let all_well = local.post(GATEWAY, "/crm/v8/Leads", &json!({ "data": [{ "Last_Name": "Silva" }] })).await;
    assert_eq!(all_well.status, 200);
    let all_wrong = local.post(GATEWAY, "/crm/v8/Leads", &json!({ "data": [{ "Email": "x" }] })).await;
    assert_eq!((all_wrong.status, all_wrong.text("/data/0/code")), (400, "INVALID_DATA".into()));
    let too_many = json!({ "data": vec![json!({ "Last_Name": "Many" }); 101] });
    let refused = local.post(GATEWAY, "/crm/v8/Leads", &too_many).await;
    assert_eq!((refused.status, refused.text("/code")), (400, "INVALID_DATA".into()));

    let changed = local
        .json(
            Method::PUT,
            GATEWAY,
            "/crm/v8/Leads",
            &json!({ "data": [{ "id": id, "Company": "Zylker" }, { "id": "1", "Company": "Nobody" }] }),
        )
        .await;
    assert_eq!(
        (changed.status, changed.text("/data/0/status"), changed.text("/data/1/code")),
        (207, "success".into(), "RESOURCE_NOT_FOUND".into())
    );
    assert_eq!(local.get(GATEWAY, &format!("/crm/v8/Leads/{id}")).await.text("/data/0/Company"), "Zylker");
}

#[tokio::test]
async fn an_upsert_changes_what_matches_and_makes_the_rest() {
    let local = Local::start(&["crm"]).await;
    let upsert = |company: &str| {
        let body = json!({ "data": [{ "Last_Name": "Boyle", "Email": "p.boyle@zylker.com", "Company": company }], "duplicate_check_fields": ["Email"] });
        let local = &local;
        async move { local.post(GATEWAY, "/crm/v8/Leads/upsert", &body).await.text("/data/0/details/id") }
    };
    let (first, second) = (upsert("One").await, upsert("Two").await);
    assert_eq!(first, second);
    assert_eq!(local.get(GATEWAY, &format!("/crm/v8/Leads/{first}")).await.text("/data/0/Company"), "Two");
    let deleted = local.send(local.request(Method::DELETE, GATEWAY, &format!("/crm/v8/Leads?ids={first},2"))).await;
    assert_eq!(
        (deleted.status, deleted.text("/data/0/code"), deleted.text("/data/0/details/id")),
        (207, "SUCCESS".into(), first.clone())
    );
    assert_eq!(local.get(GATEWAY, &format!("/crm/v8/Leads/{first}")).await.status, 404);
    let gone = local.get(GATEWAY, "/crm/v8/Leads/deleted").await;
    assert_eq!((gone.text("/data/0/id"), gone.text("/data/0/display_name")), (first, "Boyle".into()));
    assert_eq!(local.get(GATEWAY, "/crm/v8/Contacts/deleted").await.status, 204);
}

#[tokio::test]
async fn only_what_changed_is_sent_and_a_stale_change_is_refused() {
    let local = Local::start(&["crm"]).await;
    let leads = "/crm/v8/Leads?fields=Last_Name,Modified_Time&per_page=200";
    let all = local.get(GATEWAY, leads).await;
    let lead = all.at("/data/0");
    let since =
        |method, target: &str, time: &str| local.request(method, GATEWAY, target).header("If-Modified-Since", time);
    assert_eq!(local.send(since(Method::GET, leads, "2050-01-01T00:00:00+00:00")).await.status, 304);
    let newest = all
        .at("/data")
        .as_array()
        .unwrap()
        .iter()
        .map(|lead| lead["Modified_Time"].as_str().unwrap().to_owned())
        .max()
        .unwrap();
    let (id, time) = (lead["id"].as_str().unwrap(), lead["Modified_Time"].as_str().unwrap());
    let one = format!("/crm/v8/Leads/{id}");
    assert_eq!(local.send(since(Method::GET, &one, time)).await.status, 304);
    assert_eq!(local.send(since(Method::GET, &one, "2001-01-01T00:00:00+05:30")).await.status, 200);

    let body = json!({ "data": [{ "id": id, "Company": "Zylker" }] }).to_string();
    let put = |time: &str| {
        since(Method::PUT, "/crm/v8/Leads", time).header("content-type", "application/json").body(body.clone())
    };
    let stale = local.send(put("2001-01-01T00:00:00+00:00")).await;
    assert_eq!(stale.text("/data/0/code"), "ALREADY_MODIFIED");
    assert_eq!(local.send(put(time)).await.status, 200);
    let changed = local.send(since(Method::GET, leads, &newest)).await;
    assert_eq!(changed.at("/data").as_array().unwrap().len(), 1, "the one that was changed just now");
}

#[tokio::test]
async fn a_request_for_signatures_goes_out_and_is_recalled() {
    let local = Local::start(&["sign"]).await;
    let id = local.get(SIGN, "/api/v1/requests").await.text("/requests/0/request_id");
    let one = format!("/api/v1/requests/{id}");
    let form = |target: String, data: &str| {
        let request =
            local.request(Method::POST, SIGN, &target).header("content-type", "application/x-www-form-urlencoded");
        local.send(request.body(crate::support::encoded(&[("data", data)])))
    };
    let sent =
        form(format!("{one}/submit"), r#"{"requests":{"actions":[{"action_id":"7","action_type":"SIGN"}]}}"#).await;
    assert_eq!((sent.text("/requests/request_status"), sent.at("/code")), ("inprogress".into(), json!(0)));
    let recalled = form(format!("{one}/recall"), "{}").await;
    assert_eq!((recalled.status, recalled.text("/status")), (200, "success".into()));
    assert_eq!(local.get(SIGN, &one).await.text("/requests/request_status"), "recalled");
    assert_eq!(
        local
            .get(SIGN, &format!("{one}/fielddata"))
            .await
            .at("/document_form_data")
            .get("actions")
            .map(Value::is_array),
        Some(true)
    );
    let trashed = local.json(Method::PUT, SIGN, &format!("{one}/delete"), &json!({})).await;
    assert_eq!(trashed.text("/status"), "success");
    let gone = local.get(SIGN, &one).await;
    assert_eq!((gone.status, gone.text("/status"), gone.at("/code")), (404, "failure".into(), json!(404)));
}

const SALON: &str = "
connector: salon
title: Test Salon
base_url: https://{api}/salon/v1
scope_prefix: [Salon]
times: { time: 'dd-MMM-yyyy HH:mm:ss' }
connection:
  shop: { in: query, discover: shops.list, value: id, label: name, send: asked }
responses:
  records: response.list
  record: response.one
  success: { response.status: success, response.one.status: { not: failure } }
  error: { message: response.message }
types:
  Shop: { id!: id, name: string }
  Visit: { visit_id!: id, status: string, start_time: time, staff_id: id, customer_name: string }
apis:
  shops.list: { get: /shops, scopes: [data.READ], returns: [Shop] }
  hours.list: { get: /hours, scopes: [data.READ], with: [shop], query: { day!: time }, returns: [string] }
  visits.get: { get: /visit, scopes: [data.READ], query: { visit_id!: id }, returns: Visit, effect: { read: Visit, ids: query visit_id } }
  visits.book: { post: /visit, scopes: [data.READ], multipart: true, form: { start_time!: time, customer_name: string }, returns: Visit, effect: { create: Visit } }
  visits.move: { post: /move, scopes: [data.READ], form: { visit_id!: id, start_time!: time }, returns: Visit, effect: { update: Visit, ids: form visit_id } }
";

#[tokio::test]
async fn records_of_no_list_live_by_the_effects_of_their_apis() {
    let config =
        zoho_sandbox::SandboxConfig { connectors: vec![crate::support::connector(SALON)], ..Default::default() };
    let local = Local::with(config).await;
    let shops = local.get(GATEWAY, "/salon/v1/shops").await;
    assert_eq!(
        (shops.text("/response/status"), shops.at("/response/list").as_array().unwrap().len()),
        ("success".into(), 2)
    );
    let hours = |shop: String| {
        let local = &local;
        async move { local.get(GATEWAY, &format!("/salon/v1/hours?shop={shop}&day=31-Jan-2026+10:00:00")).await }
    };
    assert!(
        hours(shops.text("/response/list/0/id"))
            .await
            .at("/response/list")
            .as_array()
            .unwrap()
            .iter()
            .all(Value::is_string)
    );
    let wrong = hours("7".into()).await;
    assert_eq!((wrong.status, wrong.text("/response/status")), (403, "failure".into()));

    let form = reqwest::multipart::Form::new().text("start_time", "31-Jan-2026 13:05:09").text("customer_name", "Mira");
    let made = local.send(local.request(Method::POST, GATEWAY, "/salon/v1/visit").multipart(form)).await;
    assert_eq!(
        (made.text("/response/one/customer_name"), made.text("/response/status")),
        ("Mira".into(), "success".into())
    );
    let id = made.text("/response/one/visit_id");
    let moved = local
        .request(Method::POST, GATEWAY, "/salon/v1/move")
        .header("content-type", "application/x-www-form-urlencoded");
    let moved = local
        .send(moved.body(crate::support::encoded(&[("visit_id", &id), ("start_time", "01-Feb-2026 10:00:00")])))
        .await;
    assert_eq!(moved.text("/response/one/start_time"), "01-Feb-2026 10:00:00");
    let read = local.get(GATEWAY, &format!("/salon/v1/visit?visit_id={id}")).await;
    assert_eq!(
        (read.text("/response/one/customer_name"), read.text("/response/one/start_time")),
        ("Mira".into(), "01-Feb-2026 10:00:00".into())
    );
    assert_eq!(local.get(GATEWAY, "/salon/v1/visit?visit_id=1").await.status, 404);
}
