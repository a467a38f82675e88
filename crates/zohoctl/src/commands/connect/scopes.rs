//! What a sign-in asks for: the least that reading needs, or what is said.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use zoho_connector::suggest::nearest;
use zoho_connector::{Api, Connector, Scope};
use zoho_core::scopes_for;

use super::invocations::{self, Named};
use crate::commands::apis;
use crate::commands::trial::reads;
use crate::exit::Problem;

/// Options that say what to ask for.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is asked for (what reading needs, unless said)")]
pub(super) struct ScopeArgs {
    /// Ask for what these APIs need; with several services, as `desk.tickets.list`
    #[arg(long = "for", value_name = "API,…", value_delimiter = ',', group = "asked")]
    apis: Vec<String>,

    /// Ask for what reading needs: the usual, said aloud
    #[arg(long, group = "asked")]
    read_only: bool,

    /// Ask for what every API of the service needs, writing and deleting too
    #[arg(long, group = "asked")]
    all_apis: bool,

    /// Ask for what the calls in a file need: a shell script with `zohoctl invoke …`, or lines of `SERVICE API`
    #[arg(long, value_name = "FILE", group = "asked")]
    pub(super) from_invocations: Option<PathBuf>,

    /// Ask for these scopes, in full or without the service's prefix
    #[arg(long, value_name = "SCOPE,…", value_delimiter = ',', group = "asked")]
    scopes: Vec<String>,
}

/// What a sign-in asks for, and why.
#[derive(Debug)]
pub(super) struct Asked {
    /// The scopes, each once, and none that another one covers.
    pub(super) scopes: Vec<Scope>,
    /// For people: what they are needed for, a line for each service.
    pub(super) reasons: Vec<String>,
}

/// Sums the scopes for the services that sign in by OAuth. `named` are the calls of `--from-invocations`.
pub(super) fn wanted(connectors: &[Arc<Connector>], args: &ScopeArgs, named: &[Named]) -> Result<Asked> {
    let mut asked = Asked { scopes: Vec::new(), reasons: Vec::new() };
    if !args.scopes.is_empty() {
        for text in &args.scopes {
            add(&mut asked.scopes, [written(connectors, text)?]);
        }
        asked.reasons.push("the scopes that were named".to_owned());
        return Ok(asked);
    }
    let chosen = if args.from_invocations.is_some() {
        named.iter().map(|named| (named.service.as_str(), named.api.as_str())).collect()
    } else {
        owners(connectors, &args.apis)?
    };
    for connector in connectors.iter().filter(|connector| connector.takes_oauth()) {
        let (apis, reason) = if args.all_apis {
            (
                every(connector, |_| true),
                format!("everything, writing and deleting too ({} APIs)", connector.apis.len()),
            )
        } else if args.apis.is_empty() && args.from_invocations.is_none() {
            let apis = every(connector, reads);
            let count = apis.len();
            (apis, format!("everything that only reads ({count} APIs)"))
        } else {
            let apis = invocations::of(&chosen, connector)?;
            let names: Vec<&str> = apis.iter().map(|api| api.name.as_str()).collect();
            let reason = names.join(", ");
            (apis, reason)
        };
        let scopes = scopes_for(connector, apis);
        if scopes.is_empty() {
            let problem = Problem::usage(format!("the connector `{}` names no scopes for that", connector.name));
            return Err(problem.hint("name them with --scopes").into());
        }
        add(&mut asked.scopes, scopes);
        asked.reasons.push(format!("{}: {reason}", connector.title));
    }
    Ok(asked)
}

/// The APIs that an access token opens and that a condition holds for.
fn every(connector: &Connector, wanted: impl Fn(&Api) -> bool) -> Vec<&Api> {
    connector.apis.values().filter(|api| api.auth.takes_oauth() && wanted(api)).collect()
}

/// Puts scopes together: each once, and none that another one covers.
pub(super) fn add(sum: &mut Vec<Scope>, more: impl IntoIterator<Item = Scope>) {
    for scope in more {
        if !sum.iter().any(|have| have.covers(&scope)) {
            sum.retain(|have| !scope.covers(have));
            sum.push(scope);
        }
    }
}

/// Which service each of the names of `--for` belongs to: the only one, or the one before its first dot.
fn owners<'a>(connectors: &'a [Arc<Connector>], names: &'a [String]) -> Result<Vec<(&'a str, &'a str)>> {
    names.iter().map(|name| owner(connectors, name)).collect()
}

fn owner<'a>(connectors: &'a [Arc<Connector>], name: &'a str) -> Result<(&'a str, &'a str)> {
    let qualified = name.split_once('.').and_then(|(service, api)| {
        let connector = connectors.iter().find(|connector| connector.name == service)?;
        connector.api(api).map(|_| (service, api))
    });
    let having: Vec<&Arc<Connector>> = connectors.iter().filter(|connector| connector.api(name).is_some()).collect();
    match (having.as_slice(), connectors, qualified) {
        ([one], _, _) => Ok((&one.name, name)),
        (_, _, Some(pair)) => Ok(pair),
        ([], [only], None) => apis::find(only, name).map(|api| (only.name.as_str(), api.name.as_str())),
        ([], _, None) => {
            let services: Vec<&str> = connectors.iter().map(|connector| connector.name.as_str()).collect();
            let problem = Problem::usage(format!("none of {} has an API `{name}`", services.join(", ")));
            let known = connectors.iter().flat_map(|connector| connector.apis.keys().map(String::as_str));
            let near = nearest(name, known).first().map(|near| format!("did you mean `{near}`?"));
            Err(problem.maybe_hint(near).into())
        }
        (several, _, None) => {
            let forms: Vec<String> = several.iter().map(|connector| format!("`{}.{name}`", connector.name)).collect();
            let problem = Problem::usage(format!("{} of the services have an API `{name}`", several.len()));
            Err(problem.hint(format!("write {}", forms.join(" or "))).into())
        }
    }
}

/// A scope as it was typed. One that begins with a service in capitals stands as it is: a person may know more than the
/// connector.
fn written(connectors: &[Arc<Connector>], text: &str) -> Result<Scope> {
    let text = text.trim();
    if text.split('.').count() >= 3 && text.starts_with(|c: char| c.is_ascii_uppercase()) {
        return Ok(Scope::granted(text));
    }
    let prefixes: Vec<String> =
        connectors.iter().flat_map(|connector| connector.scope_prefixes.iter().cloned()).collect();
    Scope::parse(text, &prefixes).map_err(|_| {
        Problem::usage(format!("`{text}` is not a scope"))
            .hint("a scope is an area and an operation, as tickets.READ")
            .into()
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use zoho_connector::{SourceFile, load};

    use super::*;

    #[derive(Parser)]
    struct Words {
        #[command(flatten)]
        args: ScopeArgs,
    }

    fn connector(prefix: &str, extra: &str) -> Arc<Connector> {
        let name = prefix.to_lowercase();
        let yaml = format!(
            "
connector: {name}
title: Zoho {prefix}
base_url: https://{name}.{{zoho}}
scope_prefix: [{prefix}]
responses: {{ records: data }}
types: {{ O: {{ id!: id }} }}
apis:
  books.list: {{ get: /books, scopes: [books.READ], returns: [O] }}
  books.find: {{ post: /find, scopes: [search.READ], effect: {{ list: O }}, returns: [O] }}
  books.create: {{ post: /books, scopes: [books.CREATE], body: {{ title: string }}, returns: O }}
{extra}"
        );
        Arc::new(load::read(&[SourceFile::new("test.yaml", yaml)]).unwrap())
    }

    fn asked(connectors: &[Arc<Connector>], words: &[&str]) -> Result<Vec<String>> {
        let args = Words::try_parse_from(["x"].iter().chain(words)).unwrap().args;
        Ok(wanted(connectors, &args, &[])?.scopes.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn reading_is_the_usual_and_everything_is_said() {
        let shelf = [connector("Shelf", "")];
        assert_eq!(asked(&shelf, &[]).unwrap(), ["Shelf.books.READ", "Shelf.search.READ"]);
        assert_eq!(asked(&shelf, &[]).unwrap(), asked(&shelf, &["--read-only"]).unwrap());
        assert_eq!(asked(&shelf, &["--for", "books.create"]).unwrap(), ["Shelf.books.CREATE"]);
        let all = asked(&shelf, &["--all-apis"]).unwrap();
        assert_eq!(all, ["Shelf.books.READ", "Shelf.search.READ", "Shelf.books.CREATE"]);
        assert_eq!(asked(&shelf, &["--scopes", "a.READ,Other.b.ALL"]).unwrap(), ["Shelf.a.READ", "Other.b.ALL"]);
    }

    #[test]
    fn several_services_are_one_sum_and_a_name_that_two_have_is_asked_about() {
        let pages = "  pages.list: { get: /pages, scopes: [pages.READ], returns: [O] }\n";
        let both = [connector("Shelf", ""), connector("Store", pages)];
        assert_eq!(asked(&both, &[]).unwrap().len(), 5);
        assert_eq!(
            asked(&both, &["--for", "pages.list,shelf.books.list"]).unwrap(),
            ["Shelf.books.READ", "Store.pages.READ"]
        );
        let error = asked(&both, &["--for", "books.list"]).unwrap_err();
        assert_eq!(error.to_string(), "2 of the services have an API `books.list`");
        assert!(asked(&both, &["--for", "pages.list"]).unwrap_err().to_string().contains("no API of Zoho Shelf"));
        assert!(asked(&both, &["--for", "pages.lists"]).unwrap_err().to_string().starts_with("none of shelf, store"));
    }
}
