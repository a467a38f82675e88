//! Names that the language cannot write: what has one is left out, and told.

use super::apis::words_of_argument;
use crate::definitions::operation::{Operation, Place, Reply};
use crate::definitions::shape::{Member, Shape};

/// Whether a name of the wire is itself where it is written as a key: behind a `!` a member is required, `..` takes over
/// the members of a type, and a blank is no name.
pub(super) fn is_writable(name: &str) -> bool {
    !name.trim().is_empty() && name != ".." && !name.ends_with('!')
}

/// Leaves out what has a name that cannot be written, with a remark for each name.
pub(super) fn leave_out(operation: &mut Operation) {
    let mut names: Vec<String> = Vec::new();
    operation
        .parameters
        .retain_mut(|parameter| parameter.place == Place::Path || is_kept(&mut parameter.member, &mut names));
    operation.form.retain_mut(|member| is_kept(member, &mut names));
    if let Some(body) = &mut operation.body {
        keep(body, &mut names);
    }
    if let Reply::Json(reply) = &mut operation.reply {
        keep(reply, &mut names);
    }
    operation.remarks.extend(names.iter().map(|name| format!("`{name}` cannot be written as a name: left out")));
}

/// The argument that two parts of a path would be, where there is one. Values of the connection are no arguments.
pub(super) fn twice(path: &str, connection: &[&str]) -> Option<String> {
    let arguments: Vec<String> =
        names_in(path).filter(|name| !connection.contains(name)).map(words_of_argument).collect();
    let mut again = arguments.iter().enumerate().filter(|(at, name)| arguments[..*at].contains(name));
    again.next().map(|(_, name)| name.clone())
}

/// The names in the braces of a path.
pub(super) fn names_in(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|part| part.split('}').next())
}

/// Keeps the members of a shape that can be written, and notes the names of the others. An object of which nothing is left
/// may have any members.
pub(super) fn keep(shape: &mut Shape, names: &mut Vec<String>) {
    match shape {
        Shape::List(item, _) => keep(item, names),
        Shape::Object(object) => {
            object.members.retain_mut(|member| is_kept(member, names));
            if object.members.is_empty() {
                *shape = Shape::Map;
            }
        }
        _ => {}
    }
}

/// Whether a member can be written; the members that it has itself are kept or noted.
fn is_kept(member: &mut Member, names: &mut Vec<String>) -> bool {
    let is_kept = is_writable(&member.name);
    if is_kept {
        keep(&mut member.shape, names);
    } else if !names.contains(&member.name) {
        names.push(member.name.clone());
    }
    is_kept
}
