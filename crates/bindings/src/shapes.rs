//! The types that a service's bindings need: its records and sets as far as an API speaks of them, and those that are
//! written in place, each under a name.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use zoho_connector::{Api, Connector, Field, RecordType, Returns, Type};

use crate::names::{Names, is_taken_type, pascal};
use crate::rust_type::RustType;

/// The types of a service.
#[derive(Debug)]
pub(crate) struct Shapes<'c> {
    connector: &'c Connector,
    /// The name of each type of the connector.
    records: HashMap<&'c str, String>,
    /// What is written in place, by member and form.
    inline: IndexMap<String, Inline<'c>>,
    /// All structs, in the order of the file.
    pub(crate) structs: Vec<Struct<'c>>,
}

/// A struct of the bindings.
#[derive(Debug)]
pub(crate) struct Struct<'c> {
    pub(crate) name: String,
    pub(crate) object: &'c RecordType,
    /// Where it is from: the name in the connector, where it has one.
    pub(crate) of: Option<&'c str>,
    /// Whether replies have it.
    pub(crate) is_read: bool,
    /// Whether requests take it.
    pub(crate) is_sent: bool,
}

/// A type that is written in place.
#[derive(Debug)]
struct Inline<'c> {
    ty: &'c Type,
    member: String,
    owners: Vec<Owner>,
    name: String,
    is_read: bool,
    is_sent: bool,
}

/// In what a type is written.
#[derive(Debug, Clone)]
enum Owner {
    /// A type of the connector.
    Record(String),
    /// Another that is written in place.
    Inline(usize),
    /// An API.
    Api(String),
}

/// Which way a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Way {
    Sent,
    Read,
}

impl<'c> Shapes<'c> {
    /// The types of a connector's APIs.
    pub(crate) fn new(connector: &'c Connector) -> Self {
        let mut walk = Walk { connector, met: IndexMap::new(), inline: IndexMap::new() };
        connector.apis.values().for_each(|api| walk.api(api));
        let Walk { met, inline, .. } = walk;
        let mut shapes = Self { connector, records: HashMap::new(), inline, structs: Vec::new() };
        shapes.name_all(&met);
        shapes
    }

    fn name_all(&mut self, met: &IndexMap<&'c str, HashSet<Way>>) {
        let mut names = Names::default();
        // In the order of the connector, so that an API more changes no order.
        for (record, object) in &self.connector.types {
            let Some(ways) = met.get(record.as_str()) else { continue };
            let name = names.pascal(self.free_of_ours(pascal_of_type(record)));
            self.records.insert(record, name.clone());
            let (is_read, is_sent) = (ways.contains(&Way::Read), ways.contains(&Way::Sent));
            self.structs.push(Struct { name, object, of: Some(record), is_read, is_sent });
        }
        for at in 0..self.inline.len() {
            let wanted = format!("{}{}", self.owner_of(at), pascal(&self.inline[at].member));
            let name = names.pascal(self.free_of_ours(wanted));
            let inline = &mut self.inline[at];
            inline.name = name.clone();
            if let Type::Object(object) = inline.ty {
                let (is_read, is_sent) = (inline.is_read, inline.is_sent);
                self.structs.push(Struct { name, object, of: None, is_read, is_sent });
            }
        }
    }

    /// A name that is none of generated code's own.
    fn free_of_ours(&self, name: String) -> String {
        if is_taken_type(&name) { format!("{}{name}", pascal(&self.connector.name)) } else { name }
    }

    /// The name before the member's: of several owners the type with the shortest name, or else the first.
    fn owner_of(&self, at: usize) -> String {
        let owners = &self.inline[at].owners;
        let records = owners.iter().filter_map(|owner| match owner {
            Owner::Record(record) => self.records.get(record.as_str()).cloned(),
            _ => None,
        });
        let shortest = records.min_by_key(String::len);
        shortest.unwrap_or_else(|| match owners.first() {
            Some(Owner::Inline(outer)) => self.inline[*outer].name.clone(),
            Some(Owner::Api(api)) => pascal(api),
            _ => String::new(),
        })
    }

    /// The type of Rust for a member of this name.
    pub(crate) fn rust_type(&self, member: &str, ty: &Type) -> RustType {
        match ty {
            Type::String | Type::Duration | Type::Email | Type::Url | Type::Phone => RustType::String,
            Type::Int => RustType::Int,
            Type::Bool => RustType::Bool,
            Type::Decimal => RustType::Engine("Decimal"),
            Type::Id => RustType::Engine("Id"),
            Type::Date(_) => RustType::Engine("Date"),
            Type::Time(_) => RustType::Engine("Time"),
            Type::Map | Type::Any => RustType::Engine("Record"),
            Type::File { .. } => RustType::File,
            Type::List { item, .. } => RustType::List(Box::new(self.rust_type(member, item))),
            Type::Record(name) => match self.records.get(name.as_str()) {
                Some(name) => RustType::Struct(name.clone()),
                None => RustType::Engine("Record"),
            },
            Type::Choice { .. } | Type::Object(_) => {
                let name = self.inline.get(&key_of(member, ty)).map(|inline| inline.name.clone()).unwrap_or_default();
                if matches!(ty, Type::Object(_)) { RustType::Struct(name) } else { RustType::Choice(name) }
            }
        }
    }

    /// The sets, with the name of the member that has each.
    pub(crate) fn choices(&self) -> impl Iterator<Item = (&str, &str, &'c [String])> {
        self.inline.values().filter_map(|inline| match inline.ty {
            Type::Choice { values, .. } => Some((inline.name.as_str(), inline.member.as_str(), values.as_slice())),
            _ => None,
        })
    }

    /// The struct of this name.
    pub(crate) fn struct_named(&self, name: &str) -> Option<&Struct<'c>> {
        self.structs.iter().find(|one| one.name == name)
    }

    /// Whether a member has to be there in Rust: it must be sent and replies never have the type, or it is the record's id.
    /// One that holds what it stands in cannot be.
    pub(crate) fn is_certain(&self, one: &Struct<'_>, field: &Field) -> bool {
        let is_marked = field.required && (field.ty == Type::Id || !one.is_read);
        is_marked && !self.is_recursive(&one.name, &self.rust_type(&field.name, &field.ty))
    }

    /// The members that a struct is made with: those that have to be there, of one that is sent.
    pub(crate) fn made_with<'a>(&'a self, one: &'a Struct<'c>) -> impl Iterator<Item = &'c Field> + use<'a, 'c> {
        members_of(one).filter(|field| one.is_sent && self.is_certain(one, field))
    }

    /// Whether a member holds a struct that leads back to where it is, so that it has to lie elsewhere in memory.
    pub(crate) fn is_recursive(&self, owner: &str, ty: &RustType) -> bool {
        let Some(first) = ty.as_struct() else { return false };
        let (mut seen, mut left) = (HashSet::new(), vec![first.to_owned()]);
        while let Some(name) = left.pop() {
            if name == owner {
                return true;
            }
            if seen.insert(name.clone())
                && let Some(one) = self.struct_named(&name)
            {
                let inner = members_of(one).map(|field| self.rust_type(&field.name, &field.ty));
                left.extend(inner.filter_map(|ty| ty.as_struct().map(str::to_owned)));
            }
        }
        false
    }
}

/// The members that a struct has: all but those that are always sent the same.
pub(crate) fn members_of<'c>(one: &Struct<'c>) -> impl Iterator<Item = &'c Field> + use<'c> {
    one.object.fields.iter().filter(|field| field.constant.is_none())
}

/// A connector's names of types are Rust's already, but for one that is a keyword.
fn pascal_of_type(name: &str) -> String {
    if name == "Self" { "Self_".to_owned() } else { name.to_owned() }
}

fn key_of(member: &str, ty: &Type) -> String {
    format!("{member}: {ty}")
}

struct Walk<'c> {
    connector: &'c Connector,
    met: IndexMap<&'c str, HashSet<Way>>,
    inline: IndexMap<String, Inline<'c>>,
}

impl<'c> Walk<'c> {
    fn api(&mut self, api: &'c Api) {
        let owner = Owner::Api(api.name.clone());
        for parameter in &api.parameters {
            self.ty(&owner, &parameter.name, &parameter.ty, Way::Sent);
        }
        match &api.returns {
            Returns::One(ty) => self.ty(&owner, REPLY, ty, Way::Read),
            Returns::Many(ty) => self.ty(&owner, ENTRY, ty, Way::Read),
            Returns::Nothing | Returns::File => {}
        }
    }

    fn ty(&mut self, owner: &Owner, member: &str, ty: &'c Type, way: Way) {
        match ty {
            Type::List { item, .. } => self.ty(owner, member, item, way),
            Type::Record(name) => self.record(name, way),
            Type::Choice { .. } | Type::Object(_) => self.in_place(owner, member, ty, way),
            _ => {}
        }
    }

    fn record(&mut self, name: &'c str, way: Way) {
        let Some(object) = self.connector.types.get(name) else { return };
        if self.met.entry(name).or_default().insert(way) {
            self.object(&Owner::Record(name.to_owned()), object, way);
        }
    }

    fn object(&mut self, owner: &Owner, object: &'c RecordType, way: Way) {
        for field in object.fields.iter().filter(|field| field.constant.is_none()) {
            self.ty(owner, &field.name, &field.ty, way);
        }
    }

    fn in_place(&mut self, owner: &Owner, member: &str, ty: &'c Type, way: Way) {
        let entry = self.inline.entry(key_of(member, ty));
        let at = entry.index();
        let inline = entry.or_insert_with(|| Inline {
            ty,
            member: member.to_owned(),
            owners: Vec::new(),
            name: String::new(),
            is_read: false,
            is_sent: false,
        });
        inline.owners.push(owner.clone());
        let way_is_new = match way {
            Way::Sent => !std::mem::replace(&mut inline.is_sent, true),
            Way::Read => !std::mem::replace(&mut inline.is_read, true),
        };
        if let (Type::Object(object), true) = (ty, way_is_new) {
            self.object(&Owner::Inline(at), object, way);
        }
    }
}

/// What stands for the member's name where a reply's record is written in place.
pub(crate) const REPLY: &str = "reply";
/// The same, of a list's records.
pub(crate) const ENTRY: &str = "entry";
