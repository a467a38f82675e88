//! The device flow (RFC 8628), as Zoho speaks it: the person types a code at an address, on whatever device, and the
//! program asks until that is done.

use std::time::Duration;

use serde_json::{Map, Value};
use url::Url;
use zoho_connector::{DataCenter, DataCenters};

use super::authorization_code::lasting;
use super::person::{Notice, Person, UserCode};
use super::refusal::Step;
use super::reply::{self, number};
use super::sign_in::{SignIn, SignedIn};
use super::token::Tokens;
use crate::error::{Error, ErrorKind};
use crate::secret::Secret;
use crate::transport::Transport;

const CODE: &str = "/oauth/v3/device/code";
const TOKEN: &str = "/oauth/v3/device/token";

/// The shortest pause between two polls, whatever a reply allows.
const SHORTEST_PAUSE: u64 = 5;
/// The pause after Zoho has said `slow_down`: what its page on polling asks for.
const SLOW_PAUSE: u64 = 30;
/// What every further `slow_down` adds (RFC 8628 §3.5).
const SLOWER: u64 = 5;
/// The longest pause: a server that asks for more is not waited for any longer.
const LONGEST_PAUSE: u64 = 300;
/// How long a code is good for where the reply does not say.
const USUAL_LIFE: u64 = 300;
/// The longest that a code is believed to be good for.
const LONGEST_LIFE: u64 = 3600;

/// Signs in by a code that the person types.
pub(super) async fn sign_in(sign_in: &SignIn, person: &dyn Person) -> Result<SignedIn, Error> {
    let transport = sign_in.transport()?;
    let device = ask(sign_in, &transport).await?;
    person.enter_code(&device.shown);
    let (tokens, center) = poll(sign_in, &transport, &device, person).await?;
    let tokens = sign_in.granted(lasting(tokens)?);
    Ok(sign_in.signed_in(&transport, tokens, &center).await)
}

/// A sign-in that waits for the person.
struct Device {
    code: Secret,
    shown: UserCode,
    /// The pause between two polls, in seconds.
    pause: u64,
}

async fn ask(sign_in: &SignIn, transport: &Transport) -> Result<Device, Error> {
    if sign_in.scopes.is_empty() {
        return Err(Error::new(ErrorKind::SignIn, "no scopes are asked for"));
    }
    let server = sign_in.server(transport, &sign_in.data_center, Step::DeviceCode);
    let scope = sign_in.scope();
    // Without the secret: it is asked for when the tokens are.
    let form = [
        ("grant_type", "device_request"),
        ("client_id", sign_in.client.id.as_str()),
        ("scope", scope.as_str()),
        ("access_type", "offline"),
        ("prompt", "consent"),
    ];
    let (status, body) = transport.post_form(&server.address(CODE)?, &form, None).await?;
    let members = reply::members(status, &body, &server)?;
    device(sign_in, &members).map_err(|error| error.status_of(status))
}

fn device(sign_in: &SignIn, members: &Map<String, Value>) -> Result<Device, Error> {
    let text = |name: &str| members.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let missing = || Error::new(ErrorKind::SignIn, "the accounts server answered without a code to type");
    let code = text("device_code").ok_or_else(missing)?;
    let typed = text("user_code").ok_or_else(missing)?;
    let address = text("verification_url").or_else(|| text("verification_uri")).ok_or_else(missing)?;
    let address = verification_address(sign_in, address)?;
    let complete = text("verification_uri_complete").or_else(|| text("verification_url_complete"));
    let complete = complete.map(|text| verification_address(sign_in, text)).transpose()?;
    let (pause, life) = times(members);
    Ok(Device {
        code: Secret::new(code),
        shown: UserCode {
            code: typed.chars().filter(|c| !c.is_control()).take(40).collect(),
            address,
            complete,
            life: Duration::from_secs(life),
        },
        pause,
    })
}

/// The address where the person types the code. It is shown to a person who will sign in there, so it must be Zoho's.
fn verification_address(sign_in: &SignIn, text: &str) -> Result<Url, Error> {
    let foreign = || {
        Error::new(
            ErrorKind::ForeignHost,
            "the accounts server sends the person to an address that is not one of Zoho's; it is not shown",
        )
    };
    let url = Url::parse(text).map_err(|_| foreign())?;
    let host = url.host_str().unwrap_or_default();
    let is_zohos = |host: &str| sign_in.data_centers.is_zoho(host);
    match &sign_in.endpoint {
        _ if url.scheme() == "https" && is_zohos(host) => Ok(sign_in.for_browser(url)),
        // A server on this machine names Zoho's hosts as a browser reaches them there.
        Some(_) if host.strip_suffix(".localhost").is_some_and(is_zohos) => Ok(url),
        _ => Err(foreign()),
    }
}

/// The pause between polls and the life of the code, in seconds. Some replies have milliseconds.
fn times(members: &Map<String, Value>) -> (u64, u64) {
    let in_seconds = |name: &str, most: u64| {
        let value = members.get(name).and_then(number)?;
        Some(if value > most { value / 1000 } else { value })
    };
    let pause = in_seconds("interval", 1000).unwrap_or(SHORTEST_PAUSE).clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
    let life = in_seconds("expires_in", 10_000).unwrap_or(USUAL_LIFE).min(LONGEST_LIFE);
    (pause, life)
}

/// What a poll says.
enum Polled {
    Tokens(Tokens),
    Pending,
    SlowDown,
    /// The account lives elsewhere.
    Elsewhere(DataCenter),
}

/// Asks until the person has decided. The first poll comes after a pause, too.
async fn poll(
    sign_in: &SignIn,
    transport: &Transport,
    device: &Device,
    person: &dyn Person,
) -> Result<(Tokens, DataCenter), Error> {
    let ends = sign_in.clock.now().saturating_add(device.shown.life.as_secs());
    let mut center = sign_in.data_center.clone();
    let mut pause = device.pause;
    loop {
        if sign_in.clock.now().saturating_add(pause) > ends {
            return Err(too_late());
        }
        person.notice(&Notice::Waiting(Duration::from_secs(pause)));
        sign_in.clock.pause(Duration::from_secs(pause)).await;
        match once(sign_in, transport, device, &center).await {
            Ok(Polled::Tokens(tokens)) => return Ok((tokens, center)),
            Ok(Polled::Pending) => {}
            Ok(Polled::SlowDown) => pause = slower(pause),
            Ok(Polled::Elsewhere(other)) => {
                person.notice(&Notice::Moved(other.clone()));
                center = other;
            }
            // A network that comes and goes is no reason to make the person begin anew; it is asked less often then.
            Err(error) if matches!(error.kind(), ErrorKind::Network | ErrorKind::Timeout) => {
                pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
            }
            Err(error) => return Err(error),
        }
    }
}

fn slower(pause: u64) -> u64 {
    if pause < SLOW_PAUSE { SLOW_PAUSE } else { pause.saturating_add(SLOWER).min(LONGEST_PAUSE) }
}

fn too_late() -> Error {
    Error::new(ErrorKind::Timeout, "the code was not typed in time")
        .with_hint("connect again, and type the code within the minutes that are named")
}

async fn once(sign_in: &SignIn, transport: &Transport, device: &Device, center: &DataCenter) -> Result<Polled, Error> {
    let server = sign_in.server(transport, center, Step::DevicePoll);
    let form = [("grant_type", "device_token"), ("code", device.code.expose())];
    let (status, body) = server.post(TOKEN, &form).await?;
    let members: Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    match text("error") {
        Some("authorization_pending") => Ok(Polled::Pending),
        Some("slow_down") => Ok(Polled::SlowDown),
        Some("other_dc") => {
            let named = text("dc").or_else(|| text("user_location")).unwrap_or_default();
            elsewhere(&sign_in.data_centers, named, center).map(Polled::Elsewhere)
        }
        _ => reply::tokens(status, &body, &server).map(Polled::Tokens),
    }
}

/// The data centre that a poll names, by its word or its accounts server. The client's secret goes there next.
fn elsewhere(table: &DataCenters, named: &str, center: &DataCenter) -> Result<DataCenter, Error> {
    let host = Url::parse(named).ok().and_then(|url| url.host_str().map(str::to_owned));
    let found = table.get(named).or_else(|| table.by_accounts_host(host.as_deref().unwrap_or(named)));
    let shown: String = named.chars().filter(|c| !c.is_control()).take(60).collect();
    match found {
        Some(other) if other.id == center.id => Err(Error::new(
            ErrorKind::SignIn,
            format!("the accounts server of {} sends the sign-in to itself", center.name),
        )
        .with_hint("connect again, with the data centre where the account lives")),
        Some(other) => Ok(other.clone()),
        None => Err(Error::new(
            ErrorKind::ForeignHost,
            format!("the account lives in the data centre `{shown}`, which is not known here; nothing was sent there"),
        )
        .with_hint("add a row for it to `data_centers` in the configuration")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn times_of(reply: &Value) -> (u64, u64) {
        times(reply.as_object().unwrap())
    }

    #[test]
    fn pauses_and_lives_are_read_in_seconds_and_milliseconds() {
        assert_eq!(times_of(&json!({ "interval": 5, "expires_in": 300 })), (5, 300));
        assert_eq!(times_of(&json!({ "interval": 30_000, "expires_in": 300_000 })), (30, 300));
        assert_eq!(times_of(&json!({ "interval": "10", "expires_in": "600" })), (10, 600));
        assert_eq!(times_of(&json!({})), (5, 300));
    }

    /// Whatever a server says, the pause is neither shorter than allowed nor endless, and nothing overflows.
    #[test]
    fn no_reply_makes_polling_hasty_or_endless() {
        for interval in [0, 1, 4, 5, 6, 999, 1000, 1001, 4_999, u64::MAX / 2, u64::MAX] {
            for life in [0, 1, 10_000, 10_001, u64::MAX] {
                let (pause, life) = times_of(&json!({ "interval": interval, "expires_in": life }));
                assert!((SHORTEST_PAUSE..=LONGEST_PAUSE).contains(&pause) && life <= LONGEST_LIFE);
            }
        }
        assert_eq!(times_of(&json!({ "interval": -1, "expires_in": "soon" })), (5, 300));
        assert_eq!((slower(5), slower(29), slower(30), slower(u64::MAX)), (30, 30, 35, LONGEST_PAUSE));
    }

    #[test]
    fn a_poll_moves_to_data_centers_of_the_table_only() {
        let table = DataCenters::built_in();
        let us = table.get("us").unwrap();
        let moved = |named| elsewhere(table, named, us).map(|center| center.id);
        assert_eq!(moved("EU").unwrap(), "eu");
        assert_eq!(moved("https://accounts.zoho.in").unwrap(), "in");
        assert_eq!(moved("accounts.zohocloud.ca").unwrap(), "ca");
        for named in ["", "evil.org", "https://accounts.zoho.eu.evil.org", "zoho.eu"] {
            assert_eq!(moved(named).unwrap_err().kind(), ErrorKind::ForeignHost, "{named}");
        }
        assert_eq!(moved("us").unwrap_err().kind(), ErrorKind::SignIn);
    }
}
