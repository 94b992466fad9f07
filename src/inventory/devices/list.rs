//! The list of devices: what it shows, filters, sorts and exports. Its headings are those that the
//! import of devices reads back.

use super::model::{Criticality, Holding};
use crate::choices;
use crate::inventory::catalogue::{Regulation, RiskClass};
use crate::inventory::certificates::Status as CertificateStatus;
use crate::inventory::states::State;
use crate::platform::db::list::{
    Choice, Column, IdType, ListSpec, Reference, ScopeBy, SortType, Tone,
};

const fn meaning(state: State) -> Tone {
    match state {
        State::InService | State::Lent | State::OnTrial => Tone::Good,
        State::InMaintenance | State::Acceptance => Tone::Watch,
        State::Broken | State::Quarantined | State::SuspendedQuality | State::SuspendedCyber => {
            Tone::Bad
        }
        _ => Tone::Neutral,
    }
}

const fn weight(criticality: Criticality) -> Tone {
    match criticality {
        Criticality::Vital => Tone::Bad,
        Criticality::High => Tone::Watch,
        Criticality::Medium | Criticality::Low => Tone::Neutral,
    }
}

const fn standing(status: CertificateStatus) -> Tone {
    match status {
        CertificateStatus::Valid => Tone::Good,
        CertificateStatus::Transition => Tone::Watch,
        CertificateStatus::Suspended
        | CertificateStatus::Withdrawn
        | CertificateStatus::Expired => Tone::Bad,
    }
}
/// How the maintenance of a device stands, as the domain that knows wrote it.
const MAINTENANCE: &[Choice] = &[
    ("late", "en retard", Tone::Bad),
    ("unknown", "indéterminée", Tone::Unknown),
    ("due", "à faire", Tone::Watch),
    ("up_to_date", "à jour", Tone::Good),
];

const fn named(id: &'static str, href: &'static str, kind: &'static str) -> Reference {
    Reference {
        id,
        href: Some(href),
        suggestions: Some(kind),
    }
}

const UNITS: &str = "/search/suggestions?kind=unit";
const ROOMS: &str = "/search/suggestions?kind=room";
const MODELS: &str = "/search/suggestions?kind=model";
const ORGANISATIONS: &str = "/search/suggestions?kind=organisation";

/// How many of the seven items of art. R.5212-28 1° CSP are neither there nor justified.
const ITEMS_MISSING: &str = "(
    select count(*) from unnest(array_remove(array[
        case when m.common_name is null then 'common_name' end,
        case when m.trade_name is null then 'trade_name' end,
        case when m.manufacturer_id is null then 'manufacturer' end,
        case when d.supplier_id is null then 'supplier' end,
        case when d.serial_number is null then 'serial_number' end,
        case when d.unit_id is null and d.room_id is null and d.place_detail is null then 'location' end,
        case when d.first_service_date is null then 'first_service_date' end
    ], null)) one
    where not exists (select from device_item_justification j where j.device_id = d.id and j.item = one and j.withdrawn_at is null))";

/// The day after which what a take-over left out of the seven items is a breach like any other:
/// that of the plan, or the end of the last waiver when it is later.
const TAKE_OVER_ITEMS_DUE: &str = "(
    select min(greatest(p.due_on, (
        select max(w.expires_on) from take_over_waiver w
        where w.device_id = d.id and w.point = g.point and w.revoked_at is null)))
    from take_over_gap g
    join take_over_plan p on p.establishment_id = g.establishment_id and p.criticality = g.criticality
    where g.device_id = d.id and g.point = 'inventory_items')";

/// Which, in the words of the article.
const ITEMS_LACKING: &str = "(
    select string_agg(one.words, ', ' order by one.place) from (values
        (1, 'common_name', 'dénomination commune', m.common_name is null),
        (2, 'trade_name', 'dénomination commerciale', m.trade_name is null),
        (3, 'manufacturer', 'fabricant', m.manufacturer_id is null),
        (4, 'supplier', 'fournisseur', d.supplier_id is null),
        (5, 'serial_number', 'numéro de série', d.serial_number is null),
        (6, 'location', 'localisation', d.unit_id is null and d.room_id is null and d.place_detail is null),
        (7, 'first_service_date', 'date de première mise en service', d.first_service_date is null)
    ) one (place, item, words, lacks)
    where one.lacks and not exists (select from device_item_justification j where j.device_id = d.id and j.item = one.item and j.withdrawn_at is null))";

/// Who has it on loan.
const BORROWER: &str = "(
    select coalesce(b.name, h.name, g.name, l.borrower_name)
    from device_loan l
    left join unit b on b.id = l.borrower_unit_id
    left join establishment h on h.id = l.borrower_establishment_id
    left join organisation g on g.id = l.borrower_organisation_id
    where l.device_id = d.id and l.returned_at is null
    order by l.due_on limit 1)";

static UDI: [Choice; 4] = [
    ("understood", "compris", Tone::Good),
    ("warnings", "compris, avec remarques", Tone::Watch),
    ("ambiguous", "ambigu", Tone::Unknown),
    ("not_understood", "non compris", Tone::Unknown),
];

/// Devices, annulled ones left out.
pub static DEVICES: ListSpec = ListSpec {
    name: "devices",
    path: "/inventory/devices",
    record: None,
    title: "Équipements",
    noun: ("équipement", "équipements"),
    when_empty: "Les équipements paraîtront ici dès le premier import de l’inventaire ou la première saisie.",
    from: "device d
        left join device_model m on m.id = d.model_id
        left join establishment e on e.id = d.establishment_id
        left join organisation o on o.id = m.manufacturer_id
        left join unit u on u.id = d.unit_id
        left join room r on r.id = d.room_id
        left join organisation s on s.id = d.supplier_id
        left join organisation w on w.id = d.owner_id
        left join software_version v on v.id = d.software_version_id
        left join device p on p.id = d.parent_id
        left join search_entry q on q.subject_id = d.id and q.kind = 'device'",
    always: Some("d.annulled_at is null"),
    id: "d.id",
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
            .opens()
            .sorted("d.inventory_number", SortType::Text),
        Column::text("common_name", "Dénomination commune", "m.common_name").shown(),
        Column::reference(
            "model",
            "Dénomination commerciale (modèle)",
            "coalesce(m.trade_name, m.reference, m.common_name)",
            named("d.model_id", "/inventory/models", MODELS),
        )
        .shown(),
        Column::text("reference", "Référence du fabricant", "m.reference"),
        Column::reference(
            "manufacturer",
            "Fabricant",
            "o.name",
            named("m.manufacturer_id", "/parties/organisations", ORGANISATIONS),
        )
        .shown(),
        Column::mono("serial_number", "N° de série", "d.serial_number")
            .shown()
            .sorted("coalesce(d.serial_number, '')", SortType::Text),
        Column::mono("lot_number", "N° de lot", "d.lot_number"),
        Column::reference(
            "unit",
            "Unité ou service",
            "u.name",
            named("d.unit_id", "/accounts/units", UNITS),
        )
        .shown(),
        Column::mono("unit_code", "Code d’UF", "u.uf_code"),
        Column::reference(
            "room",
            "Local ou emplacement",
            "coalesce(r.code, d.place_detail)",
            named("d.room_id", "/accounts/rooms", ROOMS),
        ),
        Column::text("establishment", "Établissement", "e.code"),
        Column::choice("state", "État", "d.state", choices!(State, meaning))
            .shown()
            .sorted("d.state", SortType::Text),
        Column::choice(
            "maintenance",
            "Maintenance",
            "(select f.value from device_fact f where f.device_id = d.id and f.kind = 'maintenance')",
            MAINTENANCE,
        )
        .when_empty("sans obligation")
        .screen_only(),
        Column::date(
            "maintenance_due",
            "Échéance de maintenance",
            "(select f.due_on from device_fact f where f.device_id = d.id and f.kind = 'maintenance')",
        )
        .when_empty("sans échéance")
        .screen_only(),
        Column::instant("state_since", "Dans cet état depuis", "d.state_since")
            .sorted(
                "coalesce(d.state_since, timestamptz '-infinity')",
                SortType::Instant,
            )
            .screen_only(),
        Column::date(
            "loan_due_on",
            "Retour de prêt prévu",
            "(select min(l.due_on) from device_loan l where l.device_id = d.id and l.returned_at is null)",
        )
        .when_empty("pas de prêt")
        .screen_only(),
        Column::text("borrower", "Prêté à", BORROWER)
            .when_empty("pas de prêt")
            .screen_only(),
        Column::number("items_missing", "Mentions R.5212-28 manquantes", ITEMS_MISSING).screen_only(),
        Column::text("items_lacking", "Quelles mentions manquent", ITEMS_LACKING)
            .when_empty("aucune")
            .unfiltered()
            .screen_only(),
        Column::date(
            "document_expires_on",
            "Document à renouveler",
            "(select min(x.expires_on) from document x where x.subject_type = 'device' and x.subject_id = d.id and x.withdrawn_at is null)",
        )
        .when_empty("aucun")
        .screen_only(),
        Column::choice("udi_status", "Lecture de l’IUD", "d.udi_status", &UDI)
            .when_empty("pas d’IUD")
            .screen_only(),
        Column::text("network_zone", "Zone réseau", "d.network_zone").screen_only(),
        Column::flag("data_encrypted", "Données chiffrées", "d.data_encrypted").screen_only(),
        Column::flag(
            "keeps_data",
            "Garde des données personnelles",
            "coalesce(d.stores_data_locally, m.stores_personal_data)",
        )
        .screen_only(),
        Column::flag(
            "taken_over",
            "Reprise, preuves non vérifiées",
            "d.taken_over",
        )
        .screen_only(),
        Column::date(
            "first_service_date",
            "Date de première mise en service",
            "d.first_service_date",
        )
        .sorted(
            "coalesce(d.first_service_date, date '-infinity')",
            SortType::Date,
        ),
        Column::date(
            "local_service_date",
            "Date de mise en service ici",
            "d.local_service_date",
        ),
        Column::date(
            "manufacture_date",
            "Date de fabrication",
            "d.manufacture_date",
        ),
        Column::date("delivery_date", "Date de livraison", "d.delivery_date"),
        Column::date("acceptance_date", "Date de recette", "d.acceptance_date"),
        Column::date(
            "warranty_end_date",
            "Fin de garantie",
            "d.warranty_end_date",
        )
        .sorted(
            "coalesce(d.warranty_end_date, date 'infinity')",
            SortType::Date,
        ),
        Column::date(
            "end_of_exploitation_date",
            "Fin d’exploitation",
            "d.end_of_exploitation_date",
        )
        .when_empty("en exploitation"),
        Column::choice(
            "maintenance_criticality",
            "Criticité de maintenance",
            "d.maintenance_criticality",
            choices!(Criticality, weight),
        ),
        Column::choice(
            "care_criticality",
            "Criticité de continuité des soins",
            "d.care_criticality",
            choices!(Criticality, weight),
        ),
        Column::choice(
            "cyber_criticality",
            "Criticité cyber",
            "d.cyber_criticality",
            choices!(Criticality, weight),
        ),
        Column::choice(
            "regulation",
            "Réglementation",
            "m.regulation",
            choices!(Regulation),
        ),
        Column::choice(
            "risk_class",
            "Classe de risque",
            "m.risk_class",
            choices!(RiskClass),
        ),
        Column::reference(
            "supplier",
            "Fournisseur",
            "s.name",
            named("d.supplier_id", "/parties/organisations", ORGANISATIONS),
        ),
        Column::reference(
            "owner",
            "Propriétaire",
            "w.name",
            named("d.owner_id", "/parties/organisations", ORGANISATIONS),
        )
        .when_empty("l’établissement"),
        Column::choice(
            "holding",
            "Mode de détention",
            "d.holding",
            choices!(Holding),
        ),
        Column::text(
            "holding_reference",
            "Référence de la convention",
            "d.holding_reference",
        ),
        Column::date(
            "holding_start_date",
            "Début de détention",
            "d.holding_start_date",
        ),
        Column::date("holding_end_date", "Fin de détention", "d.holding_end_date")
            .sorted(
                "coalesce(d.holding_end_date, date 'infinity')",
                SortType::Date,
            )
            .when_empty("sans terme connu"),
        Column::date("purchase_date", "Date d’achat", "d.purchase_date"),
        Column::decimal(
            "price",
            "Prix d’achat (€)",
            "(d.price_cents / 100.0)::numeric(14, 2)",
        ),
        Column::mono("asset_number", "N° d’immobilisation", "d.asset_number"),
        Column::mono("account_code", "Compte", "d.account_code"),
        Column::mono("market_number", "N° de marché", "d.market_number"),
        Column::mono("order_number", "N° de commande", "d.order_number"),
        Column::mono(
            "parent",
            "Appareil principal (n° d’inventaire)",
            "p.inventory_number",
        )
        .when_empty("aucun"),
        Column::mono("software_version", "Version du logiciel", "v.number"),
        Column::flag("is_connected", "Connecté", "d.is_connected"),
        Column::mono(
            "mac",
            "Adresse MAC",
            "(select string_agg(i.mac::text, ' ' order by i.position) from device_interface i where i.device_id = d.id)",
        ),
        Column::mono(
            "ip",
            "Adresse IP",
            "(select string_agg(host(i.ip), ' ' order by i.position) from device_interface i where i.device_id = d.id)",
        ),
        Column::mono(
            "host_name",
            "Nom d’hôte",
            "(select string_agg(i.host_name, ' ' order by i.position) from device_interface i where i.device_id = d.id)",
        ),
        Column::flag("is_dmn", "DM numérique", "coalesce(d.is_dmn, m.is_dmn)"),
        Column::flag(
            "is_ai",
            "Intelligence artificielle",
            "coalesce(d.is_ai, m.is_ai)",
        ),
        Column::flag(
            "stores_data_locally",
            "Conserve des données de patients",
            "d.stores_data_locally",
        ),
        Column::date("take_over_items_due", "Reprise : mentions à compléter avant le", TAKE_OVER_ITEMS_DUE)
            .when_empty("pas de terme")
            .screen_only(),
        Column::number(
            "not_evaluated",
            "Points non évalués (reprise)",
            "(select count(*) from take_over_gap g where g.device_id = d.id)",
        )
        .screen_only(),
        Column::choice(
            "certificate_status",
            "Certificat CE (statut lu)",
            "(select c.status from certificate_model l join certificate c on c.id = l.certificate_id where l.model_id = d.model_id and c.replaced_by_id is null order by array_position(array['withdrawn', 'suspended', 'expired', 'transition', 'valid'], c.status) limit 1)",
            choices!(CertificateStatus, standing),
        )
        .screen_only(),
        Column::date(
            "certificate_ends_on",
            "Certificat CE : terme le plus proche",
            "(select min(case when c.status = 'transition' then (t.parameters ->> 'ends_on')::date else c.expires_on end) from certificate_model l join certificate c on c.id = l.certificate_id left join legal_rule t on t.id = c.transition_rule_id where l.model_id = d.model_id and c.replaced_by_id is null)",
        )
        .screen_only(),
        Column::date("sale_ends_on", "Fin de commercialisation", "m.sale_ends_on").screen_only(),
        Column::date("parts_support_ends_on", "Fin des pièces", "m.parts_support_ends_on")
            .screen_only(),
        Column::date(
            "software_support_ends_on",
            "Fin de support du logiciel",
            "coalesce(v.support_ends_on, m.software_support_ends_on)",
        )
        .screen_only(),
        Column::date(
            "security_support_ends_on",
            "Fin des correctifs de sécurité",
            "coalesce(v.security_support_ends_on, m.security_support_ends_on)",
        )
        .screen_only(),
        Column::text("local_name", "Nom local", "d.local_name").when_empty("aucun"),
        Column::mono("label_code", "Code d’étiquette", "d.label_code").screen_only(),
        Column::text("note", "Remarques", "d.note").when_empty("aucune"),
        Column::instant("recorded_at", "Enregistré le", "d.recorded_at")
            .sorted("d.recorded_at", SortType::Instant)
            .screen_only(),
    ],
    default_sort: ("inventory_number", false),
};
