//! What data is written to: standard output, or a file that is there only when it is whole.

use std::fs::File;
use std::io::{self, BufWriter, Seek as _, SeekFrom, Stdout, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use tempfile::NamedTempFile;

use super::place::Place;
use crate::exit::{Problem, Status};

/// As much as waits for the next write.
const BUFFER: usize = 1 << 16;

/// Something that is written to and then kept as a whole.
pub(crate) trait Target: Write {
    /// Keeps what was written, and says where it is now, if it was not seen.
    fn keep(&mut self) -> Result<Option<PathBuf>>;

    /// Whether it is standard output.
    fn is_seen(&self) -> bool {
        false
    }

    /// Makes sure that what was written is on the disk, and says how long the file is; nothing of what is no file.
    fn settle(&mut self) -> Result<Option<u64>> {
        Ok(None)
    }
}

/// Where the data of a command goes.
#[derive(Debug)]
pub(crate) enum Sink {
    /// Standard output.
    Stdout(BufWriter<Stdout>),
    /// A device or a pipe with a name: nothing can be moved there.
    Device(BufWriter<File>),
    /// A file beside its place, until it is whole.
    Beside(Option<BufWriter<NamedTempFile>>, Place),
    /// A file that grows in its place, so that another run can go on where this one stops.
    Growing(BufWriter<File>, PathBuf),
}

impl Sink {
    /// Opens what `--out` names, to go on behind so many bytes of it. What is written behind them gives way: it was
    /// written by a run that was stopped before it could say so.
    pub(crate) fn grow(out: Option<&Path>, length: u64) -> Result<Self> {
        let Some(out) = out.filter(|out| !is_device(out)) else { return Self::open(out) };
        let path = Place::named(out)?.path();
        let opened = File::options().write(true).create(true).truncate(false).open(&path);
        let mut file = opened.with_context(|| format!("cannot write {}", path.display()))?;
        let there = file.metadata().map(|metadata| metadata.len());
        if there.with_context(|| format!("cannot read {}", path.display()))? < length {
            let problem = Problem::new(Status::Failed, format!("{} is shorter than it was left", path.display()));
            return Err(problem.hint("to read the list from its begin, remove the checkpoint").into());
        }
        let ready = file.set_len(length).and_then(|()| file.seek(SeekFrom::End(0)));
        ready.with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self::Growing(BufWriter::with_capacity(BUFFER, file), path))
    }

    /// Opens what `--out` names; standard output where it names nothing.
    pub(crate) fn open(out: Option<&Path>) -> Result<Self> {
        let Some(out) = out else { return Ok(Self::Stdout(BufWriter::with_capacity(BUFFER, io::stdout()))) };
        if is_device(out) {
            let file = File::options().write(true).open(out);
            let file = file.with_context(|| format!("cannot write {}", out.display()))?;
            return Ok(Self::Device(BufWriter::with_capacity(BUFFER, file)));
        }
        let place = Place::named(out)?;
        Ok(Self::Beside(Some(BufWriter::with_capacity(BUFFER, place.open()?)), place))
    }

    /// Finds out whether a file can be written.
    pub(crate) fn check(out: &Path) -> Result<()> {
        if is_device(out) { Ok(()) } else { Place::named(out)?.open().map(|_| ()) }
    }

    fn writer(&mut self) -> Option<&mut dyn Write> {
        match self {
            Self::Stdout(writer) => Some(writer),
            Self::Device(writer) | Self::Growing(writer, _) => Some(writer),
            Self::Beside(writer, _) => writer.as_mut().map(|writer| writer as &mut dyn Write),
        }
    }
}

fn is_device(out: &Path) -> bool {
    out.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer().map_or(Ok(bytes.len()), |writer| writer.write(bytes))
    }

    /// Records are small: the way through `write` would cost more than the copy.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.writer().map_or(Ok(()), |writer| writer.write_all(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer().map_or(Ok(()), Write::flush)
    }
}

impl Target for Sink {
    fn keep(&mut self) -> Result<Option<PathBuf>> {
        match self {
            Self::Beside(writer, place) => match writer.take() {
                Some(writer) => {
                    place.keep(writer.into_inner().map_err(io::IntoInnerError::into_error)?)?;
                    Ok(Some(place.path()))
                }
                None => Ok(None),
            },
            Self::Growing(_, path) => {
                let path = path.clone();
                self.settle().map(|_| Some(path))
            }
            Self::Stdout(_) | Self::Device(_) => super::heard(self.flush()).map(|()| None),
        }
    }

    fn settle(&mut self) -> Result<Option<u64>> {
        super::heard(self.flush())?;
        let Self::Growing(writer, path) = self else { return Ok(None) };
        let length = writer.get_ref().sync_data().and_then(|()| writer.get_mut().stream_position());
        length.map(Some).with_context(|| format!("cannot write {}", path.display()))
    }

    fn is_seen(&self) -> bool {
        matches!(self, Self::Stdout(_))
    }
}

#[cfg(test)]
impl Target for &mut Vec<u8> {
    fn keep(&mut self) -> Result<Option<PathBuf>> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_when_it_is_kept_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        let write = |text: &str, keep: bool| {
            let mut sink = Sink::open(Some(&path)).unwrap();
            sink.write_all(text.as_bytes()).unwrap();
            sink.flush().unwrap();
            if keep {
                sink.keep().unwrap();
            }
        };
        write("half", false);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        write("whole", true);
        write("half", false);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "whole");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_grows_goes_on_where_it_was_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        let write = |length: u64, text: &str| {
            let mut sink = Sink::grow(Some(&path), length)?;
            sink.write_all(text.as_bytes()).unwrap();
            sink.settle()
        };
        assert_eq!(write(0, "one\nhalf").unwrap(), Some(8));
        assert_eq!(write(4, "two\n").unwrap(), Some(8));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\ntwo\n");
        assert!(write(9, "x").unwrap_err().to_string().ends_with("a.jsonl is shorter than it was left"));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\ntwo\n");
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_stays_one() {
        let mut sink = Sink::open(Some(Path::new("/dev/null"))).unwrap();
        sink.write_all(b"gone").unwrap();
        sink.keep().unwrap();
        assert!(!Path::new("/dev/null").metadata().unwrap().is_file());
        assert!(Sink::open(Some(Path::new("/"))).is_err());
    }
}
