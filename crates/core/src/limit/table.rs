//! The accounts of all limits: who may go now, who waits for what. No I/O.

use std::sync::Arc;
use std::time::Duration;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use zoho_connector::FailureKind;
use zoho_connector::limits::RateLimit;

use super::call::{Class, Counted};
use super::concurrency::{Gate, Place};
use super::observed::{Observed, Shut, shut_by};
use super::window::{Span, Window};

/// What is known of the limits, by the keys of those who are counted together.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Table {
    pub(super) accounts: HashMap<String, Account, RandomState>,
}

/// What is known of one limit for those who are counted together.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Account {
    #[serde(default)]
    pub(super) window: Window,
    #[serde(default)]
    pub(super) gate: Gate,
    #[serde(default)]
    pub(super) observed: Observed,
    /// Wakes one who waits for a place.
    #[serde(skip)]
    freed: Arc<Notify>,
}

/// Whether a call may go.
#[derive(Debug)]
pub(super) enum Answer {
    /// It may: its places, in the order of its classes.
    Go(Vec<Place>),
    /// All places are taken; one that becomes free is told here.
    Full(Arc<Notify>),
    /// Not before a time, in milliseconds since 1970.
    Not(Reason),
}

/// Why a call may not go yet.
#[derive(Debug, Clone)]
pub(super) struct Reason {
    /// The position of the class in the call.
    pub(super) class: usize,
    /// From when on it may, in milliseconds since 1970.
    pub(super) until: u64,
    /// What the service said, where it said something; else a window is used up.
    pub(super) shut: Option<Shut>,
}

/// How a call went.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ending {
    /// Whether it left at all.
    pub(super) sent: bool,
    /// Whether it was answered, with whatever.
    pub(super) answered: bool,
    /// What kind of refusal it was.
    pub(super) refusal: Option<FailureKind>,
    /// How long the service wants to be left alone.
    pub(super) asked: Option<Duration>,
}

pub(super) fn span(limit: Option<&RateLimit>) -> Option<Span> {
    let limit = limit?;
    Some(Span { length: limit.window?.saturating_mul(1000), max: limit.max? })
}

impl Table {
    fn account(&mut self, class: &Class) -> &mut Account {
        self.accounts.entry_ref(class.key.as_str()).or_default()
    }

    /// Lets a call go, or says what it has to wait for: nothing is taken unless all is there.
    pub(super) fn ask(&mut self, call: &Counted, by: u64, now: u64) -> Answer {
        let reasons = call.classes.iter().enumerate().filter_map(|(class, counted)| {
            let account = self.account(counted);
            if let Some(shut) = account.observed.shut(now) {
                return Some(Reason { class, until: shut.until, shut: Some(shut) });
            }
            let until = account.window.free_at(span(counted.limit())?, now, call.cost)?;
            Some(Reason { class, until, shut: None })
        });
        if let Some(reason) = reasons.max_by_key(|reason| reason.until) {
            return Answer::Not(reason);
        }
        for counted in &call.classes {
            let account = self.account(counted);
            if !account.gate.is_free(counted.concurrent(), by, now) {
                return Answer::Full(Arc::clone(&account.freed));
            }
        }
        let enter = |counted: &Class| {
            let account = self.account(counted);
            if let Some(span) = span(counted.limit()) {
                account.window.add(span, now, call.cost);
            }
            account.gate.enter(counted.concurrent(), by, now)
        };
        Answer::Go(call.classes.iter().map(enter).collect())
    }

    /// Takes a call's end to the books. What shuts out from now on is given back.
    pub(super) fn end(
        &mut self,
        call: &Counted,
        places: &[Place],
        left: &[Option<u64>],
        ending: Ending,
        (by, now): (u64, u64),
    ) -> Option<Shut> {
        let blamed = ending.refusal.map(|kind| (kind, blamed(call, kind)));
        let mut shut = None;
        for (position, (counted, place)) in call.classes.iter().zip(places).enumerate() {
            let account = self.account(counted);
            if let Some(range) = counted.concurrent() {
                match blamed {
                    Some((FailureKind::Busy, class)) if class == position => account.gate.was_busy(range, *place),
                    None if ending.answered => account.gate.went_well(range, *place),
                    _ => {}
                }
            }
            account.gate.leave(by, now);
            if span(counted.limit()).is_some() && !ending.sent {
                account.window.give_back(call.cost);
            }
            if let Some(left) = left.get(position).copied().flatten() {
                account.observed.left = Some((left, now));
                if let Some(span) = span(counted.limit()) {
                    account.window.correct(span, now, left, account.gate.running() > 0);
                }
            }
            if let Some((kind, _)) = blamed.filter(|(_, class)| *class == position) {
                shut = shut_by(kind, ending.asked, counted.limit(), now);
                if let Some(shut) = shut {
                    account.observed.refused(shut, now);
                }
            }
            // Two where one more place was learnt; whoever finds none sleeps on.
            account.freed.notify_one();
            if counted.concurrent().is_some_and(|range| account.gate.is_free(Some(range), by, now)) {
                account.freed.notify_one();
            }
        }
        shut
    }

    /// Where one who waits for a call's places is told.
    pub(super) fn bell(&mut self, call: &Counted) -> Arc<Notify> {
        call.classes.first().map(|class| Arc::clone(&self.account(class).freed)).unwrap_or_default()
    }

    /// Wakes one who waits for each of a call's places.
    pub(super) fn wake(&self, call: &Counted) {
        let accounts = call.classes.iter().filter_map(|class| self.accounts.get(&class.key));
        accounts.for_each(|account| account.freed.notify_one());
    }

    /// What replies have said, alone.
    pub(super) fn said(&mut self, now: u64) -> Self {
        let said = self.accounts.iter_mut().filter_map(|(key, account)| {
            let is_silent = account.observed.is_empty(now);
            (!is_silent).then(|| (key.clone(), Account { observed: account.observed.clone(), ..Account::default() }))
        });
        Self { accounts: said.collect() }
    }

    /// Forgets what says nothing any more.
    pub(super) fn forget(&mut self, now: u64) {
        self.accounts.retain(|_, account| {
            !(account.window.is_empty(now) && account.gate.is_new() && account.observed.is_empty(now))
        });
    }

    /// Takes over what others have written down, but for who runs what.
    pub(super) fn learn_from(&mut self, other: Self, now: u64) {
        for (key, theirs) in other.accounts {
            let ours = self.accounts.entry(key).or_default();
            let newer = |left: &Option<(u64, u64)>| left.map_or(0, |(_, at)| at);
            if newer(&theirs.observed.left) > newer(&ours.observed.left) {
                ours.observed.left = theirs.observed.left;
            }
            let mut observed = theirs.observed;
            if let Some(shut) = observed.shut(now) {
                ours.observed.refused(shut, now);
            }
        }
    }
}

/// Which class of a call a refusal is about: the one that can mean it.
fn blamed(call: &Counted, kind: FailureKind) -> usize {
    let can_mean = |class: &Class| {
        let Some(limit) = class.limit() else { return true };
        match kind {
            FailureKind::LockedOut => limit.lock.is_some(),
            // A quota is what comes back with the day; where several are counted, the longest.
            FailureKind::QuotaSpent => limit.window >= call.classes.iter().filter_map(|c| c.limit()?.window).max(),
            FailureKind::Busy => limit.concurrent.is_some() || limit.window.is_some(),
            _ => false,
        }
    };
    call.classes.iter().position(can_mean).unwrap_or(0)
}
