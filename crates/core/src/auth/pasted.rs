//! The code flow without a listener: the person pastes what the browser was sent to.

use url::Url;

use super::authorization_code::{AuthorizationCode, AuthorizationRequest, redirect_url};
use super::callback::Callback;
use super::person::{Notice, Person};
use super::sign_in::{SignIn, SignedIn};
use crate::error::{Error, ErrorKind};

/// How often a person is asked where what was pasted cannot be used.
const TRIES: usize = 3;

/// Signs in by an address, or a code, that the person pastes.
pub(super) async fn sign_in(sign_in: &SignIn, redirect_uri: &str, person: &dyn Person) -> Result<SignedIn, Error> {
    let request = sign_in.begin(redirect_uri)?;
    let redirect = redirect_url(redirect_uri)?;
    person.browse(&request.url);
    let callback = pasted(&request, &redirect, person).await?;
    sign_in.finish(&request, &callback).await
}

async fn pasted(request: &AuthorizationRequest, redirect: &Url, person: &dyn Person) -> Result<Callback, Error> {
    let mut last = None;
    for _ in 0..TRIES {
        match read(&person.paste().await?, request, redirect) {
            Ok(callback) => return Ok(callback),
            // A person who refused has decided, and is not asked again.
            Err(error) if error.code().is_some() => return Err(error),
            Err(error) => {
                person.notice(&Notice::PasteAgain(error.to_string()));
                last = Some(error);
            }
        }
    }
    Err(last.unwrap_or_else(|| Error::new(ErrorKind::SignIn, "nothing was pasted")))
}

/// Reads what was pasted: an address, its part from the `?` on, or a code.
fn read(text: &str, request: &AuthorizationRequest, redirect: &Url) -> Result<Callback, Error> {
    let text = text.trim().trim_matches(['"', '\'', '<', '>']);
    if let Ok(address) = Url::parse(text)
        && address.has_host()
    {
        return read_address(&address, request, redirect);
    }
    if text.contains("code=") || text.contains("error=") {
        let mut address = redirect.clone();
        address.set_query(Some(text.rsplit_once('?').map_or(text, |(_, query)| query)));
        return Callback::read(&address, &request.state);
    }
    let is_code = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    if !is_code {
        return Err(Error::new(ErrorKind::SignIn, "this is neither an address nor a code").with_hint(
            "paste the whole address from the browser after the consent, even where it shows an error page",
        ));
    }
    Ok(Callback { code: AuthorizationCode::new(text), location: None, accounts_server: None })
}

fn read_address(address: &Url, request: &AuthorizationRequest, redirect: &Url) -> Result<Callback, Error> {
    let is_consent = address.path() == request.url.path() && address.host() == request.url.host();
    if is_consent {
        return Err(Error::new(ErrorKind::SignIn, "this is the address of the consent itself")
            .with_hint("accept there, and paste the address that the browser shows after it"));
    }
    let place = |url: &Url| {
        (
            url.scheme().to_owned(),
            url.host().map(|host| host.to_owned()),
            url.port_or_known_default(),
            url.path().to_owned(),
        )
    };
    if place(address) != place(redirect) {
        return Err(Error::new(
            ErrorKind::SignIn,
            "this is not an address that the browser was sent to for this sign-in",
        )
        .with_hint(format!("it begins with {redirect}")));
    }
    Callback::read(address, &request.state)
}

#[cfg(test)]
mod tests {
    use zoho_connector::{DataCenters, Scope};

    use super::*;
    use crate::connection::ClientCredentials;

    const REDIRECT: &str = "https://example.org/back";

    fn request() -> AuthorizationRequest {
        let us = DataCenters::built_in().get("us").unwrap().clone();
        let sign_in = SignIn {
            scopes: vec![Scope::granted("Desk.basic.READ")],
            ..SignIn::new(ClientCredentials::new("1000.ID", "hidden"), us)
        };
        sign_in.begin(REDIRECT).unwrap()
    }

    fn said(text: &str) -> String {
        let request = request();
        let text = text.replace("STATE", request.state.as_str());
        match read(&text, &request, &Url::parse(REDIRECT).unwrap()) {
            Ok(callback) => format!("{} at {:?}", callback.code.expose(), callback.location),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn an_address_a_query_and_a_code_are_read() {
        let whole = "https://example.org/back?code=1000.a.b&state=STATE&location=eu&accounts-server=https%3A%2F%2Faccounts.zoho.eu";
        assert_eq!(said(whole), "1000.a.b at Some(\"eu\")");
        assert_eq!(said(&format!(" <{whole}>\n")), "1000.a.b at Some(\"eu\")");
        assert_eq!(said("?location=eu&code=1000.a.b&state=STATE"), "1000.a.b at Some(\"eu\")");
        assert_eq!(said("1000.a.b\n"), "1000.a.b at None");
    }

    #[test]
    fn what_is_not_the_answer_says_what_it_is() {
        let another = "the answer belongs to another sign-in (its `state` is not ours)";
        assert_eq!(said("https://example.org/back?code=1000.a.b&state=other"), another);
        assert_eq!(said("code=1000.a.b"), another);
        assert!(said("https://accounts.zoho.com/oauth/v2/auth?x=1").starts_with("this is the address of the consent"));
        for text in ["https://evil.org/back?code=c&state=STATE", "http://example.org/back?code=c&state=STATE"] {
            assert!(said(text).starts_with("this is not an address"), "{text}");
        }
        assert!(said("").starts_with("this is neither") && said("a b").starts_with("this is neither"));
        assert!(said("https://example.org/back?error=access_denied&state=STATE").contains("was not given"));
    }
}
