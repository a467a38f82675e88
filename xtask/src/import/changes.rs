//! Incremental reading: a list that takes a time of change, and whose records have one.

use super::apis::Api;
use super::reply::Returns;
use super::yaml::Node;
use crate::definitions::operation::{Parameter, Place};
use crate::definitions::shape::{Object, Shape};
use crate::definitions::words::words;

/// First words of the time of a change.
const CHANGED: [&str; 3] = ["modified", "updated", "last"];

/// How a list gives only what changed: the time of change in its records, and where it goes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Changes {
    field: String,
    send: String,
    is_range: bool,
}

impl Changes {
    /// The word of the language.
    pub(crate) fn node(&self) -> Node {
        let mut members =
            vec![("field".to_owned(), Node::text(&self.field)), ("send".to_owned(), Node::text(&self.send))];
        members.extend(self.is_range.then(|| ("as".to_owned(), Node::text("{since},{until}"))));
        Node::Map(members)
    }
}

/// How a list gives only what changed: by a range or a time that is called as the time of change, or by a header.
pub(crate) fn of(api: &Api) -> Option<Changes> {
    let Returns::Many(Shape::Object(record)) = &api.answer.returns else { return None };
    let field = changed(record)?;
    let wire = |parameter: &&Parameter| parameter.member.name.clone();
    let same = |name: &str, field: &str| words(name).concat() == words(field).concat();
    let range = format!("{field}Range");
    let ranges = api.operation.at(Place::Query).find(|parameter| same(&parameter.member.name, &range));
    let since = api.operation.at(Place::Query).find(|parameter| same(&parameter.member.name, field));
    let header = api
        .operation
        .at(Place::Header)
        .find(|parameter| parameter.member.name.eq_ignore_ascii_case("If-Modified-Since"));
    let sent =
        |place: &str, parameter: Option<&Parameter>| parameter.as_ref().map(wire).map(|name| format!("{place} {name}"));
    let (send, is_range) = match sent("query", ranges) {
        Some(send) => (send, true),
        None => (sent("query", since).or_else(|| sent("header", header))?, false),
    };
    Some(Changes { field: field.to_owned(), send, is_range })
}

/// The member that is the time of the last change.
fn changed(record: &Object) -> Option<&str> {
    let is_it = |name: &str| {
        let own = words(name);
        own.len() < 4
            && own.first().is_some_and(|first| CHANGED.contains(&first.as_str()))
            && own.last().is_some_and(|last| last == "time")
    };
    let found = record.members.iter().find(|member| member.shape == Shape::Time && is_it(&member.name));
    found.map(|member| member.name.as_str())
}

#[cfg(test)]
mod tests {
    use zoho_connector::Verb;

    use super::*;
    use crate::definitions::operation::Operation;
    use crate::definitions::shape::Member;
    use crate::import::apis::api;
    use crate::import::names::Named;
    use crate::import::reply::Answer;

    fn changes(place: Place, parameter: &str, field: &str) -> Option<Changes> {
        let record = Object { hint: None, members: vec![Member::new(field, Shape::Time)] };
        let answer = Answer { returns: Returns::Many(Shape::Object(record)), ..Answer::default() };
        let member = Member::new(parameter, Shape::String);
        let parameters = vec![Parameter { place, member, minimum: None, maximum: None }];
        let operation = Operation { parameters, ..Operation::new(Verb::Get, "/x") };
        let named =
            Named { name: "x.list".into(), noun: vec!["x".into()], owner: vec![], is_thing: true, instead_of: None };
        of(&api(named, operation, String::new(), answer, &[], false))
    }

    #[test]
    fn a_time_of_change_is_found_with_where_it_goes() {
        let found =
            |field: &str, send: &str, is_range| Some(Changes { field: field.into(), send: send.into(), is_range });
        assert_eq!(
            changes(Place::Query, "modifiedTimeRange", "modifiedTime"),
            found("modifiedTime", "query modifiedTimeRange", true)
        );
        assert_eq!(
            changes(Place::Query, "last_modified_time", "last_modified_time"),
            found("last_modified_time", "query last_modified_time", false)
        );
        assert_eq!(
            changes(Place::Header, "If-Modified-Since", "Modified_Time"),
            found("Modified_Time", "header If-Modified-Since", false)
        );
        assert_eq!(changes(Place::Query, "createdTimeRange", "createdTime"), None);
    }
}
