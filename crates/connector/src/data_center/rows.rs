//! Rows beside those of the built-in table: a new data centre, or another opinion on one, each checked before it counts.

use std::error::Error;
use std::fmt;

use super::{DataCenter, DataCenters};

/// The longest word for a data centre.
const LONGEST_ID: usize = 24;

/// Why a row cannot be taken into the table of data centres.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataCenterFault {
    /// The word of the row.
    pub id: String,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for DataCenterFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the data centre `{}` {}", self.id, self.message)
    }
}

impl Error for DataCenterFault {}

impl DataCenters {
    /// This table with further rows. A row whose word the table has takes its place.
    ///
    /// ```
    /// use zoho_connector::{DataCenter, DataCenters};
    /// let row = DataCenter {
    ///     id: "mx".into(),
    ///     name: "Mexico".into(),
    ///     accounts: "accounts.zoho.com.mx".into(),
    ///     zoho: "zoho.com.mx".into(),
    ///     zohoapis: "zohoapis.com.mx".into(),
    ///     further: Vec::new(),
    ///     gateways: Default::default(),
    ///     separate: false,
    /// };
    /// let table = DataCenters::built_in().extended([row]).unwrap();
    /// assert!(table.is_zoho("desk.zoho.com.mx") && !DataCenters::built_in().is_zoho("desk.zoho.com.mx"));
    /// ```
    ///
    /// # Errors
    /// Where a word is none or comes twice, a host is no plain name of one, or a row lays claim to what is another's: a
    /// token for the one would go to the other.
    pub fn extended(&self, rows: impl IntoIterator<Item = DataCenter>) -> Result<Self, DataCenterFault> {
        let mut table = self.clone();
        let mut given: Vec<String> = Vec::new();
        for row in rows {
            let fault = |message: String| DataCenterFault { id: row.id.clone(), message };
            plain(&row).map_err(fault)?;
            if given.contains(&row.id) {
                return Err(fault("is given twice".to_owned()));
            }
            given.push(row.id.clone());
            match table.0.iter_mut().find(|own| own.id == row.id) {
                Some(own) => *own = row,
                None => table.0.push(row),
            }
        }
        // Whether rows stand in each other's way is asked at the end: two of them may change places.
        for row in table.iter().filter(|row| given.contains(&row.id)) {
            let others = table.iter().filter(|other| other.id != row.id);
            apart(row, others).map_err(|message| DataCenterFault { id: row.id.clone(), message })?;
        }
        Ok(table)
    }
}

/// Whether a row is well formed by itself.
fn plain(row: &DataCenter) -> Result<(), String> {
    let letters = row.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if row.id.is_empty() || row.id.len() > LONGEST_ID || !letters {
        return Err("has no proper word: lower-case letters, digits and `-`".to_owned());
    }
    match hosts(row).find(|host| !is_host(host)) {
        None => Ok(()),
        Some(host) => Err(format!(
            "names `{host}`, which is not the plain name of a host: lower-case words with dots between, without scheme, port or path"
        )),
    }
}

/// Every name of a row.
fn hosts(row: &DataCenter) -> impl Iterator<Item = &String> {
    [&row.accounts, &row.zoho, &row.zohoapis].into_iter().chain(&row.further).chain(row.gateways.values())
}

fn is_host(host: &str) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    // The last label of an address in numbers is a number, and of a name it is not.
    let is_name = labels.last().is_some_and(|last| last.chars().any(|c| c.is_ascii_lowercase()));
    labels.len() >= 2 && host.len() <= 253 && is_name && labels.iter().all(is_label)
}

/// Whether a row keeps to what is its own.
fn apart<'a>(row: &DataCenter, others: impl Iterator<Item = &'a DataCenter>) -> Result<(), String> {
    for other in others {
        if let Some(host) = hosts(row).find(|host| other.owns(host)) {
            return Err(format!("names `{host}`, which belongs to `{}`", other.id));
        }
        if row.owns(&other.accounts) {
            return Err(format!("would own `{}`, the accounts server of `{}`", other.accounts, other.id));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Environment;
    use super::*;

    fn row(id: &str, domain: &str) -> DataCenter {
        DataCenter {
            id: id.into(),
            name: "Test".into(),
            accounts: format!("accounts.{domain}"),
            zoho: domain.into(),
            zohoapis: format!("apis-{domain}"),
            further: Vec::new(),
            gateways: std::collections::BTreeMap::new(),
            separate: false,
        }
    }

    fn fault(rows: impl IntoIterator<Item = DataCenter>) -> String {
        DataCenters::built_in().extended(rows).unwrap_err().to_string()
    }

    #[test]
    fn a_row_is_added_or_takes_the_place_of_one() {
        let table = DataCenters::built_in().extended([row("mx", "zoho.com.mx")]).unwrap();
        assert_eq!(table.iter().count(), 12);
        assert_eq!(table.by_accounts_host("accounts.zoho.com.mx").unwrap().id, "mx");
        let sandbox = [(Environment::Sandbox, "try.zohoapis.sg".to_owned())];
        let singapore = DataCenter {
            zohoapis: "zohoapis.sg".into(),
            gateways: sandbox.into(),
            further: vec!["zohosingapore.com".into()],
            ..row("sg", "zoho.sg")
        };
        let table = DataCenters::built_in().extended([singapore]).unwrap();
        assert_eq!(table.iter().count(), 11);
        let singapore = table.get("sg").unwrap();
        assert_eq!(singapore.gateway_host(Environment::Sandbox), "try.zohoapis.sg");
        assert_eq!(singapore.gateway_host(Environment::Production), "www.zohoapis.sg");
        assert!(table.is_zoho("desk.zohosingapore.com"));
    }

    #[test]
    fn a_host_is_a_plain_name() {
        for host in [
            "https://accounts.zoho.mx",
            "accounts.zoho.mx:443",
            "accounts.zoho.mx/path",
            "accounts.zoho.mx.",
            "Accounts.zoho.mx",
            "user@zoho.mx",
            "127.0.0.1",
            "localhost",
            "zo ho.mx",
            "-a.mx",
            "",
            ".",
        ] {
            let text = fault([DataCenter { accounts: host.into(), ..row("mx", "zoho.com.mx") }]);
            assert!(text.contains("not the plain name of a host"), "{host}: {text}");
        }
        assert!(fault([row("MX", "zoho.com.mx")]).contains("no proper word"));
        assert!(fault([row("mx", "zoho.com.mx"), row("mx", "zoho.mx")]).contains("given twice"));
    }

    /// A row that named another's accounts server would get that one's secrets under a name of its own.
    #[test]
    fn what_belongs_to_another_row_is_not_taken() {
        let mine = || row("mx", "zoho.com.mx");
        let taken = DataCenter { accounts: "accounts.zoho.eu".into(), ..mine() };
        assert_eq!(fault([taken]), "the data centre `mx` names `accounts.zoho.eu`, which belongs to `eu`");
        assert!(fault([DataCenter { zoho: "desk.zoho.in".into(), ..mine() }]).contains("belongs to `in`"));
        assert!(fault([DataCenter { zoho: "com.au".into(), ..mine() }]).contains("would own `accounts.zoho.com.au`"));
        assert!(fault([row("mx", "zoho.com.mx"), row("m2", "zoho.com.mx")]).contains("belongs to"));
        let european = DataCenter { accounts: "accounts.zoho.com".into(), ..row("eu", "zoho.eu") };
        assert!(fault([european]).contains("belongs to `us`"));
    }
}
