//! The one form of files: it means the same, it is reached in one step, and whatever the spacing or the order of words
//! was, it is the same one.

use zoho_connector::SourceFile;
use zoho_connector::edit::{Tree, format};
use zoho_connector::load::load;
use zoho_connector::source::{Document, Node, NodeKind};

use crate::mutations::changed;
use crate::print;
use crate::random::Random;
use crate::support::connectors;

/// All files of the project, and the one with every word.
fn all() -> Vec<SourceFile> {
    let everything = SourceFile::new("everything.yaml", include_str!("everything.yaml"));
    connectors().into_iter().flat_map(|connector| connector.files).chain([everything]).collect()
}

fn formatted(file: &SourceFile) -> String {
    format(&file.text).unwrap_or_else(|faults| panic!("{}: {faults:?}", file.path))
}

#[test]
fn every_connector_means_the_same_afterwards() {
    for connector in connectors() {
        let anew: Vec<SourceFile> =
            connector.files.iter().map(|file| SourceFile::new(file.path.clone(), formatted(file))).collect();
        let (before, after) = (load(&connector.files), load(&anew));
        assert_eq!(after.diagnostics.len(), before.diagnostics.len(), "{}", connector.name);
        let text = |loaded: &zoho_connector::load::Loaded| print::connector(loaded.connector.as_ref().unwrap());
        assert_eq!(text(&after), text(&before), "{}", connector.name);
    }
}

#[test]
fn a_file_in_the_form_is_left_as_it_is() {
    for file in all() {
        let once = formatted(&file);
        assert_eq!(format(&once).unwrap(), once, "{}", file.path);
        assert!(once.lines().all(|line| !line.ends_with(' ')) && !once.contains("\n\n\n"), "{}", file.path);
    }
}

#[test]
fn every_file_of_the_project_has_the_form() {
    for file in all() {
        assert!(formatted(&file) == *file.text, "{} has not the form: `zohoctl fmt connectors`", file.path);
    }
}

#[test]
fn values_and_comments_are_all_there() {
    for file in all() {
        let once = formatted(&file);
        let value = |text: &str| serde_yaml::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&once), value(&file.text), "{}", file.path);
        let comments = |text: &str| {
            let (document, _) = Document::with_comments(text).unwrap();
            let mut comments: Vec<String> =
                document.comments().iter().map(|range| text[range.clone()].to_owned()).collect();
            comments.sort();
            comments
        };
        assert_eq!(comments(&once), comments(&file.text), "{}", file.path);
    }
}

#[test]
fn a_tree_that_is_not_changed_is_the_text_it_was_read_from() {
    let mut random = Random::new(5);
    for file in all() {
        assert_eq!(Tree::parse(&file.text).unwrap().text(), file.text, "{}", file.path);
        let respaced = respaced(&mut random, &file.text);
        assert_eq!(Tree::parse(&respaced).unwrap().text(), respaced, "{}", file.path);
    }
}

#[test]
fn spacing_makes_no_difference() {
    let mut random = Random::new(1);
    for file in all() {
        let once = formatted(&file);
        for _ in 0..5 {
            let respaced = respaced(&mut random, &once);
            let anew = format(&respaced).unwrap_or_else(|faults| panic!("{}: {faults:?}\n{respaced}", file.path));
            assert_eq!(anew, once, "{}", file.path);
        }
    }
}

/// The text with other indents, other gaps between values, and blank lines where there are some.
fn respaced(random: &mut Random, text: &str) -> String {
    let (document, _) = Document::with_comments(text).unwrap();
    let mut starts = Vec::new();
    let mut kept = Vec::new();
    places(text, document.root(), &mut starts, &mut kept);
    starts.extend(document.comments().iter().map(|comment| comment.start));
    starts.sort_unstable();
    let factor = 1 + random.below(3);
    let mut out = String::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let (from, to) = (at, at + line.len());
        at = to;
        if kept.iter().any(|range: &std::ops::Range<usize>| range.contains(&from) && range.start != from) {
            // Lines of a text: a deeper indent is none of theirs.
            let indent = line.len() - line.trim_start().len();
            out.push_str(&" ".repeat(indent * factor));
            out.push_str(line.trim_start());
            continue;
        }
        let content = line.trim_start_matches(' ');
        out.push_str(&" ".repeat((line.len() - content.len()) * factor));
        let mut last = from + line.len() - content.len();
        if content.starts_with("- ") {
            // What is in the entry begins in the column of what follows it.
            out.push_str(&format!("-{}", " ".repeat(2 * factor - 1)));
            last += 2;
        }
        let here: Vec<usize> = starts.iter().copied().filter(|start| (last + 1..to).contains(start)).collect();
        for start in here {
            out.push_str(&text[last..start]);
            let is_after_blank = text[..start].ends_with(' ');
            out.push_str(&" ".repeat(if is_after_blank { random.below(3) } else { 0 }));
            last = start;
        }
        let rest = text[last..to].trim_end_matches('\n');
        out.push_str(rest);
        let is_text_open = kept.iter().any(|range| range.contains(&to));
        out.push_str(if random.below(4) == 0 && !is_text_open { "  \n" } else { "\n" });
        if line == "\n" && random.below(2) == 0 {
            out.push('\n');
        }
    }
    out
}

/// Where values begin that have others before them, and the ranges of texts of several lines.
fn places(text: &str, node: &Node, starts: &mut Vec<usize>, kept: &mut Vec<std::ops::Range<usize>>) {
    starts.push(node.range.start);
    match &node.kind {
        NodeKind::Scalar { .. } => {
            if text[node.range.clone()].contains('\n') {
                let start = text[..node.range.start].trim_end().len();
                kept.push(start.min(node.range.start)..node.range.end);
            }
        }
        NodeKind::List(items) => items.iter().for_each(|item| places(text, item, starts, kept)),
        NodeKind::Map(entries) => {
            for (key, value) in entries {
                places(text, key, starts, kept);
                places(text, value, starts, kept);
            }
        }
    }
}

#[test]
fn the_order_of_words_makes_no_difference() {
    let mut random = Random::new(2);
    for file in all() {
        let once = formatted(&file);
        for _ in 0..3 {
            assert_eq!(format(&shuffled(&mut random, &once)).unwrap(), once, "{}", file.path);
        }
    }
}

/// The text with the words of each API in another order, their comments with them.
fn shuffled(random: &mut Random, text: &str) -> String {
    let Some((before, apis)) = text.split_once("\napis:\n") else { return text.to_owned() };
    let mut out = format!("{before}\napis:\n");
    let mut words: Vec<String> = Vec::new();
    let mut lead = String::new();
    for line in apis.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        match line.trim_start() {
            _ if indent > 4 => words.last_mut().unwrap().push_str(line),
            comment if indent == 4 && comment.starts_with('#') => lead.push_str(line),
            _ if indent == 4 => words.push(std::mem::take(&mut lead) + line),
            _ => {
                mix(random, &mut words, &mut out);
                out.push_str(line);
            }
        }
    }
    mix(random, &mut words, &mut out);
    out + &lead
}

fn mix(random: &mut Random, words: &mut Vec<String>, out: &mut String) {
    while !words.is_empty() {
        out.push_str(&words.remove(random.below(words.len())));
    }
}

#[test]
fn whatever_stands_in_a_file_nothing_of_it_is_lost() {
    let mut random = Random::new(3);
    let files = all();
    for _ in 0..400 {
        let file = random.one_of(&files);
        let text = changed(&mut random, &file.text);
        if let Ok(tree) = Tree::parse(&text) {
            assert_eq!(tree.text(), text);
        }
        if let Ok(anew) = format(&text) {
            assert_eq!(format(&anew).as_deref(), Ok(anew.as_str()), "{text}");
        }
    }
}

#[test]
fn every_comment_stays_with_what_it_belongs_to() {
    let text = "\
# About the file.

# About the APIs.
apis:
      # About the list.
      books.list:   # at its head
          scopes: [ books.READ ] #any
          # About the path,
          # in two lines.
          get:   /books    # at its end
          query:
              # About the shelf.
              shelf: string
              # The end of the query.
      # About the other.
      books.get: { scopes: [books.READ], get: '/books/{id}', # the path
        returns: Book }
";
    let expected = "\
# About the file.

# About the APIs.
apis:
  # About the list.
  books.list:  # at its head
    # About the path,
    # in two lines.
    get: /books  # at its end
    scopes: [books.READ]  # any
    query:
      # About the shelf.
      shelf: string
      # The end of the query.
  # About the other.
  books.get:
    get: '/books/{id}'  # the path
    scopes: [books.READ]
    returns: Book
";
    let expected = expected.replace("  # About the other.", "\n  # About the other.");
    assert_eq!(format(text).unwrap(), expected);
}

#[test]
fn a_comment_that_may_be_a_part_of_a_text_stays_as_it_is_for_check_to_show() {
    let text = "apis:\n  books.list:\n    get: /books\n    note: About #1 of all\n";
    assert_eq!(format(text).unwrap(), text);
}

#[test]
fn long_maps_keep_the_lines_that_somebody_chose() {
    let chosen = "types:\n  Book: {\n    id!: id, title: string,\n    pages: int, weight: int }\n";
    let member = "a_member_with_a_long_name: string";
    let too_long = format!("types:\n  Book: {{ {} }}\n", [member; 5].join(", ").replace("a_", "b_"));
    assert_eq!(format(chosen).unwrap(), "types:\n  Book: { id!: id, title: string, pages: int, weight: int }\n");
    assert!(Tree::parse(&too_long).is_err(), "a key that stands twice cannot be written anew");
    let members: Vec<String> = (0..7).map(|n| format!("member_with_a_long_name_{n}: string")).collect();
    let long = format!("types:\n  Book: {{ {} }}\n", members.join(", "));
    let filled = format(&long).unwrap();
    assert!(filled.lines().all(|line| line.len() <= 120) && filled.lines().count() == 5, "{filled}");
    let by_hand = filled.replace("_1: string, ", "_1: string,\n    ");
    assert_eq!(format(&by_hand).unwrap(), by_hand);
}
