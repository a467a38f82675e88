//! The hosts of URLs, for the checks that look at them.

use super::Subject;
use crate::data_center::{DataCenters, is_at_or_below};
use crate::source::Origin;
use crate::template::{HostVariable, Template};

/// A URL of a connector: of a base, or of its exception for one data centre.
pub(super) struct Url<'a> {
    /// The URL.
    pub(super) template: &'a Template,
    /// The data centre of an exception.
    pub(super) exception: Option<&'a str>,
    /// Where it is written.
    pub(super) origin: Origin,
}

/// All URLs of a connector.
pub(super) fn all<'a>(subject: &Subject<'a>) -> Vec<Url<'a>> {
    let mut urls = Vec::new();
    for base in subject.connector.bases.values() {
        let origin = if base.by_data_center.is_empty() { base.origin.clone() } else { base.origin.key("url") };
        urls.push(Url { template: &base.url, exception: None, origin });
        let exceptions = base.by_data_center.iter();
        urls.extend(exceptions.map(|(id, template)| Url {
            template,
            exception: Some(id),
            origin: base.origin.key(id),
        }));
    }
    urls
}

/// The host of a URL as written, with its names in braces: `desk.{zoho}`.
pub(super) fn host(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    Some(host.split(':').next().unwrap_or(host))
}

/// What a host is to Zoho.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HostKind {
    /// One of Zoho's, and the same in every data centre or right in each of them.
    Zoho,
    /// One of Zoho's with its ending written out.
    Regional,
    /// Another one, or one that cannot be known.
    Foreign,
}

/// What the host of a URL is to Zoho.
pub(super) fn kind_of(template: &Template) -> HostKind {
    let text = template.to_string();
    let Some(host) = host(&text).map(str::to_ascii_lowercase) else { return HostKind::Foreign };
    if [HostVariable::Zoho, HostVariable::ZohoApis, HostVariable::Api]
        .into_iter()
        .any(|variable| ends_with(&host, variable))
    {
        return HostKind::Zoho;
    }
    if DataCenters::built_in().by_host(&host).is_some() || with_half_a_domain(&host) {
        return HostKind::Regional;
    }
    for domain in crate::data_center::further_domains() {
        match domain.strip_suffix(".*") {
            None if is_at_or_below(&host, domain) => return HostKind::Zoho,
            Some(name) if is_at_or_below(&host, &format!("{name}.{{tld}}")) => return HostKind::Zoho,
            Some(name) if endings().any(|ending| is_at_or_below(&host, &format!("{name}.{ending}"))) => {
                return HostKind::Regional;
            }
            _ => {}
        }
    }
    HostKind::Foreign
}

/// `zoho.{tld}`, or `zoho` with any other name in braces behind it: not every data centre's domain has that form.
fn with_half_a_domain(host: &str) -> bool {
    let domains = ["zoho", "zohoapis", "zohocloud"];
    let open = host.find('{').unwrap_or(host.len());
    let before = host[..open].trim_end_matches('.');
    open < host.len() && domains.into_iter().any(|domain| is_at_or_below(before, domain))
}

/// Whether a host ends with a variable that stands for a whole domain.
fn ends_with(host: &str, variable: HostVariable) -> bool {
    let name = format!("{{{}}}", variable.as_str());
    if variable == HostVariable::Api { host == name } else { is_at_or_below(host, &name) }
}

fn endings() -> impl Iterator<Item = &'static str> {
    DataCenters::built_in().iter().map(crate::DataCenter::tld)
}

/// The same URL with host variables instead of a domain that is written out.
pub(super) fn with_variables(template: &Template) -> Option<String> {
    let text = template.to_string();
    let host = host(&text)?;
    let lower = host.to_ascii_lowercase();
    let mut better = None;
    for center in DataCenters::built_in().iter() {
        if lower == center.gateway_host(crate::Environment::Production) {
            better = Some("{api}".to_owned());
        }
        for (domain, variable) in [(&center.zohoapis, "{zohoapis}"), (&center.zoho, "{zoho}")] {
            if better.is_none() && is_at_or_below(&lower, domain) {
                better = Some(format!("{}{variable}", &host[..host.len() - domain.len()]));
            }
        }
    }
    let half = || {
        let open = lower.find('{')?;
        let before = lower[..open].trim_end_matches('.');
        [("zohoapis", "{zohoapis}"), ("zohocloud", "{zoho}"), ("zoho", "{zoho}")].into_iter().find_map(
            |(domain, variable)| {
                is_at_or_below(before, domain).then(|| format!("{}{variable}", &host[..before.len() - domain.len()]))
            },
        )
    };
    let ending =
        || endings().find_map(|ending| Some(format!("{}.{{tld}}", host.strip_suffix(ending)?.strip_suffix('.')?)));
    let better = better.or_else(half).or_else(ending)?;
    Some(text.replacen(host, &better, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(url: &str) -> HostKind {
        kind_of(&Template::parse(url, true).unwrap())
    }

    #[test]
    fn a_host_is_zohos_regional_or_foreign() {
        for url in [
            "https://desk.{zoho}/api/v1",
            "https://{api}/crm/v8",
            "https://content.{zohoapis}",
            "https://api.zeptomail.{tld}",
            "https://core.qntrl.com/x",
            "https://{portal}.{zoho}/",
        ] {
            assert_eq!(kind(url), HostKind::Zoho, "{url}");
        }
        for url in [
            "https://desk.zoho.com/api/v1",
            "https://www.zohoapis.eu",
            "https://accounts.zohocloud.ca",
            "https://desk.zoho.{tld}",
            "https://www.zohoapis.{tld}/x",
            "https://api.zeptomail.com.au/v1",
            "https://accounts.zoho.{host}",
            "https://DESK.ZOHO.COM:443/",
        ] {
            assert_eq!(kind(url), HostKind::Regional, "{url}");
        }
        for url in [
            "https://example.com",
            "https://desk.{zoho}.evil.org/",
            "https://evilzoho.com",
            "https://x@evil.org/desk.zoho.com",
            "ftp://desk.zoho.com",
            "",
            "https://{host}/x",
            "https://evil{api}",
        ] {
            assert_eq!(kind(url), HostKind::Foreign, "{url}");
        }
    }

    #[test]
    fn a_written_region_is_put_into_variables() {
        for (url, better) in [
            ("https://desk.zoho.com/api/v1", "https://desk.{zoho}/api/v1"),
            ("https://www.zohoapis.eu/crm/v8", "https://{api}/crm/v8"),
            ("https://content.zohoapis.in/x", "https://content.{zohoapis}/x"),
            ("https://desk.zoho.{tld}/api", "https://desk.{zoho}/api"),
            ("https://api.zeptomail.com.au/v1", "https://api.zeptomail.{tld}/v1"),
        ] {
            assert_eq!(with_variables(&Template::parse(url, true).unwrap()).as_deref(), Some(better), "{url}");
        }
    }
}
