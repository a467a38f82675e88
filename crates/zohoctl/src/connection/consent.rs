//! Consent to hosts outside Zoho's domains. A connector of somebody's may name any host; without a consent, any YAML
//! file could collect tokens.

use anyhow::Result;
use zoho_connector::Connector;
use zoho_core::{Connection, foreign_hosts};

use crate::exit::{Problem, Status};
use crate::talk;

/// Makes sure that a person agrees to the hosts that a connector names, and says whether that is new.
pub(crate) fn given(connector: &Connector, trust: bool, connection: &mut Connection) -> Result<bool> {
    let known = |host: &String| connection.trusted_hosts.iter().any(|trusted| trusted.eq_ignore_ascii_case(host));
    let new: Vec<String> =
        foreign_hosts(connector, &connection.data_centers).into_iter().filter(|host| !known(host)).collect();
    if new.is_empty() {
        return Ok(false);
    }
    if !trust && !agreed(connector, &new)? {
        let message =
            format!("the connector `{}` sends the token to {}, which is not Zoho's", connector.name, new.join(", "));
        let hint = "if you trust its author with the token, say so with --trust-hosts";
        return Err(Problem::new(Status::SignIn, message).hint(hint).into());
    }
    connection.trusted_hosts.extend(new);
    Ok(true)
}

fn agreed(connector: &Connector, hosts: &[String]) -> Result<bool> {
    if !talk::can_ask() {
        return Ok(false);
    }
    talk::line_out(&format!("The connector `{}` names hosts outside Zoho's domains:", connector.name));
    for host in hosts {
        talk::line_out(&format!("  {host}"));
    }
    let answer = talk::ask("Whoever runs them can use your token. Send it there? [y/N]")?;
    Ok(answer.is_some_and(|answer| matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes")))
}
