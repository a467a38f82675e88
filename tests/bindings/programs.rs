//! The examples of the crate are programs: here they run, against a sandbox.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use zoho_sandbox::Sandbox;

use crate::sandbox::{start, start_with};

/// A program that cargo has built beside this test, with an environment of nothing but where the sandbox is.
fn program(path: &str, made_by: &str, sandbox: &Sandbox) -> Command {
    let test = std::env::current_exe().unwrap();
    let path: PathBuf = test.parent().and_then(|deps| deps.parent()).unwrap().join(path);
    assert!(path.exists(), "{}: `{made_by}` makes it", path.display());
    let mut command = Command::new(path);
    command.env_clear().env("ZOHO_ENDPOINT", sandbox.url());
    command
}

/// Runs a program to its end, and gives what it printed.
async fn output(mut command: Command) -> String {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let Output { status, stdout, stderr } =
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

fn example(name: &str, sandbox: &Sandbox) -> Command {
    program(&format!("examples/{name}"), "cargo build -p zoho --all-features --examples", sandbox)
}

/// Runs an example with a sign-in in its environment and nothing else.
async fn ran(name: &str, sandbox: &Sandbox, words: &[&str]) -> String {
    let mut command = example(name, sandbox);
    command.args(words).env("ZOHO_REFRESH_TOKEN", sandbox.refresh_token());
    command.env("ZOHO_CLIENT_ID", sandbox.client_id()).env("ZOHO_CLIENT_SECRET", sandbox.client_secret());
    if let Some(organization) = sandbox.connection_value("desk", "orgId") {
        command.env("ZOHO_ORG", organization);
    }
    output(command).await
}

#[tokio::test]
async fn open_tickets_are_read_and_one_is_made() {
    // The first tickets are old ones, and closed.
    let sandbox = start_with(&["desk"], 40).await;
    let said = ran("desk_tickets", &sandbox, &[]).await;
    assert!(said.lines().last().unwrap().starts_with("created "), "{said}");
}

#[tokio::test]
async fn leads_are_imported_line_by_line() {
    let sandbox = start(&["crm"]).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("leads.jsonl");
    let line = |at: usize| format!("{{\"Last_Name\":\"Lead {at}\",\"Company\":\"Analytical\"}}\n");
    std::fs::write(&file, (0..120).map(line).collect::<String>()).unwrap();
    let said = ran("crm_import", &sandbox, &[file.to_str().unwrap()]).await;
    assert_eq!(said.lines().filter(|line| line.contains(" created ")).count(), 120, "{said}");
}

/// What the command keeps is what a program takes, without any other setting.
#[cfg(feature = "vault")]
#[tokio::test]
async fn a_sign_in_of_the_command_is_used_by_a_program() {
    let sandbox = start(&["desk"]).await;
    let home = tempfile::tempdir().unwrap();
    let at_home = |mut command: Command| {
        command
            .env("ZOHO_CONFIG_DIR", home.path())
            .env("ZOHO_VAULT", "file")
            .env("ZOHO_VAULT_PASSPHRASE", "a passphrase");
        command
    };
    let token = home.path().join("token");
    std::fs::write(&token, sandbox.refresh_token()).unwrap();
    let mut connect = at_home(program("zohoctl", "cargo build -p zohoctl", &sandbox));
    let organization = sandbox.connection_value("desk", "orgId").unwrap();
    connect.args(["connect", "desk", "--name", "work", "--read-only", "--org", &organization, "--refresh-token-from"]);
    connect.arg(&token).env("ZOHO_CLIENT_ID", sandbox.client_id()).env("ZOHO_CLIENT_SECRET", sandbox.client_secret());
    output(connect).await;

    let mut reading = at_home(example("saved_sign_in", &sandbox));
    reading.arg("work");
    assert_eq!(output(reading).await.lines().count(), 5);
}
