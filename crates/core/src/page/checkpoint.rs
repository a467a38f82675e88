//! Where a read stands, to be written down and gone on from.

use serde::{Deserialize, Serialize};

use super::seen::fingerprint;
use super::walk::State;
use crate::client::Client;
use crate::invocation::{Argument, Invocation};
use crate::value::encode;

/// Where a read of a list stands: behind the last page that was given. Serialise it to go on later, in another process
/// too. It holds the ids of records and what the service gave to page by; no token, and no argument in the clear.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Of which call, over which connection.
    call: String,
    /// Whether the list was read to its end.
    done: bool,
    pub(crate) state: State,
}

impl Checkpoint {
    pub(crate) fn new(client: &Client, invocation: &Invocation, done: bool, state: State) -> Self {
        Self { call: call(client, invocation), done, state }
    }

    /// Whether the list was read to its end.
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// Whether it is of this call: the same API, arguments, size of pages and organisation.
    pub(crate) fn is_of(&self, client: &Client, invocation: &Invocation) -> bool {
        self.call == call(client, invocation)
    }
}

/// A call, told by a hash.
fn call(client: &Client, invocation: &Invocation) -> String {
    let (connector, api, connection) = (invocation.connector(), invocation.api(), client.connection());
    let mut parts = vec![connector.name.clone(), api.name.clone(), connection.data_center.id.clone()];
    parts.extend(invocation.page_size().map(|size| size.to_string()));
    let values = api.connection.iter().filter_map(|name| Some((name, connection.value(connector, name)?)));
    parts.extend(values.map(|(name, value)| format!("{name} {value}")));
    let argument = |parameter: &zoho_connector::Parameter| match invocation.argument(&parameter.name)? {
        Argument::Value(value) => {
            Some(format!("{}={}", parameter.name, encode::json_text(connector, &parameter.ty, value)))
        }
        Argument::Files(files) => Some(format!("{}@{}", parameter.name, files.len())),
    };
    parts.extend(api.parameters.iter().filter_map(argument));
    format!("{:032x}", fingerprint(parts.join("\0").as_bytes()))
}
