//! Whether a client is right, as far as Zoho tells before a sign-in: the token endpoint says another word to a client
//! that it does not know, or whose secret is wrong, than to one that brings a code which never was.

use std::sync::Arc;

use anyhow::Result;
use tokio::sync::Notify;
use url::Url;
use zoho_connector::{DataCenter, Scope};
use zoho_core::{AuthFlow, AuthorizationCode, Endpoint, Error, Person, SavedClient, SignIn, UserCode};

use super::kind::ClientKind;
use crate::connection::{self, data_center_of_word};
use crate::context::Context;
use crate::exit::{Problem, Status};

/// A scope that every account has: a device is given a code only for some scope.
const SCOPE: &str = "AaaServer.profile.READ";
/// A code that the console never made.
const NO_CODE: &str = "1000.zohoctl.checks.this.client";

/// Tries a client in its own data centre, and in those for which it has a secret of their own. Gives what was found out,
/// in words.
pub(super) async fn client(context: &Context, client: &SavedClient, endpoint: Option<Endpoint>) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let further = client.secrets.keys().filter(|id| **id != client.data_center);
    for word in std::iter::once(&client.data_center).chain(further) {
        let center = data_center_of_word(context, word)?;
        let sign_in = SignIn {
            scopes: vec![Scope::granted(SCOPE)],
            endpoint: endpoint.clone(),
            data_centers: Arc::clone(&context.settings.data_centers),
            transport: connection::transport()?,
            ..SignIn::new(client.credentials(), center.clone())
        };
        found.push(tried(&sign_in, center, client).await?);
    }
    Ok(found)
}

async fn tried(sign_in: &SignIn, center: &DataCenter, client: &SavedClient) -> Result<String> {
    let is_device = client.kind.as_deref() == Some(ClientKind::Device.as_str());
    let outcome = if is_device { device(sign_in).await } else { code(sign_in).await };
    let place = &center.accounts;
    match outcome {
        Ok(()) if is_device => Ok(format!("{place} knows the client. Its secret is tried at the first sign-in.")),
        Ok(()) => Ok(format!("{place} knows the client, and the secret is right.")),
        Err(error) if is_refusal(&error) => Err(refused(&error).into()),
        // The console's word counts more than a line that is down.
        Err(error) => {
            Ok(format!("Whether the client is right could not be found out: {error}. The first sign-in will tell."))
        }
    }
}

/// Whether Zoho said that the client is wrong.
fn is_refusal(error: &Error) -> bool {
    error.code().is_some_and(|code| code.starts_with("invalid_client"))
}

fn refused(error: &Error) -> Problem {
    Problem::new(Status::SignIn, format!("{error}; nothing was kept"))
        .maybe_hint(error.hint().map(str::to_owned))
        .hint("`zohoctl register` takes it again; --no-check keeps it as it is")
}

/// Brings a code that never was: a client that is right is told that the code is wrong.
async fn code(sign_in: &SignIn) -> std::result::Result<(), Error> {
    match sign_in.login(AuthFlow::SelfClient(AuthorizationCode::new(NO_CODE)), &Nobody::default()).await {
        Err(error) if error.code().is_some_and(|code| code == "invalid_code") => Ok(()),
        Err(error) => Err(error),
        Ok(_) => Ok(()),
    }
}

/// Asks for a code for a person to type, and leaves it there.
async fn device(sign_in: &SignIn) -> std::result::Result<(), Error> {
    let nobody = Nobody::default();
    tokio::select! {
        () = nobody.shown.notified() => Ok(()),
        outcome = sign_in.login(AuthFlow::DeviceCode, &nobody) => outcome.map(|_| ()),
    }
}

/// Nobody signs in: only the accounts server's first word is wanted.
#[derive(Default)]
struct Nobody {
    shown: Notify,
}

impl Person for Nobody {
    fn browse(&self, _address: &Url) {
        self.shown.notify_one();
    }

    fn enter_code(&self, _code: &UserCode) {
        self.shown.notify_one();
    }
}
