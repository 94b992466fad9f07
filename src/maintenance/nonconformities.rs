//! Nonconformities: a device found not conform, what its grade asks for, and how it ended.
//!
//! What follows comes from a rule kept as data. A grave one asks for the stop without delay; Vigie says
//! « arrêt demandé » until a named person confirms that the device is really stopped and what replaces it.
//! A minor one not put right before the next control is persistent. Legal basis: art. R.5212-31 and
//! R.5212-32 CSP, whose wording is to be read again.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::accounts::access::{Caller, Covered, Permit, Scope};
use crate::accounts::actions::{Action, ChangeDeviceState, ManageNonconformities, SeeMaintenance};
use crate::app::App;
use crate::choices;
use crate::inventory::devices::commands::{change_state, give_proof};
use crate::inventory::devices::pages::Head;
use crate::inventory::devices::{self, Device, DeviceId, standing};
use crate::inventory::states::{Need, Transition};
use crate::kernel::page::{Crumb, Tone};
use crate::kernel::{Error, Event, FieldErrors, Result, clock, date};
use crate::maintenance::interventions::of_stop;
use crate::platform::db::list::{self, Column, IdType, ListPage, ListSpec, ScopeBy, SortType};
use crate::platform::db::{OnConstraint, OneRow, Tx};
use crate::platform::web::{Form, Page, Routes, Saved, Typed, View, check, filters};
use crate::shell::domain::{Boxed, DeviceAlert, Named};
use crate::shell::lists::{self, Listed};

crate::id_type!(/** A nonconformity. */ NonconformityId);

crate::coded! {
    /// How serious.
    pub enum Grade {
        Minor = "minor" => "Mineure",
        Grave = "grave" => "Grave",
    }
}

impl Grade {
    /// The code of the rule that says what follows.
    const fn rule(self) -> &'static str {
        match self {
            Self::Minor => "vigie.nc.mineure",
            Self::Grave => "vigie.nc.grave",
        }
    }
}

const fn weight(grade: Grade) -> list::Tone {
    match grade {
        Grade::Minor => list::Tone::Watch,
        Grade::Grave => list::Tone::Bad,
    }
}

/// The list of nonconformities.
pub static NONCONFORMITIES: ListSpec = ListSpec {
    name: "nonconformities",
    path: "/maintenance/nonconformities",
    record: None,
    title: "Non-conformités",
    noun: ("non-conformité", "non-conformités"),
    when_empty: "Une non-conformité naît d’un compte rendu « non conforme ».",
    from: "nonconformity n
        join device d on d.id = n.device_id
        left join device_model m on m.id = d.model_id
        left join unit u on u.id = d.unit_id",
    always: None,
    id: "n.id",
    id_type: IdType::Uuid,
    scope: ScopeBy::Columns {
        establishment: Some("d.establishment_id"),
        unit: Some("d.unit_id"),
        device: Some("d.id"),
    },
    search: None,
    columns: &[
        Column::date("found_on", "Constatée le", "n.found_on")
            .shown()
            .opens()
            .sorted("n.found_on", SortType::Date),
        Column::mono("device", "Équipement", "d.inventory_number").shown(),
        Column::text(
            "name",
            "Désignation",
            "coalesce(m.common_name, m.trade_name, m.reference)",
        )
        .shown(),
        Column::text("unit", "Unité ou service", "u.name").shown(),
        Column::choice("grade", "Gravité", "n.grade", choices!(Grade, weight)).shown(),
        Column::flag("is_persistent", "Persistante", "n.is_persistent").shown(),
        Column::text("description", "Description", "n.description").shown(),
        Column::instant("stop_asked_at", "Arrêt demandé", "n.stop_asked_at")
            .when_empty("non demandé"),
        Column::instant("stopped_at", "Arrêt confirmé", "n.stopped_at")
            .shown()
            .when_empty("non confirmé"),
        Column::text("fallback", "Solution de remplacement", "n.fallback").when_empty("non dite"),
        Column::date(
            "authority_told_on",
            "ANSM informée le",
            "n.authority_told_on",
        )
        .when_empty("pas encore dit"),
        Column::date(
            "counter_visit_by",
            "Contre-visite avant le",
            "n.counter_visit_by",
        )
        .when_empty("non fixée"),
        Column::instant("resolved_at", "Résolue", "n.resolved_at")
            .shown()
            .when_empty("ouverte"),
    ],
    default_sort: ("found_on", true),
};

/// A nonconformity with what surrounds it.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // the fields are the columns of the table, said there
pub struct Nonconformity {
    pub id: NonconformityId,
    pub device_id: DeviceId,
    pub intervention_id: Option<Uuid>,
    pub grade: Grade,
    pub rule_id: Uuid,
    pub rule: String,
    pub rule_summary: String,
    pub is_persistent: bool,
    pub description: String,
    pub found_on: NaiveDate,
    pub stop_asked_at: Option<DateTime<Utc>>,
    pub stopped_at: Option<DateTime<Utc>>,
    pub stop_confirmed_name: Option<String>,
    pub fallback: Option<String>,
    pub authority_told_on: Option<NaiveDate>,
    pub counter_visit_by: Option<NaiveDate>,
    pub resolved_at: Option<DateTime<Utc>>,
    pub resolution: Option<String>,
    pub version: i32,
}

impl Nonconformity {
    fn url(&self) -> String {
        format!("/maintenance/nonconformities/{}", self.id)
    }

    fn verdict(&self) -> (&'static str, String) {
        match (self.resolved_at, self.stop_asked_at, self.stopped_at) {
            (Some(_), _, _) => ("good", "Non-conformité résolue.".into()),
            (None, Some(_), None) => (
                "bad",
                "Arrêt demandé : personne n’a encore confirmé que l’équipement est arrêté.".into(),
            ),
            (None, _, Some(_)) => (
                "watch",
                "Équipement arrêté ; remise en conformité attendue.".into(),
            ),
            (None, None, None) => (
                "watch",
                "À corriger avant le prochain contrôle, sinon elle devient persistante.".into(),
            ),
        }
    }
}

async fn find(
    conn: &mut PgConnection,
    scope: &Scope,
    id: NonconformityId,
) -> Result<Nonconformity> {
    sqlx::query_as!(
        Nonconformity,
        r#"select n.id as "id: NonconformityId", n.device_id as "device_id: DeviceId", n.intervention_id, n.grade as "grade: Grade", n.rule_id, r.title as rule,
                  r.summary as rule_summary, n.is_persistent, n.description, n.found_on, n.stop_asked_at, n.stopped_at, n.stop_confirmed_name, n.fallback,
                  n.authority_told_on, n.counter_visit_by, n.resolved_at, n.resolution, n.version
           from nonconformity n join device d on d.id = n.device_id join legal_rule r on r.id = n.rule_id
           where n.id = $1 and (d.establishment_id = any ($2) or d.unit_id = any ($3) or d.id = any ($4))"#,
        id.uuid(),
        &scope.establishments,
        &scope.units,
        &scope.devices
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}

/// Writes what a report found, with what its rule asks for; answers the event.
pub async fn declare(
    tx: &mut Tx,
    device: &Device,
    intervention: Uuid,
    grade: Grade,
    description: &str,
    found_on: NaiveDate,
) -> Result<Event> {
    let rule = sqlx::query!(
        "select id, parameters from legal_rule where code = $1 and status = 'in_force' order by edition desc limit 1",
        grade.rule()
    )
    .fetch_one(&mut **tx)
    .await?;
    let stop = rule
        .parameters
        .pointer("/nonconformity/stop")
        .and_then(serde_json::Value::as_str)
        == Some("without_delay");
    let persistent = sqlx::query_scalar!(
        r#"select exists (select from nonconformity where device_id = $1 and grade = 'minor' and resolved_at is null) as "open!""#,
        device.id.uuid()
    )
    .fetch_one(&mut **tx)
    .await?;
    let id = NonconformityId::fresh();
    let now = tx.now();
    sqlx::query!(
        "insert into nonconformity (id, device_id, intervention_id, grade, rule_id, is_persistent, description, found_on, stop_asked_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)",
        id.uuid(),
        device.id.uuid(),
        intervention,
        grade.code(),
        rule.id,
        persistent && grade == Grade::Minor,
        description,
        found_on,
        stop.then_some(now)
    )
    .execute(&mut **tx)
    .await
    .on_constraint("nonconformity_description_check", "nc_description", "Décrivez la non-conformité en cinq caractères au moins.")?;
    let words = format!(
        "Non-conformité {} : {description}{}",
        grade.label().to_lowercase(),
        if stop {
            " ; arrêt demandé sans délai"
        } else {
            ""
        }
    );
    Ok(
        Event::new("maintenance.nonconformity_found", device.subject(), words)
            .with(serde_json::json!({ "nonconformity_id": id })),
    )
}

/// What is open about a device, said first on its page.
pub fn alerts(conn: &mut PgConnection, device: Uuid, _: NaiveDate) -> Boxed<'_, Vec<DeviceAlert>> {
    Box::pin(async move {
        let rows = sqlx::query!(
            r#"select id, grade as "grade: Grade", is_persistent, description, stop_asked_at is not null and stopped_at is null as "asked!"
               from nonconformity where device_id = $1 and resolved_at is null order by id"#,
            device
        )
        .fetch_all(conn)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| DeviceAlert {
                tone: if row.grade == Grade::Grave {
                    Tone::Bad
                } else {
                    Tone::Watch
                },
                text: format!(
                    "Non-conformité {}{} : {}{}",
                    row.grade.label().to_lowercase(),
                    if row.is_persistent {
                        " persistante"
                    } else {
                        ""
                    },
                    row.description,
                    if row.asked {
                        " — arrêt demandé, non confirmé"
                    } else {
                        ""
                    }
                ),
                action: Some((
                    "Traiter".into(),
                    format!("/maintenance/nonconformities/{}", row.id),
                )),
            })
            .collect())
    })
}

/// Confirms that the device is really stopped: by whom, and what replaces it.
async fn confirm_stop(
    tx: &mut Tx,
    covered: Covered<ManageNonconformities>,
    device: &Device,
    kept: &Nonconformity,
    name: &str,
    fallback: &str,
) -> Result<Event> {
    let (now, by) = (tx.now(), tx.actor().id);
    sqlx::query!(
        "update nonconformity set stopped_at = $2, stop_confirmed_by = $3, stop_confirmed_name = $4, fallback = $5, stop_asked_at = coalesce(stop_asked_at, $2),
             version = version + 1 where id = $1 and stopped_at is null and resolved_at is null",
        kept.id.uuid(),
        now,
        by,
        name,
        fallback
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    let written = of_stop(
        tx,
        covered.entail(),
        device,
        (kept.id.uuid(), &kept.description),
        name,
        fallback,
    )
    .await?;
    let event = Event::new(
        "maintenance.stop_confirmed",
        device.subject(),
        format!("Arrêt confirmé par {name} ; remplacement : {fallback}"),
    )
    .and(written);
    if Transition::SuspendQuality
        .target(Some(device.state))
        .is_some()
    {
        let why = format!("Non-conformité : {}", kept.description);
        let covered = covered.entail::<ChangeDeviceState>();
        return Ok(event.and(
            change_state(tx, covered, device, Transition::SuspendQuality, Some(&why)).await?,
        ));
    }
    Ok(event)
}

/// What follows of a nonconformity, as it is known.
struct Follow {
    authority_told_on: Option<NaiveDate>,
    counter_visit_by: Option<NaiveDate>,
    resolution: Option<String>,
}

/// Says what follows, and ends it when it is put right: the control after repair is then its proof.
async fn follow(
    tx: &mut Tx,
    _: Covered<ManageNonconformities>,
    device: &Device,
    kept: &Nonconformity,
    new: Follow,
) -> Result<Event> {
    let ends = new.resolution.is_some();
    if ends && kept.stop_asked_at.is_some() {
        let controlled = sqlx::query_scalar!(
            r#"select exists (select from intervention where device_id = $1 and state = 'closed' and conformity in ('conform', 'conform_reserve')
                 and kind in ('internal_control', 'external_control', 'after_repair', 'electrical_safety', 'calibration') and closed_at > $2 and id <> $3) as "there!""#,
            device.id.uuid(),
            kept.stop_asked_at,
            kept.intervention_id.unwrap_or(Uuid::nil())
        )
        .fetch_one(&mut **tx)
        .await?;
        if !controlled {
            return Err(Error::refused(
                "Art. R.5212-31 et R.5212-32 CSP",
                "Une non-conformité grave se résout par un contrôle conforme fait depuis (contre-visite ou contrôle après réparation).",
            ));
        }
    }
    let (now, by) = (tx.now(), tx.actor().id);
    sqlx::query!(
        "update nonconformity set authority_told_on = coalesce($2, authority_told_on), counter_visit_by = coalesce($3, counter_visit_by), resolution = $4,
             resolved_at = case when $4::text is null then null else $5::timestamptz end, resolved_by = case when $4::text is null then null else $6::uuid end,
             version = version + 1 where id = $1 and version = $7 and resolved_at is null",
        kept.id.uuid(),
        new.authority_told_on,
        new.counter_visit_by,
        new.resolution,
        now,
        by,
        kept.version
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    if ends {
        give_proof(
            tx,
            device.id,
            Need::ConformQualityControl,
            ("nonconformity", kept.id.uuid()),
        )
        .await?;
    }
    Ok(Event::new(
        "maintenance.nonconformity_followed",
        device.subject(),
        match &new.resolution {
            Some(words) => format!("Non-conformité résolue : {words}"),
            None => "Suites de la non-conformité complétées".into(),
        },
    ))
}

#[derive(Template)]
#[template(path = "maintenance/nonconformities/index.html")]
struct NonconformityIndex {
    list: ListPage,
}

impl View for NonconformityIndex {
    fn title(&self) -> String {
        "Non-conformités".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Maintenance", "/maintenance/due"),
            Crumb::here("Non-conformités"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        self.list.json()
    }
}

async fn index(
    State(app): State<App>,
    permit: Permit<SeeMaintenance>,
    RawQuery(raw): RawQuery,
) -> Result<Listed> {
    lists::index(&app, &permit, &NONCONFORMITIES, raw.as_deref(), |list| {
        NonconformityIndex { list }
    })
    .await
}

/// Who confirms the stop, and what replaces the device.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StopForm {
    confirmed_by: String,
    fallback: String,
}

/// What follows.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FollowForm {
    authority_told_on: String,
    counter_visit_by: String,
    resolution: String,
}

#[derive(Template)]
#[template(path = "maintenance/nonconformities/show.html")]
struct NonconformityShow {
    head: Head,
    kept: Nonconformity,
    verdict: (&'static str, String),
    asked: String,
    stopped: String,
    resolved: String,
    may_manage: bool,
    stop: Typed<StopForm>,
    follow: Typed<FollowForm>,
}

impl View for NonconformityShow {
    fn title(&self) -> String {
        self.head.title("Non-conformité")
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Maintenance", "/maintenance/due"),
            Crumb::to("Non-conformités", "/maintenance/nonconformities"),
            Crumb::here(self.head.number.clone()),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        let k = &self.kept;
        serde_json::json!({
            "id": k.id, "device_id": k.device_id, "intervention_id": k.intervention_id, "grade": k.grade, "rule_id": k.rule_id, "is_persistent": k.is_persistent,
            "description": k.description, "found_on": k.found_on, "stop_asked_at": k.stop_asked_at, "stopped_at": k.stopped_at,
            "stop_confirmed_by": k.stop_confirmed_name, "fallback": k.fallback, "authority_told_on": k.authority_told_on,
            "counter_visit_by": k.counter_visit_by, "resolved_at": k.resolved_at, "resolution": k.resolution, "version": k.version,
        })
    }
}

async fn show(
    State(app): State<App>,
    permit: Permit<SeeMaintenance>,
    Path(id): Path<NonconformityId>,
    stop: Typed<StopForm>,
    follow: Typed<FollowForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let kept = find(&mut read, permit.sees(), id).await?;
    let device = devices::find(&mut read, permit.sees(), kept.device_id).await?;
    let zone = standing::zone(&device);
    let weighed = standing::of(
        &mut read,
        &device,
        standing::local_day(&device, app.clock().now()),
    )
    .await?;
    let head = Head::of(&app, permit.caller(), &device, &weighed, "Maintenance");
    let instant =
        |at: Option<DateTime<Utc>>| at.map(|at| date::instant(at, zone)).unwrap_or_default();
    Ok(Page::of(NonconformityShow {
        head,
        verdict: kept.verdict(),
        asked: instant(kept.stop_asked_at),
        stopped: instant(kept.stopped_at),
        resolved: instant(kept.resolved_at),
        may_manage: kept.resolved_at.is_none()
            && devices::reaches(permit.caller(), ManageNonconformities::NAME, &device),
        kept,
        stop,
        follow,
    }))
}

async fn stop(
    State(app): State<App>,
    permit: Permit<ManageNonconformities>,
    Path(id): Path<NonconformityId>,
    form: Form<StopForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let kept = find(&mut tx, permit.sees(), id).await?;
    let device = devices::find(&mut tx, permit.sees(), kept.device_id).await?;
    let covered = permit.over(&device)?;
    let mut errors = FieldErrors::default();
    let name = check::line(&mut errors, "confirmed_by", &form.confirmed_by, 200);
    let fallback = check::line(&mut errors, "fallback", &form.fallback, 400);
    errors.done()?;
    let event = confirm_stop(
        &mut tx,
        covered,
        &device,
        &kept,
        &name.unwrap_or_default(),
        &fallback.unwrap_or_default(),
    )
    .await?;
    tx.commit(event, kept.url()).await
}

async fn update(
    State(app): State<App>,
    permit: Permit<ManageNonconformities>,
    Path(id): Path<NonconformityId>,
    form: Form<FollowForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let kept = find(&mut tx, permit.sees(), id).await?;
    let device = devices::find(&mut tx, permit.sees(), kept.device_id).await?;
    let covered = permit.over(&device)?;
    let today = clock::local_day(tx.now(), standing::zone(&device));
    let mut errors = FieldErrors::default();
    let new = Follow {
        authority_told_on: check::maybe_day(
            &mut errors,
            "authority_told_on",
            &form.authority_told_on,
        ),
        counter_visit_by: check::maybe_day(&mut errors, "counter_visit_by", &form.counter_visit_by),
        resolution: check::maybe_line(&mut errors, "resolution", &form.resolution, 1000),
    };
    if new
        .authority_told_on
        .is_some_and(|on| on > today || on < kept.found_on)
    {
        errors.add(
            "authority_told_on",
            "Ce jour est entre le constat et aujourd’hui.",
        );
    }
    errors.done()?;
    let event = follow(&mut tx, covered, &device, &kept, new).await?;
    tx.commit(event, kept.url()).await
}

/// Names a nonconformity for other rooms.
pub fn named<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    id: Uuid,
) -> Boxed<'a, Option<Named>> {
    Box::pin(async move {
        let scope = caller.scope(SeeMaintenance::NAME);
        let kept = match find(conn, &scope, NonconformityId(id)).await {
            Ok(kept) => kept,
            Err(Error::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        let device = devices::find(conn, &scope, kept.device_id).await?;
        Ok(Some(Named {
            title: format!("Non-conformité de {}", device.inventory_number),
            href: kept.url(),
            place: crate::accounts::access::Placed::place(&device),
        }))
    })
}

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/maintenance/nonconformities", index)
        .lists(&NONCONFORMITIES)
        .get("/maintenance/nonconformities/{id}", show)
        .answers::<super::api::NonconformityResource>()
        .post("/maintenance/nonconformities/{id}/stop", stop)
        .patch("/maintenance/nonconformities/{id}", update)
}
