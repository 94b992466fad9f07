//! The list of what is due, late and undetermined.

use crate::choices;
use crate::contracts::model::Coverage;
use crate::inventory::devices::Criticality;
use crate::inventory::states::State;
use crate::maintenance::obligations::model::{Kind, SourceKind};
use crate::platform::db::list::{Column, IdType, ListSpec, Reference, ScopeBy, SortType, Tone};

const fn weight(criticality: Criticality) -> Tone {
    match criticality {
        Criticality::Vital => Tone::Bad,
        Criticality::High => Tone::Watch,
        Criticality::Medium | Criticality::Low => Tone::Neutral,
    }
}

const fn covers(coverage: Coverage) -> Tone {
    match coverage {
        Coverage::Covered => Tone::Good,
        Coverage::ToCome => Tone::Watch,
        Coverage::Expired => Tone::Bad,
        Coverage::Uncovered => Tone::Unknown,
    }
}

/// What is due.
pub static DUE: ListSpec = ListSpec {
    name: "due",
    path: "/maintenance/due",
    record: None,
    title: "Échéances de maintenance",
    noun: ("échéance", "échéances"),
    when_empty: "Les échéances naissent des obligations : définissez celles d’un modèle, chaque équipement en hérite.",
    from: "device_obligation x
        join obligation o on o.id = x.obligation_id
        join device d on d.id = x.device_id
        left join device_model m on m.id = d.model_id
        left join establishment e on e.id = d.establishment_id
        left join unit u on u.id = d.unit_id
        left join room r on r.id = d.room_id
        left join search_entry q on q.subject_id = d.id and q.kind = 'device'",
    always: Some("x.applies and not x.is_exempt"),
    id: "x.id",
    id_type: IdType::Uuid,
    scope: ScopeBy::Columns {
        establishment: Some("d.establishment_id"),
        unit: Some("d.unit_id"),
        device: Some("d.id"),
    },
    search: Some("q.folded"),
    columns: &[
        Column::mono("inventory_number", "N° d’inventaire", "d.inventory_number")
            .shown()
            .opens(),
        Column::text(
            "name",
            "Équipement",
            "coalesce(m.common_name, m.trade_name, m.reference)",
        )
        .shown(),
        Column::reference(
            "obligation",
            "Obligation",
            "o.title",
            Reference {
                id: "o.id",
                href: Some("/maintenance/obligations"),
                suggestions: None,
            },
        )
        .shown(),
        Column::choice("kind", "Nature", "o.kind", choices!(Kind)),
        Column::date("due_on", "Échéance", "x.due_on")
            .shown()
            .sorted("coalesce(x.due_on, date 'infinity')", SortType::Date)
            .when_empty("indéterminée"),
        Column::date("latest_on", "En retard après le", "x.latest_on")
            .shown()
            .sorted("coalesce(x.latest_on, date 'infinity')", SortType::Date)
            .when_empty("indéterminé"),
        Column::date("last_done_on", "Faite le", "x.last_done_on").shown(),
        Column::reference(
            "unit",
            "Unité ou service",
            "u.name",
            Reference {
                id: "d.unit_id",
                href: Some("/accounts/units"),
                suggestions: Some("/search/suggestions?kind=unit"),
            },
        )
        .shown(),
        Column::text("room", "Local", "coalesce(r.code, d.place_detail)"),
        Column::text("establishment", "Établissement", "e.code"),
        Column::choice(
            "maintenance_criticality",
            "Criticité de maintenance",
            "d.maintenance_criticality",
            choices!(Criticality, weight),
        )
        .shown(),
        Column::choice(
            "care_criticality",
            "Criticité de continuité des soins",
            "d.care_criticality",
            choices!(Criticality, weight),
        ),
        Column::choice("state", "État de l’équipement", "d.state", choices!(State)),
        Column::choice(
            "source_kind",
            "Qui le demande",
            "o.source_kind",
            choices!(SourceKind),
        ),
        Column::number("not_presented", "Fois non présenté", "x.not_presented"),
        Column::date(
            "deferred_until",
            "Reporté au",
            "(select f.until from obligation_deferral f where f.device_id = x.device_id and f.obligation_id = x.obligation_id and f.is_approved and f.due_on = x.due_on order by f.id desc limit 1)",
        )
        .when_empty("non"),
        Column::choice(
            "contract",
            "Contrat",
            "coalesce((select f.value from device_fact f where f.device_id = d.id and f.kind = 'contract'), 'none')",
            choices!(Coverage, covers),
        ),
        Column::text("model", "Modèle", "coalesce(m.trade_name, m.reference)"),
    ],
    default_sort: ("due_on", false),
};
