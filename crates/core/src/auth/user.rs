//! Who signed in, for display.

use serde_json::Value;
use zoho_connector::{DataCenter, Scope};

use super::accounts_server::address;
use super::token::Tokens;
use crate::secret::Secret;
use crate::transport::Transport;

/// The most characters of a name that are shown.
const LONGEST: usize = 120;

/// The name of the person, where the granted scopes allow to ask. It is for display only, so nothing depends on it: where
/// it does not come there is none.
pub(crate) async fn name(transport: &Transport, center: &DataCenter, tokens: &Tokens) -> Option<String> {
    let access = tokens.access.as_ref()?;
    let (path, scheme) = place(&tokens.granted())?;
    let url = address(center, path).ok()?;
    let authorization = Secret::new(format!("{scheme} {}", access.expose()));
    let (status, body) = transport.get(&url, &authorization).await.ok()?;
    if status == 200 { read(&body) } else { None }
}

/// Where to ask: at OpenID's place, or at Zoho's own.
fn place(granted: &[Scope]) -> Option<(&'static str, &'static str)> {
    let has = |wanted: &str| granted.iter().any(|scope| scope.as_str().eq_ignore_ascii_case(wanted));
    if has("profile") || has("email") {
        return Some(("/oauth/v2/userinfo", "Bearer"));
    }
    has("AaaServer.profile.READ").then_some(("/oauth/user/info", "Zoho-oauthtoken"))
}

fn read(body: &[u8]) -> Option<String> {
    let members: Value = serde_json::from_slice(body).ok()?;
    let text = |name: &str| members.get(name)?.as_str().map(str::trim).filter(|text| !text.is_empty());
    let both = |first: &str, last: &str| {
        let words: Vec<&str> = [text(first), text(last)].into_iter().flatten().collect();
        (!words.is_empty()).then(|| words.join(" "))
    };
    let name = text("name").or_else(|| text("Display_Name")).map(str::to_owned);
    let name = name.or_else(|| both("given_name", "family_name")).or_else(|| both("First_Name", "Last_Name"));
    let address = text("email").or_else(|| text("Email"));
    let shown = match (name, address) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (Some(name), None) => name,
        (None, Some(address)) => address.to_owned(),
        (None, None) => return None,
    };
    Some(shown.chars().filter(|c| !c.is_control()).take(LONGEST).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_from_either_place() {
        assert_eq!(read(br#"{"name":"Ada","email":"ada@example.com"}"#).unwrap(), "Ada <ada@example.com>");
        assert_eq!(read(br#"{"First_Name":"Ada","Last_Name":"King","ZUID":7}"#).unwrap(), "Ada King");
        assert_eq!(read(br#"{"Email":"ada@example.com"}"#).unwrap(), "ada@example.com");
        assert_eq!(read("{\"name\":\"A\\u001b[31mda\"}".as_bytes()).unwrap(), "A[31mda");
        assert!(read(b"{}").is_none() && read(b"<html>").is_none() && read(b"[]").is_none());
    }

    #[test]
    fn nobody_is_asked_without_a_scope_for_it() {
        let at = |scope: &str| place(&[Scope::granted(scope)]).map(|(path, _)| path);
        assert_eq!(at("profile"), Some("/oauth/v2/userinfo"));
        assert_eq!(at("aaaserver.profile.READ"), Some("/oauth/user/info"));
        assert_eq!(at("Desk.tickets.READ"), None);
    }
}
