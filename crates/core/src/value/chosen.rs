//! Dates and times in a format that the organisation chose: checked like any argument, and spelt when the connection is
//! known.

use std::borrow::Cow;

use serde_json::Value;
use zoho_connector::time_format::{ServiceFormat, TimeFormat};
use zoho_connector::{Connector, Type};

use super::{ValueFault, time};
use crate::connection::Connection;
use crate::error::{Error, ErrorKind};
use crate::invocation::{Argument, Invocation};

/// The formats of a connection, where it may choose them.
#[derive(Debug, Default)]
pub(crate) struct Formats {
    date: Option<TimeFormat>,
    time: Option<TimeFormat>,
}

impl Formats {
    /// Those of a connection.
    ///
    /// # Errors
    /// [`ErrorKind::Connection`] where a value that was chosen is no format.
    pub(crate) fn of(connector: &Connector, connection: &Connection) -> Result<Self, Error> {
        let chosen =
            |ty: &Type| connector.chosen_spelling(ty).map(|format| of(connector, connection, format)).transpose();
        Ok(Self { date: chosen(&Type::Date(None))?, time: chosen(&Type::Time(None))? })
    }

    fn none(&self) -> bool {
        self.date.is_none() && self.time.is_none()
    }

    fn format(&self, ty: &Type) -> Option<&TimeFormat> {
        match ty {
            Type::Date(None) => self.date.as_ref(),
            Type::Time(None) => self.time.as_ref(),
            _ => None,
        }
    }

    /// A checked scalar as the connection spells it.
    pub(crate) fn spell(&self, ty: &Type, value: Value) -> Result<Value, ValueFault> {
        match (self.format(ty), &value) {
            (Some(format), Value::String(text)) => time::spell(text, Some(format)).map_err(|message| {
                ValueFault::new(message).help(Some(format!("write it as 2026-01-31, or as {format}")))
            }),
            _ => Ok(value),
        }
    }
}

/// The invocation with its dates and times as the connection wants them.
pub(crate) fn spelled<'i>(invocation: &'i Invocation, connection: &Connection) -> Result<Cow<'i, Invocation>, Error> {
    let (connector, api) = (invocation.connector(), invocation.api());
    let formats = Formats::of(connector, connection)?;
    if formats.none() {
        return Ok(Cow::Borrowed(invocation));
    }
    let (mut spelled, mut faults) = (invocation.clone(), Vec::new());
    for parameter in &api.parameters {
        let Some(Argument::Value(value)) = invocation.argument(&parameter.name) else { continue };
        let mut inner = Vec::new();
        let value = spell(connector, &parameter.ty, value, &formats, &mut inner);
        faults.extend(inner.into_iter().map(|fault| fault.of_argument(&parameter.name)));
        spelled = spelled.replacing(&parameter.name, value);
    }
    if faults.is_empty() { Ok(Cow::Owned(spelled)) } else { Err(Error::with_arguments(faults)) }
}

/// A format with the values of a connection.
fn of(connector: &Connector, connection: &Connection, format: &ServiceFormat) -> Result<TimeFormat, Error> {
    format.with(|name| connection.value(connector, name)).map_err(|message| {
        let names: Vec<&str> = format.names().collect();
        let values =
            names.iter().filter_map(|name| Some(format!("`{name}` is `{}`", connection.value(connector, name)?)));
        let values = values.collect::<Vec<_>>().join(" and ");
        Error::new(ErrorKind::Connection, format!("{values}, which spells no date: {message}")).with_hint(format!(
            "set {} for this connection, as the organisation's settings have it",
            names.join(" and ")
        ))
    })
}

fn spell(connector: &Connector, ty: &Type, value: &Value, formats: &Formats, faults: &mut Vec<ValueFault>) -> Value {
    match (ty, value) {
        (_, Value::String(_)) if formats.format(ty).is_some() => {
            formats.spell(ty, value.clone()).unwrap_or_else(|fault| {
                faults.push(fault);
                value.clone()
            })
        }
        (Type::List { item, .. }, Value::Array(values)) => {
            let entry = |(i, value): (usize, &Value)| {
                inside(&i.to_string(), faults, |faults| spell(connector, item, value, formats, faults))
            };
            Value::Array(values.iter().enumerate().map(entry).collect())
        }
        (Type::Record(_) | Type::Object(_), Value::Object(members)) => {
            let object = connector.object(ty);
            let member = |(name, value): (&String, &Value)| {
                let ty = object.and_then(|object| object.field(name)).map_or(&Type::Any, |field| &field.ty);
                let value = inside(name, faults, |faults| spell(connector, ty, value, formats, faults));
                (name.clone(), value)
            };
            Value::Object(members.iter().map(member).collect())
        }
        _ => value.clone(),
    }
}

/// Does something one step deeper, so that its faults say so.
fn inside(step: &str, faults: &mut Vec<ValueFault>, run: impl FnOnce(&mut Vec<ValueFault>) -> Value) -> Value {
    let mut inner = Vec::new();
    let value = run(&mut inner);
    faults.extend(inner.into_iter().map(|fault| fault.inside(step)));
    value
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;
    use zoho_connector::{SourceFile, load::read};

    use super::*;
    use crate::invocation::Arguments;
    use crate::request::explain;

    const LEAVE: &str = r#"
connector: test
title: Test
base_url: https://test.{zoho}
connection: { date_format: { in: none, type: string = dd-MMM-yyyy } }
times: { date: "{date_format}", time: "{date_format} HH:mm" }
types: { Day: { on!: date, at: time, stamp: time epoch_ms } }
apis:
  leaves.create: { post: /leaves, scopes: [], query: { since: date }, body: { days!: [Day] } }
"#;

    fn sent(days: Value, format: Option<&str>) -> Result<(String, String), Error> {
        let connector = Arc::new(read(&[SourceFile::new("test.yaml", LEAVE)]).unwrap());
        let arguments = Arguments::new().with("since", "2026-02-01").with("days", days);
        let invocation = Invocation::new(&connector, "leaves.create", arguments)?;
        let mut connection = Connection::new("test", "us")?;
        connection.values.extend(format.map(|format| ("date_format".to_owned(), format.to_owned())));
        let request = explain(&invocation, &connection)?;
        Ok((request.url.query().unwrap_or_default().to_owned(), request.body_text()))
    }

    #[test]
    fn dates_are_spelled_as_the_connection_says_or_as_usual() {
        let days = || json!([{ "on": "2026-01-31", "at": "2026-01-31T10:30:00Z", "stamp": "1970-01-01T00:00:01Z" }]);
        let (query, body) = sent(days(), None).unwrap();
        assert_eq!(query, "since=01-Feb-2026");
        assert_eq!(body, r#"{"days":[{"on":"31-Jan-2026","at":"31-Jan-2026 10:30","stamp":1000}]}"#);
        let (query, body) = sent(days(), Some("yyyy/MM/dd")).unwrap();
        assert_eq!(query, "since=2026/02/01");
        assert_eq!(body, r#"{"days":[{"on":"2026/01/31","at":"2026/01/31 10:30","stamp":1000}]}"#);
        let (_, body) = sent(json!([{ "on": "31/01/2026" }]), Some("dd/MM/yyyy")).unwrap();
        assert_eq!(body, r#"{"days":[{"on":"31/01/2026"}]}"#, "what is in the chosen format stays as it is");
    }

    #[test]
    fn what_is_no_date_and_what_is_no_format_are_named() {
        let words = |days: Value, format: Option<&str>| sent(days, format).unwrap_err();
        let never = words(json!([{ "on": "yesterday" }]), None);
        assert_eq!(never.arguments()[0].argument, "days.0.on");
        let unlike = words(json!([{ "on": "31/01/2026" }]), None);
        assert_eq!(
            unlike.arguments()[0].to_string(),
            "`days.0.on` must be a time, and is `31/01/2026` (write it as 2026-01-31, or as dd-MMM-yyyy)"
        );
        let format = words(json!([]), Some("DD.MM.YY"));
        assert_eq!(format.kind(), ErrorKind::Connection);
        assert!(format.to_string().contains("`date_format` is `DD.MM.YY`, which spells no date: `DD` in"), "{format}");
    }
}
