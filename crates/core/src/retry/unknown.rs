//! A call whose reply was lost, and which must not be repeated: what tells whether it was carried out.

use zoho_connector::{Api, Connector, FailureKind, Verb};

use crate::error::{Error, ErrorKind};

/// Whether nobody can say that a call that must not be repeated was not carried out.
pub(crate) fn is_unknown(error: &Error) -> bool {
    let lost = match error.kind() {
        ErrorKind::Network | ErrorKind::Timeout => true,
        // A gateway answered in the service's place; what the service did, it does not say.
        ErrorKind::Unexpected | ErrorKind::Service(FailureKind::Unavailable) => error.is_garbled(),
        _ => false,
    };
    lost && !error.is_unsent()
}

/// The error of such a call: a result of its own, with the way to find out.
pub(crate) fn unknown(error: Error, connector: &Connector, api: &Api) -> Error {
    let hint = match telling(connector, api) {
        Some(telling) => format!(
            "it was not repeated, since that could do it twice: `{}` tells whether it was carried out",
            telling.name
        ),
        None => "it was not repeated, since that could do it twice: look whether it was carried out".to_owned(),
    };
    error.preceded_by("it was sent, and whether it was carried out is not known").turned_into(ErrorKind::Unknown, hint)
}

/// The API that tells whether a call was carried out: of those that list the same records a search, else a list; or the
/// one that reads the record itself, where the call changes one.
fn telling<'a>(connector: &'a Connector, api: &Api) -> Option<&'a Api> {
    let collection = |api: &Api| api.name.rsplit_once('.').map(|(collection, _)| collection.to_owned());
    let reads = |other: &&Api| other.verb == Verb::Get && other.name != api.name;
    let at_path = |other: &&Api| api.verb != Verb::Post && other.path == api.path && !other.is_list();
    let own = collection(api);
    let among = |word: &str| {
        let lists = connector.apis.values().filter(reads).filter(|other| other.is_list());
        lists.filter(|other| collection(other) == own).find(|other| other.name.ends_with(word))
    };
    let itself = connector.apis.values().filter(reads).find(at_path);
    itself.or_else(|| among(".search")).or_else(|| among(".list")).or_else(|| among("")).or_else(|| {
        let listed = |other: &&Api| other.is_list() && other.path == api.path;
        connector.apis.values().filter(reads).find(listed)
    })
}

#[cfg(test)]
mod tests {
    use zoho_connector::{SourceFile, load::read};

    use super::*;

    const YAML: &str = "
connector: shelf
title: Zoho Shelf
base_url: https://shelf.{zoho}
responses: { records: data }
types: { Book: { id!: id, title: string } }
apis:
  books.list: { get: /books, scopes: [], returns: [Book] }
  books.search: { get: /books/search, scopes: [], returns: [Book] }
  books.get: { get: '/books/{id}', scopes: [], returns: Book }
  books.create: { post: /books, scopes: [], body: { title!: string }, returns: Book }
  books.update: { patch: '/books/{id}', scopes: [], body: { title: string }, returns: Book }
  books.pages.list: { get: '/books/{id}/pages', scopes: [], returns: [map] }
  books.pages.add: { post: '/books/{id}/pages', scopes: [], body: { text: string } }
  shelves.paint: { post: /paint, scopes: [], body: { colour: string } }
";

    #[test]
    fn the_way_to_find_out_is_named() {
        let connector = read(&[SourceFile::new("shelf.yaml", YAML)]).unwrap();
        let told = |api: &str| telling(&connector, &connector.apis[api]).map(|api| api.name.as_str());
        assert_eq!(told("books.create"), Some("books.search"));
        assert_eq!(told("books.update"), Some("books.get"));
        assert_eq!(told("books.pages.add"), Some("books.pages.list"));
        assert_eq!(told("shelves.paint"), None);
    }

    #[test]
    fn only_a_lost_reply_leaves_it_unknown() {
        let error = |kind| Error::new(kind, "x");
        for kind in [ErrorKind::Network, ErrorKind::Timeout] {
            assert!(is_unknown(&error(kind)) && !is_unknown(&error(kind).unsent()));
        }
        let unavailable = || error(ErrorKind::Service(FailureKind::Unavailable));
        assert!(!is_unknown(&unavailable()) && is_unknown(&unavailable().garbled()));
        assert!(!is_unknown(&error(ErrorKind::Service(FailureKind::Invalid)).garbled()));
    }

    /// What a call reads of a built-in connector has what tells, as the whole group has it.
    #[test]
    fn what_a_call_needs_of_a_connector_has_what_tells() {
        let library = zoho_connector::Library::new(zoho_connectors::ALL);
        let mut told = 0;
        for name in library.names() {
            let whole = library.connector(&name).unwrap();
            let is_one_file = library.sources(&name).unwrap().files.len() == 1;
            for api in whole.apis.values().filter(|api| api.verb != Verb::Get) {
                let part = library.connector_for(&name, &api.name).unwrap();
                let group = |other: &Api| is_one_file || other.name.split('.').next() == api.name.split('.').next();
                let in_group = Connector {
                    apis: whole
                        .apis
                        .iter()
                        .filter(|(_, api)| group(api))
                        .map(|(k, v)| (k.clone(), v.clone()))
                        .collect(),
                    ..whole.clone()
                };
                let wanted = telling(&in_group, api).map(|api| api.name.clone());
                assert_eq!(telling(&part, api).map(|api| api.name.clone()), wanted, "{name} {}", api.name);
                told += usize::from(wanted.is_some());
            }
        }
        assert!(told > 50, "{told}");
    }
}
