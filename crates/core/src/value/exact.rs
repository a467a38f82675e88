//! JSON that is read without losing a digit: a number that a float does not hold as it was written is refused.

use serde_json::Value;

/// Reads JSON text as the value of an argument.
///
/// # Errors
/// Why it is none, in words that go on from its name: it is not JSON, or has a number with more digits than 64 bits hold.
pub fn exact_value(text: &str) -> Result<Value, String> {
    let value = serde_json::from_str(text).map_err(|error| format!("is not JSON: {error}"))?;
    match numbers(text).find(|number| !is_kept(number)) {
        Some(number) => Err(format!("has a number that would lose digits, {number}; write it in quotes")),
        None => Ok(value),
    }
}

/// The numbers of a JSON text.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    let is_of_number = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
    // What is between quotes is every second part, once escaped quotes are seen for what they are.
    let mut quoted = false;
    let mut escaped = false;
    let outside = text.split(move |c: char| {
        let was_escaped = std::mem::take(&mut escaped);
        match c {
            '"' if !was_escaped => {
                quoted = !quoted;
                true
            }
            '\\' if !was_escaped => {
                escaped = true;
                quoted
            }
            c => quoted || !is_of_number(c),
        }
    });
    outside.filter(|part| part.starts_with(|c: char| c == '-' || c.is_ascii_digit()))
}

/// Whether the value that a number becomes is the number.
fn is_kept(number: &str) -> bool {
    let is_whole = number.parse::<i64>().is_ok() || number.parse::<u64>().is_ok();
    is_whole || number.parse::<f64>().is_ok_and(|float| normal(&format!("{float:e}")) == normal(number))
}

/// A number as its digits without noughts at the ends, and the power of ten of the last one.
fn normal(number: &str) -> (bool, String, i64) {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{}{fraction}", whole.trim_start_matches('-'));
    let kept = digits.trim_end_matches('0');
    let dropped = digits.len() - kept.len();
    let digits = kept.trim_start_matches('0').to_owned();
    if digits.is_empty() {
        return (false, digits, 0);
    }
    // An exponent that is no i64 belongs to a number that no float holds.
    let exponent = exponent.trim_start_matches('+').parse().unwrap_or(i64::MAX / 2);
    (number.starts_with('-'), digits, exponent - fraction.len() as i64 + dropped as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_a_float_holds_is_read() {
        for text in ["1", "-0", "0.1", "1.10", "[12.5e3, 1E-7]", "18446744073709551615", "1e22", "100e-2"] {
            assert!(numbers(text).all(is_kept), "{text}");
        }
        assert_eq!(exact_value(r#"{"a":[1.50,true,"12345678901234567890.123"]}"#).unwrap()["a"][0], 1.5);
    }

    #[test]
    fn one_that_would_lose_digits_is_refused() {
        for number in [
            "12345678901234567890.123",
            "123456789012345678901",
            "0.10000000000000000000001",
            "-9007199254740993.5",
            "-18446744073709551615",
        ] {
            let fault = exact_value(&format!(r#"{{"text":"a\" 1 \\","b":[{{"c":{number}}}]}}"#)).unwrap_err();
            assert_eq!(fault, format!("has a number that would lose digits, {number}; write it in quotes"));
        }
    }

    #[test]
    fn what_stands_in_quotes_is_no_number() {
        let text = r#"{"a1":"2","b\\":"\"3\\","4":5,"c":"x\\\"6"}"#;
        assert_eq!(numbers(text).collect::<Vec<_>>(), ["5"]);
    }
}
