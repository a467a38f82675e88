//! The files of a connector, as texts that are changed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use zoho_connector::edit::{Node, Tree, format};
use zoho_connector::load::load;
use zoho_connector::{Route, Severity, SourceFile, library};

use crate::drift::ours::Ours;
use crate::import::service::{DRAFT_LINE, SCHEMA_LINE};
use crate::import::yaml::{self, Long};
use crate::import::{LONG_FILE, NewApi, SERVICE_FILE, apart};

/// The files of a connector, by name.
#[derive(Debug, Clone, Default)]
pub(in crate::import) struct Files {
    trees: BTreeMap<String, Tree>,
    /// Their texts as they were read.
    read: BTreeMap<String, String>,
}

impl Files {
    /// The files of a folder; none where it is not there.
    ///
    /// # Errors
    /// What cannot be read, or is not YAML.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let mut files = Self::default();
        if !folder.is_dir() {
            return Ok(files);
        }
        for file in library::files_of(folder).map_err(|error| anyhow!("{error}"))? {
            let name = file.path.rsplit(['/', '\\']).next().unwrap_or(&file.path).to_owned();
            files.put(&name, &file.text).with_context(|| format!("cannot read {}", file.path))?;
            files.read.insert(name, file.text.into_owned());
        }
        Ok(files)
    }

    /// Writes what differs, and gives the names of those files.
    ///
    /// # Errors
    /// What cannot be written.
    pub(super) fn write(&self, folder: &Path) -> Result<Vec<String>> {
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        let mut written = Vec::new();
        for (name, text) in self.texts().into_iter().filter(|(name, text)| self.read.get(name) != Some(text)) {
            let path = folder.join(&name);
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
            written.push(path.display().to_string());
        }
        Ok(written)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.trees.contains_key(name)
    }

    /// Puts a file that was drafted, which is nobody's yet.
    ///
    /// # Errors
    /// A text that is not YAML.
    pub(super) fn put_draft(&mut self, name: &str, text: &str) -> Result<()> {
        let text = text.replacen(DRAFT_LINE, "", 1);
        let text = format(&text).map_err(|faults| anyhow!("{name}: {}", faults[0].message))?;
        self.put(name, &text)
    }

    fn put(&mut self, name: &str, text: &str) -> Result<()> {
        let tree = Tree::parse(text).map_err(|faults| anyhow!("{name}: {}", faults[0].message))?;
        self.trees.insert(name.to_owned(), tree);
        Ok(())
    }

    /// The texts, by name.
    pub(super) fn texts(&self) -> BTreeMap<String, String> {
        self.trees.iter().map(|(name, tree)| (name.clone(), tree.text())).collect()
    }

    /// The texts as the files of a connector, the service's first.
    pub(in crate::import) fn sources(&self) -> Vec<SourceFile> {
        let mut sources: Vec<SourceFile> =
            self.texts().into_iter().map(|(name, text)| SourceFile::new(name, text)).collect();
        sources.sort_by_key(|file| file.path != SERVICE_FILE);
        sources
    }

    /// What the connector says.
    ///
    /// # Errors
    /// Files that do not load.
    pub(super) fn ours(&self) -> Result<Ours> {
        Ours::read(self.sources())
    }

    /// The errors of the files.
    pub(super) fn faults(&self) -> Vec<String> {
        let sources = self.sources();
        let faults = load(&sources).diagnostics.into_iter().filter(|fault| fault.severity == Severity::Error);
        let path = |at: usize| sources.get(at).map_or("", |file| file.path.as_str());
        faults.map(|fault| format!("{}: {}", path(fault.place.file.0), fault.message)).collect()
    }

    /// The file that has a key in a section: `types`, `apis`.
    pub(super) fn holder(&self, section: &str, key: &str) -> Option<&str> {
        let route = Route::of([section, key]);
        self.trees.iter().find(|(_, tree)| tree.get(&route).is_some()).map(|(name, _)| name.as_str())
    }

    pub(super) fn tree(&self, file: &str) -> Option<&Tree> {
        self.trees.get(file)
    }

    pub(super) fn tree_mut(&mut self, file: &str) -> Option<&mut Tree> {
        self.trees.get_mut(file)
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.trees.keys().cloned().collect()
    }

    /// How many lines a group's file has.
    pub(in crate::import) fn lines(&self, group: &str) -> usize {
        self.trees.get(&format!("{group}.yaml")).map_or(0, |tree| tree.text().lines().count())
    }

    /// Adds an API to the file of its group, behind those of the same collection; `false` where the name is taken.
    ///
    /// # Errors
    /// A file that has no place for it.
    pub(super) fn add_api(&mut self, api: &NewApi) -> Result<bool> {
        if self.holder("apis", &api.name).is_some() {
            return Ok(false);
        }
        let group = api.name.split('.').next().unwrap_or_default();
        let file = self.file_of(Some(group))?;
        let apis = Route::of(["apis"]);
        let Some(tree) = self.trees.get_mut(&file) else { bail!("there is no {file}") };
        let next = tree.get(&apis).and_then(|apis| behind(apis, &api.name));
        let node = Node::block(api.words.iter().map(|(word, node)| (*word, node.to_edit(long_of(word, node)))));
        if !tree.insert(&apis, next.as_deref(), &api.name, node, true) {
            bail!("{file} has no place for {}", api.name);
        }
        Ok(true)
    }

    /// Adds a type to the file of a group, or to that of the service; where there is one of its name, nothing is done.
    ///
    /// # Errors
    /// A file that has no place for it.
    pub(super) fn add_type(&mut self, group: Option<&str>, name: &str, node: &yaml::Node) -> Result<()> {
        if self.holder("types", name).is_some() {
            return Ok(());
        }
        let file = self.file_of_types(group, apart::entry(name, node).lines().count())?;
        let Some(tree) = self.trees.get_mut(&file) else { bail!("there is no {file}") };
        tree.insert(&Route::of(["types"]), None, name, node.to_edit(Long::Filled), false);
        Ok(())
    }

    /// The file that has room for so many lines of types of a group, or of the service: its own, or one beside it, which is
    /// made where it is missing.
    ///
    /// # Errors
    /// A file that cannot be made.
    pub(super) fn file_of_types(&mut self, group: Option<&str>, lines: usize) -> Result<String> {
        let own = self.file_of(group)?;
        let owner = apart::owner(&own).to_owned();
        let beside = (0..).map(|number| apart::name(&owner, number));
        let is_single = self.is_single();
        let length = |name: &str| self.trees.get(name).map_or(0, |tree| tree.text().lines().count());
        let has_room = |name: &String| is_single || length(name) == 0 || length(name) + lines <= LONG_FILE;
        let name = [own].into_iter().chain(beside).find(has_room).unwrap_or_default();
        if !self.has(&name) {
            self.put(&name, SCHEMA_LINE)?;
        }
        Ok(name)
    }

    /// Whether the connector is one file, which is no folder's.
    fn is_single(&self) -> bool {
        self.trees.len() == 1 && !self.trees.contains_key(SERVICE_FILE)
    }

    /// The file of a group, which is made where it is missing.
    fn file_of(&mut self, group: Option<&str>) -> Result<String> {
        let single = self.is_single();
        let name = match group {
            _ if single => self.names().remove(0),
            Some(group) => format!("{group}.yaml"),
            None => SERVICE_FILE.to_owned(),
        };
        if !self.has(&name) {
            self.put(&name, SCHEMA_LINE)?;
        }
        Ok(name)
    }
}

fn long_of(word: &str, node: &yaml::Node) -> Long {
    if word == "body" && matches!(node, yaml::Node::List(_)) { Long::Filled } else { Long::Block }
}

/// The API before which one is to stand: the first behind the last of the longest common beginning of their names.
fn behind(apis: &Node, name: &str) -> Option<String> {
    let names: Vec<&str> = apis.members().map(|(name, _)| name).collect();
    let mut parts: Vec<&str> = name.split('.').collect();
    while parts.len() > 1 {
        parts.pop();
        let beginning = format!("{}.", parts.join("."));
        let depth = parts.len() + 1;
        let same = |other: &&str| other.starts_with(&beginning) && other.split('.').count() == depth;
        if let Some(last) = names.iter().rposition(same) {
            return names.get(last + 1).map(|next| (*next).to_owned());
        }
    }
    None
}
