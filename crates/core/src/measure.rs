//! A way for benchmarks into the pure middle of the engine. It is no part of what this crate promises.

use bytes::Bytes;
use http::HeaderMap;

use crate::error::Error;
use crate::invocation::Invocation;
use crate::page::Page;
use crate::page::walk::Walk;
use crate::response::{RawReply, Reply, judge};

/// A reply of a list, to be read again and again.
pub struct Reading {
    invocation: Invocation,
    raw: RawReply,
}

impl Reading {
    /// The reply to an invocation, with HTTP 200.
    pub fn new(invocation: Invocation, body: Vec<u8>) -> Self {
        let raw = RawReply::new(200, HeaderMap::new(), Bytes::from(body));
        Self { invocation, raw }
    }

    /// The length of its body.
    pub fn bytes(&self) -> usize {
        self.raw.body.len()
    }

    /// Judges it.
    ///
    /// # Errors
    /// As any call.
    pub fn judge(&self) -> Result<Reply, Error> {
        judge(self.invocation.connector(), self.invocation.api(), &self.raw)
    }

    /// Judges it and takes it as the first page of a list.
    ///
    /// # Errors
    /// As any call.
    pub fn next(&self) -> Result<Page, Error> {
        let records = match self.judge()? {
            Reply::Records(records) => records,
            _ => Vec::new(),
        };
        Walk::begin(&self.invocation, 0).take(records, &self.raw, 0)
    }
}
