//! The form of a device: texts as typed, and what they become once checked.

use std::str::FromStr;

use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::Device;
use super::commands::Entry;
use super::fields::{DayOrWords, Fields};
use super::model::{Criticality, Holding};
use crate::inventory::states::State;
use crate::kernel::{FieldErrors, Result};
use crate::platform::web::check;

/// What was typed on the sheet of a device.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeviceForm {
    pub(super) model: String,
    pub(super) unit: String,
    pub(super) room: String,
    pub(super) place_detail: String,
    pub(super) entry: String,
    pub(super) state: String,
    pub(super) inventory_number: String,
    pub(super) serial_number: String,
    pub(super) serial_unknown_reason: String,
    pub(super) lot_number: String,
    pub(super) udi: String,
    pub(super) local_name: String,
    pub(super) supplier: String,
    pub(super) owner: String,
    pub(super) software_version: String,
    pub(super) holding: String,
    pub(super) holding_reference: String,
    pub(super) holding_start: String,
    pub(super) holding_end: String,
    pub(super) manufacture: String,
    pub(super) purchase: String,
    pub(super) delivery: String,
    pub(super) acceptance: String,
    pub(super) first_service: String,
    pub(super) local_service: String,
    pub(super) aptitude_date: String,
    pub(super) regular_service_date: String,
    pub(super) warranty_end: String,
    pub(super) asset_number: String,
    pub(super) account_code: String,
    pub(super) market_number: String,
    pub(super) order_number: String,
    pub(super) price: String,
    pub(super) parent: String,
    pub(super) is_dmn: String,
    pub(super) is_ai: String,
    pub(super) dmn_scope: String,
    pub(super) stores_data_locally: String,
    pub(super) stores_data_remotely: String,
    pub(super) data_encrypted: String,
    pub(super) storage_media: String,
    pub(super) exceptions_reason: String,
    pub(super) maintenance_criticality: String,
    pub(super) care_criticality: String,
    pub(super) cyber_criticality: String,
    pub(super) note: String,
    pub(super) version: String,
}

/// « oui », « non », or nobody knows.
pub const THREE: [(&str, &str); 2] = [("true", "oui"), ("false", "non")];

/// A closed list as the options of a select.
pub fn options<T: Copy>(
    all: &[T],
    code: impl Fn(T) -> &'static str,
    label: impl Fn(T) -> &'static str,
) -> Vec<(&'static str, &'static str)> {
    all.iter().map(|one| (code(*one), label(*one))).collect()
}

/// Trimmed, and nothing when blank.
pub fn said(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Reads texts into typed values and gathers what is wrong.
#[derive(Default)]
pub struct Reader {
    /// What is wrong so far.
    pub wrong: FieldErrors,
}

impl Reader {
    /// A key of something chosen.
    pub fn chosen(&mut self, field: &str, text: &str) -> Option<Uuid> {
        let text = said(text)?;
        match Uuid::from_str(&text) {
            Ok(id) => Some(id),
            Err(_) => {
                self.wrong.add(field, "Choisissez dans la liste.");
                None
            }
        }
    }

    /// One of a closed list.
    pub fn coded<T>(
        &mut self,
        field: &str,
        text: &str,
        from: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = said(text)?;
        let found = from(&text);
        if found.is_none() {
            self.wrong
                .add(field, format!("« {text} » n’est pas dans la liste."));
        }
        found
    }

    /// Yes, no, or unsaid.
    pub fn three(&mut self, field: &str, text: &str) -> Option<bool> {
        self.coded(field, text, |code| match code {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        })
    }

    /// A day that must be one.
    pub fn day(&mut self, field: &str, text: &str) -> Option<NaiveDate> {
        let read = DayOrWords::read(text);
        if let Some(words) = &read.words {
            self.wrong.add(
                field,
                format!("« {words} » n’est pas une date : JJ/MM/AAAA est attendu."),
            );
        }
        read.day
    }

    /// A line no longer than `most` characters.
    pub fn short(&mut self, field: &str, text: &str, most: usize) -> Option<String> {
        check::maybe_line(&mut self.wrong, field, text, most)
    }

    /// A code as a scanner sends it: its invisible separators are data.
    pub fn scanned(&mut self, field: &str, text: &str) -> Option<String> {
        let text = said(text)?;
        if text.chars().count() > 500 || text.contains(['\n', '\r', '\0']) {
            self.wrong.add(
                field,
                "Un IUD tient sur une ligne de 500 caractères au plus.",
            );
            return None;
        }
        Some(text)
    }

    /// Euros and cents: `1 234,56`.
    pub fn price(&mut self, field: &str, text: &str) -> Option<i64> {
        let text = said(text)?;
        let plain: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '€')
            .map(|c| if c == ',' { '.' } else { c })
            .collect();
        let (euros, cents) = plain.split_once('.').unwrap_or((&plain, ""));
        let digits = |part: &str| part.chars().all(|c| c.is_ascii_digit());
        let read = (digits(euros)
            && digits(cents)
            && !euros.is_empty()
            && euros.len() <= 12
            && cents.len() <= 2)
            .then(|| {
                Some(
                    euros.parse::<i64>().ok()? * 100
                        + format!("{cents:0<2}").parse::<i64>().ok()?,
                )
            })
            .flatten();
        if read.is_none() {
            self.wrong.add(
                field,
                format!("« {text} » n’est pas un prix : 1 234,56 est attendu."),
            );
        }
        read
    }
}

impl DeviceForm {
    /// The form of a device as it is.
    pub fn of(d: &Device) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let id = |value: Option<Uuid>| value.map(|id| id.to_string()).unwrap_or_default();
        let three = |value: Option<bool>| value.map(|yes| yes.to_string()).unwrap_or_default();
        let day = |day: Option<NaiveDate>, words: &Option<String>| {
            DayOrWords::typed(day, words.as_deref())
        };
        Self {
            model: d.model_id.to_string(),
            inventory_number: d.inventory_number.clone(),
            serial_number: text(&d.serial_number),
            serial_unknown_reason: text(&d.serial_unknown_reason),
            lot_number: text(&d.lot_number),
            udi: text(&d.udi_text),
            local_name: text(&d.local_name),
            supplier: id(d.supplier_id),
            owner: id(d.owner_id),
            software_version: id(d.software_version_id),
            holding: d.holding.map_or("", Holding::code).to_owned(),
            holding_reference: text(&d.holding_reference),
            holding_start: day(d.holding_start_date, &d.holding_start_date_text),
            holding_end: day(d.holding_end_date, &d.holding_end_date_text),
            manufacture: day(d.manufacture_date, &d.manufacture_date_text),
            purchase: day(d.purchase_date, &d.purchase_date_text),
            delivery: day(d.delivery_date, &d.delivery_date_text),
            acceptance: day(d.acceptance_date, &d.acceptance_date_text),
            first_service: day(d.first_service_date, &d.first_service_date_text),
            local_service: day(d.local_service_date, &d.local_service_date_text),
            aptitude_date: day(d.aptitude_date, &None),
            regular_service_date: day(d.regular_service_date, &None),
            warranty_end: day(d.warranty_end_date, &d.warranty_end_date_text),
            asset_number: text(&d.asset_number),
            account_code: text(&d.account_code),
            market_number: text(&d.market_number),
            order_number: text(&d.order_number),
            price: d
                .price_cents
                .map(|cents| format!("{},{:02}", cents / 100, cents % 100))
                .unwrap_or_default(),
            parent: id(d.parent_id.map(|p| p.uuid())),
            is_dmn: three(d.is_dmn),
            is_ai: three(d.is_ai),
            dmn_scope: text(&d.dmn_scope),
            stores_data_locally: three(d.stores_data_locally),
            stores_data_remotely: three(d.stores_data_remotely),
            data_encrypted: three(d.data_encrypted),
            storage_media: text(&d.storage_media),
            exceptions_reason: text(&d.exceptions_reason),
            maintenance_criticality: d
                .maintenance_criticality
                .map_or("", Criticality::code)
                .to_owned(),
            care_criticality: d.care_criticality.map_or("", Criticality::code).to_owned(),
            cyber_criticality: d.cyber_criticality.map_or("", Criticality::code).to_owned(),
            note: text(&d.note),
            version: d.version.to_string(),
            ..Self::default()
        }
    }

    /// The fields of the sheet, checked.
    pub fn fields(&self, read: &mut Reader) -> Fields {
        let fields = Fields {
            local_name: read.short("local_name", &self.local_name, 200),
            lot_number: read.short("lot_number", &self.lot_number, 60),
            udi_text: read.scanned("udi", &self.udi),
            supplier_id: read.chosen("supplier", &self.supplier),
            owner_id: read.chosen("owner", &self.owner),
            software_version_id: read.chosen("software_version", &self.software_version),
            holding: read.coded("holding", &self.holding, Holding::from_code),
            holding_reference: read.short("holding_reference", &self.holding_reference, 100),
            holding_start: DayOrWords::read(&self.holding_start),
            holding_end: DayOrWords::read(&self.holding_end),
            manufacture: DayOrWords::read(&self.manufacture),
            purchase: DayOrWords::read(&self.purchase),
            delivery: DayOrWords::read(&self.delivery),
            acceptance: DayOrWords::read(&self.acceptance),
            first_service: DayOrWords::read(&self.first_service),
            local_service: DayOrWords::read(&self.local_service),
            aptitude_date: read.day("aptitude_date", &self.aptitude_date),
            regular_service_date: read.day("regular_service_date", &self.regular_service_date),
            warranty_end: DayOrWords::read(&self.warranty_end),
            asset_number: read.short("asset_number", &self.asset_number, 60),
            account_code: read.short("account_code", &self.account_code, 60),
            market_number: read.short("market_number", &self.market_number, 100),
            order_number: read.short("order_number", &self.order_number, 100),
            price_cents: read.price("price", &self.price),
            parent_id: read.chosen("parent", &self.parent),
            is_dmn: read.three("is_dmn", &self.is_dmn),
            is_ai: read.three("is_ai", &self.is_ai),
            dmn_scope: read.short("dmn_scope", &self.dmn_scope, 500),
            stores_data_locally: read.three("stores_data_locally", &self.stores_data_locally),
            stores_data_remotely: read.three("stores_data_remotely", &self.stores_data_remotely),
            data_encrypted: read.three("data_encrypted", &self.data_encrypted),
            storage_media: read.short("storage_media", &self.storage_media, 500),
            exceptions_reason: read.short("exceptions_reason", &self.exceptions_reason, 1000),
            maintenance_criticality: read.coded(
                "maintenance_criticality",
                &self.maintenance_criticality,
                Criticality::from_code,
            ),
            care_criticality: read.coded(
                "care_criticality",
                &self.care_criticality,
                Criticality::from_code,
            ),
            cyber_criticality: read.coded(
                "cyber_criticality",
                &self.cyber_criticality,
                Criticality::from_code,
            ),
            note: check::maybe_paragraph(&mut read.wrong, "note", &self.note, 10_000),
        };
        if (fields.is_dmn.is_some() || fields.is_ai.is_some()) && fields.exceptions_reason.is_none()
        {
            read.wrong.add(
                "exceptions_reason",
                "L’équipement diffère de son modèle : dites pourquoi.",
            );
        }
        fields
    }

    /// The version of the sheet this form was opened with.
    pub fn version(&self) -> i32 {
        self.version.trim().parse().unwrap_or(-1)
    }

    /// How the device enters, checked.
    pub fn entry(&self, read: &mut Reader) -> Option<Entry> {
        match said(&self.entry).as_deref() {
            None | Some("received") => Some(Entry::Received),
            Some("requested") => Some(Entry::Requested),
            Some("taken_over") => {
                let state = read.coded("state", &self.state, State::from_code);
                if state.is_none() && said(&self.state).is_none() {
                    read.wrong
                        .add("state", "Dites dans quel état l’équipement est repris.");
                }
                state.map(|state| Entry::TakenOver { state, since: None })
            }
            Some(_) => {
                read.wrong.add(
                    "entry",
                    "Choisissez comment l’équipement entre à l’inventaire.",
                );
                None
            }
        }
    }

    /// The serial, or why it is unknown.
    pub fn serial(&self, read: &mut Reader) -> (Option<String>, Option<String>) {
        let serial = read.short("serial_number", &self.serial_number, 120);
        let reason = read.short("serial_unknown_reason", &self.serial_unknown_reason, 300);
        if serial.is_some() && reason.is_some() {
            read.wrong.add(
                "serial_unknown_reason",
                "Le numéro de série est donné : il n’est donc pas inconnu.",
            );
        }
        (serial, reason)
    }
}

/// A reason, where the law or a decision asks for one.
pub fn reason(field: &str, text: &str, wrong: &mut FieldErrors) -> String {
    let text = said(text).unwrap_or_default();
    let length = text.chars().count();
    if !(5..=1000).contains(&length) {
        wrong.add(field, "Dites pourquoi, en 5 à 1000 caractères.");
    }
    text
}

/// Ends a reading: what was read, or everything that is wrong.
pub fn done<T>(read: Reader, value: Option<T>) -> Result<T> {
    read.wrong.done()?;
    value.ok_or_else(|| crate::kernel::Error::field("", "Le formulaire est incomplet."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_the_french_way() {
        let mut read = Reader::default();
        assert_eq!(read.price("p", "1 234,56 €"), Some(123_456));
        assert_eq!(read.price("p", "1\u{202f}200"), Some(120_000));
        assert_eq!(read.price("p", "0,5"), Some(50));
        assert_eq!(read.price("p", ""), None);
        assert!(read.wrong.is_empty());
        for not in ["douze", "1,234", "-5", ",5", "1.2.3"] {
            assert_eq!(read.price("p", not), None, "{not}");
        }
        assert!(read.wrong.of("p").is_some());
    }

    #[test]
    fn an_exception_to_the_model_says_why() {
        let form = DeviceForm {
            is_ai: "true".into(),
            ..DeviceForm::default()
        };
        let mut read = Reader::default();
        form.fields(&mut read);
        assert!(read.wrong.of("exceptions_reason").is_some());
    }

    #[test]
    fn a_take_over_without_a_state_is_refused() {
        let form = DeviceForm {
            entry: "taken_over".into(),
            ..DeviceForm::default()
        };
        let mut read = Reader::default();
        assert_eq!(form.entry(&mut read), None);
        assert!(read.wrong.of("state").is_some());
    }
}
