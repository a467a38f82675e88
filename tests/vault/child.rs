//! This program again, as a process of its own that does one thing and can be killed.

use std::path::Path;
use std::process::Command;

/// The variable that says what a child works on.
const FOLDER: &str = "ZOHO_TEST_CHILD_FOLDER";

/// A child that runs one test of this program, which is ignored otherwise.
pub(crate) fn command(test: &str, folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--ignored", "--nocapture", "--test-threads=1"]).env(FOLDER, folder);
    command
}

/// The folder of a child; nothing where this is none.
pub(crate) fn folder() -> Option<std::path::PathBuf> {
    std::env::var_os(FOLDER).map(Into::into)
}
