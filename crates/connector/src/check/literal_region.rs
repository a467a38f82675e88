//! # A region that is written out
//!
//! ## What it does
//! Finds URLs that name the host of one data centre: `desk.zoho.com`, `www.zohoapis.eu`, `api.zeptomail.in`. Also finds
//! hosts that are put together from half a domain, such as `desk.zoho.{tld}`. An exception by data centre may name a
//! host, and only one of that data centre.
//!
//! ## Why
//! An account lives in one of eleven data centres, and its tokens are good only there. A connector that writes one of
//! them out works for those who wrote it and fails for the others, with errors that speak of tokens. Endings do not help:
//! products in Canada are at `zohocloud.ca`, and the gateway there at `zohoapis.ca`.
//!
//! ## Bad
//! ```yaml
//! connector: shelf
//! title: Zoho Shelf
//! base_url: https://shelf.zoho.com/api/v1
//! scope_prefix: [ZohoShelf]
//! responses: { records: data }
//! types:
//!   Book: { id!: id, title: string }
//! apis:
//!   books.list: { get: /books, scopes: [books.READ], returns: [Book] }
//! ```
//!
//! ## Good
//! ```yaml
//! connector: shelf
//! title: Zoho Shelf
//! base_url:
//!   url: https://shelf.{zoho}/api/v1
//!   ca: https://books.zohocloud.ca/api/v1
//! scope_prefix: [ZohoShelf]
//! responses: { records: data }
//! types:
//!   Book: { id!: id, title: string }
//! apis:
//!   books.list: { get: /books, scopes: [books.READ], returns: [Book] }
//! ```

use super::Subject;
use super::urls::{self, HostKind, Url};
use crate::data_center::DataCenters;
use crate::diagnostic::{Code, Diagnostic};
use crate::template::Part;

pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Diagnostic>) {
    for url in urls::all(subject) {
        match url.exception {
            None if urls::kind_of(url.template) == HostKind::Regional => faults.push(written_out(&url)),
            Some(id) => faults.extend(elsewhere(&url, id)),
            None => {}
        }
    }
}

fn written_out(url: &Url<'_>) -> Diagnostic {
    let message = if url.template.parts.iter().all(|part| matches!(part, Part::Literal(_))) {
        format!("`{}` names one region, and an account may live in another", url.template)
    } else {
        format!("`{}` puts a domain together from an ending, and not every region's has that form", url.template)
    };
    let help = urls::with_variables(url.template).map(|better| format!("write `{better}`"));
    Diagnostic::error(Code::LiteralRegion, url.origin.clone(), message).maybe_help(help)
}

/// An exception for one data centre that names a host of another.
fn elsewhere(url: &Url<'_>, id: &str) -> Option<Diagnostic> {
    let text = url.template.to_string();
    let owner = DataCenters::built_in().by_host(urls::host(&text)?)?;
    let known = DataCenters::built_in().get(id).is_some();
    if !known || owner.id.eq_ignore_ascii_case(id) {
        return None;
    }
    let message = format!("the exception for `{id}` names a host of `{}`", owner.id);
    Some(Diagnostic::error(Code::LiteralRegion, url.origin.clone(), message))
}
