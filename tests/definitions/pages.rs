//! Every code has a page, and its examples do what they say.

use zoho_connector::Code;
use zoho_connector::load::load;

use crate::support::{codes, files, rendered};

/// The YAML below a heading of a page.
fn example(page: &str, heading: &str) -> Option<String> {
    let (_, section) = page.split_once(&format!("\n## {heading}\n```yaml\n"))?;
    Some(section.split_once("\n```")?.0.to_owned() + "\n")
}

#[test]
fn every_code_has_a_page_of_the_same_form() {
    for code in Code::ALL {
        let page = code.page();
        assert!(page.starts_with("# "), "{code} has a title");
        let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings, ["What it does", "Why", "Bad", "Good"], "{code}");
        let title = page.lines().next().unwrap();
        assert!(!title.ends_with('.') && page.ends_with("```\n"), "{code}");
    }
}

#[test]
fn the_bad_example_of_a_page_has_its_fault_and_no_other() {
    for code in Code::ALL {
        let files = files("shelf", &example(code.page(), "Bad").unwrap());
        let loaded = load(&files);
        let found = codes(&loaded);
        assert!(
            !found.is_empty() && found.iter().all(|found| found == &code.as_str()),
            "{code}:\n{}",
            rendered(&files, &loaded)
        );
    }
}

#[test]
fn the_good_example_of_a_page_has_no_fault() {
    for code in Code::ALL {
        let files = files("shelf", &example(code.page(), "Good").unwrap());
        let loaded = load(&files);
        assert!(loaded.diagnostics.is_empty(), "{code}:\n{}", rendered(&files, &loaded));
    }
}
