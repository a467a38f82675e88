//! The values of a connection, in words, and the spelling of dates that may be among them.

use crate::connector::{Api, ConnectionValue, Connector};
use crate::time_format::ServiceFormat;
use crate::types::Type;

/// Where a value of the connection goes and how it is chosen.
pub fn connection_value(connector: &Connector, value: &ConnectionValue) -> String {
    let place = match &value.site {
        None => of_itself(connector, value),
        Some(site) if site.wire == value.name => format!("goes with every call ({})", site.location),
        Some(site) => format!("goes with every call ({} {})", site.location, site.wire),
    };
    let place = if value.asked { place.replace("with every call", "with the calls that ask for it") } else { place };
    let choice = match (&value.discover, &value.default) {
        (Some(api), _) => format!("chosen from {api} at sign-in"),
        (None, Some(default)) => format!("{default} unless given by --set {}=…", value.name),
        (None, None) => format!("given by --set {}=…", value.name),
    };
    let note = value.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
    format!("{place}; {choice}{note}")
}

/// What a value that is not sent is for.
fn of_itself(connector: &Connector, value: &ConnectionValue) -> String {
    let of = |format: &Option<ServiceFormat>| {
        format.as_ref().is_some_and(|format| format.names().any(|name| name == value.name))
    };
    match (of(&connector.date_format), of(&connector.time_format)) {
        (true, true) => "says how dates and times are spelled".to_owned(),
        (true, false) => "says how dates are spelled".to_owned(),
        (false, true) => "says how times are spelled".to_owned(),
        (false, false) => "is not sent itself".to_owned(),
    }
}

/// How the dates and times that an API takes are spelled; nothing where it takes none, or where the service decides.
pub fn dates(connector: &Connector, api: &Api) -> Option<String> {
    let words = chosen_formats(connector, api).into_iter().map(|(what, format)| {
        format!("{what} are sent as {format}, which is {} unless another is given", format.usual)
    });
    let words: Vec<String> = words.collect();
    (!words.is_empty()).then(|| words.join("; "))
}

/// The spellings that the organisation chooses, of what an API takes: with what is spelled, `dates` or `times`.
pub fn chosen_formats<'c>(connector: &'c Connector, api: &Api) -> Vec<(&'static str, &'c ServiceFormat)> {
    let spellings = [("dates", Type::Date(None)), ("times", Type::Time(None))];
    let all = spellings.into_iter().filter_map(|(what, ty)| Some((what, connector.chosen_spelling(&ty)?, ty)));
    all.filter(|(.., ty)| api.parameters.iter().any(|parameter| holds(connector, &parameter.ty, ty, &mut Vec::new())))
        .map(|(what, format, _)| (what, format))
        .collect()
}

/// Whether a type is, or holds, another. `seen` are the named types on the way.
fn holds<'a>(connector: &'a Connector, ty: &'a Type, wanted: &Type, seen: &mut Vec<&'a str>) -> bool {
    match ty {
        Type::List { item, .. } => holds(connector, item, wanted, seen),
        Type::Record(name) if seen.contains(&name.as_str()) => false,
        Type::Record(_) | Type::Object(_) => {
            seen.extend(if let Type::Record(name) = ty { Some(name.as_str()) } else { None });
            let object = connector.object(ty);
            object.is_some_and(|object| object.fields.iter().any(|field| holds(connector, &field.ty, wanted, seen)))
        }
        ty => ty == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SourceFile, load};

    #[test]
    fn what_the_organisation_chooses_is_said_with_what_it_is_until_then() {
        let yaml = r#"
connector: shelf
title: Zoho Shelf
base_url: https://shelf.{zoho}
connection:
  day: { in: none, type: string = dd-MMM-yyyy, note: the settings show it }
  plain: { in: none }
times: { date: "{day}", time: "{day} HH:mm" }
types: { Book: { bought: date, again: Book } }
apis:
  books.create: { post: /books, scopes: [], body: Book }
  books.at: { get: /books, scopes: [], query: { at: time epoch_ms, word: string } }
"#;
        let connector = load::read(&[SourceFile::new("shelf.yaml", yaml)]).unwrap();
        let value = |name: &str| connection_value(&connector, &connector.connection[name]);
        let day =
            "says how dates and times are spelled; dd-MMM-yyyy unless given by --set day=… (the settings show it)";
        assert_eq!(
            (value("day").as_str(), value("plain").as_str()),
            (day, "is not sent itself; given by --set plain=…")
        );
        let said = |api: &str| dates(&connector, &connector.apis[api]);
        let sent = "dates are sent as {day}, which is dd-MMM-yyyy unless another is given";
        assert_eq!((said("books.create").as_deref(), said("books.at")), (Some(sent), None));
    }
}
