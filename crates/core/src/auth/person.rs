//! What a sign-in needs of a person, who may sit at a terminal, at a web page, or in a test.

use std::time::Duration;

use url::Url;
use zoho_connector::DataCenter;

use crate::error::{Error, ErrorKind};
use crate::token_store::Pending;

/// The person who signs in, as a program reaches them. A program implements what its flows need; the rest refuses.
pub trait Person: Send + Sync {
    /// Shows the address where the person consents: opens a browser, prints it, or both.
    fn browse(&self, address: &Url);

    /// Shows the code that the person types at an address, on whatever device.
    fn enter_code(&self, code: &UserCode) {
        self.browse(code.complete.as_ref().unwrap_or(&code.address));
    }

    /// Asks for what the browser was sent to after the consent: the whole address, or the code in it.
    fn paste(&self) -> Pending<'_, String> {
        Box::pin(async {
            Err(Error::new(ErrorKind::SignIn, "nobody is there to paste the address that the browser was sent to"))
        })
    }

    /// Takes note of what happens meanwhile.
    fn notice(&self, notice: &Notice) {
        let _ = notice;
    }
}

/// What a person is shown in the device flow.
#[derive(Debug, Clone)]
pub struct UserCode {
    /// What to type.
    pub code: String,
    /// Where to type it.
    pub address: Url,
    /// The address that has the code in it already.
    pub complete: Option<Url>,
    /// How long it is good for.
    pub life: Duration,
}

/// What happens while a sign-in waits.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Notice {
    /// Somebody called the listener with an answer that is not of this sign-in, and was turned away. The wait goes on.
    TurnedAway(String),
    /// What was pasted cannot be used; it is asked for again.
    PasteAgain(String),
    /// The account lives in another data centre than the client, and the sign-in goes on there.
    Moved(DataCenter),
    /// The accounts server still waits for the person, and is asked again after a pause.
    Waiting(Duration),
    /// More scopes cannot be added to what is there, for this reason; a new consent is asked for instead.
    NewConsent(String),
}
