//! What a person reads first.

use insta::assert_snapshot;

use crate::support::Zohoctl;

#[test]
fn the_help_fits_a_screen() {
    let ran = Zohoctl::new().ok(&["--help"]);
    assert!(ran.stdout.lines().count() <= 48, "{ran}");
    assert_snapshot!(ran, @"
    status: 0
    --- stdout
    Zoho from a terminal: connect, invoke, explain

    Usage: zohoctl [OPTIONS] <COMMAND>

    Commands:
      invoke       Send a call and print what comes back
      retry        Send again what of a bulk write failed and may pass
      jobs         Look at the jobs that were started: list, resume, forget
      explain      Show the request that `invoke` would send, and where each part of it comes from
      apis         Find an API: list, search, show
      connectors   Look at the services: list, show, check
      limits       Say what a service allows in which time, and what is left
      register     Register a client: a walk through Zoho's API console
      clients      Look at the clients that were registered: list, remove
      connect      Sign in to a service, or to several
      connections  Look at the sign-ins that were made
      vault        Say where sign-ins are kept, and move them
      doctor       Look at everything that a call needs, and say what is wrong
      sandbox      Run a local Zoho to test against
      new          Write a connector to begin with, for a service that is not here
      try          Call an API of a file that is being written, and show what is made of the reply
      fmt          Bring connectors' files into the one form
      bindings     Make typed Rust of a connector of your own
      schema       Write the JSON Schema of connectors, for an editor
      completions  Write the completions of a shell
      help         Print this message or the help of the given subcommand(s)

    Options:
      -h, --help     Print help
      -V, --version  Print version

    Everywhere:
          --output <FORMAT>   How to print data: json, jsonl, table, csv, or raw: the body as it came
          --fields <A,B.C>    Print these members only, in this order; dots reach in
          --jq <EXPR>         Print what a jq expression makes of each record; raw prints bare texts
          --connectors <DIR>  A folder of connectors, over the built-in ones [env: ZOHO_CONNECTORS]
          --color <WHEN>      When to use colours: auto, always, never
      -q, --quiet             Say nothing but errors on standard error

    Examples:
      zohoctl invoke desk tickets.list --sandbox --limit 5   five tickets, without an account
      zohoctl connect desk --data-center eu                  sign in
      zohoctl invoke desk tickets.list --all status=Open     every open ticket, a line each when piped
      zohoctl apis search attachment                         which service has an API for it

    `zohoctl COMMAND --help` has each command's own examples.
    --- stderr
    ");
}

#[test]
fn every_command_has_help_with_examples() {
    let zohoctl = Zohoctl::new();
    for command in [
        "invoke",
        "limits",
        "jobs",
        "retry",
        "explain",
        "apis",
        "connectors",
        "register",
        "clients",
        "connect",
        "connections",
        "vault",
        "doctor",
        "sandbox",
        "new",
        "try",
        "fmt",
        "bindings",
        "schema",
        "completions",
    ] {
        let ran = zohoctl.ok(&[command, "--help"]);
        assert!(ran.stdout.contains("Examples:\n  zohoctl "), "{command}\n{ran}");
        assert!(ran.stdout.lines().all(|line| line.chars().count() <= 110), "{command}\n{ran}");
    }
}

#[test]
fn the_help_of_invoke() {
    assert_snapshot!(Zohoctl::new().ok(&["invoke", "--help"]), @r#"
    status: 0
    --- stdout
    Send a call and print what comes back

    Usage: zohoctl invoke [OPTIONS] [SERVICE] [API] [NAME=VALUE]...

    Arguments:
      [SERVICE]        The service, as `desk`
      [API]            The API, as `tickets.list`
      [NAME=VALUE]...  Its arguments: name=value, list=a,b, part.of.it=x, name=@file, name:=JSON

    Options:
          --json <TEXT|@FILE|->  The whole body: JSON text, @file, or - for standard input
          --page-size <N>        How many records to ask for in one request, within the service's bounds
      -h, --help                 Print help

    Reading:
          --all                Read a list to its end; without it, or --limit, one page is read
          --limit <N>          Stop after so many records
          --concurrency <K>    Fetch so many pages at once where pages have numbers, or one ahead where
                               they have not; of a bulk write, send so many parts at once. What comes is
                               in order all the same
          --distinct           Give no record twice however the list moves: all ids are remembered, and
                               not only the last 10,000
          --checkpoint <FILE>  Write down in FILE how far the list is read, and go on from there when
                               the same command is run again. With --out nothing is lost or repeated
                               however it was stopped; on standard output the last page may come twice
          --out <FILE|DIR|->   Where the data goes: a file, which is there only when it is whole, in the
                               format of its ending (.csv, .json, .jsonl); a folder, for a download; -
                               for standard output

    Writing:
          --receipt <FILE>  Write what became of each record of data=@file into FILE, and go on behind
                            it when the same command is run again: nothing is sent twice however it was
                            stopped. `zohoctl retry FILE` sends again what may be

    Jobs:
          --detach  Start the job and do not wait for it; `zohoctl jobs resume` fetches what it gives

    Sending:
          --timeout <SECONDS>   The longest time for one request, in seconds, with its waits and further
                                tries
          --deadline <SECONDS>  The longest time for the whole command, in seconds
          --max-wait <SECONDS>  The longest time that a request waits for the service's limits, in
                                seconds; 120 unless given
          --share-limits        Keep to the service's limits together with the other commands on this
                                machine that say so
          --trace               Show each request and reply on standard error, with headers and times,
                                without secrets
          --har <FILE>          Write every request and reply into a file that browsers read (HAR 1.2),
                                without secrets

    Connection:
          --connection <NAME>   The connection to use, where there are several [env: ZOHO_CONNECTION]
          --org <VALUE>         The organisation for this call, by its id or by the name it was chosen
                                by [env: ZOHO_ORG]
          --set <NAME=VALUE>    Any other value that the service's connection asks for, for this call
          --data-center <WORD>  The data centre where the account lives: us, eu, in, au, jp, ca, … [env:
                                ZOHO_DATA_CENTER]
          --endpoint <URL>      Another server with Zoho's paths, as `zohoctl sandbox` is one [env:
                                ZOHO_ENDPOINT]
          --trust-hosts         Agree that the token goes to the hosts outside Zoho's domains that a
                                connector of yours names

    Sandbox:
          --sandbox              Call a local Zoho that is started for this call, without an account
          --sandbox-records <N>  How many records each list of it has

    Everywhere:
          --output <FORMAT>   How to print data: json, jsonl, table, csv, or raw: the body as it came
          --fields <A,B.C>    Print these members only, in this order; dots reach in
          --jq <EXPR>         Print what a jq expression makes of each record; raw prints bare texts
          --connectors <DIR>  A folder of connectors, over the built-in ones [env: ZOHO_CONNECTORS]
          --color <WHEN>      When to use colours: auto, always, never
      -q, --quiet             Say nothing but errors on standard error

    How arguments are written:
      status=Open              text, numbers, true or false: read as the argument's type
      ids=1,2   ids=1 ids=2    a list
      contact.lastName=Boyle   a member inside; data.0.Email=… inside a list
      data=@rows.jsonl         rows of a file: JSON lines, a JSON list, or CSV with a header, where a.b
      reaches in
                               and a: is JSON; @- from standard input. A list of any length is sent in
                               parts
      file=@photo.png          a file to send
      assigneeId:=null         JSON as it is

    Examples:
      zohoctl invoke desk tickets.list --sandbox --limit 5
      zohoctl invoke desk tickets.list --all status=Open > tickets.jsonl
      zohoctl invoke desk tickets.list --all --fields id,subject --out tickets.csv
      zohoctl invoke desk tickets.list --all --jq 'select(.priority == "High") | .id' --output raw
      zohoctl invoke desk tickets.list --all --concurrency 4 --out all.jsonl --checkpoint all.checkpoint
      zohoctl invoke desk tickets.create subject='No ink' departmentId=123 contactId=456
      zohoctl invoke crm records.insert module=Leads data=@leads.csv --receipt leads.receipt
      zohoctl invoke crm bulk_read.create query.module.api_name=Leads --out leads.jsonl
      zohoctl invoke desk tickets.attachments.download ticketId=1 attachmentId=2 --out .

    Status: 0 done, 1 failed or some records refused, 2 wrong arguments, 3 sign-in needed, 4 not found,
    5 try later, 6 sent and its end unknown, 130 Ctrl-C.
    --- stderr
    "#);
}

#[test]
fn the_version_is_the_packages() {
    assert_eq!(Zohoctl::new().ok(&["--version"]).stdout, concat!("zohoctl ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn colours_are_for_terminals_or_for_those_who_ask() {
    let zohoctl = Zohoctl::new();
    assert!(!zohoctl.ok(&["connectors", "list"]).stdout.contains('\u{1b}'));
    assert!(zohoctl.ok(&["connectors", "list", "--color", "always"]).stdout.contains('\u{1b}'));
    assert!(!zohoctl.ok(&["connectors", "list", "--color", "never"]).stdout.contains('\u{1b}'));
}
