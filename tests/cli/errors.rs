//! What bad input gets: what is wrong, the nearest names, what to do next, and a status that says which it was.

use insta::assert_snapshot;

use crate::support::Zohoctl;

fn run(words: &[&str]) -> crate::support::Ran {
    Zohoctl::new().run(words)
}

#[test]
fn an_unknown_service_gets_the_nearest_name() {
    assert_snapshot!(run(&["invoke", "dsk", "tickets.list"]), @"
    status: 2
    --- stdout
    --- stderr
    error: no connector is called `dsk`
    hint: did you mean `desk`?
    ");
}

#[test]
fn an_unknown_api_gets_the_nearest_names() {
    assert_snapshot!(run(&["invoke", "desk", "tickets.lst"]), @"
    status: 2
    --- stdout
    --- stderr
    error: Zoho Desk has no API `tickets.lst`
    hint: did you mean `tickets.list` or `tickets.get` or `tickets.calls.list`?
    ");
    assert_snapshot!(run(&["apis", "show", "desk", "tickits.list"]), @"
    status: 2
    --- stdout
    --- stderr
    error: Zoho Desk has no API `tickits.list`
    hint: did you mean `tickets.list`?
    ");
}

#[test]
fn every_wrong_argument_is_named_at_once_before_anything_is_sent() {
    assert_snapshot!(run(&["invoke", "desk", "tickets.create", "subjct=x", "dueDate=tomorrow", "contact.lastNam=Boyle"]), @"
    status: 2
    --- stdout
    --- stderr
    error: desk tickets.create: 6 arguments are wrong; nothing was sent
      subjct is not an argument of it; did you mean `subject`?
      dueDate must be a time, and is `tomorrow`; write it as 2026-01-31T10:00:00Z, or with an offset
      contact.lastNam is not a member here; did you mean `lastName`?
      subject is missing; a `string`
      departmentId is missing; an `id`
      contactId or contact is missing; one of these is needed
    hint: `zohoctl apis show desk tickets.create` lists its arguments
    ");
}

#[test]
fn words_that_are_no_arguments_are_named_at_once() {
    assert_snapshot!(run(&["invoke", "desk", "tickets.get", "12345"]), @"
    status: 2
    --- stdout
    --- stderr
    error: `12345` is not an argument; write it as name=value
    hint: `zohoctl apis show desk tickets.get` lists its arguments
    ");
    assert_snapshot!(run(&["invoke", "desk", "tickets.attachments.upload", "ticketId=1", "file=photo.png", "isPublic=@nowhere"]), @"
    status: 2
    --- stdout
    --- stderr
    error: several arguments cannot be read
      `file` takes a file; write file=@photo.png
      cannot read nowhere: No such file or directory (os error 2)
    hint: `zohoctl apis show desk tickets.attachments.upload` lists its arguments
    ");
}

#[test]
fn without_an_api_those_of_the_service_are_listed() {
    assert_snapshot!(run(&["invoke", "sign"]), @"
    status: 2
    --- stdout
    --- stderr
    error: say which API of Zoho Sign
      requests.list requests.get requests.create requests.update requests.submit requests.recall
      requests.remind requests.delete requests.download requests.completion_certificate
      requests.field_data documents.download templates.list templates.get folders.list
      request_types.list
    hint: `zohoctl apis list sign` has them with their paths
    ");
    let services = Zohoctl::new().lines(&["connectors", "list", "--output", "jsonl"]);
    let names: Vec<&str> = services.iter().map(|service| service["name"].as_str().unwrap()).collect();
    let ran = run(&["invoke"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{ran}");
    assert!(ran.stderr.starts_with("error: say which service and which API\n  "), "{ran}");
    let words: Vec<&str> = ran.stderr.split_whitespace().collect();
    assert!(names.iter().all(|name| words.contains(name)), "{ran}");
}

#[test]
fn options_that_would_do_nothing_are_refused() {
    assert_snapshot!(run(&["invoke", "desk", "tickets.get", "ticketId=1", "--all"]), @"
    status: 2
    --- stdout
    --- stderr
    error: --all is for lists, and tickets.get gives none
    ");
    assert_snapshot!(run(&["invoke", "desk", "tickets.list", "--output", "raw", "--limit", "2"]), @"
    status: 2
    --- stdout
    --- stderr
    error: --limit counts records, and --output raw gives whole replies
    hint: --page-size asks for so many in one reply
    ");
    assert_snapshot!(run(&["explain", "sign", "folders.list", "--org", "Zylker"]), @"
    status: 2
    --- stdout
    --- stderr
    error: Zoho Sign asks for no organisation: the sign-in decides it
    ");
    assert_snapshot!(run(&["explain", "desk", "tickets.list", "--set", "orgid=5"]), @"
    status: 2
    --- stdout
    --- stderr
    error: Zoho Desk asks for no `orgid`
    hint: did you mean `orgId`?
    ");
}

#[test]
fn without_a_connection_the_next_step_is_named() {
    assert_snapshot!(run(&["invoke", "desk", "tickets.list"]), @"
    status: 3
    --- stdout
    --- stderr
    error: there is no connection for Zoho Desk
    hint: `zohoctl connect desk` signs in; `--sandbox` tries it without an account
    ");
    assert_snapshot!(run(&["invoke", "desk", "tickets.list", "--connection", "work"]), @"
    status: 2
    --- stdout
    --- stderr
    error: no connection is called `work`
    hint: `zohoctl connections` lists those there are
    ");
    let half = Zohoctl::new().with("ZOHO_REFRESH_TOKEN", "1000.aaaa.bbbb").with("ZOHO_CLIENT_ID", "1000.AAAA");
    assert_snapshot!(half.run(&["invoke", "desk", "tickets.list"]), @"
    status: 3
    --- stdout
    --- stderr
    error: ZOHO_REFRESH_TOKEN is set and ZOHO_CLIENT_SECRET is not
    hint: a refresh token needs ZOHO_CLIENT_ID and ZOHO_CLIENT_SECRET beside it
    ");
}

#[test]
fn connecting_without_a_client_says_where_to_get_one() {
    assert_snapshot!(run(&["connect", "desk"]), @"
    status: 3
    --- stdout
    --- stderr
    error: no client is registered to sign in with
    hint: `zohoctl register` walks through Zoho's API console; it takes two minutes, once
    hint: or give one by ZOHO_CLIENT_ID and ZOHO_CLIENT_SECRET, with the redirect URL http://127.0.0.1:8765/callback
    ");
}

#[test]
fn a_plain_endpoint_on_another_machine_is_refused() {
    assert_snapshot!(Zohoctl::new().run(&["connect", "desk", "--client-id", "1000.A", "--endpoint", "http://example.org"]), @"
    status: 2
    --- stdout
    --- stderr
    error: `http://example.org` is not an endpoint: plain HTTP goes to this machine only
    hint: write an origin, as `http://127.0.0.1:8080` or `https://proxy.example.org`
    ");
}

#[test]
fn a_search_without_hits_says_so() {
    assert_snapshot!(run(&["apis", "search", "zebra", "crossing"]), @"
    status: 4
    --- stdout
    --- stderr
    error: no API has `zebra` and `crossing` in its name, its path or its note
    hint: try fewer or shorter words
    ");
}

#[test]
fn a_service_is_refused_where_it_is_not_offered() {
    assert_snapshot!(run(&["explain", "desk", "tickets.list", "--data-center", "uk"]), @"
    status: 1
    --- stdout
    --- stderr
    error: desk tickets.list: Zoho Desk is not offered in United Kingdom (uk)
    ");
    assert_snapshot!(run(&["explain", "desk", "tickets.list", "--data-center", "moon"]), @"
    status: 2
    --- stdout
    --- stderr
    error: no data centre is called `moon`
    hint: the data centres are us, eu, in, au, jp, cn, ca, sa, uk, ae, sg
    ");
}
