//! A connector and its APIs as JSON, for programs.

use serde_json::{Value, json};
use zoho_connector::limits::Cost;
use zoho_connector::{Api, Connector, Parameter, ReplyPath, Scope, Type, describe};

/// A connector as JSON, without its APIs.
pub(crate) fn connector_json(connector: &Connector, built_in: bool) -> Value {
    json!({
        "name": connector.name,
        "title": connector.title,
        "summary": connector.summary,
        "docs": connector.docs,
        "api_count": connector.apis.len(),
        "source": source(built_in),
    })
}

/// An API as JSON.
pub(crate) fn api_json(connector: &Connector, api: &Api) -> Value {
    let argument = |parameter: &Parameter| {
        json!({
            "name": parameter.name,
            "type": parameter.ty.to_string(),
            "in": parameter.sites.iter().map(|site| site.location.as_str()).collect::<Vec<_>>(),
            "required": parameter.required && parameter.default.is_none(),
            "default": parameter.default,
            "choices": choices(&parameter.ty),
        })
    };
    let scopes = api.scopes.as_ref().map(|entries| {
        let texts = |choice: &Vec<Scope>| choice.iter().map(ToString::to_string).collect::<Vec<_>>();
        entries.iter().map(texts).collect::<Vec<_>>()
    });
    json!({
        "service": connector.name,
        "name": api.name,
        "method": api.verb.as_str(),
        "url": describe::url(connector, api),
        "auth": api.auth.to_string(),
        "scopes": scopes,
        "arguments": api.parameters.iter().map(argument).collect::<Vec<_>>(),
        "need": api.need,
        "returns": describe::returns(api),
        "records": api.responses.records.iter().map(ReplyPath::to_string).collect::<Vec<_>>(),
        "paging": api.paginate.as_ref().map(describe::pagination),
        "connection": api.connection,
        "repeatable": api.idempotent,
        "destructive": api.destructive,
        "rate": api.rate,
        "cost": match &api.cost {
            Some(Cost::Same(credits)) => json!(credits),
            _ => json!(describe::cost(connector, api)),
        },
        "incremental": api.incremental.as_ref().map(describe::incremental),
        "job": api.job.as_ref().map(describe::job),
        "note": api.note,
        "docs": api.docs.as_ref().or(connector.docs.as_ref()),
        "example": describe::example::line(connector, api),
    })
}

/// Where a connector comes from.
pub(crate) fn source(built_in: bool) -> &'static str {
    if built_in { "built in" } else { "yours" }
}

fn choices(ty: &Type) -> Option<&[String]> {
    match ty {
        Type::Choice { values, .. } => Some(values),
        Type::List { item, .. } => choices(item),
        _ => None,
    }
}
