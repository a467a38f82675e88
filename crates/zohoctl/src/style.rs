//! The colours of the command. `NO_COLOR`, `--color` and pipes are respected by the streams that print them.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};
use clap::builder::Styles;

/// A heading.
pub(crate) const HEADING: Style = Style::new().bold();
/// A name that can be typed: of a service, an API, an argument.
pub(crate) const NAME: Style = AnsiColor::Cyan.on_default();
/// What is less important.
pub(crate) const DIM: Style = Style::new().dimmed();
/// The word before an error.
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
/// The word before a warning.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// The word before a hint.
pub(crate) const HINT: Style = AnsiColor::Green.on_default().bold();

/// The text in a style.
pub(crate) fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// The colours of the help.
pub(crate) fn help() -> Styles {
    Styles::styled()
        .header(HEADING)
        .usage(HEADING)
        .literal(NAME)
        .placeholder(DIM)
        .error(ERROR)
        .invalid(WARNING)
        .valid(HINT)
}
