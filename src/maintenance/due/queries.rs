//! Reading what is due.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use super::{DeferralId, DueId};
use crate::accounts::access::Scope;
use crate::inventory::devices::{Criticality, DeviceId};
use crate::kernel::{Error, Result};
use crate::maintenance::obligations::ObligationId;
use crate::maintenance::obligations::model::{
    Counter, Kind, PeriodUnit, Standing, Window, clock_words, standing,
};

/// One obligation of one device.
#[derive(Clone, Debug)]
pub struct DueLine {
    /// Its id.
    pub id: DueId,
    /// Of which device.
    pub device_id: DeviceId,
    /// Which obligation.
    pub obligation_id: ObligationId,
    /// Its title.
    pub title: String,
    /// What is done.
    pub kind: Kind,
    /// It closes only with measured values.
    pub needs_measures: bool,
    /// It applies today.
    pub applies: bool,
    /// An exception says it does not.
    pub is_exempt: bool,
    /// Last done.
    pub last_done_on: Option<NaiveDate>,
    /// The due day it answered.
    pub last_due_on: Option<NaiveDate>,
    /// First day of the planned series.
    pub anchor_on: Option<NaiveDate>,
    /// What the counter showed then.
    pub last_counter: Option<i64>,
    /// Next due.
    pub due_on: Option<NaiveDate>,
    /// From this day on, doing it counts.
    pub earliest_on: Option<NaiveDate>,
    /// After this day, it is late.
    pub latest_on: Option<NaiveDate>,
    /// By which counter.
    pub counter: Option<Counter>,
    /// Due when the counter shows this.
    pub due_counter: Option<i64>,
    /// What the counter shows.
    pub counter_now: Option<i64>,
    /// Why it is due out of its cycle.
    pub triggered_why: Option<String>,
    /// How many times the device was not presented.
    pub not_presented: i32,
    /// Until when it was put off, and who allowed it.
    pub deferred_until: Option<NaiveDate>,
    /// Who allowed it.
    pub deferred_by: Option<String>,
}

impl DueLine {
    /// Its window.
    pub fn window(&self) -> Option<Window> {
        Some(Window {
            on: self.due_on?,
            earliest: self.earliest_on?,
            latest: self.latest_on?,
        })
    }

    /// How it stands on a day.
    pub fn standing(&self, today: NaiveDate) -> Standing {
        standing(self.window(), self.due_counter, self.counter_now, today)
    }

    /// The tone of its standing.
    pub fn tone(&self, today: &NaiveDate) -> &'static str {
        match self.standing(*today) {
            _ if self.is_exempt => "plain",
            Standing::Late => "bad",
            Standing::Due => "watch",
            Standing::UpToDate => "good",
            Standing::Unknown => "unknown",
        }
    }

    /// In a word.
    pub fn short(&self, today: &NaiveDate) -> &'static str {
        if self.is_exempt {
            "sans objet"
        } else {
            self.standing(*today).label()
        }
    }

    /// « en retard de 3 jours », « exception », « reporté au … ».
    pub fn words(&self, today: &NaiveDate) -> String {
        if self.is_exempt {
            return "sans objet par exception".into();
        }
        let words = clock_words(self.standing(*today), self.window(), *today);
        match self
            .deferred_until
            .filter(|_| self.standing(*today) != Standing::UpToDate)
        {
            Some(until) => format!(
                "{words} (reporté au {} par {})",
                crate::kernel::date::short(until),
                self.deferred_by.as_deref().unwrap_or("Vigie")
            ),
            None => words,
        }
    }

    /// « Maintenance annuelle : en retard de 3 jours ».
    pub fn verdict_words(&self, today: &NaiveDate) -> String {
        format!("{} : {}", self.title, self.words(today))
    }

    /// Where its page is.
    pub fn url(&self) -> String {
        format!("/maintenance/due/{}", self.id)
    }
}

macro_rules! lines {
    ($where:literal, $($arg:expr),* $(,)?) => {
        sqlx::query_as!(
            DueLine,
            r#"
            select x.id as "id: DueId", x.device_id as "device_id: DeviceId", x.obligation_id as "obligation_id: ObligationId", o.title, o.kind as "kind: Kind",
                o.needs_measures, x.applies, x.is_exempt, x.last_done_on, x.last_due_on, x.anchor_on, x.last_counter, x.due_on, x.earliest_on, x.latest_on,
                o.counter as "counter: Counter", x.due_counter, x.counter_now, x.triggered_why, x.not_presented,
                f.until as "deferred_until?", a.display_name as "deferred_by?"
            from device_obligation x
            join obligation o on o.id = x.obligation_id
            join device d on d.id = x.device_id
            left join lateral (
                select until, answered_by from obligation_deferral
                where device_id = x.device_id and obligation_id = x.obligation_id and is_approved and due_on = x.due_on
                order by id desc limit 1) f on true
            left join account a on a.id = f.answered_by
            "# + $where,
            $($arg),*
        )
    };
}

/// One line, if the caller sees its device.
pub async fn find(conn: &mut PgConnection, scope: &Scope, id: DueId) -> Result<DueLine> {
    lines!(
        "where x.id = $1 and (d.establishment_id = any ($2) or d.unit_id = any ($3) or d.id = any ($4))",
        id.uuid(),
        &scope.establishments,
        &scope.units,
        &scope.devices
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}

/// Every obligation of a device that applies, the most pressing first.
pub async fn of_device(conn: &mut PgConnection, device: DeviceId) -> Result<Vec<DueLine>> {
    Ok(lines!(
        "where x.device_id = $1 and x.applies order by x.is_exempt, coalesce(x.latest_on, date '-infinity'), o.title, x.id",
        device.uuid()
    )
    .fetch_all(conn)
    .await?)
}

/// How many stand where, by criticality of maintenance.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
#[schema(as = DueCount)]
pub struct Count {
    /// The criticality, none = nobody said.
    pub criticality: Option<Criticality>,
    /// Late.
    pub late: i64,
    /// Nobody knows.
    pub unknown: i64,
    /// Due within 30 days, not late.
    pub soon: i64,
    /// Due within 90 days, not late.
    pub later: i64,
    /// All.
    pub total: i64,
}

/// What is late, undetermined, due in 30 and 90 days, by criticality.
pub async fn counts(
    conn: &mut PgConnection,
    scope: &Scope,
    today: NaiveDate,
) -> Result<Vec<Count>> {
    Ok(sqlx::query_as!(
        Count,
        r#"
        select d.maintenance_criticality as "criticality: Criticality",
            count(*) filter (where x.latest_on < $4) as "late!",
            count(*) filter (where x.due_on is null and x.due_counter is null) as "unknown!",
            count(*) filter (where x.latest_on >= $4 and x.due_on <= $4::date + 30) as "soon!",
            count(*) filter (where x.latest_on >= $4 and x.due_on <= $4::date + 90) as "later!",
            count(*) as "total!"
        from device_obligation x
        join device d on d.id = x.device_id
        where x.applies and not x.is_exempt
          and (d.establishment_id = any ($1) or d.unit_id = any ($2) or d.id = any ($3))
        group by d.maintenance_criticality
        order by case d.maintenance_criticality when 'vital' then 0 when 'high' then 1 when 'medium' then 2 when 'low' then 3 else 4 end
        "#,
        &scope.establishments,
        &scope.units,
        &scope.devices,
        today
    )
    .fetch_all(conn)
    .await?)
}

/// A late line of the home page.
#[derive(Clone, Debug)]
pub struct Late {
    /// The line.
    pub id: DueId,
    /// Of which device.
    pub inventory_number: String,
    /// What is late.
    pub title: String,
    /// Since which day.
    pub due_on: Option<NaiveDate>,
    /// Where.
    pub unit: Option<String>,
}

/// The lines longest late, and how many there are in all.
pub async fn late(
    conn: &mut PgConnection,
    scope: &Scope,
    today: NaiveDate,
    most: i64,
) -> Result<(Vec<Late>, i64)> {
    let total = sqlx::query_scalar!(
        r#"
        select count(*) as "count!"
        from device_obligation x join device d on d.id = x.device_id
        where x.applies and not x.is_exempt and coalesce(x.latest_on, date 'infinity') < $4
          and (d.establishment_id = any ($1) or d.unit_id = any ($2) or d.id = any ($3))
        "#,
        &scope.establishments,
        &scope.units,
        &scope.devices,
        today
    )
    .fetch_one(&mut *conn)
    .await?;
    let lines = sqlx::query_as!(
        Late,
        r#"
        select x.id as "id: DueId", d.inventory_number, o.title, x.due_on, u.name as "unit?"
        from device_obligation x
        join device d on d.id = x.device_id
        join obligation o on o.id = x.obligation_id
        left join unit u on u.id = d.unit_id
        where x.applies and not x.is_exempt and coalesce(x.latest_on, date 'infinity') < $4
          and (d.establishment_id = any ($1) or d.unit_id = any ($2) or d.id = any ($3))
        order by coalesce(x.latest_on, date 'infinity'), x.id
        limit $5
        "#,
        &scope.establishments,
        &scope.units,
        &scope.devices,
        today,
        most
    )
    .fetch_all(conn)
    .await?;
    Ok((lines, total))
}

/// The exception of a device to an obligation.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
#[schema(as = DueException)]
pub struct Exception {
    /// Another period; none = it does not apply.
    pub interval_value: Option<i32>,
    /// Of what.
    pub interval_unit: Option<PeriodUnit>,
    /// Why.
    pub reason: String,
    /// Until when.
    pub ends_on: Option<NaiveDate>,
    /// When it was decided.
    pub decided_at: DateTime<Utc>,
    /// By whom.
    pub decided_by: Option<String>,
}

/// The exception in force, if there is one.
pub async fn maybe_exception(
    conn: &mut PgConnection,
    device: DeviceId,
    obligation: ObligationId,
) -> Result<Option<Exception>> {
    Ok(sqlx::query_as!(
        Exception,
        r#"select x.interval_value, x.interval_unit as "interval_unit: PeriodUnit", x.reason, x.ends_on, x.decided_at, a.display_name as "decided_by?"
           from obligation_exception x left join account a on a.id = x.decided_by
           where x.device_id = $1 and x.obligation_id = $2 and x.withdrawn_at is null"#,
        device.uuid(),
        obligation.uuid()
    )
    .fetch_optional(conn)
    .await?)
}

/// A deferral asked for.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
#[schema(as = DueDeferral)]
pub struct Deferral {
    /// Its id.
    pub id: DeferralId,
    /// Until when.
    pub until: NaiveDate,
    /// Why.
    pub reason: String,
    /// Asked by.
    pub asked_by_id: Option<uuid::Uuid>,
    /// Their name.
    pub asked_by: Option<String>,
    /// Yes, no, not yet.
    pub is_approved: Option<bool>,
    /// Who answered.
    pub answered_by: Option<String>,
    /// In these words.
    pub answer_note: Option<String>,
}

/// The deferrals of a line, the last one first.
pub async fn deferrals(conn: &mut PgConnection, line: &DueLine) -> Result<Vec<Deferral>> {
    Ok(sqlx::query_as!(
        Deferral,
        r#"select f.id as "id: DeferralId", f.until, f.reason, f.asked_by as asked_by_id, a.display_name as "asked_by?", f.is_approved,
                  b.display_name as "answered_by?", f.answer_note
           from obligation_deferral f
           left join account a on a.id = f.asked_by
           left join account b on b.id = f.answered_by
           where f.device_id = $1 and f.obligation_id = $2 order by f.id desc"#,
        line.device_id.uuid(),
        line.obligation_id.uuid()
    )
    .fetch_all(conn)
    .await?)
}

/// A last date as it was stated.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
#[schema(as = DueStatement)]
pub struct Statement {
    /// The day.
    pub done_on: NaiveDate,
    /// Who says so.
    pub source: String,
    /// Stated at.
    pub stated_at: DateTime<Utc>,
    /// By.
    pub stated_by: Option<String>,
}

/// The statements of a line, the last one first.
pub async fn statements(conn: &mut PgConnection, line: &DueLine) -> Result<Vec<Statement>> {
    Ok(sqlx::query_as!(
        Statement,
        r#"select s.done_on, s.source, s.stated_at, a.display_name as "stated_by?"
           from obligation_statement s left join account a on a.id = s.stated_by
           where s.device_id = $1 and s.obligation_id = $2 order by s.id desc"#,
        line.device_id.uuid(),
        line.obligation_id.uuid()
    )
    .fetch_all(conn)
    .await?)
}
