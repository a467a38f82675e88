//! Bulk writes: split to the service's size, sent one after the other, the outcomes joined in the order given.

use serde_json::Value;

use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::invocation::Invocation;
use crate::response::Reply;
use crate::response::outcomes::{Outcome, OutcomeStatus};

/// The parts of an invocation whose list is larger than the service takes, each with its number of entries; none
/// where it fits in one request, or the API gives no outcomes that could be joined.
pub(crate) fn split(invocation: &Invocation) -> Option<Vec<(Invocation, usize)>> {
    let api = invocation.api();
    let name = api.batch.as_deref().filter(|_| api.responses.outcomes.is_some())?;
    let size = usize::try_from(api.parameter(name)?.ty.max_items()?).ok().filter(|size| *size > 0)?;
    let entries = invocation.value(name)?.as_array().filter(|entries| entries.len() > size)?;
    Some(
        entries
            .chunks(size)
            .map(|part| (invocation.replacing(name, Value::Array(part.to_vec())), part.len()))
            .collect(),
    )
}

/// Sends the parts. What was done before a part failed is not lost: it is in the outcomes, and so is what was not.
pub(crate) async fn run(client: &Client, parts: Vec<(Invocation, usize)>) -> Result<Vec<Outcome>, Error> {
    let mut outcomes: Vec<Outcome> = Vec::new();
    let mut stopped = false;
    for (position, (part, count)) in parts.into_iter().enumerate() {
        if stopped {
            extend(
                &mut outcomes,
                count,
                OutcomeStatus::NotSent,
                "it was not sent, since a part before it failed",
                None,
            );
            continue;
        }
        match client.exchange(&part, &[]).await {
            Ok((Reply::Outcomes(entries), _)) if entries.len() == count => {
                let start = outcomes.len();
                outcomes.extend(entries.into_iter().map(|entry| Outcome { index: start + entry.index, ..entry }));
            }
            Ok(_) => extend(
                &mut outcomes,
                count,
                OutcomeStatus::Unknown,
                "the reply does not have one result for each record",
                None,
            ),
            Err(error) if position == 0 => return Err(error),
            Err(error) => {
                let lost = matches!(error.kind(), ErrorKind::Network | ErrorKind::Timeout | ErrorKind::Unexpected);
                let status = if lost { OutcomeStatus::Unknown } else { OutcomeStatus::Failed };
                extend(&mut outcomes, count, status, &error.to_string(), error.code());
                stopped = true;
            }
        }
    }
    Ok(outcomes)
}

fn extend(outcomes: &mut Vec<Outcome>, count: usize, status: OutcomeStatus, message: &str, code: Option<&str>) {
    let start = outcomes.len();
    outcomes.extend((start..start + count).map(|index| Outcome {
        index,
        status,
        record: None,
        code: code.map(str::to_owned),
        message: Some(message.to_owned()),
        field: None,
    }));
}
