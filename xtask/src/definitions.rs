//! Definitions of services: OpenAPI, or a plain table, read into [operations](operation).
//!
//! `import` drafts connectors from them, and `drift` compares connectors with them. [`documents`] holds the files and
//! follows their references, [`openapi`] and [`schema`] read them, [`readings`] keeps what was read, [`scalars`] knows what
//! type, format, pattern and name say of a value, and [`shape`] is what is known of it in the end.

pub(crate) mod documents;
mod literals;
pub(crate) mod openapi;
pub(crate) mod operation;
pub(crate) mod paths;
pub(crate) mod postman;
mod readings;
pub(crate) mod scalars;
pub(crate) mod schema;
pub(crate) mod scopes;
pub(crate) mod shape;
pub(crate) mod table;
pub(crate) mod words;
