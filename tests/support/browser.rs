//! A real browser: Chromium without a window, driven over WebDriver (W3C), as far as a consent needs it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::http;

/// The variable with the path of chromedriver; without it, a test that needs a browser is skipped.
const DRIVER: &str = "ZOHO_TEST_CHROMEDRIVER";

/// A browser with a profile of its own, which is gone afterwards.
pub(crate) struct Browser {
    driver: Child,
    session: String,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// A new browser, where there is one. Where there is none, the test says why it is skipped; in CI there must be one.
    pub(crate) fn start() -> Option<Self> {
        let Some(path) = std::env::var_os(DRIVER) else {
            assert!(std::env::var_os("CI").is_none(), "{DRIVER} is not set, and in CI nothing is skipped");
            eprintln!("skipped: {DRIVER} does not name a chromedriver");
            return None;
        };
        let profile = tempfile::tempdir().expect("a folder");
        let mut driver =
            Command::new(path).arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut said = BufReader::new(driver.stdout.take().expect("standard output"));
        let port = port_of(&mut said);
        // What it says later must not fill the pipe.
        std::thread::spawn(move || drop(said.read_to_end(&mut Vec::new())));
        let folder = format!("--user-data-dir={}", profile.path().display());
        // As root there is no sandbox of processes; the other words keep it from calling its maker.
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            &folder,
        ];
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "args": arguments },
        } } });
        let reply = value(&http::post_json(&format!("http://127.0.0.1:{port}/session"), &wanted));
        let id = reply["sessionId"].as_str().unwrap_or_else(|| panic!("no session: {reply}"));
        Some(Self { driver, session: format!("http://127.0.0.1:{port}/session/{id}"), _profile: profile })
    }

    /// Opens an address, and waits until it is there.
    pub(crate) fn open(&self, address: &str) {
        self.post("url", &json!({ "url": address }));
    }

    /// The address that is open.
    pub(crate) fn address(&self) -> String {
        text(&value(&http::get(&format!("{}/url", self.session))))
    }

    /// What a person reads on the page.
    pub(crate) fn text(&self) -> String {
        // In one step: an element that was found may be gone with its page by the time that it is asked.
        text(&self.post("execute/sync", &json!({ "script": "return document.body.innerText", "args": [] })))
    }

    /// Clicks what a CSS selector finds and what leads to another page, and waits until this one is gone.
    pub(crate) fn click(&self, selector: &str) {
        let element = self.find(selector);
        self.post(&format!("element/{element}/click"), &json!({}));
        let there = || http::get(&format!("{}/element/{element}/name", self.session)).status == 200;
        let gone = (0..500).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(20));
            !there()
        });
        assert!(gone, "ten seconds after the click on `{selector}` the page is still there: {}", self.text());
    }

    fn find(&self, selector: &str) -> String {
        let found = self.post("element", &json!({ "using": "css selector", "value": selector }));
        let id = found.as_object().and_then(|found| found.values().next()).and_then(Value::as_str);
        id.unwrap_or_else(|| panic!("nothing on the page is `{selector}`: {found}")).to_owned()
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        value(&http::post_json(&format!("{}/{path}", self.session), body))
    }
}

fn port_of(said: &mut impl BufRead) -> u16 {
    let mut line = String::new();
    while said.read_line(&mut line).expect("text") > 0 {
        // The first line repeats the wish for any port, 0; a later one has the port that it took.
        let port = line.trim_end().trim_end_matches('.').rsplit_once("on port ").map(|(_, port)| port);
        if let Some(port) = port.and_then(|port| port.parse().ok()).filter(|port| *port != 0) {
            return port;
        }
        line.clear();
    }
    panic!("chromedriver ended before it said its port");
}

fn value(reply: &http::Reply) -> Value {
    let body: Value = serde_json::from_str(&reply.body).unwrap_or_else(|error| panic!("{error}: {}", reply.body));
    assert_eq!(reply.status, 200, "{body}");
    body["value"].clone()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The session's end closes the browser, which the driver's end alone does not.
        http::delete(&self.session);
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
