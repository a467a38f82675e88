//! Decimal numbers: digits, and never a float.

use std::fmt;
use std::str::FromStr;

/// A decimal number with the digits that were written: `12.10` stays `12.10`.
///
/// It does not calculate. Crates for that read it from [`Decimal::as_str`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Decimal(String);

/// Why a text is no decimal number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoDecimal(String);

impl Decimal {
    /// The number as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number that a service wrote, where it is one: with an exponent too.
    pub fn read(text: &str) -> Option<Self> {
        let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        (super::is_decimal(digits) && exponent.parse::<i32>().is_ok()).then(|| Self(text.to_owned()))
    }
}

impl Default for Decimal {
    /// Nought.
    fn default() -> Self {
        Self("0".to_owned())
    }
}

impl FromStr for Decimal {
    type Err = NoDecimal;

    /// Reads digits with at most one point, as `-12.10`.
    fn from_str(text: &str) -> Result<Self, NoDecimal> {
        if super::is_decimal(text) { Ok(Self(text.to_owned())) } else { Err(NoDecimal(text.to_owned())) }
    }
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Self(number.to_string())
    }
}

impl From<i32> for Decimal {
    fn from(number: i32) -> Self {
        Self(number.to_string())
    }
}

impl From<&str> for Decimal {
    /// Takes a text as it is. One that is no number is refused as an argument before anything is sent.
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Decimal {
    /// Takes a text as it is. One that is no number is refused as an argument before anything is sent.
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for NoDecimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no decimal number", self.0)
    }
}

impl std::error::Error for NoDecimal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stay_as_they_were_written() {
        for text in ["12.10", "-0.000000000000000000001", "123456789012345678901234567890.5", "0"] {
            assert_eq!(text.parse::<Decimal>().unwrap().to_string(), text);
        }
        for text in ["", "1e5", "1,5", "one", "--1", "01"] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
        assert_eq!(Decimal::read("1.5E+3").unwrap().as_str(), "1.5E+3");
        assert_eq!(Decimal::read("1.5EX"), None);
    }
}
