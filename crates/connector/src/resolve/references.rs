//! Names of APIs that other words mention: they are there, and they give what is wanted of them.

use super::Resolver;
use crate::connector::{Api, ConnectionValue, Connector, Returns};
use crate::diagnostic::{Code, Diagnostic};
use crate::path::{PathStep, ReplyPath};
use crate::source::Origin;

impl Resolver<'_> {
    /// APIs that others name must be there. One that is written and could not be resolved has its own fault.
    pub(super) fn references(&mut self, connector: &Connector) {
        let written: Vec<String> = self
            .files
            .iter()
            .flat_map(|file| file.definition.apis.iter().flatten())
            .map(|(name, _)| name.clone())
            .collect();
        let names: Vec<&str> = written.iter().map(String::as_str).collect();
        let mut wanted: Vec<(String, Origin)> = Vec::new();
        for value in connector.connection.values() {
            wanted.extend(value.discover.clone().map(|api| (api, value.origin.key("discover"))));
        }
        for api in connector.apis.values() {
            wanted.extend(references_of(api));
        }
        for (name, origin) in wanted {
            if !names.contains(&name.as_str()) {
                self.unknown("apis", "API", &name, origin, &names);
            }
        }
        for value in connector.connection.values() {
            self.discovery(connector, value);
        }
        for above in connector.apis.values().filter_map(|api| api.above.as_ref()) {
            self.arguments_above(connector, above);
        }
    }

    /// The API that lists the choices of a value has records with the members that are named, and can be called before
    /// the value is known.
    fn discovery(&mut self, connector: &Connector, value: &ConnectionValue) {
        let Some(api) = value.discover.as_ref().and_then(|name| connector.api(name)) else { return };
        // One record is a list of one: there is nothing to choose, and its value is taken.
        if let Returns::Many(ty) | Returns::One(ty) = &api.returns {
            let unsure = self.faults.iter().any(|fault| fault.code == Code::UnknownType);
            for (word, path) in [("value", &value.value), ("label", &value.label)].into_iter().filter(|_| !unsure) {
                let object = connector.object(ty).filter(|object| !object.fields.is_empty());
                if let (Some(object), Some(ReplyPath::Body(steps))) = (object, path)
                    && let Some(PathStep::Member(name)) = steps.first()
                    && object.field(name).is_none()
                {
                    let known: Vec<&str> = object.fields.iter().map(|field| field.name.as_str()).collect();
                    self.unknown("members", &format!("member of `{ty}`"), name, value.origin.key(word), &known);
                }
            }
        } else {
            let message = format!("`{}` is chosen from `{}`, which gives no records", value.name, api.name);
            self.report(Diagnostic::error(Code::Incomplete, value.origin.key("discover"), message));
        }
        if let Some(circle) = circle_of(connector, value) {
            let message = format!("`{}` is needed to find out `{}`: {}", value.name, value.name, circle.join(" → "));
            let fault = Diagnostic::error(Code::Incomplete, value.origin.key("discover"), message);
            self.report(fault.help(format!("say `without: [{}]` in an API that can do without it", value.name)));
        }
    }
}

/// The APIs that an API names, and where.
pub(super) fn references_of(api: &Api) -> Vec<(String, Origin)> {
    let mut wanted = Vec::new();
    if let Some(incremental) = &api.incremental {
        wanted.extend(incremental.through.clone().map(|name| (name, incremental.origin.key("through"))));
    }
    wanted.extend(api.above.iter().map(|above| (above.api.clone(), above.origin.key("api"))));
    if let Some(job) = &api.job {
        wanted.push((job.poll.clone(), job.origin.key("poll")));
        wanted.extend(job.fetch.clone().map(|name| (name, job.origin.key("fetch"))));
    }
    wanted
}

/// The way from a value over the APIs that list choices, and the values that these need, back to itself.
fn circle_of(connector: &Connector, value: &ConnectionValue) -> Option<Vec<String>> {
    let mut ways = vec![vec![value.name.clone()]];
    let mut seen: Vec<&str> = Vec::new();
    while let Some(way) = ways.pop() {
        let last = way.last().and_then(|name| connector.connection.get(name));
        let Some(api) = last.and_then(|value| connector.api(value.discover.as_ref()?)) else { continue };
        for needed in &api.connection {
            let longer: Vec<String> = way.iter().chain([&api.name, needed]).cloned().collect();
            if *needed == value.name {
                return Some(longer);
            }
            if !seen.contains(&needed.as_str()) {
                seen.push(needed);
                ways.push(longer);
            }
        }
    }
    None
}
