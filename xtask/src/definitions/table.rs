//! The plain table of operations: a verb, a path, a name and scopes in each line, and nothing else.

use std::path::Path;

use anyhow::{Context, Result};
use zoho_connector::Verb;

use super::openapi::Found;
use super::operation::Operation;

/// The label of lines that a machine may have made up.
const MADE_UP: &str = "community-lowtrust";

/// The operations of a service in a table whose first line names its columns, with tabs between them.
///
/// # Errors
/// A file that cannot be read, or a table without a column that is needed.
pub(crate) fn operations(path: &Path, service: &str) -> Result<Found> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    read(&text, service, &name).with_context(|| format!("cannot read {}", path.display()))
}

fn read(text: &str, service: &str, source: &str) -> Result<Found> {
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let column = |name: &str| {
        head.iter().position(|known| *known == name).with_context(|| format!("no column is called `{name}`"))
    };
    let (services, methods, paths) = (column("service")?, column("method")?, column("path")?);
    let scopes = column("scopes").ok();
    let ids = column("operation_id_or_name").ok();
    let sources = column("source").ok();
    let mut found = Found::default();
    for line in lines {
        let cells: Vec<&str> = line.split('\t').collect();
        let cell = |at: usize| cells.get(at).copied().unwrap_or_default();
        if cell(services) != service {
            continue;
        }
        let (method, path) = (cell(methods), cell(paths));
        let Some(verb) = verb(method) else {
            found.listed.push((format!("{method} {path}"), "the language has no such verb".to_owned()));
            continue;
        };
        if sources.is_some_and(|at| cell(at).starts_with(MADE_UP)) {
            found.listed.push((format!("{method} {path}"), "nobody vouches for it".to_owned()));
            continue;
        }
        let mut operation = Operation { source: source.to_owned(), ..Operation::new(verb, path) };
        operation.id = ids.map(cell).filter(|id| !id.is_empty() && !id.starts_with('<')).map(str::to_owned);
        let scopes: Vec<String> = scopes
            .map(cell)
            .unwrap_or_default()
            .split(',')
            .filter(|scope| !scope.is_empty())
            .map(str::to_owned)
            .collect();
        operation.scopes = (!scopes.is_empty()).then_some(scopes);
        operation.only_path = true;
        operation.remarks.push("only its verb, path and scopes are known".to_owned());
        found.operations.push(operation);
    }
    Ok(found)
}

fn verb(method: &str) -> Option<Verb> {
    [Verb::Get, Verb::Post, Verb::Put, Verb::Patch, Verb::Delete]
        .into_iter()
        .find(|verb| verb.as_str().eq_ignore_ascii_case(method))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_gives_verbs_paths_and_scopes() {
        let table = "service\tmethod\tpath\toperation_id_or_name\tscopes\tsource\n\
            desk\tGET\t/api/v1/tickets\tgetTickets\tDesk.tickets.READ,Desk.search.READ\tx\n\
            crm\tGET\t/users\t\t\tx\ndesk\tHEAD\t/a\t\t\tx\ndesk\tdelete\t/b\t<id>\t\tx\n\
            desk\tGET\t/c\t\t\tcommunity-lowtrust; a/b@1:c.json\n";
        let found = read(table, "desk", "t.tsv").unwrap();
        let labels: Vec<String> = found.operations.iter().map(Operation::label).collect();
        assert_eq!(labels, ["GET /api/v1/tickets", "DELETE /b"]);
        assert_eq!(found.operations[0].scopes.as_ref().map(Vec::len), Some(2));
        assert_eq!((&found.operations[1].scopes, &found.operations[1].id), (&None, &None));
        assert_eq!(found.listed.len(), 2);
        assert!(read("a\tb\n", "desk", "t.tsv").is_err());
    }
}
