//! Names of APIs, by one rule:
//!
//! 1. A path is read as steps: each literal segment is one, in small letters with `_` between its words, and a
//!    parameter behind it means one of them. A parameter with no literal before it (`/{module}`) is the step `records`.
//!    `settings` at the beginning and `actions` before an action are no steps.
//! 2. The first step is the group, and the steps are joined by dots: `tickets.comments`. On another base than the usual
//!    one, the base's name stands before the group: `/read` on `bulk` is `bulk_read`.
//! 3. A step is a collection where somewhere a parameter follows it, or a GET of it gives a list. Of a collection GET is
//!    `list`, POST `create`, PUT and PATCH are `update_many`, DELETE is `delete_many`; of one of it GET is `get`, PUT and
//!    PATCH are `update`, DELETE is `delete`.
//! 4. A last step that is no collection is an action where one verb goes there, and named by itself:
//!    `tickets.move_to_trash`, `tickets.search`, `tickets.metrics`. Where several go there it is one thing:
//!    `tickets.resolution.get`, `.update`, `.delete`.
//! 5. A form with a file is `upload`, a file that comes back `download`, and the step `content` is left out then.
//! 6. A last step does not repeat the one before: `teams/{id}/deleteTeam` is `teams.delete`. A path of one step that
//!    begins or ends with the name of another group belongs there: `closeTickets` is `tickets.close`.
//! 7. Variants of one operation are named by what tells them apart. Of two that would have one name the one with the
//!    shorter path keeps it; the other takes the value that it always sends, the words that were left out, its last
//!    parameter, its verb, or a number.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use zoho_connector::Verb;

use crate::definitions::words::{Spelling, singular_of, words};

/// First words that make an action of a step that PUT, PATCH or DELETE goes to.
const ACTIONS: [&str; 39] = [
    "activate",
    "add",
    "apply",
    "approve",
    "archive",
    "associate",
    "cancel",
    "change",
    "clear",
    "clone",
    "close",
    "convert",
    "deactivate",
    "delete",
    "disable",
    "discard",
    "dissociate",
    "empty",
    "enable",
    "get",
    "lock",
    "mark",
    "merge",
    "move",
    "publish",
    "reject",
    "remove",
    "reorder",
    "replace",
    "reset",
    "restore",
    "run",
    "save",
    "send",
    "set",
    "unassociate",
    "unlock",
    "unpublish",
    "update",
];

/// First words of steps that name themselves even where they give a list.
const SELF_NAMED: [&str; 3] = ["search", "count", "by"];

/// What an operation gives, as far as its name depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gives {
    /// A list of records.
    List,
    /// A file.
    File,
    /// Anything else.
    Other,
}

/// What a name is made of.
#[derive(Debug, Clone)]
pub(crate) struct Subject<'a> {
    /// The verb.
    pub(crate) verb: Verb,
    /// The path below its base.
    pub(crate) path: &'a str,
    /// The name of its base, where that says something.
    pub(crate) base: &'a str,
    /// What tells variants of one operation apart.
    pub(crate) variant: Option<&'a str>,
    /// What it gives.
    pub(crate) gives: Gives,
    /// Whether its form holds a file.
    pub(crate) uploads: bool,
    /// The value that it always sends, where there is one.
    pub(crate) constant: Option<&'a str>,
}

/// The name of an API, and what its record is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    /// The name.
    pub(crate) name: String,
    /// The words of its record's type.
    pub(crate) noun: Vec<String>,
    /// The words that stand before them where the type's name is taken.
    pub(crate) owner: Vec<String>,
    /// Whether they mean a thing that the path leads to, and not what an action gives.
    pub(crate) is_thing: bool,
    /// The name that it would have had, where another API has it.
    pub(crate) instead_of: Option<String>,
}

/// The names of all operations of a service, in their order. `given` are names that a person chose.
pub(crate) fn name_all(subjects: &[Subject<'_>], spelling: &Spelling, given: &BTreeMap<usize, String>) -> Vec<Named> {
    let paths = Paths::of(subjects, spelling);
    let mut named: Vec<Named> = subjects.iter().map(|subject| paths.name(subject)).collect();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for (at, name) in given {
        named[*at].name.clone_from(name);
        taken.insert(name.clone());
    }
    let mut order: Vec<usize> = (0..subjects.len()).filter(|at| !given.contains_key(at)).collect();
    order.sort_by_key(|at| (paths.moves(&subjects[*at]), subjects[*at].path.split('/').count(), *at));
    for at in order {
        let wanted = named[at].name.clone();
        if taken.insert(wanted.clone()) {
            continue;
        }
        let other = paths.other_names(&subjects[at], &wanted);
        let free = other.into_iter().chain((2..).map(|n| format!("{wanted}_{n}"))).find(|name| !taken.contains(name));
        let free = free.unwrap_or_else(|| wanted.clone());
        taken.insert(free.clone());
        named[at] = Named { name: free, instead_of: Some(wanted), ..named[at].clone() };
    }
    named
}

/// A step of a path.
#[derive(Debug, Clone)]
struct Step {
    words: Vec<String>,
    /// The path up to it, parameters blank.
    place: String,
    /// Whether a parameter follows, so that one of a collection is meant.
    one: bool,
    /// Whether it stands for a parameter.
    is_virtual: bool,
}

/// What is known of all paths together.
struct Paths<'a> {
    spelling: &'a Spelling,
    collections: BTreeSet<String>,
    verbs: HashMap<String, BTreeSet<Verb>>,
    groups: BTreeSet<Vec<String>>,
    variants: HashMap<(Verb, String), usize>,
}

impl<'a> Paths<'a> {
    fn of(subjects: &[Subject<'_>], spelling: &'a Spelling) -> Self {
        let mut paths = Self {
            spelling,
            collections: BTreeSet::new(),
            verbs: HashMap::new(),
            groups: BTreeSet::new(),
            variants: HashMap::new(),
        };
        for subject in subjects {
            let steps = paths.steps(subject.path, true);
            let Some(last) = steps.last() else { continue };
            *paths.variants.entry((subject.verb, subject.path.to_owned())).or_default() += 1;
            let key = if last.one { format!("{}/{{}}", last.place) } else { last.place.clone() };
            paths.verbs.entry(key).or_default().insert(subject.verb);
            if !last.one && subject.verb == Verb::Get && subject.gives == Gives::List && !is_self_named(&last.words) {
                paths.collections.insert(last.place.clone());
            }
            paths
                .collections
                .extend(steps.iter().filter(|step| step.one || step.is_virtual).map(|step| step.place.clone()));
        }
        for subject in subjects {
            let steps = paths.steps(subject.path, true);
            paths.groups.extend(steps.first().filter(|step| step.one).map(|step| step.words.clone()));
        }
        paths
    }

    /// The steps of a path; `short` leaves out those that say nothing.
    fn steps(&self, path: &str, short: bool) -> Vec<Step> {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let mut steps: Vec<Step> = Vec::new();
        let mut place = String::new();
        for (at, segment) in segments.iter().enumerate() {
            let is_last = at + 1 == segments.len();
            let Some(name) = segment.strip_prefix('{').map(|name| name.trim_end_matches('}')) else {
                place = format!("{place}/{segment}");
                let words = self.spelling.words(segment);
                let silent = (words == ["actions"] || (words == ["settings"] && steps.is_empty())) && !is_last;
                if !words.is_empty() && (!silent || !short) {
                    steps.push(Step { words, place: place.clone(), one: false, is_virtual: false });
                }
                continue;
            };
            place.push_str("/{}");
            match steps.last_mut().filter(|step| !step.one) {
                Some(step) => step.one = true,
                None => steps.push(Step {
                    words: virtual_words(name, steps.is_empty()),
                    place: place.clone(),
                    one: false,
                    is_virtual: true,
                }),
            }
        }
        if short
            && steps.len() > 1
            && steps[0].is_virtual
            && !steps[1].is_virtual
            && self.collections.contains(&steps[1].place)
        {
            steps.remove(0);
        }
        steps
    }

    fn name(&self, subject: &Subject<'_>) -> Named {
        let mut steps = self.steps(subject.path, true);
        let downloads = subject.gives == Gives::File;
        if downloads && steps.len() > 1 && steps.last().is_some_and(|last| last.words == ["content"]) {
            steps.pop();
        }
        self.move_to_group(&mut steps);
        shorten(&mut steps, &self.collections);
        let Some(last) = steps.last().cloned() else { return root(subject.verb) };
        let variants = self.variants.get(&(subject.verb, subject.path.to_owned())).copied().unwrap_or(1);
        let verb = match subject.variant {
            Some(variant) if variants > 1 => Some(variant_name(variant, &last.words)),
            _ => self.verb(subject, &last, steps.len() == 1, downloads),
        };
        let is_thing = last.one || self.collections.contains(&last.place) || steps.len() == 1;
        let owner = |upto: usize| upto.checked_sub(1).map(|at| singular_of(&steps[at].words)).unwrap_or_default();
        let lists_owner = subject.gives == Gives::List && is_self_named(&last.words);
        let (noun, owner) = match steps.len() {
            _ if is_thing => (singular_of(&last.words), owner(steps.len() - 1)),
            length if lists_owner => (owner(length - 1), owner(length - 2)),
            length => ([owner(length - 1), last.words.clone()].concat(), Vec::new()),
        };
        let is_thing = is_thing || lists_owner;
        // A step that is called as its verb says it already.
        let verb = verb.filter(|verb| steps.len() < 2 || part(&last.words) != *verb);
        let name = steps.iter().map(|step| part(&step.words)).chain(verb).collect::<Vec<_>>().join(".");
        let name = with_base(subject, name);
        Named { name, noun, owner, is_thing, instead_of: None }
    }

    /// The last part of a name, after the steps; none where the last step is it.
    fn verb(&self, subject: &Subject<'_>, last: &Step, alone: bool, downloads: bool) -> Option<String> {
        let key = if last.one { format!("{}/{{}}", last.place) } else { last.place.clone() };
        let verbs = self.verbs.get(&key).cloned().unwrap_or_default();
        let has = |verb| verbs.contains(&verb);
        let change = if subject.verb == Verb::Put && has(Verb::Patch) { "replace" } else { "update" };
        let changes = has(Verb::Put) || has(Verb::Patch);
        let word = match subject.verb {
            Verb::Get if downloads => "download",
            Verb::Post if subject.uploads => "upload",
            Verb::Get if last.one => "get",
            Verb::Post if last.one => {
                if changes {
                    "post"
                } else {
                    "update"
                }
            }
            Verb::Put | Verb::Patch if last.one => change,
            Verb::Delete if last.one => "delete",
            verb if self.collections.contains(&last.place) && !is_self_named(&last.words) => match verb {
                Verb::Get => "list",
                Verb::Post => "create",
                Verb::Delete => "delete_many",
                _ => {
                    if change == "replace" {
                        "replace_many"
                    } else {
                        "update_many"
                    }
                }
            },
            verb => {
                let acts = last.words.first().is_some_and(|word| ACTIONS.contains(&word.as_str()));
                let names_itself = verbs.len() == 1 && !alone && (matches!(verb, Verb::Get | Verb::Post) || acts);
                match verb {
                    _ if names_itself => return None,
                    Verb::Get => "get",
                    Verb::Post if has(Verb::Get) && !changes => "update",
                    Verb::Post => "create",
                    Verb::Delete => "delete",
                    _ => change,
                }
            }
        };
        Some(word.to_owned())
    }

    /// Whether a path belongs to another group than its first step says.
    fn moves(&self, subject: &Subject<'_>) -> bool {
        let mut steps = self.steps(subject.path, true);
        let before = steps.len();
        self.move_to_group(&mut steps);
        steps.len() != before
    }

    /// Moves a path of one step into the group that it begins or ends with.
    fn move_to_group(&self, steps: &mut Vec<Step>) {
        let [only] = steps.as_slice() else { return };
        if only.one || only.words.len() < 2 || self.groups.contains(&only.words) {
            return;
        }
        let own = only.words.clone();
        let (length, begins) = (1..own.len())
            .rev()
            .find_map(|length| {
                let begins = self.groups.contains(&own[..length]);
                let ends = self.groups.contains(&own[own.len() - length..]) && ACTIONS.contains(&own[0].as_str());
                (begins || ends).then_some((length, begins))
            })
            .unwrap_or((0, false));
        if length == 0 {
            return;
        }
        let (group, rest) = if begins {
            (&own[..length], &own[length..])
        } else {
            (&own[own.len() - length..], &own[..own.len() - length])
        };
        let step = |words: &[String]| Step { words: words.to_vec(), ..only.clone() };
        *steps = vec![Step { place: String::new(), ..step(group) }, step(rest)];
    }

    /// Names to try where the first is taken.
    fn other_names(&self, subject: &Subject<'_>, wanted: &str) -> Vec<String> {
        let full = self.steps(subject.path, false);
        let mut verb = wanted.rsplit('.').next().unwrap_or_default().to_owned();
        // One that was moved into another group goes back to its own.
        if let [only] = full.as_slice()
            && self.moves(subject)
        {
            verb = self.verb(subject, only, true, subject.gives == Gives::File).unwrap_or(verb);
        }
        let last = full.last().map(|step| part(&step.words)).unwrap_or_default();
        let mut parts: Vec<String> = full.iter().map(|step| part(&step.words)).collect();
        if last != verb {
            parts.push(verb);
        }
        let parameter = subject
            .path
            .rsplit('{')
            .next()
            .filter(|_| subject.path.contains('{'))
            .and_then(|rest| rest.split('}').next());
        let by = parameter.map(|name| format!("{wanted}_by_{}", part(&words(name))));
        let with_verb = format!("{wanted}_{}", subject.verb.key());
        let by_constant = subject.constant.map(|constant| {
            let collection = wanted.rsplit_once('.').map_or(wanted, |(collection, _)| collection);
            let before = full.last().map(|step| step.words.clone()).unwrap_or_default();
            format!("{collection}.{}", variant_name(constant, &before))
        });
        let full = Some(with_base(subject, parts.join("."))).filter(|name| name.contains('.'));
        [by_constant, full, by, Some(with_verb)].into_iter().flatten().collect()
    }
}

/// A name behind that of its base.
fn with_base(subject: &Subject<'_>, name: String) -> String {
    if subject.base.is_empty() { name } else { format!("{}_{name}", subject.base) }
}

/// The name of an operation that has no path.
fn root(verb: Verb) -> Named {
    Named {
        name: format!("service.{}", verb.key()),
        noun: vec!["service".to_owned()],
        owner: Vec::new(),
        is_thing: true,
        instead_of: None,
    }
}

/// The words of a step that stands for a parameter.
fn virtual_words(name: &str, first: bool) -> Vec<String> {
    let mut own = words(name);
    own.retain(|word| !matches!(word.as_str(), "id" | "api" | "name"));
    if first || own.is_empty() { vec!["records".to_owned()] } else { own }
}

fn is_self_named(words: &[String]) -> bool {
    words.first().is_some_and(|word| SELF_NAMED.contains(&word.as_str()))
}

/// Takes away from the last step what it repeats of the one before.
fn shorten(steps: &mut [Step], collections: &BTreeSet<String>) {
    let [.., before, last] = steps else { return };
    let one = singular_of(&before.words);
    for repeated in [&before.words, &one] {
        let length = repeated.len();
        if last.words.len() > length && last.words.starts_with(repeated) {
            last.words.drain(..length);
        } else if last.words.len() > length
            && last.words.ends_with(repeated)
            && !(last.one && collections.contains(&last.place))
        {
            last.words.truncate(last.words.len() - length);
        }
    }
}

/// What a variant is called: without the words of its collection.
fn variant_name(variant: &str, collection: &[String]) -> String {
    let own = words(variant);
    let one = singular_of(collection);
    let kept: Vec<String> =
        own.iter().filter(|word| !collection.contains(word) && !one.contains(word)).cloned().collect();
    part(if kept.is_empty() { &own } else { &kept })
}

/// Words as a part of a name.
fn part(words: &[String]) -> String {
    let text = words.join("_");
    match text.as_str() {
        "connector" => "connectors".to_owned(),
        _ if text.starts_with(|c: char| c.is_ascii_lowercase()) => text,
        _ => format!("x{text}"),
    }
}
