//! What is read around a device: its identifiers, network, software, moves, loans, timeline, and the
//! short lists its forms choose from.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{IdentifierKind, Item};
use super::{Device, DeviceId};
use crate::accounts::access::{Caller, Placed, Scope};
use crate::accounts::actions::{Action, SeeDevices};
use crate::inventory::catalogue::{ModelFacts, Obligation, maintenance_obligation};
use crate::inventory::states::State;
use crate::kernel::{Error, Result};
use crate::rules::texts::{Purpose, Rule, RuleStatus};
use crate::shell::domain::{Boxed, Named};

/// An identifier besides those of the columns, or a former one.
#[derive(Clone, Debug)]
pub struct Identifier {
    /// What it is.
    pub kind: IdentifierKind,
    /// As written.
    pub value: String,
    /// Since when.
    pub valid_from: Option<DateTime<Utc>>,
    /// Until when; none = current.
    pub valid_to: Option<DateTime<Utc>>,
    /// Why it changed.
    pub reason: Option<String>,
    /// Who recorded it.
    pub recorded_by: Option<String>,
}

/// Current and former identifiers, newest first.
pub async fn identifiers(conn: &mut PgConnection, device: DeviceId) -> Result<Vec<Identifier>> {
    Ok(sqlx::query_as!(
        Identifier,
        r#"
        select i.kind as "kind!: IdentifierKind", i.value, i.valid_from, i.valid_to, i.reason, a.display_name as "recorded_by?"
        from device_identifier i
        left join account a on a.id = i.recorded_by
        where i.device_id = $1
        order by i.valid_to is not null, i.id desc
        "#,
        device.uuid()
    )
    .fetch_all(conn)
    .await?)
}

/// A network interface, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Interface {
    /// 1 is the main one.
    pub position: i32,
    /// What it is for.
    pub label: Option<String>,
    /// Hardware address.
    pub mac: Option<String>,
    /// Address.
    pub ip: Option<String>,
    /// VLAN.
    pub vlan: Option<String>,
    /// Host name.
    pub host_name: Option<String>,
    /// Wi-Fi or the like.
    pub is_wireless: Option<bool>,
}

/// The network interfaces, the main one first.
pub async fn interfaces(conn: &mut PgConnection, device: DeviceId) -> Result<Vec<Interface>> {
    Ok(sqlx::query_as!(
        Interface,
        r#"
        select position, label, mac::text as mac, host(ip) as ip, vlan, host_name, is_wireless
        from device_interface
        where device_id = $1
        order by position
        "#,
        device.uuid()
    )
    .fetch_all(conn)
    .await?)
}

/// A software version that was installed.
#[derive(Clone, Debug)]
pub struct Installed {
    /// Software.
    pub name: String,
    /// Version.
    pub number: String,
    /// When, if known.
    pub installed_on: Option<NaiveDate>,
    /// By whom.
    pub installed_by: Option<String>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// The software versions installed over time, newest first.
pub async fn software(conn: &mut PgConnection, device: DeviceId) -> Result<Vec<Installed>> {
    Ok(sqlx::query_as!(
        Installed,
        "
        select v.name, v.number, s.installed_on, s.installed_by, s.recorded_at
        from device_software s
        join software_version v on v.id = s.software_version_id
        where s.device_id = $1
        order by s.id desc
        ",
        device.uuid()
    )
    .fetch_all(conn)
    .await?)
}

/// A move, with names.
#[derive(Clone, Debug)]
pub struct Movement {
    /// When.
    pub at: DateTime<Utc>,
    /// Where it was.
    pub from: String,
    /// Where it went.
    pub to: String,
    /// Why.
    pub reason: Option<String>,
    /// Who.
    pub actor: Option<String>,
}

/// Where it went from and to, newest first.
pub async fn movements(conn: &mut PgConnection, device: DeviceId) -> Result<Vec<Movement>> {
    Ok(sqlx::query_as!(
        Movement,
        r#"
        select
            m.at,
            coalesce(nullif(concat_ws(', ', fu.name, fr.name, m.from_detail), ''), 'inconnu') as "from!",
            coalesce(nullif(concat_ws(', ', case when m.to_establishment_id <> m.from_establishment_id then te.name end, tu.name, tr.name, m.to_detail), ''), 'inconnu') as "to!",
            m.reason,
            a.display_name as "actor?"
        from device_movement m
        left join unit fu on fu.id = m.from_unit_id
        left join room fr on fr.id = m.from_room_id
        left join unit tu on tu.id = m.to_unit_id
        left join room tr on tr.id = m.to_room_id
        left join establishment te on te.id = m.to_establishment_id
        left join account a on a.id = m.actor_id
        where m.device_id = $1
        order by m.id desc
        "#,
        device.uuid()
    )
    .fetch_all(conn)
    .await?)
}

/// A loan, with names.
#[derive(Clone, Debug)]
pub struct Loan {
    /// Its key.
    pub id: Uuid,
    /// To whom.
    pub borrower: String,
    /// Since when.
    pub lent_at: DateTime<Utc>,
    /// Until when.
    pub due_on: NaiveDate,
    /// Why.
    pub reason: Option<String>,
    /// When it came back.
    pub returned_at: Option<DateTime<Utc>>,
    /// In what condition.
    pub return_note: Option<String>,
}

/// Loans, the open one first.
pub async fn loans(conn: &mut PgConnection, device: DeviceId) -> Result<Vec<Loan>> {
    Ok(sqlx::query_as!(
        Loan,
        r#"
        select
            l.id,
            coalesce(nullif(concat_ws(', ', be.name, bu.name, bo.name, l.borrower_name), ''), 'inconnu') as "borrower!",
            l.lent_at, l.due_on, l.reason, l.returned_at, l.return_note
        from device_loan l
        left join unit bu on bu.id = l.borrower_unit_id
        left join establishment be on be.id = coalesce(l.borrower_establishment_id, bu.establishment_id)
        left join organisation bo on bo.id = l.borrower_organisation_id
        where l.device_id = $1
        order by l.returned_at is not null, l.id desc
        "#,
        device.uuid()
    )
    .fetch_all(conn)
    .await?)
}

/// Why items of the inventory do not apply.
pub async fn justifications(
    conn: &mut PgConnection,
    device: DeviceId,
) -> Result<Vec<(Item, String)>> {
    Ok(sqlx::query!(
        r#"
        select item as "item!: Item", reason
        from device_item_justification
        where device_id = $1 and withdrawn_at is null
        "#,
        device.uuid()
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|row| (row.item, row.reason))
    .collect())
}

/// What surrounds a device, as far as it is weighed, and which blocks of its page have something to show.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The states it went through in Vigie, oldest first.
    pub visited: Vec<State>,
    /// Why items of the inventory do not apply.
    pub justified: Vec<(Item, String)>,
    /// Is a loan open?
    pub on_loan: bool,
    /// Has it addresses on the network?
    pub has_interfaces: bool,
    /// Was software installed?
    pub has_software: bool,
    /// Are devices part of it, in sight or not?
    pub has_parts: bool,
}

/// What surrounds a device.
pub async fn surroundings(conn: &mut PgConnection, device: DeviceId) -> Result<Surroundings> {
    let row = sqlx::query!(
        r#"
        select
            array(select to_state from device_state_change where device_id = $1 order by id) as "visited!",
            array(select item from device_item_justification where device_id = $1 and withdrawn_at is null order by id) as "items!",
            array(select reason from device_item_justification where device_id = $1 and withdrawn_at is null order by id) as "reasons!",
            exists (select from device_loan where device_id = $1 and returned_at is null) as "on_loan!",
            exists (select from device_interface where device_id = $1) as "has_interfaces!",
            exists (select from device_software where device_id = $1) as "has_software!",
            exists (select from device where parent_id = $1 and annulled_at is null) as "has_parts!"
        "#,
        device.uuid()
    )
    .fetch_one(conn)
    .await?;
    let unknown = |code: &str| Error::internal(format!("« {code} » is no state nor item"));
    let state = |code: &String| State::from_code(code).ok_or_else(|| unknown(code));
    let item = |code: &String| Item::from_code(code).ok_or_else(|| unknown(code));
    let items = row.items.iter().map(item).collect::<Result<Vec<Item>>>()?;
    Ok(Surroundings {
        visited: row.visited.iter().map(state).collect::<Result<_>>()?,
        justified: items.into_iter().zip(row.reasons).collect(),
        on_loan: row.on_loan,
        has_interfaces: row.has_interfaces,
        has_software: row.has_software,
        has_parts: row.has_parts,
    })
}

/// A device that is part of this one.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its key.
    pub id: DeviceId,
    /// N° d’inventaire.
    pub inventory_number: String,
    /// What it is.
    pub name: String,
    /// Its state.
    pub state: State,
}

/// What is part of it, within what the caller sees.
pub async fn parts(conn: &mut PgConnection, scope: &Scope, device: DeviceId) -> Result<Vec<Part>> {
    Ok(sqlx::query_as!(
        Part,
        r#"
        select d.id as "id!: DeviceId", d.inventory_number, coalesce(m.common_name, m.trade_name, m.reference) as "name!", d.state as "state!: State"
        from device d
        join device_model m on m.id = d.model_id
        where d.parent_id = $1 and d.annulled_at is null
          and (d.establishment_id = any($2) or d.unit_id = any($3) or d.id = any($4))
        order by d.inventory_number, d.id
        "#,
        device.uuid(),
        &scope.establishments,
        &scope.units,
        &scope.devices
    )
    .fetch_all(conn)
    .await?)
}

/// One line of the timeline.
#[derive(Clone, Debug)]
pub struct Happening {
    /// When.
    pub at: DateTime<Utc>,
    /// `device.moved`…
    pub kind: String,
    /// The sentence.
    pub summary: String,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
}

/// What happened to it, newest first, at most `most` lines.
pub async fn timeline(
    conn: &mut PgConnection,
    device: DeviceId,
    most: i64,
) -> Result<Vec<Happening>> {
    Ok(sqlx::query_as!(
        Happening,
        "
        select at, kind, summary, actor_label as actor, reason
        from event
        where subject_id = $1
        order by id desc
        limit $2
        ",
        device.uuid(),
        most
    )
    .fetch_all(conn)
    .await?)
}

/// A row that changed in its file.
#[derive(Clone, Debug)]
pub struct Change {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
    /// Which table.
    pub table_name: String,
    /// insert, update or delete.
    pub operation: String,
    /// Values before, changed columns only.
    pub before: Option<serde_json::Value>,
    /// Values after.
    pub after: Option<serde_json::Value>,
}

/// Every row that changed in its file, newest first.
pub async fn changes(conn: &mut PgConnection, device: DeviceId, most: i64) -> Result<Vec<Change>> {
    Ok(sqlx::query_as!(
        Change,
        "
        select at, actor_label as actor, reason, table_name, operation, before, after
        from audit_row
        where subject_id = $1
        order by id desc
        limit $2
        ",
        device.uuid(),
        most
    )
    .fetch_all(conn)
    .await?)
}

/// Rules of these purposes, each in the order of its editions.
pub async fn rules(conn: &mut PgConnection, purposes: &[Purpose]) -> Result<Vec<Rule>> {
    let purposes: Vec<String> = purposes.iter().map(|one| one.code().to_owned()).collect();
    Ok(sqlx::query_as!(
        Rule,
        r#"
        select code, edition, purpose as "purpose!: Purpose", title, source, status as "status!: RuleStatus", valid_from, valid_to, parameters
        from legal_rule
        where purpose = any($1)
        order by code, edition
        "#,
        &purposes
    )
    .fetch_all(conn)
    .await?)
}

/// The maintenance obligation of a device's model on a day.
pub fn obligation(device: &Device, rules: &[Rule], day: NaiveDate) -> Obligation {
    let facts = ModelFacts {
        regulation: device.regulation,
        class: device.risk_class,
        family: device.regulated_family,
        ionising: device.model_is_ionising,
    };
    maintenance_obligation(facts, rules, day)
}

/// Something a form may choose.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Choice {
    /// Its key.
    pub value: Uuid,
    /// What is read.
    pub label: String,
    /// What tells it from its neighbours.
    pub hint: Option<String>,
}

/// At most twenty models whose names hold the text.
pub async fn choose_models(conn: &mut PgConnection, text: &str) -> Result<Vec<Choice>> {
    Ok(sqlx::query_as!(
        Choice,
        r#"
        select m.id as value, concat_ws(' ', f.name, coalesce(m.trade_name, m.common_name), m.reference) as "label!", m.common_name as hint
        from device_model m
        left join organisation f on f.id = m.manufacturer_id
        where m.withdrawn_on is null and m.merged_into_id is null
          and plain(concat_ws(' ', f.name, m.trade_name, m.common_name, m.reference)) like '%' || plain($1) || '%'
        order by coalesce(m.trade_name, m.common_name, m.reference) collate "fr-x-icu", m.id
        limit 20
        "#,
        text
    )
    .fetch_all(conn)
    .await?)
}

/// At most twenty organisations whose name or alias holds the text.
pub async fn choose_organisations(conn: &mut PgConnection, text: &str) -> Result<Vec<Choice>> {
    Ok(sqlx::query_as!(
        Choice,
        r#"
        select o.id as value, o.name as label, o.country as hint
        from organisation o
        where o.closed_on is null and o.merged_into_id is null
          and (plain(o.name) like '%' || plain($1) || '%'
               or exists (select from organisation_alias a where a.organisation_id = o.id and plain(a.name) like '%' || plain($1) || '%'))
        order by o.name collate "fr-x-icu", o.id
        limit 20
        "#,
        text
    )
    .fetch_all(conn)
    .await?)
}

/// At most twenty open units within a scope.
pub async fn choose_units(
    conn: &mut PgConnection,
    scope: &Scope,
    text: &str,
) -> Result<Vec<Choice>> {
    Ok(sqlx::query_as!(
        Choice,
        r#"
        select u.id as value, u.name || ' (UF ' || u.uf_code || ')' as "label!", e.name as "hint?"
        from unit u
        join establishment e on e.id = u.establishment_id
        where u.closed_on is null
          and (u.establishment_id = any($2) or u.id = any($3))
          and plain(u.uf_code || ' ' || u.name) like '%' || plain($1) || '%'
        order by u.name collate "fr-x-icu", u.id
        limit 20
        "#,
        text,
        &scope.establishments,
        &scope.units
    )
    .fetch_all(conn)
    .await?)
}

/// At most twenty open rooms within a scope.
pub async fn choose_rooms(
    conn: &mut PgConnection,
    scope: &Scope,
    text: &str,
) -> Result<Vec<Choice>> {
    Ok(sqlx::query_as!(
        Choice,
        r#"
        select r.id as value, r.code || ' · ' || r.name as "label!", concat_ws(', ', s.name, u.name) as hint
        from room r
        join site s on s.id = r.site_id
        left join unit u on u.id = r.unit_id
        where r.closed_on is null
          and (r.establishment_id = any($2) or r.unit_id = any($3))
          and plain(r.code || ' ' || r.name) like '%' || plain($1) || '%'
        order by r.code, r.id
        limit 20
        "#,
        text,
        &scope.establishments,
        &scope.units
    )
    .fetch_all(conn)
    .await?)
}

/// At most twenty devices within a scope, by number, serial or local name.
pub async fn choose_devices(
    conn: &mut PgConnection,
    scope: &Scope,
    text: &str,
) -> Result<Vec<Choice>> {
    Ok(sqlx::query_as!(
        Choice,
        r#"
        select d.id as value, d.inventory_number || ' · ' || coalesce(m.common_name, m.trade_name, m.reference) as "label!", d.serial_number as hint
        from device d
        join device_model m on m.id = d.model_id
        where d.annulled_at is null
          and (d.establishment_id = any($2) or d.unit_id = any($3) or d.id = any($4))
          and plain(d.inventory_number || ' ' || coalesce(d.serial_number, '') || ' ' || coalesce(d.local_name, '')) like '%' || plain($1) || '%'
        order by d.inventory_number, d.id
        limit 20
        "#,
        text,
        &scope.establishments,
        &scope.units,
        &scope.devices
    )
    .fetch_all(conn)
    .await?)
}

/// Software versions of a model, newest first.
pub async fn choose_versions(conn: &mut PgConnection, model: Uuid) -> Result<Vec<Choice>> {
    Ok(sqlx::query_as!(
        Choice,
        r#"
        select v.id as value, v.name || ' ' || v.number as "label!", null::text as hint
        from software_version v
        where v.model_id = $1
        order by v.id desc
        limit 20
        "#,
        model
    )
    .fetch_all(conn)
    .await?)
}

/// Names of chosen things, so that a form shown again shows what was chosen.
pub async fn chosen(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Choice>> {
    Ok(sqlx::query_as!(
        Choice,
        r#"
        select id as "value!", label as "label!", null::text as hint
        from (
            select o.id, o.name as label from organisation o
            union all select m.id, concat_ws(' ', f.name, coalesce(m.trade_name, m.common_name), m.reference)
                from device_model m left join organisation f on f.id = m.manufacturer_id
        ) named
        where id = any($1)
        "#,
        ids
    )
    .fetch_all(conn)
    .await?)
}

/// Where a unit, a room or a device stands, if the caller sees it.
#[derive(Clone, Copy, Debug)]
pub struct Home {
    /// Its establishment.
    pub establishment_id: Uuid,
    /// The unit a room belongs to.
    pub unit_id: Option<Uuid>,
}

/// The establishment of a unit.
pub async fn home_of_unit(
    conn: &mut PgConnection,
    scope: &Scope,
    unit: Uuid,
) -> Result<Option<Home>> {
    Ok(sqlx::query_as!(
        Home,
        r#"
        select establishment_id, id as "unit_id?"
        from unit
        where id = $1 and closed_on is null and (establishment_id = any($2) or id = any($3))
        "#,
        unit,
        &scope.establishments,
        &scope.units
    )
    .fetch_optional(conn)
    .await?)
}

/// The establishment of a room, and its unit.
pub async fn home_of_room(
    conn: &mut PgConnection,
    scope: &Scope,
    room: Uuid,
) -> Result<Option<Home>> {
    Ok(sqlx::query_as!(
        Home,
        r#"
        select establishment_id, unit_id
        from room
        where id = $1 and closed_on is null and (establishment_id = any($2) or unit_id = any($3))
        "#,
        room,
        &scope.establishments,
        &scope.units
    )
    .fetch_optional(conn)
    .await?)
}

/// Manufacturer, model and serial name one device: a second one with the same is a mistake to see now.
pub async fn refuse_same_serial(
    conn: &mut PgConnection,
    model: Uuid,
    serial: &str,
    but: Option<DeviceId>,
) -> Result<()> {
    let other = sqlx::query_scalar!(
        "select inventory_number from device where model_id = $1 and serial_number = $2 and annulled_at is null and id is distinct from $3 limit 1",
        model,
        serial,
        but.map(DeviceId::uuid),
    )
    .fetch_optional(conn)
    .await?;
    match other {
        None => Ok(()),
        Some(number) => Err(Error::field(
            "serial_number",
            format!(
                "Un équipement du même modèle porte déjà le numéro de série « {serial} » ({number})."
            ),
        )),
    }
}

/// Is `inner` the device `outer`, or somewhere inside it?
pub async fn is_within(conn: &mut PgConnection, inner: DeviceId, outer: DeviceId) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"
        with recursive up(id, parent_id, depth) as (
            select id, parent_id, 1 from device where id = $1
            union all
            select d.id, d.parent_id, up.depth + 1 from device d join up on d.id = up.parent_id where up.depth < 50
        )
        select exists (select from up where id = $2) as "inside!"
        "#,
        inner.uuid(),
        outer.uuid()
    )
    .fetch_one(conn)
    .await?)
}

/// Names a device for other rooms.
pub fn named<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    id: Uuid,
) -> Boxed<'a, Option<Named>> {
    Box::pin(async move {
        match super::find(conn, &caller.scope(SeeDevices::NAME), DeviceId(id)).await {
            Ok(device) => Ok(Some(Named {
                title: format!("{} · {}", device.inventory_number, device.name()),
                href: device.url(),
                place: device.place(),
            })),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    })
}
