//! The limits that a service declares.

use crate::source::Origin;

/// A class of limits. `default` counts every call.
#[derive(Debug, Clone, PartialEq)]
pub struct RateLimit {
    /// Its name.
    pub name: String,
    /// What is counted together: `org`, `client`, `user`, `token`, `ip`, `api`, or the name of a parameter.
    pub per: Vec<String>,
    /// How many calls may run at once: the least and the most that an edition allows.
    pub concurrent: Option<(u64, u64)>,
    /// The length of the window, in seconds.
    pub window: Option<u64>,
    /// How many calls, or credits, a window takes.
    pub max: Option<u64>,
    /// How long it shuts out, in seconds.
    pub lock: Option<u64>,
    /// What is counted; calls unless said.
    pub unit: Option<String>,
    /// The header that tells what is left.
    pub remaining: Option<String>,
    /// Where it was written.
    pub origin: Origin,
}

/// Reads a length of time such as `2m`, `1d`, `90s`, in seconds.
///
/// # Errors
/// What to write instead.
pub fn parse_duration(text: &str) -> Result<u64, String> {
    let fault = || format!("`{text}` is not a length of time; write for example `90s`, `2m`, `1h` or `1d`");
    let unit = text.chars().last().ok_or_else(fault)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86400,
        _ => return Err(fault()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| fault())?;
    number.checked_mul(seconds).ok_or_else(fault)
}

/// Reads a number or a range: `10`, `5..25`.
///
/// # Errors
/// What to write instead.
pub fn parse_range(text: &str) -> Result<(u64, u64), String> {
    let fault = || format!("`{text}` is not a number or a range; write for example `10` or `5..25`");
    let (low, high) = text.split_once("..").unwrap_or((text, text));
    let range = (low.parse().map_err(|_| fault())?, high.parse().map_err(|_| fault())?);
    if range.0 > range.1 { Err(fault()) } else { Ok(range) }
}

#[cfg(test)]
mod tests {
    use super::{parse_duration, parse_range};

    #[test]
    fn lengths_and_ranges() {
        assert_eq!(parse_duration("2m"), Ok(120));
        assert_eq!(parse_duration("1d"), Ok(86400));
        assert!(parse_duration("m").is_err() && parse_duration("").is_err() && parse_duration("5").is_err());
        assert!(parse_duration("5é").is_err());
        assert_eq!(parse_range("5..25"), Ok((5, 25)));
        assert_eq!(parse_range("10"), Ok((10, 10)));
        assert!(parse_range("9..5").is_err());
    }
}
