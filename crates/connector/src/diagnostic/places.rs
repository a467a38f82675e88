//! From symbolic places to bytes: what loading and printing share.

use std::ops::Range;

use super::{Place, Spot};
use crate::source::{Document, SourceFile};

/// The files of a connector as trees, to find places in.
#[derive(Debug)]
pub(crate) struct Places<'a> {
    files: &'a [SourceFile],
    documents: Vec<Option<Document>>,
}

impl<'a> Places<'a> {
    /// Reads all files. One that is no YAML has no tree, and only places in bytes are found in it.
    pub(crate) fn new(files: &'a [SourceFile]) -> Self {
        let documents =
            files.iter().map(|file| Document::parse(&file.text).ok().map(|(document, _)| document)).collect();
        Self { files, documents }
    }

    /// The file of a place, where the place is in a file.
    pub(crate) fn file(&self, place: &Place) -> Option<&'a SourceFile> {
        self.files.get(place.file.0)
    }

    /// The bytes of a place: within the file, in order, and between characters.
    pub(crate) fn range(&self, place: &Place) -> Range<usize> {
        let document = self.documents.get(place.file.0).and_then(Option::as_ref);
        let range = match (&place.spot, document) {
            (Spot::Bytes(range), _) => range.clone(),
            (Spot::Value(route), Some(document)) => document.value_range(route),
            (Spot::Key(route), Some(document)) => document.key_range(route),
            (_, None) => 0..0,
        };
        let text = self.file(place).map_or("", |file| &file.text);
        let start = boundary(text, range.start);
        start..boundary(text, range.end).max(start)
    }
}

/// The nearest place between characters at or before a byte.
fn boundary(text: &str, byte: usize) -> usize {
    let mut at = byte.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
