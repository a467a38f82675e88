//! Classes of limits, and what a call costs.

use indexmap::IndexMap;

use super::Resolver;
use crate::connector::Parameter;
use crate::definition::{ApiDefinition, CostDefinition, RateLimitDefinition};
use crate::diagnostic::{Code, Diagnostic};
use crate::limits::{Cost, RateLimit, parse_duration, parse_range, parse_steps};
use crate::path::ReplyPath;
use crate::source::Origin;
use crate::types::Type;

impl Resolver<'_> {
    pub(super) fn rate_limits(&mut self) -> IndexMap<String, RateLimit> {
        let written = self.service.definition.rate_limits.iter().flatten();
        written.map(|(name, limit)| (name.clone(), self.rate_limit(name, limit))).collect()
    }

    fn rate_limit(&mut self, name: &str, limit: &RateLimitDefinition) -> RateLimit {
        let origin = self.at(["rate_limits", name]);
        let member = |word: &str| origin.key(word);
        let concurrent = limit.concurrent.as_ref().map(|text| parse_range(&text.0));
        let concurrent = concurrent.and_then(|range| self.unreadable(&member("concurrent"), range));
        let window = limit.window.as_deref().map(parse_duration);
        let window = window.and_then(|window| self.unreadable(&member("window"), window));
        let lock = limit.lock.as_deref().map(parse_duration);
        let lock = lock.and_then(|lock| self.unreadable(&member("lock"), lock));
        let remaining = limit.remaining.as_deref().map(header_name);
        let remaining = remaining.and_then(|header| self.unreadable(&member("remaining"), header));
        RateLimit {
            name: name.to_owned(),
            per: limit.per.clone(),
            concurrent,
            window,
            max: limit.max,
            lock,
            unit: limit.unit.clone(),
            remaining,
            origin,
        }
    }

    /// What an API says that its calls cost, or else its style of paging.
    pub(super) fn cost(&mut self, api: &ApiDefinition, parameters: &[Parameter], at: &Origin) -> Option<Cost> {
        if let Some(cost) = &api.cost {
            return self.read_cost(cost, parameters, at.key("cost"));
        }
        let paginate = api.paginate.as_ref()?;
        let changed = paginate.changes.as_ref().and_then(|changes| changes.cost.clone());
        if let Some(cost) = changed {
            return self.read_cost(&cost, parameters, at.key("paginate").key(&paginate.style).key("cost"));
        }
        let cost = self.service.definition.pagination.as_ref()?.get(&paginate.style)?.cost.clone()?;
        let origin = self.at(["pagination", &paginate.style, "cost"]);
        self.read_cost(&cost, parameters, origin)
    }

    fn read_cost(&mut self, cost: &CostDefinition, parameters: &[Parameter], at: Origin) -> Option<Cost> {
        match cost {
            CostDefinition::Same(credits) => Some(Cost::Same(*credits)),
            CostDefinition::Steps(texts) => {
                let texts: Vec<&str> = texts.iter().map(|text| text.0.as_str()).collect();
                self.unreadable(&at, parse_steps(&texts)).map(Cost::Steps)
            }
            CostDefinition::ByLength(by) if by.per == 0 => {
                self.report(Diagnostic::error(Code::InvalidExpression, at.key("per"), "a part has at least one entry"));
                None
            }
            CostDefinition::ByLength(by) => {
                let is_it = |parameter: &&Parameter| parameter.sites.iter().any(|site| site.wire == by.of);
                let lists = || parameters.iter().filter(|parameter| matches!(parameter.ty, Type::List { .. }));
                let Some(list) = lists().find(is_it) else {
                    let known: Vec<&str> = lists().map(|parameter| parameter.name.as_str()).collect();
                    self.unknown("members", "list argument", &by.of, at.key("of"), &known);
                    return None;
                };
                Some(Cost::ByLength { credits: by.credits, per: by.per, of: list.name.clone() })
            }
        }
    }
}

fn header_name(text: &str) -> Result<String, String> {
    match ReplyPath::parse(text)? {
        ReplyPath::Header(name) => Ok(name),
        ReplyPath::Body(_) => Err(format!("`{text}` is not a header; write `header X-Name`")),
    }
}
