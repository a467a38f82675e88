//! A call on its way to being sent: a client, the name of an API, and arguments.

use std::pin::Pin;

use futures_util::Stream;
use zoho_core::{
    Argument, Arguments, Client, Download, Error, ErrorKind, FilePart, Invocation, Outcome, Record, Reply,
};

use super::bulk::Outcomes;
use super::job::Job;
use super::list::{Operation, Pages, Records};
use super::read::FromRecord;
use super::write::ToRecord;

/// What a call gives, once it is there. It is sent when it is awaited.
pub type Sending<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// A call of one API, for code that is the same for all of them.
///
/// ```no_run
/// use zoho::{Record, TypedApi};
///
/// /// What any API that gives one record says, untouched.
/// async fn untouched(api: impl TypedApi) -> Result<Record, zoho::Error> {
///     api.into_call().send::<Record>().await
/// }
/// ```
pub trait TypedApi: Sized {
    /// What it gives: a record, of a list each of its records.
    type Output;

    /// Its name, as `tickets.list`.
    const NAME: &'static str;

    /// The API of a call of it.
    fn from_call(call: Call) -> Self;

    /// The call itself, which knows no types.
    fn into_call(self) -> Call;

    /// The same with any argument: a `null` that clears a member, a name that the definition does not have yet.
    #[must_use]
    fn with_argument(self, name: &str, value: impl Into<Argument>) -> Self {
        Self::from_call(self.into_call().with_argument(name, value))
    }
}

/// A call of one API: a client, and arguments that are checked when it is sent.
#[derive(Debug, Clone)]
#[must_use = "nothing is sent before it is awaited"]
pub struct Call {
    client: Client,
    api: &'static str,
    arguments: Arguments,
    page_size: Option<u64>,
    /// Why it cannot be sent, where a value is none of an argument.
    fault: Option<String>,
}

impl Call {
    /// A call without arguments.
    pub fn new(client: &Client, api: &'static str) -> Self {
        Self { client: client.clone(), api, arguments: Arguments::new(), page_size: None, fault: None }
    }

    /// The same call with an argument.
    pub fn with<T: ToRecord>(self, name: &'static str, value: impl Into<T>) -> Self {
        self.with_written(name, &value.into())
    }

    /// The same call with a list as an argument.
    pub fn with_list<T: ToRecord>(self, name: &'static str, values: impl IntoIterator<Item = impl Into<T>>) -> Self {
        let values: Vec<T> = values.into_iter().map(Into::into).collect();
        self.with_written(name, &values)
    }

    fn with_written(self, name: &'static str, value: &impl ToRecord) -> Self {
        match value.to_argument() {
            Ok(value) => self.with_argument(name, value),
            Err(fault) => Self { fault: Some(format!("`{name}` {fault}")), ..self },
        }
    }

    /// The same call with a file.
    pub fn with_file(self, name: &'static str, file: impl Into<FilePart>) -> Self {
        self.with_argument(name, Argument::Files(vec![file.into()]))
    }

    /// The same call with files.
    pub fn with_files(self, name: &'static str, files: impl IntoIterator<Item = impl Into<FilePart>>) -> Self {
        self.with_argument(name, Argument::Files(files.into_iter().map(Into::into).collect()))
    }

    /// The same call with any argument: a `null` that clears a member, a name that the definition does not have yet.
    pub fn with_argument(mut self, name: &str, value: impl Into<Argument>) -> Self {
        self.arguments.insert(name, value);
        self
    }

    /// The same call with a wish for the size of its pages, which is held within the service's bounds.
    pub fn with_page_size(mut self, records: u64) -> Self {
        self.page_size = Some(records);
        self
    }

    /// Its arguments.
    pub fn arguments(&self) -> &Arguments {
        &self.arguments
    }

    /// The call with its arguments checked.
    ///
    /// # Errors
    /// [`ErrorKind::Arguments`] with every fault, as [`Invocation::new`].
    pub fn invocation(self) -> Result<(Client, Invocation), Error> {
        if let Some(fault) = self.fault {
            return Err(Error::new(ErrorKind::Arguments, fault).operation_of(&self.client.connector().name, self.api));
        }
        let invocation = Invocation::new(self.client.connector(), self.api, self.arguments)?;
        let sized = match self.page_size {
            Some(size) => invocation.with_page_size(size),
            None => invocation,
        };
        Ok((self.client, sized))
    }

    /// Sends it and reads the one record of the reply.
    pub fn send<T: FromRecord + 'static>(self) -> Sending<T> {
        Box::pin(async move {
            let (client, invocation) = self.invocation()?;
            match client.invoke(&invocation).await? {
                Reply::Record(record) => T::from_record(&record).map_err(|mismatch| of_call(mismatch, &invocation)),
                _ => Err(other_reply(&invocation, "it was carried out, and the reply has no record")),
            }
        })
    }

    /// Sends it, and reads nothing of the reply.
    pub fn send_only(self) -> Sending<()> {
        Box::pin(async move {
            let (client, invocation) = self.invocation()?;
            client.invoke(&invocation).await.map(drop)
        })
    }

    /// Sends it and gives what became of each record, in their order.
    pub fn outcomes(self) -> Sending<Vec<Outcome>> {
        Box::pin(async move {
            let (client, invocation) = self.invocation()?;
            match client.invoke(&invocation).await? {
                Reply::Outcomes(outcomes) => Ok(outcomes),
                _ => {
                    Err(other_reply(&invocation, "it was carried out, and the reply does not say what became of each"))
                }
            }
        })
    }

    /// Sends records that come one after the other, in as many requests as they need, as the list of this name.
    pub fn stream<T, S>(self, list: &'static str, records: S) -> Outcomes
    where
        T: ToRecord,
        S: Stream<Item = T> + Send + 'static,
    {
        Outcomes::new(self.with_list::<Record>(list, std::iter::empty::<Record>()), records)
    }

    /// Reads a list to its end, record by record.
    pub fn records<T: FromRecord + 'static>(self) -> Records<T> {
        Records::of(self.pages())
    }

    /// Reads a list page by page.
    pub fn pages<T: FromRecord>(self) -> Pages<T> {
        let operation = Operation { service: self.client.connector().name.clone(), api: self.api };
        Pages::of(operation, self.invocation().and_then(|(client, invocation)| client.pages(invocation)))
    }

    /// Downloads a file.
    pub fn download(self) -> Sending<Download> {
        Box::pin(async move {
            let (client, invocation) = self.invocation()?;
            client.download(&invocation).await
        })
    }

    /// Starts a job.
    pub fn start<T: FromRecord>(self) -> Sending<Job<T>> {
        Box::pin(async move {
            let (client, invocation) = self.invocation()?;
            client.job(&invocation).await.map(Job::of)
        })
    }
}

fn other_reply(invocation: &Invocation, words: &str) -> Error {
    Error::new(ErrorKind::Unexpected, words).operation_of(&invocation.connector().name, &invocation.api().name)
}

/// A mismatch as an error of the call that met it.
fn of_call(mismatch: impl Into<Error>, invocation: &Invocation) -> Error {
    mismatch.into().operation_of(&invocation.connector().name, &invocation.api().name)
}
