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

/// What a call costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cost {
    /// The same for each call.
    Same(u64),
    /// By the length of a list argument.
    ByLength {
        /// What each part costs.
        credits: u64,
        /// How many entries make a part.
        per: u64,
        /// The argument.
        of: String,
    },
    /// By the records before the page: what counts from where on, the first from 0.
    Steps(Vec<(u64, u64)>),
}

impl Cost {
    /// What a call costs whose list argument has so many entries, or whose page has so many records before it.
    pub fn of_call(&self, entries: impl FnOnce(&str) -> u64, before: impl FnOnce() -> u64) -> u64 {
        match self {
            Self::Same(credits) => *credits,
            Self::ByLength { credits, per, of } => credits.saturating_mul(entries(of).div_ceil((*per).max(1)).max(1)),
            Self::Steps(steps) => {
                let before = before();
                steps.iter().rev().find(|(from, _)| before >= *from).map_or(1, |(_, credits)| *credits)
            }
        }
    }
}

/// Reads steps of a cost: `3`, `5 past 2000`. Each is given with the number of records from which on it counts.
///
/// # Errors
/// What to write instead.
pub fn parse_steps(texts: &[&str]) -> Result<Vec<(u64, u64)>, String> {
    let mut steps: Vec<(u64, u64)> = Vec::new();
    for text in texts {
        let fault = || format!("`{text}` is no step of a cost; write `[3, 5 past 2000]`, the first without `past`");
        let (credits, from) = match text.split_once(" past ") {
            None if steps.is_empty() => (*text, 0),
            Some((credits, past)) if !steps.is_empty() => (credits, past.parse::<u64>().map_err(|_| fault())?),
            _ => return Err(fault()),
        };
        if steps.last().is_some_and(|(before, _)| *before >= from) {
            return Err(format!("`{text}` does not begin behind the step before it"));
        }
        steps.push((from, credits.parse().map_err(|_| fault())?));
    }
    if steps.is_empty() { Err("a cost has at least one step".to_owned()) } else { Ok(steps) }
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
    use super::{Cost, parse_duration, parse_range, parse_steps};

    #[test]
    fn a_cost_by_steps_or_by_length() {
        let steps = Cost::Steps(parse_steps(&["3", "5 past 2000", "10 past 10000"]).unwrap());
        let at = |before| steps.of_call(|_| 0, || before);
        assert_eq!([at(0), at(1999), at(2000), at(9999), at(1_000_000)], [3, 3, 5, 5, 10]);
        let by_length = Cost::ByLength { credits: 2, per: 10, of: "data".into() };
        let of = |entries| by_length.of_call(|_| entries, || 0);
        assert_eq!([of(0), of(1), of(10), of(11), of(100)], [2, 2, 2, 4, 20]);
        for wrong in [&[][..], &["x"], &["3 past 1"], &["3", "4"], &["3", "5 past 9", "6 past 9"], &["3", "5 past x"]] {
            assert!(parse_steps(wrong).is_err(), "{wrong:?}");
        }
    }

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
