//! What a member means, by its name: the types say `string`, and people expect a city.

use super::words;

/// What a member means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    FirstName,
    LastName,
    FullName,
    Email,
    Phone,
    Company,
    Department,
    Product,
    Subject,
    Text,
    Street,
    City,
    State,
    Zip,
    Country,
    CountryCode,
    Industry,
    JobTitle,
    FileName,
    Language,
    LanguageCode,
    TimeZone,
    Currency,
    Priority,
    Channel,
    Category,
    Amount,
    Number,
    Status,
    Color,
    Website,
    DataType,
    /// A point in time, although it is declared as text.
    When,
    /// The ending of a file's name.
    Extension,
    /// An account that things are posted to.
    Ledger,
    /// One of some words.
    Pick(&'static [&'static str]),
    /// A name of what the record is.
    Name,
    Word,
}

/// The meanings of names; the first that fits the end of a name counts. Names are compared in lower case without `_`.
const ENDINGS: &[(&str, Meaning)] = &[
    ("firstname", Meaning::FirstName),
    ("lastname", Meaning::LastName),
    ("fullname", Meaning::FullName),
    ("displayname", Meaning::FullName),
    ("recipientname", Meaning::FullName),
    ("customername", Meaning::FullName),
    ("staffname", Meaning::FullName),
    ("contactname", Meaning::FullName),
    ("companyname", Meaning::Company),
    ("accountname", Meaning::Company),
    ("company", Meaning::Company),
    ("organization", Meaning::Company),
    ("portalname", Meaning::Company),
    ("workspacename", Meaning::Company),
    ("manufacturer", Meaning::Company),
    ("departmentname", Meaning::Department),
    ("teamname", Meaning::Department),
    ("productname", Meaning::Product),
    ("servicename", Meaning::Product),
    ("filename", Meaning::FileName),
    ("documentname", Meaning::FileName),
    ("attachmentname", Meaning::FileName),
    ("email", Meaning::Email),
    ("emailid", Meaning::Email),
    ("emailaddress", Meaning::Email),
    ("phone", Meaning::Phone),
    ("mobile", Meaning::Phone),
    ("fax", Meaning::Phone),
    ("phonenumber", Meaning::Phone),
    ("contactno", Meaning::Phone),
    ("subject", Meaning::Subject),
    ("requestname", Meaning::Subject),
    ("templatename", Meaning::Subject),
    ("notetitle", Meaning::Subject),
    ("description", Meaning::Text),
    ("content", Meaning::Text),
    ("comment", Meaning::Text),
    ("notes", Meaning::Text),
    ("resolution", Meaning::Text),
    ("message", Meaning::Text),
    ("plaintext", Meaning::Text),
    ("summary", Meaning::Text),
    ("aboutinfo", Meaning::Text),
    ("profiledesc", Meaning::Text),
    ("street", Meaning::Street),
    ("address", Meaning::Street),
    ("city", Meaning::City),
    ("state", Meaning::State),
    ("zip", Meaning::Zip),
    ("postalcode", Meaning::Zip),
    ("country", Meaning::Country),
    ("countrycode", Meaning::CountryCode),
    ("industry", Meaning::Industry),
    ("title", Meaning::JobTitle),
    ("designation", Meaning::JobTitle),
    ("language", Meaning::Language),
    ("langcode", Meaning::LanguageCode),
    ("locale", Meaning::LanguageCode),
    ("timezone", Meaning::TimeZone),
    ("currency", Meaning::Currency),
    ("currencycode", Meaning::Currency),
    ("currencysymbol", Meaning::Currency),
    ("isocode", Meaning::Currency),
    ("priority", Meaning::Priority),
    ("channel", Meaning::Channel),
    ("category", Meaning::Category),
    ("classification", Meaning::Category),
    ("revenue", Meaning::Amount),
    ("amount", Meaning::Amount),
    ("price", Meaning::Amount),
    ("cost", Meaning::Amount),
    ("number", Meaning::Number),
    ("status", Meaning::Status),
    ("stage", Meaning::Status),
    ("color", Meaning::Color),
    ("colorcode", Meaning::Color),
    ("website", Meaning::Website),
    ("domainname", Meaning::Website),
    ("datatype", Meaning::DataType),
    ("jsontype", Meaning::DataType),
    ("name", Meaning::Name),
    ("label", Meaning::Name),
    ("alias", Meaning::Name),
    ("fromaddress", Meaning::Email),
    ("toaddress", Meaning::Email),
    ("ccaddress", Meaning::Email),
    ("replyto", Meaning::Email),
    ("sender", Meaning::FullName),
    ("createdby", Meaning::FullName),
    ("modifiedby", Meaning::FullName),
    ("addedby", Meaning::FullName),
    ("sharedby", Meaning::FullName),
    ("deletedby", Meaning::FullName),
    ("user", Meaning::FullName),
    ("owner", Meaning::FullName),
    ("customer", Meaning::FullName),
    ("attention", Meaning::FullName),
    ("legalname", Meaning::Company),
    ("orgname", Meaning::Company),
    ("department", Meaning::Department),
    ("subdepartment", Meaning::Department),
    ("time", Meaning::When),
    ("date", Meaning::When),
    ("extn", Meaning::Extension),
    ("extension", Meaning::Extension),
    ("costperhour", Meaning::Amount),
    ("answer", Meaning::Text),
    ("reason", Meaning::Text),
    ("desc", Meaning::Text),
    ("terms", Meaning::Text),
    ("customersubject", Meaning::Subject),
    ("languagecode", Meaning::LanguageCode),
    ("code", Meaning::Number),
    ("employeeid", Meaning::Number),
    ("order", Meaning::Number),
    ("statecode", Meaning::State),
    ("supply", Meaning::State),
    ("currencysymbol", Meaning::Pick(&["$"])),
    ("currencyformat", Meaning::Pick(&["1,234,567.89"])),
    ("termslabel", Meaning::Pick(&["Due on Receipt", "Net 15", "Net 30"])),
    ("duration", Meaning::Pick(&["30", "45", "60", "90"])),
    ("hours", Meaning::Pick(&["01:30", "02:00", "07:45", "08:00"])),
    ("fromtime", Meaning::Pick(&["08:30", "09:00", "10:15"])),
    ("totime", Meaning::Pick(&["12:00", "16:30", "17:15"])),
    ("buffertime", Meaning::Pick(&["5", "10", "15"])),
    ("size", Meaning::Pick(&["18 KB", "240 KB", "1.2 MB", "3.5 MB"])),
    ("version", Meaning::Pick(&["1.0", "1.1", "2.0"])),
    ("percentage", Meaning::Pick(&["5", "7", "19", "21"])),
    ("sku", Meaning::Pick(&["LP-40", "DL-07", "TB-29", "EM-11", "SD-16"])),
    ("unit", Meaning::Pick(&["Days", "Hours"])),
    ("profilename", Meaning::Name),
    ("catname", Meaning::Category),
    ("displayvalue", Meaning::Name),
    ("actualvalue", Meaning::Name),
    ("nameincustomerportal", Meaning::Department),
    ("operation", Meaning::Pick(&["read"])),
    ("source", Meaning::Channel),
    ("salutation", Meaning::Pick(&["Ms.", "Mr."])),
    ("prefix", Meaning::Pick(&["APP", "WEB", "OPS"])),
    ("street2", Meaning::Pick(&["2nd floor", "Back entrance", "Unit 4"])),
    ("sentiment", Meaning::Pick(&["POSITIVE", "NEUTRAL", "NEGATIVE"])),
    ("role", Meaning::Pick(words::ROLES)),
    ("edition", Meaning::Pick(&["STANDARD", "TEAM"])),
    ("planname", Meaning::Pick(&["Standard", "Professional"])),
    ("planperiod", Meaning::Pick(&["monthly", "yearly"])),
    ("itemtype", Meaning::Pick(words::ITEM_TYPES)),
    ("type", Meaning::Pick(&["Standard"])),
    ("path", Meaning::Pick(&["/"])),
];

/// The meanings of whole names that would mean too much as an ending.
const WHOLE: &[(&str, Meaning)] = &[
    ("to", Meaning::Email),
    ("cc", Meaning::Email),
    ("bcc", Meaning::Email),
    ("from", Meaning::Email),
    ("twitter", Meaning::FirstName),
    ("facebook", Meaning::FirstName),
    ("skype", Meaning::FirstName),
    ("permalink", Meaning::Name),
];

/// All that a member's name tells. It is worked out once for each name of a connector.
#[derive(Debug, Clone)]
pub(crate) struct Hint {
    /// The name in lower case without what stands between its words.
    pub(super) plain: String,
    /// The same without the ending of a reference.
    pub(super) stem: String,
    pub(super) meaning: Meaning,
    /// What a record of this name would be called.
    pub(super) naming: Meaning,
    pub(super) created: bool,
    pub(super) modified: bool,
    /// The kind of collection whose records it points at.
    pub(crate) target: Option<usize>,
}

impl Hint {
    /// What a name tells, where types are at home in collections (name of the type, kind).
    pub(crate) fn new(name: &str, homes: &[(String, usize)]) -> Self {
        let (plain, stem) = (plain(name), stem(name));
        let exact = homes.iter().find(|(type_name, _)| self::plain(type_name) == stem);
        let staff = || homes.iter().find(|(type_name, _)| is_staff(type_name)).filter(|_| is_role(&stem));
        let ending = || homes.iter().find(|(type_name, _)| stem.len() > 4 && stem.ends_with(&self::plain(type_name)));
        // Who buys and who sells is a contact, where there is no other such type.
        let party = || ["customer", "vendor"].contains(&stem.as_str());
        let contact = || homes.iter().find(|(type_name, _)| self::plain(type_name) == "contact").filter(|_| party());
        let target = exact.or_else(staff).or_else(ending).or_else(contact).map(|(_, kind)| *kind);
        Self {
            meaning: meaning_of(name),
            naming: naming_of(name),
            created: is_created(name),
            modified: is_modified(name),
            target,
            plain,
            stem,
        }
    }
}

impl Hint {
    /// The people who work with the account, where the name is a role of theirs.
    pub(crate) fn role(&self) -> Option<usize> {
        self.target.filter(|_| is_role(&self.stem))
    }
}

/// Whether a type is of people who work with the account, and not of its customers.
fn is_staff(type_name: &str) -> bool {
    ["agent", "user", "staff", "employee"].iter().any(|word| plain(type_name).ends_with(word))
}

/// What a member of this name means.
pub(crate) fn meaning_of(name: &str) -> Meaning {
    let plain = plain(name);
    if let Some((_, meaning)) = WHOLE.iter().find(|(whole, _)| *whole == plain) {
        return *meaning;
    }
    let fitting = ENDINGS.iter().filter(|(ending, _)| plain.ends_with(ending));
    let is_number = name.ends_with("No") || name.ends_with("_no");
    let otherwise = if is_number { Meaning::Number } else { Meaning::Word };
    fitting.max_by_key(|(ending, _)| ending.len()).map_or(otherwise, |(_, meaning)| *meaning)
}

/// What a record is called, by what it is: a person, a company, a department, a product, or anything.
pub(super) fn naming_of(label: &str) -> Meaning {
    let plain = plain(label);
    let has = |words: &[&str]| words.iter().any(|word| plain.contains(word));
    let own = words::NAMES.iter().find(|(ending, _)| plain.ends_with(ending));
    if let Some((_, names)) = own {
        Meaning::Pick(names)
    } else if has(&[
        "agent",
        "user",
        "person",
        "contact",
        "owner",
        "assignee",
        "createdby",
        "modifiedby",
        "deletedby",
        "commenter",
        "creator",
        "staff",
        "customer",
        "recipient",
        "lead",
        "employee",
    ]) {
        Meaning::FullName
    } else if has(&["account", "company", "organization", "portal", "workspace", "vendor"]) {
        Meaning::Company
    } else if has(&["department", "team"]) {
        Meaning::Department
    } else if has(&["product", "service", "item", "resource"]) {
        Meaning::Product
    } else if has(&["attachment", "document", "file"]) {
        Meaning::FileName
    } else {
        Meaning::Name
    }
}

/// Whether a member of this name points at a person who works with the account.
fn is_role(plain: &str) -> bool {
    const ROLES: &[&str] = &[
        "owner",
        "assignee",
        "creator",
        "commenter",
        "createdby",
        "modifiedby",
        "deletedby",
        "follower",
        "member",
        "zuid",
    ];
    ROLES.contains(&plain)
}

/// Whether a time is that of a record's making.
pub(crate) fn is_created(name: &str) -> bool {
    let plain = plain(name);
    ["created", "commentedtime", "bookedon", "addedtime", "uploadedtime", "creation"]
        .iter()
        .any(|word| plain.contains(word))
}

/// Whether a time is that of a record's last change.
pub(crate) fn is_modified(name: &str) -> bool {
    let plain = plain(name);
    ["modified", "updated", "lastchange", "actiontime"].iter().any(|word| plain.contains(word))
}

/// A name in lower case without what stands between its words.
pub(crate) fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The name of a reference without its ending: `contact` for `contactId`, `requesttype` for `request_type_id`.
fn stem(name: &str) -> String {
    let plain = plain(name);
    for ending in ["ids", "id"] {
        if let Some(stem) = plain.strip_suffix(ending).filter(|stem| !stem.is_empty()) {
            return stem.to_owned();
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_ending_tells_what_a_member_means() {
        for (name, meaning) in [
            ("Last_Name", Meaning::LastName),
            ("secondaryEmail", Meaning::Email),
            ("accountName", Meaning::Company),
            ("datatype", Meaning::DataType),
            ("jsontype", Meaning::DataType),
            ("name", Meaning::Name),
            ("ticketNumber", Meaning::Number),
            ("customer_contact_no", Meaning::Phone),
            ("gst_no", Meaning::Number),
            ("piano", Meaning::Word),
            ("annualrevenue", Meaning::Amount),
        ] {
            assert_eq!(meaning_of(name), meaning, "{name}");
        }
        assert_eq!(
            [stem("contactId"), stem("request_type_id"), stem("associatedDepartmentIds"), stem("id")],
            ["contact", "requesttype", "associateddepartment", "id"]
        );
        assert!(is_created("Created_Time") && is_modified("modifiedTime") && !is_created("modifiedTime"));
    }
}
