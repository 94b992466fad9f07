//! What a record says of a device, fact by fact, in the order people look for it.

use chrono::NaiveDate;

use crate::inventory::catalogue::{ClassSuffix, class_words};
use crate::inventory::devices::fields::DayOrWords;
use crate::inventory::devices::{Device, model, queries};
use crate::kernel::date;

/// One line of a section.
#[derive(Clone, Debug)]
pub struct Fact {
    pub(super) label: &'static str,
    pub(super) value: String,
    pub(super) absent: &'static str,
    pub(super) mono: bool,
    pub(super) href: String,
}

/// A group of facts.
#[derive(Clone, Debug)]
pub struct Section {
    pub(super) title: &'static str,
    pub(super) facts: Vec<Fact>,
}

fn fact(label: &'static str, value: impl Into<String>) -> Fact {
    Fact {
        label,
        value: value.into(),
        absent: "inconnu",
        mono: false,
        href: String::new(),
    }
}

fn to(href: Option<String>, fact: Fact) -> Fact {
    Fact {
        href: href.unwrap_or_default(),
        ..fact
    }
}

fn mono(label: &'static str, value: impl Into<String>) -> Fact {
    Fact {
        mono: true,
        ..fact(label, value)
    }
}

fn or(absent: &'static str, fact: Fact) -> Fact {
    Fact { absent, ..fact }
}

fn three(label: &'static str, value: Option<bool>) -> Fact {
    fact(
        label,
        value.map_or("", |yes| if yes { "oui" } else { "non" }),
    )
}

fn text(value: &Option<String>) -> String {
    value.clone().unwrap_or_default()
}

fn day(label: &'static str, day: Option<NaiveDate>, words: &Option<String>) -> Fact {
    let value = match (day, words) {
        (Some(day), _) => date::short(day),
        (None, Some(words)) => format!("inconnue (« {words} »)"),
        (None, None) => String::new(),
    };
    Fact {
        absent: "inconnue",
        ..fact(label, value)
    }
}

/// Everything a record says, in groups.
pub(super) fn sections(
    d: &Device,
    interfaces: &[queries::Interface],
    today: NaiveDate,
    whole: bool,
) -> Vec<Section> {
    let suffixes: Vec<ClassSuffix> = d
        .class_suffixes
        .iter()
        .filter_map(|code| ClassSuffix::from_code(code))
        .collect();
    let unsaid = |own: Option<bool>, model: Option<bool>| match (own, model) {
        (Some(yes), _) => format!(
            "{} (exception de cet équipement)",
            if yes { "oui" } else { "non" }
        ),
        (None, Some(yes)) => if yes { "oui" } else { "non" }.to_owned(),
        (None, None) => String::new(),
    };
    let criticality = |c: Option<model::Criticality>| c.map_or("", |c| c.label()).to_owned();
    let network = interfaces.first().map_or(String::new(), |i| {
        [&i.host_name, &i.ip, &i.mac]
            .into_iter()
            .filter_map(|part| part.as_deref())
            .collect::<Vec<_>>()
            .join(" · ")
    });
    vec![
        Section {
            title: "Identité",
            facts: vec![
                fact("Dénomination commune", text(&d.common_name)),
                to(
                    Some(format!("/inventory/models/{}", d.model_id)),
                    fact("Dénomination commerciale", text(&d.trade_name)),
                ),
                mono("Référence du fabricant", text(&d.reference)),
                to(
                    d.manufacturer_id
                        .map(|id| format!("/parties/organisations/{id}")),
                    fact("Fabricant", text(&d.manufacturer_name)),
                ),
                to(
                    d.supplier_id
                        .map(|id| format!("/parties/organisations/{id}")),
                    fact("Fournisseur", text(&d.supplier_name)),
                ),
                mono("N° d’inventaire", d.inventory_number.clone()),
                Fact {
                    absent: "inconnu",
                    ..mono(
                        "N° de série",
                        d.serial_number
                            .clone()
                            .or_else(|| {
                                d.serial_unknown_reason
                                    .as_ref()
                                    .map(|why| format!("inconnu : {why}"))
                            })
                            .unwrap_or_default(),
                    )
                },
                or("sans lot", mono("Lot", text(&d.lot_number))),
                or("non relevé", mono("IUD", text(&d.udi_text))),
                mono("Code d’étiquette", d.label_code.clone()),
                or("aucun", fact("Nom local", text(&d.local_name))),
                fact("Classe", class_words(d.regulation, d.risk_class, &suffixes)),
            ],
        },
        Section {
            title: "Localisation et détention",
            facts: vec![
                fact("Établissement", d.establishment_name.clone()),
                fact(
                    "Unité",
                    d.unit_name
                        .as_ref()
                        .map(|name| format!("{name} (UF {})", text(&d.uf_code)))
                        .unwrap_or_default(),
                ),
                fact(
                    "Local",
                    d.room_name
                        .as_ref()
                        .map(|name| {
                            format!("{} · {name}, {}", text(&d.room_code), text(&d.site_name))
                        })
                        .unwrap_or_default(),
                ),
                or("aucune", fact("Précision", text(&d.place_detail))),
                fact("Mode de détention", d.holding.map_or("", |h| h.label())),
                or("aucune", fact("Convention", text(&d.holding_reference))),
                day("Début", d.holding_start_date, &d.holding_start_date_text),
                or(
                    "sans terme connu",
                    day("Fin", d.holding_end_date, &d.holding_end_date_text),
                ),
                or("l’établissement", fact("Propriétaire", text(&d.owner_name))),
                or(
                    "aucun",
                    to(
                        d.parent_id
                            .filter(|_| whole)
                            .map(|id| format!("/inventory/devices/{id}")),
                        fact("Fait partie de", text(&d.parent_inventory_number)),
                    ),
                ),
            ],
        },
        Section {
            title: "Dates",
            facts: vec![
                day(
                    "Première mise en service",
                    d.first_service_date,
                    &d.first_service_date_text,
                ),
                day(
                    "Mise en service ici",
                    d.local_service_date,
                    &d.local_service_date_text,
                ),
                day("Fabrication", d.manufacture_date, &d.manufacture_date_text),
                day("Livraison", d.delivery_date, &d.delivery_date_text),
                day("Admission", d.acceptance_date, &d.acceptance_date_text),
                or(
                    "sans objet",
                    day("Vérification d’aptitude (VA)", d.aptitude_date, &None),
                ),
                or(
                    "sans objet",
                    day(
                        "Vérification de service régulier (VSR)",
                        d.regular_service_date,
                        &None,
                    ),
                ),
                Fact {
                    value: match d.warranty_end_date {
                        Some(end) => {
                            format!("{} ({})", date::short(end), date::relative(end, today))
                        }
                        None => DayOrWords::typed(None, d.warranty_end_date_text.as_deref()),
                    },
                    ..day("Fin de garantie", None, &None)
                },
            ],
        },
        Section {
            title: "Achat",
            facts: vec![
                day("Date d’achat", d.purchase_date, &d.purchase_date_text),
                fact(
                    "Prix",
                    d.price_cents.map_or_else(|| text(&d.price_text), euros),
                ),
                mono("N° d’immobilisation", text(&d.asset_number)),
                mono("Compte", text(&d.account_code)),
                mono("Marché", text(&d.market_number)),
                mono("Commande", text(&d.order_number)),
            ],
        },
        Section {
            title: "Numérique et données",
            facts: vec![
                fact("DM numérique (DMN)", unsaid(d.is_dmn, d.model_is_dmn)),
                fact("Intelligence artificielle", unsaid(d.is_ai, d.model_is_ai)),
                or("non précisé", fact("Usage numérique", text(&d.dmn_scope))),
                fact(
                    "Logiciel",
                    d.software_name
                        .as_ref()
                        .map(|name| format!("{name} {}", text(&d.software_number)))
                        .unwrap_or_default(),
                ),
                three("Connecté", d.is_connected),
                or("aucune", mono("Interface principale", network)),
                or(
                    "inconnu",
                    fact("Accès distant", d.remote_access.map_or("", |a| a.label())),
                ),
                three("Conserve des données de patients", d.stores_data_locally),
                three("En envoie ailleurs", d.stores_data_remotely),
                three("Données chiffrées", d.data_encrypted),
                or("inconnus", fact("Supports", text(&d.storage_media))),
                or(
                    "aucune",
                    fact("Raison des exceptions", text(&d.exceptions_reason)),
                ),
            ],
        },
        Section {
            title: "Criticités",
            facts: vec![
                or(
                    "non évaluée",
                    fact("Maintenance", criticality(d.maintenance_criticality)),
                ),
                or(
                    "non évaluée",
                    fact("Continuité des soins", criticality(d.care_criticality)),
                ),
                or(
                    "non évaluée",
                    fact("Cybersécurité", criticality(d.cyber_criticality)),
                ),
                or("aucune", fact("Remarques", text(&d.note))),
            ],
        },
    ]
}

fn euros(cents: i64) -> String {
    format!(
        "{},{:02}\u{a0}€",
        crate::platform::db::list::thousands(cents / 100),
        cents % 100
    )
}
