//! The newest tickets of Desk, with a sign-in that the command has kept.
//!
//! ```sh
//! zohoctl connect desk --name work
//! cargo run -p zoho --features desk,vault --example saved_sign_in -- work
//! ```

#![expect(clippy::print_stdout, reason = "a program of its own, not a part of the library")]

use zoho::desk;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), zoho::Error> {
    let name = std::env::args().nth(1).unwrap_or_else(|| "desk".to_owned());
    let desk = desk::connect(zoho::saved(name)).await?;
    let mut tickets = desk.tickets().list().records().with_limit(5);
    while let Some(ticket) = tickets.try_next().await? {
        println!("{} {}", ticket.id, ticket.subject.as_deref().unwrap_or_default());
    }
    Ok(())
}
