//! Invented certificates, instructions and ends of support of some models: one of each standing.

use chrono::{Days, NaiveDate};

use super::Hand;
use super::catalogue::Models;
use crate::accounts::access::Place;
use crate::accounts::actions::ManageCatalogue;
use crate::demo::fleet::before;
use crate::inventory::catalogue::instructions::{self, NewInstruction};
use crate::inventory::catalogue::queries as models;
use crate::inventory::catalogue::supports::{self, NewStatement, SupportKind};
use crate::inventory::certificates::form::NewCertificate;
use crate::inventory::certificates::model::{Kind, Law, Status};
use crate::inventory::certificates::{commands, queries};
use crate::kernel::{Event, Result};

/// No notified body has this number.
const BODY: &str = "9990";

/// Models covered, number, text, status, days until its end (past when negative), code of the rule that ends its transition.
type Told = (
    &'static [&'static str],
    &'static str,
    Law,
    Status,
    i64,
    &'static str,
);

#[rustfmt::skip]
const CERTIFICATES: &[Told] = &[
    (&["mon-mx750", "cen-pic-ix"], "INV-RDM-2023-014", Law::Mdr, Status::Valid, 900, ""),
    (&["ven-v800", "ane-atlan"], "INV-RDM-2021-118", Law::Mdr, Status::Valid, 95, ""),
    (&["def-xseries"], "INV-RDM-2020-007", Law::Mdr, Status::Valid, -40, ""),
    (&["oxy-rad97"], "INV-RDM-2022-233", Law::Mdr, Status::Suspended, 500, ""),
    (&["pump-space", "mon-mx450"], "INV-DM-2019-651", Law::Mdd, Status::Transition, -900, "ue-2023-607.mdd-autres"),
    (&["def-lp20"], "INV-DM-2018-090", Law::Mdd, Status::Withdrawn, -1000, ""),
];

/// Model, what ends, days until it does, who said so.
#[rustfmt::skip]
const ENDS: &[(&str, SupportKind, i64, &str)] = &[
    ("mon-mx450", SupportKind::Sale, -700, "Catalogue du fabricant (inventé)"),
    ("mon-mx450", SupportKind::Security, -60, "Lettre du fabricant (inventée)"),
    ("pump-space", SupportKind::Parts, 210, "Courrier de fin de vie (inventé)"),
    ("ven-v800", SupportKind::Security, 1500, "Contrat de maintenance (inventé)"),
];

fn days_after(today: NaiveDate, days: i64) -> NaiveDate {
    if days >= 0 {
        today
            .checked_add_days(Days::new(days.unsigned_abs()))
            .unwrap_or(today)
    } else {
        before(today, -days)
    }
}

/// Enters those that are not there yet.
pub(super) async fn enter(hand: &Hand<'_>, known: &Models, today: NaiveDate) -> Result<()> {
    let permit = hand.permit::<ManageCatalogue>()?;
    let shared = || permit.over(&Place::SHARED);
    let mut tx = hand.begin().await?;
    if queries::maybe_by_number(&mut tx, BODY, CERTIFICATES[0].1)
        .await?
        .is_some()
    {
        return Ok(());
    }
    let mut told: Vec<Event> = Vec::new();
    let rules = queries::transitions(&mut tx).await?;
    for (covered, number, law, status, ends_in, rule) in CERTIFICATES {
        let Some(first) = covered.first().and_then(|code| known.id(code)) else {
            continue;
        };
        let model = models::find(&mut tx, permit.sees(), first).await?;
        let Some(manufacturer) = model.manufacturer_id else {
            continue;
        };
        let stopped = matches!(status, Status::Suspended | Status::Withdrawn);
        let title = match *rule {
            "ue-2023-607.mdd-autres" => "autres classes IIb",
            _ => "\u{0}",
        };
        let new = NewCertificate {
            manufacturer,
            number: (*number).to_owned(),
            kind: if law.is_directive() {
                Kind::DirectiveFull
            } else {
                Kind::QualitySystem
            },
            regulation: *law,
            notified_body_number: BODY.into(),
            notified_body_name: Some("Organisme notifié inventé".into()),
            scope: None,
            issued_on: Some(before(today, 1800)),
            expires_on: Some(days_after(today, *ends_in)),
            status: *status,
            status_since: stopped.then(|| before(today, 20)),
            status_source: Some("Donnée inventée pour la démonstration".into()),
            transition_rule: rules
                .iter()
                .find(|one| one.title.contains(title))
                .map(|one| one.id),
            transition_letter_on: None,
            verified_on: Some(before(today, 12)),
            replaced_by: None,
            note: None,
        };
        let (id, event) = commands::enter(&mut tx, shared()?, new).await?;
        told.push(event);
        for model in covered.iter().filter_map(|code| known.id(code)) {
            told.push(commands::cover(&mut tx, shared()?, id, number, model).await?);
        }
    }
    for (code, kind, ends_in, source) in ENDS {
        if let Some(id) = known.id(code) {
            let model = models::find(&mut tx, permit.sees(), id).await?;
            let new = NewStatement {
                version: None,
                kind: *kind,
                ends_on: Some(days_after(today, *ends_in)),
                source: (*source).to_owned(),
                verified_on: hand.at.date_naive(),
            };
            told.push(supports::state(&mut tx, shared()?, &model, new).await?);
        }
    }
    for (code, edition, language) in [
        ("ven-v800", "9055-IFU rev. 12 (inventée)", "fr"),
        ("ven-v800", "9055-IFU rev. 12 (inventée)", "en"),
        ("pump-space", "NU-SPACE 4.2 (inventée)", "fr"),
    ] {
        if let Some(id) = known.id(code) {
            let model = models::find(&mut tx, permit.sees(), id).await?;
            let new = NewInstruction {
                version: None,
                edition: edition.into(),
                language: language.into(),
                issued_on: Some(before(today, 500)),
                received_on: Some(before(today, 480)),
                document: None,
                url: None,
                changes: None,
            };
            told.push(instructions::enter(&mut tx, shared()?, &model, new).await?);
        }
    }
    if let Some(event) = told.into_iter().reduce(Event::and) {
        tx.commit(event, "/inventory/certificates").await?;
    }
    Ok(())
}
