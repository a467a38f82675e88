//! Settings: flags, environment and defaults, put together once. Later code sees only the result.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use zoho_connector::{DataCenter, DataCenters};

use crate::cli::GlobalArgs;
use crate::config::{self, Config};
use crate::environment;
use crate::exit::Problem;

/// What the commands share, resolved.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Where connections and tokens lie.
    pub(crate) config_folder: PathBuf,
    /// Where what can be made anew is kept, where there is such a place.
    pub(crate) cache_folder: Option<PathBuf>,
    /// Folders of connectors, each over those before it and over the built-in ones.
    pub(crate) connector_folders: Vec<PathBuf>,
    /// Where connections and clients are kept, where somebody has said it: by variable or in the configuration.
    pub(crate) vault: Option<String>,
    /// The data centres: those built in, with what the configuration adds.
    pub(crate) data_centers: Arc<DataCenters>,
    /// Whether only errors are said.
    pub(crate) quiet: bool,
}

impl Settings {
    /// Puts together what was typed, the environment, and the defaults.
    pub(crate) fn resolve(args: &GlobalArgs) -> Result<Self> {
        let config_folder = config_folder()?;
        let config = Config::read(&config_folder)?;
        let mut connector_folders = vec![config_folder.join("connectors")];
        connector_folders.retain(|folder| folder.is_dir());
        let from_environment = environment::read(environment::CONNECTORS);
        let named = config
            .connectors
            .iter()
            .cloned()
            .chain(from_environment.iter().flat_map(|paths| std::env::split_paths(paths)))
            .chain(args.connectors.iter().cloned());
        for folder in named.filter(|folder| !folder.as_os_str().is_empty()) {
            if !folder.is_dir() {
                let message = format!("{} is not a folder of connectors", folder.display());
                return Err(Problem::usage(message)
                    .hint("it is given by --connectors, ZOHO_CONNECTORS or config.yaml")
                    .into());
            }
            connector_folders.push(folder);
        }
        let vault = environment::read(environment::VAULT).or(config.vault);
        let data_centers = data_centers(&config_folder, config.data_centers)?;
        Ok(Self {
            cache_folder: cache_folder(),
            config_folder,
            connector_folders,
            vault,
            data_centers,
            quiet: args.quiet,
        })
    }
}

/// The table of data centres with a configuration's rows.
fn data_centers(folder: &Path, extra: Vec<DataCenter>) -> Result<Arc<DataCenters>> {
    let table = DataCenters::built_in().extended(extra).map_err(|fault| {
        let path = folder.join(config::FILE);
        Problem::usage(format!("{}: {fault}", path.display()))
    })?;
    Ok(Arc::new(table))
}

/// The folder of connections: `ZOHO_CONFIG_DIR`, else the one that the system has for such things.
fn config_folder() -> Result<PathBuf> {
    if let Some(folder) = environment::read(environment::CONFIG_FOLDER) {
        return Ok(folder.into());
    }
    let base = if cfg!(windows) { environment::read("APPDATA") } else { environment::read("XDG_CONFIG_HOME") };
    let base = base.map(PathBuf::from).filter(|base| base.is_absolute());
    let base = base
        .or_else(|| std::env::home_dir().filter(|home| !home.as_os_str().is_empty()).map(|home| home.join(".config")));
    match base {
        Some(base) => Ok(base.join("zohoctl")),
        None => {
            let message = "there is no home folder to keep connections in";
            Err(Problem::usage(message).hint(format!("set {} to a folder", environment::CONFIG_FOLDER)).into())
        }
    }
}

/// The folder for what can be made anew: `XDG_CACHE_HOME`, or what the system has in its place.
fn cache_folder() -> Option<PathBuf> {
    let base = if cfg!(windows) { environment::read("LOCALAPPDATA") } else { environment::read("XDG_CACHE_HOME") };
    let base = base.map(PathBuf::from).filter(|base| base.is_absolute());
    let home = || std::env::home_dir().filter(|home| !home.as_os_str().is_empty());
    Some(base.or_else(|| home().map(|home| home.join(".cache")))?.join("zohoctl"))
}
