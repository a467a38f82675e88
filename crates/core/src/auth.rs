//! Signing in and staying signed in.

pub(crate) mod authorization_code;
pub(crate) mod callback;
pub(crate) mod keeper;
pub(crate) mod reply;
pub(crate) mod scopes;
pub(crate) mod token;
