//! Conditions on a reply: "this is the error of a dead token", "this is an empty page".

use crate::path::ReplyPath;

/// What a reply must be like: all parts must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The parts.
    pub all: Vec<Test>,
}

/// One part of a [`Condition`].
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// What is looked at.
    pub subject: Subject,
    /// What it must be.
    pub expected: Expected,
}

/// What a [`Test`] looks at.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// The HTTP status.
    Http,
    /// The error code: the value at `error.code` (inside `outcomes`, at their own).
    Code,
    /// A value of the reply.
    Path(ReplyPath),
}

/// What the value must be; values are compared as text.
#[derive(Debug, Clone, PartialEq)]
pub enum Expected {
    /// One of these.
    Any(Vec<String>),
    /// None of these; an absent value matches too.
    Not(Vec<String>),
    /// There, or not there.
    Present(bool),
}

/// Hands over every value of a subject, as text.
pub type Look<'l> = dyn Fn(&Subject, &mut dyn FnMut(&str)) + 'l;

impl Condition {
    /// The HTTP status that the condition names, where it names one.
    pub fn http(&self) -> Option<u16> {
        self.first(&Subject::Http).and_then(|text| text.parse().ok())
    }

    /// The error code that the condition names, where it names one.
    pub fn code(&self) -> Option<&str> {
        self.first(&Subject::Code)
    }

    /// Whether the condition holds for what `look` finds.
    pub fn holds(&self, look: &Look<'_>) -> bool {
        self.all.iter().all(|test| test.holds(look))
    }

    /// Whether the parts that look at the HTTP status hold, where nothing else can be looked at.
    pub fn allows_status(&self, status: u16) -> bool {
        let look = |_: &Subject, found: &mut dyn FnMut(&str)| found(&status.to_string());
        self.all.iter().filter(|test| test.subject == Subject::Http).all(|test| test.holds(&look))
    }

    fn first(&self, subject: &Subject) -> Option<&str> {
        self.all.iter().find(|test| test.subject == *subject).and_then(|test| match &test.expected {
            Expected::Any(values) => values.first().map(String::as_str),
            _ => None,
        })
    }
}

impl Test {
    /// Whether the values that are found are what is expected.
    fn holds(&self, look: &Look<'_>) -> bool {
        let is_any = |values: &[String]| {
            let mut is_any = false;
            look(&self.subject, &mut |found| is_any |= values.iter().any(|value| value == found));
            is_any
        };
        match &self.expected {
            Expected::Any(values) => is_any(values),
            Expected::Not(values) => !is_any(values),
            Expected::Present(present) => {
                let mut is_there = false;
                look(&self.subject, &mut |_| is_there = true);
                is_there == *present
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_value_matches_not_and_nothing_else() {
        let status = |expected| Condition {
            all: vec![Test { subject: Subject::Path(ReplyPath::parse("status").unwrap()), expected }],
        };
        let absent = |_: &Subject, _: &mut dyn FnMut(&str)| {};
        assert!(status(Expected::Not(vec!["error".into()])).holds(&absent));
        assert!(!status(Expected::Any(vec!["success".into()])).holds(&absent));
        assert!(status(Expected::Present(false)).holds(&absent));
        assert!(!status(Expected::Present(true)).holds(&absent));
    }
}
