//! The picture of a terminal session, for the README: the session that the first page of the documentation has, which a
//! test runs.

use anyhow::Result;
use serde::Serialize;

use crate::codegen::{GeneratedFile, PREAMBLE, render};

const PAGE: &str = include_str!("../../../../docs/README.md");
const TEMPLATE: &str = include_str!("../../../templates/docs/session.svg.hbs");

/// The width of a character and the height of a line, in the units of the picture, for a type of 14.
const CHARACTER: f32 = 8.43;
const LINE: usize = 21;
/// Around the text, and the bar above it.
const MARGIN: usize = 20;
const BAR: usize = 34;

/// What the template sees.
#[derive(Serialize)]
struct View {
    preamble: &'static str,
    width: usize,
    height: usize,
    margin: usize,
    /// What is read aloud instead of the picture.
    title: String,
    lines: Vec<LineView>,
}

#[derive(Serialize)]
struct LineView {
    y: usize,
    class: &'static str,
    prompt: &'static str,
    text: String,
}

/// `docs/pictures/session.svg`.
pub(super) fn picture() -> Result<GeneratedFile> {
    let recorded: Vec<&str> = session(PAGE);
    let longest = recorded.iter().map(|line| line.chars().count()).max().unwrap_or_default();
    let view = View {
        preamble: PREAMBLE,
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            clippy::cast_sign_loss,
            reason = "some hundred characters"
        )]
        width: (longest as f32 * CHARACTER) as usize + 2 * MARGIN,
        height: BAR + recorded.len() * LINE + MARGIN,
        margin: MARGIN,
        title: escaped("A terminal: records as a table, a list read to its end, and a mistake with what was meant"),
        lines: recorded.iter().enumerate().map(|(index, line)| view(index, line)).collect(),
    };
    let text = render::template(TEMPLATE, &view)?;
    Ok(GeneratedFile { path: "docs/pictures/session.svg".to_owned(), text })
}

/// The lines of the first session of a page.
fn session(page: &str) -> Vec<&str> {
    let from = page.lines().skip_while(|line| *line != "```console").skip(1);
    from.take_while(|line| *line != "```").collect()
}

fn view(index: usize, line: &str) -> LineView {
    let (prompt, text) = line.strip_prefix("$ ").map_or(("", line), |command| ("$ ", command));
    let class = match text {
        _ if !prompt.is_empty() => "command",
        text if text.starts_with("error:") => "error",
        text if text.starts_with("hint:") => "hint",
        text if text.starts_with("stopped") || text.starts_with("saved") => "talk",
        _ => "data",
    };
    LineView { y: BAR + (index + 1) * LINE, class, prompt, text: escaped(text) }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_of_the_session_is_a_line_of_the_picture() {
        let page = "# A\n```sh\nno\n```\n```console\n$ zohoctl a <b>\nerror: c & d\n```\n";
        assert_eq!(session(page), ["$ zohoctl a <b>", "error: c & d"]);
        let lines: Vec<LineView> = session(page).iter().enumerate().map(|(index, line)| view(index, line)).collect();
        assert_eq!((lines[0].class, lines[0].text.as_str()), ("command", "zohoctl a &lt;b&gt;"));
        assert_eq!((lines[1].class, lines[1].text.as_str()), ("error", "error: c &amp; d"));
        let picture = picture().unwrap().text;
        assert!(picture.starts_with("<svg ") && picture.contains("tickets.list"), "{picture}");
    }
}
