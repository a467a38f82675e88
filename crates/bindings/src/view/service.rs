//! The client of a service, for the template.

use serde::Serialize;

use super::api::{InnerView, inner};
use crate::docs::{inner_lines, lines, plain};
use crate::model::Model;
use crate::{Source, Style};

/// The module of a service.
#[derive(Debug, Serialize)]
pub(crate) struct ServiceView {
    doc: Vec<String>,
    import: String,
    modules: Vec<String>,
    client_name: String,
    client_doc: Vec<String>,
    /// The expression of the connector's files.
    files: String,
    /// Items that the expression needs.
    items: String,
    groups: Vec<InnerView>,
}

/// The view of a service.
pub(crate) fn view(model: &Model<'_>, source: &Source, style: &Style) -> ServiceView {
    let connector = model.connector;
    let (files, items) = files(&connector.name, source);
    let root = &model.groups[0];
    ServiceView {
        doc: inner_lines(&words(model, style)),
        import: style.import.clone(),
        modules: modules(model),
        client_name: model.client.clone(),
        client_doc: lines(&format!("A client of {}. Cheap to clone.", connector.title)),
        files,
        items,
        groups: inner(model, root, true),
    }
}

/// The modules of groups, in their order.
pub(crate) fn modules(model: &Model<'_>) -> Vec<String> {
    let mut modules: Vec<String> = Vec::new();
    for group in model.groups.iter().filter(|group| !group.path.is_empty()) {
        if !modules.contains(&group.module) {
            modules.push(group.module.clone());
        }
    }
    modules
}

fn words(model: &Model<'_>, style: &Style) -> String {
    let connector = model.connector;
    let summary = connector.summary.as_deref().map(|summary| format!("\n{}\n", plain(summary))).unwrap_or_default();
    let docs = connector.docs.as_ref().map(|url| format!("\n[Zoho's documentation]({url})\n")).unwrap_or_default();
    let (apis, path, variable) = (connector.apis.len(), &style.path, &model.variable);
    format!(
        "{}: {apis} APIs.\n{summary}\n```{}\nlet {variable} = {path}::connect(session).await?;\n```\n{docs}",
        connector.title, style.fence
    )
}

/// The expression of the files, and the items that it needs.
fn files(name: &str, source: &Source) -> (String, String) {
    let item = |files: Vec<String>| {
        format!("static FILES: Files = Files {{ name: {name:?}, files: &[{}], compact: &[] }};", files.join(", "))
    };
    match source {
        Source::Static(path) => (format!("&{path}"), String::new()),
        Source::Include(files) => {
            let files = files.iter().map(|(shown, path)| format!("({shown:?}, include_str!({path:?}))"));
            ("&FILES".to_owned(), item(files.collect()))
        }
        Source::Embedded(files) => {
            let files = files.iter().map(|(shown, text)| format!("({shown:?}, {})", raw(text)));
            ("&FILES".to_owned(), item(files.collect()))
        }
    }
}

/// The source with a mark in the place of each text that it embeds, and the texts.
pub(crate) fn without_texts(source: &Source) -> (Source, Vec<String>) {
    let Source::Embedded(files) = source else { return (source.clone(), Vec::new()) };
    let marked = files.iter().enumerate().map(|(at, (shown, _))| (shown.clone(), mark(at)));
    (Source::Embedded(marked.collect()), files.iter().map(|(_, text)| text.clone()).collect())
}

/// Code with the texts in the place of their marks.
pub(crate) fn with_texts(code: String, texts: &[String]) -> String {
    let put = |code: String, (at, text): (usize, &String)| code.replacen(&raw(&mark(at)), &raw(text), 1);
    texts.iter().enumerate().fold(code, put)
}

fn mark(at: usize) -> String {
    format!("the text of file {at}")
}

/// A text as a raw literal.
fn raw(text: &str) -> String {
    let hashes = (1..).map(|count| "#".repeat(count)).find(|hashes| !text.contains(&format!("\"{hashes}")));
    let hashes = hashes.unwrap_or_default();
    format!("r{hashes}\"{text}\"{hashes}")
}
