//! `explain --as`: programs as they are written. That they do what they should is for `programs`.

use insta::assert_snapshot;

use crate::support::Zohoctl;

// Programs as they are written, which are compiled with the tests.
#[rustfmt::skip]
#[expect(dead_code, clippy::disallowed_methods, reason = "it is enough that they compile")]
#[path = "programs/create.rs"]
mod create;
#[rustfmt::skip]
#[expect(dead_code, clippy::disallowed_methods, reason = "it is enough that they compile")]
#[path = "programs/download.rs"]
mod download;
#[rustfmt::skip]
#[expect(dead_code, clippy::disallowed_methods, reason = "it is enough that they compile")]
#[path = "programs/list.rs"]
mod list;
#[rustfmt::skip]
#[expect(dead_code, clippy::disallowed_methods, reason = "it is enough that they compile")]
#[path = "programs/upload.rs"]
mod upload;

fn written(language: &str, words: &[&str]) -> String {
    let zohoctl = Zohoctl::new();
    zohoctl.write("contract.pdf", "%PDF");
    zohoctl.ok(&[&["explain"], words, &["--as", language]].concat()).stdout
}

const UPLOAD: [&str; 5] = ["sign", "requests.create", "request_name=Lease", "file=@contract.pdf", "notes=two\nlines"];

#[test]
fn a_command_of_curl() {
    assert_snapshot!(written("curl", &["desk", "tickets.search", "subject=it's*", "--data-center", "eu", "--set", "orgId=7"]), @r#"
    # Zoho Desk, tickets.search
    curl --silent --show-error --fail-with-body 'https://desk.zoho.eu/api/v1/tickets/search?subject=it%27s*&sortBy=modifiedTime&from=0&limit=50' \
      --header "Authorization: Zoho-oauthtoken ${ZOHO_ACCESS_TOKEN:?}" \
      --header 'orgId: 7' \
      --header 'Accept: application/json'
    "#);
    assert_snapshot!(written("curl", &UPLOAD), @r#"
    # Zoho Sign, requests.create
    curl --silent --show-error --fail-with-body 'https://sign.zoho.com/api/v1/requests' \
      --request POST \
      --header "Authorization: Zoho-oauthtoken ${ZOHO_ACCESS_TOKEN:?}" \
      --header 'Accept: application/json' \
      --form 'file=@"contract.pdf";filename="contract.pdf";type=application/pdf' \
      --form-string 'data={"requests":{"request_name":"Lease","notes":"two\nlines"}}'
    "#);
    assert_snapshot!(written("curl", &["desk", "tickets.list", "--endpoint", "http://127.0.0.1:8080", "--set", "orgId=7"]), @r#"
    # Zoho Desk, tickets.list
    curl --silent --show-error --fail-with-body 'http://127.0.0.1:8080/api/v1/tickets?from=0&limit=100' \
      --header 'Host: desk.zoho.com' \
      --header "Authorization: Zoho-oauthtoken ${ZOHO_ACCESS_TOKEN:?}" \
      --header 'orgId: 7' \
      --header 'Accept: application/json'
    "#);
}

#[test]
fn a_program_of_python() {
    assert_snapshot!(written("python", &UPLOAD), @r#"
    # Zoho Sign, requests.create: prints the reply.
    import os
    import sys
    import urllib.error
    import urllib.request
    import uuid


    class NoRedirect(urllib.request.HTTPRedirectHandler):
        """A redirect could lead a token astray."""

        def redirect_request(self, *_):
            return None


    parts = [
        ('name="file"; filename="contract.pdf"', "application/pdf", open("contract.pdf", "rb").read()),
        ('name="data"', None, '{"requests":{"request_name":"Lease","notes":"two\\nlines"}}'.encode()),
    ]
    boundary = uuid.uuid4().hex
    body = b""
    for disposition, media_type, content in parts:
        body += f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n".encode()
        if media_type:
            body += f"Content-Type: {media_type}\r\n".encode()
        body += b"\r\n" + content + b"\r\n"
    body += f"--{boundary}--\r\n".encode()

    request = urllib.request.Request(
        "https://sign.zoho.com/api/v1/requests",
        method="POST",
        headers={
            "Authorization": "Zoho-oauthtoken " + os.environ["ZOHO_ACCESS_TOKEN"],
            "Accept": "application/json",
            "Content-Type": "multipart/form-data; boundary=" + boundary,
        },
        data=body,
    )
    try:
        with urllib.request.build_opener(NoRedirect).open(request) as reply:
            sys.stdout.buffer.write(reply.read())
    except urllib.error.HTTPError as error:
        sys.stdout.buffer.write(error.read())
        sys.exit(f"HTTP {error.code}")
    "#);
}

#[test]
fn deluge_calls_by_a_connection_of_its_own() {
    assert_snapshot!(written("deluge", &["desk", "tickets.list", "status=Open", "--endpoint", "http://127.0.0.1:8080", "--set", "orgId=7"]), @r#"
    // Zoho Desk, tickets.list
    // The connection "desk" has the scopes Desk.tickets.READ.
    headers = Map();
    headers.put("orgId", "7");
    headers.put("Accept", "application/json");
    response = invokeurl
    [
    	url: "https://desk.zoho.com/api/v1/tickets?status=Open&from=0&limit=100"
    	type: GET
    	headers: headers
    	connection: "desk"
    ];
    info response;
    "#);
    assert_snapshot!(written("deluge", &["crm", "records.insert", "module=Leads", "data.0.Last_Name=O'Boyle \"x\""]), @r#"
    // Zoho CRM, records.insert
    // The connection "crm" has the scopes ZohoCRM.modules.Leads.CREATE.
    headers = Map();
    headers.put("Accept", "application/json");
    headers.put("Content-Type", "application/json");
    response = invokeurl
    [
    	url: "https://www.zohoapis.com/crm/v8/Leads"
    	type: POST
    	headers: headers
    	parameters: "{\"data\":[{\"Last_Name\":\"O'Boyle \\\"x\\\"\"}]}"
    	connection: "crm"
    ];
    info response;
    "#);
    assert_snapshot!(written("deluge", &UPLOAD), @r#"
    // Zoho Sign, requests.create
    // The connection "sign" has the scopes ZohoSign.documents.CREATE.
    parts = List();
    // file1 is a file that the function has: contract.pdf (application/pdf).
    file1.setParamName("file");
    parts.add(file1);
    parts.add({"paramName": "data", "content": "{\"requests\":{\"request_name\":\"Lease\",\"notes\":\"two\\nlines\"}}", "stringPart": "true"});
    headers = Map();
    headers.put("Accept", "application/json");
    response = invokeurl
    [
    	url: "https://sign.zoho.com/api/v1/requests"
    	type: POST
    	headers: headers
    	files: parts
    	connection: "sign"
    ];
    info response;
    "#);
    assert_snapshot!(written("deluge", &["people", "records.create", "formLinkName=employee", "body={\"FirstName\":\"Ann\"}"]), @r#"
    // Zoho People, records.create
    // The connection "people" has the scopes ZOHOPEOPLE.forms.CREATE.
    form = Map();
    form.put("inputData", "{\"FirstName\":\"Ann\"}");
    headers = Map();
    headers.put("Accept", "application/json");
    response = invokeurl
    [
    	url: "https://people.zoho.com/people/api/forms/json/employee/insertRecord"
    	type: POST
    	headers: headers
    	parameters: form
    	connection: "people"
    ];
    info response;
    "#);
}

/// What is written in Rust is what was compiled with this test.
#[test]
fn programs_of_rust_compile() {
    let endpoint = ["--endpoint", "http://127.0.0.1:8080", "--set", "orgId=7", "--data-center", "eu"];
    let words = |words: &[&'static str]| [words, &endpoint].concat();
    for (name, text, words) in [
        (
            "list",
            include_str!("programs/list.rs"),
            words(&["desk", "tickets.list", "status=Open", "include=contacts", "--page-size", "10"]),
        ),
        (
            "create",
            include_str!("programs/create.rs"),
            words(&[
                "desk",
                "tickets.create",
                "subject=it's \"out\"\n",
                "departmentId=1",
                "contactId=2",
                "cf={\"cf_n\":1.5,\"cf_list\":[true,null,\"\\u0007\"]}",
            ]),
        ),
        (
            "upload",
            include_str!("programs/upload.rs"),
            words(&["desk", "tickets.attachments.upload", "ticketId=1", "file=@contract.pdf"]),
        ),
        (
            "download",
            include_str!("programs/download.rs"),
            words(&["desk", "tickets.attachments.download", "ticketId=1", "attachmentId=2"]),
        ),
    ] {
        let program = written("rust", &words);
        assert!(program == text, "tests/cli/programs/{name}.rs is to be:\n{program}");
    }
}

#[test]
fn what_cannot_be_written_is_said() {
    let zohoctl = Zohoctl::new();
    assert_snapshot!(zohoctl.run(&["explain", "desk", "tickets.list", "--as", "curl", "--output", "json"]), @"
    status: 2
    --- stdout
    --- stderr
    error: --as writes a program, and --output, --fields and --jq are for data
    ");
    assert_snapshot!(zohoctl.run(&["explain", "desk", "tickets.get", "ticketId=1", "--as", "curl"]), @r#"
    status: 0
    --- stdout
    # Zoho Desk, tickets.get
    curl --silent --show-error --fail-with-body 'https://desk.zoho.com/api/v1/tickets/1' \
      --header "Authorization: Zoho-oauthtoken ${ZOHO_ACCESS_TOKEN:?}" \
      --header 'orgId: ORGID' \
      --header 'Accept: application/json'
    --- stderr
    warning: ORGID is a placeholder for orgId: --set orgId=VALUE gives it, or --connection NAME
    "#);
    assert_snapshot!(zohoctl.run(&["explain", "sign", "requests.create", "request_name=a", "--as", "perl"]), @"
    status: 2
    --- stdout
    --- stderr
    error: invalid value 'perl' for '--as <LANGUAGE>'
      [possible values: curl, rust, python, deluge]

    For more information, try '--help'.
    ");
}
