//! The examples of the crate are programs: here they run, against a sandbox.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use zoho_sandbox::Sandbox;

use crate::sandbox::{start, start_with};

/// Runs an example as cargo has built it beside this test, with a sign-in in its environment and nothing else.
async fn ran(name: &str, sandbox: &Sandbox, words: &[&str]) -> String {
    let test = std::env::current_exe().unwrap();
    let path: PathBuf = test.parent().and_then(|deps| deps.parent()).unwrap().join("examples").join(name);
    assert!(path.exists(), "{}: `cargo build -p zoho --features full --examples` makes it", path.display());
    let mut command = Command::new(path);
    command.env_clear().args(words).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env("ZOHO_ENDPOINT", sandbox.url()).env("ZOHO_REFRESH_TOKEN", sandbox.refresh_token());
    command.env("ZOHO_CLIENT_ID", sandbox.client_id()).env("ZOHO_CLIENT_SECRET", sandbox.client_secret());
    if let Some(organization) = sandbox.connection_value("desk", "orgId") {
        command.env("ZOHO_ORG", organization);
    }
    let Output { status, stdout, stderr } =
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
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
