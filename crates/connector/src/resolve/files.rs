//! Files: what is in one that holds records, and where those go that are too large.

use super::Resolver;
use crate::connector::{Connector, Parameter};
use crate::definition::{AboveDefinition, ApiDefinition, ContainsDefinition};
use crate::diagnostic::{Code, Diagnostic};
use crate::jobs::{Above, Contains, FileForm};
use crate::source::Origin;
use crate::types::Type;

impl Resolver<'_> {
    /// What is in the file that an API gives.
    pub(super) fn contained(&mut self, api: &ApiDefinition, at: &Origin) -> Option<Contains> {
        let words = api.contains.as_ref()?;
        let place = at.key("contains");
        let returns = api.returns.as_ref().map(|expr| self.ty(expr, &at.key("returns")));
        if !returns.as_ref().is_some_and(Type::is_file) {
            let message = "`contains` says what is in a file, and this API returns none";
            let fault = Diagnostic::error(Code::Incomplete, place.clone(), message).at_key();
            self.report(fault.help("add `returns: file`"));
        }
        self.contains(words, &place)
    }

    /// What is in a file.
    pub(super) fn contains(&mut self, words: &ContainsDefinition, at: &Origin) -> Option<Contains> {
        let forms = [(FileForm::Csv, &words.csv), (FileForm::CsvZip, &words.csv_zip)];
        let given: Vec<_> = forms.into_iter().filter_map(|(form, expr)| Some((form, expr.as_ref()?))).collect();
        let [(form, expr)] = given.as_slice() else {
            let message = "a file that holds records has exactly one form";
            let fault = Diagnostic::error(Code::Incomplete, at.clone(), message).at_key();
            self.report(fault.help("write `{ csv: Record }`, or `{ csv.zip: Record }` for a CSV in a zip"));
            return None;
        };
        let place = at.key(form.as_str());
        let ty = self.ty(expr, &place);
        self.known_type(expr, &place);
        Some(Contains { form: *form, ty })
    }

    /// The API that takes larger files. Whether it is there, and has these arguments, is seen when all APIs are.
    pub(super) fn above(&mut self, words: &AboveDefinition, own: &[Parameter], at: &Origin) -> Option<Above> {
        let place = at.key("above");
        let mut arguments = indexmap::IndexMap::new();
        for (theirs, mine) in &words.with {
            match own.iter().find(|parameter| is_called(parameter, mine)) {
                Some(parameter) => {
                    arguments.insert(theirs.clone(), parameter.name.clone());
                }
                None => {
                    let known: Vec<&str> = own.iter().map(|parameter| parameter.name.as_str()).collect();
                    self.unknown("members", "argument", mine, place.key("with").key(theirs), &known);
                }
            }
        }
        let (name, unique) = (words.name.clone(), words.unique.clone());
        Some(Above { api: words.api.clone(), arguments, name, unique, origin: place })
    }

    /// The arguments that are named of the API for larger files are there.
    pub(super) fn arguments_above(&mut self, connector: &Connector, above: &Above) {
        let Some(api) = connector.api(&above.api) else { return };
        let known: Vec<&str> = api.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
        let named = above.arguments.keys().map(|name| (name, above.origin.key("with").key(name)));
        let named = named.chain(above.name.iter().map(|name| (name, above.origin.key("name"))));
        let named: Vec<_> = named.chain(above.unique.iter().map(|name| (name, above.origin.key("unique")))).collect();
        for (name, place) in named {
            if !api.parameters.iter().any(|parameter| is_called(parameter, name)) {
                self.unknown("members", &format!("argument of `{}`", api.name), name, place, &known);
            }
        }
    }
}

fn is_called(parameter: &Parameter, name: &str) -> bool {
    parameter.name == name || parameter.sites.iter().any(|site| site.wire == name)
}
