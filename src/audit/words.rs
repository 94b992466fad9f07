//! Tables and columns in French, for who reads a history. Columns that a list shows are named as
//! that list names them; these are the others.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::kernel::date;
use crate::platform::db::list::{Choice, Kind, ListSpec, Tone};
use crate::shell::lists::ZONE;

const fn t(table: &'static str, label: &'static str) -> Choice {
    (table, label, Tone::Neutral)
}

/// What rows of each table are.
#[rustfmt::skip]
pub const TABLES: &[Choice] = &[
    t("device", "Équipement"), t("device_identifier", "Identifiant d’équipement"), t("device_interface", "Interface réseau"),
    t("device_software", "Logiciel installé"), t("device_state_change", "Changement d’état"), t("device_movement", "Déplacement"),
    t("device_loan", "Prêt"), t("device_item_justification", "Mention sans objet"), t("device_fact", "Fait calculé"),
    t("device_model", "Modèle"), t("model_periodicity", "Périodicité du modèle"), t("model_code", "Code de nomenclature du modèle"),
    t("udi_di", "IUD-ID"), t("software_version", "Version de logiciel"), t("nomenclature_term", "Terme de nomenclature"),
    t("organisation", "Organisation"), t("organisation_alias", "Autre nom d’organisation"), t("organisation_succession", "Succession"),
    t("contact", "Contact"), t("document", "Document"), t("file", "Fichier"), t("legal_rule", "Règle"),
    t("establishment", "Établissement"), t("site", "Site"), t("department", "Pôle"), t("unit", "Unité"), t("room", "Local"),
    t("account", "Compte"), t("access_grant", "Droit"), t("api_token", "Jeton d’API"), t("session", "Session"),
    t("label_format", "Format d’étiquettes"), t("second_factor", "Second facteur"), t("recovery_code", "Code de secours"),
    t("role_policy", "Exigence par rôle"), t("delegation", "Délégation"),
    t("list_view", "Vue de liste"), t("correction", "Modification en nombre"), t("correction_line", "Modification en nombre, ligne"),
    t("custom_field", "Champ complémentaire"), t("device_custom_value", "Valeur d’un champ complémentaire"),
    t("certificate", "Certificat CE"), t("certificate_model", "Modèle couvert"), t("model_instruction", "Notice du modèle"),
    t("support_statement", "Fin de support"), t("organisation_document", "Document d’organisation"),
    t("organisation_document_reader", "Diffusion du document d’organisation"), t("asset_file", "Extrait économique"), t("asset", "Immobilisation"),
    t("finess_place", "Établissement FINESS"), t("heavy_equipment", "Équipement lourd autorisé"),
    t("record_merge", "Fusion"), t("take_over_plan", "Échéance de reprise"), t("take_over_waiver", "Dispense de reprise"), t("import_run", "Import"), t("import_mapping", "Correspondance d’import"),
];

/// Columns that no list shows.
#[rustfmt::skip]
const COLUMNS: &[(&str, &str)] = &[
    ("address", "Adresse"), ("annulled_at", "Annulé le"), ("annulled_reason", "Motif d’annulation"), ("building", "Bâtiment"),
    ("certificate", "Certificat"), ("closed_on", "Fermé le"), ("code", "Code"), ("country", "Pays"), ("department_id", "Pôle"),
    ("device_id", "Équipement"), ("display_name", "Nom"), ("due_on", "Échéance"), ("edition", "Version"), ("email", "Courriel"),
    ("ends_on", "Fin"), ("establishment_id", "Établissement"), ("exceptions_reason", "Motif des exceptions"),
    ("expires_on", "Expire le"), ("finess", "FINESS"), ("finess_geographic", "FINESS géographique"), ("finess_legal", "FINESS juridique"),
    ("floor", "Étage"), ("from_state", "État quitté"), ("function", "Fonction"), ("gln", "GLN"), ("granted_at", "Donné le"),
    ("host_name", "Nom d’hôte"), ("inventory_pattern", "Modèle de n° d’inventaire"), ("ip", "Adresse IP"), ("issued_on", "Émis le"),
    ("issuer", "Entité d’attribution"), ("item", "Mention"), ("job_title", "Fonction"), ("kind", "Genre"), ("label", "Libellé"),
    ("language", "Langue"), ("last_used_at", "Utilisé le"), ("level", "Niveau"), ("login", "Identifiant"), ("mac", "Adresse MAC"),
    ("manufacturer_id", "Fabricant"), ("model_id", "Modèle"), ("must_change_password", "Doit changer de mot de passe"),
    ("name", "Nom"), ("note", "Remarques"), ("number", "Numéro"), ("owner_id", "Propriétaire"), ("parent_id", "Appareil principal"),
    ("password_changed_at", "Mot de passe changé le"), ("password_hash", "Mot de passe"), ("phone", "Téléphone"),
    ("place_detail", "Emplacement"), ("position", "Rang"), ("price_cents", "Prix (centimes)"), ("purpose", "Objet"), ("reason", "Motif"),
    ("recorded_at", "Enregistré le"), ("recorded_by", "Enregistré par"), ("returned_at", "Rendu le"), ("reviewed_at", "Relu le"),
    ("revoked_at", "Retiré le"), ("role", "Rôle"), ("roles", "Rôles"), ("room_id", "Local"), ("serial_unknown_reason", "Série inconnue : motif"),
    ("service_phone", "Téléphone du service"), ("siren", "SIREN"), ("site_id", "Site"), ("software_version_id", "Version du logiciel"),
    ("source", "Source"), ("srn", "N° d’enregistrement (SRN)"), ("state_since", "Dans cet état depuis"), ("status", "Statut"),
    ("summary", "Résumé"), ("supplier_id", "Fournisseur"), ("system", "Système"), ("taken_over", "Reprise, preuves non vérifiées"),
    ("time_zone", "Fuseau horaire"), ("title", "Titre"), ("to_state", "Nouvel état"), ("transition", "Transition"), ("udi_text", "IUD lu"),
    ("udi_status", "Lecture de l’IUD"), ("unit_id", "Unité"), ("valid_from", "À partir du"), ("valid_to", "Jusqu’au"), ("value", "Valeur"),
    ("verified_on", "Vérifié le"), ("vlan", "VLAN"), ("website", "Site web"), ("withdrawn_at", "Retiré le"), ("withdrawn_reason", "Motif de retrait"),
];

/// Columns that count edits or repeat the object itself: no news to anybody.
const SILENT: [&str; 2] = ["id", "version"];

/// Which kind of object an identifier names, by its column.
#[must_use]
pub fn names(column: &str) -> Option<&'static str> {
    Some(match column {
        "unit_id" | "from_unit_id" | "to_unit_id" => "unit",
        "room_id" | "from_room_id" | "to_room_id" => "room",
        "establishment_id" => "establishment",
        "site_id" => "site",
        "department_id" => "department",
        "model_id" => "device_model",
        "device_id" | "parent_id" => "device",
        "manufacturer_id"
        | "supplier_id"
        | "owner_id"
        | "organisation_id"
        | "importer_id"
        | "distributor_id"
        | "authorised_representative_id"
        | "successor_id"
        | "predecessor_id" => "organisation",
        "account_id" | "recorded_by" | "annulled_by" | "granted_by" | "revoked_by"
        | "reviewed_by" | "verified_by" => "account",
        _ => return None,
    })
}

/// What a table's rows are, in French.
#[must_use]
pub fn table(name: &str) -> &str {
    TABLES
        .iter()
        .find(|(known, ..)| *known == name)
        .map_or(name, |(_, label, _)| label)
}

/// A value that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The column, as programs know it.
    pub field: String,
    /// As people read it.
    pub label: String,
    /// Empty = nothing.
    pub before: String,
    /// Empty = nothing.
    pub after: String,
}

/// Reads rows with the words of the house's lists and the names of the objects they point to.
pub struct Reader<'a> {
    /// Every list of the house.
    pub lists: &'a [&'static ListSpec],
    /// Names of objects, by id; one that is not there is not visible.
    pub named: &'a HashMap<Uuid, String>,
}

impl Reader<'_> {
    /// What a row changed, in the order of the columns' names.
    #[must_use]
    pub fn changes(
        &self,
        table: &str,
        before: Option<&Value>,
        after: Option<&Value>,
    ) -> Vec<Change> {
        let empty = serde_json::Map::new();
        let [before, after] =
            [before, after].map(|side| side.and_then(Value::as_object).unwrap_or(&empty));
        let mut fields: Vec<&String> = before.keys().chain(after.keys()).collect();
        fields.sort();
        fields.dedup();
        let mut changes: Vec<Change> = fields
            .into_iter()
            .filter(|field| !SILENT.contains(&field.as_str()))
            .map(|field| Change {
                label: self.label(table, field),
                before: self.text(table, field, before.get(field)),
                after: self.text(table, field, after.get(field)),
                field: field.clone(),
            })
            .filter(|change| change.before != change.after)
            .collect();
        changes.sort_by(|a, b| a.label.cmp(&b.label));
        changes
    }

    fn label(&self, table: &str, field: &str) -> String {
        let shown = self
            .lists
            .iter()
            .find_map(|list| list.column_of(table, field));
        let other = || {
            COLUMNS
                .iter()
                .find(|(known, _)| *known == field)
                .map(|(_, label)| *label)
        };
        match shown.map(|column| column.label).or_else(other) {
            Some(label) => label.to_owned(),
            None => field.replace('_', " "),
        }
    }

    fn text(&self, table: &str, field: &str, value: Option<&Value>) -> String {
        let text = match value {
            None | Some(Value::Null) => return String::new(),
            Some(Value::Bool(yes)) => return if *yes { "oui" } else { "non" }.to_owned(),
            Some(Value::Number(number)) => return number.to_string(),
            Some(Value::Array(items)) => {
                return items
                    .iter()
                    .map(|item| self.text(table, field, Some(item)))
                    .collect::<Vec<_>>()
                    .join(", ");
            }
            Some(Value::Object(facts)) => return Value::Object(facts.clone()).to_string(),
            Some(Value::String(text)) => text,
        };
        if names(field).is_some()
            && let Ok(id) = text.parse::<Uuid>()
        {
            return self
                .named
                .get(&id)
                .cloned()
                .unwrap_or_else(|| "objet invisible".to_owned());
        }
        if let Some(column) = self
            .lists
            .iter()
            .find_map(|list| list.column_of(table, field))
            && let Kind::Choice(choices) = column.kind
            && let Some((_, label, _)) = choices.iter().find(|(code, ..)| code == text)
        {
            return (*label).to_owned();
        }
        if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            return date::short(day);
        }
        if text.len() >= 19
            && let Ok(at) = text.parse::<DateTime<Utc>>()
        {
            return date::instant(at, ZONE);
        }
        text.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_change_is_said_in_words() {
        let unit = Uuid::from_u128(1);
        let named = HashMap::from([(unit, "Réanimation".to_owned())]);
        let reader = Reader {
            lists: &[],
            named: &named,
        };
        let before = json!({ "unit_id": null, "closed_on": "2026-11-23", "must_change_password": true, "odd_column": 1, "version": 1 });
        let after = json!({ "unit_id": unit, "closed_on": null, "must_change_password": false, "odd_column": 2, "version": 2 });
        let changes = reader.changes("device", Some(&before), Some(&after));
        let said: Vec<(&str, &str, &str)> = changes
            .iter()
            .map(|change| {
                (
                    change.label.as_str(),
                    change.before.as_str(),
                    change.after.as_str(),
                )
            })
            .collect();
        assert_eq!(
            said,
            [
                ("Doit changer de mot de passe", "oui", "non"),
                ("Fermé le", "23\u{a0}nov.\u{a0}2026", ""),
                ("Unité", "", "Réanimation"),
                ("odd column", "1", "2"),
            ]
        );
    }

    #[test]
    fn an_object_the_reader_may_not_see_is_not_named() {
        let reader = Reader {
            lists: &[],
            named: &HashMap::new(),
        };
        let after = json!({ "supplier_id": Uuid::from_u128(2) });
        assert_eq!(
            reader.changes("device", None, Some(&after))[0].after,
            "objet invisible"
        );
    }
}
