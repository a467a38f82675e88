//! `zohoctl register`: a walk through Zoho's API console, and the client that comes of it, kept and tried at once.

use anyhow::Result;
use clap::Args;
use serde_json::json;
use zoho_connector::DataCenter;
use zoho_core::{Endpoint, SavedClient, Secret, Vault, VaultPlace};

use crate::connection::{self, data_center_of_word};
use crate::context::Context;
use crate::environment::{self, CLIENT_ID, CLIENT_SECRET, DATA_CENTER};
use crate::exit::{Problem, Status};
use crate::output::table::{page_width, wrap};
use crate::runtime;
use crate::talk;
use crate::vault;

mod check;
pub(crate) mod clients;
mod console;
pub(crate) mod kind;

use kind::ClientKind;

/// The name of a client where none is given.
pub(crate) const DEFAULT: &str = "default";
/// The port of the redirect URL: a fixed one, since the URL is registered letter by letter.
pub(crate) const PORT: u16 = 8765;

const EXAMPLES: &str = "\
Without options it says what to do in the API console and asks for the rest. The secret is never an
argument: it comes from ZOHO_CLIENT_SECRET, from standard input, or is asked for without being shown.

Examples:
  zohoctl register                                     walk through the console
  zohoctl register --data-center eu --port 9000        the console of Europe, another redirect URL
  zohoctl register phone --kind device                 a client for machines without a browser
  ZOHO_CLIENT_SECRET=… zohoctl register --kind server --client-id 1000.ABC
  zohoctl register --secret-for eu --secret-for in     the secrets of two data centres, asked for

Registering again under the same name takes the new secret over into the connections of that client.
`zohoctl clients` lists what was registered.";

/// The arguments of `register`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RegisterArgs {
    /// What the client is called here
    #[arg(default_value = DEFAULT)]
    name: String,

    /// The kind of client: `server` (the usual), `desktop`, `device` or `self`; asked for where it is not given
    #[arg(long, value_enum, value_name = "KIND", hide_possible_values = true)]
    kind: Option<ClientKind>,

    /// The Client ID that the console shows [env: ZOHO_CLIENT_ID]
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,

    /// The data centre in whose console the client is made: us, eu, in, au, jp, ca, … [env: ZOHO_DATA_CENTER]
    #[arg(long, value_name = "WORD")]
    data_center: Option<String>,

    /// Take a secret of its own for this data centre; asked for after the first one, or the next line of standard input
    #[arg(long, value_name = "WORD")]
    secret_for: Vec<String>,

    /// The port of the redirect URL http://127.0.0.1:PORT/callback; 8765 unless given
    #[arg(long, value_name = "PORT", conflicts_with = "redirect_uri")]
    port: Option<u16>,

    /// A redirect URL elsewhere, as of a web application; the sign-in then asks to paste what the browser was sent to
    #[arg(long, value_name = "URL")]
    redirect_uri: Option<String>,

    /// Another server with Zoho's paths, as `zohoctl sandbox` is one [env: ZOHO_ENDPOINT]
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,

    /// Keep the client without asking Zoho whether it is right
    #[arg(long)]
    no_check: bool,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &RegisterArgs) -> Result<Status> {
    let endpoint = connection::endpoint_of(args.endpoint.as_deref())?;
    runtime::block_on(async {
        // Better to know now than after a person has gone through the console.
        let vault = vault::open_to_write(context).await?;
        let before = vault.client(&args.name).await?;
        // Ctrl-C ends a prompt as it ends any program: it is not waited for yet.
        let client = asked(context, args, before.as_ref())?;
        runtime::interruptible_any(keep(context, args, &vault, &client, endpoint)).await
    })
}

/// Tries the client and keeps it.
async fn keep(
    context: &Context,
    args: &RegisterArgs,
    vault: &Vault,
    client: &SavedClient,
    endpoint: Option<Endpoint>,
) -> Result<Status> {
    let checked = if args.no_check { Vec::new() } else { check::client(context, client, endpoint).await? };
    vault.put_client(&args.name, client).await?;
    let updated = update_connections(vault, client).await?;
    if context.output.wants_data() {
        let mut value = clients::as_json(&args.name, client);
        value["checked"] = json!(checked);
        value["updated_connections"] = json!(updated);
        context.output.value(&value)?;
    }
    said(context, &args.name, &checked, &updated, vault.place());
    Ok(Status::Ok)
}

/// The client, from options, the environment, what was registered before, and the person.
fn asked(context: &Context, args: &RegisterArgs, before: Option<&SavedClient>) -> Result<SavedClient> {
    let center = data_center(context, args, before)?;
    let secret_for: Result<Vec<&DataCenter>> =
        args.secret_for.iter().map(|word| data_center_of_word(context, word)).collect();
    let secret_for = secret_for?;
    let given = args.client_id.clone().or_else(|| environment::read(CLIENT_ID));
    let kind = kind(args, before, given.is_some())?;
    let redirect_uri = kind.redirects().then(|| redirect_uri(args, before)).transpose()?;
    if given.is_none() {
        let shown = redirect_uri.as_deref().unwrap_or_default();
        console::steps(kind, center, shown).iter().for_each(|step| context.talk.say(step));
        context.talk.say("");
    }
    let client_id = match given {
        Some(id) => id,
        None => asked_id(args, kind, before)?,
    };
    let client_id = plausible_id(client_id.trim())?;
    let same = before.filter(|before| before.client_id == client_id);
    let client_secret = secret(kind, same)?;
    let mut secrets = same.map(|before| before.secrets.clone()).unwrap_or_default();
    for center in secret_for {
        secrets.insert(center.id.clone(), secret_of(center)?);
    }
    Ok(SavedClient {
        client_id,
        client_secret,
        secrets,
        data_center: center.id.clone(),
        kind: Some(kind.as_str().to_owned()),
        redirect_uri,
    })
}

fn data_center<'c>(context: &'c Context, args: &RegisterArgs, before: Option<&SavedClient>) -> Result<&'c DataCenter> {
    let given = args.data_center.clone().or_else(|| environment::read(DATA_CENTER));
    let word = given.or_else(|| before.map(|before| before.data_center.clone())).unwrap_or_else(|| "us".to_owned());
    data_center_of_word(context, &word)
}

/// The kind: as it was said, as it was before, or asked for. Where nobody can be asked it is the usual one.
fn kind(args: &RegisterArgs, before: Option<&SavedClient>, id_is_given: bool) -> Result<ClientKind> {
    let known = before.and_then(|before| ClientKind::of_word(before.kind.as_deref()?));
    if let Some(kind) = args.kind.or(known) {
        return Ok(kind);
    }
    if id_is_given || !talk::can_ask() {
        return Ok(ClientKind::Server);
    }
    talk::line_out("How will you sign in?");
    for (position, kind) in ClientKind::ALL.into_iter().enumerate() {
        talk::line_out(&format!("  {}. {:8} {}", position + 1, kind.as_str(), kind.purpose()));
    }
    loop {
        let answer = talk::ask("Which kind of client? [1]")?.unwrap_or_default();
        let number = if answer.is_empty() { Ok(1) } else { answer.parse::<usize>() };
        let chosen = number.ok().and_then(|number| ClientKind::ALL.get(number.checked_sub(1)?).copied());
        if let Some(kind) = chosen.or_else(|| ClientKind::of_word(&answer)) {
            return Ok(kind);
        }
    }
}

/// The redirect URL: as it was said, as it was before, or the usual one on this machine.
fn redirect_uri(args: &RegisterArgs, before: Option<&SavedClient>) -> Result<String> {
    if let Some(url) = &args.redirect_uri {
        if !url.starts_with("https://") && !url.starts_with("http://") {
            return Err(Problem::usage(format!("`{url}` is no redirect URL"))
                .hint("it begins with https:// or http://, and stands in the API console letter by letter")
                .into());
        }
        return Ok(url.clone());
    }
    let known = before.and_then(|before| before.redirect_uri.clone()).filter(|_| args.port.is_none());
    Ok(known.unwrap_or_else(|| loopback(args.port.unwrap_or(PORT))))
}

/// The redirect URL of a port of this machine.
pub(crate) fn loopback(port: u16) -> String {
    format!("http://127.0.0.1:{port}/callback")
}

fn asked_id(args: &RegisterArgs, kind: ClientKind, before: Option<&SavedClient>) -> Result<String> {
    let known = before.map(|before| before.client_id.clone());
    if !talk::can_ask() {
        // A new secret for the client that is there already needs no id.
        return known.ok_or_else(|| {
            let line = format!("zohoctl register {} --kind {} --client-id 1000.…", args.name, kind.as_str());
            Problem::usage("no client id is given")
                .hint(format!("then run `{line}`, with the secret in {CLIENT_SECRET} or on standard input"))
                .into()
        });
    }
    loop {
        let usual = known.as_ref().map(|id| format!(" [{id}]")).unwrap_or_default();
        let answer = talk::ask(&format!("Client ID{usual}:"))?;
        match (answer, &known) {
            (Some(answer), _) if !answer.is_empty() => return Ok(answer),
            (Some(_), Some(known)) => return Ok(known.clone()),
            (Some(_), None) => {}
            (None, _) => return Err(Problem::usage("no client id is given").into()),
        }
    }
}

/// An id has a form that a secret has not: whoever mixes them up is told so, and the secret is not repeated.
fn plausible_id(id: &str) -> Result<String> {
    let is_plausible = id.contains('.') && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    if is_plausible {
        return Ok(id.to_owned());
    }
    Err(Problem::usage("what was given is no client id")
        .hint("one looks like 1000.AB12CD34…; the other one is the secret")
        .into())
}

/// The secret: from the environment, from standard input, or asked for.
fn secret(kind: ClientKind, same: Option<&SavedClient>) -> Result<Secret> {
    if let Some(secret) = environment::read(CLIENT_SECRET) {
        return Ok(Secret::new(secret.trim()));
    }
    let answer = talk::ask_hidden("Client Secret")?.filter(|answer| !answer.is_empty());
    match (answer, same) {
        (Some(answer), _) => Ok(Secret::new(answer)),
        // Nothing said leaves what was there: other things may be what changes.
        (None, Some(same)) => Ok(same.client_secret.clone()),
        // PKCE stands in for it.
        (None, None) if kind == ClientKind::Desktop => Ok(Secret::new("")),
        (None, None) => Err(Problem::usage("no client secret is given")
            .hint(format!("set {CLIENT_SECRET}, or give it on standard input; it is never an argument"))
            .into()),
    }
}

fn secret_of(center: &DataCenter) -> Result<Secret> {
    let answer = talk::ask_hidden(&format!("Client Secret of {}", center.id))?.filter(|answer| !answer.is_empty());
    answer.map(Secret::new).ok_or_else(|| {
        Problem::usage(format!("no client secret is given for {}", center.id))
            .hint("standard input has a line for each --secret-for, in their order, after that of the client itself")
            .into()
    })
}

/// Takes a changed secret over into the connections of the client, and gives their names.
async fn update_connections(vault: &Vault, client: &SavedClient) -> Result<Vec<String>> {
    let mut updated = Vec::new();
    for name in vault.names().await? {
        let Some(entry) = vault.get(&name).await? else { continue };
        let secret = client.secrets.get(&entry.connection.data_center).unwrap_or(&client.client_secret);
        if entry.connection.client_id == client.client_id && entry.connection.client_secret != *secret {
            vault.change(&name, |saved| saved.client_secret = secret.clone()).await?;
            updated.push(name);
        }
    }
    Ok(updated)
}

fn said(context: &Context, name: &str, checked: &[String], updated: &[String], place: &VaultPlace) {
    let talk = context.talk;
    checked.iter().for_each(|line| talk.say(line));
    talk.say(format!("The client is kept as `{name}`, with its secret, in {place}."));
    if !updated.is_empty() {
        talk.say(format!("Its new secret counts for the connections {} too.", updated.join(", ")));
    }
    let option = if name == DEFAULT { String::new() } else { format!("--client {name} ") };
    talk.say("\nNext, sign in to a service, or to several at once:\n");
    let services = context.library.names().join(" | ");
    talk.say(format!("  {}", wrap(&format!("zohoctl connect {option}{services}"), page_width(), 4).trim()));
    talk.say("");
}
