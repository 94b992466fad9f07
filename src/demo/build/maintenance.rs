//! Obligations of the models, and what is known of when they were last fulfilled.

use chrono::{DateTime, Days, Utc};

use super::Hand;
use super::catalogue::Models;
use crate::accounts::access::Place;
use crate::accounts::actions::{ManageObligations, StateLastDone};
use crate::demo::fleet::before;
use crate::demo::models::{self, Model};
use crate::demo::seed::Seed;
use crate::inventory::devices::find;
use crate::kernel::clock::local_day;
use crate::kernel::{Error, Event, Result};
use crate::maintenance::due::commands::{NewStatement, state};
use crate::maintenance::due::queries::of_device;
use crate::maintenance::obligations::commands::{NewObligation, define};
use crate::maintenance::obligations::model::{
    DueFrom, Kind, OnClosedDay, Period, PeriodUnit, SourceKind, Status,
};
use crate::maintenance::obligations::queries::OBLIGATIONS;

/// Devices whose last dates are stated; of the others nobody knows, as in life.
const STATED: usize = 240;

fn wanted(model: &Model) -> Vec<(Kind, &'static str, u32, Status)> {
    let mut all = Vec::new();
    if matches!(model.risk_class, "IIb" | "III") && !model.traits.software_only {
        all.push((
            Kind::Preventive,
            "Maintenance préventive annuelle",
            12,
            Status::InForce,
        ));
        all.push((
            Kind::ElectricalSafety,
            "Sécurité électrique",
            24,
            Status::InForce,
        ));
    }
    if model.traits.ionising {
        // The period is that of the decision of the family, to be read again before it obliges anyone.
        all.push((
            Kind::ExternalControl,
            "Contrôle de qualité externe",
            12,
            Status::ToVerify,
        ));
        all.push((
            Kind::InternalControl,
            "Contrôle de qualité interne du fabricant",
            3,
            Status::InForce,
        ));
    }
    all
}

/// Defines the obligations and states last dates, unless it was done before.
pub(super) async fn follow(hand: &Hand<'_>, models: &Models, created: DateTime<Utc>) -> Result<()> {
    if super::queries::any_obligation(hand.app.pool()).await? {
        return Ok(());
    }
    let today = local_day(created, chrono_tz::Europe::Paris);
    let permit = hand.permit::<ManageObligations>()?;
    let mut tx = hand.begin().await?;
    let mut told: Vec<Event> = Vec::new();
    for model in models::all() {
        let Some(id) = models.id(model.code) else {
            continue;
        };
        for (kind, title, months, status) in wanted(model) {
            let new = NewObligation {
                model: id.uuid(),
                software_version: None,
                establishment: None,
                kind,
                title: title.into(),
                period: Some(Period {
                    value: months,
                    unit: PeriodUnit::Months,
                }),
                counter: None,
                before_days: 30,
                after_days: 30,
                due_from: DueFrom::Actual,
                on_closed_day: OnClosedDay::Next,
                source_kind: SourceKind::Local,
                source_reference: "Protocole inventé pour la démonstration".into(),
                source_version: Some("1".into()),
                source_page: None,
                asked: None,
                gap_reason: None,
                needs_measures: kind.is_measured(),
                status,
                note: None,
            };
            let covered = permit.over(&Place::SHARED)?;
            told.push(define(&mut tx, covered, new).await?.1);
        }
    }
    let states = hand.permit::<StateLastDone>()?;
    let mut seed = Seed::of("maintenance");
    let mut devices: Vec<_> = super::queries::devices(hand.app.pool())
        .await?
        .into_iter()
        .collect();
    devices.sort();
    let mut stated = 0;
    for (number, id) in devices {
        if stated >= STATED {
            break;
        }
        let lines = of_device(&mut tx, id).await?;
        if lines.is_empty() || seed.chance(30) {
            continue;
        }
        let device = find(&mut tx, states.sees(), id).await?;
        for line in lines {
            let months = if line.kind == Kind::ElectricalSafety {
                25
            } else {
                13
            };
            let done_on = before(today, seed.between(20, months * 30));
            let covered = states.over(&device)?;
            let new = NewStatement {
                done_on: done_on.min(today.checked_sub_days(Days::new(1)).unwrap_or(today)),
                counter: None,
                source: format!("Étiquette de l’équipement {number}"),
            };
            told.push(state(&mut tx, covered, &device, &line, new, today).await?);
        }
        stated += 1;
    }
    match told.into_iter().reduce(Event::and) {
        Some(event) => tx.commit(event, OBLIGATIONS.path).await.map(|_| ()),
        None => Err(Error::internal(
            "no model of the demonstration has an obligation",
        )),
    }
}
