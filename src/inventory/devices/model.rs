//! The rules of a device that need no database: its seven items, its holding, its loans, its label.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

crate::coded! {
    /// By what title the hospital has a device. It exploits it in every case (art. R.5211-5 CSP).
    pub enum Holding {
        Purchase = "purchase" => "Achat",
        Rental = "rental" => "Location",
        Provision = "provision" => "Mise à disposition",
        Consignment = "consignment" => "Dépôt",
        Loan = "loan" => "Prêt",
        Trial = "trial" => "Essai",
        Lease = "lease" => "Crédit-bail",
        Donation = "donation" => "Don",
        Research = "research" => "Recherche",
        Transfer = "transfer" => "Transfert entre établissements",
        InHouse = "in_house" => "Fabrication interne",
    }
}

impl Holding {
    /// Belongs to someone else, so that it goes back one day and a convention says when.
    pub const fn is_temporary(self) -> bool {
        matches!(
            self,
            Self::Rental
                | Self::Provision
                | Self::Consignment
                | Self::Loan
                | Self::Trial
                | Self::Lease
                | Self::Research
        )
    }
}

crate::coded! {
    /// How someone outside reaches the device.
    pub enum RemoteAccess {
        None = "none" => "Aucun",
        Vpn = "vpn" => "VPN",
        VendorGateway = "vendor_gateway" => "Passerelle du fournisseur",
        RemoteDesktop = "remote_desktop" => "Prise en main à distance",
        Modem = "modem" => "Modem",
        Other = "other" => "Autre accès",
    }
}

crate::coded! {
    /// One scale for the three criticalities (maintenance, continuity of care, cyber), which stay apart.
    pub enum Criticality {
        Low = "low" => "Faible",
        Medium = "medium" => "Moyenne",
        High = "high" => "Élevée",
        Vital = "vital" => "Vitale",
    }
}

crate::coded! {
    /// What an identifier is.
    pub enum IdentifierKind {
        InventoryNumber = "inventory_number" => "N° d’inventaire",
        SerialNumber = "serial_number" => "N° de série",
        LotNumber = "lot_number" => "Lot",
        Udi = "udi" => "IUD",
        LabelCode = "label_code" => "Code d’étiquette",
        OldLabel = "old_label" => "Ancienne étiquette",
        OldSystem = "old_system" => "N° dans l’ancienne GMAO",
        AssetNumber = "asset_number" => "N° d’immobilisation",
        Rfid = "rfid" => "RFID",
        DicomAe = "dicom_ae" => "Titre DICOM (AE)",
        SupplierNumber = "supplier_number" => "N° chez le fournisseur",
        Other = "other" => "Autre identifiant",
    }
}

impl IdentifierKind {
    /// Kept in a column of the device while current: exchanged there, and only its past is in the list.
    pub const fn is_column(self) -> bool {
        matches!(
            self,
            Self::InventoryNumber
                | Self::SerialNumber
                | Self::LotNumber
                | Self::Udi
                | Self::LabelCode
        )
    }
}

crate::coded! {
    /// The seven items of art. R.5212-28 1° CSP.
    pub enum Item {
        CommonName = "common_name" => "Dénomination commune",
        TradeName = "trade_name" => "Dénomination commerciale",
        Manufacturer = "manufacturer" => "Fabricant",
        Supplier = "supplier" => "Fournisseur",
        SerialNumber = "serial_number" => "Numéro de série",
        Location = "location" => "Localisation",
        FirstServiceDate = "first_service_date" => "Date de première mise en service",
    }
}

/// How one item stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemStanding {
    /// Here it is.
    Present(String),
    /// Not known; with the words that were given in its place, if any.
    Missing(Option<String>),
    /// « Sans objet », for this reason.
    NotApplicable(String),
}

/// One item with its standing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemState {
    /// Which of the seven.
    pub item: Item,
    /// How it stands.
    pub standing: ItemStanding,
}

impl ItemState {
    /// Nobody knows it and nobody said why it would not apply.
    pub const fn is_missing(&self) -> bool {
        matches!(self.standing, ItemStanding::Missing(_))
    }

    /// The code of its standing, in JSON and lists.
    pub const fn code(&self) -> &'static str {
        match self.standing {
            ItemStanding::Present(_) => "present",
            ItemStanding::Missing(_) => "missing",
            ItemStanding::NotApplicable(_) => "not_applicable",
        }
    }

    /// What is on the screen in the place of the value.
    pub fn words(&self) -> String {
        match &self.standing {
            ItemStanding::Present(value) => value.clone(),
            ItemStanding::Missing(None) => "manquant".to_owned(),
            ItemStanding::Missing(Some(given)) => format!("manquant (« {given} »)"),
            ItemStanding::NotApplicable(reason) => format!("sans objet : {reason}"),
        }
    }
}

/// The seven items from the value, the words given in its place, and the justification of each.
/// What is present is present even if someone once justified its absence; blank is missing.
pub fn items<'a>(
    value: impl Fn(Item) -> Option<&'a str>,
    given: impl Fn(Item) -> Option<&'a str>,
    justified: impl Fn(Item) -> Option<&'a str>,
) -> Vec<ItemState> {
    let filled = |text: Option<&str>| {
        text.map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    Item::ALL
        .iter()
        .map(|item| ItemState {
            item: *item,
            standing: match (filled(value(*item)), filled(justified(*item))) {
                (Some(value), _) => ItemStanding::Present(value),
                (None, Some(reason)) => ItemStanding::NotApplicable(reason),
                (None, None) => ItemStanding::Missing(filled(given(*item))),
            },
        })
        .collect()
}

/// How many of the seven are settled: present, or justified as not applying.
pub fn present_count(items: &[ItemState]) -> usize {
    items.iter().filter(|state| !state.is_missing()).count()
}

/// Whether a device entered by mistake may still be annulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Annulment {
    /// Yes, until then.
    Until(DateTime<Utc>),
    /// The time is over: it lives a whole life.
    TooLate,
    /// It already is.
    Done,
}

/// A device may be annulled by hand for `hours` after it was recorded (rule `vigie.annulation`).
pub fn annulment(
    recorded_at: DateTime<Utc>,
    annulled: bool,
    now: DateTime<Utc>,
    hours: i64,
) -> Annulment {
    let end = recorded_at + TimeDelta::hours(hours);
    if annulled {
        Annulment::Done
    } else if now <= end {
        Annulment::Until(end)
    } else {
        Annulment::TooLate
    }
}

/// Where a loan stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoanStanding {
    /// Back.
    Returned,
    /// Days left, 0 = due today.
    Running(i64),
    /// Days past the day it was due.
    Overdue(i64),
}

/// Overdue starts the day after the due day.
pub fn loan_standing(due_on: NaiveDate, returned: bool, today: NaiveDate) -> LoanStanding {
    let left = (due_on - today).num_days();
    match (returned, left) {
        (true, _) => LoanStanding::Returned,
        (false, left) if left < 0 => LoanStanding::Overdue(-left),
        (false, left) => LoanStanding::Running(left),
    }
}

/// Where the holding of someone else's device stands: like a loan to us. None = nothing to watch, or no end known.
pub fn holding_standing(
    holding: Option<Holding>,
    ends_on: Option<NaiveDate>,
    left_the_fleet: bool,
    today: NaiveDate,
) -> Option<LoanStanding> {
    holding.filter(|h| h.is_temporary())?;
    Some(loan_standing(ends_on?, left_the_fleet, today))
}

/// « dans 12 jours », « aujourd’hui », « en retard de 3 jours ».
pub fn clock_words(standing: LoanStanding) -> String {
    let days = |n: i64| {
        if n == 1 {
            "1 jour".to_owned()
        } else {
            format!("{n} jours")
        }
    };
    match standing {
        LoanStanding::Returned => "rendu".to_owned(),
        LoanStanding::Running(0) => "aujourd’hui".to_owned(),
        LoanStanding::Running(left) => format!("dans {}", days(left)),
        LoanStanding::Overdue(late) => format!("en retard de {}", days(late)),
    }
}

const LABEL_ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// The eight characters of a label from random bytes: no 0, O, 1 or I, which people misread.
pub fn label_code(random: [u8; 8]) -> String {
    random
        .iter()
        .map(|byte| char::from(LABEL_ALPHABET[usize::from(byte % 32)]))
        .collect()
}

/// How an establishment numbers its devices: `BM######`, `{AAAA}-BIO-####`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberPattern(String);

impl NumberPattern {
    /// A pattern has exactly one run of `#`, the counter; `{AAAA}` and `{AA}` are the year.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let runs = text
            .split(|c| c != '#')
            .filter(|run| !run.is_empty())
            .count();
        (runs == 1 && text.len() <= 40).then(|| Self(text.to_owned()))
    }

    /// The pattern of an establishment that chose none.
    pub fn of_the_house() -> Self {
        Self("VG######".to_owned())
    }

    /// Whether the counter starts again each year.
    pub fn is_yearly(&self) -> bool {
        self.0.contains("{AA")
    }

    /// The number of this rank, written in full when the rank outgrows its digits.
    pub fn number(&self, rank: i64, year: i32) -> String {
        let width = self.0.chars().filter(|c| *c == '#').count();
        self.0
            .replace(&"#".repeat(width), &format!("{rank:0width$}"))
            .replace("{AAAA}", &format!("{year:04}"))
            .replace("{AA}", &format!("{:02}", year.rem_euclid(100)))
    }
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
