//! Pages that are fetched before they are wanted: side by side where pages have numbers, else one ahead.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::task::JoinHandle;

use super::cursor::Cursor;
use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::invocation::Invocation;
use crate::request::Change;
use crate::response::{RawReply, Reply};

/// A page on its way, which is called off when nobody waits for it any more.
#[derive(Debug)]
struct Task(JoinHandle<Result<(Reply, RawReply), Error>>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The pages on their way, in order. There are never more of them than may be fetched side by side.
#[derive(Debug, Default)]
pub(crate) struct Ahead(VecDeque<(Cursor, Task)>);

impl Ahead {
    /// How many are on their way.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The last page that is on its way.
    pub(crate) fn last(&self) -> Option<&Cursor> {
        self.0.back().map(|(cursor, _)| cursor)
    }

    /// Sends for a page.
    pub(crate) fn send(&mut self, client: &Client, invocation: &Arc<Invocation>, cursor: Cursor, changes: Vec<Change>) {
        let (client, invocation) = (client.clone(), Arc::clone(invocation));
        let task = tokio::spawn(async move { client.exchange(&invocation, &changes).await });
        self.0.push_back((cursor, Task(task)));
    }

    /// The reply of this page, where it was sent for.
    pub(crate) async fn take(&mut self, cursor: &Cursor) -> Option<Result<(Reply, RawReply), Error>> {
        self.keep_from(cursor);
        // It stays in its place while it is waited for: who stops to wait finds it there the next time.
        let (_, task) = self.0.front_mut()?;
        let reply = (&mut task.0).await;
        self.0.pop_front();
        Some(reply.unwrap_or_else(|error| {
            Err(Error::new(ErrorKind::Unexpected, "a page could not be read to its end").caused_by(error))
        }))
    }

    /// Calls off the pages that are not those that follow.
    pub(crate) fn keep_from(&mut self, cursor: &Cursor) {
        if self.0.front().is_some_and(|(first, _)| !first.is_same_page(cursor)) {
            self.clear();
        }
    }

    /// Calls off all pages.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
