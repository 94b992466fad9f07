//! What is read around a merge.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::MergeId;
use super::model::Kind;
use crate::accounts::EstablishmentId;
use crate::accounts::access::{Place, Placed, Scope};
use crate::kernel::{Error, Result};

/// One of the two records.
#[derive(Clone, Debug)]
pub struct Side {
    /// Its id.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// A second line to tell it apart.
    pub detail: String,
    /// Its establishment, for a device.
    pub establishment: Option<Uuid>,
    /// Its unit, for a device.
    pub unit: Option<Uuid>,
    /// The whole row.
    pub record: Value,
    /// Annulled, or a double already.
    pub closed: bool,
}

impl Placed for Side {
    fn place(&self) -> Place {
        match self.establishment {
            None => Place::SHARED,
            Some(e) => Place::establishment(EstablishmentId(e))
                .unit(self.unit.map(Into::into))
                .device(self.id),
        }
    }
}

/// A record that may be merged, if the caller may see it.
pub async fn side(conn: &mut PgConnection, scope: &Scope, kind: Kind, id: Uuid) -> Result<Side> {
    let found = match kind {
        Kind::Organisation => {
            sqlx::query_as!(
                Side,
                r#"select o.id, o.name as "name!", concat_ws(' · ', o.country, o.srn, (select count(*) from device_model m where m.manufacturer_id = o.id) || ' modèle(s)') as "detail!",
                          null::uuid as establishment, null::uuid as unit, to_jsonb(o) as "record!", o.merged_into_id is not null as "closed!"
                   from organisation o where o.id = $1"#,
                id
            )
            .fetch_optional(conn)
            .await?
        }
        Kind::Model => {
            sqlx::query_as!(
                Side,
                r#"select m.id, concat_ws(' ', o.name, coalesce(m.trade_name, m.common_name, m.reference)) as "name!",
                          concat_ws(' · ', m.common_name, 'réf. ' || m.reference) as "detail!",
                          null::uuid as establishment, null::uuid as unit, to_jsonb(m) as "record!", m.merged_into_id is not null as "closed!"
                   from device_model m left join organisation o on o.id = m.manufacturer_id where m.id = $1"#,
                id
            )
            .fetch_optional(conn)
            .await?
        }
        Kind::Device => {
            sqlx::query_as!(
                Side,
                r#"select d.id, d.inventory_number as "name!",
                          concat_ws(' · ', coalesce(d.local_name, m.common_name, m.trade_name, m.reference), 'série ' || d.serial_number, u.name) as "detail!",
                          d.establishment_id as "establishment?", d.unit_id as unit, to_jsonb(d) as "record!", d.annulled_at is not null as "closed!"
                   from device d join device_model m on m.id = d.model_id left join unit u on u.id = d.unit_id
                   where d.id = $1 and (d.establishment_id = any ($2) or d.unit_id = any ($3) or d.id = any ($4))"#,
                id,
                &scope.establishments,
                &scope.units,
                &scope.devices
            )
            .fetch_optional(conn)
            .await?
        }
    };
    found.ok_or(Error::NotFound)
}

/// How many rows of a table point to a record.
#[derive(Clone, Debug)]
pub struct Pointing {
    /// Table.
    pub tab: String,
    /// Column.
    pub col: String,
    /// Rows.
    pub n: i64,
}

/// What would follow the kept record.
pub async fn pointing(conn: &mut PgConnection, kind: Kind, id: Uuid) -> Result<Vec<Pointing>> {
    let mut found = sqlx::query_as!(
        Pointing,
        r#"select tab as "tab!", col as "col!", n as "n!" from merge_count($1::text::regclass, $2)"#,
        kind.code(),
        id
    )
    .fetch_all(&mut *conn)
    .await?;
    let documents = sqlx::query_scalar!(
        r#"select count(*) as "n!" from document where subject_type = $1 and subject_id = $2"#,
        kind.code(),
        id
    )
    .fetch_one(conn)
    .await?;
    if documents > 0 {
        found.push(Pointing {
            tab: "document".into(),
            col: "subject_id".into(),
            n: documents,
        });
    }
    Ok(found)
}

/// Models that both makers have under the same name and reference: they are merged first.
pub async fn same_models(conn: &mut PgConnection, kept: Uuid, double: Uuid) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        r#"select concat_ws(' ', coalesce(b.trade_name, b.common_name), b.reference) as "name!"
           from device_model a
           join device_model b on b.manufacturer_id = $2 and b.merged_into_id is null
               and plain(coalesce(b.trade_name, b.common_name, '')) = plain(coalesce(a.trade_name, a.common_name, ''))
               and plain(coalesce(b.reference, '')) = plain(coalesce(a.reference, ''))
           where a.manufacturer_id = $1 and a.merged_into_id is null
           order by 1
           limit 20"#,
        kept,
        double
    )
    .fetch_all(conn)
    .await?)
}

/// Is one part of the other, or lent: what must be settled first.
pub async fn device_ties(
    conn: &mut PgConnection,
    kept: Uuid,
    double: Uuid,
) -> Result<(bool, bool)> {
    let row = sqlx::query!(
        r#"select exists (select from device where id = $1 and parent_id = $2 or id = $2 and parent_id = $1) as "part!",
                  exists (select from device_loan where device_id = $2 and returned_at is null) as "lent!""#,
        kept,
        double
    )
    .fetch_one(conn)
    .await?;
    Ok((row.part, row.lent))
}

/// The words of identifiers met in two records: units, rooms, models, organisations, versions.
pub async fn words(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<String, String>> {
    let rows = sqlx::query!(
        r#"select id as "id!", name as "name!" from unit where id = any ($1)
           union all select id, concat_ws(' · ', code, name) from room where id = any ($1)
           union all select id, coalesce(trade_name, common_name, reference) from device_model where id = any ($1)
           union all select id, name from organisation where id = any ($1)
           union all select id, number from software_version where id = any ($1)"#,
        ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id.to_string(), row.name))
        .collect())
}

/// A merge, as kept.
#[derive(Clone, Debug)]
pub struct Merge {
    /// Its id.
    pub id: MergeId,
    /// Of what.
    pub kind: Kind,
    /// The record that answers for both.
    pub kept_id: Uuid,
    /// The double.
    pub merged_id: Uuid,
    /// Where, for devices.
    pub establishment_id: Option<Uuid>,
    /// As it was called.
    pub kept_name: String,
    /// As it was called.
    pub merged_name: String,
    /// Groups taken from the double.
    pub taken: Vec<String>,
    /// Fields before.
    pub before: Value,
    /// Fields written.
    pub after: Value,
    /// Rows moved.
    pub moved: Value,
    /// Rows written.
    pub added: Value,
    /// Why.
    pub reason: String,
    /// When.
    pub merged_at: DateTime<Utc>,
    /// By whom.
    pub merged_by: Option<String>,
    /// Until when it may be taken back.
    pub undo_before: DateTime<Utc>,
    /// Taken back.
    pub undone_at: Option<DateTime<Utc>>,
    /// By whom.
    pub undone_by: Option<String>,
    /// Why.
    pub undone_reason: Option<String>,
    /// What could not be put back.
    pub left_as_is: Option<Vec<String>>,
    /// For edits.
    pub version: i32,
}

impl Placed for Merge {
    fn place(&self) -> Place {
        self.establishment_id
            .map_or(Place::SHARED, |e| Place::establishment(EstablishmentId(e)))
    }
}

impl Merge {
    /// Where a record of it is read.
    pub fn href(&self, id: Uuid) -> String {
        match self.kind {
            Kind::Organisation => format!("/parties/organisations/{id}"),
            Kind::Model => format!("/inventory/models/{id}"),
            Kind::Device => format!("/inventory/devices/{id}"),
        }
    }

    /// Can it still be taken back?
    pub fn may_be_undone(&self, now: DateTime<Utc>) -> bool {
        self.undone_at.is_none() && now <= self.undo_before
    }
}

/// The merge; those of devices only within the establishments the caller sees.
pub async fn find(conn: &mut PgConnection, scope: &Scope, id: MergeId) -> Result<Merge> {
    sqlx::query_as!(
        Merge,
        r#"select g.id as "id: MergeId", g.kind as "kind: Kind", g.kept_id, g.merged_id, g.establishment_id, g.kept_name, g.merged_name, g.taken, g.before, g.after,
                  g.moved, g.added, g.reason, g.merged_at, a.display_name as "merged_by?", g.undo_before, g.undone_at, b.display_name as "undone_by?",
                  g.undone_reason, g.left_as_is, g.version
           from record_merge g
           left join account a on a.id = g.merged_by
           left join account b on b.id = g.undone_by
           where g.id = $1 and (g.establishment_id is null or g.establishment_id = any ($2))"#,
        id.uuid(),
        &scope.establishments
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}

/// The merges in place in which a record took part: the merge, whether it is the double, the other record and its name.
pub async fn of_record(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Vec<(MergeId, bool, Uuid, String)>> {
    let rows = sqlx::query!(
        r#"select id as "id: MergeId", merged_id = $1 as "is_double!", case when merged_id = $1 then kept_id else merged_id end as "other!",
                  case when merged_id = $1 then kept_name else merged_name end as "name!"
           from record_merge
           where undone_at is null and (kept_id = $1 or merged_id = $1)
           order by merged_at desc
           limit 20"#,
        id
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| (r.id, r.is_double, r.other, r.name))
        .collect())
}
