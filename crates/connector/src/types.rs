//! Shapes of values: the types of parameters, bodies and records.

use serde_json::Value;

use crate::time_format::TimeFormat;

/// The type of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// Text.
    String,
    /// A whole number; also read from text.
    Int,
    /// A number that is never a float.
    Decimal,
    /// True or false; also read from text.
    Bool,
    /// An identifier: text, and never a number.
    Id,
    /// A day, in the service's spelling or in its own.
    Date(Option<TimeFormat>),
    /// A point in time, in the service's spelling or in its own.
    Time(Option<TimeFormat>),
    /// A length of time, as text.
    Duration,
    /// A mail address.
    Email,
    /// An address on the web.
    Url,
    /// A telephone number.
    Phone,
    /// A JSON object of any members.
    Map,
    /// Any JSON.
    Any,
    /// A file, at most this many bytes.
    File {
        /// The largest size that the service takes.
        max_bytes: Option<u64>,
    },
    /// A list.
    List {
        /// The type of each entry.
        item: Box<Self>,
        /// The most entries that one request takes.
        max: Option<u64>,
    },
    /// One of a set of values.
    Choice {
        /// The values, as text.
        values: Vec<String>,
        /// Whether the set grows (`|*`): any text may be sent.
        open: bool,
        /// Whether all values are numbers, and are numbers in JSON.
        numeric: bool,
    },
    /// A type of the connector, by name.
    Record(String),
    /// An object written in place.
    Object(RecordType),
}

impl Type {
    /// The built-in types that are one word.
    pub const NAMES: [&'static str; 15] = [
        "string", "int", "decimal", "bool", "id", "date", "time", "duration", "email", "url", "phone", "map", "any",
        "file", "body",
    ];

    /// Whether the value, or a part of it, is a file.
    pub fn is_file(&self) -> bool {
        match self {
            Self::File { .. } => true,
            Self::List { item, .. } => item.is_file(),
            _ => false,
        }
    }

    /// Whether the value is one JSON scalar.
    pub fn is_scalar(&self) -> bool {
        !matches!(
            self,
            Self::Map | Self::Any | Self::List { .. } | Self::Record(_) | Self::Object(_) | Self::File { .. }
        )
    }

    /// The largest number of entries, of a list that says one.
    pub fn max_items(&self) -> Option<u64> {
        match self {
            Self::List { max, .. } => *max,
            _ => None,
        }
    }

    /// The largest size of a file, or of each file of a list, that says one.
    pub fn max_bytes(&self) -> Option<u64> {
        match self {
            Self::List { item, .. } => item.max_bytes(),
            Self::File { max_bytes } => *max_bytes,
            _ => None,
        }
    }
}

impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::String => f.write_str("string"),
            Self::Int => f.write_str("int"),
            Self::Decimal => f.write_str("decimal"),
            Self::Bool => f.write_str("bool"),
            Self::Id => f.write_str("id"),
            Self::Date(format) => with_format(f, "date", format.as_ref()),
            Self::Time(format) => with_format(f, "time", format.as_ref()),
            Self::Duration => f.write_str("duration"),
            Self::Email => f.write_str("email"),
            Self::Url => f.write_str("url"),
            Self::Phone => f.write_str("phone"),
            Self::Map => f.write_str("map"),
            Self::Any => f.write_str("any"),
            Self::File { max_bytes: None } => f.write_str("file"),
            Self::File { max_bytes: Some(bytes) } => write!(f, "file <= {}", size_text(*bytes)),
            Self::List { item, max: None } => write!(f, "[{item}]"),
            Self::List { item, max: Some(max) } => write!(f, "[{item}, {max}]"),
            Self::Choice { values, open, .. } => {
                f.write_str(&values.join("|"))?;
                f.write_str(match (open, values.len()) {
                    (true, _) => "|*",
                    (false, 1) => "|",
                    _ => "",
                })
            }
            Self::Record(name) => f.write_str(name),
            Self::Object(object) => write!(f, "{object}"),
        }
    }
}

fn with_format(f: &mut std::fmt::Formatter<'_>, word: &str, format: Option<&TimeFormat>) -> std::fmt::Result {
    match format {
        Some(format) => write!(f, "{word} {format}"),
        None => f.write_str(word),
    }
}

/// An object: members in the order of the definition, those taken over from other types first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RecordType {
    /// The members.
    pub fields: Vec<Field>,
}

impl RecordType {
    /// The member of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The member that tells records apart: the first `id` that is marked `!`.
    pub fn key(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.required && field.ty == Type::Id)
    }
}

impl std::fmt::Display for RecordType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("{")?;
        for (i, field) in self.fields.iter().enumerate() {
            f.write_str(if i == 0 { " " } else { ", " })?;
            write!(f, "{field}")?;
        }
        f.write_str(" }")
    }
}

/// A member of a [`RecordType`].
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The name on the wire.
    pub name: String,
    /// The type.
    pub ty: Type,
    /// Whether it must be sent. In replies only an `id` carries the mark.
    pub required: bool,
    /// What is sent where nothing is given.
    pub default: Option<Value>,
    /// What is always sent; such a member is no argument.
    pub constant: Option<Value>,
}

impl std::fmt::Display for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mark = if self.required { "!" } else { "" };
        write!(f, "{}{mark}: ", self.name)?;
        match (&self.constant, &self.default) {
            (Some(value), _) => write!(f, "={}", constant_text(value)),
            (None, Some(value)) => write!(f, "{} = {}", self.ty, constant_text(value)),
            (None, None) => write!(f, "{}", self.ty),
        }
    }
}

/// A default or a constant as the language writes it.
pub(crate) fn constant_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What a scalar of the type grammar says.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// A type, with the default that is sent.
    Type(Type, Option<Value>),
    /// A constant.
    Constant(Value),
    /// `body`: the spot where the declared body goes.
    Body,
}

/// Why a scalar is no type: what is wrong, and what to write instead.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeFault {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

/// Reads a scalar of the type grammar: a leading `=`, then ` = `, `|`, `file <=`, `time …`, a name, in this order.
///
/// A name that begins with a capital is a type of the connector; whether it exists is the resolver's question.
///
/// # Errors
/// What is wrong with the text, and what to write instead.
pub fn parse_scalar(text: &str) -> Result<Scalar, TypeFault> {
    if let Some(constant) = text.strip_prefix('=') {
        return parse_constant(constant.trim()).map(Scalar::Constant);
    }
    if let Some((ty, default)) = text.split_once(" = ") {
        let ty = parse_type(ty.trim())?;
        let default = read_default(&ty, default.trim())?;
        return Ok(Scalar::Type(ty, Some(default)));
    }
    if text == "body" {
        return Ok(Scalar::Body);
    }
    parse_type(text.trim()).map(|ty| Scalar::Type(ty, None))
}

fn parse_type(text: &str) -> Result<Type, TypeFault> {
    if text.contains('|') {
        return parse_choice(text);
    }
    if let Some(size) = text.strip_prefix("file <=") {
        let max_bytes = parse_size(size.trim())?;
        return Ok(Type::File { max_bytes: Some(max_bytes) });
    }
    for (word, make) in [("time ", Type::Time as fn(_) -> Type), ("date ", Type::Date)] {
        if let Some(pattern) = text.strip_prefix(word) {
            let format = TimeFormat::parse(pattern.trim()).map_err(|message| TypeFault { message, help: None })?;
            return Ok(make(Some(format)));
        }
    }
    parse_name(text)
}

fn parse_name(text: &str) -> Result<Type, TypeFault> {
    Ok(match text {
        "string" => Type::String,
        "int" => Type::Int,
        "decimal" => Type::Decimal,
        "bool" => Type::Bool,
        "id" => Type::Id,
        "date" => Type::Date(None),
        "time" => Type::Time(None),
        "duration" => Type::Duration,
        "email" => Type::Email,
        "url" => Type::Url,
        "phone" => Type::Phone,
        "map" => Type::Map,
        "any" => Type::Any,
        "file" => Type::File { max_bytes: None },
        name if is_type_name(name) => Type::Record(name.to_owned()),
        other => return Err(not_a_type(other)),
    })
}

fn not_a_type(text: &str) -> TypeFault {
    let synonyms = [
        ("integer", "int"),
        ("number", "decimal"),
        ("float", "decimal"),
        ("double", "decimal"),
        ("boolean", "bool"),
        ("text", "string"),
        ("str", "string"),
        ("object", "map"),
        ("datetime", "time"),
        ("timestamp", "time"),
        ("binary", "file"),
        ("array", "[string]"),
        ("list", "[string]"),
        ("json", "any"),
        ("null", "any"),
    ];
    let same = synonyms.iter().find(|(other, _)| other.eq_ignore_ascii_case(text)).map(|(_, ours)| *ours);
    let help = match same {
        Some(ours) => Some(format!("write `{ours}`")),
        None => crate::suggest::did_you_mean(text, Type::NAMES),
    };
    let help = help.or_else(|| {
        Some(format!("the types are {}; a type of the connector begins with a capital", Type::NAMES.join(", ")))
    });
    TypeFault { message: format!("`{text}` is not a type"), help }
}

/// Whether a name can be one of the connector's types: a capital, then letters and digits.
pub fn is_type_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(|c| c.is_ascii_alphanumeric())
}

fn parse_choice(text: &str) -> Result<Type, TypeFault> {
    let mut values: Vec<String> = text.split('|').map(|value| value.trim().to_owned()).collect();
    let last = values.pop().unwrap_or_default();
    let open = last == "*";
    if !open && !last.is_empty() {
        values.push(last);
    }
    let fault = |message: String| TypeFault {
        message,
        help: Some("choices are written `open|closed`; `a|` is a set of one, `a|*` a set that grows".to_owned()),
    };
    if values.is_empty() || values.iter().any(String::is_empty) {
        return Err(fault(format!("`{text}` has an empty choice")));
    }
    if let Some(twice) = values.iter().enumerate().find(|(i, v)| values[..*i].contains(v)) {
        return Err(fault(format!("the choice `{}` stands twice", twice.1)));
    }
    let numeric = values.iter().all(|value| value.parse::<i64>().is_ok_and(|n| n.to_string() == *value));
    Ok(Type::Choice { values, open, numeric })
}

/// A constant is JSON if it is a number, true, false, quoted, a list or an object, else text.
fn parse_constant(text: &str) -> Result<Value, TypeFault> {
    let first = text.chars().next();
    let looks_like_json = match first {
        Some('"' | '[' | '{') => true,
        Some('-' | '0'..='9') => text.parse::<f64>().is_ok(),
        _ => matches!(text, "true" | "false"),
    };
    if !looks_like_json {
        return Ok(Value::String(text.to_owned()));
    }
    let value: Value = serde_json::from_str(text).map_err(|error| TypeFault {
        message: format!("`={text}` is not JSON: {error}"),
        help: Some("quote a text that begins like JSON: `'=\"text\"'`".to_owned()),
    })?;
    if value.as_number().is_some_and(|number| number.to_string() != text) {
        return Err(TypeFault {
            message: format!("the number `{text}` would be sent as `{value}`"),
            help: Some(format!("write it as text: `'=\"{text}\"'`")),
        });
    }
    Ok(value)
}

fn read_default(ty: &Type, text: &str) -> Result<Value, TypeFault> {
    let wrong = |expected: &str| TypeFault { message: format!("the default `{text}` is not {expected}"), help: None };
    match ty {
        Type::Int => text.parse::<i64>().map(Value::from).map_err(|_| wrong("a whole number")),
        Type::Bool => text.parse::<bool>().map(Value::from).map_err(|_| wrong("true or false")),
        Type::Choice { values, open, numeric } => {
            if !open && !values.iter().any(|value| value == text) {
                return Err(wrong(&format!("one of {}", values.join(", "))));
            }
            Ok(if *numeric { text.parse::<i64>().map_or_else(|_| text.into(), Value::from) } else { text.into() })
        }
        ty if ty.is_scalar() => Ok(text.into()),
        ty => Err(TypeFault { message: format!("a `{ty}` takes no default"), help: None }),
    }
}

/// Reads a size such as `40MB` (of 1024 × 1024 bytes) into bytes.
fn parse_size(text: &str) -> Result<u64, TypeFault> {
    let fault = || TypeFault {
        message: format!("`{text}` is not a size"),
        help: Some("write a size as `file <= 40MB` (KB, MB or GB)".to_owned()),
    };
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..digits].parse().map_err(|_| fault())?;
    let unit = match text[digits..].trim() {
        "KB" => 1 << 10,
        "MB" => 1 << 20,
        "GB" => 1 << 30,
        _ => return Err(fault()),
    };
    number.checked_mul(unit).ok_or_else(fault)
}

/// Bytes in the largest unit that leaves no rest: `20MB`.
pub fn size_text(bytes: u64) -> String {
    for (unit, size) in [("GB", 1u64 << 30), ("MB", 1 << 20), ("KB", 1 << 10)] {
        if bytes >= size && bytes.is_multiple_of(size) {
            return format!("{}{unit}", bytes / size);
        }
    }
    format!("{bytes} bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match parse_scalar(text) {
            Ok(Scalar::Type(ty, None)) => ty.to_string(),
            Ok(Scalar::Type(ty, Some(default))) => format!("{ty} = {default}"),
            Ok(Scalar::Constant(value)) => format!("={value}"),
            Ok(Scalar::Body) => "body".to_owned(),
            Err(fault) => format!("! {} / {}", fault.message, fault.help.unwrap_or_default()),
        }
    }

    #[test]
    fn scalars_are_read_in_the_order_of_the_grammar() {
        for (text, expected) in [
            ("string", "string"),
            ("a|b|*", "a|b|*"),
            ("a|", "a|"),
            ("1|2", "1|2"),
            ("int = 5", "int = 5"),
            ("a|b = b", "a|b = \"b\""),
            ("file <= 40MB", "file <= 40MB"),
            ("time epoch_ms", "time epoch_ms"),
            ("Ticket", "Ticket"),
            ("=files", "=\"files\""),
            ("=51", "=51"),
            ("=\"51\"", "=\"51\""),
            ("=true", "=true"),
            ("=application/vnd.api+json", "=\"application/vnd.api+json\""),
            ("body", "body"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn faults_say_what_to_write() {
        for (text, expected) in [
            ("integer", "! `integer` is not a type / write `int`"),
            ("strng", "! `strng` is not a type / did you mean `string`?"),
            ("=1.10", "! the number `1.10` would be sent as `1.1` / write it as text: `'=\"1.10\"'`"),
            (
                "=12345678901234567890123",
                "! the number `12345678901234567890123` would be sent as `1.2345678901234568e+22` / write it as text: `'=\"12345678901234567890123\"'`",
            ),
            ("int = x", "! the default `x` is not a whole number / "),
            ("file <= 4XB", "! `4XB` is not a size / write a size as `file <= 40MB` (KB, MB or GB)"),
            (
                "a||b",
                "! `a||b` has an empty choice / choices are written `open|closed`; `a|` is a set of one, `a|*` a set that grows",
            ),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn a_choice_of_numbers_is_numeric() {
        assert!(matches!(parse_scalar("1|10"), Ok(Scalar::Type(Type::Choice { numeric: true, .. }, None))));
        assert!(matches!(parse_scalar("01|10"), Ok(Scalar::Type(Type::Choice { numeric: false, .. }, None))));
    }
}
