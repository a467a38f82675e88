//! The connectors of the project.

use zoho_connector::load::{load, read};

use crate::print;
use crate::support::{connectors, rendered};

#[test]
fn every_connector_loads_without_a_diagnostic() {
    for connector in connectors() {
        let loaded = load(&connector.files);
        assert!(loaded.diagnostics.is_empty(), "{}", rendered(&connector.files, &loaded));
        assert_eq!(loaded.connector.unwrap().name, connector.name);
    }
}

#[test]
fn the_short_way_reads_the_same_connector() {
    for connector in connectors() {
        assert_eq!(read(&connector.files).ok(), load(&connector.files).connector, "{}", connector.name);
    }
}

#[test]
fn the_resolved_form_of_every_connector() {
    for connector in connectors() {
        let resolved = load(&connector.files).connector.unwrap();
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(connector.name, print::connector(&resolved));
        });
    }
}
