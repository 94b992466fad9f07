//! The list of contacts.

use super::model::ContactFunction;
use crate::choices;
use crate::platform::db::list::{Column, IdType, ListSpec, Reference, ScopeBy, SortType};

/// The group's contacts. An establishment's own are on the page of their organisation, for those who
/// see it: the scope of lists has no « null = everybody ».
pub static CONTACTS: ListSpec = ListSpec {
    name: "contacts",
    path: "/parties/contacts",
    record: None,
    title: "Contacts",
    noun: ("contact", "contacts"),
    when_empty: "Aucun contact : ajoutez-les depuis la fiche d’une organisation.",
    from: "contact c join organisation o on o.id = c.organisation_id",
    always: Some("c.establishment_id is null"),
    id: "c.id",
    id_type: IdType::Uuid,
    scope: ScopeBy::Shared,
    search: Some("plain(c.name || ' ' || coalesce(c.email, ''))"),
    columns: &[
        Column::text("name", "Nom", "c.name")
            .shown()
            .opens()
            .sorted("c.name collate \"fr-x-icu\"", SortType::Text),
        Column::choice(
            "function",
            "Fonction",
            "c.function",
            choices!(ContactFunction),
        )
        .shown(),
        Column::reference(
            "organisation",
            "Organisation",
            "o.name",
            Reference {
                id: "o.id",
                href: Some("/parties/organisations"),
                suggestions: Some("/search/suggestions?kind=organisation"),
            },
        )
        .shown(),
        Column::text("email", "Courriel", "c.email").shown(),
        Column::text("phone", "Téléphone", "c.phone").shown(),
        Column::date("verified", "Vérifié le", "c.verified_on")
            .shown()
            .when_empty("jamais"),
        Column::date("ends", "Jusqu’au", "c.ends_on").when_empty("sans fin"),
    ],
    default_sort: ("name", false),
};
