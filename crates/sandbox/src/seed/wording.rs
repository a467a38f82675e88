//! The texts of a record: names, subjects, addresses.

use serde_json::Value;
use zoho_connector::types::{Field, RecordType};
use zoho_connector::{Connector, Type};

use super::members::{Maker, choice};
use super::names::{Hint, Meaning, meaning_of, naming_of, plain};
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
        if let (Some(format), "dateformat") = (self.connector().spelling(&Type::Date(None)), hint.plain.as_str()) {
            return format.to_string().into();
        }
        if let Some(called) = self.as_told_beside(name, beside) {
            return called;
        }
        let has = |wanted: &[Meaning]| {
            beside.is_some_and(|beside| beside.fields.iter().any(|field| wanted.contains(&meaning_of(&field.name))))
        };
        let is_person = || naming_of(&self.label) == Meaning::FullName || has(&[Meaning::LastName, Meaning::Email]);
        let meaning = match hint.meaning {
            Meaning::JobTitle if !is_person() => Meaning::Subject,
            Meaning::FullName if hint.plain.ends_with("displayname") && !is_person() => Meaning::Name,
            Meaning::Name if hint.plain == "name" && has(&[Meaning::LastName]) => Meaning::FullName,
            _ if hint.plain == "type" && has(&[Meaning::Extension]) => return self.sort_of_file().into(),
            Meaning::Company if hint.plain.ends_with("accountname") && has_ledger(self.connector()) => Meaning::Ledger,
            Meaning::When => return self.spelled(name, hint, beside),
            meaning => meaning,
        };
        // A label whose kind stands beside it (`status` beside `statusType`) says the same.
        let is_kind = |field: &&Field| field.name.strip_suffix("Type") == Some(name);
        let kind = beside.filter(|_| hint.meaning == Meaning::Status);
        let kind = kind.and_then(|beside| beside.fields.iter().find(is_kind));
        if let Some((Type::Choice { values, numeric, .. }, kind)) = kind.map(|field| (&field.ty, &field.name)) {
            return choice(values, *numeric, &mut self.random(kind));
        }
        self.wording(meaning, name, random).into()
    }

    fn wording(&self, meaning: Meaning, name: &str, random: &mut Random) -> String {
        let mut pick = |list: &[&str]| random.pick(list).unwrap_or_default().to_owned();
        match meaning {
            Meaning::FirstName => self.person().first.to_owned(),
            Meaning::LastName => self.person().last.to_owned(),
            Meaning::FullName => self.person().name(),
            Meaning::Email => self.correspondent(name).email(),
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
            Meaning::State => self.person().city.1.to_owned(),
            Meaning::Country => self.person().city.2.to_owned(),
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
            Meaning::Extension => self.extension(),
            Meaning::Ledger => self.one_of(words::LEDGER),
            Meaning::Pick(list) => pick(list),
            Meaning::When => String::new(),
            Meaning::Name => self.naming(name, random),
            Meaning::Word => pick(words::WORDS),
        }
    }

    /// What a name says of the record that the member beside it points at (`folder_name` beside `folder_id`).
    fn as_told_beside(&self, name: &str, beside: Option<&RecordType>) -> Option<Value> {
        let own = name.strip_suffix("Name").or_else(|| name.strip_suffix("_name")).filter(|own| !own.is_empty())?;
        let id = [format!("{own}Id"), format!("{own}_id")];
        beside?.fields.iter().find(|field| id.contains(&field.name))?;
        let target = self.target(&self.catalog().hint(own))?;
        // The records there have their own names.
        let kind = target.kind.filter(|kind| self.kind.is_none_or(|own| !std::ptr::eq(*kind, own)))?;
        let means = |meaning| kind.record.fields.iter().find(|field| meaning_of(&field.name) == meaning);
        let wanted = [Meaning::FullName, Meaning::Name, Meaning::Company, Meaning::Product, Meaning::Department];
        let named = target.named(name).or_else(|| target.named("name"));
        named.or_else(|| wanted.into_iter().find_map(means).and_then(|field| target.named(&field.name)))
    }

    /// A time, in the spelling of the service.
    fn spelled(&self, name: &str, hint: &Hint, beside: Option<&RecordType>) -> Value {
        let ty = if hint.plain.ends_with("date") { Type::Date(None) } else { Type::Time(None) };
        match self.value(name, &ty, beside) {
            Value::Number(number) => number.to_string().into(),
            spelled => spelled,
        }
    }

    /// A name of what the record, or the thing in it, is: one of those that such things have, or its sort with a number.
    fn naming(&self, name: &str, random: &mut Random) -> String {
        let own = name.strip_suffix("Name").or_else(|| name.strip_suffix("_name")).filter(|own| !own.is_empty());
        // `api_name`, `linkName` are names of the same thing, in another form.
        let is_form = |own: &&str| {
            ["api", "system", "link", "formlink", "view", "display", "sanitized"].contains(&plain(own).as_str())
        };
        let underscored = own
            .is_some_and(|own| is_form(&own) && ["api", "system", "formlink", "link"].contains(&plain(own).as_str()));
        let thing = own.filter(|own| !is_form(own)).unwrap_or(&self.label);
        let called = match naming_of(thing) {
            Meaning::Pick(names) => self.one_of(names),
            Meaning::Name => {
                let label = if thing.is_empty() { name } else { thing };
                format!("{} {}", spaced(label), self.index + 1)
            }
            meaning => self.wording(meaning, name, random),
        };
        if underscored { called.replace(' ', "_") } else { called }
    }

    /// A text by which paths tell records apart: first those that examples have, then others, no two the same.
    pub(super) fn told(&self, field: &Field, examples: &[String], beside: &RecordType) -> Value {
        let Some(rest) = self.index.checked_sub(examples.len()) else {
            return examples.get(self.index).cloned().unwrap_or_default().into();
        };
        let mut others = words::LANGUAGE_CODES.iter().filter(|code| !examples.iter().any(|example| example == *code));
        let code = others.nth(rest).filter(|_| meaning_of(&field.name) == Meaning::LanguageCode);
        code.map_or_else(|| self.value(&field.name, &field.ty, Some(beside)), |code| (*code).into())
    }

    /// One of some names, by the record's position; where they are used up, with a number.
    fn one_of(&self, names: &[&str]) -> String {
        let name = names.get(self.index % names.len().max(1)).copied().unwrap_or_default();
        match self.index / names.len().max(1) {
            0 => name.to_owned(),
            round => format!("{name} {}", round + 1),
        }
    }

    /// The ending of the name that a file has; a telephone's extension where it has none.
    fn extension(&self) -> String {
        let name = self.named("name").and_then(|name| Some(name.as_str()?.rsplit_once('.')?.1.to_owned()));
        name.unwrap_or_else(|| (201 + self.index).to_string())
    }

    /// What sort of file it is, by the ending of its name.
    fn sort_of_file(&self) -> &'static str {
        match self.extension().as_str() {
            "pdf" => "pdf",
            "jpg" | "png" => "image",
            "csv" => "spreadsheet",
            _ => "document",
        }
    }

    /// Who a mail goes to is another than the one whom it comes from.
    fn correspondent(&self, name: &str) -> Person {
        let other = ["to", "cc", "bcc", "reply", "secondary"].iter().any(|word| name.starts_with(word));
        if other { self.inner(name).person() } else { self.person() }
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

/// Letters of the names here that an address does without their accents.
const ACCENTS: &[(char, char)] = &[('ö', 'o'), ('í', 'i')];

/// Whether the accounts of a service are those that things are posted to, and not companies.
fn has_ledger(connector: &Connector) -> bool {
    let account = connector.types.get("Account");
    account.is_some_and(|account| account.fields.iter().any(|field| plain(&field.name).ends_with("accountcode")))
}

/// Who a record is about.
pub(super) struct Person {
    first: &'static str,
    last: &'static str,
    company: &'static str,
    city: (&'static str, &'static str, &'static str),
    number: usize,
}

impl Person {
    fn name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }

    pub(super) fn email(&self) -> String {
        let letters = |text: &str| {
            let base = text.chars().map(|c| ACCENTS.iter().find(|(own, _)| *own == c).map_or(c, |(_, base)| *base));
            base.filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect::<String>()
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
    // An entry of a list (`fields.0`) is one of what the list is called after.
    let label = label.split_once('.').map_or(label, |(list, _)| list.trim_end_matches('s'));
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
