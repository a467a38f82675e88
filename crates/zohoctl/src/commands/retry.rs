//! `zohoctl retry`: what of a bulk write failed by something that passes, and what may be sent twice.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use zoho_connector::jobs::EffectAction;
use zoho_connector::{Api, Connector};
use zoho_core::{BulkWrite, Outcome};

use super::invoke::outcomes::Tally;
use super::{apis, call};
use crate::connection::{self, ConnectionArgs};
use crate::context::Context;
use crate::exit::Status;
use crate::output::{RecordWriter, Sink};
use crate::receipt::{self, Bad, Inputs, Receipt, Sent, Told};
use crate::runtime;
use crate::sending::{SendingArgs, keep_limits};

/// As many records as are shown of those that a person must look at.
const BRIEFLY: usize = 5;

const EXAMPLES: &str = "\
Examples:
  zohoctl invoke crm records.insert module=Leads data=@leads.csv --receipt leads.receipt
  zohoctl retry leads.receipt

Sent again is what the service turned away for the moment: too many calls, a spent quota, a sign-in that was missing. A
record that may have been carried out is sent again only by an API that may be repeated, or that finds it again (an
upsert). What the service refused is not sent again: it has to be changed first.";

/// The arguments of `retry`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RetryArgs {
    /// The receipt of the bulk write, which is continued
    #[arg(value_name = "RECEIPT")]
    receipt: PathBuf,

    #[command(flatten)]
    sending: SendingArgs,

    #[command(flatten)]
    connection: ConnectionArgs,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &RetryArgs) -> Result<Status> {
    let (call, _) = receipt::read(&args.receipt)?;
    let connector = Arc::new(context.library.connector_for(&call.service, &call.api)?);
    let api = apis::find(&connector, &call.api)?;
    let may_be_sent_twice = is_safe(api);
    let invocation = call::stream(&connector, &call.api, &call.list, &call.arguments, None)?;
    runtime::block_on(async {
        let chosen = connection::choose(context, &connector, &args.connection).await?;
        call.whose.is_over("the receipt", &chosen.connection)?;
        let client = args.sending.client(context, &connector, chosen, None)?;
        let (receipt, told) = Receipt::open(&args.receipt, &call)?;
        let mut again = Again {
            write: client.bulk_write(invocation)?,
            receipt,
            writer: context.output.records()?,
            tally: Tally::default(),
        };
        let wanted = |index: usize| match told.bad.get(&index) {
            Some(Bad::Passing) => true,
            Some(Bad::Unknown) => may_be_sent_twice,
            _ => false,
        };
        let sent = again.send(Sent::new(&args.receipt, &told, wanted)?).await;
        keep_limits(context, &client);
        sent?;
        again.conclude(context, args, &told, may_be_sent_twice, &find_again(&connector, api, &call.arguments))
    })
}

/// Whether a record may be sent twice: the API may be repeated, or finds the record again.
fn is_safe(api: &Api) -> bool {
    api.idempotent || api.effect.as_ref().is_some_and(|effect| effect.action == EffectAction::Upsert)
}

/// The search that tells whether a record is there, as it is typed; none where the service has none.
fn find_again(connector: &Connector, api: &Api, words: &[String]) -> Option<String> {
    let of = &api.effect.as_ref()?.of;
    let finds = |other: &&Api| {
        let effect = other.effect.as_ref();
        effect.is_some_and(|effect| effect.action == EffectAction::List && effect.of == *of) && !other.need.is_empty()
    };
    let search = connector.apis.values().find(finds)?;
    let has = |word: &&String| word.split('=').next().is_some_and(|name| search.parameter(name).is_some());
    let words: String = words.iter().filter(has).map(|word| format!(" {word}")).collect();
    let asks = search.need.first()?.join("=… or ");
    Some(format!("`zohoctl invoke {} {}{words} …` with {asks}=…", connector.name, search.name))
}

/// Records that are sent again.
struct Again {
    write: BulkWrite,
    receipt: Receipt,
    writer: RecordWriter<Sink>,
    tally: Tally,
}

impl Again {
    async fn send(&mut self, inputs: Sent<impl Fn(usize) -> bool>) -> Result<()> {
        let size = self.write.size();
        let (mut positions, mut records) = (Vec::new(), Vec::new());
        for input in inputs {
            let (index, record) = input?;
            positions.push(index);
            records.push(record);
            if positions.len() == size {
                self.part(std::mem::take(&mut positions), std::mem::take(&mut records)).await?;
            }
            if self.write.stopped().is_some() {
                return self.receipt.settle();
            }
        }
        if !positions.is_empty() {
            self.part(positions, records).await?;
        }
        self.receipt.settle()
    }

    async fn part(&mut self, positions: Vec<usize>, records: Vec<String>) -> Result<()> {
        let (mut batch, mut inputs) = (self.write.batch(), Inputs::default());
        for record in &records {
            inputs.add(record)?;
            batch.add(record)?;
        }
        self.receipt.sending_again(&positions, &inputs)?;
        self.write.send_batch(batch);
        let sent = runtime::interruptible_any(async { Ok(self.write.next().await) }).await?.unwrap_or_default();
        // They have the positions that they had when they were sent first.
        let first = sent.first().map_or(0, |outcome| outcome.index);
        let placed = sent
            .into_iter()
            .filter_map(|outcome| Some(Outcome { index: *positions.get(outcome.index - first)?, ..outcome }));
        let outcomes: Vec<Outcome> = placed.collect();
        self.receipt.outcomes(&outcomes)?;
        self.tally.print(&mut self.writer, &outcomes)?;
        self.writer.flush()
    }

    fn conclude(
        mut self,
        context: &Context,
        args: &RetryArgs,
        told: &Told,
        may_be_sent_twice: bool,
        search: &Option<String>,
    ) -> Result<Status> {
        self.writer.finish()?;
        let talk = context.talk;
        talk.say(format!("sent again: {}", self.tally.summary()));
        let of = |wanted: Bad| told.bad.iter().filter(move |(_, bad)| **bad == wanted).map(|(index, _)| *index);
        let refused = of(Bad::Failed).count();
        if refused > 0 {
            talk.say(format!("not sent again: {refused} that the service refused; they have to be changed first"));
        }
        let unknown: Vec<usize> = if may_be_sent_twice { Vec::new() } else { of(Bad::Unknown).collect() };
        if !unknown.is_empty() {
            talk.say(format!("not sent again: {} that may have been carried out", unknown.len()));
            for input in Sent::new(&args.receipt, told, |index| unknown.binary_search(&index).is_ok())?.take(BRIEFLY) {
                let (index, record) = input?;
                talk.say(format!("  {index}: {record}"));
            }
            if let Some(search) = search {
                talk.hint(format!("{search} tells whether one is there"));
            }
        }
        if let Some(error) = self.write.into_stopped() {
            return Err(error.into());
        }
        let is_good = self.tally.is_good() && refused == 0 && unknown.is_empty();
        Ok(if is_good { Status::Ok } else { Status::Failed })
    }
}
