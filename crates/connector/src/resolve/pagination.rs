//! Paging: the style that an API names, with what it changes.

use super::Resolver;
use super::parameters::Inputs;
use crate::connector::Site;
use crate::definition::{PaginateDefinition, StyleDefinition};
use crate::diagnostic::{Code, Diagnostic};
use crate::pagination::{Beyond, PageKind, Pagination, Stop};
use crate::path::RequestPlace;
use crate::source::{Origin, Route};

impl Resolver<'_> {
    pub(super) fn pagination(&mut self, paginate: &PaginateDefinition, api: &Origin) -> Option<Pagination> {
        let named = api.key("paginate");
        let style = self.style(&paginate.style, &named)?;
        let (style, origin) = match &paginate.changes {
            Some(changes) => (overlay(style, changes), named.key(&paginate.style)),
            None => (style, self.at(["pagination", &paginate.style])),
        };
        self.page_style(&paginate.style, &style, origin, 0)
    }

    /// Reads every declared style, so that one that no API uses is checked too.
    pub(super) fn style(&mut self, name: &str, at: &Origin) -> Option<StyleDefinition> {
        let styles = self.service.definition.pagination.clone().unwrap_or_default();
        if let Some(style) = styles.get(name) {
            return Some(style.clone());
        }
        let known: Vec<&str> = styles.keys().map(String::as_str).collect();
        self.unknown("pagination", "style of paging", name, at.clone(), &known);
        None
    }

    fn page_style(&mut self, name: &str, style: &StyleDefinition, origin: Origin, depth: usize) -> Option<Pagination> {
        let kind = self.page_kind(name, style, &origin);
        let limit = self.place(style.limit.as_deref(), &origin, "limit");
        let stop = Stop {
            more: self.reply_path(style.more.as_deref(), &origin, "more"),
            total: self.reply_path(style.total.as_deref(), &origin, "total"),
            page: style.stop,
        };
        self.sizes(style, &origin);
        let beyond = self.beyond(style, &origin, depth);
        Some(Pagination {
            style: name.to_owned(),
            kind: kind?,
            limit,
            min: style.min,
            max: style.max,
            sizes: style.sizes.clone().unwrap_or_default(),
            append: style.append.clone(),
            stop,
            ceiling: style.ceiling,
            beyond,
            origin,
        })
    }

    /// The sizes that a page may have are some at all.
    fn sizes(&mut self, style: &StyleDefinition, origin: &Origin) {
        let (word, message) = match (style.min, style.max) {
            (_, Some(0)) => ("max", "a page of at most 0 records never brings one".to_owned()),
            (Some(min), Some(max)) if min > max => {
                ("min", format!("no page has at least {min} records and at most {max}"))
            }
            _ => return,
        };
        let fault = Diagnostic::error(Code::Incomplete, origin.key(word), message);
        self.report(fault.help("write the smallest and the largest page that the service gives: `min: 10, max: 200`"));
    }

    /// Reports arguments that the paging sends by itself: what is given for one would never be sent.
    pub(super) fn sent_by_pages(&mut self, pagination: &Pagination, inputs: &Inputs) {
        let at = match &pagination.kind {
            PageKind::Page { at, .. } | PageKind::Offset { at, .. } | PageKind::Cursor { at, .. } => Some(at),
            PageKind::Link { .. } => None,
        };
        // Where a text is added to an argument, the argument is still the caller's.
        let at = at.filter(|_| pagination.append.is_none());
        for place in at.into_iter().chain(&pagination.limit).filter(|place| place.inner.is_empty()) {
            let is_there = |site: &Site| site.location == place.location && site.wire == place.name;
            let Some(parameter) = inputs.parameters.iter().find(|parameter| parameter.sites.iter().any(is_there))
            else {
                continue;
            };
            let message = format!("`{}` is sent by the paging, and what is given for it never is", place.name);
            let fault = Diagnostic::error(Code::ArgumentClash, parameter.origin.clone(), message).at_key();
            let words = format!("the style `{}` sends it", pagination.style);
            let help = "take it away; or take `paginate` away, where the caller is to ask for each page";
            self.report(fault.related(pagination.origin.clone(), words).help(help));
        }
        if let Some(Beyond::Style(next)) = &pagination.beyond {
            self.sent_by_pages(next, inputs);
        }
    }

    fn page_kind(&mut self, name: &str, style: &StyleDefinition, origin: &Origin) -> Option<PageKind> {
        let first = style.first.unwrap_or(0);
        let given =
            [&style.page, &style.offset, &style.cursor, &style.link].iter().filter(|kind| kind.is_some()).count();
        if given != 1 {
            let message = format!(
                "the style `{name}` says {} of `page`, `offset`, `cursor` and `link`",
                if given == 0 { "none" } else { "several" }
            );
            self.report(
                Diagnostic::error(Code::Incomplete, origin.clone(), message)
                    .help("a style has exactly one of them: the place of its parameter, or the path to the next URL"),
            );
            return None;
        }
        if let Some(text) = style.page.as_deref() {
            return Some(PageKind::Page { at: self.place(Some(text), origin, "page")?, first });
        }
        if let Some(text) = style.offset.as_deref() {
            return Some(PageKind::Offset { at: self.place(Some(text), origin, "offset")?, first });
        }
        if let Some(text) = style.link.as_deref() {
            return Some(PageKind::Link { next: self.reply_path(Some(text), origin, "link")? });
        }
        let at = self.place(style.cursor.as_deref(), origin, "cursor")?;
        let Some(next) = style.next.as_deref() else {
            let message = format!("the style `{name}` does not say where the next token is");
            self.report(
                Diagnostic::error(Code::Incomplete, origin.clone(), message)
                    .help("add `next:`, the path to the token in the reply"),
            );
            return None;
        };
        Some(PageKind::Cursor { at, next: self.reply_path(Some(next), origin, "next")? })
    }

    fn beyond(&mut self, style: &StyleDefinition, origin: &Origin, depth: usize) -> Option<Beyond> {
        let name = style.beyond.as_deref()?;
        if name == "incremental" {
            return Some(Beyond::Incremental);
        }
        let place = origin.key("beyond");
        if depth > 4 {
            self.report(Diagnostic::error(Code::Incomplete, place, format!("`beyond: {name}` leads in a circle")));
            return None;
        }
        let next = self.style(name, &place)?;
        let at = self.at(["pagination", name]);
        self.page_style(name, &next, at, depth + 1).map(|style| Beyond::Style(Box::new(style)))
    }

    pub(super) fn place(&mut self, text: Option<&str>, origin: &Origin, word: &str) -> Option<RequestPlace> {
        let place = RequestPlace::parse(text?);
        self.unreadable(&origin.key(word), place)
    }

    /// Styles that no API names are read too, for their faults.
    pub(super) fn unused_styles(&mut self, used: &[String]) {
        let styles = self.service.definition.pagination.clone().unwrap_or_default();
        for (name, style) in &styles {
            let origin = Origin { file: self.service.id, route: Route::of(["pagination", name]) };
            if name == "incremental" {
                self.report(
                    Diagnostic::error(
                        Code::InvalidName,
                        origin.clone(),
                        "no style is called `incremental`: the word has a meaning of its own in `beyond`",
                    )
                    .at_key(),
                );
            }
            if !used.contains(name) {
                self.page_style(name, style, origin, 0);
            }
        }
    }
}

/// A style with what an API changes of it. Another kind replaces the style's own.
fn overlay(base: StyleDefinition, changes: &StyleDefinition) -> StyleDefinition {
    let c = changes.clone();
    let other_kind = c.page.is_some() || c.offset.is_some() || c.cursor.is_some() || c.link.is_some();
    let keep = |kind: Option<String>| if other_kind { None } else { kind };
    StyleDefinition {
        page: c.page.or_else(|| keep(base.page)),
        offset: c.offset.or_else(|| keep(base.offset)),
        cursor: c.cursor.or_else(|| keep(base.cursor)),
        link: c.link.or_else(|| keep(base.link)),
        first: c.first.or(base.first),
        limit: c.limit.or(base.limit),
        max: c.max.or(base.max),
        min: c.min.or(base.min),
        sizes: c.sizes.or(base.sizes),
        append: c.append.or(base.append),
        more: c.more.or(base.more),
        stop: c.stop.or(base.stop),
        total: c.total.or(base.total),
        next: c.next.or(base.next),
        ceiling: c.ceiling.or(base.ceiling),
        beyond: c.beyond.or(base.beyond),
        cost: c.cost.or(base.cost),
    }
}
