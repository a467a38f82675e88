//! Files above the size that an API takes: they go by the API that the connector names for them.

use percent_encoding::utf8_percent_encode;
use serde_json::Value;
use zoho_connector::jobs::Above;
use zoho_connector::{Api, Connector, Location, Type};

use crate::invocation::{Argument, Arguments};
use crate::request::PATH;

/// The API that takes files as large as these arguments have, and its arguments; none where they fit, or nobody knows one.
pub(crate) fn other_way<'a>(connector: &'a Connector, api: &'a Api, given: &Arguments) -> Option<(&'a str, Arguments)> {
    let above = api.above.as_ref()?;
    let other = connector.api(&above.api)?;
    let file = too_large(api, given)?;
    let mut arguments = Arguments::new();
    for (theirs, mine) in &above.arguments {
        if let Some(argument) = argument(api, given, mine) {
            arguments.insert(theirs.clone(), spelled(other, theirs, argument.clone()));
        }
    }
    // What has no other name there has the same one, or is said to be unknown.
    for (name, argument) in given.iter() {
        let is_mapped = |mine: &String| api.parameter(mine).is_some_and(|own| own.name == name || wire(own, name));
        if !above.arguments.values().any(is_mapped) {
            arguments.insert(name, argument.clone());
        }
    }
    fill(above, other, &mut arguments, file);
    Some((&other.name, arguments))
}

/// The name of a file that is too large.
fn too_large<'a>(api: &Api, given: &'a Arguments) -> Option<&'a str> {
    given.iter().find_map(|(name, argument)| {
        let most = parameter(api, name)?.ty.max_bytes()?;
        let Argument::Files(files) = argument else { return None };
        files.iter().find(|file| file.size().is_some_and(|size| size > most)).map(|file| file.name.as_str())
    })
}

fn fill(above: &Above, other: &Api, arguments: &mut Arguments, file: &str) {
    if let Some(name) = above.name.as_ref().filter(|name| arguments.get(name).is_none()) {
        arguments.insert(name.clone(), spelled(other, name, Argument::Value(file.into())));
    }
    if let Some(name) = above.unique.as_ref().filter(|name| arguments.get(name).is_none()) {
        let mut bytes = [0; 16];
        // Without random numbers it would not be used once; then the caller is asked for it.
        if getrandom::fill(&mut bytes).is_ok() {
            let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            arguments.insert(name.clone(), Value::from(text));
        }
    }
}

/// An argument as the other API takes it: a header carries text URL-encoded.
fn spelled(other: &Api, name: &str, argument: Argument) -> Argument {
    let is_text = parameter(other, name).is_some_and(|own| own.is_at(Location::Header) && own.ty == Type::String);
    match argument {
        Argument::Value(Value::String(text)) if is_text => {
            Argument::Value(utf8_percent_encode(&text, PATH).to_string().into())
        }
        argument => argument,
    }
}

fn argument<'a>(api: &Api, given: &'a Arguments, name: &str) -> Option<&'a Argument> {
    let own = api.parameter(name)?;
    given.get(name).or_else(|| own.sites.iter().find_map(|site| given.get(&site.wire)))
}

fn parameter<'a>(api: &'a Api, name: &str) -> Option<&'a zoho_connector::Parameter> {
    api.parameter(name).or_else(|| api.parameters.iter().find(|own| wire(own, name)))
}

fn wire(own: &zoho_connector::Parameter, name: &str) -> bool {
    own.sites.iter().any(|site| site.wire == name)
}
