//! Running programs in turn, and what their runs took.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// The clock ticks of the processor's time, which Linux tells a hundred times a second.
const TICK: Duration = Duration::from_millis(10);

/// A program in a case.
pub(super) struct Lane<'a> {
    /// What it is called.
    pub(super) name: &'static str,
    /// Makes its command anew.
    pub(super) command: Box<dyn Fn() -> Command + 'a>,
}

/// What the runs of a program took.
#[derive(Debug, Clone)]
pub(super) struct Times {
    /// What it is called.
    pub(super) name: &'static str,
    wall: Vec<Duration>,
    processor: Vec<Duration>,
    /// The most memory that it held, where that was asked.
    pub(super) peak: Option<Peak>,
}

/// The most memory that a program held, in KiB.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Peak {
    /// All of it, the pages of the program's own code included as far as they were touched.
    pub(super) all: u64,
    /// What it asked for: its data.
    pub(super) data: u64,
}

impl<'a> Lane<'a> {
    pub(super) fn new(name: &'static str, command: impl Fn() -> Command + 'a) -> Self {
        Self { name, command: Box::new(command) }
    }
}

impl Times {
    /// The median of the whole time.
    pub(super) fn median(&self) -> Duration {
        median(&self.wall)
    }

    /// The shortest time.
    pub(super) fn fastest(&self) -> Duration {
        self.wall.iter().min().copied().unwrap_or_default()
    }

    /// The median of the processor's time.
    pub(super) fn processor(&self) -> Duration {
        median(&self.processor)
    }

    /// How many times as long as another program it takes.
    pub(super) fn ratio(&self, base: &Self) -> Option<f64> {
        ratio(&self.wall, &base.wall)
    }

    /// The same of the processor's time.
    pub(super) fn processor_ratio(&self, base: &Self) -> Option<f64> {
        ratio(&self.processor, &base.processor)
    }
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// The median of the ratios of the rounds, each of which the machine was equally busy in.
fn ratio(times: &[Duration], base: &[Duration]) -> Option<f64> {
    let rounds = times.iter().zip(base).filter(|(_, base)| !base.is_zero());
    let mut ratios: Vec<f64> = rounds.map(|(time, base)| time.as_secs_f64() / base.as_secs_f64()).collect();
    ratios.sort_by(f64::total_cmp);
    ratios.get(ratios.len() / 2).copied()
}

/// Runs the programs in turn, so many rounds; each round begins with another of them.
pub(super) fn interleaved(lanes: &[Lane<'_>], rounds: usize) -> Result<Vec<Times>> {
    let none = |lane: &Lane<'_>| Times { name: lane.name, wall: Vec::new(), processor: Vec::new(), peak: None };
    let mut times: Vec<Times> = lanes.iter().map(none).collect();
    for round in 0..rounds {
        for step in 0..lanes.len() {
            let at = (round + step) % lanes.len();
            let (wall, processor) = timed(&lanes[at])?;
            times[at].wall.push(wall);
            times[at].processor.push(processor);
        }
    }
    Ok(times)
}

fn timed(lane: &Lane<'_>) -> Result<(Duration, Duration)> {
    let before = processor_time_of_children()?;
    let begun = Instant::now();
    let status = (lane.command)().status().with_context(|| format!("cannot start {}", lane.name))?;
    let wall = begun.elapsed();
    if !status.success() {
        bail!("{} failed: {status}", lane.name);
    }
    Ok((wall, processor_time_of_children()?.saturating_sub(before)))
}

/// What all children so far took of the processor, in and outside the kernel.
fn processor_time_of_children() -> Result<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").context("processor time is known on Linux only")?;
    // The name before is in parentheses and may have blanks; behind it the 12th and 13th word are the children's.
    let words = stat.rsplit_once(')').map_or("", |(_, words)| words);
    let ticks = words.split_whitespace().skip(13).take(2).filter_map(|word| word.parse::<u32>().ok()).sum::<u32>();
    Ok(TICK * ticks)
}

/// Runs each program once more, and looks at the most memory that it held.
pub(super) fn peaks(lanes: &[Lane<'_>], times: &mut [Times]) -> Result<()> {
    for (lane, times) in lanes.iter().zip(times) {
        times.peak = Some(peak(lane)?);
    }
    Ok(())
}

/// The most memory that a program holds. The kernel keeps the mark of all of it, so that nothing is lost between two
/// looks but what happens in the last millisecond; of data the looks are all there is.
pub(super) fn peak(lane: &Lane<'_>) -> Result<Peak> {
    let mut child = (lane.command)().spawn().with_context(|| format!("cannot start {}", lane.name))?;
    let path = format!("/proc/{}/status", child.id());
    let mut most = Peak::default();
    loop {
        let status = std::fs::read_to_string(&path).unwrap_or_default();
        most.all = most.all.max(field(&status, "VmHWM:"));
        most.data = most.data.max(field(&status, "RssAnon:"));
        if let Some(status) = child.try_wait()? {
            if !status.success() {
                bail!("{} failed: {status}", lane.name);
            }
            return Ok(most);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// A number of a process's status.
fn field(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// What a program prints.
pub(super) fn output(lane: &Lane<'_>) -> Result<Vec<u8>> {
    let output = (lane.command)().stdout(Stdio::piped()).output()?;
    if !output.status.success() {
        bail!("{} failed: {}", lane.name, output.status);
    }
    Ok(output.stdout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_round_does_not_count() {
        let seconds = |times: [u64; 3]| times.map(Duration::from_secs);
        assert_eq!(ratio(&seconds([11, 44, 12]), &seconds([10, 40, 10])), Some(1.1));
        assert_eq!(ratio(&[], &[]), None);
    }
}
