//! Dates in the format that an organisation chose.

use crate::support::Zohoctl;

const LEAVE: &[&str] =
    &["people", "leaves.list", "from_date=2026-01-05", "to_date=2026-01-31", "--set", "date_format=yyyy-MM-dd"];

const WRITE: &[&str] = &[
    "invoke",
    "people",
    "leaves.create",
    "employee_zoho_id=1",
    "leave_type_id=1",
    "from_date=2026-02-03",
    "to_date=2026-02-04",
    "unit=Days",
    "--sandbox",
];

#[test]
fn explain_spells_dates_as_the_organisation_does() {
    let zohoctl = Zohoctl::new();
    let (chosen, usual) = ([&["explain"], LEAVE].concat(), [&["explain"], &LEAVE[..4]].concat());
    let chosen = zohoctl.ok(&chosen).stdout;
    assert!(chosen.contains("from_date=2026-01-05&to_date=2026-01-31"), "{chosen}");
    assert!(chosen.contains("date_format is yyyy-MM-dd\n"), "{chosen}");
    let usual = zohoctl.ok(&usual).stdout;
    assert!(usual.contains("from_date=05-Jan-2026&to_date=31-Jan-2026"), "{usual}");
    assert!(usual.contains("date_format is dd-MMM-yyyy unless given\n"), "{usual}");
}

#[test]
fn a_format_that_is_none_is_named_and_nothing_is_sent() {
    let words = [&["invoke"], &LEAVE[..5], &["date_format=YYYY-MM-DD", "--sandbox"]].concat();
    let failed = Zohoctl::new().run(&words);
    assert_ne!(failed.status, 0);
    assert!(failed.stderr.contains("`date_format` is `YYYY-MM-DD`, which spells no date"), "{}", failed.stderr);
    assert!(failed.stderr.contains("the organisation's settings"), "{}", failed.stderr);
}

#[test]
fn a_write_is_accepted_in_the_format_of_the_organisation_alone() {
    let zohoctl = Zohoctl::new();
    // That of the sandbox has the usual one.
    zohoctl.ok(WRITE);
    zohoctl.ok(&[WRITE, &["--set", "date_format=dd-MMM-yyyy"]].concat());
    let refused = zohoctl.run(&[WRITE, &["--set", "date_format=yyyy-MM-dd"]].concat());
    assert_ne!(refused.status, 0, "{refused}");
    assert!(refused.stderr.contains("from_date"), "{refused}");
    // The words of `--org` are for an organisation, and never for a format.
    let words = [WRITE, &["--org", "7"]].concat();
    assert!(zohoctl.run(&words).stderr.contains("asks for no organisation"));
}

#[test]
fn the_pages_tell_of_the_format() {
    let zohoctl = Zohoctl::new();
    let show = zohoctl.ok(&["connectors", "show", "creator"]).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        show.contains("says how dates and times are spelled; dd-MMM-yyyy unless given by --set date_format"),
        "{show}"
    );
    let api = zohoctl.ok(&["apis", "show", "people", "leaves.create"]).stdout;
    assert!(api.contains("dates are sent as {date_format}"), "{api}");
}
