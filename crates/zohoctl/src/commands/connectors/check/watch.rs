//! `connectors check --watch`: checks again whenever a file changes, until Ctrl-C.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal, stdout};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;
use zoho_connector::library::Sources;

use super::{CheckArgs, targets};
use crate::context::Context;
use crate::exit::{Problem, Status};
use crate::output::print;
use crate::runtime;
use crate::sources;
use crate::style::{DIM, ERROR, paint};

/// How long nothing must happen before a change counts as whole: an editor writes a file in several steps.
const QUIET: Duration = Duration::from_millis(80);

/// How long a change is waited for at most: something may be written all the time.
const PATIENCE: Duration = Duration::from_secs(2);

/// Clears a terminal, and what has scrolled out of it.
const CLEAR: &str = "\x1b[2J\x1b[3J\x1b[H";

type Changes = UnboundedReceiver<notify::Result<Event>>;

/// Checks, and again whenever a file changes. Ctrl-C is its end, and no failure.
pub(super) fn run(context: &Context, args: &CheckArgs) -> Result<Status> {
    // What is not there at the beginning is a word that is wrong.
    targets(context, args)?;
    let (sender, mut changes) = unbounded_channel();
    // Where it cannot be sent, nobody listens any more.
    let tell = move |event| drop(sender.send(event));
    let watcher = notify::recommended_watcher(tell).context("cannot watch for changes")?;
    let mut watch =
        Watch { watcher, tops: tops(context, args)?, folders: BTreeSet::new(), texts: BTreeMap::new(), fault: None };
    runtime::block_on(async {
        tokio::select! {
            ended = watch.rounds(context, args, &mut changes) => ended,
            _ = tokio::signal::ctrl_c() => Ok(()),
        }
    })?;
    Ok(Status::Ok)
}

/// The files and folders that are watched: those that are named, or the folders of connectors that are at hand.
fn tops(context: &Context, args: &CheckArgs) -> Result<Vec<PathBuf>> {
    let named = args.targets.iter().filter(|word| Path::new(word).exists() && !is_name(context, word));
    let mut tops: Vec<PathBuf> = named.map(PathBuf::from).collect();
    if tops.len() < args.targets.len() || args.targets.is_empty() {
        tops.extend(context.settings.connector_folders.iter().cloned());
    }
    if tops.is_empty() {
        let problem = Problem::usage("there is nothing to watch: what is built in does not change");
        return Err(problem.hint("name a file or a folder, or a folder of connectors by --connectors").into());
    }
    tops.iter().map(|top| std::path::absolute(top).context("this folder is gone")).collect()
}

/// Whether a word is the name of a connector, and no path.
fn is_name(context: &Context, word: &str) -> bool {
    !sources::looks_like_path(word) && context.library.sources(word).is_ok()
}

/// What is watched, and what it was when it was looked at last.
struct Watch {
    watcher: RecommendedWatcher,
    tops: Vec<PathBuf>,
    /// The folders that the system tells of.
    folders: BTreeSet<PathBuf>,
    /// The text of each file, by its path.
    texts: BTreeMap<String, String>,
    /// Why nothing could be checked then.
    fault: Option<String>,
}

impl Watch {
    async fn rounds(&mut self, context: &Context, args: &CheckArgs, changes: &mut Changes) -> Result<()> {
        self.follow()?;
        self.round(context, args, &targets(context, args)?)?;
        while self.changed(changes).await {
            self.follow()?;
            match targets(context, args) {
                Ok(targets) => self.round(context, args, &targets)?,
                // A file may be away for the moment that somebody works on it.
                Err(error) => self.fault(context, &error)?,
            }
        }
        Ok(())
    }

    /// Follows the folders that there are now: those that are named with the folders in them, deeper than which no
    /// connector lies, and the ones above, where they come and go.
    fn follow(&mut self) -> Result<()> {
        let mut wanted = BTreeSet::new();
        for top in &self.tops {
            wanted.extend(top.parent().map(Path::to_owned));
            wanted.insert(top.clone());
            let entries = std::fs::read_dir(top).into_iter().flatten().flatten();
            wanted.extend(entries.map(|entry| entry.path()).filter(|path| path.is_dir()));
        }
        self.folders.retain(|folder| folder.is_dir());
        wanted.retain(|folder| folder.is_dir());
        for folder in wanted.difference(&self.folders) {
            let watched = self.watcher.watch(folder, RecursiveMode::NonRecursive);
            watched.with_context(|| format!("cannot watch {}", folder.display()))?;
        }
        self.folders.extend(wanted);
        Ok(())
    }

    /// Waits for a change to be whole. Whether there can be another.
    async fn changed(&mut self, changes: &mut Changes) -> bool {
        loop {
            match changes.recv().await {
                Some(Ok(event)) if !is_change(&event) => {}
                Some(Ok(event)) => {
                    // A folder that is made anew is another one, and is followed anew.
                    self.folders.retain(|folder| !event.paths.contains(folder));
                    break;
                }
                // What happened is not known, and may be anything.
                Some(Err(_)) => break,
                None => return false,
            }
        }
        let whole = async { while let Ok(Some(_)) = timeout(QUIET, changes.recv()).await {} };
        // Either way it is time to look.
        drop(timeout(PATIENCE, whole).await);
        true
    }

    /// One round, where something is another than in the last.
    fn round(&mut self, context: &Context, args: &CheckArgs, targets: &[Sources]) -> Result<()> {
        let files = targets.iter().flat_map(|target| &target.files);
        let texts = files.map(|file| (file.path.clone(), file.text.clone().into_owned())).collect();
        let before = std::mem::replace(&mut self.texts, texts);
        if before == self.texts && self.fault.take().is_none() {
            return Ok(());
        }
        begin(context, &differing(&before, &self.texts))?;
        let found = args.check(targets)?;
        context.talk.say(found.summary());
        end(context);
        Ok(())
    }

    /// Says why nothing can be checked at the moment, once: what is said may lie in a folder that is watched.
    fn fault(&mut self, context: &Context, error: &anyhow::Error) -> Result<()> {
        let fault = format!("{error:#}");
        if self.fault.as_ref() == Some(&fault) {
            return Ok(());
        }
        self.fault = Some(fault);
        let before = std::mem::take(&mut self.texts);
        begin(context, &differing(&before, &self.texts))?;
        context.talk.say(format!("{}: {error:#}", paint(ERROR, "error")));
        end(context);
        Ok(())
    }
}

/// Whether something is another than before: that a file was read changes nothing.
fn is_change(event: &Event) -> bool {
    let may_be_yaml =
        |path: &PathBuf| path.extension().is_none_or(|ending| ending == "yaml" || ending == "yml") || path.is_dir();
    event.need_rescan() || (!matches!(event.kind, EventKind::Access(_)) && event.paths.iter().any(may_be_yaml))
}

/// The files that are not what they were, that are new, or that are gone.
fn differing(before: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Vec<String> {
    let paths: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    paths.into_iter().filter(|path| before.get(*path) != now.get(*path)).cloned().collect()
}

/// The line above what a round finds; on a terminal nothing else is above it.
fn begin(context: &Context, changed: &[String]) -> Result<()> {
    if stdout().is_terminal() {
        print(CLEAR)?;
    }
    let what = match changed {
        [] => "again".to_owned(),
        [one] => one.clone(),
        several => super::count(several.len(), "file"),
    };
    context.talk.say(paint(DIM, format!("checking {what}")));
    Ok(())
}

fn end(context: &Context) {
    context.talk.say(paint(DIM, "watching for changes; Ctrl-C ends it"));
}
