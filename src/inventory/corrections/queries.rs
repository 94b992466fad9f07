//! Reading what a correction would replace, did replace, and for whom.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::CorrectionId;
use super::model::{Current, SheetField, Target};
use crate::accounts::access::{Caller, Place, Placed, Scope};
use crate::accounts::actions::{Action, SeeDevices};
use crate::accounts::{AccountId, EstablishmentId};
use crate::inventory::custom_fields::CustomFieldId;
use crate::kernel::{Error, Result};
use crate::shell::domain::{Boxed, Named};

/// What the devices of these ids say in the field, of those the scope reaches, in the order of their numbers.
pub async fn current(
    conn: &mut PgConnection,
    target: &Target,
    ids: &[Uuid],
    scope: &Scope,
) -> Result<Vec<Current>> {
    match target {
        Target::Sheet(field) => of_sheet(conn, *field, ids, scope).await,
        Target::Custom(field) => of_custom(conn, field.id, ids, scope).await,
    }
}

async fn of_sheet(
    conn: &mut PgConnection,
    field: SheetField,
    ids: &[Uuid],
    scope: &Scope,
) -> Result<Vec<Current>> {
    Ok(sqlx::query_as!(
        Current,
        r#"select d.id, d.inventory_number, coalesce(d.local_name, m.common_name, m.trade_name, m.reference, '') as "name!",
                  d.establishment_id, d.unit_id,
                  case $1::text
                      when 'supplier' then d.supplier_id::text
                      when 'owner' then d.owner_id::text
                      when 'holding' then d.holding
                      when 'holding_reference' then d.holding_reference
                      when 'holding_end_date' then d.holding_end_date::text
                      when 'warranty_end_date' then d.warranty_end_date::text
                      when 'purchase_date' then d.purchase_date::text
                      when 'delivery_date' then d.delivery_date::text
                      when 'maintenance_criticality' then d.maintenance_criticality
                      when 'care_criticality' then d.care_criticality
                      when 'cyber_criticality' then d.cyber_criticality
                      when 'stores_data_locally' then d.stores_data_locally::text
                      when 'data_encrypted' then d.data_encrypted::text
                      when 'market_number' then d.market_number
                      when 'order_number' then d.order_number
                      when 'account_code' then d.account_code
                      when 'local_name' then d.local_name
                      when 'note' then d.note
                  end as "value?",
                  case $1::text
                      when 'holding_end_date' then d.holding_end_date_text
                      when 'warranty_end_date' then d.warranty_end_date_text
                      when 'purchase_date' then d.purchase_date_text
                      when 'delivery_date' then d.delivery_date_text
                  end as "words?",
                  d.annulled_at is not null as "annulled!"
           from device d
           join device_model m on m.id = d.model_id
           where d.id = any($2) and (d.establishment_id = any($3) or d.unit_id = any($4) or d.id = any($5))
           order by d.inventory_number, d.id"#,
        field.code(),
        ids,
        &scope.establishments,
        &scope.units,
        &scope.devices
    )
    .fetch_all(conn)
    .await?)
}

async fn of_custom(
    conn: &mut PgConnection,
    field: CustomFieldId,
    ids: &[Uuid],
    scope: &Scope,
) -> Result<Vec<Current>> {
    // A field of an establishment is given to its own devices alone.
    Ok(sqlx::query_as!(
        Current,
        r#"select d.id, d.inventory_number, coalesce(d.local_name, m.common_name, m.trade_name, m.reference, '') as "name!",
                  d.establishment_id, d.unit_id,
                  coalesce(v.text_value, trim_scale(v.number_value)::text, v.date_value::text, v.flag_value::text) as "value?",
                  null::text as "words?",
                  d.annulled_at is not null as "annulled!"
           from device d
           join device_model m on m.id = d.model_id
           join custom_field f on f.id = $1 and (f.establishment_id is null or f.establishment_id = d.establishment_id)
           left join device_custom_value v on v.device_id = d.id and v.field_id = f.id
           where d.id = any($2) and (d.establishment_id = any($3) or d.unit_id = any($4) or d.id = any($5))
           order by d.inventory_number, d.id"#,
        field.uuid(),
        ids,
        &scope.establishments,
        &scope.units,
        &scope.devices
    )
    .fetch_all(conn)
    .await?)
}

/// The names of organisations, by their ids as text.
pub async fn names(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<String, String>> {
    let rows = sqlx::query!("select id, name from organisation where id = any($1)", ids)
        .fetch_all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id.to_string(), row.name))
        .collect())
}

/// A correction as kept.
#[derive(Clone, Debug)]
pub struct Correction {
    /// Its id.
    pub id: CorrectionId,
    /// Where its devices are; none = in several establishments.
    pub establishment_id: Option<EstablishmentId>,
    /// Code of the field.
    pub field: String,
    /// The value given.
    pub value: Option<String>,
    /// The same in words.
    pub value_words: Option<String>,
    /// The filters it was over.
    pub selection: String,
    /// By whom.
    pub account_id: AccountId,
    /// Their name.
    pub author: String,
    /// When.
    pub made_at: DateTime<Utc>,
    /// Devices changed.
    pub changed_count: i32,
    /// Devices that already had the value.
    pub unchanged_count: i32,
    /// Undone until then.
    pub undo_before: DateTime<Utc>,
    /// When it was undone.
    pub undone_at: Option<DateTime<Utc>>,
    /// By whom.
    pub undone_by: Option<String>,
    /// Devices restored then.
    pub restored_count: Option<i32>,
}

impl Placed for Correction {
    fn place(&self) -> Place {
        self.establishment_id
            .map_or(Place::SHARED, Place::establishment)
    }
}

/// The corrections the caller may read: those of the establishments seen, those over several for who
/// holds the group, and one's own; newest first.
pub async fn list(
    conn: &mut PgConnection,
    caller: &Caller,
    only: Option<CorrectionId>,
) -> Result<Vec<Correction>> {
    let scope = caller.scope(SeeDevices::NAME);
    Ok(sqlx::query_as!(
        Correction,
        r#"select c.id as "id: CorrectionId", c.establishment_id as "establishment_id: EstablishmentId", c.field, c.value, c.value_words,
                  c.selection, c.account_id as "account_id: AccountId", a.display_name as author, c.made_at, c.changed_count,
                  c.unchanged_count, c.undo_before, c.undone_at, b.display_name as "undone_by?", c.restored_count
           from correction c
           join account a on a.id = c.account_id
           left join account b on b.id = c.undone_by
           where ($1::uuid is null or c.id = $1)
             and (c.establishment_id = any($2) or ($3 and c.establishment_id is null) or c.account_id = $4)
           order by c.made_at desc, c.id desc
           limit 200"#,
        only.map(|id| id.uuid()),
        &scope.establishments,
        scope.group,
        caller.account.map(|a| a.uuid())
    )
    .fetch_all(conn)
    .await?)
}

/// One correction the caller may read.
pub async fn find(
    conn: &mut PgConnection,
    caller: &Caller,
    id: CorrectionId,
) -> Result<Correction> {
    list(conn, caller, Some(id))
        .await?
        .pop()
        .ok_or(Error::NotFound)
}

/// A line of a correction.
#[derive(Clone, Debug)]
pub struct Line {
    /// The device.
    pub device_id: Uuid,
    /// Its number.
    pub inventory_number: String,
    /// What it held.
    pub before_value: Option<String>,
    /// The words it held in the place of a day.
    pub before_words: Option<String>,
    /// When it was restored.
    pub restored_at: Option<DateTime<Utc>>,
    /// Why it was not.
    pub kept_why: Option<String>,
}

/// The lines of a correction that the caller sees, those kept at the undoing first, at most 500.
pub async fn lines(
    conn: &mut PgConnection,
    sees: &Scope,
    id: CorrectionId,
    most: i64,
) -> Result<Vec<Line>> {
    Ok(sqlx::query_as!(
        Line,
        r#"select l.device_id, d.inventory_number, l.before_value, l.before_words, l.restored_at, l.kept_why
           from correction_line l
           join device d on d.id = l.device_id
           where l.correction_id = $1 and (d.establishment_id = any($2) or d.unit_id = any($3) or d.id = any($4))
           order by l.kept_why is null, d.inventory_number, d.id
           limit $5"#,
        id.uuid(),
        &sees.establishments,
        &sees.units,
        &sees.devices,
        most
    )
    .fetch_all(conn)
    .await?)
}

/// The devices of a correction, whoever asks: an undoing is over all of them.
pub async fn places(conn: &mut PgConnection, id: CorrectionId) -> Result<Vec<Place>> {
    let rows = sqlx::query!(
        r#"select distinct d.establishment_id as "establishment_id: EstablishmentId", d.unit_id as "unit_id: crate::accounts::UnitId"
           from correction_line l join device d on d.id = l.device_id where l.correction_id = $1"#,
        id.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Place::establishment(row.establishment_id).unit(row.unit_id))
        .collect())
}

/// Names a correction.
pub fn named<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    id: Uuid,
) -> Boxed<'a, Option<Named>> {
    Box::pin(async move {
        if !caller.holds(SeeDevices::NAME) {
            return Ok(None);
        }
        match find(conn, caller, CorrectionId(id)).await {
            Ok(found) => Ok(Some(Named {
                title: format!("Modification de {} équipements", found.changed_count),
                href: format!("/inventory/corrections/{id}"),
                place: found.place(),
            })),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    })
}
