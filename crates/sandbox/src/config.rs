//! What a sandbox is started with.

use std::collections::BTreeMap;
use std::time::Duration;

use zoho_connector::Connector;

use crate::faults::{Fault, FaultMix};

/// What a sandbox is started with.
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// The services that it offers.
    pub connectors: Vec<Connector>,
    /// The port on the loopback; 0 takes a free one.
    pub port: u16,
    /// Whether it speaks HTTPS, with a certificate of its own authority ([`crate::Sandbox::ca_pem`]).
    pub tls: bool,
    /// What its data is made from: the same seed gives the same data.
    pub seed: u64,
    /// How many records a collection begins with. The key is `service.Type`, `Type`, or the path of the collection
    /// (`/tickets`, `/Contacts`); a path comes before `service.Type`, and that before `Type`.
    pub records: BTreeMap<String, usize>,
    /// How many records every other collection begins with; collections within a record (`/tickets/1/comments`) begin
    /// with 3.
    pub default_records: usize,
    /// What goes wrong from the start; more can be asked for at `/_sandbox/faults`.
    pub faults: Vec<Fault>,
    /// What goes wrong by chance from the start.
    pub fault_mix: Option<FaultMix>,
    /// How many of the last requests are kept, to be looked at.
    pub kept_requests: usize,
    /// The data centre where the account of [`crate::Sandbox::refresh_token`] lives, and where the clients were
    /// registered.
    pub data_center: String,
    /// The data centre that consent pages begin with as the person's; that of the accounts server that was asked
    /// unless said.
    pub person_data_center: Option<String>,
    /// Where a browser may come back to, to the letter; only a port that is written `*` stands for any.
    pub redirect_uris: Vec<String>,
    /// The data centres that the clients are enabled in; all where it is empty.
    pub client_data_centers: Vec<String>,
    /// Whether a client has another secret in every data centre ([`crate::SandboxClient::secret_in`]).
    pub secret_per_data_center: bool,
    /// How long an access token lives.
    pub token_lifetime: Duration,
    /// How long every reply of the token endpoint waits, after the request has been carried out.
    pub token_delay: Duration,
    /// How many refresh tokens a client gets of one person in a minute; as many as it wants unless said. Some of Zoho's
    /// pages say 5.
    pub refresh_tokens_per_minute: Option<usize>,
    /// The least time between two questions of a device; six times as long after it has been too fast.
    pub device_interval: Duration,
    /// Whether a device is told spans in milliseconds instead of seconds.
    pub device_milliseconds: bool,
    /// How many seconds its clock is ahead of the machine's, or behind by a negative number.
    pub clock_offset_seconds: i64,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            connectors: Vec::new(),
            port: 0,
            tls: false,
            seed: 1,
            records: BTreeMap::new(),
            default_records: 120,
            faults: Vec::new(),
            fault_mix: None,
            kept_requests: 1000,
            data_center: "us".to_owned(),
            person_data_center: None,
            redirect_uris: vec!["http://127.0.0.1:8765/callback".to_owned()],
            client_data_centers: Vec::new(),
            secret_per_data_center: false,
            token_lifetime: Duration::from_secs(3600),
            token_delay: Duration::ZERO,
            refresh_tokens_per_minute: None,
            device_interval: Duration::from_secs(5),
            device_milliseconds: false,
            clock_offset_seconds: 0,
        }
    }
}
