//! What a sandbox is started with.

use std::collections::BTreeMap;
use std::time::Duration;

use zoho_connector::Connector;

use crate::faults::Fault;

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
    /// The data centre where the account of [`crate::Sandbox::refresh_token`] lives. A consent in a browser is for the
    /// data centre whose accounts server was asked.
    pub data_center: String,
    /// How long an access token lives.
    pub token_lifetime: Duration,
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
            data_center: "us".to_owned(),
            token_lifetime: Duration::from_secs(3600),
        }
    }
}
