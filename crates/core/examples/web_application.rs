//! A web application whose users connect their own Zoho accounts: many connections, a store of its own, a callback route
//! of its own.
//!
//! ```sh
//! export ZOHO_CLIENT_ID=… ZOHO_CLIENT_SECRET=…
//! cargo run -p zoho-core --example web_application -- 8080
//! ```
//! Then `http://127.0.0.1:8080/connect?user=ada` sends Ada to Zoho, `/callback` is where she comes back, and
//! `/organizations?user=ada` lists what she may see. The redirect URL to register is `http://127.0.0.1:8080/callback`.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program of its own, not a part of the library"
)]

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use url::Url;
use zoho_connector::{Connector, DataCenter, DataCenters, Library, Scope};
use zoho_core::{
    Arguments, AuthorizationRequest, Callback, Client, ClientCredentials, Connection, Endpoint, HeldTokens, Invocation,
    Pending, Reply, SignIn, TokenStore, Tokens, scopes_for,
};

/// The application's own table of users. A real one is a database; two methods are all that the engine needs of it.
#[derive(Default)]
struct Users {
    rows: Mutex<HashMap<String, User>>,
    /// Who refreshes. With several machines this is a row lock of the database.
    refreshing: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
struct User {
    data_center: DataCenter,
    tokens: Tokens,
}

impl Users {
    fn get(&self, name: &str) -> Option<User> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    fn set(&self, name: &str, user: User) {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), user);
    }
}

impl TokenStore for Users {
    fn load<'a>(&'a self, connection: &'a str) -> Pending<'a, Option<Tokens>> {
        Box::pin(async move { Ok(self.get(connection).map(|user| user.tokens)) })
    }

    fn hold<'a>(&'a self, connection: &'a str) -> Pending<'a, Box<dyn HeldTokens + 'a>> {
        Box::pin(async move {
            let turn = self.refreshing.lock().await;
            // Read after the turn was taken: somebody else may have refreshed meanwhile.
            let tokens = self.get(connection).map(|user| user.tokens);
            let held: Box<dyn HeldTokens + 'a> = Box::new(Held { users: self, connection, tokens, _turn: turn });
            Ok(held)
        })
    }
}

/// The tokens of a user, while nobody else may refresh.
struct Held<'a> {
    users: &'a Users,
    connection: &'a str,
    tokens: Option<Tokens>,
    _turn: tokio::sync::MutexGuard<'a, ()>,
}

impl HeldTokens for Held<'_> {
    fn tokens(&self) -> Option<&Tokens> {
        self.tokens.as_ref()
    }

    fn save<'a>(&'a mut self, tokens: &'a Tokens) -> Pending<'a, ()> {
        Box::pin(async move {
            if let Some(user) = self.users.get(self.connection) {
                self.users.set(self.connection, User { tokens: tokens.clone(), ..user });
            }
            self.tokens = Some(tokens.clone());
            Ok(())
        })
    }
}

struct Application {
    desk: Arc<Connector>,
    scopes: Vec<Scope>,
    client: ClientCredentials,
    /// Where the client was registered; where a user's account lives is learnt from the consent.
    data_center: DataCenter,
    endpoint: Option<Endpoint>,
    redirect_uri: String,
    users: Arc<Users>,
    /// The consents that are under way, by the session that they belong to. A real one keeps them in its sessions.
    under_way: Mutex<HashMap<String, AuthorizationRequest>>,
}

/// What a route answers: a status, a header, a text.
type Answer = (u16, String, String);

impl Application {
    fn sign_in(&self) -> SignIn {
        let mut sign_in = SignIn::new(self.client.clone(), self.data_center.clone());
        sign_in.scopes.clone_from(&self.scopes);
        sign_in.endpoint.clone_from(&self.endpoint);
        sign_in
    }

    async fn route(&self, address: &Url) -> Result<Answer, zoho_core::Error> {
        let user = address.query_pairs().find(|(name, _)| name == "user").map(|(_, user)| user.into_owned());
        match (address.path(), user) {
            ("/connect", Some(user)) => self.connect(&user),
            ("/callback", _) => self.callback(address).await,
            ("/organizations", Some(user)) => self.organizations(&user).await,
            _ => Ok((404, String::new(), "Nothing is here.".into())),
        }
    }

    fn connect(&self, user: &str) -> Result<Answer, zoho_core::Error> {
        let request = self.sign_in().begin(&self.redirect_uri)?;
        let header = format!("Location: {}\r\nSet-Cookie: user={user}; HttpOnly; SameSite=Lax\r\n", request.url);
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).insert(user.to_owned(), request);
        Ok((302, header, String::new()))
    }

    async fn callback(&self, address: &Url) -> Result<Answer, zoho_core::Error> {
        let all = std::mem::take(&mut *self.under_way.lock().unwrap_or_else(PoisonError::into_inner));
        let mut rest = HashMap::new();
        let mut found = None;
        // The answer belongs to the one request whose `state` it brings back.
        for (user, request) in all {
            match Callback::read(address, &request.state) {
                Ok(callback) => found = Some((user, request, callback)),
                Err(_) => drop(rest.insert(user, request)),
            }
        }
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).extend(rest);
        let Some((user, request, callback)) = found else {
            return Ok((400, String::new(), "This answers no sign-in of ours, or the consent was not given.".into()));
        };
        let signed_in = self.sign_in().finish(&request, &callback).await?;
        self.users.set(&user, User { data_center: signed_in.data_center, tokens: signed_in.tokens });
        Ok((200, String::new(), format!("{user} is connected.")))
    }

    async fn organizations(&self, name: &str) -> Result<Answer, zoho_core::Error> {
        let Some(user) = self.users.get(name) else {
            return Ok((404, String::new(), format!("{name} has not connected an account.")));
        };
        let mut connection = Connection::new(name, &user.data_center.id)?;
        connection.client = Some(self.client.clone());
        connection.endpoint.clone_from(&self.endpoint);
        let store: Arc<dyn TokenStore> = Arc::<Users>::clone(&self.users);
        let client = Client::builder(Arc::clone(&self.desk), connection).token_store(store).build()?;
        let list = Invocation::new(&self.desk, "organizations.list", Arguments::new())?;
        let Reply::Records(records) = client.invoke(&list).await? else {
            return Ok((200, String::new(), String::new()));
        };
        let lines: Vec<&str> = records.iter().map(|record| record.as_str()).collect();
        Ok((200, String::new(), lines.join("\n")))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
    let port = std::env::args().nth(1).unwrap_or_else(|| "8080".into());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    let origin = format!("http://{}", listener.local_addr()?);
    let desk = Arc::new(Library::new(zoho_connectors::ALL).connector("desk")?);
    let application = Arc::new(Application {
        scopes: scopes_for(&desk, desk.api("organizations.list")),
        desk,
        client: ClientCredentials::new(variable("ZOHO_CLIENT_ID")?, variable("ZOHO_CLIENT_SECRET")?.as_str()),
        data_center: DataCenters::built_in().get("us").ok_or("there is no such data centre")?.clone(),
        // Only to try it against a sandbox.
        endpoint: variable("ZOHO_ENDPOINT").ok().map(|url| Endpoint::parse(&url)).transpose()?,
        redirect_uri: format!("{origin}/callback"),
        users: Arc::default(),
        under_way: Mutex::default(),
    });
    println!("{origin}");
    loop {
        let (stream, _) = listener.accept().await?;
        let (application, origin) = (Arc::clone(&application), origin.clone());
        tokio::spawn(async move {
            if let Err(error) = serve(stream, &application, &origin).await {
                eprintln!("{error}");
            }
        });
    }
}

/// As much of HTTP as an example needs.
async fn serve(mut stream: TcpStream, application: &Application, origin: &str) -> std::io::Result<()> {
    let mut lines = BufReader::new(&mut stream).lines();
    let first = lines.next_line().await?.unwrap_or_default();
    while lines.next_line().await?.is_some_and(|line| !line.is_empty()) {}
    let target = first.split(' ').nth(1).unwrap_or("/");
    let (status, header, text) = match Url::parse(&format!("{origin}{target}")) {
        Ok(address) => {
            application.route(&address).await.unwrap_or_else(|error| (502, String::new(), error.to_string()))
        }
        Err(_) => (400, String::new(), "That is no address.".into()),
    };
    let length = text.len();
    let head =
        format!("HTTP/1.1 {status} -\r\nContent-Type: text/plain; charset=utf-8\r\nReferrer-Policy: no-referrer\r\n");
    stream
        .write_all(format!("{head}{header}Content-Length: {length}\r\nConnection: close\r\n\r\n{text}").as_bytes())
        .await
}
