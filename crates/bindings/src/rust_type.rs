//! Types of the language as types of Rust.

/// A type of Rust that a value has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RustType {
    /// Text.
    String,
    /// A whole number.
    Int,
    /// True or false.
    Bool,
    /// A type of the engine's, by its name: `Id`, `Decimal`, `Date`, `Time`, and `Record` for any JSON.
    Engine(&'static str),
    /// A file to send.
    File,
    /// A list.
    List(Box<Self>),
    /// One of the service's open sets.
    Choice(String),
    /// One of the service's records.
    Struct(String),
}

impl RustType {
    /// Its name, with `types` before those of the service.
    pub(crate) fn name(&self, types: &str) -> String {
        match self {
            Self::String => "String".to_owned(),
            Self::Int => "i64".to_owned(),
            Self::Bool => "bool".to_owned(),
            Self::Engine(name) => (*name).to_owned(),
            Self::File => "FilePart".to_owned(),
            Self::List(item) => format!("Vec<{}>", item.name(types)),
            Self::Choice(name) | Self::Struct(name) => format!("{types}{name}"),
        }
    }

    /// What a function takes for it.
    pub(crate) fn taken(&self, types: &str) -> String {
        match self {
            Self::Bool => "bool".to_owned(),
            Self::Struct(name) => format!("{types}{name}"),
            Self::List(item) => format!("impl IntoIterator<Item = impl Into<{}>>", item.name(types)),
            other => format!("impl Into<{}>", other.name(types)),
        }
    }

    /// The call that puts a value of it into the arguments.
    pub(crate) fn put(&self, types: &str, wire: &str, value: &str) -> String {
        match self {
            Self::File => format!("with_file({wire:?}, {value})"),
            Self::List(item) if **item == Self::File => format!("with_files({wire:?}, {value})"),
            Self::List(item) => format!("with_list::<{}>({wire:?}, {value})", item.name(types)),
            other => format!("with::<{}>({wire:?}, {value})", other.name(types)),
        }
    }

    /// The name of the struct that it is itself, and not a list of it.
    pub(crate) fn as_struct(&self) -> Option<&str> {
        match self {
            Self::Struct(name) => Some(name),
            _ => None,
        }
    }
}
