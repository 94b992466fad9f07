//! The list of lines of every register one sees.

use crate::choices;
use crate::platform::db::list::{Column, IdType, ListSpec, Reference, ScopeBy, SortType, Tone};
use crate::register::model::{Conformity, Entry, LineKind, Source};

const fn meaning(conformity: Conformity) -> Tone {
    conformity.tone()
}

/// Lines of the registers, last written first.
pub static LINES: ListSpec = ListSpec {
    name: "register_lines",
    path: "/register/lines",
    record: None,
    title: "Registre",
    noun: ("ligne", "lignes"),
    when_empty: "Les opérations de maintenance et de contrôle paraîtront ici dès la première consignée, depuis la fiche d’un équipement.",
    from: "register_line l
        join device d on d.id = l.device_id
        join device_model m on m.id = d.model_id
        left join unit u on u.id = d.unit_id",
    always: None,
    id: "l.id",
    id_type: IdType::Uuid,
    scope: ScopeBy::Columns {
        establishment: Some("d.establishment_id"),
        unit: Some("d.unit_id"),
        device: Some("d.id"),
    },
    search: Some(
        "plain(l.nature || ' ' || coalesce(l.performer_name, '') || ' ' || coalesce(l.performer_employer, '') || ' ' || coalesce(l.performance, ''))",
    ),
    columns: &[
        Column::number("number", "Ligne", "l.number")
            .shown()
            .opens(),
        Column::reference(
            "device",
            "Équipement",
            "d.inventory_number",
            Reference {
                id: "l.device_id",
                href: Some("/register/devices"),
                suggestions: Some("/search/suggestions?kind=device"),
            },
        )
        .shown(),
        Column::text("common_name", "Dénomination commune", "m.common_name"),
        Column::reference(
            "model",
            "Modèle",
            "coalesce(m.trade_name, m.reference, m.common_name)",
            Reference {
                id: "d.model_id",
                href: Some("/inventory/models"),
                suggestions: Some("/search/suggestions?kind=model"),
            },
        ),
        Column::reference(
            "unit",
            "Unité",
            "u.name",
            Reference {
                id: "d.unit_id",
                href: Some("/register/units"),
                suggestions: Some("/search/suggestions?kind=unit"),
            },
        ),
        Column::date("done_on", "Date de l’opération", "l.done_on")
            .shown()
            .sorted("coalesce(l.done_on, date '-infinity')", SortType::Date),
        Column::choice("kind", "Nature", "l.kind", choices!(LineKind)).shown(),
        Column::text("nature", "Opération", "l.nature").shown(),
        Column::text("performer_name", "Réalisée par", "l.performer_name").shown(),
        Column::text("performer_employer", "Employeur", "l.performer_employer").shown(),
        Column::text(
            "performance",
            "Niveau de performances obtenu",
            "l.performance",
        ),
        Column::choice(
            "conformity",
            "Conformité",
            "l.conformity",
            choices!(Conformity, meaning),
        )
        .shown(),
        Column::date("stopped_on", "Arrêt d’exploitation", "l.stopped_on").when_empty("aucun"),
        Column::date("resumed_on", "Reprise d’exploitation", "l.resumed_on").when_empty("aucune"),
        Column::choice("entry", "Écriture", "l.entry", choices!(Entry)),
        Column::choice("source", "Origine", "l.source", choices!(Source)),
        Column::number(
            "late_days",
            "Jours de retard de consignation",
            "l.late_days",
        )
        .when_empty("aucun"),
        Column::mono("report_name", "Rapport", "l.report_name").when_empty("aucun"),
        Column::text("recorded_by", "Consignée par", "l.recorded_by_name"),
        Column::instant("recorded_at", "Consignée le", "l.recorded_at")
            .sorted("l.recorded_at", SortType::Instant),
    ],
    default_sort: ("recorded_at", true),
};
