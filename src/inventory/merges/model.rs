//! What two records say, group by group, and which side is chosen: pure.

use serde_json::{Map, Value};

crate::coded! {
    /// What may be merged.
    pub enum Kind {
        Organisation = "organisation" => "Fabricant ou fournisseur",
        Model = "device_model" => "Modèle",
        Device = "device" => "Équipement",
    }
}

/// Columns that are chosen together, because one means nothing without the other.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// Name in forms.
    pub key: &'static str,
    /// As people read it.
    pub label: &'static str,
    /// Columns of the table.
    pub columns: &'static [&'static str],
}

const fn g(key: &'static str, label: &'static str, columns: &'static [&'static str]) -> Group {
    Group {
        key,
        label,
        columns,
    }
}

#[rustfmt::skip]
const ORGANISATION: &[Group] = &[
    g("roles", "Rôles", &["roles"]), g("country", "Pays", &["country"]), g("srn", "N° d’enregistrement (SRN)", &["srn"]),
    g("siren", "SIREN", &["siren"]), g("finess", "FINESS", &["finess"]), g("cofrac_number", "Accréditation COFRAC", &["cofrac_number"]),
    g("address", "Adresse", &["address"]), g("website", "Site web", &["website"]), g("phone", "Téléphone", &["phone"]),
    g("note", "Remarques", &["note"]),
];

#[rustfmt::skip]
const MODEL: &[Group] = &[
    g("names", "Dénominations et référence", &["common_name", "trade_name", "reference"]),
    g("manufacturer", "Fabricant", &["manufacturer_id"]),
    g("class", "Réglementation et classe", &["qualification", "regulation", "risk_class", "class_suffixes", "class_rule", "class_source", "risk_class_stated"]),
    g("in_house", "Fabrication interne", &["is_in_house", "in_house_basis"]),
    g("ce", "Marquage CE", &["ce_mark", "notified_body"]), g("basic_udi_di", "IUD-ID de base", &["basic_udi_di"]),
    g("purpose", "Destination", &["intended_purpose"]), g("dmn", "DM numérique, IA", &["is_dmn", "is_ai"]),
    g("ionising", "Rayonnements ionisants et famille", &["is_ionising", "regulated_family"]),
    g("flags", "Implantable, mesurage, imagerie, laser", &["is_implantable", "is_measuring", "is_imaging", "is_laser"]),
    g("use", "Stérile, usage unique", &["is_sterile", "is_single_use"]),
    g("network", "Réseau et données personnelles", &["is_networked", "stores_personal_data"]),
    g("electrical", "Classe électrique et parties appliquées", &["electrical_class", "applied_parts"]),
    g("life", "Durée de vie", &["expected_life_years"]), g("sale", "Fin de commercialisation", &["sale_ends_on"]),
    g("parts", "Fin des pièces", &["parts_support_ends_on"]), g("software", "Fin de support du logiciel", &["software_support_ends_on"]),
    g("security", "Fin des correctifs de sécurité", &["security_support_ends_on"]),
    g("training", "Formation", &["training_required", "training_note"]), g("cleaning", "Nettoyage", &["cleaning_note"]), g("note", "Remarques", &["note"]),
];

#[rustfmt::skip]
const DEVICE: &[Group] = &[
    g("place", "Localisation", &["unit_id", "room_id", "place_detail"]), g("local_name", "Nom local", &["local_name"]),
    g("model", "Modèle et version", &["model_id", "software_version_id"]),
    g("serial", "N° de série", &["serial_number", "serial_unknown_reason"]), g("lot", "Lot", &["lot_number"]),
    g("udi", "IUD", &["udi_raw", "udi_text", "udi_issuer", "udi_di", "udi_understood", "udi_status", "udi_parser_version"]),
    g("supplier", "Fournisseur", &["supplier_id"]), g("owner", "Propriétaire", &["owner_id"]),
    g("holding", "Détention", &["holding", "holding_reference", "holding_start_date", "holding_start_date_text", "holding_end_date", "holding_end_date_text"]),
    g("manufacture", "Fabrication", &["manufacture_date", "manufacture_date_text"]), g("purchase", "Date d’achat", &["purchase_date", "purchase_date_text"]),
    g("delivery", "Livraison", &["delivery_date", "delivery_date_text"]), g("acceptance", "Admission", &["acceptance_date", "acceptance_date_text"]),
    g("first_service", "Première mise en service", &["first_service_date", "first_service_date_text"]),
    g("local_service", "Mise en service ici", &["local_service_date", "local_service_date_text"]),
    g("warranty", "Fin de garantie", &["warranty_end_date", "warranty_end_date_text"]),
    g("asset", "N° d’immobilisation", &["asset_number"]), g("account", "Compte", &["account_code"]),
    g("market", "Marché", &["market_number"]), g("order", "Commande", &["order_number"]), g("price", "Prix", &["price_cents", "price_text"]),
    g("connected", "Connecté, zone, accès distant", &["is_connected", "network_zone", "remote_access", "remote_access_note"]),
    g("digital", "DMN et IA", &["is_dmn", "is_ai", "dmn_scope"]),
    g("data", "Données conservées", &["stores_data_locally", "stores_data_remotely", "data_encrypted", "storage_media"]),
    g("maintenance_criticality", "Criticité de maintenance", &["maintenance_criticality"]),
    g("care_criticality", "Criticité de continuité des soins", &["care_criticality"]),
    g("cyber_criticality", "Criticité cyber", &["cyber_criticality"]), g("note", "Remarques", &["note"]),
];

impl Kind {
    /// What is compared and chosen.
    pub fn groups(self) -> &'static [Group] {
        match self {
            Self::Organisation => ORGANISATION,
            Self::Model => MODEL,
            Self::Device => DEVICE,
        }
    }
}

fn value<'a>(record: &'a Value, column: &str) -> &'a Value {
    record.get(column).unwrap_or(&Value::Null)
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// A group on which both records do not agree.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Name in forms.
    pub key: &'static str,
    /// As people read it.
    pub label: &'static str,
    /// The kept record says nothing, the double says something: taken unless a person refuses.
    pub fills: bool,
    /// Both say something: a person decides.
    pub conflicts: bool,
    /// Columns with both values.
    pub columns: Vec<(&'static str, Value, Value)>,
}

/// What the two records do not agree on, in the order people read.
pub fn differences(kind: Kind, kept: &Value, double: &Value) -> Vec<Difference> {
    kind.groups()
        .iter()
        .filter_map(|group| {
            let columns: Vec<_> = group
                .columns
                .iter()
                .filter(|c| value(kept, c) != value(double, c))
                .map(|c| (*c, value(kept, c).clone(), value(double, c).clone()))
                .collect();
            let says = |record: &Value| group.columns.iter().any(|c| !is_nothing(value(record, c)));
            (!columns.is_empty()).then(|| Difference {
                key: group.key,
                label: group.label,
                fills: !says(kept) && says(double),
                conflicts: says(kept) && says(double),
                columns,
            })
        })
        .collect()
}

/// What to write on the kept record for the groups taken from the double: before and after.
pub fn written(kind: Kind, kept: &Value, double: &Value, taken: &[String]) -> (Value, Value) {
    let (mut before, mut after) = (Map::new(), Map::new());
    for difference in differences(kind, kept, double) {
        if taken.iter().any(|key| key == difference.key) {
            for (column, old, new) in difference.columns {
                before.insert(column.to_owned(), old);
                after.insert(column.to_owned(), new);
            }
        }
    }
    (Value::Object(before), Value::Object(after))
}

/// Taking a merge back: the fields that still hold what it wrote get their value back; the others are left.
pub fn put_back(now: &Value, before: &Value, after: &Value) -> (Value, Vec<String>) {
    let (mut back, mut left) = (Map::new(), vec![]);
    if let (Some(before), Some(after)) = (before.as_object(), after.as_object()) {
        for (column, new) in after {
            if value(now, column) == new {
                back.insert(
                    column.clone(),
                    before.get(column).cloned().unwrap_or(Value::Null),
                );
            } else {
                left.push(column.clone());
            }
        }
    }
    (Value::Object(back), left)
}

/// Names of groups that hold these columns, for people.
pub fn labels(kind: Kind, columns: &[String]) -> Vec<&'static str> {
    kind.groups()
        .iter()
        .filter(|group| columns.iter().any(|c| group.columns.contains(&c.as_str())))
        .map(|group| group.label)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn a_group_is_chosen_whole() {
        let kept = json!({"serial_number": null, "serial_unknown_reason": "plaque illisible", "lot_number": "L1"});
        let double =
            json!({"serial_number": "65CVLM", "serial_unknown_reason": null, "lot_number": "L1"});
        let found = differences(Kind::Device, &kept, &double);
        assert_eq!(found.len(), 1);
        assert!(found[0].conflicts && !found[0].fills);
        let (before, after) = written(Kind::Device, &kept, &double, &["serial".into()]);
        assert_eq!(
            after,
            json!({"serial_number": "65CVLM", "serial_unknown_reason": null})
        );
        assert_eq!(
            before,
            json!({"serial_number": null, "serial_unknown_reason": "plaque illisible"})
        );
    }

    #[test]
    fn an_empty_field_is_filled_by_the_double_and_an_empty_double_takes_nothing_away() {
        let found = differences(
            Kind::Organisation,
            &json!({"phone": null, "country": "FR"}),
            &json!({"phone": "01", "country": null}),
        );
        assert!(found.iter().any(|d| d.key == "phone" && d.fills));
        assert!(
            found
                .iter()
                .any(|d| d.key == "country" && !d.fills && !d.conflicts)
        );
    }

    #[test]
    fn no_column_is_in_two_groups() {
        for kind in Kind::ALL {
            let mut columns: Vec<_> = kind.groups().iter().flat_map(|g| g.columns).collect();
            let all = columns.len();
            columns.sort_unstable();
            columns.dedup();
            assert_eq!(columns.len(), all, "{kind:?}");
        }
    }

    proptest! {
        /// Whatever is taken, what was written goes back to what was there.
        #[test]
        fn merging_then_putting_back_restores_each_field(values in prop::collection::vec((prop::option::of("[a-c]{0,2}"), prop::option::of("[a-c]{0,2}")), 9), picks in prop::collection::vec(any::<bool>(), 9)) {
            let columns = ["country", "srn", "siren", "finess", "cofrac_number", "address", "website", "phone", "note"];
            let side = |left: bool| Value::Object(columns.iter().zip(&values).map(|(c, (a, b))| ((*c).to_owned(), json!(if left { a } else { b }))).collect());
            let (kept, double) = (side(true), side(false));
            let taken: Vec<String> = columns.iter().zip(&picks).filter(|(_, p)| **p).map(|(c, _)| (*c).to_owned()).collect();
            let (before, after) = written(Kind::Organisation, &kept, &double, &taken);
            let mut now = kept.clone();
            for (c, v) in after.as_object().unwrap() { now[c] = v.clone(); }
            let (back, left) = put_back(&now, &before, &after);
            prop_assert!(left.is_empty());
            for (c, v) in back.as_object().unwrap() { now[c] = v.clone(); }
            prop_assert_eq!(now, kept);
        }
    }
}
