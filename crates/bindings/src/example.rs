//! The call of one API with the arguments of its example, as it is written in Rust.

use serde_json::Value;
use zoho_connector::sample::{SAMPLE_FILE, Sample, sample};
use zoho_connector::{Api, Field};

use crate::json_text::JSON_MARK;
use crate::model::{ApiModel, Argument, Kind, Model};
use crate::rust_type::RustType;
use crate::shapes::{Shapes, Struct, members_of};
use crate::tokens::marked;

/// The statements of an example, in one text without order in its lines.
pub(crate) fn statements(model: &Model<'_>, api: &str) -> Option<String> {
    let (group, found) = model.find(api)?;
    let mut samples = sample(model.connector, found.api);
    let batch = match &found.kind {
        Kind::Outcomes { batch: Some((list, item)) } => Some((samples.shift_remove(list), item)),
        _ => None,
    };
    let mut call = model.variable.clone();
    model.way_to(group).into_iter().for_each(|step| call.push_str(&format!(".{step}()")));
    let (mut arguments, mut later) = (Vec::new(), String::new());
    for argument in &found.needed {
        let (value, instead) = needed(model, argument, samples.get(&argument.parameter.name));
        arguments.push(value);
        later.push_str(&instead);
    }
    call.push_str(&format!(".{}({})", found.method, arguments.join(", ")));
    for argument in &found.optional {
        if let Some(given) = samples.get(&argument.parameter.name) {
            later.push_str(&optional(model, argument, given));
        }
    }
    call.push_str(&later);
    Some(terminal(model, found, &call, batch))
}

/// An argument of the method; where its example is nothing of its type, any value of it and what replaces that.
fn needed(model: &Model<'_>, argument: &Argument<'_>, given: Option<&Sample>) -> (String, String) {
    let name = &argument.parameter.name;
    match given {
        Some(Sample::Value(value)) => match taken(&model.shapes, &argument.ty, value) {
            Some(text) => (text, String::new()),
            None => (stand_in(&model.shapes, &argument.ty), any(name, value)),
        },
        _ => (file_of(&argument.ty), String::new()),
    }
}

fn optional(model: &Model<'_>, argument: &Argument<'_>, given: &Sample) -> String {
    match given {
        Sample::Value(value) => match taken(&model.shapes, &argument.ty, value) {
            Some(text) => format!(".set_{}({text})", argument.name),
            None => any(&argument.parameter.name, value),
        },
        Sample::File => format!(".set_{}({})", argument.name, file_of(&argument.ty)),
    }
}

/// A value that is put without its type.
fn any(name: &str, value: &Value) -> String {
    format!(".with_argument({name:?}, {})", json(value))
}

fn file_of(ty: &RustType) -> String {
    let (name, text) = SAMPLE_FILE;
    let file = format!("FilePart::bytes({name:?}, {text:?})");
    if matches!(ty, RustType::List(_)) { format!("[{file}]") } else { file }
}

/// A value as a method takes it that converts what it is given; nothing where it is none of the type.
fn taken(shapes: &Shapes<'_>, ty: &RustType, value: &Value) -> Option<String> {
    match ty {
        RustType::List(item) => {
            let Value::Array(values) = value else { return None };
            if values.is_empty() {
                return Some(format!("Vec::<{}>::new()", item.name("types::")));
            }
            let entries: Option<Vec<String>> = values.iter().map(|value| entry(shapes, item, value)).collect();
            Some(format!("[{}]", entries?.join(", ")))
        }
        other => entry(shapes, other, value),
    }
}

/// A value that `Into` converts.
fn entry(shapes: &Shapes<'_>, ty: &RustType, value: &Value) -> Option<String> {
    match ty {
        RustType::String | RustType::Choice(_) | RustType::Engine("Id" | "Decimal" | "Date" | "Time") => {
            Some(format!("{:?}", scalar(value)?))
        }
        RustType::Engine(_) => Some(json(value)),
        ty => exact(shapes, ty, value),
    }
}

/// A value of the very type.
fn exact(shapes: &Shapes<'_>, ty: &RustType, value: &Value) -> Option<String> {
    match ty {
        RustType::Int => scalar(value)?.trim().parse::<i64>().ok().map(|number| number.to_string()),
        RustType::Bool => scalar(value)?.trim().parse::<bool>().ok().map(|truth| truth.to_string()),
        RustType::List(item) => {
            let entries: Option<Vec<String>> =
                value.as_array()?.iter().map(|value| exact(shapes, item, value)).collect();
            Some(format!("vec![{}]", entries?.join(", ")))
        }
        RustType::Struct(name) => literal(shapes, shapes.struct_named(name)?, value),
        RustType::File => None,
        ty => Some(format!("{}.into()", entry(shapes, ty, value)?)),
    }
}

/// A struct with the members that a value has.
fn literal(shapes: &Shapes<'_>, one: &Struct<'_>, value: &Value) -> Option<String> {
    let given = value.as_object()?;
    let names = crate::view::types::field_names(one);
    let made_with: Vec<&str> = shapes.made_with(one).map(|field| field.name.as_str()).collect();
    let (mut arguments, mut members) = (Vec::new(), String::new());
    for (field, name) in members_of(one).zip(&names) {
        let ty = shapes.rust_type(&field.name, &field.ty);
        match given.get(&field.name) {
            Some(value) if made_with.contains(&field.name.as_str()) => arguments.push(taken(shapes, &ty, value)?),
            // What has a default may be left out of an example; here it has to be said.
            None if made_with.contains(&field.name.as_str()) => {
                arguments.push(taken(shapes, &ty, field.default.as_ref()?)?);
            }
            Some(value) => members.push_str(&member(shapes, one, field, name, value)?),
            None => {}
        }
    }
    // A member that the struct does not have, as one that is always sent the same, cannot be said here.
    let is_known = given.keys().all(|name| members_of(one).any(|field| field.name == *name));
    let made = match made_with.as_slice() {
        [] => "Default::default()".to_owned(),
        _ => format!("types::{}::new({})", one.name, arguments.join(", ")),
    };
    is_known.then(|| {
        if members.is_empty() && !made_with.is_empty() {
            made.clone()
        } else {
            format!("types::{} {{ {members}..{made} }}", one.name)
        }
    })
}

fn member(shapes: &Shapes<'_>, one: &Struct<'_>, field: &Field, name: &str, value: &Value) -> Option<String> {
    let ty = shapes.rust_type(&field.name, &field.ty);
    let text = exact(shapes, &ty, value)?;
    let text = if shapes.is_recursive(&one.name, &ty) { format!("Box::new({text})") } else { text };
    Some(if shapes.is_certain(one, field) { format!("{name}: {text}, ") } else { format!("{name}: Some({text}), ") })
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

fn stand_in(shapes: &Shapes<'_>, ty: &RustType) -> String {
    match ty {
        RustType::Int => "0".to_owned(),
        RustType::Bool => "false".to_owned(),
        RustType::Engine("Record") => json(&Value::Object(serde_json::Map::new())),
        RustType::List(item) => format!("Vec::<{}>::new()", item.name("types::")),
        RustType::Struct(name) => {
            let arguments = shapes.struct_named(name).into_iter().flat_map(|one| {
                shapes.made_with(one).map(|field| stand_in(shapes, &shapes.rust_type(&field.name, &field.ty)))
            });
            match arguments.collect::<Vec<_>>().join(", ") {
                none if none.is_empty() => format!("types::{name}::default()"),
                arguments => format!("types::{name}::new({arguments})"),
            }
        }
        RustType::File => file_of(ty),
        _ => "\"\"".to_owned(),
    }
}

/// A value in the macro `json!`. What formats code makes no sense of a macro, so it goes through as a text, in whose place
/// [`crate::render`] writes it.
fn json(value: &Value) -> String {
    marked(JSON_MARK, &value.to_string())
}

/// What is done with a file. What formats code spells what stands in a macro out, so that is a name alone.
const PRINT_FILE: &str = "let bytes = file.bytes().await?;\nprintln!(\"{} bytes\", bytes.len());";

/// The call with what sends it, and what is done with what it gives.
fn terminal(model: &Model<'_>, api: &ApiModel<'_>, call: &str, batch: Option<(Option<Sample>, &RustType)>) -> String {
    match &api.kind {
        Kind::Nothing => format!("{call}.send().await?;"),
        Kind::One(_) => format!("let record = {call}.send().await?;\nprintln!(\"{{record:?}}\");"),
        Kind::Many { .. } => format!(
            "let mut records = {call}.records();\nwhile let Some(record) = records.try_next().await? {{\n\
             println!(\"{{record:?}}\");\n}}"
        ),
        Kind::File => format!("let file = {call}.download().await?;\n{PRINT_FILE}"),
        Kind::Outcomes { .. } => {
            let records = match batch {
                Some((Some(Sample::Value(value)), item)) => records_of(model, item, &value),
                Some(_) => "Vec::<Record>::new()".to_owned(),
                None => String::new(),
            };
            format!(
                "for outcome in {call}.send({records}).await? {{\nprintln!(\"{{}} {{}}\", outcome.index, outcome.status);\n}}"
            )
        }
        Kind::Job { .. } => {
            format!("let mut job = {call}.start().await?;\njob.wait().await?;\n{}", result_of_job(model, api.api))
        }
    }
}

/// What is done with what a job gives: its records where they are known, else its file, or the state that it ends in.
fn result_of_job(model: &Model<'_>, api: &Api) -> String {
    let Some(job) = &api.job else { return String::new() };
    let fetched = job.fetch.as_ref().and_then(|fetch| model.connector.api(fetch)?.contains.as_ref());
    match fetched.or(job.contains.as_ref()) {
        _ if !job.has_result() => "println!(\"{:?}\", job.record());".to_owned(),
        Some(_) => "for row in job.records().await? {\nprintln!(\"{:?}\", row?);\n}".to_owned(),
        None => format!("let file = job.download().await?;\n{PRINT_FILE}"),
    }
}

/// The records of a batch.
fn records_of(model: &Model<'_>, item: &RustType, value: &Value) -> String {
    let list = RustType::List(Box::new(item.clone()));
    taken(&model.shapes, &list, value).unwrap_or_else(|| format!("Vec::<{}>::new()", item.name("types::")))
}
