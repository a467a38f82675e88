//! The members of one record.

use std::borrow::Cow;

use serde_json::{Map, Value, json};
use zoho_connector::types::{Field, RecordType};
use zoho_connector::{Connector, Type};

use super::names::{Hint, Meaning, plain};
use super::wording::phone;
use super::{Record, Spot, World, id_of};
use crate::catalog::{Catalog, Kind};
use crate::random::{Random, hash};
use crate::times;

/// How deep objects lie within objects.
const DEEPEST: usize = 3;
/// How far a change lies behind a record's making, at most.
const CHANGED_MS: u64 = 20 * 86_400_000;

/// Makes the members of one record, each for itself and always the same.
#[derive(Debug, Clone)]
pub(crate) struct Maker<'a> {
    world: World<'a>,
    /// The kind of its collection; none of an object within a record.
    pub(super) kind: Option<&'a Kind>,
    spot: Cow<'a, Spot>,
    pub(super) index: usize,
    /// What the record is: its type's name, or the member that it stands in.
    pub(super) label: String,
    /// What its random numbers are made from.
    root: u64,
    /// What its id is made from.
    prefix: u64,
    created_ms: i64,
    depth: usize,
}

impl<'a> Maker<'a> {
    pub(super) fn new(world: World<'a>, spot: Cow<'a, Spot>, index: usize, begin_ms: i64, step_ms: i64) -> Self {
        let prefix = world.prefix(&spot.path);
        let root = hash(world.seed.seed ^ prefix, &index.to_le_bytes());
        let within = Random::part(root, "when").below(u64::try_from(step_ms).unwrap_or(1));
        let created_ms = begin_ms + i64::try_from(within).unwrap_or(0);
        let kind = world.kind(&spot);
        let label = kind.map(|kind| kind.type_name.clone()).unwrap_or_default();
        Self { world, kind, spot, index, label, root, prefix, created_ms, depth: 0 }
    }

    pub(super) fn catalog(&self) -> &'a Catalog {
        self.world.catalog
    }

    pub(super) fn connector(&self) -> &'a Connector {
        self.world.connector
    }

    /// The members that are wanted, also those that the type does not name.
    pub(crate) fn record(&self, wanted: impl Fn(&str) -> bool) -> Record {
        let Some(kind) = self.kind else { return Record::new() };
        let fields = kind.record.fields.iter().filter(|field| wanted(&field.name));
        let mut record: Record = fields.map(|field| (field.name.clone(), self.member(&kind.record, field))).collect();
        for name in kind.extra.iter().flatten() {
            if !record.contains_key(name) && wanted(name) {
                record.insert(name.clone(), self.undeclared(name));
            }
        }
        record
    }

    /// One member, without making the others; none where such a record has no such member.
    pub(crate) fn named(&self, name: &str) -> Option<Value> {
        let kind = self.kind?;
        match kind.record.field(name) {
            Some(field) => Some(self.member(&kind.record, field)),
            None => kind.extra.is_some().then(|| self.undeclared(name)),
        }
    }

    /// A member that no type names, by what its name means.
    pub(crate) fn undeclared(&self, name: &str) -> Value {
        let hint = self.world.catalog.hint(name);
        let ty = match hint.meaning {
            _ if hint.plain == "id" => Type::Id,
            _ if hint.plain.ends_with("date") => Type::Date(None),
            _ if hint.plain.ends_with("time") => Type::Time(None),
            Meaning::Amount => Type::Decimal,
            _ => Type::String,
        };
        self.value(name, &ty, None)
    }

    /// An object of a type, for this record or thing.
    pub(crate) fn object(&self, ty: &RecordType) -> Record {
        let member = |field: &Field| (field.name.clone(), self.member(ty, field));
        ty.fields.iter().map(member).collect()
    }

    fn member(&self, ty: &RecordType, field: &Field) -> Value {
        if let Some(value) = &field.constant {
            return value.clone();
        }
        if self.kind.is_none() && field.required && field.ty == Type::Id {
            return self.key().into();
        }
        if let Some(told) = self.kind.and_then(|kind| kind.told.get(&field.name)).filter(|_| field.ty == Type::String) {
            return self.told(field, told, ty);
        }
        self.value(&field.name, &field.ty, Some(ty))
    }

    pub(super) fn random(&self, name: &str) -> Random {
        Random::part(self.root, name)
    }

    /// A value of a type, for a member of this name.
    pub(crate) fn value(&self, name: &str, ty: &Type, beside: Option<&RecordType>) -> Value {
        let mut random = self.random(name);
        match ty {
            Type::Decimal => {
                let most = if plain(name).contains("percent") { 100 } else { 900 };
                format!("{}.{:02}", random.below(most), random.below(100)).into()
            }
            Type::Duration => "60".into(),
            Type::Email => self.person().email().into(),
            Type::Phone => phone(&mut random).into(),
            Type::Choice { values, numeric, .. } => {
                let there = values.iter().filter(|value| !self.catalog().is_gone(name, value)).cloned();
                choice(&there.collect::<Vec<_>>(), *numeric, &mut random)
            }
            Type::Map => json!({}),
            Type::Any | Type::File { .. } => Value::Null,
            Type::List { item, .. } => self.list(name, item, &mut random),
            Type::Id | Type::Int | Type::Bool | Type::Time(_) | Type::Date(_) | Type::Url | Type::String => {
                self.by_name(name, &self.world.catalog.hint(name), ty, beside, &mut random)
            }
            Type::Record(_) | Type::Object(_) => match self.connector().object(ty) {
                Some(object) if self.depth < DEEPEST => Value::Object(self.within(name, ty, object)),
                _ => Value::Null,
            },
        }
    }

    fn by_name(&self, name: &str, hint: &Hint, ty: &Type, beside: Option<&RecordType>, random: &mut Random) -> Value {
        match ty {
            Type::Id => self.id(name, hint, random).into(),
            Type::Int => int(&hint.plain, random).into(),
            Type::Bool => self.truth(&hint.plain, random).into(),
            Type::Time(_) | Type::Date(_) => self.time(hint, ty, beside, random),
            Type::Url => self.address(&hint.plain).into(),
            _ => self.text(name, hint, beside, random),
        }
    }

    /// An object within the record: that of the record which the member beside it points at, or one of its own.
    fn within(&self, name: &str, ty: &Type, object: &RecordType) -> Map<String, Value> {
        let hint = self.world.catalog.hint(name);
        if let Some(target) = self.target(&hint) {
            return target.summary(object);
        }
        if self.is_scope(&hint.plain) {
            let value = self.kind.and_then(|kind| self.world.chosen(&self.spot, kind.scope.as_deref()?));
            let value = |field: &Field| match self.catalog().hint(&field.name).meaning {
                Meaning::Name => value.clone().map_or(Value::Null, Value::from),
                _ => self.inner(name).member(object, field),
            };
            return object.fields.iter().map(|field| (field.name.clone(), value(field))).collect();
        }
        let mut maker = self.inner(name);
        maker.label = match ty {
            Type::Record(type_name) if matches!(hint.naming, Meaning::Name) => type_name.clone(),
            _ => name.to_owned(),
        };
        maker.object(object)
    }

    pub(super) fn inner(&self, name: &str) -> Self {
        let root = hash(self.root, name.as_bytes());
        let prefix = 10_000_000_000 + root % 890_000_000_000;
        Self { kind: None, depth: self.depth + 1, root, prefix, ..self.clone() }
    }

    /// The id of an object within the record.
    pub(crate) fn within_id(&self, name: &str) -> String {
        self.inner(name).key()
    }

    /// The members of an object that stands for this record in another.
    fn summary(&self, object: &RecordType) -> Record {
        let own = self.kind.map(|kind| &kind.record);
        let key = self.kind.and_then(|kind| kind.key.as_deref());
        let member = |field: &Field| {
            let value = match own.and_then(|own| Some((own, own.field(&field.name)?))) {
                _ if field.ty == Type::Id && (field.required || Some(field.name.as_str()) == key) => self.key().into(),
                Some((own, known)) if known.ty == field.ty => self.member(own, known),
                None if field.name == "name" && self.called().is_some() => self.called().unwrap_or_default(),
                _ => Self { depth: DEEPEST - 1, ..self.clone() }.member(object, field),
            };
            (field.name.clone(), value)
        };
        object.fields.iter().map(member).collect()
    }

    /// What a record without a name is called: by the last name or the company that an account gives it.
    fn called(&self) -> Option<Value> {
        let extra = || self.kind.and_then(|kind| kind.extra.as_ref()).into_iter().flatten();
        let wanted = [Meaning::FullName, Meaning::LastName, Meaning::Company, Meaning::Subject];
        let named = |meaning| extra().find(|name| self.catalog().hint(name).meaning == meaning);
        wanted.into_iter().find_map(named).map(|name| self.undeclared(name))
    }

    /// The record's id.
    pub(crate) fn key(&self) -> String {
        let named = self.kind.and_then(Kind::names).and_then(|names| names.get(self.index).cloned());
        named.unwrap_or_else(|| id_of(self.prefix, self.index))
    }

    fn id(&self, name: &str, hint: &Hint, random: &mut Random) -> String {
        let is_key = match self.kind {
            Some(kind) => kind.key.as_deref() == Some(name),
            None => hint.stem == "id" || is_own(&hint.stem, &self.label),
        };
        if is_key {
            return self.key();
        }
        let asked = if hint.stem == "parent" { None } else { Some(name) };
        if let Some(id) = self.kind.and_then(|_| self.world.within(&self.spot, asked)) {
            return id;
        }
        match self.world.target(hint) {
            Some(target) => id_of(target.prefix, self.target_index(hint, target.count)),
            None if self.scoped(hint).is_some() => self.target(hint).map(|target| target.key()).unwrap_or_default(),
            // Something that no API gives; its id looks like the others.
            None => id_of(
                10_000_000_000 + self.world.seed.seed % 1000,
                usize::try_from(random.below(1_000_000)).unwrap_or(0),
            ),
        }
    }

    /// The record that a member points at, by the member's name.
    pub(super) fn target(&self, hint: &Hint) -> Option<Self> {
        if hint.stem == "parent" {
            let (spot, id) = self.world.parent(&self.spot)?;
            let index = self.world.index(&spot, &id)?;
            return Some(self.world.maker_of(spot, index));
        }
        if self.is_scope(&hint.plain) {
            let value = self.world.chosen(&self.spot, self.kind?.scope.as_deref()?)?;
            let named = self.world.catalog.kind(hint.target?)?;
            let index = named.named()?.iter().position(|name| *name == value)?;
            return Some(self.world.maker_of(self.world.spot(hint.target?, |_| None), index));
        }
        if let Some(spot) = self.scoped(hint) {
            let count = self.world.count(&spot) as u64;
            return (count > 0).then(|| self.world.maker_of(spot, self.target_index(hint, count)));
        }
        let target = self.world.target(hint)?;
        Some(self.world.maker(&target.spot, self.target_index(hint, target.count)))
    }

    /// The collection that a member points into, where it is that of the module, or the like, which this record is in.
    fn scoped(&self, hint: &Hint) -> Option<Spot> {
        let name = self.catalog().kind(hint.target?)?.scope.as_deref()?;
        let value = self.world.chosen(&self.spot, name)?;
        Some(self.world.spot(hint.target?, |other| (other == name).then(|| value.clone())))
    }

    /// Whether a member tells which module, or the like, this record's collection is of.
    fn is_scope(&self, plain_name: &str) -> bool {
        self.kind.and_then(|kind| kind.scope.as_deref()).is_some_and(|scope| plain(scope) == plain_name)
    }

    /// Which record: the same for the member and for the object of that name.
    fn target_index(&self, hint: &Hint, count: u64) -> usize {
        usize::try_from(Random::part(self.root ^ 1, &hint.stem).below(count)).unwrap_or(0)
    }

    fn list(&self, name: &str, item: &Type, random: &mut Random) -> Value {
        let count = match (item, self.depth) {
            (Type::Record(_) | Type::Object(_), 0) => 1 + random.below(2),
            (Type::Id, 0) => random.below(3),
            _ => 0,
        };
        let items = (0..count).map(|position| self.value(&format!("{name}.{position}"), item, None));
        let mut items: Vec<Value> = items.collect();
        items.dedup();
        Value::Array(items)
    }

    fn truth(&self, plain: &str, random: &mut Random) -> bool {
        let has = |words: &[&str]| words.iter().any(|word| plain.contains(word));
        if has(&["default"]) {
            return self.index == 0;
        }
        if has(&[
            "trashed",
            "deleted",
            "spam",
            "archived",
            "anonymous",
            "sandbox",
            "encryption",
            "disabled",
            "readonly",
        ]) {
            return false;
        }
        has(&[
            "enabled",
            "visible",
            "active",
            "confirmed",
            "creatable",
            "editable",
            "deletable",
            "viewable",
            "supported",
        ]) || random.percent(25)
    }

    /// Whether a record is in the state that a time is named after: one that is not closed has no `closedTime`.
    fn is_in_state(&self, hint: &Hint, beside: Option<&RecordType>) -> Option<bool> {
        let state = hint.plain.strip_suffix("time").or_else(|| hint.plain.strip_suffix("date"))?;
        let fields = beside?.fields.iter();
        fields
            .filter_map(|field| match &field.ty {
                Type::Choice { values, numeric, .. } if values.iter().any(|value| plain(value) == state) => {
                    let chosen = choice(values, *numeric, &mut self.random(&field.name));
                    Some(chosen.as_str().is_some_and(|chosen| plain(chosen) == state))
                }
                _ => None,
            })
            .next()
    }

    fn time(&self, hint: &Hint, ty: &Type, beside: Option<&RecordType>, random: &mut Random) -> Value {
        let after = |range| i64::try_from(range).unwrap_or(0);
        let ms = match hint {
            _ if hint.created => self.created_ms,
            _ if hint.modified => self.created_ms + after(self.random("changed").below(CHANGED_MS)),
            _ if self.is_in_state(hint, beside) == Some(false) => return Value::Null,
            _ => self.created_ms + after(random.below(30 * 86_400_000)),
        };
        // Services spell whole seconds or milliseconds; whole seconds are the same in both.
        times::spell(ms - ms % 1000, self.connector().spelling(ty))
    }
}

/// Whether the id of an object within a record is its own: `document_id` of a document.
fn is_own(stem: &str, label: &str) -> bool {
    let label = plain(label);
    let label = label.trim_end_matches(|c: char| c.is_ascii_digit());
    !label.is_empty() && (label.contains(stem) || stem.contains(label))
}

fn int(plain: &str, random: &mut Random) -> u64 {
    match plain {
        name if name.contains("size") => 2_000 + random.below(400_000),
        name if name.contains("pages") => 1 + random.below(6),
        name if name.contains("order") => 1,
        name if name.contains("length") => 255,
        name if name.contains("percent") => random.below(101),
        _ => random.below(6),
    }
}

fn is_unusual(value: &str) -> bool {
    ["deleted", "disabled", "inactive", "failure", "declined", "expired", "recalled"]
        .iter()
        .any(|word| plain(value).contains(word))
}

/// One of a set of values, not one of those that a record rarely has.
pub(super) fn choice(values: &[String], numeric: bool, random: &mut Random) -> Value {
    let all: Vec<&str> = values.iter().map(String::as_str).collect();
    let usual: Vec<&str> = all.iter().copied().filter(|value| !is_unusual(value)).collect();
    let text = random.pick(if usual.is_empty() { &all } else { &usual }).unwrap_or_default();
    if numeric { text.parse::<i64>().map_or_else(|_| text.into(), Value::from) } else { text.into() }
}
