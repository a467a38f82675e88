//! The device flow: a code that a person types in elsewhere, while the device asks now and then.

use std::collections::HashMap;

use serde_json::{Value, json};
use zoho_connector::{DataCenters, Scope};

use super::asked::Asked;
use super::client::ClientKind;
use super::grants::Consent;
use super::page::{self, Question};
use super::{Accounts, HEXADECIMAL, consent, refusal, token};
use crate::config::SandboxConfig;
use crate::message::Reply;
use crate::random::Random;

/// Where a person types the code in.
const PAGE: &str = "/oauth/v3/device";
/// How long a device waits.
const LIFE_MS: i64 = 300_000;
/// How much longer the time between questions gets for who has been too fast once: 30 s instead of 5.
const PATIENCE: i64 = 6;
/// The letters of a user code: none that is easily taken for another.
const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";

/// The devices that wait.
pub(crate) struct Devices {
    random: Random,
    interval_ms: i64,
    in_milliseconds: bool,
    waiting: HashMap<String, Device>,
}

struct Device {
    user_code: String,
    client: String,
    scopes: Vec<Scope>,
    offline: bool,
    prompted: bool,
    answer: Option<Answer>,
    expires_ms: i64,
    /// Which accounts server it asked last, and when.
    last_asked: Option<(String, i64)>,
    /// Whether it has been too fast.
    hasty: bool,
}

/// What a person has said.
enum Answer {
    Rejected,
    /// With the data centre where the person lives.
    Accepted(String),
}

impl Devices {
    pub(super) fn new(config: &SandboxConfig) -> Self {
        Self {
            random: Random::new(config.seed, "devices"),
            interval_ms: i64::try_from(config.device_interval.as_millis()).unwrap_or(i64::MAX / 100),
            in_milliseconds: config.device_milliseconds,
            waiting: HashMap::new(),
        }
    }

    /// The device that shows a code; how the code is grouped does not count.
    fn by_user_code(&mut self, text: &str, now_ms: i64) -> Option<&mut Device> {
        let code: String = text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
        let open =
            |device: &&mut Device| device.user_code == code && device.answer.is_none() && now_ms < device.expires_ms;
        self.waiting.values_mut().find(open)
    }

    /// A span in the unit of the replies, of which Zoho has two.
    fn unit(&self, milliseconds: i64) -> i64 {
        if self.in_milliseconds { milliseconds } else { milliseconds.div_euclid(1000).max(1) }
    }
}

impl Device {
    /// Notes that it asks, and says whether that was too soon.
    fn asks(&mut self, data_center: &str, now_ms: i64, interval_ms: i64) -> bool {
        let wait = interval_ms * if self.hasty { PATIENCE } else { 1 };
        let last = self.last_asked.replace((data_center.to_owned(), now_ms));
        let too_soon = last.is_some_and(|(place, last_ms)| place == data_center && now_ms - last_ms < wait);
        self.hasty |= too_soon;
        too_soon
    }
}

/// Gives a device its codes.
pub(super) fn request(accounts: &mut Accounts, asked: &Asked<'_>) -> Reply {
    let client = match accounts.clients.find(asked.text("client_id"), asked.data_center) {
        Ok(client) if client.kind == ClientKind::Device => client.id.clone(),
        _ => return refusal("invalid_client"),
    };
    if asked.text("grant_type") != "device_request" {
        return refusal("invalid_request");
    }
    let scopes = match accounts.known_scopes(asked) {
        Ok(scopes) => scopes,
        Err(fault) => return refusal(fault),
    };
    let devices = &mut accounts.devices;
    let user_code = devices.random.text(LETTERS, 8);
    let device_code = format!("1004.{}.{}", devices.random.text(HEXADECIMAL, 32), devices.random.text(HEXADECIMAL, 32));
    let device = Device {
        user_code: user_code.clone(),
        client,
        scopes,
        offline: asked.is_offline(),
        prompted: asked.is_prompted(),
        answer: None,
        expires_ms: asked.now_ms + LIFE_MS,
        last_asked: None,
        hasty: false,
    };
    devices.waiting.insert(device_code.clone(), device);
    let server = DataCenters::built_in().get(asked.data_center).map(|center| center.accounts.as_str());
    let page = format!("https://{}{PAGE}", server.unwrap_or_default());
    let shown = format!("{}-{}", &user_code[..4], &user_code[4..]);
    Reply::json(
        200,
        &json!({
            "verification_uri_complete": format!("{page}?user_code={shown}"),
            "verification_url": page,
            "user_code": shown,
            "device_code": device_code,
            "interval": devices.unit(devices.interval_ms),
            "expires_in": devices.unit(LIFE_MS),
        }),
    )
}

/// The page where a person types the code in, and then that which asks for consent.
pub(super) fn page(accounts: &mut Accounts, asked: &Asked<'_>) -> Reply {
    let location = accounts.usual_home(asked).to_owned();
    let Some(code) = asked.given("user_code") else { return page::ask_user_code(PAGE, false) };
    match accounts.devices.by_user_code(code, asked.now_ms) {
        Some(device) => page::ask(&Question {
            action: PAGE,
            hidden: vec![("user_code", &device.user_code)],
            client: &device.client,
            scopes: &device.scopes,
            location: Some(&location),
        }),
        None => page::ask_user_code(PAGE, true),
    }
}

/// Takes a person's answer.
pub(super) fn decide(accounts: &mut Accounts, asked: &Asked<'_>) -> Reply {
    let home = consent::home(asked);
    let Some(device) = accounts.devices.by_user_code(asked.text("user_code"), asked.now_ms) else {
        return page::ask_user_code(PAGE, true);
    };
    if asked.text("decision") != "accept" {
        device.answer = Some(Answer::Rejected);
        return page::says(200, "Rejected", "The device is not connected. You can close this window.");
    }
    match home {
        Ok(center) => {
            device.answer = Some(Answer::Accepted(center.id.clone()));
            page::says(200, "Accepted", "The device is connected. You can close this window.")
        }
        Err(fault) => consent::refused(fault),
    }
}

/// Answers a device that asks whether a person has agreed.
pub(super) fn poll(accounts: &mut Accounts, asked: &Asked<'_>) -> Reply {
    match accounts.clients.authenticated(asked) {
        Ok(client) => match agreed(&mut accounts.devices, asked, &client.id) {
            Ok((consent, offline, prompted)) => {
                let offline = offline && (prompted || !accounts.grants.has_consent(&consent));
                token::granted(accounts, asked, consent, offline)
            }
            Err(body) => Reply::json(200, &body),
        },
        Err(fault) => refusal(fault),
    }
}

/// What a person has agreed to, whether a refresh token is wanted, and whether it is wanted again. It is then used up.
/// Otherwise what the device is told instead.
fn agreed(devices: &mut Devices, asked: &Asked<'_>, client: &str) -> Result<(Consent, bool, bool), Value> {
    let word = |word: &str| json!({ "error": word });
    let (code, interval_ms) = (asked.text("code"), devices.interval_ms);
    if asked.text("grant_type") != "device_token" {
        return Err(word("invalid_request"));
    }
    let device = devices.waiting.get_mut(code).filter(|device| device.client == client);
    let device = device.ok_or_else(|| word("invalid_code"))?;
    if asked.now_ms >= device.expires_ms {
        return Err(word("expired"));
    }
    if device.asks(asked.data_center, asked.now_ms, interval_ms) {
        return Err(word("slow_down"));
    }
    let center = match &device.answer {
        None => return Err(word("authorization_pending")),
        Some(Answer::Rejected) => return Err(word("access_denied")),
        Some(Answer::Accepted(center)) => center.clone(),
    };
    if center != asked.data_center {
        return Err(json!({ "error": "other_dc", "dc": center, "user_location": center }));
    }
    let device = devices.waiting.remove(code).ok_or_else(|| word("invalid_code"))?;
    let consent = Consent { client: device.client, scopes: device.scopes, data_center: center };
    Ok((consent, device.offline, device.prompted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_too_fast_once_has_to_wait_six_times_as_long_from_then_on() {
        let mut device = Device {
            user_code: "ABCD".to_owned(),
            client: String::new(),
            scopes: Vec::new(),
            offline: true,
            prompted: false,
            answer: None,
            expires_ms: LIFE_MS,
            last_asked: None,
            hasty: false,
        };
        let mut asks = |place: &str, at_ms: i64| device.asks(place, at_ms, 5_000);
        assert!(!asks("us", 0), "the first question may come at once");
        assert!(!asks("us", 5_000) && asks("us", 9_999));
        assert!(asks("us", 39_998) && !asks("us", 69_998));
        assert!(!asks("eu", 70_000), "another accounts server knows nothing of it");
    }
}
