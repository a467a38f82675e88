//! Every way to sign in over real HTTP, against an accounts server that answers as each test says.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinHandle;
use zoho_connector::{DataCenter, DataCenters, Scope};
use zoho_core::{
    AuthFlow, ClientCredentials, Clock, Endpoint, Error, Loopback, Notice, Pending, Person, Redirect, SignIn, SignedIn,
    UserCode,
};

use crate::server::{Answer, Asked, Server, json};

mod add_scopes;
mod browser;
mod device;
mod others;
mod proxy;

/// When the tests begin, in seconds since 1970.
const START: u64 = 1_700_000_000;

fn center(id: &str) -> DataCenter {
    DataCenters::built_in().get(id).unwrap().clone()
}

/// A sign-in at a server, with a clock that is set by hand.
fn sign_in(server: &Server, scopes: &[&str]) -> (SignIn, Arc<AtomicU64>) {
    let time = Arc::new(AtomicU64::new(START));
    let sign_in = SignIn {
        scopes: scopes.iter().map(|scope| Scope::granted(scope)).collect(),
        endpoint: Some(Endpoint::parse(&server.url).unwrap()),
        clock: Clock::Manual(Arc::clone(&time)),
        ..SignIn::new(ClientCredentials::new("1000.ID", "client-secret"), center("us"))
    };
    (sign_in, time)
}

fn loopback() -> Loopback {
    Loopback { port: 0, patience: Duration::from_secs(10), ..Loopback::default() }
}

/// A reply with tokens.
fn granted(_: &Asked, _: usize) -> Answer {
    json(
        200,
        r#"{"access_token":"1000.a","refresh_token":"1000.r","api_domain":"https://www.zohoapis.eu","expires_in":3600,"scope":"Desk.tickets.READ"}"#,
    )
}

/// The body of a request to the accounts server, as pairs.
fn form(asked: &Asked) -> Vec<(String, String)> {
    url::form_urlencoded::parse(asked.body.as_bytes()).into_owned().collect()
}

fn field(asked: &Asked, name: &str) -> Option<String> {
    form(asked).into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// A person whose browser comes back with `answer` (in which `STATE` is that of the request), who pastes what is
/// prepared, and who writes down what happens.
#[derive(Default)]
struct Tester {
    answer: Option<String>,
    pasted: Mutex<VecDeque<String>>,
    addresses: Mutex<Vec<url::Url>>,
    codes: Mutex<Vec<UserCode>>,
    notices: Mutex<Vec<String>>,
    pages: Mutex<Vec<JoinHandle<String>>>,
}

impl Tester {
    fn coming_back_with(answer: &str) -> Self {
        Self { answer: Some(answer.to_owned()), ..Self::default() }
    }

    fn pasting(texts: &[&str]) -> Self {
        Self { pasted: Mutex::new(texts.iter().map(|text| (*text).to_owned()).collect()), ..Self::default() }
    }

    /// The page that the browser shows at the end.
    async fn page(&self) -> String {
        let page = self.pages.lock().unwrap().pop().unwrap();
        page.await.unwrap()
    }

    fn notices(&self) -> Vec<String> {
        self.notices.lock().unwrap().clone()
    }

    /// The last address that the person was sent to, and its parameter of a name.
    fn sent_to(&self, name: &str) -> Option<String> {
        let addresses = self.addresses.lock().unwrap();
        let mut pairs = addresses.last()?.query_pairs();
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

impl Person for Tester {
    fn browse(&self, address: &url::Url) {
        self.addresses.lock().unwrap().push(address.clone());
        let Some(answer) = &self.answer else { return };
        let answer = answer.replace("STATE", &self.sent_to("state").unwrap());
        let redirect = self.sent_to("redirect_uri").unwrap();
        self.pages.lock().unwrap().push(tokio::spawn(visit(format!("{redirect}?{answer}"))));
    }

    fn enter_code(&self, code: &UserCode) {
        self.codes.lock().unwrap().push(code.clone());
    }

    fn paste(&self) -> Pending<'_, String> {
        let text = self.pasted.lock().unwrap().pop_front();
        let text = text.map(|text| text.replace("STATE", &self.sent_to("state").unwrap()));
        Box::pin(async move { text.ok_or_else(|| Error::new(zoho_core::ErrorKind::SignIn, "the input has ended")) })
    }

    fn notice(&self, notice: &Notice) {
        self.notices.lock().unwrap().push(match notice {
            Notice::Moved(center) => format!("moved to {}", center.id),
            Notice::Waiting(pause) => format!("waiting {}", pause.as_secs()),
            Notice::TurnedAway(why) => format!("turned away: {why}"),
            Notice::PasteAgain(why) => format!("paste again: {why}"),
            Notice::NewConsent(why) => format!("new consent: {why}"),
            other => format!("{other:?}"),
        });
    }
}

/// Goes to an address as a browser does, and gives the page.
async fn visit(address: String) -> String {
    let (host, target) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    stream.write_all(format!("GET /{target} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).await.unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).await.unwrap();
    page
}

/// Signs in through the browser, which comes back with `answer`.
async fn by_browser(
    answer: &str,
    accounts: impl Fn(&Asked, usize) -> Answer + Send + Sync + 'static,
) -> (Result<SignedIn, Error>, Server, Tester) {
    let server = Server::start(accounts).await;
    let person = Tester::coming_back_with(answer);
    let (sign_in, _) = sign_in(&server, &["Desk.tickets.READ"]);
    let done = sign_in.login(AuthFlow::AuthorizationCode(Redirect::Loopback(loopback())), &person).await;
    (done, server, person)
}

fn now(time: &AtomicU64) -> u64 {
    time.load(Ordering::Relaxed) - START
}
