//! What a person reads first.

use insta::assert_snapshot;

use crate::support::Zohoctl;

#[test]
fn the_help_fits_a_screen() {
    let ran = Zohoctl::new().ok(&["--help"]);
    assert!(ran.stdout.lines().count() <= 40, "{ran}");
    assert_snapshot!(ran, @"
    status: 0
    --- stdout
    Zoho from a terminal: connect, invoke, explain

    Usage: zohoctl [OPTIONS] <COMMAND>

    Commands:
      invoke       Send a call and print what comes back
      explain      Show the request that `invoke` would send
      apis         Find an API: list, search, show
      connectors   Look at the services: list, show, check
      connect      Sign in to a service
      connections  Look at the sign-ins that were made
      sandbox      Run a local Zoho to test against
      completions  Write the completions of a shell
      help         Print this message or the help of the given subcommand(s)

    Options:
      -h, --help     Print help
      -V, --version  Print version

    Everywhere:
          --output <FORMAT>   How to print data: `json`, `jsonl`, `table` or `csv`
          --fields <A,B.C>    Print these members only, in this order; dots reach in. The request stays
                              the same
          --connectors <DIR>  A folder of connectors, over the built-in ones [env: ZOHO_CONNECTORS]
          --color <WHEN>      When to use colours: auto, always, never
      -q, --quiet             Say nothing but errors on standard error

    Examples:
      zohoctl invoke desk tickets.list --sandbox --limit 5   five tickets, without an account
      zohoctl connect desk --data-center eu                  sign in
      zohoctl invoke desk tickets.list --all status=Open     every open ticket, a line each when piped
      zohoctl apis search attachment                         which service has an API for it
      zohoctl explain desk tickets.list                      the request, without sending it

    `zohoctl COMMAND --help` has each command's own examples.
    --- stderr
    ");
}

#[test]
fn every_command_has_help_with_examples() {
    let zohoctl = Zohoctl::new();
    for command in ["invoke", "explain", "apis", "connectors", "connect", "connections", "sandbox", "completions"] {
        let ran = zohoctl.ok(&[command, "--help"]);
        assert!(ran.stdout.contains("Examples:\n  zohoctl "), "{command}\n{ran}");
        assert!(ran.stdout.lines().all(|line| line.chars().count() <= 110), "{command}\n{ran}");
    }
}

#[test]
fn the_help_of_invoke() {
    assert_snapshot!(Zohoctl::new().ok(&["invoke", "--help"]), @"
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
          --timeout <SECONDS>    The longest time for one request, in seconds, with its further tries
          --trace                Show each request and reply on standard error, without secrets
      -h, --help                 Print help

    Reading:
          --all               Read a list to its end; without it, or --limit, one page is read
          --limit <N>         Stop after so many records
          --out <FILE|DIR|->  Where a downloaded file goes: a file, a folder (under the service's name
                              for it), or - for standard output

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
          --output <FORMAT>   How to print data: `json`, `jsonl`, `table` or `csv`
          --fields <A,B.C>    Print these members only, in this order; dots reach in. The request stays
                              the same
          --connectors <DIR>  A folder of connectors, over the built-in ones [env: ZOHO_CONNECTORS]
          --color <WHEN>      When to use colours: auto, always, never
      -q, --quiet             Say nothing but errors on standard error

    How arguments are written:
      status=Open              text, numbers, true or false: read as the argument's type
      ids=1,2   ids=1 ids=2    a list
      contact.lastName=Boyle   a member inside; data.0.Email=… inside a list
      data=@rows.json          from a file (JSON, or JSON lines); @- from standard input
      file=@photo.png          a file to send
      assigneeId:=null         JSON as it is

    Examples:
      zohoctl invoke desk tickets.list --sandbox --limit 5
      zohoctl invoke desk tickets.list --all status=Open > tickets.jsonl
      zohoctl invoke desk tickets.list --all --output csv --fields id,subject > tickets.csv
      zohoctl invoke desk tickets.create subject='No ink' departmentId=123 contactId=456
      zohoctl invoke crm records.insert module=Leads data=@leads.jsonl
      zohoctl invoke desk tickets.attachments.download ticketId=1 attachmentId=2 --out .

    Status: 0 done, 1 failed or some records refused, 2 wrong arguments, 3 sign-in needed, 4 not found,
    5 try later, 130 Ctrl-C.
    --- stderr
    ");
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
