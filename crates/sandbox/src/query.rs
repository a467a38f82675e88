//! The two small languages in which services are asked for records: criteria `(Name:equals:Boyle)`, and
//! `select … from … where …`.

use std::cmp::Ordering;

use serde_json::Value;

use crate::reply_path::text_of;

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

/// A query: which members, of which collection, on which condition, in which order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Select {
    pub(crate) members: Vec<String>,
    pub(crate) from: String,
    pub(crate) condition: Option<Expression>,
    /// The members to sort by, and whether from the largest.
    pub(crate) order: Vec<(String, bool)>,
}

impl Expression {
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
        Operator::Between => values.get(1).is_some_and(|last| order(found, first).is_ge() && order(found, last).is_le()),
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
pub(crate) enum Comparable {
    Time(jiff::Timestamp, String),
    Number(f64, String),
    Text(String),
}

impl Comparable {
    pub(crate) fn new(text: &str) -> Self {
        let lower = text.to_lowercase();
        match (text.parse::<f64>(), text.parse()) {
            (Ok(number), _) => Self::Number(number, lower),
            (_, Ok(time)) => Self::Time(time, lower),
            _ => Self::Text(lower),
        }
    }

    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Time(a, _), Self::Time(b, _)) => a.cmp(b),
            (Self::Number(a, _), Self::Number(b, _)) => a.total_cmp(b),
            (a, b) => a.text().cmp(b.text()),
        }
    }

    fn text(&self) -> &str {
        let (Self::Time(_, text) | Self::Number(_, text) | Self::Text(text)) = self;
        text
    }
}

/// Reads criteria: `(Name:equals:Boyle)`, joined by `and` and `or` in brackets.
pub(crate) fn parse_criteria(text: &str) -> Result<Expression, String> {
    let mut rest = text.trim();
    let expression = criteria(&mut rest, 0)?;
    if rest.trim().is_empty() { Ok(expression) } else { Err(format!("`{}` is left over", rest.trim())) }
}

/// How deep brackets may lie in brackets.
const DEEPEST: usize = 30;

fn criteria(rest: &mut &str, depth: usize) -> Result<Expression, String> {
    let mut parts = vec![one_criterion(rest, depth)?];
    let mut joined_by = "";
    loop {
        *rest = rest.trim_start();
        let word = ["and", "or"].into_iter().find(|word| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)));
        let Some(word) = word else { break };
        if !joined_by.is_empty() && joined_by != word {
            return Err("`and` and `or` stand side by side; put brackets around one of them".to_owned());
        }
        joined_by = word;
        *rest = rest.get(word.len()..).unwrap_or_default();
        parts.push(one_criterion(rest, depth)?);
    }
    Ok(match (joined_by, parts.len()) {
        (_, 1) => parts.remove(0),
        ("or", _) => Expression::Any(parts),
        _ => Expression::All(parts),
    })
}

fn one_criterion(rest: &mut &str, depth: usize) -> Result<Expression, String> {
    let inner = rest.trim_start().strip_prefix('(').ok_or_else(|| format!("a `(` is missing before `{}`", rest.trim()))?;
    if depth > DEEPEST {
        return Err("the brackets are too deep".to_owned());
    }
    *rest = inner;
    if inner.trim_start().starts_with('(') {
        let expression = criteria(rest, depth + 1)?;
        *rest = rest.trim_start().strip_prefix(')').ok_or("a `)` is missing")?;
        return Ok(expression);
    }
    let end = closing(inner).ok_or("a `)` is missing")?;
    *rest = inner.get(end + 1..).unwrap_or_default();
    comparison(inner.get(..end).unwrap_or_default())
}

/// The bracket that ends a comparison; one behind a `\` belongs to the value.
fn closing(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (0..bytes.len()).find(|at| bytes.get(*at) == Some(&b')') && (*at == 0 || bytes.get(at - 1) != Some(&b'\\')))
}

fn comparison(text: &str) -> Result<Expression, String> {
    let mut parts = text.splitn(3, ':');
    let (Some(member), Some(word), Some(value)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(format!("`{text}` is not written (member:operator:value)"));
    };
    let operator = match word.trim() {
        "equals" => Operator::Equal,
        "not_equal" => Operator::NotEqual,
        "starts_with" => Operator::StartsWith,
        "contains" => Operator::Contains,
        "less_than" => Operator::Less,
        "less_equal" => Operator::LessOrEqual,
        "greater_than" => Operator::Greater,
        "greater_equal" => Operator::GreaterOrEqual,
        "between" => Operator::Between,
        "in" => Operator::In,
        other => return Err(format!("`{other}` is not an operator")),
    };
    let value = value.replace("\\(", "(").replace("\\)", ")").replace("\\,", ",");
    let values = match operator {
        Operator::Between | Operator::In => value.split(',').map(|value| value.trim().to_owned()).collect(),
        _ => vec![value.trim().to_owned()],
    };
    let null = operator == Operator::Equal && matches!(values.first().map(String::as_str), Some("null" | "${EMPTY}"));
    Ok(Expression::Compare { member: member.trim().to_owned(), operator: if null { Operator::Null } else { operator }, values })
}

/// Reads `select … from … where … order by …`; what comes after (`limit`, `offset`) is for paging.
pub(crate) fn parse_select(text: &str) -> Result<Select, String> {
    let tokens = tokens(text)?;
    let mut words = Words { tokens: &tokens, at: 0 };
    words.expect("select")?;
    let members = words.list()?;
    words.expect("from")?;
    let from = words.next().ok_or("there is nothing after `from`")?.to_owned();
    let condition = if words.skip("where") { Some(words.condition(0)?) } else { None };
    let mut order = Vec::new();
    if words.skip("order") {
        words.expect("by")?;
        for member in words.list()? {
            order.push((member, false));
        }
        if words.skip("desc") {
            order.iter_mut().for_each(|(_, from_largest)| *from_largest = true);
        } else {
            words.skip("asc");
        }
    }
    match words.peek() {
        None => Ok(Select { members, from, condition, order }),
        Some(word) if word.eq_ignore_ascii_case("limit") || word.eq_ignore_ascii_case("offset") => Ok(Select { members, from, condition, order }),
        Some(word) => Err(format!("`{word}` is not expected here")),
    }
}

/// Words, signs, and quoted texts with one quote before them.
fn tokens(text: &str) -> Result<Vec<String>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if first == '\'' {
            let end = rest[1..].find('\'').ok_or("a quote is open")?;
            tokens.push(format!("'{}", &rest[1..=end]));
            end + 2
        } else if "(),".contains(first) {
            tokens.push(first.to_string());
            1
        } else if "=<>!".contains(first) {
            let length = rest.find(|c| !"=<>!".contains(c)).unwrap_or(rest.len());
            tokens.push(rest[..length].to_owned());
            length
        } else {
            let length = rest.find(|c: char| c.is_whitespace() || "(),=<>!'".contains(c)).unwrap_or(rest.len());
            tokens.push(rest[..length].to_owned());
            length
        };
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

struct Words<'t> {
    tokens: &'t [String],
    at: usize,
}

impl<'t> Words<'t> {
    fn peek(&self) -> Option<&'t str> {
        self.tokens.get(self.at).map(String::as_str)
    }

    fn next(&mut self) -> Option<&'t str> {
        let word = self.peek();
        self.at += 1;
        word
    }

    fn skip(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, word: &str) -> Result<(), String> {
        if self.skip(word) { Ok(()) } else { Err(format!("`{word}` is expected before `{}`", self.peek().unwrap_or_default())) }
    }

    fn list(&mut self) -> Result<Vec<String>, String> {
        let mut items = vec![self.next().ok_or("a name is missing")?.to_owned()];
        while self.skip(",") {
            items.push(self.next().ok_or("a name is missing")?.to_owned());
        }
        Ok(items)
    }

    fn condition(&mut self, depth: usize) -> Result<Expression, String> {
        let mut any = vec![self.conjunction(depth)?];
        while self.skip("or") {
            any.push(self.conjunction(depth)?);
        }
        Ok(if any.len() == 1 { any.remove(0) } else { Expression::Any(any) })
    }

    fn conjunction(&mut self, depth: usize) -> Result<Expression, String> {
        let mut all = vec![self.comparison(depth)?];
        while self.skip("and") {
            all.push(self.comparison(depth)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Expression::All(all) })
    }

    fn comparison(&mut self, depth: usize) -> Result<Expression, String> {
        if depth > DEEPEST {
            return Err("the brackets are too deep".to_owned());
        }
        if self.skip("(") {
            let inner = self.condition(depth + 1)?;
            self.expect(")")?;
            return Ok(inner);
        }
        let member = self.next().ok_or("a condition is missing")?.to_owned();
        let sign = self.next().ok_or("an operator is missing")?;
        let operator = match sign.to_ascii_lowercase().as_str() {
            "=" => Operator::Equal,
            "!=" | "<>" => Operator::NotEqual,
            "<" => Operator::Less,
            "<=" => Operator::LessOrEqual,
            ">" => Operator::Greater,
            ">=" => Operator::GreaterOrEqual,
            "like" => return self.like(member),
            "in" => return self.among(member),
            "is" => {
                let operator = if self.skip("not") { Operator::NotNull } else { Operator::Null };
                self.expect("null")?;
                return Ok(Expression::Compare { member, operator, values: Vec::new() });
            }
            "between" => {
                let first = self.value()?;
                self.expect("and")?;
                return Ok(Expression::Compare { member, operator: Operator::Between, values: vec![first, self.value()?] });
            }
            other => return Err(format!("`{other}` is not an operator")),
        };
        Ok(Expression::Compare { member, operator, values: vec![self.value()?] })
    }

    fn value(&mut self) -> Result<String, String> {
        let word = self.next().ok_or("a value is missing")?;
        Ok(word.strip_prefix('\'').unwrap_or(word).to_owned())
    }

    fn like(&mut self, member: String) -> Result<Expression, String> {
        let pattern = self.value()?;
        let operator = if pattern.starts_with('%') { Operator::Contains } else if pattern.ends_with('%') { Operator::StartsWith } else { Operator::Equal };
        Ok(Expression::Compare { member, operator, values: vec![pattern.trim_matches('%').to_owned()] })
    }

    fn among(&mut self, member: String) -> Result<Expression, String> {
        self.expect("(")?;
        let mut values = vec![self.value()?];
        while self.skip(",") {
            values.push(self.value()?);
        }
        self.expect(")")?;
        Ok(Expression::Compare { member, operator: Operator::In, values })
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
        for text in ["", "Last_Name:equals:x", "(Last_Name:equals:x", "(Last_Name)", "(A:is:x)", "(A:equals:x) b", "((A:equals:x)and(B:equals:y)or(C:equals:z))"] {
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
        for text in ["", "select", "select a", "select a from b where", "select a from b where c ~ 1", "select a from b group by c", "select a from b where c = 'x"] {
            assert!(parse_select(text).is_err(), "{text}");
        }
    }
}
