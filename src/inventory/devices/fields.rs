//! What may be said of a device by hand, once checked.

use chrono::NaiveDate;
use uuid::Uuid;

use super::Device;
use super::model::{Criticality, Holding};

/// A day, or the words given in its place: never both, never a guess.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayOrWords {
    /// The day.
    pub day: Option<NaiveDate>,
    /// The words.
    pub words: Option<String>,
}

impl DayOrWords {
    /// Reads `23/11/2026`, `23-11-2026`, `23.11.2026` or `2026-11-23`; anything else is kept as words.
    pub fn read(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() {
            return Self::default();
        }
        let day = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"]
            .iter()
            .find_map(|form| NaiveDate::parse_from_str(text, form).ok())
            .filter(|day| (1900..=2200).contains(&chrono::Datelike::year(day)));
        match day {
            Some(day) => Self {
                day: Some(day),
                words: None,
            },
            None => Self {
                day: None,
                words: Some(text.to_owned()),
            },
        }
    }

    /// As a form shows it again.
    pub fn typed(day: Option<NaiveDate>, words: Option<&str>) -> String {
        day.map(|day| day.format("%d/%m/%Y").to_string())
            .or_else(|| words.map(str::to_owned))
            .unwrap_or_default()
    }
}

/// What a person may write on the sheet of a device; its place, state and identifiers have their own doors.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    /// What the unit calls it.
    pub local_name: Option<String>,
    /// Lot.
    pub lot_number: Option<String>,
    /// UDI as scanned or typed.
    pub udi_text: Option<String>,
    /// Fournisseur.
    pub supplier_id: Option<Uuid>,
    /// Owner, where it is not the establishment.
    pub owner_id: Option<Uuid>,
    /// The version it runs, of its model.
    pub software_version_id: Option<Uuid>,
    /// By what title.
    pub holding: Option<Holding>,
    /// Convention.
    pub holding_reference: Option<String>,
    /// Start of the holding.
    pub holding_start: DayOrWords,
    /// End of the holding.
    pub holding_end: DayOrWords,
    /// Made.
    pub manufacture: DayOrWords,
    /// Bought.
    pub purchase: DayOrWords,
    /// Delivered.
    pub delivery: DayOrWords,
    /// Accepted.
    pub acceptance: DayOrWords,
    /// First put into service, anywhere.
    pub first_service: DayOrWords,
    /// Put into service here.
    pub local_service: DayOrWords,
    /// VA.
    pub aptitude_date: Option<NaiveDate>,
    /// VSR.
    pub regular_service_date: Option<NaiveDate>,
    /// End of the warranty.
    pub warranty_end: DayOrWords,
    /// N° d’immobilisation.
    pub asset_number: Option<String>,
    /// Compte.
    pub account_code: Option<String>,
    /// Marché.
    pub market_number: Option<String>,
    /// Commande.
    pub order_number: Option<String>,
    /// Price.
    pub price_cents: Option<i64>,
    /// The device it is part of.
    pub parent_id: Option<Uuid>,
    /// Exception to the model.
    pub is_dmn: Option<bool>,
    /// Exception to the model.
    pub is_ai: Option<bool>,
    /// Use as a digital device.
    pub dmn_scope: Option<String>,
    /// Keeps personal data.
    pub stores_data_locally: Option<bool>,
    /// Sends personal data elsewhere.
    pub stores_data_remotely: Option<bool>,
    /// Encrypted.
    pub data_encrypted: Option<bool>,
    /// Its media.
    pub storage_media: Option<String>,
    /// Why it differs from its model.
    pub exceptions_reason: Option<String>,
    /// For maintenance.
    pub maintenance_criticality: Option<Criticality>,
    /// For the continuity of care.
    pub care_criticality: Option<Criticality>,
    /// For cybersecurity.
    pub cyber_criticality: Option<Criticality>,
    /// Free words.
    pub note: Option<String>,
}

impl Fields {
    /// What the sheet of a device says now.
    pub fn of(device: &Device) -> Self {
        let d = device.clone();
        Self {
            local_name: d.local_name,
            lot_number: d.lot_number,
            udi_text: d.udi_text,
            supplier_id: d.supplier_id,
            owner_id: d.owner_id,
            software_version_id: d.software_version_id,
            holding: d.holding,
            holding_reference: d.holding_reference,
            holding_start: DayOrWords {
                day: d.holding_start_date,
                words: d.holding_start_date_text,
            },
            holding_end: DayOrWords {
                day: d.holding_end_date,
                words: d.holding_end_date_text,
            },
            manufacture: DayOrWords {
                day: d.manufacture_date,
                words: d.manufacture_date_text,
            },
            purchase: DayOrWords {
                day: d.purchase_date,
                words: d.purchase_date_text,
            },
            delivery: DayOrWords {
                day: d.delivery_date,
                words: d.delivery_date_text,
            },
            acceptance: DayOrWords {
                day: d.acceptance_date,
                words: d.acceptance_date_text,
            },
            first_service: DayOrWords {
                day: d.first_service_date,
                words: d.first_service_date_text,
            },
            local_service: DayOrWords {
                day: d.local_service_date,
                words: d.local_service_date_text,
            },
            aptitude_date: d.aptitude_date,
            regular_service_date: d.regular_service_date,
            warranty_end: DayOrWords {
                day: d.warranty_end_date,
                words: d.warranty_end_date_text,
            },
            asset_number: d.asset_number,
            account_code: d.account_code,
            market_number: d.market_number,
            order_number: d.order_number,
            price_cents: d.price_cents,
            parent_id: d.parent_id.map(|id| id.uuid()),
            is_dmn: d.is_dmn,
            is_ai: d.is_ai,
            dmn_scope: d.dmn_scope,
            stores_data_locally: d.stores_data_locally,
            stores_data_remotely: d.stores_data_remotely,
            data_encrypted: d.data_encrypted,
            storage_media: d.storage_media,
            exceptions_reason: d.exceptions_reason,
            maintenance_criticality: d.maintenance_criticality,
            care_criticality: d.care_criticality,
            cyber_criticality: d.cyber_criticality,
            note: d.note,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_french_day_is_read_and_anything_else_is_kept_as_words() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d);
        assert_eq!(DayOrWords::read("23/11/2026").day, day(2026, 11, 23));
        assert_eq!(DayOrWords::read(" 2026-11-23 ").day, day(2026, 11, 23));
        assert_eq!(
            DayOrWords::read("avant 2003"),
            DayOrWords {
                day: None,
                words: Some("avant 2003".into())
            }
        );
        assert_eq!(
            DayOrWords::read("31/02/2026"),
            DayOrWords {
                day: None,
                words: Some("31/02/2026".into())
            }
        );
        assert_eq!(DayOrWords::read("11/23/2026").day, None);
        assert_eq!(DayOrWords::read("  "), DayOrWords::default());
    }

    #[test]
    fn what_is_shown_again_is_read_again_the_same() {
        for text in ["01/02/2020", "avant 2003", ""] {
            let read = DayOrWords::read(text);
            assert_eq!(
                DayOrWords::read(&DayOrWords::typed(read.day, read.words.as_deref())),
                read
            );
        }
    }
}
