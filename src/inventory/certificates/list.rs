//! The list of certificates: shared by the group, filtered by standing, end, body and maker.

use super::model::{Kind, Law, Status};
use crate::choices;
use crate::platform::db::list::{Column, IdType, ListSpec, Reference, ScopeBy, SortType, Tone};

const fn meaning(status: Status) -> Tone {
    match status {
        Status::Valid => Tone::Good,
        Status::Transition => Tone::Watch,
        Status::Suspended | Status::Withdrawn | Status::Expired => Tone::Bad,
    }
}

/// Certificates that no other replaced.
pub static CERTIFICATES: ListSpec = ListSpec {
    name: "certificates",
    path: "/inventory/certificates",
    record: None,
    title: "Certificats CE",
    noun: ("certificat", "certificats"),
    when_empty: "Les certificats CE des modèles paraîtront ici : saisissez le premier depuis un modèle, d’après sa déclaration de conformité.",
    from: "certificate c
        left join organisation o on o.id = c.manufacturer_id
        left join legal_rule t on t.id = c.transition_rule_id",
    always: None,
    id: "c.id",
    id_type: IdType::Uuid,
    scope: ScopeBy::Shared,
    search: Some("plain(c.number || ' ' || coalesce(c.notified_body_name, '') || ' ' || c.notified_body_number)"),
    columns: &[
        Column::mono("number", "N° de certificat", "c.number")
            .shown()
            .opens()
            .sorted("c.number", SortType::Text),
        Column::choice("status", "Statut lu", "c.status", choices!(Status, meaning)).shown(),
        Column::date(
            "ends_on",
            "Fin (transition comprise)",
            "case when c.status = 'transition' then (t.parameters ->> 'ends_on')::date else c.expires_on end",
        )
        .shown(),
        Column::flag(
            "end_unknown",
            "Terme de la transition inconnu",
            "(c.status = 'transition' and t.parameters ->> 'ends_on' is null)",
        ),
        Column::date("expires_on", "Fin inscrite au certificat", "c.expires_on").sorted(
            "coalesce(c.expires_on, date 'infinity')",
            SortType::Date,
        ),
        Column::reference(
            "manufacturer",
            "Fabricant",
            "o.name",
            Reference {
                id: "c.manufacturer_id",
                href: Some("/parties/organisations"),
                suggestions: Some("/search/suggestions?kind=organisation"),
            },
        )
        .shown(),
        Column::mono("notified_body", "Organisme notifié", "c.notified_body_number").shown(),
        Column::text("notified_body_name", "Nom de l’organisme", "c.notified_body_name"),
        Column::choice("regulation", "Texte", "c.regulation", choices!(Law)).shown(),
        Column::choice("kind", "Nature", "c.kind", choices!(Kind)),
        Column::text(
            "models",
            "Modèles couverts",
            "(select string_agg(coalesce(m.trade_name, m.common_name, m.reference), ', ' order by coalesce(m.trade_name, m.common_name, m.reference) collate \"fr-x-icu\") from certificate_model l join device_model m on m.id = l.model_id where l.certificate_id = c.id)",
        )
        .shown()
        .when_empty("aucun"),
        Column::date("issued_on", "Délivré le", "c.issued_on"),
        Column::date("verified_on", "Vérifié le", "c.verified_on").when_empty("jamais"),
        Column::text("status_source", "Source du statut", "c.status_source"),
        Column::flag("replaced", "Remplacé", "c.replaced_by_id is not null"),
    ],
    default_sort: ("number", false),
};
