//! Every API of every connector, called with its sample arguments, answers as the connector declares.

use std::path::Path;

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName};
use reqwest::multipart::{Form, Part};
use serde_json::{Map, Value, json};
use zoho_connector::connector::{ListStyle, WHOLE_BODY};
use zoho_connector::sample::{SAMPLE_FILE, Sample, sample};
use zoho_connector::template::{HostVariable, Part as TemplatePart};
use zoho_connector::time_format::{TimeFormat, TimePart};
use zoho_connector::{
    Api, Carrier, Connector, DataCenters, Envelope, Location, Parameter, ReplyPath, Returns, Site, Type,
};
use zoho_sandbox::SandboxConfig;

use crate::support::{Local, Said, connectors, encoded};

/// The names of the connectors in the repository.
fn names() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../connectors");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let connectors = entries.filter(|path| {
        path.join("connector.yaml").is_file() || path.extension().is_some_and(|ending| ending == "yaml")
    });
    connectors.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

/// A path with a value for each name in it: the id of the first record of the list that it leads through, or else what
/// the sandbox says leads to a record; and whether some id is made up, where there is none.
async fn path_of(
    local: &Local,
    connector: &Connector,
    api: &Api,
    (host, base): (&str, &str),
    leads: &Value,
) -> (String, bool) {
    let arguments = sample(connector, api);
    let (mut path, mut made_up) = (String::new(), false);
    for part in &api.path.parts {
        match part {
            TemplatePart::Literal(text) => path.push_str(text),
            TemplatePart::Value(name) => {
                let is_id = api.parameters.iter().any(|parameter| {
                    parameter.is_at(Location::Path) && parameter.name == *name && parameter.ty == Type::Id
                });
                let chosen = local.sandbox.connection_value(&connector.name, name);
                let given = match arguments.get(name) {
                    Some(Sample::Value(Value::String(text))) => text.clone(),
                    _ => "Leads".to_owned(),
                };
                let first = if is_id {
                    first_id(local, host, &format!("{base}{}", path.trim_end_matches('/')), name).await
                } else {
                    None
                };
                // What an example says must lead somewhere by itself.
                let is_told = api.example.as_ref().is_some_and(|example| {
                    let is_text = |parameter: &Parameter| parameter.ty == Type::String;
                    example.contains_key(name) && api.parameter(name).is_some_and(is_text)
                });
                let led = leads[name].as_str().map(str::to_owned).filter(|_| !is_told);
                made_up |= is_id && first.is_none() && led.is_none();
                path.push_str(&chosen.or(first).or(led).unwrap_or(given));
            }
            TemplatePart::Host(_) => {}
        }
    }
    (path, made_up)
}

async fn first_id(local: &Local, host: &str, list: &str, name: &str) -> Option<String> {
    let with_fields = format!("{list}?fields=id");
    let said = local.get(host, list).await;
    let said = if said.status == 200 { said } else { local.get(host, &with_fields).await };
    if said.status != 200 {
        return None;
    }
    let body: Value = serde_json::from_slice(&said.bytes).ok()?;
    let first = body.as_object()?.values().find_map(Value::as_array)?.first()?;
    first.get(name).or_else(|| first.get("id"))?.as_str().map(str::to_owned)
}

/// The arguments of an API that the sandbox says lead to records.
async fn leads_of(local: &Local, connector: &Connector, api: &Api) -> Value {
    let path = format!("arguments/{}/{}", connector.name, api.name);
    local.control(Method::GET, &path, &json!(null)).await.json()[&api.name].take()
}

/// The argument that names the records which an effect happens to, where it is one of ids beside the path.
fn names_records(api: &Api, parameter: &Parameter) -> bool {
    let place = api.effect.as_ref().and_then(|effect| effect.ids.as_ref()).filter(|place| place.inner.is_empty());
    let is_there = |site: &Site| place.is_some_and(|place| place.location == site.location && place.name == site.wire);
    !parameter.is_at(Location::Path) && parameter.sites.iter().any(is_there)
}

/// Where a base is in the United States.
fn place(local: &Local, connector: &Connector, api: &Api) -> (String, String) {
    let center = DataCenters::built_in().get("us").unwrap();
    let url = connector.bases[&api.base].url_for("us").render(|part| {
        Ok::<_, ()>(match part {
            TemplatePart::Literal(text) => text.clone(),
            TemplatePart::Host(HostVariable::Zoho) => center.zoho.clone(),
            TemplatePart::Host(HostVariable::Api) => center.gateway_host(Default::default()),
            TemplatePart::Host(HostVariable::ZohoApis) => center.zohoapis.clone(),
            TemplatePart::Host(HostVariable::Tld) => center.tld().to_owned(),
            TemplatePart::Value(name) => local.sandbox.connection_value(&connector.name, name).unwrap_or_default(),
        })
    });
    let url = url::Url::parse(&url.unwrap()).unwrap();
    (url.host_str().unwrap().to_owned(), url.path().trim_end_matches('/').to_owned())
}

fn wrapped(envelope: &Envelope, body: &Value) -> Value {
    match envelope {
        Envelope::Body => body.clone(),
        Envelope::Constant(value) => value.clone(),
        Envelope::Object(members) => {
            members.iter().map(|(name, member)| (name.clone(), wrapped(member, body))).collect::<Map<_, _>>().into()
        }
        Envelope::List(items) => items.iter().map(|item| wrapped(item, body)).collect(),
    }
}

/// A value as it stands in a query or a form, lists in the service's style.
fn plain(lists: ListStyle, value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if lists != ListStyle::Json && items.iter().all(|item| !item.is_object()) => {
            items.iter().map(|item| plain(lists, item)).collect::<Vec<_>>().join(",")
        }
        other => other.to_string(),
    }
}

/// A sample with its times as the service spells them.
fn spelled(connector: &Connector, ty: &Type, value: Value) -> Value {
    match (ty, value) {
        (Type::List { item, .. }, Value::Array(items)) => {
            items.into_iter().map(|entry| spelled(connector, item, entry)).collect()
        }
        (ty, Value::Object(members)) => {
            let object = connector.object(ty);
            let member = |(name, value): (String, Value)| {
                let field = object.and_then(|object| object.field(&name));
                let value = field.map_or(value.clone(), |field| spelled(connector, &field.ty, value));
                (name, value)
            };
            members.into_iter().map(member).collect::<Map<_, _>>().into()
        }
        (ty, value) => {
            let sample = value == "2026-01-31T10:00:00Z" || value == "2026-01-31";
            connector.spelling(ty).filter(|_| sample).map_or(value, spelling)
        }
    }
}

fn spelling(format: &TimeFormat) -> Value {
    let parts = match format {
        TimeFormat::EpochMs => return 1_769_853_600_000_u64.into(),
        TimeFormat::Pattern { parts, .. } => parts,
    };
    parts.iter().map(part_text).collect::<String>().into()
}

fn part_text(part: &TimePart) -> &str {
    match part {
        TimePart::Literal(text) => text,
        TimePart::Year => "2026",
        TimePart::Month => "01",
        TimePart::MonthName => "Jan",
        TimePart::Day => "31",
        TimePart::Hour | TimePart::Hour12 => "10",
        TimePart::AmPm => "AM",
        TimePart::Minute | TimePart::Second => "00",
        TimePart::Millisecond => "000",
        TimePart::Offset => "+00:00",
        TimePart::OffsetBare => "+0000",
    }
}

async fn call(local: &Local, connector: &Connector, api: &Api) -> (Said, bool) {
    let (host, base) = place(local, connector, api);
    let leads = leads_of(local, connector, api).await;
    let (path, mut made_up) = path_of(local, connector, api, (&host, &base), &leads).await;
    // What is named within something else is the example's own.
    made_up |= api.effect.as_ref().is_some_and(|effect| {
        effect.from.is_some() || effect.ids.as_ref().is_some_and(|place| !place.inner.is_empty())
    });
    let (mut query, mut form, mut files, mut body) = (Vec::new(), Vec::new(), Vec::new(), Map::new());
    let mut headers = Vec::new();
    let mut whole = Value::Null;
    for (name, value) in sample(connector, api) {
        let parameter = api.parameter(&name).unwrap();
        let value = match value {
            Sample::Value(value) => Sample::Value(spelled(connector, &parameter.ty, value)),
            file => file,
        };
        let led = leads.get(&name).filter(|_| names_records(api, parameter));
        made_up |= names_records(api, parameter) && led.is_none();
        let value = led.map_or(value, |led| Sample::Value(led.clone()));
        for site in &parameter.sites {
            match (&value, site.location) {
                (Sample::File, _) => files.push(site.wire.clone()),
                (Sample::Value(value), Location::Query) => {
                    query.push((site.wire.clone(), plain(connector.lists, value)));
                }
                (Sample::Value(value), Location::Form) => form.push((site.wire.clone(), plain(connector.lists, value))),
                (Sample::Value(value), Location::Header) => {
                    headers.push((site.wire.clone(), plain(connector.lists, value)));
                }
                (Sample::Value(value), Location::Body) if name == WHOLE_BODY => whole = value.clone(),
                (Sample::Value(value), Location::Body) => drop(body.insert(site.wire.clone(), value.clone())),
                _ => {}
            }
        }
    }
    for constant in &api.constants {
        let (wire, text) = (constant.site.wire.clone(), plain(connector.lists, &constant.value));
        match constant.site.location {
            Location::Query => query.push((wire, text)),
            Location::Form => form.push((wire, text)),
            Location::Header => headers.push((wire, text)),
            Location::Body => drop(body.insert(wire, constant.value.clone())),
            Location::Path => {}
        }
    }
    for name in &api.connection {
        let Some(site) = connector.connection[name].site.clone() else { continue };
        let value = local.sandbox.connection_value(&connector.name, name).unwrap();
        match site.location {
            Location::Query => query.push((site.wire, value)),
            Location::Header => headers.push((site.wire, value)),
            _ => {}
        }
    }
    let body = if whole.is_null() { Value::Object(body) } else { whole };
    let mut json_body = None;
    match api.body.as_ref().map(|body| &body.carrier) {
        Some(Carrier::Body(envelope)) => json_body = Some(wrapped(envelope, &body)),
        Some(Carrier::Field(site, envelope)) => {
            let pairs = if site.location == Location::Form { &mut form } else { &mut query };
            pairs.push((site.wire.clone(), wrapped(envelope, &body).to_string()));
        }
        None => {}
    }
    let mut signature = HeaderMap::new();
    if let Some(key) = api.auth.key() {
        let value = key.value(local.sandbox.api_key(&connector.name).unwrap());
        match key.site.location {
            Location::Query => query.push((key.site.wire.clone(), value)),
            _ => drop(
                signature.insert(HeaderName::from_bytes(key.site.wire.as_bytes()).unwrap(), value.parse().unwrap()),
            ),
        }
    }
    let pairs: Vec<(&str, &str)> = query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let target = format!("{base}{path}?{}", encoded(&pairs));
    let mut request = local.request(Method::from_bytes(api.verb.as_str().as_bytes()).unwrap(), &host, &target);
    // In the place of the token.
    request = request.headers(signature);
    let typed = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    for (name, text) in headers {
        request = request.header(name, text);
    }
    if let Some(json) = json_body {
        let request_typed = if typed { request } else { request.header("content-type", "application/json") };
        request = request_typed.body(json.to_string());
    } else if !files.is_empty() || api.multipart {
        let texts = form.into_iter().fold(Form::new(), |form, (name, value)| form.text(name, value));
        let file = || Part::bytes(SAMPLE_FILE.1.as_bytes()).file_name(SAMPLE_FILE.0);
        request = request.multipart(files.into_iter().fold(texts, |form, name| form.part(name, file())));
    } else if !form.is_empty() {
        let pairs: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        request = request.header("content-type", "application/x-www-form-urlencoded").body(encoded(&pairs));
    }
    (local.send(request).await, made_up)
}

fn has(body: &Value, path: Option<&ReplyPath>) -> bool {
    let text = path.map_or(".".to_owned(), ToString::to_string);
    let pointer = if text == "." { String::new() } else { format!("/{}", text.replace('.', "/")) };
    body.pointer(&pointer).is_some_and(|value| !value.is_null())
}

/// What is wrong with a reply, as the connector declares it. An id that is made up may not be there.
fn fault(api: &Api, said: &Said, made_up: bool) -> Option<String> {
    let shown = format!("{} {}", said.status, String::from_utf8_lossy(&said.bytes[..said.bytes.len().min(300)]));
    let rules = &api.responses;
    // Some services say with 200 or 401 that there is nothing of that id.
    let is_missing = made_up && shown.contains("There is no ");
    match said.status {
        404 | 400 if made_up => return None,
        _ if is_missing => return None,
        status if api.is_list() && rules.empty.iter().any(|empty| empty.http() == Some(status)) => return None,
        204 if matches!(api.returns, Returns::Nothing | Returns::Many(_)) => return None,
        200 => {}
        _ => return Some(shown),
    }
    let body: Value = serde_json::from_slice(&said.bytes).unwrap_or_default();
    let good = match (&rules.outcomes, &api.returns) {
        (Some(outcomes), _) => has(&body, Some(&outcomes.at)),
        (None, Returns::Many(_)) => has(&body, rules.records.first()),
        (None, Returns::One(_)) => has(&body, rules.record.as_ref()),
        (None, Returns::File) => !said.bytes.is_empty() && body.is_null(),
        (None, Returns::Nothing) => true,
    };
    (!good).then_some(shown)
}

#[tokio::test]
async fn every_api_answers_as_its_connector_declares() {
    let names = names();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let all = connectors(&names);
    let local = Local::with(SandboxConfig { connectors: all.clone(), ..SandboxConfig::default() }).await;
    let mut faults = Vec::new();
    let mut called = 0;
    for connector in &all {
        for api in connector.apis.values() {
            let (said, made_up) = call(&local, connector, api).await;
            called += 1;
            let fault = fault(api, &said, made_up);
            faults.extend(fault.map(|fault| format!("{} {}: {fault}", connector.name, api.name)));
        }
    }
    assert!(called > 50, "{called} APIs");
    assert_eq!(faults, Vec::<String>::new());
    let log = local.control(Method::GET, "requests", &json!(null)).await.json();
    assert!(log.as_array().unwrap().iter().all(|entry| entry["status"].as_u64().unwrap() < 500));
}
