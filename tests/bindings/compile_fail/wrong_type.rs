//! An argument is of another type.

async fn run(desk: zoho::desk::Desk) -> Result<(), zoho::Error> {
    desk.tickets().comments().create("215", 12).set_is_public("yes").send().await?;
    Ok(())
}

fn main() {}
