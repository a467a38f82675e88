//! What the sandbox itself offers beside Zoho: `/_sandbox/…`, and a page that says what it is.

use http::Method;
use serde_json::{Value, json};

use crate::faults::Fault;
use crate::message::{Incoming, Reply};
use crate::state::State;

/// Answers a request to the sandbox itself; none where it is not for it.
pub(crate) fn answer(state: &State, request: &Incoming) -> Option<Reply> {
    let path = request.path.strip_prefix("/_sandbox/")?;
    Some(match (&request.method, path) {
        (&Method::GET, "faults") => Reply::json(200, &json!(state.faults().0)),
        (&Method::POST, "faults") => add_faults(state, &request.body),
        (&Method::DELETE, "faults") => {
            state.faults().0.clear();
            Reply::empty(204)
        }
        (&Method::GET, "requests") => Reply::json(200, &state.log().all()),
        (&Method::DELETE, "requests") => {
            state.log().clear();
            Reply::empty(204)
        }
        (&Method::POST, "clock") => advance(state, &request.body),
        (&Method::GET, "clock") => clock(state),
        _ => wrong(
            "there is GET, POST and DELETE /_sandbox/faults, GET and DELETE /_sandbox/requests, GET and POST /_sandbox/clock",
        ),
    })
}

/// The page at `/` for who comes without one of Zoho's hosts.
pub(crate) fn page(state: &State) -> Reply {
    let services: String = state
        .connectors
        .iter()
        .map(|connector| format!("  {} ({} APIs)\n", connector.name, connector.apis.len()))
        .collect();
    let client = state.client();
    Reply::of(
        200,
        "text/plain;charset=utf-8",
        format!(
            "This is a sandbox: a local Zoho to test against. Nothing here is real.\n\n\
             A request says by its Host which of Zoho's servers it is for (desk.zoho.com, www.zohoapis.eu), and has \
             Zoho's path.\nA browser writes the host before .localhost: http://accounts.zoho.com.localhost:PORT/\n\n\
             Services:\n{services}\n\
             Client id:     {}\nClient secret: {}\n\n\
             Faults at /_sandbox/faults, the last requests at /_sandbox/requests, the clock at /_sandbox/clock.\n",
            client.id, client.secret
        ),
    )
}

/// The answer to a host that is none of Zoho's.
pub(crate) fn unknown_host(request: &Incoming) -> Reply {
    let said = if request.host.is_empty() { "no host" } else { request.host.as_str() };
    wrong(&format!("{said} is not a host of Zoho's that a service here lives at; send Zoho's host in `Host`"))
}

fn add_faults(state: &State, body: &[u8]) -> Reply {
    let one_or_many = serde_json::from_slice::<Value>(body).and_then(|value| match value {
        Value::Array(_) => serde_json::from_value::<Vec<Fault>>(value),
        value => serde_json::from_value(value).map(|fault| vec![fault]),
    });
    match one_or_many {
        Ok(faults) => {
            let mut all = state.faults();
            all.0.extend(faults);
            Reply::json(200, &json!(all.0))
        }
        Err(error) => wrong(&format!("the fault cannot be read: {error}")),
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

fn clock(state: &State) -> Reply {
    Reply::json(200, &json!({ "now_ms": state.clock.now_ms() }))
}

fn wrong(message: &str) -> Reply {
    Reply::json(400, &json!({ "error": message }))
}
