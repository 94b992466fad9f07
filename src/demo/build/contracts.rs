//! Contracts of the first hospital: one to decide upon, one that goes on by itself, one that ended.

use chrono::{Days, Months, NaiveDate};

use super::Hand;
use super::directory::Parties;
use super::organisation::Places;
use crate::accounts::access::Place;
use crate::accounts::actions::ManageContracts;
use crate::contracts::commands::{NewAgreement, cover, sign};
use crate::contracts::model::{CoveredWork, Renewal};
use crate::contracts::queries;
use crate::demo::places::CHU;
use crate::kernel::clock::local_day;
use crate::kernel::{Error, Event, Result};

/// How many devices a contract covers.
const COVERED: usize = 12;

fn ahead(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}

fn back(day: NaiveDate, months: u32) -> NaiveDate {
    day.checked_sub_months(Months::new(months)).unwrap_or(day)
}

/// Signs the contracts and covers devices, unless it was done before.
pub(super) async fn enter(founder: &Hand<'_>, places: &Places, parties: &Parties) -> Result<()> {
    let app = founder.app;
    if super::queries::any_agreement(app.pool()).await? {
        return Ok(());
    }
    let (Some(caller), Some(establishment), Some(provider)) = (
        places.engineer(CHU),
        places.establishment(CHU),
        parties.get("verrelab").copied(),
    ) else {
        return Err(Error::internal("no engineer or provider at the hospital"));
    };
    let hand = Hand {
        app,
        caller,
        at: founder.at,
    };
    let today = local_day(founder.at, chrono_tz::Europe::Paris);
    let of = |reference: &str,
              title: &str,
              starts_on,
              ends_on,
              renewal,
              services: &[CoveredWork]| NewAgreement {
        establishment,
        reference: reference.into(),
        title: title.into(),
        provider: provider.uuid(),
        starts_on,
        ends_on: Some(ends_on),
        notice_months: Some(3),
        renewal,
        renewal_months: (renewal == Renewal::Tacit).then_some(12),
        services: services.to_vec(),
        response_hours: Some(8),
        yearly_cents: Some(1_845_000),
        price_revision: Some("Indice inventé pour la démonstration, chaque 1er janvier".into()),
        penalties: Some("50 € par heure au-delà du délai d’intervention".into()),
        note: None,
    };
    let signed = [
        of(
            "CT-DEMO-1",
            "Imagerie, tout compris",
            back(today, 34),
            ahead(today, 130),
            Renewal::Express,
            &[
                CoveredWork::Preventive,
                CoveredWork::Corrective,
                CoveredWork::Parts,
                CoveredWork::Hotline,
            ],
        ),
        of(
            "CT-DEMO-2",
            "Surveillance, préventif",
            back(today, 26),
            back(today, 2),
            Renewal::Tacit,
            &[CoveredWork::Preventive],
        ),
        of(
            "CT-DEMO-3",
            "Perfusion, pièces et main-d’œuvre",
            back(today, 40),
            back(today, 1),
            Renewal::None,
            &[CoveredWork::Corrective, CoveredWork::Parts],
        ),
    ];
    let devices: Vec<_> = super::queries::in_use(app.pool(), 600)
        .await?
        .into_iter()
        .filter(|kept| kept.establishment == CHU)
        .map(|kept| kept.id.uuid())
        .collect();
    let permit = hand.permit::<ManageContracts>()?;
    let mut tx = hand.begin().await?;
    let mut told: Vec<Event> = Vec::new();
    for (new, devices) in signed.into_iter().zip(devices.chunks(COVERED)) {
        let from_on = new.starts_on;
        let covered = permit.over(&Place::establishment(establishment))?;
        let (id, event) = sign(&mut tx, covered, new).await?;
        told.push(event);
        let kept = queries::find(&mut tx, permit.sees(), id).await?;
        told.push(cover(&mut tx, permit.over(&kept)?, &kept, devices, from_on).await?);
    }
    match told.into_iter().reduce(Event::and) {
        Some(event) => tx.commit(event, "/contracts/agreements").await.map(|_| ()),
        None => Ok(()),
    }
}
