//! The outcomes of a bulk write: a line for each record that was given.

use anyhow::Result;
use zoho_core::{Outcome, OutcomeStatus, Record};

use crate::context::Context;
use crate::exit::Status;
use crate::output::{RecordWriter, Target};

/// The words, in the order in which they are counted out.
const WORDS: [OutcomeStatus; 7] = [
    OutcomeStatus::Created,
    OutcomeStatus::Updated,
    OutcomeStatus::Unchanged,
    OutcomeStatus::Done,
    OutcomeStatus::Failed,
    OutcomeStatus::Unknown,
    OutcomeStatus::NotSent,
];

/// How many records had which outcome.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: [usize; WORDS.len()],
    total: usize,
}

/// Prints every outcome, and says how many there were of each kind.
pub(super) fn print(context: &Context, all: &[Outcome]) -> Result<Status> {
    let mut writer = context.output.records()?;
    let mut tally = Tally::default();
    tally.print(&mut writer, all)?;
    writer.finish()?;
    context.talk.say(tally.summary());
    Ok(if tally.is_good() { Status::Ok } else { Status::Failed })
}

impl Tally {
    /// Prints outcomes and counts them.
    pub(crate) fn print(&mut self, writer: &mut RecordWriter<impl Target>, all: &[Outcome]) -> Result<()> {
        let mut line = Vec::new();
        for outcome in all {
            let is_compact = outcome.record.as_ref().is_none_or(Record::is_compact);
            line.clear();
            push(outcome, &mut line)?;
            writer.text(&line, is_compact)?;
            self.add(outcome.status);
        }
        Ok(())
    }

    fn add(&mut self, status: OutcomeStatus) {
        self.total += 1;
        if let Some(at) = WORDS.iter().position(|word| *word == status) {
            self.counts[at] += 1;
        }
    }

    /// Whether all is as it was to be.
    pub(crate) fn is_good(&self) -> bool {
        let good = WORDS.iter().zip(self.counts).filter(|(word, _)| word.is_good());
        good.map(|(_, count)| count).sum::<usize>() == self.total
    }

    /// How many there were of each kind.
    pub(crate) fn summary(&self) -> String {
        let counted = WORDS.iter().zip(self.counts).filter(|(_, count)| *count > 0);
        let words: Vec<String> = counted.map(|(word, count)| format!("{count} {word}")).collect();
        let records = if self.total == 1 { "1 record".to_owned() } else { format!("{} records", self.total) };
        if words.is_empty() { records } else { format!("{records}: {}", words.join(", ")) }
    }
}

/// Adds an outcome as JSON; what the service says of the record stays as it came.
fn push(outcome: &Outcome, line: &mut Vec<u8>) -> Result<()> {
    line.extend_from_slice(b"{\"index\":");
    serde_json::to_writer(&mut *line, &outcome.index)?;
    line.extend_from_slice(b",\"status\":\"");
    line.extend_from_slice(outcome.status.as_str().as_bytes());
    line.push(b'"');
    let members = [
        (&b",\"id\":"[..], &outcome.id),
        (b",\"code\":", &outcome.code),
        (b",\"message\":", &outcome.message),
        (b",\"field\":", &outcome.field),
    ];
    for (name, text) in members {
        if let Some(text) = text {
            line.extend_from_slice(name);
            serde_json::to_writer(&mut *line, text)?;
        }
    }
    if let Some(record) = &outcome.record {
        line.extend_from_slice(b",\"record\":");
        line.extend_from_slice(record.as_bytes());
    }
    line.push(b'}');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(all: &[OutcomeStatus]) -> Tally {
        let mut tally = Tally::default();
        all.iter().for_each(|status| tally.add(*status));
        tally
    }

    #[test]
    fn the_summary_counts_each_kind() {
        let all = [OutcomeStatus::Created, OutcomeStatus::Failed, OutcomeStatus::Unknown, OutcomeStatus::Created];
        assert_eq!(tally(&all).summary(), "4 records: 2 created, 1 failed, 1 unknown");
        assert_eq!(tally(&all[..1]).summary(), "1 record: 1 created");
        assert!(!tally(&all).is_good() && tally(&all[..1]).is_good() && tally(&[]).is_good());
    }
}
