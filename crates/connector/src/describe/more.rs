//! What goes beyond one request and one reply, in words: batches, incremental reads, jobs.

use super::limits::duration;
use crate::connector::{Api, Connector};
use crate::jobs::{Incremental, Job};
use crate::types::size_text;

/// How a list of any length is sent in parts; nothing where it is not.
pub fn batch(api: &Api) -> Option<String> {
    let batch = api.batch.as_ref()?;
    let size = api.parameter(batch).and_then(|parameter| parameter.ty.max_items());
    let size = size.map(|size| format!(" of {size}")).unwrap_or_default();
    Some(format!("`{batch}` may be of any length: it is sent in parts{size}"))
}

/// Where larger files go; nothing where they go nowhere.
pub fn above(connector: &Connector, api: &Api) -> Option<String> {
    let above = api.above.as_ref()?;
    let limit = api.parameters.iter().find_map(|parameter| parameter.ty.max_bytes()).map(size_text);
    let limit = limit.map(|limit| format!(" above {limit}")).unwrap_or_default();
    let title = &connector.title;
    Some(format!("a file{limit} goes by `{}`, which {title} has for it", above.api))
}

/// How only what changed is read.
pub fn incremental(incremental: &Incremental) -> String {
    let how = match (&incremental.through, &incremental.send) {
        (Some(api), _) => format!(" by `{api}`"),
        (None, Some(place)) => format!(", by the time in {place}"),
        (None, None) => String::new(),
    };
    let overlap = incremental.overlap.map(|seconds| format!(", reaching back {}", duration(seconds)));
    format!(
        "what changed since a time can be read alone{how}{}; {} tells when",
        overlap.unwrap_or_default(),
        incremental.field
    )
}

/// The job that an API starts.
pub fn job(job: &Job) -> String {
    let result = match (&job.fetch, &job.url) {
        (Some(api), _) => format!(", and `{api}` gives the result"),
        (None, Some(path)) => format!(", and the result is at the address in {path}"),
        (None, None) => ", and gives nothing else".to_owned(),
    };
    let next = job
        .next
        .as_ref()
        .map(|(place, path)| format!("; for what is left another one is started, with {place} from {path}"));
    format!("starts a job: `{}` tells how far it is{result}{}", job.poll, next.unwrap_or_default())
}
