//! What is to be done in Zoho's API console, step by step.

use zoho_connector::DataCenter;

use super::kind::ClientKind;

/// The steps, a line each.
pub(super) fn steps(kind: ClientKind, center: &DataCenter, redirect_uri: &str) -> Vec<String> {
    let console = center.api_console();
    let mut steps = vec![format!("Open {console} and sign in with your Zoho account.")];
    if kind == ClientKind::SelfClient {
        steps.push("Click GET STARTED (or ADD CLIENT), and on \"Self Client\" CREATE NOW, then CREATE. There is one for an account.".to_owned());
    } else {
        steps.push(format!("Click GET STARTED (or ADD CLIENT), and on \"{}\" CREATE NOW.", kind.in_console()));
        steps.push(
            "Client Name: zohoctl, or what you like. Homepage URL: any address, as https://www.example.org".to_owned(),
        );
    }
    if kind.redirects() {
        steps.push(format!("Authorized Redirect URIs: paste exactly this, without a blank or a slash behind it:\n\n       {redirect_uri}\n"));
    }
    if kind != ClientKind::SelfClient {
        steps.push("Click CREATE.".to_owned());
        steps.push(
            "For accounts in other data centres open the tab Settings, allow those data centres (Multi-DC), and tick \
             \"Use the same OAuth credentials for all data centers\". Where you do not tick it, give each of them its own \
             secret with --secret-for eu, --secret-for in and so on."
                .to_owned(),
        );
    }
    steps.push("The tab Client Secret shows the Client ID and the Client Secret. They are asked for now.".to_owned());
    steps.iter().enumerate().map(|(position, step)| format!("  {}. {step}", position + 1)).collect()
}

#[cfg(test)]
mod tests {
    use zoho_connector::DataCenters;

    use super::*;

    #[test]
    fn the_redirect_url_is_shown_to_those_who_have_one() {
        let center = DataCenters::built_in().get("ca").unwrap();
        let url = "http://127.0.0.1:8765/callback";
        for kind in ClientKind::ALL {
            let text = steps(kind, center, url).join("\n");
            assert!(text.contains("https://api-console.zohocloud.ca") && text.contains(kind.in_console()), "{text}");
            assert_eq!(text.contains(url), kind.redirects(), "{text}");
            assert_eq!(text.contains("--secret-for"), kind != ClientKind::SelfClient, "{text}");
        }
    }
}
