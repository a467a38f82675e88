//! Lists in columns, as CSV, and with chosen members; completions; annotations.

use insta::assert_snapshot;

use crate::support::{RunningSandbox, Zohoctl};

fn tickets() -> (RunningSandbox, Zohoctl) {
    let sandbox = RunningSandbox::start(&["desk", "--records", "tickets=150"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    (sandbox, zohoctl)
}

#[test]
fn a_table_shows_ids_whole_and_says_what_it_does_not_show() {
    let (_sandbox, zohoctl) = tickets();
    let ran = zohoctl.ok(&["invoke", "desk", "tickets.list", "--all", "--output", "table"]);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 151, "{ran}");
    assert!(lines[0].starts_with("id ") && lines.iter().all(|line| line.chars().count() <= 120), "{ran}");
    let ids: Vec<String> = zohoctl
        .lines(&["invoke", "desk", "tickets.list", "--all"])
        .iter()
        .map(|ticket| ticket["id"].as_str().unwrap().to_owned())
        .collect();
    for (line, id) in lines[1..].iter().zip(&ids) {
        assert_eq!(line.split(' ').next(), Some(id.as_str()));
    }
    assert!(
        ran.stderr.starts_with("not shown: ") && ran.stderr.ends_with("--fields a,b.c chooses the columns\n"),
        "{ran}"
    );
    assert!(!ran.stdout.contains('\u{1b}'), "{ran}");
}

#[test]
fn csv_has_a_header_and_a_row_for_each_record() {
    let (_sandbox, zohoctl) = tickets();
    let ran = zohoctl.ok(&[
        "invoke",
        "desk",
        "tickets.list",
        "--all",
        "--output",
        "csv",
        "--fields",
        "ticketNumber,layoutDetails,id",
    ]);
    let lines: Vec<&str> = ran.stdout.split_terminator("\r\n").collect();
    assert_eq!((lines.len(), lines[0]), (151, "ticketNumber,layoutDetails,id"));
    assert!(
        lines[150].contains(r#","{""id"":"#) && lines[150].ends_with(|c: char| c.is_ascii_digit()),
        "{}",
        lines[150]
    );
    assert_eq!(ran.stderr, "");
    let nested = zohoctl.ok(&["invoke", "desk", "tickets.list", "--output", "csv"]);
    let header = nested.stdout.lines().next().unwrap();
    assert!(header.contains(",id,") && !header.contains("layoutDetails"), "{header}");
    assert!(nested.stderr.contains("not shown: ") && nested.stderr.contains("layoutDetails"), "{nested}");
}

#[test]
fn chosen_members_keep_their_order_and_change_no_request() {
    let (sandbox, zohoctl) = tickets();
    let ran = zohoctl.ok(&["invoke", "desk", "tickets.list", "--limit", "2", "--fields", "status,layoutDetails.id,id"]);
    for line in ran.stdout.lines() {
        assert!(
            line.starts_with(r#"{"status":"#)
                && line.contains(r#","layoutDetails.id":""#)
                && line.contains(r#","id":""#),
            "{line}"
        );
    }
    assert_eq!(sandbox.queries_of("/api/v1/tickets"), ["from=0&limit=2"]);
    let ran =
        zohoctl.ok(&["invoke", "desk", "tickets.list", "--limit", "2", "--fields", "id,subjct", "--output", "json"]);
    assert!(ran.stderr.starts_with("warning: no record has a member `subjct`; did you mean `subject`?\n"), "{ran}");
    let quiet = zohoctl.ok(&["invoke", "desk", "tickets.list", "--limit", "2", "--fields", "subjct", "--quiet"]);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("{}\n{}\n", ""));
}

#[test]
fn what_the_command_itself_lists_has_all_forms_too() {
    let zohoctl = Zohoctl::new();
    assert_snapshot!(zohoctl.ok(&["apis", "list", "crm", "--fields", "name,method,destructive", "--output", "csv"]).stdout.lines().take(3).collect::<Vec<_>>().join("\n"), @"
    name,method,destructive
    attachments.list,GET,false
    attachments.upload,POST,false
    ");
    let one = zohoctl.ok(&["connectors", "show", "crm", "--fields", "title,bases.bulk"]);
    assert_eq!(one.stdout, "{\"title\":\"Zoho CRM\",\"bases.bulk\":\"https://{api}/crm/bulk/v8\"}\n");
    let table = zohoctl.ok(&["connectors", "list", "--output", "table"]);
    assert_eq!(table.stdout, zohoctl.ok(&["connectors", "list"]).stdout);
    let ran = zohoctl.run(&[
        "invoke",
        "desk",
        "tickets.attachments.download",
        "ticketId=1",
        "attachmentId=2",
        "--fields",
        "id",
        "--sandbox",
    ]);
    assert_snapshot!(ran, @"
    status: 2
    --- stdout
    --- stderr
    error: --fields is for records, and tickets.attachments.download gives a file
    ");
}

#[test]
fn every_shell_gets_completions() {
    let zohoctl = Zohoctl::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = zohoctl.ok(&["completions", shell]).stdout;
        assert!(script.contains("connectors") && script.contains("data-center"), "{shell}");
    }
    assert_eq!(zohoctl.run(&["completions", "tcsh"]).status, 2);
}

/// Where the shell is there, it is asked what it would complete.
#[cfg(unix)]
#[test]
fn bash_completes_services_apis_and_options() {
    use std::path::Path;
    let zohoctl = Zohoctl::new();
    zohoctl.write("completions.bash", zohoctl.ok(&["completions", "bash"]).stdout);
    let folder = Path::new(env!("CARGO_BIN_EXE_zohoctl")).parent().unwrap();
    let complete = |words: &str| {
        let script = format!(
            "PATH={}:$PATH; source completions.bash; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             _zohoctl_or_names zohoctl \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD - 1]}}\"; \
             printf '%s ' \"${{COMPREPLY[@]}}\"",
            folder.display()
        );
        let output = std::process::Command::new("bash")
            .args(["--norc", "-c", &script])
            .env("HOME", zohoctl.home())
            .current_dir(zohoctl.home())
            .output();
        output.ok().map(|output| String::from_utf8(output.stdout).unwrap().trim().to_owned())
    };
    let Some(services) = complete("zohoctl invoke de") else { return };
    assert_eq!(services, "desk");
    assert_eq!(complete("zohoctl apis show crm coql").unwrap(), "coql.query");
    assert_eq!(complete("zohoctl invoke desk tickets.comments.l").unwrap(), "tickets.comments.list");
    assert_eq!(complete("zohoctl invoke desk --sandbox-r").unwrap(), "--sandbox-records");
    assert_eq!(complete("zohoctl connec").unwrap(), "connectors connect connections");
}

#[test]
fn the_page_of_a_service_says_what_a_caller_must_know() {
    let page = Zohoctl::new().ok(&["connectors", "show", "crm"]).stdout;
    // How wide the first column is depends on the service.
    let row = |head: &str, words: &str| {
        let fits =
            |line: &&str| line.trim_start().strip_prefix(head).is_some_and(|rest| rest.trim_start().starts_with(words));
        assert!(page.lines().any(|line| fits(&line)), "{head} {words} is not in:\n{page}");
    };
    row("Environments", "production, sandbox, developer");
    row("Limit", "heavy ");
    row("Paging", "page ");
    assert!(page.contains("\n  bulk_read\n    bulk_read.create "), "{page}");
}

#[test]
fn the_page_of_an_api_shows_its_own_types_and_names_the_others() {
    let zohoctl = Zohoctl::new();
    assert_snapshot!(zohoctl.ok(&["apis", "show", "crm", "bulk_read.create"]).stdout, @r#"
    bulk_read.create  Zoho CRM
    POST https://{api}/crm/bulk/v8/read

    One job holds a part of a large module, and the next one goes on behind it.

      Scopes   ZohoCRM.bulk.READ, ZohoCRM.modules.READ
      Returns  Job
      Job      starts a job: `bulk_read.get` tells how far it is, and `bulk_read.result` gives the
               result; for what is left another one is started, with body query.page_token from
               result.next_page_token
      Repeat   is never sent again where no answer came
      Docs     https://www.zoho.com/crm/developer/docs/api/v8/

      ARGUMENT   IN    NEEDED    TYPE
      query      body  required  { module!: { api_name!: string }, cvid: id, fields: [string],
                                 criteria: map, page: int, page_token: string }
      file_type  body            csv|ics

    Types
      Job
        id!: id, operation: string, state: ADDED|QUEUED|IN PROGRESS|COMPLETED|FAILURE|*,
        created_time: time, created_by: Lookup, file_type: csv|ics|*,
        result: { page: int, per_page: int, count: int, more_records: bool, next_page_token: string,
          download_url: string }
      Lookup is in them: --types shows all.

    Example
      zohoctl invoke crm bulk_read.create \
        'query={"module":{"api_name":"Leads"},"fields":["Last_Name","Email"]}'
      With --sandbox behind it, a local Zoho answers, and no account is needed.
    "#);
    let all = zohoctl.ok(&["apis", "show", "crm", "bulk_read.create", "--types"]).stdout;
    assert!(all.contains("  Lookup\n    id!: id, name: string\n") && !all.contains("--types"), "{all}");
    let trash = zohoctl.ok(&["apis", "show", "desk", "tickets.trash"]).stdout;
    assert!(
        trash.contains("/tickets/moveToTrash\nDestructive: what it deletes or overwrites may not come back.\n"),
        "{trash}"
    );
}
