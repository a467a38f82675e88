//! All types as they are written, wherever a file may hold them.

use super::Subject;
use crate::definition::{DefaultsDefinition, EffectDefinition, ObjectExpr, TypeExpr};
use crate::source::{FileId, Origin, Route};

/// What a type is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner<'a> {
    /// A type of this name.
    Type(&'a str),
    /// An API, or the defaults of some.
    Api,
}

/// One place where a type is written.
#[derive(Debug)]
pub(super) enum Written<'a> {
    /// A text of the type grammar; in an object, behind this key.
    Scalar {
        /// The key, with its mark.
        key: Option<&'a str>,
        /// The text.
        text: &'a str,
    },
    /// A name behind `..`.
    TakenOver(&'a str),
}

/// Calls for each place where a type is written, in all files.
pub(super) fn each<'a>(subject: &Subject<'a>, call: &mut dyn FnMut(Owner<'a>, &Origin, Written<'a>)) {
    for file in subject.files {
        let definition = &file.definition;
        for (name, object) in definition.types.iter().flatten() {
            Walk { owner: Owner::Type(name), call }.object(object, &place(file.id, ["types", name]));
        }
        if let Some(defaults) = &definition.defaults {
            defaults_of(defaults, file.id, &mut Walk { owner: Owner::Api, call });
        }
        for (name, api) in definition.apis.iter().flatten() {
            let mut walk = Walk { owner: Owner::Api, call };
            let at = place(file.id, ["apis", name]);
            let objects = [
                ("path", &api.path),
                ("query", &api.query),
                ("headers", &api.headers),
                ("form", &api.form),
                ("wrap", &api.wrap),
            ];
            for (word, object) in objects {
                object.iter().for_each(|object| walk.object(object, &at.key(word)));
            }
            for (word, expr) in [("body", &api.body), ("returns", &api.returns)] {
                expr.iter().for_each(|expr| walk.expr(None, expr, &at.key(word)));
            }
            let of_job = api.job.as_ref().and_then(|job| job.contains.as_ref());
            let contained = [(api.contains.as_ref(), at.key("contains")), (of_job, at.key("job").key("contains"))];
            for (words, at) in contained {
                let words = words.iter().flat_map(|words| [("csv", &words.csv), ("csv.zip", &words.csv_zip)]);
                words.for_each(|(word, expr)| expr.iter().for_each(|expr| walk.expr(None, expr, &at.key(word))));
            }
            for (verb, of) in api.effect.iter().flat_map(types_of) {
                (walk.call)(walk.owner, &at.key("effect").key(verb), Written::Scalar { key: None, text: of });
            }
        }
    }
}

fn defaults_of<'a>(defaults: &'a DefaultsDefinition, file: FileId, walk: &mut Walk<'a, '_>) {
    let at = place(file, ["defaults"]);
    for (word, object) in [("path", &defaults.path), ("query", &defaults.query), ("headers", &defaults.headers)] {
        object.iter().for_each(|object| walk.object(object, &at.key(word)));
    }
    let Some(verbs) = &defaults.by_verb else { return };
    let verbs = [
        ("get", &verbs.get),
        ("post", &verbs.post),
        ("put", &verbs.put),
        ("patch", &verbs.patch),
        ("delete", &verbs.delete),
    ];
    for (verb, words) in verbs.into_iter().filter_map(|(verb, words)| Some((verb, words.as_ref()?))) {
        let at = at.key("by_verb").key(verb);
        for (word, object) in [("query", &words.query), ("headers", &words.headers)] {
            object.iter().for_each(|object| walk.object(object, &at.key(word)));
        }
    }
}

/// The types that an effect happens to: one, where it is right.
fn types_of(effect: &EffectDefinition) -> impl Iterator<Item = (&'static str, &String)> {
    let verbs = [
        ("list", &effect.list),
        ("read", &effect.read),
        ("create", &effect.create),
        ("update", &effect.update),
        ("upsert", &effect.upsert),
        ("trash", &effect.trash),
        ("delete", &effect.delete),
        ("set", &effect.set),
        ("count", &effect.count),
        ("link", &effect.link),
        ("unlink", &effect.unlink),
    ];
    verbs.into_iter().filter_map(|(verb, of)| Some((verb, of.as_ref()?)))
}

fn place<const N: usize>(file: FileId, keys: [&str; N]) -> Origin {
    Origin { file, route: Route::of(keys) }
}

struct Walk<'a, 'c> {
    owner: Owner<'a>,
    call: &'c mut dyn FnMut(Owner<'a>, &Origin, Written<'a>),
}

impl<'a> Walk<'a, '_> {
    fn object(&mut self, object: &'a ObjectExpr, at: &Origin) {
        for (i, name) in object.extends.iter().enumerate() {
            let place = at.key("..");
            let place = if object.extends.len() == 1 { place } else { place.index(i) };
            (self.call)(self.owner, &place, Written::TakenOver(name));
        }
        for (key, expr) in &object.fields {
            self.expr(Some(key), expr, &at.key(key));
        }
    }

    fn expr(&mut self, key: Option<&'a str>, expr: &'a TypeExpr, at: &Origin) {
        match expr {
            TypeExpr::Text(text) => (self.call)(self.owner, at, Written::Scalar { key, text }),
            TypeExpr::List(item, _) => self.expr(None, item, &at.index(0)),
            TypeExpr::Object(object) => self.object(object, at),
        }
    }
}
