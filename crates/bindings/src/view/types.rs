//! The types of a service, for the template.

use serde::Serialize;
use zoho_connector::Field;

use crate::docs::{inner_lines, lines, plain, ty as type_words};
use crate::model::Model;
use crate::names::{Names, snake, variant};
use crate::rust_type::RustType;
use crate::shapes::{Shapes, Struct, members_of};
use crate::tokens::{Pairs, stand_in};

/// All types of a service.
#[derive(Debug, Serialize)]
pub(crate) struct TypesView {
    doc: Vec<String>,
    import: String,
    structs: Vec<StructView>,
    choices: Vec<ChoiceView>,
}

#[derive(Debug, Serialize)]
struct StructView {
    doc: Vec<String>,
    name: String,
    fields: Vec<FieldView>,
    /// What makes it a record, as a text that stands for it: its fields with their names in JSON.
    record: String,
    /// One entry where it is made from what must be in it, else none.
    constructors: Vec<ConstructorView>,
}

#[derive(Debug, Serialize)]
struct FieldView {
    doc: Vec<String>,
    name: String,
    ty: String,
}

#[derive(Debug, Serialize)]
struct ConstructorView {
    arguments: String,
    members: String,
}

#[derive(Debug, Serialize)]
struct ChoiceView {
    doc: Vec<String>,
    name: String,
    variants: Vec<VariantView>,
    /// What makes it a set, as a text that stands for it: its variants with their values.
    choice: String,
}

#[derive(Debug, Serialize)]
struct VariantView {
    doc: Vec<String>,
    name: String,
}

/// The view of a service's types.
pub(crate) fn view(model: &Model<'_>, import: &str) -> TypesView {
    let title = &model.connector.title;
    TypesView {
        doc: inner_lines(&format!("The records and sets of {title}.")),
        import: import.to_owned(),
        structs: model.shapes.structs.iter().map(|one| struct_view(&model.shapes, one)).collect(),
        choices: model.shapes.choices().map(|(name, member, values)| choice_view(name, member, values)).collect(),
    }
}

/// The names of a struct's fields.
pub(crate) fn field_names(one: &Struct<'_>) -> Vec<String> {
    let mut names = Names::with(&["extra"]);
    members_of(one).map(|field| names.snake(snake(&field.name))).collect()
}

fn struct_view(shapes: &Shapes<'_>, one: &Struct<'_>) -> StructView {
    let (mut fields, mut members, mut boxed) = (Vec::new(), Pairs::default(), Pairs::default());
    for (field, name) in members_of(one).zip(field_names(one)) {
        let rust = shapes.rust_type(&field.name, &field.ty);
        let is_boxed = shapes.is_recursive(&one.name, &rust);
        let place = if is_boxed { &mut boxed } else { &mut members };
        place.push(&name, &field.name);
        let ty = if is_boxed { format!("Box<{}>", rust.name("")) } else { rust.name("") };
        let ty = if shapes.is_certain(one, field) { ty } else { format!("Option<{ty}>") };
        fields.push(FieldView { doc: field_doc(field), name, ty });
    }
    let constructors: Vec<ConstructorView> = constructor(shapes, one, &fields).into_iter().collect();
    let boxed = if boxed.is_empty() { String::new() } else { format!(" {}", boxed.in_braces()) };
    // What has to be there cannot be left out, so there is no value without it.
    let default = if constructors.is_empty() { " default" } else { "" };
    let record = format!("{} {}{boxed}{default}", one.name, members.in_braces());
    let what = match one.of {
        Some(name) => format!("The record `{name}`."),
        None => "A record that stands within others.".to_owned(),
    };
    let way = match (one.is_read, one.is_sent) {
        (true, true) => " Replies have it, and requests take it.",
        (false, true) => " Requests take it.",
        _ => "",
    };
    StructView {
        doc: lines(&format!("{what}{way}")),
        name: one.name.clone(),
        fields,
        record: stand_in(&record),
        constructors,
    }
}

/// The function that makes a struct, where something has to be in it.
fn constructor(shapes: &Shapes<'_>, one: &Struct<'_>, fields: &[FieldView]) -> Option<ConstructorView> {
    let needed: Vec<&str> = shapes.made_with(one).map(|field| field.name.as_str()).collect();
    if needed.is_empty() {
        return None;
    }
    let (mut arguments, mut members) = (String::new(), String::new());
    for (field, FieldView { name, .. }) in members_of(one).zip(fields) {
        if needed.contains(&field.name.as_str()) {
            arguments.push_str(&format!("{name}: {}, ", shapes.rust_type(&field.name, &field.ty).taken("")));
            members.push_str(&format!("{}, ", given(shapes, field, name)));
        } else {
            members.push_str(&format!("{name}: None, "));
        }
    }
    Some(ConstructorView { arguments, members })
}

/// A field of a constructor, from the argument of its name.
fn given(shapes: &Shapes<'_>, field: &Field, name: &str) -> String {
    match shapes.rust_type(&field.name, &field.ty) {
        RustType::Bool => name.to_owned(),
        RustType::Struct(_) => name.to_owned(),
        RustType::List(_) => format!("{name}: {name}.into_iter().map(Into::into).collect()"),
        _ => format!("{name}: {name}.into()"),
    }
}

fn field_doc(field: &Field) -> Vec<String> {
    let default = field.default.as_ref().map(|value| format!(", {} unless given", plain(&value.to_string())));
    lines(&format!("`{}`: {}{}.", field.name, type_words(&field.ty), default.unwrap_or_default()))
}

fn choice_view(name: &str, member: &str, values: &[String]) -> ChoiceView {
    let mut names = Names::with(&["Other"]);
    let (mut variants, mut pairs) = (Vec::new(), Pairs::default());
    for value in values {
        let doc = lines(&if value.is_empty() { "An empty text.".to_owned() } else { format!("`{value}`") });
        let name = names.pascal(variant(value));
        pairs.push(&name, value);
        variants.push(VariantView { doc, name });
    }
    let choice = stand_in(&format!("{name} {}", pairs.in_braces()));
    ChoiceView { doc: lines(&format!("What `{member}` can be.")), name: name.to_owned(), variants, choice }
}
