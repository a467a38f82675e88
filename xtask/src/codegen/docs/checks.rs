//! A page for each fault that `zohoctl connectors check` finds, and their index.

use anyhow::Result;
use serde::Serialize;
use zoho_connector::Code;

use super::markdown::tidy;
use crate::codegen::{GeneratedFile, render};

const INDEX: &str = include_str!("../../../templates/docs/checks.md.hbs");
const PAGE: &str = include_str!("../../../templates/docs/check.md.hbs");

/// What the template of the index sees.
#[derive(Serialize)]
struct Index {
    checks: Vec<Check>,
}

#[derive(Serialize)]
struct Check {
    code: &'static str,
    summary: &'static str,
    /// The first line of its page, without its mark.
    title: &'static str,
    /// The rest of its page.
    text: &'static str,
}

/// The index and the pages.
pub(super) fn pages() -> Result<Vec<GeneratedFile>> {
    let index = Index { checks: Code::ALL.iter().map(|code| check(*code)).collect() };
    let mut files = vec![render::markdown("docs/reference/checks/README.md", &tidy(&render::template(INDEX, &index)?))];
    for check in &index.checks {
        let text = tidy(&render::template(PAGE, check)?);
        files.push(render::markdown(&format!("docs/reference/checks/{}.md", check.code), &text));
    }
    Ok(files)
}

fn check(code: Code) -> Check {
    let (title, text) = code.page().split_once('\n').unwrap_or((code.page(), ""));
    Check { code: code.as_str(), summary: code.summary(), title: title.trim_start_matches("# "), text: text.trim() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_page_with_its_text_and_a_row_in_the_index() {
        let files = pages().unwrap();
        assert_eq!(files.len(), Code::ALL.len() + 1);
        let page = files.iter().find(|file| file.path == "docs/reference/checks/no-scopes.md").unwrap();
        for part in ["# An API that does not say its scopes\n", "`no-scopes`", "\n## Bad\n```yaml\n", "\n## Good\n"] {
            assert!(page.text.contains(part), "{part:?} is not in:\n{}", page.text);
        }
        assert!(files[0].text.contains("| [`no-scopes`](no-scopes.md) | An API that does not say its scopes. |"));
    }
}
