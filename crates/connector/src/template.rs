//! URLs and paths with names in braces, split once.

use std::fmt;

/// A host variable of the language, known to every connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostVariable {
    /// `{zoho}`: the product domain, `zoho.eu`, `zohocloud.ca`.
    Zoho,
    /// `{zohoapis}`: the gateway's domain, `zohoapis.eu`.
    ZohoApis,
    /// `{api}`: the host of the `api_domain` that came with the token.
    Api,
    /// `{tld}`: the bare ending, `eu`, `com.au`.
    Tld,
}

impl HostVariable {
    /// The names in braces.
    pub const NAMES: [&'static str; 4] = ["zoho", "zohoapis", "api", "tld"];

    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "zoho" => Self::Zoho,
            "zohoapis" => Self::ZohoApis,
            "api" => Self::Api,
            "tld" => Self::Tld,
            _ => return None,
        })
    }

    /// The name, without braces.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Zoho => "zoho",
            Self::ZohoApis => "zohoapis",
            Self::Api => "api",
            Self::Tld => "tld",
        }
    }
}

/// One part of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text that stands as written.
    Literal(String),
    /// A host variable.
    Host(HostVariable),
    /// A value by name: a path parameter, or a value of the connection.
    Value(String),
}

/// A URL or a path with names in braces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template {
    /// The parts, in order.
    pub parts: Vec<Part>,
}

impl Template {
    /// Splits a text. In a URL (`hosts`), the host variables are known by name.
    ///
    /// # Errors
    /// A brace without its twin, or an empty name.
    pub fn parse(text: &str, hosts: bool) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find(['{', '}']) {
            if rest[open..].starts_with('}') {
                return Err(format!("`{text}` has a `}}` without its `{{`"));
            }
            let close = rest[open..].find('}').ok_or_else(|| format!("`{text}` has a `{{` without its `}}`"))? + open;
            if open > 0 {
                parts.push(Part::Literal(rest[..open].to_owned()));
            }
            let name = &rest[open + 1..close];
            if name.is_empty() || name.contains(['{', ' ']) {
                return Err(format!("`{text}` has no name between its braces"));
            }
            let host = HostVariable::named(name).filter(|_| hosts);
            parts.push(host.map_or_else(|| Part::Value(name.to_owned()), Part::Host));
            rest = &rest[close + 1..];
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        Ok(Self { parts })
    }

    /// The names in braces that are values.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Value(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The text with each part in braces replaced by what `fill` gives for it.
    ///
    /// # Errors
    /// Whatever `fill` gives for a part that it has no text for.
    pub fn render<E>(&self, mut fill: impl FnMut(&Part) -> Result<String, E>) -> Result<String, E> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                part => text.push_str(&fill(part)?),
            }
        }
        Ok(text)
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            Part::Literal(text) => f.write_str(text),
            Part::Host(variable) => write!(f, "{{{}}}", variable.as_str()),
            Part::Value(name) => write!(f, "{{{name}}}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_prints_as_it_was_written() {
        for text in ["https://desk.{zoho}/api/v1", "/tickets/{ticketId}/comments", "/teams/", ""] {
            assert_eq!(Template::parse(text, true).unwrap().to_string(), text);
        }
        for text in ["/a/{b", "/a/b}", "/a/{}", "/a/{b c}"] {
            assert!(Template::parse(text, false).is_err(), "{text}");
        }
    }

    #[test]
    fn host_variables_are_known_in_urls_only() {
        let part = |hosts| Template::parse("{zoho}", hosts).unwrap().parts.remove(0);
        assert_eq!(part(true), Part::Host(HostVariable::Zoho));
        assert_eq!(part(false), Part::Value("zoho".into()));
    }
}
