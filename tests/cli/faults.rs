//! A sandbox in which much goes wrong, through the command.

use serde_json::{Value, json};

use crate::support::{RunningSandbox, Zohoctl};

/// Faults by chance, of some kinds, at some calls: a list comes whole all the same, and the same faults come again.
#[test]
fn a_list_comes_whole_through_faults_by_chance() {
    let words = ["desk", "--records", "tickets=600", "--fault-rate", "0.4", "--fault-seed", "7"];
    let kinds = ["--fault-kinds", "reset,cut,gateway,429=0,repeat,move"];
    let faults = || {
        let sandbox = RunningSandbox::start(&[&words[..], &kinds[..]].concat());
        let tickets =
            Zohoctl::calling(&sandbox).lines(&["invoke", "desk", "tickets.list", "--all", "--output", "jsonl"]);
        let mut ids: Vec<&Value> = tickets.iter().map(|ticket| &ticket["id"]).collect();
        ids.sort_by_key(|id| id.to_string());
        ids.dedup();
        assert_eq!((tickets.len(), ids.len()), (600, 600));
        let met = |request: &Value| (request["fault"].clone(), request["carried_out"] == true);
        sandbox.requests().iter().map(met).collect::<Vec<(Value, bool)>>()
    };
    let met = faults();
    let faulty: Vec<bool> = met.iter().filter(|(fault, _)| !fault.is_null()).map(|(_, done)| *done).collect();
    assert!(faulty.len() >= 3 && faulty.contains(&true) && faulty.contains(&false), "{met:?}");
    assert_eq!(met, faults());
}

#[test]
fn what_is_no_fault_is_said() {
    let zohoctl = Zohoctl::new();
    for (words, said) in [
        (&["sandbox", "--fault-rate", "20"][..], "it is a share from 0 to 1"),
        (&["sandbox", "--fault-rate", "0.2", "--fault-kinds", "reset,explode"][..], "`explode` is not a fault"),
        (&["sandbox", "--fault-kinds", "reset"][..], "--fault-rate"),
    ] {
        let ran = zohoctl.run(words);
        assert!(ran.status == 2 && ran.stderr.contains(said), "{ran}");
    }
}

/// The sandbox serves what a service may: the coding is the transport's matter, and the records are the same bytes.
#[test]
fn replies_in_a_coding_are_the_same_records() {
    let sandbox = RunningSandbox::start(&["desk", "--records", "tickets=300"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let words = ["invoke", "desk", "tickets.list", "--all", "--output", "jsonl"];
    let plain = zohoctl.ok(&words);
    sandbox.fault(&json!({ "fault": "coded", "times": 0, "match": { "path": "/api/v1/tickets" } }));
    let traced = zohoctl.ok(&[&words[..], &["--trace"]].concat());
    assert_eq!(plain.stdout, traced.stdout);
    let codings = traced.stderr.matches("content-encoding: zstd").count();
    // The headers are those that came, or those that the transport left; the records say that it was understood.
    let met = sandbox.requests().iter().filter(|request| request["fault"] == "coded").count();
    assert!(met >= 3 && (codings == 0 || codings == met), "{met} {codings}");
}
