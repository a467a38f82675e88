//! Lists within a record of what is at home elsewhere: by what the records say, and by linking.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{DESK, GATEWAY, Local, Said};

const TICKETS: &str = "/api/v1/tickets";

fn texts(said: &Said, list: &str, name: &str) -> Vec<String> {
    if said.status == 204 {
        return Vec::new();
    }
    let list = said.at(list);
    list.as_array().unwrap().iter().map(|entry| entry[name].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn tags_of_a_ticket_come_and_go() {
    let local = Local::start(&["desk"]).await;
    let ticket = local.get(DESK, &format!("{TICKETS}?limit=10")).await.at("/data/3");
    let (id, department) = (ticket["id"].as_str().unwrap(), ticket["departmentId"].as_str().unwrap());
    let list = format!("{TICKETS}/{id}/tags");
    let names = || async { texts(&local.get(DESK, &list).await, "/tags", "name") };
    let before = names().await;
    assert_eq!(before.len(), 3);
    let all = local.get(DESK, &format!("/api/v1/ticketTags?departmentId={department}&limit=50")).await;
    assert!(before.iter().any(|name| texts(&all, "/data", "name").contains(name)), "they are tags of the account");

    let change = |deed: &str, tags: Value| {
        let (local, target) = (&local, format!("{TICKETS}/{id}/{deed}"));
        async move { local.post(DESK, &target, &json!({ "tags": tags })).await }
    };
    let added = change("associateTag", json!(["frozen", before[0]])).await;
    assert_eq!(texts(&added, "/data", "name"), ["frozen", &before[0]]);
    assert_eq!(names().await.len(), 4);
    assert!(names().await.contains(&"frozen".to_owned()));
    let found = local.get(DESK, &format!("/api/v1/tags/search?departmentId={department}&searchVal=froz")).await;
    assert_eq!(texts(&found, "/data", "name"), ["frozen"], "a new tag is there for others too");
    assert_eq!(change("dissociateTag", json!(["frozen", before[1]])).await.status, 204);
    let after = names().await;
    assert!(after.len() == 2 && after.contains(&before[0]) && !after.contains(&before[1]), "{after:?}");
    assert_eq!(change("dissociateTag", json!(["no such tag"])).await.status, 404);

    let other = local.get(DESK, &format!("{TICKETS}?limit=10")).await.text("/data/5/id");
    assert_eq!(texts(&local.get(DESK, &format!("{TICKETS}/{other}/tags")).await, "/tags", "name").len(), 3);
}

#[tokio::test]
async fn followers_are_agents() {
    let local = Local::start(&["desk"]).await;
    let agents = local.get(DESK, "/api/v1/agents?from=0&limit=100").await;
    let agents: Vec<Value> = agents.at("/data").as_array().unwrap().clone();
    let id = local.get(DESK, &format!("{TICKETS}?limit=10")).await.text("/data/0/id");
    let list = format!("{TICKETS}/{id}/followers");
    let before = local.get(DESK, &list).await;
    let first = texts(&before, "/data", "id")[0].clone();
    let agent = agents.iter().find(|agent| agent["id"] == *first).unwrap();
    assert_eq!(
        (before.at("/data/0/lastName"), before.at("/data/0/following").is_string()),
        (agent["lastName"].clone(), true)
    );

    let mut all = agents.iter().map(|agent| agent["id"].as_str().unwrap());
    let new = all.rfind(|id| !texts(&before, "/data", "id").contains(&(*id).to_owned())).unwrap();
    let change = |deed: &str, ids: Value| {
        let (local, target) = (&local, format!("{TICKETS}/{id}/{deed}"));
        async move { local.post(DESK, &target, &json!({ "followerIds": ids })).await.status }
    };
    assert_eq!(change("addFollowers", json!([new])).await, 204);
    assert!(texts(&local.get(DESK, &list).await, "/data", "id").contains(&new.to_owned()));
    assert_eq!(change("removeFollowers", json!([first])).await, 204);
    let after = texts(&local.get(DESK, &list).await, "/data", "id");
    assert!(after.contains(&new.to_owned()) && !after.contains(&first));
    assert_eq!(change("addFollowers", json!([first, "7"])).await, 404, "all of them or none");
    assert_eq!(texts(&local.get(DESK, &list).await, "/data", "id"), after);
}

#[tokio::test]
async fn what_lies_below_a_record_is_what_points_at_it() {
    let local = Local::start(&["desk"]).await;
    let ticket = local.get(DESK, &format!("{TICKETS}?limit=10")).await.at("/data/7");
    let text = |name: &str| ticket[name].as_str().unwrap();
    let list = |contact: &str, department: &str| {
        let (local, target) = (&local, format!("/api/v1/contacts/{contact}/tickets?departmentId={department}"));
        async move { local.get(DESK, &target).await }
    };
    let tickets = list(text("contactId"), text("departmentId")).await;
    let ids = texts(&tickets, "/data", "id");
    assert!(ids.contains(&text("id").to_owned()), "{ids:?}");
    assert!(texts(&tickets, "/data", "contactId").iter().all(|id| id == text("contactId")));
    let body = json!({ "subject": "One more", "departmentId": text("departmentId"), "contactId": text("contactId") });
    let made = local.post(DESK, TICKETS, &body).await.text("/id");
    let more = texts(&list(text("contactId"), text("departmentId")).await, "/data", "id");
    assert!(more.contains(&made) && more.len() == ids.len() + 1);

    let contact = local.get(DESK, "/api/v1/contacts?limit=5").await.at("/data/2");
    let account = contact["accountId"].as_str().unwrap();
    let contacts = local.get(DESK, &format!("/api/v1/accounts/{account}/contacts")).await;
    assert!(texts(&contacts, "/data", "id").contains(&contact["id"].as_str().unwrap().to_owned()));
    assert!(texts(&contacts, "/data", "accountId").iter().all(|id| id == account));
    let team = local.get(DESK, "/api/v1/teams").await.text("/teams/0/id");
    let members = local.get(DESK, &format!("/api/v1/teams/{team}/members")).await;
    let agent = members.text("/members/0/id");
    assert_eq!(
        local.get(DESK, &format!("/api/v1/agents/{agent}")).await.at("/lastName"),
        members.at("/members/0/lastName")
    );
}

#[tokio::test]
async fn related_records_are_linked_from_both_sides() {
    let local = Local::start(&["crm"]).await;
    let related = |module: &str, id: &str, list: &str| {
        let (local, target) = (&local, format!("/crm/v8/{module}/{id}/{list}?fields=Last_Name&per_page=200"));
        async move { texts(&local.get(GATEWAY, &target).await, "/data", "id") }
    };
    let first = |module: &str| {
        let (local, target) = (&local, format!("/crm/v8/{module}?fields=Last_Name&per_page=200"));
        async move { texts(&local.get(GATEWAY, &target).await, "/data", "id") }
    };
    let (lead, campaigns) = (first("Leads").await[4].clone(), first("Campaigns").await);
    let before = related("Leads", &lead, "Campaigns").await;
    assert!(before.len() == 3 && before.iter().all(|id| campaigns.contains(id)));
    assert!(related("Campaigns", &before[0], "Leads").await.contains(&lead));

    let new = campaigns.iter().find(|id| !before.contains(id)).unwrap();
    let body = json!({ "data": [{ "id": new, "Member_Status": "Active" }, { "id": "7" }] });
    let list = format!("/crm/v8/Leads/{lead}/Campaigns");
    let said = local.json(Method::PUT, GATEWAY, &list, &body).await;
    assert_eq!(
        (said.status, said.text("/data/0/details/id"), said.text("/data/1/code")),
        (207, new.clone(), "RESOURCE_NOT_FOUND".into())
    );
    assert!(related("Leads", &lead, "Campaigns").await.contains(new));
    assert!(related("Campaigns", new, "Leads").await.contains(&lead));
    let said = local.send(local.request(Method::DELETE, GATEWAY, &format!("{list}?ids={new},{}", before[1]))).await;
    assert_eq!((said.status, said.text("/data/1/code")), (200, "SUCCESS".into()));
    let after = related("Leads", &lead, "Campaigns").await;
    assert!(after.len() == 2 && !after.contains(new) && !after.contains(&before[1]));
    assert!(!related("Campaigns", &before[1], "Leads").await.contains(&lead));
    assert!(first("Campaigns").await.contains(new), "the records stay");
}

#[tokio::test]
async fn tags_of_records_come_and_go() {
    let local = Local::start(&["crm"]).await;
    let lead = local.get(GATEWAY, "/crm/v8/Leads?fields=Last_Name").await.text("/data/0/id");
    let one = format!("/crm/v8/Leads/{lead}");
    let names = || async { texts(&local.get(GATEWAY, &one).await, "/data/0/Tag", "name") };
    let known = texts(&local.get(GATEWAY, "/crm/v8/settings/tags?module=Leads").await, "/tags", "name");
    let before = names().await;
    assert!(!before.is_empty() && before.iter().all(|name| known.contains(name)), "{before:?} of {known:?}");
    let change = |deed: &str, body: Value| {
        let (local, target) = (&local, format!("/crm/v8/Leads/actions/{deed}"));
        async move { local.post(GATEWAY, &target, &body).await }
    };
    let body = json!({ "tags": [{ "name": "Fair" }], "ids": [lead, "7"] });
    let said = change("add_tags", body.clone()).await;
    assert_eq!((said.status, said.text("/data/1/code")), (207, "RESOURCE_NOT_FOUND".into()));
    assert!(texts(&said, "/data/0/details/tags", "name").contains(&"Fair".to_owned()));
    assert_eq!(names().await.len(), before.len() + 1);
    let known = texts(&local.get(GATEWAY, "/crm/v8/settings/tags?module=Leads").await, "/tags", "name");
    assert!(known.contains(&"Fair".to_owned()));
    let elsewhere = texts(&local.get(GATEWAY, "/crm/v8/settings/tags?module=Contacts").await, "/tags", "name");
    assert!(!elsewhere.contains(&"Fair".to_owned()), "a module has its own tags");
    change("add_tags", json!({ "tags": [{ "name": "Booth" }], "ids": [lead], "over_write": true })).await;
    assert_eq!(names().await, ["Booth"]);
    change("add_tags", body).await;
    assert_eq!(change("remove_tags", json!({ "tags": [{ "name": "Booth" }], "ids": [lead] })).await.status, 200);
    assert_eq!(names().await, ["Fair"]);
}

#[tokio::test]
async fn what_belongs_to_a_module_is_listed_for_it() {
    let local = Local::start(&["crm"]).await;
    let list = |path: &str, module: &str| {
        let (local, target) = (&local, format!("/crm/v8/settings/{path}?module={module}"));
        async move { local.get(GATEWAY, &target).await }
    };
    for (path, name) in [("related_lists", "api_name"), ("layouts", "name"), ("fields", "api_name")] {
        let (leads, contacts) = (list(path, "Leads").await, list(path, "Contacts").await);
        assert!(!texts(&leads, &format!("/{path}"), name).is_empty());
        let ids = texts(&leads, &format!("/{path}"), "id");
        assert!(texts(&contacts, &format!("/{path}"), "id").iter().all(|id| !ids.contains(id)), "{path}");
    }
    let lists = list("related_lists", "Accounts").await;
    assert_eq!(lists.text("/related_lists/0/module/api_name"), "Accounts");
    let account = local.get(GATEWAY, "/crm/v8/Accounts?fields=id").await.text("/data/0/id");
    for name in texts(&lists, "/related_lists", "api_name") {
        let related = local.get(GATEWAY, &format!("/crm/v8/Accounts/{account}/{name}?fields=id")).await;
        assert_eq!(related.status, 200, "{name}");
    }
    let layout = list("layouts", "Leads").await.text("/layouts/0/id");
    let get = |module: &str| format!("/crm/v8/settings/layouts/{layout}?module={module}");
    assert_eq!(local.get(GATEWAY, &get("Leads")).await.text("/layouts/0/id"), layout);
    assert_eq!(local.get(GATEWAY, &get("Contacts")).await.status, 404);
}

#[tokio::test]
async fn who_wants_to_hear_of_changes_is_kept() {
    let local = Local::start(&["crm"]).await;
    let watch = "/crm/v8/actions/watch";
    assert_eq!(local.get(GATEWAY, watch).await.status, 204);
    let body = |events: Value, token: &str| {
        let channel = json!({ "channel_id": "1000000068001", "notify_url": "https://example.com/zoho", "events": events, "token": token });
        json!({ "watch": [channel] })
    };
    let said = local.post(GATEWAY, watch, &body(json!(["Leads.all"]), "a")).await;
    assert_eq!(
        (said.status, said.text("/watch/0/code"), said.text("/watch/0/details/events/0/channel_id")),
        (200, "SUCCESS".into(), "1000000068001".into())
    );
    let channels = local.get(GATEWAY, watch).await;
    assert_eq!(texts(&channels, "/watch", "channel_id"), ["1000000068001"]);
    assert_eq!(channels.at("/watch/0/events"), json!(["Leads.all"]));
    let said = local.json(Method::PUT, GATEWAY, watch, &body(json!(["Deals.edit"]), "b")).await;
    assert_eq!(said.status, 200);
    local.post(GATEWAY, watch, &body(json!(["Deals.edit"]), "c")).await;
    let channels = local.get(GATEWAY, &format!("{watch}?channel_id=1000000068001")).await;
    assert_eq!(
        (texts(&channels, "/watch", "token"), channels.at("/watch/0/events/0")),
        (vec!["c".into()], json!("Deals.edit"))
    );
    let gone = local.send(local.request(Method::DELETE, GATEWAY, &format!("{watch}?channel_ids=1000000068001"))).await;
    assert_eq!((gone.status, gone.text("/watch/0/details/channel_id")), (200, "1000000068001".into()));
    assert_eq!(local.get(GATEWAY, watch).await.status, 204);
}

#[tokio::test]
async fn a_note_is_changed_with_an_outcome() {
    let local = Local::start(&["crm"]).await;
    let lead = local.get(GATEWAY, "/crm/v8/Leads?fields=Last_Name").await.text("/data/0/id");
    let notes = format!("/crm/v8/Leads/{lead}/Notes");
    let note = local.get(GATEWAY, &format!("{notes}?fields=Note_Title")).await.text("/data/0/id");
    let body = json!({ "data": [{ "Note_Content": "Has the offer." }] });
    let said = local.json(Method::PUT, GATEWAY, &format!("{notes}/{note}"), &body).await;
    assert_eq!(
        (said.status, said.text("/data/0/code"), said.text("/data/0/details/id")),
        (200, "SUCCESS".into(), note.clone())
    );
    assert_eq!(local.get(GATEWAY, &format!("{notes}/{note}")).await.text("/data/0/Note_Content"), "Has the offer.");
}
