//! One API, put together.

use super::parameters::Inputs;
use super::{ReadFile, Resolver, is_api_name};
use crate::connector::{Api, Connector, Location, Returns, Verb, group_of};
use crate::definition::{ApiDefinition, IncrementalDefinition, JobDefinition, TypeExpr};
use crate::diagnostic::{Code, Diagnostic};
use crate::jobs::{Incremental, Job};
use crate::limits::parse_duration;
use crate::pagination::Pagination;
use crate::path::{ReplyPath, RequestPlace};
use crate::scope::{Scope, ScopeChoice, ScopeFault};
use crate::source::{Origin, Route};
use crate::template::Template;
use crate::types::{Type, is_type_name};

impl Resolver<'_> {
    pub(super) fn api(
        &mut self,
        file: &ReadFile,
        name: &str,
        api: &ApiDefinition,
        connector: &Connector,
    ) -> Option<Api> {
        let at = Origin { file: file.id, route: Route::of(["apis", name]) };
        if group_of(name) == "connector" {
            let message = "no group is called `connector`: in a folder, that is the name of the service's file";
            let fault = Diagnostic::error(Code::InvalidName, at.clone(), message).at_key();
            self.report(fault.help("take another word for the group, as in `tickets.list`"));
        } else if !is_api_name(name) {
            let fault =
                Diagnostic::error(Code::InvalidName, at.clone(), format!("`{name}` cannot be the name of an API"));
            self.report(
                fault.at_key().help("a group, a dot and a verb, in lower-case letters, digits and `_`: `tickets.list`"),
            );
        }
        if let Some(first) = connector.apis.get(name) {
            let fault = Diagnostic::error(Code::DefinedTwice, at.clone(), format!("the API `{name}` is defined twice"));
            self.report(fault.at_key().related(first.origin.clone(), "first here"));
            return None;
        }
        let (verb, text) = self.verb(name, api, &at)?;
        let path = self.path(text, &at.key(verb.key()))?;
        self.members_known = self.knows_members(api);
        let mut inputs = self.inputs(file, api, verb, &path, &at);
        self.required(api, &mut inputs.parameters, &at);
        let need = self.need(api, &inputs.parameters, &at);
        let base = self.base_name(api, connector, &at);
        let rate = self.rate_name(api, connector, &at);
        let connection = self.connection_of(api, &path, connector.bases.get(&base).map(|base| &base.url), &at);
        let batch = self.batch(api, &inputs.parameters, &at);
        let (auth, scopes) = self.auth_and_scopes(api, &path, connector, &at);
        Some(Api {
            name: name.to_owned(),
            verb,
            base,
            auth,
            scopes,
            need,
            returns: self.returns(api, &at),
            contains: self.contained(api, &at),
            above: api.above.as_ref().and_then(|above| self.above(above, &inputs.parameters, &at)),
            paginate: self.paging(api, &inputs, &at),
            responses: self.response_rules(api, &at),
            batch,
            connection,
            regions: self.regions(api.regions.as_ref(), at.key("regions")),
            rate,
            cost: self.cost(api, &inputs.parameters, &at),
            effect: api.effect.as_ref().and_then(|effect| self.effect(effect, &at.key("effect"))),
            idempotent: api.idempotent.unwrap_or(verb.is_idempotent()),
            destructive: api.destructive.unwrap_or(false),
            incremental: api.incremental.as_ref().and_then(|words| self.incremental(words, at.key("incremental"))),
            job: api.job.as_ref().and_then(|job| self.job(job, at.key("job"))),
            example: api.example.clone(),
            note: api.note.clone(),
            docs: api.docs.clone(),
            multipart: self.multipart(file, api),
            path,
            parameters: inputs.parameters,
            constants: inputs.constants,
            body: inputs.body,
            origin: at,
        })
    }

    /// Whether all types are there that an API takes members from.
    fn knows_members(&self, api: &ApiDefinition) -> bool {
        let body = match &api.body {
            Some(TypeExpr::Object(object)) => Some(object),
            Some(TypeExpr::Text(name)) if is_type_name(name) && !self.types.contains_key(name) => return false,
            _ => None,
        };
        let objects = [&api.query, &api.headers, &api.form].into_iter().flatten().chain(body);
        objects.flat_map(|object| &object.extends).all(|name| self.types.contains_key(name))
    }

    fn multipart(&self, file: &ReadFile, api: &ApiDefinition) -> bool {
        let inherited = self.defaults_for(file).iter().rev().find_map(|(_, defaults)| defaults.multipart);
        api.form.is_some() && api.multipart.or(inherited).unwrap_or(false)
    }

    fn verb<'d>(&mut self, name: &str, api: &'d ApiDefinition, at: &Origin) -> Option<(Verb, &'d str)> {
        let verbs = [
            (Verb::Get, &api.get),
            (Verb::Post, &api.post),
            (Verb::Put, &api.put),
            (Verb::Patch, &api.patch),
            (Verb::Delete, &api.delete),
        ];
        let given: Vec<(Verb, &str)> =
            verbs.into_iter().filter_map(|(verb, path)| Some((verb, path.as_deref()?))).collect();
        match given.as_slice() {
            [one] => Some(*one),
            [] => {
                let fault = Diagnostic::error(Code::Verb, at.clone(), format!("`{name}` has no verb")).at_key();
                self.report(fault.help("add its verb and path, for example `get: /tickets`"));
                None
            }
            [first, second, ..] => {
                let message = format!("`{name}` has both `{}` and `{}`", first.0.key(), second.0.key());
                let fault = Diagnostic::error(Code::Verb, at.key(second.0.key()), message).at_key();
                self.report(
                    fault
                        .related(at.key(first.0.key()), "the other verb")
                        .help("an API has exactly one; make two APIs of it"),
                );
                None
            }
        }
    }

    fn paging(&mut self, api: &ApiDefinition, inputs: &Inputs, at: &Origin) -> Option<Pagination> {
        let pagination = self.pagination(api.paginate.as_ref()?, at)?;
        self.sent_by_pages(&pagination, inputs);
        if pagination.ends_in_windows() && api.incremental.is_none() {
            let message = format!(
                "past its ceiling the style `{}` goes on by windows of time, and the API has no `incremental`",
                pagination.style
            );
            let fault = Diagnostic::error(Code::Incomplete, at.key("paginate"), message);
            self.report(fault.help("add `incremental: { field: modifiedTime, send: query modifiedTimeRange }`"));
        }
        Some(pagination)
    }

    fn required(&mut self, api: &ApiDefinition, parameters: &mut [crate::Parameter], at: &Origin) {
        for (i, wire) in api.required.iter().flatten().enumerate() {
            match parameters.iter_mut().find(|parameter| parameter.sites.iter().any(|site| site.wire == *wire)) {
                Some(parameter) => parameter.required = true,
                None => {
                    let known: Vec<String> =
                        parameters.iter().map(|parameter| parameter.sites[0].wire.clone()).collect();
                    let known: Vec<&str> = known.iter().map(String::as_str).collect();
                    let origin = at.key("required");
                    let origin = origin.index(i);
                    self.unknown("members", "member or parameter", wire, origin, &known);
                }
            }
        }
    }

    fn need(&mut self, api: &ApiDefinition, parameters: &[crate::Parameter], at: &Origin) -> Vec<Vec<String>> {
        let mut groups = Vec::new();
        for (i, group) in api.need.iter().flatten().enumerate() {
            let mut names = Vec::new();
            for word in group.split('|').map(str::trim) {
                match parameters
                    .iter()
                    .find(|parameter| parameter.name == word || parameter.sites.iter().any(|site| site.wire == word))
                {
                    Some(parameter) => names.push(parameter.name.clone()),
                    None => {
                        let known: Vec<&str> = parameters.iter().map(|parameter| parameter.name.as_str()).collect();
                        let origin = at.key("need");
                        self.unknown("members", "argument", word, origin.index(i), &known);
                    }
                }
            }
            groups.push(names);
        }
        groups
    }

    fn base_name(&mut self, api: &ApiDefinition, connector: &Connector, at: &Origin) -> String {
        let Some(name) = &api.base else { return String::new() };
        if !connector.bases.contains_key(name) {
            let known: Vec<&str> = connector.bases.keys().map(String::as_str).filter(|name| !name.is_empty()).collect();
            self.unknown("bases", "base", name, at.key("base"), &known);
        }
        name.clone()
    }

    fn rate_name(&mut self, api: &ApiDefinition, connector: &Connector, at: &Origin) -> Option<String> {
        let name = api.rate.clone()?;
        if !connector.rate_limits.contains_key(&name) {
            let known: Vec<&str> = connector.rate_limits.keys().map(String::as_str).collect();
            self.unknown("rate_limits", "class of limits", &name, at.key("rate"), &known);
        }
        Some(name)
    }

    /// The values of the connection that go with an API: those that its path or base names, and those that are sent.
    fn connection_of(
        &mut self,
        api: &ApiDefinition,
        path: &Template,
        base: Option<&Template>,
        at: &Origin,
    ) -> Vec<String> {
        for (word, names) in [("with", &api.with), ("without", &api.without)] {
            for (i, name) in names.iter().flatten().enumerate() {
                if !self.connection.contains_key(name) {
                    let known: Vec<String> = self.connection.keys().cloned().collect();
                    let known: Vec<&str> = known.iter().map(String::as_str).collect();
                    let origin = at.key(word);
                    self.unknown("connection", "value of the connection", name, origin.index(i), &known);
                }
            }
        }
        let listed = |names: &Option<Vec<String>>, name: &str| names.iter().flatten().any(|listed| listed == name);
        let wanted = |value: &crate::ConnectionValue| match value.site.as_ref().map(|site| site.location) {
            None => false,
            Some(Location::Path) => {
                path.values().chain(base.into_iter().flat_map(Template::values)).any(|name| name == value.name)
            }
            Some(Location::Body) if api.body.is_none() => false,
            Some(_) if value.asked => listed(&api.with, &value.name),
            Some(_) => !listed(&api.without, &value.name),
        };
        self.connection.values().filter(|value| wanted(value)).map(|value| value.name.clone()).collect()
    }

    fn batch(&mut self, api: &ApiDefinition, parameters: &[crate::Parameter], at: &Origin) -> Option<String> {
        let wire = api.batch.as_ref()?;
        let Some(parameter) = parameters.iter().find(|parameter| parameter.sites.iter().any(|site| site.wire == *wire))
        else {
            let known: Vec<&str> =
                parameters.iter().filter(|p| matches!(p.ty, Type::List { .. })).map(|p| p.name.as_str()).collect();
            self.unknown("members", "list argument", wire, at.key("batch"), &known);
            return None;
        };
        if !matches!(parameter.ty, Type::List { .. }) {
            let message = format!("`{wire}` is a `{}`, and only a list can be split", parameter.ty);
            self.report(Diagnostic::error(Code::InvalidType, at.key("batch"), message));
        }
        Some(parameter.name.clone())
    }

    pub(super) fn scopes(
        &mut self,
        api: &ApiDefinition,
        path: &Template,
        connector: &Connector,
        at: &Origin,
    ) -> Option<Vec<ScopeChoice>> {
        let entries = api.scopes.as_ref()?;
        let mut scopes = Vec::new();
        for (i, entry) in entries.iter().enumerate() {
            let place = at.key("scopes");
            let place = place.index(i);
            let choice = entry
                .split('|')
                .filter_map(|text| self.one_scope(text.trim(), path, connector, &place))
                .collect::<Vec<_>>();
            scopes.extend((!choice.is_empty()).then_some(choice));
        }
        Some(scopes)
    }

    fn one_scope(&mut self, text: &str, path: &Template, connector: &Connector, at: &Origin) -> Option<Scope> {
        let scope = match Scope::parse(text, &connector.scope_prefixes) {
            Ok(scope) => scope,
            Err(_) if self.left_out.has("scope_prefix", "*") => return None,
            Err(fault) => {
                let (message, help) = match fault {
                    ScopeFault::Malformed => (
                        format!("`{text}` is not a scope"),
                        "a scope is an area and an operation: `tickets.READ`".to_owned(),
                    ),
                    ScopeFault::ForeignPrefix(_) if connector.scope_prefixes.is_empty() => (
                        "the connector names no `scope_prefix`".to_owned(),
                        "add `scope_prefix: [Desk]` to the service".to_owned(),
                    ),
                    ScopeFault::ForeignPrefix(prefix) => (
                        format!("`{text}` is a scope of `{prefix}`, which the connector does not name"),
                        format!("add `{prefix}` to `scope_prefix`: [{}]", connector.scope_prefixes.join(", ")),
                    ),
                };
                self.report(Diagnostic::error(Code::Scope, at.clone(), message).help(help));
                return None;
            }
        };
        for name in scope.variables() {
            if !path.values().any(|value| value == name) {
                let message = format!("the scope names `{{{name}}}`, and the path has no such parameter");
                self.faults.push(Diagnostic::error(Code::UnknownVariable, at.clone(), message));
            }
        }
        Some(scope)
    }

    fn returns(&mut self, api: &ApiDefinition, at: &Origin) -> Returns {
        let Some(expr) = &api.returns else { return Returns::Nothing };
        let place = at.key("returns");
        let ty = self.ty(expr, &place);
        self.known_type(expr, &place);
        match ty {
            Type::File { .. } => Returns::File,
            Type::List { item, .. } => Returns::Many(*item),
            ty => Returns::One(ty),
        }
    }

    fn incremental(&mut self, words: &IncrementalDefinition, origin: Origin) -> Option<Incremental> {
        let field = self.reply_path(Some(&words.field), &origin, "field");
        let overlap = words
            .overlap
            .as_deref()
            .map(parse_duration)
            .and_then(|overlap| self.unreadable(&origin.key("overlap"), overlap));
        if words.send.is_none() == words.through.is_none() {
            let fault = Diagnostic::error(
                Code::Incomplete,
                origin.clone(),
                "an incremental read says either where the time is sent or which API does it",
            );
            self.report(fault.help("add `send: query modifiedTimeRange`, or `through: tickets.search`"));
        }
        let send = self.place(words.send.as_deref(), &origin, "send");
        let mut order = Vec::new();
        for (place, value) in words.order.iter().flatten() {
            order.extend(self.place(Some(place), &origin.key("order"), place).map(|place| (place, value.clone())));
        }
        Some(Incremental {
            field: field?,
            send,
            pattern: words.r#as.clone(),
            overlap,
            through: words.through.clone(),
            order,
            origin,
        })
    }

    /// A job gives a result in one way, or none; without one nothing is in it.
    fn result_of_job(&mut self, job: &JobDefinition, origin: &Origin) {
        if job.fetch.is_some() && job.url.is_some() {
            let message = "a job says either the API that gives its result or where the result's address is";
            let fault = Diagnostic::error(Code::Incomplete, origin.clone(), message);
            self.report(fault.help("leave out `fetch` or `url`"));
        }
        let about =
            [("contains", job.contains.is_some()), ("outcomes", job.outcomes.is_some()), ("next", job.next.is_some())];
        for (word, _) in about.into_iter().filter(|(_, is_there)| *is_there) {
            if job.fetch.is_none() && job.url.is_none() {
                let message = format!("`{word}` is about the result of a job, and this job has none");
                let fault = Diagnostic::error(Code::Incomplete, origin.key(word), message);
                self.report(fault.at_key().help("add `fetch: bulk_read.result`, or `url: result.download_url`"));
            }
        }
    }

    fn job(&mut self, job: &JobDefinition, origin: Origin) -> Option<Job> {
        let id = self.reply_path(Some(&job.id), &origin, "id");
        self.result_of_job(job, &origin);
        let done = self.conditions(&job.done, &origin.key("done"));
        let failed =
            job.failed.as_ref().map(|failed| self.conditions(failed, &origin.key("failed"))).unwrap_or_default();
        let pending =
            job.pending.as_ref().map(|pending| self.conditions(pending, &origin.key("pending"))).unwrap_or_default();
        let next = job.next.iter().flatten().next().and_then(|(place, path)| {
            let next = RequestPlace::parse(place).and_then(|place| Ok((place, ReplyPath::parse(path)?)));
            self.unreadable(&origin.key("next"), next)
        });
        let url = self.reply_path(job.url.as_deref(), &origin, "url");
        let contains = job.contains.as_ref().and_then(|words| self.contains(words, &origin.key("contains")));
        let outcomes = job.outcomes.as_ref().and_then(|words| self.outcomes_of_rows(words, &origin.key("outcomes")));
        Some(Job {
            id: id?,
            poll: job.poll.clone(),
            done,
            failed,
            pending,
            fetch: job.fetch.clone(),
            url,
            next,
            contains,
            outcomes,
            origin,
        })
    }
}
