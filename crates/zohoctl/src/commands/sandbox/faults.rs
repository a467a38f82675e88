//! What goes wrong in the sandbox, one by one and by chance.

use anyhow::Result;
use clap::Args;
use zoho_sandbox::{Fault, FaultMix, SandboxConfig};

use crate::exit::Problem;

/// The options for what goes wrong.
#[derive(Debug, Args)]
pub(super) struct FaultArgs {
    /// What goes wrong: WHAT[:PATH[:TIMES]], where WHAT is 429, 429=SECONDS, 500, reset, cut, slow=MS, expire_token …
    #[arg(long, value_name = "SPEC")]
    fault: Vec<String>,

    /// Which share of the calls meets a fault by chance, from 0 to 1
    #[arg(long, value_name = "SHARE", value_parser = share)]
    fault_rate: Option<f64>,

    /// What chance is made from: the same number gives the same faults
    #[arg(long, value_name = "N", default_value_t = 1, requires = "fault_rate")]
    fault_seed: u64,

    /// What goes wrong by chance, separated by commas: reset,cut,429=0,gateway …; everything unless given
    #[arg(long, value_name = "KINDS", value_delimiter = ',', requires = "fault_rate")]
    fault_kinds: Vec<String>,
}

impl FaultArgs {
    /// Sets what is asked for.
    pub(super) fn apply(&self, config: &mut SandboxConfig) -> Result<()> {
        config.faults = faults(&self.fault)?;
        if let Some(rate) = self.fault_rate {
            config.fault_mix = Some(FaultMix::new(rate, self.fault_seed).of(faults(&self.fault_kinds)?));
        }
        Ok(())
    }
}

fn faults(texts: &[String]) -> Result<Vec<Fault>> {
    let read = |text: &String| Fault::parse(text).map_err(|error| Problem::usage(error.to_string()).into());
    texts.iter().map(read).collect()
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "it is a share from 0 to 1, such as 0.2".to_owned())
}
