//! The list of legal rules.

use super::{Purpose, RuleStatus};
use crate::choices;
use crate::platform::db::list::{Column, IdType, ListSpec, ScopeBy, SortType, Tone};

const fn tone(status: RuleStatus) -> Tone {
    match status {
        RuleStatus::InForce => Tone::Good,
        RuleStatus::Pending => Tone::Watch,
        RuleStatus::Repealed => Tone::Neutral,
        RuleStatus::ToVerify => Tone::Unknown,
    }
}

/// Legal rules, each with its standing.
pub static RULES: ListSpec = ListSpec {
    name: "legal_rules",
    path: "/rules/texts",
    record: None,
    title: "Textes appliqués",
    noun: ("règle", "règles"),
    when_empty: "Aucune règle : la base n’a pas été préparée comme elle devrait.",
    from: "legal_rule r",
    always: None,
    id: "r.id",
    id_type: IdType::Uuid,
    scope: ScopeBy::Shared,
    search: Some("plain(r.code || ' ' || r.title || ' ' || r.source)"),
    columns: &[
        Column::text("title", "Règle", "r.title")
            .shown()
            .opens()
            .sorted("r.title collate \"fr-x-icu\"", SortType::Text),
        Column::text("source", "Source", "r.source").shown(),
        Column::choice("status", "Statut", "r.status", choices!(RuleStatus, tone)).shown(),
        Column::choice("purpose", "Objet", "r.purpose", choices!(Purpose)).shown(),
        Column::date("valid_from", "Depuis", "r.valid_from").shown(),
        Column::date("valid_to", "Jusqu’au", "r.valid_to").when_empty("sans fin"),
        Column::mono("code", "Code", "r.code"),
        Column::number("edition", "Version", "r.edition"),
    ],
    default_sort: ("title", false),
};
