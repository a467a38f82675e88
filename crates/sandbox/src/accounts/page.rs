//! The pages that a person sees: plain HTML that works without a script.

use std::fmt::Write;

use zoho_connector::{DataCenters, Scope};

use crate::message::Reply;

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:38rem;margin:3rem auto;padding:0 1rem}\
                     code{background:#eee;padding:0 .3em}button{font:inherit;padding:.4em 1.2em;margin-right:.6em}\
                     select,input{font:inherit;padding:.2em}";

/// What a person is asked to agree to.
pub(super) struct Question<'a> {
    /// Where the answer goes.
    pub(super) action: &'a str,
    /// What the page hands on to the answer.
    pub(super) hidden: Vec<(&'a str, &'a str)>,
    pub(super) client: &'a str,
    pub(super) scopes: &'a [Scope],
    /// The data centre that is chosen to begin with, where a person is to choose one.
    pub(super) location: Option<&'a str>,
}

/// The page that asks for consent.
pub(super) fn ask(question: &Question<'_>) -> Reply {
    let items = joined(question.scopes, |scope| format!("<li><code>{}</code></li>\n", escape(scope.as_str())));
    let hidden = joined(&question.hidden, |(name, value)| {
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">\n", escape(value))
    });
    let location = question.location.map(location_field).unwrap_or_default();
    html(
        200,
        "Sandbox consent",
        &format!(
            "<h1>A program wants to use this sandbox account</h1>\n\
             <p>The client <code>{}</code> asks for:</p>\n<ul id=\"scopes\">\n{items}</ul>\n\
             <form method=\"post\" action=\"{}\">\n{hidden}{location}\
             <p><button id=\"accept\" name=\"decision\" value=\"accept\">Accept</button>\n\
             <button id=\"reject\" name=\"decision\" value=\"reject\">Reject</button></p>\n</form>\n",
            escape(question.client),
            question.action
        ),
    )
}

fn location_field(chosen: &str) -> String {
    let centers: Vec<_> = DataCenters::built_in().iter().collect();
    let options = joined(&centers, |center| {
        let selected = if center.id == chosen { " selected" } else { "" };
        format!("<option value=\"{}\"{selected}>{}</option>\n", center.id, escape(&center.name))
    });
    format!(
        "<p><label for=\"location\">The account lives in</label>\n\
         <select id=\"location\" name=\"location\">\n{options}</select></p>\n"
    )
}

/// The page that asks for the code that a device shows.
pub(super) fn ask_user_code(action: &str, wrong: bool) -> Reply {
    let wrong = if wrong { "<p id=\"wrong\">No device waits with that code.</p>\n" } else { "" };
    html(
        if wrong.is_empty() { 200 } else { 400 },
        "Sandbox device",
        &format!(
            "<h1>Connect a device</h1>\n{wrong}<form method=\"get\" action=\"{action}\">\n\
             <p><label for=\"user_code\">The code that it shows</label>\n\
             <input id=\"user_code\" name=\"user_code\" autocomplete=\"off\" required></p>\n\
             <p><button id=\"continue\">Continue</button></p>\n</form>\n"
        ),
    )
}

/// A page that only says something.
pub(super) fn says(status: u16, title: &str, text: &str) -> Reply {
    html(status, title, &format!("<h1>{}</h1>\n<p>{}</p>\n", escape(title), escape(text)))
}

/// Sends the browser to an address, with parameters added.
pub(super) fn redirect(uri: &str, values: impl Iterator<Item = (&'static str, String)>) -> Reply {
    let Ok(mut url) = url::Url::parse(uri) else {
        return says(400, "invalid_redirect_uri", "The redirect address cannot be read.");
    };
    url.query_pairs_mut().extend_pairs(values);
    let mut reply = Reply::empty(302);
    reply.set("location", url.as_str());
    private(reply)
}

fn html(status: u16, title: &str, body: &str) -> Reply {
    let title = escape(title);
    let text = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head>\n<body>\n{body}</body></html>\n"
    );
    private(Reply::of(status, "text/html;charset=utf-8", text))
}

/// Addresses here carry codes and states: no other site is told them, and nothing keeps or frames the page.
fn private(mut reply: Reply) -> Reply {
    reply.set("referrer-policy", "no-referrer");
    reply.set("cache-control", "no-store");
    reply.set("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    reply
}

fn joined<T>(things: &[T], write: impl Fn(&T) -> String) -> String {
    things.iter().fold(String::new(), |mut text, thing| {
        let _ = text.write_str(&write(thing));
        text
    })
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
