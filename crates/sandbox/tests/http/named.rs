//! Records that a path names by another member than their key, lists that change by linking, and what is taken away by
//! what it is like.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{DESK, Local, Said};

fn texts(said: &Said, list: &str, name: &str) -> Vec<String> {
    if said.status == 204 {
        return Vec::new();
    }
    said.at(list).as_array().unwrap().iter().map(|entry| entry[name].as_str().unwrap().to_owned()).collect()
}

/// The text of a member of the first record of a list.
async fn first(local: &Local, list: &str, name: &str) -> String {
    texts(&local.get(DESK, &format!("/api/v1{list}")).await, "/data", name)[0].clone()
}

#[tokio::test]
async fn an_agent_is_found_by_the_address() {
    let local = Local::start(&["desk"]).await;
    let agents = local.get(DESK, "/api/v1/agents?limit=10").await;
    let agent = agents.at("/data/4");
    let address = agent["emailId"].as_str().unwrap();
    let found = local.get(DESK, &format!("/api/v1/agents/email/{address}")).await;
    assert_eq!((found.status, found.at("/id")), (200, agent["id"].clone()));
    let same = local.get(DESK, &format!("/api/v1/agents/email/{}", address.to_uppercase())).await;
    assert_eq!(same.at("/id"), agent["id"]);
    assert_eq!(local.get(DESK, "/api/v1/agents/email/nobody@example.com").await.status, 404);
    assert_eq!(local.get(DESK, &format!("/api/v1/agents/{address}")).await.status, 404, "an address is no id");
}

#[tokio::test]
async fn an_article_has_one_translation_for_each_language() {
    let local = Local::start(&["desk"]).await;
    let article = first(&local, "/articles", "id").await;
    let translations = format!("/api/v1/articles/{article}/translations");
    let locales = || async { texts(&local.get(DESK, &translations).await, "/data", "locale") };
    let before = locales().await;
    assert!(before.len() > 2 && before.contains(&"fr".to_owned()), "{before:?}");
    assert!(before.iter().all(|locale| before.iter().filter(|other| *other == locale).count() == 1), "{before:?}");

    let french = local.get(DESK, &format!("{translations}/fr")).await;
    assert_eq!((french.status, french.text("/locale")), (200, "fr".into()));
    let said = local.json(Method::PATCH, DESK, &format!("{translations}/fr"), &json!({ "title": "La tête" })).await;
    assert_eq!((said.status, said.at("/id")), (200, french.at("/id")));
    assert_eq!(local.get(DESK, &format!("{translations}/fr")).await.text("/title"), "La tête");
    assert_ne!(local.get(DESK, &format!("{translations}/{}", before[1])).await.text("/title"), "La tête");

    assert_eq!(local.get(DESK, &format!("{translations}/fr/comments")).await.status, 200);
    assert_eq!(local.get(DESK, &format!("{translations}/xx/comments")).await.status, 404);
    assert_eq!(local.post(DESK, &format!("{translations}/fr/moveToTrash"), &json!({})).await.status, 204);
    assert_eq!(local.get(DESK, &format!("{translations}/fr")).await.status, 404);
    assert!(!locales().await.contains(&"fr".to_owned()));
    let body = json!({ "locale": "fr", "title": "Neuf", "answer": "-", "authorId": "1", "status": "Draft" });
    assert_eq!(local.post(DESK, &translations, &body).await.status, 200);
    assert_eq!(local.get(DESK, &format!("{translations}/fr")).await.text("/title"), "Neuf");
}

#[tokio::test]
async fn what_an_edition_has_is_asked_by_its_code() {
    let local = Local::start(&["desk"]).await;
    let check = |code: &str| format!("/api/v1/licenses/features/{code}/availability");
    let features = local.get(DESK, "/api/v1/licenses/features").await.at("/data");
    for feature in features.as_array().unwrap().iter().take(3) {
        let said = local.get(DESK, &check(feature["featureCode"].as_str().unwrap())).await;
        assert_eq!((said.status, said.at("/isAllowed")), (200, feature["isAllowed"].clone()));
    }
    assert_eq!(local.get(DESK, &check("custom_modules")).await.status, 200);
    assert_eq!(local.get(DESK, &check("no_such_thing")).await.status, 404);
}

/// Links and unlinks, and what the list has after each.
struct List<'a> {
    local: &'a Local,
    list: String,
    key: &'a str,
}

impl List<'_> {
    async fn has(&self, id: &str) -> bool {
        let target = format!("/api/v1{}", self.list);
        texts(&self.local.get(DESK, &target).await, "/data", self.key).contains(&id.to_owned())
    }

    /// Adds what the list lacks and takes it out again.
    async fn add_and_remove(&self, id: &str, (verb, add): (&str, (&str, Value)), remove: (&str, &str, Value)) {
        assert!(!self.has(id).await, "{} has {id} already", self.list);
        self.does(verb, add.0, &add.1).await;
        assert!(self.has(id).await, "{} lacks {id}", self.list);
        self.does(remove.0, remove.1, &remove.2).await;
        assert!(!self.has(id).await, "{} still has {id}", self.list);
    }

    async fn does(&self, verb: &str, path: &str, body: &Value) {
        let verb = Method::from_bytes(verb.as_bytes()).unwrap();
        let said = self.local.json(verb, DESK, &format!("/api/v1{path}"), body).await;
        assert!(matches!(said.status, 200 | 204), "{path}: {} {}", said.status, String::from_utf8_lossy(&said.bytes));
    }
}

/// The id of a record of a list that another list lacks.
async fn other(local: &Local, all: &str, list: &List<'_>) -> String {
    let all = texts(&local.get(DESK, &format!("/api/v1{all}")).await, "/data", list.key);
    for id in all {
        if !list.has(&id).await {
            return id;
        }
    }
    panic!("{} has everything", list.list)
}

#[tokio::test]
async fn an_agent_comes_into_a_department_and_leaves_it() {
    let local = Local::start(&["desk"]).await;
    let department = first(&local, "/departments", "id").await;
    let list = List { local: &local, list: format!("/departments/{department}/agents?limit=200"), key: "id" };
    let agent = other(&local, "/agents?limit=100", &list).await;
    let path = |deed: &str| format!("/departments/{department}/{deed}");
    let body = json!({ "agentIds": [agent] });
    let add = ("POST", (&*path("associateAgents"), body.clone()));
    list.add_and_remove(&agent, add, ("POST", &path("dissociateAgents"), body)).await;
    let own = local.get(DESK, &format!("/api/v1/agents/{agent}")).await.at("/associatedDepartmentIds");
    assert!(!own.as_array().unwrap().contains(&json!(department)));
}

#[tokio::test]
async fn what_a_path_names_is_taken_out_of_the_list_before_it() {
    let local = Local::start(&["desk"]).await;
    let contact = first(&local, "/contacts", "id").await;
    let list = List { local: &local, list: format!("/contacts/{contact}/accounts"), key: "id" };
    let account = other(&local, "/accounts?limit=50", &list).await;
    let add = json!({ "data": [{ "id": account, "isAccountTicketsViewable": true }] });
    let add = ("POST", (&*format!("/contacts/{contact}/associateAccounts"), add));
    let remove = format!("/contacts/{contact}/accounts/{account}/dissociate");
    list.add_and_remove(&account, add, ("PATCH", &remove, json!({}))).await;
}

#[tokio::test]
async fn what_is_in_the_bin_is_in_no_list() {
    let local = Local::start(&["desk"]).await;
    let product = first(&local, "/products", "id").await;
    let list = List { local: &local, list: format!("/products/{product}/accounts"), key: "id" };
    let account = first(&local, &list.list, "id").await;
    list.does("POST", "/accounts/moveToTrash", &json!({ "accountIds": [account] })).await;
    assert!(!list.has(&account).await);
}

#[tokio::test]
async fn an_agreement_of_one_account_is_given_to_another() {
    let local = Local::start(&["desk"]).await;
    let accounts = texts(&local.get(DESK, "/api/v1/accounts?limit=10").await, "/data", "id");
    let list = List { local: &local, list: format!("/accounts/{}/sla", accounts[0]), key: "id" };
    let other = first(&local, &format!("/accounts/{}/sla", accounts[1]), "id").await;
    let path = format!("/accounts/{}/sla/{other}", accounts[0]);
    let (add, remove) = (json!({ "associate": true }), json!({ "associate": false }));
    list.add_and_remove(&other, ("POST", (&path, add)), ("POST", &path, remove)).await;
    assert_eq!(first(&local, &format!("/accounts/{}/sla", accounts[1]), "id").await, other, "it stays where it was");
}

#[tokio::test]
async fn a_user_gets_a_label_and_loses_it() {
    let local = Local::start(&["desk"]).await;
    let label = first(&local, "/labels", "id").await;
    let list = List { local: &local, list: format!("/labels/{label}/users?limit=50"), key: "id" };
    let user = other(&local, "/users", &list).await;
    let body = json!({ "userIds": [user] });
    let path = |deed: &str| format!("/labels/{label}/users/{deed}");
    let add = ("POST", (&*path("add"), body.clone()));
    list.add_and_remove(&user, add, ("POST", &path("remove"), body)).await;
}

#[tokio::test]
async fn a_file_of_one_article_is_put_beside_another() {
    let local = Local::start(&["desk"]).await;
    let articles = texts(&local.get(DESK, "/api/v1/articles?limit=5").await, "/data", "id");
    let place = |at: usize| format!("/articles/{}/translations/fr", articles[at]);
    let list = List { local: &local, list: format!("{}/attachments", place(0)), key: "resourceId" };
    let file = first(&local, &format!("{}/attachments", place(1)), "resourceId").await;
    let body = json!({ "attachmentIds": [file] });
    let add = ("POST", (&*format!("{}/associateAttachments", place(0)), body.clone()));
    list.add_and_remove(&file, add, ("POST", &format!("{}/dissociateAttachments", place(0)), body)).await;
}

#[tokio::test]
async fn there_is_an_approval_for_each_who_is_asked() {
    let local = Local::start(&["desk"]).await;
    let ticket = first(&local, "/tickets", "id").await;
    let agents = texts(&local.get(DESK, "/api/v1/agents?limit=10").await, "/data", "id");
    let path = format!("/api/v1/tickets/{ticket}/approvals");
    let before = texts(&local.get(DESK, &path).await, "/data", "id").len();
    let body = json!({ "subject": "A print head", "approverIds": [agents[0], agents[1]] });
    let made = local.post(DESK, &path, &body).await;
    let asked = |said: &Said, list: &str| -> Vec<Value> {
        let all = said.at(list);
        let own = all.as_array().unwrap().iter().filter(|approval| approval["subject"] == "A print head");
        own.map(|approval| approval["approver"]["id"].clone()).collect()
    };
    assert_eq!((made.status, asked(&made, "/approvals")), (200, vec![json!(agents[0]), json!(agents[1])]));
    let after = local.get(DESK, &path).await;
    assert_eq!((texts(&after, "/data", "id").len(), asked(&after, "/data").len()), (before + 2, 2));
    let id = made.text("/approvals/1/id");
    assert_eq!(local.get(DESK, &format!("{path}/{id}")).await.at("/approver/id"), json!(agents[1]));
}

#[tokio::test]
async fn the_spam_of_a_department_is_emptied() {
    let local = Local::start(&["desk"]).await;
    let tickets = local.get(DESK, "/api/v1/tickets?limit=50").await.at("/data");
    let tickets = tickets.as_array().unwrap();
    let count = |department: &Value| tickets.iter().filter(|ticket| ticket["departmentId"] == *department).count();
    let large = tickets.iter().map(|ticket| &ticket["departmentId"]).max_by_key(|department| count(department));
    let department = large.unwrap().clone();
    let (here, there): (Vec<&Value>, Vec<&Value>) =
        tickets.iter().partition(|ticket| ticket["departmentId"] == department);
    let spam = [&here[0]["id"], &there[0]["id"]];
    let said = local.post(DESK, "/api/v1/tickets/markSpam", &json!({ "ids": spam, "isSpam": true })).await;
    assert!(matches!(said.status, 200 | 204), "{}", said.status);
    let said = local.post(DESK, "/api/v1/tickets/emptySpam", &json!({ "departmentId": department })).await;
    assert_eq!(said.status, 204);
    let status = |ticket: &Value| {
        let (local, target) = (&local, format!("/api/v1/tickets/{}", ticket.as_str().unwrap()));
        async move { local.get(DESK, &target).await.status }
    };
    assert_eq!(status(spam[0]).await, 404);
    assert_eq!(
        [status(spam[1]).await, status(&here[1]["id"]).await],
        [200, 200],
        "other spam, and what is none, stays"
    );
}

#[tokio::test]
async fn a_job_can_be_asked_for_records_by_their_ids() {
    let local = Local::start(&["desk"]).await;
    let ticket = first(&local, "/tickets", "id").await;
    let body = json!({ "contactEmailId": "mira.okafor@example.com", "ids": [ticket, "7"] });
    let job = local.post(DESK, "/api/v1/subjectAccessRequests/export", &body).await;
    assert_eq!(job.status, 200);
    let path = format!("/api/v1/subjectAccessRequests/{}", job.text("/id"));
    local.get(DESK, &path).await;
    let done = local.get(DESK, &path).await;
    let address = url::Url::parse(&done.text("/downloadURL")).unwrap();
    let file = local.send(local.request(Method::GET, address.host_str().unwrap(), address.path())).await;
    assert_eq!(file.status, 200);
    assert_eq!(&file.bytes[..2], b"PK", "a zip");
    assert_eq!(texts(&local.get(DESK, "/api/v1/subjectAccessRequests").await, "/data", "id"), [job.text("/id")]);
}

#[tokio::test]
async fn the_sandbox_says_which_arguments_lead_to_records() {
    let local = Local::start(&["desk"]).await;
    let all = local.control(Method::GET, "arguments/desk", &json!(null)).await.json();
    let text = |api: &str, name: &str| all[api][name].as_str().unwrap_or_else(|| panic!("{api} {name}")).to_owned();
    let (ticket, comment) = (text("tickets.comments.get", "ticketId"), text("tickets.comments.get", "commentId"));
    let said = local.get(DESK, &format!("/api/v1/tickets/{ticket}/comments/{comment}")).await;
    assert_eq!((said.status, said.text("/id")), (200, comment));
    assert!(text("agents.get_by_email", "emailId").contains('@'));
    let one = local.control(Method::GET, "arguments/desk/tickets.comments.get", &json!(null)).await.json();
    assert_eq!(one, json!({ "tickets.comments.get": all["tickets.comments.get"] }));
    assert_eq!(local.control(Method::GET, "arguments/crm", &json!(null)).await.status, 404);
}
