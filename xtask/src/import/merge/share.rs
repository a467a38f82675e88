//! Types that several groups use belong to the service's files.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use zoho_connector::Route;
use zoho_connector::edit::{Node, Tree};
use zoho_connector::types::is_type_name;

use super::files::Files;
use crate::import::apart::owner;

/// Moves the types of a group that another group names into the service's files, with those that they name themselves.
///
/// # Errors
/// A service's file that has no place for them.
pub(super) fn share(files: &mut Files) -> Result<()> {
    while let Some((name, from)) = misplaced(files) {
        let route = Route::of(["types", name.as_str()]);
        let before = files.tree(&from).map_or(0, lines);
        let moved = files.tree_mut(&from).and_then(|tree| tree.take(&route));
        let length = before.saturating_sub(files.tree(&from).map_or(0, lines));
        let to = files.file_of_types(None, length)?;
        let placed =
            moved.is_some_and(|moved| files.tree_mut(&to).is_some_and(|tree| tree.give(&Route::of(["types"]), moved)));
        if !placed {
            bail!("the type {name} cannot be moved from {from} to {to}");
        }
    }
    Ok(())
}

fn lines(tree: &Tree) -> usize {
    tree.text().lines().count()
}

/// A type in a group's file that the file of another names.
fn misplaced(files: &Files) -> Option<(String, String)> {
    for file in files.names() {
        let tree = files.tree(&file)?;
        let mut names = BTreeSet::new();
        named_in(tree.root(), &mut names);
        for name in names {
            let is_anothers = |holder: &&str| owner(holder) != owner(&file) && owner(holder) != "connector";
            if let Some(holder) = files.holder("types", &name).filter(is_anothers) {
                return Some((name, holder.to_owned()));
            }
        }
    }
    None
}

/// Texts that may be names of types.
fn named_in(node: &Node, found: &mut BTreeSet<String>) {
    found.extend(node.as_text().filter(|text| is_type_name(text)).map(str::to_owned));
    node.items().for_each(|item| named_in(item, found));
    // Values of examples are no types.
    node.members().filter(|(key, _)| *key != "example").for_each(|(_, value)| named_in(value, found));
}
