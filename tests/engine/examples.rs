//! The examples of the library are programs: here they run, against a local Zoho.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use zoho_connector::Library;
use zoho_sandbox::{Sandbox, SandboxConfig};

#[path = "../support/http.rs"]
#[expect(dead_code, reason = "the tests of the command use the rest")]
mod http;

/// An example as cargo has built it beside this test, with nothing of the environment but what it is given.
fn example(name: &str, sandbox: &Sandbox) -> Command {
    let test = std::env::current_exe().unwrap();
    let path: PathBuf = test.parent().and_then(|deps| deps.parent()).unwrap().join("examples").join(name);
    assert!(path.exists(), "{}: `cargo build -p zoho-core --examples` makes it", path.display());
    let mut command = Command::new(path);
    command.env_clear().stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null());
    command.env("ZOHO_ENDPOINT", sandbox.url());
    command.env("ZOHO_CLIENT_ID", sandbox.client_id()).env("ZOHO_CLIENT_SECRET", sandbox.client_secret());
    command
}

fn sandbox(redirect_uri: &str) -> (tokio::runtime::Runtime, Sandbox) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let connectors = vec![Library::new(zoho_connectors::ALL).connector("desk").unwrap()];
    let config = SandboxConfig {
        connectors,
        data_center: "eu".into(),
        person_data_center: Some("eu".into()),
        redirect_uris: vec![redirect_uri.to_owned()],
        ..SandboxConfig::default()
    };
    let sandbox = runtime.block_on(Sandbox::start(config)).unwrap();
    (runtime, sandbox)
}

/// Accepts a consent as a browser would, and gives the page that the person ends at.
fn accept(address: &str) -> http::Reply {
    let page = http::get(address);
    assert_eq!(page.status, 200, "{}", page.body);
    let (action, mut fields) = http::form(&page.body);
    fields.extend([("decision".to_owned(), "accept".to_owned()), ("location".to_owned(), "eu".to_owned())]);
    let origin = address.split('/').take(3).collect::<Vec<_>>().join("/");
    let sent = http::post_form(&format!("{origin}{action}"), &fields);
    http::get(sent.header("location").unwrap_or_else(|| panic!("no way back: {}", sent.body)))
}

fn ended(child: Child) -> (bool, String, String) {
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_service_reads_open_tickets_with_a_refresh_token_of_the_environment() {
    let (_runtime, sandbox) = sandbox("http://127.0.0.1:8765/callback");
    let mut command = example("service", &sandbox);
    command.env("ZOHO_REFRESH_TOKEN", sandbox.refresh_token()).env("ZOHO_DATA_CENTER", "eu");
    command.env("ZOHO_ORG", sandbox.connection_value("desk", "orgId").unwrap());
    let (good, tickets, said) = ended(command.spawn().unwrap());
    assert!(good, "{said}");
    assert!(
        tickets.lines().count() > 10 && tickets.lines().all(|line| line.contains("\"status\":\"Open\"")),
        "{tickets}"
    );
}

#[test]
fn a_command_line_tool_signs_in_once() {
    let (_runtime, sandbox) = sandbox("http://127.0.0.1:8765/callback");
    let home = tempfile::tempdir().unwrap();
    let run = || {
        let mut command = example("command_line", &sandbox);
        command.env("HOME", home.path()).arg("eu");
        command.env("ZOHO_VAULT_KEY", zoho_core::VaultKey::generate().expose()).spawn().unwrap()
    };
    // Another key every time: the second run cannot open what the first one has kept.
    let mut child = run();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("http") {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "it ended without an address");
    }
    assert_eq!(accept(line.trim()).status, 200);
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    let (good, organizations, _) = ended(child);
    assert!(good, "{rest}");
    assert!(organizations.contains("companyName"), "{organizations}");
    let (good, _, said) = ended(run());
    assert!(!good && said.contains("key"), "{said}");
}

#[test]
fn a_web_application_connects_its_users_accounts() {
    let (_runtime, sandbox) = sandbox("http://127.0.0.1:*/callback");
    let mut child = example("web_application", &sandbox).arg("0").spawn().unwrap();
    let mut origin = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut origin).unwrap();
    let origin = origin.trim();
    assert_eq!(http::get(&format!("{origin}/organizations?user=ada")).status, 404);
    for user in ["ada", "grace"] {
        let sent = http::get(&format!("{origin}/connect?user={user}"));
        let page = accept(sent.header("location").unwrap());
        assert_eq!((page.status, page.body.as_str()), (200, format!("{user} is connected.").as_str()));
        let listed = http::get(&format!("{origin}/organizations?user={user}"));
        assert!(listed.status == 200 && listed.body.contains("companyName"), "{}", listed.body);
    }
    assert_eq!(http::get(&format!("{origin}/callback?code=x&state=stolen")).status, 400);
    child.kill().unwrap();
    child.wait().unwrap();
}
