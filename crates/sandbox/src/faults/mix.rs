//! Which fault a call meets: one that was asked for, or one that chance draws from a seed.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Due, Fault, FaultKind, FaultMatch};
use crate::random::{Random, hash};

/// So many different requests are told apart; past them the count of each begins anew.
const MOST_COUNTED: usize = 1 << 20;

/// Faults by chance: so many of a hundred calls, of such kinds, always the same for a seed.
///
/// As JSON, at `POST /_sandbox/faults`, where the last one counts and a rate of 0 ends it:
///
/// ```json
/// { "rate": 0.2, "seed": 7, "kinds": ["reset", "429=0", { "fault": "slow", "delay_ms": 30 }] }
/// ```
///
/// The same request meets the same faults in every run, by how often it has come before and by nothing else: neither the
/// time nor what comes between changes them. An answer in the place of the service's (`status` from 500 on, `gateway`)
/// hides by chance that the call was carried out, where its fault does not say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultMix {
    /// Which share of the calls meets a fault: from 0 to 1.
    pub rate: f64,
    /// What chance is made from.
    #[serde(default = "usual_seed")]
    pub seed: u64,
    /// What happens, each as likely as the others; a text is one as [`Fault::parse`] reads it. Where nothing is said,
    /// everything.
    #[serde(default, deserialize_with = "read_kinds", skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<Fault>,
    /// The calls that it happens to; all calls of services where it says nothing.
    #[serde(rename = "match", default)]
    pub matching: FaultMatch,
}

fn usual_seed() -> u64 {
    1
}

fn read_kinds<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Fault>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Text(String),
        Whole(Box<Fault>),
    }
    let read = |kind: Written| match kind {
        Written::Text(text) => Fault::parse(&text).map_err(serde::de::Error::custom),
        Written::Whole(fault) => Ok(*fault),
    };
    Vec::<Written>::deserialize(deserializer)?.into_iter().map(read).collect()
}

impl FaultMix {
    /// Faults of all kinds.
    pub fn new(rate: f64, seed: u64) -> Self {
        Self { rate, seed, kinds: Vec::new(), matching: FaultMatch::default() }
    }

    /// The same with these kinds.
    #[must_use]
    pub fn of(self, kinds: impl IntoIterator<Item = Fault>) -> Self {
        Self { kinds: kinds.into_iter().collect(), ..self }
    }

    /// Whether the rate is a share.
    pub(crate) fn is_possible(&self) -> bool {
        (0.0..=1.0).contains(&self.rate)
    }

    /// The fault of a request that has come so often before.
    fn draw(&self, request: u64, before: u32) -> Option<Due> {
        let mut random = Random::part(request, &before.to_string());
        // 53 bits are what a number between 0 and 1 holds exactly.
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let share = (random.next() >> 11) as f64 / (1u64 << 53) as f64;
        if self.rate.is_nan() || share >= self.rate {
            return None;
        }
        let fault = match self.kinds.len() {
            0 => {
                let kinds = FaultKind::ANY;
                let position = usize::try_from(random.below(kinds.len() as u64)).unwrap_or_default();
                Fault::new(kinds.get(position).copied()?)
            }
            count => self.kinds.get(usize::try_from(random.below(count as u64)).unwrap_or_default())?.clone(),
        };
        Some(Due { fault: varied(fault, &mut random), roll: random.next() })
    }
}

/// A fault with what it leaves open.
fn varied(mut fault: Fault, random: &mut Random) -> Fault {
    let hidden = random.percent(50);
    match fault.fault {
        FaultKind::Gateway => {
            let status = [502, 503, 504][usize::try_from(random.below(3)).unwrap_or_default().min(2)];
            fault.status.get_or_insert(status);
        }
        FaultKind::Clock => {
            fault.seconds.get_or_insert(if random.percent(50) { 7200 } else { -7200 });
        }
        _ => {}
    }
    let may_hide =
        fault.fault == FaultKind::Gateway || (fault.answers() && fault.kind.is_none() && fault.reply_status() >= 500);
    if may_hide {
        fault.carried_out.get_or_insert(hidden);
    }
    fault
}

/// What is known of a request before its body is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head<'a> {
    pub(crate) method: &'a str,
    pub(crate) host: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    /// How long the body is, as the head says.
    pub(crate) length: &'a str,
    /// Whether it is for a service, and not for an accounts server.
    pub(crate) of_service: bool,
}

/// The faults that are still to come.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    pub(crate) script: Vec<Fault>,
    pub(crate) mix: Option<FaultMix>,
    /// How often each request has come, while there is a mix.
    counts: HashMap<u64, u32>,
}

impl Faults {
    pub(crate) fn new(script: Vec<Fault>, mix: Option<FaultMix>) -> Self {
        Self { script, mix, counts: HashMap::new() }
    }

    /// Makes chance begin from its start.
    pub(crate) fn set_mix(&mut self, mix: Option<FaultMix>) {
        self.mix = mix.filter(|mix| mix.rate > 0.0);
        self.counts.clear();
    }

    /// The fault of a call, which is then counted as having happened.
    pub(crate) fn take(&mut self, head: &Head<'_>) -> Option<Due> {
        if let Some(position) = self.script.iter().position(|fault| fault.matching.takes(head)) {
            let found = self.script.get_mut(position)?;
            let fault = found.clone();
            match found.times {
                0 => {}
                1 => drop(self.script.remove(position)),
                _ => found.times -= 1,
            }
            return Some(Due { fault, roll: 0 });
        }
        let mix = self.mix.as_ref().filter(|mix| mix.matching.takes(head))?;
        let Head { method, host, path, query, length, .. } = head;
        let request = hash(mix.seed, format!("{method} {host}{path}?{query} {length}").as_bytes());
        if self.counts.len() >= MOST_COUNTED {
            self.counts.clear();
        }
        let count = self.counts.entry(request).or_default();
        let before = *count;
        *count = count.saturating_add(1);
        mix.draw(request, before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(path: &str, of_service: bool) -> Head<'_> {
        Head { method: "GET", host: "desk.zoho.com", path, query: "", length: "", of_service }
    }

    #[test]
    fn a_fault_happens_as_often_as_it_says() {
        let script = vec![Fault::parse("500:/a*:2").unwrap(), Fault::parse("cut::*").unwrap()];
        let mut faults = Faults::new(script, None);
        let mut seen = |path, of_service| faults.take(&head(path, of_service)).map(|due| due.fault.fault);
        assert_eq!(seen("/ab", true), Some(FaultKind::Status));
        assert_eq!(seen("/b", true), Some(FaultKind::Cut));
        assert_eq!(seen("/oauth/v2/token", false), None);
        assert_eq!(seen("/a", true), Some(FaultKind::Status));
        assert_eq!((seen("/a", true), seen("/a", true)), (Some(FaultKind::Cut), Some(FaultKind::Cut)));
    }

    fn drawn(faults: &mut Faults, requests: &[u32]) -> Vec<Option<Due>> {
        requests.iter().map(|number| faults.take(&head(&format!("/{number}"), true))).collect()
    }

    #[test]
    fn chance_depends_on_the_request_and_how_often_it_came_and_on_nothing_else() {
        let there: Vec<u32> = (0..400).flat_map(|number| [number % 100, number]).collect();
        let mut order: Vec<usize> = (0..there.len()).collect();
        let mut faults = Faults::new(Vec::new(), Some(FaultMix::new(0.3, 7)));
        let first = drawn(&mut faults, &there);
        faults.set_mix(Some(FaultMix::new(0.3, 7)));
        // In another order, but for the order of the same requests among themselves.
        order.sort_by_key(|position| there[*position]);
        let again = drawn(&mut faults, &order.iter().map(|position| there[*position]).collect::<Vec<_>>());
        let sorted: Vec<_> = order.iter().map(|position| first[*position].clone()).collect();
        assert_eq!(again, sorted);
        faults.set_mix(Some(FaultMix::new(0.3, 8)));
        assert_ne!(drawn(&mut faults, &there), first);
    }

    #[test]
    fn as_many_calls_meet_a_fault_as_the_rate_says_and_every_kind_comes() {
        let all: Vec<u32> = (0..8000).collect();
        for rate in [0.0, 0.2, 1.0] {
            let mut faults = Faults::new(Vec::new(), Some(FaultMix::new(rate, 3)));
            let met: Vec<Due> = drawn(&mut faults, &all).into_iter().flatten().collect();
            let expected = rate * 8000.0;
            assert!((met.len() as f64 - expected).abs() <= 0.02 * 8000.0, "{rate}: {}", met.len());
            for kind in FaultKind::ANY.iter().filter(|_| rate > 0.0) {
                assert!(met.iter().any(|due| due.fault.fault == *kind), "{kind:?}");
            }
        }
    }

    #[test]
    fn a_mix_is_read_from_json() {
        let text = r#"{"rate":0.5,"kinds":["429=0",{"fault":"slow","delay_ms":5}],"match":{"method":"GET"}}"#;
        let mix: FaultMix = serde_json::from_str(text).unwrap();
        assert_eq!((mix.seed, mix.kinds.len(), mix.kinds[0].retry_after), (1, 2, Some(0)));
        assert!(mix.is_possible() && !FaultMix::new(f64::NAN, 1).is_possible() && !FaultMix::new(1.5, 1).is_possible());
        assert_eq!(serde_json::from_str::<FaultMix>(&serde_json::to_string(&mix).unwrap()).unwrap(), mix);
        assert!(serde_json::from_str::<FaultMix>(r#"{"rate":0.5,"kinds":["explode"]}"#).is_err());
    }
}
