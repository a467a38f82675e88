//! Services that are called with a key of their own.

use crate::support::{Ran, RunningSandbox, Zohoctl};

const MAIL: &[&str] = &[
    "zeptomail",
    "emails.send",
    "from.address=office@example.com",
    "to.0.email_address.address=maren@example.com",
    "subject=Rates",
    "htmlbody=<p>As agreed.</p>",
];

fn invoke(zohoctl: &Zohoctl, words: &[&str]) -> Ran {
    zohoctl.run(&[&["invoke"], words, &["--trace"]].concat())
}

#[test]
fn a_mail_is_sent_with_the_key_and_the_key_is_nowhere_to_be_seen() {
    let sandbox = RunningSandbox::start(&["zeptomail"]);
    let key = sandbox.said("ZOHO_API_KEY").unwrap();
    let zohoctl = Zohoctl::new().with("ZOHO_ENDPOINT", &sandbox.address).with("ZOHO_API_KEY", &key);
    let sent = invoke(&zohoctl, MAIL);
    assert_eq!(sent.status, 0, "{sent}");
    assert!(sent.lines()[0]["request_id"].is_string(), "{sent}");
    let explained = zohoctl.ok(&[&["explain"], MAIL].concat());
    assert!(explained.stdout.contains("Authorization: Zoho-enczapikey [hidden]"), "{explained}");
    // What the portal is asked needs a token, for which a key is no help.
    let asked = invoke(&zohoctl, &["zeptomail", "agents.list"]);
    assert_eq!(asked.status, 3, "{asked}");
    for ran in [sent, explained, asked] {
        assert!(!ran.to_string().contains(&key), "{ran}");
    }
}

#[test]
fn a_wrong_key_is_refused_and_not_repeated() {
    let sandbox = RunningSandbox::start(&["zeptomail"]);
    let wrong = "wrong0123456789wrong";
    let zohoctl = Zohoctl::new().with("ZOHO_ENDPOINT", &sandbox.address).with("ZOHO_API_KEY", wrong);
    let refused = invoke(&zohoctl, MAIL);
    assert_eq!(refused.status, 3, "{refused}");
    assert!(refused.stderr.contains("the API key is not accepted"), "{refused}");
    assert!(!refused.to_string().contains(wrong), "{refused}");
    assert_eq!(refused.stderr.matches("→ POST").count(), 1, "a key is not renewed: {refused}");
}

#[test]
fn without_a_key_nothing_is_sent() {
    let sandbox = RunningSandbox::start(&["zeptomail"]);
    let missing = invoke(&Zohoctl::calling(&sandbox), MAIL);
    assert_eq!(missing.status, 3, "{missing}");
    assert!(missing.stderr.contains("has no API key for Zoho ZeptoMail"), "{missing}");
    assert!(!missing.stderr.contains("→ POST"), "{missing}");
}

#[test]
fn a_key_in_the_query_is_hidden_in_every_address() {
    let sandbox = RunningSandbox::start(&["office-integrator"]);
    let key = sandbox.said("ZOHO_API_KEY").unwrap();
    let zohoctl = Zohoctl::new().with("ZOHO_ENDPOINT", &sandbox.address).with("ZOHO_API_KEY", &key);
    let words = ["office-integrator", "documents.get", "documentid=7"];
    let ran = invoke(&zohoctl, &words);
    assert!(ran.stderr.contains("/writer/officeapi/v1/documents/7?apikey=[hidden]"), "{ran}");
    let explained = zohoctl.ok(&[&["explain"], &words[..]].concat());
    assert!(explained.stdout.contains("documents/7?apikey=[hidden]\n"), "{explained}");
    assert!(!format!("{ran}{explained}").contains(&key));
    let refused = invoke(&zohoctl.with("ZOHO_API_KEY", "wrong0123456789wrong"), &words);
    assert_eq!(refused.status, 3, "{refused}");
    assert!(!refused.to_string().contains("wrong0123456789wrong"), "{refused}");
}

#[test]
fn a_sandbox_in_the_process_has_the_key_already() {
    let zohoctl = Zohoctl::new();
    zohoctl.ok(&[&["invoke"], MAIL, &["--sandbox"]].concat());
    zohoctl.ok(&["invoke", "zeptomail", "agents.list", "--sandbox"]);
}

#[test]
fn the_pages_say_what_calls_are_signed_with() {
    let zohoctl = Zohoctl::new();
    let key = "with an API key (header Authorization: Zoho-enczapikey …)";
    for words in [["connectors", "show", "zeptomail"].as_slice(), &["apis", "show", "zeptomail", "emails.send"]] {
        let shown = zohoctl.ok(words).stdout;
        assert!(shown.split_whitespace().collect::<Vec<_>>().join(" ").contains(key), "{shown}");
    }
    let portal = zohoctl.ok(&["apis", "show", "zeptomail", "agents.list"]).stdout;
    assert!(!portal.contains("API key"), "{portal}");
}
