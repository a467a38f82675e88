//! Times: read as people write them, spelt as a service wants them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use serde_json::Value;
use zoho_connector::time_format::{TimeFormat, TimePart};

/// A time as it was written: the clock's reading, and the offset where one was given.
struct Moment {
    civil: DateTime,
    offset: Option<Offset>,
}

/// Spells a time in a service's pattern. A text that is in that pattern already stays as it is.
pub(crate) fn spell(text: &str, format: Option<&TimeFormat>) -> Result<Value, String> {
    let text = text.trim();
    let Some(format) = format else { return Ok(Value::String(text.to_owned())) };
    match format {
        TimeFormat::EpochMs if is_epoch_ms(text) => Ok(text.parse::<i64>().map_or_else(|_| text.into(), Value::from)),
        TimeFormat::EpochMs => read(text).and_then(|moment| Ok(Value::from(timestamp(&moment)?.as_millisecond()))),
        TimeFormat::Pattern { parts, .. } => match read(text) {
            Ok(moment) => print(&moment, parts).map(Value::String),
            Err(_) if format.fits(text) => Ok(Value::String(text.to_owned())),
            Err(error) => Err(error),
        },
    }
}

/// A time whose pattern is not known yet, as it was written. Without any digit it is one in no pattern.
pub(crate) fn may_be(text: &str) -> Result<Value, String> {
    let text = text.trim();
    if text.contains(|c: char| c.is_ascii_digit()) {
        return Ok(Value::String(text.to_owned()));
    }
    Err(not_a_time(text))
}

/// The point in time that a text of a service stands for, in milliseconds since 1970. Of a spelling that is neither ISO's
/// nor a number of milliseconds, none.
pub(crate) fn instant(text: &str, format: Option<&TimeFormat>) -> Option<i64> {
    let text = text.trim();
    if matches!(format, Some(TimeFormat::EpochMs)) && is_epoch_ms(text) {
        return text.parse().ok();
    }
    let moment = read(text).ok()?;
    timestamp(&moment).ok().map(Timestamp::as_millisecond)
}

/// A point in time, in milliseconds since 1970, in a service's spelling.
pub(crate) fn spell_instant(milliseconds: i64, format: Option<&TimeFormat>) -> Option<Value> {
    let text = Timestamp::from_millisecond(milliseconds).ok()?.to_string();
    spell(&text, format).ok()
}

/// The shortest time that a spelling can tell apart, in milliseconds.
pub(crate) fn unit(format: Option<&TimeFormat>) -> i64 {
    let Some(TimeFormat::Pattern { parts, .. }) = format else { return 1 };
    let has = |part: &TimePart| parts.contains(part);
    match () {
        () if has(&TimePart::Millisecond) => 1,
        () if has(&TimePart::Second) => 1000,
        () if has(&TimePart::Minute) => 60_000,
        () if has(&TimePart::Hour) || has(&TimePart::Hour12) => 3_600_000,
        () => 86_400_000,
    }
}

fn not_a_time(text: &str) -> String {
    format!("must be a time, and is `{text}`")
}

fn is_epoch_ms(text: &str) -> bool {
    text.len() >= 10 && text.chars().all(|c| c.is_ascii_digit())
}

fn read(text: &str) -> Result<Moment, String> {
    let normal = text.replacen(' ', "T", 1);
    if let Ok(date) = normal.parse::<Date>()
        && normal.len() == 10
    {
        return Ok(Moment { civil: date.at(0, 0, 0, 0), offset: None });
    }
    if let Ok(timestamp) = normal.parse::<Timestamp>() {
        let offset = offset_of(&normal).unwrap_or(Offset::UTC);
        return Ok(Moment { civil: offset.to_datetime(timestamp), offset: Some(offset) });
    }
    normal.parse::<DateTime>().map(|civil| Moment { civil, offset: None }).map_err(|_| not_a_time(text))
}

/// The offset at the end of an ISO time: `+05:30`, `-0800`, `Z`.
fn offset_of(text: &str) -> Option<Offset> {
    let at = text.rfind(['+', '-']).filter(|at| *at > 10)?;
    let sign = if text[at..].starts_with('-') { -1 } else { 1 };
    let digits: String = text[at + 1..].chars().filter(char::is_ascii_digit).collect();
    let hours: i32 = digits.get(..2)?.parse().ok()?;
    let minutes: i32 = digits.get(2..4).map_or(Ok(0), str::parse).ok()?;
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

/// The point in time; a reading without an offset is taken as UTC.
fn timestamp(moment: &Moment) -> Result<Timestamp, String> {
    let offset = moment.offset.unwrap_or(Offset::UTC);
    offset.to_timestamp(moment.civil).map_err(|error| format!("is out of range: {error}"))
}

fn print(moment: &Moment, parts: &[TimePart]) -> Result<String, String> {
    let names_offset = parts.iter().any(|part| matches!(part, TimePart::Offset | TimePart::OffsetBare));
    let says_utc = parts.iter().any(|part| matches!(part, TimePart::Literal(text) if text == "Z"));
    // A pattern with a literal Z is in UTC; one without any zone takes the clock's reading as it was given.
    let (civil, offset) = match (names_offset, says_utc) {
        (true, _) => (moment.civil, moment.offset.unwrap_or(Offset::UTC)),
        (false, true) => (Offset::UTC.to_datetime(timestamp(moment)?), Offset::UTC),
        (false, false) => (moment.civil, Offset::UTC),
    };
    Ok(parts.iter().map(|part| print_part(part, civil, offset)).collect())
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn print_part(part: &TimePart, at: DateTime, offset: Offset) -> String {
    match part {
        TimePart::Literal(text) => text.clone(),
        TimePart::Year => format!("{:04}", at.year()),
        TimePart::Month => format!("{:02}", at.month()),
        TimePart::MonthName => {
            MONTHS.get((at.month() - 1) as usize).map_or_else(String::new, |name| (*name).to_owned())
        }
        TimePart::Day => format!("{:02}", at.day()),
        TimePart::Hour => format!("{:02}", at.hour()),
        TimePart::Hour12 => format!("{:02}", (at.hour() + 11) % 12 + 1),
        TimePart::AmPm => if at.hour() < 12 { "AM" } else { "PM" }.to_owned(),
        TimePart::Minute => format!("{:02}", at.minute()),
        TimePart::Second => format!("{:02}", at.second()),
        TimePart::Millisecond => format!("{:03}", at.millisecond()),
        TimePart::Offset => print_offset(offset, ":"),
        TimePart::OffsetBare => print_offset(offset, ""),
    }
}

fn print_offset(offset: Offset, separator: &str) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelt(text: &str, pattern: &str) -> String {
        match spell(text, Some(&TimeFormat::parse(pattern).unwrap())) {
            Ok(Value::String(text)) => text,
            Ok(other) => other.to_string(),
            Err(error) => format!("! {error}"),
        }
    }

    #[test]
    fn points_in_time_come_back_as_they_went() {
        for (pattern, milliseconds, step) in [
            ("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", 1_767_225_600_123, 1),
            ("yyyy-MM-dd'T'HH:mm:ssXXX", 1_767_225_600_000, 1000),
            ("epoch_ms", 1_767_225_600_123, 1),
            ("yyyy-MM-dd", 1_767_225_600_000, 86_400_000),
        ] {
            let format = TimeFormat::parse(pattern).unwrap();
            let text = spell_instant(milliseconds, Some(&format)).unwrap();
            let text = text.as_str().map_or_else(|| text.to_string(), str::to_owned);
            assert_eq!(instant(&text, Some(&format)), Some(milliseconds), "{text}");
            assert_eq!(unit(Some(&format)), step, "{pattern}");
        }
        assert_eq!(instant("2026-01-31T10:00:00+05:30", None), instant("2026-01-31T04:30:00Z", None));
        assert_eq!(instant("31-Jan-2026 22:05:00", None), None);
    }

    #[test]
    fn times_are_spelt_as_the_service_wants_them() {
        let utc = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'";
        for (text, pattern, expected) in [
            ("2026-01-31T10:00:00+05:30", utc, "2026-01-31T04:30:00.000Z"),
            ("2026-01-31T10:00:00Z", utc, "2026-01-31T10:00:00.000Z"),
            ("2026-01-31", utc, "2026-01-31T00:00:00.000Z"),
            ("2026-01-31T10:00:00.250Z", "yyyy-MM-dd'T'HH:mm:ssXXX", "2026-01-31T10:00:00+00:00"),
            ("2026-01-31T10:00:00-08:00", "yyyy-MM-dd'T'HH:mm:ssXXX", "2026-01-31T10:00:00-08:00"),
            ("2026-01-31T10:00:00-08:00", "yyyy-MM-dd'T'HH:mm:ssXX", "2026-01-31T10:00:00-0800"),
            ("2026-01-31T22:05:00", "dd-MMM-yyyy HH:mm:ss", "31-Jan-2026 22:05:00"),
            ("31-Jan-2026 22:05:00", "dd-MMM-yyyy HH:mm:ss", "31-Jan-2026 22:05:00"),
            ("2026-01-31T00:05:00", "hh:mm a", "12:05 AM"),
            ("2026-01-31", "yyyy-MM-dd", "2026-01-31"),
            ("1970-01-01T00:00:01Z", "epoch_ms", "1000"),
            ("1767225600000", "epoch_ms", "1767225600000"),
            ("yesterday", utc, "! must be a time, and is `yesterday`"),
            ("31-01-2026", "dd-MMM-yyyy", "! must be a time, and is `31-01-2026`"),
        ] {
            assert_eq!(spelt(text, pattern), expected, "{text} as {pattern}");
        }
    }
}
