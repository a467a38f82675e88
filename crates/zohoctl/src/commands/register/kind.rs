//! The kinds of clients that Zoho's API console makes, of which each signs in in its own way.

use clap::ValueEnum;

/// A kind of client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ClientKind {
    /// A browser on this machine: the usual one.
    Server,
    /// A browser on this machine, for a program that is given to others: its secret is none, and PKCE protects it.
    Desktop,
    /// No browser here: a code is typed on any other device.
    Device,
    /// No browser at all: a code from the console, or the client alone for one organisation.
    #[value(name = "self")]
    SelfClient,
}

impl ClientKind {
    /// All of them, in the order in which a person is asked.
    pub(crate) const ALL: [Self; 4] = [Self::Server, Self::Desktop, Self::Device, Self::SelfClient];

    /// The command's word for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Desktop => "desktop",
            Self::Device => "device",
            Self::SelfClient => "self",
        }
    }

    /// The kind of a word.
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Its name in the API console.
    pub(crate) fn in_console(self) -> &'static str {
        match self {
            Self::Server => "Server-based Applications",
            Self::Desktop => "Mobile-based Applications",
            Self::Device => "Non-browser Applications",
            Self::SelfClient => "Self Client",
        }
    }

    /// What it is for, in a few words.
    pub(crate) fn purpose(self) -> &'static str {
        match self {
            Self::Server => "you sign in with a browser on this machine",
            Self::Desktop => "the same, for a program that you give to others",
            Self::Device => "no browser here: you type a code on your phone or another machine",
            Self::SelfClient => "no browser at all: for your own account, by a code from the console or for jobs",
        }
    }

    /// Whether the browser is sent back to a redirect URL.
    pub(crate) fn redirects(self) -> bool {
        matches!(self, Self::Server | Self::Desktop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_the_same_on_the_command_line_and_in_the_vault() {
        for kind in ClientKind::ALL {
            assert_eq!(ClientKind::of_word(kind.as_str()), Some(kind));
            assert_eq!(ClientKind::from_str(kind.as_str(), false), Ok(kind));
        }
    }
}
