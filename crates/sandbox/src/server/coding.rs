//! Content codings. The bytes are put into their frames as they are: whoever reads them has to understand the coding all the
//! same, and the sandbox needs no compressor.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::message::Reply;

/// The most bytes of a block, of brotli's and of Zstandard's.
const BLOCK: usize = 1 << 16;

/// Puts the body of a reply into the first coding of these that is accepted; where there is none it stays as it is.
pub(super) fn encode(reply: &mut Reply, accepted: &str) {
    let accepts = |coding: &str| {
        accepted.split(',').any(|word| {
            let (name, quality) = word.split_once(';').unwrap_or((word, ""));
            name.trim() == coding && quality.trim() != "q=0"
        })
    };
    let body = &reply.body;
    let (coding, coded) = match () {
        () if body.is_empty() => return,
        () if accepts("zstd") => ("zstd", zstd(body)),
        () if accepts("br") => ("br", brotli(body)),
        () if accepts("gzip") => ("gzip", gzip(body)),
        () => return,
    };
    reply.set("content-encoding", coding);
    reply.body = coded.into();
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::none());
    // Into memory everything can be written.
    drop(writer.write_all(bytes));
    writer.finish().unwrap_or_default()
}

/// Blocks that are stored (RFC 7932, 9.2), and an empty one that is the last. The first bit is the size of the window.
fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut coded = Vec::with_capacity(bytes.len() + 16);
    for (at, block) in bytes.chunks(BLOCK).enumerate() {
        // Not the last one, four nibbles for the length, the length less one, stored.
        let header = (block.len() as u32 - 1) << 3 | 1 << 19;
        let header = if at == 0 { header << 1 } else { header };
        coded.extend_from_slice(&header.to_le_bytes()[..3]);
        coded.extend_from_slice(block);
    }
    coded.push(0b11);
    coded
}

/// Raw blocks (RFC 8878, 3.1.1.2.2) in a frame that says no size and has no checksum.
fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut coded = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58];
    let last = bytes.len().div_ceil(BLOCK) - 1;
    for (at, block) in bytes.chunks(BLOCK).enumerate() {
        let header = u32::from(at == last) | (block.len() as u32) << 3;
        coded.extend_from_slice(&header.to_le_bytes()[..3]);
        coded.extend_from_slice(block);
    }
    coded
}
