//! The list of contracts, and that of what each device is covered by.

use super::model::{Coverage, Renewal, Standing};
use crate::choices;
use crate::inventory::devices::Criticality;
use crate::inventory::states::State;
use crate::platform::db::list::{Column, IdType, ListSpec, Reference, ScopeBy, SortType, Tone};

const fn stands(standing: Standing) -> Tone {
    match standing {
        Standing::Active => Tone::Good,
        Standing::Notice => Tone::Watch,
        Standing::Expired => Tone::Bad,
        Standing::ToCome | Standing::Ended => Tone::Neutral,
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

const fn weight(criticality: Criticality) -> Tone {
    match criticality {
        Criticality::Vital => Tone::Bad,
        Criticality::High => Tone::Watch,
        Criticality::Medium | Criticality::Low => Tone::Neutral,
    }
}

/// Contracts.
pub static AGREEMENTS: ListSpec = ListSpec {
    name: "agreements",
    path: "/contracts/agreements",
    record: None,
    title: "Contrats",
    noun: ("contrat", "contrats"),
    when_empty: "Un contrat dit avec qui, ce qui est couvert, jusqu’à quand, et quels équipements le sont.",
    from: "agreement a join organisation p on p.id = a.provider_id join establishment e on e.id = a.establishment_id",
    always: None,
    id: "a.id",
    id_type: IdType::Uuid,
    scope: ScopeBy::Columns {
        establishment: Some("a.establishment_id"),
        unit: None,
        device: None,
    },
    search: None,
    columns: &[
        Column::mono("reference", "Référence", "a.reference")
            .shown()
            .opens()
            .sorted("a.reference collate \"fr-x-icu\"", SortType::Text),
        Column::text("title", "Objet", "a.title").shown().opens(),
        Column::reference(
            "provider",
            "Prestataire",
            "p.name",
            Reference {
                id: "a.provider_id",
                href: Some("/parties/organisations"),
                suggestions: Some("/parties/organisations/suggestions"),
            },
        )
        .shown(),
        Column::choice("standing", "État", "a.standing", choices!(Standing, stands)).shown(),
        Column::date("current_end_on", "Prend fin le", "a.current_end_on")
            .shown()
            .sorted("coalesce(a.current_end_on, date 'infinity')", SortType::Date)
            .when_empty("sans terme"),
        Column::date("notice_by", "Préavis avant le", "a.notice_by")
            .shown()
            .when_empty("sans préavis"),
        Column::choice("renewal", "À son terme", "a.renewal", choices!(Renewal)),
        Column::date("starts_on", "Début", "a.starts_on"),
        Column::number(
            "devices",
            "Équipements",
            "(select count(*) from agreement_line l where l.agreement_id = a.id and l.removed_at is null)",
        )
        .shown()
        .unfiltered(),
        Column::decimal("yearly", "Coût annuel (€)", "a.yearly_cents / 100.0"),
        Column::text("establishment", "Établissement", "e.code"),
    ],
    default_sort: ("current_end_on", false),
};

/// Devices in use, with what covers them.
pub static COVERAGE: ListSpec = ListSpec {
    name: "coverage",
    path: "/contracts/coverage",
    record: Some("/inventory/devices"),
    title: "Couverture du parc",
    noun: ("équipement", "équipements"),
    when_empty: "Aucun équipement en exploitation n’est à montrer.",
    from: "device d
        left join device_fact f on f.device_id = d.id and f.kind = 'contract'
        left join device_model m on m.id = d.model_id
        left join unit u on u.id = d.unit_id
        left join establishment e on e.id = d.establishment_id",
    always: Some(
        "d.annulled_at is null and d.state in ('in_service', 'lent', 'in_maintenance', 'broken', 'quarantined', 'suspended_quality', 'suspended_cyber', 'on_trial')",
    ),
    id: "d.id",
    id_type: IdType::Uuid,
    scope: ScopeBy::Columns {
        establishment: Some("d.establishment_id"),
        unit: Some("d.unit_id"),
        device: Some("d.id"),
    },
    search: None,
    columns: &[
        Column::mono("inventory_number", "N° d’inventaire", "d.inventory_number")
            .shown()
            .opens()
            .sorted("d.inventory_number", SortType::Text),
        Column::text(
            "name",
            "Équipement",
            "coalesce(m.common_name, m.trade_name, m.reference)",
        )
        .shown(),
        Column::choice(
            "coverage",
            "Contrat",
            "coalesce(f.value, 'none')",
            choices!(Coverage, covers),
        )
        .shown(),
        Column::date("until_on", "Couvert jusqu’au", "f.due_on")
            .shown()
            .when_empty("aucun terme"),
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
        Column::choice(
            "maintenance_criticality",
            "Criticité de maintenance",
            "d.maintenance_criticality",
            choices!(Criticality, weight),
        )
        .shown(),
        Column::choice("state", "État de l’équipement", "d.state", choices!(State)),
        Column::text("establishment", "Établissement", "e.code"),
        Column::text("model", "Modèle", "coalesce(m.trade_name, m.reference)"),
    ],
    default_sort: ("inventory_number", false),
};
