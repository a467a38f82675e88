//! Open tickets of Desk, and one more: the environment has the sign-in.
//!
//! ```sh
//! export ZOHO_CLIENT_ID=… ZOHO_CLIENT_SECRET=… ZOHO_REFRESH_TOKEN=… ZOHO_DATA_CENTER=eu ZOHO_ORG=…
//! cargo run -p zoho --features desk --example desk_tickets
//! ```

#![expect(clippy::print_stdout, reason = "a program of its own, not a part of the library")]

use zoho::desk;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), zoho::Error> {
    let desk = desk::connect(zoho::environment()).await?;

    let mut last = None;
    let mut tickets = desk.tickets().list().set_status("Open").with_page_size(50).records();
    while let Some(ticket) = tickets.try_next().await? {
        println!("{} {}", ticket.id, ticket.subject.as_deref().unwrap_or_default());
        last = Some(ticket);
    }
    let Some(last) = last else { return Ok(()) };
    let (Some(department), Some(contact)) = (last.department_id, last.contact_id) else { return Ok(()) };

    let ticket = desk
        .tickets()
        .create("Blank pages from the label printer", department)
        .set_contact_id(contact)
        .set_priority("High")
        .send()
        .await?;
    println!("created {} {:?}", ticket.id, ticket.priority);
    Ok(())
}
