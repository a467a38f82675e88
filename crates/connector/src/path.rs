//! Two of the small grammars: a path into a reply, and a place in a request.

use std::fmt;

/// A path into a reply: a header, or member names and positions joined by dots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyPath {
    /// A value of the body; no steps at all mean the whole body.
    Body(Vec<PathStep>),
    /// A header of the reply.
    Header(String),
}

/// One step of a [`ReplyPath`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathStep {
    /// A member of an object.
    Member(String),
    /// A position in a list, from 0.
    Index(usize),
    /// Each entry of a list.
    Each,
}

impl ReplyPath {
    /// Reads `data.0.id`, `errors.*.fieldName`, `.` or `header X-Name`.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some(name) = text.strip_prefix("header ") {
            let name = name.trim();
            return if name.is_empty() {
                Err("`header` needs a name".to_owned())
            } else {
                Ok(Self::Header(name.to_owned()))
            };
        }
        if text == "." {
            return Ok(Self::Body(Vec::new()));
        }
        let text = text.strip_prefix('.').unwrap_or(text);
        let step = |part: &str| match part {
            "" => Err(format!("`{text}` has an empty step; a path is names joined by dots, as `data.0.id`")),
            "*" => Ok(PathStep::Each),
            part if part.contains(char::is_whitespace) => Err(format!("`{text}` has a blank in it")),
            part => Ok(part.parse().map_or_else(|_| PathStep::Member(part.to_owned()), PathStep::Index)),
        };
        text.split('.').map(step).collect::<Result<_, _>>().map(Self::Body)
    }

    /// The last member name of the path, where it has one.
    pub fn last_member(&self) -> Option<&str> {
        match self {
            Self::Body(steps) => steps.iter().rev().find_map(|step| match step {
                PathStep::Member(name) => Some(name.as_str()),
                _ => None,
            }),
            Self::Header(_) => None,
        }
    }
}

impl fmt::Display for ReplyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(name) => write!(f, "header {name}"),
            Self::Body(steps) if steps.is_empty() => f.write_str("."),
            Self::Body(steps) => {
                for (i, step) in steps.iter().enumerate() {
                    if i > 0 {
                        f.write_str(".")?;
                    }
                    match step {
                        PathStep::Member(name) => f.write_str(name)?,
                        PathStep::Index(index) => write!(f, "{index}")?,
                        PathStep::Each => f.write_str("*")?,
                    }
                }
                Ok(())
            }
        }
    }
}

/// Where in a request a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Location {
    /// A `{name}` of the path.
    Path,
    /// A query parameter.
    Query,
    /// A header.
    Header,
    /// A form field.
    Form,
    /// A member of the JSON body.
    Body,
}

impl Location {
    /// The word of the language.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Form => "form",
            Self::Body => "body",
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A place in a request: `query page`, `header X-Name`, `form count`, `body page.start`; dots go inside a JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestPlace {
    /// Where.
    pub location: Location,
    /// The name there, on the wire.
    pub name: String,
    /// The members that lead on inside the JSON value of that name.
    pub inner: Vec<String>,
}

impl RequestPlace {
    /// Reads a place; a bare name is a query parameter.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (location, rest) = match text.split_once(' ') {
            None => (Location::Query, text),
            Some((word, rest)) => {
                let all = [Location::Path, Location::Query, Location::Header, Location::Form, Location::Body];
                let location = all.into_iter().find(|location| location.as_str() == word);
                let unknown = || {
                    format!(
                        "`{word}` is not a part of a request; write `query`, `header`, `form`, `body` or `path`, then the name"
                    )
                };
                (location.ok_or_else(unknown)?, rest.trim())
            }
        };
        let mut parts = rest.split('.').map(str::to_owned);
        let name = parts.next().unwrap_or_default();
        let inner: Vec<String> = parts.collect();
        if name.is_empty() || inner.iter().any(String::is_empty) || rest.contains(' ') {
            return Err(format!("`{text}` names no parameter; write for example `query page` or `body page.start`"));
        }
        Ok(Self { location, name, inner })
    }
}

impl fmt::Display for RequestPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.location, self.name)?;
        self.inner.iter().try_for_each(|member| write!(f, ".{member}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_print_as_they_were_written() {
        for text in ["data.0.id", "errors.*.fieldName", ".", "header X-Name", "data"] {
            assert_eq!(ReplyPath::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "a..b", "a b", "header "] {
            assert!(ReplyPath::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn places_print_as_they_were_written_and_a_bare_name_is_a_query_parameter() {
        for text in ["query page", "header X-Name", "body page.start", "query page[offset]"] {
            assert_eq!(RequestPlace::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(RequestPlace::parse("from").unwrap().to_string(), "query from");
        for text in ["cookie a", "query ", "query a b", "body a..b"] {
            assert!(RequestPlace::parse(text).is_err(), "{text}");
        }
    }
}
