//! The OAuth client: its identifier and its secret. The secret is never taken from an argument, which every user of
//! the machine could read, and never echoed.

use std::io::{BufRead, IsTerminal};

use anyhow::{Context as _, Result};
use zoho_core::{ClientCredentials, SavedConnection, Secret};

use super::ConnectArgs;
use crate::context::Context;
use crate::environment::{self, CLIENT_ID, CLIENT_SECRET};
use crate::exit::{Problem, Status};
use crate::talk;

/// The client to sign in with: by flag and environment, as the connection had it before, or asked for.
pub(super) fn credentials(
    context: &Context,
    args: &ConnectArgs,
    before: Option<&SavedConnection>,
) -> Result<ClientCredentials> {
    let given = args.client_id.clone().or_else(|| environment::read(CLIENT_ID));
    let id = match given.or_else(|| before.map(|saved| saved.client_id.clone())) {
        Some(id) => id,
        None => asked_id(context, args)?,
    };
    let secret = environment::read(CLIENT_SECRET).map(Secret::new);
    let same = before.filter(|saved| saved.client_id == id);
    let secret = match secret.or_else(|| same.map(|saved| saved.client_secret.clone())) {
        Some(secret) => secret,
        None => asked_secret()?,
    };
    Ok(ClientCredentials { id, secret })
}

fn asked_id(context: &Context, args: &ConnectArgs) -> Result<String> {
    let redirect = format!("http://127.0.0.1:{}/callback", args.port);
    if talk::can_ask() {
        context.talk.say(
            "A client is needed: add one at https://api-console.zoho.com, of the kind \"Server-based Applications\",",
        );
        context.talk.say(format!("with the redirect URL {redirect}"));
        if let Some(id) = talk::ask("Client ID:")?.filter(|id| !id.is_empty()) {
            return Ok(id);
        }
    }
    let problem = Problem::new(Status::SignIn, "no client is given to sign in with");
    let problem = problem.hint(format!("add one at https://api-console.zoho.com with the redirect URL {redirect}"));
    Err(problem.hint(format!("then give it by --client-id or {CLIENT_ID}, and its secret by {CLIENT_SECRET}")).into())
}

fn asked_secret() -> Result<Secret> {
    let secret = if std::io::stdin().is_terminal() {
        rpassword::prompt_password("Client secret (not shown): ").context("cannot ask for the client secret")?
    } else {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).context("cannot read the client secret from standard input")?;
        line
    };
    match secret.trim() {
        "" => {
            let problem = Problem::new(Status::SignIn, "no client secret is given");
            Err(problem.hint(format!("set {CLIENT_SECRET}, or give it on standard input")).into())
        }
        secret => Ok(Secret::new(secret)),
    }
}
