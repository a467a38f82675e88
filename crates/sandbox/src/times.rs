//! Dates and times in a service's spelling.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use serde_json::Value;
use zoho_connector::time_format::{TimeFormat, TimePart};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A point in time, spelled: a number for milliseconds, else text in UTC.
pub(crate) fn spell(ms: i64, format: Option<&TimeFormat>) -> Value {
    let time = civil(ms);
    match format {
        Some(TimeFormat::EpochMs) => ms.into(),
        Some(TimeFormat::Pattern { parts, .. }) => {
            parts.iter().map(|part| spell_part(part, time)).collect::<String>().into()
        }
        None => format!("{}Z", time.strftime("%Y-%m-%dT%H:%M:%S")).into(),
    }
}

fn civil(ms: i64) -> DateTime {
    Timestamp::from_millisecond(ms).map(|time| Offset::UTC.to_datetime(time)).unwrap_or_default()
}

fn spell_part(part: &TimePart, time: DateTime) -> String {
    let month = usize::try_from(time.month() - 1).unwrap_or_default();
    match part {
        TimePart::Literal(text) => text.clone(),
        TimePart::Year => format!("{:04}", time.year()),
        TimePart::Month => format!("{:02}", time.month()),
        TimePart::MonthName => MONTHS.get(month).copied().unwrap_or("Jan").to_owned(),
        TimePart::Day => format!("{:02}", time.day()),
        TimePart::Hour => format!("{:02}", time.hour()),
        TimePart::Hour12 => format!("{:02}", (time.hour() + 11) % 12 + 1),
        TimePart::AmPm => if time.hour() < 12 { "AM" } else { "PM" }.to_owned(),
        TimePart::Minute => format!("{:02}", time.minute()),
        TimePart::Second => format!("{:02}", time.second()),
        TimePart::Millisecond => format!("{:03}", time.millisecond()),
        TimePart::Offset => "+00:00".to_owned(),
        TimePart::OffsetBare => "+0000".to_owned(),
    }
}

/// The milliseconds of a time in a service's spelling; none where it is spelled otherwise.
pub(crate) fn read(value: &Value, format: Option<&TimeFormat>) -> Option<i64> {
    match format {
        Some(TimeFormat::EpochMs) => value.as_i64().or_else(|| value.as_str()?.parse().ok()),
        Some(TimeFormat::Pattern { parts, .. }) => read_parts(value.as_str()?, parts),
        None => {
            let text = value.as_str()?;
            let time: Option<Timestamp> = text.parse().ok();
            time.map(Timestamp::as_millisecond).or_else(|| read_day(text))
        }
    }
}

fn read_day(text: &str) -> Option<i64> {
    let day: Date = text.parse().ok()?;
    midnight(day)
}

fn midnight(day: Date) -> Option<i64> {
    Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok().map(Timestamp::as_millisecond)
}

fn read_parts(text: &str, parts: &[TimePart]) -> Option<i64> {
    let mut rest = text;
    let (mut year, mut month, mut day) = (1970, 1, 1);
    let (mut hour, mut minute, mut second, mut millisecond) = (0_i64, 0, 0, 0);
    let (mut afternoon, mut offset) = (None, 0);
    let mut parts = parts.iter().peekable();
    while let Some(part) = parts.next() {
        match part {
            // Zoho's own pattern lets the milliseconds be left out, with the dot before them.
            TimePart::Literal(dot)
                if dot == "." && !rest.starts_with('.') && parts.peek() == Some(&&TimePart::Millisecond) =>
            {
                parts.next();
            }
            TimePart::Literal(literal) => rest = rest.strip_prefix(literal.as_str())?,
            TimePart::Year => year = digits(&mut rest, 4)?,
            TimePart::Month => month = digits(&mut rest, 2)?,
            TimePart::MonthName => month = month_name(&mut rest)?,
            TimePart::Day => day = digits(&mut rest, 2)?,
            TimePart::Hour | TimePart::Hour12 => hour = digits(&mut rest, 2)?,
            TimePart::AmPm => afternoon = Some(take(&mut rest, 2)?.eq_ignore_ascii_case("PM")),
            TimePart::Minute => minute = digits(&mut rest, 2)?,
            TimePart::Second => second = digits(&mut rest, 2)?,
            TimePart::Millisecond => millisecond = digits(&mut rest, 3)?,
            TimePart::Offset => offset = read_offset(&mut rest, true)?,
            TimePart::OffsetBare => offset = read_offset(&mut rest, false)?,
        }
    }
    if let Some(afternoon) = afternoon {
        hour = hour % 12 + if afternoon { 12 } else { 0 };
    }
    let in_range = hour < 24 && minute < 60 && second < 60 && rest.is_empty();
    let date = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let midnight = midnight(date)?;
    in_range.then(|| midnight + ((hour * 60 + minute) * 60 + second) * 1000 + millisecond - offset * 60_000)
}

fn take<'t>(rest: &mut &'t str, length: usize) -> Option<&'t str> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}

fn digits(rest: &mut &str, length: usize) -> Option<i64> {
    let taken = take(rest, length)?;
    taken.bytes().all(|byte| byte.is_ascii_digit()).then(|| taken.parse().ok()).flatten()
}

fn month_name(rest: &mut &str) -> Option<i64> {
    let taken = take(rest, 3)?;
    let position = MONTHS.iter().position(|month| month.eq_ignore_ascii_case(taken))?;
    i64::try_from(position + 1).ok()
}

/// The minutes of an offset: `+05:30`, `+0530`, or `Z`.
fn read_offset(rest: &mut &str, colon: bool) -> Option<i64> {
    let sign = match take(rest, 1)? {
        "Z" => return Some(0),
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let hours = digits(rest, 2)?;
    if colon {
        *rest = rest.strip_prefix(':')?;
    }
    Some(sign * (hours * 60 + digits(rest, 2)?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// 2026-01-31T13:05:09.007Z.
    const TIME: i64 = 1_769_864_709_007;

    #[test]
    fn times_are_spelled_and_read_in_every_form() {
        for (pattern, text, exact) in [
            ("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", json!("2026-01-31T13:05:09.007Z"), TIME),
            ("yyyy-MM-dd'T'HH:mm:ssXXX", json!("2026-01-31T13:05:09+00:00"), TIME - 7),
            ("dd-MMM-yyyy hh:mm a", json!("31-Jan-2026 01:05 PM"), TIME - 9007),
            ("yyyyMMdd'T'HHmmssXX", json!("20260131T130509+0000"), TIME - 7),
            ("epoch_ms", json!(TIME), TIME),
        ] {
            let format = TimeFormat::parse(pattern).unwrap();
            assert_eq!(spell(TIME, Some(&format)), text);
            assert_eq!(read(&text, Some(&format)), Some(exact), "{pattern}");
        }
        assert_eq!(read(&spell(TIME, None), None), Some(TIME - 7));
        assert_eq!(read(&json!("2026-01-31"), None), Some(1_769_817_600_000));
    }

    #[test]
    fn other_spellings_are_refused() {
        let utc = TimeFormat::parse("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").unwrap();
        for text in [
            "2026-01-31T13:05:09.007+03:00",
            "2026-01-31 13:05:09.007Z",
            "2026-02-30T13:05:09.007Z",
            "2026-01-31T24:05:09.007Z",
            "",
            "é",
        ] {
            assert_eq!(read(&json!(text), Some(&utc)), None, "{text}");
        }
        assert_eq!(read(&json!("2026-01-31T13:05:09Z"), Some(&utc)), Some(TIME - 7));
        let offset = TimeFormat::parse("yyyy-MM-dd'T'HH:mm:ssXXX").unwrap();
        assert_eq!(read(&json!("2026-01-31T18:35:09+05:30"), Some(&offset)), Some(TIME - 7));
        assert_eq!(read(&json!("2026-01-31T13:05:09Z"), Some(&offset)), Some(TIME - 7));
        assert_eq!(read(&json!("2026-01-31T13:05:09+0530"), Some(&offset)), None);
    }
}
