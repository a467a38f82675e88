//! The examples of a service as functions, for the template.

use serde::Serialize;

use crate::docs::inner_lines;
use crate::example::statements;
use crate::model::Model;

/// All examples of a service.
#[derive(Debug, Serialize)]
pub(crate) struct ExamplesView {
    doc: Vec<String>,
    path: String,
    client: String,
    variable: String,
    examples: Vec<ExampleView>,
}

#[derive(Debug, Serialize)]
struct ExampleView {
    wire: String,
    function: String,
    statements: String,
}

/// The view of a service's examples.
pub(crate) fn view(model: &Model<'_>, path: &str) -> ExamplesView {
    let apis = model.connector.apis.keys().enumerate();
    let example = |(at, api): (usize, &String)| {
        let statements = statements(model, api)?;
        Some(ExampleView { wire: format!("{api:?}"), function: format!("call_{at}"), statements })
    };
    ExamplesView {
        doc: inner_lines(&format!("Every API of {}, called as its example says.", model.connector.title)),
        path: path.to_owned(),
        client: model.client.clone(),
        variable: model.variable.clone(),
        examples: apis.filter_map(example).collect(),
    }
}
