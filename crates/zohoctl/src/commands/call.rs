//! What `invoke` and `explain` have in common: a service, an API, and its arguments.

use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use zoho_connector::Connector;
use zoho_core::Invocation;

use super::apis;
use crate::arguments;
use crate::context::Context;
use crate::exit::Problem;
use crate::output::table::wrap;

/// The most APIs that an error lists.
const BRIEFLY: usize = 60;

/// A call as it is typed.
#[derive(Debug, Args)]
pub(crate) struct CallArgs {
    /// The service, as `desk`
    pub(crate) service: Option<String>,

    /// The API, as `tickets.list`
    pub(crate) api: Option<String>,

    /// Its arguments: name=value, list=a,b, part.of.it=x, name=@file, name:=JSON
    #[arg(value_name = "NAME=VALUE")]
    pub(crate) arguments: Vec<String>,

    /// The whole body: JSON text, @file, or - for standard input
    #[arg(long, value_name = "TEXT|@FILE|-", allow_hyphen_values = true)]
    pub(crate) json: Option<String>,

    /// How many records to ask for in one request, within the service's bounds
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) page_size: Option<u64>,
}

impl CallArgs {
    /// The service and the API, or an error that lists what could stand there.
    pub(crate) fn names<'a>(&'a self, context: &Context) -> Result<(&'a str, &'a str)> {
        match (&self.service, &self.api) {
            (Some(service), Some(api)) => Ok((service, api)),
            (Some(service), None) => Err(which_api(&context.library.connector(service)?).into()),
            (None, _) => {
                let problem = Problem::usage("say which service and which API");
                let services = listed(context.library.names());
                Err(problem.details(services).hint("`zohoctl apis search WORD` finds an API in any of them").into())
            }
        }
    }

    /// The call with its arguments checked.
    pub(crate) fn invocation(&self, connector: &Arc<Connector>, api: &str) -> Result<Invocation> {
        checked(connector, api, &self.arguments, self.json.as_deref(), self.page_size)
    }

    /// The call of a bulk write whose records come by themselves: its list is empty.
    pub(crate) fn invocation_of_stream(
        &self,
        connector: &Arc<Connector>,
        api: &str,
        list: &str,
        words: &[String],
    ) -> Result<Invocation> {
        stream(connector, api, list, words, self.json.as_deref())
    }
}

/// A call with its arguments checked.
pub(crate) fn checked(
    connector: &Arc<Connector>,
    api: &str,
    words: &[String],
    json: Option<&str>,
    page_size: Option<u64>,
) -> Result<Invocation> {
    let found = apis::find(connector, api)?;
    if page_size.is_some() && found.paginate.is_none() {
        return Err(Problem::usage(format!("--page-size is for lists that come in pages, and {api} is none")).into());
    }
    let arguments = arguments::read(connector, found, words, json)?;
    let invocation = Invocation::new(connector, api, arguments)?;
    Ok(page_size.into_iter().fold(invocation, Invocation::with_page_size))
}

/// The call of a bulk write whose records come by themselves.
pub(crate) fn stream(
    connector: &Arc<Connector>,
    api: &str,
    list: &str,
    words: &[String],
    json: Option<&str>,
) -> Result<Invocation> {
    let mut arguments = arguments::read(connector, apis::find(connector, api)?, words, json)?;
    arguments.insert(list, serde_json::Value::Array(Vec::new()));
    Ok(Invocation::new(connector, api, arguments)?)
}

fn which_api(connector: &Connector) -> Problem {
    let problem = Problem::usage(format!("say which API of {}", connector.title));
    let hint = format!("`zohoctl apis list {}` has them with their paths", connector.name);
    problem.details(listed(connector.apis.keys().cloned())).hint(hint)
}

/// Names, some a line.
pub(crate) fn listed(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let names: Vec<String> = names.into_iter().collect();
    let more = names.len().saturating_sub(BRIEFLY);
    let shown = names[..names.len() - more].join(" ");
    let lines = wrap(&shown, 90, 0);
    lines.lines().map(str::to_owned).chain((more > 0).then(|| format!("… and {more} more"))).collect()
}
