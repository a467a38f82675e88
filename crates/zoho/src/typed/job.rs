//! Jobs, typed: started, waited for, and read.

use std::marker::PhantomData;
use std::time::Duration;

use zoho_core::{Download, Error, JobHandle, JobOutcomes, JobRecords, JobState, Record};

use super::read::FromRecord;

/// A job that was started, whose result has records of one type.
#[derive(Debug)]
pub struct Job<T> {
    job: zoho_core::Job,
    records: PhantomData<fn() -> T>,
}

impl<T: FromRecord> Job<T> {
    /// A job of the engine, with the type of its records: one that was resumed by another process.
    pub fn of(job: zoho_core::Job) -> Self {
        Self { job, records: PhantomData }
    }

    /// With other pauses between two questions than one second first, each longer by half, up to half a minute.
    #[must_use]
    pub fn with_pauses(self, first: Duration, longest: Duration) -> Self {
        Self::of(self.job.with_pauses(first, longest))
    }

    /// The id that the service gave it.
    pub fn id(&self) -> &str {
        self.job.id()
    }

    /// What is needed to find it again from another process.
    pub fn handle(&self) -> JobHandle {
        self.job.handle()
    }

    /// The job's record, as the service last gave it.
    pub fn record(&self) -> Option<&Record> {
        self.job.record()
    }

    /// Asks once how far it is.
    ///
    /// # Errors
    /// Whatever the call gives, and an error where the job has failed.
    pub async fn poll(&mut self) -> Result<JobState, Error> {
        self.job.poll().await
    }

    /// Waits until it is done.
    ///
    /// # Errors
    /// As [`Job::poll`].
    pub async fn wait(&mut self) -> Result<(), Error> {
        self.job.wait().await
    }

    /// Whether it gives a file. Else what it comes to is its [record](Self::record) when it is done.
    pub fn has_result(&self) -> bool {
        self.job.has_result()
    }

    /// The file that it gives.
    ///
    /// # Errors
    /// What went wrong, with what to do next.
    pub async fn download(&self) -> Result<Download, Error> {
        self.job.download().await
    }

    /// The records that are in its result, in the order of the file.
    ///
    /// # Errors
    /// What went wrong, with what to do next.
    pub async fn records(&self) -> Result<Rows<T>, Error> {
        Ok(Rows { rows: self.job.records().await?, records: PhantomData })
    }

    /// What became of every record that it wrote, where its result tells that.
    ///
    /// # Errors
    /// What went wrong, with what to do next.
    pub async fn outcomes(&self) -> Result<JobOutcomes, Error> {
        self.job.outcomes().await
    }

    /// Starts the job for what this one left, where it left something.
    ///
    /// # Errors
    /// As starting a job.
    pub async fn next(&self) -> Result<Option<Self>, Error> {
        Ok(self.job.next().await?.map(Self::of))
    }
}

/// The records of a job's result, one after the other.
#[derive(Debug)]
pub struct Rows<T> {
    rows: JobRecords,
    records: PhantomData<fn() -> T>,
}

impl<T: FromRecord> Iterator for Rows<T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.rows.next()?;
        Some(row.and_then(|row| T::from_record(&row).map_err(Error::from)))
    }
}
