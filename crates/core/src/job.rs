//! Jobs: started, asked after with growing pauses until they end, and what they give, be it only the state that they end in.
//!
//! A job lives at the service. [`JobHandle`] is all that is needed to find it again from another process.

use std::time::Duration;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;
use zoho_connector::condition::{Condition, Expected, Subject};
use zoho_connector::jobs::{Contains, Job as Rules};
use zoho_connector::path::PathStep;
use zoho_connector::{Api, Connector, Location, ReplyPath, RequestPlace};

use crate::client::Client;
use crate::download::Download;
use crate::error::{Error, ErrorKind};
use crate::invocation::{Argument, Arguments, Invocation};
use crate::record::Record;
use crate::request::Change;
use crate::response::{Looked, RawReply, Reply};

mod result;

pub use result::{JobOutcomes, JobRecords};

/// The most bytes of a job's record that an error shows.
const EXCERPT: usize = 400;

/// How often in a row asking after a job may fail by something that passes.
const PATIENCE: u32 = 5;

/// What is needed to find a job again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobHandle {
    /// The service.
    pub service: String,
    /// The API that started it.
    pub api: String,
    /// The id that the service gave it.
    pub id: String,
    /// The arguments it was started with, in the service's spelling.
    arguments: IndexMap<String, Value>,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum JobState {
    /// It goes on.
    Pending,
    /// It is done, and its result can be had where it has one.
    Done,
}

/// A job that was started.
///
/// ```no_run
/// # async fn run(client: zoho_core::Client) -> Result<(), zoho_core::Error> {
/// use zoho_core::{Arguments, Invocation};
///
/// let query = serde_json::json!({ "module": { "api_name": "Leads" } });
/// let start = Invocation::new(client.connector(), "bulk_read.create", Arguments::new().with("query", query))?;
/// let mut next = Some(client.job(&start).await?);
/// while let Some(mut job) = next {
///     job.wait().await?;
///     for record in job.records().await? {
///         println!("{}", record?.as_str());
///     }
///     next = job.next().await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Job {
    client: Client,
    /// The call that started it.
    start: Invocation,
    id: String,
    /// The first pause between two questions, and the longest.
    pauses: (Duration, Duration),
    /// The last answer.
    polled: Option<(Record, RawReply)>,
}

impl Job {
    /// Starts the job of an invocation.
    pub(crate) async fn start(client: &Client, start: &Invocation) -> Result<Self, Error> {
        let rules = rules(start)?;
        let (reply, _) = client.exchange(start, &[]).await?;
        let Reply::Record(record) = reply else { return Err(no_id(start, &rules.id)) };
        let id = record.text_at(&rules.id).filter(|id| !id.is_empty()).ok_or_else(|| no_id(start, &rules.id))?;
        Ok(Self::of(client, start.clone(), id))
    }

    /// A job that was started before.
    pub(crate) fn resume(client: &Client, handle: JobHandle) -> Result<Self, Error> {
        let connector = client.connector();
        if connector.name != handle.service || connector.api(&handle.api).is_none() {
            let message = format!("the job was started by {} {}, which is not there", handle.service, handle.api);
            return Err(Error::new(ErrorKind::UnknownApi, message));
        }
        let arguments = handle.arguments.into_iter().map(|(name, value)| (name, Argument::Value(value))).collect();
        let start = Invocation::checked(connector, &handle.api, arguments)?;
        rules(&start)?;
        Ok(Self::of(client, start, handle.id))
    }

    fn of(client: &Client, start: Invocation, id: String) -> Self {
        let pauses = (Duration::from_secs(1), Duration::from_secs(30));
        Self { client: client.clone(), start, id, pauses, polled: None }
    }

    /// With other pauses between two questions than one second first, each longer by half, up to half a minute.
    #[must_use]
    pub fn with_pauses(mut self, first: Duration, longest: Duration) -> Self {
        self.pauses = (first, longest);
        self
    }

    /// The id that the service gave it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What is needed to find it again.
    pub fn handle(&self) -> JobHandle {
        let values = self.start.arguments().filter_map(|(name, argument)| match argument {
            Argument::Value(value) => Some((name.to_owned(), value.clone())),
            Argument::Files(_) => None,
        });
        JobHandle {
            service: self.start.connector().name.clone(),
            api: self.start.api().name.clone(),
            id: self.id.clone(),
            arguments: values.collect(),
        }
    }

    /// The job's record, as the service last gave it.
    pub fn record(&self) -> Option<&Record> {
        self.polled.as_ref().map(|(record, _)| record)
    }

    /// Asks once how far it is.
    ///
    /// # Errors
    /// Whatever the call gives, and [`ErrorKind::Refused`] where the job has failed, with what it says.
    pub async fn poll(&mut self) -> Result<JobState, Error> {
        let poll = self.call(&rules(&self.start)?.poll)?;
        let (reply, raw) = self.client.exchange(&poll, &[]).await?;
        let Reply::Record(record) = reply else {
            let fault = Error::new(ErrorKind::Unexpected, "the reply says nothing of the job");
            return Err(fault.operation_of(&poll.connector().name, &poll.api().name));
        };
        self.polled = Some((record, raw));
        self.state(poll.api())
    }

    fn state(&self, poll: &Api) -> Result<JobState, Error> {
        let rules = rules(&self.start)?;
        let Some((record, raw)) = &self.polled else { return Ok(JobState::Pending) };
        let holds = |condition: &&Condition| holds(condition, record, raw, poll);
        let fault = |kind, words: String| {
            let fault = Error::new(kind, words).operation_of(&self.start.connector().name, &self.start.api().name);
            fault.excerpt_of(record.to_line().chars().take(EXCERPT).collect())
        };
        if rules.done.iter().any(|condition| holds(&condition)) {
            return Ok(JobState::Done);
        }
        if let Some(condition) = rules.failed.iter().find(holds) {
            let said = said(condition, record);
            return Err(fault(ErrorKind::Refused, format!("the job {} has failed{said}", self.id)));
        }
        if rules.pending.is_empty() || rules.pending.iter().any(|condition| holds(&condition)) {
            return Ok(JobState::Pending);
        }
        Err(fault(ErrorKind::Unexpected, format!("the job {} is in a state that is not known", self.id)))
    }

    /// Waits until it is done: asks after it with growing pauses. A question that fails by something that passes is asked
    /// again.
    ///
    /// # Errors
    /// As [`Job::poll`].
    pub async fn wait(&mut self) -> Result<(), Error> {
        let (mut pause, longest) = self.pauses;
        let mut failures = 0;
        loop {
            match self.poll().await {
                Ok(JobState::Done) => return Ok(()),
                Ok(JobState::Pending) => failures = 0,
                Err(error) if failures < PATIENCE && is_passing(&error) => failures += 1,
                Err(error) => return Err(error),
            }
            tokio::time::sleep(pause).await;
            pause = pause.mul_f64(1.5).min(longest);
        }
    }

    /// Whether it gives a file. Else what it comes to is its [record](Self::record) when it is done.
    pub fn has_result(&self) -> bool {
        self.start.api().job.as_ref().is_some_and(Rules::has_result)
    }

    /// The file that it gives.
    ///
    /// # Errors
    /// Whatever the call gives, [`ErrorKind::Arguments`] where it gives none, and [`ErrorKind::ForeignHost`] where the
    /// service names an address outside Zoho's domains.
    pub async fn download(&self) -> Result<Download, Error> {
        let rules = rules(&self.start)?;
        match (&rules.fetch, &rules.url) {
            (Some(fetch), _) => self.client.download(&self.call(fetch)?).await,
            (None, Some(path)) => self.download_at_address(rules, path).await,
            (None, None) => {
                let fault =
                    Error::new(ErrorKind::Arguments, "the job gives no file: it comes to the state that it ends in");
                Err(fault.operation_of(&self.start.connector().name, &self.start.api().name))
            }
        }
    }

    async fn download_at_address(&self, rules: &Rules, path: &ReplyPath) -> Result<Download, Error> {
        let poll = self.call(&rules.poll)?;
        let address = self.record().and_then(|record| record.text_at(path));
        let fault = |words: String| {
            let fault = Error::new(ErrorKind::Unexpected, words);
            fault.operation_of(&self.start.connector().name, &self.start.api().name)
        };
        let address = address.ok_or_else(|| fault("the job does not say where its result is".to_owned()))?;
        // Some services say only the path.
        let base = crate::request::explain(&poll, self.client.connection())?.url;
        let url = Url::options().base_url(Some(&base)).parse(&address);
        let url = url.map_err(|error| fault(format!("`{address}` is no address of a result: {error}")))?;
        let accept = RequestPlace { location: Location::Header, name: "Accept".to_owned(), inner: Vec::new() };
        self.client.download_following(&poll, &[Change::Set(accept, "*/*".into()), Change::Follow(url)]).await
    }

    /// What is in the file, where the connector says it.
    pub fn contains(&self) -> Option<&Contains> {
        let rules = self.start.api().job.as_ref()?;
        match &rules.fetch {
            Some(fetch) => self.start.connector().api(fetch)?.contains.as_ref(),
            None => rules.contains.as_ref(),
        }
    }

    /// The records that are in its result, in the order of the file. They are on the disk meanwhile and not in memory.
    ///
    /// # Errors
    /// As [`Job::download`], and [`ErrorKind::Arguments`] where nobody has said what is in the file.
    pub async fn records(&self) -> Result<JobRecords, Error> {
        let Some(contains) = self.contains() else {
            let words = match self.has_result() {
                true => "its result is a file of which nobody has said what is in it",
                false => "the job gives no records: it comes to the state that it ends in",
            };
            let fault = Error::new(ErrorKind::Arguments, words);
            return Err(fault.operation_of(&self.start.connector().name, &self.start.api().name));
        };
        let download = self.download().await?;
        JobRecords::read(download, self.start.connector(), &contains.ty).await
    }

    /// What became of every record that it wrote, where its result tells that.
    ///
    /// # Errors
    /// As [`Job::records`].
    pub async fn outcomes(&self) -> Result<JobOutcomes, Error> {
        Ok(JobOutcomes::new(self.records().await?, self.start.clone()))
    }

    /// Whether its result tells what became of every record that it wrote.
    pub fn tells_outcomes(&self) -> bool {
        self.start.api().job.as_ref().is_some_and(|rules| rules.outcomes.is_some())
    }

    /// Starts the job for what this one left, where it left something.
    ///
    /// # Errors
    /// As starting a job.
    pub async fn next(&self) -> Result<Option<Self>, Error> {
        let Some((place, path)) = &rules(&self.start)?.next else { return Ok(None) };
        let token = self.polled.as_ref().and_then(|(record, raw)| match path {
            path @ ReplyPath::Header(_) => Looked::at(raw).text(path),
            path => record.text_at(path).filter(|text| !text.is_empty() && text != "null"),
        });
        let Some(token) = token else { return Ok(None) };
        let next = Self::start(&self.client, &self.start.putting(place, token.into())).await?;
        Ok(Some(next.with_pauses(self.pauses.0, self.pauses.1)))
    }

    /// A call about this job: its id where the API asks for it, and what else it shares with the call that started it.
    fn call(&self, api: &str) -> Result<Invocation, Error> {
        let connector = self.start.connector();
        let found = connector.api(api).ok_or_else(|| {
            Error::new(ErrorKind::UnknownApi, format!("{} has no API `{api}`", connector.title))
                .operation_of(&connector.name, &self.start.api().name)
        })?;
        let id = id_of(found, &rules(&self.start)?.id);
        let mut arguments = Arguments::new();
        for parameter in &found.parameters {
            let shared = || self.start.value(&parameter.name).filter(|_| parameter.required).cloned();
            let value = if Some(parameter.name.as_str()) == id { Some(self.id.as_str().into()) } else { shared() };
            if let Some(value) = value {
                arguments.insert(parameter.name.clone(), value);
            }
        }
        Invocation::new(connector, api, arguments)
    }
}

/// How the job of an invocation goes.
fn rules(start: &Invocation) -> Result<&Rules, Error> {
    start.api().job.as_ref().ok_or_else(|| {
        Error::new(ErrorKind::Arguments, "it starts no job").operation_of(&start.connector().name, &start.api().name)
    })
}

/// The argument of an API that takes the id of a job: the one that is called as the id is in the record, or else the last
/// of its path.
fn id_of<'a>(api: &'a Api, path: &ReplyPath) -> Option<&'a str> {
    let member = match path {
        ReplyPath::Body(steps) => steps.last(),
        ReplyPath::Header(_) => None,
    };
    let named = member.and_then(|member| match member {
        PathStep::Member(name) => api.parameters.iter().find(|parameter| parameter.name == *name),
        _ => None,
    });
    let last = || api.parameters.iter().rfind(|parameter| parameter.is_at(Location::Path));
    named.or_else(last).map(|parameter| parameter.name.as_str())
}

fn no_id(start: &Invocation, path: &ReplyPath) -> Error {
    Error::new(ErrorKind::Unexpected, format!("the reply has no id of a job at `{path}`"))
        .operation_of(&start.connector().name, &start.api().name)
}

/// Whether a condition holds for a job's record: paths begin there, and the code is where the service has its codes.
fn holds(condition: &Condition, record: &Record, raw: &RawReply, poll: &Api) -> bool {
    let code = || poll.responses.error.code.iter().find_map(|path| Looked::at(raw).text(path));
    condition.holds(&|subject, found| {
        let value = match subject {
            Subject::Http => Some(raw.status.to_string()),
            Subject::Code => code(),
            Subject::Path(path @ ReplyPath::Header(_)) => Looked::at(raw).text(path),
            Subject::Path(path) => record.text_at(path),
        };
        value.iter().for_each(|value| found(value));
    })
}

/// The values that a condition looks at, as the record has them.
fn said(condition: &Condition, record: &Record) -> String {
    let values = condition.all.iter().filter_map(|test| match (&test.subject, &test.expected) {
        (Subject::Path(path), Expected::Any(_)) => Some(format!("{path} is {}", record.text_at(path)?)),
        _ => None,
    });
    let values: Vec<String> = values.collect();
    if values.is_empty() { String::new() } else { format!(": its {}", values.join(", its ")) }
}

/// Whether a question may be asked again: it failed on the way, and the job goes on all the same.
fn is_passing(error: &Error) -> bool {
    use zoho_connector::FailureKind as Kind;
    matches!(error.kind(), ErrorKind::Network | ErrorKind::Timeout | ErrorKind::Service(Kind::Busy | Kind::Unavailable))
}

impl Client {
    /// Starts the job of an invocation.
    ///
    /// # Errors
    /// [`ErrorKind::Arguments`] where the API starts none, and whatever the call gives.
    pub async fn job(&self, start: &Invocation) -> Result<Job, Error> {
        Job::start(self, start).await
    }

    /// A job that was started before, by this process or another.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownApi`] where the client's service has no such API.
    pub fn resume_job(&self, handle: JobHandle) -> Result<Job, Error> {
        Job::resume(self, handle)
    }
}

/// The APIs that a job of an API needs beside it.
pub fn job_apis<'a>(connector: &'a Connector, api: &str) -> impl Iterator<Item = &'a str> {
    let rules = connector.api(api).and_then(|api| api.job.as_ref());
    rules.into_iter().flat_map(|rules| std::iter::once(rules.poll.as_str()).chain(rules.fetch.as_deref()))
}
