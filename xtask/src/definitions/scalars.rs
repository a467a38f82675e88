//! Scalars: what type, format, pattern, example and name say of one.
//!
//! A name decides only where the rest does not: a text called `ticketId` is an id, and an example that is no date makes
//! no date of `startDate`.

use serde_json::Value;

use super::shape::Shape;
use super::words::words;

/// The most choices that are written; more of them are a list of its own (countries, time zones).
const MOST_CHOICES: usize = 40;

/// The longest choice; a longer one is a sentence.
const LONGEST_CHOICE: usize = 60;

/// The fewest digits of an id.
const SHORTEST_ID: usize = 10;

/// Last words of names that count something, though they are written as long numbers.
const COUNTS: [&str; 26] = [
    "count",
    "size",
    "time",
    "millis",
    "duration",
    "length",
    "total",
    "limit",
    "position",
    "index",
    "version",
    "order",
    "seconds",
    "minutes",
    "hours",
    "score",
    "percentage",
    "quantity",
    "amount",
    "number",
    "value",
    "file",
    "mins",
    "cost",
    "costs",
    "users",
];

/// Last words of names of numbers that nobody counts with: a zero at their beginning means something.
const NUMBERS_OF_TEXT: [&str; 6] = ["zip", "zipcode", "phone", "mobile", "fax", "code"];

/// The shape of a scalar: `types` are the names that its schema has, without `null`.
pub(crate) fn scalar(types: &[&str], schema: &Value, name: &str) -> Shape {
    if let Some(choices) = choices(schema) {
        return choices;
    }
    let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
    let has = |ty: &str| types.contains(&ty);
    if has("boolean") {
        return if types.len() == 1 { Shape::Bool } else { Shape::Any };
    }
    if has("integer") || has("int") {
        return if has("string") { long(format, name) } else { whole(name) };
    }
    if has("number") {
        return if matches!(format, "int32" | "int64") { whole(name) } else { Shape::Decimal };
    }
    if has("file") {
        return Shape::File;
    }
    text(format, schema, name)
}

/// A whole number, or an id that is written as one.
fn whole(name: &str) -> Shape {
    if is_id(name) { Shape::Id } else { Shape::Int }
}

/// A number that is also written as text: an id, unless its name says that it counts.
fn long(format: &str, name: &str) -> Shape {
    let names = words(name);
    let last = names.last().map_or("", String::as_str);
    let counts =
        COUNTS.contains(&last) || matches!(names.first().map(String::as_str), Some("total" | "max" | "min" | "no"));
    match format {
        "int64" if !counts && !NUMBERS_OF_TEXT.contains(&last) => Shape::Id,
        "double" => Shape::Decimal,
        _ if NUMBERS_OF_TEXT.contains(&last) => Shape::String,
        _ => whole(name),
    }
}

fn text(format: &str, schema: &Value, name: &str) -> Shape {
    match format {
        "date-time" => return Shape::Time,
        "date" => return Shape::Date,
        "email" => return Shape::Email,
        "uri" | "url" | "website" => return Shape::Url,
        "binary" | "file" => return Shape::File,
        "int64" => return long(format, name),
        "int32" => return whole(name),
        "double" | "float" => return Shape::Decimal,
        _ => {}
    }
    let pattern = schema.get("pattern").and_then(Value::as_str).and_then(|pattern| of_pattern(pattern, name));
    pattern.unwrap_or_else(|| of_name(name, schema.get("example").and_then(Value::as_str)))
}

/// What a pattern says. Few services write formats; their patterns are always the same.
fn of_pattern(pattern: &str, name: &str) -> Option<Shape> {
    let bare = pattern.trim_start_matches('^').trim_end_matches('$');
    if matches!(bare, "([0-9]+)" | "[0-9]+" | "\\d+" | "[1-9][0-9]{0,18}" | "[0-9]{1,19}") {
        return Some(if is_id(name) { Shape::Id } else { long("int64", name) });
    }
    if let Some(choice) = choice_of_pattern(bare) {
        return Some(choice);
    }
    let has = |part: &str| pattern.contains(part);
    if has(",((") || has("<") {
        return None;
    }
    let is_time = has("(T)") && has("(Z)");
    let is_date = bare.starts_with("([12][0-9]{3})-(") || bare == "\\d{4}-\\d{2}-\\d{2}";
    let is_mail = has("a-zA-Z0-9") && (has("@(") || has("@["));
    let is_url = has("(ht|f)tp") || has("https?:") || has("http[s]:");
    match (is_time, is_date, is_mail, is_url) {
        (true, ..) => Some(Shape::Time),
        (_, true, ..) => Some(Shape::Date),
        (.., true) => Some(Shape::Url),
        (_, _, true, _) => Some(Shape::Email),
        _ => None,
    }
}

/// The choices of `ACTIVE|INACTIVE`, and of a list of such with commas.
fn choice_of_pattern(pattern: &str) -> Option<Shape> {
    let first = pattern.split(")(,(").next().unwrap_or(pattern);
    let is_list = first != pattern;
    let values: Vec<&str> = first.trim_start_matches('(').trim_end_matches(')').split('|').collect();
    let plain = |value: &&str| !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !values.iter().all(plain) || (values.len() == 1 && (values[0].len() < 3 || first.contains('('))) {
        return None;
    }
    let values: Vec<String> =
        values.into_iter().filter(|v| !matches!(*v, "null" | "undefined")).map(str::to_owned).collect();
    let choice = Shape::Choice { values, open: false };
    Some(if is_list { Shape::List(Box::new(choice), None) } else { choice })
}

/// What a name says, where its example does not say otherwise.
pub(crate) fn of_name(name: &str, example: Option<&str>) -> Shape {
    let names = words(name);
    let last = names.last().map_or("", String::as_str);
    let example = example.map(str::trim).filter(|example| !example.is_empty());
    let like = |test: fn(&str) -> bool| example.is_none_or(test);
    if is_id(name) && like(|text| !text.contains([' ', ','])) {
        return Shape::Id;
    }
    match last {
        "email" if like(|text| text.contains('@') && !text.contains(',')) => Shape::Email,
        "id" if name.to_ascii_lowercase().contains("email") => Shape::Email,
        "phone" | "mobile" if like(|text| text.chars().all(|c| c.is_ascii_digit() || "+-(). ".contains(c))) => {
            Shape::Phone
        }
        "url" | "website" if like(|text| text.contains("://") || text.starts_with("www.") || text.starts_with('/')) => {
            Shape::Url
        }
        _ if example.is_some_and(is_time) => Shape::Time,
        _ if example.is_some_and(is_date) => Shape::Date,
        "time"
            if example.is_none()
                && matches!(names[0].as_str(), "created" | "modified" | "updated" | "closed" | "deleted") =>
        {
            Shape::Time
        }
        _ => Shape::String,
    }
}

/// Whether a name is that of an id, or of several.
pub(crate) fn is_id(name: &str) -> bool {
    let names = words(name);
    let last = names.last().map_or("", String::as_str);
    let is_mail = names.len() > 1 && names[names.len() - 2].ends_with("mail");
    (matches!(last, "id" | "ids") && !is_mail) || matches!(name, "zuid" | "zgid" | "zaid" | "zoid")
}

fn is_date(text: &str) -> bool {
    let digits =
        |range: std::ops::Range<usize>| text.get(range).is_some_and(|part| part.chars().all(|c| c.is_ascii_digit()));
    text.len() == 10 && digits(0..4) && digits(5..7) && digits(8..10) && text[4..].starts_with('-')
}

fn is_time(text: &str) -> bool {
    text.get(..10).is_some_and(is_date) && text[10..].starts_with('T') && text.len() > 15
}

/// The choices of an `enum` or `const`, of booleans a `bool`; text where there are too many or one cannot be written.
fn choices(schema: &Value) -> Option<Shape> {
    let one = schema.get("const").map(std::slice::from_ref);
    let listed = schema.get("enum").and_then(Value::as_array).map(Vec::as_slice);
    let values: Vec<&Value> = one.or(listed)?.iter().filter(|value| !value.is_null()).collect();
    if values.is_empty() {
        return None;
    }
    if values.iter().all(|value| value.is_boolean()) && values.len() > 1 {
        return Some(Shape::Bool);
    }
    let mut texts: Vec<String> = Vec::new();
    for value in &values {
        let text = value.as_str().map_or_else(|| value.to_string(), |text| text.trim().to_owned());
        if text.is_empty() && values.len() > 1 {
            continue;
        }
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    // Ids and addresses are no choices: whoever wrote them took an example for all there is.
    if texts.iter().all(|text| text.len() >= SHORTEST_ID && text.chars().all(|c| c.is_ascii_digit())) {
        return Some(Shape::Id);
    }
    if texts.iter().all(|text| text.contains("://")) {
        return Some(Shape::Url);
    }
    let writable = |text: &String| {
        !text.is_empty()
            && text.len() <= LONGEST_CHOICE
            && text != "*"
            && !text.contains(['|', '\n', '"', '{', '['])
            && !text.contains(" = ")
            && !text.starts_with('=')
    };
    // Choices that are all digits are numbers in JSON, so that text of digits is no choice.
    let is_text = values.iter().any(|value| value.is_string());
    let digits = texts.iter().all(|text| text.parse::<i64>().is_ok());
    if texts.is_empty() || texts.len() > MOST_CHOICES || !texts.iter().all(writable) || (is_text && digits) {
        return Some(if is_text { Shape::String } else { Shape::Int });
    }
    let open = schema.get("x-dynamic-enum") == Some(&Value::Bool(true));
    Some(Shape::Choice { values: texts, open })
}

/// The choices of an `enum` whose texts are all digits: outside of JSON, texts and numbers look the same.
pub(crate) fn choice_of_digits(schema: &Value) -> Option<Shape> {
    let values = schema.get("enum").and_then(Value::as_array)?.iter().filter(|value| !value.is_null());
    let values: Option<Vec<String>> = values.map(|value| value.as_str().map(str::to_owned)).collect();
    let values = values.filter(|values| values.len() <= MOST_CHOICES && !values.is_empty())?;
    let digits =
        |value: &String| value.len() < SHORTEST_ID && value.parse::<i64>().is_ok_and(|n| n.to_string() == *value);
    values.iter().all(digits).then_some(Shape::Choice { values, open: false })
}

/// Whether an `enum` has values that the shape does not show.
pub(crate) fn loses_choices(schema: &Value, shape: &Shape) -> bool {
    schema.get("enum").is_some_and(Value::is_array) && matches!(shape, Shape::String | Shape::Int)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn formats_patterns_and_names_tell_the_type() {
        let choice =
            |values: &[&str]| Shape::Choice { values: values.iter().map(ToString::to_string).collect(), open: false };
        let time = r"(((19|20)\d\d)[-/.]{1}(0?[1-9]|1[012])[-/.]{1}(0?[1-9]|3[01])(T)([01]?[0-9]):[0-5]?[0-9]([/.][\d]{0,3})?(Z))";
        let mail = r"^[a-zA-Z0-9\_]([a-zA-Z0-9\_\+\-\.\'&]*)@(?=.{4,256}$)(([a-zA-Z0-9]+)(([\-\_]*[a-zA-Z0-9])*)[\.])+[a-zA-Z]{2,22}$";
        for (types, schema, name, expected) in [
            (&["string", "integer"][..], json!({ "format": "int64" }), "departmentId", Shape::Id),
            (&["string", "integer"], json!({ "format": "int64" }), "createdBy", Shape::Id),
            (&["string", "integer"], json!({ "format": "int64" }), "commentCount", Shape::Int),
            (&["string", "integer"], json!({ "format": "int32" }), "offSet", Shape::Int),
            (&["string", "integer"], json!({ "format": "int32" }), "zuid", Shape::Id),
            (&["integer"], json!({}), "page", Shape::Int),
            (&["string", "integer"], json!({ "format": "int32" }), "zip", Shape::String),
            (&["number", "string"], json!({ "format": "double" }), "rate", Shape::Decimal),
            (&["number"], json!({ "format": "int32" }), "order", Shape::Int),
            (&["string"], json!({ "format": "int64" }), "id", Shape::Id),
            (&["string"], json!({ "pattern": time }), "dueDate", Shape::Time),
            (&["string"], json!({ "pattern": mail }), "email", Shape::Email),
            (&["string"], json!({ "pattern": "^[0-9]+$" }), "ticketId", Shape::Id),
            (&["string"], json!({ "pattern": "ACTIVE|INACTIVE" }), "status", choice(&["ACTIVE", "INACTIVE"])),
            (
                &["string"],
                json!({ "pattern": "^(a|b)(,(a|b))*$" }),
                "include",
                Shape::List(Box::new(choice(&["a", "b"])), None),
            ),
            (&["string"], json!({ "example": "2026-03-01" }), "due", Shape::Date),
            (&["string"], json!({ "example": "next week" }), "startDate", Shape::String),
            (&["string"], json!({ "example": "982000000566009" }), "tax_id", Shape::Id),
            (&["string"], json!({}), "emailId", Shape::Email),
            (&["string"], json!({}), "photoURL", Shape::Url),
            (&["string"], json!({}), "subject", Shape::String),
            (&["boolean"], json!({ "enum": [true, false] }), "isPublic", Shape::Bool),
        ] {
            assert_eq!(scalar(types, &schema, name), expected, "{name}: {schema}");
        }
    }

    #[test]
    fn choices_are_taken_where_they_can_be_written() {
        let shape = |values: Value| scalar(&["string"], &json!({ "enum": values }), "x");
        assert_eq!(
            shape(json!(["On Hold", null, "Open"])),
            Shape::Choice { values: vec!["On Hold".into(), "Open".into()], open: false }
        );
        assert_eq!(shape(json!([15, 30])), Shape::Choice { values: vec!["15".into(), "30".into()], open: false });
        for odd in
            [json!(["15", "30"]), json!(["a|b"]), json!(["x".repeat(61)]), (0..41).map(|n| format!("v{n}")).collect()]
        {
            assert_eq!(shape(odd), Shape::String);
        }
        assert_eq!(shape(json!(["111111000000071740"])), Shape::Id);
        assert_eq!(shape(json!(["https://example.com/callback"])), Shape::Url);
        let days = choice_of_digits(&json!({ "enum": ["15", null, "30"] }));
        assert_eq!(days, Some(Shape::Choice { values: vec!["15".into(), "30".into()], open: false }));
        assert_eq!(choice_of_digits(&json!({ "enum": ["15", "x"] })), None);
        let dynamic = scalar(&["string"], &json!({ "enum": ["a"], "x-dynamic-enum": true }), "x");
        assert_eq!(dynamic, Shape::Choice { values: vec!["a".into()], open: true });
    }
}
