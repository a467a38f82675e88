//! What a call counts to: its classes of limits, whose calls are counted together, and what it costs.

use std::sync::Arc;

use serde_json::Value;
use zoho_connector::limits::RateLimit;
use zoho_connector::pagination::PageKind;
use zoho_connector::{Connector, Environment};

use crate::connection::Connection;
use crate::invocation::{Argument, Invocation};
use crate::request::Change;

/// The class that counts every call.
const EVERY_CALL: &str = "default";

/// A call, as its limits see it.
#[derive(Debug)]
pub(super) struct Counted {
    /// What it counts to: the class of its API before the one of every call.
    pub(super) classes: Vec<Class>,
    /// What it costs.
    pub(super) cost: u64,
}

/// A class that a call counts to, and the key of those who are counted together.
#[derive(Debug)]
pub(super) struct Class {
    connector: Arc<Connector>,
    position: Option<usize>,
    pub(super) key: String,
}

impl Class {
    /// The declared limit; none where a service declares nothing.
    pub(super) fn limit(&self) -> Option<&RateLimit> {
        self.position.and_then(|position| Some(self.connector.rate_limits.get_index(position)?.1))
    }

    pub(super) fn concurrent(&self) -> Option<(u64, u64)> {
        self.limit()?.concurrent
    }
}

impl Counted {
    pub(super) fn new(invocation: &Invocation, connection: &Connection, changes: &[Change]) -> Self {
        let (connector, api) = (invocation.connector(), invocation.api());
        let own = api.rate.as_deref().filter(|name| *name != EVERY_CALL);
        let mut classes: Vec<Class> = own
            .into_iter()
            .chain([EVERY_CALL])
            .filter_map(|name| connector.rate_limits.get_full(name))
            .map(|(position, name, limit)| Class {
                connector: Arc::clone(connector),
                position: Some(position),
                key: key(name, &limit.per, invocation, connection),
            })
            .collect();
        if classes.is_empty() {
            let key = key(EVERY_CALL, &["user".to_owned()], invocation, connection);
            classes.push(Class { connector: Arc::clone(connector), position: None, key });
        }
        Self { classes, cost: cost(invocation, changes) }
    }
}

/// The parts of a key: service, class, place, and who.
pub(super) const PARTS_OF_KEY: usize = 4;

fn key(class: &str, per: &[String], invocation: &Invocation, connection: &Connection) -> String {
    let place = connection.endpoint.as_ref().map_or(connection.data_center.id.as_str(), |endpoint| endpoint.as_str());
    let mut key = String::with_capacity(128);
    push_part(&mut key, &invocation.connector().name);
    key.push('\t');
    push_part(&mut key, class);
    key.push('\t');
    push_part(&mut key, place);
    if connection.environment != Environment::Production {
        key.push(' ');
        push_part(&mut key, connection.environment.as_str());
    }
    key.push('\t');
    let mut before = "";
    for word in per {
        if let Some(who) = who(word, invocation, connection) {
            key.push_str(before);
            push_part(&mut key, &who);
            before = ", ";
        }
    }
    key
}

/// Adds a part of a key, of which nothing looks like the end.
fn push_part(key: &mut String, part: &str) {
    let mut before = "";
    for piece in part.trim().split('\t') {
        key.push_str(before);
        key.push_str(piece);
        before = " ";
    }
}

/// Whose calls are counted together, by a word of `per`.
fn who(word: &str, invocation: &Invocation, connection: &Connection) -> Option<String> {
    let connector = invocation.connector();
    let named = |what: &str, name: &str| [what, " ", name].concat();
    Some(match word {
        "org" => {
            // An organisation is what a connection chooses; a service where nothing is chosen has the account's own.
            let chosen = connector.connection.iter().filter_map(|(name, value)| {
                value.site.as_ref()?;
                Some(named(name, connection.value(connector, name)?))
            });
            let chosen: Vec<String> = chosen.collect();
            if chosen.is_empty() { named("connection", &connection.name) } else { chosen.join(", ") }
        }
        "user" | "token" => named("connection", &connection.name),
        "client" => named("client", connection.client.as_ref().map_or("", |client| client.id.as_str())),
        "api" => named("api", &invocation.api().name),
        "ip" => return None,
        parameter => match invocation.argument(parameter) {
            Some(Argument::Value(Value::String(text))) => named(parameter, text),
            Some(Argument::Value(value)) => named(parameter, &value.to_string()),
            Some(Argument::Files(_)) | None => return None,
        },
    })
}

fn cost(invocation: &Invocation, changes: &[Change]) -> u64 {
    let Some(cost) = &invocation.api().cost else { return 1 };
    let entries = |name: &str| invocation.value(name).and_then(Value::as_array).map_or(0, Vec::len) as u64;
    cost.of_call(entries, || records_before(invocation, changes))
}

/// How many records stand before the page that is asked for.
fn records_before(invocation: &Invocation, changes: &[Change]) -> u64 {
    let Some(paginate) = &invocation.api().paginate else { return 0 };
    let asked = paginate.place().and_then(|place| {
        changes.iter().find_map(|change| match change {
            Change::Set(at, value) if at == place => value.as_u64().or_else(|| value.as_str()?.parse().ok()),
            _ => None,
        })
    });
    let size = || invocation.page_size().map_or_else(|| paginate.size(), |wish| Some(paginate.size_near(wish)));
    match (&paginate.kind, asked) {
        (PageKind::Offset { first, .. }, Some(offset)) => offset.saturating_sub(*first),
        (PageKind::Page { first, .. }, Some(page)) => page.saturating_sub(*first) * size().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use zoho_connector::{RequestPlace, SourceFile, load::read};

    use super::*;
    use crate::invocation::Arguments;

    const YAML: &str = "
connector: depot
title: Zoho Depot
base_url: https://depot.{zoho}
connection: { orgId: { in: header } }
responses: { records: data }
pagination:
  offset: { offset: from, first: 1, limit: limit, max: 100, stop: short_page, cost: [3, 5 past 2000, 10 past 10000] }
  pages: { page: page, first: 1, limit: limit, max: 100, stop: short_page, cost: [3, 5 past 2000] }
rate_limits:
  default: { per: [org] }
  folder: { per: [user, api, folder] }
types: { Box: { id!: id } }
apis:
  boxes.list: { get: /boxes, scopes: [], paginate: offset, returns: [Box] }
  boxes.pages: { get: /pages, scopes: [], paginate: pages, returns: [Box] }
  boxes.own: { get: /own, scopes: [], paginate: offset, cost: 1, returns: [Box] }
  boxes.folder: { get: '/folders/{folder}', scopes: [], rate: folder, returns: [Box] }
";

    fn counted(api: &str, arguments: Arguments, at: Option<(&str, u64)>) -> Counted {
        let connector = Arc::new(read(&[SourceFile::new("depot.yaml", YAML)]).unwrap());
        let invocation = Invocation::new(&connector, api, arguments).unwrap();
        let mut connection = Connection::new("work", "eu").unwrap();
        connection.values.insert("orgId".into(), "7".into());
        let change = at.map(|(place, value)| Change::Set(RequestPlace::parse(place).unwrap(), json!(value)));
        Counted::new(&invocation, &connection, change.as_slice())
    }

    #[test]
    fn a_page_costs_by_the_records_before_it() {
        let cost = |api, place, value| counted(api, Arguments::new(), Some((place, value))).cost;
        let offsets = [1, 1901, 2001, 10_001].map(|offset| cost("boxes.list", "from", offset));
        assert_eq!(offsets, [3, 3, 5, 10]);
        assert_eq!([1, 20, 21, 500].map(|page| cost("boxes.pages", "page", page)), [3, 3, 5, 5]);
        assert_eq!(cost("boxes.own", "from", 50_000), 1);
        assert_eq!(counted("boxes.list", Arguments::new(), None).cost, 3);
    }

    #[test]
    fn a_call_counts_to_its_class_and_to_that_of_every_call() {
        let folder = Arguments::new().with("folder", "a\tb");
        let keys: Vec<String> =
            counted("boxes.folder", folder, None).classes.into_iter().map(|class| class.key).collect();
        assert_eq!(
            keys,
            ["depot\tfolder\teu\tconnection work, api boxes.folder, folder a b", "depot\tdefault\teu\torgId 7"]
        );
    }
}
