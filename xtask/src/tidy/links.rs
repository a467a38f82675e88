//! A link of a page leads somewhere: to a file of the tree, and to a heading of it.
//!
//! Pages below `docs/` are also a book, which holds nothing but them: they link to other files by the address of the
//! repository, and each of them stands in the book's contents.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::Fault;
use crate::codegen::anchor;
use crate::files::TextFile;

/// The folder of the book.
const BOOK: &str = "docs/";
/// Its contents.
const CONTENTS: &str = "docs/SUMMARY.md";
/// What the address of a file in the repository begins with.
const REPOSITORY: &str = "https://github.com/zoho-connectors/zoho-connectors/blob/main/";

/// What a link needs to know of a page.
#[derive(Default)]
struct Page<'t> {
    links: Vec<(usize, String)>,
    /// How often a heading has each anchor.
    anchors: HashMap<String, usize>,
    text: &'t str,
}

/// The links that lead nowhere, and the pages that the book's contents lack.
pub(super) fn faults(files: &[TextFile]) -> Vec<Fault> {
    let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let pages: BTreeMap<&str, (&TextFile, Page<'_>)> = files
        .iter()
        .filter(|file| file.ending() == "md")
        .map(|file| (file.path.as_str(), (file, page(&file.text))))
        .collect();
    let mut faults = Vec::new();
    for (file, page) in pages.values() {
        for (offset, target) in &page.links {
            if let Some(message) = fault(&file.path, target, &paths, &pages) {
                faults.push(Fault::new(file, line(page.text, *offset), message));
            }
        }
    }
    faults.extend(not_in_contents(&pages));
    faults
}

fn page(text: &str) -> Page<'_> {
    let mut page = Page { text, ..Page::default() };
    let mut heading: Option<String> = None;
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(part) | Event::Code(part) => {
                if let Some(words) = &mut heading {
                    words.push_str(&part);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                if let Some(words) = heading.take() {
                    *page.anchors.entry(anchor(&words)).or_default() += 1;
                }
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                page.links.push((range.start, dest_url.into_string()));
            }
            _ => {}
        }
    }
    page
}

fn line(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

/// What is wrong with a link.
fn fault(
    from: &str,
    target: &str,
    paths: &BTreeSet<&str>,
    pages: &BTreeMap<&str, (&TextFile, Page<'_>)>,
) -> Option<String> {
    let there = |path: &str| paths.contains(path) || paths.iter().any(|known| is_below(known, path));
    if let Some(path) = target.strip_prefix(REPOSITORY) {
        return (!there(path.trim_end_matches('/'))).then(|| format!("the repository has no `{path}`"));
    }
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (file, fragment) = target.split_once('#').map_or((target, None), |(file, anchor)| (file, Some(anchor)));
    let path = if file.is_empty() { from.to_owned() } else { joined(from, file)? };
    if !there(&path) {
        return Some(format!("`{target}` leads to no file"));
    }
    if from.starts_with(BOOK) && !path.starts_with(BOOK) {
        return Some(format!("`{target}` leads out of the book: link to {REPOSITORY}{path}"));
    }
    let fragment = fragment?;
    match pages.get(path.as_str())?.1.anchors.get(fragment) {
        None => Some(format!("`{path}` has no heading `#{fragment}`")),
        Some(1) => None,
        Some(_) => Some(format!("several headings of `{path}` are `#{fragment}`")),
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The path that a link of a file leads to, from the root; none where it leads out of the tree, to which nothing is said.
fn joined(from: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn not_in_contents<'t>(pages: &BTreeMap<&str, (&'t TextFile, Page<'t>)>) -> Vec<Fault> {
    let Some((_, contents)) = pages.get(CONTENTS) else { return Vec::new() };
    let listed: BTreeSet<String> = contents.links.iter().filter_map(|(_, link)| joined(CONTENTS, link)).collect();
    pages
        .iter()
        .filter(|(path, _)| path.starts_with(BOOK) && **path != CONTENTS && !listed.contains(**path))
        .map(|(_, (file, _))| Fault::new(file, 1, format!("the book's contents, {CONTENTS}, do not list this page")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::text_file;
    use super::*;

    #[test]
    fn a_link_that_leads_nowhere_is_a_fault() {
        let files = [
            text_file("docs/SUMMARY.md", "- [A](guide/a.md)\n- [B](b.md)\n"),
            text_file(
                "docs/guide/a.md",
                "# A\n\n[one](../b.md) [two](../b.md#the-end) [three](gone.md)\n[four](../b.md#gone) [five](#a)\n\
                 [six](../b.md#twice)\n[seven](../../README.md) [eight](https://example.com/x)\n\
                 ![nine](pictures/gone.svg) `[ten](gone.md)`\n",
            ),
            text_file("docs/b.md", "# B\n## The end\n## Twice\n## Twice\n"),
            text_file("docs/c.md", "# C\n"),
            text_file(
                "README.md",
                "[one](docs) [two](docs/b.md#b)\n\
                 [three](https://github.com/zoho-connectors/zoho-connectors/blob/main/gone.rs)\n",
            ),
        ];
        let faults: Vec<String> = faults(&files).iter().map(ToString::to_string).collect();
        assert_eq!(
            faults,
            [
                "README.md:2: the repository has no `gone.rs`",
                "docs/guide/a.md:3: `gone.md` leads to no file",
                "docs/guide/a.md:4: `docs/b.md` has no heading `#gone`",
                "docs/guide/a.md:5: several headings of `docs/b.md` are `#twice`",
                "docs/guide/a.md:6: `../../README.md` leads out of the book: link to \
                 https://github.com/zoho-connectors/zoho-connectors/blob/main/README.md",
                "docs/guide/a.md:7: `pictures/gone.svg` leads to no file",
                "docs/c.md:1: the book's contents, docs/SUMMARY.md, do not list this page",
            ]
        );
    }
}
