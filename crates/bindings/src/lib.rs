//! Typed Rust of connectors: what the crate `zoho` is made of, and what `zohoctl bindings` makes of a connector of one's own.
//!
//! A [`Connector`] becomes a client with a method for each API under its group, a struct for each record and an enum for
//! each set. What is made knows names and types, and nothing else: URL, verb, scopes, paging and errors stay in the
//! connector, which the engine reads.
//!
//! ```
//! use zoho_bindings::Bindings;
//! use zoho_connector::{SourceFile, load::read};
//!
//! let yaml = r#"
//! connector: bookshelf
//! title: Zoho Bookshelf
//! base_url: https://bookshelf.{zoho}/api/v1
//! scope_prefix: [ZohoBookshelf]
//! types: { Book: { id!: id, title: string } }
//! apis: { books.get: { get: '/books/{bookId}', scopes: [books.READ], returns: Book, example: { bookId: '215' } } }
//! "#;
//! let connector = read(&[SourceFile::new("bookshelf.yaml", yaml)]).unwrap();
//! assert_eq!(
//!     zoho_bindings::example(&connector, connector.api("books.get").unwrap()),
//!     "let record = bookshelf.books().get(\"215\").send().await?;\nprintln!(\"{record:?}\");\n"
//! );
//! ```
//!
//! Templates have no logic but loops; what a name or a comment must be is decided before, in [`view`] and [`names`]. The
//! same connector gives the same text on every machine.

mod names;
mod rust_type;
mod shapes;
mod model;
mod docs;
mod example;
mod tokens;
mod json_text;
mod view;
mod render;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use zoho_connector::{Api, Connector};

use crate::model::Model;
use crate::names::{constant, snake};

/// Why there are no bindings: a fault of the generator, since a connector that resolves has bindings.
#[derive(Debug, Clone)]
pub struct BindingsError(String);

impl BindingsError {
    fn new(message: String) -> Self {
        Self(message)
    }
}

impl fmt::Display for BindingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BindingsError {}

/// How the code that is made speaks of what it stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// The path of the module that it uses everything of: `zoho::typed`.
    pub import: String,
    /// The path under which it will be found, for its documentation: `zoho::desk`.
    pub path: String,
    /// The words behind the fence of an example.
    pub fence: String,
}

/// Where the program finds the files of the connector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// In a static of this path.
    Static(String),
    /// In files beside it: how each is shown, and its path from the file that is made.
    Include(Vec<(String, String)>),
    /// In itself: how each is shown, and its text.
    Embedded(Vec<(String, String)>),
}

/// A module of a service's bindings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// The name of its file, without an ending: `mod`, `types`, or that of a group.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// The bindings of a connector.
#[derive(Debug)]
pub struct Bindings<'c> {
    model: Model<'c>,
}

impl<'c> Bindings<'c> {
    /// The bindings of a connector.
    pub fn new(connector: &'c Connector) -> Self {
        Self { model: Model::new(connector) }
    }

    /// The modules: the service's own first, then one for each group, and the types.
    ///
    /// # Errors
    /// Where the templates have a fault.
    pub fn modules(&self, source: &Source, style: &Style) -> Result<Vec<Module>, BindingsError> {
        side_by_side(&self.names(), |name| {
            let text = render::formatted(&self.code(name, source, style)?)?;
            Ok(Module { name: name.clone(), text })
        })
    }

    fn names(&self) -> Vec<String> {
        let mut names = vec!["mod".to_owned()];
        names.extend(view::service::modules(&self.model));
        names.push("types".to_owned());
        names
    }

    /// A module without order in its lines.
    fn code(&self, name: &str, source: &Source, style: &Style) -> Result<String, BindingsError> {
        let everything = format!("use {}::*;\n", style.import);
        match name {
            "mod" => render::filled("service", &view::service::view(&self.model, source, style)),
            "types" => {
                let code = render::filled("types", &view::types::view(&self.model, &style.import))?;
                // A service that gives nothing has no types.
                Ok(if code.contains("pub ") { code } else { code.replacen(&everything, "", 1) })
            }
            group => {
                let code = render::filled("group", &view::api::module(&self.model, group, style))?;
                let has_types = code.contains("types::");
                Ok(if has_types { code } else { code.replacen("use super::types;\n", "", 1) })
            }
        }
    }

    /// All of it in one file.
    ///
    /// # Errors
    /// As [`Bindings::modules`].
    pub fn file(&self, source: &Source, style: &Style) -> Result<String, BindingsError> {
        // The text of the connector is put in at the end: what formats code must not touch it.
        let (source, texts) = view::service::without_texts(source);
        let names = self.names();
        let mut codes = side_by_side(&names, |name| self.code(name, &source, style))?.into_iter();
        let mut text = codes.next().unwrap_or_default();
        for (name, code) in names[1..].iter().zip(codes) {
            text = text.replacen(&format!("pub mod {name};"), &format!("pub mod {name} {{\n{code}}}"), 1);
        }
        Ok(view::service::with_texts(render::formatted(&text)?, &texts))
    }

    /// The statements that call an API with the arguments of its example. They end in `?`, and the client is a variable of
    /// the service's name. Nothing of an API that the connector does not have.
    pub fn example(&self, api: &str) -> Option<String> {
        render::statements(&example::statements(&self.model, api)?)
    }

    /// A module that calls every API as its example says, for a test: `ALL` has each under its name, as a function of the
    /// client. `super` has its type, `Run`, and the modules of `path` all that the examples use.
    ///
    /// # Errors
    /// As [`Bindings::modules`].
    pub fn examples(&self, path: &str) -> Result<String, BindingsError> {
        let view = view::examples::view(&self.model, path);
        render::formatted(&render::filled("examples", &view)?)
    }

    /// The name of the module of the service, and of the variable in its examples.
    pub fn module_name(&self) -> &str {
        &self.model.variable
    }

    /// The name of its client.
    pub fn client_name(&self) -> &str {
        &self.model.client
    }
}

/// The statements that call one API with the arguments of its example, for a book.
pub fn example(connector: &Connector, api: &Api) -> String {
    Bindings::new(connector).example(&api.name).unwrap_or_default()
}

/// The name of a service's module.
pub fn module_name(service: &str) -> String {
    snake(service)
}

/// The name of the static that has a service's files.
pub fn static_name(service: &str) -> String {
    constant(service)
}

/// What a function makes of each, in their order, on as many processors as there are.
fn side_by_side<T: Sync, R: Send>(
    all: &[T],
    make: impl Fn(&T) -> Result<R, BindingsError> + Sync,
) -> Result<Vec<R>, BindingsError> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut made = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = all.get(at) else { return made };
            made.push((at, make(one)));
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(all.len());
    let mut made = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut made = work();
        // A thread that panicked has left out what it was at, which is noticed below.
        others.into_iter().filter_map(|thread| thread.join().ok()).for_each(|more| made.extend(more));
        made
    });
    made.sort_by_key(|(at, _)| *at);
    if made.len() < all.len() {
        return Err(BindingsError::new("a part could not be made".to_owned()));
    }
    made.into_iter().map(|(_, one)| one).collect()
}
