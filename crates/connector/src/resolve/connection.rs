//! What is chosen once per connection: its values, and the formats of dates that are among them.

use indexmap::IndexMap;

use super::Resolver;
use crate::connector::{ConnectionValue, Location, Site};
use crate::definition::{ConnectionPlace, ConnectionValueDefinition};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Origin;
use crate::suggest::did_you_mean;
use crate::template::{Part, Template};
use crate::time_format::{ServiceFormat, TimeFormat};
use crate::types::{Scalar, Type, constant_text};

impl Resolver<'_> {
    pub(super) fn connection_values(&mut self) -> IndexMap<String, ConnectionValue> {
        let definitions = self.service.definition.connection.clone().unwrap_or_default();
        definitions.iter().map(|(name, value)| (name.clone(), self.connection_value(name, value))).collect()
    }

    fn connection_value(&mut self, name: &str, value: &ConnectionValueDefinition) -> ConnectionValue {
        let origin = self.at(["connection", name]);
        let location = match value.r#in {
            Some(ConnectionPlace::Header) => Some(Location::Header),
            Some(ConnectionPlace::Query) => Some(Location::Query),
            Some(ConnectionPlace::Path) => Some(Location::Path),
            Some(ConnectionPlace::Body) => Some(Location::Body),
            Some(ConnectionPlace::None) => None,
            None => {
                let message = format!("`{name}` does not say where it goes");
                let fault = Diagnostic::error(Code::Incomplete, origin.clone(), message).at_key();
                self.report(fault.help("add `in: header`, `query`, `path`, `body` or `none`"));
                None
            }
        };
        if value.discover.is_some() && value.value.is_none() {
            let message = format!("`{name}` is discovered, and does not say which member of a choice is its value");
            self.report(Diagnostic::error(Code::Incomplete, origin.clone(), message).at_key().help("add `value: id`"));
        }
        let (ty, default) = self.connection_type(value, &origin);
        if value.discover.is_some() && default.is_some() {
            let message = format!("`{name}` has a default, so its choices would never be asked for");
            self.report(Diagnostic::error(Code::Incomplete, origin.key("discover"), message));
        }
        let site =
            location.map(|location| Site { location, wire: value.r#as.clone().unwrap_or_else(|| name.to_owned()) });
        site.iter().for_each(|site| self.header_name(site, &origin));
        ConnectionValue {
            name: name.to_owned(),
            site,
            discover: value.discover.clone(),
            value: self.reply_path(value.value.as_deref(), &origin, "value"),
            label: self.reply_path(value.label.as_deref(), &origin, "label"),
            ty,
            default,
            asked: value.send.is_some(),
            note: value.note.clone(),
            origin,
        }
    }

    fn connection_type(&mut self, value: &ConnectionValueDefinition, origin: &Origin) -> (Type, Option<String>) {
        let Some(text) = value.r#type.as_deref() else { return (Type::Id, None) };
        let place = origin.key("type");
        match self.scalar(text, &place) {
            Some(Scalar::Type(ty, default)) if ty.is_scalar() => (ty, default.as_ref().map(constant_text)),
            Some(_) => {
                self.report(Diagnostic::error(Code::InvalidType, place, "a value of the connection is a scalar"));
                (Type::Id, None)
            }
            None => (Type::Id, None),
        }
    }

    pub(super) fn time_format(&mut self, text: Option<&str>, word: &str) -> Option<ServiceFormat> {
        let (origin, text) = (self.at(["times", word]), text?);
        if !text.contains('{') {
            let usual = self.unreadable(&origin, TimeFormat::parse(text))?;
            return Some(ServiceFormat { usual, chosen: None });
        }
        let template = self.unreadable(&origin, Template::parse(text, false))?;
        let bad = template.values().filter(|name| !self.may_be_a_format(name, &origin)).count();
        let text = template.render(|part| match part {
            Part::Value(name) => self.connection.get(name).and_then(|value| value.default.clone()).ok_or(()),
            _ => Ok(String::new()),
        });
        let usual = TimeFormat::parse(&text.ok().filter(|_| bad == 0)?);
        Some(ServiceFormat { usual: self.unreadable(&origin, usual)?, chosen: Some(template) })
    }

    /// Whether a value of the connection can stand for a format: it is there, is not sent, and has a default.
    fn may_be_a_format(&mut self, name: &str, origin: &Origin) -> bool {
        let fault = match self.connection.get(name) {
            None if self.left_out.has("connection", name) => return false,
            None => {
                let help = did_you_mean(name, self.connection.keys().map(String::as_str));
                let message = format!("`{{{name}}}` is no value of the connection");
                Diagnostic::error(Code::UnknownVariable, origin.clone(), message).maybe_help(help.or_else(|| {
                    Some(format!("add `connection: {{ {name}: {{ in: none, type: string = dd-MMM-yyyy }} }}`"))
                }))
            }
            Some(value) if value.site.is_none() && value.default.is_some() => return true,
            Some(value) => {
                let what = if value.site.is_some() { "is sent with calls" } else { "has no default" };
                let message = format!("`{name}` {what}, so it cannot say how dates are spelled");
                Diagnostic::error(Code::Incomplete, origin.clone(), message)
                    .help(format!("write `{name}: {{ in: none, type: string = dd-MMM-yyyy }}`"))
            }
        };
        self.report(fault);
        false
    }
}
