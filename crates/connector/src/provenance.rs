//! Where each word that counts for an API was written: with the API itself, with a style of paging or a type that it names,
//! among the defaults of its group, or with the service.
//!
//! It is worked out from the files when somebody asks, so that reading a connector for a call costs nothing for it.

use std::cell::OnceCell;
use std::fmt;

use crate::connector::{Api, Location, Parameter, Returns};
use crate::source::{Document, FileId, Node, NodeKind, Origin, Route, SourceFile, Step};
use crate::types::Type;

/// A word that counts for an API, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The word with those above it: `paginate.max`, `error.code`, `query include`.
    pub name: String,
    /// What is written there, on one line.
    pub value: String,
    /// Where it was written.
    pub origin: Origin,
    /// What it belongs to.
    pub level: Level,
    /// What says something else, which does not count here.
    pub over: Option<Level>,
}

/// What a word belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Level {
    /// The API itself.
    Own,
    /// A style of paging.
    Style(String),
    /// A type that the API takes members from.
    Type(String),
    /// The defaults of the API's group, or those for its verb.
    Group(Option<String>),
    /// The defaults of the service, or those for the API's verb.
    Defaults(Option<String>),
    /// The service.
    Service,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own => f.write_str("the API"),
            Self::Style(name) => write!(f, "the style `{name}`"),
            Self::Type(name) => write!(f, "the type `{name}`"),
            Self::Group(None) => f.write_str("the defaults of the group"),
            Self::Group(Some(verb)) => write!(f, "the defaults of the group for {verb}"),
            Self::Defaults(None) => f.write_str("the defaults of the service"),
            Self::Defaults(Some(verb)) => write!(f, "the defaults of the service for {verb}"),
            Self::Service => f.write_str("the service"),
        }
    }
}

/// The words of a service that an API may say for itself.
const OF_SERVICE: [&str; 2] = ["auth", "regions"];

/// The words of `responses` that say what an error, and an entry of outcomes, is like.
const OF_ERROR: [&str; 3] = ["code", "message", "field"];
const OF_OUTCOMES: [&str; 8] = ["success", "record", "code", "message", "field", "id", "created", "updated"];

/// The words of a style that say its kind: one of its own takes the place of any other.
const KINDS: [&str; 4] = ["page", "offset", "cursor", "link"];

/// The files of a connector, to ask where words come from.
///
/// ```
/// use zoho_connector::{SourceFile, load::read, provenance::Provenance};
///
/// let files = [SourceFile::new("shelf.yaml", "
/// connector: shelf
/// title: Zoho Shelf
/// base_url: https://shelf.{zoho}
/// responses: { records: data }
/// pagination: { pages: { page: page, limit: size, max: 100, stop: short_page } }
/// apis:
///   books.list: { get: /books, scopes: [], paginate: { pages: { max: 50 } }, returns: [map] }
/// ")];
/// let connector = read(&files).unwrap();
/// let words = Provenance::of(&files).words(connector.api("books.list").unwrap());
/// let size = words.iter().find(|word| word.name == "paginate.max").unwrap();
/// assert_eq!((size.value.as_str(), size.level.to_string().as_str()), ("50", "the API"));
/// ```
#[derive(Debug)]
pub struct Provenance<'a> {
    files: &'a [SourceFile],
    documents: Vec<OnceCell<Option<Document>>>,
    service: FileId,
}

impl<'a> Provenance<'a> {
    /// Of these files, from which the connector was read.
    pub fn of(files: &'a [SourceFile]) -> Self {
        let documents = files.iter().map(|_| OnceCell::new()).collect();
        let mut provenance = Self { files, documents, service: FileId::default() };
        let name = Route::of(["connector"]);
        let service = (0..files.len()).map(FileId).find(|file| provenance.node(*file, &name).is_some());
        provenance.service = service.unwrap_or_default();
        provenance
    }

    /// Where the words of an API come from, in the order of the language: what it sends, how it pages, how its replies are
    /// judged.
    pub fn words(&self, api: &Api) -> Vec<Word> {
        let mut reading = Reading { of: self, api, words: Vec::new() };
        for word in OF_SERVICE {
            reading.either(word, &api.origin.key(word), &self.of_service([word]));
        }
        reading.inputs();
        reading.spellings();
        reading.multipart();
        reading.paginate();
        reading.responses();
        reading.limits();
        reading.words
    }

    fn of_service<const N: usize>(&self, keys: [&str; N]) -> Origin {
        Origin { file: self.service, route: Route::of(keys) }
    }

    /// The node at a place. A file is read when a place in it is asked for.
    fn node(&self, file: FileId, route: &Route) -> Option<&Node> {
        let cell = self.documents.get(file.0)?;
        let document = cell.get_or_init(|| {
            let text = &self.files.get(file.0)?.text;
            Document::parse(text).ok().map(|(document, _)| document)
        });
        document.as_ref()?.node(route)
    }
}

struct Reading<'a> {
    of: &'a Provenance<'a>,
    api: &'a Api,
    words: Vec<Word>,
}

impl Reading<'_> {
    fn at(&self, origin: &Origin) -> Option<&Node> {
        self.of.node(origin.file, &origin.route)
    }

    /// The keys of the map at a place; none where there is no map.
    fn keys(&self, origin: &Origin) -> Vec<String> {
        let Some(NodeKind::Map(entries)) = self.at(origin).map(|node| &node.kind) else { return Vec::new() };
        let text = |node: &Node| match &node.kind {
            NodeKind::Scalar { text, .. } => Some(text.clone()),
            _ => None,
        };
        entries.iter().filter_map(|(key, _)| text(key)).collect()
    }

    /// Adds a word that is written at a place.
    fn add(&mut self, name: &str, origin: &Origin, level: Level, over: Option<Level>) {
        let Some(node) = self.at(origin) else { return };
        let value = inline(node);
        self.words.push(Word { name: name.to_owned(), value, origin: origin.clone(), level, over });
    }

    /// Adds a word of the API's own, or else of the service.
    fn either(&mut self, name: &str, own: &Origin, shared: &Origin) {
        let over = self.at(shared).map(|_| Level::Service);
        match self.at(own) {
            Some(_) => self.add(name, own, Level::Own, over),
            None => self.add(name, shared, Level::Service, None),
        }
    }

    /// The arguments and the constants that are not written with the API: each default, and of a type how many members.
    fn inputs(&mut self) {
        let parameters = self.api.parameters.iter().map(|parameter| (&parameter.sites, &parameter.origin));
        let sites = parameters.flat_map(|(sites, origin)| sites.iter().take(1).map(move |site| (site, origin)));
        let constants = self.api.constants.iter().map(|constant| (&constant.site, &constant.origin));
        let mut types: Vec<(Origin, String, usize)> = Vec::new();
        for (site, origin) in sites.chain(constants) {
            let place = format!("{} {}", site.location, site.wire);
            match self.level(origin) {
                Level::Own => {}
                Level::Type(_) => {
                    let ty =
                        Origin { file: origin.file, route: Route(origin.route.0.iter().take(2).cloned().collect()) };
                    match types.iter_mut().find(|(first, ..)| *first == ty) {
                        Some((_, _, members)) => *members += 1,
                        None => types.push((ty, site.location.to_string(), 1)),
                    }
                }
                level => self.add(&place, origin, level, None),
            }
        }
        for (origin, location, members) in types {
            let level = self.level(&origin);
            let value = if members == 1 { "1 member".to_owned() } else { format!("{members} members") };
            self.words.push(Word { name: location, value, origin, level, over: None });
        }
    }

    /// What a place belongs to.
    fn level(&self, origin: &Origin) -> Level {
        let key = |at: usize| match origin.route.0.get(at) {
            Some(Step::Key(key)) => &**key,
            _ => "",
        };
        let of_file = |verb: Option<String>| {
            if origin.file == self.of.service { Level::Defaults(verb) } else { Level::Group(verb) }
        };
        match (key(0), key(1)) {
            ("types", name) => Level::Type(name.to_owned()),
            ("defaults", "by_verb") => of_file(Some(key(2).to_owned())),
            ("defaults", _) => of_file(None),
            ("apis", name) if name == self.api.name => Level::Own,
            _ => Level::Service,
        }
    }

    /// How the service spells dates, times and lists, where the API is given some.
    fn spellings(&mut self) {
        let api = self.api;
        let given = |is: fn(&Type) -> bool| api.parameters.iter().any(|parameter| is(item_of(&parameter.ty)));
        let in_fields = |parameter: &Parameter| parameter.is_at(Location::Query) || parameter.is_at(Location::Form);
        let is_list = |parameter: &Parameter| {
            in_fields(parameter) && matches!(&parameter.ty, Type::List { item, .. } if item.is_scalar())
        };
        for (name, is_given) in [
            ("times.date", given(|ty| *ty == Type::Date(None))),
            ("times.time", given(|ty| *ty == Type::Time(None))),
            ("lists", api.parameters.iter().any(is_list)),
        ] {
            if is_given {
                let place = Origin { file: self.of.service, route: Route::of(name.split('.')) };
                self.add(name, &place, Level::Service, None);
            }
        }
    }

    /// The limits that the API counts to.
    fn limits(&mut self) {
        for name in std::iter::once("default").chain(self.api.rate.as_deref()) {
            let place = self.of.of_service(["rate_limits", name]);
            self.add(&format!("rate_limits.{name}"), &place, Level::Service, None);
        }
    }

    fn multipart(&mut self) {
        let own = self.api.origin.key("multipart");
        let defaults = |file| Origin { file, route: Route::of(["defaults", "multipart"]) };
        let all = [own, defaults(self.api.origin.file), defaults(self.of.service)];
        let mut there = all.into_iter().filter(|origin| self.at(origin).is_some());
        if let (true, Some(first)) = (self.api.multipart, there.next()) {
            let over = there.next().map(|origin| self.level(&origin));
            let level = self.level(&first);
            self.add("multipart", &first, level, over);
        }
    }

    /// The words of the style, each the style's or what the API says instead.
    fn paginate(&mut self) {
        let Some(pagination) = &self.api.paginate else { return };
        let name = &pagination.style;
        let (own, shared) = (self.api.origin.key("paginate").key(name), self.of.of_service(["pagination", name]));
        let (changed, usual) = (self.keys(&own), self.keys(&shared));
        let own_cost = self.api.origin.key("cost");
        let has_own_cost = self.at(&own_cost).is_some();
        let other_kind = changed.iter().any(|key| KINDS.contains(&key.as_str()));
        for key in &usual {
            let word = format!("paginate.{key}");
            if key == "cost" && has_own_cost {
                self.add("cost", &own_cost, Level::Own, Some(Level::Style(name.clone())));
            } else if changed.contains(key) {
                self.add(&word, &own.key(key), Level::Own, Some(Level::Style(name.clone())));
            } else if !(other_kind && KINDS.contains(&key.as_str())) {
                self.add(&word, &shared.key(key), Level::Style(name.clone()), None);
            }
        }
        for key in changed.iter().filter(|key| !usual.contains(key)) {
            let replaces = KINDS.contains(&key.as_str()).then(|| Level::Style(name.clone()));
            self.add(&format!("paginate.{key}"), &own.key(key), Level::Own, replaces);
        }
    }

    fn responses(&mut self) {
        let (own, shared) = (self.api.origin.clone(), self.of.of_service(["responses"]));
        let of_content = match &self.api.returns {
            Returns::Many(_) => Some("records"),
            Returns::One(_) => Some("record"),
            Returns::Nothing | Returns::File => None,
        };
        for word in of_content.into_iter().chain(["success", "empty"]) {
            self.either(word, &own.key(word), &shared.key(word));
        }
        for part in OF_ERROR {
            self.either(&format!("error.{part}"), &own.key("error").key(part), &shared.key("error").key(part));
        }
        if self.api.responses.outcomes.is_some() {
            self.either("outcomes.at", &own.key("outcomes").key("at"), &shared.key("outcomes").key("at"));
            for part in OF_OUTCOMES.into_iter().chain(["unchanged"]) {
                let (own, shared) = (own.key("outcomes").key(part), shared.key("outcomes").key(part));
                self.either(&format!("outcomes.{part}"), &own, &shared);
            }
        }
        for (from, level) in [(own.key("classify"), Level::Own), (shared.key("classify"), Level::Service)] {
            for kind in self.keys(&from) {
                self.add(&format!("classify.{kind}"), &from.key(&kind), level.clone(), None);
            }
        }
    }
}

/// The type of a list's entries, or the type itself.
fn item_of(ty: &Type) -> &Type {
    match ty {
        Type::List { item, .. } => item_of(item),
        ty => ty,
    }
}

/// What is written, on one line.
fn inline(node: &Node) -> String {
    match &node.kind {
        NodeKind::Scalar { text, plain: true } => text.clone(),
        NodeKind::Scalar { text, plain: false } => format!("{text:?}"),
        NodeKind::List(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        NodeKind::Map(entries) => {
            let entry = |(key, value): &(Node, Node)| format!("{}: {}", inline(key), inline(value));
            format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}
