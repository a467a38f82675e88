//! The index of `connectors/`: one item of Rust for each service, and a table for people.

use anyhow::Result;
use serde::Serialize;

use super::{GeneratedFile, Service, render};

const LIB: &str = include_str!("../../templates/connectors/lib.rs.hbs");
const README: &str = include_str!("../../templates/connectors/README.md.hbs");

/// What the templates see.
#[derive(Serialize)]
struct View {
    services: Vec<ServiceView>,
}

#[derive(Serialize)]
struct ServiceView {
    name: String,
    /// The name of its item in Rust.
    item: String,
    title: String,
    summary: String,
    apis: usize,
    scopes: String,
    docs: String,
    files: Vec<FileView>,
}

#[derive(Serialize)]
struct FileView {
    /// As it is shown to people: from the root of the repository.
    path: String,
    /// As `include_str!` finds it: from the folder of the index.
    include: String,
}

/// `connectors/lib.rs` and `connectors/README.md`.
pub(super) fn generate(services: &[Service]) -> Result<Vec<GeneratedFile>> {
    let view = View { services: services.iter().map(view).collect() };
    let lib = render::rust("connectors/lib.rs", &render::template(LIB, &view)?)?;
    let readme = render::markdown("connectors/README.md", &render::template(README, &view)?);
    Ok(vec![lib, readme])
}

fn view(service: &Service) -> ServiceView {
    let connector = &service.connector;
    let prefixes: Vec<String> = connector.scope_prefixes.iter().map(|prefix| format!("`{prefix}`")).collect();
    ServiceView {
        name: connector.name.clone(),
        item: item_name(&connector.name),
        title: connector.title.clone(),
        summary: connector.summary.clone().unwrap_or_default(),
        apis: connector.apis.len(),
        scopes: prefixes.join(", "),
        docs: connector.docs.as_ref().map_or_else(String::new, |url| format!("[Zoho's page]({url})")),
        files: service.sources.files.iter().map(|file| file_view(&file.path)).collect(),
    }
}

fn file_view(path: &str) -> FileView {
    let include = path.strip_prefix("connectors/").unwrap_or(path);
    FileView { path: path.to_owned(), include: include.to_owned() }
}

/// The name of a static: `OFFICE_INTEGRATOR` for `office-integrator`.
fn item_name(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use zoho_connector::SourceFile;
    use zoho_connector::library::Sources;
    use zoho_connector::load::read;

    use super::*;

    #[test]
    fn names_of_items_are_upper_case_with_underscores() {
        for (name, item) in [("desk", "DESK"), ("office-integrator", "OFFICE_INTEGRATOR"), ("a_b", "A_B")] {
            assert_eq!(item_name(name), item);
        }
    }

    #[test]
    fn the_index_has_an_item_with_all_files_and_a_row_for_each_service() {
        let service = "connector: office-shelf\ntitle: Office Shelf\nbase_url: https://shelf.{zoho}/api\n\
                       summary: Shelves.\ndocs: https://example.com/shelf\nscope_prefix: [Shelf, Search]\n";
        let group = "apis:\n  rows.touch: { post: /rows, scopes: [] }\n";
        let files = vec![
            SourceFile::new("connectors/office-shelf/connector.yaml", service),
            SourceFile::new("connectors/office-shelf/rows.yaml", group),
        ];
        let connector = read(&files).unwrap();
        let sources = Sources { name: "office-shelf".to_owned(), files, built_in: false };
        let [lib, readme] = <[_; 2]>::try_from(generate(&[Service { sources, connector }]).unwrap()).unwrap();
        for part in [
            "/// Office Shelf. Shelves.",
            "pub static OFFICE_SHELF: Files = Files {",
            r#"("connectors/office-shelf/connector.yaml", include_str!("office-shelf/connector.yaml")),"#,
            r#"("connectors/office-shelf/rows.yaml", include_str!("office-shelf/rows.yaml")),"#,
            "pub static ALL: &[Files] = &[OFFICE_SHELF];",
        ] {
            assert!(lib.text.contains(part), "{part:?} is not in:\n{}", lib.text);
        }
        let row = "| `office-shelf` | [Office Shelf](../docs/reference/connectors/office-shelf.md) | 1 | `Shelf`, `Search` \
                   | [Zoho's page](https://example.com/shelf) |";
        assert!(readme.text.contains(row), "{}", readme.text);
        assert!(super::super::bears_preamble(&lib.text) && super::super::bears_preamble(&readme.text));
    }
}
