//! A proxy between here and Zoho.

use zoho_core::{ErrorKind, Proxy, RefreshToken};

use super::*;

/// A proxy that answers `CONNECT` with a status, and remembers what it was asked.
async fn proxy(answer: &'static str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap().to_string();
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = vec![0; 4096];
            let count = stream.read(&mut bytes).await.unwrap_or_default();
            log.lock().unwrap().push(String::from_utf8_lossy(&bytes[..count]).into_owned());
            let _ = stream.write_all(format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n").as_bytes()).await;
        }
    });
    (place, asked)
}

/// A sign-in through a proxy, at a host that no network has.
async fn through(proxy: &str, except: &str) -> Error {
    let nowhere = DataCenter { accounts: "accounts.zoho.invalid".into(), ..center("us") };
    let mut sign_in = SignIn::new(ClientCredentials::new("1000.ID", "client-secret"), nowhere);
    sign_in.transport.proxy = Some(Proxy::parse(proxy).unwrap().except(except));
    sign_in.transport.connect_timeout = Duration::from_millis(500);
    sign_in.login(AuthFlow::RefreshToken(RefreshToken::new("1000.refresh")), &Tester::default()).await.unwrap_err()
}

#[tokio::test]
async fn a_proxy_that_wants_a_password_is_told_apart() {
    let (place, asked) = proxy("407 Proxy Authentication Required").await;
    let error = through(&format!("http://ada:proxy-secret@{place}"), "").await;
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert!(error.to_string().contains("wants a name and a password"), "{error}");
    assert!(error.hint().unwrap().contains("NAME:PASSWORD@"), "{:?}", error.hint());
    assert!(!format!("{error:?}").contains("proxy-secret"), "{error:?}");
    let asked = asked.lock().unwrap()[0].clone();
    assert!(asked.starts_with("CONNECT accounts.zoho.invalid:443 HTTP/1.1"), "{asked}");
    // ada:proxy-secret
    assert!(asked.to_lowercase().contains("proxy-authorization: basic ywrhonbyb3h5lxnly3jlda=="), "{asked}");
    assert!(!asked.contains("1000.refresh") && !asked.contains("client-secret"));
}

#[tokio::test]
async fn a_proxy_that_makes_no_way_says_so() {
    let (place, _) = proxy("403 Forbidden").await;
    let error = through(&place, "").await;
    assert_eq!(error.kind(), ErrorKind::Network);
    assert!(error.to_string().contains("the proxy refuses"), "{error}");
}

#[tokio::test]
async fn an_endpoint_on_this_machine_and_hosts_that_are_left_out_need_no_proxy() {
    let (place, asked) = proxy("407 Proxy Authentication Required").await;
    let server = Server::start(granted).await;
    let (mut local, _) = sign_in(&server, &[]);
    local.transport.proxy = Some(Proxy::parse(&place).unwrap());
    local.login(AuthFlow::RefreshToken(RefreshToken::new("1000.r")), &Tester::default()).await.unwrap();
    let error = through(&place, "example.org,.zoho.invalid").await;
    assert_ne!(error.kind(), ErrorKind::Connection, "{error}");
    assert!(asked.lock().unwrap().is_empty());
}
