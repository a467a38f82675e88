//! `--checkpoint`: how far a list is read, in a file, so that the same command goes on there after any stop.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;
use zoho_core::{Checkpoint, Pages};

use crate::context::Context;
use crate::exit::Problem;
use crate::output::{RecordWriter, Target, Written};

/// The form of the file. Another one is of another version of the command.
const FORM: u32 = 1;

/// As often as a file is written down: what comes after is read again, and the output shortened to fit.
const PAUSE: Duration = Duration::from_millis(200);

/// What a checkpoint says.
#[derive(Debug, Serialize, Deserialize)]
struct Saved {
    form: u32,
    /// The call, for people.
    call: String,
    /// How records are printed.
    output: String,
    /// Whether everything was read and printed.
    finished: bool,
    written: Written,
    list: Checkpoint,
}

/// The file that a read is written down in.
#[derive(Debug)]
pub(super) struct Keeper {
    path: PathBuf,
    call: String,
    output: String,
    /// Whether the output is a file, which can be shortened to what is written down.
    shortens: bool,
    last: Option<Instant>,
}

/// Where a read begins.
pub(super) enum Start {
    /// At its begin.
    Anew,
    /// Where another run stopped.
    Behind(Written, Box<Checkpoint>),
    /// Nowhere: everything was read and printed.
    Finished(Written),
}

impl Keeper {
    /// The keeper of a command, and where it begins.
    pub(super) fn open(context: &Context, path: &Path, call: String) -> Result<(Self, Start)> {
        let output = context.output.likeness();
        let keeper = Self { path: path.to_owned(), call, output, shortens: context.output.out.is_some(), last: None };
        let start = keeper.read()?;
        Ok((keeper, start))
    }

    fn read(&self) -> Result<Start> {
        let path = self.path.display();
        let text = match std::fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                // Whether it can be written is found out before the first call.
                self.beside()?;
                return Ok(Start::Anew);
            }
            Err(error) => return Err(error).with_context(|| format!("cannot read {path}")),
        };
        let saved: Saved =
            serde_json::from_slice(&text).ok().filter(|saved: &Saved| saved.form == FORM).ok_or_else(|| {
                Problem::usage(format!("{path} is no checkpoint of this version")).hint("name a new file, or remove it")
            })?;
        let refused = |words: String| {
            let problem = Problem::usage(format!("{path} is the checkpoint of another command: {words}"));
            problem.hint("run that command again to go on, or name another file")
        };
        if saved.call != self.call {
            return Err(refused(format!("`{}`", saved.call)).into());
        }
        if saved.output != self.output {
            return Err(refused("its output has another form or another place".to_owned()).into());
        }
        Ok(if saved.finished {
            Start::Finished(saved.written)
        } else {
            Start::Behind(saved.written, Box::new(saved.list))
        })
    }

    /// A page was printed.
    pub(super) fn page(&mut self, pages: &Pages, writer: &mut RecordWriter<impl Target>) -> Result<()> {
        // What is on standard output cannot be taken back: there every page is written down.
        if self.shortens && self.last.is_some_and(|last| last.elapsed() < PAUSE) {
            return Ok(());
        }
        self.save(pages, writer, false)
    }

    /// Writes down where the read is. The output is safe before.
    pub(super) fn save(&mut self, pages: &Pages, writer: &mut RecordWriter<impl Target>, finished: bool) -> Result<()> {
        let saved = Saved {
            form: FORM,
            call: self.call.clone(),
            output: self.output.clone(),
            finished,
            written: writer.settle()?,
            list: pages.checkpoint(),
        };
        let mut file = self.beside()?;
        let written = serde_json::to_vec(&saved).map_err(std::io::Error::from).and_then(|text| {
            file.write_all(&text)?;
            if self.shortens { file.as_file().sync_data() } else { Ok(()) }
        });
        written.with_context(|| format!("cannot write {}", self.path.display()))?;
        file.persist(&self.path).with_context(|| format!("cannot write {}", self.path.display()))?;
        self.last = Some(Instant::now());
        Ok(())
    }

    /// A file beside the checkpoint, which becomes it when it is whole. It is its owner's alone, since it has ids in it.
    fn beside(&self) -> Result<NamedTempFile> {
        let parent = self.path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = tempfile::Builder::new().prefix(".zohoctl-").tempfile_in(parent);
        file.with_context(|| format!("cannot write into {}", parent.display()))
    }
}
