//! Signing in and staying signed in.

pub(crate) mod accounts_server;
pub(crate) mod add_scopes;
pub(crate) mod authorization_code;
pub(crate) mod callback;
pub(crate) mod device_code;
pub(crate) mod keeper;
pub(crate) mod ledger;
pub(crate) mod loopback;
pub(crate) mod pasted;
pub(crate) mod person;
pub(crate) mod refusal;
pub(crate) mod renew;
pub(crate) mod reply;
pub(crate) mod revoke;
pub(crate) mod scopes;
pub(crate) mod self_client;
pub(crate) mod sign_in;
pub(crate) mod signature;
pub(crate) mod token;
pub(crate) mod user;
