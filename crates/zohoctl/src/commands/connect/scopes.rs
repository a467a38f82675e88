//! What a sign-in asks for: the least that the service's APIs need, or what is said.

use anyhow::Result;
use clap::Args;
use zoho_connector::{Connector, Scope, Verb};
use zoho_core::scopes_for;

use crate::commands::apis;
use crate::exit::Problem;

/// Options that say what to ask for.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(super) struct ScopeArgs {
    /// Ask for what these APIs need; all of the service's unless given
    #[arg(long = "for", value_name = "API,…", value_delimiter = ',')]
    apis: Vec<String>,

    /// Ask for what reading needs
    #[arg(long)]
    read_only: bool,

    /// Ask for these scopes, in full or without the service's prefix
    #[arg(long, value_name = "SCOPE,…", value_delimiter = ',')]
    scopes: Vec<String>,
}

/// The scopes to ask for.
pub(super) fn wanted(connector: &Connector, args: &ScopeArgs) -> Result<Vec<Scope>> {
    if !args.scopes.is_empty() {
        return args.scopes.iter().map(|text| written(connector, text)).collect();
    }
    let scopes = if !args.apis.is_empty() {
        let apis: Result<Vec<_>> = args.apis.iter().map(|name| apis::find(connector, name)).collect();
        scopes_for(connector, apis?)
    } else if args.read_only {
        scopes_for(connector, connector.apis.values().filter(|api| api.verb == Verb::Get))
    } else {
        scopes_for(connector, connector.apis.values())
    };
    match scopes.as_slice() {
        [] => {
            let problem = Problem::usage(format!("the connector `{}` names no scopes to ask for", connector.name));
            Err(problem.hint("name them with --scopes").into())
        }
        _ => Ok(scopes),
    }
}

fn written(connector: &Connector, text: &str) -> Result<Scope> {
    let scope = Scope::parse(text.trim(), &connector.scope_prefixes).ok();
    // A scope of another service stands as it is written: a person may know more than the connector.
    let scope = scope.or_else(|| (text.split('.').count() >= 3).then(|| Scope::granted(text)));
    scope.ok_or_else(|| {
        Problem::usage(format!("`{text}` is not a scope"))
            .hint("a scope is an area and an operation, as tickets.READ")
            .into()
    })
}
