//! Leads for CRM, from the lines of a file: what became of each is printed.
//!
//! ```sh
//! export ZOHO_CLIENT_ID=… ZOHO_CLIENT_SECRET=… ZOHO_REFRESH_TOKEN=… ZOHO_DATA_CENTER=eu
//! cargo run -p zoho --features crm --example crm_import -- leads.jsonl
//! ```

#![expect(clippy::print_stdout, reason = "a program of its own, not a part of the library")]

use std::fs::File;
use std::io::{BufRead, BufReader};

use futures_util::stream::iter;
use zoho::{Record, crm};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name a file of JSON lines")?;
    let lines = BufReader::new(File::open(path)?).lines().collect::<Result<Vec<_>, _>>()?;
    let leads = lines.iter().map(|line| line.parse()).collect::<Result<Vec<Record>, _>>()?;

    let crm = crm::connect(zoho::environment()).await?;
    let mut outcomes = crm.records().insert("Leads").stream(iter(leads));
    while let Some(outcome) = outcomes.try_next().await? {
        let id = outcome.id.or(outcome.message).unwrap_or_default();
        println!("{} {} {id}", outcome.index, outcome.status);
    }
    Ok(())
}
