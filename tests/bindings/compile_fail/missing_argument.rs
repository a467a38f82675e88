//! A required argument is missing.

async fn run(desk: zoho::desk::Desk) -> Result<(), zoho::Error> {
    desk.tickets().create("Printer").send().await?;
    Ok(())
}

fn main() {}
