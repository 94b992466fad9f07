//! The list of logged reads.

use crate::platform::db::list::{Choice, Column, IdType, ListSpec, ScopeBy, SortType, Tone};

static KINDS: [Choice; 2] = [
    ("export", "Export", Tone::Neutral),
    ("zone", "Zone sensible", Tone::Watch),
];

/// Every read that was logged.
pub static READS: ListSpec = ListSpec {
    name: "reads",
    path: "/audit/reads",
    record: None,
    title: "Lectures tracées",
    noun: ("lecture", "lectures"),
    when_empty: "Chaque export et chaque ouverture d’une zone sensible paraîtra ici : qui, quand, quoi exactement.",
    from: "read_log l",
    always: None,
    id: "l.id",
    id_type: IdType::Uuid,
    scope: ScopeBy::OwnOrGroup {
        establishment: "l.establishment_id",
    },
    search: None,
    columns: &[
        Column::instant("at", "Le", "l.at")
            .shown()
            .sorted("l.at", SortType::Instant),
        Column::text("actor", "Par", "l.actor_label").shown(),
        Column::choice("kind", "Lecture", "l.kind", &KINDS).shown(),
        Column::text("what", "Quoi", "l.what").shown(),
        Column::mono("address", "Adresse exacte", "l.address").shown(),
        Column::mono("request", "Requête", "l.request_id::text").when_empty("aucune"),
    ],
    default_sort: ("at", true),
};
