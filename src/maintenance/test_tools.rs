//! Test tools (ECME): devices that measure others, with the clock of their calibration.
//!
//! A measure made while the calibration was not valid is flagged when it is written. A calibration that
//! finds the tool not conform casts doubt on every measure made with it since the one before: those
//! measures stay as they were, and say so.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use chrono::NaiveDate;
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::accounts::access::{Caller, Covered, Permit, Placed, Scope};
use crate::accounts::actions::{Action, ManageTestTools, SeeMaintenance};
use crate::app::App;
use crate::inventory::devices::pages::Head;
use crate::inventory::devices::{self, Device, DeviceId, standing};
use crate::kernel::page::Crumb;
use crate::kernel::{Error, Event, FieldErrors, Result, id};
use crate::platform::db::list::{Column, IdType, ListPage, ListSpec, ScopeBy, SortType};
use crate::platform::db::{OnConstraint, Tx};
use crate::platform::web::{Form, Page, Routes, Saved, Typed, View, check, filters};
use crate::shell::domain::{Boxed, Named};
use crate::shell::lists::{self, Listed};

crate::id_type!(/** A test tool. */ TestToolId);

/// The list of test tools.
pub static TEST_TOOLS: ListSpec = ListSpec {
    name: "test-tools",
    path: "/maintenance/test-tools",
    record: None,
    title: "Appareils de mesure (ECME)",
    noun: ("appareil de mesure", "appareils de mesure"),
    when_empty: "Un équipement de l’inventaire devient appareil de mesure depuis son volet Maintenance.",
    from: "test_tool t
        join device d on d.id = t.device_id
        left join unit u on u.id = d.unit_id
        left join tool_calibration c on c.id = (select l.id from tool_calibration l where l.tool_id = t.id order by l.done_on desc, l.id desc limit 1)",
    always: Some("t.retired_at is null"),
    id: "t.id",
    id_type: IdType::Uuid,
    scope: ScopeBy::Columns {
        establishment: Some("d.establishment_id"),
        unit: Some("d.unit_id"),
        device: Some("d.id"),
    },
    search: None,
    columns: &[
        Column::text("measures", "Ce qu’il mesure", "t.measures")
            .shown()
            .opens()
            .sorted("t.measures collate \"fr-x-icu\"", SortType::Text),
        Column::mono("device", "N° d’inventaire", "d.inventory_number").shown(),
        Column::text("unit", "Unité ou service", "u.name").shown(),
        Column::date("valid_until", "Étalonné jusqu’au", "c.valid_until").shown().when_empty("jamais étalonné"),
        Column::flag("is_conform", "Trouvé conforme", "c.is_conform").shown(),
    ],
    default_sort: ("measures", false),
};

/// A test tool.
#[derive(Clone, Debug)]
struct TestTool {
    id: TestToolId,
    device_id: DeviceId,
    measures: String,
}

impl TestTool {
    fn url(&self) -> String {
        format!("/maintenance/test-tools/{}", self.id)
    }
}

/// A calibration.
#[derive(Clone, Debug, serde::Serialize)]
struct Calibration {
    done_on: NaiveDate,
    valid_until: NaiveDate,
    certificate: String,
    laboratory: String,
    is_conform: bool,
}

/// A measure made with the tool, in doubt.
#[derive(Clone, Debug, serde::Serialize)]
struct Doubt {
    intervention_id: Uuid,
    number: String,
    inventory_number: String,
    label: String,
    done_on: Option<NaiveDate>,
    is_backwards: bool,
}

async fn find(conn: &mut PgConnection, scope: &Scope, id: TestToolId) -> Result<TestTool> {
    sqlx::query_as!(
        TestTool,
        r#"select t.id as "id: TestToolId", t.device_id as "device_id: DeviceId", t.measures from test_tool t join device d on d.id = t.device_id
           where t.id = $1 and (d.establishment_id = any ($2) or d.unit_id = any ($3) or d.id = any ($4))"#,
        id.uuid(),
        &scope.establishments,
        &scope.units,
        &scope.devices
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}

async fn calibrations(conn: &mut PgConnection, id: TestToolId) -> Result<Vec<Calibration>> {
    Ok(sqlx::query_as!(
        Calibration,
        "select done_on, valid_until, certificate, laboratory, is_conform from tool_calibration where tool_id = $1 order by done_on desc, id desc",
        id.uuid()
    )
    .fetch_all(conn)
    .await?)
}

async fn doubts(conn: &mut PgConnection, scope: &Scope, id: TestToolId) -> Result<Vec<Doubt>> {
    Ok(sqlx::query_as!(
        Doubt,
        r#"select i.id as intervention_id, i.number, d.inventory_number, v.label, i.done_on, v.doubted_at is not null as "is_backwards!"
           from intervention_measure v join intervention i on i.id = v.intervention_id join device d on d.id = i.device_id
           where v.tool_id = $1 and (v.doubted_at is not null or not v.is_tool_valid)
             and (d.establishment_id = any ($2) or d.unit_id = any ($3) or d.id = any ($4))
           order by i.done_on desc, i.id, v.id limit 500"#,
        id.uuid(),
        &scope.establishments,
        &scope.units,
        &scope.devices
    )
    .fetch_all(conn)
    .await?)
}

/// Makes a test tool of a device.
async fn declare(
    tx: &mut Tx,
    _: Covered<ManageTestTools>,
    device: &Device,
    measures: &str,
) -> Result<(TestToolId, Event)> {
    let id = TestToolId::fresh();
    sqlx::query!(
        "insert into test_tool (id, device_id, measures) values ($1, $2, $3)",
        id.uuid(),
        device.id.uuid(),
        measures
    )
    .execute(&mut **tx)
    .await
    .on_constraint(
        "test_tool_device_key",
        "measures",
        "Cet équipement est déjà un appareil de mesure.",
    )
    .on_constraint(
        "test_tool_measures_check",
        "measures",
        "Dites ce qu’il mesure, en trois caractères au moins.",
    )?;
    Ok((
        id,
        Event::new(
            "maintenance.test_tool_declared",
            device.subject(),
            format!("Appareil de mesure : {measures}"),
        ),
    ))
}

/// Writes a calibration; found not conform, it doubts what was measured since the one before.
async fn calibrate(
    tx: &mut Tx,
    _: Covered<ManageTestTools>,
    device: &Device,
    tool: &TestTool,
    new: Calibration,
) -> Result<Event> {
    let (row, now, by) = (id::fresh(), tx.now(), tx.actor().id);
    let before = sqlx::query_scalar!(
        "select max(done_on) from tool_calibration where tool_id = $1 and is_conform and done_on < $2",
        tool.id.uuid(),
        new.done_on
    )
    .fetch_one(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into tool_calibration (id, tool_id, done_on, valid_until, certificate, laboratory, is_conform, recorded_at, recorded_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        row,
        tool.id.uuid(),
        new.done_on,
        new.valid_until,
        new.certificate,
        new.laboratory,
        new.is_conform,
        now,
        by
    )
    .execute(&mut **tx)
    .await
    .on_constraint("tool_calibration_valid_check", "valid_until", "La validité finit après l’étalonnage.")
    .on_constraint("tool_calibration_certificate_check", "certificate", "Nommez le certificat et le laboratoire.")?;
    let mut words = format!(
        "Étalonnage {} jusqu’au {}",
        new.certificate,
        crate::kernel::date::short(new.valid_until)
    );
    if !new.is_conform {
        let doubted = sqlx::query!(
            "update intervention_measure v set doubted_at = $3, doubted_by = $4 from intervention i
             where i.id = v.intervention_id and v.tool_id = $1 and v.doubted_at is null and i.done_on <= $2 and ($5::date is null or i.done_on > $5)",
            tool.id.uuid(),
            new.done_on,
            now,
            row,
            before
        )
        .execute(&mut **tx)
        .await?
        .rows_affected();
        words = format!(
            "Trouvé non conforme à l’étalonnage {} : {doubted} mesures mises en doute",
            new.certificate
        );
    }
    Ok(Event::new(
        "maintenance.test_tool_calibrated",
        device.subject(),
        words,
    ))
}

#[derive(Template)]
#[template(path = "maintenance/test_tools/index.html")]
struct TestToolIndex {
    list: ListPage,
}

impl View for TestToolIndex {
    fn title(&self) -> String {
        "Appareils de mesure".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Maintenance", "/maintenance/due"),
            Crumb::here("Appareils de mesure"),
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
    lists::index(&app, &permit, &TEST_TOOLS, raw.as_deref(), |list| {
        TestToolIndex { list }
    })
    .await
}

/// What was typed of a tool.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ToolForm {
    measures: String,
}

async fn create(
    State(app): State<App>,
    permit: Permit<ManageTestTools>,
    Path(id): Path<DeviceId>,
    form: Form<ToolForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let device = devices::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&device)?;
    let mut errors = FieldErrors::default();
    let measures = check::line(&mut errors, "measures", &form.measures, 200);
    errors.done()?;
    let (tool, event) = declare(&mut tx, covered, &device, &measures.unwrap_or_default()).await?;
    tx.commit(event, format!("/maintenance/test-tools/{tool}"))
        .await
}

/// What was typed of a calibration.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CalibrationForm {
    done_on: String,
    valid_until: String,
    certificate: String,
    laboratory: String,
    found: String,
}

#[derive(Template)]
#[template(path = "maintenance/test_tools/show.html")]
struct TestToolShow {
    head: Head,
    tool: TestTool,
    verdict: (&'static str, String),
    calibrations: Vec<Calibration>,
    doubts: Vec<Doubt>,
    may_manage: bool,
    form: Typed<CalibrationForm>,
}

impl View for TestToolShow {
    fn title(&self) -> String {
        self.head.title("Appareil de mesure")
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Maintenance", "/maintenance/due"),
            Crumb::to("Appareils de mesure", "/maintenance/test-tools"),
            Crumb::here(self.head.number.clone()),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({
            "id": self.tool.id, "device_id": self.tool.device_id, "measures": self.tool.measures, "calibrations": self.calibrations, "doubts": self.doubts,
        })
    }
}

fn verdict(calibrations: &[Calibration], today: NaiveDate) -> (&'static str, String) {
    let short = crate::kernel::date::short;
    match calibrations.first() {
        None => (
            "unknown",
            "Jamais étalonné dans Vigie : ce qu’il mesure est marqué.".into(),
        ),
        Some(last) if !last.is_conform => (
            "bad",
            format!(
                "Trouvé non conforme le {} : ce qu’il mesure est marqué.",
                short(last.done_on)
            ),
        ),
        Some(last) if last.valid_until < today => (
            "bad",
            format!(
                "Étalonnage échu depuis le {} : ce qu’il mesure est marqué.",
                short(last.valid_until)
            ),
        ),
        Some(last) => (
            "good",
            format!("Étalonné jusqu’au {}.", short(last.valid_until)),
        ),
    }
}

async fn show(
    State(app): State<App>,
    permit: Permit<SeeMaintenance>,
    Path(id): Path<TestToolId>,
    form: Typed<CalibrationForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let tool = find(&mut read, permit.sees(), id).await?;
    let device = devices::find(&mut read, permit.sees(), tool.device_id).await?;
    let today = standing::local_day(&device, app.clock().now());
    let weighed = standing::of(&mut read, &device, today).await?;
    let head = Head::of(&app, permit.caller(), &device, &weighed, "Maintenance");
    let calibrations = calibrations(&mut read, id).await?;
    let doubts = doubts(&mut read, permit.sees(), id).await?;
    Ok(Page::of(TestToolShow {
        verdict: verdict(&calibrations, today),
        head,
        tool,
        calibrations,
        doubts,
        may_manage: devices::reaches(permit.caller(), ManageTestTools::NAME, &device),
        form,
    }))
}

async fn add_calibration(
    State(app): State<App>,
    permit: Permit<ManageTestTools>,
    Path(id): Path<TestToolId>,
    form: Form<CalibrationForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let tool = find(&mut tx, permit.sees(), id).await?;
    let device = devices::find(&mut tx, permit.sees(), tool.device_id).await?;
    let covered = permit.over(&device)?;
    let today = standing::local_day(&device, tx.now());
    let mut errors = FieldErrors::default();
    let done_on = check::maybe_day(&mut errors, "done_on", &form.done_on);
    let valid_until = check::maybe_day(&mut errors, "valid_until", &form.valid_until);
    let certificate = check::line(&mut errors, "certificate", &form.certificate, 100);
    let laboratory = check::line(&mut errors, "laboratory", &form.laboratory, 200);
    match done_on {
        None if errors.of("done_on").is_none() => {
            errors.add("done_on", "Dites quel jour il a été étalonné.")
        }
        Some(day) if day > today => errors.add("done_on", "Cette date est à venir."),
        _ => {}
    }
    if valid_until.is_none() && errors.of("valid_until").is_none() {
        errors.add("valid_until", "Dites jusqu’à quand l’étalonnage vaut.");
    }
    let is_conform = match form.found.as_str() {
        "conform" => true,
        "nonconform" => false,
        _ => {
            errors.add("found", "Dites comment il a été trouvé.");
            false
        }
    };
    errors.done()?;
    let new = Calibration {
        done_on: done_on.unwrap_or(today),
        valid_until: valid_until.unwrap_or(today),
        certificate: certificate.unwrap_or_default(),
        laboratory: laboratory.unwrap_or_default(),
        is_conform,
    };
    let event = calibrate(&mut tx, covered, &device, &tool, new).await?;
    tx.commit(event, tool.url()).await
}

/// Names a test tool for other rooms.
pub fn named<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    id: Uuid,
) -> Boxed<'a, Option<Named>> {
    Box::pin(async move {
        let scope = caller.scope(SeeMaintenance::NAME);
        let tool = match find(conn, &scope, TestToolId(id)).await {
            Ok(tool) => tool,
            Err(Error::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        let device = devices::find(conn, &scope, tool.device_id).await?;
        Ok(Some(Named {
            title: format!("Appareil de mesure {}", device.inventory_number),
            href: tool.url(),
            place: device.place(),
        }))
    })
}

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/maintenance/test-tools", index)
        .lists(&TEST_TOOLS)
        .get("/maintenance/test-tools/{id}", show)
        .answers::<super::api::TestToolResource>()
        .post("/maintenance/devices/{id}/tool", create)
        .post("/maintenance/test-tools/{id}/calibrations", add_calibration)
}
