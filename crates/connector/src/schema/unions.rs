//! The unions of the language as schemas: each dispatches on its JSON type, with keywords for each type.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::definition::expressions::Scalars;
use crate::definition::{
    AuthDefinition, BaseDefinition, ConditionExpr, Conditions, CostByLength, CostDefinition, KeyDefinition, MatchExpr,
    ObjectExpr, OneOrMany, OutcomesDefinition, OutcomesWord, PaginateDefinition, RecordsDefinition, RecordsForm,
    ScalarText, SignatureDefinition, StyleDefinition, TypeExpr,
};
use crate::responses::FailureKind;

/// Stands for a map from kinds of failure to conditions, so that an editor can offer the kinds and tell what they mean.
pub(crate) struct Classify;

/// Says that a type's schema is called like the type, and what it is.
macro_rules! union {
    ($($name:ident: |$generator:ident| $schema:expr;)+) => {$(
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    )+};
}

/// What an editor tells of a type.
const TYPES: &str = "A type.

- built in: `string int decimal bool id date time duration email url phone map any file`; `file <= 40MB`; `time epoch_ms` or `time yyyy-MM-dd` where this one is spelt in its own way
- choices: `open|closed`; `open|closed|*` is a set that grows, `open|` a set of one
- a type of the connector: `Ticket`
- a list: `[string]`, or `[string, 50]` for at most 50
- an object: `{ name!: string, size: int }`; `..: Ticket` takes over members
- with a default that is sent: `int = 1`
- a constant, which is no argument: `=value`, `=51`, `=true`
- in `wrap`, `query` and `form`: `body`, the spot where the declared body goes";

union! {
    TypeExpr: |generator| json_schema!({
        "description": TYPES,
        "type": ["string", "array", "object"],
        "prefixItems": [
            generator.subschema_for::<Self>(),
            { "description": "The most entries that the list takes.", "type": "integer", "minimum": 1 },
        ],
        "items": false,
        "minItems": 1,
        "properties": { "..": extends(generator) },
        "additionalProperties": generator.subschema_for::<Self>(),
    });

    ObjectExpr: |generator| json_schema!({
        "description": "Members and their types. `name!` is required; `..: Name` takes over the members of a type.",
        "type": "object",
        "properties": { "..": extends(generator) },
        "additionalProperties": generator.subschema_for::<TypeExpr>(),
    });

    OneOrMany: |_generator| json_schema!({
        "description": "A text, or a list of texts.",
        "type": ["string", "array"],
        "items": { "type": "string" },
        "minItems": 1,
    });

    ScalarText: |_generator| json_schema!({
        "description": "A text, a whole number, true or false; compared as text.",
        "type": ["string", "integer", "boolean"],
    });

    CostDefinition: |generator| {
        let mut schema = generator.root_schema_for::<CostByLength>();
        schema.remove("$schema");
        schema.remove("title");
        let description = "What a call costs, in the unit of its limit: `3`; `{ credits: 1, per: 10, of: data }` by the length of a list argument; or steps by the records before the page, as `[3, 5 past 2000, 10 past 10000]`.";
        schema.insert("description".to_owned(), description.into());
        schema.insert("type".to_owned(), vec!["integer", "array", "object"].into());
        schema.insert("minimum".to_owned(), 0.into());
        schema.insert("items".to_owned(), generator.subschema_for::<ScalarText>().into());
        schema.insert("minItems".to_owned(), 1.into());
        schema
    };

    ConditionExpr: |generator| json_schema!({
        "description": "A condition on a reply: a bare value is the error code; a map names what must all match.",
        "type": ["string", "integer", "boolean", "object"],
        "minProperties": 1,
        "properties": subjects(generator),
        "additionalProperties": generator.subschema_for::<MatchExpr>(),
    });

    Conditions: |generator| json_schema!({
        "description": "A condition on a reply, or a list of conditions of which any will do.",
        "type": ["string", "integer", "boolean", "array", "object"],
        "items": generator.subschema_for::<ConditionExpr>(),
        "minItems": 1,
        "minProperties": 1,
        "properties": subjects(generator),
        "additionalProperties": generator.subschema_for::<MatchExpr>(),
    });

    MatchExpr: |generator| json_schema!({
        "description": "What a value must be: this, any of a list, `{ not: value }` (an absent one matches too) or `{ present: false }`.",
        "type": ["string", "integer", "boolean", "array", "object"],
        "items": generator.subschema_for::<ScalarText>(),
        "minItems": 1,
        "minProperties": 1,
        "maxProperties": 1,
        "properties": {
            "not": generator.subschema_for::<Scalars>(),
            "present": { "description": "Whether the value is there.", "type": "boolean" },
        },
        "additionalProperties": false,
    });

    Scalars: |generator| json_schema!({
        "description": "The value that it must not be, or a list of them.",
        "type": ["string", "integer", "boolean", "array"],
        "items": generator.subschema_for::<ScalarText>(),
        "minItems": 1,
    });

    BaseDefinition: |_generator| json_schema!({
        "description": "A URL, or a map with `url` and exceptions by data centre (`ca: https://upload.zohocloud.ca/crm/v8`).",
        "type": ["string", "object"],
        "properties": { "url": { "description": "The URL in every other data centre.", "type": "string" } },
        "required": ["url"],
        "additionalProperties": { "description": "The URL in this data centre.", "type": "string" },
    });

    SignatureDefinition: |generator| {
        let mut schema = KeyDefinition::json_schema(generator);
        schema.insert("type".to_owned(), ["string", "object"].as_slice().into());
        schema.insert("description".to_owned(), "One way to sign a call: `oauth`, `none`, or a key.".into());
        schema
    };

    AuthDefinition: |generator| {
        let mut schema = SignatureDefinition::json_schema(generator);
        schema.insert("type".to_owned(), ["string", "array", "object"].as_slice().into());
        schema.insert("items".to_owned(), generator.subschema_for::<SignatureDefinition>().to_value());
        schema.insert("minItems".to_owned(), 1.into());
        let description = "What calls are signed with: `oauth`, `none`, a key, or `[oauth, { key: … }]`.";
        schema.insert("description".to_owned(), description.into());
        schema
    };

    PaginateDefinition: |generator| json_schema!({
        "description": "The name of a style of paging, or a map of that name with what this API changes: `{ offset: { max: 200 } }`.",
        "type": ["string", "object"],
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": generator.subschema_for::<StyleDefinition>(),
    });

    RecordsDefinition: |generator| {
        let mut schema = RecordsForm::json_schema(generator);
        schema.insert("type".to_owned(), ["string", "array", "object"].as_slice().into());
        schema.insert("items".to_owned(), serde_json::json!({ "type": "string" }));
        schema.insert("minItems".to_owned(), 1.into());
        let description = "A path, a list of paths that are joined, or a map that also says the form records come in.";
        schema.insert("description".to_owned(), description.into());
        schema
    };

    Classify: |generator| {
        let conditions = generator.subschema_for::<Vec<ConditionExpr>>();
        let kinds = FailureKind::ALL.into_iter().map(|kind| {
            let mut schema = conditions.clone();
            schema.insert("description".to_owned(), kind.meaning().into());
            (kind.as_str().to_owned(), schema.to_value())
        });
        json_schema!({
            "type": "object",
            "properties": kinds.collect::<serde_json::Map<_, _>>(),
            "additionalProperties": false,
        })
    };

    OutcomesWord: |generator| {
        let mut schema = OutcomesDefinition::json_schema(generator);
        schema.insert("type".to_owned(), ["string", "object"].as_slice().into());
        let description = "Where the reply has a result for each record; a path is short for `{ at: path }`.";
        schema.insert("description".to_owned(), description.into());
        schema
    };
}

fn extends(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = generator.subschema_for::<OneOrMany>();
    schema.insert("description".to_owned(), "The types whose members it takes over; own members win.".into());
    schema
}

fn subjects(generator: &mut SchemaGenerator) -> serde_json::Value {
    let mut subject = |description: &str| {
        let mut schema = generator.subschema_for::<MatchExpr>();
        schema.insert("description".to_owned(), description.into());
        schema.to_value()
    };
    serde_json::json!({
        "http": subject("The HTTP status."),
        "code": subject("The error code: the value at `error.code`. (`.code` where a member is really called so.)"),
    })
}
