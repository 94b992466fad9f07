//! What the responsible engineer decided: the organisation document, the days of the take-over, an economic extract.

use bytes::Bytes;
use chrono::{Days, NaiveDate};

use super::Hand;
use super::organisation::Places;
use crate::accounts::access::Place;
use crate::accounts::actions::{
    ManageOrganisationDocuments, PlanTakeOver, ReconcileAssets, SeeOrganisationDocuments,
};
use crate::demo::fleet::before;
use crate::documents::model::recognise;
use crate::documents::organisation::commands::{self, NewEdition, NewOpinion};
use crate::documents::organisation::{Opinion, queries};
use crate::exchange::assets::reading::{Given, Read};
use crate::inventory::take_over::{self, model::Weight};
use crate::kernel::{Error, Result};

const TEXT: &str = "Organisation de la maintenance et du contrôle de qualité (document inventé pour la démonstration).\n\n1. Qui décide. 2. Qui fait. 3. Ce qui est consigné. 4. Ce qui change, et qui en est informé.\n";

/// Enters what is not there yet.
pub(super) async fn enter(hand: &Hand<'_>, places: &Places, today: NaiveDate) -> Result<()> {
    let Some(place) = places.establishment_ids().first().copied() else {
        return Ok(());
    };
    let see = hand.permit::<SeeOrganisationDocuments>()?;
    let manage = hand.permit::<ManageOrganisationDocuments>()?;
    let mut tx = hand.begin().await?;
    if !queries::all(&mut tx, see.sees()).await?.is_empty() {
        return Ok(());
    }
    let here = || manage.over(&Place::establishment(place));
    let content = recognise(&Bytes::from_static(TEXT.as_bytes())).map_err(Error::internal)?;
    let new = NewEdition {
        establishment: place,
        edition: "3".into(),
        title: "Organisation de la maintenance et du contrôle de qualité".into(),
        changes: Some("Maintenance des moniteurs reprise en interne".into()),
        applies_from: before(today, 200),
    };
    let blobs = hand.app.blobs();
    let (id, mut told) =
        commands::publish(&mut tx, here()?, &blobs, new, ("organisation.txt", content)).await?;
    let edition = queries::find(&mut tx, see.sees(), id).await?;
    let opinion = NewOpinion {
        opinion: Opinion::Favourable,
        on: Some(before(today, 230)),
        reference: Some("CME, procès-verbal n° 4 (inventé)".into()),
    };
    told = told.and(commands::opine(&mut tx, here()?, &edition, edition.version, opinion).await?);
    let roles = ["technician", "unit_manager", "department_head"].map(str::to_owned);
    told = told.and(commands::diffuse(&mut tx, here()?, &edition, &roles).await?);
    let plan = hand.permit::<PlanTakeOver>()?;
    let in_days = |n| today.checked_add_days(Days::new(n)).unwrap_or(today);
    let days = [
        (Weight::Vital, in_days(60)),
        (Weight::High, in_days(120)),
        (Weight::Medium, in_days(240)),
        (Weight::Low, in_days(360)),
    ];
    let covered = plan.over(&Place::establishment(place))?;
    told = told.and(take_over::commands::plan(&mut tx, covered, place, &days).await?);
    let reconcile = hand.permit::<ReconcileAssets>()?;
    let covered = reconcile.over(&Place::establishment(place))?;
    let (_, event) = crate::exchange::assets::commands::receive(
        &mut tx,
        &covered,
        place,
        ("immobilisations-inventees.csv", vec![0]),
        &extract(),
    )
    .await?;
    tx.commit(told.and(event), "/documents/organisation")
        .await?;
    Ok(())
}

/// Three lines of an invented extract: one recognised by its inventory number, two that Vigie does not know.
fn extract() -> Read {
    let given = |line, number: &str, label: &str, cents, inventory: Option<&str>| Given {
        line,
        number: number.into(),
        label: Some(label.into()),
        value_cents: Some(cents),
        inventory: inventory.map(str::to_owned),
        ..Given::default()
    };
    Read {
        lines: 3,
        given: vec![
            given(
                2,
                "IMMO-20231107",
                "MONITEUR MULTIPARAM",
                1_480_000,
                Some("V000001"),
            ),
            given(3, "IMMO-20190023", "LOT DE POMPES", 6_240_000, None),
            given(4, "IMMO-20150310", "TABLE OPERATOIRE", 4_100_000, None),
        ],
        repeated: 0,
        rejected: vec![],
    }
}
