//! The limits of a service, in words.

use crate::connector::{Api, Connector};
use crate::limits::{Cost, RateLimit};

/// A class of limits in a sentence: what is counted together, how many in which time, how many at once.
pub fn limit(limit: &RateLimit) -> String {
    let unit = limit.unit.as_deref().unwrap_or("calls");
    let amount = match (limit.max, limit.window) {
        (Some(max), Some(window)) => Some(format!("{max} {unit} in {}", duration(window))),
        (Some(max), None) => Some(format!("{max} {unit}")),
        (None, Some(window)) => Some(format!("{unit} counted in {}", duration(window))),
        (None, None) => None,
    };
    let at_once = limit.concurrent.map(|(low, high)| match low == high {
        true => format!("{low} at once"),
        false => format!("{low} to {high} at once, as the edition decides"),
    });
    let lock = limit.lock.map(|seconds| format!("shut out for {} when passed", duration(seconds)));
    let left = limit.remaining.as_ref().map(|header| format!("what is left is in the header {header}"));
    let parts: Vec<String> = amount.into_iter().chain(at_once).chain(lock).chain(left).collect();
    let parts = if parts.is_empty() { "not known".to_owned() } else { parts.join("; ") };
    format!("{parts}{}", counted(&limit.per))
}

fn counted(per: &[String]) -> String {
    let name = |per: &String| match per.as_str() {
        "org" => "organisation".to_owned(),
        "ip" => "IP address".to_owned(),
        "api" => "API".to_owned(),
        word @ ("client" | "user" | "token") => word.to_owned(),
        parameter => format!("`{parameter}`"),
    };
    match per {
        [] => String::new(),
        per => format!("; for each {}", per.iter().map(name).collect::<Vec<_>>().join(" and ")),
    }
}

/// What an API counts to and what a call costs; nothing where neither is known.
pub fn limits(connector: &Connector, api: &Api) -> Option<String> {
    let class = api.rate.as_ref().map(|rate| match connector.rate_limits.get(rate) {
        Some(class) => format!("counts to `{rate}` ({})", limit(class)),
        None => format!("counts to `{rate}`"),
    });
    let cost = cost(connector, api).map(|cost| format!("costs {cost}"));
    let parts: Vec<String> = class.into_iter().chain(cost).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// What a call costs, in a few words; nothing where it is not known.
pub fn cost(connector: &Connector, api: &Api) -> Option<String> {
    let classes = api.rate.iter().map(String::as_str).chain(["default"]);
    let unit = classes.filter_map(|name| connector.rate_limits.get(name)?.unit.as_deref()).next().unwrap_or("calls");
    let amount = |credits: u64| match credits {
        1 => format!("1 {}", unit.strip_suffix('s').unwrap_or(unit)),
        credits => format!("{credits} {unit}"),
    };
    Some(match api.cost.as_ref()? {
        Cost::Same(credits) => amount(*credits),
        Cost::ByLength { credits, per, of } => format!("{} for each {per} of `{of}`", amount(*credits)),
        Cost::Steps(steps) => {
            let words = steps.iter().map(|(from, credits)| match from {
                0 => amount(*credits),
                from => format!("{credits} past {from} records"),
            });
            words.collect::<Vec<_>>().join(", ")
        }
    })
}

/// A length of time: `2 minutes`, `a day`.
pub(super) fn duration(seconds: u64) -> String {
    let units =
        [(86400, "day", "a day"), (3600, "hour", "an hour"), (60, "minute", "a minute"), (1, "second", "a second")];
    for (size, name, one) in units {
        if seconds == size {
            return one.to_owned();
        }
        if seconds > size && seconds.is_multiple_of(size) {
            return format!("{} {name}s", seconds / size);
        }
    }
    format!("{seconds} seconds")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SourceFile, load::read};

    #[test]
    fn limits_and_costs_are_sentences() {
        let yaml = "
connector: shelf
title: Zoho Shelf
base_url: https://shelf.{zoho}
rate_limits:
  default: { per: [org], concurrent: 5..25, window: 1d, unit: credits, remaining: header X-Left }
  listing: { per: [user, folderId], window: 2m, max: 30, lock: 10m }
  one: { per: [ip], concurrent: 1 }
apis:
  books.list: { get: /books, scopes: [], rate: listing, cost: 3 }
  books.get: { get: '/books/{id}', scopes: [], cost: 1 }
  books.count: { get: /count, scopes: [] }
  books.find: { get: /find, scopes: [], cost: [3, 5 past 2000] }
  books.add: { post: /books, scopes: [], body: { data!: [map, 100] }, cost: { credits: 1, per: 10, of: data } }
";
        let connector = read(&[SourceFile::new("shelf.yaml", yaml)]).unwrap();
        let said: Vec<String> = connector.rate_limits.values().map(limit).collect();
        assert_eq!(
            said,
            [
                "credits counted in a day; 5 to 25 at once, as the edition decides; what is left is in the header X-Left; \
                 for each organisation",
                "30 calls in 2 minutes; shut out for 10 minutes when passed; for each user and `folderId`",
                "1 at once; for each IP address",
            ]
        );
        let counted = "counts to `listing` (30 calls in 2 minutes; shut out for 10 minutes when passed; for each user and \
                       `folderId`); costs 3 credits";
        let of = |api: &str| limits(&connector, &connector.apis[api]);
        assert_eq!(of("books.list").as_deref(), Some(counted));
        assert_eq!((of("books.get").as_deref(), of("books.count")), (Some("costs 1 credit"), None));
        assert_eq!(of("books.find").as_deref(), Some("costs 3 credits, 5 past 2000 records"));
        assert_eq!(of("books.add").as_deref(), Some("costs 1 credit for each 10 of `data`"));
    }
}
