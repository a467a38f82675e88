//! The limits that services declare, kept: calls wait for their turn before they are sent, and what replies say
//! corrects what is believed.
//!
//! A call counts to the class `default` and to the class of its API, each counted by those who share it (an
//! organisation, a user, a folder). Both must have room: a place among the calls at once, and room in the window. Where
//! a service has said that nothing is to be tried, nothing is, until that ends.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use zoho_connector::FailureKind;

use crate::clock::Clock;
use crate::connection::Connection;
use crate::error::{Error, ErrorKind};
use crate::invocation::Invocation;
use crate::request::Change;

mod call;
mod concurrency;
mod known;
mod observed;
mod shared;
mod table;
mod window;
mod words;

pub use known::KnownLimit;

use call::Counted;
use concurrency::Place;
use shared::LimitsFile;
use table::{Answer, Ending, Reason, Table};

/// How long a process sleeps before it looks again whether another one has given a place back.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// What is known of the limits of services, and who waits for them.
///
/// Clones share what they know, and so do the clients of one [`Connection`] and of its clones: a hundred tasks
/// together stay within what an organisation may do. Give the same limits to several connections
/// ([`ClientBuilder::limits`](crate::ClientBuilder::limits)) where they call for the same organisation.
///
/// Processes of a machine share them through [`Limits::shared_in`].
#[derive(Clone, Default)]
pub struct Limits(Arc<Inner>);

#[derive(Default)]
struct Inner {
    table: Mutex<Table>,
    file: Option<LimitsFile>,
    /// Whether anything is known at all: a service without limits costs nothing until it refuses for the first time.
    used: AtomicBool,
    /// Who this is among the processes of the machine.
    me: u64,
}

/// A call's leave to go. Its end goes to the books when it is settled, or at the latest when it is dropped.
pub(crate) struct Permit {
    limits: Limits,
    call: Arc<Counted>,
    places: Vec<Place>,
    /// What the reply said is left, of each class.
    left: Vec<Option<u64>>,
    sent: bool,
    clock: Clock,
}

/// How long one call may still wait for limits.
#[derive(Debug)]
pub(crate) struct Patience {
    pub(crate) left: Duration,
}

impl Patience {
    /// Takes a wait from it, where there is so much.
    pub(crate) fn take(&mut self, wait: Duration) -> bool {
        let enough = wait <= self.left;
        if enough {
            self.left -= wait;
        }
        enough
    }
}

impl Limits {
    /// Limits that only this process knows of.
    pub fn new() -> Self {
        Self::default()
    }

    /// Limits that all processes share which name the same folder: a small file there, locked for each change.
    ///
    /// What is promised: no two processes use the same room of a window, each hears at once when a service has shut
    /// one of them out, and together they run no more calls at once than is allowed. Where a process is killed, its
    /// calls under way count for two minutes more. It costs two changes of the file for each call. It is for one
    /// machine: over a network's file system locks may not hold.
    pub fn shared_in(folder: impl Into<PathBuf>) -> Self {
        let file = Some(LimitsFile::in_folder(folder.into()));
        Self(Arc::new(Inner { file, used: AtomicBool::new(true), me: random(), ..Inner::default() }))
    }

    /// Limits of this process that begin with what an earlier one has kept by [`Limits::keep_in`]: what was left, and
    /// until when a service has shut out, so that a lock-out is not prolonged by the next command.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where the file cannot be read.
    pub fn recalled_from(folder: impl Into<PathBuf>, clock: &Clock) -> Result<Self, Error> {
        let mut table = Table::default();
        table.learn_from(LimitsFile::in_folder(folder.into()).read()?, clock.now_in_milliseconds());
        let used = AtomicBool::new(!table.accounts.is_empty());
        Ok(Self(Arc::new(Inner { table: Mutex::new(table), used, ..Inner::default() })))
    }

    /// Keeps what replies have said for processes to come. Where nothing was said, nothing is written.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where the file cannot be written.
    pub fn keep_in(&self, folder: impl Into<PathBuf>, clock: &Clock) -> Result<(), Error> {
        let now = clock.now_in_milliseconds();
        let ours = self.locked(|table| table.said(now));
        if ours.accounts.is_empty() || self.0.file.is_some() {
            return Ok(());
        }
        LimitsFile::in_folder(folder.into()).change(now, |table| table.learn_from(ours, now))
    }

    /// What is known, sorted by service and class.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where the file that processes share cannot be read.
    pub fn known(&self, clock: &Clock) -> Result<Vec<KnownLimit>, Error> {
        let now = clock.now_in_milliseconds();
        match &self.0.file {
            None => Ok(self.locked(|table| known::of(table, now))),
            Some(file) => Ok(known::of(&mut file.read()?, now)),
        }
    }

    /// Waits until a call may go.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] where that is not within its patience, with how long it would be.
    pub(crate) async fn admit(
        &self,
        (invocation, connection, changes): (&Invocation, &Connection, &[Change]),
        clock: &Clock,
        patience: &mut Patience,
        tell: impl Fn(Duration, &Error),
    ) -> Result<Permit, Error> {
        let declares = !invocation.connector().rate_limits.is_empty();
        if !declares && !self.0.used.load(Ordering::Relaxed) {
            // Nothing is counted, but a refusal has to find its place.
            return Ok(self.permit(Counted::new(invocation, connection, changes), Vec::new(), clock));
        }
        let call = Arc::new(Counted::new(invocation, connection, changes));
        loop {
            match self.ask(&call, clock).await? {
                Answer::Go(places) => {
                    return Ok(Permit {
                        limits: self.clone(),
                        left: vec![None; call.classes.len()],
                        call,
                        places,
                        sent: false,
                        clock: clock.clone(),
                    });
                }
                Answer::Full(freed) if self.0.file.is_none() => freed.notified().await,
                Answer::Full(freed) => {
                    // Whichever comes first: a place of this process, or time to look what others have done.
                    drop(tokio::time::timeout(LOOK_AGAIN, freed.notified()).await);
                }
                Answer::Not(reason) => {
                    let now = clock.now_in_milliseconds();
                    let pause = Duration::from_millis(reason.until.saturating_sub(now).max(1));
                    let refusal = self.refusal(&call, &reason, now);
                    self.wake_another(&call);
                    if reason.shut.is_some_and(|shut| !shut.known) || !patience.take(pause) {
                        return Err(refusal);
                    }
                    tell(pause, &refusal);
                    clock.pause(pause).await;
                }
            }
        }
    }

    fn permit(&self, call: Counted, places: Vec<Place>, clock: &Clock) -> Permit {
        let call = Arc::new(call);
        Permit { limits: self.clone(), call, places, left: Vec::new(), sent: false, clock: clock.clone() }
    }

    fn refusal(&self, call: &Counted, reason: &Reason, now: u64) -> Error {
        let limit = call.classes.get(reason.class).and_then(|class| class.limit());
        words::refusal(limit, reason, now)
    }

    async fn ask(&self, call: &Arc<Counted>, clock: &Clock) -> Result<Answer, Error> {
        let (now, me, call) = (clock.now_in_milliseconds(), self.0.me, Arc::clone(call));
        self.0.used.store(true, Ordering::Relaxed);
        let Some(file) = self.0.file.clone() else { return Ok(self.locked(|table| table.ask(&call, me, now))) };
        let answer = blocking(move || file.change(now, |table| (table.ask(&call, me, now), call)));
        let (answer, call) = answer.await?;
        // The ones who wait in this process wake each other; those of the file's table nobody hears.
        Ok(match answer {
            Answer::Full(_) => Answer::Full(self.locked(|table| table.bell(&call))),
            answer => answer,
        })
    }

    /// Somebody who was woken, and may not go after all, wakes the next one.
    fn wake_another(&self, call: &Counted) {
        self.locked(|table| table.wake(call));
    }

    fn locked<T>(&self, work: impl FnOnce(&mut Table) -> T) -> T {
        work(&mut self.0.table.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Permit {
    /// The request is about to leave.
    pub(crate) fn leaves(&mut self) {
        self.sent = true;
    }

    /// Reads what a reply says is left.
    pub(crate) fn heard(&mut self, headers: &HeaderMap) {
        for (left, class) in self.left.iter_mut().zip(&self.call.classes) {
            let name = class.limit().and_then(|limit| limit.remaining.as_deref());
            *left = name.and_then(|name| observed::left(headers, name)).or(*left);
        }
    }

    /// Takes the call's end to the books. A refusal may shut out from now on: then for how long, where that is known.
    pub(crate) async fn settle(mut self, result: Result<(), &Error>) -> Settled {
        let mut ending = Ending { sent: self.sent, answered: result.is_ok(), ..Ending::default() };
        if let Err(error) = result {
            ending.answered = error.status().is_some();
            ending.sent = self.sent && !error.is_unsent();
            ending.refusal = match error.kind() {
                ErrorKind::Service(kind) if is_about_limits(kind) => Some(kind),
                _ => None,
            };
            ending.asked = error.retry_after();
        }
        let places = std::mem::take(&mut self.places);
        if places.is_empty() && ending.refusal.is_none() {
            return Settled::default();
        }
        let (limits, call, left) = (self.limits.clone(), Arc::clone(&self.call), std::mem::take(&mut self.left));
        let now = self.clock.now_in_milliseconds();
        let shut = limits.end(call, places, left, ending, now).await;
        Settled {
            shut_for: shut.map(|shut| Duration::from_millis(shut.until.saturating_sub(now))),
            known: shut.is_some_and(|shut| shut.known),
        }
    }
}

/// What a refusal means for the calls to come.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Settled {
    /// For how long nothing is tried.
    pub(crate) shut_for: Option<Duration>,
    /// Whether it is known to end then.
    pub(crate) known: bool,
}

/// Whether a kind of failure is about limits.
pub(crate) fn is_about_limits(kind: FailureKind) -> bool {
    matches!(kind, FailureKind::Busy | FailureKind::LockedOut | FailureKind::QuotaSpent)
}

impl Limits {
    async fn end(
        &self,
        call: Arc<Counted>,
        mut places: Vec<Place>,
        left: Vec<Option<u64>>,
        ending: Ending,
        now: u64,
    ) -> Option<observed::Shut> {
        let me = self.0.me;
        if places.is_empty() {
            // It was let go without being counted; its refusal counts.
            places = vec![Place::default(); call.classes.len()];
        }
        self.0.used.store(true, Ordering::Relaxed);
        let Some(file) = self.0.file.clone() else {
            return self.locked(|table| table.end(&call, &places, &left, ending, (me, now)));
        };
        let counted = Arc::clone(&call);
        let shut = blocking(move || file.change(now, |table| table.end(&counted, &places, &left, ending, (me, now))));
        let shut = shut.await;
        self.wake_another(&call);
        // What cannot be written down is no reason to lose a reply; the next call says that the file does not work.
        shut.ok().flatten()
    }
}

impl Drop for Permit {
    /// A call that was called off. What left counts as used.
    fn drop(&mut self) {
        let places = std::mem::take(&mut self.places);
        if places.is_empty() {
            return;
        }
        let (limits, call) = (self.limits.clone(), Arc::clone(&self.call));
        let (now, ending) = (self.clock.now_in_milliseconds(), Ending { sent: self.sent, ..Ending::default() });
        if limits.0.file.is_none() {
            limits.locked(|table| table.end(&call, &places, &[], ending, (limits.0.me, now)));
        } else if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            drop(runtime.spawn(async move { limits.end(call, places, Vec::new(), ending, now).await }));
        }
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    let stopped = |error| Error::new(ErrorKind::Io, "what is known of limits could not be kept").caused_by(error);
    tokio::task::spawn_blocking(work).await.map_err(stopped)?
}

/// A number that tells processes apart.
fn random() -> u64 {
    let mut bytes = [0; 8];
    // Without random numbers the process's own does, which is as good while it lives.
    if getrandom::fill(&mut bytes).is_err() {
        return u64::from(std::process::id());
    }
    u64::from_le_bytes(bytes)
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let accounts = self.locked(|table| table.accounts.len());
        f.debug_struct("Limits").field("accounts", &accounts).field("file", &self.0.file).finish()
    }
}
