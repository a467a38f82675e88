//! Operations: what a source says of one, before it is an API.

use zoho_connector::Verb;

use super::shape::{Member, Merge, Object, Shape};

/// One operation of a source.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    /// The verb.
    pub(crate) verb: Verb,
    /// The host and what comes before every path, where the source says it.
    pub(crate) server: Option<String>,
    /// The path, with names in braces.
    pub(crate) path: String,
    /// What stands behind `#` in the path, where a source lists variants of one operation.
    pub(crate) variant: Option<String>,
    /// The name that the source has for it.
    pub(crate) id: Option<String>,
    /// The API of a connector that it is, where it is one.
    pub(crate) api: Option<String>,
    /// The file that it stands in.
    pub(crate) source: String,
    /// Parameters in the path, the query and headers.
    pub(crate) parameters: Vec<Parameter>,
    /// The fields of its form.
    pub(crate) form: Vec<Member>,
    /// Its JSON body; a file where raw bytes are sent.
    pub(crate) body: Option<Shape>,
    /// Whether it speaks JSON:API, which wraps what is sent and what comes back.
    pub(crate) json_api: bool,
    /// What it gives back.
    pub(crate) reply: Reply,
    /// The statuses that it answers with.
    pub(crate) statuses: Vec<u16>,
    /// The members of its errors.
    pub(crate) error: Vec<String>,
    /// The scopes that it names, of which any may be enough; none where the source is silent.
    pub(crate) scopes: Option<Vec<String>>,
    /// Those of its scopes that each of several alternatives names, so that they are needed with any of the others.
    pub(crate) always: Vec<String>,
    /// Whether the source says no more than verb, path and scopes.
    pub(crate) only_path: bool,
    /// What a person has to look at.
    pub(crate) remarks: Vec<String>,
}

impl Operation {
    /// An operation of which only verb and path are known.
    pub(crate) fn new(verb: Verb, path: &str) -> Self {
        let (path, variant) = path.split_once('#').map_or((path, None), |(path, variant)| (path, Some(variant)));
        let (path, constants) = path.split_once('?').unwrap_or((path, ""));
        let constants = constants.split('&').filter_map(|constant| constant.split_once('='));
        let constant = |(name, value): (&str, &str)| {
            let shape = Shape::Choice { values: vec![value.to_owned()], open: false };
            let member = Member { required: true, ..Member::new(name, shape) };
            Parameter { place: Place::Query, member, minimum: None, maximum: None }
        };
        Self {
            verb,
            server: None,
            path: path.to_owned(),
            variant: variant.map(str::to_owned),
            id: None,
            api: None,
            source: String::new(),
            parameters: constants.map(constant).collect(),
            form: Vec::new(),
            body: None,
            json_api: false,
            reply: Reply::Unknown,
            statuses: Vec::new(),
            error: Vec::new(),
            scopes: None,
            always: Vec::new(),
            only_path: false,
            remarks: Vec::new(),
        }
    }

    /// The verb and the path, as people write them.
    pub(crate) fn label(&self) -> String {
        let variant = self.variant.as_ref().map(|variant| format!("#{variant}")).unwrap_or_default();
        format!("{} {}{variant}", self.verb, self.path)
    }

    /// What a request must hold: two operations of one verb and path that ask for the same cannot be told apart.
    pub(crate) fn signature(&self) -> Vec<String> {
        let body = self.body.iter().filter_map(|body| match body {
            Shape::Object(object) if self.json_api => Some(&attributes(object).unwrap_or(object).members),
            Shape::Object(object) => Some(&object.members),
            _ => None,
        });
        let outside_path = self.parameters.iter().filter(|parameter| parameter.place != Place::Path);
        let members = outside_path.map(|parameter| &parameter.member).chain(&self.form).chain(body.flatten());
        let mut signature: Vec<String> = members
            .filter(|member| member.required && member.default.is_none())
            .map(|member| match &member.shape {
                Shape::Choice { values, open: false } if values.len() == 1 => format!("{}={}", member.name, values[0]),
                _ => member.name.clone(),
            })
            .collect();
        signature.sort();
        signature
    }

    /// What a request must hold that has one value only: its name and the value.
    pub(crate) fn constants(&self) -> Vec<(String, String)> {
        let signature = self.signature();
        let pair = |member: &String| member.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        signature.iter().filter_map(pair).collect()
    }

    /// Takes over what another operation of the same verb and path says.
    pub(crate) fn absorb(&mut self, other: Self) {
        for parameter in other.parameters {
            match self
                .parameters
                .iter_mut()
                .find(|known| known.place == parameter.place && known.member.name == parameter.member.name)
            {
                Some(known) => {
                    known.member.shape = known.member.shape.clone().with(parameter.member.shape, Merge::Either);
                }
                None => self.parameters.push(parameter),
            }
        }
        let mut form = Object { hint: None, members: std::mem::take(&mut self.form) };
        other.form.into_iter().for_each(|member| form.put(member, Merge::Either));
        self.form = form.members;
        self.body = match (self.body.take(), other.body) {
            (Some(a), Some(b)) => Some(a.with(b, Merge::Either)),
            (a, b) => a.or(b),
        };
        self.reply = match (std::mem::replace(&mut self.reply, Reply::Unknown), other.reply) {
            (Reply::Json(a), Reply::Json(b)) => Reply::Json(a.with(b, Merge::Either)),
            (a, b) => a.or(b),
        };
        self.scopes = match (self.scopes.take(), other.scopes) {
            (Some(mut a), Some(b)) => {
                a.extend(b.into_iter().filter(|scope| !a.contains(scope)).collect::<Vec<_>>());
                Some(a)
            }
            (a, b) => a.or(b),
        };
        self.always.retain(|scope| other.always.contains(scope));
        self.remarks.extend(other.remarks);
    }

    /// The parameters of a place.
    pub(crate) fn at(&self, place: Place) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(move |parameter| parameter.place == place)
    }
}

/// The attributes of a JSON:API body.
pub(crate) fn attributes(body: &Object) -> Option<&Object> {
    let inner = |object, name| match Object::member(object, name).map(|member| &member.shape) {
        Some(Shape::Object(object)) => Some(object),
        _ => None,
    };
    inner(inner(body, "data").unwrap_or(body), "attributes")
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parameter {
    /// Where it goes.
    pub(crate) place: Place,
    /// Its name, shape, default, and whether it is required.
    pub(crate) member: Member,
    /// The smallest number.
    pub(crate) minimum: Option<u64>,
    /// The largest number.
    pub(crate) maximum: Option<u64>,
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
}

impl Reply {
    /// The one of two that says more: JSON more than a file, a file more than nothing.
    pub(crate) fn or(self, other: Self) -> Self {
        let rank = |reply: &Self| match reply {
            Self::Unknown => 0,
            Self::Nothing => 1,
            Self::File => 2,
            Self::Json(_) => 3,
        };
        if rank(&other) > rank(&self) { other } else { self }
    }
}

/// What an operation gives back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reply {
    /// The source does not say.
    Unknown,
    /// Nothing.
    Nothing,
    /// Bytes.
    File,
    /// JSON.
    Json(Shape),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(required: &str, optional: &str) -> Operation {
        let member = |name: &str, required| Member { required, ..Member::new(name, Shape::String) };
        let body = Object { hint: None, members: vec![member(required, true), member(optional, false)] };
        Operation { body: Some(Shape::Object(body)), ..Operation::new(Verb::Post, "/files?kind=51#a") }
    }

    #[test]
    fn what_must_be_sent_tells_operations_apart() {
        assert_eq!(operation("type", "a").signature(), ["kind=51", "type"]);
        assert_eq!(operation("type", "a").signature(), operation("type", "b").signature());
        assert_ne!(operation("type", "a").signature(), operation("name", "a").signature());
    }

    #[test]
    fn operations_are_put_together_with_all_that_each_takes() {
        let mut one = operation("type", "a");
        one.absorb(operation("type", "b"));
        let Some(Shape::Object(body)) = one.body else { panic!("no body") };
        let members: Vec<(&str, bool)> =
            body.members.iter().map(|member| (member.name.as_str(), member.required)).collect();
        assert_eq!(members, [("type", true), ("a", false), ("b", false)]);
    }
}
