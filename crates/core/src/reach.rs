//! Whether a host answers: for telling apart what can be wrong between this machine and Zoho.

use std::net::IpAddr;
use std::time::{Duration, Instant, SystemTime};

use url::Url;

use crate::connection::Endpoint;
use crate::error::{Error, ErrorKind};
use crate::transport::{Transport, TransportOptions};

/// What came of asking a host.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Reached {
    /// The addresses that its name stands for; none where every request goes to an endpoint.
    pub addresses: Vec<IpAddr>,
    /// The HTTP status of its first page. Any status shows that it is there.
    pub status: u16,
    /// What time it is there, to the second, where it says so.
    pub date: Option<SystemTime>,
    /// How long it took, the connection included.
    pub elapsed: Duration,
}

/// Asks a host for its first page over HTTPS, without a token: over an endpoint where there is one.
///
/// # Errors
/// [`ErrorKind::Connection`] where the text is no host, [`ErrorKind::Network`] where its name is unknown or it does not
/// answer, [`ErrorKind::Timeout`] where it takes too long.
pub async fn reach(host: &str, endpoint: Option<&Endpoint>, options: &TransportOptions) -> Result<Reached, Error> {
    let url = Url::parse(&format!("https://{host}/"))
        .map_err(|error| Error::new(ErrorKind::Connection, format!("{host} is no host: {error}")))?;
    let addresses = if endpoint.is_some() { Vec::new() } else { addresses(host).await? };
    let transport = Transport::new(options, endpoint.cloned())?;
    let begun = Instant::now();
    let (status, date) = transport.knock(&url).await?;
    Ok(Reached { addresses, status, date: date.as_deref().and_then(moment), elapsed: begun.elapsed() })
}

async fn addresses(host: &str) -> Result<Vec<IpAddr>, Error> {
    let found = tokio::net::lookup_host((host, 443)).await.map_err(|error| {
        Error::new(ErrorKind::Network, format!("the name {host} cannot be resolved: {error}"))
            .with_hint("look at the DNS of this machine, or at its proxy")
    })?;
    let mut addresses: Vec<IpAddr> = found.map(|address| address.ip()).collect();
    addresses.dedup();
    Ok(addresses)
}

/// A moment as HTTP writes it.
fn moment(date: &str) -> Option<SystemTime> {
    let moment = jiff::fmt::rfc2822::parse(date).ok()?;
    let seconds = u64::try_from(moment.timestamp().as_second()).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_of_http_is_read() {
        let read = |text| moment(text).map(|at| at.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs());
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(read("yesterday"), None);
    }

    #[tokio::test]
    async fn what_is_no_host_is_refused_before_anything_is_sent() {
        let error = reach("not a host", None, &TransportOptions::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connection);
    }
}
