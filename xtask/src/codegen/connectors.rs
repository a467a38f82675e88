//! The index of `connectors/`: one item of Rust for each service, and a table for people.

use anyhow::{Context as _, Result};
use serde::Serialize;
use zoho_connector::SourceFile;
use zoho_connector::compact;

use super::{GeneratedFile, PREAMBLE, Service, render};

const LIB: &str = include_str!("../../templates/connectors/lib.rs.hbs");
const DATA_CENTERS: &str = include_str!("../../../crates/connector/src/data_centers.yaml");
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
    /// The same of its compact form.
    compact: String,
}

/// `connectors/lib.rs`, `connectors/README.md`, and the compact form of every file.
pub(super) fn generate(services: &[Service]) -> Result<Vec<GeneratedFile>> {
    let view = View { services: services.iter().map(view).collect() };
    let lib = render::rust("connectors/lib.rs", &render::template(LIB, &view)?)?;
    let readme = render::markdown("connectors/README.md", &render::template(README, &view)?);
    let files = services.iter().flat_map(|service| &service.sources.files);
    let compact = files.map(compact_file).collect::<Result<Vec<_>>>()?;
    Ok([lib, readme].into_iter().chain(compact).chain([data_centers()?]).collect())
}

/// The table of data centres as JSON, a row on each line.
fn data_centers() -> Result<GeneratedFile> {
    let rows: Vec<serde_json::Value> = serde_yaml::from_str(DATA_CENTERS)?;
    let lines: Vec<String> = rows.iter().map(ToString::to_string).collect();
    let path = "crates/connector/src/data_centers.json".to_owned();
    let comment = serde_json::Value::from(PREAMBLE);
    let text = format!("{{\n\"$comment\":{comment},\n\"data_centers\":[\n{}\n]\n}}\n", lines.join(",\n"));
    Ok(GeneratedFile { path, text })
}

/// A file as JSON, without comments: what a call reads.
fn compact_file(file: &SourceFile) -> Result<GeneratedFile> {
    let value: serde_json::Value = serde_yaml::from_str(&file.text).with_context(|| file.path.clone())?;
    let path = format!("connectors/{}", compact_path(&file.path));
    Ok(GeneratedFile { path, text: compact::text_of(&value, PREAMBLE) })
}

/// The path of a compact form, from the folder of the index.
fn compact_path(path: &str) -> String {
    let inner = path.strip_prefix("connectors/").unwrap_or(path);
    let stem = inner.rsplit_once('.').map_or(inner, |(stem, _)| stem);
    format!("compact/{stem}.json")
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
    FileView { path: path.to_owned(), include: include.to_owned(), compact: compact_path(path) }
}

/// The name of a static: `OFFICE_INTEGRATOR` for `office-integrator`.
fn item_name(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use zoho_connector::library::Sources;
    use zoho_connector::load::{read, read_call};
    use zoho_connector::{Library, SourceFile};

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
        let made = generate(&[Service { sources, connector: connector.into() }]).unwrap();
        let [lib, readme, own, rows, _] = <[_; 5]>::try_from(made).unwrap();
        assert_eq!(own.path, "connectors/compact/office-shelf/connector.json");
        assert!(
            rows.text.ends_with("\",\n\"apis\":{\n\"rows.touch\":{\"post\":\"/rows\",\"scopes\":[]}}\n}\n"),
            "{}",
            rows.text
        );
        for part in [
            "/// Office Shelf. Shelves.",
            "pub static OFFICE_SHELF: Files = Files {",
            r#"("connectors/office-shelf/connector.yaml", include_str!("office-shelf/connector.yaml")),"#,
            r#"("connectors/office-shelf/rows.yaml", include_str!("office-shelf/rows.yaml")),"#,
            r#"include_str!("compact/office-shelf/rows.json")"#,
            "pub static ALL: &[Files] = &[OFFICE_SHELF];",
        ] {
            assert!(lib.text.contains(part), "{part:?} is not in:\n{}", lib.text);
        }
        let row = "| `office-shelf` | [Office Shelf](../docs/reference/connectors/office-shelf/README.md) | 1 | `Shelf`, `Search` \
                   | [Zoho's page](https://example.com/shelf) |";
        assert!(readme.text.contains(row), "{}", readme.text);
        assert!(super::super::bears_preamble(&lib.text) && super::super::bears_preamble(&readme.text));
    }

    /// What a program reads is what stands in the YAML: of a whole connector, and of what each call needs.
    #[test]
    fn the_compact_form_gives_the_same_connectors() {
        let library = Library::new(zoho_connectors::ALL);
        for files in zoho_connectors::ALL {
            assert_eq!(files.files.len(), files.compact.len(), "{}", files.name);
            let whole = read(&library.sources(files.name).unwrap().files).unwrap();
            assert_eq!(library.connector(files.name).unwrap(), whole, "{}", files.name);
            for api in whole.apis.keys() {
                let part = library.connector_for(files.name, api).unwrap();
                let written = read_call(&files_of_call(&library, files.name, api), api).unwrap();
                assert!(part.api(api).is_some() && part.api(api) == written.api(api), "{} {api}", files.name);
                assert!(part.apis.values().all(|other| written.api(&other.name) == Some(other)), "{api}");
                assert!(part.types.iter().all(|(name, ty)| written.types.get(name) == Some(ty)), "{api}");
                let lost: Vec<&String> =
                    part.apis.values().flat_map(names_of).filter(|name| !part.types.contains_key(*name)).collect();
                assert!(lost.is_empty(), "{} {api}: {lost:?}", files.name);
                let (apis, types) = (written.apis.clone(), written.types.clone());
                let words = zoho_connector::Connector { apis, types, ..part };
                assert!(words == written, "the service's own words: {} {api}", files.name);
            }
        }
    }

    /// The YAML that a call of an API needs: the service's file, and the one of its group.
    fn files_of_call(library: &Library, service: &str, api: &str) -> Vec<SourceFile> {
        let files = library.sources(service).unwrap().files;
        let group = api.split('.').next().unwrap_or_default();
        let is_of_call = |file: &SourceFile| file.owner() == "connector" || file.owner() == group;
        match files.iter().any(|file| file.stem() == group) {
            true => files.into_iter().filter(is_of_call).collect(),
            false => files,
        }
    }

    /// The types that an API's bodies, arguments and records are of.
    fn names_of(api: &zoho_connector::Api) -> Vec<&String> {
        use zoho_connector::{Returns, Type};
        fn within(ty: &Type) -> Vec<&String> {
            match ty {
                Type::Record(name) => vec![name],
                Type::List { item, .. } => within(item),
                Type::Object(object) => object.fields.iter().flat_map(|field| within(&field.ty)).collect(),
                _ => Vec::new(),
            }
        }
        let returned = match &api.returns {
            Returns::One(ty) | Returns::Many(ty) => within(ty),
            _ => Vec::new(),
        };
        let parameters = api.parameters.iter().flat_map(|parameter| within(&parameter.ty));
        parameters.chain(returned).chain(api.body.iter().flat_map(|body| within(&body.ty))).collect()
    }
}
