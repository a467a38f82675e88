//! The exact request of every API, from its example or from values made from its types, as a snapshot per service.

#![expect(clippy::unwrap_used, reason = "a test that panics has found something")]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zoho_connector::describe::chosen_formats;
use zoho_connector::library::files_of;
use zoho_connector::load::read;
use zoho_connector::{Api, Connector, DataCenter};
use zoho_core::{Arguments, Connection, Invocation, explain, missing_scopes, scopes_for};

fn connectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../connectors")
}

fn all_connectors() -> Vec<Arc<Connector>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(connectors()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let is_connector =
        |path: &&PathBuf| path.join("connector.yaml").exists() || path.extension().is_some_and(|e| e == "yaml");
    paths.iter().filter(is_connector).map(|path| Arc::new(read(&files_of(path).unwrap()).unwrap())).collect()
}

/// A connection in which every value is chosen.
fn connection(connector: &Connector, data_center: &str) -> Connection {
    let mut connection = Connection::new("test", data_center).unwrap();
    connection.values =
        connector.values_to_choose().map(|value| (value.name.clone(), "7000000000001".to_owned())).collect();
    connection
}

/// The request of an API in Europe, or in the United States where it is offered there alone.
fn shown(connector: &Arc<Connector>, api: &Api) -> String {
    let center = if connector.regions.offer("eu") && api.regions.offer("eu") { "eu" } else { "us" };
    shown_for(connector, api, &connection(connector, center))
}

fn shown_for(connector: &Arc<Connector>, api: &Api, connection: &Connection) -> String {
    let invocation = Invocation::new(connector, &api.name, Arguments::sample(connector, api))
        .unwrap_or_else(|error| panic!("{error}"));
    let request = explain(&invocation, connection).unwrap_or_else(|error| panic!("{error}"));
    let mut text = format!("# {}\n{} {}\n", api.name, request.method, request.url);
    for (name, value) in &request.headers {
        writeln!(text, "{name}: {value}").unwrap();
    }
    let body = request.body_text();
    if !body.is_empty() {
        writeln!(text, "\n{}", body.trim_end()).unwrap();
    }
    text
}

#[test]
fn the_request_of_every_api() {
    let connectors = all_connectors();
    assert!(connectors.len() >= 3);
    for connector in connectors {
        let text = connector.apis.values().map(|api| shown(&connector, api)).collect::<Vec<_>>().join("\n");
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(connector.name.clone(), text);
        });
    }
}

#[test]
fn the_requests_with_dates_of_an_organisation_that_chose_its_format() {
    let mut text = String::new();
    for connector in all_connectors() {
        let mut connection = connection(&connector, "eu");
        let names = connector.date_format.iter().flat_map(|format| format.names());
        connection.values.extend(names.map(|name| (name.to_owned(), "yyyy/MM/dd".to_owned())));
        for api in connector.apis.values().filter(|api| !chosen_formats(&connector, api).is_empty()) {
            let (usual, chosen) = (shown(&connector, api), shown_for(&connector, api, &connection));
            if usual != chosen {
                writeln!(text, "{}\n{chosen}", connector.name).unwrap();
            }
        }
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("chosen_dates", text);
    });
}

/// A peer's table fixed three services to `.com` and knew five of the eleven data centres.
#[test]
fn wanted_b6_no_call_leaves_its_data_center() {
    every_call_stays_in(&["us", "eu", "in", "au", "jp", "cn", "ca", "sa", "uk", "ae", "sg"]);
}

/// A peer builds hosts as `zoho.` and an ending, which cannot say Canada.
#[test]
fn wanted_b20_canada_is_called_at_both_its_domains() {
    every_call_stays_in(&["ca"]);
    let hosts: Vec<String> = all_connectors()
        .iter()
        .filter(|connector| connector.regions.offer("ca"))
        .filter_map(|connector| {
            let api = connector.apis.values().next()?;
            let invocation = Invocation::new(connector, &api.name, Arguments::sample(connector, api)).ok()?;
            explain(&invocation, &connection(connector, "ca")).ok()?.url.host_str().map(str::to_owned)
        })
        .collect();
    assert!(hosts.iter().any(|host| host.ends_with(".zohocloud.ca")), "{hosts:?}");
    assert!(hosts.iter().any(|host| host.ends_with(".zohoapis.ca")), "{hosts:?}");
}

/// A template name that is not set became an empty string in a peer's request.
#[test]
fn wanted_b5_a_value_that_was_not_chosen_is_an_error_and_never_empty() {
    let mut tried = 0;
    for connector in all_connectors() {
        for api in connector.apis.values().filter(|api| !api.connection.is_empty()) {
            let invocation = Invocation::new(&connector, &api.name, Arguments::sample(&connector, api)).unwrap();
            let error = explain(&invocation, &Connection::new("test", "us").unwrap()).unwrap_err();
            assert_eq!(error.kind(), zoho_core::ErrorKind::Connection, "{error}");
            tried += 1;
        }
    }
    assert!(tried > 20);
}

/// A peer's sign-in asked for no scope at all of a service that most of its commands were for.
#[test]
fn wanted_b24_a_sign_in_asks_for_what_the_calls_need() {
    for connector in all_connectors() {
        for api in connector.apis.values() {
            let asked = scopes_for(&connector, [api]);
            let is_free = api.scopes.as_ref().is_none_or(Vec::is_empty);
            assert!(is_free || !asked.is_empty(), "{} {}", connector.name, api.name);
            let missing = missing_scopes(api, &Arguments::sample(&connector, api), &asked);
            assert!(missing.is_empty(), "{} {} lacks {missing:?}", connector.name, api.name);
        }
        let all = scopes_for(&connector, connector.apis.values());
        for api in connector.apis.values() {
            let missing = missing_scopes(api, &Arguments::sample(&connector, api), &all);
            assert!(missing.is_empty(), "{} {} lacks {missing:?}", connector.name, api.name);
        }
    }
}

/// Whether a host is a data centre's own: of its domains, or of Zoho's others by its ending.
fn is_of(center: &DataCenter, host: &str) -> bool {
    let by_ending = || host.ends_with(&format!(".{}", center.tld()));
    center.owns(host) || (zoho_connector::DataCenters::built_in().is_zoho(host) && by_ending())
}

fn every_call_stays_in(data_centers: &[&str]) {
    for connector in all_connectors() {
        for center in data_centers.iter().map(|id| zoho_connector::DataCenters::built_in().get(id).unwrap()) {
            for api in connector.apis.values() {
                let invocation = Invocation::new(&connector, &api.name, Arguments::sample(&connector, api)).unwrap();
                match explain(&invocation, &connection(&connector, &center.id)) {
                    Ok(request) => {
                        let host = request.url.host_str().unwrap().to_owned();
                        assert!(
                            is_of(center, &host),
                            "{} {} in {} goes to {host}",
                            connector.name,
                            api.name,
                            center.id
                        );
                    }
                    Err(error) => assert_eq!(error.kind(), zoho_core::ErrorKind::NotOffered, "{error}"),
                }
            }
        }
    }
}

/// Desk answers with an error to a query parameter that it does not know, so none is added.
#[test]
fn nothing_is_added_to_a_request() {
    let connector = all_connectors()
        .into_iter()
        .find(|connector| connector.apis.values().any(|api| api.responses.refuses_unknown_parameters))
        .unwrap();
    for api in connector.apis.values() {
        let invocation = Invocation::new(&connector, &api.name, Arguments::sample(&connector, api)).unwrap();
        let request = explain(&invocation, &connection(&connector, "us")).unwrap();
        let paging: Vec<String> = api
            .paginate
            .iter()
            .flat_map(|paginate| paginate.place().into_iter().chain(&paginate.limit))
            .map(|place| place.name.clone())
            .collect();
        for (name, _) in request.url.query_pairs() {
            let declared = api
                .parameters
                .iter()
                .flat_map(|parameter| &parameter.sites)
                .chain(api.constants.iter().map(|constant| &constant.site))
                .map(|site| &site.wire)
                .any(|wire| *wire == name);
            assert!(declared || paging.iter().any(|paging| *paging == name), "{} sends {name}", api.name);
        }
    }
}
