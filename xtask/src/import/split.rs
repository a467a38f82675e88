//! A group whose file would be too long is split: what stands below one of its collections becomes a group of its own.

use std::collections::BTreeMap;

use super::apis::Api;
use super::service::Service;
use super::types::Types;
use super::yaml::{Long, write};
use super::{LONG_FILE, draft};

/// Splits the longest group that would be too long, and says whether it did: the collection with the most lines becomes
/// a group, `tickets.comments.list` being `tickets_comments.list` then. `lines` says how many lines its file has already.
pub(super) fn longest(apis: &mut [Api], types: &Types, service: &Service, lines: &dyn Fn(&str) -> usize) -> bool {
    let mut of_groups: BTreeMap<String, usize> = BTreeMap::new();
    let mut of_collections: BTreeMap<(String, String), usize> = BTreeMap::new();
    for api in apis.iter() {
        let length = draft::api(api, types, service).0.lines().count() + 1;
        *of_groups.entry(api.group().to_owned()).or_default() += length;
        if let [group, collection, _, ..] = api.named.name.split('.').collect::<Vec<_>>().as_slice() {
            *of_collections.entry(((*group).to_owned(), (*collection).to_owned())).or_default() += length;
        }
    }
    for (group, length) in &mut of_groups {
        let mut text = String::new();
        types.of_group(Some(group)).iter().for_each(|(name, node)| write(&mut text, 2, name, node, Long::Filled));
        *length += lines(group) + text.lines().count() + 4;
    }
    let too_long = of_groups.iter().filter(|(_, length)| **length > LONG_FILE).max_by_key(|(_, length)| **length);
    let Some((group, _)) = too_long else { return false };
    let largest = of_collections.iter().filter(|((of, _), _)| of == group).max_by_key(|(_, length)| **length);
    let Some(((_, collection), _)) = largest else { return false };
    let (old, new) = (format!("{group}.{collection}."), format!("{group}_{collection}."));
    for api in apis.iter_mut() {
        if let Some(rest) = api.named.name.strip_prefix(&old) {
            api.named.name = format!("{new}{rest}");
        }
    }
    true
}
