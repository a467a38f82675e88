//! The APIs of the connectors against what others say that Zoho offers: verb, path, and the names of parameters.
//!
//! The sandbox is made from the connectors, so a wrong fact in a connector cannot fail there. Here it can: the other side
//! is a folder of definitions that were collected elsewhere, with a table of all operations (`operations.tsv`) and Zoho's
//! own OpenAPI files beside it. The folder is not part of the project. `ZOHO_SPECS` names it; without it there is nothing
//! to compare with, which is said, and only the tests of the comparison itself are left.
//!
//! Where connector and definition differ and the connector is right, `differences.yaml` says why.

mod compare;
mod differences;
mod documents;
mod table;

use std::io::Write;
use std::path::{Path, PathBuf};

use zoho_connector::Library;

use crate::differences::Differences;
use crate::documents::Documents;
use crate::table::Table;

const DIFFERENCES: &str = include_str!("differences.yaml");

#[test]
fn every_api_is_an_operation_with_its_parameters() {
    let Some(folder) = specs() else {
        say("skipped: ZOHO_SPECS names no folder with definitions to compare the connectors with");
        return;
    };
    let faults = compare_all(&folder).unwrap();
    assert!(faults.is_empty(), "connectors and definitions differ:\n\n{}\n", faults.join("\n"));
}

/// The folder with the definitions.
#[expect(clippy::disallowed_methods, reason = "the project's own variable is for programs; this one is for a test")]
fn specs() -> Option<PathBuf> {
    std::env::var_os("ZOHO_SPECS").map(PathBuf::from)
}

/// All faults: differences that nothing explains, and explanations of nothing.
fn compare_all(folder: &Path) -> Result<Vec<String>, String> {
    let table = Table::read(&folder.join("operations.tsv"))?;
    let connectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../connectors");
    let library = Library::default().with_folder(connectors);
    let mut found = Vec::new();
    for name in library.names() {
        let connector = library.connector(&name).map_err(|error| error.to_string())?;
        if !table.knows(&name) {
            say(&format!("not compared: the table has no operations of {name}"));
            continue;
        }
        let documents = Documents::read(&folder.join(&name), &table.official_sets(&name))?;
        let compared = connector.apis.values().filter(|api| documents.names(&connector, api).is_some()).count();
        say(&format!("{name}: {} APIs compared, {compared} of them with their parameters", connector.apis.len()));
        found.extend(compare::connector(&connector, &table, &documents));
    }
    Differences::parse(DIFFERENCES).map(|known| known.faults(&found))
}

/// Says something even where the test passes, whose prints are kept from sight.
fn say(words: &str) {
    let _ = writeln!(std::io::stderr(), "operations: {words}");
}

#[test]
fn the_list_of_differences_can_be_read_and_is_sorted() {
    let known = Differences::parse(DIFFERENCES).unwrap();
    assert!(known.is_sorted(), "the entries of differences.yaml stand in the order of service, api, what");
}
