//! A download that a later run can go on with: its bytes stand beside the place of the file, under a name that the next run
//! finds, with a note that says which file they are the begin of.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom};
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zoho_core::{Begun, Client, Download, Invocation, explain};

use crate::json_file;
use crate::output::place::Place;

/// The form of a note. Another one is of another version of the command.
const FORM: u32 = 1;

/// What is known of the file whose begin is there.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    form: u32,
    /// The hash of the call that gives it.
    call: String,
    validator: String,
    length: u64,
}

/// The begin of a file.
pub(super) struct Partial {
    place: Place,
    data: PathBuf,
    note: PathBuf,
    call: String,
    file: File,
    /// Whether a later run can go on with it.
    is_noted: bool,
}

impl Partial {
    /// The begin of the file that a call gives, empty where there is none; nothing where another run is at it.
    pub(super) fn of(place: &Place, client: &Client, invocation: &Invocation) -> Result<Option<Self>> {
        let request = explain(invocation, client.connection())?;
        let text = format!("{:?} {} {}", request.method, request.url, request.body_text());
        let call = Sha256::digest(text).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let (data, note) = (place.beside("part"), place.beside("part.json"));
        let opened = File::options().read(true).write(true).create(true).truncate(false).open(&data);
        let file = opened.with_context(|| format!("cannot write {}", data.display()))?;
        if file.try_lock().is_err() || !is_at(&file, &data) {
            return Ok(None);
        }
        Ok(Some(Self { place: place.clone(), data, note, call, file, is_noted: false }))
    }

    /// What is there of it.
    pub(super) fn begun(&self) -> Option<Begun> {
        let note: Note = serde_json::from_slice(&fs::read(&self.note).ok()?).ok()?;
        let bytes = self.file.metadata().ok()?.len();
        let is_of_it = note.form == FORM && note.call == self.call;
        // Of a file that is whole the last byte is asked for again, which shows that it is still the same.
        let bytes = bytes.min(note.length.saturating_sub(1));
        is_of_it.then_some(Begun { bytes, validator: note.validator, length: note.length })
    }

    /// Makes ready for what comes: behind what is there, or from the begin.
    pub(super) fn begin(&mut self, download: &Download) -> Result<&mut File> {
        if download.from() == 0 {
            // First the note: without it nobody takes the bytes for the begin of the file that comes now.
            let _ = fs::remove_file(&self.note);
            self.file.set_len(0)?;
            if let (Some(validator), Some(length)) = (download.validator(), download.length) {
                let (call, validator) = (self.call.clone(), validator.to_owned());
                json_file::write(&self.note, &Note { form: FORM, call, validator, length })?;
                self.is_noted = true;
            }
        } else {
            self.is_noted = true;
            self.file.set_len(download.from())?;
        }
        self.file.seek(SeekFrom::Start(download.from()))?;
        Ok(&mut self.file)
    }

    /// Moves the whole file to its place.
    pub(super) fn keep(mut self) -> Result<PathBuf> {
        self.place.take(&self.data)?;
        let _ = fs::remove_file(&self.note);
        self.is_noted = true;
        Ok(self.place.path())
    }

    /// Whether a later run can go on with it.
    pub(super) fn is_resumable(&self) -> bool {
        self.is_noted && self.file.metadata().is_ok_and(|metadata| metadata.len() > 0)
    }
}

impl Drop for Partial {
    /// What nobody can go on with is not left lying about.
    fn drop(&mut self) {
        if !self.is_noted && self.begun().is_none() {
            let _ = fs::remove_file(&self.data);
        }
    }
}

/// Whether a file still stands at a path: a run that ended meanwhile has moved it to its place.
#[cfg(unix)]
fn is_at(file: &File, path: &std::path::Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(own), Ok(there)) => own.ino() == there.ino() && own.dev() == there.dev(),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_at(_file: &File, path: &std::path::Path) -> bool {
    path.exists()
}
