//! The groups and APIs of a service, for the template.

use serde::Serialize;

use crate::Style;
use crate::docs::{api as api_words, inner_lines, lines, parameter};
use crate::example::statements;
use crate::model::{ApiModel, Group, Kind, Model};
use crate::render::statements as formatted_statements;

/// One module of groups.
#[derive(Debug, Serialize)]
pub(crate) struct ModuleView {
    doc: Vec<String>,
    import: String,
    groups: Vec<GroupView>,
}

#[derive(Debug, Serialize)]
struct GroupView {
    doc: Vec<String>,
    name: String,
    /// The expression of the client in its methods.
    client: &'static str,
    inner: Vec<InnerView>,
    apis: Vec<ApiView>,
}

/// A method that leads to a group.
#[derive(Debug, Serialize)]
pub(crate) struct InnerView {
    doc: Vec<String>,
    method: String,
    path: String,
}

#[derive(Debug, Serialize)]
struct ApiView {
    doc: Vec<String>,
    summary: Vec<String>,
    name: String,
    wire: String,
    method: String,
    arguments: String,
    /// The calls that put the arguments, each with its dot.
    puts: String,
    setters: Vec<SetterView>,
    output: String,
    sends: Vec<SendView>,
}

#[derive(Debug, Serialize)]
struct SetterView {
    doc: Vec<String>,
    name: String,
    taken: String,
    put: String,
}

/// A method that sends it.
#[derive(Debug, Serialize)]
struct SendView {
    doc: Vec<String>,
    signature: String,
    call: String,
}

/// The view of the groups of one module.
pub(crate) fn module(model: &Model<'_>, module: &str, style: &Style) -> ModuleView {
    let here: Vec<&Group<'_>> = model.groups.iter().filter(|group| group.module == module).collect();
    let name = here.first().map(|group| group.path.join(".")).unwrap_or_default();
    ModuleView {
        doc: inner_lines(&format!("The APIs `{name}.…` of {}.", model.connector.title)),
        import: style.import.clone(),
        groups: here.into_iter().map(|group| group_view(model, group, style)).collect(),
    }
}

fn group_view(model: &Model<'_>, group: &Group<'_>, style: &Style) -> GroupView {
    GroupView {
        doc: lines(&format!("The APIs `{}.…`.", group.path.join("."))),
        name: group.name.clone(),
        client: "self.0",
        inner: inner(model, group, false),
        apis: group.apis.iter().map(|api| api_view(model, api, style)).collect(),
    }
}

/// The methods that lead to the groups within one.
pub(crate) fn inner(model: &Model<'_>, group: &Group<'_>, with_module: bool) -> Vec<InnerView> {
    let view = |at: &usize| {
        let inner = &model.groups[*at];
        let path = if with_module { format!("{}::{}", inner.module, inner.name) } else { inner.name.clone() };
        InnerView {
            doc: lines(&format!("The APIs `{}.…`.", inner.path.join("."))), method: inner.method.clone(), path
        }
    };
    group.inner.iter().map(view).collect()
}

fn api_view(model: &Model<'_>, api: &ApiModel<'_>, style: &Style) -> ApiView {
    let mut words = api_words(model.connector, api.api);
    if let Some(example) = statements(model, &api.api.name).and_then(|text| formatted_statements(&text)) {
        words.push_str(&format!("\n```{}\n{example}```\n", style.fence));
    }
    let arguments = api.needed.iter().map(|argument| format!("{}: {}, ", argument.name, argument.ty.taken(TYPES)));
    let puts = api
        .needed
        .iter()
        .map(|argument| format!(".{}", argument.ty.put(TYPES, &argument.parameter.name, &argument.name)));
    ApiView {
        doc: lines(&words),
        summary: lines(&format!("A call of `{}`.", api.api.name)),
        name: api.name.clone(),
        wire: format!("{:?}", api.api.name),
        method: api.method.clone(),
        arguments: arguments.collect(),
        puts: puts.collect(),
        setters: setters(api),
        output: output(&api.kind),
        sends: sends(&api.kind),
    }
}

const TYPES: &str = "types::";

fn setters(api: &ApiModel<'_>) -> Vec<SetterView> {
    let setters = api.optional.iter().map(|argument| SetterView {
        doc: lines(&parameter(api.api, argument.parameter)),
        name: format!("set_{}", argument.name),
        taken: argument.ty.taken(TYPES),
        put: argument.ty.put(TYPES, &argument.parameter.name, "value"),
    });
    let sized = matches!(api.kind, Kind::Many { is_sized: true, .. }).then(|| SetterView {
        doc: lines("A wish for the number of records of a page, which is held within the service's bounds."),
        name: "with_page_size".to_owned(),
        taken: "u64".to_owned(),
        put: "with_page_size(value)".to_owned(),
    });
    setters.chain(sized).collect()
}

fn output(kind: &Kind) -> String {
    match kind {
        Kind::Nothing => "()".to_owned(),
        Kind::One(record) | Kind::Many { record, .. } => record.name(TYPES),
        Kind::Job { reply } => reply.name(TYPES),
        Kind::File => "Download".to_owned(),
        Kind::Outcomes { .. } => "Outcome".to_owned(),
    }
}

fn sends(kind: &Kind) -> Vec<SendView> {
    let send = |doc: &str, signature: String, call: String| SendView { doc: lines(doc), signature, call };
    let one = |ty: String| {
        send("Sends it and gives the record.", format!("send(self) -> Sending<{ty}>"), "send()".to_owned())
    };
    match kind {
        Kind::Nothing => vec![send("Sends it.", "send(self) -> Sending<()>".to_owned(), "send_only()".to_owned())],
        Kind::One(record) => vec![one(record.name(TYPES))],
        Kind::Many { record, .. } => {
            let record = record.name(TYPES);
            vec![
                send(
                    "Reads the list to its end.",
                    format!("records(self) -> Records<{record}>"),
                    "records()".to_owned(),
                ),
                send("Reads the list page by page.", format!("pages(self) -> Pages<{record}>"), "pages()".to_owned()),
            ]
        }
        Kind::File => {
            vec![send("Downloads the file.", "download(self) -> Sending<Download>".to_owned(), "download()".to_owned())]
        }
        Kind::Outcomes { batch: None } => vec![send(
            "Sends it and gives what became of each record, in their order.",
            "send(self) -> Sending<Vec<Outcome>>".to_owned(),
            "outcomes()".to_owned(),
        )],
        Kind::Outcomes { batch: Some((list, item)) } => batch_sends(list, &item.name(TYPES)),
        Kind::Job { reply } => vec![
            send(
                "Starts the job, which is waited for and read. Its rows have the columns that were asked for.",
                "start(self) -> Sending<Job<Record>>".to_owned(),
                "start()".to_owned(),
            ),
            one(reply.name(TYPES)),
        ],
    }
}

fn batch_sends(list: &str, item: &str) -> Vec<SendView> {
    vec![
        SendView {
            doc: lines(
                "Sends the records, in as many requests as they need, and gives what became of each, in their order.",
            ),
            signature: format!(
                "send(self, records: impl IntoIterator<Item = impl Into<{item}>>) -> Sending<Vec<Outcome>>"
            ),
            call: format!("with_list::<{item}>({list:?}, records).outcomes()"),
        },
        SendView {
            doc: lines(
                "Sends records that come one after the other, and gives what becomes of each while it goes on. No more \
                 of them are in memory than are on their way.",
            ),
            signature: format!("stream(self, records: impl Stream<Item = {item}> + Send + 'static) -> Outcomes"),
            call: format!("stream({list:?}, records)"),
        },
    ]
}
