//! Differences with their explanations, and explanations of nothing.

use std::collections::{BTreeMap, BTreeSet};

use zoho_connector::differs::{Aspect, Explanation, Reach};

use super::matching::Compared;
use super::ours::Ours;
use super::{About, Difference, Wanted};
use crate::definitions::paths::plain;

/// What a comparison came to.
#[derive(Debug)]
pub(crate) struct Judged {
    /// Of each definition its name, how many operations it has, and how many of them are APIs.
    pub(super) counts: Vec<(String, usize, usize)>,
    /// Differences that nothing explains.
    pub(crate) unexplained: Vec<Difference>,
    /// Differences with the reasons for them, as numbers of explanations.
    pub(super) explained: Vec<(Difference, usize)>,
    /// Explanations that explain nothing in an aspect that they name, as numbers.
    pub(super) dead: Vec<(usize, Aspect)>,
    /// What of the definitions could not be read.
    pub(super) remarks: Vec<String>,
}

impl Judged {
    /// Whether everything is the same or explained, and every explanation explains something.
    pub(super) fn is_good(&self) -> bool {
        self.unexplained.is_empty() && self.dead.is_empty()
    }
}

/// Looks for the explanation of each difference that no definition disagrees with.
pub(super) fn judge(ours: &Ours, compared: Vec<Compared>, wanted: &Wanted<'_>) -> Judged {
    let counts = compared.iter().map(|one| (one.name.clone(), one.operations, one.present)).collect();
    let remarks: BTreeSet<String> = compared.iter().flat_map(|one| one.remarks.iter().cloned()).collect();
    let (mut unexplained, mut explained) = (Vec::new(), Vec::new());
    let mut alive: BTreeSet<(usize, Aspect)> = BTreeSet::new();
    for difference in in_all(&compared) {
        let explains = |(_, entry): &(usize, &Explanation)| explains(entry, &difference);
        let found: Vec<usize> = ours.explanations.iter().enumerate().filter(explains).map(|(at, _)| at).collect();
        alive.extend(found.iter().map(|at| (*at, difference.aspect())));
        match found.first() {
            Some(at) => explained.push((difference, *at)),
            None => unexplained.push(difference),
        }
    }
    let judged = ours.explanations.iter().enumerate().filter(|(_, entry)| is_judged(ours, entry, wanted));
    let named = judged.flat_map(|(at, entry)| {
        let aspects = entry.key.as_ref().map_or(&[Aspect::Presence][..], |key| key.aspects());
        aspects.iter().map(move |aspect| (at, *aspect))
    });
    let dead = named.filter(|named| !alive.contains(named)).collect();
    Judged { counts, unexplained, explained, dead, remarks: remarks.into_iter().collect() }
}

/// The differences that every definition finds which knows what they are about.
fn in_all(compared: &[Compared]) -> Vec<Difference> {
    let merged: Vec<Vec<Difference>> = compared.iter().map(|one| merged(&one.differences)).collect();
    let mut all: Vec<Difference> = Vec::new();
    for (at, differences) in merged.iter().enumerate() {
        for difference in differences {
            let agrees = |other: usize| {
                // A definition that lacks the API says nothing of it but that.
                match difference.key() {
                    "path" | "verb" => compared[other].there.contains(&difference.about),
                    _ => {
                        let knows = compared[other].known.contains(&difference.about);
                        knows && !merged[other].iter().any(|one| one.is_as(difference) || is_above(one, difference))
                    }
                }
            };
            let is_known = all.iter().any(|known| known.is_as(difference));
            if !is_known && !(0..compared.len()).any(|other| other != at && agrees(other)) {
                all.push(difference.clone());
            }
        }
    }
    all.sort_by(|a, b| a.about.cmp(&b.about));
    all
}

/// Whether one side lacks what another difference is about, or what that is in, so that it says nothing of it.
fn is_above(one: &Difference, other: &Difference) -> bool {
    let Some(rest) = other.key().strip_prefix(one.key()).filter(|_| one.about == other.about) else { return false };
    match one.aspect() {
        Aspect::Presence if rest.is_empty() => other.aspect() != Aspect::Presence,
        Aspect::Presence | Aspect::Type => rest.starts_with(['.', ' ']),
        _ => false,
    }
}

/// Several facts of one aspect of one place are told together.
fn merged(differences: &[Difference]) -> Vec<Difference> {
    let mut all: Vec<Difference> = Vec::new();
    let mut places: BTreeMap<(&About, &str, Aspect), usize> = BTreeMap::new();
    for difference in differences {
        let place = (&difference.about, difference.key(), difference.aspect());
        match places.get(&place) {
            Some(at) => {
                let known = &mut all[*at];
                if !known.fact.words.contains(&difference.fact.words) {
                    known.fact.words = format!("{}; {}", known.fact.words, difference.fact.words);
                }
                known.apis.extend(difference.apis.iter().cloned());
                known.apis.sort();
                known.apis.dedup();
            }
            None => {
                places.insert(place, all.len());
                all.push(difference.clone());
            }
        }
    }
    all
}

/// Whether an explanation is of a difference.
fn explains(entry: &Explanation, difference: &Difference) -> bool {
    let Ok(key) = &entry.key else { return false };
    let reaches = match &difference.about {
        About::Operation(_) => !matches!(entry.reach, Reach::Api(_)),
        About::Api(_) | About::Type(_) => difference.apis.iter().all(|api| entry.reach.includes(api)),
    };
    if !reaches {
        return false;
    }
    // Names in braces make no difference in paths.
    let blank = match key.what().split_once(' ') {
        Some((verb, path)) if path.starts_with('/') => Some(format!("{verb} {}", plain(path))),
        _ => None,
    };
    let aspect = difference.aspect();
    difference.keys.iter().any(|what| key.means(what, aspect) || blank.as_deref() == Some(what))
}

/// Whether an explanation can be called dead: one of what was not compared cannot.
fn is_judged(ours: &Ours, entry: &Explanation, wanted: &Wanted<'_>) -> bool {
    if wanted.only.is_none() {
        return true;
    }
    match &entry.reach {
        Reach::Api(name) => ours.connector.api(name).is_some_and(|api| super::is_wanted(api, wanted.only)),
        Reach::Group(_) | Reach::Service => false,
    }
}
