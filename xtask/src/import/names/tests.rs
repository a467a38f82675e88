//! The rule of names, as tables.

use super::*;

/// Names the operations of a table: what it gives, verb, path, name. All are named together.
fn assert_names(table: &[(&str, &str, &str)]) {
    let subject = |(given, operation, _): &(&'static str, &'static str, &str)| {
        let (verb, path) = operation.split_once(' ').unwrap();
        let (path, variant) = path.split_once('#').map_or((path, None), |(path, variant)| (path, Some(variant)));
        let verbs = [Verb::Get, Verb::Post, Verb::Put, Verb::Patch, Verb::Delete];
        let gives = match *given {
            "list" => Gives::List,
            "file" => Gives::File,
            _ => Gives::Other,
        };
        let verb = verbs.into_iter().find(|known| known.as_str() == verb).unwrap();
        let (variant, constant) = if *given == "constant" { (None, variant) } else { (variant, None) };
        Subject { verb, path, base: "", variant, gives, uploads: *given == "upload", constant }
    };
    let table: Vec<(&'static str, &'static str, &str)> =
        table.iter().map(|(a, b, c)| (&*String::leak((*a).to_owned()), &*String::leak((*b).to_owned()), *c)).collect();
    let subjects: Vec<Subject<'_>> = table.iter().map(subject).collect();
    let spelling = Spelling::of(["list_bank_accounts"].into_iter());
    let named = name_all(&subjects, &spelling, &BTreeMap::new());
    let wrong: Vec<_> = table
        .iter()
        .zip(&named)
        .filter(|(row, named)| row.2 != named.name)
        .map(|(row, named)| (row.1, &named.name))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_rule_as_a_table() {
    assert_names(&[
        ("list", "GET /tickets", "tickets.list"),
        ("", "POST /tickets", "tickets.create"),
        ("", "GET /tickets/{id}", "tickets.get"),
        ("", "PATCH /tickets/{id}", "tickets.update"),
        ("list", "GET /tickets/search", "tickets.search"),
        ("", "GET /tickets/count", "tickets.count"),
        ("", "POST /tickets/moveToTrash", "tickets.move_to_trash"),
        ("", "POST /closeTickets", "tickets.close"),
        ("", "GET /ticketsCount", "tickets_count.get"),
        ("list", "GET /tickets/archivedTickets", "tickets.archived.list"),
        ("", "GET /tickets/{id}/metrics", "tickets.metrics"),
        ("list", "GET /tickets/{id}/History", "tickets.history.list"),
        ("", "GET /tickets/{id}/resolution", "tickets.resolution.get"),
        ("", "PATCH /tickets/{id}/resolution", "tickets.resolution.update"),
        ("", "DELETE /tickets/{id}/resolution", "tickets.resolution.delete"),
        ("list", "GET /tickets/{id}/comments", "tickets.comments.list"),
        ("", "DELETE /tickets/{id}/comments/{commentId}", "tickets.comments.delete"),
        ("upload", "POST /tickets/{id}/attachments", "tickets.attachments.upload"),
        ("file", "GET /tickets/{id}/attachments/{a}/content", "tickets.attachments.download"),
        ("list", "GET /agentsByIds", "agents.by_ids"),
        ("file", "GET /agents/{id}/photo/download", "agents.photo.download"),
        ("", "GET /agents/{id}", "agents.get"),
        ("", "POST /teams/{id}/deleteTeam", "teams.delete"),
        ("", "PATCH /contacts/{id}/accounts/{accountId}/dissociate", "contacts.accounts.dissociate"),
        ("", "GET /myinfo", "myinfo.get"),
        ("", "DELETE /communityTopics", "community_topics.delete_many"),
        ("", "GET /communityTopics/{id}", "community_topics.get"),
        ("list", "GET /bankaccounts", "bank_accounts.list"),
        ("", "PUT /skills/order", "skills.order.update"),
        ("", "PUT /skills/reorder", "skills.reorder"),
    ]);
}

#[test]
fn records_of_any_module() {
    assert_names(&[
        ("list", "GET /{module}", "records.list"),
        ("", "PUT /{module}", "records.update_many"),
        ("", "PUT /{module}/{id}", "records.update"),
        ("list", "GET /{module}/search", "records.search"),
        ("", "POST /{module}/{id}/actions/convert", "records.convert"),
        ("list", "GET /{module}/{id}/Notes", "notes.list"),
        ("", "POST /{module}/{id}/Notes", "notes.create"),
        ("list", "GET /{module}/{id}/{related_list}", "records.related_list.list"),
        ("", "DELETE /{module}/{id}/{related_list}/{other_id}", "records.related_list.delete"),
        ("list", "GET /settings/fields", "fields.list"),
        ("", "GET /settings/fields/{id}", "fields.get"),
        ("", "PUT /settings/rules/{id}/actions/activate", "rules.activate"),
    ]);
}

#[test]
fn variants_are_named_by_what_tells_them_apart_and_the_shorter_path_keeps_its_name() {
    assert_names(&[
        ("", "PATCH /files/{id}#renameFile", "files.rename"),
        ("", "PATCH /files/{id}#trash", "files.trash"),
        ("", "GET /files/{id}#info", "files.get"),
        ("", "PUT /chats/{id}", "chats.update"),
        ("constant", "PUT /chats/{id}#close_chat", "chats.close"),
        ("list", "GET /settings/taxes", "settings.taxes.list"),
        ("list", "GET /taxes", "taxes.list"),
        ("", "GET /orders/{id}", "orders.get"),
        ("", "GET /settings/orders/{number}", "settings.orders.get"),
    ]);
}

#[test]
fn records_are_called_by_their_collection() {
    let subject = |path: &'static str, gives| Subject {
        verb: Verb::Get,
        path,
        base: "",
        variant: None,
        gives,
        uploads: false,
        constant: None,
    };
    let subjects = [
        subject("/tickets/{id}/comments/{c}", Gives::Other),
        subject("/tickets/search", Gives::List),
        subject("/tickets/{id}/metrics", Gives::Other),
        subject("/myinfo", Gives::Other),
    ];
    let named = name_all(&subjects, &Spelling::default(), &BTreeMap::new());
    let words: Vec<String> =
        named.iter().map(|named| format!("{}/{}", named.owner.join(" "), named.noun.join(" "))).collect();
    assert_eq!(words, ["ticket/comment", "/ticket", "/ticket metrics", "/myinfo"]);
}
