//! A bulk write of any number of records: read from a file, sent in parts, one outcome for each.

use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use clap::Args;
use tokio::sync::mpsc;
use zoho_connector::{Api, Connector, Type};
use zoho_core::{Batch, BulkWrite, Client, Invocation, batch_of};

use super::InvokeArgs;
use super::outcomes::Tally;
use crate::context::Context;
use crate::exit::{Problem, Status};
use crate::output::{RecordWriter, Sink};
use crate::progress::Progress;
use crate::receipt::{Call, Digester, Inputs, Receipt, Told};
use crate::rows::{self, Rows};

/// How records are written.
#[derive(Debug, Args)]
#[command(next_help_heading = "Writing")]
pub(super) struct WritingArgs {
    /// Write what became of each record of data=@file into FILE, and go on behind it when the same command is run again:
    /// nothing is sent twice however it was stopped. `zohoctl retry FILE` sends again what may be
    #[arg(long, value_name = "FILE")]
    pub(super) receipt: Option<PathBuf>,
}

/// The file that the records of a bulk write are in.
pub(super) struct Input {
    /// The argument that they are.
    pub(super) list: String,
    path: String,
    /// The other arguments.
    pub(super) words: Vec<String>,
}

impl Input {
    /// The file, where the list that an API splits into parts is given as one: `data=@leads.csv`.
    pub(super) fn of(api: &Api, words: &[String]) -> Option<Self> {
        let (list, _) = batch_of(api)?;
        let wires = || api.parameter(list).into_iter().flat_map(|parameter| &parameter.sites).map(|site| &site.wire);
        let file = |word: &String| {
            let (name, path) = word.split_once("=@").filter(|(_, path)| !path.starts_with('@'))?;
            (name == list || wires().any(|wire| wire == name)).then(|| path.to_owned())
        };
        // A list that is given in several words is no stream.
        let of_list = |word: &&String| word.split(['=', '.', ':']).next().is_some_and(|name| name == list);
        let path = words.iter().find_map(file).filter(|_| words.iter().filter(of_list).count() <= 1)?;
        let words = words.iter().filter(|word| file(word).is_none()).cloned().collect();
        Some(Self { list: list.to_owned(), path, words })
    }
}

/// Records that go out together.
struct Part {
    records: Batch,
    /// The same as they were given, where a receipt is written.
    inputs: Inputs,
    /// The hash of all records up to the last of these.
    digest: String,
}

/// What is read of the input.
enum Read {
    Part(Box<Part>),
    /// It cannot be read on.
    Fault(String),
}

/// Reads the input on a thread of its own, so that calls go on while a slow input is waited for.
struct Reader {
    path: String,
    connector: Arc<Connector>,
    item: Type,
    /// A part that is still empty.
    batch: Batch,
    /// How many records are to be left out, and the hash that they must have.
    skip: usize,
    digest: Option<String>,
    keeps_inputs: bool,
}

impl Reader {
    fn start(self, ahead: usize) -> mpsc::Receiver<Read> {
        let (sender, receiver) = mpsc::channel(ahead);
        std::thread::spawn(move || {
            if let Err(fault) = self.read(&sender) {
                // Nobody listens any more: the write has ended.
                let _ = sender.blocking_send(Read::Fault(fault));
            }
        });
        receiver
    }

    fn read(&self, sender: &mpsc::Sender<Read>) -> Result<(), String> {
        let named =
            |fault: String| format!("{}: {fault}", if self.path == "-" { "standard input" } else { &self.path });
        let mut rows = Rows::new(rows::open(&self.path)?, &self.connector, &self.item).map_err(named)?;
        let mut digester = Digester::default();
        let mut inputs = Inputs::default();
        for _ in 0..self.skip {
            inputs.clear();
            let is_there = rows.next(&mut |row| inputs.add(row)).map_err(named)?;
            if !is_there {
                return Err(named("it has fewer records than the receipt".to_owned()));
            }
            digester.add(inputs.text());
        }
        if self.digest.as_ref().is_some_and(|digest| *digest != digester.text()) {
            return Err(named("its records are not those that the receipt has: it is another file".to_owned()));
        }
        loop {
            let mut part = Part { records: self.batch.clone(), inputs: Inputs::default(), digest: String::new() };
            let mut end = None;
            while end.is_none() && !part.records.is_full() {
                end = match rows.next(&mut |row| self.take(row, &mut part, &mut digester)) {
                    Ok(true) => None,
                    Ok(false) => Some(Ok(())),
                    Err(fault) => Some(Err(named(fault))),
                };
            }
            if self.keeps_inputs {
                part.digest = digester.text();
            }
            if !part.records.is_empty() && sender.blocking_send(Read::Part(Box::new(part))).is_err() {
                return Ok(());
            }
            if let Some(end) = end {
                return end;
            }
        }
    }

    fn take(&self, row: &str, part: &mut Part, digester: &mut Digester) -> Result<(), serde_json::Error> {
        part.records.add(row)?;
        if self.keeps_inputs {
            let start = part.inputs.text().len();
            part.inputs.add(row)?;
            digester.add(part.inputs.text()[start..].trim_start_matches(','));
        }
        Ok(())
    }
}

/// A write under way.
struct Writing<'a> {
    context: &'a Context,
    write: BulkWrite,
    receipt: Option<Receipt>,
    writer: RecordWriter<Sink>,
    tally: Tally,
    /// How many records were sent, those of earlier runs included.
    sent: usize,
    progress: Progress,
}

/// Sends the records of a file.
pub(super) async fn run(
    context: &Context,
    client: &Client,
    invocation: Invocation,
    input: Input,
    args: &InvokeArgs,
) -> Result<Status> {
    let (connector, api) = (Arc::clone(invocation.connector()), invocation.api());
    let item = match api.parameter(&input.list).map(|parameter| &parameter.ty) {
        Some(Type::List { item, .. }) => (**item).clone(),
        _ => Type::Any,
    };
    let call = Call::new(&connector.name, &api.name, &input.list, input.words.clone(), client.connection());
    let opened = args.writing.receipt.as_deref().map(|path| Receipt::open(path, &call)).transpose()?;
    let (receipt, told) = opened.map_or((None, Told::default()), |(receipt, told)| (Some(receipt), told));
    if told.records > 0 {
        context.talk.say(format!("going on behind the {} records that the receipt has", told.records));
    }
    let concurrency = args.reading.concurrency();
    let write = client.bulk_write(invocation)?.with_concurrency(concurrency).behind(told.records);
    let reader = Reader {
        path: input.path.clone(),
        connector,
        item,
        batch: write.batch(),
        skip: told.records,
        digest: told.digest.clone(),
        keeps_inputs: receipt.is_some(),
    };
    let input = reader.start(concurrency);
    let (writer, progress) = (context.output.records()?, Progress::new(context.talk.quiet, context.output.is_seen()));
    let mut writing =
        Writing { context, write, receipt, writer, tally: Tally::default(), sent: told.records, progress };
    let end = writing.run(input).await;
    writing.conclude(end?, &told, args)
}

/// Why a write ended.
enum End {
    /// Everything was sent.
    Whole,
    /// What went wrong would go wrong again; so many records were not sent.
    Stopped(usize),
    /// The input cannot be read on.
    Input(String),
    Interrupted,
}

impl Writing<'_> {
    async fn run(&mut self, mut input: mpsc::Receiver<Read>) -> Result<End> {
        let mut interrupt = pin!(tokio::signal::ctrl_c());
        let mut end = None;
        loop {
            let wants_more = end.is_none() && self.write.has_room();
            if !wants_more && self.write.is_idle() {
                break;
            }
            tokio::select! {
                read = input.recv(), if wants_more => match read {
                    Some(Read::Part(part)) => self.send(*part)?,
                    Some(Read::Fault(fault)) => end = Some(End::Input(fault)),
                    None => end = Some(End::Whole),
                },
                Some(outcomes) = self.write.next(), if !self.write.is_idle() => {
                    if let Some(receipt) = &mut self.receipt {
                        receipt.outcomes(&outcomes)?;
                    }
                    self.tally.print(&mut self.writer, &outcomes)?;
                    self.writer.flush()?;
                    let sent = self.sent;
                    self.progress.show(|| format!("{sent} records sent"));
                }
                _ = &mut interrupt => {
                    if matches!(end, Some(End::Interrupted)) || self.write.is_idle() {
                        return Ok(End::Interrupted);
                    }
                    self.context.talk.say("stopping when the answers to what was sent are there; Ctrl-C again stops now");
                    interrupt.set(tokio::signal::ctrl_c());
                    end = Some(End::Interrupted);
                }
            }
        }
        if let Some(end) = end.filter(|_| self.write.stopped().is_none()) {
            return Ok(end);
        }
        Ok(End::Stopped(rest(input).await))
    }

    /// Sends a part, which the receipt knows before.
    fn send(&mut self, part: Part) -> Result<()> {
        if let Some(receipt) = &mut self.receipt {
            receipt.sending(self.sent, &part.inputs, &part.digest)?;
        }
        self.sent += part.records.len();
        self.write.send_batch(part.records);
        Ok(())
    }

    fn conclude(mut self, end: End, told: &Told, args: &InvokeArgs) -> Result<Status> {
        self.progress.clear();
        if let Some(receipt) = &mut self.receipt {
            receipt.settle()?;
        }
        self.writer.finish()?;
        let talk = self.context.talk;
        talk.say(self.tally.summary());
        let is_bad = !self.tally.is_good() || !told.bad.is_empty();
        if !told.bad.is_empty() {
            talk.say(format!("{} of those before are not done", told.bad.len()));
        }
        if let Some(path) = args.writing.receipt.as_ref().filter(|_| is_bad) {
            talk.hint(format!("`zohoctl retry {}` sends again what may be, and says what may not", path.display()));
        }
        let go_on = || {
            if let Some(path) = &args.writing.receipt {
                talk.hint(format!("run the same command again to go on: {} knows where", path.display()));
            }
        };
        match end {
            End::Whole if is_bad => Ok(Status::Failed),
            End::Whole => Ok(Status::Ok),
            End::Interrupted => {
                talk.say(format!("stopped by Ctrl-C after {} records", self.sent));
                go_on();
                Ok(Status::Interrupted)
            }
            End::Input(fault) => {
                go_on();
                let message = format!("{fault}; {} records before it were sent", self.sent);
                Err(Problem::usage(message).into())
            }
            End::Stopped(rest) => {
                let rest = if rest > 0 { format!(", and {rest} were not sent") } else { String::new() };
                talk.say(format!("stopped after {} records{rest}", self.sent));
                go_on();
                Err(self.write.into_stopped().map_or_else(|| anyhow!("the write stopped"), Into::into))
            }
        }
    }
}

/// How many records of the input are left.
async fn rest(mut input: mpsc::Receiver<Read>) -> usize {
    let mut rest = 0;
    while let Some(Read::Part(part)) = input.recv().await {
        rest += part.records.len();
    }
    rest
}
