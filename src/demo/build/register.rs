//! The registers of some devices: visits, controls, a nonconformity and its repair, a line corrected.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::organisation::Places;
use super::{Hand, morning, queries};
use crate::accounts::actions::{AppendRegister, CorrectRegister};
use crate::app::App;
use crate::demo::places::ESTABLISHMENTS;
use crate::inventory::devices::{Device, DeviceId, find};
use crate::kernel::{Error, Event, Result};
use crate::platform::db::Tx;
use crate::register::{self, Conformity, LineKind, NewLine};

/// Devices whose register is told, at most.
const TOLD: usize = 240;
/// Days between two visits.
const EVERY: i64 = 180;

/// A device whose register is told.
pub(super) struct Kept {
    pub(super) id: DeviceId,
    pub(super) establishment: String,
    pub(super) since: DateTime<Utc>,
}

/// A device with its place in the round, and which of its visits it is.
type Visit<'a> = (usize, &'a Kept, usize);

/// Writes the operations of every day not written yet; how many lines that was.
pub(super) async fn keep(app: &App, places: &Places, created: DateTime<Utc>) -> Result<usize> {
    let reached = queries::register_reached(app.pool()).await?;
    let devices = queries::in_use(app.pool(), i64::try_from(TOLD).unwrap_or(0)).await?;
    let mut by_day: BTreeMap<(NaiveDate, usize), Vec<Visit>> = BTreeMap::new();
    for (nth, device) in devices.iter().enumerate() {
        let Some(turn) = ESTABLISHMENTS
            .iter()
            .position(|e| e.code == device.establishment)
        else {
            continue;
        };
        // Visits go by rounds: ten devices the same day.
        let first = device.since.date_naive()
            + TimeDelta::days(10 + 7 * i64::try_from(nth / 10 % 20).unwrap_or(0));
        for visit in 0_usize..6 {
            let day = first + TimeDelta::days(EVERY * i64::try_from(visit).unwrap_or(0));
            if day <= created.date_naive() {
                by_day
                    .entry((day, turn))
                    .or_default()
                    .push((nth, device, visit));
            }
        }
    }
    let mut written = 0;
    for ((day, turn), visits) in by_day {
        let at =
            morning(day, created) + TimeDelta::milliseconds(500 + i64::try_from(turn).unwrap_or(0));
        if reached.is_some_and(|reached| at <= reached) {
            continue;
        }
        let code = ESTABLISHMENTS[turn].code;
        let caller = places
            .engineer(code)
            .ok_or_else(|| Error::internal(format!("no engineer at {code}")))?;
        let hand = Hand { app, caller, at };
        let mut tx = hand.begin().await?;
        let mut told: Option<Event> = None;
        for (nth, device, visit) in visits {
            let device = find(&mut tx, hand.permit::<AppendRegister>()?.sees(), device.id).await?;
            for line in lines(nth, visit, day, &device) {
                let covered = hand.permit::<AppendRegister>()?.over(&device)?;
                let (_, event) = register::append(&mut tx, covered, &device, line).await?;
                written += 1;
                told = Some(match told {
                    Some(before) => before.and(event),
                    None => event,
                });
            }
            if nth == 0 && visit == 1 {
                let event = misread(&hand, &mut tx, &device, day).await?;
                told = Some(match told {
                    Some(before) => before.and(event),
                    None => event,
                });
            }
        }
        if let Some(event) = told {
            tx.commit(event, "/register/lines").await?;
        }
    }
    Ok(written)
}

const PEOPLE: [(&str, Option<&str>); 4] = [
    ("Noémie Vasseur", None),
    ("Karim Belhadj", None),
    ("Paul Lerouge", Some("Verrelab Services")),
    ("Ingrid Hartmann", Some("Atelier biomédical du Val")),
];

/// What is written of a visit.
fn lines(nth: usize, visit: usize, day: NaiveDate, device: &Device) -> Vec<NewLine> {
    let (person, employer) = PEOPLE[(nth + visit) % PEOPLE.len()];
    let employer = employer.unwrap_or(&device.establishment_name).to_owned();
    let base = |kind, nature: &str| NewLine {
        performer_role: Some("technicien biomédical".into()),
        performer_employer: Some(employer.clone()),
        conformity: Some(Conformity::Conform),
        ..NewLine::of(kind, nature, day, person)
    };
    if (nth + visit) % 13 == 5 {
        return vec![
            NewLine {
                performance: Some("Alarme sonore mesurée à 48 dB(A) pour 60 dB(A) attendus".into()),
                conformity: Some(Conformity::Nonconform),
                stopped_on: Some(day),
                restrictions: Some("Retiré du service jusqu’à réparation".into()),
                ..base(
                    LineKind::Preventive,
                    "Visite préventive selon la notice : alarme trop faible",
                )
            },
            NewLine {
                performance: Some("Alarme sonore mesurée à 66 dB(A) pour 60 dB(A) attendus".into()),
                stopped_on: Some(day),
                resumed_on: Some(day),
                ..base(
                    LineKind::Corrective,
                    "Remplacement du haut-parleur, contrôle après réparation",
                )
            },
        ];
    }
    match visit % 3 {
        0 => vec![NewLine {
            performance: Some("24 points de contrôle sur 24 dans leurs limites".into()),
            ..base(LineKind::Preventive, "Visite préventive selon la notice")
        }],
        1 => vec![NewLine {
            performance: Some(format!(
                "Courant de fuite {} µA, terre 0,{:02} Ω",
                38 + nth % 40,
                8 + visit
            )),
            measurements: Some(format!(
                "Courant de fuite de l’appareil : {} µA\nRésistance de terre : 0,{:02} Ω\nIsolement : 120 MΩ",
                38 + nth % 40,
                8 + visit
            )),
            ..base(
                LineKind::ElectricalSafety,
                "Contrôle de sécurité électrique périodique",
            )
        }],
        _ => vec![NewLine {
            performance: Some(
                "23 points sur 24 dans leurs limites ; autonomie sur batterie 2 h 10 pour 2 h 30"
                    .into(),
            ),
            conformity: Some(Conformity::ConformWithRemark),
            restrictions: Some("Batterie à remplacer à la prochaine visite".into()),
            ..base(LineKind::Preventive, "Visite préventive selon la notice")
        }],
    }
}

/// A value misread, corrected by a line that points at it.
async fn misread(hand: &Hand<'_>, tx: &mut Tx, device: &Device, day: NaiveDate) -> Result<Event> {
    let line = register::last_done(tx, device.id, &[], 1)
        .await?
        .pop()
        .ok_or(Error::NotFound)?;
    let new = NewLine {
        performance: Some("Courant de fuite 83 µA, terre 0,09 Ω".into()),
        conformity: Some(Conformity::Conform),
        performer_employer: line.performer_employer.clone(),
        reason: Some("Chiffres intervertis à la lecture de l’appareil de mesure".into()),
        ..NewLine::of(
            line.kind,
            &line.nature,
            day,
            line.performer_name.as_deref().unwrap_or_default(),
        )
    };
    let covered = hand.permit::<CorrectRegister>()?.over(device)?;
    let (_, event) = register::correct(tx, covered, device, &line, new).await?;
    Ok(event)
}
