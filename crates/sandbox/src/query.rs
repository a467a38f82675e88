//! The small languages in which services are asked for records: criteria `(Name:equals:Boyle)`, formulas
//! `Name == "Boyle"`, and `select … from … where …`.

use std::cmp::Ordering;

use serde_json::Value;

use crate::reply_path::text_of;

mod criteria;
mod formula;
mod select;

pub(crate) use criteria::{parse_criteria, parse_json};
pub(crate) use formula::parse_formula;
pub(crate) use select::{Select, parse_select};

/// How deep brackets may lie in brackets.
const DEEPEST: usize = 30;

/// A condition on a record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    All(Vec<Self>),
    Any(Vec<Self>),
    Compare { member: String, operator: Operator, values: Vec<String> },
}

/// How a member is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    StartsWith,
    Contains,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Between,
    In,
    Null,
    NotNull,
}

impl Expression {
    /// Goes through the values that members are compared with.
    pub(crate) fn each_value(&mut self, change: &mut dyn FnMut(&str, &mut String)) {
        match self {
            Self::All(all) => all.iter_mut().for_each(|part| part.each_value(change)),
            Self::Any(any) => any.iter_mut().for_each(|part| part.each_value(change)),
            Self::Compare { member, values, .. } => values.iter_mut().for_each(|value| change(member, value)),
        }
    }

    /// Whether a record is meant, whose members `look` gives.
    pub(crate) fn holds(&self, look: &dyn Fn(&str) -> Option<Value>) -> bool {
        match self {
            Self::All(all) => all.iter().all(|part| part.holds(look)),
            Self::Any(any) => any.iter().any(|part| part.holds(look)),
            Self::Compare { member, operator, values } => {
                let found = look(member).filter(|value| !value.is_null()).map(|value| comparable(&value));
                compare(*operator, found.as_deref(), values)
            }
        }
    }
}

/// What an object is compared by: its id or its name.
fn comparable(value: &Value) -> String {
    match value {
        Value::Object(members) => members.get("id").or_else(|| members.get("name")).map(text_of).unwrap_or_default(),
        other => text_of(other),
    }
}

fn compare(operator: Operator, found: Option<&str>, values: &[String]) -> bool {
    let Some(found) = found else { return matches!(operator, Operator::Null | Operator::NotEqual) };
    let first = values.first().map_or("", String::as_str);
    let same = |value: &str| value.eq_ignore_ascii_case(found);
    let lower = found.to_lowercase();
    match operator {
        Operator::Equal => same(first),
        Operator::NotEqual => !same(first),
        Operator::StartsWith => lower.starts_with(&first.to_lowercase()),
        Operator::Contains => lower.contains(&first.to_lowercase()),
        Operator::Less => order(found, first).is_lt(),
        Operator::LessOrEqual => order(found, first).is_le(),
        Operator::Greater => order(found, first).is_gt(),
        Operator::GreaterOrEqual => order(found, first).is_ge(),
        Operator::Between => {
            values.get(1).is_some_and(|last| order(found, first).is_ge() && order(found, last).is_le())
        }
        Operator::In => values.iter().any(|value| same(value)),
        Operator::Null => false,
        Operator::NotNull => true,
    }
}

fn order(a: &str, b: &str) -> Ordering {
    Comparable::new(a).compare(&Comparable::new(b))
}

/// A text that is compared with others: as a time where both are, as a number where both are, else as text.
#[derive(Debug)]
pub(crate) struct Comparable {
    text: String,
    value: Compared,
}

#[derive(Debug)]
enum Compared {
    Time(jiff::Timestamp),
    /// Ids have more digits than a float keeps.
    Whole(i128),
    Fraction(f64),
    Text,
}

impl Comparable {
    pub(crate) fn new(text: &str) -> Self {
        let whole = || text.parse().ok().map(Compared::Whole);
        let fraction = || text.parse().ok().map(Compared::Fraction);
        let time = || text.parse().ok().map(Compared::Time);
        let value = whole().or_else(fraction).or_else(time).unwrap_or(Compared::Text);
        Self { text: text.to_lowercase(), value }
    }

    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        match (&self.value, &other.value) {
            (Compared::Time(a), Compared::Time(b)) => a.cmp(b),
            (Compared::Whole(a), Compared::Whole(b)) => a.cmp(b),
            (a, b) => match (a.number(), b.number()) {
                (Some(a), Some(b)) => a.total_cmp(&b),
                _ => self.text.cmp(&other.text),
            },
        }
    }
}

impl Compared {
    #[expect(clippy::cast_precision_loss, reason = "a whole number is rounded only to be compared with a fraction")]
    fn number(&self) -> Option<f64> {
        match self {
            Self::Whole(number) => Some(*number as f64),
            Self::Fraction(number) => Some(*number),
            Self::Time(_) | Self::Text => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn look(name: &str) -> Option<Value> {
        let record = json!({ "Last_Name": "Boyle", "Amount": "90", "Owner": { "id": "7" }, "Time": "2026-01-01T10:00:00+00:00" });
        record.get(name).cloned()
    }

    #[test]
    fn texts_are_compared_as_what_they_are() {
        for (less, more) in [
            ("783658363500001000", "783658363500001001"),
            ("9", "10"),
            ("9.5", "10"),
            ("2026-01-01T10:30:00+05:30", "2026-01-01T10:00:00Z"),
            ("apple", "Pear"),
        ] {
            assert!(order(less, more).is_lt() && order(more, less).is_gt(), "{less} {more}");
        }
    }

    #[test]
    fn criteria_are_read_and_hold() {
        for (text, holds) in [
            ("(Last_Name:equals:boyle)", true),
            ("(Last_Name:starts_with:Bo)", true),
            ("((Last_Name:equals:X)or(Amount:greater_than:100))", false),
            ("((Last_Name:equals:X)or(Amount:less_than:100))", true),
            ("((Last_Name:in:A,Boyle)and((Amount:between:80,100)or(A:equals:b)))", true),
            ("(Owner:equals:7)", true),
            ("(Time:greater_than:2026-01-01T10:30:00+01:00)", true),
            ("(Missing:equals:null)", true),
        ] {
            assert_eq!(parse_criteria(text).unwrap().holds(&look), holds, "{text}");
        }
    }

    #[test]
    fn broken_criteria_are_refused() {
        for text in [
            "",
            "Last_Name:equals:x",
            "(Last_Name:equals:x",
            "(Last_Name)",
            "(A:is:x)",
            "(A:equals:x) b",
            "((A:equals:x)and(B:equals:y)or(C:equals:z))",
        ] {
            assert!(parse_criteria(text).is_err(), "{text}");
        }
        assert!(parse_criteria(&"(".repeat(100_000)).is_err());
        assert!(parse_select(&format!("select a from b where {}", "(".repeat(100_000))).is_err());
    }

    #[test]
    fn queries_are_read() {
        let select = parse_select("select Last_Name, Owner.id from Leads where (Last_Name like 'Bo%' and Amount >= 90) or Missing is not null order by Amount desc limit 200 offset 0").unwrap();
        assert_eq!((select.members.join(" "), select.from.as_str()), ("Last_Name Owner.id".to_owned(), "Leads"));
        assert!(select.condition.unwrap().holds(&look));
        assert_eq!(select.order, [("Amount".to_owned(), true)]);
        for text in [
            "",
            "select",
            "select a",
            "select a from b where",
            "select a from b where c ~ 1",
            "select a from b group by c",
            "select a from b where c = 'x",
        ] {
            assert!(parse_select(text).is_err(), "{text}");
        }
    }
}
