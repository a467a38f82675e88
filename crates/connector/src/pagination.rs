//! How an API pages: the declaration, not the state of a read.

use crate::path::{ReplyPath, RequestPlace};
use crate::source::Origin;

/// How an API pages.
#[derive(Debug, Clone, PartialEq)]
pub struct Pagination {
    /// The name of the style.
    pub style: String,
    /// How the next page is asked for.
    pub kind: PageKind,
    /// Where the size goes.
    pub limit: Option<RequestPlace>,
    /// The smallest size.
    pub min: Option<u64>,
    /// The largest size, which is the one that is sent.
    pub max: Option<u64>,
    /// The sizes that are allowed, where only some are.
    pub sizes: Vec<u64>,
    /// Text put behind the value at the page's place, with `{limit}` and `{offset}` (queries in a language).
    pub append: Option<String>,
    /// What ends the list.
    pub stop: Stop,
    /// The number of records past which the service refuses to page.
    pub ceiling: Option<u64>,
    /// How to go on past the ceiling.
    pub beyond: Option<Beyond>,
    /// Where it was written.
    pub origin: Origin,
}

/// How the next page is asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum PageKind {
    /// By number.
    Page {
        /// Where the number goes.
        at: RequestPlace,
        /// The number of the first page.
        first: u64,
    },
    /// By the number of records before it.
    Offset {
        /// Where the number goes.
        at: RequestPlace,
        /// The number of the first record.
        first: u64,
    },
    /// By a token from the last reply.
    Cursor {
        /// Where the token goes.
        at: RequestPlace,
        /// Where the last reply has it.
        next: ReplyPath,
    },
    /// By a URL from the last reply.
    Link {
        /// Where the last reply has it.
        next: ReplyPath,
    },
}

/// What ends a list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stop {
    /// A flag that says whether more follows; absent means that none does.
    pub more: Option<ReplyPath>,
    /// The number of all records.
    pub total: Option<ReplyPath>,
    /// The page itself.
    pub page: Option<PageStop>,
}

/// A page that ends a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
pub enum PageStop {
    /// One that is not full.
    #[serde(rename = "short_page")]
    Short,
    /// One without records.
    #[serde(rename = "empty_page")]
    Empty,
}

/// How to go on past a ceiling.
#[derive(Debug, Clone, PartialEq)]
pub enum Beyond {
    /// By another style, whose first token is read in the last reply.
    Style(Box<Pagination>),
    /// By windows of the time of change (the API's `incremental`).
    Incremental,
}

impl Pagination {
    /// The size that is asked for: the largest.
    pub fn size(&self) -> Option<u64> {
        self.sizes.iter().copied().max().or(self.max)
    }

    /// The size nearest to a wish that the service takes.
    pub fn size_near(&self, wish: u64) -> u64 {
        if let Some(size) =
            self.sizes.iter().copied().filter(|size| *size >= wish).min().or_else(|| self.sizes.iter().copied().max())
        {
            return size;
        }
        let at_most = self.max.map_or(wish, |max| wish.min(max));
        self.min.map_or(at_most, |min| at_most.max(min)).max(1)
    }

    /// Whether it, or a style that it goes on by, goes on by windows of time.
    pub fn ends_in_windows(&self) -> bool {
        match &self.beyond {
            Some(Beyond::Style(beyond)) => beyond.ends_in_windows(),
            Some(Beyond::Incremental) => true,
            None => false,
        }
    }

    /// Where the page's number or token goes; a link has no place.
    pub fn place(&self) -> Option<&RequestPlace> {
        match &self.kind {
            PageKind::Page { at, .. } | PageKind::Offset { at, .. } | PageKind::Cursor { at, .. } => Some(at),
            PageKind::Link { .. } => None,
        }
    }
}
