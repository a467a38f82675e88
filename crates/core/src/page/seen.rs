//! Which records were given already: by their ids, of which sixteen bytes each are kept.

use std::collections::{HashSet, VecDeque};
use std::hash::BuildHasher as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::member;
use crate::record::Record;

/// How far back a repeated record is noticed, unless all ids are kept.
const REACH: usize = 10_000;

/// What an id is kept as: the number itself where it is one, else its hash. Never the same for two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Id(u128);

impl Id {
    /// The id of a record, at the member that tells records apart.
    pub(crate) fn of(record: &Record, key: &str) -> Option<Self> {
        let text = member::scalar(member::raw(record.as_bytes(), key)?)?;
        (!text.is_empty()).then(|| Self::from_text(text))
    }

    fn from_text(text: &[u8]) -> Self {
        let is_number =
            text.len() <= 37 && text.iter().all(u8::is_ascii_digit) && (!text.starts_with(b"0") || text == b"0");
        if is_number {
            return Self(text.iter().fold(0, |number, digit| number * 10 + u128::from(digit - b'0')));
        }
        // The highest bit sets hashes apart from numbers.
        Self(fingerprint(text) | 1 << 127)
    }
}

/// FNV-1a in 128 bits: the same on every machine and in every version, since it is written into checkpoints.
pub(crate) fn fingerprint(text: &[u8]) -> u128 {
    let step =
        |hash: u128, byte: &u8| (hash ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    text.iter().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, step)
}

/// A set of ids. Its hash begins with a number that nobody outside knows, as the standard one does, and costs a tenth.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Ids(HashSet<Id, RandomState>);

impl Ids {
    pub(crate) fn insert(&mut self, id: Id) -> bool {
        self.0.insert(id)
    }

    pub(crate) fn contains(&self, id: Id) -> bool {
        self.0.contains(&id)
    }
}

/// The ids that were given last, or all of them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Seen {
    /// Whether every id is kept, and not only the last ones.
    all: bool,
    /// In the order in which they were given.
    #[serde(serialize_with = "write_ids", deserialize_with = "read_ids")]
    order: VecDeque<Id>,
    #[serde(skip)]
    places: Places,
}

/// Where in the order each id stands. A place has a quarter of an id's bytes, so that what is looked up for every record
/// stays in the processor's cache.
#[derive(Debug, Clone, Default)]
struct Places {
    /// Counted from the first id ever, and over again after four billion, which is more than are kept at once.
    table: HashTable<u32>,
    /// The place of the first one that is kept.
    first: u32,
    hash: RandomState,
}

impl PartialEq for Seen {
    fn eq(&self, other: &Self) -> bool {
        self.all == other.all && self.order == other.order
    }
}

impl Seen {
    /// Keeps every id from here on.
    pub(crate) fn keep_all(&mut self) {
        self.all = true;
    }

    /// Notes an id; whether it is a new one.
    pub(crate) fn note(&mut self, id: Id) -> bool {
        if !self.places.add(&self.order, id) {
            return false;
        }
        self.order.push_back(id);
        if !self.all
            && self.order.len() > REACH
            && let Some(oldest) = self.order.pop_front()
        {
            self.places.forget_first(oldest);
        }
        true
    }

    /// The places of what was read back, which are not written.
    pub(crate) fn restored(self) -> Self {
        let mut seen = Self { all: true, ..Self::default() };
        for id in self.order {
            seen.note(id);
        }
        Self { all: self.all, ..seen }
    }
}

impl Places {
    /// Gives an id the place behind the last one; not if it has one.
    fn add(&mut self, order: &VecDeque<Id>, id: Id) -> bool {
        let (first, hash) = (self.first, &self.hash);
        let at = |place: u32| order.get(place.wrapping_sub(first) as usize);
        let key = hash.hash_one(id);
        if self.table.find(key, |place| at(*place) == Some(&id)).is_some() {
            return false;
        }
        let place = first.wrapping_add(order.len() as u32);
        self.table.insert_unique(key, place, |place| hash.hash_one(at(*place).unwrap_or(&id)));
        true
    }

    /// Forgets the first id that is kept.
    fn forget_first(&mut self, id: Id) {
        if let Ok(entry) = self.table.find_entry(self.hash.hash_one(id), |place| *place == self.first) {
            entry.remove();
        }
        self.first = self.first.wrapping_add(1);
    }
}

impl Serialize for Ids {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write_ids(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Ids {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_ids(deserializer).map(Self)
    }
}

/// Ids as one text: sixteen bytes each.
fn write_ids<'a, S: Serializer>(ids: impl IntoIterator<Item = &'a Id>, serializer: S) -> Result<S::Ok, S::Error> {
    pack(ids.into_iter().map(|id| id.0.to_be_bytes()), serializer)
}

fn read_ids<'de, D: Deserializer<'de>, C: FromIterator<Id>>(deserializer: D) -> Result<C, D::Error> {
    unpack(deserializer, |bytes: [u8; 16]| Id(u128::from_be_bytes(bytes)))
}

/// Ids and times as one text. A time that is not known is the smallest number.
pub(super) fn write_entries<S: Serializer>(entries: &[(Id, Option<i64>)], serializer: S) -> Result<S::Ok, S::Error> {
    let entry = |(id, time): &(Id, Option<i64>)| {
        let mut bytes = [0; 24];
        bytes[..16].copy_from_slice(&id.0.to_be_bytes());
        bytes[16..].copy_from_slice(&time.unwrap_or(i64::MIN).to_be_bytes());
        bytes
    };
    pack(entries.iter().map(entry), serializer)
}

pub(super) fn read_entries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(Id, Option<i64>)>, D::Error> {
    unpack(deserializer, |bytes: [u8; 24]| {
        let (mut id, mut time) = ([0; 16], [0; 8]);
        id.copy_from_slice(&bytes[..16]);
        time.copy_from_slice(&bytes[16..]);
        let time = i64::from_be_bytes(time);
        (Id(u128::from_be_bytes(id)), (time != i64::MIN).then_some(time))
    })
}

fn pack<const N: usize, S: Serializer>(all: impl Iterator<Item = [u8; N]>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD_NO_PAD.encode(all.flatten().collect::<Vec<u8>>()))
}

fn unpack<'de, const N: usize, D: Deserializer<'de>, T, C: FromIterator<T>>(
    deserializer: D,
    one: impl Fn([u8; N]) -> T,
) -> Result<C, D::Error> {
    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    let bytes = STANDARD_NO_PAD.decode(text.as_bytes()).map_err(D::Error::custom)?;
    if bytes.len() % N != 0 {
        return Err(D::Error::custom(format!("these have {N} bytes each")));
    }
    Ok(bytes.chunks_exact(N).filter_map(|bytes| bytes.try_into().ok()).map(one).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Id {
        Id::from_text(text.as_bytes())
    }

    #[test]
    fn ids_are_told_apart_and_numbers_are_the_same_as_text_and_as_number() {
        let all = ["1", "01", "001", "a", "A", "", "12345678901234567890", "12345678901234567891", "1.0", "-1"];
        let distinct: HashSet<Id> = all.iter().filter(|text| !text.is_empty()).map(|text| id(text)).collect();
        assert_eq!(distinct.len(), all.len() - 1);
        let of = |json: &str| Id::of(&Record::from_text(json.to_owned()), "id");
        assert_eq!(of(r#"{"id":"42"}"#), of(r#"{"x":1,"id":42}"#));
        for json in ["{}", r#"{"id":null}"#, r#"{"id":""}"#, r#"{"id":{}}"#, "7"] {
            assert_eq!(of(json), None, "{json}");
        }
    }

    #[test]
    fn an_id_is_remembered_over_ten_thousand_others_or_for_good() {
        for keep_all in [false, true] {
            let mut seen = Seen::default();
            if keep_all {
                seen.keep_all();
            }
            let noted = (0..10_001).filter(|number| seen.note(id(&number.to_string()))).count();
            assert_eq!(noted, 10_001);
            assert!(!seen.note(id("1")), "within reach");
            assert_eq!(seen.note(id("0")), !keep_all);
            assert_eq!(seen.order.len(), if keep_all { 10_001 } else { 10_000 });
        }
    }

    #[test]
    fn places_are_counted_over_again() {
        let places = Places { first: u32::MAX - 5_000, ..Places::default() };
        let mut seen = Seen { places, ..Seen::default() };
        let ids = || (0..30_000).map(|number| id(&number.to_string()));
        assert!(ids().all(|id| seen.note(id)));
        assert!(ids().skip(20_000).all(|id| !seen.note(id)) && seen.note(id("19999")));
        assert_eq!((seen.order.len(), seen.places.table.len()), (10_000, 10_000));
    }

    #[test]
    fn what_was_seen_survives_being_written() {
        let mut seen = Seen::default();
        assert!(seen.note(id("7")) && seen.note(id("x")));
        let text = serde_json::to_string(&seen).unwrap();
        let mut back = serde_json::from_str::<Seen>(&text).unwrap().restored();
        assert_eq!(back, seen);
        assert!(!back.note(id("x")));
        assert!(serde_json::from_str::<Ids>("\"AAAA\"").is_err());
    }
}
