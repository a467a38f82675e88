//! A PostgreSQL to test with, where there is one.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// The variable with its address; without it, a test that needs one is skipped.
const ADDRESS: &str = "ZOHO_TEST_POSTGRES";

/// The address of a new, empty database. Where there is no server, the test says why it is skipped; in CI there must be
/// one.
pub(crate) fn postgres() -> Option<String> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let Ok(address) = std::env::var(ADDRESS) else {
        assert!(std::env::var_os("CI").is_none(), "{ADDRESS} is not set, and in CI nothing is skipped");
        eprintln!("skipped: {ADDRESS} does not name a PostgreSQL");
        return None;
    };
    let name = format!("cli_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let made =
        Command::new("psql").args([&address, "--quiet", "--command", &format!("create database {name}")]).status();
    assert!(made.expect("psql is there").success(), "the database {name} cannot be made");
    let (server, _) = address.rsplit_once('/').expect("an address with a database");
    Some(format!("{server}/{name}"))
}
