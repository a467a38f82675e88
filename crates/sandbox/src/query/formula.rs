//! Formulas: `Status == "Open" && Added_Time >= '01-Jan-2026'`, with brackets around parts.

use super::{DEEPEST, Expression, Operator};

/// Reads a formula: `Status == "Open" && (Amount > 5 || Name.contains("x"))`.
pub(crate) fn parse_formula(text: &str) -> Result<Expression, String> {
    let mut rest = text.trim();
    let expression = any(&mut rest, 0)?;
    if rest.is_empty() { Ok(expression) } else { Err(format!("`{rest}` is left over")) }
}

fn any(rest: &mut &str, depth: usize) -> Result<Expression, String> {
    joined(rest, depth, "||", all, Expression::Any)
}

fn all(rest: &mut &str, depth: usize) -> Result<Expression, String> {
    joined(rest, depth, "&&", one, Expression::All)
}

fn joined(
    rest: &mut &str,
    depth: usize,
    by: &str,
    part: fn(&mut &str, usize) -> Result<Expression, String>,
    whole: fn(Vec<Expression>) -> Expression,
) -> Result<Expression, String> {
    let mut parts = vec![part(rest, depth)?];
    while take(rest, by) {
        parts.push(part(rest, depth)?);
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { whole(parts) })
}

fn one(rest: &mut &str, depth: usize) -> Result<Expression, String> {
    if depth > DEEPEST {
        return Err("the brackets are too deep".to_owned());
    }
    if take(rest, "(") {
        let inner = any(rest, depth + 1)?;
        return if take(rest, ")") { Ok(inner) } else { Err("a `)` is missing".to_owned()) };
    }
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let (member, behind) = rest.split_at(end);
    *rest = behind.trim_start();
    let operators = [
        ("==", Operator::Equal),
        ("!=", Operator::NotEqual),
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
        (".contains(", Operator::Contains),
        (".startsWith(", Operator::StartsWith),
    ];
    let found = operators.into_iter().find(|(sign, _)| take(rest, sign));
    let (sign, operator) = found.ok_or_else(|| format!("there is no comparison at `{member}{rest}`"))?;
    if member.is_empty() {
        return Err(format!("a field is missing before `{sign}`"));
    }
    let value = value(rest)?;
    if sign.ends_with('(') && !take(rest, ")") {
        return Err("a `)` is missing".to_owned());
    }
    Ok(Expression::Compare { member: member.to_owned(), operator, values: vec![value] })
}

/// A text in quotes, or a bare word.
fn value(rest: &mut &str) -> Result<String, String> {
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
    let (value, behind) = match quote {
        Some(quote) => {
            let inner = rest.get(1..).unwrap_or_default();
            inner.split_once(quote).ok_or_else(|| format!("a {quote} is missing"))?
        }
        None => {
            let end = rest.find(|c: char| c.is_whitespace() || "()&|".contains(c)).unwrap_or(rest.len());
            rest.split_at(end)
        }
    };
    let value = value.to_owned();
    *rest = behind.trim_start();
    if value.is_empty() && quote.is_none() { Err("a value is missing".to_owned()) } else { Ok(value) }
}

fn take(rest: &mut &str, sign: &str) -> bool {
    match rest.strip_prefix(sign) {
        Some(behind) => {
            *rest = behind.trim_start();
            true
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn formulas_find_what_they_say() {
        let record = json!({ "Status": "Open", "Amount": "90", "Time": "2026-01-02T00:00:00Z" });
        let look = |name: &str| record.get(name).cloned().filter(|value: &Value| !value.is_null());
        for (text, holds) in [
            (r#"(Status == "Open")"#, true),
            (r#"Status != "Open" || Amount > 80"#, true),
            (r#"Status == "Open" && (Amount < 80 || Time >= '2026-01-03T00:00:00Z')"#, false),
            (r#"Status.contains("pe")"#, true),
        ] {
            assert_eq!(parse_formula(text).unwrap().holds(&look), holds, "{text}");
        }
        for text in ["", "Status", "Status ==", "(Status == 1", "== 1", "Status == 'x", "a == 1 b", &"(".repeat(99)] {
            assert!(parse_formula(text).is_err(), "{text}");
        }
    }
}
