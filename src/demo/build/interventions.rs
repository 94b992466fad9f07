//! What units ask for and what technicians answer: reports from labels, an urgent failure, a visit with eight
//! values closed in its register, a checklist to fill in.

use super::Hand;
use super::organisation::Places;
use crate::accounts::access::Place;
use crate::accounts::actions::{ManageObligations, RequestInterventions, RunInterventions};
use crate::demo::places::CHU;
use crate::inventory::devices::{Device, find, standing};
use crate::inventory::states::State;
use crate::kernel::{Error, Event, Result};
use crate::maintenance::due::queries::{DueLine, of_device};
use crate::maintenance::interventions::checklists::steps;
use crate::maintenance::interventions::closing::{Answer, Report, report};
use crate::maintenance::interventions::commands::{
    NewRequest, Qualification, answer_due, ask, qualify,
};
use crate::maintenance::interventions::model::{Channel, Conformity, Harm, Kind, Priority, Usable};
use crate::maintenance::interventions::queries;
use crate::maintenance::interventions::steps::{NewStep, add_step};
use crate::maintenance::obligations;
use crate::maintenance::obligations::model::Kind as ObligationKind;
use crate::platform::db::Tx;

/// Devices with a name come first, and have their own stories.
const NAMED: i64 = 60;

const PROTOCOL: &str = "Protocole inventé pour la démonstration, p. 3";

/// A value: label, unit, limits, what was found.
type Value = (&'static str, &'static str, Option<f64>, Option<f64>, f64);

/// What a visit measures.
const VALUES: [Value; 8] = [
    (
        "Fréquence à 60/min simulés",
        "/min",
        Some(58.0),
        Some(62.0),
        60.0,
    ),
    (
        "Saturation à 97 % simulés",
        "%",
        Some(95.0),
        Some(99.0),
        97.0,
    ),
    (
        "Pression à 120 mmHg simulés",
        "mmHg",
        Some(115.0),
        Some(125.0),
        119.0,
    ),
    (
        "Température à 37 °C simulés",
        "°C",
        Some(36.8),
        Some(37.2),
        37.1,
    ),
    ("Autonomie de la batterie", "min", Some(60.0), None, 84.0),
    ("Alarme sonore à un mètre", "dB(A)", Some(60.0), None, 66.0),
    ("Résistance de terre", "Ω", None, Some(0.3), 0.12),
    ("Courant de fuite", "µA", None, Some(500.0), 41.0),
];

/// What units say from the label of a device.
const SAID: [(&str, &str, Usable, Harm, &str); 4] = [
    (
        "Écran noir au démarrage, rallumé deux fois sans effet",
        "4412",
        Usable::No,
        Harm::No,
        "Claire Dubois",
    ),
    (
        "L’alarme s’est déclenchée en retard, patient revu aussitôt",
        "4415",
        Usable::Partly,
        Harm::Possible,
        "Hugo Martin",
    ),
    (
        "Câble dénudé près de la prise",
        "4420",
        Usable::No,
        Harm::No,
        "Aïcha Benali",
    ),
    (
        "Message d’erreur E12 au branchement",
        "4431",
        Usable::Unknown,
        Harm::No,
        "Louise Petit",
    ),
];

/// Asks, answers and closes, unless it was done before.
pub(super) async fn tell(founder: &Hand<'_>, places: &Places) -> Result<()> {
    let app = founder.app;
    if super::queries::any_intervention(app.pool()).await? {
        return Ok(());
    }
    let caller = places
        .engineer(CHU)
        .ok_or_else(|| Error::internal("no engineer at the hospital"))?;
    let hand = Hand {
        app,
        caller,
        at: founder.at,
    };
    let mut tx = hand.begin().await?;
    let mut told: Vec<Event> = Vec::new();
    let (mut said, mut visited) = (0, 0);
    let named = super::queries::in_use(app.pool(), NAMED).await?;
    let named: Vec<_> = named.into_iter().map(|k| k.id).collect();
    for kept in super::queries::in_use(app.pool(), 600).await? {
        if kept.establishment != CHU || named.contains(&kept.id) {
            continue;
        }
        let device = find(&mut tx, hand.permit::<RunInterventions>()?.sees(), kept.id).await?;
        if device.state != State::InService {
            continue;
        }
        let lines = of_device(&mut tx, device.id).await?;
        let Some(line) = lines
            .into_iter()
            .find(|l| l.kind == ObligationKind::Preventive)
        else {
            continue;
        };
        let monitors = ["surveillance", "moniteur"]
            .iter()
            .any(|word| device.name().to_lowercase().contains(word));
        if visited < 2 && monitors {
            told.extend(visit(founder, &hand, &mut tx, &device, line).await?);
            visited += 1;
        } else if let Some(words) = SAID.get(said).filter(|_| !monitors) {
            told.extend(complain(&hand, &mut tx, &device, *words, said == 0).await?);
            said += 1;
        }
    }
    match told.into_iter().reduce(Event::and) {
        Some(event) => tx
            .commit(event, "/maintenance/interventions")
            .await
            .map(|_| ()),
        None => Ok(()),
    }
}

/// The checklist of an obligation, made once.
async fn list(founder: &Hand<'_>, tx: &mut Tx, line: &DueLine) -> Result<Vec<Event>> {
    // Obligations of the whole group are written by the founder of the world, not by one hospital.
    let permit = founder.permit::<ManageObligations>()?;
    let mut told = Vec::new();
    if !steps(tx, line.obligation_id).await?.is_empty() {
        return Ok(told);
    }
    let kept = obligations::queries::find(tx, permit.sees(), line.obligation_id).await?;
    for (label, unit, lower, upper, _) in VALUES {
        let new = NewStep {
            label: label.into(),
            is_measured: true,
            unit: Some(unit.into()),
            lower,
            upper,
            source: Some(PROTOCOL.into()),
            in_force: true,
            is_mandatory: true,
        };
        told.push(add_step(tx, permit.over(&Place::SHARED)?, &kept, new).await?);
    }
    Ok(told)
}

/// A visit with its eight values, closed: a line of the register.
async fn visit(
    founder: &Hand<'_>,
    hand: &Hand<'_>,
    tx: &mut Tx,
    device: &Device,
    line: DueLine,
) -> Result<Vec<Event>> {
    let mut told = list(founder, tx, &line).await?;
    let permit = hand.permit::<RunInterventions>()?;
    let (asked, event) = answer_due(tx, permit.over(device)?, device, line.clone()).await?;
    told.push(event);
    let kept = queries::find(tx, permit.sees(), asked.id).await?;
    let answers = steps(tx, line.obligation_id)
        .await?
        .into_iter()
        .zip(VALUES)
        .map(|(step, (.., found))| {
            let answer = Answer {
                value: Some(found),
                ..Answer::default()
            };
            (step, answer)
        })
        .collect();
    let new = Report {
        done_on: standing::local_day(device, tx.now()),
        performer: hand.caller.name.clone(),
        employer: device.establishment_name.clone(),
        role: Some("ingénieur biomédical".into()),
        cause_code: None,
        action_code: None,
        work_done: line.title.clone(),
        software: None,
        media_left: Some(false),
        media_note: None,
        work_minutes: Some(35),
        travel_minutes: None,
        labour_cents: None,
        external_cents: None,
        measurements: None,
        accreditation: None,
        attached: None,
        late_reason: None,
        performance_level: None,
        conformity: Conformity::Conform,
        restrictions: None,
        answers,
        tool: None,
        operations: vec![],
        back_in_service: None,
        nonconformity: None,
    };
    told.push(report(tx, permit.over(device)?, None, device, &kept, new).await?);
    Ok(told)
}

/// A report from the label of a device; the first is qualified, and its device declared out of order.
async fn complain(
    hand: &Hand<'_>,
    tx: &mut Tx,
    device: &Device,
    (symptom, phone, usable, harm, requester): (&str, &str, Usable, Harm, &str),
    urgent: bool,
) -> Result<Vec<Event>> {
    let new = NewRequest {
        kind: Kind::Corrective,
        requester: requester.into(),
        phone: Some(phone.into()),
        channel: Channel::Label,
        symptom: symptom.into(),
        usable,
        harm,
        harm_note: None,
        address: None,
        due: None,
    };
    let covered = hand.permit::<RequestInterventions>()?.over(device)?;
    let (asked, event) = ask(tx, covered, device, new).await?;
    let mut told = vec![event];
    if urgent {
        let permit = hand.permit::<RunInterventions>()?;
        let kept = queries::find(tx, permit.sees(), asked.id).await?;
        let new = Qualification {
            priority: Priority::Urgent,
            kind: Kind::Corrective,
            broken: true,
            loan_given: true,
        };
        told.push(qualify(tx, permit.over(device)?, device, &kept, new).await?);
    }
    Ok(told)
}
