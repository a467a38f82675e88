//! From symbolic places to bytes: what loading and printing share.

use std::cell::OnceCell;
use std::ops::Range;

use super::{Place, Spot};
use crate::source::{Document, SourceFile};

/// The files of a connector as trees, to find places in. A file is read when a place in it is asked for.
#[derive(Debug)]
pub(crate) struct Places<'a> {
    files: &'a [SourceFile],
    documents: Vec<OnceCell<Option<Document>>>,
}

impl<'a> Places<'a> {
    /// The places of these files.
    pub(crate) fn new(files: &'a [SourceFile]) -> Self {
        Self { files, documents: files.iter().map(|_| OnceCell::new()).collect() }
    }

    /// The places of files that have been read already.
    pub(crate) fn of(files: &'a [SourceFile], documents: Vec<Option<Document>>) -> Self {
        Self { files, documents: documents.into_iter().map(OnceCell::from).collect() }
    }

    /// The tree of a file. One that is no YAML has none, and only places in bytes are found in it.
    fn document(&self, file: usize) -> Option<&Document> {
        let (cell, file) = (self.documents.get(file)?, self.files.get(file)?);
        cell.get_or_init(|| Document::parse(&file.text).ok().map(|(document, _)| document)).as_ref()
    }

    /// The file of a place, where the place is in a file.
    pub(crate) fn file(&self, place: &Place) -> Option<&'a SourceFile> {
        self.files.get(place.file.0)
    }

    /// The bytes of a place: within the file, in order, and between characters.
    pub(crate) fn range(&self, place: &Place) -> Range<usize> {
        let range = match &place.spot {
            Spot::Bytes(range) => Some(range.clone()),
            Spot::Value(route) => self.document(place.file.0).map(|document| document.value_range(route)),
            Spot::Key(route) => self.document(place.file.0).map(|document| document.key_range(route)),
        };
        let range = range.unwrap_or(0..0);
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
