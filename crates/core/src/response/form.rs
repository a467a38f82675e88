//! Records that come in another form than one object each, made into that.

use indexmap::IndexMap;
use serde_json::Value;
use serde_json::value::RawValue;
use zoho_connector::responses::RecordForm;

use crate::record::{Record, find, is_null, items, text_of};

type Members<'a> = IndexMap<String, &'a RawValue>;

/// The records in a value of a reply. `whole` is the reply, where a form wants more of it.
pub(super) fn records(form: &RecordForm, whole: &RawValue, value: &RawValue) -> Vec<Record> {
    match form {
        RecordForm::Plain => Vec::new(),
        RecordForm::Lifted(member) => one_or_many(value).into_iter().map(|entry| lifted(member, entry)).collect(),
        RecordForm::Keyed { key, each } => {
            one_or_many(value).into_iter().flat_map(|entry| keyed(key, *each, entry)).collect()
        }
        RecordForm::Columns { columns, key, order } => {
            let columns = find(whole, columns).first().map(|raw| members(raw)).unwrap_or_default();
            let rows = members(value);
            let order = order.as_ref().and_then(|path| {
                find(whole, path).first().map(|raw| items(raw).into_iter().map(text_of).collect::<Vec<_>>())
            });
            let ids = order.unwrap_or_else(|| rows.keys().cloned().collect());
            ids.iter().filter_map(|id| Some(row(key, id, rows.get(id)?, &columns))).collect()
        }
    }
}

fn one_or_many(value: &RawValue) -> Vec<&RawValue> {
    if value.get().starts_with('[') {
        items(value)
    } else if is_null(value) {
        Vec::new()
    } else {
        vec![value]
    }
}

/// The members of a JSON object; none of any other value.
fn members(value: &RawValue) -> Members<'_> {
    serde_json::from_str(value.get()).unwrap_or_default()
}

/// An object of these members, as a record.
fn object<'a>(members: impl IntoIterator<Item = (&'a str, &'a str)>) -> Record {
    let mut text = String::from("{");
    for (i, (name, value)) in members.into_iter().enumerate() {
        if i > 0 {
            text.push(',');
        }
        text.push_str(&Value::from(name).to_string());
        text.push(':');
        text.push_str(value);
    }
    text.push('}');
    Record::from_text(text)
}

fn lifted(member: &str, entry: &RawValue) -> Record {
    let all = members(entry);
    let inner = all.get(member).map(|raw| members(raw)).unwrap_or_default();
    let own = all.iter().filter(|(name, _)| *name != member && !inner.contains_key(*name));
    object(own.chain(&inner).map(|(name, value)| (name.as_str(), value.get())))
}

fn keyed(key: &str, each: Option<usize>, entry: &RawValue) -> Vec<Record> {
    let entries = members(entry);
    let record = |(id, value): (&String, &&RawValue)| {
        let value = match each {
            Some(position) => *items(value).get(position)?,
            None => *value,
        };
        let inner = members(value);
        let id = Value::from(id.as_str()).to_string();
        let own_id = (!inner.contains_key(key)).then_some((key, id.as_str()));
        Some(object(own_id.into_iter().chain(inner.iter().map(|(name, value)| (name.as_str(), value.get())))))
    };
    entries.iter().filter_map(record).collect()
}

fn row(key: &str, id: &str, values: &RawValue, columns: &Members<'_>) -> Record {
    let values = items(values);
    let id = Value::from(id).to_string();
    let cells = columns.iter().filter_map(|(name, position)| {
        let position: usize = text_of(position).parse().ok()?;
        Some((name.as_str(), values.get(position)?.get()))
    });
    object(std::iter::once((key, id.as_str())).chain(cells.filter(|(name, _)| *name != key)))
}

#[cfg(test)]
mod tests {
    use zoho_connector::ReplyPath;

    use super::*;

    fn made(form: &RecordForm, whole: &str, at: &str) -> Vec<String> {
        let whole: &RawValue = serde_json::from_str(whole).unwrap();
        let value = find(whole, &ReplyPath::parse(at).unwrap())[0];
        records(form, whole, value).iter().map(|record| record.as_str().to_owned()).collect()
    }

    #[test]
    fn attributes_are_lifted_and_win() {
        let form = RecordForm::Lifted("attributes".into());
        let json = r#"{"data":[{"id":"1","type":"files","attributes":{"name":"a","type":"folder"}},{"id":"2"}]}"#;
        assert_eq!(made(&form, json, "data"), [r#"{"id":"1","name":"a","type":"folder"}"#, r#"{"id":"2"}"#]);
        assert_eq!(made(&form, r#"{"data":{"id":"1","attributes":{"n":1}}}"#, "data"), [r#"{"id":"1","n":1}"#]);
    }

    #[test]
    fn records_behind_their_ids_get_them() {
        let form = RecordForm::Keyed { key: "id".into(), each: Some(0) };
        let json = r#"{"result":[{"100":[{"Name":"Ada"}]},{"200":[{"id":"x","Name":"Ben"}]}]}"#;
        assert_eq!(made(&form, json, "result"), [r#"{"id":"100","Name":"Ada"}"#, r#"{"id":"x","Name":"Ben"}"#]);
        let direct = RecordForm::Keyed { key: "id".into(), each: None };
        assert_eq!(
            made(&direct, r#"{"result":{"1":{"n":1},"2":{"n":2}}}"#, "result"),
            [r#"{"id":"1","n":1}"#, r#"{"id":"2","n":2}"#]
        );
    }

    #[test]
    fn rows_become_records_in_the_order_given() {
        let form = RecordForm::Columns {
            columns: ReplyPath::parse("prop").unwrap(),
            key: "statusId".into(),
            order: Some(ReplyPath::parse("ids").unwrap()),
        };
        let json = r#"{"ids":["2","1"],"prop":{"name":0,"color":1},"obj":{"1":["Open","red"],"2":["Done","green"]}}"#;
        assert_eq!(
            made(&form, json, "obj"),
            [r#"{"statusId":"2","name":"Done","color":"green"}"#, r#"{"statusId":"1","name":"Open","color":"red"}"#]
        );
    }
}
