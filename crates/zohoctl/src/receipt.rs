//! `--receipt`: what became of every record of a bulk write, in a file of JSON lines that is written as the write goes.
//!
//! The first line says which call it is. Before a part goes out, a line says so, with its records; behind it comes a line
//! for each of them when the answer is there. A line of a record that stands further down is the one that counts. So a
//! record whose part is noted and that has no line of its own was sent, and nobody knows what became of it: it is
//! `unknown`, however the process ended.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use zoho_core::{Connection, Outcome, OutcomeStatus};

use crate::exit::{Problem, Status};
use crate::whose::Whose;

/// The form of the file. Another one is of another version of the command.
const FORM: u32 = 1;

/// What a line begins with that says that a part goes out.
const SENDING: &[u8] = b"{\"sending\":";

/// Which call a receipt is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Call {
    receipt: u32,
    pub(crate) service: String,
    pub(crate) api: String,
    /// The argument that the records are, and the others as they were typed.
    pub(crate) list: String,
    pub(crate) arguments: Vec<String>,
    #[serde(flatten)]
    pub(crate) whose: Whose,
}

impl Call {
    pub(crate) fn new(service: &str, api: &str, list: &str, arguments: Vec<String>, connection: &Connection) -> Self {
        let [service, api, list] = [service, api, list].map(str::to_owned);
        Self { receipt: FORM, service, api, list, arguments, whose: Whose::of(connection) }
    }
}

/// The records of a part as they were given: JSON texts on one line, with commas between them.
#[derive(Debug, Default)]
pub(crate) struct Inputs(String);

impl Inputs {
    /// Adds a record.
    pub(crate) fn add(&mut self, record: &str) -> Result<(), serde_json::Error> {
        if !self.0.is_empty() {
            self.0.push(',');
        }
        zoho_core::compact_json(record, &mut self.0)
    }

    /// All of them.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// Leaves them out.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// A line that says that a part goes out.
#[derive(Deserialize)]
struct SendingLine<'a> {
    sending: Sending,
    #[serde(borrow)]
    inputs: Vec<&'a RawValue>,
}

/// A part that goes out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Sending {
    /// The positions of its records: one after the other from here on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first: Option<usize>,
    /// Or these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    positions: Vec<usize>,
    /// The hash of all records up to here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
}

impl Sending {
    fn positions(&self, count: usize) -> Vec<usize> {
        match self.first {
            Some(first) => (first..first + count).collect(),
            None => self.positions.clone(),
        }
    }
}

/// What a line says of a record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Line {
    index: usize,
    status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// Whether sending it again may help.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    again: bool,
}

impl Line {
    fn of(outcome: &Outcome) -> Self {
        Self {
            index: outcome.index,
            status: outcome.status.to_string(),
            id: outcome.id.clone(),
            code: outcome.code.clone(),
            message: outcome.message.clone(),
            field: outcome.field.clone(),
            again: outcome.may_pass(),
        }
    }

    /// A record that was sent by a process that ended before the answer.
    fn cut_off(index: usize) -> Self {
        let message = Some("it was sent, and the process ended before the answer was there".to_owned());
        let status = OutcomeStatus::Unknown.to_string();
        Self { index, status, id: None, code: None, message, field: None, again: false }
    }
}

/// What is not well with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bad {
    /// It failed for good.
    Failed,
    /// It failed by something that may pass.
    Passing,
    /// Nobody knows what became of it.
    Unknown,
}

/// What a receipt says so far.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// How many records of the input are in it.
    pub(crate) records: usize,
    /// The hash of all of them.
    pub(crate) digest: Option<String>,
    /// Those with which not all is well.
    pub(crate) bad: BTreeMap<usize, Bad>,
    /// Those that were sent and have no line yet.
    open: HashSet<usize>,
    /// How many bytes of it are whole lines.
    length: u64,
}

/// A receipt that is written.
#[derive(Debug)]
pub(crate) struct Receipt {
    file: File,
    path: PathBuf,
    waiting: Vec<u8>,
}

impl Receipt {
    /// The receipt of a call: a new one, or the one that is there, to go on behind it.
    pub(crate) fn open(path: &Path, call: &Call) -> Result<(Self, Told)> {
        if !path.exists() {
            let mut receipt = Self { file: create(path)?, path: path.to_owned(), waiting: Vec::new() };
            receipt.line(call)?;
            receipt.settle()?;
            return Ok((receipt, Told::default()));
        }
        let (found, told) = read(path)?;
        if found != *call {
            let message = format!("{} is the receipt of another call: {} {}", path.display(), found.service, found.api);
            let hint = "run that command again to go on with it, or name another file";
            return Err(Problem::usage(message).hint(hint).into());
        }
        Self::behind(path, told)
    }

    /// A receipt that is there, to go on behind what it tells.
    pub(crate) fn behind(path: &Path, mut told: Told) -> Result<(Self, Told)> {
        let opened = File::options().write(true).open(path);
        let mut file = opened.with_context(|| format!("cannot write {}", path.display()))?;
        // What a run that was stopped had half written gives way.
        let ready = file.set_len(told.length).and_then(|()| file.seek(SeekFrom::End(0)));
        ready.with_context(|| format!("cannot write {}", path.display()))?;
        let mut receipt = Self { file, path: path.to_owned(), waiting: Vec::new() };
        let mut open: Vec<usize> = told.open.drain().collect();
        open.sort_unstable();
        for index in open {
            receipt.line(&Line::cut_off(index))?;
            told.bad.insert(index, Bad::Unknown);
        }
        receipt.settle()?;
        Ok((receipt, told))
    }

    /// Notes that a part goes out: it is on the disk when this returns, with all that was noted before.
    pub(crate) fn sending(&mut self, first: usize, inputs: &Inputs, digest: &str) -> Result<()> {
        self.part(Sending { first: Some(first), positions: Vec::new(), digest: Some(digest.to_owned()) }, inputs)
    }

    /// The same for records that are sent again.
    pub(crate) fn sending_again(&mut self, positions: &[usize], inputs: &Inputs) -> Result<()> {
        self.part(Sending { first: None, positions: positions.to_vec(), digest: None }, inputs)
    }

    fn part(&mut self, sending: Sending, inputs: &Inputs) -> Result<()> {
        self.waiting.extend_from_slice(SENDING);
        serde_json::to_writer(&mut self.waiting, &sending)?;
        self.waiting.extend_from_slice(b",\"inputs\":[");
        self.waiting.extend_from_slice(inputs.text().as_bytes());
        self.waiting.extend_from_slice(b"]}\n");
        self.settle()
    }

    /// Notes what became of records.
    pub(crate) fn outcomes(&mut self, outcomes: &[Outcome]) -> Result<()> {
        outcomes.iter().try_for_each(|outcome| self.line(&Line::of(outcome)))?;
        self.write()
    }

    fn line(&mut self, line: &impl Serialize) -> Result<()> {
        serde_json::to_writer(&mut self.waiting, line)?;
        self.waiting.push(b'\n');
        Ok(())
    }

    fn write(&mut self) -> Result<()> {
        let written = self.file.write_all(&self.waiting);
        self.waiting.clear();
        written.with_context(|| format!("cannot write {}", self.path.display()))
    }

    /// Makes sure that all that was noted is on the disk.
    pub(crate) fn settle(&mut self) -> Result<()> {
        self.write()?;
        self.file.sync_data().with_context(|| format!("cannot write {}", self.path.display()))
    }
}

/// A file that is its owner's alone, since it has records in it.
fn create(path: &Path) -> Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).with_context(|| format!("cannot write {}", path.display()))
}

/// Calls for each whole line of a file, and gives the number of bytes that they are.
fn lines(path: &Path, mut call: impl FnMut(&[u8]) -> Result<()>) -> Result<u64> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let (mut length, mut line) = (0, Vec::new());
    loop {
        line.clear();
        let count = reader.read_until(b'\n', &mut line).with_context(|| format!("cannot read {}", path.display()))?;
        if line.pop() != Some(b'\n') {
            return Ok(length);
        }
        call(&line)?;
        length += count as u64;
    }
}

/// The call of a receipt, and what it says.
pub(crate) fn read(path: &Path) -> Result<(Call, Told)> {
    let damaged = || {
        let problem = Problem::new(Status::Usage, format!("{} is no receipt of this version", path.display()));
        problem.hint("name a new file, or remove it")
    };
    let (mut call, mut told) = (None, Told::default());
    let length = lines(path, |line| {
        if call.is_none() {
            let found: Option<Call> = serde_json::from_slice(line).ok();
            call = Some(found.filter(|call| call.receipt == FORM).ok_or_else(damaged)?);
        } else if let Some((sending, count)) = sending(line) {
            told.records = told.records.max(sending.first.map_or(0, |first| first + count));
            told.digest = sending.digest.clone().or(told.digest.take());
            told.open.extend(sending.positions(count));
        } else {
            let line: Line = serde_json::from_slice(line).map_err(|_| damaged())?;
            told.open.remove(&line.index);
            match bad(&line) {
                Some(bad) => told.bad.insert(line.index, bad),
                None => told.bad.remove(&line.index),
            };
        }
        Ok(())
    })?;
    told.length = length;
    Ok((call.ok_or_else(damaged)?, told))
}

/// A line that says that a part goes out, and how many records it has.
fn sending(line: &[u8]) -> Option<(Sending, usize)> {
    if !line.starts_with(SENDING) {
        return None;
    }
    let line: SendingLine<'_> = serde_json::from_slice(line).ok()?;
    Some((line.sending, line.inputs.len()))
}

fn bad(line: &Line) -> Option<Bad> {
    let is = |status: OutcomeStatus| line.status == status.as_str();
    if is(OutcomeStatus::Unknown) {
        return Some(Bad::Unknown);
    }
    is(OutcomeStatus::Failed).then_some(if line.again { Bad::Passing } else { Bad::Failed })
}

/// The records of a receipt, each once, in the order in which they were sent first.
pub(crate) struct Sent<W> {
    reader: BufReader<std::io::Take<File>>,
    /// Whether the record at a position is wanted.
    wanted: W,
    waiting: VecDeque<(usize, String)>,
    given: HashSet<usize>,
}

impl<W: Fn(usize) -> bool> Sent<W> {
    /// Those of what a receipt told.
    pub(crate) fn new(path: &Path, told: &Told, wanted: W) -> Result<Self> {
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        let reader = BufReader::with_capacity(1 << 16, file.take(told.length));
        Ok(Self { reader, wanted, waiting: VecDeque::new(), given: HashSet::new() })
    }

    fn next_input(&mut self) -> Result<Option<(usize, String)>> {
        let mut text = Vec::new();
        while self.waiting.is_empty() {
            text.clear();
            if self.reader.read_until(b'\n', &mut text)? == 0 {
                return Ok(None);
            }
            if !text.starts_with(SENDING) {
                continue;
            }
            let line: SendingLine<'_> = serde_json::from_slice(&text)?;
            for (index, input) in line.sending.positions(line.inputs.len()).into_iter().zip(line.inputs) {
                if (self.wanted)(index) && self.given.insert(index) {
                    self.waiting.push_back((index, input.get().to_owned()));
                }
            }
        }
        Ok(self.waiting.pop_front())
    }
}

impl<W: Fn(usize) -> bool> Iterator for Sent<W> {
    type Item = Result<(usize, String)>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_input().transpose()
    }
}

/// The hash of all records that were read so far.
#[derive(Clone, Default)]
pub(crate) struct Digester(Sha256);

impl Digester {
    /// Adds a record.
    pub(crate) fn add(&mut self, input: &str) {
        self.0.update(input.as_bytes());
        self.0.update(b"\n");
    }

    /// The hash, as text.
    pub(crate) fn text(&self) -> String {
        self.0.clone().finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}
