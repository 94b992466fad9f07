//! Reading what a report needs and what it measured: checklists, values, test tools, operations, kept reports.

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::InterventionId;
use super::model::{Limits, Verdict};
use crate::accounts::EstablishmentId;
use crate::inventory::devices::DeviceId;
use crate::kernel::Result;
use crate::maintenance::obligations::ObligationId;

/// A point of a checklist.
#[derive(Clone, Debug, serde::Serialize)]
#[allow(missing_docs)]
pub struct StepLine {
    pub id: Uuid,
    pub position: i32,
    pub label: String,
    pub is_measured: bool,
    pub unit: Option<String>,
    pub lower_limit: Option<f64>,
    pub upper_limit: Option<f64>,
    pub limit_source: Option<String>,
    pub in_force: bool,
    pub is_mandatory: bool,
}

impl StepLine {
    /// What judges its values.
    pub fn limits(&self) -> Limits {
        Limits {
            lower: self.lower_limit,
            upper: self.upper_limit,
            in_force: self.in_force,
        }
    }

    /// « entre 0,1 et 0,3 Ω (NF…) », « ≤ 0,3 Ω, à vérifier ».
    pub fn limit_words(&self) -> String {
        let number = super::model::number_words;
        let unit = self.unit.as_deref().unwrap_or_default();
        let bounds = match (self.lower_limit, self.upper_limit) {
            (Some(l), Some(u)) => format!("entre {} et {} {unit}", number(l), number(u)),
            (Some(l), None) => format!("≥ {} {unit}", number(l)),
            (None, Some(u)) => format!("≤ {} {unit}", number(u)),
            (None, None) => return String::new(),
        };
        if self.in_force {
            bounds
        } else {
            format!("{bounds}, à vérifier : ne juge pas")
        }
    }
}

/// The checklist of an obligation.
pub async fn steps(conn: &mut PgConnection, obligation: ObligationId) -> Result<Vec<StepLine>> {
    Ok(sqlx::query_as!(
        StepLine,
        r#"select id, position, label, is_measured, unit, lower_limit, upper_limit, limit_source, limit_status = 'in_force' as "in_force!", is_mandatory
           from checklist_step where obligation_id = $1 and retired_at is null order by position, id"#,
        obligation.uuid()
    )
    .fetch_all(conn)
    .await?)
}

/// A value as it was written.
#[derive(Clone, Debug, serde::Serialize)]
#[allow(missing_docs)]
pub struct MeasureLine {
    pub label: String,
    pub value: Option<f64>,
    pub is_good: Option<bool>,
    pub unit: Option<String>,
    pub lower_limit: Option<f64>,
    pub upper_limit: Option<f64>,
    pub reference_value: Option<f64>,
    pub verdict: Verdict,
    pub comment: Option<String>,
    pub tool: Option<String>,
    pub is_tool_valid: Option<bool>,
    pub is_doubted: bool,
}

impl MeasureLine {
    /// « 0,12 Ω », « bon ».
    pub fn value_words(&self) -> String {
        match (self.value, self.is_good) {
            (Some(value), _) => format!(
                "{} {}",
                super::model::number_words(value),
                self.unit.as_deref().unwrap_or_default()
            ),
            (None, Some(true)) => "bon".into(),
            (None, Some(false)) => "mauvais".into(),
            (None, None) => String::new(),
        }
    }

    /// Made with a tool whose calibration was not valid that day.
    pub fn is_out_of_calibration(&self) -> bool {
        self.is_tool_valid == Some(false)
    }

    /// The tone of its verdict.
    pub fn tone(&self) -> &'static str {
        match self.verdict {
            Verdict::Within => "good",
            Verdict::Outside => "bad",
            Verdict::NotJudged => "unknown",
        }
    }

    /// « +4 % depuis la référence ».
    pub fn drift_words(&self) -> String {
        self.value
            .zip(self.reference_value)
            .and_then(|(value, reference)| super::model::drift(value, reference))
            .filter(|d| d.abs() >= 0.5)
            .map_or_else(String::new, |d| {
                format!("{d:+.0}\u{a0}% depuis la référence")
            })
    }
}

/// The values of an intervention.
pub async fn measures(conn: &mut PgConnection, id: InterventionId) -> Result<Vec<MeasureLine>> {
    Ok(sqlx::query_as!(
        MeasureLine,
        r#"select v.label, v.value, v.is_good, v.unit, v.lower_limit, v.upper_limit, v.reference_value, v.verdict as "verdict: Verdict", v.comment,
                  d.inventory_number as "tool?", v.is_tool_valid, v.doubted_at is not null as "is_doubted!"
           from intervention_measure v
           join checklist_step s on s.id = v.step_id
           left join test_tool t on t.id = v.tool_id
           left join device d on d.id = t.device_id
           where v.intervention_id = $1 order by s.position, v.id"#,
        id.uuid()
    )
    .fetch_all(conn)
    .await?)
}

/// The values a device showed last for each step: what is compared, and its reference.
pub async fn previous(
    conn: &mut PgConnection,
    device: DeviceId,
    step: Uuid,
) -> Result<(Option<f64>, Option<f64>)> {
    let values = sqlx::query_scalar!(
        r#"select v.value as "value!" from intervention_measure v join intervention i on i.id = v.intervention_id
           where i.device_id = $1 and v.step_id = $2 and v.value is not null and i.state = 'closed' order by i.done_on, v.id"#,
        device.uuid(),
        step
    )
    .fetch_all(conn)
    .await?;
    Ok((values.first().copied(), values.last().copied()))
}

/// Operations that make another control of this device due.
pub async fn operations(
    conn: &mut PgConnection,
    device: DeviceId,
) -> Result<Vec<(String, String)>> {
    let rows = sqlx::query!(
        r#"select t.id, t.operation || ' → ' || o.title as "label!" from obligation_trigger t
           join obligation o on o.id = t.obligation_id
           join device_obligation x on x.obligation_id = o.id and x.device_id = $1 and x.applies
           order by t.operation, t.id"#,
        device.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| (r.id.to_string(), r.label))
        .collect())
}

/// The test tools of an establishment, to choose from.
pub async fn tools(
    conn: &mut PgConnection,
    establishment: EstablishmentId,
) -> Result<Vec<(String, String)>> {
    let rows = sqlx::query!(
        r#"select t.id, d.inventory_number || ' · ' || t.measures as "label!" from test_tool t join device d on d.id = t.device_id
           where d.establishment_id = $1 and t.retired_at is null order by d.inventory_number, t.id limit 100"#,
        establishment.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| (r.id.to_string(), r.label))
        .collect())
}

/// Whether a tool of that establishment was within its calibration on a day; none when there is no such tool.
pub async fn is_tool_valid(
    conn: &mut PgConnection,
    establishment: EstablishmentId,
    tool: Uuid,
    on: NaiveDate,
) -> Result<Option<bool>> {
    Ok(sqlx::query_scalar!(
        r#"select coalesce((select c.is_conform and c.valid_until >= $3 from tool_calibration c
                            where c.tool_id = t.id and c.done_on <= $3 order by c.done_on desc, c.id desc limit 1), false) as "valid!"
           from test_tool t join device d on d.id = t.device_id where t.id = $1 and d.establishment_id = $2"#,
        tool,
        establishment.uuid(),
        on
    )
    .fetch_optional(conn)
    .await?)
}

/// A report of a control that the device's file already holds.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct KeptReport {
    pub id: Uuid,
    pub title: String,
    pub file_name: String,
    pub sha256: String,
    pub issued_on: Option<NaiveDate>,
}

impl KeptReport {
    /// How it is chosen.
    pub fn words(&self) -> String {
        match self.issued_on {
            Some(on) => format!("{} ({})", self.title, crate::kernel::date::short(on)),
            None => self.title.clone(),
        }
    }

    /// How the register names it: by its content.
    pub fn named(self) -> crate::register::Report {
        crate::register::Report {
            document: Some(self.id),
            name: self.file_name,
            sha256: self.sha256,
        }
    }
}

/// The reports of controls among the documents of a device, the latest first.
pub async fn reports(conn: &mut PgConnection, device: DeviceId) -> Result<Vec<KeptReport>> {
    Ok(sqlx::query_as!(
        KeptReport,
        "select d.id, d.title, d.file_name, f.sha256, d.issued_on from document d join file f on f.id = d.file_id
         where d.subject_type = 'device' and d.subject_id = $1 and d.withdrawn_at is null
           and d.kind in ('quality_control_report', 'electrical_safety_report', 'maintenance_report')
         order by d.recorded_at desc, d.id desc limit 20",
        device.uuid()
    )
    .fetch_all(conn)
    .await?)
}
