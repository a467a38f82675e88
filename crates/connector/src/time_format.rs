//! How a service spells dates and times.

use std::fmt;

use crate::template::{Part, Template};

/// A spelling of dates and times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeFormat {
    /// Milliseconds since 1970.
    EpochMs,
    /// A pattern of letters, as in Zoho's documentation: `yyyy-MM-dd'T'HH:mm:ssXXX`.
    Pattern {
        /// The pattern as written.
        text: String,
        /// Its parts.
        parts: Vec<TimePart>,
    },
}

/// One part of a time pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimePart {
    /// Text that stands as it is.
    Literal(String),
    /// `yyyy`.
    Year,
    /// `MM`.
    Month,
    /// `MMM`: `Jan`.
    MonthName,
    /// `dd`.
    Day,
    /// `HH`.
    Hour,
    /// `hh`, with `a`.
    Hour12,
    /// `a`: `AM` or `PM`.
    AmPm,
    /// `mm`.
    Minute,
    /// `ss`.
    Second,
    /// `SSS`.
    Millisecond,
    /// `XXX`: `+05:30`, or `Z`.
    Offset,
    /// `XX` or `Z`: `+0530`.
    OffsetBare,
}

impl TimeFormat {
    /// Reads `epoch_ms` or a pattern.
    ///
    /// # Errors
    /// What is wrong with the pattern.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text == "epoch_ms" {
            return Ok(Self::EpochMs);
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            let length = if letter == '\'' {
                let end = rest[1..].find('\'').ok_or_else(|| format!("`{text}` has an open quote"))?;
                parts.push(TimePart::Literal(rest[1..=end].to_owned()));
                end + 2
            } else if letter.is_ascii_alphabetic() {
                let length = rest.len() - rest.trim_start_matches(letter).len();
                parts.push(letter_part(&rest[..length]).ok_or_else(|| unknown_part(text, &rest[..length]))?);
                length
            } else {
                parts.push(TimePart::Literal(letter.to_string()));
                letter.len_utf8()
            };
            rest = &rest[length..];
        }
        if parts.iter().all(|part| matches!(part, TimePart::Literal(_))) {
            Err(format!("`{text}` has no part of a time; {PARTS}"))
        } else {
            Ok(Self::Pattern { text: text.to_owned(), parts })
        }
    }

    /// Whether a text is spelled so: the letters between in their place, digits where they belong. Whether there is such a
    /// time is not looked at.
    pub fn fits(&self, text: &str) -> bool {
        match self {
            Self::EpochMs => text.len() >= 10 && text.bytes().all(|byte| byte.is_ascii_digit()),
            Self::Pattern { parts, .. } => fits(text, parts),
        }
    }
}

/// How a service spells all its dates, or all its times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceFormat {
    /// The format; where an organisation may choose another, the one that counts until then.
    pub usual: TimeFormat,
    /// The format as written, with values of the connection in braces, where the organisation chooses.
    pub chosen: Option<Template>,
}

impl ServiceFormat {
    /// The format with the values that were chosen. Each name in braces must have a value, its default at the least.
    ///
    /// # Errors
    /// What is wrong with the pattern that the values make.
    pub fn with<'v>(&self, value: impl Fn(&str) -> Option<&'v str>) -> Result<TimeFormat, String> {
        let Some(template) = &self.chosen else { return Ok(self.usual.clone()) };
        let text = template.render(|part| match part {
            Part::Value(name) => {
                value(name).map(str::to_owned).ok_or_else(|| format!("`{name}` of `{template}` has no value"))
            }
            Part::Literal(text) => Ok(text.clone()),
            Part::Host(host) => Ok(host.as_str().to_owned()),
        })?;
        TimeFormat::parse(&text)
    }

    /// The values of the connection that it is made of.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.chosen.iter().flat_map(Template::values)
    }
}

impl fmt::Display for ServiceFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.chosen {
            Some(template) => write!(f, "{template}"),
            None => write!(f, "{}", self.usual),
        }
    }
}

fn letter_part(letters: &str) -> Option<TimePart> {
    Some(match letters {
        "yyyy" => TimePart::Year,
        "MM" => TimePart::Month,
        "MMM" => TimePart::MonthName,
        "dd" => TimePart::Day,
        "HH" => TimePart::Hour,
        "hh" => TimePart::Hour12,
        "a" => TimePart::AmPm,
        "mm" => TimePart::Minute,
        "ss" => TimePart::Second,
        "SSS" => TimePart::Millisecond,
        "XXX" => TimePart::Offset,
        "XX" | "Z" => TimePart::OffsetBare,
        _ => return None,
    })
}

const PARTS: &str = "the parts are yyyy MM MMM dd HH hh a mm ss SSS XXX XX";

fn unknown_part(text: &str, letters: &str) -> String {
    format!("`{letters}` in `{text}` is not part of a time; {PARTS}, and text in quotes")
}

impl fmt::Display for TimeFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EpochMs => f.write_str("epoch_ms"),
            Self::Pattern { text, .. } => f.write_str(text),
        }
    }
}

/// Whether a text has the form of a pattern: its literals in place, digits and letters between.
fn fits(text: &str, parts: &[TimePart]) -> bool {
    let mut rest = text;
    for part in parts {
        let length = match part {
            TimePart::Literal(literal) => match rest.strip_prefix(literal.as_str()) {
                Some(after) => {
                    rest = after;
                    continue;
                }
                None => return false,
            },
            TimePart::Year => 4,
            TimePart::MonthName | TimePart::Millisecond => 3,
            TimePart::Offset => 6,
            TimePart::OffsetBare => 5,
            _ => 2,
        };
        let Some((piece, after)) = rest.split_at_checked(length) else { return false };
        let letters = matches!(part, TimePart::MonthName | TimePart::AmPm);
        let signs = matches!(part, TimePart::Offset | TimePart::OffsetBare);
        let good = |c: char| {
            if letters { c.is_ascii_alphabetic() } else { c.is_ascii_digit() || (signs && "+-:".contains(c)) }
        };
        if !piece.chars().all(good) {
            return false;
        }
        rest = after;
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chosen_format_may_be_a_part_of_a_pattern() {
        let usual = TimeFormat::parse("dd-MMM-yyyy HH:mm").unwrap();
        let format = ServiceFormat { usual, chosen: Template::parse("{day} HH:mm", false).ok() };
        assert_eq!(format.names().collect::<Vec<_>>(), ["day"]);
        assert_eq!(format.with(|_| Some("yyyy/MM/dd")).unwrap().to_string(), "yyyy/MM/dd HH:mm");
        assert!(format.with(|_| Some("YYYY")).unwrap_err().starts_with("`YYYY` in `YYYY HH:mm`"));
        assert!(format.with(|_| None).is_err());
    }

    #[test]
    fn patterns_print_as_written_and_wrong_letters_are_named() {
        for text in ["epoch_ms", "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", "dd-MMM-yyyy HH:mm:ss"] {
            assert_eq!(TimeFormat::parse(text).unwrap().to_string(), text);
        }
        assert!(TimeFormat::parse("YYYY-MM-dd").unwrap_err().starts_with("`YYYY` in"));
        assert!(TimeFormat::parse("yyyy'T").is_err());
        for text in ["", "7000", "'yyyy'"] {
            assert!(TimeFormat::parse(text).unwrap_err().contains("has no part of a time"), "{text}");
        }
    }
}
