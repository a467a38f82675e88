//! Shapes: what a schema says of a value, in the types of the connector language.

use std::fmt;

use serde_json::Value;

use super::literals;

/// What a value is like.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Shape {
    /// Text.
    String,
    /// A whole number.
    Int,
    /// Any other number.
    Decimal,
    /// True or false.
    Bool,
    /// An identifier.
    Id,
    /// A day.
    Date,
    /// A point in time.
    Time,
    /// A mail address.
    Email,
    /// An address on the web.
    Url,
    /// A telephone number.
    Phone,
    /// An object of any members.
    Map,
    /// Anything.
    Any,
    /// A file.
    File,
    /// One of some values, or with `open` any other.
    Choice { values: Vec<String>, open: bool },
    /// A list, with the most entries that it takes.
    List(Box<Self>, Option<u64>),
    /// An object.
    Object(Object),
}

/// An object: its members, and the name that its source has for it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Object {
    /// The name of the source, which makes no difference between objects.
    pub(crate) hint: Option<String>,
    /// The members.
    pub(crate) members: Vec<Member>,
}

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        self.members == other.members
    }
}

impl Eq for Object {}

impl std::hash::Hash for Object {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.members.hash(state);
    }
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Member {
    /// Its name on the wire.
    pub(crate) name: String,
    /// What it is like.
    pub(crate) shape: Shape,
    /// Whether it must be sent; of a reply, whether records are told apart by it.
    pub(crate) required: bool,
    /// What the service takes where it is not sent, as JSON text.
    pub(crate) default: Option<String>,
}

impl Member {
    pub(crate) fn new(name: impl Into<String>, shape: Shape) -> Self {
        Self { name: name.into(), shape, required: false, default: None }
    }
}

impl Object {
    pub(crate) fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name == name)
    }

    /// Adds a member, or what is known of one.
    pub(crate) fn put(&mut self, member: Member, merge: Merge) {
        match self.members.iter_mut().find(|known| known.name == member.name) {
            Some(known) => {
                known.shape = known.shape.clone().with(member.shape, merge);
                known.required = match merge {
                    Merge::Both => known.required || member.required,
                    Merge::Either => known.required && member.required,
                };
                known.default = known.default.take().or(member.default);
            }
            None => self.members.push(member),
        }
    }

    /// The same object with what another says.
    pub(crate) fn with(mut self, other: Self, merge: Merge) -> Self {
        if merge == Merge::Either {
            for member in &mut self.members {
                member.required &= other.member(&member.name).is_some();
            }
        }
        for mut member in other.members {
            member.required &= merge == Merge::Both || self.member(&member.name).is_some();
            self.put(member, merge);
        }
        self.hint = self.hint.or(other.hint);
        self
    }

    /// How many members both have, with shapes that go together.
    pub(crate) fn common(&self, other: &Self) -> usize {
        let fits =
            |member: &&Member| other.member(&member.name).is_some_and(|twin| twin.shape.goes_with(&member.shape));
        self.members.iter().filter(fits).count()
    }

    /// How many members both have, with shapes that do not go together.
    pub(crate) fn clashes(&self, other: &Self) -> usize {
        let clashes =
            |member: &&Member| other.member(&member.name).is_some_and(|twin| !twin.shape.goes_with(&member.shape));
        self.members.iter().filter(clashes).count()
    }

    /// The member that tells records apart.
    pub(crate) fn has_key(&self) -> bool {
        self.members.iter().any(|member| member.required && member.shape == Shape::Id)
    }
}

/// How two shapes are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Merge {
    /// The value is like both: what either requires is required.
    Both,
    /// The value is like one of them: what both require is required.
    Either,
}

impl Shape {
    /// A shape for values that are like two. What does not go together is anything; of parts, one that is anything takes nothing away.
    pub(crate) fn with(self, other: Self, merge: Merge) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Any, b) | (b, Self::Any) if merge == Merge::Both => b,
            (Self::Object(a), Self::Object(b)) => Self::Object(a.with(b, merge)),
            (Self::Map, b @ Self::Object(_)) | (b @ Self::Object(_), Self::Map) => b,
            (Self::List(a, max), Self::List(b, other)) => Self::List(Box::new(a.with(*b, merge)), max.or(other)),
            (Self::Choice { mut values, open }, Self::Choice { values: more, open: other }) => {
                for value in more {
                    if !values.contains(&value) {
                        values.push(value);
                    }
                }
                Self::Choice { values, open: open || other }
            }
            (Self::Choice { values, .. }, Self::String) | (Self::String, Self::Choice { values, .. }) => {
                Self::Choice { values, open: true }
            }
            (Self::String, b) if b.is_text() => b,
            (a, Self::String) if a.is_text() => a,
            (Self::Int, Self::Decimal) | (Self::Decimal, Self::Int) => Self::Decimal,
            (Self::Int, Self::Id) | (Self::Id, Self::Int) => Self::Id,
            (Self::Int, Self::String) | (Self::String, Self::Int) => Self::String,
            _ => Self::Any,
        }
    }

    /// Whether putting both together says more than "anything".
    pub(crate) fn goes_with(&self, other: &Self) -> bool {
        match (self, other) {
            (a, b) if a == b => true,
            (Self::Object(a), Self::Object(b)) => {
                a.clashes(b) == 0 && a.common(b) * 2 >= a.members.len().min(b.members.len())
            }
            (Self::List(a, _), Self::List(b, _)) => a.goes_with(b),
            (Self::Choice { values, open: false }, Self::Choice { values: others, open: false }) => {
                values.iter().any(|value| others.contains(value))
            }
            (a, b) => a.clone().with(b.clone(), Merge::Either) != Self::Any,
        }
    }

    /// How many members it has in all.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::List(item, _) => item.size(),
            Self::Object(object) => object.members.iter().map(|member| 1 + member.shape.size()).sum(),
            _ => 0,
        }
    }

    /// The shape with objects more than this deep as maps.
    pub(crate) fn cut(self, depth: usize) -> Self {
        match self {
            Self::List(item, max) => Self::List(Box::new(item.cut(depth)), max),
            Self::Object(_) if depth == 0 => Self::Map,
            Self::Object(mut object) => {
                for member in &mut object.members {
                    member.shape = std::mem::replace(&mut member.shape, Self::Any).cut(depth - 1);
                }
                Self::Object(object)
            }
            other => other,
        }
    }

    /// The built-in type that it is.
    fn word(&self) -> &'static str {
        match self {
            Self::Int => "int",
            Self::Decimal => "decimal",
            Self::Bool => "bool",
            Self::Id => "id",
            Self::Date => "date",
            Self::Time => "time",
            Self::Email => "email",
            Self::Url => "url",
            Self::Phone => "phone",
            Self::Map | Self::Object(_) => "map",
            Self::Any => "any",
            Self::File => "file",
            Self::String | Self::Choice { .. } => "string",
            Self::List(item, _) => item.word(),
        }
    }

    /// Whether its values are text in JSON.
    fn is_text(&self) -> bool {
        matches!(self, Self::String | Self::Id | Self::Date | Self::Time | Self::Email | Self::Url | Self::Phone)
    }

    /// Whether it is one JSON scalar.
    pub(crate) fn is_scalar(&self) -> bool {
        !matches!(self, Self::Map | Self::Any | Self::List(..) | Self::Object(_) | Self::File)
    }

    /// Whether it is a file, or a list of files.
    pub(crate) fn is_file(&self) -> bool {
        match self {
            Self::File => true,
            Self::List(item, _) => item.is_file(),
            _ => false,
        }
    }

    /// The object that it is, or that it is a list of.
    pub(crate) fn object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            Self::List(item, _) => item.object(),
            _ => None,
        }
    }

    /// The shape of a value that is given as an example. Only what it is like is taken, never what it says.
    pub(crate) fn of_example(value: &Value, name: &str, read: &impl Fn(&str, Option<&str>) -> Self) -> Self {
        match value {
            Value::Null => Self::Any,
            Value::Bool(_) => Self::Bool,
            Value::Number(number) if number.is_f64() => Self::Decimal,
            Value::Number(_) => Self::Int,
            Value::String(text) => read(name, Some(text)),
            Value::Array(items) => {
                let shapes = items.iter().map(|item| Self::of_example(item, name, read));
                let item = shapes.reduce(|a, b| a.with(b, Merge::Either)).unwrap_or(Self::Any);
                Self::List(Box::new(item), None)
            }
            // Keys that are all ids are those of what was there that day.
            Value::Object(members) if members.keys().all(|key| is_number_or_id(key)) => Self::Map,
            Value::Object(members) => {
                let member = |(key, value): (&String, &Value)| Member::new(key, Self::of_example(value, key, read));
                Self::Object(Object { hint: None, members: members.iter().map(member).collect() })
            }
        }
    }
}

fn is_number_or_id(key: &str) -> bool {
    (!key.is_empty() && key.chars().all(|c| c.is_ascii_digit())) || literals::is_id(key)
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Choice { values, open } => {
                f.write_str(&values.join("|"))?;
                f.write_str(if *open {
                    "|*"
                } else if values.len() == 1 {
                    "|"
                } else {
                    ""
                })
            }
            Self::List(item, None) => write!(f, "[{item}]"),
            Self::List(item, Some(max)) => write!(f, "[{item}, {max}]"),
            Self::Object(object) => {
                for (i, member) in object.members.iter().enumerate() {
                    let mark = if member.required { "!" } else { "" };
                    write!(f, "{}{}{mark}: {}", if i == 0 { "{ " } else { ", " }, member.name, member.shape)?;
                }
                f.write_str(if object.members.is_empty() { "{}" } else { " }" })
            }
            scalar => f.write_str(scalar.word()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(members: &[(&str, Shape, bool)]) -> Object {
        let member = |(name, shape, required): &(&str, Shape, bool)| Member {
            required: *required,
            ..Member::new(*name, shape.clone())
        };
        Object { hint: None, members: members.iter().map(member).collect() }
    }

    #[test]
    fn what_both_require_is_required_of_alternatives_and_what_either_requires_of_parts() {
        let (a, b) = (object(&[("x", Shape::Int, true), ("y", Shape::Int, true)]), object(&[("x", Shape::Int, true)]));
        let required = |merge| {
            let both = a.clone().with(b.clone(), merge);
            both.members.iter().map(|member| member.required).collect::<Vec<_>>()
        };
        assert_eq!(required(Merge::Either), [true, false]);
        assert_eq!(required(Merge::Both), [true, true]);
    }

    #[test]
    fn shapes_that_go_together_keep_what_they_say() {
        let choice =
            |values: &[&str]| Shape::Choice { values: values.iter().map(ToString::to_string).collect(), open: false };
        let either = |a: Shape, b: Shape| a.with(b, Merge::Either);
        assert_eq!(either(choice(&["a"]), choice(&["b"])), choice(&["a", "b"]));
        assert_eq!(either(Shape::String, Shape::Time), Shape::Time);
        assert_eq!(either(Shape::Int, Shape::Bool), Shape::Any);
        assert_eq!(either(Shape::Int, Shape::Any), Shape::Any);
        assert_eq!(Shape::Any.with(Shape::Int, Merge::Both), Shape::Int);
        assert!(!Shape::Int.goes_with(&Shape::Bool) && Shape::Map.goes_with(&Shape::Object(Object::default())));
    }

    #[test]
    fn the_name_of_the_source_makes_no_difference() {
        let named = Object { hint: Some("person".into()), ..object(&[("id", Shape::Id, true)]) };
        assert_eq!(named, object(&[("id", Shape::Id, true)]));
    }
}
