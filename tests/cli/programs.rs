//! `explain --as`: programs in other languages make the call that `invoke` makes.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use zoho_connector::{Api, Connector, Location, Returns, Verb};

use crate::support::{RunningSandbox, Zohoctl, http};

/// A sandbox of services, somebody who calls it, and an access token for it.
struct World {
    sandbox: RunningSandbox,
    zohoctl: Zohoctl,
    token: String,
    /// The key of a service that has keys.
    key: String,
}

impl World {
    fn of(services: &[&str]) -> Self {
        let sandbox = RunningSandbox::start(services);
        let said = |name: &str| sandbox.said(name).unwrap();
        let pair = |name: &str, value: String| (name.to_owned(), value);
        let form = [
            pair("grant_type", "refresh_token".to_owned()),
            pair("client_id", said("ZOHO_CLIENT_ID")),
            pair("client_secret", said("ZOHO_CLIENT_SECRET")),
            pair("refresh_token", said("ZOHO_REFRESH_TOKEN")),
        ];
        let port = sandbox.address.rsplit(':').next().unwrap();
        let reply = http::post_form(&format!("http://accounts.zoho.com.localhost:{port}/oauth/v2/token"), &form);
        let reply: Value = serde_json::from_str(&reply.body).unwrap();
        let token = reply["access_token"].as_str().unwrap().to_owned();
        let key = sandbox.said("ZOHO_API_KEY").unwrap_or_default();
        let zohoctl = Zohoctl::calling(&sandbox);
        let zohoctl = if key.is_empty() { zohoctl } else { zohoctl.with("ZOHO_API_KEY", &key) };
        Self { sandbox, zohoctl, token, key }
    }

    /// The program of a call.
    fn program(&self, language: &str, words: &[&str]) -> String {
        let program = self.zohoctl.ok(&[&["explain"], words, &["--as", language]].concat()).stdout;
        let holds = |secret: &str| !secret.is_empty() && program.contains(secret);
        assert!(!holds(&self.token) && !holds(&self.key), "no program holds a secret");
        program
    }

    /// Runs a script with the token in the environment.
    fn run(&self, program: &str, arguments: &[&str]) -> String {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.zohoctl.home())
            .env_clear()
            .env("PATH", "/usr/bin:/bin:/usr/local/bin");
        let output = command.env("ZOHO_ACCESS_TOKEN", &self.token).env("ZOHO_API_KEY", &self.key).output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{program} {arguments:?}\n{out}{err}");
        out.into_owned()
    }

    fn read(&self, name: impl AsRef<Path>) -> Vec<u8> {
        std::fs::read(self.zohoctl.home().join(name)).unwrap()
    }

    /// What the sandbox was asked since it was last asked this, as far as it matters to a service.
    fn asked(&self) -> Vec<Value> {
        let all = self.sandbox.requests();
        http::delete(&format!("{}/_sandbox/requests", self.sandbox.address));
        let is_call = |request: &&Value| !request["target"].as_str().unwrap().starts_with("/oauth/");
        all.iter().filter(is_call).map(what_matters).collect()
    }
}

/// Whether a program is there.
fn has(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// A request as a service sees it: without what one HTTP client says and another does not, and with the same boundary.
fn what_matters(request: &Value) -> Value {
    let mut headers = request["headers"].clone();
    let mut body = request["body"].as_str().unwrap().to_owned();
    let media = headers["content-type"].as_str().unwrap_or_default().to_owned();
    if let Some((media, boundary)) = media.split_once("; boundary=") {
        body = body.replace(boundary, "BOUNDARY").replace("\r\n", "\n");
        headers["content-type"] = media.into();
    } else if media == "application/x-www-form-urlencoded" {
        body = body.replace("%2C", ",").replace("%3A", ":").replace("%2F", "/");
    }
    let kept = ["authorization", "orgid", "accept", "content-type"];
    let headers: BTreeMap<&str, &Value> = kept.iter().filter_map(|name| Some((*name, headers.get(name)?))).collect();
    json!({ "method": request["method"], "status": request["status"], "host": request["host"], "target": request["target"], "headers": headers, "body": body })
}

/// The words that an API is called with beside the ids in its path: those of its example.
fn words_of(api: &Api) -> Vec<String> {
    let is_path = |name: &str| api.parameter(name).is_some_and(|parameter| parameter.is_at(Location::Path));
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    // What the sandbox has of layouts is not of the example's module.
    if api.name == "layouts.list" {
        return vec!["module=Cases".to_owned()];
    }
    let example = api.example.iter().flatten().filter(|(name, _)| !is_path(name));
    example.map(|(name, value)| format!("{name}={}", text(value))).collect()
}

/// Finds ids for the paths of APIs: those that the list above gives.
struct Ids<'a> {
    world: &'a World,
    connector: &'a Connector,
    known: BTreeMap<String, String>,
}

impl Ids<'_> {
    /// The words for the parameters in the path of an API.
    fn words(&mut self, api: &Api) -> Vec<String> {
        let path = api.path.to_string();
        let mut words = words_of(api);
        // A file is asked for by an id in the query.
        if api.parameters.iter().any(|parameter| parameter.name == "exportId" && !parameter.is_at(Location::Path)) {
            words = vec![format!("exportId={}", self.first("/bulkExport"))];
        }
        let is_given = |words: &[String], name: &str| words.iter().any(|word| word.starts_with(&format!("{name}=")));
        if api.parameters.iter().any(|parameter| parameter.name == "departmentId" && parameter.required)
            && !is_given(&words, "departmentId")
            && api.name != "departments.get"
        {
            words.push(format!("departmentId={}", self.first("/departments")));
        }
        for parameter in api.parameters.iter().filter(|parameter| parameter.is_at(Location::Path)) {
            let place = format!("{{{}}}", parameter.name);
            let above = path[..path.find(&place).unwrap()].trim_end_matches('/').to_owned();
            words.push(format!("{}={}", parameter.name, self.first(&above)));
        }
        words
    }

    /// The id of the first record of the list at a path.
    fn first(&mut self, path: &str) -> String {
        if let Some(id) = self.known.get(path) {
            return id.clone();
        }
        let is_there = |api: &&Api| api.verb == Verb::Get && api.path.to_string() == path && api.is_list();
        let list = self.connector.apis.values().find(is_there).unwrap_or_else(|| panic!("no list at {path}"));
        let words = self.words(list);
        let mut all = vec!["invoke", "desk", list.name.as_str(), "--quiet", "--output", "jsonl"];
        all.extend(words.iter().map(String::as_str));
        let records = self.world.zohoctl.lines(&all);
        let id = records.first().unwrap_or_else(|| panic!("nothing at {path}"))["id"].as_str().unwrap().to_owned();
        self.known.insert(path.to_owned(), id.clone());
        id
    }
}

/// Every GET of Desk with its words.
/// The APIs whose arguments a test can find by itself: ids from lists that need none.
const GETS: &[&str] = &[
    "accounts.contacts.list",
    "accounts.get",
    "accounts.list",
    "accounts.search",
    "agents.get",
    "agents.list",
    "agents.me",
    "articles.get",
    "articles.list",
    "articles.search",
    "bulk_export.download",
    "bulk_export.get",
    "calls.get",
    "calls.list",
    "contacts.get",
    "contacts.history.list",
    "contacts.list",
    "contacts.search",
    "contacts.tickets.list",
    "departments.get",
    "departments.list",
    "events.get",
    "events.list",
    "fields.get",
    "fields.list",
    "layouts.get",
    "layouts.list",
    "organizations.get",
    "organizations.list",
    "products.get",
    "products.list",
    "products.search",
    "profiles.get",
    "profiles.list",
    "recycle_bin.list",
    "roles.get",
    "roles.list",
    "tags.list",
    "tags.search",
    "tasks.get",
    "tasks.list",
    "tasks.search",
    "teams.get",
    "teams.list",
    "teams.members.list",
    "tickets.archived",
    "tickets.attachments.download",
    "tickets.attachments.list",
    "tickets.comments.get",
    "tickets.comments.list",
    "tickets.conversations.list",
    "tickets.followers.list",
    "tickets.get",
    "tickets.history.list",
    "tickets.list",
    "tickets.metrics",
    "tickets.resolution.get",
    "tickets.search",
    "tickets.tags.list",
    "tickets.threads.get",
    "tickets.threads.list",
    "tickets.time_entries.get",
    "tickets.time_entries.list",
    "views.list",
    "webhooks.get",
    "webhooks.list",
];

fn gets(world: &World) -> Vec<(String, Vec<String>, bool)> {
    let connector = zoho_connector::Library::new(zoho_connectors::ALL).connector("desk").unwrap();
    let export = world.zohoctl.json(&["invoke", "desk", "bulk_export.create", "module=tickets", "--detach"]);
    let export = export["job"].as_str().unwrap();
    // A job goes on whenever it is looked at, until it is done.
    let is_done = |_: &u32| {
        let job = world.zohoctl.json(&["invoke", "desk", "bulk_export.get", &format!("exportId={export}")]);
        job["status"] == "COMPLETED"
    };
    assert!((0..20).any(|turn| is_done(&turn)), "the export is never done");
    let known = BTreeMap::from([("/bulkExport".to_owned(), export.to_owned())]);
    let mut ids = Ids { world, connector: &connector, known };
    let gets = connector.apis.values().filter(|api| api.verb == Verb::Get && GETS.contains(&api.name.as_str()));
    gets.map(|api| (api.name.clone(), ids.words(api), api.returns == Returns::File)).collect()
}

#[test]
fn curl_gives_the_reply_that_invoke_gives_for_gets_of_desk() {
    if !has("curl") {
        return;
    }
    let world = World::of(&["desk"]);
    let gets = gets(&world);
    let mut script = String::new();
    for (i, (api, words, _)) in gets.iter().enumerate() {
        let all: Vec<&str> = ["desk", api].into_iter().chain(words.iter().map(String::as_str)).collect();
        let program = world.program("curl", &all);
        script.push_str(&format!("{} --output {i}.body --write-out '%{{http_code}}\\n'\n", program.trim_end()));
    }
    world.zohoctl.write("all.sh", script);
    let statuses = world.run("sh", &["-e", "all.sh"]);
    let statuses: Vec<&str> = statuses.lines().collect();
    assert_eq!(statuses.len(), gets.len());
    assert!(gets.len() > 60, "{}", gets.len());
    for (i, (api, words, is_file)) in gets.iter().enumerate() {
        let mut all = vec!["invoke", "desk", api, "--quiet", "--output", "raw", "--out", "invoke.body"];
        all.extend(words.iter().map(String::as_str));
        world.zohoctl.ok(&all);
        let body = |name: &str| if world.zohoctl.home().join(name).exists() { world.read(name) } else { Vec::new() };
        assert!(body(&format!("{i}.body")) == body("invoke.body"), "{api} {words:?}");
        assert!(
            statuses[i] == "200" || (statuses[i] == "204" && body("invoke.body").is_empty()),
            "{api}: {}",
            statuses[i]
        );
        assert!(
            *is_file || statuses[i] == "204" || serde_json::from_slice::<Value>(&body("invoke.body")).is_ok(),
            "{api}"
        );
    }
}

/// Runs each program in a world of its own within one process, its output into a file.
const RUNNER: &str = "
import io, sys
for name in sys.argv[1:]:
    sys.stdout = io.TextIOWrapper(io.BytesIO())
    exec(compile(open(name).read(), name, 'exec'), {'__name__': '__main__'})
    open(name + '.body', 'wb').write(sys.stdout.buffer.getvalue())
";

/// Runs all these programs of Python.
fn run_python(world: &World, programs: &[String]) {
    world.zohoctl.write("runner.py", RUNNER);
    let names: Vec<String> = (0..programs.len()).map(|i| format!("{i}.py")).collect();
    names.iter().zip(programs).for_each(|(name, program)| {
        world.zohoctl.write(name, program);
    });
    let arguments: Vec<&str> = std::iter::once("runner.py").chain(names.iter().map(String::as_str)).collect();
    world.run("python3", &arguments);
}

#[test]
fn python_gives_the_reply_that_invoke_gives() {
    if !has("python3") {
        return;
    }
    let world = World::of(&["desk"]);
    let gets: Vec<_> = gets(&world).into_iter().step_by(6).collect();
    assert!(gets.len() >= 10);
    let words = |(api, words, _): &(String, Vec<String>, bool)| -> Vec<String> {
        ["desk".to_owned(), api.clone()].into_iter().chain(words.iter().cloned()).collect()
    };
    let program = |get: &_| world.program("python", &words(get).iter().map(String::as_str).collect::<Vec<_>>());
    run_python(&world, &gets.iter().map(program).collect::<Vec<_>>());
    for (i, get) in gets.iter().enumerate() {
        let words = words(get);
        let mut all = vec!["invoke", "--quiet", "--output", "raw", "--out", "invoke.body"];
        all.extend(words.iter().map(String::as_str));
        world.zohoctl.ok(&all);
        assert!(world.read(format!("{i}.py.body")) == world.read("invoke.body"), "{words:?}");
    }
}

/// Calls of services with each kind of body: JSON, a form, a form with a file, a file.
const BODIES: &[(&str, &[&[&str]])] = &[
    (
        "desk",
        &[
            &["tickets.create", "subject=No ink: it's \"out\" $HOME `date` \\n", "departmentId=1", "contactId=2"],
            &["tickets.attachments.upload", "ticketId=TICKET", "file=@odd name;\"x\".txt"],
        ],
    ),
    ("bookings", &[&["appointments.update", "booking_id=#1 & 2, 100%", "action=completed"]]),
    ("office-integrator", &[&["documents.get", "documentid=7"]]),
    (
        "zeptomail",
        &[&[
            "emails.send",
            "from.address=a@example.com",
            "to.0.email_address.address=b@example.com",
            "subject=x",
            "htmlbody=y",
        ]],
    ),
    ("people", &[&["records.create", "formLinkName=employee", "body={\"FirstName\":\"Ann & Bob, 100% +1\"}"]]),
    (
        "sign",
        &[&[
            "requests.create",
            "request_name=Übergabe",
            "file=@contract.pdf",
            "actions=[{\"action_type\":\"SIGN\",\"recipient_name\":\"Ann\",\"recipient_email\":\"ann@example.com\"}]",
        ]],
    ),
    (
        "workdrive",
        &[&["files.stream", "body=@contract.pdf", "x-filename=contract.pdf", "x-parent_id=1", "upload-id=7"]],
    ),
];

#[test]
fn every_kind_of_body_arrives_the_same() {
    for (service, calls) in BODIES {
        let world = World::of(&[service]);
        world.zohoctl.write("odd name;\"x\".txt", "text\n");
        world.zohoctl.write("contract.pdf", b"%PDF-1.4 \x01\x02 and text\n");
        let ticket = if *service == "desk" {
            world.zohoctl.lines(&["invoke", "desk", "tickets.list", "--limit", "1"])[0]["id"]
                .as_str()
                .unwrap()
                .to_owned()
        } else {
            String::new()
        };
        for call in *calls {
            let words: Vec<String> = std::iter::once(*service)
                .chain(call.iter().copied())
                .map(|word| word.replace("TICKET", &ticket))
                .collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            arrives_the_same(&world, &words);
        }
    }
}

fn arrives_the_same(world: &World, words: &[&str]) {
    world.asked();
    // Whether the service likes it is another matter.
    world.zohoctl.run(&[&["invoke", "--quiet"], words].concat());
    let invoked = world.asked();
    assert_eq!(invoked.len(), 1, "{words:?}");
    if has("curl") {
        world.zohoctl.write("call.sh", format!("{} || true", world.program("curl", words).trim_end()));
        world.asked();
        world.run("sh", &["call.sh"]);
        assert_same(&world.asked(), &invoked);
    }
    if has("python3") {
        let program = world.program("python", words);
        world.zohoctl.write(
            "call.py",
            format!("import contextlib\nwith contextlib.suppress(SystemExit):\n    exec({})\n", json!(program)),
        );
        world.asked();
        world.run("python3", &["call.py"]);
        assert_same(&world.asked(), &invoked);
    }
}

fn assert_same(asked: &[Value], invoked: &[Value]) {
    assert_eq!(asked.len(), invoked.len());
    for (asked, invoked) in asked.iter().zip(invoked) {
        // Which of a part's parameters are quoted how is each client's own.
        let plain = |request: &Value| request.to_string().replace("%22", "").replace("\\\\\\\"", "");
        assert_eq!(plain(asked), plain(invoked));
    }
}

/// Texts that are something to a shell, to Python, or to an editor.
fn odd_texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "'",
        "''",
        "\"",
        "\\",
        "\\'",
        "'\\''",
        "$(touch evil)",
        "`touch evil`",
        "${HOME}",
        "!history",
        "# comment",
        "-v",
        "@/etc/passwd",
        "a\nb",
        "a\r\nb\n",
        "\ttab",
        "%s%n",
        "*?[a]",
        "{a,b}",
        "~",
        ";|&&<>",
        "{{x}}",
        "f\"{x}\"",
        "'''\"\"\"",
        "\u{1}\u{7f}\u{1b}[31m",
        "héllo 漢字 🦀",
        "\u{202e}right to left",
        "\u{feff}mark",
        "\u{2028}line",
        "trailing \\",
        "x'; exit 1; '",
    ]
    .map(str::to_owned)
    .to_vec();
    // And some that nobody thought of, always the same ones.
    let mut seed = 0x2545_f491_u32;
    let alphabet: Vec<char> = "'\"\\$`!#@%*?[]{}()<>|&;~ \n\tabé🦀".chars().collect();
    for _ in 0..10 {
        let text = (0..40).map(|_| {
            seed ^= seed << 13;
            seed ^= seed >> 17;
            seed ^= seed << 5;
            alphabet[seed as usize % alphabet.len()]
        });
        texts.push(text.collect());
    }
    texts
}

#[test]
fn any_text_arrives_as_it_is() {
    let world = World::of(&["desk"]);
    let texts = odd_texts();
    world.zohoctl.write("texts.json", serde_json::to_string(&texts).unwrap());
    // One call carries all of them: in its body, in its query, and in its path.
    let body: Vec<Value> = texts.iter().map(|text| json!({ text: text })).collect();
    world.zohoctl.write(
        "body.json",
        json!({ "subject": "x", "departmentId": "1", "contactId": "2", "cf": { "all": body } }).to_string(),
    );
    let create = ["desk", "tickets.create", "--json", "@body.json"];
    let odd = texts.concat().replace(['\0'], "");
    let (query, path) = (format!("subject={odd}"), format!("ticketId={odd}"));
    let search = ["desk", "tickets.search", &query];
    let get = ["desk", "tickets.get", &path];
    for (language, file) in [("curl", "all.sh"), ("python", "all.py")] {
        if !has(if language == "curl" { "curl" } else { "python3" }) {
            continue;
        }
        let calls: Vec<String> =
            [&create[..], &search, &get].iter().map(|words| world.program(language, words)).collect();
        // Nobody has a ticket of that id: the program says so and ends with it.
        let script = if language == "curl" {
            format!("{}\n{}\n{}", calls[0], calls[1], calls[2].trim_end().to_owned() + " || true")
        } else {
            format!(
                "import contextlib\n{}\n{}\nwith contextlib.suppress(SystemExit):\n    exec({})\n",
                calls[0],
                calls[1],
                json!(calls[2])
            )
        };
        world.zohoctl.write(file, script);
        world.asked();
        let shell = if language == "curl" { "sh" } else { "python3" };
        world.run(shell, &[file]);
        let asked = world.asked();
        assert_eq!(asked.len(), 3, "{asked:#?}");
        let sent: Value = serde_json::from_str(asked[0]["body"].as_str().unwrap()).unwrap();
        assert_eq!(sent["cf"]["all"], json!(body), "{language}");
        for request in &asked[1..] {
            let target = decoded(request["target"].as_str().unwrap());
            assert!(target.contains(&odd), "{language}: {target}");
        }
    }
    assert!(!world.zohoctl.home().join("evil").exists());
}

/// A text without the escapes of a URL.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = (byte == b'%').then(|| after.get(..2)).flatten();
        let value = escaped.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(value.unwrap_or(byte));
        rest = if value.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).unwrap()
}
