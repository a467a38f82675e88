//! The ways to sign in: which one, by what was said and by the kind of the client.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use zoho_connector::Connector;
use zoho_core::{AuthFlow, AuthorizationCode, Loopback, Redirect, RefreshToken};

use super::client::Chosen;
use crate::commands::register::kind::ClientKind;
use crate::commands::register::{PORT, loopback};
use crate::connection::{ConnectionArgs, organization};
use crate::environment::{self, REFRESH_TOKEN};
use crate::exit::{Problem, Status};
use crate::talk;

/// Options that say how to sign in.
#[derive(Debug, Args)]
#[command(next_help_heading = "How (the client's kind decides, unless said)")]
pub(super) struct WayArgs {
    /// Print the address instead of opening a browser; the browser still has to be on this machine
    #[arg(long)]
    pub(super) no_browser: bool,

    /// The browser is elsewhere: paste what it was sent to after the consent
    #[arg(long, group = "way")]
    pub(super) paste: bool,

    /// Type a code on any other device
    #[arg(long, group = "way")]
    pub(super) device: bool,

    /// By a code that the console made for the Self Client; asked for, or the next line of standard input
    #[arg(long, group = "way")]
    pub(super) self_client: bool,

    /// By the Self Client alone, for one organisation; without a person
    #[arg(long, group = "way")]
    pub(super) client_credentials: bool,

    /// The organisation for --client-credentials, as ZohoCRM.1234; the number alone is enough
    #[arg(long, value_name = "SERVICE.ORG", requires = "client_credentials")]
    pub(super) soid: Option<String>,

    /// By a refresh token that is there already: in a file, or - for standard input
    #[arg(long, value_name = "FILE|-", group = "way")]
    pub(super) refresh_token_from: Option<PathBuf>,

    /// By the refresh token in ZOHO_REFRESH_TOKEN
    #[arg(long, group = "way")]
    pub(super) from_environment: bool,

    /// With the service's own key where it takes either; asked for, or the next line of standard input
    #[arg(long, group = "way")]
    pub(super) api_key: bool,

    /// Add scopes to the connection that is there
    #[arg(long, group = "way")]
    pub(super) add: bool,

    /// Choose the organisation of the connection that is there, without signing in again
    #[arg(long, group = "way", conflicts_with = "asked")]
    pub(super) finish: bool,

    /// The port of the redirect URL http://127.0.0.1:PORT/callback; as registered unless given
    #[arg(long, value_name = "PORT")]
    pub(super) port: Option<u16>,

    /// Ask for your name too, so that `connections list` shows whose account it is
    #[arg(long)]
    pub(super) with_name: bool,
}

/// A way to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Browser,
    Paste,
    Device,
    SelfClient,
    ClientCredentials,
    RefreshToken,
}

impl Way {
    /// The kinds of clients that can go it; any where nothing is said.
    pub(super) fn kinds(self) -> &'static [ClientKind] {
        match self {
            Self::Browser | Self::Paste => &[ClientKind::Server, ClientKind::Desktop],
            Self::Device => &[ClientKind::Device],
            Self::SelfClient | Self::ClientCredentials => &[ClientKind::SelfClient],
            Self::RefreshToken => &ClientKind::ALL,
        }
    }

    /// Whether it makes a new refresh token, of which Zoho keeps twenty.
    pub(super) fn makes_refresh_token(self) -> bool {
        !matches!(self, Self::ClientCredentials | Self::RefreshToken)
    }

    fn option(self) -> &'static str {
        match self {
            Self::Browser => "the browser",
            Self::Paste => "--paste",
            Self::Device => "--device",
            Self::SelfClient => "--self-client",
            Self::ClientCredentials => "--client-credentials",
            Self::RefreshToken => "a refresh token",
        }
    }
}

impl WayArgs {
    /// The way that was said.
    pub(super) fn said(&self) -> Option<Way> {
        let said = [
            (self.paste, Way::Paste),
            (self.device, Way::Device),
            (self.self_client, Way::SelfClient),
            (self.client_credentials, Way::ClientCredentials),
            (self.refresh_token_from.is_some() || self.from_environment, Way::RefreshToken),
        ];
        said.into_iter().find_map(|(is_said, way)| is_said.then_some(way))
    }
}

/// The way for a client: the one that was said, or the one of its kind.
pub(super) fn of(args: &WayArgs, client: &Chosen) -> Result<Way> {
    let by_kind = match client.kind {
        Some(ClientKind::Device) => Way::Device,
        Some(ClientKind::SelfClient) => Way::SelfClient,
        // A redirect URL elsewhere ends at somebody else's door, and the person brings the code.
        _ if client.redirect_uri.as_deref().is_some_and(|url| args.port.is_none() && port_of(url).is_none()) => {
            Way::Paste
        }
        _ => Way::Browser,
    };
    let way = args.said().unwrap_or(by_kind);
    match client.kind {
        Some(kind) if !way.kinds().contains(&kind) => {
            let wanted = way.kinds().first().map_or("", |kind| kind.as_str());
            let message = format!(
                "{} is of the kind `{}`, which cannot sign in by {}",
                client.title,
                kind.as_str(),
                way.option()
            );
            let hint = format!(
                "`zohoctl register {wanted} --kind {wanted}` makes one that can; --client chooses among several"
            );
            Err(Problem::usage(message).hint(hint).into())
        }
        _ => Ok(way),
    }
}

/// The redirect URL: of the port that was said, as registered, or the usual one.
pub(super) fn redirect_uri(args: &WayArgs, client: &Chosen) -> String {
    match args.port {
        Some(port) => loopback(port),
        None => client.redirect_uri.clone().unwrap_or_else(|| loopback(PORT)),
    }
}

/// The flow of a way, with the secrets that it starts from.
pub(super) fn flow(way: Way, args: &WayArgs, client: &Chosen, soid: Option<String>) -> Result<AuthFlow> {
    let redirect_uri = redirect_uri(args, client);
    Ok(match way {
        Way::Browser => {
            let port = port_of(&redirect_uri).unwrap_or(PORT);
            AuthFlow::AuthorizationCode(Redirect::Loopback(Loopback { port, ..Loopback::default() }))
        }
        Way::Paste => AuthFlow::AuthorizationCode(Redirect::Pasted { redirect_uri }),
        Way::Device => AuthFlow::DeviceCode,
        Way::SelfClient => AuthFlow::SelfClient(AuthorizationCode::new(console_code()?)),
        Way::ClientCredentials => AuthFlow::ClientCredentials { soid },
        Way::RefreshToken => AuthFlow::RefreshToken(RefreshToken::new(refresh_token(args)?)),
    })
}

/// The port of a redirect URL on this machine.
pub(super) fn port_of(redirect_uri: &str) -> Option<u16> {
    redirect_uri.strip_prefix("http://127.0.0.1:")?.strip_suffix("/callback")?.parse().ok()
}

/// What client credentials are for: as it was said, with the service's word before it where that was left out.
pub(super) fn soid(
    args: &WayArgs,
    connection: &ConnectionArgs,
    connectors: &[std::sync::Arc<Connector>],
) -> Result<Option<String>> {
    let connector = match connectors {
        [only] => only,
        _ => {
            return Err(Problem::usage("client credentials are for one service").hint("connect each by itself").into());
        }
    };
    let by_number = |org: &String| org.chars().all(|c| c.is_ascii_digit());
    let given = args.soid.clone().or_else(|| organization(connection).0.filter(by_number));
    Ok(given.map(|given| of_service(&given, connector)))
}

/// The organisation with the service's word before it.
pub(super) fn of_service(organization: &str, connector: &Connector) -> String {
    match connector.scope_prefixes.first() {
        Some(service) if !organization.contains('.') => format!("{service}.{organization}"),
        _ => organization.to_owned(),
    }
}

fn console_code() -> Result<String> {
    if talk::can_ask() {
        talk::line_out(
            "In the API console: Self Client, the tab Generate Code. Paste the scopes above, choose the longest time, CREATE.",
        );
    }
    let code = talk::ask_hidden("The code")?.filter(|code| !code.is_empty());
    code.ok_or_else(|| {
        Problem::new(Status::SignIn, "no code is given")
            .hint("make one in the API console (Self Client, Generate Code), and give it on standard input")
            .into()
    })
}

fn refresh_token(args: &WayArgs) -> Result<String> {
    let text = match &args.refresh_token_from {
        None => environment::read(REFRESH_TOKEN).unwrap_or_default(),
        Some(path) if path.as_os_str() == "-" => talk::ask_hidden("The refresh token")?.unwrap_or_default(),
        Some(path) => std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?,
    };
    let mut words = text.split_whitespace();
    match (words.next(), words.next()) {
        (Some(token), None) => Ok(token.to_owned()),
        (None, _) if args.from_environment => Err(Problem::usage(format!("{REFRESH_TOKEN} is not set")).into()),
        (None, _) => Err(Problem::usage("no refresh token is given").into()),
        // What it is instead may be a secret, so it is not repeated.
        _ => Err(Problem::usage("what was given is more than a refresh token")
            .hint("a file holds the token alone")
            .into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(kind: Option<ClientKind>, redirect_uri: Option<&str>) -> Chosen {
        Chosen { kind, redirect_uri: redirect_uri.map(str::to_owned), ..Chosen::for_tests() }
    }

    fn args() -> WayArgs {
        use clap::Parser;
        #[derive(Parser)]
        struct Words {
            #[command(flatten)]
            way: WayArgs,
            #[arg(long, group = "asked")]
            _for: Option<String>,
        }
        Words::parse_from(["x"]).way
    }

    #[test]
    fn the_kind_decides_unless_something_is_said() {
        let way = |kind, url| of(&args(), &chosen(kind, url)).unwrap();
        assert_eq!(way(None, None), Way::Browser);
        assert_eq!(way(Some(ClientKind::Server), Some("http://127.0.0.1:9000/callback")), Way::Browser);
        assert_eq!(way(Some(ClientKind::Server), Some("https://example.org/back")), Way::Paste);
        assert_eq!(way(Some(ClientKind::Device), None), Way::Device);
        assert_eq!(way(Some(ClientKind::SelfClient), None), Way::SelfClient);
        let device = WayArgs { device: true, ..args() };
        assert_eq!(of(&device, &chosen(None, None)).unwrap(), Way::Device);
        let error = of(&device, &chosen(Some(ClientKind::Server), None)).unwrap_err();
        assert!(error.to_string().ends_with("is of the kind `server`, which cannot sign in by --device"), "{error}");
    }

    #[test]
    fn the_redirect_url_is_that_of_the_option_or_the_registered_one() {
        let registered = chosen(None, Some("http://127.0.0.1:9000/callback"));
        assert_eq!(redirect_uri(&args(), &registered), "http://127.0.0.1:9000/callback");
        assert_eq!(redirect_uri(&WayArgs { port: Some(0), ..args() }, &registered), "http://127.0.0.1:0/callback");
        assert_eq!(redirect_uri(&args(), &chosen(None, None)), "http://127.0.0.1:8765/callback");
        assert_eq!(
            (port_of("http://127.0.0.1:9000/callback"), port_of("https://example.org/callback")),
            (Some(9000), None)
        );
    }
}
