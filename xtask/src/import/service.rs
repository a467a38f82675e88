//! The service: what its connector says already, or the draft of one.

use std::collections::{BTreeMap, BTreeSet};

use super::apart::NamedType;
use super::apis::Api;
use super::bases::Base;
use super::changes;
use super::draft::entry_of;
use super::paging::{self, Kind, Paging, Style};
use super::reply::Outcomes;
use super::yaml::{Long, Node, write};
use crate::definitions::operation::{Operation, Place};
use crate::definitions::shape::{Member, Shape};
use crate::definitions::words::{type_name, words};

/// The first line of every file of a connector.
pub(crate) const SCHEMA_LINE: &str = "# yaml-language-server: $schema=../../schemas/connector.schema.json\n";

/// The line that tells a draft from a person's file.
pub(crate) const DRAFT_LINE: &str =
    "# A draft by `cargo xtask import`. Who takes this line away owns the file: it is never written over then.\n";

/// A path parameter of this many APIs is declared once.
const OFTEN: usize = 4;

/// What all APIs of a service share.
#[derive(Debug, Clone, Default)]
pub(crate) struct Service {
    /// Whether a person wrote its connector.
    pub(crate) is_known: bool,
    /// What the person wrote.
    pub(crate) text: String,
    /// Its bases, the usual one first.
    pub(crate) bases: Vec<Base>,
    /// The services of its scopes.
    pub(crate) prefixes: Vec<String>,
    /// Its styles of paging.
    pub(crate) styles: Vec<(String, Paging)>,
    /// The styles that go on by windows of time, which a list needs a time of change for.
    pub(crate) windowed: BTreeSet<String>,
    /// Where its lists have their records.
    pub(crate) records: Option<String>,
    /// Where it has the one record.
    pub(crate) record: Option<String>,
    /// How its bulk replies look.
    pub(crate) outcomes: Option<Outcomes>,
    /// Its types, with the names of their members.
    pub(crate) types: BTreeMap<String, BTreeSet<String>>,
    /// Path parameters that are no ids.
    pub(crate) path: BTreeMap<String, String>,
    /// Its values of the connection: the name, and the name on the wire.
    pub(crate) connection: Vec<(String, String)>,
    /// Those of them that are in paths, so that each path says which it needs.
    pub(crate) in_path: BTreeSet<String>,
    /// The places of those values.
    pub(crate) places: Vec<&'static str>,
    /// The APIs that list the choices of a value, which they do without.
    pub(crate) discovers: Vec<(String, String)>,
    /// The members of its errors.
    pub(crate) error: Vec<String>,
    /// Whether an empty list is a 204.
    pub(crate) has_empty: bool,
    /// Whether a success says `code: 0`.
    pub(crate) has_code: bool,
    /// Whether replies are JSON:API.
    pub(crate) json_api: bool,
}

impl Service {
    /// Learns from APIs what the connector does not say already.
    pub(crate) fn learn(&mut self, apis: &mut [Api], all: &[Operation]) {
        self.json_api = all.iter().any(|operation| operation.json_api);
        let in_path = |name: &String| all.iter().any(|operation| operation.path.contains(&format!("{{{name}}}")));
        self.in_path = self.connection.iter().map(|(_, wire)| wire.clone()).filter(in_path).collect();
        if self.is_known {
            apis.iter_mut().for_each(|api| self.give_pages_back(api));
            return;
        }
        let place = |wire: &String| if self.in_path.contains(wire) { "path" } else { place_of(wire, all) };
        self.places = self.connection.iter().map(|(_, wire)| place(wire)).collect();
        give_sizes_back(apis);
        let lists: Vec<&Paging> = apis.iter().filter_map(|api| api.paging.as_ref()).collect();
        let outcomes = apis.iter().filter_map(|api| api.answer.outcomes.as_ref());
        self.outcomes = most(outcomes.map(|outcomes| Outcomes { at: String::new(), ..outcomes.clone() }));
        self.styles = paging::styles(&lists);
        self.records = usual(apis.iter().filter_map(|api| api.answer.records.clone()).collect());
        let is_one = |api: &&Api| matches!(api.answer.returns, super::reply::Returns::One(_));
        self.record = usual(apis.iter().filter(is_one).map(|api| api.answer.record.clone()).collect()).flatten();
        self.error = most(all.iter().map(|operation| operation.error.clone()).filter(|error| !error.is_empty()))
            .unwrap_or_default();
        self.has_empty = all
            .iter()
            .any(|operation| operation.verb == zoho_connector::Verb::Get && operation.statuses.contains(&204));
        let told = |operation: &&Operation| match &operation.reply {
            crate::definitions::operation::Reply::Json(shape) => shape.object().is_some_and(|object| {
                object.member("code").is_some_and(|code| code.shape == Shape::Int) && object.member("message").is_some()
            }),
            _ => false,
        };
        self.has_code = all.iter().filter(told).count() * 2 > all.len();
        let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
        for parameter in apis.iter().flat_map(|api| api.operation.at(Place::Path)) {
            if parameter.member.shape != Shape::Id {
                let key = (parameter.member.name.clone(), super::draft::type_text(&parameter.member.shape));
                *counts.entry(key).or_default() += 1;
            }
        }
        self.path = counts.into_iter().filter(|(_, count)| *count >= OFTEN).map(|(key, _)| key).collect();
    }

    /// Where the connector has no style for a list, its parameters are as others are.
    fn give_pages_back(&self, api: &mut Api) {
        let Some(paging) = api.paging.take() else { return };
        if self.style_of(&paging, api).is_some() {
            api.paging = Some(paging);
            return;
        }
        let remark =
            format!("the connector has no style for paging by `{}`: it is left to the caller", paging.style.at);
        api.operation.remarks.push(remark);
        api.operation.parameters.extend(paging.taken);
    }

    /// Whether a path parameter need not be declared by an API.
    pub(crate) fn knows_path(&self, member: &Member) -> bool {
        let text = super::draft::type_text(&member.shape);
        match self.path.get(&member.name) {
            Some(known) => *known == text,
            None => member.shape == Shape::Id,
        }
    }

    /// The style of a list, with its name.
    pub(crate) fn style_of(&self, paging: &Paging, api: &Api) -> Option<(&str, &Paging)> {
        let same = |style: &&(String, Paging)| style.1.style == paging.style;
        let alike = |style: &&(String, Paging)| {
            (style.1.style.kind, &style.1.style.at, &style.1.style.limit)
                == (paging.style.kind, &paging.style.at, &paging.style.limit)
        };
        // A search has a style of its own where one is called so.
        let last = api.named.name.rsplit('.').next().unwrap_or_default();
        let goes_on = |name: &str| !self.windowed.contains(name) || changes::of(api).is_some();
        let called = |style: &&(String, Paging)| alike(style) && last == style.0 && goes_on(last);
        let known = || self.styles.iter().find(alike).filter(|_| self.is_known);
        let found = self.styles.iter().find(called).or_else(|| self.styles.iter().find(same)).or_else(known);
        found.map(|(name, style)| (name.as_str(), style))
    }

    /// The values of the connection that an API does without: those that the source does not name there, and one that
    /// it lists the choices of.
    pub(crate) fn without(&self, api: &Api) -> Vec<String> {
        let is_without = |(name, wire): &&(String, String)| {
            let discovers = self.discovers.iter().any(|(of, by)| of == name && *by == api.named.name);
            !self.in_path.contains(wire) && (discovers || api.without.contains(wire))
        };
        self.connection.iter().filter(is_without).map(|(name, _)| name.clone()).collect()
    }

    /// The draft of the service's file.
    pub(crate) fn file(&self, name: &str, shared: &[NamedType]) -> String {
        let mut text = format!("{SCHEMA_LINE}{DRAFT_LINE}");
        let mut put = |key: &str, node: &Node| write(&mut text, 0, key, node, Long::Block);
        put("connector", &Node::text(name));
        let title = if name.len() <= 3 { name.to_uppercase() } else { type_name(&words(name)) };
        put("title", &Node::text(format!("Zoho {title}")));
        let (usual, further) =
            self.bases.split_first().map_or((None, &[][..]), |(usual, further)| (Some(usual), further));
        put("base_url", &Node::text(usual.map_or("https://www.{zoho}", |base| &base.url)));
        if !further.is_empty() {
            text.push_str("bases:\n");
            further.iter().for_each(|base| write(&mut text, 2, &base.name, &Node::text(&base.url), Long::Block));
        }
        let mut put = |key: &str, node: &Node| write(&mut text, 0, key, node, Long::Block);
        if !self.prefixes.is_empty() {
            put("scope_prefix", &Node::texts(self.prefixes.clone()));
        }
        self.sections(&mut text, shared);
        text
    }

    fn sections(&self, text: &mut String, shared: &[NamedType]) {
        let map = |members: Vec<(&str, Node)>| {
            Node::Map(members.into_iter().map(|(key, node)| (key.to_owned(), node)).collect())
        };
        let mut section = |key: &str, members: Vec<(String, Node)>, long: Long| {
            if members.is_empty() {
                return;
            }
            text.push_str(&format!("\n{key}:\n"));
            members.iter().for_each(|(key, node)| write(text, 2, key, node, long));
        };
        let path: Vec<(String, Node)> = self.path.iter().map(|(name, ty)| (name.clone(), Node::text(ty))).collect();
        let defaults = if path.is_empty() { vec![] } else { vec![("path".to_owned(), Node::Map(path))] };
        section("defaults", defaults, Long::Block);
        let places = self.connection.iter().zip(&self.places);
        let values = places.map(|((name, _), place)| (name.clone(), map(vec![("in", Node::text(*place))])));
        section("connection", values.collect(), Long::Block);
        section("responses", self.responses(), Long::Block);
        let styles = self.styles.iter().map(|(name, paging)| (name.clone(), style_node(paging)));
        section("pagination", styles.collect(), Long::Block);
        section("types", shared.to_vec(), Long::Filled);
    }

    fn responses(&self) -> Vec<(String, Node)> {
        let mut words: Vec<(String, Node)> = Vec::new();
        let text = |text: &str| Node::text(text);
        let lifted = || Node::Map(vec![("at".to_owned(), text("data")), ("lift".to_owned(), text("attributes"))]);
        if self.json_api {
            words.push(("records".to_owned(), lifted()));
            words.push(("record".to_owned(), lifted()));
        } else {
            words.extend(self.records.iter().map(|records| ("records".to_owned(), text(records))));
            words.extend(self.record.iter().map(|record| ("record".to_owned(), text(record))));
        }
        if self.has_code {
            words.push(("success".to_owned(), Node::Map(vec![("code".to_owned(), Node::Plain("0".to_owned()))])));
        }
        if self.has_empty {
            let status = Node::Map(vec![("http".to_owned(), Node::Plain("204".to_owned()))]);
            words.push(("empty".to_owned(), Node::List(vec![status])));
        }
        let named = |names: &[&str]| self.error.iter().find(|name| names.contains(&name.as_str())).cloned();
        let code = named(&["errorCode", "code", "error_code"]).or_else(|| self.has_code.then(|| "code".to_owned()));
        let message = named(&["message", "errorMessage", "error_message"])
            .or_else(|| self.has_code.then(|| "message".to_owned()));
        let error: Vec<(String, Node)> = [("code", code), ("message", message)]
            .into_iter()
            .filter_map(|(word, name)| Some((word.to_owned(), Node::text(name?))))
            .collect();
        if !error.is_empty() {
            words.push(("error".to_owned(), Node::Map(error)));
        }
        words.extend(self.outcomes.as_ref().map(|outcomes| ("outcomes".to_owned(), Node::Map(entry_of(outcomes)))));
        words
    }

    /// What a person has to decide about the service itself.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if !self.is_known {
            remarks.extend(
                self.bases
                    .iter()
                    .filter(|base| !base.is_certain)
                    .map(|base| format!("the host of {} is a guess: the source names none of Zoho's", base.url)),
            );
            remarks.extend(
                self.styles
                    .iter()
                    .filter(|(_, paging)| paging.style.limit.is_none())
                    .map(|(name, _)| format!("the style `{name}` sends no size: no list of it says the largest")),
            );
            remarks.push(
                "limits, regions, the spelling of times and the kinds of `classify` are not in a definition".to_owned(),
            );
        }
        remarks
    }
}

fn style_node(paging: &Paging) -> Node {
    let style = &paging.style;
    let number = |word: &str, value: Option<u64>| value.map(|value| (word.to_owned(), Node::Plain(value.to_string())));
    let mut words = vec![(style.kind.key().to_owned(), Node::text(&style.at))];
    words.extend(number("first", paging.first));
    words.extend(style.limit.as_ref().map(|limit| ("limit".to_owned(), Node::text(limit))));
    words.extend(number("min", paging.min));
    words.extend(number("max", paging.max));
    words.push(match (&style.end, style.kind) {
        (Some(next), Kind::Cursor) => ("next".to_owned(), Node::text(next)),
        (Some(more), _) => ("more".to_owned(), Node::text(more)),
        (None, _) if style.limit.is_none() => ("stop".to_owned(), Node::text("empty_page")),
        (None, _) => ("stop".to_owned(), Node::text("short_page")),
    });
    Node::Map(words)
}

/// The value that most have, where a quarter have it.
fn usual<T: PartialEq + Clone>(values: Vec<T>) -> Option<T> {
    let best = most(values.iter().cloned())?;
    (values.iter().filter(|value| **value == best).count() * 4 >= values.len()).then_some(best)
}

/// A size that nothing bounds is a parameter as others are: without it the service decides how large a page is.
fn give_sizes_back(apis: &mut [Api]) {
    let lists = apis.iter().filter_map(|api| api.paging.as_ref());
    let bounded: Vec<Style> = lists.filter(|paging| paging.max.is_some()).map(|paging| paging.style.clone()).collect();
    for api in apis {
        let Some(paging) = api.paging.as_mut().filter(|paging| !bounded.contains(&paging.style)) else { continue };
        let Some(limit) = paging.style.limit.take() else { continue };
        paging.min = None;
        api.operation.parameters.extend(paging.taken.iter().filter(|taken| taken.member.name == limit).cloned());
    }
}

/// Where most operations have a parameter.
fn place_of(name: &str, operations: &[Operation]) -> &'static str {
    let named =
        |place| operations.iter().flat_map(|operation| operation.at(place)).filter(|p| p.member.name == name).count();
    if named(Place::Header) > named(Place::Query) { "header" } else { "query" }
}

/// The value that most have, of several the first.
fn most<T: PartialEq + Clone>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: Vec<(T, usize)> = Vec::new();
    for value in values {
        match counts.iter_mut().find(|(known, _)| *known == value) {
            Some((_, count)) => *count += 1,
            None => counts.push((value, 1)),
        }
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(value, _)| value)
}
