//! OAuth scopes as Zoho writes them: `Service.area[.subarea].OPERATION`.

use std::fmt;

/// One scope. It may name path parameters (`ZohoCRM.modules.{module}.READ`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scope(String);

/// Why a text is no scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScopeFault {
    /// Not three or more names joined by dots.
    Malformed,
    /// It begins with a service that the connector does not name.
    ForeignPrefix(String),
}

impl Scope {
    /// Reads a scope of a connector: one that begins with one of `prefixes` stands as written, any other gets the
    /// first prefix put before it.
    ///
    /// # Errors
    /// [`ScopeFault`] where it is not made of names joined by dots, or names a service that the connector does not.
    pub fn parse(text: &str, prefixes: &[String]) -> Result<Self, ScopeFault> {
        let parts: Vec<&str> = text.split('.').collect();
        let good = |part: &&str| {
            let inner = part.strip_prefix('{').and_then(|p| p.strip_suffix('}')).unwrap_or(part);
            !inner.is_empty() && inner.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        };
        if parts.len() < 2 || !parts.iter().all(good) {
            return Err(ScopeFault::Malformed);
        }
        if prefixes.iter().any(|prefix| prefix.eq_ignore_ascii_case(parts[0])) {
            return if parts.len() < 3 { Err(ScopeFault::Malformed) } else { Ok(Self(text.to_owned())) };
        }
        let looks_like_service = parts.len() >= 3 && parts[0].to_ascii_lowercase().starts_with("zoho");
        match (prefixes.first(), looks_like_service) {
            (Some(first), false) => Ok(Self(format!("{first}.{text}"))),
            _ => Err(ScopeFault::ForeignPrefix(parts[0].to_owned())),
        }
    }

    /// A scope as Zoho gave it in a token reply or a person wrote it in full.
    pub fn granted(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The scope as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names in braces.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.0.split('.').filter_map(|part| part.strip_prefix('{').and_then(|p| p.strip_suffix('}')))
    }

    /// The scope with its names in braces replaced by what `value` gives for them; where it gives nothing for one,
    /// the scope of the whole area: `ZohoCRM.modules.READ` for `ZohoCRM.modules.{module}.READ`.
    #[must_use]
    pub fn with(&self, value: impl Fn(&str) -> Option<String>) -> Self {
        let part = |part: &str| match part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) {
            Some(name) => value(name),
            None => Some(part.to_owned()),
        };
        Self(self.0.split('.').filter_map(part).collect::<Vec<_>>().join("."))
    }

    /// Whether who has this scope may do what `other` asks for: `ALL` covers every operation, a shorter area covers
    /// a longer one, and case does not count.
    ///
    /// ```
    /// use zoho_connector::Scope;
    /// let all = Scope::granted("ZohoCRM.modules.ALL");
    /// assert!(all.covers(&Scope::granted("ZohoCRM.modules.leads.READ")));
    /// assert!(!Scope::granted("Desk.tickets.READ").covers(&Scope::granted("Desk.tickets.UPDATE")));
    /// ```
    pub fn covers(&self, other: &Self) -> bool {
        let split = |scope: &Self| {
            let lower = scope.0.to_ascii_lowercase();
            let (area, operation) = lower.rsplit_once('.').unwrap_or((&lower, ""));
            (area.to_owned(), operation.to_owned())
        };
        let ((mine, may), (theirs, wants)) = (split(self), split(other));
        let area = theirs == mine || theirs.starts_with(&format!("{mine}."));
        area && (may == wants || may == "all")
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The scopes of which one is enough: `tickets.READ|search.READ`.
pub type ScopeChoice = Vec<Scope>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_prefix_is_put_before_and_others_stand_as_written() {
        let prefixes = ["Desk".to_owned(), "ZohoSearch".to_owned()];
        let parse = |text| Scope::parse(text, &prefixes).map(|scope| scope.0);
        assert_eq!(parse("tickets.READ").unwrap(), "Desk.tickets.READ");
        assert_eq!(parse("Desk.tickets.READ").unwrap(), "Desk.tickets.READ");
        assert_eq!(parse("ZohoSearch.securesearch.READ").unwrap(), "ZohoSearch.securesearch.READ");
        assert_eq!(parse("ZohoCRM.modules.READ"), Err(ScopeFault::ForeignPrefix("ZohoCRM".into())));
        assert_eq!(parse("tickets"), Err(ScopeFault::Malformed));
        assert_eq!(parse("tickets READ.x"), Err(ScopeFault::Malformed));
    }

    #[test]
    fn a_name_in_braces_is_filled_or_left_out() {
        let scope = Scope::parse("modules.{module}.READ", &["ZohoCRM".to_owned()]).unwrap();
        assert_eq!(scope.with(|_| Some("Leads".into())).as_str(), "ZohoCRM.modules.Leads.READ");
        assert_eq!(scope.with(|_| None).as_str(), "ZohoCRM.modules.READ");
    }
}
