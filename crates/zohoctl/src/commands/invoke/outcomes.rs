//! The outcomes of a bulk write: a line for each record that was given.

use anyhow::Result;
use zoho_core::{Outcome, OutcomeStatus};

use super::status_of;
use crate::context::Context;
use crate::exit::Status;

/// Prints every outcome, and says how many there were of each kind.
pub(super) fn print(context: &Context, all: &[Outcome]) -> Result<Status> {
    let mut writer = context.output.records();
    for outcome in all {
        writer.record(line(outcome).as_bytes())?;
    }
    writer.finish()?;
    context.talk.say(summary(all));
    Ok(status_of(all))
}

/// An outcome as JSON; what the service says of the record stays as it came.
fn line(outcome: &Outcome) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut line = format!("{{\"index\":{},\"status\":\"{}\"", outcome.index, word(outcome.status));
    for (name, text) in [("code", &outcome.code), ("message", &outcome.message), ("field", &outcome.field)] {
        if let Some(text) = text {
            line.push_str(&format!(",\"{name}\":{}", quoted(text)));
        }
    }
    if let Some(record) = &outcome.record {
        line.push_str(&format!(",\"record\":{}", record.as_str()));
    }
    line.push('}');
    line
}

fn word(status: OutcomeStatus) -> &'static str {
    match status {
        OutcomeStatus::Done => "done",
        OutcomeStatus::Failed => "failed",
        OutcomeStatus::NotSent => "not_sent",
        _ => "unknown",
    }
}

fn summary(all: &[Outcome]) -> String {
    let count = |status| all.iter().filter(|outcome| outcome.status == status).count();
    let done = count(OutcomeStatus::Done);
    let others = [
        (count(OutcomeStatus::Failed), "failed"),
        (count(OutcomeStatus::NotSent), "not sent"),
        (all.len() - done - count(OutcomeStatus::Failed) - count(OutcomeStatus::NotSent), "of unknown outcome"),
    ];
    let others: String =
        others.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!(", {count} {word}")).collect();
    format!("{done} of {} done{others}", all.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(index: usize, status: OutcomeStatus, code: Option<&str>) -> Outcome {
        Outcome { index, status, record: None, code: code.map(str::to_owned), message: None, field: None }
    }

    #[test]
    fn a_line_says_what_became_of_a_record_and_the_summary_counts() {
        let all = [
            outcome(0, OutcomeStatus::Done, None),
            outcome(1, OutcomeStatus::Failed, Some("BAD \"ONE\"")),
            outcome(2, OutcomeStatus::Unknown, None),
        ];
        assert_eq!(line(&all[1]), r#"{"index":1,"status":"failed","code":"BAD \"ONE\""}"#);
        assert_eq!(summary(&all), "1 of 3 done, 1 failed, 1 of unknown outcome");
        assert_eq!(summary(&all[..1]), "1 of 1 done");
        assert_eq!(status_of(&all), Status::Failed);
    }
}
