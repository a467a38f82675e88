//! Every way to sign in, end to end, for people of several data centres: the real binary, the sandbox's accounts
//! servers, and a call with what came of it.

use serde_json::{Value, json};

use crate::support::sign_in::{Answer, Waiting, connect_from, consent, enter_code};
use crate::support::{Ran, RunningSandbox, Zohoctl, http};

/// A person with an account in a data centre, and a sandbox for them.
struct Place {
    /// Where the account lives.
    center: &'static str,
    /// Its accounts server.
    accounts: &'static str,
    /// Where the clients were registered: China starts at its own server, others need not.
    home: &'static str,
    sandbox: RunningSandbox,
    zohoctl: Zohoctl,
}

impl Place {
    fn new(center: &'static str, accounts: &'static str, home: &'static str) -> Self {
        let sandbox = RunningSandbox::start(&["desk", "--data-center", center, "--device-interval", "20"]);
        let zohoctl = Zohoctl::new().with("ZOHO_ENDPOINT", &sandbox.address);
        let place = Self { center, accounts, home, sandbox, zohoctl };
        for (name, kind, home) in [("server", "server", home), ("device", "device", home), ("self", "self", center)] {
            place.register(name, kind, home);
        }
        place
    }

    /// Registers the sandbox's client of a kind, the secret on standard input.
    fn register(&self, name: &str, kind: &str, home: &str) {
        let (id, secret) = self.sandbox.client(kind);
        let words = ["register", name, "--kind", kind, "--client-id", &id, "--data-center", home];
        let ran = self.zohoctl.run_with_input(&words, &format!("{secret}\n"));
        assert_eq!(ran.status, 0, "{ran}");
        let known = format!("{} knows the client", accounts_of(home));
        assert!(ran.stderr.contains(&known) && ran.stderr.contains("zohoctl connect "), "{ran}");
    }

    fn organization(&self) -> String {
        self.sandbox.said("ZOHO_ORG").unwrap()
    }

    /// The words of a sign-in to Desk under a name, with the organisation.
    fn words<'a>(&self, name: &'a str, organization: &'a str, further: &[&'a str]) -> Vec<&'a str> {
        let words = ["connect", "desk", "--name", name, "--org", organization, "--for", "tickets.list"];
        words.iter().chain(further).copied().collect()
    }

    /// What came of a sign-in: the account's data centre, and a ticket.
    fn signed_in(&self, name: &str, ran: &Ran) {
        let center = self.center;
        assert_eq!(ran.status, 0, "{center} {name}: {ran}");
        assert!(ran.stderr.contains(&format!("Signed in to Zoho Desk in {center}")), "{center} {name}: {ran}");
        assert!(
            ran.stderr.contains(&format!("zohoctl invoke desk tickets.list --limit 5 --connection {name}")),
            "{ran}"
        );
        let tickets = self.zohoctl.lines(&["invoke", "desk", "tickets.list", "--limit", "1", "--connection", name]);
        assert_eq!(tickets.len(), 1, "{center} {name}");
        let listed = self.zohoctl.lines(&["connections", "list", "--output", "jsonl"]);
        let saved = listed.iter().find(|saved| saved["name"] == name).unwrap();
        assert_eq!(saved["data_center"], center, "{saved}");
    }

    fn by_browser(&self) {
        let organization = self.organization();
        let words = self.words("browser", &organization, &["--client", "server"]);
        let ran = connect_from(&self.zohoctl, &words[1..], Answer::Accept, Some(self.center));
        self.signed_in("browser", &ran);
    }

    fn by_pasting(&self) {
        let organization = self.organization();
        let words = self.words("pasted", &organization, &["--paste", "--port", "9"]);
        let mut waiting = Waiting::start(&self.zohoctl, &words);
        let back = consent(&waiting.address().unwrap(), Answer::Accept, Some(self.center));
        assert!(back.starts_with("http://127.0.0.1:9/callback?"), "{back}");
        // What is no answer is asked for again.
        waiting.say("https://desk.zoho.com/agent");
        waiting.say(&back);
        let ran = waiting.ended();
        self.signed_in("pasted", &ran);
        assert!(ran.stderr.contains("warning: that cannot be used"), "{ran}");
    }

    /// A device asks every five seconds: meanwhile the other ways are gone.
    fn begin_by_device(&self) -> Waiting<'_> {
        let organization = self.organization();
        let words = self.words("device", &organization, &["--client", "device"]);
        let mut waiting = Waiting::start(&self.zohoctl, &words);
        let line = waiting.line(|line| line.contains("enter the code ")).unwrap();
        let code = line.trim_end_matches(':').rsplit(' ').next().unwrap().to_owned();
        let address = waiting.address().unwrap();
        let page = enter_code(&address, &code, Answer::Accept, Some(self.center));
        assert!(!page.contains("error"), "{page}");
        waiting
    }

    fn end_by_device(&self, waiting: Waiting<'_>) {
        let ran = waiting.ended();
        self.signed_in("device", &ran);
        let moved = ran.stderr.contains("Your account lives in");
        assert_eq!(moved, self.center != self.home, "{ran}");
    }

    fn by_self_client(&self) {
        let body = json!({ "scopes": "Desk.basic.READ,Desk.tickets.READ", "data_center": self.center });
        let reply = http::post_json(&format!("{}/_sandbox/grant-code", self.sandbox.address), &body);
        let code = serde_json::from_str::<Value>(&reply.body).unwrap()["code"].as_str().unwrap().to_owned();
        let organization = self.organization();
        let words = self.words("console", &organization, &["--client", "self"]);
        let ran = self.zohoctl.run_with_input(&words, &format!("{code}\n"));
        self.signed_in("console", &ran);
        // A code counts once, and what was there stays.
        let ran = self.zohoctl.run_with_input(&words, &format!("{code}\n"));
        assert_eq!(ran.status, 3, "{ran}");
        assert!(ran.stderr.contains("invalid_code"), "{ran}");
        self.zohoctl.ok(&["invoke", "desk", "tickets.list", "--limit", "1", "--connection", "console"]);
    }

    fn by_client_credentials(&self) {
        let organization = self.organization();
        let without = ["connect", "desk", "--name", "job", "--client-credentials", "--read-only"];
        let ran = self.zohoctl.run(&without);
        assert_eq!(ran.status, 3, "{ran}");
        assert!(ran.stderr.contains("missing_org_info") && ran.stderr.contains("--soid Desk.1234"), "{ran}");
        let soid = format!("Desk.{organization}");
        let words = self.words("job", &organization, &["--client-credentials", "--soid", &soid]);
        let ran = self.zohoctl.run(&words);
        self.signed_in("job", &ran);
        let requests = self.sandbox.requests();
        let last = requests.iter().rev().find(|request| request["target"] == "/oauth/v2/token").unwrap();
        assert_eq!(last["host"], self.accounts, "{last}");
    }

    fn by_refresh_token(&self) {
        let (token, organization) = (self.sandbox.said("ZOHO_REFRESH_TOKEN").unwrap(), self.organization());
        let center = ["--client", "server", "--data-center", self.center];
        self.zohoctl.write("token", format!("{token}\n"));
        let words = self.words("file", &organization, &["--refresh-token-from", "token"]);
        let words: Vec<&str> = words.into_iter().chain(center).collect();
        self.signed_in("file", &self.zohoctl.run(&words));
        let words = self.words("input", &organization, &["--refresh-token-from", "-"]);
        let words: Vec<&str> = words.into_iter().chain(center).collect();
        self.signed_in("input", &self.zohoctl.run_with_input(&words, &token));
    }

    /// What was signed in by the browser gets more.
    fn more_scopes(&self) {
        let ticket = ["invoke", "desk", "tickets.create", "subject=x", "departmentId=1", "contactId=2"];
        let words: Vec<&str> = ticket.iter().chain(&["--connection", "browser"]).copied().collect();
        let ran = self.zohoctl.run(&words);
        assert_eq!(ran.status, 3, "{ran}");
        let refreshes = self.sandbox.requests().len();
        let add = ["desk", "--add", "--name", "browser", "--for", "tickets.create"];
        let ran = connect_from(&self.zohoctl, &add, Answer::Accept, Some(self.center));
        assert_eq!(ran.status, 0, "{}: {ran}", self.center);
        let ran = self.zohoctl.run(&words);
        assert_ne!(ran.status, 3, "{}: {ran}", self.center);
        let asked: Vec<Value> = self.sandbox.requests().split_off(refreshes);
        let hosts: Vec<&str> = asked
            .iter()
            // Not `/oauth/v3/device/token`: a device still waits, and asks where its client was registered.
            .filter(|request| request["target"] == "/oauth/v2/token")
            .filter_map(|request| request["host"].as_str())
            .collect();
        assert!(!hosts.is_empty() && hosts.iter().all(|host| host.starts_with(self.accounts)), "{hosts:?}");
    }
}

fn accounts_of(center: &str) -> &'static str {
    match center {
        "eu" => "accounts.zoho.eu",
        "ca" => "accounts.zohocloud.ca",
        "cn" => "accounts.zoho.com.cn",
        _ => "accounts.zoho.com",
    }
}

/// Goes every way, and looks where secrets went.
fn every_way(center: &'static str, home: &'static str) {
    let place = Place::new(center, accounts_of(center), home);
    let device = place.begin_by_device();
    place.by_browser();
    place.by_pasting();
    place.by_self_client();
    place.by_client_credentials();
    place.by_refresh_token();
    place.more_scopes();
    place.end_by_device(device);
}

/// At one time, since a device mostly waits.
#[test]
fn every_way_for_people_of_four_data_centers_of_whom_two_use_a_client_of_another() {
    let places = [("us", "us"), ("eu", "us"), ("ca", "us"), ("cn", "cn")];
    std::thread::scope(|scope| {
        for (center, home) in places {
            scope.spawn(move || every_way(center, home));
        }
    });
}

/// A peer took the region for its calls, and refreshed at the accounts server of the United States all the same.
#[test]
fn wanted_b4_tokens_come_from_the_accounts_server_of_the_account() {
    for (center, home) in [("us", "us"), ("eu", "us"), ("ca", "us"), ("cn", "cn")] {
        let sandbox = RunningSandbox::start(&["desk", "--data-center", center, "--token-lifetime", "1"]);
        let (id, secret) = sandbox.client("server");
        let zohoctl = Zohoctl::new()
            .with("ZOHO_ENDPOINT", &sandbox.address)
            .with("ZOHO_CLIENT_ID", &id)
            .with("ZOHO_CLIENT_SECRET", &secret);
        let organization = sandbox.said("ZOHO_ORG").unwrap();
        let words = ["desk", "--data-center", home, "--org", &organization];
        let ran = connect_from(&zohoctl, &words, Answer::Accept, Some(center));
        assert_eq!(ran.status, 0, "{center}: {ran}");
        http::post_json(&format!("{}/_sandbox/clock", sandbox.address), &json!({ "advance_seconds": 5 }));
        std::thread::sleep(std::time::Duration::from_millis(1100));
        zohoctl.ok(&["invoke", "desk", "tickets.list", "--limit", "1"]);
        let tokens: Vec<Value> =
            sandbox.requests().into_iter().filter(|request| request["target"] == "/oauth/v2/token").collect();
        assert!(tokens.len() >= 2, "{center}: a token was refreshed: {tokens:?}");
        assert!(tokens.iter().all(|request| request["host"] == accounts_of(center)), "{center}: {tokens:?}");
    }
}
