//! What is generated, under its names: groups, APIs, arguments.

use indexmap::IndexMap;
use zoho_connector::{Api, Connector, Parameter, Returns};

use crate::names::{Names, is_taken_type, pascal, snake};
use crate::rust_type::RustType;
use crate::shapes::{ENTRY, REPLY, Shapes};

/// A service's bindings.
#[derive(Debug)]
pub(crate) struct Model<'c> {
    pub(crate) connector: &'c Connector,
    pub(crate) shapes: Shapes<'c>,
    /// The name of its client.
    pub(crate) client: String,
    /// The name of a variable of it.
    pub(crate) variable: String,
    /// The groups, each before those within it. The first is the service itself.
    pub(crate) groups: Vec<Group<'c>>,
}

/// A group of APIs: what stands before a dot in their names.
#[derive(Debug)]
pub(crate) struct Group<'c> {
    /// The words of its name; none for the service itself.
    pub(crate) path: Vec<String>,
    /// The method that leads to it.
    pub(crate) method: String,
    /// The struct of it.
    pub(crate) name: String,
    /// The module of it: that of its first word.
    pub(crate) module: String,
    /// The groups within it, by position.
    pub(crate) inner: Vec<usize>,
    pub(crate) apis: Vec<ApiModel<'c>>,
}

/// An API.
#[derive(Debug)]
pub(crate) struct ApiModel<'c> {
    pub(crate) api: &'c Api,
    /// Its struct.
    pub(crate) name: String,
    /// The method that makes it.
    pub(crate) method: String,
    pub(crate) kind: Kind,
    /// What its method takes.
    pub(crate) needed: Vec<Argument<'c>>,
    /// What is set afterwards.
    pub(crate) optional: Vec<Argument<'c>>,
}

/// An argument.
#[derive(Debug)]
pub(crate) struct Argument<'c> {
    pub(crate) parameter: &'c Parameter,
    pub(crate) name: String,
    pub(crate) ty: RustType,
}

/// What is done with an API.
#[derive(Debug)]
pub(crate) enum Kind {
    /// It is sent, and that is all.
    Nothing,
    /// It gives one record.
    One(RustType),
    /// It gives a list.
    Many {
        record: RustType,
        /// Whether the size of its pages can be wished for.
        is_sized: bool,
    },
    /// It gives a file.
    File,
    /// It gives what became of each record that was sent.
    Outcomes {
        /// The list that is sent in parts: its argument and the type of an entry.
        batch: Option<(String, RustType)>,
    },
    /// It starts a job.
    Job {
        /// What the reply has.
        reply: RustType,
    },
}

impl<'c> Model<'c> {
    /// The bindings of a connector.
    pub(crate) fn new(connector: &'c Connector) -> Self {
        let shapes = Shapes::new(connector);
        let mut groups = groups(connector);
        for at in 0..groups.len() {
            let path = groups[at].path.join(".");
            let own = connector.apis.values().filter(|api| parent_of(&api.name) == path);
            let module = groups[at].module.clone();
            let mut names = type_names(&groups, &module, at);
            let mut methods = method_names(&groups, at);
            groups[at].apis = own.map(|api| api_model(&shapes, api, &mut names, &mut methods)).collect();
        }
        let client = pascal(&connector.name);
        let client = if is_taken_type(&client) { format!("Zoho{client}") } else { client };
        Self { connector, shapes, client, variable: snake(&connector.name), groups }
    }

    /// An API with its group.
    pub(crate) fn find(&self, name: &str) -> Option<(&Group<'c>, &ApiModel<'c>)> {
        self.groups.iter().find_map(|group| {
            let api = group.apis.iter().find(|api| api.api.name == name)?;
            Some((group, api))
        })
    }

    /// The methods that lead from the client to a group.
    pub(crate) fn way_to(&self, group: &Group<'c>) -> Vec<&str> {
        let steps = (1..=group.path.len()).filter_map(|length| {
            let step = self.groups.iter().find(|other| other.path.as_slice() == &group.path[..length])?;
            Some(step.method.as_str())
        });
        steps.collect()
    }
}

/// The group of an API: all before the last dot.
fn parent_of(api: &str) -> &str {
    api.rsplit_once('.').map_or("", |(group, _)| group)
}

fn groups<'c>(connector: &'c Connector) -> Vec<Group<'c>> {
    let mut paths: IndexMap<Vec<String>, ()> = IndexMap::new();
    paths.insert(Vec::new(), ());
    for api in connector.apis.keys() {
        let words: Vec<String> = parent_of(api).split('.').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        (1..=words.len()).for_each(|length| {
            paths.insert(words[..length].to_vec(), ());
        });
    }
    let paths: Vec<Vec<String>> = paths.into_keys().collect();
    let mut modules = Names::with(&TAKEN_MODULES);
    let mut module_of: IndexMap<String, String> = IndexMap::new();
    let group = |path: &Vec<String>| {
        let first = path.first().cloned().unwrap_or_default();
        let inner =
            paths.iter().enumerate().filter(|(_, other)| other.len() == path.len() + 1 && other.starts_with(path));
        let module = if path.is_empty() {
            String::new()
        } else {
            module_of.entry(first).or_insert_with_key(|first| modules.snake(snake(first))).clone()
        };
        Group {
            path: path.clone(),
            method: path.last().map(|word| snake(word)).unwrap_or_default(),
            name: String::new(),
            module,
            inner: inner.map(|(at, _)| at).collect(),
            apis: Vec::new(),
        }
    };
    let mut groups: Vec<Group<'c>> = paths.iter().map(group).collect();
    name_groups(&mut groups);
    groups
}

/// The struct of a group has its name, and within another's module the name of what is behind the first word.
fn name_groups(groups: &mut [Group<'_>]) {
    let mut by_module: IndexMap<String, Names> = IndexMap::new();
    for group in groups.iter_mut().filter(|group| !group.path.is_empty()) {
        let own = if group.path.len() == 1 { group.path.clone() } else { group.path[1..].to_vec() };
        let wanted = pascal(&own.join("_"));
        let wanted = if is_taken_type(&wanted) { format!("{wanted}Group") } else { wanted };
        group.name = by_module.entry(group.module.clone()).or_default().pascal(wanted);
    }
    let mut methods = Names::with(&SERVICE_METHODS);
    for group in groups.iter_mut().filter(|group| group.path.len() == 1) {
        group.method = methods.snake(group.method.clone());
    }
}

/// The modules that generated code speaks of: its own, and the crates that it uses.
const TAKEN_MODULES: [&str; 3] = ["types", "std", "zoho"];

/// The methods that every client has.
const SERVICE_METHODS: [&str; 2] = ["client", "new"];

/// The names of structs that are taken in the module of a group: those of groups, and of APIs of the groups before.
fn type_names(groups: &[Group<'_>], module: &str, at: usize) -> Names {
    let here = groups.iter().filter(|group| group.module == module);
    let of_groups = here.clone().map(|group| group.name.as_str());
    let of_apis = groups[..at].iter().filter(|group| group.module == module).flat_map(|group| &group.apis);
    let taken: Vec<&str> = of_groups.chain(of_apis.map(|api| api.name.as_str())).collect();
    Names::with(&taken)
}

/// The names of methods that are taken in a group: those that lead to groups within it.
fn method_names(groups: &[Group<'_>], at: usize) -> Names {
    let taken: Vec<&str> = groups[at].inner.iter().map(|inner| groups[*inner].method.as_str()).collect();
    Names::with(&taken)
}

fn api_model<'c>(shapes: &Shapes<'c>, api: &'c Api, names: &mut Names, methods: &mut Names) -> ApiModel<'c> {
    let behind_first = api.name.split_once('.').map_or(api.name.as_str(), |(_, rest)| rest);
    let wanted = pascal(behind_first);
    let wanted = if is_taken_type(&wanted) { format!("{wanted}Api") } else { wanted };
    let kind = kind_of(shapes, api);
    let batch = match &kind {
        Kind::Outcomes { batch: Some((list, _)) } => Some(list.clone()),
        _ => None,
    };
    let mut taken = Names::default();
    let arguments = api.parameters.iter().filter(|parameter| batch.as_deref() != Some(&parameter.name));
    let arguments = arguments.map(|parameter| Argument {
        parameter,
        name: taken.snake(snake(&parameter.name)),
        ty: shapes.rust_type(&parameter.name, &parameter.ty),
    });
    let is_needed = |argument: &Argument<'_>| argument.parameter.required && argument.parameter.default.is_none();
    let (needed, optional) = arguments.partition(is_needed);
    let last = api.name.rsplit('.').next().unwrap_or_default();
    ApiModel { api, name: names.pascal(wanted), method: methods.snake(snake(last)), kind, needed, optional }
}

fn kind_of(shapes: &Shapes<'_>, api: &Api) -> Kind {
    if api.responses.outcomes.is_some() {
        let list = api.batch.as_ref().and_then(|name| api.parameter(name));
        let batch = list.and_then(|list| match shapes.rust_type(&list.name, &list.ty) {
            RustType::List(item) => Some((list.name.clone(), *item)),
            _ => None,
        });
        return Kind::Outcomes { batch };
    }
    if api.job.is_some() {
        let reply = match &api.returns {
            Returns::One(ty) => shapes.rust_type(REPLY, ty),
            _ => RustType::Engine("Record"),
        };
        return Kind::Job { reply };
    }
    match &api.returns {
        Returns::Nothing => Kind::Nothing,
        Returns::One(ty) => Kind::One(shapes.rust_type(REPLY, ty)),
        Returns::Many(ty) => {
            let is_sized = api.paginate.as_ref().is_some_and(|paginate| paginate.limit.is_some());
            Kind::Many { record: shapes.rust_type(ENTRY, ty), is_sized }
        }
        Returns::File => Kind::File,
    }
}
