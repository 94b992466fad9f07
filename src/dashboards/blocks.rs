//! The lists of each role's home: which, in which order, and how a line is said.

use chrono::{Days, NaiveDate};
use sqlx::PgConnection;

use super::queries::{self, Waiting};
use crate::accounts::access::{Caller, Scope};
use crate::accounts::actions::{Action, SeeAccounts, SeeDevices};
use crate::accounts::roles::Role;
use crate::inventory::devices::{Holding, Item};
use crate::inventory::states::State;
use crate::kernel::page::Tone;
use crate::kernel::{Result, date};
use crate::shell::domain::{HomeBlock, HomeLine};

/// A list of the home page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Block {
    /// Broken, quarantined, suspended.
    OutOfUse,
    /// Lent and not returned.
    Loans,
    /// One of the seven items of art. R.5212-28 1° CSP lacks.
    ItemsMissing,
    /// Rentals, provisions, loans to us that end.
    HoldingsEnding,
    /// Warranties that end.
    WarrantiesEnding,
    /// On the network, nobody knows where.
    ZonesUnknown,
    /// The maker's security support ends.
    SupportEnding,
    /// Personal data kept without known encryption.
    DataExposed,
    /// Scanned identifiers not understood for sure.
    UdiUnsure,
    /// People without any right.
    WithoutGrant,
}

/// What waits for each role, the most pressing first.
pub fn of_role(role: Role) -> &'static [Block] {
    use Block::{
        DataExposed, HoldingsEnding, ItemsMissing, Loans, OutOfUse, SupportEnding, UdiUnsure,
        WarrantiesEnding, WithoutGrant, ZonesUnknown,
    };
    match role {
        Role::BiomedicalEngineer => &[OutOfUse, Loans, ItemsMissing, HoldingsEnding],
        Role::Technician => &[OutOfUse, Loans, ItemsMissing],
        Role::Pharmacist | Role::PharmacyStore => &[OutOfUse, UdiUnsure, ItemsMissing],
        Role::SecurityOfficer => &[ZonesUnknown, SupportEnding, DataExposed],
        Role::It => &[ZonesUnknown, SupportEnding],
        Role::Dpo => &[DataExposed],
        Role::Quality | Role::Auditor => &[ItemsMissing, OutOfUse],
        Role::Buyer => &[HoldingsEnding, WarrantiesEnding],
        Role::UnitManager => &[OutOfUse, Loans, HoldingsEnding],
        Role::Administrator => &[WithoutGrant],
        Role::Director
        | Role::DepartmentHead
        | Role::MedicalPhysicist
        | Role::IvdCorrespondent
        | Role::WardUser
        | Role::ExternalTechnician => &[OutOfUse],
    }
}

/// The lists of a caller: of all its roles, none twice, at most five.
pub fn of_caller(caller: &Caller) -> Vec<Block> {
    let mut chosen: Vec<Block> = Vec::new();
    for role in caller.roles() {
        for block in of_role(role) {
            if !chosen.contains(block) {
                chosen.push(*block);
            }
        }
    }
    chosen.truncate(5);
    chosen
}

impl Block {
    /// The permission that shows it.
    pub fn permission(self) -> &'static str {
        match self {
            Self::WithoutGrant => SeeAccounts::NAME,
            _ => SeeDevices::NAME,
        }
    }

    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::OutOfUse => (
                "Équipements indisponibles",
                "/inventory/devices?f=state:in:broken,quarantined,suspended_quality,suspended_cyber",
                "Aucun équipement en panne, en quarantaine ni suspendu.",
            ),
            Self::Loans => (
                "Prêts à rendre",
                "/inventory/devices?f=state:is:lent",
                "Aucun prêt n’attend son retour.",
            ),
            Self::ItemsMissing => (
                "Mentions de l’article R.5212-28 manquantes",
                "/inventory/devices",
                "Les sept mentions sont présentes, ou leur absence justifiée, pour tout le parc que vous voyez.",
            ),
            Self::HoldingsEnding => (
                "Détentions qui se terminent",
                "/inventory/devices?f=holding_end_date:filled:&sort=holding_end_date",
                "Aucune location, mise à disposition ni prêt ne se termine dans les 60 jours.",
            ),
            Self::WarrantiesEnding => (
                "Garanties qui se terminent",
                "/inventory/devices?f=warranty_end_date:filled:",
                "Aucune garantie ne se termine dans les 90 jours.",
            ),
            Self::ZonesUnknown => (
                "Connectés, zone réseau inconnue",
                "/inventory/devices?f=is_connected:is:true",
                "La zone réseau de chaque équipement connecté est connue.",
            ),
            Self::SupportEnding => (
                "Modèles bientôt sans correctifs de sécurité",
                "/inventory/models?f=security_support_ends_on:filled:",
                "Aucun modèle présent dans le parc ne perd ses correctifs dans l’année.",
            ),
            Self::DataExposed => (
                "Données personnelles sans chiffrement établi",
                "/inventory/devices",
                "Le chiffrement est établi pour chaque équipement qui garde des données personnelles.",
            ),
            Self::UdiUnsure => (
                "IUD à vérifier",
                "/inventory/devices",
                "Chaque IUD relevé a été compris sans ambiguïté.",
            ),
            Self::WithoutGrant => (
                "Comptes sans aucun droit",
                "/accounts/users",
                "Chaque compte actif a au moins un rôle.",
            ),
        }
    }

    /// Fills the list.
    pub async fn fill(
        self,
        conn: &mut PgConnection,
        caller: &Caller,
        today: NaiveDate,
    ) -> Result<HomeBlock> {
        let sees: Scope = caller.scope(self.permission()).narrowed();
        let in_days = |days| today.checked_add_days(Days::new(days)).unwrap_or(today);
        let found = match self {
            Self::OutOfUse => queries::out_of_use(conn, &sees).await?,
            Self::Loans => queries::loans(conn, &sees).await?,
            Self::ItemsMissing => queries::items_missing(conn, &sees, today).await?,
            Self::HoldingsEnding => queries::holdings_ending(conn, &sees, in_days(60)).await?,
            Self::WarrantiesEnding => {
                queries::warranties_ending(conn, &sees, today, in_days(90)).await?
            }
            Self::ZonesUnknown => queries::zones_unknown(conn, &sees).await?,
            Self::SupportEnding => queries::support_ending(conn, &sees, in_days(365)).await?,
            Self::DataExposed => queries::data_exposed(conn, &sees).await?,
            Self::UdiUnsure => queries::udi_unsure(conn, &sees).await?,
            Self::WithoutGrant => queries::without_grant(conn, today).await?,
        };
        let (title, href, empty) = self.words();
        let total = found.first().map_or(0, |first| first.total);
        let lines = found.into_iter().map(|row| self.line(row, today)).collect();
        Ok(HomeBlock {
            title: title.to_owned(),
            lines,
            total,
            href: href.to_owned(),
            empty,
        })
    }

    fn line(self, row: Waiting, today: NaiveDate) -> HomeLine {
        let place = row
            .place
            .clone()
            .unwrap_or_else(|| "unité inconnue".to_owned());
        let about = format!("{} · {}", row.inventory_number, row.name);
        let device = format!("/inventory/devices/{}", row.id);
        let word = row.word.clone().unwrap_or_default();
        let clock = |day: Option<NaiveDate>| day.map(|d| date::relative(d, today));
        let (label, note, tone, href) = match self {
            Self::OutOfUse => {
                let state = State::from_code(&word).map_or(word, |s| s.label().to_owned());
                let since = since(row.day, today);
                (
                    about,
                    format!("{state} {since} · {place}"),
                    Tone::Bad,
                    device,
                )
            }
            Self::Loans => {
                let tone = if row.day.is_some_and(|d| d < today) {
                    Tone::Bad
                } else {
                    Tone::Watch
                };
                (
                    about,
                    format!(
                        "prêté à {word} · retour prévu {}",
                        clock(row.day).unwrap_or_default()
                    ),
                    tone,
                    device,
                )
            }
            Self::ItemsMissing => {
                let items: Vec<&str> = word
                    .split(", ")
                    .filter_map(Item::from_code)
                    .map(Item::label)
                    .collect();
                (
                    about,
                    format!(
                        "{place} · {} : {}",
                        if items.len() == 1 {
                            "manque"
                        } else {
                            "manquent"
                        },
                        items.join(", ").to_lowercase()
                    ),
                    Tone::Watch,
                    device,
                )
            }
            Self::HoldingsEnding => {
                let tone = if row.day.is_some_and(|d| d < today) {
                    Tone::Bad
                } else {
                    Tone::Watch
                };
                let holding = Holding::from_code(&word).map_or("Détention", Holding::label);
                (
                    about,
                    format!(
                        "{place} · {holding}, fin {}",
                        clock(row.day).unwrap_or_default()
                    ),
                    tone,
                    device,
                )
            }
            Self::WarrantiesEnding => (
                about,
                format!("{place} · fin {}", clock(row.day).unwrap_or_default()),
                Tone::Watch,
                device,
            ),
            Self::ZonesUnknown => {
                let remote = !matches!(word.as_str(), "" | "none");
                (
                    about,
                    if remote {
                        format!("{place} · accès distant ouvert")
                    } else {
                        place
                    },
                    if remote { Tone::Bad } else { Tone::Unknown },
                    device,
                )
            }
            Self::SupportEnding => {
                let over = row.day.is_some_and(|d| d < today);
                let many = if word == "1" {
                    "1 équipement".to_owned()
                } else {
                    format!("{word} équipements")
                };
                (
                    format!("{} · {}", row.inventory_number, row.name),
                    format!(
                        "{many} · {} {}",
                        if over { "terminé" } else { "fin" },
                        clock(row.day).unwrap_or_default()
                    ),
                    if over { Tone::Bad } else { Tone::Watch },
                    format!("/inventory/models/{}", row.id),
                )
            }
            Self::DataExposed => {
                let refused = word == "no";
                (
                    about,
                    format!(
                        "{place} · {}",
                        if refused {
                            "non chiffrées"
                        } else {
                            "chiffrement inconnu"
                        }
                    ),
                    if refused { Tone::Bad } else { Tone::Unknown },
                    device,
                )
            }
            Self::UdiUnsure => (
                about,
                format!(
                    "{place} · {}",
                    if word == "ambiguous" {
                        "IUD ambigu"
                    } else {
                        "IUD non compris"
                    }
                ),
                Tone::Unknown,
                device,
            ),
            Self::WithoutGrant => (
                row.inventory_number,
                if row.name.is_empty() {
                    "fonction inconnue".to_owned()
                } else {
                    row.name
                },
                Tone::Watch,
                format!("/accounts/users/{}", row.id),
            ),
        };
        HomeLine {
            label,
            note,
            href,
            tone,
        }
    }
}

/// « depuis 6 jours », « depuis aujourd’hui », « depuis une date inconnue ».
fn since(day: Option<NaiveDate>, today: NaiveDate) -> String {
    let Some(day) = day else {
        return "depuis une date inconnue".to_owned();
    };
    let words = date::relative(day, today);
    format!("depuis {}", words.strip_prefix("il y a ").unwrap_or(&words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_something_that_waits_and_never_more_than_five_lists() {
        for role in Role::ALL {
            let blocks = of_role(role);
            assert!(!blocks.is_empty() && blocks.len() <= 5, "{role:?}");
        }
    }

    #[test]
    fn how_long_a_device_is_out_of_use_is_said_in_days() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        assert_eq!(
            since(Some(today - chrono::Duration::days(6)), today),
            "depuis 6\u{a0}jours"
        );
        assert_eq!(since(Some(today), today), "depuis aujourd’hui");
        assert_eq!(since(None, today), "depuis une date inconnue");
    }

    #[test]
    fn a_loan_past_its_day_is_late_and_one_to_come_is_not() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let row = |days: i64| Waiting {
            id: uuid::Uuid::nil(),
            inventory_number: "BM1".into(),
            name: "Moniteur".into(),
            place: None,
            word: Some("Réanimation".into()),
            day: Some(today + chrono::Duration::days(days)),
            total: 1,
        };
        assert_eq!(Block::Loans.line(row(-1), today).tone, Tone::Bad);
        assert_eq!(Block::Loans.line(row(1), today).tone, Tone::Watch);
    }
}
