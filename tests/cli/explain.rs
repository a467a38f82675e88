//! The request that would be sent, and where each part of it comes from.

use insta::assert_snapshot;

use crate::support::Zohoctl;

/// The lines of the connectors' files move with every change of a comment.
fn explained(words: &[&str]) -> String {
    let words: Vec<&str> = ["explain"].iter().chain(words).copied().collect();
    let ran = Zohoctl::new().ok(&words);
    assert!(ran.stderr.is_empty(), "{ran}");
    without_lines(&ran.stdout)
}

fn without_lines(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(".yaml:") {
        let (before, after) = rest.split_at(at + ".yaml:".len());
        out.push_str(before);
        out.push_str("[LINE]");
        rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
        // So does the column behind them.
        if rest.starts_with("  ") {
            out.push_str("  ");
            rest = rest.trim_start_matches(' ');
        }
    }
    out.push_str(rest);
    out
}

#[test]
fn a_search_with_its_defaults() {
    assert_snapshot!(explained(&["desk", "tickets.search", "subject=Blank*", "--data-center", "eu"]), @"
    GET https://desk.zoho.eu/api/v1/tickets/search?subject=Blank*&sortBy=modifiedTime&from=0&limit=50
    Authorization: Zoho-oauthtoken [hidden]
    orgId: ORGID
    Accept: application/json

    Where it comes from
      GET /tickets/search      connectors/desk/tickets.yaml:[LINE]  the API
      address                  connectors/desk/connector.yaml:[LINE]  https://desk.{zoho}/api/v1
      header orgId             connectors/desk/connector.yaml:[LINE]  a placeholder: chosen at sign-in, from organizations.list
      query sortBy             connectors/desk/tickets.yaml:[LINE]  modifiedTime unless given
      query from, query limit  connectors/desk/connector.yaml:[LINE]  paging style `search`

    Scopes   Desk.search.READ, Desk.tickets.READ
    Repeat   may be sent again where no answer came
    Pages    offset in query from, beginning at 0; up to 50 records, asked for in query limit; a page that is not full is the last; past 4999 records by windows of time
    Offered  every data centre but uk
    ");
}

#[test]
fn a_bulk_insert_with_a_body_made_of_words() {
    assert_snapshot!(explained(&["crm", "records.insert", "module=Leads", "data.0.Last_Name=Boyle", "data.0.Revenue:=5", "--data-center", "ca"]), @r#"
    POST https://www.zohoapis.ca/crm/v8/Leads
    Authorization: Zoho-oauthtoken [hidden]
    Accept: application/json
    Content-Type: application/json

    {
      "data": [
        {
          "Last_Name": "Boyle",
          "Revenue": 5
        }
      ]
    }

    Where it comes from
      POST /{module}  connectors/crm/records.yaml:[LINE]  the API
      address         connectors/crm/connector.yaml:[LINE]  https://{api}/crm/v8

    Scopes   ZohoCRM.modules.Leads.CREATE
    Repeat   is never sent again where no answer came
    Offered  every data centre
    "#);
}

#[test]
fn a_list_whose_page_is_inside_json() {
    assert_snapshot!(explained(&["sign", "requests.list", "sort_order=DESC"]), @"
    GET https://sign.zoho.com/api/v1/requests?data=%7B%22page_context%22:%7B%22sort_order%22:%22DESC%22,%22start_index%22:1,%22row_count%22:100%7D%7D
    Authorization: Zoho-oauthtoken [hidden]
    Accept: application/json

    Where it comes from
      GET /requests                                                           connectors/sign.yaml:[LINE]  the API
      address                                                                 connectors/sign.yaml:[LINE]  https://sign.{zoho}/api/v1
      query data.page_context.start_index, query data.page_context.row_count  connectors/sign.yaml:[LINE]  paging style `rows`

    Scopes   ZohoSign.documents.READ
    Repeat   may be sent again where no answer came
    Pages    offset in query data.page_context.start_index, beginning at 1; up to 100 records, asked for in query data.page_context.row_count; goes on while page_context.has_more_rows is true
    Offered  every data centre but cn
    ");
}

#[test]
fn a_form_with_a_file() {
    let zohoctl = Zohoctl::new();
    zohoctl.write("contract.pdf", "%PDF-1.4 …");
    let words = [
        "explain",
        "sign",
        "requests.create",
        "request_name=Lease",
        "file=@contract.pdf",
        "actions=[{\"action_type\":\"SIGN\",\"recipient_name\":\"Ann\",\"recipient_email\":\"ann@example.com\"}]",
    ];
    assert_snapshot!(without_lines(&zohoctl.ok(&words).stdout), @r#"
    POST https://sign.zoho.com/api/v1/requests
    Authorization: Zoho-oauthtoken [hidden]
    Accept: application/json
    Content-Type: multipart/form-data

    file: <file contract.pdf, 12 bytes>
    data: {"requests":{"request_name":"Lease","actions":[{"action_type":"SIGN","recipient_name":"Ann","recipient_email":"ann@example.com"}]}}

    Where it comes from
      POST /requests  connectors/sign.yaml:[LINE]  the API
      address         connectors/sign.yaml:[LINE]  https://sign.{zoho}/api/v1

    Scopes   ZohoSign.documents.CREATE
    Repeat   is never sent again where no answer came
    Offered  every data centre but cn
    "#);
}

#[test]
fn a_place_is_a_line_of_the_file() {
    let value = Zohoctl::new().json(&["explain", "desk", "tickets.search", "subject=x", "--output", "json"]);
    let part = |what: &str| value["from"].as_array().unwrap().iter().find(|part| part["what"] == what).unwrap().clone();
    let line = |part: &serde_json::Value| {
        let path = format!("{}/../../{}", env!("CARGO_MANIFEST_DIR"), part["file"].as_str().unwrap());
        let text = std::fs::read_to_string(path).unwrap();
        text.lines().nth(part["line"].as_u64().unwrap() as usize - 1).unwrap().trim().to_owned()
    };
    assert!(line(&part("query sortBy")).starts_with("sortBy: "));
    assert!(line(&part("address")).starts_with("base_url: "));
    assert!(line(&part("header orgId")).starts_with("orgId: "));
    assert!(line(&part("GET /tickets/search")).starts_with("tickets.search:"));
}

#[test]
fn a_users_own_connector_is_explained_by_its_own_file() {
    let zohoctl = Zohoctl::new();
    zohoctl.write(
        "mine/shelf.yaml",
        "connector: shelf\ntitle: Zoho Shelf\nbase_url: https://shelf.{zoho}/api\nscope_prefix: [Shelf]\n\
         responses: { records: data }\ntypes: { Book: { id!: id } }\n\
         apis:\n  books.list: { get: /books, scopes: [books.READ], query: { sort: =title }, returns: [Book] }\n",
    );
    assert_snapshot!(zohoctl.ok(&["explain", "shelf", "books.list", "--connectors", "mine"]), @"
    status: 0
    --- stdout
    GET https://shelf.zoho.com/api/books?sort=title
    Authorization: Zoho-oauthtoken [hidden]
    Accept: application/json

    Where it comes from
      GET /books  mine/shelf.yaml:8  the API
      address     mine/shelf.yaml:3  https://shelf.{zoho}/api
      query sort  mine/shelf.yaml:8  always title

    Scopes   Shelf.books.READ
    Repeat   may be sent again where no answer came
    Offered  every data centre
    --- stderr
    ");
}
