//! What an action does to which records.

use super::Resolver;
use crate::definition::EffectDefinition;
use crate::diagnostic::{Code, Diagnostic};
use crate::jobs::{Effect, EffectAction};
use crate::source::Origin;

impl Resolver<'_> {
    pub(super) fn effect(&mut self, effect: &EffectDefinition, at: &Origin) -> Option<Effect> {
        let verbs = [
            (EffectAction::List, "list", &effect.list),
            (EffectAction::Read, "read", &effect.read),
            (EffectAction::Create, "create", &effect.create),
            (EffectAction::Update, "update", &effect.update),
            (EffectAction::Upsert, "upsert", &effect.upsert),
            (EffectAction::Trash, "trash", &effect.trash),
            (EffectAction::Delete, "delete", &effect.delete),
            (EffectAction::Set, "set", &effect.set),
            (EffectAction::Count, "count", &effect.count),
            (EffectAction::Link, "link", &effect.link),
            (EffectAction::Unlink, "unlink", &effect.unlink),
        ];
        let given: Vec<_> =
            verbs.into_iter().filter_map(|(action, word, of)| Some((action, word, of.clone()?))).collect();
        let [(action, word, of)] = given.as_slice() else {
            let message = format!("an effect has exactly one verb, and this has {}", given.len());
            self.report(
                Diagnostic::error(Code::Incomplete, at.clone(), message)
                    .help("one of list, read, create, update, upsert, trash, delete, set, count, link, unlink, with the name of a type"),
            );
            return None;
        };
        if !self.types.contains_key(of) {
            let known: Vec<String> = self.types.keys().cloned().collect();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            self.unknown("types", "type", of, at.key(*word), &known);
        }
        if (*action == EffectAction::Set) != effect.to.is_some() {
            self.report(Diagnostic::error(
                Code::Incomplete,
                at.clone(),
                "`set` and `to` go together: `{ set: Ticket, to: { status: Closed } }`",
            ));
        }
        let links = matches!(action, EffectAction::Link | EffectAction::Unlink);
        let changes =
            matches!(action, EffectAction::Update | EffectAction::Set | EffectAction::Trash | EffectAction::Delete);
        let writes = matches!(action, EffectAction::Create | EffectAction::Update | EffectAction::Upsert);
        for (is_wrong, message) in [
            (links && effect.ids.is_none(), "`link` and `unlink` say with `ids` where the linked records are named"),
            (!links && effect.within.is_some(), "`within` belongs to `link` and `unlink`"),
            (
                effect.r#where.is_some() && (!changes || effect.ids.is_some()),
                "`where` belongs to `update`, `set`, `trash` and `delete`, and stands in place of `ids`",
            ),
            (!writes && effect.from.is_some(), "`from` belongs to `create`, `update` and `upsert`"),
        ] {
            if is_wrong {
                self.report(Diagnostic::error(Code::Incomplete, at.clone(), message));
            }
        }
        Some(Effect {
            action: *action,
            of: of.clone(),
            ids: self.place(effect.ids.as_deref(), at, "ids"),
            to: effect.to.clone().unwrap_or_default(),
            matching: self.place(effect.r#match.as_deref(), at, "match"),
            like: effect.r#where.clone().unwrap_or_default(),
            within: self.place(effect.within.as_deref(), at, "within"),
            from: self.place(effect.from.as_deref(), at, "from"),
        })
    }
}
