//! Files: the bytes that were uploaded, or a document made up for a record that came without.

use bytes::Bytes;
use serde_json::Value;
use zoho_connector::Type;

use crate::catalog::Kind;
use crate::message::Upload;
use crate::refusal::Refusal;
use crate::reply_path::text_of;
use crate::seed::{Meaning, Record, Spot, World, meaning_of};
use crate::store::Store;

/// The file that is kept under an id, or a made-up one for a record that is there.
pub(super) fn file(
    world: World<'_>,
    store: &mut Store,
    spot: Option<&Spot>,
    id: &str,
    within: Option<(&Spot, &str)>,
) -> Result<Upload, Refusal> {
    if let Some(file) = store.files(world.position, id).first() {
        return Ok(file.clone());
    }
    if let Some(spot) = spot
        && let Some(found) = store.get(world, spot, id)
    {
        let name = world.kind(spot).and_then(|kind| file_name(kind, &found.record()));
        return Ok(document(name, id));
    }
    // A document within a record, such as one of those that a request is made of.
    if let Some((outer, outer_id)) = within
        && let Some(found) = store.get(world, outer, outer_id)
        && let Some(name) = nested(&Value::Object(found.record()), id)
    {
        return Ok(document(name, id));
    }
    Err(Refusal::not_found(format!("There is no file {id}.")))
}

/// The name of the object with an id somewhere in a value, where there is such an object.
fn nested(value: &Value, id: &str) -> Option<Option<String>> {
    match value {
        Value::Array(items) => items.iter().find_map(|item| nested(item, id)),
        Value::Object(members) => {
            if members.values().any(|member| member.as_str() == Some(id))
                && members.keys().any(|name| meaning_of(name) == Meaning::FileName)
            {
                return Some(
                    members
                        .iter()
                        .find(|(name, _)| meaning_of(name) == Meaning::FileName)
                        .map(|(_, name)| text_of(name)),
                );
            }
            members.values().find_map(|member| nested(member, id))
        }
        _ => None,
    }
}

fn file_name(kind: &Kind, record: &Record) -> Option<String> {
    let named =
        |field: &&zoho_connector::Field| field.ty == Type::String && meaning_of(&field.name) == Meaning::FileName;
    let plain = |field: &&zoho_connector::Field| field.ty == Type::String && field.name == "name";
    let field = kind.record.fields.iter().find(named).or_else(|| kind.record.fields.iter().find(plain))?;
    record.get(&field.name).map(text_of).filter(|name| !name.is_empty())
}

/// A document with one page that says what it is, whatever its name promised.
fn document(name: Option<String>, id: &str) -> Upload {
    let name = name.unwrap_or_else(|| format!("{id}.pdf"));
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    Upload {
        name: format!("{stem}.pdf"),
        media: "application/pdf".to_owned(),
        bytes: pdf(&format!("Sandbox document {id}")),
    }
}

/// A PDF of one page with a line of text. The text is ASCII without brackets.
pub(super) fn pdf(text: &str) -> Bytes {
    let text: String = text.chars().filter(|c| c.is_ascii_alphanumeric() || " .-".contains(*c)).collect();
    let drawing = format!("BT /F1 18 Tf 72 760 Td ({text}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{drawing}\nendstream", drawing.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", number + 1));
    }
    let table = file.len();
    file.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for place in &places {
        file.push_str(&format!("{place:010} 00000 n \n"));
    }
    file.push_str(&format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1));
    Bytes::from(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pdf_has_its_objects_where_its_table_says() {
        let file = String::from_utf8(pdf("Hello (world)").to_vec()).unwrap();
        assert!(file.contains("(Hello world) Tj"));
        let table = file.find("xref").unwrap();
        assert!(file.ends_with(&format!("startxref\n{table}\n%%EOF\n")));
        for (number, line) in file[table..].lines().skip(3).take(5).enumerate() {
            let place: usize = line[..10].parse().unwrap();
            assert!(file[place..].starts_with(&format!("{} 0 obj", number + 1)), "{line}");
        }
    }
}
