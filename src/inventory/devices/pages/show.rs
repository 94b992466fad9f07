//! The record of a device: alerts first, its life, what is known of it, what happened, what may be done now.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use chrono::NaiveDate;

use super::head::Head;
use super::sections::{Section, sections};
use crate::accounts::access::Permit;
use crate::accounts::actions::{
    Action, AnnulDevices, ChangeDeviceState, EditDevices, MergeRecords, MoveDevices, PrintLabels,
    SeeDevices,
};
use crate::app::App;
use crate::inventory::catalogue::Obligation;
use crate::inventory::custom_fields;
use crate::inventory::devices::api::DeviceResource;
use crate::inventory::devices::lifecycle::{StageStanding, StageView};
use crate::inventory::devices::model::{self, Annulment, LoanStanding};
use crate::inventory::devices::queries::{Happening, Installed, Part};
use crate::inventory::devices::scan::{self, Understood};
use crate::inventory::devices::standing::{self, Standing};
use crate::inventory::devices::{DEVICES, Device, DeviceId, queries, record};
use crate::inventory::states::{State as DeviceState, allowed};
use crate::kernel::page::{Crumb, Tone};
use crate::kernel::{Result, date};
use crate::platform::db::list::Position;
use crate::platform::web::{Page, View, filters};
use crate::shell::domain::DeviceAlert;
use crate::shell::lists;

/// A stage of the frieze, as it is drawn.
#[derive(Clone, Debug)]
pub struct Stage {
    name: &'static str,
    class: &'static str,
    words: &'static str,
    gaps: Vec<String>,
}

/// Something that may be done now, or why not.
#[derive(Clone, Debug)]
pub struct Doing {
    label: &'static str,
    href: String,
    why_not: String,
}

/// A line of the timeline, as it is read.
#[derive(Clone, Debug)]
pub struct Line {
    /// Name in the sprite.
    pub icon: &'static str,
    /// The sentence.
    pub title: String,
    /// When, as read.
    pub when: String,
    /// When, exactly.
    pub instant: String,
    /// Who.
    pub who: String,
    /// Why, or nothing.
    pub why: String,
}

impl Line {
    /// A happening as it is read from `zone`.
    pub fn of(happening: Happening, zone: chrono_tz::Tz) -> Self {
        Self {
            icon: icon_of(&happening.kind),
            title: happening.summary,
            when: date::instant(happening.at, zone),
            instant: happening
                .at
                .to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            who: happening.actor,
            why: happening.reason.unwrap_or_default(),
        }
    }
}

fn icon_of(kind: &str) -> &'static str {
    match kind {
        "device.moved" | "device.lent" | "device.loan_returned" => "move",
        "device.registered" => "plus",
        "device.annulled" => "cross",
        _ => "edit",
    }
}

/// The record.
#[derive(Template)]
#[template(path = "inventory/devices/show.html")]
pub struct DeviceShow {
    head: Head,
    walk: Option<Position>,
    alerts: Vec<DeviceAlert>,
    stages: Vec<Stage>,
    doing: Vec<Doing>,
    may_edit: bool,
    verdict: (&'static str, String),
    obligation: (&'static str, String),
    sections: Vec<Section>,
    parts: Vec<(Part, String, &'static str)>,
    udi: Option<Understood>,
    software: Vec<(Installed, String)>,
    timeline: Vec<Line>,
    /// What it says in the fields that people added.
    custom: Vec<(String, String)>,
    resource: serde_json::Value,
}

impl View for DeviceShow {
    fn title(&self) -> String {
        self.head.title("")
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.head.crumbs("")
    }

    fn resource(&self) -> serde_json::Value {
        self.resource.clone()
    }
}

/// `GET /inventory/devices/{id}`
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeDevices>,
    Path(id): Path<DeviceId>,
    RawQuery(raw): RawQuery,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let device = record::find(&mut read, permit.sees(), id).await?;
    let now = app.clock().now();
    let today = standing::local_day(&device, now);
    let weighed = standing::of(&mut read, &device, today).await?;
    let head = Head::of(&app, permit.caller(), &device, &weighed, "Fiche");
    // The list it was opened from may filter on fields that people added.
    let list = match raw.as_deref() {
        Some(raw) if raw.contains("field_") => {
            custom_fields::lists::of(&mut read, permit.sees()).await?
        }
        _ => &DEVICES,
    };
    let walk = lists::position(&mut read, list, raw.as_deref(), permit.sees(), id).await?;
    let custom = custom_fields::section(&mut read, permit.sees(), &device).await?;
    // Blocks that have nothing to show are not asked for.
    let around = &weighed.around;
    let interfaces = match around.has_interfaces {
        true => queries::interfaces(&mut read, id).await?,
        false => Vec::new(),
    };
    let mut alerts = own_alerts(&mut read, &device, &weighed, today).await?;
    for domain in app.domains() {
        for says in &domain.device_alerts {
            alerts.extend(says(&mut read, id.uuid(), today).await?);
        }
    }
    let hours = weighed.annulment_hours;
    let zone = standing::zone(&device);
    let parts = match around.has_parts {
        true => queries::parts(&mut read, permit.sees(), id).await?,
        false => Vec::new(),
    };
    let parts = parts
        .into_iter()
        .map(|part| {
            let url = format!("/inventory/devices/{}", part.id);
            let tone = super::head::tone_of(part.state).class();
            (part, url, tone)
        })
        .collect();
    let software = match around.has_software {
        true => queries::software(&mut read, id).await?,
        false => Vec::new(),
    };
    let software = software
        .into_iter()
        .map(|line| {
            let when = line
                .installed_on
                .map_or_else(|| date::instant(line.recorded_at, zone), date::short);
            (line, when)
        })
        .collect();
    let timeline = queries::timeline(&mut read, id, 50)
        .await?
        .into_iter()
        .map(|h| Line::of(h, zone))
        .collect();
    let resource = serde_json::to_value(DeviceResource::of(&device, &weighed, &interfaces))
        .map_err(crate::kernel::Error::internal)?;
    let caller = permit.caller();
    let over = |name: &str| crate::inventory::devices::reaches(caller, name, &device);
    let rights = Rights {
        edit: over(EditDevices::NAME),
        state: over(ChangeDeviceState::NAME),
        place: over(MoveDevices::NAME),
        annul: over(AnnulDevices::NAME),
        label: over(PrintLabels::NAME),
        merge: over(MergeRecords::NAME),
    };
    // The device it is part of may stand in a unit out of sight: linked only by who sees the whole hospital.
    let whole = permit
        .sees()
        .establishments
        .contains(&device.establishment_id.uuid());
    let annulment = model::annulment(device.recorded_at, device.annulled_at.is_some(), now, hours);
    Ok(Page::of(DeviceShow {
        verdict: items_verdict(&weighed, device.taken_over),
        obligation: obligation_words(&weighed.obligation),
        stages: weighed.frieze(&device).into_iter().map(stage).collect(),
        doing: doing(&device, &weighed, &rights, annulment),
        may_edit: rights.edit && device.annulled_at.is_none(),
        sections: sections(&device, &interfaces, today, whole),
        head,
        walk,
        alerts,
        parts,
        udi: scan::understood(device.udi_understood.as_ref()),
        software,
        timeline,
        custom,
        resource,
    }))
}

struct Rights {
    edit: bool,
    state: bool,
    place: bool,
    annul: bool,
    label: bool,
    merge: bool,
}

async fn own_alerts(
    conn: &mut sqlx::PgConnection,
    device: &Device,
    weighed: &Standing,
    today: NaiveDate,
) -> Result<Vec<DeviceAlert>> {
    let url = device.url();
    let mut alerts = Vec::new();
    if let Some(reason) = &device.annulled_reason {
        alerts.push(DeviceAlert {
            tone: Tone::Bad,
            text: format!("Inscription annulée : {reason}"),
            action: None,
        });
        return Ok(alerts);
    }
    let loans = match weighed.around.on_loan {
        true => queries::loans(conn, device.id).await?,
        false => Vec::new(),
    };
    for loan in loans.iter().filter(|loan| loan.returned_at.is_none()) {
        let (tone, words) = match model::loan_standing(loan.due_on, false, today) {
            LoanStanding::Overdue(late) => {
                (Tone::Bad, model::clock_words(LoanStanding::Overdue(late)))
            }
            other => (Tone::Plain, format!("retour {}", model::clock_words(other))),
        };
        alerts.push(DeviceAlert {
            tone,
            text: format!(
                "Prêté à {} : {words} (attendu le {})",
                loan.borrower,
                date::short(loan.due_on)
            ),
            action: Some(("Voir le prêt".into(), format!("{url}/loans"))),
        });
    }
    let left = device.state.stage() == crate::inventory::states::Stage::Retirement;
    if let Some(standing) =
        model::holding_standing(device.holding, device.holding_end_date, left, today)
        && let (Some(holding), Some(end)) = (device.holding, device.holding_end_date)
    {
        let late = matches!(standing, LoanStanding::Overdue(_));
        let soon = matches!(standing, LoanStanding::Running(days) if days <= 60);
        if late || soon {
            alerts.push(DeviceAlert {
                tone: if late { Tone::Bad } else { Tone::Watch },
                text: format!(
                    "{} : fin le {} ({})",
                    holding.label(),
                    date::short(end),
                    model::clock_words(standing)
                ),
                action: Some(("Régulariser".into(), format!("{url}/edit"))),
            });
        }
    }
    if let (Some(scanned), Some(serial)) = (
        device
            .udi_understood
            .as_ref()
            .and_then(|read| read.get("serial"))
            .and_then(serde_json::Value::as_str),
        device.serial_number.as_deref(),
    ) && scanned != serial
    {
        alerts.push(DeviceAlert {
            tone: Tone::Watch,
            text: format!("L’IUD scanné dit « {scanned} », la fiche « {serial} » : l’un des deux numéros de série est faux"),
            action: Some(("Vérifier".into(), format!("{url}/identifiers"))),
        });
    }
    let missing = 7 - model::present_count(&weighed.items);
    // What a take-over left out is told apart, with its own day: not a breach until that day is past.
    if missing > 0
        && !device.taken_over
        && device.state.stage() == crate::inventory::states::Stage::Operation
    {
        let (tone, duty) = match weighed.obligation {
            Obligation::Listed(_) => (Tone::Bad, "obligatoires pour cet équipement"),
            Obligation::Undetermined(_) => {
                (Tone::Unknown, "peut-être obligatoires : classe à préciser")
            }
            Obligation::NotListed(_) => (Tone::Watch, "recommandées"),
        };
        alerts.push(DeviceAlert {
            tone,
            text: format!(
                "{} ({duty}, art. R.5212-28 1°)",
                super::super::items::lacking(missing)
            ),
            action: Some(("Compléter".into(), format!("{url}/items"))),
        });
    }
    Ok(alerts)
}

fn items_verdict(weighed: &Standing, taken_over: bool) -> (&'static str, String) {
    let missing: Vec<&str> = weighed
        .items
        .iter()
        .filter(|i| i.is_missing())
        .map(|i| i.item.label())
        .collect();
    if missing.is_empty() {
        (
            "good",
            "Les sept mentions de l’article R.5212-28 1° sont présentes ou justifiées.".to_owned(),
        )
    } else if taken_over {
        (
            "unknown",
            format!(
                "Non évalué (reprise) – mentions de l’article R.5212-28 1° à retrouver : {}.",
                missing.join(", ").to_lowercase()
            ),
        )
    } else {
        let tone = if weighed.obligation.may_be_listed() {
            "bad"
        } else {
            "watch"
        };
        (
            tone,
            format!(
                "Mentions manquantes de l’article R.5212-28 1° : {}.",
                missing.join(", ").to_lowercase()
            ),
        )
    }
}

fn obligation_words(obligation: &Obligation) -> (&'static str, String) {
    let tone = match obligation {
        Obligation::Listed(_) => "info",
        Obligation::NotListed(_) => "plain",
        Obligation::Undetermined(_) => "unknown",
    };
    (
        tone,
        format!(
            "Maintenance (art. R.5212-26) : {}. {}",
            obligation.label(),
            obligation.why()
        ),
    )
}

fn stage(view: StageView) -> Stage {
    let class = match view.standing {
        StageStanding::Reached | StageStanding::Ended if view.missing.is_empty() => "done",
        StageStanding::Reached | StageStanding::Ended | StageStanding::TakenOver => "waived",
        StageStanding::Current => "here",
        StageStanding::NotFollowed | StageStanding::Ahead => "todo",
    };
    Stage {
        name: view.stage.label(),
        class,
        words: match view.standing {
            StageStanding::TakenOver | StageStanding::NotFollowed => view.standing.label(),
            _ => "",
        },
        gaps: view.missing,
    }
}

fn doing(device: &Device, weighed: &Standing, rights: &Rights, annulment: Annulment) -> Vec<Doing> {
    let mut doing = Vec::new();
    if device.annulled_at.is_some() {
        return doing;
    }
    let url = device.url();
    let go = |label: &'static str, path: &str| Doing {
        label,
        href: format!("{url}{path}"),
        why_not: String::new(),
    };
    if rights.label {
        doing.push(Doing {
            label: "Imprimer l’étiquette",
            href: format!("/inventory/labels/new?device={}", device.id),
            why_not: String::new(),
        });
    }
    if rights.place {
        doing.push(go("Déplacer", "/movements/new"));
        if device.state == DeviceState::InService {
            doing.push(go("Prêter", "/loans/new"));
        }
    }
    if rights.state {
        for offer in allowed(Some(device.state), &weighed.facts)
            .into_iter()
            .filter(|o| !o.transition.has_own_record())
        {
            if offer.is_open() {
                doing.push(go(
                    offer.transition.label(),
                    &format!("/transitions/new?transition={}", offer.transition.code()),
                ));
            } else {
                let missing: Vec<&str> = offer.missing.iter().map(|need| need.label()).collect();
                doing.push(Doing {
                    label: offer.transition.label(),
                    href: String::new(),
                    why_not: format!("Il manque : {}.", missing.join(" ; ")),
                });
            }
        }
    }
    if rights.edit {
        doing.push(go("Échanger un identifiant", "/identifiers/new"));
    }
    if rights.merge {
        doing.push(Doing {
            label: "Fusionner un double",
            href: format!("/inventory/merges/new?kind=device&kept={}", device.id),
            why_not: String::new(),
        });
    }
    if rights.annul && matches!(annulment, Annulment::Until(_)) {
        doing.push(go("Annuler l’inscription", "/annulment/new"));
    }
    doing
}
