//! All that a running sandbox knows, and the way of a request through it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use zoho_connector::{Connector, ResponseRules};

use crate::accounts::{Accounts, InFlight, SandboxClient, Traffic};
use crate::clock::Clock;
use crate::config::SandboxConfig;
use crate::control;
use crate::faults::{Due, FaultKind, Faults, Head};
use crate::hosts::{Host, Hosts, host_of};
use crate::keys::Keys;
use crate::log::Log;
use crate::message::{Incoming, Reply, Wire};
use crate::refusal::{Refusal, service_rules};
use crate::routes::{Found, Routes};
use crate::seed::{Seed, World};
use crate::service::{self, Call};
use crate::store::Store;

/// Where tokens are asked for.
const TOKEN_PATH: &str = "/oauth/v2/token";

/// All that a running sandbox knows.
pub(crate) struct State {
    pub(crate) connectors: Vec<Connector>,
    pub(crate) hosts: Hosts,
    pub(crate) clock: Clock,
    pub(crate) seed: Seed,
    pub(crate) keys: Keys,
    routes: Routes,
    accounts: Mutex<Accounts>,
    pub(crate) traffic: Traffic,
    token_delay: Duration,
    store: Mutex<Store>,
    faults: Mutex<Faults>,
    log: Mutex<Log>,
    calls: AtomicU64,
}

impl State {
    pub(crate) fn new(config: SandboxConfig) -> Self {
        Self {
            hosts: Hosts::new(&config.connectors),
            routes: Routes::new(&config.connectors),
            accounts: Mutex::new(Accounts::new(&config)),
            traffic: Traffic::default(),
            token_delay: config.token_delay,
            keys: Keys::new(config.seed, &config.connectors),
            seed: Seed::new(&config),
            store: Mutex::default(),
            faults: Mutex::new(Faults::new(config.faults, config.fault_mix)),
            log: Mutex::new(Log::new(config.kept_requests)),
            calls: AtomicU64::new(0),
            clock: Clock::ahead_by(config.clock_offset_seconds),
            connectors: config.connectors,
        }
    }

    /// Zoho's host of a request: that of its `Host`, or else of its URL; where neither is one, what was written.
    pub(crate) fn host_of(&self, named: Option<&str>, authority: Option<&str>) -> String {
        let written = [named, authority].into_iter().flatten();
        let zoho = written.clone().find_map(|authority| self.hosts.zoho_host(authority));
        zoho.unwrap_or_else(|| written.map(host_of).next().unwrap_or_default())
    }

    /// The fault that a request meets, which then counts as having happened. Its head is enough for it.
    pub(crate) fn due(&self, request: &Incoming) -> Option<Due> {
        let host = self.hosts.get(&request.host).filter(|_| !control::is_for_it(request))?;
        self.faults().take(&Head {
            method: request.method.as_str(),
            host: &request.host,
            path: &request.path,
            query: &request.query,
            length: request.header("content-length").unwrap_or_default(),
            of_service: !host.accounts,
        })
    }

    /// Notes a request that is not even read.
    pub(crate) fn turn_away(&self, request: &Incoming, due: Option<&Due>) {
        let reply = Reply { wire: Wire::Reset, ..Reply::default() };
        self.log().note(request, &reply, &self.keys, due);
    }

    /// Answers a request, with the fault that it meets.
    pub(crate) fn answer(&self, request: &Incoming, due: Option<&Due>) -> Reply {
        if let Some(reply) = control::answer(self, request) {
            return reply;
        }
        let Some(host) = self.hosts.get(&request.host) else {
            return if request.path == "/" { control::page(self) } else { control::unknown_host(request) };
        };
        let mut reply = match due {
            Some(due) if !due.fault.carries_out() => Reply::default(),
            due => self.carry_out(due, host, request),
        };
        if let Some(due) = due.filter(|due| due.fault.answers()) {
            reply = Reply { carried_out: reply.carried_out, ..self.fail(due, host, request) };
        }
        if host.accounts && request.path == TOKEN_PATH {
            reply.delay = self.token_delay;
        }
        if let Some(due) = due {
            due.spoil(&mut reply);
        }
        self.log().note(request, &reply, &self.keys, due);
        reply
    }

    fn carry_out(&self, due: Option<&Due>, host: &Host, request: &Incoming) -> Reply {
        if host.accounts {
            let reply = self.accounts().answer(request, &host.data_center, self.clock.now_ms());
            let carried_out = !(reply.status.is_client_error() || reply.status.is_server_error());
            return Reply { carried_out, ..reply };
        }
        self.before(due, request);
        let (connector, found) = match self.routes.find(&self.connectors, host, request) {
            Found::Api { connector, api, path } => (connector, Ok((api, path))),
            Found::OtherVerb { connector } => (connector, Err(other_verb(request))),
            Found::NoPath { connector } => {
                (connector, Err(Refusal::not_found(format!("There is no {}.", request.path))))
            }
            Found::NoService => return control::unknown_host(request),
        };
        let Some(service) = self.connectors.get(connector) else { return control::unknown_host(request) };
        match found {
            Ok((api, path)) => {
                let call = Call {
                    position: connector,
                    connector: service,
                    api,
                    path,
                    request,
                    data_center: &host.data_center,
                    due,
                };
                service::answer(self, &call)
            }
            Err(refusal) => refusal.reply(&service_rules(service)),
        }
    }

    /// What a fault changes before a call is looked at.
    fn before(&self, due: Option<&Due>, request: &Incoming) {
        let Some(fault) = due.map(|due| &due.fault) else { return };
        match fault.fault {
            FaultKind::ExpireToken => {
                if let Some(token) = request.header("authorization").and_then(crate::accounts::bearer) {
                    self.accounts().grants.expire(token);
                }
            }
            FaultKind::Clock => self.clock.advance(fault.seconds.unwrap_or(7200)),
            _ => {}
        }
    }

    /// The answer that a fault wants: the service's own error, a gateway's, or a given body.
    fn fail(&self, due: &Due, host: &Host, request: &Incoming) -> Reply {
        if let Some(reply) = due.fault.ready_answer() {
            return reply;
        }
        if host.accounts {
            let word = due.fault.code.as_deref().unwrap_or("general_error");
            return Reply::json(due.fault.reply_status(), &serde_json::json!({ "error": word }));
        }
        let rules = match self.routes.find(&self.connectors, host, request) {
            Found::Api { api, .. } => api.responses.clone(),
            Found::OtherVerb { connector } | Found::NoPath { connector } => {
                self.connectors.get(connector).map(service_rules).unwrap_or_default()
            }
            Found::NoService => ResponseRules::default(),
        };
        due.refusal(&rules).reply(&rules)
    }

    /// A connector with the data that is made for it.
    pub(crate) fn world(&self, position: usize) -> Option<World<'_>> {
        self.seed.world(&self.connectors, position)
    }

    /// Counts a call of a service, and gives the number of all calls so far.
    pub(crate) fn count_call(&self) -> u64 {
        self.calls.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn accounts(&self) -> MutexGuard<'_, Accounts> {
        lock(&self.accounts)
    }

    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        lock(&self.store)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.faults)
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        lock(&self.log)
    }

    /// The registered clients, the usual one first.
    pub(crate) fn clients(&self) -> Vec<SandboxClient> {
        self.accounts().clients.all().to_vec()
    }

    /// Counts a request for tokens as under way, until what this gives is dropped.
    pub(crate) fn under_way(&self, request: &Incoming) -> Option<InFlight<'_>> {
        let at_accounts = self.hosts.get(&request.host).is_some_and(|host| host.accounts);
        (at_accounts && request.path == TOKEN_PATH).then(|| self.traffic.begin(request))?
    }
}

/// Data that a panic has left behind is still data.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn other_verb(request: &Incoming) -> Refusal {
    let mut refusal = Refusal::new(
        zoho_connector::FailureKind::Invalid,
        format!("{} is not a method of {}.", request.method, request.path),
    );
    refusal.status = Some(405);
    refusal
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue, Method};
    use zoho_connector::{library::files_of, load::read};

    use super::*;
    use crate::message::Form;
    use crate::random::Random;

    fn state() -> State {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../connectors");
        let names = ["desk", "crm", "sign.yaml"];
        let connectors = names.iter().map(|name| read(&files_of(&folder.join(name)).unwrap()).unwrap()).collect();
        State::new(SandboxConfig { connectors, ..SandboxConfig::default() })
    }

    /// Pieces of which requests are made that mean nothing, or nearly something.
    const PIECES: &[&str] = &[
        "/",
        "tickets",
        "crm",
        "v8",
        "api",
        "v1",
        "Leads",
        "coql",
        "requests",
        "search",
        "bulk",
        "read",
        "..",
        "%2F",
        "%ff",
        "{",
        "}",
        "[",
        "]",
        "\"",
        ":",
        ",",
        "*",
        "null",
        "0",
        "-1",
        "99999999999999999999",
        "data",
        "select_query",
        "limit",
        "offset",
        "from",
        "page_context",
        "=",
        "&",
        "?",
        "é",
        "\u{0}",
        "(",
        ")",
        "equals",
        "' or",
        "2026-01-31T10:00:00.000Z",
        "ids",
        "fields",
        "id",
        "subject",
        "departmentId",
        "contactId",
        "modifiedTimeRange",
        "refuse:",
        "_all",
        "page_token",
        "per_page",
    ];

    fn junk(random: &mut Random, most: u64) -> String {
        (0..random.below(most)).filter_map(|_| random.pick(PIECES)).collect()
    }

    fn request(random: &mut Random, connectors: &[Connector], token: &str, organization: &str) -> Incoming {
        let hosts = [
            "desk.zoho.com",
            "www.zohoapis.com",
            "sign.zoho.com",
            "accounts.zoho.com",
            "sandbox.zohoapis.eu",
            "localhost",
        ];
        let apis: Vec<&zoho_connector::Api> = connectors.iter().flat_map(|connector| connector.apis.values()).collect();
        let api = apis[usize::try_from(random.below(apis.len() as u64)).unwrap()];
        let bases = ["/api/v1", "/crm/v8", "/crm/bulk/v8", ""];
        let path = match random.below(4) {
            0 => format!("/{}", junk(random, 6)),
            _ => format!(
                "{}{}",
                random.pick(&bases).unwrap(),
                api.path.to_string().replace("{module}", "Leads").replace(['{', '}'], "")
            ),
        };
        let mut headers = HeaderMap::new();
        headers.insert("authorization", HeaderValue::from_str(&format!("Zoho-oauthtoken {token}")).unwrap());
        headers.insert("orgId", HeaderValue::from_str(organization).unwrap());
        if random.percent(20) {
            headers.insert(
                "if-modified-since",
                HeaderValue::from_bytes(junk(random, 4).replace('\0', "").as_bytes()).unwrap(),
            );
        }
        let body = match random.below(3) {
            0 => junk(random, 20),
            1 => format!(
                "{{\"data\":[{{\"id\":\"{}\"}},{}],\"select_query\":\"{}\"}}",
                random.below(9),
                random.below(9),
                junk(random, 9).replace(['"', '\0'], "")
            ),
            _ => String::new(),
        };
        let pair = |random: &mut Random| (random.pick(PIECES).unwrap().to_owned(), junk(random, 4));
        let pairs = (0..random.below(4)).map(|_| pair(random)).collect();
        Incoming {
            method: Method::from_bytes(api.verb.as_str().as_bytes()).unwrap(),
            host: random.pick(&hosts).unwrap().to_owned(),
            path,
            query: junk(random, 8),
            headers,
            body: Bytes::from(body),
            form: Form { pairs, ..Form::default() },
        }
    }

    #[test]
    fn no_request_makes_it_panic() {
        let state = state();
        let refresh = state.accounts().consent_to_all().unwrap();
        let client = state.clients().remove(0).id;
        let (token, _) = state.accounts().grants.refresh(&refresh, &client, "us", state.clock.now_ms()).unwrap();
        let organizations = state.world(0).and_then(|world| world.choices("orgId")).unwrap();
        let mut random = Random::new(7, "junk");
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..4000 {
            let request = request(&mut random, &state.connectors, &token, &organizations[0]);
            seen.insert(state.answer(&request, None).status.as_u16());
        }
        assert!([200, 400, 404].iter().all(|status| seen.contains(status)), "{seen:?}");
        assert!(seen.iter().all(|status| *status < 500), "{seen:?}");
    }
}
