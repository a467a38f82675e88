//! `explain --as`: programs in other languages make the call that `invoke` makes.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use zoho_connector::sample::{Sample, sample};
use zoho_connector::{Api, Connector, Returns, Type, Verb};

use crate::support::{RunningSandbox, Zohoctl, http};

/// How many calls are made at a time.
const AT_A_TIME: usize = 8;

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

    fn read_text(&self, name: &str) -> String {
        String::from_utf8_lossy(&self.read(name)).into_owned()
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

/// A GET of Desk, and the words of a call of it.
struct Get {
    api: String,
    words: Vec<String>,
    is_file: bool,
}

/// The words for the sample arguments of an API, with ids of records that the sandbox has. What an example says of a name
/// leads to a record as it is.
fn words_of(connector: &Connector, api: &Api, leads: &Value) -> Vec<String> {
    let argument = |(name, sample): (String, Sample)| {
        let Sample::Value(value) = sample else { panic!("{} takes a file", api.name) };
        let is_text = api.parameter(&name).is_some_and(|parameter| parameter.ty == Type::String);
        let is_told = is_text && api.example.as_ref().is_some_and(|example| example.contains_key(&name));
        let value = leads.get(&name).filter(|_| !is_told).cloned().unwrap_or(value);
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{name}={text}")
    };
    sample(connector, api).into_iter().map(argument).collect()
}

/// The arguments of Desk's APIs that lead to records which there are.
fn leads(world: &World) -> Value {
    let reply = http::get(&format!("{}/_sandbox/arguments/desk", world.sandbox.address));
    serde_json::from_str(&reply.body).unwrap()
}

/// Starts a job of each kind of Desk and looks at it until it is done: only callers make jobs. Of those that one API looks
/// at, one is enough.
fn start_jobs(world: &World, connector: &Connector) {
    let jobs = connector.apis.values().filter_map(|api| Some((api, api.job.as_ref()?)));
    let by_poll: BTreeMap<&str, _> = jobs.map(|(api, job)| (job.poll.as_str(), (api, job))).collect();
    for (api, job) in by_poll.into_values() {
        let words = words_of(connector, api, &leads(world)[&api.name]);
        let call = ["invoke", "desk", api.name.as_str(), "--detach", "--quiet"];
        world.zohoctl.ok(&call.into_iter().chain(words.iter().map(String::as_str)).collect::<Vec<_>>());
        let poll = &connector.apis[&job.poll];
        let words = words_of(connector, poll, &leads(world)[&poll.name]);
        let call = ["invoke", "desk", poll.name.as_str(), "--quiet"];
        let call: Vec<&str> = call.into_iter().chain(words.iter().map(String::as_str)).collect();
        // A job goes on whenever it is looked at, until it is done.
        let replies: Vec<Value> = (0..4).map(|_| world.zohoctl.json(&call)).collect();
        assert!(replies[0] != replies[3] && replies[2] == replies[3], "{} is never done", api.name);
    }
}

/// Every GET of Desk.
fn gets(world: &World) -> Vec<Get> {
    let connector = zoho_connector::Library::new(zoho_connectors::ALL).connector("desk").unwrap();
    start_jobs(world, &connector);
    let leads = leads(world);
    let gets = connector.apis.values().filter(|api| api.verb == Verb::Get);
    let get = |api: &Api| Get {
        api: api.name.clone(),
        words: words_of(&connector, api, &leads[&api.name]),
        is_file: api.returns == Returns::File,
    };
    gets.map(get).collect()
}

/// Makes a call with the curl that is printed for it and with `invoke`. Gives the status, or how the two replies differ.
fn status_of_both(world: &World, position: usize, get: &Get) -> Result<u16, String> {
    let Get { api, words, is_file } = get;
    let words = || ["desk", api].into_iter().chain(words.iter().map(String::as_str));
    let names = ["sh", "curl", "invoke"].map(|ending| format!("{position}.{ending}"));
    let program = world.program("curl", &words().collect::<Vec<_>>());
    let told = format!("{} --output {} --write-out '%{{http_code}}' || true\n", program.trim_end(), names[1]);
    world.zohoctl.write(&names[0], told);
    let status: u16 = world.run("sh", &[&names[0]]).trim().parse().unwrap();
    let options = ["invoke", "--quiet", "--output", "raw", "--out", &names[2]];
    let ran = world.zohoctl.run(&options.into_iter().chain(words()).collect::<Vec<_>>());
    let body = |name: &String| if world.zohoctl.home().join(name).exists() { world.read(name) } else { Vec::new() };
    let (curled, invoked) = (body(&names[1]), body(&names[2]));
    let parsed: Option<Value> = serde_json::from_slice(&curled).ok();
    let same = match status {
        200 => ran.status == 0 && curled == invoked && !curled.is_empty() && (*is_file || parsed.is_some()),
        204 => ran.status == 0 && curled.is_empty() && invoked.is_empty(),
        // Of an error the command tells what the service has said.
        _ => {
            let message = parsed.as_ref().and_then(|error| error["message"].as_str()).unwrap_or_default();
            ran.status != 0 && !message.is_empty() && ran.stderr.contains(message)
        }
    };
    let shown = || format!("{} {status}: {}\n{ran}", world.read_text(&names[0]), String::from_utf8_lossy(&curled));
    if same { Ok(status) } else { Err(shown()) }
}

#[test]
fn curl_gives_the_reply_that_invoke_gives_for_every_get_of_desk() {
    if !has("curl") {
        return;
    }
    let world = World::of(&["desk"]);
    let gets = gets(&world);
    let next = AtomicUsize::new(0);
    let some = || {
        let mut statuses = Vec::new();
        loop {
            let position = next.fetch_add(1, Ordering::Relaxed);
            let Some(get) = gets.get(position) else { return statuses };
            statuses.push((&get.api, status_of_both(&world, position, get)));
        }
    };
    let statuses: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_A_TIME).map(|_| scope.spawn(some)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let differ: Vec<&String> = statuses.iter().filter_map(|(_, status)| status.as_ref().err()).collect();
    assert!(differ.is_empty(), "{} differ: {differ:#?}", differ.len());
    assert_eq!(statuses.len(), gets.len());
    assert!(gets.len() > 300, "{}", gets.len());
    let failed: Vec<_> = statuses.iter().filter(|(_, status)| !matches!(status, Ok(200 | 204))).collect();
    let empty = statuses.iter().filter(|(_, status)| *status == Ok(204)).count();
    eprintln!("{} GETs compared, {empty} without a reply, {} errors: {failed:?}", gets.len(), failed.len());
    assert!(failed.len() * 10 <= gets.len(), "{} errors: {failed:#?}", failed.len());
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
    let gets: Vec<_> = gets(&world).into_iter().step_by(30).collect();
    assert!(gets.len() >= 10);
    let words = |get: &Get| -> Vec<String> {
        ["desk".to_owned(), get.api.clone()].into_iter().chain(get.words.iter().cloned()).collect()
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
