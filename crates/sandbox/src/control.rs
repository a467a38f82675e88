//! What the sandbox itself offers beside Zoho: `/_sandbox/…`, and a page that says what it is.

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use zoho_connector::{DataCenters, Scope};

use crate::faults::{Fault, FaultMix};
use crate::message::{Incoming, Reply};
use crate::state::State;

/// Where the sandbox's own things are.
const PLACE: &str = "/_sandbox/";

/// Answers a request to the sandbox itself; none where it is not for it.
pub(crate) fn answer(state: &State, request: &Incoming) -> Option<Reply> {
    let path = request.path.strip_prefix(PLACE)?;
    Some(match (&request.method, path) {
        (&Method::GET, "faults") => faults(state),
        (&Method::POST, "faults") => add_faults(state, &request.body),
        (&Method::DELETE, "faults") => {
            let mut faults = state.faults();
            faults.script.clear();
            faults.set_mix(None);
            state.store().moving.clear();
            Reply::empty(204)
        }
        (&Method::GET, "requests") => Reply::json(200, &state.log().all()),
        (&Method::DELETE, "requests") => {
            state.log().clear();
            Reply::empty(204)
        }
        (&Method::POST, "clock") => advance(state, &request.body),
        (&Method::GET, "clock") => clock(state),
        (&Method::GET, "clients") => Reply::json(200, &json!(state.clients())),
        (&Method::POST, "grant-code") => grant_code(state, &request.body),
        (&Method::GET, "tokens") => {
            let refreshes = state.accounts().grants.refreshes;
            Reply::json(200, &state.traffic.report(refreshes))
        }
        (&Method::DELETE, "tokens") => {
            state.accounts().grants.refreshes = 0;
            state.traffic.clear();
            Reply::empty(204)
        }
        (&Method::GET, path) if path.starts_with("results/") => result(state, request, path),
        (&Method::GET, path) if path.starts_with("arguments/") => arguments(state, path),
        _ => wrong(
            "there is GET, POST and DELETE /_sandbox/faults, GET and DELETE /_sandbox/requests, GET and POST \
             /_sandbox/clock, GET /_sandbox/clients, POST /_sandbox/grant-code, GET and DELETE /_sandbox/tokens, GET \
             /_sandbox/arguments/SERVICE",
        ),
    })
}

/// Whether a request is for the sandbox itself.
pub(crate) fn is_for_it(request: &Incoming) -> bool {
    request.path.starts_with(PLACE)
}

/// The file that a job gives, at the address that the job's record tells.
fn result(state: &State, request: &Incoming, path: &str) -> Reply {
    let token = request.header("authorization").and_then(crate::accounts::bearer);
    let data_center = state.hosts.get(&request.host).map_or("", |host| &host.data_center);
    let now_ms = state.clock.now_ms();
    if token.is_none_or(|token| state.accounts().grants.access(token, data_center, now_ms).is_none()) {
        return Reply::json(401, &json!({ "error": "send an access token that lives" }));
    }
    let mut parts = path.split('/').skip(1);
    let position = parts.next().and_then(|name| state.connectors.iter().position(|own| own.name == name));
    let key = position.zip(parts.next()).map(|(position, id)| (position, id.to_owned()));
    let store = state.store();
    match key.and_then(|key| store.jobs.get(&key)?.file.clone()) {
        Some(file) => crate::answers::file_reply(file),
        None => Reply::json(404, &json!({ "error": "there is no such result" })),
    }
}

/// For each API of a service, or for one, arguments that lead to records which there are.
fn arguments(state: &State, path: &str) -> Reply {
    let mut parts = path.split('/').skip(1);
    let service = parts.next().unwrap_or_default();
    match state.connectors.iter().position(|connector| connector.name == service) {
        Some(position) => Reply::json(200, &json!(crate::service::leads(state, position, parts.next()))),
        None => Reply::json(404, &json!({ "error": "there is no such service here" })),
    }
}

/// The page at `/` for who comes without one of Zoho's hosts.
pub(crate) fn page(state: &State) -> Reply {
    let services: String = state
        .connectors
        .iter()
        .map(|connector| format!("  {} ({} APIs)\n", connector.name, connector.apis.len()))
        .collect();
    let clients: String = state
        .clients()
        .iter()
        .map(|client| format!("  {:<8} {}  {}\n", client.kind.as_str(), client.id, client.secret))
        .collect();
    Reply::of(
        200,
        "text/plain;charset=utf-8",
        format!(
            "This is a sandbox: a local Zoho to test against. Nothing here is real.\n\n\
             A request says by its Host which of Zoho's servers it is for (desk.zoho.com, www.zohoapis.eu), and has \
             Zoho's path.\nA browser writes the host before .localhost: http://accounts.zoho.com.localhost:PORT/\n\n\
             Services:\n{services}\n\
             Clients (kind, id, secret):\n{clients}\n\
             Faults at /_sandbox/faults, the last requests at /_sandbox/requests, the clock at /_sandbox/clock,\n\
             clients at /_sandbox/clients, refreshes at /_sandbox/tokens, codes of the self client at \
             /_sandbox/grant-code,\n\
             and arguments that lead to records at /_sandbox/arguments/SERVICE.\n"
        ),
    )
}

/// The answer to a host that is none of Zoho's.
pub(crate) fn unknown_host(request: &Incoming) -> Reply {
    let said = if request.host.is_empty() { "no host" } else { request.host.as_str() };
    wrong(&format!("{said} is not a host of Zoho's that a service here lives at; send Zoho's host in `Host`"))
}

/// What is still to go wrong: what was asked for, and after it what chance draws from.
fn faults(state: &State) -> Reply {
    let faults = state.faults();
    let script = faults.script.iter().map(|fault| json!(fault));
    Reply::json(200, &script.chain(faults.mix.iter().map(|mix| json!(mix))).collect())
}

fn add_faults(state: &State, body: &[u8]) -> Reply {
    let one_or_many = serde_json::from_slice::<Value>(body).map(|value| match value {
        Value::Array(list) => list,
        value => vec![value],
    });
    let read = one_or_many.and_then(|list| list.into_iter().map(Wanted::read).collect::<Result<Vec<_>, _>>());
    let wanted = match read {
        Ok(wanted) => wanted,
        Err(error) => return wrong(&format!("the fault cannot be read: {error}")),
    };
    if wanted.iter().any(|wanted| matches!(wanted, Wanted::Mix(mix) if !mix.is_possible())) {
        return wrong("the rate of faults is a share: from 0 to 1");
    }
    for wanted in wanted {
        match wanted {
            Wanted::One(fault) => state.faults().script.push(*fault),
            Wanted::Mix(mix) => {
                state.store().moving.clear();
                state.faults().set_mix(Some(mix));
            }
        }
    }
    faults(state)
}

/// A fault, or faults by chance.
enum Wanted {
    One(Box<Fault>),
    Mix(FaultMix),
}

impl Wanted {
    fn read(value: Value) -> serde_json::Result<Self> {
        if value.get("rate").is_some() {
            serde_json::from_value(value).map(Self::Mix)
        } else {
            serde_json::from_value(value).map(|fault| Self::One(Box::new(fault)))
        }
    }
}

fn advance(state: &State, body: &[u8]) -> Reply {
    let seconds = serde_json::from_slice::<Value>(body).ok().and_then(|value| value.get("advance_seconds")?.as_i64());
    match seconds {
        Some(seconds) => {
            state.clock.advance(seconds);
            clock(state)
        }
        None => wrong("send { \"advance_seconds\": 3600 }"),
    }
}

/// A code of the self client, as a person makes one in the API console.
fn grant_code(state: &State, body: &[u8]) -> Reply {
    let wish = match serde_json::from_slice::<CodeWish>(if body.is_empty() { b"{}" } else { body }) {
        Ok(wish) => wish,
        Err(error) => {
            return wrong(&format!(
                "send {{ \"scopes\": \"A.b.READ,A.c.READ\", \"data_center\": \"eu\", \"seconds\": 180 }}: {error}"
            ));
        }
    };
    if let Some(unknown) = wish.data_center.as_deref().filter(|word| DataCenters::built_in().get(word).is_none()) {
        return wrong(&format!("there is no data centre `{unknown}`"));
    }
    let seconds = wish.seconds.clamp(1, 86_400);
    let scopes = wish.scopes.map(Scopes::read);
    match state.accounts().grant_code(scopes, wish.data_center, seconds * 1000, state.clock.now_ms()) {
        Some(code) => Reply::json(200, &json!({ "code": code, "expires_in": seconds })),
        None => wrong("a scope is none that the connectors name"),
    }
}

/// What is wanted of a code of the self client.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeWish {
    scopes: Option<Scopes>,
    data_center: Option<String>,
    #[serde(default = "three_minutes")]
    seconds: i64,
}

/// The console's usual life of a code.
fn three_minutes() -> i64 {
    180
}

/// Scopes as one text with commas, or as a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Scopes {
    Text(String),
    List(Vec<String>),
}

impl Scopes {
    fn read(self) -> Vec<Scope> {
        match self {
            Self::Text(text) => text.split(',').filter(|scope| !scope.trim().is_empty()).map(Scope::granted).collect(),
            Self::List(list) => list.iter().map(|scope| Scope::granted(scope)).collect(),
        }
    }
}

fn clock(state: &State) -> Reply {
    Reply::json(200, &json!({ "now_ms": state.clock.now_ms() }))
}

fn wrong(message: &str) -> Reply {
    Reply::json(400, &json!({ "error": message }))
}
