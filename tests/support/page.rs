//! A page of the guide as what it tells people to do: commands with what they print, and files with what they hold.

/// One thing that a page tells to do.
#[derive(Debug)]
pub(crate) enum Deed {
    /// A command, and the lines that it prints.
    Command {
        /// The line as it is typed.
        line: String,
        /// What it prints, as it was recorded.
        printed: Vec<String>,
    },
    /// A file that is written: a block below a line as **`src/main.rs`**, whole, or *at its end*.
    File {
        /// Its path.
        path: String,
        /// What it holds, or what is added to it.
        text: String,
        /// Whether it is added at the end of what is there.
        is_added: bool,
    },
}

/// What a page tells to do, in its order.
pub(crate) fn deeds(page: &str) -> Vec<Deed> {
    let mut deeds = Vec::new();
    let mut named: Option<(String, bool)> = None;
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(rest) = line.strip_prefix("**`") {
            named = rest.split_once("`**").map(|(path, how)| (path.to_owned(), how.contains("at its end")));
        }
        let Some(language) = line.strip_prefix("```") else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match (language, named.take()) {
            ("console", _) => deeds.extend(commands(&block)),
            (_, Some((path, is_added))) => deeds.push(Deed::File { path, text: block.join("\n") + "\n", is_added }),
            _ => {}
        }
    }
    deeds
}

fn commands(block: &[&str]) -> Vec<Deed> {
    let mut commands: Vec<Deed> = Vec::new();
    for line in block {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(line), _) => commands.push(Deed::Command { line: line.to_owned(), printed: Vec::new() }),
            (None, Some(Deed::Command { printed, .. })) => printed.push((*line).to_owned()),
            _ => panic!("a block of commands begins with `{line}`"),
        }
    }
    commands
}

/// Compares what a command printed with what a page has.
pub(crate) fn assert_printed(page: &str, command: &str, recorded: &[String], text: &str) {
    let lines: Vec<String> = text.lines().map(|line| line.trim_end().to_owned()).collect();
    let end = |lines: &[String]| lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    assert!(
        fits(&recorded[..end(recorded)], &lines[..end(&lines)]),
        "`{command}` printed this, which is not what {page} has:\n{text}"
    );
}

/// Whether lines are as they were recorded: `…` stands for the rest of a line, and alone for any lines.
fn fits(recorded: &[String], lines: &[String]) -> bool {
    match (recorded.split_first(), lines.split_first()) {
        (None, None) => true,
        (Some((word, rest)), _) if word == "…" => (0..=lines.len()).any(|skipped| fits(rest, &lines[skipped..])),
        (Some((expected, recorded)), Some((line, lines))) => {
            let same = match expected.strip_suffix('…') {
                Some(start) => line.starts_with(start),
                None => line == expected,
            };
            same && fits(recorded, lines)
        }
        _ => false,
    }
}

#[test]
fn a_recorded_line_fits_only_what_it_says() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<String>>();
    assert!(fits(&lines("a\n…\nz"), &lines("a\nb\nc\nz")) && fits(&lines("a=…"), &lines("a=1")));
    assert!(
        !fits(&lines("a\nz"), &lines("a\nb\nz"))
            && !fits(&lines("a"), &lines("a\nb"))
            && !fits(&lines("…\nb"), &lines("a"))
    );
}
