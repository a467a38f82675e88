//! Criteria: `(Name:equals:Boyle)`, joined by `and` and `or` in brackets.

use super::{DEEPEST, Expression, Operator};

/// Reads criteria: `(Name:equals:Boyle)`, joined by `and` and `or` in brackets.
pub(crate) fn parse_criteria(text: &str) -> Result<Expression, String> {
    let mut rest = text.trim();
    let expression = criteria(&mut rest, 0)?;
    if rest.trim().is_empty() { Ok(expression) } else { Err(format!("`{}` is left over", rest.trim())) }
}

fn criteria(rest: &mut &str, depth: usize) -> Result<Expression, String> {
    let mut parts = vec![one_criterion(rest, depth)?];
    let mut joined_by = "";
    loop {
        *rest = rest.trim_start();
        let word = ["and", "or"]
            .into_iter()
            .find(|word| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)));
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
    let inner =
        rest.trim_start().strip_prefix('(').ok_or_else(|| format!("a `(` is missing before `{}`", rest.trim()))?;
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
    Ok(Expression::Compare {
        member: member.trim().to_owned(),
        operator: if null { Operator::Null } else { operator },
        values,
    })
}
