//! The texts of a record: names, subjects, addresses.

use serde_json::Value;
use zoho_connector::Type;
use zoho_connector::types::{Field, RecordType};

use super::members::{Maker, choice};
use super::names::{Hint, Meaning, naming_of};
use super::words;
use crate::catalog::{Kind, KindOrigin};
use crate::random::Random;

impl Maker<'_> {
    pub(super) fn text(&self, name: &str, hint: &Hint, beside: Option<&RecordType>, random: &mut Random) -> Value {
        if let Some(KindOrigin::Names(values)) = self.kind.map(|kind| &kind.origin)
            && hint.meaning == Meaning::Name
            && let Some(value) = values.get(self.index)
        {
            return value.clone().into();
        }
        if let Some(name) = self.kind.and_then(Kind::names).and_then(|names| names.get(self.index))
            && hint.plain == "displayname"
        {
            return name.replace('_', " ").into();
        }
        if let (Some(format), "dateformat") = (&self.connector().date_format, hint.plain.as_str()) {
            return format.to_string().into();
        }
        // A label whose kind stands beside it (`status` beside `statusType`) says the same.
        let is_kind = |field: &&Field| field.name.strip_suffix("Type") == Some(name);
        let kind = beside.filter(|_| hint.meaning == Meaning::Status);
        let kind = kind.and_then(|beside| beside.fields.iter().find(is_kind));
        if let Some((Type::Choice { values, numeric, .. }, kind)) = kind.map(|field| (&field.ty, &field.name)) {
            return choice(values, *numeric, &mut self.random(kind));
        }
        self.wording(hint.meaning, name, random).into()
    }

    fn wording(&self, meaning: Meaning, name: &str, random: &mut Random) -> String {
        let mut pick = |list: &[&str]| random.pick(list).unwrap_or_default().to_owned();
        match meaning {
            Meaning::FirstName => self.person().first.to_owned(),
            Meaning::LastName => self.person().last.to_owned(),
            Meaning::FullName => self.person().name(),
            Meaning::Email => self.person().email(),
            Meaning::Phone => phone(random),
            Meaning::Company => self.person().company.to_owned(),
            Meaning::Department => {
                words::DEPARTMENTS.get(self.index).map_or_else(|| pick(words::DEPARTMENTS), |name| (*name).to_owned())
            }
            Meaning::Product => pick(words::PRODUCTS),
            Meaning::Subject => pick(words::SUBJECTS),
            Meaning::Text => format!("{} {}", pick(words::SENTENCES), pick(words::SENTENCES)),
            Meaning::Street => format!("{} {}", 1 + random.below(120), random.pick(words::STREETS).unwrap_or_default()),
            Meaning::City => self.person().city.0.to_owned(),
            Meaning::Country | Meaning::State => self.person().city.1.to_owned(),
            Meaning::Zip => (10_000 + random.below(89_999)).to_string(),
            Meaning::CountryCode => "US".to_owned(),
            Meaning::Industry => pick(words::INDUSTRIES),
            Meaning::JobTitle => pick(words::TITLES),
            Meaning::FileName => pick(words::FILES),
            Meaning::Language => pick(words::LANGUAGES),
            Meaning::LanguageCode => "en_us".to_owned(),
            Meaning::TimeZone => "Europe/Lisbon".to_owned(),
            Meaning::Currency => "USD".to_owned(),
            Meaning::Priority => pick(words::PRIORITIES),
            Meaning::Channel => pick(words::CHANNELS),
            Meaning::Category => pick(words::CATEGORIES),
            Meaning::Amount => format!("{}.00", 10 + random.below(5000)),
            Meaning::Number => (101 + self.index).to_string(),
            Meaning::Status => pick(&["Open", "On Hold", "Closed"]),
            Meaning::Color => format!("#{:06x}", random.below(0x0100_0000)),
            Meaning::Website => format!("www.{}", self.person().domain()),
            Meaning::DataType => "string".to_owned(),
            Meaning::Name => self.naming(name, random),
            Meaning::Word => pick(words::WORDS),
        }
    }

    /// A name: that of the record which the member beside it points at (`folder_name` beside `folder_id`), or what the
    /// record is, with a number.
    fn naming(&self, name: &str, random: &mut Random) -> String {
        let own = name.strip_suffix("Name").or_else(|| name.strip_suffix("_name")).filter(|own| !own.is_empty());
        // The records there have their own names.
        let elsewhere = |target: &Self| target.kind.map(std::ptr::from_ref) != self.kind.map(std::ptr::from_ref);
        if let Some(target) = own.and_then(|own| self.target(&self.catalog().hint(own))).filter(elsewhere)
            && let Some(Value::String(name)) = target.named(name).or_else(|| target.named("name"))
        {
            return name;
        }
        match naming_of(&self.label) {
            Meaning::Name => {
                let label = if self.label.is_empty() { name } else { &self.label };
                format!("{} {}", spaced(own.unwrap_or(label)), self.index + 1)
            }
            meaning => self.wording(meaning, name, random),
        }
    }

    pub(super) fn address(&self, plain: &str) -> String {
        let what = plain.trim_end_matches("url").trim_end_matches("href");
        format!("https://{}/{}{}", self.person().domain(), if what.is_empty() { "link/" } else { what }, self.index + 1)
    }

    pub(super) fn person(&self) -> Person {
        let mut random = self.random("person");
        Person {
            first: random.pick(words::FIRST_NAMES).unwrap_or_default(),
            last: random.pick(words::LAST_NAMES).unwrap_or_default(),
            company: random.pick(words::COMPANIES).unwrap_or_default(),
            city: usize::try_from(random.below(words::CITIES.len() as u64))
                .ok()
                .and_then(|at| words::CITIES.get(at))
                .copied()
                .unwrap_or_default(),
            number: self.index,
        }
    }
}

/// Who a record is about.
pub(super) struct Person {
    first: &'static str,
    last: &'static str,
    company: &'static str,
    city: (&'static str, &'static str),
    number: usize,
}

impl Person {
    fn name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }

    pub(super) fn email(&self) -> String {
        let letters = |text: &str| {
            text.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect::<String>()
        };
        format!("{}.{}{}@{}", letters(self.first), letters(self.last), self.number + 1, self.domain())
    }

    /// A domain that can never be anybody's.
    fn domain(&self) -> String {
        let label: String = self.company.chars().filter(|c| c.is_ascii_alphanumeric() || *c == ' ').collect();
        let words: Vec<String> = label.split_whitespace().map(str::to_ascii_lowercase).collect();
        format!("{}.example", words.join("-"))
    }
}

pub(super) fn phone(random: &mut Random) -> String {
    // Numbers that are kept for fiction.
    format!("+1 555 01{:02} {:03}", random.below(100), random.below(1000))
}

/// `Request Type` for `RequestType`, `Tag` for `tag`.
fn spaced(label: &str) -> String {
    let mut text = String::new();
    for c in label.chars() {
        if c == '_' {
            text.push(' ');
            continue;
        }
        if c.is_ascii_uppercase() && !text.is_empty() && !text.ends_with(' ') {
            text.push(' ');
        }
        text.push(if text.is_empty() { c.to_ascii_uppercase() } else { c });
    }
    text
}
