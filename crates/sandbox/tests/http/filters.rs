//! Filters whose names say what they do: parts of texts, days before and after, numbers, states.

use serde_json::{Value, json};

use crate::support::{GATEWAY, Local, encoded};

const MAIL: &str = "mail.zoho.com";
const SPRINTS: &str = "sprintsapi.zoho.com";

/// The invoices or items that a query wants.
async fn books(local: &Local, list: &str, pairs: &[(&str, &str)]) -> Vec<Value> {
    let organization = local.sandbox.connection_value("books", "organization_id").unwrap();
    let all = [pairs, &[("organization_id", organization.as_str()), ("per_page", "200")]].concat();
    let said = local.get(GATEWAY, &format!("/books/v3/{list}?{}", encoded(&all))).await;
    said.at(&format!("/{list}")).as_array().unwrap().clone()
}

#[tokio::test]
async fn days_bound_a_list() {
    let local = Local::start(&["books"]).await;
    let all = books(&local, "invoices", &[]).await;
    let mut days: Vec<&str> = all.iter().map(|invoice| invoice["date"].as_str().unwrap()).collect();
    days.sort_unstable();
    let (from, to) = (days[30], days[80]);
    let wants = |bounds: Vec<(&'static str, String)>| {
        let local = &local;
        async move {
            let pairs: Vec<(&str, &str)> = bounds.iter().map(|(name, day)| (*name, day.as_str())).collect();
            books(local, "invoices", &pairs).await.len()
        }
    };
    let count = |fits: &dyn Fn(&str) -> bool| days.iter().filter(|day| fits(day)).count();
    let (f, t) = (from.to_owned(), to.to_owned());
    assert_eq!(
        wants(vec![("date_start", f.clone()), ("date_end", t.clone())]).await,
        count(&|day| day >= from && day <= to)
    );
    assert_eq!(
        wants(vec![("date_after", f.clone()), ("date_before", t.clone())]).await,
        count(&|day| day > from && day < to)
    );
    assert_eq!(wants(vec![("date", f)]).await, count(&|day| day == from));
    let due = all.iter().filter(|invoice| invoice["due_date"].as_str().unwrap() < to).count();
    assert_eq!(wants(vec![("due_date_before", t)]).await, due);
    let made: Vec<&str> = all.iter().map(|invoice| &invoice["created_time"].as_str().unwrap()[..10]).collect();
    let on = |day: &str| made.iter().filter(|made| **made == day).count();
    assert_eq!(wants(vec![("created_date", made[40].to_owned())]).await, on(made[40]));
    let since = made.iter().filter(|day| **day >= made[40] && **day <= made[60]).count();
    let bounds = vec![("created_date_start", made[40].to_owned()), ("created_date_end", made[60].to_owned())];
    assert_eq!(wants(bounds).await, since);
    let paid = all.iter().filter(|invoice| invoice["status"] == "paid").count();
    assert_eq!(wants(vec![("filter_by", "Status.Paid".to_owned())]).await, paid);
    let items = books(&local, "items", &[]).await;
    let cheap = items.iter().filter(|item| item["rate"].as_str().unwrap().parse::<f64>().unwrap() < 300.0).count();
    assert_eq!(books(&local, "items", &[("rate_less_than", "300")]).await.len(), cheap);
    assert!(paid > 0 && cheap > 0 && cheap < items.len() && due > 0 && due < all.len());
}

#[tokio::test]
async fn texts_are_found_where_the_call_says() {
    let local = Local::start(&["mail", "workdrive"]).await;
    let account = local.sandbox.connection_value("mail", "accountId").unwrap();
    let search = |key: String| {
        let (local, target) = (
            &local,
            format!("/api/accounts/{account}/messages/search?{}", encoded(&[("searchKey", &key), ("limit", "200")])),
        );
        async move { local.get(MAIL, &target).await.at("/data").as_array().unwrap().clone() }
    };
    let one = local.get(MAIL, &format!("/api/accounts/{account}/messages/view?limit=5")).await.at("/data/2");
    let (subject, sender) = (one["subject"].as_str().unwrap(), one["sender"].as_str().unwrap());
    let found = search(format!("subject:{}::sender:{sender}", &subject[..9])).await;
    assert!(found.iter().any(|message| message["messageId"] == one["messageId"]));
    assert!(found.iter().all(|message| message["sender"] == sender), "{found:?}");
    assert!(search("subject:no such subject".to_owned()).await.is_empty());
    let to = one["toAddress"].as_str().unwrap();
    assert!(search(format!("to:{to}")).await.iter().all(|message| message["toAddress"] == to));
    assert!(!search(format!("entire:{sender}")).await.is_empty());

    let team = local.sandbox.connection_value("workdrive", "team").unwrap();
    let search = |name: &'static str, text: String| {
        let query = encoded(&[(name, text.as_str()), ("page[limit]", "50")]);
        let target = format!("/workdrive/api/v1/teams/{team}/records?{query}");
        let request =
            local.request(reqwest::Method::GET, GATEWAY, &target).header("accept", "application/vnd.api+json");
        let local = &local;
        async move { local.send(request).await.at("/data").as_array().unwrap().clone() }
    };
    let all = search("search[all]", "a".to_owned()).await;
    let name = all[0]["attributes"]["name"].as_str().unwrap();
    let found = search("search[name]", name[..4].to_uppercase()).await;
    assert!(!found.is_empty());
    assert!(found.iter().all(|file| file["attributes"]["name"].as_str().unwrap().contains(&name[..4])), "{found:?}");
    assert!(search("search[name]", "no such name".to_owned()).await.is_empty());
    assert!(search("search[content]", "no such text".to_owned()).await.is_empty());
}

#[tokio::test]
async fn a_count_is_that_of_the_list() {
    let local = Local::start(&["sprints"]).await;
    let team = local.sandbox.connection_value("sprints", "team").unwrap();
    let get = |rest: String| {
        let (local, target) = (&local, format!("/zsapi/team/{team}/{rest}"));
        async move { local.get(SPRINTS, &target).await.json() }
    };
    let first = |said: Value, ids: &str| said[ids][0].as_str().unwrap().to_owned();
    let project = first(get("projects/?action=data&index=1&range=10".to_owned()).await, "projectIds");
    let sprint = first(get(format!("projects/{project}/sprints/?action=data&index=1&range=10")).await, "sprintIds");
    let items = format!("projects/{project}/sprints/{sprint}/item/");
    let listed = get(format!("{items}?action=data&index=1&range=250")).await;
    let counted = get(format!("{items}?action=itemcountdata")).await;
    assert_eq!(counted["count"], json!(listed["itemIds"].as_array().unwrap().len()));
    assert!(counted["count"].as_u64() > Some(0));
}
