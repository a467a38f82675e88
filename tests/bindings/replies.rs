//! Replies as values: nothing is lost, and what differs from its definition is named.

use zoho::{FromRecord, Record, ToRecord};

use crate::library::types::{Book, BookStatus, Line};

fn book(json: &str) -> Result<Book, zoho::Mismatch> {
    Book::from_record(&json.parse::<Record>().unwrap())
}

const WHOLE: &str = r#"{"id":"00123456789012345678901234567890","title":"A \"b\"","author":{"id":7000000000000000001,"chief":{"id":"2"}},"status":"Lost","price":12.100000000000000000001,"pages":"12","isLent":"true","due":"2026-01-31","cf":{"cf_a":1.10},"rows":[[1,2],[]],"extra":"x","cf_region":{"b":[1.50,null]},"pages_read":9007199254740993.25}"#;

#[test]
fn custom_fields_and_unknown_values_survive() {
    let book = book(WHOLE).unwrap();
    assert_eq!(book.extra.as_str(), r#"{"cf_region":{"b":[1.50,null]},"pages_read":9007199254740993.25}"#);
    assert_eq!(book.extra.get("cf_region").unwrap().as_str(), r#"{"b":[1.50,null]}"#);
    assert_eq!(book.status, Some(BookStatus::Other("Lost".to_owned())));
    assert_eq!(book.status.unwrap().to_string(), "Lost");
    // A member of the definition that is called as ours is.
    assert_eq!(book.extra_2.as_deref(), Some("x"));
}

#[test]
fn ids_and_decimals_keep_every_digit() {
    let book = book(WHOLE).unwrap();
    assert_eq!(book.id, "00123456789012345678901234567890");
    assert_eq!(book.price.as_ref().unwrap().as_str(), "12.100000000000000000001");
    let author = book.author.as_ref().unwrap();
    assert_eq!(author.id, "7000000000000000001");
    assert_eq!(author.chief.as_ref().unwrap().id, "2");
    assert_eq!((book.pages, book.is_lent), (Some(12), Some(true)));
}

#[test]
fn what_was_read_is_written_with_every_digit() {
    let written = serde_json::to_string(&book(WHOLE).unwrap()).unwrap();
    assert_eq!(
        written,
        r#"{"id":"00123456789012345678901234567890","title":"A \"b\"","author":{"id":"7000000000000000001","chief":{"id":"2"}},"status":"Lost","price":12.100000000000000000001,"pages":12,"isLent":true,"due":"2026-01-31","cf":{"cf_a":1.10},"rows":[[1,2],[]],"extra":"x","cf_region":{"b":[1.50,null]},"pages_read":9007199254740993.25}"#
    );
    let again = Book::from_record(&written.parse().unwrap()).unwrap();
    assert_eq!(again.to_record().as_str(), written);
}

#[test]
fn what_has_no_value_is_none() {
    for json in
        [r#"{"id":"1","pages":"","price":"","lentAt":"","isLent":"","author":null,"editors":null}"#, r#"{"id":"1"}"#]
    {
        assert_eq!(book(json).unwrap(), Book { id: "1".into(), ..Book::default() }, "{json}");
    }
    assert_eq!(book(r#"{"id":"1","title":""}"#).unwrap().title.as_deref(), Some(""));
}

#[test]
fn a_wrong_type_names_the_member() {
    for (json, at, message) in [
        (r#"{"id":"1","pages":"many"}"#, "pages", "`pages` must be a whole number, and is \"many\""),
        (r#"{"id":"1","title":{}}"#, "title", "`title` must be text, and is an object"),
        (
            r#"{"id":"1","editors":[{"id":"1"},{"id":[]}]}"#,
            "editors.1.id",
            "`editors.1.id` must be an id, and is a list",
        ),
        (r#"{"id":"1","rows":[[1],["x"]]}"#, "rows.1.0", "`rows.1.0` must be a whole number, and is \"x\""),
        (r#"{"id":"1","price":"1,5"}"#, "price", "`price` must be a number, and is \"1,5\""),
        (r#"{"id":"1","author":"Ada"}"#, "author", "`author` must be an object, and is \"Ada\""),
        (r#"{"title":"A"}"#, "id", "`id` is missing"),
        ("[]", "", "`the record` must be an object, and is a list"),
    ] {
        let mismatch = book(json).unwrap_err();
        assert_eq!((mismatch.at(), mismatch.to_string().as_str()), (at, message), "{json}");
        let error = zoho::Error::from(mismatch);
        assert_eq!(error.field().unwrap_or_default(), at);
        assert_eq!(error.kind(), zoho::ErrorKind::Unexpected);
    }
}

#[test]
fn of_two_members_with_one_name_the_last_counts() {
    let book = book(r#"{"title":"a","id":"1","title":"b"}"#).unwrap();
    assert_eq!((book.title.as_deref(), book.extra.as_str()), (Some("b"), "{}"));
    // Also of three, with one of another name between them that is asked for before.
    let book = self::book(r#"{"title":"a","id":"1","title":"b","title":"c"}"#).unwrap();
    assert_eq!((book.title.as_deref(), book.extra.as_str()), (Some("c"), "{}"));
}

#[test]
fn values_of_a_set_come_from_text_and_go_to_it() {
    for (text, value) in [
        ("On Hold", BookStatus::OnHold),
        ("OPEN", BookStatus::Open),
        ("open", BookStatus::Open2),
        ("1", BookStatus::_1),
        ("-modifiedTime", BookStatus::MinusModifiedTime),
        ("new", BookStatus::Other("new".to_owned())),
    ] {
        assert_eq!(BookStatus::from(text), value);
        assert_eq!(value.to_string(), text);
    }
}

#[test]
fn a_record_that_is_sent_is_made_of_what_it_must_have() {
    let line = Line { price: Some("1.10".into()), ..Line::new("a", 2) };
    assert_eq!(line.to_record().as_str(), r#"{"name":"a","count":2,"price":1.10}"#);
    // As an argument a decimal is text, which is checked and sent as digits.
    assert_eq!(line.to_argument().unwrap().to_string(), r#"{"name":"a","count":2,"price":"1.10"}"#);
}

#[test]
fn a_record_is_shown_with_what_is_there_and_is_equal_to_one_that_says_the_same() {
    let one = book(r#"{"id":"1","title":"A","author":{"id":"2"},"rows":[[1]],"cf_a":1.10}"#).unwrap();
    assert_eq!(
        format!("{one:?}"),
        r#"Book {"id": "1", "title": "A", "author": {"id": "2"}, "rows": [[1]], "cf_a": 1.10}"#
    );
    assert_eq!(format!("{:#?}", Line::new("a", 2)), "Line {\n    \"name\": \"a\",\n    \"count\": 2,\n}");
    assert_eq!(one, one.clone());
    assert_ne!(one, Book { title: Some("B".to_owned()), ..one.clone() });
    // How a value came to be does not matter.
    assert_eq!(BookStatus::Other("OPEN".to_owned()), BookStatus::Open);
    assert_eq!(format!("{:?}", BookStatus::OnHold), r#""On Hold""#);
    let counted = std::collections::HashSet::from([BookStatus::Other("OPEN".to_owned()), BookStatus::Open]);
    assert_eq!(counted.len(), 1);
}

#[test]
fn what_is_no_json_is_written_as_text_and_takes_nothing_with_it() {
    let book = Book { id: "1".into(), price: Some("1,5".into()), ..Book::default() };
    assert_eq!(book.to_record().as_str(), r#"{"id":"1","price":"1,5"}"#);
    for digits in ["", "007", "+5", "null", "{}"] {
        let written = Book { price: Some(digits.into()), ..book.clone() }.to_record();
        assert_eq!(written.get("price").unwrap().as_str(), format!("{digits:?}"));
    }
    let book = Book { id: "1".into(), cf: Some(Record::from_text("no json".to_owned())), ..Book::default() };
    assert_eq!(book.to_record().as_str(), r#"{"id":"1","cf":"no json"}"#);
}
