//! Calls of every kind, and what each of them is to have done.

use std::time::Duration;

use serde_json::{Value, json};
use zoho_core::{Client, Error, ErrorKind, Outcome, Reply};

use crate::world::{World, value};

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    List,
    Read,
    Create,
    Update,
    Delete,
    /// Many records made in one request.
    Batch,
    Download,
}

/// A call of an API. Its texts are JSON in which `{word}`, `{id}` and the names of what was found before stand for what
/// they are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    pub(crate) kind: Kind,
    pub(crate) api: &'static str,
    pub(crate) arguments: &'static str,
    /// Where the sandbox's own records are looked up: an API and its arguments, the member that is the id, and the one
    /// that is written.
    pub(crate) own: (&'static str, &'static str, &'static str, &'static str),
}

/// How many records a page has.
pub(crate) const PAGE: u64 = 10;
/// How many records a batch has.
const BATCH: usize = 10;

/// What came of a call.
#[derive(Debug, PartialEq)]
pub(crate) enum Gave {
    Ids(Vec<String>),
    Record(Value),
    Done,
    Outcomes(usize),
    Bytes(Vec<u8>),
}

/// The word of a cell, the record that it is about, and what else its texts name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words(pub(crate) Vec<(String, String)>);

impl Words {
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut words = self.clone();
        words.0.push((name.to_owned(), value.to_owned()));
        words
    }

    /// The JSON of a text with what its names stand for.
    pub(crate) fn fill(&self, text: &str) -> Value {
        let filled =
            self.0.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value));
        serde_json::from_str(&filled).unwrap_or_else(|error| panic!("{filled}: {error}"))
    }
}

impl Call {
    pub(crate) fn writes(&self) -> bool {
        !matches!(self.kind, Kind::List | Kind::Read | Kind::Download)
    }

    /// The sandbox's own records of this kind.
    pub(crate) async fn own_records(&self, world: &World, words: &Words) -> Vec<Value> {
        world.all(self.own.0, &words.fill(self.own.1)).await
    }

    pub(crate) fn id_of(&self, record: &Value) -> String {
        text(&record[self.own.2])
    }

    /// Makes the call, and lets `arm` set what goes wrong: in a list, before its second page.
    pub(crate) async fn make(
        &self,
        world: &World,
        client: &Client,
        words: &Words,
        arm: impl FnOnce(),
    ) -> (Result<Gave, Error>, Option<Error>) {
        let arguments = words.fill(self.arguments);
        match self.kind {
            Kind::List => self.list(world, client, &arguments, arm).await,
            Kind::Batch => {
                arm();
                (self.batch(world, client, &arguments).await, None)
            }
            Kind::Download => {
                arm();
                let invocation = world.invocation(self.api, &arguments);
                let download = async { client.download(&invocation).await?.bytes().await };
                (download.await.map(Gave::Bytes), None)
            }
            _ => {
                arm();
                let reply = client.invoke(&world.invocation(self.api, &arguments)).await;
                (reply.and_then(gave), None)
            }
        }
    }

    /// Reads a list to its end, whatever happens on the way; the error that did.
    async fn list(
        &self,
        world: &World,
        client: &Client,
        arguments: &Value,
        arm: impl FnOnce(),
    ) -> (Result<Gave, Error>, Option<Error>) {
        let invocation = world.invocation(self.api, arguments).with_page_size(PAGE);
        let mut pages = client.pages(invocation).unwrap();
        let (mut ids, mut error) = (Vec::new(), None);
        let mut arm = Some(arm);
        loop {
            match pages.next().await {
                Ok(Some(page)) => ids.extend(page.records.iter().map(|record| self.id_of(&value(record)))),
                Ok(None) => return (Ok(Gave::Ids(ids)), error),
                // A limit of which nobody knows the end is asked for again after a minute.
                Err(failed) if error.is_none() => {
                    world.wait(61);
                    error = Some(failed);
                }
                Err(second) => return (Err(second), error),
            }
            if let Some(arm) = arm.take() {
                arm();
            }
        }
    }

    async fn batch(&self, world: &World, client: &Client, arguments: &Value) -> Result<Gave, Error> {
        let list = world.connector.apis[self.api].batch.clone().unwrap();
        let mut arguments = arguments.clone();
        let one = arguments[&list].take();
        arguments[&list] = json!([]);
        let mut write = client.bulk_write(world.invocation(self.api, &arguments))?;
        write.send(vec![one; BATCH]);
        let outcomes = write.next().await.unwrap();
        assert_eq!(outcomes.len(), BATCH);
        let first = &outcomes[0];
        assert!(outcomes.iter().all(|outcome| outcome.status == first.status), "{outcomes:?}");
        match first.kind {
            None => Ok(Gave::Outcomes(outcomes.iter().filter(|outcome| outcome.status.is_good()).count())),
            Some(kind) => Err(failed(kind, first)),
        }
    }
}

/// An outcome as the error that it is. What may have been carried out must be told as unknown.
fn failed(kind: ErrorKind, outcome: &Outcome) -> Error {
    let error = Error::new(kind, outcome.message.clone().unwrap_or_default());
    assert_eq!(outcome.status.as_str() == "unknown", error.may_have_arrived(), "{outcome:?}");
    error
}

fn gave(reply: Reply) -> Result<Gave, Error> {
    Ok(match reply {
        Reply::Record(record) => Gave::Record(value(&record)),
        Reply::Done => Gave::Done,
        Reply::Outcomes(outcomes) => {
            if let Some(outcome) = outcomes.iter().find(|outcome| !outcome.status.is_good()) {
                let kind = outcome.kind.unwrap_or(ErrorKind::Refused);
                return Err(Error::new(kind, format!("{outcome:?}")));
            }
            Gave::Outcomes(outcomes.len())
        }
        other => panic!("{other:?}"),
    })
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// How long a client waits for a reply that comes too late, and how late that one is.
pub(crate) const PATIENCE: Duration = Duration::from_millis(200);
pub(crate) const LATE_MS: u64 = 400;
