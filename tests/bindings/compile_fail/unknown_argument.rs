//! An argument is one that the API does not have.

async fn run(desk: zoho::desk::Desk) -> Result<(), zoho::Error> {
    desk.tickets().get("215").set_colour("red").send().await?;
    Ok(())
}

fn main() {}
