//! Counting what is due and planned, and reading feeds.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::FeedId;
use super::ics::Entry;
use crate::accounts::AccountId;
use crate::accounts::access::Scope;
use crate::kernel::{Error, Result};

/// What waits at a place.
#[derive(Clone, Debug, serde::Serialize)]
#[allow(missing_docs)]
pub struct PlaceLine {
    pub unit_id: Option<Uuid>,
    pub unit: Option<String>,
    pub late: i64,
    pub unknown: i64,
    pub soon: i64,
    pub later: i64,
    pub uncovered: i64,
    pub not_presented: i64,
    pub total: i64,
}

/// What is due by place, those most late first: late, due within 30 and 90 days, undetermined, and on devices that no
/// running contract covers.
pub async fn by_place(
    conn: &mut PgConnection,
    scope: &Scope,
    today: NaiveDate,
    (soon, later): (NaiveDate, NaiveDate),
) -> Result<Vec<PlaceLine>> {
    Ok(sqlx::query_as!(
        PlaceLine,
        r#"
        select d.unit_id as "unit_id?", u.name as "unit?",
            count(*) filter (where x.latest_on < $4) as "late!",
            count(*) filter (where x.due_on is null) as "unknown!",
            count(*) filter (where x.latest_on >= $4 and x.due_on <= $5) as "soon!",
            count(*) filter (where x.latest_on >= $4 and x.due_on <= $6) as "later!",
            count(*) filter (where (x.latest_on < $4 or x.due_on <= $6) and f.value is distinct from 'covered') as "uncovered!",
            coalesce(sum(x.not_presented), 0)::bigint as "not_presented!",
            count(*) as "total!"
        from device_obligation x
        join device d on d.id = x.device_id
        left join unit u on u.id = d.unit_id
        left join device_fact f on f.device_id = d.id and f.kind = 'contract'
        where x.applies and not x.is_exempt
          and (d.establishment_id = any ($1) or d.unit_id = any ($2) or d.id = any ($3))
        group by d.unit_id, u.name
        order by 3 desc, 5 desc, u.name collate "fr-x-icu", d.unit_id
        limit 300
        "#,
        &scope.establishments,
        &scope.units,
        &scope.devices,
        today,
        soon,
        later
    )
    .fetch_all(conn)
    .await?)
}

/// What a person has to do.
#[derive(Clone, Debug, serde::Serialize)]
#[allow(missing_docs)]
pub struct PersonLine {
    pub assignee_id: Option<Uuid>,
    pub assignee: Option<String>,
    pub open: i64,
    pub planned: i64,
    pub overdue: i64,
    pub waiting: i64,
}

/// Open interventions by whom they are given to.
pub async fn by_person(
    conn: &mut PgConnection,
    scope: &Scope,
    today: NaiveDate,
    soon: NaiveDate,
) -> Result<Vec<PersonLine>> {
    Ok(sqlx::query_as!(
        PersonLine,
        r#"
        select i.assignee_id as "assignee_id?", a.display_name as "assignee?",
            count(*) as "open!",
            count(*) filter (where i.planned_on between $4 and $5) as "planned!",
            count(*) filter (where i.planned_on < $4) as "overdue!",
            count(*) filter (where i.state = 'waiting') as "waiting!"
        from intervention i
        join device d on d.id = i.device_id
        left join account a on a.id = i.assignee_id
        where i.state not in ('closed', 'cancelled')
          and (d.establishment_id = any ($1) or d.unit_id = any ($2) or d.id = any ($3))
        group by i.assignee_id, a.display_name
        order by 3 desc, a.display_name collate "fr-x-icu", i.assignee_id
        limit 200
        "#,
        &scope.establishments,
        &scope.units,
        &scope.devices,
        today,
        soon
    )
    .fetch_all(conn)
    .await?)
}

/// How much falls on a day.
#[derive(Clone, Debug, serde::Serialize)]
#[allow(missing_docs)]
pub struct DayLine {
    pub on: NaiveDate,
    pub due: i64,
    pub planned: i64,
}

/// What is due and what is planned, day by day.
pub async fn by_day(
    conn: &mut PgConnection,
    scope: &Scope,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<DayLine>> {
    Ok(sqlx::query_as!(
        DayLine,
        r#"
        select day.day as "on!", sum(day.due)::bigint as "due!", sum(day.planned)::bigint as "planned!"
        from (
            select x.due_on as day, 1 as due, 0 as planned
            from device_obligation x join device d on d.id = x.device_id
            where x.applies and not x.is_exempt and x.due_on between $4 and $5
              and (d.establishment_id = any ($1) or d.unit_id = any ($2) or d.id = any ($3))
            union all
            select i.planned_on, 0, 1
            from intervention i join device d on d.id = i.device_id
            where i.state not in ('closed', 'cancelled') and i.planned_on between $4 and $5
              and (d.establishment_id = any ($1) or d.unit_id = any ($2) or d.id = any ($3))
        ) day
        group by day.day
        order by day.day
        "#,
        &scope.establishments,
        &scope.units,
        &scope.devices,
        from,
        to
    )
    .fetch_all(conn)
    .await?)
}

crate::coded! {
    /// What a feed shows.
    pub enum Shows {
        Mine = "mine" => "Les interventions qui me sont confiées",
        Due = "due" => "Les échéances des équipements que je vois",
        All = "all" => "Les deux",
    }
}

/// A feed of somebody's, without its secret.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Feed {
    pub id: FeedId,
    pub name: String,
    pub shows: Shows,
    pub token_start: String,
    pub created_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// The feeds of an account, newest first.
pub async fn feeds(conn: &mut PgConnection, account: AccountId) -> Result<Vec<Feed>> {
    Ok(sqlx::query_as!(
        Feed,
        r#"select id as "id: FeedId", name, shows as "shows: Shows", token_start, created_at, revoked_at from calendar_feed where account_id = $1 order by id desc"#,
        account.uuid()
    )
    .fetch_all(conn)
    .await?)
}

/// Whose feed an address is, and what it shows.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Opened {
    pub account: AccountId,
    pub name: String,
    pub shows: Shows,
}

/// The feed at this secret, if it was not revoked.
pub async fn opened(conn: &mut PgConnection, token: &str) -> Result<Opened> {
    sqlx::query_as!(
        Opened,
        r#"select account_id as "account: AccountId", name, shows as "shows: Shows" from calendar_feed where token_hash = $1 and revoked_at is null"#,
        crate::kernel::secret::sha256(token)
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}

/// The entries of what is due within a scope.
pub async fn due_entries(
    conn: &mut PgConnection,
    scope: &Scope,
    (from, to): (NaiveDate, NaiveDate),
    public: &str,
) -> Result<Vec<Entry>> {
    let rows = sqlx::query!(
        r#"select x.id, x.due_on as "due_on!", d.inventory_number, o.title, coalesce(u.name, 'lieu inconnu') as "unit!"
           from device_obligation x join device d on d.id = x.device_id join obligation o on o.id = x.obligation_id left join unit u on u.id = d.unit_id
           where x.applies and not x.is_exempt and x.due_on between $4 and $5
             and (d.establishment_id = any ($1) or d.unit_id = any ($2) or d.id = any ($3))
           order by x.due_on, x.id limit 2000"#,
        &scope.establishments,
        &scope.units,
        &scope.devices,
        from,
        to
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Entry {
            uid: format!("{}-{}@vigie", r.id, r.due_on),
            on: r.due_on,
            summary: format!("{} · {}", r.inventory_number, r.title),
            place: r.unit,
            url: format!("{public}/maintenance/due/{}", r.id),
        })
        .collect())
}

/// The entries of what is planned for somebody, on devices he sees.
pub async fn planned_entries(
    conn: &mut PgConnection,
    scope: &Scope,
    account: AccountId,
    (from, to): (NaiveDate, NaiveDate),
    public: &str,
) -> Result<Vec<Entry>> {
    let rows = sqlx::query!(
        r#"select i.id, i.planned_on as "planned_on!", i.number, d.inventory_number, i.symptom, coalesce(u.name, 'lieu inconnu') as "unit!"
           from intervention i join device d on d.id = i.device_id left join unit u on u.id = d.unit_id
           where i.assignee_id = $6 and i.state not in ('closed', 'cancelled') and i.planned_on between $4 and $5
             and (d.establishment_id = any ($1) or d.unit_id = any ($2) or d.id = any ($3))
           order by i.planned_on, i.id limit 2000"#,
        &scope.establishments,
        &scope.units,
        &scope.devices,
        from,
        to,
        account.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Entry {
            uid: format!("{}-{}@vigie", r.id, r.planned_on),
            on: r.planned_on,
            summary: format!("{} · {} · {}", r.inventory_number, r.number, r.symptom),
            place: r.unit,
            url: format!("{public}/maintenance/interventions/{}", r.id),
        })
        .collect())
}
