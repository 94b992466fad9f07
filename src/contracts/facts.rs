//! What the list of devices says of contracts, and the job that says it again each night.

use chrono::{NaiveDate, TimeDelta};
use uuid::Uuid;

use super::model::{Renewal, Terms, clock};
use crate::app::App;
use crate::kernel::clock::local_day;
use crate::kernel::{Event, Result, Subject, id};
use crate::platform::db::{Actor, Tx};
use crate::platform::jobs::{self, Claimed};
use crate::shell::domain::Boxed;
use crate::shell::lists::ZONE;

/// The kind of the nightly job.
pub const KIND: &str = "contracts.coverage";

/// Says again what covers each device on a line of an establishment, and sees to the nightly job.
pub(super) async fn refresh_establishment(tx: &mut Tx, establishment: Uuid) -> Result<()> {
    let today = local_day(tx.now(), ZONE);
    refresh(tx, Some(establishment), today).await?;
    jobs::keep(tx, KIND, TimeDelta::hours(24)).await
}

async fn refresh(tx: &mut Tx, establishment: Option<Uuid>, today: NaiveDate) -> Result<()> {
    sqlx::query!(
        r#"
        with covering as (
            select l.device_id,
                bool_or(a.standing in ('active', 'notice') and l.from_on <= $2 and (l.until_on is null or l.until_on >= $2)) as covered,
                bool_or(a.standing = 'to_come' or (a.standing in ('active', 'notice') and l.from_on > $2)) as to_come,
                max(least(coalesce(l.until_on, date 'infinity'), coalesce(a.current_end_on, date 'infinity'))) as until_on
            from agreement_line l join agreement a on a.id = l.agreement_id
            where l.removed_at is null or l.until_on >= $2
            group by l.device_id
        ), said as (
            select d.id as device_id, nullif(c.until_on, date 'infinity') as due_on,
                case when c.covered then 'covered' when c.to_come then 'to_come' else 'expired' end as value
            from covering c join device d on d.id = c.device_id
            where $1::uuid is null or d.establishment_id = $1
        )
        insert into device_fact (id, device_id, kind, value, sort_key, due_on)
        select md5(device_id::text || 'contract')::uuid, device_id, 'contract', value,
            case value when 'expired' then '0' when 'to_come' then '2' else '3' end || coalesce(due_on::text, ''), due_on
        from said
        on conflict (device_id, kind) do update set value = excluded.value, sort_key = excluded.sort_key, due_on = excluded.due_on
            where (device_fact.value, device_fact.sort_key, device_fact.due_on) is distinct from (excluded.value, excluded.sort_key, excluded.due_on)
        "#,
        establishment,
        today
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "delete from device_fact f using device d
         where f.kind = 'contract' and d.id = f.device_id and ($1::uuid is null or d.establishment_id = $1)
           and not exists (select from agreement_line l where l.device_id = d.id and (l.removed_at is null or l.until_on >= $2))",
        establishment,
        today
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Where every contract stands today.
async fn restate(tx: &mut Tx, today: NaiveDate) -> Result<()> {
    let all = sqlx::query!(
        r#"select id, starts_on, ends_on, notice_months, renewal as "renewal: Renewal", renewal_months, ended_on, standing, current_end_on, notice_by from agreement order by id"#
    )
    .fetch_all(&mut **tx)
    .await?;
    for one in all {
        let terms = Terms {
            starts_on: one.starts_on,
            ends_on: one.ends_on,
            notice_months: one.notice_months.and_then(|n| u32::try_from(n).ok()),
            renewal: one.renewal,
            renewal_months: one.renewal_months.and_then(|n| u32::try_from(n).ok()),
            ended_on: one.ended_on,
        };
        let now = clock(terms, today);
        if (now.standing.code(), now.end_on, now.notice_by)
            != (one.standing.as_str(), one.current_end_on, one.notice_by)
        {
            sqlx::query!(
                "update agreement set standing = $2, current_end_on = $3, notice_by = $4 where id = $1",
                one.id,
                now.standing.code(),
                now.end_on,
                now.notice_by
            )
            .execute(&mut **tx)
            .await?;
        }
    }
    Ok(())
}

/// The nightly job: a day has passed, a contract may have ended or been renewed.
pub fn run(app: &App, _: Claimed) -> Boxed<'_, ()> {
    Box::pin(async move {
        let actor = Actor {
            id: None,
            label: "Vigie (contrats)".into(),
        };
        let now = app.clock().now();
        let mut tx = Tx::open(app.pool(), actor, now, Some(id::fresh()), None).await?;
        let today = local_day(tx.now(), ZONE);
        restate(&mut tx, today).await?;
        refresh(&mut tx, None, today).await?;
        jobs::keep(&mut tx, KIND, TimeDelta::hours(24)).await?;
        let night = Event::new(
            "contracts.coverage_refreshed",
            Subject::shared("instance", Uuid::nil()),
            "Contrats et couverture revus",
        );
        tx.commit(night, "/contracts/coverage").await?;
        Ok(())
    })
}
