//! Faults as workflow commands of GitHub: in an action, each becomes an annotation of the line that it is about.

use serde_json::Value;

/// A line for each fault: `::error file=…,line=…,col=…,endLine=…,title=code::message`, its help on lines of its own.
pub(super) fn annotations(faults: &[Value]) -> String {
    faults.iter().map(|fault| format!("{}\n", annotation(fault))).collect()
}

fn annotation(fault: &Value) -> String {
    let text = |name: &str| fault[name].as_str().unwrap_or_default();
    let help = fault["help"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let message: Vec<String> =
        [text("message").to_owned()].into_iter().chain(help.map(|help| format!("help: {help}"))).collect();
    format!(
        "::{} file={},line={},col={},endLine={},title={}::{}",
        text("severity"),
        property(text("file")),
        fault["line"],
        fault["column"],
        fault["endLine"],
        property(text("code")),
        data(&message.join("\n")),
    )
}

/// The text of a command, as GitHub reads it back.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a command: what ends one is written in another way, too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::annotations;

    #[test]
    fn what_ends_a_command_or_a_property_is_written_in_another_way() {
        let fault = json!({
            "severity": "warning", "code": "cut-text", "message": "100 % of\r\n`a: b, c`", "help": ["write: it"],
            "file": "my,files/c:d.yaml", "line": 3, "column": 7, "endLine": 4,
        });
        assert_eq!(
            annotations(&[fault]),
            "::warning file=my%2Cfiles/c%3Ad.yaml,line=3,col=7,endLine=4,title=cut-text::\
             100 %25 of%0D%0A`a: b, c`%0Ahelp: write: it\n"
        );
    }
}
