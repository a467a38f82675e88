//! Days and points in time as values: the text that a service wrote, read when somebody asks.

use std::fmt;
use std::time::SystemTime;

use jiff::Timestamp;
use jiff::civil;

use super::time;

/// A point in time, as it was written.
///
/// For sending, it is written in ISO 8601 (`2026-01-31T10:00:00Z`, or with an offset), or made from a time of `jiff` or of
/// the standard library; each service gets it in its own spelling. What a service wrote is kept to the letter.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Time(String);

/// A day, as it was written.
///
/// For sending, it is written as `2026-01-31`, or made from a date of `jiff`; each service gets it in its own spelling.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Date(String);

impl Time {
    /// The time as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The point in time, where it is written in ISO 8601 or in milliseconds since 1970. A reading without an offset is
    /// taken as UTC.
    pub fn timestamp(&self) -> Option<Timestamp> {
        let milliseconds = match self.0.parse::<i64>() {
            Ok(milliseconds) => milliseconds,
            Err(_) => time::instant(&self.0, None)?,
        };
        Timestamp::from_millisecond(milliseconds).ok()
    }
}

impl Date {
    /// The day as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The day, where it is written as in ISO 8601.
    pub fn date(&self) -> Option<civil::Date> {
        self.0.parse().ok()
    }
}

impl From<Timestamp> for Time {
    fn from(time: Timestamp) -> Self {
        Self(time.to_string())
    }
}

impl From<SystemTime> for Time {
    /// A time that is out of range (some 8,000 years away) becomes a text that is refused as an argument.
    fn from(time: SystemTime) -> Self {
        Self(Timestamp::try_from(time).map_or_else(|_| "out of range".to_owned(), |time| time.to_string()))
    }
}

impl From<civil::Date> for Date {
    fn from(date: civil::Date) -> Self {
        Self(date.to_string())
    }
}

macro_rules! text_conversions {
    ($($name:ident)*) => { $(
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&Self> for $name {
            fn from(other: &Self) -> Self {
                other.clone()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )* };
}

text_conversions!(Time Date);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_where_its_spelling_is_known() {
        for (text, seconds) in [
            ("2026-01-31T10:00:00Z", Some(1_769_853_600)),
            ("2026-01-31T10:00:00+05:30", Some(1_769_833_800)),
            ("1769853600000", Some(1_769_853_600)),
            ("31-Jan-2026 10:00", None),
        ] {
            assert_eq!(Time::from(text).timestamp().map(Timestamp::as_second), seconds, "{text}");
            assert_eq!(Time::from(text).to_string(), text);
        }
        let time = Timestamp::from_second(1_769_853_600).unwrap();
        assert_eq!(Time::from(time).as_str(), "2026-01-31T10:00:00Z");
        assert_eq!(Time::from(SystemTime::try_from(time).unwrap()), Time::from(time));
        assert_eq!(Date::from("2026-01-31").date(), Some(civil::date(2026, 1, 31)));
        assert_eq!(Date::from(civil::date(2026, 1, 31)).as_str(), "2026-01-31");
    }
}
