//! The matrix: each fault with each kind of call, and with each style of paging.

use serde_json::Value;
use zoho_core::{Error, TransportOptions};
use zoho_sandbox::Fault;

use crate::calls::{Call, Gave, Kind, LATE_MS, PATIENCE, Words, text};
use crate::rules::{Seen, expected, faults, is_about};
use crate::world::{World, carried_out};

/// A cell of the matrix, and what it was found to do.
struct Cell<'a> {
    world: &'a World,
    call: &'a Call,
    words: &'a Words,
    fault: &'a Value,
    seen: Seen,
    /// The sandbox's own records before.
    before: &'a [Value],
}

/// What a call gives and how many requests it takes where nothing goes wrong.
struct Calm {
    gave: Gave,
    requests: usize,
}

impl Cell<'_> {
    /// Whether it was as it must be; else what was not.
    async fn check(&self, calm: &Calm) -> Result<(), String> {
        let (world, call) = (self.world, self.call);
        let mut builder = world.builder();
        if self.fault["delay_ms"] == LATE_MS {
            builder = builder.transport(TransportOptions { read_timeout: PATIENCE, ..TransportOptions::default() });
        }
        let client = builder.build().unwrap();
        let mut before = world.sandbox.requests().len();
        let arm = || {
            before = world.sandbox.requests().len();
            world.sandbox.add_fault(serde_json::from_value::<Fault>(self.fault.clone()).unwrap());
        };
        let (result, on_the_way) = call.make(world, &client, self.words, arm).await;
        let asked = world.asked_since(before);
        let expected = expected(self.seen, call.kind, &world.connector, call.api);
        let error = on_the_way.as_ref().or(result.as_ref().err());
        let seen = error.map(Error::kind);
        if seen != expected.error {
            return Err(format!("it ended in {seen:?} ({}), not in {:?}", words(error), expected.error));
        }
        let moves = matches!(self.fault["fault"].as_str(), Some("repeat" | "move"));
        if !moves && asked.len() != calm.requests + expected.more {
            return Err(format!("it took {} requests, not {} and {}", asked.len(), calm.requests, expected.more));
        }
        match &result {
            Ok(gave) => self.check_given(gave, calm)?,
            Err(error) if carried_out(&asked) > 0 && !error.may_have_arrived() => {
                return Err(format!("it was carried out, and is told as not: {error}"));
            }
            Err(_) => {}
        }
        self.check_records(result.is_ok(), &asked).await
    }

    fn check_given(&self, gave: &Gave, calm: &Calm) -> Result<(), String> {
        let same = match (gave, &calm.gave) {
            // What is written has another word each time, and another id.
            (Gave::Record(record), Gave::Record(_)) if self.call.kind != Kind::Read => !record.is_null(),
            (gave, calm) => gave == calm,
        };
        if same { Ok(()) } else { Err(format!("it gave {}", cut(&format!("{gave:?}")))) }
    }

    /// The sandbox's own records tell what was done, and that it was done once.
    async fn check_records(&self, is_good: bool, asked: &[Value]) -> Result<(), String> {
        let call = self.call;
        if !call.writes() {
            return Ok(());
        }
        let after = call.own_records(self.world, self.words).await;
        let word = &self.words.0.iter().find(|(name, _)| name == "word").unwrap().1;
        let found = after.iter().filter(|record| text(&record[call.own.3]) == *word).count();
        let (id, was) = (self.words.0.iter().find(|(name, _)| name == "id").map(|(_, id)| id), carried_out(asked));
        let (wanted, done) = match call.kind {
            Kind::Delete => {
                let is_there = after.iter().any(|record| Some(&call.id_of(record)) == id);
                if after.len() + usize::from(!is_there) != self.before.len() {
                    return Err("another record is gone".to_owned());
                }
                (1, usize::from(!is_there))
            }
            Kind::Batch => (10, found),
            _ => (1, found),
        };
        let repeatable = self.world.connector.apis[call.api].idempotent;
        if was > 1 && !repeatable {
            return Err(format!("it was carried out {was} times"));
        }
        if done != wanted * was.min(1) {
            return Err(format!("{done} records show it, and it was carried out {was} times"));
        }
        if is_good && was == 0 { Err("it is told as done, and was not carried out".to_owned()) } else { Ok(()) }
    }
}

fn words(error: Option<&Error>) -> String {
    error.map(ToString::to_string).unwrap_or_default()
}

fn cut(text: &str) -> String {
    text.chars().take(300).collect()
}

/// Runs a call with each fault, and gives what was not as it must be.
async fn row(world: &World, call: &Call, words: &Words) -> (usize, Vec<String>) {
    let (mut cells, mut wrong) = (0, Vec::new());
    let (mut calm, mut before, mut is_stale): (Option<Calm>, Vec<Value>, bool) = (None, Vec::new(), false);
    for (number, (fault, seen)) in [(Value::Null, Seen::Whole)].into_iter().chain(faults()).enumerate() {
        if !fault.is_null() && !is_about(&fault, seen, call.kind, &world.connector, call.api) {
            continue;
        }
        // What only reads changes nothing.
        if calm.is_none() || call.writes() || is_stale {
            world.sign_in_again();
            before = call.own_records(world, words).await;
        }
        // A deletion takes the last; all else is about the first.
        let about = if call.kind == Kind::Delete { before.last() } else { before.first() };
        let own = words.with("word", &format!("{} {number}", call.kind.word()));
        let own = about.map_or(own.clone(), |record| own.with("id", &call.id_of(record)));
        let Some(calm) = &calm else {
            let client = world.client();
            let mut start = world.sandbox.requests().len();
            let begun = || start = world.sandbox.requests().len();
            let (result, _) = call.make(world, &client, &own, begun).await;
            let gave = result.unwrap_or_else(|error| panic!("{}: {error} {:?}", call.api, error.hint()));
            calm = Some(Calm { gave, requests: world.asked_since(start).len() });
            continue;
        };
        let cell = Cell { world, call, words: &own, fault: &fault, seen, before: &before };
        cells += 1;
        let checked = cell.check(calm).await;
        // The list stands still again, and the tokens live.
        world.sandbox.set_fault_mix(None);
        is_stale = matches!(fault["fault"].as_str(), Some("expire_token" | "clock")) || fault["retry_after"] == 3600;
        if let Err(what) = checked {
            wrong.push(format!("{} {:?} × {fault}: {what}", call.api, call.kind));
        }
    }
    (cells, wrong)
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Read => "read",
            Self::Create => "made",
            Self::Update => "changed",
            Self::Delete => "gone",
            Self::Batch => "many",
            Self::Download => "file",
        }
    }
}

async fn all(world: &World, words: Words, calls: &[Call]) {
    let (mut cells, mut wrong) = (0, Vec::new());
    for call in calls {
        let (count, faults) = row(world, call, &words).await;
        cells += count;
        wrong.extend(faults);
    }
    eprintln!("{}: {cells} cells", world.connector.name);
    assert!(wrong.is_empty(), "{} of {cells} cells\n{}", wrong.len(), wrong.join("\n"));
}

fn call(
    kind: Kind,
    api: &'static str,
    arguments: &'static str,
    own: (&'static str, &'static str, &'static str, &'static str),
) -> Call {
    Call { kind, api, arguments, own }
}

/// Pages by an offset that ends in a short page.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn desk() {
    let world = World::start("desk", &[("/tickets", 25), ("/contacts", 5)]).await;
    let first = async |api: &str| text(&world.all(api, &Value::Object(Default::default())).await[0]["id"]);
    let (department, contact, ticket) =
        (first("departments.list").await, first("contacts.list").await, first("tickets.list").await);
    let words = Words::default();
    let words = words.with("department", &department).with("contact", &contact).with("ticket", &ticket);
    let attachments = world.all("tickets.attachments.list", &words.fill(r#"{"ticketId":"{ticket}"}"#)).await;
    let words = words.with("attachment", &text(&attachments[0]["id"]));
    let own = ("tickets.list", "{}", "id", "subject");
    all(
        &world,
        words,
        &[
            call(Kind::List, "tickets.list", "{}", own),
            call(Kind::Read, "tickets.get", r#"{"ticketId":"{id}"}"#, own),
            call(
                Kind::Create,
                "tickets.create",
                r#"{"subject":"{word}","departmentId":"{department}","contactId":"{contact}"}"#,
                own,
            ),
            call(Kind::Update, "tickets.update", r#"{"ticketId":"{id}","subject":"{word}"}"#, own),
            call(
                Kind::Download,
                "tickets.attachments.download",
                r#"{"ticketId":"{ticket}","attachmentId":"{attachment}"}"#,
                own,
            ),
        ],
    )
    .await;
}

/// Pages by number, then by token; batches, and an outcome for each of their records.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crm() {
    let world = World::start("crm", &[("/Leads", 35)]).await;
    let own = ("records.list", r#"{"module":"Leads","fields":["Last_Name"]}"#, "id", "Last_Name");
    all(
        &world,
        Words::default(),
        &[
            call(Kind::List, "records.list", r#"{"module":"Leads","fields":["Last_Name"]}"#, own),
            call(Kind::Read, "records.get", r#"{"module":"Leads","id":"{id}"}"#, own),
            call(
                Kind::Batch,
                "records.insert",
                r#"{"module":"Leads","data":{"Last_Name":"{word}","Company":"Zylker"}}"#,
                own,
            ),
            call(
                Kind::Update,
                "records.update",
                r#"{"module":"Leads","data":[{"id":"{id}","Last_Name":"{word}"}]}"#,
                own,
            ),
            call(Kind::Delete, "records.delete", r#"{"module":"Leads","ids":["{id}"]}"#, own),
            call(
                Kind::List,
                "coql.query",
                r#"{"select_query":"select id, Last_Name from Leads where id is not null"}"#,
                own,
            ),
        ],
    )
    .await;
}

/// Pages by number, of which a reply says whether more follow.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn books() {
    let world = World::start("books", &[("/contacts", 25)]).await;
    let own = ("contacts.list", "{}", "contact_id", "contact_name");
    all(
        &world,
        Words::default(),
        &[
            call(Kind::List, "contacts.list", "{}", own),
            call(Kind::Read, "contacts.get", r#"{"contact_id":"{id}"}"#, own),
            call(Kind::Create, "contacts.create", r#"{"contact_name":"{word}"}"#, own),
            call(Kind::Update, "contacts.update", r#"{"contact_id":"{id}","contact_name":"{word}"}"#, own),
            call(Kind::Delete, "contacts.delete", r#"{"contact_id":"{id}"}"#, own),
        ],
    )
    .await;
}

/// Pages by a token in a header; batches that go to a form while lists are of a report.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn creator() {
    let world = World::start("creator", &[("creator.Record", 450)]).await;
    let own = ("records.list", r#"{"report":"All_Orders"}"#, "ID", "ID");
    all(
        &world,
        Words::default(),
        &[
            call(Kind::List, "records.list", r#"{"report":"All_Orders"}"#, own),
            call(Kind::Read, "records.get", r#"{"report":"All_Orders","id":"{id}"}"#, own),
        ],
    )
    .await;
}

/// Pages by a link.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workdrive() {
    let world = World::start("workdrive", &[("workdrive.File", 45)]).await;
    let folder = text(&world.all("team_folders.list", &Words::default().fill("{}")).await[0]["id"]);
    let words = Words::default().with("folder", &folder);
    let own = ("files.list", r#"{"folder_id":"{folder}"}"#, "id", "name");
    all(
        &world,
        words,
        &[
            call(Kind::List, "files.list", r#"{"folder_id":"{folder}"}"#, own),
            call(Kind::Create, "files.create_folder", r#"{"parent_id":"{folder}","name":"{word}"}"#, own),
            call(Kind::Download, "files.download", r#"{"resource_id":"{id}"}"#, own),
        ],
    )
    .await;
}

/// Pages by an offset within the JSON of a parameter.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sign() {
    let world = World::start("sign", &[("/requests", 45)]).await;
    let own = ("requests.list", "{}", "request_id", "request_name");
    all(
        &world,
        Words::default(),
        &[
            call(Kind::List, "requests.list", "{}", own),
            call(Kind::Read, "requests.get", r#"{"request_id":"{id}"}"#, own),
        ],
    )
    .await;
}
