//! `--jq`: an expression in jq's language over each record. Whole numbers have any length, decimals stay the text that
//! came unless they are calculated with, and members keep their order.

use std::fmt;

use anyhow::Result;
use jaq_core::data::JustLut;
use jaq_core::load::{self, Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Filter, Vars, compile, unwrap_valr};
use jaq_json::{Num, Val, read};

use crate::exit::{Problem, Status};

/// How deep lists and objects may lie in each other; the interpreter follows them on the stack.
const DEEPEST: usize = 512;

/// Words of the language that would end the process behind our back.
const LEFT_OUT: [&str; 2] = ["halt", "halt_error"];

/// Words of jq's that the interpreter's library lacks.
const ADDED: &str = r#"
def @csv: [.[] | if type == "string" then "\"\(split("\"") | join("\"\""))\"" elif . == null then "" else tostring end] | join(",");
def @tsv: [.[] | if type == "string" then
  split("\\") | join("\\\\") | split("\t") | join("\\t") | split("\n") | join("\\n") | split("\r") | join("\\r")
  elif . == null then "" else tostring end] | join("\t");
"#;

mod endless;

type Data = JustLut<Val>;

/// An expression, compiled.
pub(crate) struct Jq {
    text: String,
    filter: Filter<Data>,
}

impl fmt::Debug for Jq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Jq({:?})", self.text)
    }
}

impl Jq {
    /// Compiles an expression. What is wrong with it is said with its place.
    pub(crate) fn new(text: &str) -> Result<Self, Problem> {
        let added = load::parse(ADDED, |parser| parser.defs()).unwrap_or_default();
        let definitions = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs()).chain(added);
        let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        let arena = Arena::default();
        let loader = Loader::new(definitions.filter(|definition| !LEFT_OUT.contains(&definition.name)));
        let modules = loader.load(&arena, File { code: text, path: () }).map_err(|errors| unreadable(text, errors))?;
        let compiler = Compiler::default().with_funs(functions.filter(|(name, ..)| !LEFT_OUT.contains(name)));
        let filter = compiler.compile(modules).map_err(|errors| unknown(text, errors))?;
        Ok(Self { text: text.to_owned(), filter })
    }

    /// Gives a record, which is JSON text, to the expression, and takes each value that comes out as JSON text.
    pub(crate) fn run(&self, record: &[u8], mut take: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        if is_deeper_than(DEEPEST, record) {
            return Err(self.failed(&format!("a record has more than {DEEPEST} lists and objects in each other")));
        }
        let _busy = endless::Busy::begin();
        let input = read::parse_single(record).map_err(|error| self.failed(&error.to_string()))?;
        let context = Ctx::<Data>::new(&self.filter.lut, Vars::new([]));
        for value in self.filter.id.run((context, input)).map(unwrap_valr) {
            let value = value.map_err(|error| self.failed(&error.to_string()))?;
            let mut text = Vec::new();
            write(&value, &mut text).map_err(|fault| self.failed(fault))?;
            take(&text)?;
        }
        Ok(())
    }

    fn failed(&self, why: &str) -> anyhow::Error {
        let why = match why.char_indices().nth(300) {
            Some((at, _)) => format!("{}…", &why[..at]),
            None => why.to_owned(),
        };
        Problem::new(Status::Failed, format!("--jq '{}' does not work on a record: {why}", self.text)).into()
    }
}

/// A value as JSON text, on one line.
fn write(value: &Val, out: &mut Vec<u8>) -> Result<(), &'static str> {
    match value {
        // JSON has no word for them.
        Val::Num(Num::Float(number)) if !number.is_finite() => out.extend_from_slice(b"null"),
        Val::Null | Val::Bool(_) | Val::Num(_) => out.extend_from_slice(value.to_string().as_bytes()),
        Val::TStr(text) | Val::BStr(text) => quoted(text, out),
        Val::Arr(items) => {
            out.push(b'[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write(item, out)?;
            }
            out.push(b']');
        }
        Val::Obj(members) => {
            out.push(b'{');
            for (i, (name, member)) in members.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                let (Val::TStr(name) | Val::BStr(name)) = name else {
                    return Err("it makes an object with a member whose name is no text");
                };
                quoted(name, out);
                out.push(b':');
                write(member, out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

fn quoted(text: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(serde_json::Value::from(String::from_utf8_lossy(text)).to_string().as_bytes());
}

/// Whether lists and objects lie deeper in each other than that.
fn is_deeper_than(most: usize, json: &[u8]) -> bool {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    json.iter().any(|byte| {
        if quoted {
            quoted = *byte != b'"' || escaped;
            escaped = *byte == b'\\' && !escaped;
            return false;
        }
        match byte {
            b'"' => quoted = true,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > most
    })
}

fn unreadable(text: &str, errors: load::Errors<&str, ()>) -> Problem {
    let first = errors.into_iter().map(|(_, error)| error).next();
    let (at, words) = match first {
        Some(load::Error::Lex(faults)) => {
            faults.first().map(|(wanted, at)| (*at, format!("expected {}", wanted.as_str()))).unwrap_or_default()
        }
        Some(load::Error::Parse(faults)) => {
            faults.first().map(|(wanted, at)| (*at, format!("expected {}", wanted.as_str()))).unwrap_or_default()
        }
        Some(load::Error::Io(faults)) => {
            faults.first().map(|(at, _)| (*at, "modules cannot be included here".to_owned())).unwrap_or_default()
        }
        None => Default::default(),
    };
    wrong(text, at, &words)
}

fn unknown(text: &str, errors: compile::Errors<&str, ()>) -> Problem {
    let first = errors.into_iter().flat_map(|(_, faults)| faults).next();
    let (at, words) = first.map_or_else(Default::default, |(at, kind)| match kind {
        compile::Undefined::Filter(0) => (at, format!("there is no filter `{at}`")),
        compile::Undefined::Filter(arity) => {
            (at, format!("there is no filter `{at}` with {arity} argument{}", if arity == 1 { "" } else { "s" }))
        }
        kind => (at, format!("there is no {} `{at}`", kind.as_str())),
    });
    wrong(text, at, &words)
}

/// The error with the line of the expression and a mark under the place, which is a part of it.
fn wrong(text: &str, at: &str, words: &str) -> Problem {
    let start = (at.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
    // What is no part of it is its end: something is missing there.
    let start = if start <= text.len() && text.is_char_boundary(start) { start } else { text.len() };
    let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[line_start..].lines().next().unwrap_or_default();
    let column = text[line_start..start].chars().count();
    Problem::usage(format!("--jq: {words}")).details([line.to_owned(), format!("{}^", " ".repeat(column))])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(expression: &str, record: &str) -> Result<Vec<String>> {
        let mut all = Vec::new();
        Jq::new(expression)?.run(record.as_bytes(), |text| {
            all.push(String::from_utf8(text.to_vec())?);
            Ok(())
        })?;
        Ok(all)
    }

    #[test]
    fn every_digit_and_every_member_stays_where_it_was() {
        let record = r#"{"z":1.10,"id":1234567890123456789,"big":98765432109876543210987,"tiny":0.00000000000000000001234,"exp":1E400,"neg":-12.500,"a":"é\n\u0000"}"#;
        assert_eq!(ran(".", record).unwrap(), [record]);
        assert_eq!(
            ran("[.id, .z, .big, .tiny, .exp]", record).unwrap(),
            ["[1234567890123456789,1.10,98765432109876543210987,0.00000000000000000001234,1E400]"]
        );
        assert_eq!(ran(".id + 1", record).unwrap(), ["1234567890123456790"]);
        assert_eq!(
            ran("with_entries(select(.key != \"big\")) | keys_unsorted", record).unwrap(),
            [r#"["z","id","tiny","exp","neg","a"]"#]
        );
        let changed = &ran("del(.a, .neg) | .new = .z", record).unwrap()[0];
        assert!(changed.ends_with(r#""exp":1E400,"new":1.10}"#), "{changed}");
    }

    #[test]
    fn any_number_of_values_comes_out() {
        assert_eq!(ran(".[]", "[1,[2],{\"a\":null}]").unwrap(), ["1", "[2]", "{\"a\":null}"]);
        assert!(ran("empty", "1").unwrap().is_empty());
        assert_eq!(ran("nan, infinite", "1").unwrap(), ["null", "null"]);
        assert_eq!(
            ran(
                "([.a, .b] | @csv), (.a | test(\"^x\")), (.t | fromdate)",
                r#"{"a":"x,y","b":1.50,"t":"2026-01-02T03:04:05Z"}"#
            )
            .unwrap(),
            [r#""\"x,y\",1.50""#, "true", "1767323045"]
        );
        let row = r#"["a\"b","",null,1.10,"t\tn\nb\\"]"#;
        assert_eq!(ran("@csv", row).unwrap(), [r#""\"a\"\"b\",\"\",,1.10,\"t\tn\nb\\\"""#]);
        assert_eq!(ran("@tsv", row).unwrap(), [r#""a\"b\t\t\t1.10\tt\\tn\\nb\\\\""#]);
    }

    #[test]
    fn a_wrong_expression_is_shown_with_its_place() {
        let said = |expression: &str| format!("{:?}", Jq::new(expression).unwrap_err());
        for (expression, words, column) in [
            (".a | map(.b", "expected closing parenthesis", 11),
            (".a | frob", "there is no filter `frob`", 5),
            (".a | frob(1)", "there is no filter `frob` with 1 argument", 5),
            (".[\"é\"] | $x", "there is no variable `$x`", 9),
            (".a\n| )", "expected", 2),
            (". |", "expected", 3),
            ("halt", "there is no filter `halt`", 0),
            ("include \"x\"; .", "modules cannot be included here", 9),
        ] {
            let text = said(expression);
            assert!(text.contains(words), "{text}");
            assert!(text.contains(&format!("\"{}^\"", " ".repeat(column))), "{text}");
        }
    }

    #[test]
    fn what_fails_on_a_record_says_why() {
        let text = ran(".a.b", r#"{"a":[1]}"#).unwrap_err().to_string();
        assert!(text.starts_with("--jq '.a.b' does not work on a record: cannot index"), "{text}");
        assert!(ran("{(1|tojson): 2}", "1").is_ok());
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(ran(".", &deep).unwrap_err().to_string().contains("more than 512"));
    }
}
