//! A resolved connector as a text that people can review: a line for each fact, none for what is absent.

use std::collections::BTreeMap;
use std::fmt::Write;

use zoho_connector::condition::{Condition, Expected, Subject, Test};
use zoho_connector::connector::ListStyle;
use zoho_connector::jobs::{Above, Contains, Effect, Incremental, Job};
use zoho_connector::limits::RateLimit;
use zoho_connector::pagination::{Beyond, PageKind, PageStop};
use zoho_connector::responses::{ErrorShape, Outcomes, RecordForm};
use zoho_connector::{
    Api, Auth, Body, Carrier, ConnectionValue, Connector, Envelope, Pagination, Parameter, Regions, ReplyPath,
    ResponseRules, Returns, Site,
};

/// The whole connector. How replies are judged is said once; an API has only the lines that differ.
pub(crate) fn connector(connector: &Connector) -> String {
    let usual = usual_rules(connector);
    let mut text = head(connector);
    text.push_str("\nreplies, unless an API says otherwise\n");
    usual.iter().for_each(|line| writeln!(text, "  {line}").unwrap());
    for (name, object) in &connector.types {
        let key = object.key().map_or_else(String::new, |key| format!(", told apart by {}", key.name));
        writeln!(text, "\ntype {name}{key}").unwrap();
        object.fields.iter().for_each(|field| writeln!(text, "  {field}").unwrap());
    }
    for shown in connector.apis.values() {
        text.push('\n');
        text.push_str(&api(connector, shown, &usual));
    }
    text
}

fn head(connector: &Connector) -> String {
    let mut lines = vec![format!("{}: {}", connector.name, connector.title)];
    lines.extend(connector.summary.iter().cloned());
    lines.extend(connector.docs.iter().cloned());
    for (name, base) in &connector.bases {
        lines.push(format!("base {}{}", if name.is_empty() { String::new() } else { format!("{name} ") }, base.url));
        lines.extend(base.by_data_center.iter().map(|(id, url)| format!("  in {id} {url}")));
    }
    lines.extend(regions(&connector.regions));
    lines.extend(
        connector.environments.iter().map(|environment| format!("environment {}", environment.gateway_label())),
    );
    lines.push(format!("scopes of {}", connector.scope_prefixes.join(", ")));
    lines.extend((connector.auth != Auth::OAuth).then(|| format!("signed with {}", connector.auth)));
    lines.extend(connector.date_format.as_ref().map(|format| format!("dates {format}")));
    lines.extend(connector.time_format.as_ref().map(|format| format!("times {format}")));
    lines.push(format!("lists {}", lists(connector.lists)));
    lines.extend(connector.connection.values().map(connection_value));
    lines.extend(connector.rate_limits.values().map(rate_limit));
    lines.join("\n") + "\n"
}

fn regions(regions: &Regions) -> Option<String> {
    match regions {
        Regions::All => None,
        Regions::Not(list) => Some(format!("not in {}", list.join(", "))),
        Regions::Only(list) => Some(format!("only in {}", list.join(", "))),
    }
}

fn lists(style: ListStyle) -> &'static str {
    match style {
        ListStyle::Comma => "with commas",
        ListStyle::Json => "as JSON",
        ListStyle::Repeat => "repeated",
    }
}

fn connection_value(value: &ConnectionValue) -> String {
    let mut text = format!("connection {}: {}", value.name, value.ty);
    text +=
        &value.site.as_ref().map_or_else(|| ", sent nowhere".to_owned(), |site| format!(", sent as {}", place(site)));
    if let Some(api) = &value.discover {
        text += &format!(", chosen from {api} by {}", value.value.as_ref().unwrap());
        text += &value.label.as_ref().map_or_else(String::new, |label| format!(", known by {label}"));
    }
    text += &value.default.as_ref().map_or_else(String::new, |default| format!(", {default} unless chosen"));
    text += &value.note.as_ref().map_or_else(String::new, |note| format!(" ({note})"));
    text + if value.asked { ", only when asked for" } else { "" }
}

fn rate_limit(limit: &RateLimit) -> String {
    let mut text = format!("limit {}: per {}", limit.name, limit.per.join(" and "));
    text += &limit.concurrent.map_or_else(String::new, |(low, high)| format!(", {low} to {high} at once"));
    text += &limit.max.map_or_else(String::new, |max| format!(", at most {max}"));
    text += &format!(" {}", limit.unit.as_deref().unwrap_or("calls"));
    text += &limit.window.map_or_else(String::new, |window| format!(", in {window} s"));
    text += &limit.lock.map_or_else(String::new, |lock| format!(", then shut out for {lock} s"));
    text + &limit.remaining.as_ref().map_or_else(String::new, |header| format!(", rest in {header}"))
}

fn place(site: &Site) -> String {
    format!("{} {}", site.location, if site.wire.is_empty() { "itself" } else { &site.wire })
}

fn api(connector: &Connector, api: &Api, usual: &[String]) -> String {
    let mut lines = Vec::new();
    lines.extend((api.auth != connector.auth).then(|| format!("signed with {}", api.auth)));
    lines.push(scopes(api));
    lines.extend(api.parameters.iter().map(|parameter| parameter_line(connector, parameter)));
    lines
        .extend(api.constants.iter().map(|constant| format!("{} is always {}", place(&constant.site), constant.value)));
    lines.extend(api.body.as_ref().and_then(body));
    lines.extend(api.multipart.then(|| "form is multipart".to_owned()));
    lines.extend(api.need.iter().map(|group| format!("needs {}", group.join(" or "))));
    lines.extend(api.connection.iter().map(|name| format!("with {name}")));
    lines.extend(returns(&api.returns));
    lines.extend(api.contains.as_ref().map(contains));
    lines.extend(api.above.as_ref().map(above));
    lines.extend(api.paginate.as_ref().map(pagination));
    lines.extend(api.batch.as_ref().map(|list| format!("split over {list}")));
    lines.extend(rules(&api.responses).into_iter().filter(|line| !usual.contains(line)));
    lines.extend(usual.iter().filter(|line| !rules(&api.responses).contains(line)).map(|line| format!("not: {line}")));
    lines.extend(api.incremental.as_ref().map(incremental));
    lines.extend(api.job.as_ref().map(job));
    lines.extend(api.effect.as_ref().map(effect));
    lines.extend(regions(&api.regions));
    lines.extend(api.rate.as_ref().map(|rate| format!("counts to {rate}")));
    lines.extend(zoho_connector::describe::cost(connector, api).map(|cost| format!("costs {cost}")));
    lines.extend((api.idempotent != api.verb.is_idempotent()).then(|| format!("may be repeated: {}", api.idempotent)));
    lines.extend(api.destructive.then(|| "destroys".to_owned()));
    let base = if api.base.is_empty() { String::new() } else { format!("{}: ", api.base) };
    let body: String = lines.iter().map(|line| format!("  {line}\n")).collect();
    format!("{}\n  {} {base}{}\n{body}", api.name, api.verb, api.path)
}

fn scopes(api: &Api) -> String {
    let choice = |choice: &Vec<zoho_connector::Scope>| {
        choice.iter().map(zoho_connector::Scope::as_str).collect::<Vec<_>>().join(" or ")
    };
    match &api.scopes {
        None => "scopes unknown".to_owned(),
        Some(scopes) if scopes.is_empty() => "no scopes".to_owned(),
        Some(scopes) => format!("scopes {}", scopes.iter().map(choice).collect::<Vec<_>>().join(" and ")),
    }
}

fn parameter_line(connector: &Connector, parameter: &Parameter) -> String {
    let sites: Vec<String> = parameter.sites.iter().map(place).collect();
    let mark = if parameter.required { "!" } else { "" };
    let spelling = connector.spelling(&parameter.ty).map_or_else(String::new, |format| format!(" spelt {format}"));
    let default = parameter.default.as_ref().map_or_else(String::new, |value| format!(" = {value}"));
    let name = if parameter.sites.iter().all(|site| site.wire == parameter.name) { "" } else { &parameter.name };
    let called = if name.is_empty() { String::new() } else { format!(" called {name}") };
    format!("{}{mark}{called}: {}{default}{spelling}", sites.join(" and "), parameter.ty)
}

fn body(body: &Body) -> Option<String> {
    match &body.carrier {
        Carrier::Body(Envelope::Body) => None,
        Carrier::Body(around) => Some(format!("body goes as {}", envelope(around))),
        Carrier::Field(site, around) => Some(format!("body goes into {} as {}", place(site), envelope(around))),
    }
}

fn envelope(around: &Envelope) -> String {
    match around {
        Envelope::Body => "body".to_owned(),
        Envelope::Constant(value) => value.to_string(),
        Envelope::List(items) => format!("[{}]", items.iter().map(envelope).collect::<Vec<_>>().join(", ")),
        Envelope::Object(members) => {
            let members: Vec<String> =
                members.iter().map(|(key, around)| format!("{key}: {}", envelope(around))).collect();
            format!("{{ {} }}", members.join(", "))
        }
    }
}

fn returns(returns: &Returns) -> Option<String> {
    match returns {
        Returns::Nothing => None,
        Returns::One(ty) => Some(format!("returns {ty}")),
        Returns::Many(ty) => Some(format!("returns [{ty}]")),
        Returns::File => Some("returns file".to_owned()),
    }
}

fn contains(contains: &Contains) -> String {
    format!("the file contains {} of {}", contains.form.as_str(), contains.ty)
}

fn above(above: &Above) -> String {
    let arguments: Vec<String> = above.arguments.iter().map(|(theirs, mine)| format!("{theirs} from {mine}")).collect();
    let mut text = format!("larger files go by {} with {}", above.api, arguments.join(", "));
    text += &above.name.as_ref().map_or_else(String::new, |name| format!(", {name} the file's name"));
    text + &above.unique.as_ref().map_or_else(String::new, |name| format!(", {name} used once"))
}

fn outcomes(outcomes: &Outcomes) -> Vec<String> {
    let mut lines = vec![format!("outcomes at {}, success when {}", outcomes.at, conditions(&outcomes.success))];
    lines.extend(outcomes.record.as_ref().map(|path| format!("outcome's record at {path}")));
    lines.extend(outcomes.id.as_ref().map(|path| format!("outcome's id at {path}")));
    let words = [("created", &outcomes.created), ("updated", &outcomes.updated), ("unchanged", &outcomes.unchanged)];
    let said = words.into_iter().filter(|(_, when)| !when.is_empty());
    lines.extend(said.map(|(word, when)| format!("outcome is {word} when {}", conditions(when))));
    lines.extend(error("outcome's", &outcomes.error));
    lines
}

fn pagination(style: &Pagination) -> String {
    let mut text = match &style.kind {
        PageKind::Page { at, first } => format!("pages by number at {at} from {first}"),
        PageKind::Offset { at, first } => format!("pages by offset at {at} from {first}"),
        PageKind::Cursor { at, next } => format!("pages by token at {at}, next at {next}"),
        PageKind::Link { next } => format!("pages by link at {next}"),
    };
    text = format!("{text} ({})", style.style);
    text += &style.limit.as_ref().map_or_else(String::new, |limit| format!(", size at {limit}"));
    text += &style.min.map_or_else(String::new, |min| format!(", at least {min}"));
    text += &style.max.map_or_else(String::new, |max| format!(", at most {max}"));
    text += &if style.sizes.is_empty() { String::new() } else { format!(", of {:?}", style.sizes) };
    text += &style.append.as_ref().map_or_else(String::new, |append| format!(", appended as `{append}`"));
    text += &style.stop.more.as_ref().map_or_else(String::new, |more| format!(", while {more}"));
    text += &style.stop.total.as_ref().map_or_else(String::new, |total| format!(", up to {total}"));
    text += match style.stop.page {
        Some(PageStop::Short) => ", until a short page",
        Some(PageStop::Empty) => ", until an empty page",
        None => "",
    };
    text += &style.ceiling.map_or_else(String::new, |ceiling| format!(", no further than {ceiling}"));
    text + &match &style.beyond {
        Some(Beyond::Incremental) => ", then by windows of time".to_owned(),
        Some(Beyond::Style(next)) => format!("; then {}", pagination(next)),
        None => String::new(),
    }
}

fn incremental(incremental: &Incremental) -> String {
    let mut text = format!("changes by {}", incremental.field);
    text += &incremental.send.as_ref().map_or_else(String::new, |send| format!(", sent at {send}"));
    text += &incremental.pattern.as_ref().map_or_else(String::new, |pattern| format!(" as `{pattern}`"));
    text += &incremental.overlap.map_or_else(String::new, |overlap| format!(", reaching back {overlap} s"));
    text += &incremental.through.as_ref().map_or_else(String::new, |api| format!(", through {api}"));
    let order: Vec<String> = incremental.order.iter().map(|(place, value)| format!("{place}: {value}")).collect();
    if order.is_empty() { text } else { format!("{text}, in order by {}", order.join(", ")) }
}

fn job(job: &Job) -> String {
    let mut text = format!("job {} polled by {}, done when {}", job.id, job.poll, conditions(&job.done));
    text += &if job.failed.is_empty() { String::new() } else { format!(", failed when {}", conditions(&job.failed)) };
    text +=
        &if job.pending.is_empty() { String::new() } else { format!(", going on when {}", conditions(&job.pending)) };
    text += &job.fetch.as_ref().map_or_else(String::new, |api| format!(", fetched by {api}"));
    text += &job.url.as_ref().map_or_else(String::new, |url| format!(", at {url}"));
    text += &job.contains.as_ref().map_or_else(String::new, |file| format!(", {}", contains(file)));
    text += &job
        .outcomes
        .as_ref()
        .map_or_else(String::new, |rows| format!(", whose rows have {}", outcomes(rows).join(", ")));
    text + &job.next.as_ref().map_or_else(String::new, |(place, path)| format!(", going on with {path} at {place}"))
}

fn effect(effect: &Effect) -> String {
    let mut text = format!("does {} {}", format!("{:?}", effect.action).to_lowercase(), effect.of);
    text += &effect.ids.as_ref().map_or_else(String::new, |ids| format!(", ids at {ids}"));
    text += &effect.within.as_ref().map_or_else(String::new, |within| format!(", within those at {within}"));
    text += &effect.from.as_ref().map_or_else(String::new, |from| format!(", from the files at {from}"));
    text += &effect.matching.as_ref().map_or_else(String::new, |place| format!(", matched by {place}"));
    text += &effect.like.iter().map(|(member, value)| format!(", where {member} is {value}")).collect::<String>();
    text + &effect.to.iter().map(|(member, value)| format!(", {member} becomes {value}")).collect::<String>()
}

/// The lines that most APIs share.
fn usual_rules(connector: &Connector) -> Vec<String> {
    let mut counts: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for api in connector.apis.values() {
        *counts.entry(rules(&api.responses)).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(lines, _)| lines).unwrap_or_default()
}

fn rules(rules: &ResponseRules) -> Vec<String> {
    let mut lines = Vec::new();
    if !rules.records.is_empty() {
        lines.push(format!("records at {}{}", paths(&rules.records), form(&rules.records_form)));
    }
    lines.extend(rules.record.as_ref().map(|path| format!("record at {path}{}", form(&rules.record_form))));
    lines.extend(rules.success.as_ref().map(|success| format!("success when {}", conditions(success))));
    if !rules.empty.is_empty() {
        lines.push(format!("empty when {}", conditions(&rules.empty)));
    }
    lines.extend(error("error", &rules.error));
    if let Some(outcomes) = &rules.outcomes {
        lines.extend(self::outcomes(outcomes));
    }
    lines.extend(rules.classify.iter().map(|(kind, condition)| format!("{kind} when {}", condition_text(condition))));
    lines.extend(rules.refuses_unknown_parameters.then(|| "unknown parameters are refused".to_owned()));
    lines
}

fn form(form: &RecordForm) -> String {
    match form {
        RecordForm::Plain => String::new(),
        RecordForm::Lifted(member) => format!(", members of {member} lifted"),
        RecordForm::Keyed { key, each } => {
            format!(", keyed by {key}{}", each.map_or_else(String::new, |each| format!(", each at {each}")))
        }
        RecordForm::Columns { columns, key, order } => {
            format!(
                ", in columns by {columns}, keyed by {key}{}",
                order.as_ref().map_or_else(String::new, |order| format!(", in the order of {order}"))
            )
        }
    }
}

fn paths(paths: &[ReplyPath]) -> String {
    paths.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
}

fn error(what: &str, shape: &ErrorShape) -> Vec<String> {
    let parts = [("code", &shape.code), ("message", &shape.message), ("field", &shape.field)];
    let there = parts.into_iter().filter(|(_, at)| !at.is_empty());
    there.map(|(word, at)| format!("{what} {word} at {}", paths(at))).collect()
}

fn conditions(conditions: &[Condition]) -> String {
    conditions.iter().map(condition_text).collect::<Vec<_>>().join(" or ")
}

fn condition_text(condition: &Condition) -> String {
    condition.all.iter().map(test).collect::<Vec<_>>().join(" and ")
}

fn test(test: &Test) -> String {
    let subject = match &test.subject {
        Subject::Http => "http".to_owned(),
        Subject::Code => "code".to_owned(),
        Subject::Path(path) => format!("`{path}`"),
    };
    match &test.expected {
        Expected::Any(values) => format!("{subject} {}", values.join("|")),
        Expected::Not(values) => format!("{subject} not {}", values.join("|")),
        Expected::Present(true) => format!("{subject} present"),
        Expected::Present(false) => format!("{subject} absent"),
    }
}
