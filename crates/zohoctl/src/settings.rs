//! Settings: flags, environment and defaults, put together once. Later code sees only the result.

use std::path::PathBuf;

use anyhow::Result;

use crate::cli::GlobalArgs;
use crate::environment;
use crate::exit::Problem;

/// What the commands share, resolved.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Where connections and tokens lie.
    pub(crate) config_folder: PathBuf,
    /// Folders of connectors, each over those before it and over the built-in ones.
    pub(crate) connector_folders: Vec<PathBuf>,
    /// Whether only errors are said.
    pub(crate) quiet: bool,
}

impl Settings {
    /// Puts together what was typed, the environment, and the defaults.
    pub(crate) fn resolve(args: &GlobalArgs) -> Result<Self> {
        let config_folder = config_folder()?;
        let mut connector_folders = vec![config_folder.join("connectors")];
        connector_folders.retain(|folder| folder.is_dir());
        let from_environment = environment::read(environment::CONNECTORS);
        let named = from_environment
            .iter()
            .flat_map(|paths| std::env::split_paths(paths))
            .chain(args.connectors.iter().cloned());
        for folder in named.filter(|folder| !folder.as_os_str().is_empty()) {
            if !folder.is_dir() {
                let message = format!("{} is not a folder of connectors", folder.display());
                return Err(Problem::usage(message).hint("it is given by --connectors or ZOHO_CONNECTORS").into());
            }
            connector_folders.push(folder);
        }
        Ok(Self { config_folder, connector_folders, quiet: args.quiet })
    }
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
