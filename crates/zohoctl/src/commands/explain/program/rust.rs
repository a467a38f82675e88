//! A program of Rust with zoho-core. It makes the call from its arguments and not from its URL, so that it is checked and
//! judged as here.

use std::fmt::Write;

use serde_json::Value;
use zoho_connector::{Auth, Environment, Parameter, Returns, Verb};
use zoho_core::{Argument, Connection, FilePart, Invocation};

use super::{KEY, Setting, TOKEN, path};

/// The program.
pub(super) fn program(invocation: &Invocation, connection: &Connection, setting: &Setting<'_>) -> String {
    let connection = connection_lines(invocation, connection);
    let arguments = arguments(invocation);
    let client = client_line(invocation);
    let call = call_lines(invocation, setting);
    let body = [&connection, &client, &arguments, &call].map(String::as_str).concat();
    let (connector, api) = (invocation.connector(), invocation.api());
    let mut text = format!(
        "//! {}, {}: prints the reply.\n//!\n//! Needs zoho-connector, zoho-connectors, zoho-core, serde_json, and tokio with `macros` and `rt`.\n\n",
        connector.title, api.name
    );
    text.push_str(&imports(&body));
    text.push_str(
        "\n#[tokio::main(flavor = \"current_thread\")]\nasync fn main() -> Result<(), Box<dyn std::error::Error>> {\n",
    );
    let folders: String =
        setting.folders.iter().map(|folder| format!(".with_folder({:?})", folder.display().to_string())).collect();
    text.push_str(&format!("    let library = Library::new(zoho_connectors::ALL){folders};\n"));
    text.push_str(&format!("    let connector = Arc::new(library.connector({:?})?);\n", connector.name));
    text.push_str(&body);
    text.push_str("    Ok(())\n}\n");
    text
}

/// What the body of the program uses.
fn imports(body: &str) -> String {
    let used = |names: &[&'static str]| -> String {
        let used = names
            .iter()
            .copied()
            .filter(|name| body.contains(&format!("{name}::")) || body.contains(&format!("{name} {{")));
        used.collect::<Vec<_>>().join(", ")
    };
    let mut text = "use std::io::Write;\nuse std::sync::Arc;\n\n".to_owned();
    text.push_str(if body.contains("json!") { "use serde_json::json;\n" } else { "" });
    let connector = used(&["Environment"]);
    text.push_str(&match connector.as_str() {
        "" => "use zoho_connector::Library;\n".to_owned(),
        connector => format!("use zoho_connector::{{{connector}, Library}};\n"),
    });
    let core = used(&[
        "AccessToken",
        "Argument",
        "Arguments",
        "Client",
        "Connection",
        "Endpoint",
        "FilePart",
        "Invocation",
        "Secret",
        "Tokens",
    ]);
    text.push_str(&format!("use zoho_core::{{{core}}};\n"));
    text
}

fn connection_lines(invocation: &Invocation, connection: &Connection) -> String {
    let mut values: Vec<String> = Vec::new();
    let used = |name: &String| invocation.connector().connection.contains_key(name);
    for (name, value) in connection.values.iter().filter(|(name, _)| used(name)) {
        values.push(format!("    connection.values.insert({name:?}.to_owned(), {value:?}.to_owned());\n"));
    }
    match connection.environment {
        Environment::Production => {}
        environment => values.push(format!("    connection.environment = Environment::{environment:?};\n")),
    }
    if let Some(endpoint) = &connection.endpoint {
        values.push(format!("    connection.endpoint = Some(Endpoint::parse({:?})?);\n", endpoint.as_str()));
    }
    for host in &connection.trusted_hosts {
        values.push(format!("    connection.trusted_hosts.push({host:?}.to_owned());\n"));
    }
    let mutable = if values.is_empty() { "" } else { "mut " };
    let center = &connection.data_center.id;
    let first =
        format!("    let {mutable}connection = Connection::new({:?}, {center:?})?;\n", invocation.connector().name);
    std::iter::once(first).chain(values).collect()
}

fn client_line(invocation: &Invocation) -> String {
    let tokens = match invocation.api().auth {
        Auth::None => "    let tokens = Tokens::default();\n".to_owned(),
        Auth::OAuth | Auth::OAuthOrKey(_) => format!(
            "    // With a refresh token and a client in its place, access tokens are asked for as they are needed.\n    \
             let access = AccessToken::new(std::env::var({TOKEN:?})?, u64::MAX);\n    \
             let tokens = Tokens {{ access: Some(access), ..Tokens::default() }};\n"
        ),
        Auth::Key(_) => format!(
            "    let mut tokens = Tokens::default();\n    \
             tokens.keys.insert({:?}.to_owned(), Secret::new(std::env::var({KEY:?})?));\n",
            invocation.connector().name
        ),
    };
    format!("{tokens}    let client = Client::builder(connector.clone(), connection).tokens(tokens).build()?;\n")
}

fn arguments(invocation: &Invocation) -> String {
    let mut text = String::from("    let arguments = Arguments::new()");
    for parameter in &invocation.api().parameters {
        if let Some(argument) = invocation.argument(&parameter.name).and_then(|argument| given(parameter, argument)) {
            // Writing into a string does not fail.
            let _ = write!(text, "\n        .with({:?}, {argument})", parameter.name);
        }
    }
    text + ";\n"
}

/// An argument, unless it is what the API sends anyway.
fn given(parameter: &Parameter, argument: &Argument) -> Option<String> {
    match argument {
        Argument::Value(value) if parameter.default.as_ref() == Some(value) => None,
        Argument::Value(Value::String(text)) => Some(format!("{text:?}")),
        Argument::Value(value @ (Value::Bool(_) | Value::Number(_))) => Some(value.to_string()),
        Argument::Value(value) => Some(format!("json!({})", json(value))),
        Argument::Files(files) => {
            let files: Vec<String> = files.iter().map(file).collect();
            Some(format!("Argument::Files(vec![{}])", files.join(", ")))
        }
    }
}

/// A value as the macro `json!` takes it: JSON, but for the escapes of texts.
fn json(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        Value::Array(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| format!("{name:?}: {}", json(value));
            format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

fn file(file: &FilePart) -> String {
    let source = match path(file) {
        Some(path) => format!("FilePart::path({path:?})"),
        None => format!(
            "FilePart::bytes({:?}, std::io::Read::bytes(std::io::stdin()).collect::<Result<Vec<u8>, _>>()?)",
            file.name
        ),
    };
    match &file.content_type {
        Some(media_type) => format!("FilePart {{ content_type: Some({media_type:?}.to_owned()), ..{source} }}"),
        None => source,
    }
}

fn call_lines(invocation: &Invocation, setting: &Setting<'_>) -> String {
    let api = invocation.api();
    let size = setting.page_size.map(|size| format!(".with_page_size({size})")).unwrap_or_default();
    let mut text = format!("    let invocation = Invocation::new(&connector, {:?}, arguments)?{size};\n", api.name);
    let reply = if api.returns == Returns::File {
        "    let file = client.download(&invocation).await?;\n    \
         std::io::stdout().write_all(&file.bytes().await?)?;\n"
    } else {
        if matches!(api.returns, Returns::Many(_)) && api.verb == Verb::Get {
            text.push_str("    // `client.pages(invocation)?` reads the list to its end, as records.\n");
        }
        "    std::io::stdout().write_all(&client.body(&invocation).await?)?;\n"
    };
    text + reply
}
