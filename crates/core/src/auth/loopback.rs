//! The loopback listener that a browser is sent back to (RFC 8252 §7.3): nobody else on the network can reach it, and of
//! those on this machine it takes the one answer that is of this sign-in.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;
use url::Url;

use self::page::Page;
use self::visit::{Place, Visit, look};
use super::callback::{Callback, belongs};
use super::person::{Notice, Person};
use super::sign_in::{Loopback, SignIn, SignedIn};
use crate::error::{Error, ErrorKind};

mod page;
mod visit;

/// The most connections that are served side by side. Browsers open some ahead of need.
const SIDE_BY_SIDE: usize = 32;
/// How long the last page may take to arrive before the sign-in goes on without it.
const PAGE_PATIENCE: Duration = Duration::from_secs(2);

/// Signs in by a browser that comes back to this machine.
pub(super) async fn sign_in(sign_in: &SignIn, place: &Loopback, person: &dyn Person) -> Result<SignedIn, Error> {
    let listener = Listener::bind(place).await?;
    let request = sign_in.begin(&listener.redirect_uri())?;
    person.browse(&request.url);
    let state = request.state.clone();
    let answer = listener.wait(move |address| belongs(address, &state), person).await?;
    let done = match Callback::read(&answer.address, &request.state) {
        Ok(callback) => sign_in.finish(&request, &callback).await,
        Err(error) => Err(error),
    };
    answer.show(done.as_ref().map(|_| "You are signed in.")).await;
    done
}

/// Waits for the browser at a port of 127.0.0.1.
#[derive(Debug)]
pub(super) struct Listener {
    listener: TcpListener,
    place: Place,
    patience: Duration,
}

/// The answer that was waited for. The browser waits too, until it is shown what came of it.
#[derive(Debug)]
pub(super) struct Answer {
    /// The address that the browser was sent to.
    pub(super) address: Url,
    page: oneshot::Sender<Page>,
    shown: oneshot::Receiver<()>,
    _serving: Serving,
}

/// The task that serves; it ends with whoever waits.
#[derive(Debug)]
struct Serving(AbortHandle);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What the task tells whoever waits.
enum Told {
    /// The answer came.
    Answer { address: Url, page: oneshot::Sender<Page>, shown: oneshot::Receiver<()> },
    /// Somebody was turned away.
    TurnedAway(String),
}

impl Listener {
    /// Listens on a port of 127.0.0.1; 0 takes a free one.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where the port is taken.
    pub(super) async fn bind(place: &Loopback) -> Result<Self, Error> {
        let Loopback { port, path, patience } = place;
        if !path.starts_with('/') || path.contains(['?', '#', ' ']) {
            return Err(Error::new(ErrorKind::SignIn, format!("`{path}` is no path of a redirect URL"))
                .with_hint("write one such as `/callback`"));
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).await.map_err(|error| taken(*port, &error))?;
        let port = listener.local_addr().map_err(|error| taken(*port, &error))?.port();
        Ok(Self { listener, place: Place { port, path: path.clone() }, patience: *patience })
    }

    /// The redirect URL.
    pub(super) fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}{}", self.place.port, self.place.path)
    }

    /// Waits for the one request that answers. Whoever else comes is turned away, and the wait goes on: nobody can end it
    /// who does not know the `state`.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`] where nobody comes.
    pub(super) async fn wait(
        self,
        is_ours: impl Fn(&Url) -> bool + Send + Sync + 'static,
        person: &dyn Person,
    ) -> Result<Answer, Error> {
        let redirect_uri = self.redirect_uri();
        let (teller, mut told) = mpsc::channel(SIDE_BY_SIDE);
        let door = Arc::new(Door { place: self.place, is_ours, is_taken: AtomicBool::new(false), teller });
        let serving = Serving(tokio::spawn(serve(self.listener, door)).abort_handle());
        let answer = async {
            while let Some(told) = told.recv().await {
                match told {
                    Told::TurnedAway(why) => person.notice(&Notice::TurnedAway(why)),
                    Told::Answer { address, page, shown } => return Some((address, page, shown)),
                }
            }
            None
        };
        match timeout(self.patience, answer).await {
            Ok(Some((address, page, shown))) => Ok(Answer { address, page, shown, _serving: serving }),
            _ => Err(late(self.patience, &redirect_uri)),
        }
    }
}

impl Answer {
    /// Shows the person in the browser what came of it.
    pub(super) async fn show(self, outcome: Result<&str, &Error>) {
        // The person's page is a courtesy: the sign-in goes on whether or not it arrives.
        if self.page.send(Page::of(outcome)).is_ok() {
            let _ = timeout(PAGE_PATIENCE, self.shown).await;
        }
    }
}

fn late(patience: Duration, redirect_uri: &str) -> Error {
    let message = format!("nobody came back from the browser within {} s", patience.as_secs());
    Error::new(ErrorKind::Timeout, message).with_hint(format!(
        "finish the consent in a browser on this machine, or paste the address, or use a device code; where the browser \
         showed an error of Zoho's, the client is not known there or {redirect_uri} is not registered with it"
    ))
}

fn taken(port: u16, error: &std::io::Error) -> Error {
    let why = match error.kind() {
        std::io::ErrorKind::AddrInUse => "another program uses it".to_owned(),
        std::io::ErrorKind::PermissionDenied => "the system does not allow it".to_owned(),
        _ => error.to_string(),
    };
    Error::new(ErrorKind::Io, format!("the browser cannot be waited for at port {port} of this machine: {why}"))
        .with_hint("end that program, or choose another port and register its redirect URL with the client, too")
}

/// What is needed to serve one visitor.
struct Door<F> {
    place: Place,
    is_ours: F,
    is_taken: AtomicBool,
    teller: mpsc::Sender<Told>,
}

async fn serve<F: Fn(&Url) -> bool + Send + Sync + 'static>(listener: TcpListener, door: Arc<Door<F>>) {
    let seats = Arc::new(Semaphore::new(SIDE_BY_SIDE));
    let mut visitors = JoinSet::new();
    loop {
        let Ok(seat) = Arc::clone(&seats).acquire_owned().await else { return };
        while visitors.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, _)) => {
                let door = Arc::clone(&door);
                visitors.spawn(async move {
                    door.receive(stream).await;
                    drop(seat);
                });
            }
            // Too many open files, a visitor who left: the next one may fare better, but not at once.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

impl<F: Fn(&Url) -> bool> Door<F> {
    async fn receive(&self, mut stream: TcpStream) {
        let address = match look(&mut stream, &self.place).await {
            None => return,
            Some(Visit::Callback(address)) => address,
            Some(Visit::Refused(status, why)) => {
                // Browsers ask for an icon by themselves; that is nothing to tell.
                if status != 404 {
                    let _ = self.teller.try_send(Told::TurnedAway(why.to_owned()));
                }
                return write(&mut stream, &Page::refusal(status, why)).await;
            }
        };
        if !(self.is_ours)(&address) {
            let why = "the answer belongs to another sign-in (its `state` is not ours)";
            let _ = self.teller.try_send(Told::TurnedAway(why.to_owned()));
            return write(&mut stream, &Page::refusal(400, why)).await;
        }
        if self.is_taken.swap(true, Ordering::SeqCst) {
            return write(&mut stream, &Page::again()).await;
        }
        let ((page, shown_page), (shown, was_shown)) = (oneshot::channel(), oneshot::channel());
        if self.teller.send(Told::Answer { address, page, shown: was_shown }).await.is_err() {
            return;
        }
        if let Ok(page) = shown_page.await {
            write(&mut stream, &page).await;
        }
        let _ = shown.send(());
    }
}

async fn write(stream: &mut TcpStream, page: &Page) {
    let _ = stream.write_all(page.message().as_bytes()).await;
    let _ = stream.shutdown().await;
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tokio::io::AsyncReadExt;

    use super::*;

    /// A person who writes down what they are told.
    #[derive(Default)]
    struct Diary(Mutex<Vec<String>>);

    impl Person for Diary {
        fn browse(&self, _: &Url) {}

        fn notice(&self, notice: &Notice) {
            if let Notice::TurnedAway(why) = notice {
                self.0.lock().unwrap().push(why.clone());
            }
        }
    }

    async fn listener() -> (Listener, u16) {
        let listener = Listener::bind(&Loopback { port: 0, ..Loopback::default() }).await.unwrap();
        let port = listener.place.port;
        (listener, port)
    }

    async fn get(port: u16, target: &str, headers: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.write_all(format!("GET {target} HTTP/1.1\r\n{headers}\r\n").as_bytes()).await.unwrap();
        let mut page = String::new();
        stream.read_to_string(&mut page).await.unwrap();
        page
    }

    async fn from_browser(port: u16, target: &str) -> String {
        get(port, target, &format!("Host: 127.0.0.1:{port}\r\n")).await
    }

    fn is_ours(address: &Url) -> bool {
        address.query() == Some("ours")
    }

    /// Nobody ends the wait who does not know the `state`: neither by a wrong one, nor by saying nothing, nor by
    /// calling what is not there.
    #[tokio::test]
    async fn wanted_b13_only_the_own_answer_ends_the_wait() {
        let (listener, port) = listener().await;
        let visitors = tokio::spawn(async move {
            let _silent = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            let wrong = from_browser(port, "/callback?code=c&state=forged").await;
            assert!(wrong.starts_with("HTTP/1.1 400 ") && wrong.contains("another sign-in"), "{wrong}");
            assert!(from_browser(port, "/callback?error=access_denied").await.starts_with("HTTP/1.1 400 "));
            assert!(from_browser(port, "/favicon.ico").await.starts_with("HTTP/1.1 404 "));
            let rebound = get(port, "/callback?ours", "Host: evil.org\r\n").await;
            assert!(rebound.starts_with("HTTP/1.1 403 "), "{rebound}");
            let script =
                get(port, "/callback?ours", &format!("Host: 127.0.0.1:{port}\r\nOrigin: https://evil.org\r\n")).await;
            assert!(script.starts_with("HTTP/1.1 403 "), "{script}");
            from_browser(port, "/callback?ours").await
        });
        let person = Diary::default();
        let answer = listener.wait(is_ours, &person).await.unwrap();
        assert_eq!(answer.address.query(), Some("ours"));
        answer.show(Ok("You are signed in.")).await;
        assert!(visitors.await.unwrap().contains("You are signed in."));
        assert_eq!(person.0.lock().unwrap().len(), 4, "{:?}", person.0);
    }

    #[tokio::test]
    async fn the_same_answer_twice_counts_once() {
        let (listener, port) = listener().await;
        let first = tokio::spawn(async move { from_browser(port, "/callback?ours").await });
        let answer = listener.wait(is_ours, &Diary::default()).await.unwrap();
        let second = from_browser(port, "/callback?ours").await;
        assert!(second.starts_with("HTTP/1.1 200 ") && second.contains("was taken before"), "{second}");
        let error = Error::new(ErrorKind::SignIn, "the code is no longer good").with_hint("connect again");
        answer.show(Err(&error)).await;
        let first = first.await.unwrap();
        assert!(first.starts_with("HTTP/1.1 400 ") && first.contains("Connect again."), "{first}");
        assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err(), "nobody listens any more");
    }

    #[tokio::test]
    async fn many_silent_visitors_keep_nobody_out() {
        let (listener, port) = listener().await;
        let silent: Vec<TcpStream> = {
            let mut streams = Vec::new();
            for _ in 0..SIDE_BY_SIDE - 1 {
                streams.push(TcpStream::connect(("127.0.0.1", port)).await.unwrap());
            }
            streams
        };
        let browser = tokio::spawn(async move { from_browser(port, "/callback?ours").await });
        let answer = timeout(Duration::from_secs(2), listener.wait(is_ours, &Diary::default())).await.unwrap().unwrap();
        answer.show(Ok("You are signed in.")).await;
        assert!(browser.await.unwrap().contains("You are signed in."));
        drop(silent);
    }

    #[tokio::test]
    async fn wanted_b13_nobody_on_the_network_reaches_it() {
        let (listener, _) = listener().await;
        assert!(listener.listener.local_addr().unwrap().ip().is_loopback());
    }

    #[tokio::test]
    async fn a_port_in_use_is_named_with_what_to_do() {
        let (_listener, port) = listener().await;
        let error = Listener::bind(&Loopback { port, ..Loopback::default() }).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.to_string().contains(&format!("port {port}")) && error.to_string().contains("another program"));
        assert!(error.hint().unwrap().contains("choose another port"));
    }

    #[tokio::test]
    async fn a_path_is_one() {
        for path in ["callback", "", "/a?b", "/a#b", "/a b"] {
            let place = Loopback { port: 0, path: path.into(), ..Loopback::default() };
            assert!(Listener::bind(&place).await.is_err(), "{path}");
        }
    }

    #[tokio::test]
    async fn nobody_is_waited_for_longer_than_said() {
        let place = Loopback { port: 0, patience: Duration::from_millis(20), ..Loopback::default() };
        let listener = Listener::bind(&place).await.unwrap();
        let error = listener.wait(is_ours, &Diary::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
    }
}
