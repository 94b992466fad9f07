//! What the list of devices says of maintenance, and the job that says it again each night.

use chrono::{NaiveDate, TimeDelta};
use uuid::Uuid;

use crate::app::App;
use crate::kernel::clock::local_day;
use crate::kernel::{Event, Result, Subject, id};
use crate::platform::db::{Actor, Tx};
use crate::platform::jobs::{self, Claimed};
use crate::shell::domain::Boxed;
use crate::shell::lists::ZONE;

/// The kind of the nightly job.
pub const KIND: &str = "maintenance.due";

/// Says again what is due of some devices.
pub async fn refresh_devices(tx: &mut Tx, devices: &[Uuid]) -> Result<()> {
    let today = local_day(tx.now(), ZONE);
    refresh(tx, Some(devices), None, today).await
}

/// Says again what is due of every device of a model, and sees to the nightly job.
pub async fn refresh_model(tx: &mut Tx, model: Uuid) -> Result<()> {
    let today = local_day(tx.now(), ZONE);
    refresh(tx, None, Some(model), today).await?;
    jobs::keep(tx, KIND, TimeDelta::hours(24)).await
}

async fn refresh(
    tx: &mut Tx,
    devices: Option<&[Uuid]>,
    model: Option<Uuid>,
    today: NaiveDate,
) -> Result<()> {
    sqlx::query!(
        r#"
        with due as (
            select d.id as device_id,
                bool_or(x.latest_on < $3 or x.counter_now > x.due_counter) as late,
                bool_or(x.due_on is null and (x.due_counter is null or x.counter_now is null)) as unknown,
                bool_or(x.earliest_on <= $3) as due,
                min(x.due_on) as due_on
            from device d
            join device_obligation x on x.device_id = d.id and x.applies and not x.is_exempt
            where ($1::uuid[] is null or d.id = any ($1)) and ($2::uuid is null or d.model_id = $2)
            group by d.id
        ), said as (
            select device_id, due_on,
                case when late then 'late' when unknown then 'unknown' when due then 'due' else 'up_to_date' end as value,
                case when late then '0' when unknown then '1' when due then '2' else '3' end || coalesce(due_on::text, '') as sort_key
            from due
        )
        insert into device_fact (id, device_id, kind, value, sort_key, due_on)
        select md5(device_id::text || 'maintenance')::uuid, device_id, 'maintenance', value, sort_key, due_on from said
        on conflict (device_id, kind) do update set value = excluded.value, sort_key = excluded.sort_key, due_on = excluded.due_on
            where (device_fact.value, device_fact.sort_key, device_fact.due_on) is distinct from (excluded.value, excluded.sort_key, excluded.due_on)
        "#,
        devices,
        model,
        today
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "delete from device_fact f using device d
         where f.kind = 'maintenance' and d.id = f.device_id and ($1::uuid[] is null or d.id = any ($1)) and ($2::uuid is null or d.model_id = $2)
           and not exists (select from device_obligation x where x.device_id = d.id and x.applies and not x.is_exempt)",
        devices,
        model
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The nightly job: a day has passed, what was due may be late.
pub fn run(app: &App, _: Claimed) -> Boxed<'_, ()> {
    Box::pin(async move {
        let actor = Actor {
            id: None,
            label: "Vigie (échéances)".into(),
        };
        let mut tx = Tx::open(
            app.pool(),
            actor,
            app.clock().now(),
            Some(id::fresh()),
            None,
        )
        .await?;
        let today = local_day(tx.now(), ZONE);
        super::commands::end_exceptions(&mut tx, today).await?;
        refresh(&mut tx, None, None, today).await?;
        jobs::keep(&mut tx, KIND, TimeDelta::hours(24)).await?;
        let night = Event::new(
            "maintenance.due_refreshed",
            Subject::shared("instance", Uuid::nil()),
            "Échéances de maintenance revues",
        );
        tx.commit(night, "/maintenance/due").await?;
        Ok(())
    })
}
