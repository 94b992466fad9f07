//! Reading an extract, and taking from it what a device lacks.

use serde_json::json;

use super::reading::Read;
use crate::accounts::EstablishmentId;
use crate::accounts::access::Covered;
use crate::accounts::actions::ReconcileAssets;
use crate::exchange::imports::queries::Sums;
use crate::kernel::{Event, Result, Subject, id};
use crate::platform::db::Tx;

/// Brings the assets of an establishment to what its extract says; those it no longer has are marked.
pub async fn receive(
    tx: &mut Tx,
    _: &Covered<ReconcileAssets>,
    place: EstablishmentId,
    (file_name, file_hash): (&str, Vec<u8>),
    read: &Read,
) -> Result<(Sums, Event)> {
    let (now, by) = (tx.now(), tx.actor().id);
    let file = id::fresh();
    let column = |f: fn(&super::reading::Given) -> Option<String>| {
        read.given.iter().map(f).collect::<Vec<Option<String>>>()
    };
    let numbers: Vec<String> = read.given.iter().map(|g| g.number.clone()).collect();
    let known = sqlx::query!(
        r#"with given as (
               select * from unnest($2::text[], $3::text[], $4::bigint[], $5::date[], $6::text[], $7::text[], $8::text[]) as g (number, label, cents, day, account, serial, inventory)
           )
           select count(*) filter (where (a.label, a.value_cents, a.acquired_on, a.account_code, a.serial_number, a.inventory_number)
                                        is distinct from (g.label, g.cents, g.day, g.account, g.serial, g.inventory) or a.gone_since is not null) as "updated!",
                  count(*) filter (where (a.label, a.value_cents, a.acquired_on, a.account_code, a.serial_number, a.inventory_number)
                                        is not distinct from (g.label, g.cents, g.day, g.account, g.serial, g.inventory) and a.gone_since is null) as "unchanged!"
           from given g join asset a on a.establishment_id = $1 and a.asset_number = g.number"#,
        place.uuid(),
        &numbers,
        &column(|g| g.label.clone()) as &[Option<String>],
        &read.given.iter().map(|g| g.value_cents).collect::<Vec<_>>() as &[Option<i64>],
        &read.given.iter().map(|g| g.acquired_on).collect::<Vec<_>>() as &[Option<chrono::NaiveDate>],
        &column(|g| g.account.clone()) as &[Option<String>],
        &column(|g| g.serial.clone()) as &[Option<String>],
        &column(|g| g.inventory.clone()) as &[Option<String>],
    )
    .fetch_one(&mut **tx)
    .await?;
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let sums = Sums {
        read: count(read.lines),
        created: count(read.given.len()) - known.updated - known.unchanged,
        updated: known.updated,
        unchanged: known.unchanged + count(read.repeated),
        rejected: count(read.rejected.len()),
        ..Sums::default()
    };
    let small = |n: i64| i32::try_from(n).unwrap_or(i32::MAX);
    sqlx::query!(
        "insert into asset_file (id, establishment_id, file_name, file_hash, read_count, created_count, updated_count, unchanged_count, rejected_count, received_at, received_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        file,
        place.uuid(),
        file_name,
        file_hash,
        small(sums.read),
        small(sums.created),
        small(sums.updated),
        small(sums.unchanged),
        small(sums.rejected),
        now,
        by
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into asset (id, establishment_id, asset_number, label, value_cents, acquired_on, account_code, serial_number, inventory_number, file_id, line)
         select g.id, $1, g.number, g.label, g.cents, g.day, g.account, g.serial, g.inventory, $2, g.line
         from unnest($3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::date[], $8::text[], $9::text[], $10::text[], $11::int[]) as g (id, number, label, cents, day, account, serial, inventory, line)
         on conflict (establishment_id, asset_number) do update
         set label = excluded.label, value_cents = excluded.value_cents, acquired_on = excluded.acquired_on, account_code = excluded.account_code,
             serial_number = excluded.serial_number, inventory_number = excluded.inventory_number, file_id = excluded.file_id, line = excluded.line, gone_since = null",
        place.uuid(),
        file,
        &read.given.iter().map(|_| id::fresh()).collect::<Vec<_>>(),
        &numbers,
        &column(|g| g.label.clone()) as &[Option<String>],
        &read.given.iter().map(|g| g.value_cents).collect::<Vec<_>>() as &[Option<i64>],
        &read.given.iter().map(|g| g.acquired_on).collect::<Vec<_>>() as &[Option<chrono::NaiveDate>],
        &column(|g| g.account.clone()) as &[Option<String>],
        &column(|g| g.serial.clone()) as &[Option<String>],
        &column(|g| g.inventory.clone()) as &[Option<String>],
        &read.given.iter().map(|g| g.line).collect::<Vec<_>>(),
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update asset set gone_since = $3 where establishment_id = $1 and gone_since is null and asset_number <> all ($2)",
        place.uuid(),
        &numbers,
        now
    )
    .execute(&mut **tx)
    .await?;
    let event = Event::new(
        "assets.received",
        Subject::of("establishment", place, place),
        format!(
            "Extrait économique {file_name} : {} lues = {} créées + {} modifiées + {} inchangées + {} rejetées",
            sums.read, sums.created, sums.updated, sums.unchanged, sums.rejected
        ),
    )
    .with(json!({
        "file_id": file,
        "rejected": read.rejected.iter().take(200).map(|r| json!({ "line": r.line, "why": r.why })).collect::<Vec<_>>(),
    }));
    Ok((sums, event))
}
