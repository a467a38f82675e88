//! How many refreshes are under way at the same time, so that a test can see whether two programs refresh at once.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::message::{Incoming, first_of_each};

/// Counts requests for tokens from when they are read until they are answered.
#[derive(Debug, Default)]
pub(crate) struct Traffic(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    token_requests: u64,
    refresh_requests: u64,
    /// By refresh token, how many are under way.
    under_way: HashMap<String, usize>,
    most: usize,
    most_of_all: usize,
}

/// A refresh that is under way, until this is dropped.
pub(crate) struct InFlight<'a> {
    traffic: &'a Traffic,
    refresh_token: String,
}

impl Traffic {
    /// Counts a request to the token endpoint; what it gives is held until the request is answered.
    pub(crate) fn begin(&self, request: &Incoming) -> Option<InFlight<'_>> {
        let parameters = first_of_each(request.form.pairs.iter().cloned().chain(request.query_pairs()));
        let is_refresh = parameters.get("grant_type").is_some_and(|grant| grant == "refresh_token");
        let mut counts = self.counts();
        counts.token_requests += 1;
        if !is_refresh {
            return None;
        }
        let refresh_token = parameters.get("refresh_token").cloned().unwrap_or_default();
        counts.refresh_requests += 1;
        let now = counts.under_way.entry(refresh_token.clone()).or_default();
        *now += 1;
        let (now, all) = (*now, counts.under_way.values().sum());
        counts.most = counts.most.max(now);
        counts.most_of_all = counts.most_of_all.max(all);
        Some(InFlight { traffic: self, refresh_token })
    }

    /// What has been counted; `refreshes` is how many access tokens came of it.
    pub(crate) fn report(&self, refreshes: u64) -> Value {
        let counts = self.counts();
        json!({
            "token_requests": counts.token_requests,
            "refresh_requests": counts.refresh_requests,
            "refreshes": refreshes,
            "in_flight": counts.under_way.values().sum::<usize>(),
            "most_in_flight": counts.most,
            "most_in_flight_of_all": counts.most_of_all,
        })
    }

    /// Begins to count anew; what is under way stays under way.
    pub(crate) fn clear(&self) {
        let mut counts = self.counts();
        let under_way = std::mem::take(&mut counts.under_way);
        *counts = Counts { under_way, ..Counts::default() };
    }

    /// Counts that a panic has left behind are still counts.
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        let mut counts = self.traffic.counts();
        if let Some(number) = counts.under_way.get_mut(&self.refresh_token) {
            *number -= 1;
            if *number == 0 {
                counts.under_way.remove(&self.refresh_token);
            }
        }
    }
}
