//! Which API a request is for: by host, by verb and path, and where several have both, by constants.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde_json::Value;
use zoho_connector::connector::Site;
use zoho_connector::{Api, Carrier, Connector, Constant, Location};

use crate::arguments::open;
use crate::hosts::{Host, Place, Segment};
use crate::message::{Incoming, first_of_each};
use crate::reply_path::text_of;

/// The paths of all APIs.
#[derive(Debug, Default)]
pub(crate) struct Routes(Vec<Route>);

#[derive(Debug)]
struct Route {
    connector: usize,
    base: String,
    api: String,
    segments: Vec<Segment>,
}

/// Values of a path by name.
type Values = Vec<(String, String)>;

/// What a request is for.
#[derive(Debug)]
pub(crate) enum Found<'a> {
    /// An API, with the values of its path.
    Api {
        /// The position of the connector.
        connector: usize,
        api: &'a Api,
        path: BTreeMap<String, String>,
    },
    /// A path of a service that does not take this verb.
    OtherVerb { connector: usize },
    /// A service that has no such path.
    NoPath { connector: usize },
    /// No service.
    NoService,
}

impl Routes {
    /// The paths of the connectors.
    pub(crate) fn new(connectors: &[Connector]) -> Self {
        let all = connectors.iter().enumerate().flat_map(|(position, connector)| {
            connector.apis.values().map(move |api| Route {
                connector: position,
                base: api.base.clone(),
                api: api.name.clone(),
                segments: segments_of(api),
            })
        });
        Self(all.collect())
    }

    /// What a request to a host is for.
    pub(crate) fn find<'a>(&self, connectors: &'a [Connector], host: &Host, request: &Incoming) -> Found<'a> {
        let segments = request.segments();
        let mut fallback = Found::NoService;
        for place in &host.places {
            let Some((values, rest)) = below(place, &segments) else { continue };
            let (wrong_verb, found) = self.at(connectors, place, rest, request);
            if let Some((api, own)) = found {
                let path = values.into_iter().chain(own).collect();
                return Found::Api { connector: place.connector, api, path };
            }
            match fallback {
                Found::NoService | Found::NoPath { .. } if wrong_verb => {
                    fallback = Found::OtherVerb { connector: place.connector }
                }
                Found::NoService => fallback = Found::NoPath { connector: place.connector },
                _ => {}
            }
        }
        fallback
    }

    /// The API at a path below a place; and whether some API is at it, with whatever verb.
    fn at<'a>(
        &self,
        connectors: &'a [Connector],
        place: &Place,
        rest: &[String],
        request: &Incoming,
    ) -> (bool, Option<(&'a Api, Values)>) {
        let here = self.0.iter().filter(|route| route.connector == place.connector && route.base == place.base);
        let fitting = here.filter_map(|route| Some((route, values_of(&route.segments, rest)?)));
        let api = |route: &Route| connectors.get(route.connector).and_then(|connector| connector.api(&route.api));
        let mut any = false;
        let mut candidates: Vec<_> = fitting
            .inspect(|_| any = true)
            .filter_map(|(route, values)| Some((api(route)?, route, values)))
            .filter(|(api, ..)| api.verb.as_str() == request.method.as_str())
            .collect();
        // A literal before a variable, from the left; then the one whose constants and required parameters are there.
        let sent = if candidates.len() > 1 { Sent::of(request) } else { Sent::default() };
        candidates.sort_by_cached_key(|(api, route, _)| {
            let variables: Vec<bool> =
                route.segments.iter().map(|segment| !matches!(segment, Segment::Literal(_))).collect();
            (variables, Reverse(fitness(api, &sent)))
        });
        (any, candidates.into_iter().next().map(|(api, _, values)| (api, values)))
    }
}

/// What a request has that tells APIs of one path apart.
#[derive(Debug, Default)]
struct Sent {
    flat: BTreeMap<String, String>,
    headers: http::HeaderMap,
    body: Value,
}

impl Sent {
    fn of(request: &Incoming) -> Self {
        Self {
            flat: first_of_each(request.query_pairs().into_iter().chain(request.form.pairs.iter().cloned())),
            headers: request.headers.clone(),
            body: serde_json::from_slice(&request.body).unwrap_or_default(),
        }
    }

    /// The value at a site; `body` is the declared body, out of its envelope.
    fn at(&self, body: &Value, site: &Site) -> Option<String> {
        match site.location {
            Location::Query | Location::Form => self.flat.get(&site.wire).cloned(),
            Location::Header => self.headers.get(&site.wire)?.to_str().ok().map(str::to_owned),
            Location::Body if site.wire.is_empty() => (!body.is_null()).then(|| text_of(body)),
            Location::Body => body.get(&site.wire).map(text_of),
            Location::Path => Some(String::new()),
        }
    }
}

/// Whether the constants of an API were sent and how many they are, then the same of its required parameters.
fn fitness(api: &Api, sent: &Sent) -> (bool, usize, bool, usize) {
    let envelope = match api.body.as_ref().map(|body| &body.carrier) {
        Some(Carrier::Body(envelope)) => Some(envelope),
        _ => None,
    };
    let opened = envelope.map(|envelope| open(envelope, &sent.body));
    let in_envelope = opened.as_ref().is_none_or(Result::is_ok);
    let body = opened.and_then(Result::ok).unwrap_or_default();
    let constants = api.constants.iter().filter(|constant| constant.site.location != Location::Header);
    let constants: Vec<_> = constants.collect();
    let is_sent = |constant: &&Constant| sent.at(&body, &constant.site) == Some(text_of(&constant.value));
    let required = api.parameters.iter().filter(|parameter| parameter.required && !parameter.ty.is_file());
    let required: Vec<_> = required.flat_map(|parameter| parameter.sites.first()).collect();
    let complete = required.iter().all(|site| sent.at(&body, site).is_some());
    (in_envelope && constants.iter().all(is_sent), constants.len(), complete, required.len())
}

/// The segments of an API's path.
pub(crate) fn segments_of(api: &Api) -> Vec<Segment> {
    let text = api.path.to_string();
    let text = text.strip_prefix('/').unwrap_or(&text);
    text.split('/').map(Segment::parse).collect()
}

/// The segments that tell where an API is: those of its path, without the empty one behind a last slash.
pub(crate) fn place_of(api: &Api) -> Vec<Segment> {
    let mut segments = segments_of(api);
    if segments.len() > 1 && segments.last().is_some_and(|last| *last == Segment::Literal(String::new())) {
        segments.pop();
    }
    segments
}

/// The values of a place's own segments, and the segments behind them.
fn below<'s>(place: &Place, segments: &'s [String]) -> Option<(Values, &'s [String])> {
    let (front, rest) = segments.split_at_checked(place.prefix.len())?;
    Some((values_of(&place.prefix, front)?, rest))
}

fn values_of(pattern: &[Segment], found: &[String]) -> Option<Values> {
    if pattern.len() != found.len() {
        return None;
    }
    let values = pattern.iter().zip(found).map(|(segment, text)| segment.matches(text));
    values.collect::<Option<Vec<_>>>().map(|values| values.into_iter().flatten().collect())
}
