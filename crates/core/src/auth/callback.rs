//! What the accounts server sends back through the browser.

use url::Url;

use super::authorization_code::{AuthorizationCode, CsrfState};
use crate::error::{Error, ErrorKind};

/// What the accounts server sends back through the browser.
#[derive(Debug, Clone)]
pub struct Callback {
    /// The code.
    pub code: AuthorizationCode,
    /// The word of the person's data centre.
    pub location: Option<String>,
    /// The accounts server of the person's data centre, as a URL.
    pub accounts_server: Option<String>,
}

impl Callback {
    /// Reads the address that the browser was sent to, of which `state` must be that of the request. Parameters beside
    /// those that count are ignored.
    ///
    /// # Errors
    /// [`ErrorKind::SignIn`] where the person refused, the state is another, or there is no code.
    pub fn read(address: &Url, state: &CsrfState) -> Result<Self, Error> {
        if !belongs(address, state) {
            return Err(Error::new(
                ErrorKind::SignIn,
                "the answer belongs to another sign-in (its `state` is not ours)",
            )
            .with_hint("take the address that the browser was sent to for this sign-in"));
        }
        if let Some(word) = parameter(address, "error") {
            return Err(not_given(&word));
        }
        let code = parameter(address, "code")
            .filter(|code| !code.is_empty())
            .ok_or_else(|| Error::new(ErrorKind::SignIn, "the answer has no code").with_hint("connect again"))?;
        Ok(Self {
            code: AuthorizationCode::new(code),
            location: parameter(address, "location"),
            accounts_server: parameter(address, "accounts-server"),
        })
    }
}

/// Whether an answer is that of a sign-in.
pub(super) fn belongs(address: &Url, state: &CsrfState) -> bool {
    parameter(address, "state").is_some_and(|other| state.matches(&other))
}

/// A parameter of an address; the first where it comes more than once.
pub(super) fn parameter(address: &Url, name: &str) -> Option<String> {
    address.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// The error for a consent that was not given, by the word that the accounts server sent back.
pub(super) fn not_given(word: &str) -> Error {
    let word = super::refusal::safe_word(word);
    let hint = match word.as_str() {
        "access_denied" => {
            "connect again and accept; where the account's administrator has to allow the application, ask them first"
        }
        "invalid_scope" | "invalid_oauthscope" => {
            "a scope does not exist, or the account's edition does not include its service: ask for fewer"
        }
        "invalid_client" | "unauthorized_client" => {
            "check the client id, its type and its data centre in the API console"
        }
        _ => "connect again; too many tries in ten minutes are refused, too",
    };
    Error::new(ErrorKind::SignIn, format!("the consent was not given ({word})")).code_of(Some(word)).with_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Callback, Error> {
        let state = CsrfState::random().unwrap();
        let query = query.replace("STATE", state.as_str());
        Callback::read(&Url::parse(&format!("http://127.0.0.1/callback?{query}")).unwrap(), &state)
    }

    #[test]
    fn parameters_beside_those_that_count_are_ignored() {
        let callback = read("scope=x&code=c%2F1&state=STATE&location=eu&code=other&x=%00&iss=https%3A%2F%2Fevil.org");
        let callback = callback.unwrap();
        assert_eq!((callback.code.expose(), callback.location.as_deref()), ("c/1", Some("eu")));
    }

    #[test]
    fn what_is_no_answer_of_this_sign_in_is_refused() {
        for query in ["code=c", "code=c&state=", "code=c&state=other", "state=STATE", "code=&state=STATE", ""] {
            assert_eq!(read(query).unwrap_err().kind(), ErrorKind::SignIn, "{query}");
        }
    }

    #[test]
    fn a_refusal_has_its_cure_and_no_markup() {
        let refused = read("error=access_denied&state=STATE").unwrap_err();
        assert_eq!(refused.to_string(), "the consent was not given (access_denied) (code access_denied)");
        assert!(refused.hint().unwrap().starts_with("connect again and accept"));
        assert!(!read("error=%3Cscript%3E&state=STATE").unwrap_err().to_string().contains('<'));
    }
}
