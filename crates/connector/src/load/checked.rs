//! Loading with every fault: YAML, shape, names, checks.

use std::ops::Range;

use serde_json::{Map, Value};

use super::{Loaded, misnamed, traps};
use crate::check::{Subject, check};
use crate::definition::Definition;
use crate::diagnostic::places::Places;
use crate::diagnostic::{Code, Diagnostic, Place, Severity, Spot};
use crate::resolve::{Extent, LeftOut, ReadFile, resolve};
use crate::shape;
use crate::source::{Document, FileId, Origin, Route, SourceFile, Step, SyntaxFault, SyntaxKind};

/// The words of a file that hold entries by name. A fault in an entry leaves that entry out; anywhere else, the word.
const SECTIONS: [&str; 6] = ["connection", "bases", "pagination", "rate_limits", "types", "apis"];

/// What a member or an argument may come from: with one of these left out, a name may be missing without fault.
const SOURCES_OF_MEMBERS: [&str; 2] = ["types", "defaults"];

/// The same as `load` of the parent module, which documents it.
pub(super) fn load(files: &[SourceFile]) -> Loaded {
    let mut reading = Reading::default();
    let read: Vec<ReadFile> = files.iter().enumerate().filter_map(|(i, file)| reading.file(FileId(i), file)).collect();
    let Reading { mut faults, left_out, hidden, documents } = reading;
    faults.extend(misnamed(files, &read).filter(|_| !left_out.has("connector", "*")));
    let connector = resolve(&read, &left_out, Extent::Whole, &mut faults);
    match &connector {
        Some(connector) => check(&Subject { connector, files: &read, left_out: &left_out }, &mut faults),
        None if !hidden => faults.push(nameless()),
        None => {}
    }
    Loaded { connector, diagnostics: in_order(&Places::of(files, documents), faults) }
}

fn nameless() -> Diagnostic {
    let fault = Diagnostic::error(Code::MisplacedWord, Origin::default(), "no file says which connector this is");
    fault.at_key().help("the service's file begins with `connector: name`")
}

/// Sorts faults by file and place and drops those that say the same: a word that many APIs share is read for each.
/// A warning about the way a value is written says nothing new where the value is wrong.
fn in_order(places: &Places<'_>, faults: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut placed: Vec<(FileId, Range<usize>, Diagnostic)> =
        faults.into_iter().map(|fault| (fault.place.file, places.range(&fault.place), fault)).collect();
    placed.sort_by(|(file, range, fault), (other_file, other_range, other)| {
        let place = (file, range.start, range.end).cmp(&(other_file, other_range.start, other_range.end));
        place
            .then(other.severity.cmp(&fault.severity))
            .then(fault.code.cmp(&other.code))
            .then_with(|| fault.message.cmp(&other.message))
    });
    placed.dedup_by(|(file, range, fault), (first_file, first_range, first)| {
        let repeated = fault.code == first.code && fault.message == first.message;
        let idle = fault.code == Code::AmbiguousText && matches!(first.code, Code::Shape | Code::BadExample);
        *file == *first_file && *range == *first_range && (repeated || idle)
    });
    placed.into_iter().map(|(_, _, fault)| fault).collect()
}

/// What reading the files one by one gathers.
#[derive(Default)]
struct Reading {
    faults: Vec<Diagnostic>,
    left_out: LeftOut,
    /// Whether a whole file could not be read.
    hidden: bool,
    /// The files as trees, to find places in.
    documents: Vec<Option<Document>>,
}

impl Reading {
    fn file(&mut self, id: FileId, file: &SourceFile) -> Option<ReadFile> {
        if file.text.starts_with(BYTE_ORDER_MARK) {
            let place = Place { file: id, spot: Spot::Bytes(0..0) };
            let fault = Diagnostic::error(Code::Syntax, Origin::default(), "the file begins with a byte order mark");
            self.faults.push(Diagnostic { place, ..fault.help("save it as UTF-8 without one") });
            self.documents.push(None);
            return self.nothing_read();
        }
        let definition = match Document::parse(&file.text) {
            Ok((document, syntax)) => {
                let definition = self.document(id, file, &document, syntax);
                self.documents.push(Some(document));
                definition
            }
            Err(faults) => {
                self.documents.push(None);
                self.hide(id, file, faults)
            }
        };
        Some(ReadFile { id, stem: file.stem().to_owned(), definition: definition? })
    }

    fn document(
        &mut self,
        id: FileId,
        file: &SourceFile,
        document: &Document,
        syntax: Vec<SyntaxFault>,
    ) -> Option<Definition> {
        if syntax.iter().any(|fault| fault.kind != SyntaxKind::DuplicateKey) {
            return self.hide(id, file, syntax);
        }
        let traps = traps::warnings(id, &file.text, document);
        let mut value = match serde_yaml::from_str(&file.text) {
            Ok(Value::Null) => Value::Object(Map::new()),
            Ok(value) => value,
            Err(error) => return self.unreadable(id, file, &error, traps),
        };
        self.faults.extend(traps);
        self.faults.extend(traps::carriage_returns(id, document));
        for fault in syntax {
            self.leave_out(&mut value, &entry_at(document, fault.range.start));
            self.faults.push(traps::syntax_fault(id, &file.text, fault));
        }
        for fault in shape::faults(id, &value, document) {
            self.leave_out(&mut value, &fault.route);
            fault.meant.iter().for_each(|meant| self.leave_out(&mut value, meant));
            self.faults.push(fault.diagnostic);
        }
        self.definition(id, value)
    }

    /// Leaves a whole file out: what others say of its types and APIs is not to be called unknown.
    fn hide<T>(&mut self, id: FileId, file: &SourceFile, faults: Vec<SyntaxFault>) -> Option<T> {
        let faults = traps::without_followers(&file.text, faults);
        self.faults.extend(faults.into_iter().map(|fault| traps::syntax_fault(id, &file.text, fault)));
        self.nothing_read()
    }

    /// A file that only the second reader refuses: a number beyond all bounds, for example, which a trap explains better.
    fn unreadable<T>(
        &mut self,
        id: FileId,
        file: &SourceFile,
        error: &serde_yaml::Error,
        traps: Vec<Diagnostic>,
    ) -> Option<T> {
        let at = error.location().map_or(0, |location| byte_at(&file.text, location.line(), location.column()));
        let explained = traps.iter().any(|trap| matches!(&trap.place.spot, Spot::Bytes(range) if range.contains(&at)));
        if !explained {
            let words = error.to_string();
            let fault =
                Diagnostic::error(Code::Syntax, Origin::default(), words.split(" at line ").next().unwrap_or(&words));
            self.faults.push(Diagnostic { place: Place { file: id, spot: Spot::Bytes(at..at) }, ..fault });
        }
        let errors = traps.into_iter().map(|trap| match &trap.place.spot {
            Spot::Bytes(range) if range.contains(&at) => Diagnostic { severity: Severity::Error, ..trap },
            _ => trap,
        });
        self.faults.extend(errors);
        self.nothing_read()
    }

    fn nothing_read<T>(&mut self) -> Option<T> {
        self.hidden = true;
        for section in SECTIONS.into_iter().chain(["members"]) {
            self.left_out.note(section, "*");
        }
        None
    }

    /// Takes the entry, or the word, that a route leads into out of the value.
    fn leave_out(&mut self, value: &mut Value, route: &Route) {
        let Some(members) = value.as_object_mut() else { return };
        let [Step::Key(word), rest @ ..] = route.0.as_slice() else { return };
        let word = &**word;
        if SOURCES_OF_MEMBERS.contains(&word) {
            self.left_out.note("members", "*");
        }
        match rest {
            [Step::Key(name), ..] if SECTIONS.contains(&word) => {
                self.left_out.note(word, name);
                if let Some(section) = members.get_mut(word).and_then(Value::as_object_mut) {
                    section.shift_remove(&**name);
                }
            }
            _ => {
                self.left_out.note(word, "*");
                members.shift_remove(word);
                if word == "connector" {
                    members.insert(word.to_owned(), NAMELESS.into());
                }
            }
        }
    }

    fn definition(&mut self, id: FileId, value: Value) -> Option<Definition> {
        if !value.is_object() {
            return self.nothing_read();
        }
        match serde_json::from_value(value) {
            Ok(definition) => Some(definition),
            Err(error) => {
                let origin = Origin { file: id, route: Route::default() };
                self.faults.push(Diagnostic::error(Code::Shape, origin, error.to_string()));
                self.nothing_read()
            }
        }
    }
}

/// The byte at a line and a column, both from 1; the column counts characters.
fn byte_at(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default();
    rest.char_indices().nth(column.saturating_sub(1)).map_or(text.len(), |(at, _)| start + at)
}

/// What some editors write at the beginning of a file. The readers of YAML differ in what it is to them.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Stands for a connector's name that was left out, so that its file is still the service's.
const NAMELESS: &str = "nameless";

/// The entry, or the word, that a byte is in.
fn entry_at(document: &Document, byte: usize) -> Route {
    let Some(word) = document.key_before(&Route::default(), byte) else { return Route::default() };
    let route = Route::default().key(word);
    let name = SECTIONS.contains(&word).then(|| document.key_before(&route, byte)).flatten();
    name.map_or_else(|| route.clone(), |name| route.key(name))
}
