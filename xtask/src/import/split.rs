//! A group whose APIs alone would make its file too long is split: what stands below one of its collections becomes a group
//! of its own.

use std::collections::BTreeMap;

use super::apis::Api;
use super::service::Service;
use super::types::Types;
use super::{LONG_FILE, draft};

/// Lines at the head of a file.
const HEAD: usize = 4;

/// Splits the longest group that would be too long and has a collection, and says whether there was one: the collection with
/// the most lines becomes a group, `tickets.comments.list` being `tickets_comments.list` then. `lines` says how many lines
/// its file has already.
pub(super) fn longest(apis: &mut [Api], types: &Types, service: &Service, lines: &dyn Fn(&str) -> usize) -> bool {
    let mut of_groups: BTreeMap<String, usize> = BTreeMap::new();
    let mut of_collections: BTreeMap<(String, String), usize> = BTreeMap::new();
    for api in apis.iter() {
        let length = draft::api(api, types, service).0.lines().count() + 1;
        *of_groups.entry(api.group().to_owned()).or_insert_with(|| lines(api.group()) + HEAD) += length;
        if let [group, collection, _, ..] = api.named.name.split('.').collect::<Vec<_>>().as_slice() {
            *of_collections.entry(((*group).to_owned(), (*collection).to_owned())).or_default() += length;
        }
    }
    let too_long = of_collections.iter().filter(|((group, _), _)| of_groups[group] > LONG_FILE);
    let Some(((group, collection), _)) = too_long.max_by_key(|((group, _), length)| (of_groups[group], **length))
    else {
        return false;
    };
    let (old, new) = (format!("{group}.{collection}."), format!("{group}_{collection}."));
    for api in apis.iter_mut() {
        if let Some(rest) = api.named.name.strip_prefix(&old) {
            api.named.name = format!("{new}{rest}");
        }
    }
    true
}
