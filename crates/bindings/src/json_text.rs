//! Values in examples: JSON as the macro `json!` takes it, over several lines where one is too short.

use serde_json::Value;

use crate::tokens::{column_and_indent, replaced};

/// What begins a text that stands for a value, as [`marked`](crate::tokens::marked) puts it.
pub(crate) const JSON_MARK: &str = "\u{fdd1}";

/// The longest line that is not broken.
const WIDTH: usize = 88;

/// Code with the values in the place of the texts that stand for them.
pub(crate) fn with_values(code: &str) -> String {
    replaced(code, JSON_MARK, |out, json, after| {
        let value = serde_json::from_str(json).ok()?;
        let (column, indent) = column_and_indent(out);
        out.push_str(&format!("json!({})", text(&value, column + "json!()".len(), indent)));
        Some(after)
    })
}

/// A value on one line from a column on, or over several with an indent.
fn text(value: &Value, column: usize, indent: usize) -> String {
    let line = flat(value);
    if column + line.len() <= WIDTH {
        return line;
    }
    let inner = indent + 4;
    let spaces = " ".repeat(inner);
    let lines: Vec<String> = match value {
        Value::Object(members) if !members.is_empty() => {
            let member = |(name, value): (&String, &Value)| {
                let name = format!("{name:?}: ");
                format!("{spaces}{name}{},\n", text(value, inner + name.len() + 1, inner))
            };
            members.iter().map(member).collect()
        }
        Value::Array(entries) if !entries.is_empty() => {
            entries.iter().map(|value| format!("{spaces}{},\n", text(value, inner + 1, inner))).collect()
        }
        _ => return line,
    };
    let (open, close) = if value.is_object() { ('{', '}') } else { ('[', ']') };
    format!("{open}\n{}{}{close}", lines.concat(), " ".repeat(indent))
}

fn flat(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        Value::Array(entries) => format!("[{}]", entries.iter().map(flat).collect::<Vec<_>>().join(", ")),
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let members: Vec<String> =
                members.iter().map(|(name, value)| format!("{name:?}: {}", flat(value))).collect();
            format!("{{ {} }}", members.join(", "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::marked;

    #[test]
    fn a_value_stands_in_the_place_of_its_text() {
        let code = |json: &str| format!("    call({}, 1)\n", marked(JSON_MARK, json));
        assert_eq!(
            with_values(&code(r#"{"a":[1,null],"b":"say \"x\" \\ y"}"#)),
            "    call(json!({ \"a\": [1, null], \"b\": \"say \\\"x\\\" \\\\ y\" }), 1)\n"
        );
        let long = "x".repeat(80);
        assert_eq!(
            with_values(&code(&format!("{{\"a\":[\"{long}\"],\"b\":{{}}}}"))),
            format!(
                "    call(json!({{\n        \"a\": [\n            \"{long}\",\n        ],\n        \"b\": {{}},\n    }}), 1)\n"
            )
        );
        assert_eq!(with_values("call(\"1\")"), "call(\"1\")");
    }
}
