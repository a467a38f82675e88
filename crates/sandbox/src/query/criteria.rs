//! Criteria: `(Name:equals:Boyle)`, joined by `and` and `or` in brackets.

use serde_json::Value;

use super::{DEEPEST, Expression, Operator};
use crate::reply_path::text_of;

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
    let operator = operator(word.trim()).ok_or_else(|| format!("`{word}` is not an operator"))?;
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

fn operator(word: &str) -> Option<Operator> {
    Some(match word {
        "equals" | "equal" => Operator::Equal,
        "not_equal" => Operator::NotEqual,
        "starts_with" => Operator::StartsWith,
        "contains" => Operator::Contains,
        "less_than" => Operator::Less,
        "less_equal" => Operator::LessOrEqual,
        "greater_than" => Operator::Greater,
        "greater_equal" => Operator::GreaterOrEqual,
        "between" => Operator::Between,
        "in" => Operator::In,
        _ => return None,
    })
}

/// Reads criteria that are written as JSON: `{ field: { api_name: Email }, comparator: equal, value: … }`, or several
/// of them in a `group` with a `group_operator`.
pub(crate) fn parse_json(criteria: &Value) -> Result<Expression, String> {
    json(criteria, 0)
}

fn json(criteria: &Value, depth: usize) -> Result<Expression, String> {
    if depth > DEEPEST {
        return Err("the groups are too deep".to_owned());
    }
    if let Some(group) = criteria.get("group").and_then(Value::as_array) {
        let parts = group.iter().map(|part| json(part, depth + 1)).collect::<Result<_, _>>()?;
        let any =
            criteria.get("group_operator").and_then(Value::as_str).is_some_and(|word| word.eq_ignore_ascii_case("or"));
        return Ok(if any { Expression::Any(parts) } else { Expression::All(parts) });
    }
    let member = criteria.get("api_name").or_else(|| criteria.get("field")?.get("api_name")).and_then(Value::as_str);
    let word = criteria.get("comparator").and_then(Value::as_str);
    let (Some(member), Some(word)) = (member, word) else {
        return Err("a comparison has a field with `api_name`, a `comparator` and a `value`".to_owned());
    };
    let operator = operator(word).ok_or_else(|| format!("`{word}` is not an operator"))?;
    let values = match criteria.get("value") {
        Some(Value::Array(values)) => values.iter().map(text_of).collect(),
        Some(value) => vec![text_of(value)],
        None => Vec::new(),
    };
    Ok(Expression::Compare { member: member.to_owned(), operator, values })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn criteria_in_json_are_read_and_hold() {
        let record = json!({ "Last_Name": "Boyle", "Amount": "90" });
        let look = |name: &str| record.get(name).cloned();
        let name = |value: &str| json!({ "field": { "api_name": "Last_Name" }, "comparator": "equal", "value": value });
        let amount = json!({ "api_name": "Amount", "comparator": "in", "value": ["80", "90"] });
        let group = |word: &str, name: Value| json!({ "group_operator": word, "group": [name, amount] });
        for (criteria, holds) in [
            (name("boyle"), true),
            (group("and", name("x")), false),
            (group("OR", name("x")), true),
            (group("AND", name("Boyle")), true),
        ] {
            assert_eq!(parse_json(&criteria).unwrap().holds(&look), holds, "{criteria}");
        }
        for criteria in [json!({}), json!({ "api_name": "A", "comparator": "is", "value": "1" })] {
            assert!(parse_json(&criteria).is_err(), "{criteria}");
        }
    }
}
