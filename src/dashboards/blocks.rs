//! The lists of each role's home. A list of work is a list of the house with its filters: the seven lines
//! shown, the number and the page that opens are the same rows, read by the same engine.

use chrono::{Days, NaiveDate};
use sqlx::PgConnection;

use super::queries;
use crate::accounts::access::Caller;
use crate::accounts::actions::{Action, SeeAccounts, SeeDevices};
use crate::accounts::roles::Role;
use crate::inventory::devices::DEVICES;
use crate::inventory::states::State;
use crate::kernel::page::Tone;
use crate::kernel::{Result, date};
use crate::platform::db::list::{
    Cell, ListPage, ListQuery, Reading, Shown, ShownRow, Within, address,
};
use crate::shell::domain::{HomeBlock, HomeLine};
use crate::shell::lists::ZONE;

/// Lines a block shows.
const LINES: usize = 7;

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
    /// Documents that expire.
    DocumentsExpiring,
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
        DataExposed, DocumentsExpiring, HoldingsEnding, ItemsMissing, Loans, OutOfUse,
        SupportEnding, UdiUnsure, WarrantiesEnding, WithoutGrant, ZonesUnknown,
    };
    match role {
        Role::BiomedicalEngineer => &[
            OutOfUse,
            Loans,
            ItemsMissing,
            HoldingsEnding,
            DocumentsExpiring,
        ],
        Role::Technician => &[OutOfUse, Loans, ItemsMissing],
        Role::Pharmacist | Role::PharmacyStore => &[OutOfUse, UdiUnsure, ItemsMissing],
        Role::SecurityOfficer => &[ZonesUnknown, SupportEnding, DataExposed],
        Role::It => &[ZonesUnknown, SupportEnding],
        Role::Dpo => &[DataExposed],
        Role::Quality | Role::Auditor => &[ItemsMissing, DocumentsExpiring, OutOfUse],
        Role::Buyer => &[HoldingsEnding, WarrantiesEnding, DocumentsExpiring],
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

/// Devices that lack an item and should not: what a take-over left out waits for the day decided for it.
fn items_missing(today: NaiveDate) -> String {
    let yesterday = today.pred_opt().unwrap_or(today);
    format!(
        "f=items_missing:min:1&f=taken_over:is:false%7Ctake_over_items_due:max:{yesterday}&{}",
        in_the_fleet()
    )
}

/// The states in which a device is still of the fleet, as a filter.
pub fn in_the_fleet() -> String {
    let gone = [
        State::Disposed,
        State::DataDestroyed,
        State::NoData,
        State::Decommissioning,
    ];
    let codes: Vec<&str> = State::ALL
        .iter()
        .filter(|state| !gone.contains(state))
        .map(|state| state.code())
        .collect();
    format!("f=state:in:{}", codes.join(","))
}

/// A list of work over the devices: its words, its rows, and what a line says of each.
struct Work {
    title: &'static str,
    empty: &'static str,
    /// Filters and sort, as the address of the list says them.
    query: String,
    /// Said before the day of the line, as « retour prévu ».
    day: Option<(&'static str, &'static str)>,
    /// Columns said on the line, in order.
    says: &'static [&'static str],
    /// When the day does not decide it.
    tone: Tone,
}

impl Block {
    /// The permission that shows it.
    pub fn permission(self) -> &'static str {
        match self {
            Self::WithoutGrant => SeeAccounts::NAME,
            _ => SeeDevices::NAME,
        }
    }

    /// May this person read it? Who has no right is seen from the group alone.
    pub fn is_open_to(self, caller: &Caller) -> bool {
        match self {
            Self::WithoutGrant => caller.scope(self.permission()).group,
            _ => caller.holds(self.permission()),
        }
    }

    fn work(self, today: NaiveDate) -> Option<Work> {
        let until = |days| today.checked_add_days(Days::new(days)).unwrap_or(today);
        let fleet = in_the_fleet();
        Some(match self {
            Self::OutOfUse => Work {
                title: "Équipements indisponibles",
                empty: "Aucun équipement en panne, en quarantaine ni suspendu.",
                query: "f=state:in:broken,quarantined,suspended_quality,suspended_cyber&sort=state_since".to_owned(),
                day: Some(("state_since", "")),
                says: &["state", "unit"],
                tone: Tone::Bad,
            },
            Self::Loans => Work {
                title: "Prêts à rendre",
                empty: "Aucun prêt n’attend son retour.",
                query: "f=loan_due_on:filled".to_owned(),
                day: Some(("loan_due_on", "retour prévu")),
                says: &["borrower"],
                tone: Tone::Watch,
            },
            Self::ItemsMissing => Work {
                title: "Mentions de l’article R.5212-28 manquantes",
                empty: "Les sept mentions sont présentes, ou leur absence justifiée, pour tout le parc que vous voyez.",
                query: items_missing(today),
                day: None,
                says: &["unit", "items_lacking"],
                tone: Tone::Watch,
            },
            Self::HoldingsEnding => Work {
                title: "Détentions qui se terminent",
                empty: "Aucune location, mise à disposition ni prêt ne se termine dans les 60 jours.",
                query: format!("f=holding_end_date:max:{}&{fleet}&sort=holding_end_date", until(60)),
                day: Some(("holding_end_date", "fin")),
                says: &["unit", "holding"],
                tone: Tone::Watch,
            },
            Self::WarrantiesEnding => Work {
                title: "Garanties qui se terminent",
                empty: "Aucune garantie ne se termine dans les 90 jours.",
                query: format!("f=warranty_end_date:between:{today},{}&{fleet}&sort=warranty_end_date", until(90)),
                day: Some(("warranty_end_date", "fin")),
                says: &["unit"],
                tone: Tone::Watch,
            },
            Self::DocumentsExpiring => Work {
                title: "Documents à renouveler",
                empty: "Aucun document n’expire dans les 60 jours.",
                query: format!("f=document_expires_on:max:{}&{fleet}", until(60)),
                day: Some(("document_expires_on", "expire")),
                says: &["unit"],
                tone: Tone::Watch,
            },
            Self::ZonesUnknown => Work {
                title: "Connectés, zone réseau inconnue",
                empty: "La zone réseau de chaque équipement connecté est connue.",
                query: format!("f=is_connected:is:true&f=network_zone:empty&{fleet}"),
                day: None,
                says: &["unit"],
                tone: Tone::Unknown,
            },
            Self::SupportEnding => Work {
                title: "Bientôt sans correctifs de sécurité",
                empty: "Aucun équipement du parc ne perd ses correctifs dans l’année.",
                query: format!("f=security_support_ends_on:max:{}&{fleet}", until(365)),
                day: Some(("security_support_ends_on", "fin")),
                says: &["model"],
                tone: Tone::Watch,
            },
            Self::DataExposed => Work {
                title: "Données personnelles sans chiffrement établi",
                empty: "Le chiffrement est établi pour chaque équipement qui garde des données personnelles.",
                query: format!("f=keeps_data:is:true&f=data_encrypted:is:false%7Cdata_encrypted:empty&{fleet}"),
                day: None,
                says: &["unit", "data_encrypted"],
                tone: Tone::Unknown,
            },
            Self::UdiUnsure => Work {
                title: "IUD à vérifier",
                empty: "Chaque IUD relevé a été compris sans ambiguïté.",
                query: "f=udi_status:in:ambiguous,not_understood".to_owned(),
                day: None,
                says: &["unit", "udi_status"],
                tone: Tone::Unknown,
            },
            Self::WithoutGrant => return None,
        })
    }

    /// Fills the list.
    pub async fn fill(
        self,
        conn: &mut PgConnection,
        caller: &Caller,
        today: NaiveDate,
    ) -> Result<HomeBlock> {
        match self.work(today) {
            Some(work) => work.fill(conn, caller, today).await,
            None => without_grant(conn, today).await,
        }
    }
}

impl Work {
    async fn fill(
        self,
        conn: &mut PgConnection,
        caller: &Caller,
        today: NaiveDate,
    ) -> Result<HomeBlock> {
        let mut query = ListQuery::parse(&self.query, &DEVICES);
        let href = query.href();
        let wanted = ["inventory_number", "common_name"]
            .into_iter()
            .chain(self.says.iter().copied())
            .chain(self.day.map(|(key, _)| key));
        query.columns = wanted.filter_map(|key| DEVICES.column(key)).collect();
        // A day that no index sorts is sorted here: the whole of what waits is seldom more than a page.
        let sorted = query.sort.key == self.day.map_or("", |(key, _)| key);
        query.per = if self.day.is_none() || sorted {
            25
        } else {
            200
        };
        let within = Within::from(&caller.scope(SeeDevices::NAME));
        let reading = Reading {
            query: &query,
            within: &within,
            zone: ZONE,
        };
        let mut page = ListPage::load(conn, reading, true).await?;
        if let (Some((key, _)), false) = (self.day, sorted) {
            page.rows.sort_by_key(|row| day_of(row, key));
        }
        let total = page.total.map_or(0, |total| total.count);
        page.rows.truncate(LINES);
        let lines = page.rows.iter().map(|row| self.line(row, today)).collect();
        Ok(HomeBlock {
            title: self.title.to_owned(),
            lines,
            total,
            href,
            empty: self.empty,
        })
    }

    fn line(&self, row: &ShownRow, today: NaiveDate) -> HomeLine {
        let text = |key: &str| {
            cell_of(row, key)
                .map(|cell| cell.text.clone())
                .unwrap_or_default()
        };
        let mut said: Vec<String> = Vec::new();
        for key in self.says {
            if let Some(cell) = cell_of(row, key) {
                said.push(words(cell));
            }
        }
        let mut tone = self.tone;
        if let Some((key, before)) = self.day {
            let day = day_of(row, key);
            if before.is_empty() {
                said.push(since(day, today));
            } else if let Some(day) = day {
                said.push(format!("{before} {}", date::relative(day, today)));
                if day < today {
                    tone = Tone::Bad;
                }
            }
        }
        HomeLine {
            label: format!("{} · {}", text("inventory_number"), text("common_name")),
            note: said.join(" · "),
            // Without the list it was opened from, which is as long as its filters.
            href: address(&format!("{}/{}", DEVICES.record_path(), row.id), ""),
            tone,
        }
    }
}

fn cell_of<'r>(row: &'r ShownRow, key: &str) -> Option<&'r Shown> {
    row.cells.iter().find(|cell| cell.column.key == key)
}

fn day_of(row: &ShownRow, key: &str) -> Option<NaiveDate> {
    match &cell_of(row, key)?.cell {
        Cell::Date(day) => Some(*day),
        Cell::DateTime(at) => Some(at.with_timezone(&ZONE).date_naive()),
        _ => None,
    }
}

/// A cell on a line: its own words, with the name of its column where they do not say it.
fn words(cell: &Shown) -> String {
    match (&cell.cell, cell.column.key) {
        (_, "items_lacking") => format!("à compléter : {}", cell.text),
        (_, "borrower") => format!("prêté à {}", cell.text),
        (Cell::Bool(true), _) => cell.column.label.to_lowercase(),
        (Cell::Bool(false), "data_encrypted") => "non chiffrées".to_owned(),
        (Cell::Empty, "data_encrypted") => "chiffrement inconnu".to_owned(),
        (Cell::Empty, "unit") => "unité inconnue".to_owned(),
        (_, "udi_status") => format!("IUD {}", cell.text),
        _ => cell.text.clone(),
    }
}

/// People who can sign in and hold no right: they stand nowhere, hence in no list.
async fn without_grant(conn: &mut PgConnection, today: NaiveDate) -> Result<HomeBlock> {
    let people = queries::without_grant(conn, today, LINES as i64).await?;
    Ok(HomeBlock {
        title: "Comptes sans aucun droit".to_owned(),
        total: people.first().map_or(0, |first| first.total),
        href: "/accounts/users".to_owned(),
        empty: "Chaque compte actif a au moins un rôle.",
        lines: people
            .into_iter()
            .map(|person| HomeLine {
                label: person.name,
                note: person
                    .job_title
                    .unwrap_or_else(|| "fonction inconnue".to_owned()),
                href: format!("/accounts/users/{}", person.id),
                tone: Tone::Watch,
            })
            .collect(),
    })
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

    const ALL: [Block; 11] = [
        Block::OutOfUse,
        Block::Loans,
        Block::ItemsMissing,
        Block::HoldingsEnding,
        Block::WarrantiesEnding,
        Block::DocumentsExpiring,
        Block::ZonesUnknown,
        Block::SupportEnding,
        Block::DataExposed,
        Block::UdiUnsure,
        Block::WithoutGrant,
    ];

    #[test]
    fn every_role_has_something_that_waits_and_never_more_than_five_lists() {
        for role in Role::ALL {
            let blocks = of_role(role);
            assert!(!blocks.is_empty() && blocks.len() <= 5, "{role:?}");
        }
    }

    #[test]
    fn every_list_of_work_is_a_list_the_engine_understands_whole() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        for work in ALL.iter().filter_map(|block| block.work(today)) {
            let query = ListQuery::parse(&work.query, &DEVICES);
            assert!(query.is_exact(), "{}: {:?}", work.title, query.warnings);
            assert!(!query.groups.is_empty(), "{}", work.title);
            for key in work
                .says
                .iter()
                .copied()
                .chain(work.day.map(|(key, _)| key))
            {
                assert!(DEVICES.column(key).is_some(), "{}: {key}", work.title);
            }
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
}
