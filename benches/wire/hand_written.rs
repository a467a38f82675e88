//! What somebody writes who needs this one list and nothing else: the least that a correct program may do. It reads
//! pages until one is short, takes the records as borrowed text, and copies their bytes out.
//!
//! `hand-written list ADDRESS CERTIFICATES CONCURRENCY` · `page ADDRESS CERTIFICATES LIMIT` ·
//! `write ADDRESS CERTIFICATES FILE`; `-` for no certificates.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, BufWriter, Write};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use futures_util::stream::{StreamExt, TryStreamExt, iter};
use reqwest::Client;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Records of a page, and records of a bulk request.
const SIZE: usize = 100;
/// As much as waits for the next write.
const BUFFER: usize = 1 << 16;

/// A page of a list.
#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
}

/// What a bulk write says of one record.
#[derive(Deserialize)]
struct Outcome<'a> {
    #[serde(borrow)]
    code: Cow<'a, str>,
    #[serde(borrow)]
    message: &'a RawValue,
    #[serde(borrow)]
    details: &'a RawValue,
}

/// What is looked at of a record that was written.
#[derive(Deserialize)]
struct Details<'a> {
    #[serde(borrow)]
    id: &'a RawValue,
}

/// What a bulk write says.
#[derive(Deserialize)]
struct Outcomes<'a> {
    #[serde(borrow)]
    data: Vec<Outcome<'a>>,
}

struct Program {
    client: Client,
    address: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [what, address, certificates, last] = words.as_slice() else {
        bail!("hand-written list|page|write ADDRESS CERTIFICATES CONCURRENCY|LIMIT|FILE")
    };
    let program = Program { client: client(certificates)?, address: address.clone() };
    match what.as_str() {
        "list" => program.list(last.parse()?).await,
        "page" => program.page(last.parse()?).await,
        "write" => program.write(last).await,
        _ => bail!("{what} is nothing that it does"),
    }
}

/// The same roots as everybody here trusts, and HTTP/1.1 as all of them speak to a server of one's own.
#[expect(clippy::disallowed_methods, reason = "it is the program that the engine is compared with")]
fn client(certificates: &str) -> Result<Client> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if certificates != "-" {
        for certificate in CertificateDer::pem_file_iter(certificates)? {
            roots.add(certificate?)?;
        }
    }
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let config = builder.with_root_certificates(roots).with_no_client_auth();
    let builder = Client::builder().tls_backend_preconfigured(config).http1_only().tcp_nodelay(true).no_proxy();
    Ok(builder.build()?)
}

impl Program {
    /// One page, which is empty behind the end.
    async fn get(&self, from: usize, limit: usize) -> Result<Bytes> {
        let url = format!("{}/api/v1/tickets?from={from}&limit={limit}", self.address);
        let request = self.client.get(url).header("Authorization", "Zoho-oauthtoken 1000.replayed");
        let reply = request.header("orgId", "1").header("Accept", "application/json").send().await?;
        match reply.status().as_u16() {
            200 => Ok(reply.bytes().await?),
            204 => Ok(Bytes::new()),
            status => bail!("the service answered with {status}"),
        }
    }

    async fn list(&self, concurrency: usize) -> Result<()> {
        let mut out = BufWriter::with_capacity(BUFFER, std::io::stdout().lock());
        let pages = iter(0..).map(|page| self.get(page * SIZE, SIZE)).buffered(concurrency);
        let mut pages = std::pin::pin!(pages);
        while let Some(body) = pages.try_next().await? {
            if copy(&body, &mut out)? < SIZE {
                break;
            }
        }
        Ok(out.flush()?)
    }

    async fn page(&self, limit: usize) -> Result<()> {
        let mut out = BufWriter::with_capacity(BUFFER, std::io::stdout().lock());
        copy(&self.get(0, limit).await?, &mut out)?;
        Ok(out.flush()?)
    }

    /// Writes the records of a file of JSON lines, a hundred at a time, and says of each what became of it.
    async fn write(&self, file: &str) -> Result<()> {
        let mut lines = BufReader::new(std::fs::File::open(file).context("cannot read the records")?);
        let mut out = BufWriter::with_capacity(BUFFER, std::io::stdout().lock());
        let mut index = 0;
        loop {
            let mut body = br#"{"data":["#.to_vec();
            let count = gather(&mut lines, &mut body)?;
            if count == 0 {
                return Ok(out.flush()?);
            }
            body.extend_from_slice(b"]}");
            let request = self.client.post(format!("{}/crm/v8/Leads", self.address)).body(body);
            let request = request.header("Authorization", "Zoho-oauthtoken 1000.replayed");
            let request = request.header("Content-Type", "application/json").header("Accept", "application/json");
            let reply = request.send().await?.bytes().await?;
            let outcomes: Outcomes<'_> = serde_json::from_slice(&reply)?;
            if outcomes.data.len() != count {
                bail!("there are {} outcomes of {count} records", outcomes.data.len());
            }
            for Outcome { code, message, details } in outcomes.data {
                if code != "SUCCESS" {
                    bail!("record {index} was refused: {code}");
                }
                let id = serde_json::from_str::<Details<'_>>(details.get())?.id;
                write!(out, r#"{{"index":{index},"status":"created","id":{id},"code":"{code}","message":{message}"#)?;
                writeln!(out, r#","record":{details}}}"#)?;
                index += 1;
            }
        }
    }
}

/// Takes as many lines as go into one request.
fn gather(lines: &mut impl BufRead, body: &mut Vec<u8>) -> Result<usize> {
    let mut count = 0;
    while count < SIZE {
        let start = body.len();
        if count > 0 {
            body.push(b',');
        }
        if lines.read_until(b'\n', body)? == 0 {
            body.truncate(start);
            break;
        }
        if body.last() == Some(&b'\n') {
            body.pop();
        }
        count += 1;
    }
    Ok(count)
}

/// Copies the records of a page out, and counts them.
fn copy(body: &[u8], out: &mut impl Write) -> Result<usize> {
    if body.is_empty() {
        return Ok(0);
    }
    let page: Page<'_> = serde_json::from_slice(body)?;
    for record in &page.data {
        out.write_all(record.get().as_bytes())?;
        out.write_all(b"\n")?;
    }
    Ok(page.data.len())
}
