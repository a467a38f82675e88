//! Replies: conditions, error shapes and outcomes, the API's own over the service's.

use indexmap::IndexMap;

use super::Resolver;
use crate::condition::{Condition, Expected, Subject, Test};
use crate::definition::{
    ApiDefinition, ConditionExpr, Conditions, ErrorDefinition, MatchExpr, OneOrMany, OutcomesDefinition,
    RecordsDefinition, ResponsesDefinition, ScalarText,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::path::ReplyPath;
use crate::responses::{ErrorShape, FailureKind, Outcomes, RecordForm, ResponseRules};
use crate::source::Origin;

impl Resolver<'_> {
    /// The rules of one API: its own words, and for what it does not say the service's.
    pub(super) fn response_rules(&mut self, api: &ApiDefinition, own: &Origin) -> ResponseRules {
        let service: ResponsesDefinition = self.service.definition.responses.clone().unwrap_or_default();
        let shared = self.at(["responses"]);
        let mut classify = self.classify(api.classify.as_ref(), own);
        classify.extend(self.classify(service.classify.as_ref(), &shared));
        let (records, at) = pick(api.records.as_ref(), service.records.as_ref(), own, &shared);
        let (records, records_form) = self.records(records, &at.key("records"));
        let (record, at) = pick(api.record.as_ref(), service.record.as_ref(), own, &shared);
        let (mut one, record_form) = self.records(record, &at.key("record"));
        if one.len() > 1 {
            self.report(Diagnostic::error(Code::Incomplete, at.key("record"), "one record stands at one path"));
        }
        let record = (!one.is_empty()).then(|| one.swap_remove(0));
        let (success, at) = pick(api.success.as_ref(), service.success.as_ref(), own, &shared);
        let success = success.map(|conditions| self.conditions(conditions, &at.key("success")));
        let (empty, at) = pick(api.empty.as_ref(), service.empty.as_ref(), own, &shared);
        let empty = self.condition_list(empty.map_or(&[], Vec::as_slice), &at.key("empty"));
        let parts = |error: &Option<ErrorDefinition>| error.clone().unwrap_or_default();
        let error =
            self.error_shape(&parts(&api.error), &parts(&service.error), &own.key("error"), &shared.key("error"));
        ResponseRules {
            records,
            records_form,
            record,
            record_form,
            success,
            empty,
            error,
            outcomes: self.outcomes(api, &service, own, &shared),
            classify,
            refuses_unknown_parameters: service.unknown_parameters.is_some(),
        }
    }

    /// Where records are, and the form they come in.
    fn records(&mut self, words: Option<&RecordsDefinition>, origin: &Origin) -> (Vec<ReplyPath>, RecordForm) {
        let Some(RecordsDefinition(words)) = words else { return (Vec::new(), RecordForm::Plain) };
        let place = if words.at.0.len() > 1 { origin.clone() } else { origin.key("at") };
        let at = self.paths(Some(&words.at), &place);
        let columns = self.reply_path(words.columns.as_deref(), origin, "columns");
        let order = self.reply_path(words.order.as_deref(), origin, "order");
        let each = words.each.and_then(|each| usize::try_from(each).ok());
        let form =
            match (&words.lift, &words.keyed, columns) {
                (None, None, None) => RecordForm::Plain,
                (Some(member), None, None) => RecordForm::Lifted(member.clone()),
                (None, Some(key), None) => RecordForm::Keyed { key: key.clone(), each },
                (None, Some(key), Some(columns)) => RecordForm::Columns { columns, key: key.clone(), order },
                _ => {
                    let fault = Diagnostic::error(Code::Incomplete, origin.clone(), "records come in one form");
                    self.report(fault.help(
                        "`lift: attributes`, or `keyed: id` (with `each: 0`), or `columns: prop` with `keyed: id`",
                    ));
                    RecordForm::Plain
                }
            };
        (at, form)
    }

    fn classify(
        &mut self,
        entries: Option<&IndexMap<FailureKind, Vec<ConditionExpr>>>,
        origin: &Origin,
    ) -> Vec<(FailureKind, Condition)> {
        let place = origin.key("classify");
        let mut classify = Vec::new();
        for (kind, conditions) in entries.into_iter().flatten() {
            let conditions = self.condition_list(conditions, &place.key(kind.as_str()));
            classify.extend(conditions.into_iter().map(|condition| (*kind, condition)));
        }
        classify
    }

    /// The outcomes of an API that says where they are; what an entry is like may stand with the service.
    fn outcomes(
        &mut self,
        api: &ApiDefinition,
        service: &ResponsesDefinition,
        own: &Origin,
        shared: &Origin,
    ) -> Option<Outcomes> {
        let word = &api.outcomes.as_ref()?.0;
        let general = service.outcomes.clone().unwrap_or_default();
        self.outcomes_within(word, &general, &own.key("outcomes"), &shared.key("outcomes"))
    }

    /// The outcomes that the rows of a job's result tell.
    pub(super) fn outcomes_of_rows(&mut self, word: &OutcomesDefinition, at: &Origin) -> Option<Outcomes> {
        self.outcomes_within(word, &OutcomesDefinition::default(), at, at)
    }

    fn outcomes_within(
        &mut self,
        word: &OutcomesDefinition,
        general: &OutcomesDefinition,
        mine: &Origin,
        theirs: &Origin,
    ) -> Option<Outcomes> {
        let at = word.at.as_deref().or(general.at.as_deref()).unwrap_or(".");
        let at = ReplyPath::parse(at);
        let at = self.unreadable(&mine.key("at"), at);
        let (record, place) = pick(word.record.as_ref(), general.record.as_ref(), mine, theirs);
        let record = self.reply_path(record.map(String::as_str), place, "record");
        let (id, place) = pick(word.id.as_ref(), general.id.as_ref(), mine, theirs);
        let id = self.reply_path(id.map(String::as_str), place, "id");
        let parts = |word: &OutcomesDefinition| ErrorDefinition {
            code: word.code.clone(),
            message: word.message.clone(),
            field: word.field.clone(),
        };
        let error = self.error_shape(&parts(word), &parts(general), mine, theirs);
        let mut like = |own: &Option<Conditions>, shared: &Option<Conditions>, word: &str| {
            let (conditions, place) = pick(own.as_ref(), shared.as_ref(), mine, theirs);
            conditions.map_or_else(Vec::new, |conditions| self.conditions(conditions, &place.key(word)))
        };
        let success = like(&word.success, &general.success, "success");
        let created = like(&word.created, &general.created, "created");
        let updated = like(&word.updated, &general.updated, "updated");
        let unchanged = like(&word.unchanged, &general.unchanged, "unchanged");
        Some(Outcomes { at: at?, success, record, error, id, created, updated, unchanged })
    }

    /// The parts of an error's shape: each the API's own, or else the service's.
    fn error_shape(
        &mut self,
        own: &ErrorDefinition,
        shared: &ErrorDefinition,
        own_at: &Origin,
        shared_at: &Origin,
    ) -> ErrorShape {
        let mut part = |own: &Option<OneOrMany>, shared: &Option<OneOrMany>, word: &str| {
            let (paths, at) = pick(own.as_ref(), shared.as_ref(), own_at, shared_at);
            self.paths(paths, &at.key(word))
        };
        ErrorShape {
            code: part(&own.code, &shared.code, "code"),
            message: part(&own.message, &shared.message, "message"),
            field: part(&own.field, &shared.field, "field"),
        }
    }

    fn paths(&mut self, paths: Option<&OneOrMany>, origin: &Origin) -> Vec<ReplyPath> {
        let texts = paths.map_or(&[][..], |paths| &paths.0);
        let read = texts.iter().enumerate().filter_map(|(i, text)| {
            let path = ReplyPath::parse(text);
            self.unreadable(&entry(origin, i), path)
        });
        read.collect()
    }

    pub(super) fn conditions(&mut self, conditions: &Conditions, origin: &Origin) -> Vec<Condition> {
        self.condition_list(&conditions.0, origin)
    }

    fn condition_list(&mut self, conditions: &[ConditionExpr], origin: &Origin) -> Vec<Condition> {
        let read = conditions.iter().enumerate();
        read.filter_map(|(i, condition)| self.condition(condition, &entry(origin, i))).collect()
    }

    fn condition(&mut self, condition: &ConditionExpr, origin: &Origin) -> Option<Condition> {
        let all = match condition {
            ConditionExpr::Code(code) => {
                vec![Test { subject: Subject::Code, expected: Expected::Any(texts(std::slice::from_ref(code))) }]
            }
            ConditionExpr::All(map) => {
                let mut all = Vec::new();
                for (key, expected) in map {
                    let subject = self.subject(key, origin)?;
                    if subject == Subject::Http {
                        self.statuses(expected, &origin.key(key));
                    }
                    all.push(Test { subject, expected: expectation(expected) });
                }
                all
            }
        };
        Some(Condition { all })
    }

    /// Reports what no reply has as its status: values are compared as text, and each is one status.
    fn statuses(&mut self, expected: &MatchExpr, origin: &Origin) {
        let (MatchExpr::Any(values) | MatchExpr::Not(values)) = expected else { return };
        let is_status = |text: &str| {
            text.len() == 3 && text.starts_with(|c| ('1'..='5').contains(&c)) && text.parse::<u16>().is_ok()
        };
        for (i, value) in values.iter().enumerate().filter(|(_, value)| !is_status(&value.0)) {
            let place = match expected {
                MatchExpr::Not(_) => entry(&origin.key("not"), i),
                _ => entry(origin, i),
            };
            let message = format!("`{}` is the status of no reply", value.0);
            let fault = Diagnostic::error(Code::InvalidExpression, place, message);
            self.report(fault.help("write a number from 100 to 599, or a list of them: `http: [401, 403]`"));
        }
    }

    fn subject(&mut self, key: &str, origin: &Origin) -> Option<Subject> {
        match key {
            "http" => Some(Subject::Http),
            "code" => Some(Subject::Code),
            path => {
                let place = origin.key(key);
                let unreadable = |message| Diagnostic::error(Code::InvalidExpression, place, message).at_key();
                ReplyPath::parse(path).map_err(|message| self.report(unreadable(message))).ok().map(Subject::Path)
            }
        }
    }
}

fn expectation(expected: &MatchExpr) -> Expected {
    match expected {
        MatchExpr::Any(values) => Expected::Any(texts(values)),
        MatchExpr::Not(values) => Expected::Not(texts(values)),
        MatchExpr::Present(present) => Expected::Present(*present),
    }
}

fn texts(values: &[ScalarText]) -> Vec<String> {
    values.iter().map(|value| value.0.clone()).collect()
}

/// The place of an entry of a list. Where there is one value instead of a list, the place of that value is the nearest.
fn entry(origin: &Origin, index: usize) -> Origin {
    origin.index(index)
}

/// What the API says, or else the service, with the place of the one that was taken.
fn pick<'a, T>(
    own: Option<&'a T>,
    shared: Option<&'a T>,
    own_at: &'a Origin,
    shared_at: &'a Origin,
) -> (Option<&'a T>, &'a Origin) {
    match own {
        Some(own) => (Some(own), own_at),
        None => (shared, shared_at),
    }
}
