//! Replies that come compressed: what is asked for is understood, and a little that becomes much is not held in memory.

use zoho_core::{Client, ErrorKind, Reply, Tokens, TransportOptions};

use crate::server::{Answer, Asked, Server};
use crate::{connection, connector, list, serving};

/// The codings that this build asks for.
const CODINGS: &[&str] = match (cfg!(feature = "brotli"), cfg!(feature = "zstd")) {
    (true, true) => &["gzip", "br", "zstd"],
    (true, false) => &["gzip", "br"],
    (false, true) => &["gzip", "zstd"],
    (false, false) => &["gzip"],
};

/// A frame of Zstandard with blocks of this kind: (type, size, content).
fn zstd(blocks: &[(u32, usize, &[u8])]) -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58];
    for (at, (kind, size, content)) in blocks.iter().enumerate() {
        let is_last = u32::from(at + 1 == blocks.len());
        let header = is_last | kind << 1 | u32::try_from(*size).unwrap() << 3;
        frame.extend_from_slice(&header.to_le_bytes()[..3]);
        frame.extend_from_slice(content);
    }
    frame
}

/// A text in a coding, as short as it was.
fn coded(coding: &str, text: &[u8]) -> Vec<u8> {
    match coding {
        "gzip" => {
            use std::io::Write;
            let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            writer.write_all(text).unwrap();
            writer.finish().unwrap()
        }
        // One block that is stored, and an empty one that is the last (RFC 7932, 9.2).
        "br" => {
            let header = (u32::try_from(text.len()).unwrap() - 1) << 4 | 1 << 20;
            [&header.to_le_bytes()[..3], text, &[0x03]].concat()
        }
        _ => zstd(&[(0, text.len(), text)]),
    }
}

fn answer(coding: &str, body: Vec<u8>) -> Answer {
    let headers = vec![("Content-Type", "application/json".into()), ("Content-Encoding", coding.to_owned())];
    Answer { status: 200, headers, body, cut: false }
}

#[tokio::test]
async fn every_coding_that_is_asked_for_is_understood_and_records_are_passed_on_as_they_are() {
    let record = r#"{"id":"1","n":1.10000000000000000001,"text":"\u00e4"}"#;
    for coding in CODINGS.iter().copied() {
        let body = format!("{{\"data\":[{record}]}}");
        let server = serving(move |_: &Asked, _| answer(coding, coded(coding, body.as_bytes()))).await;
        let Reply::Records(records) = crate::client(&server).invoke(&list()).await.unwrap() else { panic!("{coding}") };
        assert_eq!(records[0].as_str(), record, "{coding}");
        let accepted = server.calls()[0].header("accept-encoding").unwrap().to_owned();
        assert!(CODINGS.iter().all(|coding| accepted.split(',').any(|asked| asked.trim() == *coding)), "{accepted}");
    }
}

fn sparing(server: &Server, largest: usize) -> Client {
    let transport = TransportOptions { largest_reply: largest, ..TransportOptions::default() };
    let tokens = Tokens::from_refresh_token("1000.refresh");
    Client::builder(connector(), connection(server)).tokens(tokens).transport(transport).build().unwrap()
}

#[cfg(feature = "zstd")]
#[tokio::test]
async fn a_little_that_becomes_much_is_given_up() {
    const BLOCK: usize = 128 << 10;
    // 32 kB that stand for a gigabyte.
    let blocks: Vec<(u32, usize, &[u8])> = vec![(1, BLOCK, b" "); 8192];
    let (bomb, begun) = (zstd(&blocks), std::time::Instant::now());
    assert!(bomb.len() < 40_000);
    let server = serving(move |_: &Asked, _| answer("zstd", bomb.clone())).await;
    let error = sparing(&server, 1 << 20).invoke(&list()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unexpected);
    assert!(error.to_string().contains("the reply has more than 1048576 bytes, and was not read on"), "{error}");
    assert_eq!(server.calls().len(), 1, "it is not asked for again");
    assert!(begun.elapsed().as_secs() < 60);
}

#[tokio::test]
async fn so_is_what_another_coding_makes_large() {
    let zeros = vec![b' '; 64 << 20];
    let bomb = coded("gzip", &zeros);
    let server = serving(move |_: &Asked, _| answer("gzip", bomb.clone())).await;
    assert_eq!(sparing(&server, 1 << 20).invoke(&list()).await.unwrap_err().kind(), ErrorKind::Unexpected);
}
