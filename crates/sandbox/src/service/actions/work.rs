//! Jobs: started, asked after, ended, and what they give.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use zoho_connector::jobs::{Effect, EffectAction};
use zoho_connector::{FailureKind, RequestPlace, Type};

use super::{Act, within};
use crate::answers::Answer;
use crate::arguments::inside;
use crate::catalog::Kind;
use crate::message::Upload;
use crate::refusal::Refusal;
use crate::reply_path::text_of;
use crate::seed::{Meaning, Record, Spot, meaning_of};
use crate::service::jobs::{self, Deed, Sheet, Tally, Work};
use crate::service::records::REFUSE;
use crate::service::{links, select};
use crate::sheet;
use crate::store::Store;

/// The columns that tell what became of a row.
const OUTCOME: [&str; 3] = ["STATUS", "RECORD_ID", "ERRORS"];
/// How many of a row's own columns stand before them.
const SHOWN: usize = 3;

/// As many records as one job gives, where the next one can go on behind them; a service gives a thousand times as many.
const LARGEST: usize = 200;
/// What stands before the number of records in the word by which the next job goes on.
const BEHIND: &str = "behind-";

/// Records for a file, and its columns.
type Table = (Vec<String>, Vec<Record>);

impl<'a> Act<'a> {
    /// Starts a job. What it reads it reads now; what it writes it writes when it ends.
    pub(super) fn start(&self, store: &mut Store, spot: &Spot, kind: &'a Kind) -> Result<Answer, Refusal> {
        let Some(job) = &self.call.api.job else { return Ok(Answer::Done) };
        let asked = self.asked();
        let wish = jobs::wish(&asked, REFUSE);
        if let Some(message) = wish.as_ref().filter(|_| job.failed.is_empty()) {
            return Err(Refusal::new(FailureKind::Invalid, message.clone()));
        }
        let effect = self.call.api.effect.as_ref();
        let sheets = effect.map_or(Ok(Vec::new()), |effect| self.sheets(store, effect))?;
        let reads = sheets.is_empty() && job.has_result();
        let read = if reads { Some(self.export(store, &asked)?) } else { None };
        let mut sent = asked.as_object().cloned().unwrap_or_default();
        sent.retain(|name, _| kind.record.field(name).is_some());
        let workshop = self.workshop(kind);
        let made = |index| jobs::started(job, workshop.make(&self.world.maker(spot, index), &sent, &[]));
        let record = store.add(self.world, spot, made);
        let id = Store::id_of(self.world, spot, &record).unwrap_or_default();
        let mut work = Work { api: self.call.api.name.clone(), sheets, fault: wish, ..Work::default() };
        if let Some((columns, mut rows)) = read {
            if let Some((place, _)) = &job.next {
                work.left = self.cut(place, &asked, &mut rows)?;
                work.tally.more = work.left.is_some();
            }
            work.tally.total = rows.len();
            work.file = Some(sheet::pack(&id, &columns, &rows));
        }
        store.jobs.insert((self.world.position, id), work);
        Ok(self.one(record))
    }

    /// Leaves of the records those that one job gives, from where the last one stopped, and gives the word by which the
    /// next one goes on.
    fn cut(&self, place: &RequestPlace, asked: &Value, rows: &mut Vec<Record>) -> Result<Option<String>, Refusal> {
        let path: Vec<String> = std::iter::once(&place.name).chain(&place.inner).cloned().collect();
        let begin = match inside(asked, &path) {
            None | Some(Value::Null) => 0,
            Some(word) => {
                let begin = text_of(&word).strip_prefix(BEHIND).and_then(|text| text.parse::<usize>().ok());
                let field = path.last().map_or("", String::as_str);
                begin.ok_or_else(|| Refusal::invalid(field, "It is no word that a job has given."))?
            }
        };
        rows.drain(..begin.min(rows.len()));
        let left = rows.len() > LARGEST;
        rows.truncate(LARGEST);
        Ok(left.then(|| format!("{BEHIND}{}", begin + LARGEST)))
    }

    /// The body, with what the path has.
    fn asked(&self) -> Value {
        let mut asked = self.arguments.body.as_object().cloned().unwrap_or_default();
        for (name, value) in &self.call.path {
            asked.entry(name.clone()).or_insert_with(|| value.clone().into());
        }
        Value::Object(asked)
    }

    /// The records that a job is asked for.
    fn export(&self, store: &mut Store, asked: &Value) -> Result<Table, Refusal> {
        let missing = || {
            let name = self.call.api.parameters.iter().find(|parameter| parameter.required);
            let name = name.map_or("", |parameter| &parameter.name);
            Refusal::invalid(name, "It names no collection that there is.")
        };
        let Some(target) = jobs::target(self.world, asked) else { return self.named(store).ok_or_else(missing) };
        let kind = self.world.kind(&target).ok_or_else(missing)?;
        let mut tests = select::tests(self.call, self.arguments, kind)?;
        tests.extend(jobs::criteria(self.world, kind, asked)?);
        let all = kind.record.fields.iter().map(|field| &field.name).chain(kind.extra.iter().flatten());
        let columns: Vec<String> = match jobs::find(asked, "fields").and_then(Value::as_array) {
            Some(fields) => fields.iter().map(text_of).collect(),
            None => all.cloned().collect(),
        };
        let spots = if target.is_open() { store.known(self.world, &target) } else { vec![target] };
        let mut rows = Vec::new();
        for (spot, index) in spots.iter().flat_map(|spot| store.members(self.world, spot)).collect::<Vec<_>>() {
            let Some(found) = store.at(self.world, &spot, index) else { continue };
            if select::fits(self.call.connector, kind, &tests, &found) {
                rows.push(columns.iter().filter_map(|name| Some((name.clone(), found.member(name)?))).collect());
            }
        }
        Ok((columns, rows))
    }

    /// The records that a job is asked for by their ids alone, from whichever collections they are in.
    fn named(&self, store: &mut Store) -> Option<Table> {
        let is_ids = |ty: &Type| matches!(ty, Type::List { item, .. } if **item == Type::Id);
        let ids = self.call.api.parameters.iter().find(|parameter| parameter.required && is_ids(&parameter.ty))?;
        let ids = self.arguments.get(&ids.sites.first()?.wire)?.as_array()?;
        let stands_alone = |kind: &Kind| kind.ids.is_empty() && kind.scope.is_none() && !kind.segments.is_empty();
        let kinds = self.world.catalog.kinds.iter().enumerate().filter(|(_, kind)| stands_alone(kind));
        let spots: Vec<Spot> =
            kinds.map(|(kind, _)| self.world.spot(kind, |name| self.world.choices(name)?.into_iter().next())).collect();
        let (mut columns, mut rows): Table = (Vec::new(), Vec::new());
        for id in ids.iter().map(text_of) {
            let Some(found) = spots.iter().find_map(|spot| Some(store.get(self.world, spot, &id)?.record())) else {
                continue;
            };
            let new = found.keys().filter(|name| !columns.contains(*name)).cloned().collect::<Vec<_>>();
            columns.extend(new);
            rows.push(found);
        }
        Some((columns, rows))
    }

    /// The rows that a job is to write, of each file that the call names.
    fn sheets(&self, store: &Store, effect: &Effect) -> Result<Vec<Sheet>, Refusal> {
        let Some(from) = &effect.from else { return Ok(Vec::new()) };
        let Some(named) = self.arguments.body.get(&from.name) else { return Ok(Vec::new()) };
        let (entries, inner) = match (named, from.inner.split_first()) {
            (Value::Array(entries), Some((each, inner))) if each == "*" => (entries.clone(), inner),
            _ => (vec![self.arguments.body.clone()], from.inner.as_slice()),
        };
        entries.iter().map(|entry| self.sheet(store, effect, entry, inner, &from.name)).collect()
    }

    fn sheet(
        &self,
        store: &Store,
        effect: &Effect,
        entry: &Value,
        inner: &[String],
        name: &str,
    ) -> Result<Sheet, Refusal> {
        let field = inner.last().map_or(name, String::as_str);
        let wrong = |message: String| Refusal::invalid(field, message);
        let handle = inside(entry, inner).or_else(|| entry.get(name).cloned()).map(|handle| text_of(&handle));
        let handle = handle.ok_or_else(|| wrong(format!("'{field}' is required.")))?;
        let file = store.files(self.world.position, &handle).first();
        let file = file.ok_or_else(|| wrong(format!("There is no file {handle}.")))?;
        let spot = jobs::target(self.world, entry).ok_or_else(|| wrong("It names no collection.".to_owned()))?;
        let kind = self.world.kind(&spot).ok_or_else(|| wrong("It names no collection.".to_owned()))?;
        let mut lines = sheet::rows(&file.bytes).map_err(wrong)?.into_iter();
        let head = lines.next().ok_or_else(|| Refusal::invalid(field, "The file is empty."))?;
        let columns = columns(entry, &head);
        let keep_empty = self.deed(effect) != Deed::Create && !entry.as_object().is_some_and(ignores_empty);
        let row = |cells: Vec<String>| {
            let mut row = Record::new();
            for (at, name) in &columns {
                let text = cells.get(*at).map_or("", String::as_str);
                if !text.is_empty() {
                    row.insert(name.clone(), cell(kind, name, text));
                } else if keep_empty {
                    row.insert(name.clone(), Value::Null);
                }
            }
            row
        };
        let rows = lines.map(row).collect();
        let matching = self.matching_in(effect, entry);
        let columns = columns.into_values().collect();
        Ok(Sheet { spot, deed: self.deed(effect), matching, columns, rows })
    }

    /// What becomes of rows: what the call says in a word for it, else what the effect does.
    fn deed(&self, effect: &Effect) -> Deed {
        let word = |word: &str| match word {
            "insert" | "create" => Some(Deed::Create),
            "update" => Some(Deed::Update),
            "upsert" => Some(Deed::Upsert),
            _ => None,
        };
        let choices = self.call.api.parameters.iter().filter(|parameter| matches!(parameter.ty, Type::Choice { .. }));
        let said = choices.filter_map(|parameter| self.arguments.get(&parameter.sites.first()?.wire)?.as_str());
        said.filter_map(word).next().unwrap_or(match effect.action {
            EffectAction::Create => Deed::Create,
            EffectAction::Update => Deed::Update,
            _ => Deed::Upsert,
        })
    }

    /// The members by which the records of an entry are found again: those that the call names, else the usual ones.
    fn matching_in(&self, effect: &Effect, entry: &Value) -> Vec<String> {
        let within = |place: &RequestPlace| inside(entry, place.inner.get(1..)?);
        match effect.matching.as_ref().and_then(within) {
            Some(Value::Array(names)) => names.iter().map(text_of).collect(),
            Some(name) => vec![text_of(&name)],
            None => self.matching(None),
        }
    }

    /// A job's record as a caller sees it, who asks after it by this.
    pub(super) fn polled(&self, store: &mut Store, spot: &Spot, id: &str, record: Record) -> Record {
        let work = store.jobs.get_mut(&(self.world.position, id.to_owned()));
        if !work.is_some_and(Work::is_due) {
            return record;
        }
        self.end(store, spot, id);
        store.get(self.world, spot, id).map_or(record, |found| found.record())
    }

    /// The file that a job gives, which is there when it has ended. Who asks for it asks after the job.
    pub(super) fn job_file(&self, store: &mut Store, spot: &Spot, id: &str) -> Result<Upload, Refusal> {
        let key = (self.world.position, id.to_owned());
        if store.jobs.get_mut(&key).is_some_and(Work::is_due) {
            self.end(store, spot, id);
        }
        let Some(work) = store.jobs.get(&key) else { return Err(Refusal::not_found(format!("There is no job {id}."))) };
        if !work.has_ended {
            let classified = &self.call.api.responses.classify;
            let accepted = classified.iter().find(|(_, condition)| condition.http() == Some(202));
            let refusal =
                Refusal::new(accepted.map_or(FailureKind::NotFound, |(kind, _)| *kind), "It is not ready yet.");
            return Err(Refusal { status: accepted.map(|_| 202), ..refusal });
        }
        match (&work.fault, &work.file) {
            (None, Some(file)) => Ok(file.clone()),
            (Some(fault), _) => Err(Refusal::not_found(format!("The job has failed: {fault}"))),
            (None, None) => Err(Refusal::not_found("The job gives no file.")),
        }
    }

    /// Ends a job: it writes what it was to write, and its record says so.
    fn end(&self, store: &mut Store, spot: &Spot, id: &str) {
        let key = (self.world.position, id.to_owned());
        let Some(work) = store.jobs.get_mut(&key) else { return };
        work.has_ended = true;
        let sheets = std::mem::take(&mut work.sheets);
        let mut work = std::mem::take(work);
        if work.fault.is_none() && !sheets.is_empty() {
            let (mut columns, mut rows): Table = (Vec::new(), Vec::new());
            for sheet in &sheets {
                let shown = sheet.columns.iter().take(SHOWN).filter(|name| !columns.contains(*name));
                columns.extend(shown.cloned().collect::<Vec<_>>());
                rows.extend(self.write_sheet(store, sheet, &mut work.tally));
            }
            columns.extend(OUTCOME.map(str::to_owned));
            work.file = Some(sheet::pack(id, &columns, &rows));
        }
        let record = store.get(self.world, spot, id).map(|found| found.record()).unwrap_or_default();
        let own = links::address(self.world, self.call, spot, id);
        let given = || format!("https://{}/_sandbox/results/{}/{id}", self.call.request.host, self.call.connector.name);
        let record = jobs::ended(self.world, spot, record, &work, Some(own.unwrap_or_else(given)));
        if let Some(index) = store.position(self.world, spot, id) {
            store.put(self.world, spot, index, record);
        }
        store.jobs.insert(key, work);
    }

    /// Writes rows, and gives each with what became of it.
    fn write_sheet(&self, store: &mut Store, sheet: &Sheet, tally: &mut Tally) -> Vec<Record> {
        let Some(kind) = self.world.kind(&sheet.spot) else { return Vec::new() };
        let mut told = Vec::new();
        for row in &sheet.rows {
            let before = store.count(self.world, &sheet.spot);
            let result = self.write_row(store, sheet, kind, row);
            let added = store.count(self.world, &sheet.spot) > before;
            tally.total += 1;
            let mut row = row.clone();
            let [status, id, errors] = OUTCOME.map(str::to_owned);
            match result {
                Ok(record) => {
                    let count = if added { &mut tally.added } else { &mut tally.updated };
                    *count += 1;
                    row.insert(status, if added { "ADDED" } else { "UPDATED" }.into());
                    row.insert(id, json!(Store::id_of(self.world, &sheet.spot, &record).unwrap_or_default()));
                }
                Err(refusal) => {
                    tally.skipped += 1;
                    let field = refusal.field.map(|field| format!("{field}: ")).unwrap_or_default();
                    row.insert(status, "SKIPPED".into());
                    row.insert(errors, format!("{field}{}", refusal.message).into());
                }
            }
            told.push(row);
        }
        told
    }

    fn write_row(&self, store: &mut Store, sheet: &Sheet, kind: &'a Kind, row: &Record) -> Result<Record, Refusal> {
        let sent = self.workshop(kind).judge(None, &Value::Object(row.clone()))?;
        let spot = &sheet.spot;
        match sheet.deed {
            Deed::Create => self.create(store, spot, kind, &sent),
            Deed::Upsert => self.upsert(store, spot, kind, &sent, &sheet.matching),
            Deed::Update => {
                if let Some(id) = kind.key.as_deref().and_then(|key| sent.get(key)) {
                    return self.update(store, spot, kind, &text_of(id), &sent);
                }
                let index = self.same(store, spot, &sent, &sheet.matching);
                let changed = index.and_then(|index| self.change(store, spot, kind, index, &sent));
                changed.ok_or_else(|| Refusal::not_found("There is no such record."))
            }
        }
    }
}

/// The names of a file's columns, by position: those that the entry maps (`{ api_name: Email, index: 1 }`), else what
/// its first line says.
fn columns(entry: &Value, head: &[String]) -> BTreeMap<usize, String> {
    let lists = entry.as_object().into_iter().flat_map(|members| members.values()).filter_map(Value::as_array);
    let mapping = |list: &Vec<Value>| {
        let mapped = list.iter().enumerate().filter_map(|(at, mapping)| {
            let members = mapping.as_object()?;
            let named = members.iter().find(|(name, value)| meaning_of(name) == Meaning::Name && value.is_string())?;
            let at = members.get("index").and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok()).unwrap_or(at);
            Some((at, text_of(named.1)))
        });
        mapped.collect::<BTreeMap<_, _>>()
    };
    let mapped = lists.map(mapping).find(|mapping| !mapping.is_empty());
    mapped.unwrap_or_else(|| head.iter().map(|name| name.trim().to_owned()).enumerate().collect())
}

fn ignores_empty(entry: &Record) -> bool {
    entry.get("ignore_empty") == Some(&Value::Bool(true))
}

/// A cell as the member has it.
fn cell(kind: &Kind, name: &str, text: &str) -> Value {
    match kind.record.field(name).map(|field| &field.ty) {
        Some(Type::Bool) => text.eq_ignore_ascii_case("true").into(),
        Some(Type::Record(_) | Type::Object(_)) => json!({ "id": text }),
        Some(ty) => within::fitted(ty, text.into()),
        None => text.into(),
    }
}
