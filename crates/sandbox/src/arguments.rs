//! What a call gives to its API, taken apart and checked as the service would.

pub(crate) mod check;
mod envelope;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use envelope::open;
use serde_json::{Map, Value};
use zoho_connector::connector::{ListStyle, WHOLE_BODY};
use zoho_connector::pagination::Beyond;
use zoho_connector::{Api, Carrier, FailureKind, Location, Pagination, Parameter, RequestPlace, Type};

use crate::message::{Incoming, Upload, first_of_each};
use crate::refusal::Refusal;
use crate::reply_path::text_of;
use crate::service::Call;

/// What a call gives to its API.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    /// The values by their names on the wire, of all places; those of a body that is one argument under `body`.
    pub(crate) values: Map<String, Value>,
    /// The declared body, out of its envelope.
    pub(crate) body: Value,
    /// The files, with the names of their parts.
    pub(crate) files: Vec<(String, Upload)>,
    query: BTreeMap<String, String>,
    form: BTreeMap<String, String>,
    /// The JSON of the request's body, in its envelope.
    json: Value,
}

impl Arguments {
    /// Takes a request apart and checks it.
    pub(crate) fn read(call: &Call<'_>) -> Result<Self, Refusal> {
        if let Some(fault) = &call.request.form.fault {
            return Err(Refusal::new(FailureKind::Invalid, fault.clone()));
        }
        let mut arguments = Self {
            query: first_of_each(call.request.query_pairs().into_iter()),
            form: first_of_each(call.request.form.pairs.iter().cloned()),
            files: call.request.form.files.clone(),
            ..Self::default()
        };
        arguments.refuse_unknown(call)?;
        arguments.read_body(call)?;
        for parameter in &call.api.parameters {
            arguments.read_parameter(call, parameter)?;
        }
        arguments.check_constants(call)?;
        arguments.check_need(call.api)?;
        Ok(arguments)
    }

    /// A value by its name on the wire.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name).filter(|value| !value.is_null())
    }

    /// What stands at a place of the request.
    pub(crate) fn at(&self, request: &Incoming, place: &RequestPlace) -> Option<Value> {
        let text = match place.location {
            Location::Query => self.query.get(&place.name).cloned(),
            Location::Form => self.form.get(&place.name).cloned(),
            Location::Header => request.header(&place.name).map(str::to_owned),
            Location::Path => return self.values.get(&place.name).cloned(),
            Location::Body => return inside(self.json.get(&place.name)?, &place.inner),
        };
        match place.inner.as_slice() {
            [] => text.map(Value::from),
            inner => inside(&serde_json::from_str(&text?).ok()?, inner),
        }
    }

    /// The one list whose entries succeed or fail alone.
    pub(crate) fn entries<'a>(&'a self, api: &'a Api) -> Option<(&'a str, &'a [Value])> {
        let parameter = entries_parameter(api)?;
        let wire = &parameter.sites.first()?.wire;
        Some((wire, self.get(if wire.is_empty() { WHOLE_BODY } else { wire })?.as_array()?))
    }

    fn refuse_unknown(&self, call: &Call<'_>) -> Result<(), Refusal> {
        if !call.api.responses.refuses_unknown_parameters {
            return Ok(());
        }
        let known = known_query(call);
        match self.query.keys().find(|name| !known.contains(name.as_str())) {
            Some(name) => {
                Err(Refusal::invalid(name, format!("Extra query parameter '{name}' is present in the request.")))
            }
            None => Ok(()),
        }
    }

    fn read_body(&mut self, call: &Call<'_>) -> Result<(), Refusal> {
        let Some(body) = &call.api.body else { return Ok(()) };
        let request = call.request;
        if body.ty.is_file() {
            let name = request.header("x-file-name").unwrap_or("file").to_owned();
            let media = request.header("content-type").unwrap_or("application/octet-stream").to_owned();
            self.files.push((WHOLE_BODY.to_owned(), Upload { name, media, bytes: request.body.clone() }));
            return Ok(());
        }
        let (text, envelope) = match &body.carrier {
            Carrier::Body(envelope) => (Some(String::from_utf8_lossy(&request.body).into_owned()), envelope),
            Carrier::Field(site, envelope) => {
                let fields = if site.location == Location::Form { &self.form } else { &self.query };
                (fields.get(&site.wire).cloned(), envelope)
            }
        };
        let text = text.filter(|text| !text.trim().is_empty());
        let Some(text) = text else { return Ok(()) };
        let json: Value = serde_json::from_str(&text)
            .map_err(|error| Refusal::new(FailureKind::Invalid, format!("The body is not JSON: {error}.")))?;
        self.body = open(envelope, &json)?;
        if matches!(body.carrier, Carrier::Body(_)) {
            self.json = json;
        }
        Ok(())
    }

    fn read_parameter(&mut self, call: &Call<'_>, parameter: &Parameter) -> Result<(), Refusal> {
        let Some(site) = parameter.sites.first() else { return Ok(()) };
        let name = if site.wire.is_empty() { WHOLE_BODY } else { &site.wire };
        if parameter.ty.is_file() {
            return self.check_files(parameter, name);
        }
        let found = parameter.sites.iter().find_map(|site| match site.location {
            Location::Path => call.path.get(&site.wire).map(|text| Ok(text.as_str().into())),
            Location::Query => self.flat(call, &parameter.ty, self.query.get(&site.wire)?, &site.wire),
            Location::Form => self.flat(call, &parameter.ty, self.form.get(&site.wire)?, &site.wire),
            Location::Header => self.flat(call, &parameter.ty, call.request.header(&site.wire)?, &site.wire),
            Location::Body if site.wire.is_empty() => (!self.body.is_null()).then(|| Ok(self.body.clone())),
            Location::Body => self.body.get(&site.wire).cloned().map(Ok),
        });
        let Some(value) = found.transpose()? else {
            return if parameter.required {
                Err(Refusal::invalid(name, format!("'{name}' is required.")))
            } else {
                Ok(())
            };
        };
        let loosely = entries_parameter(call.api).is_some_and(|entries| entries.name == parameter.name);
        if loosely {
            check::list_size(&parameter.ty, &value, name)?;
        } else {
            check::value(call.connector, &parameter.ty, &value, name, parameter.required)?;
        }
        self.values.insert(name.to_owned(), value);
        Ok(())
    }

    /// The value of a text in a query, header or form.
    fn flat(&self, call: &Call<'_>, ty: &Type, text: &str, wire: &str) -> Option<Result<Value, Refusal>> {
        let Type::List { item, .. } = ty else { return Some(check::from_text(ty, text, wire)) };
        let as_json = call.connector.lists == ListStyle::Json || !item.is_scalar();
        let texts: Vec<String> = if call.connector.lists == ListStyle::Repeat {
            let pairs = call.request.query_pairs().into_iter().chain(call.request.form.pairs.iter().cloned());
            pairs.filter(|(name, _)| name == wire).map(|(_, text)| text).collect()
        } else if as_json {
            return Some(check::json_text(text, wire));
        } else {
            text.split(',').map(|text| text.trim().to_owned()).collect()
        };
        Some(
            texts
                .iter()
                .map(|text| check::from_text(item, text, wire))
                .collect::<Result<Vec<_>, _>>()
                .map(Value::Array),
        )
    }

    fn check_files(&self, parameter: &Parameter, name: &str) -> Result<(), Refusal> {
        let own = || self.files.iter().filter(|(part, _)| part == name);
        if parameter.required && own().next().is_none() {
            return Err(Refusal::invalid(name, format!("The file '{name}' is missing.")));
        }
        let (item, most) = match &parameter.ty {
            Type::List { item, max } => (item.as_ref(), *max),
            ty => (ty, Some(1)),
        };
        if most.is_some_and(|most| own().count() as u64 > most) {
            return Err(Refusal::invalid(name, format!("There are too many files '{name}'.")));
        }
        let largest = if let Type::File { max_bytes } = item { *max_bytes } else { None };
        match largest {
            Some(largest) if own().any(|(_, file)| file.bytes.len() as u64 > largest) => {
                Err(Refusal::new(FailureKind::TooLarge, format!("A file may have {largest} bytes at most.")))
            }
            _ => Ok(()),
        }
    }

    fn check_constants(&self, call: &Call<'_>) -> Result<(), Refusal> {
        for constant in &call.api.constants {
            let wire = &constant.site.wire;
            let sent = match constant.site.location {
                Location::Query => self.query.get(wire).cloned(),
                Location::Form => self.form.get(wire).cloned(),
                Location::Body => self.body.get(wire).map(text_of),
                Location::Header => call.request.header(wire).map(str::to_owned),
                Location::Path => continue,
            };
            if sent.as_deref() != Some(&text_of(&constant.value)) {
                let refusal = Refusal::invalid(wire, format!("'{wire}' must be {}.", constant.value));
                let is_media = ["accept", "content-type"].contains(&wire.to_ascii_lowercase().as_str());
                return Err(Refusal { status: is_media.then_some(415), ..refusal });
            }
        }
        Ok(())
    }

    fn check_need(&self, api: &Api) -> Result<(), Refusal> {
        for group in &api.need {
            let wires: Vec<&str> = group
                .iter()
                .filter_map(|name| api.parameter(name)?.sites.first().map(|site| site.wire.as_str()))
                .collect();
            if !wires.iter().any(|wire| self.get(wire).is_some()) {
                let first = wires.first().copied().unwrap_or_default();
                return Err(Refusal::invalid(first, format!("One of {} is required.", wires.join(", "))));
            }
        }
        Ok(())
    }
}

/// The parameter of the list whose entries succeed or fail alone: what is split into batches, or the list that the
/// outcomes are named after.
fn entries_parameter(api: &Api) -> Option<&Parameter> {
    let is_list = |parameter: &&Parameter| matches!(parameter.ty, Type::List { .. }) && !parameter.ty.is_file();
    let outcomes = api.responses.outcomes.as_ref()?;
    let batch = api.batch.as_deref().and_then(|name| api.parameter(name));
    let named = outcomes.at.last_member().and_then(|name| api.parameter(name));
    batch.or(named).filter(is_list)
}

/// The query parameters that a service knows for an API.
fn known_query<'c>(call: &'c Call<'_>) -> BTreeSet<&'c str> {
    let api = call.api;
    let sites = api.parameters.iter().flat_map(|parameter| &parameter.sites);
    let sites = sites.chain(api.constants.iter().map(|constant| &constant.site));
    let of_connection = api.connection.iter().filter_map(|name| call.connector.connection.get(name)?.site.as_ref());
    let carried = api.body.as_ref().and_then(|body| match &body.carrier {
        Carrier::Field(site, _) => Some(site),
        Carrier::Body(_) => None,
    });
    let sites = sites.chain(of_connection).chain(carried).filter(|site| site.location == Location::Query);
    let incremental = api.incremental.iter().filter_map(|incremental| incremental.send.as_ref());
    let places =
        api.paginate.iter().flat_map(places_of).chain(incremental).filter(|place| place.location == Location::Query);
    sites.map(|site| site.wire.as_str()).chain(places.map(|place| place.name.as_str())).collect()
}

/// The places of a style of paging, and of the one that goes on beyond its ceiling.
pub(crate) fn places_of(style: &Pagination) -> Vec<&RequestPlace> {
    let mut places: Vec<&RequestPlace> = style.place().into_iter().chain(&style.limit).collect();
    if let Some(Beyond::Style(beyond)) = &style.beyond {
        places.extend(places_of(beyond));
    }
    places
}

/// What stands inside a JSON value; `*` stands for each entry of a list.
pub(crate) fn inside(value: &Value, path: &[String]) -> Option<Value> {
    let Some((first, rest)) = path.split_first() else { return Some(value.clone()) };
    if first == "*" {
        return Some(value.as_array()?.iter().filter_map(|item| inside(item, rest)).collect());
    }
    inside(value.get(first)?, rest)
}
