//! The same list by the library, and what a call of the library costs over one by hand.
//!
//! `library list ADDRESS CERTIFICATES CONCURRENCY` · `overhead ADDRESS CERTIFICATES CALLS`; `-` for no certificates.

#![expect(clippy::print_stdout, reason = "a program: what it measured is its output")]

use std::io::{BufWriter, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use zoho_connector::{Connector, Library};
use zoho_core::{
    AccessToken, Arguments, Client, Connection, Endpoint, Invocation, RefreshToken, Reply, Tokens, TransportOptions,
};

/// As much as waits for the next write.
const BUFFER: usize = 1 << 16;
/// The list that is read.
const LIST: &str = "tickets.list";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [what, address, certificates, last] = words.as_slice() else {
        bail!("library list|overhead ADDRESS CERTIFICATES CONCURRENCY|CALLS")
    };
    let connector = Arc::new(Library::new(zoho_connectors::ALL).connector_for("desk", LIST)?);
    let client = client(&connector, address, certificates)?;
    match what.as_str() {
        "list" => list(&client, last.parse()?).await,
        "overhead" => overhead(&client, address, certificates, last.parse()?).await,
        _ => bail!("{what} is nothing that it does"),
    }
}

fn client(connector: &Arc<Connector>, address: &str, certificates: &str) -> Result<Client> {
    let mut connection = Connection::new("bench", "us")?;
    connection.values.insert("orgId".into(), "1".into());
    connection.endpoint = Some(Endpoint::parse(address)?);
    let tokens = Tokens {
        access: Some(AccessToken::new("1000.replayed", u64::MAX)),
        refresh: Some(RefreshToken::new("1000.refresh")),
        ..Tokens::default()
    };
    let mut transport = TransportOptions::default();
    if certificates != "-" {
        transport.root_certificates.push(std::fs::read(certificates)?);
    }
    Ok(Client::builder(Arc::clone(connector), connection).tokens(tokens).transport(transport).build()?)
}

async fn list(client: &Client, concurrency: usize) -> Result<()> {
    let invocation = Invocation::new(client.connector(), LIST, Arguments::new())?;
    let mut pages = client.pages(invocation)?.with_concurrency(concurrency);
    let mut out = BufWriter::with_capacity(BUFFER, std::io::stdout().lock());
    while let Some(page) = pages.next().await? {
        for record in page.records {
            out.write_all(record.as_bytes())?;
            out.write_all(b"\n")?;
        }
    }
    Ok(out.flush()?)
}

/// Calls by the library and by hand in turn, each over a connection that stands, and what more the library takes: the
/// difference of the medians, in microseconds.
#[expect(clippy::disallowed_methods, reason = "it is what the engine is compared with")]
async fn overhead(client: &Client, address: &str, certificates: &str, calls: usize) -> Result<()> {
    let invocation = Invocation::new(client.connector(), LIST, Arguments::new())?.with_page_size(1);
    if certificates != "-" {
        bail!("the overhead is measured without TLS, which would only hide it");
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let tls = tls.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth();
    let bare = reqwest::Client::builder().tls_backend_preconfigured(tls).http1_only().tcp_nodelay(true).no_proxy();
    let bare = bare.build()?;
    let (mut by_library, mut by_hand) = (Vec::with_capacity(calls), Vec::with_capacity(calls));
    for _ in 0..calls {
        let begun = Instant::now();
        let Reply::Records(records) = client.invoke(&invocation).await? else { bail!("it gave no records") };
        by_library.push(begun.elapsed());
        let begun = Instant::now();
        let request = bare.get(format!("{address}/api/v1/tickets?limit=1&from=0"));
        let request = request.header("Authorization", "Zoho-oauthtoken 1000.replayed").header("orgId", "1");
        let body = request.header("Accept", "application/json").send().await?.error_for_status()?.bytes().await?;
        by_hand.push(begun.elapsed());
        if records.len() != 1 || !body.ends_with(b"]}") {
            bail!("it gave something else");
        }
    }
    let (library, hand) = (median(&mut by_library), median(&mut by_hand));
    let micro = |time: Duration| time.as_secs_f64() * 1e6;
    println!("{:.1} {:.1}", micro(library), micro(hand));
    Ok(())
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
