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
      GET /tickets/search          connectors/desk/tickets.yaml:[LINE]  the API
      address                      connectors/desk/connector.yaml:[LINE]  https://desk.{zoho}/api/v1
      header orgId                 connectors/desk/connector.yaml:[LINE]  a placeholder: chosen at sign-in, from organizations.list
      query sortBy                 connectors/desk/tickets.yaml:[LINE]  modifiedTime unless given
      regions                      connectors/desk/connector.yaml:[LINE]  { not: [uk] }, from the service
      paginate.offset              connectors/desk/connector.yaml:[LINE]  from, from the style `search`
      paginate.first               connectors/desk/connector.yaml:[LINE]  0, from the style `search`
      paginate.limit               connectors/desk/connector.yaml:[LINE]  limit, from the style `search`
      paginate.max                 connectors/desk/connector.yaml:[LINE]  50, from the style `search`
      paginate.stop                connectors/desk/connector.yaml:[LINE]  short_page, from the style `search`
      paginate.ceiling             connectors/desk/connector.yaml:[LINE]  4999, from the style `search`
      paginate.beyond              connectors/desk/connector.yaml:[LINE]  incremental, from the style `search`
      paginate.cost                connectors/desk/connector.yaml:[LINE]  [3, 5 past 2000], from the style `search`
      records                      connectors/desk/connector.yaml:[LINE]  data, from the service
      empty                        connectors/desk/connector.yaml:[LINE]  [{ http: 204 }], from the service
      error.code                   connectors/desk/connector.yaml:[LINE]  errorCode, from the service
      error.message                connectors/desk/connector.yaml:[LINE]  message, from the service
      error.field                  connectors/desk/connector.yaml:[LINE]  errors.*.fieldName, from the service
      classify.unauthenticated     connectors/desk/connector.yaml:[LINE]  [{ http: 401, code: INVALID_OAUTH }], from the service
      classify.missing_scope       connectors/desk/connector.yaml:[LINE]  [{ http: 403, code: SCOPE_MISMATCH }], from the service
      classify.wrong_organization  connectors/desk/connector.yaml:[LINE]  [{ http: 403, code: OAUTH_ORG_MISMATCH }], from the service
      classify.not_in_edition      connectors/desk/connector.yaml:[LINE]  [{ http: 403, code: LICENSE_ACCESS_LIMITED }], from the service
      classify.forbidden           connectors/desk/connector.yaml:[LINE]  [{ http: 403, code: FORBIDDEN }, ONLY_LIVECHAT_USER, { http…, from the service
      classify.not_found           connectors/desk/connector.yaml:[LINE]  [{ http: 404, code: URL_NOT_FOUND }], from the service
      classify.too_large           connectors/desk/connector.yaml:[LINE]  [{ http: 413, code: RESOURCE_SIZE_EXCEEDED }], from the service
      classify.invalid             connectors/desk/connector.yaml:[LINE]  [{ http: 422, code: UNPROCESSABLE_ENTITY }, { http: 422, co…, from the service
      classify.busy                connectors/desk/connector.yaml:[LINE]  [{ http: 429, code: TOO_MANY_REQUESTS }], from the service
      classify.quota_spent         connectors/desk/connector.yaml:[LINE]  [{ http: 429, code: THRESHOLD_EXCEEDED }], from the service
      classify.unavailable         connectors/desk/connector.yaml:[LINE]  [{ http: 500, code: INTERNAL_SERVER_ERROR }], from the service
      rate_limits.default          connectors/desk/connector.yaml:[LINE]  { per: [org], concurrent: 5..25, window: 1d, unit: credits,…, from the service

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
      POST /{module}            connectors/crm/records.yaml:[LINE]  the API
      address                   connectors/crm/connector.yaml:[LINE]  https://{api}/crm/v8
      path module               connectors/crm/connector.yaml:[LINE]  string, from the defaults of the service
      records                   connectors/crm/connector.yaml:[LINE]  data, from the service
      success                   connectors/crm/connector.yaml:[LINE]  { status: { not: error } }, from the service
      empty                     connectors/crm/connector.yaml:[LINE]  [{ http: 204 }], from the service
      error.code                connectors/crm/connector.yaml:[LINE]  code, from the service
      error.message             connectors/crm/connector.yaml:[LINE]  message, from the service
      error.field               connectors/crm/connector.yaml:[LINE]  details.api_name, from the service
      outcomes.success          connectors/crm/connector.yaml:[LINE]  { code: SUCCESS, status: success }, from the service
      outcomes.record           connectors/crm/connector.yaml:[LINE]  details, from the service
      outcomes.code             connectors/crm/connector.yaml:[LINE]  code, from the service
      outcomes.message          connectors/crm/connector.yaml:[LINE]  message, from the service
      outcomes.field            connectors/crm/connector.yaml:[LINE]  details.api_name, from the service
      classify.unauthenticated  connectors/crm/connector.yaml:[LINE]  [{ http: 401, code: INVALID_TOKEN }, { code: [INVALID_TOKEN…, from the service
      classify.missing_scope    connectors/crm/connector.yaml:[LINE]  [{ http: 401, code: OAUTH_SCOPE_MISMATCH }], from the service
      classify.forbidden        connectors/crm/connector.yaml:[LINE]  [{ http: 403, code: NO_PERMISSION }, AUTHORIZATION_FAILED, …, from the service
      classify.not_in_edition   connectors/crm/connector.yaml:[LINE]  [{ http: 400, code: FEATURE_NOT_ENABLED }, FEATURE_NOT_AVAI…, from the service
      classify.not_found        connectors/crm/connector.yaml:[LINE]  [{ http: 404, code: RESOURCE_NOT_FOUND }, RESOURCE_NOT_FOUN…, from the service
      classify.conflict         connectors/crm/connector.yaml:[LINE]  [{ http: 400, code: DUPLICATE_DATA }, { http: 412, code: AL…, from the service
      classify.too_large        connectors/crm/connector.yaml:[LINE]  [{ http: 413, code: FILE_SIZE_MORE_THAN_ALLOWED_SIZE }, { c…, from the service
      classify.busy             connectors/crm/connector.yaml:[LINE]  [{ http: 429, code: TOO_MANY_REQUESTS }, TOO_MANY_REQUESTS,…, from the service
      classify.unavailable      connectors/crm/connector.yaml:[LINE]  [{ http: 500, code: INTERNAL_ERROR }, INTERNAL_SERVER_ERROR…, from the service
      classify.invalid          connectors/crm/connector.yaml:[LINE]  [{ http: 400, code: INVALID_DATA }, { code: [INVALID_DATA, …, from the service
      rate_limits.default       connectors/crm/connector.yaml:[LINE]  { per: [org], concurrent: 5..25, window: 1d, unit: credits,…, from the service
      rate_limits.heavy         connectors/crm/connector.yaml:[LINE]  { per: [org], concurrent: 10 }, from the service

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
      GET /requests             connectors/sign.yaml:[LINE]  the API
      address                   connectors/sign.yaml:[LINE]  https://sign.{zoho}/api/v1
      regions                   connectors/sign.yaml:[LINE]  { not: [cn] }, from the service
      body                      connectors/sign.yaml:[LINE]  3 members, from the type `Page`
      paginate.offset           connectors/sign.yaml:[LINE]  query data.page_context.start_index, from the style `rows`
      paginate.first            connectors/sign.yaml:[LINE]  1, from the style `rows`
      paginate.limit            connectors/sign.yaml:[LINE]  query data.page_context.row_count, from the style `rows`
      paginate.max              connectors/sign.yaml:[LINE]  100, from the style `rows`
      paginate.more             connectors/sign.yaml:[LINE]  page_context.has_more_rows, from the style `rows`
      records                   connectors/sign.yaml:[LINE]  requests, from the service
      success                   connectors/sign.yaml:[LINE]  { code: 0, status: success }, from the service
      error.code                connectors/sign.yaml:[LINE]  code, from the service
      error.message             connectors/sign.yaml:[LINE]  message, from the service
      classify.unauthenticated  connectors/sign.yaml:[LINE]  [{ http: 401, code: 9041 }, { http: 401, code: 9031 }], from the service
      classify.conflict         connectors/sign.yaml:[LINE]  [12008], from the service
      rate_limits.default       connectors/sign.yaml:[LINE]  { per: [org], window: 1m, max: 50 }, from the service

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
      POST /requests            connectors/sign.yaml:[LINE]  the API
      address                   connectors/sign.yaml:[LINE]  https://sign.{zoho}/api/v1
      regions                   connectors/sign.yaml:[LINE]  { not: [cn] }, from the service
      body                      connectors/sign.yaml:[LINE]  2 members, from the type `NewRequest`
      body                      connectors/sign.yaml:[LINE]  8 members, from the type `RequestFields`
      record                    connectors/sign.yaml:[LINE]  requests, from the service
      success                   connectors/sign.yaml:[LINE]  { code: 0, status: success }, from the service
      error.code                connectors/sign.yaml:[LINE]  code, from the service
      error.message             connectors/sign.yaml:[LINE]  message, from the service
      classify.unauthenticated  connectors/sign.yaml:[LINE]  [{ http: 401, code: 9041 }, { http: 401, code: 9031 }], from the service
      classify.conflict         connectors/sign.yaml:[LINE]  [12008], from the service
      rate_limits.default       connectors/sign.yaml:[LINE]  { per: [org], window: 1m, max: 50 }, from the service

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
      records     mine/shelf.yaml:5  data, from the service

    Scopes   Shelf.books.READ
    Repeat   may be sent again where no answer came
    Offered  every data centre
    --- stderr
    ");
}
