//! More scopes for a refresh token that is there already: Zoho's incremental authorisation, and a plain new consent where
//! that is refused.

use url::Url;
use zoho_connector::Scope;

use super::accounts_server::{TOKEN, address};
use super::authorization_code::CsrfState;
use super::callback::{belongs, not_given, parameter};
use super::loopback::Listener;
use super::person::{Notice, Person};
use super::refusal::Step;
use super::sign_in::{AuthFlow, Loopback, Redirect, SignIn, SignedIn, joined};
use super::token::{Grant, RefreshToken, Tokens};
use crate::error::{Error, ErrorKind};
use crate::secret::Secret;
use crate::transport::Transport;

/// Where the token for adding scopes is asked for.
const ENHANCE: &str = "/oauth/v2/token/scopeenhance";
/// Where the person agrees to the scopes.
const ADD: &str = "/oauth/v2/token/addextrascope";

impl SignIn {
    /// Adds the scopes of this sign-in to tokens that are there already, with the person's consent in a browser on this
    /// machine. The refresh token stays the same, so that whoever else uses it gets the scopes too.
    ///
    /// Where Zoho does not add scopes to this token, the person is asked for a plain new consent to the old scopes and
    /// the new ones. What comes then is another refresh token; the old one lives on until it is revoked.
    ///
    /// # Errors
    /// As [`SignIn::login`].
    pub async fn add_scopes(
        &self,
        before: &SignedIn,
        place: &Loopback,
        person: &dyn Person,
    ) -> Result<SignedIn, Error> {
        let old = before.tokens.granted();
        let missing: Vec<Scope> =
            self.scopes.iter().filter(|scope| !old.iter().any(|have| have.covers(scope))).cloned().collect();
        if missing.is_empty() {
            return Ok(before.clone());
        }
        let refused = match (&before.tokens.refresh, &before.tokens.grant) {
            (Some(refresh), Grant::RefreshToken) => {
                let transport = &self.transport()?;
                let addition = Addition { sign_in: self, transport, before, refresh, missing: &missing };
                match addition.token().await {
                    Ok(token) => return addition.ask(&token, place, person).await,
                    // Throttled, or unreachable: a new consent would fare no better.
                    Err(error) if error.kind() != ErrorKind::SignIn => return Err(error),
                    Err(error) => error.to_string(),
                }
            }
            _ => "the connection has no refresh token".to_owned(),
        };
        person.notice(&Notice::NewConsent(refused));
        let all = Self { scopes: both(&old, &missing), ..self.clone() };
        all.login(AuthFlow::AuthorizationCode(Redirect::Loopback(place.clone())), person).await
    }
}

/// Scopes that are being added to a refresh token.
struct Addition<'a> {
    sign_in: &'a SignIn,
    transport: &'a Transport,
    before: &'a SignedIn,
    refresh: &'a RefreshToken,
    missing: &'a [Scope],
}

impl Addition<'_> {
    /// A token that allows to ask the person for more; it lives ten minutes.
    async fn token(&self) -> Result<Secret, Error> {
        let server = self.sign_in.server(self.transport, &self.before.data_center, Step::Enhance);
        let form = [("grant_type", "update_scopes_token"), ("refresh_token", self.refresh.expose())];
        let tokens = server.tokens(ENHANCE, &form).await?;
        let missing = || Error::new(ErrorKind::SignIn, "the accounts server gave no token for adding scopes");
        tokens.access.map(|access| Secret::new(access.expose())).ok_or_else(missing)
    }

    /// Asks the person in the browser, and takes an access token that has the new scopes.
    async fn ask(&self, token: &Secret, place: &Loopback, person: &dyn Person) -> Result<SignedIn, Error> {
        let listener = Listener::bind(place).await?;
        let state = CsrfState::random()?;
        let mut url = address(&self.before.data_center, ADD)?;
        url.query_pairs_mut()
            .append_pair("response_type", "update_scopes")
            .append_pair("client_id", &self.sign_in.client.id)
            .append_pair("redirect_uri", &listener.redirect_uri())
            .append_pair("scope", &joined(self.missing))
            .append_pair("enhance_token", token.expose())
            .append_pair("logout", "false")
            .append_pair("state", state.as_str());
        person.browse(&self.sign_in.for_browser(url));
        let answer = listener.wait(move |address| is_answer(address, &state), person).await?;
        let done = match said(&answer.address) {
            Ok(()) => self.widened().await,
            Err(error) => Err(error),
        };
        answer.show(done.as_ref().map(|_| "The scopes were added.")).await;
        done
    }

    /// Whether the scopes are there the next access token says, and not what came through the browser.
    async fn widened(&self) -> Result<SignedIn, Error> {
        let Self { sign_in, transport, before, refresh, missing } = self;
        let server = sign_in.server(transport, &before.data_center, Step::Refresh);
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.expose())];
        let fresh = server.tokens(TOKEN, &form).await?;
        let granted = fresh.granted();
        let absent: Vec<&str> = missing
            .iter()
            .filter(|scope| !granted.is_empty() && !granted.iter().any(|have| have.covers(scope)))
            .map(Scope::as_str)
            .collect();
        if !absent.is_empty() {
            let message = format!("the scopes were not added: {} is still missing", absent.join(", "));
            return Err(Error::new(ErrorKind::SignIn, message).with_hint("connect anew with all the scopes"));
        }
        let names = |scopes: &[Scope]| scopes.iter().map(|scope| scope.as_str().to_owned()).collect();
        let wanted = Tokens { scopes: names(&both(&before.tokens.granted(), missing)), ..before.tokens.clone() };
        let tokens = wanted.renewed(fresh);
        Ok(SignedIn { tokens, data_center: before.data_center.clone(), user: before.user.clone() })
    }
}

/// Whether a callback is an answer to this question. Zoho's page on adding scopes does not say that `state` comes back,
/// so its absence is no fault, and another one is. Somebody who forges an answer gains nothing: it carries no code, and
/// whether scopes were added the accounts server is asked.
fn is_answer(address: &Url, state: &CsrfState) -> bool {
    let says_something = ["status", "scope_enhanced", "error"].iter().any(|name| parameter(address, name).is_some());
    match parameter(address, "state") {
        Some(_) => belongs(address, state),
        None => says_something,
    }
}

fn said(address: &Url) -> Result<(), Error> {
    if let Some(word) = parameter(address, "error") {
        return Err(not_given(&word));
    }
    match parameter(address, "status") {
        Some(status) if !status.eq_ignore_ascii_case("success") => Err(not_given(&status)),
        _ => Ok(()),
    }
}

/// The old scopes and the new ones, without those that others cover.
fn both(old: &[Scope], new: &[Scope]) -> Vec<Scope> {
    let kept = old.iter().filter(|scope| !new.iter().any(|wider| wider.covers(scope)));
    kept.chain(new).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address_with(query: &str) -> Url {
        Url::parse(&format!("http://127.0.0.1:1/callback?{query}")).unwrap()
    }

    #[test]
    fn an_answer_of_another_sign_in_is_none() {
        let state = CsrfState::random().unwrap();
        let is_ours = |query: &str| is_answer(&address_with(&query.replace("STATE", state.as_str())), &state);
        assert!(is_ours("status=success&scope_enhanced=true&state=STATE"));
        assert!(is_ours("status=success&scope_enhanced=true"));
        assert!(is_ours("error=access_denied"));
        assert!(!is_ours("status=success&state=other") && !is_ours("") && !is_ours("code=1"));
    }

    #[test]
    fn a_refusal_is_one_in_either_form() {
        assert!(said(&address_with("status=success&scope_enhanced=true")).is_ok());
        assert!(said(&address_with("error=access_denied")).is_err());
        assert!(said(&address_with("status=failure")).is_err());
    }

    #[test]
    fn a_wider_scope_takes_the_place_of_a_narrow_one() {
        let scopes = |names: &[&str]| names.iter().map(|name| Scope::granted(name)).collect::<Vec<_>>();
        let all = both(&scopes(&["A.b.READ", "A.c.READ"]), &scopes(&["A.b.ALL"]));
        assert_eq!(joined(&all), "A.c.READ,A.b.ALL");
    }
}
