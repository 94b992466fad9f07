//! Reading interventions, checklists and what surrounds them.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::InterventionId;
use super::model::{Channel, Conformity, Harm, Kind, Priority, State, Usable, WaitingFor};
use crate::accounts::EstablishmentId;
use crate::accounts::access::{Caller, Place, Placed, Scope};
use crate::accounts::actions::{Action, SeeMaintenance};
use crate::choices;
use crate::inventory::devices::DeviceId;
use crate::kernel::{Error, Result, Subject};
use crate::maintenance::obligations::ObligationId;
use crate::platform::db::list::{Column, IdType, ListSpec, ScopeBy, SortType, Tone};
use crate::shell::domain::{Boxed, Named};

const fn weight(state: State) -> Tone {
    match state {
        State::Requested => Tone::Bad,
        State::Waiting => Tone::Watch,
        State::Closed => Tone::Good,
        _ => Tone::Neutral,
    }
}

const fn pressing(priority: Priority) -> Tone {
    match priority {
        Priority::Urgent => Tone::Bad,
        Priority::High => Tone::Watch,
        Priority::Normal | Priority::Low => Tone::Neutral,
    }
}

const fn harmful(harm: Harm) -> Tone {
    match harm {
        Harm::No => Tone::Neutral,
        Harm::Possible => Tone::Watch,
        Harm::Yes => Tone::Bad,
        Harm::Unknown => Tone::Unknown,
    }
}

const fn result(conformity: Conformity) -> Tone {
    match conformity {
        Conformity::Conform => Tone::Good,
        Conformity::ConformReserve => Tone::Watch,
        Conformity::Nonconform => Tone::Bad,
        Conformity::NotApplicable => Tone::Neutral,
    }
}

/// The list of interventions.
pub static INTERVENTIONS: ListSpec = ListSpec {
    name: "interventions",
    path: "/maintenance/interventions",
    record: None,
    title: "Interventions",
    noun: ("intervention", "interventions"),
    when_empty: "Une intervention naît d’un signalement (depuis l’étiquette d’un équipement ou depuis Vigie) ou d’une échéance.",
    from: "intervention i
        join device d on d.id = i.device_id
        left join device_model m on m.id = d.model_id
        left join unit u on u.id = d.unit_id
        left join account a on a.id = i.assignee_id
        left join organisation p on p.id = i.provider_id",
    always: None,
    id: "i.id",
    id_type: IdType::Uuid,
    scope: ScopeBy::Columns {
        establishment: Some("d.establishment_id"),
        unit: Some("d.unit_id"),
        device: Some("d.id"),
    },
    search: Some("plain(i.number || ' ' || i.symptom)"),
    columns: &[
        Column::mono("number", "N°", "i.number").shown().opens(),
        Column::mono("device", "Équipement", "d.inventory_number").shown(),
        Column::text(
            "name",
            "Désignation",
            "coalesce(m.common_name, m.trade_name, m.reference)",
        )
        .shown(),
        Column::text("unit", "Unité ou service", "u.name").shown(),
        Column::choice("kind", "Nature", "i.kind", choices!(Kind)).shown(),
        Column::text("symptom", "Ce qui se passe", "i.symptom"),
        Column::choice("state", "État", "i.state", choices!(State, weight))
            .shown()
            .sorted("i.state", SortType::Text),
        Column::choice(
            "priority",
            "Priorité",
            "i.priority",
            choices!(Priority, pressing),
        )
        .shown()
        .when_empty("à qualifier"),
        Column::choice("harm", "Atteinte", "i.harm", choices!(Harm, harmful)),
        Column::choice("usable", "Utilisable", "i.usable", choices!(Usable)),
        Column::instant("requested_at", "Demandée le", "i.requested_at")
            .shown()
            .sorted("i.requested_at", SortType::Instant),
        Column::date("planned_on", "Prévue le", "i.planned_on").when_empty("non planifiée"),
        Column::text("assignee", "Par", "a.display_name").when_empty("personne"),
        Column::text("provider", "Prestataire", "p.name").when_empty("aucun"),
        Column::date("done_on", "Faite le", "i.done_on").when_empty("pas encore"),
        Column::choice(
            "conformity",
            "Conformité",
            "i.conformity",
            choices!(Conformity, result),
        )
        .when_empty("pas encore dite"),
        Column::choice(
            "waiting_for",
            "En attente de",
            "i.waiting_for",
            choices!(WaitingFor),
        )
        .when_empty("rien"),
    ],
    default_sort: ("requested_at", true),
};

/// An intervention with the names around it.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // the fields are the columns of the table, said there
pub struct Intervention {
    pub id: InterventionId,
    pub establishment_id: EstablishmentId,
    pub number: String,
    pub device_id: DeviceId,
    pub device_establishment_id: EstablishmentId,
    pub device_unit_id: Option<crate::accounts::UnitId>,
    pub kind: Kind,
    pub state: State,
    pub obligation_id: Option<ObligationId>,
    pub obligation: Option<String>,
    pub due_on: Option<NaiveDate>,
    pub requested_at: DateTime<Utc>,
    pub requester: String,
    pub requester_phone: Option<String>,
    pub channel: Channel,
    pub symptom: String,
    pub usable: Usable,
    pub harm: Harm,
    pub harm_note: Option<String>,
    pub priority: Option<Priority>,
    pub loan_given: Option<bool>,
    pub planned_on: Option<NaiveDate>,
    pub assignee_id: Option<Uuid>,
    pub assignee: Option<String>,
    pub provider_id: Option<Uuid>,
    pub provider: Option<String>,
    pub under_contract: Option<bool>,
    pub waiting_for: Option<WaitingFor>,
    pub waiting_why: Option<String>,
    pub not_presented: i32,
    pub started_at: Option<DateTime<Utc>>,
    pub done_on: Option<NaiveDate>,
    pub performer: Option<String>,
    pub performer_employer: Option<String>,
    pub performer_role: Option<String>,
    pub cause_code: Option<String>,
    pub action_code: Option<String>,
    pub work_done: Option<String>,
    pub software_before: Option<String>,
    pub software_after: Option<String>,
    pub media_left: Option<bool>,
    pub media_note: Option<String>,
    pub work_minutes: Option<i32>,
    pub travel_minutes: Option<i32>,
    pub labour_cents: Option<i64>,
    pub external_cents: Option<i64>,
    pub measurements: Option<String>,
    pub performance_level: Option<String>,
    pub conformity: Option<Conformity>,
    pub restrictions: Option<String>,
    pub closed_at: Option<DateTime<Utc>>,
    pub closed_by: Option<String>,
    pub cancelled_why: Option<String>,
    pub version: i32,
}

impl Intervention {
    /// Where its page is.
    pub fn url(&self) -> String {
        format!("/maintenance/interventions/{}", self.id)
    }

    /// The intervention, in the timeline.
    pub fn subject(&self) -> Subject {
        Subject::of("intervention", self.id, self.device_establishment_id)
    }
}

impl Placed for Intervention {
    fn place(&self) -> Place {
        Place::establishment(self.device_establishment_id)
            .unit(self.device_unit_id)
            .device(self.device_id)
    }
}

/// The intervention, if the caller sees its device.
pub async fn find(
    conn: &mut PgConnection,
    scope: &Scope,
    id: InterventionId,
) -> Result<Intervention> {
    sqlx::query_as!(
        Intervention,
        r#"
        select i.id as "id: InterventionId", i.establishment_id as "establishment_id: EstablishmentId", i.number, i.device_id as "device_id: DeviceId",
            d.establishment_id as "device_establishment_id: EstablishmentId", d.unit_id as "device_unit_id: crate::accounts::UnitId",
            i.kind as "kind: Kind", i.state as "state: State", i.obligation_id as "obligation_id: ObligationId", o.title as "obligation?", i.due_on,
            i.requested_at, i.requester, i.requester_phone, i.channel as "channel: Channel", i.symptom, i.usable as "usable: Usable", i.harm as "harm: Harm",
            i.harm_note, i.priority as "priority: Priority", i.loan_given, i.planned_on, i.assignee_id, a.display_name as "assignee?", i.provider_id,
            p.name as "provider?", i.under_contract, i.waiting_for as "waiting_for: WaitingFor", i.waiting_why, i.not_presented, i.started_at, i.done_on,
            i.performer, i.performer_employer, i.performer_role, i.cause_code, i.action_code, i.work_done, i.software_before, i.software_after, i.media_left,
            i.media_note, i.work_minutes, i.travel_minutes, i.labour_cents, i.external_cents, i.measurements, i.performance_level, i.conformity as "conformity: Conformity",
            i.restrictions, i.closed_at, c.display_name as "closed_by?", i.cancelled_why, i.version
        from intervention i
        join device d on d.id = i.device_id
        left join obligation o on o.id = i.obligation_id
        left join account a on a.id = i.assignee_id
        left join account c on c.id = i.closed_by
        left join organisation p on p.id = i.provider_id
        where i.id = $1 and (d.establishment_id = any ($2) or d.unit_id = any ($3) or d.id = any ($4))
        "#,
        id.uuid(),
        &scope.establishments,
        &scope.units,
        &scope.devices
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}

/// A line of what was done on a device.
#[derive(Clone, Debug, serde::Serialize)]
#[allow(missing_docs)]
pub struct Brief {
    pub id: InterventionId,
    pub number: String,
    pub kind: Kind,
    pub state: State,
    pub symptom: String,
    pub requested_at: DateTime<Utc>,
    pub done_on: Option<NaiveDate>,
    pub performer: Option<String>,
    pub conformity: Option<Conformity>,
}

/// The interventions of a device, the last one first.
pub async fn of_device(conn: &mut PgConnection, device: DeviceId, most: i64) -> Result<Vec<Brief>> {
    Ok(sqlx::query_as!(
        Brief,
        r#"select id as "id: InterventionId", number, kind as "kind: Kind", state as "state: State", symptom, requested_at, done_on, performer,
                  conformity as "conformity: Conformity"
           from intervention where device_id = $1 order by id desc limit $2"#,
        device.uuid(),
        most
    )
    .fetch_all(conn)
    .await?)
}

/// A step taken.
#[derive(Clone, Debug, serde::Serialize)]
#[allow(missing_docs)]
pub struct ChangeLine {
    pub to_state: State,
    pub at: DateTime<Utc>,
    pub actor: Option<String>,
    pub note: Option<String>,
}

/// The steps an intervention took.
pub async fn changes(conn: &mut PgConnection, id: InterventionId) -> Result<Vec<ChangeLine>> {
    Ok(sqlx::query_as!(
        ChangeLine,
        r#"select c.to_state as "to_state: State", c.at, a.display_name as "actor?", c.note
           from intervention_change c left join account a on a.id = c.actor_id where c.intervention_id = $1 order by c.id"#,
        id.uuid()
    )
    .fetch_all(conn)
    .await?)
}

/// A part used.
#[derive(Clone, Debug, serde::Serialize)]
#[allow(missing_docs)]
pub struct PartLine {
    pub reference: String,
    pub lot: Option<String>,
    pub serial: Option<String>,
    pub quantity: i32,
    pub unit_cents: Option<i64>,
    pub is_original: Option<bool>,
}

impl PartLine {
    /// Said not to come from the maker.
    pub fn is_compatible(&self) -> bool {
        self.is_original == Some(false)
    }
}

/// The parts of an intervention.
pub async fn parts(conn: &mut PgConnection, id: InterventionId) -> Result<Vec<PartLine>> {
    Ok(sqlx::query_as!(
        PartLine,
        "select reference, lot, serial, quantity, unit_cents, is_original from intervention_part where intervention_id = $1 order by id",
        id.uuid()
    )
    .fetch_all(conn)
    .await?)
}

/// People of an establishment who do the work, to choose from.
pub async fn technicians(
    conn: &mut PgConnection,
    establishment: EstablishmentId,
) -> Result<Vec<(String, String)>> {
    let rows = sqlx::query!(
        r#"select distinct a.id, a.display_name from account a join access_grant g on g.account_id = a.id
           where g.role in ('biomedical_engineer', 'technician') and (g.establishment_id = $1 or num_nonnulls(g.establishment_id, g.unit_id, g.device_id) = 0)
           order by a.display_name limit 100"#,
        establishment.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| (r.id.to_string(), r.display_name))
        .collect())
}

/// What a receipt tells its holder.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Receipt {
    pub number: String,
    pub state: State,
    pub requested_at: DateTime<Utc>,
    pub inventory_number: String,
    pub planned_on: Option<NaiveDate>,
    pub closed_at: Option<DateTime<Utc>>,
    pub work_done: Option<String>,
    pub time_zone: String,
    pub service_phone: Option<String>,
    pub harm: Harm,
}

/// The receipt of a token.
pub async fn receipt(conn: &mut PgConnection, token: &str) -> Result<Receipt> {
    sqlx::query_as!(
        Receipt,
        r#"select i.number, i.state as "state: State", i.requested_at, d.inventory_number, i.planned_on, i.closed_at, i.work_done, e.time_zone, e.service_phone,
                  i.harm as "harm: Harm"
           from intervention i join device d on d.id = i.device_id join establishment e on e.id = d.establishment_id
           where i.receipt_token = $1"#,
        token
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}

/// The device of a label, wherever it is: the label is the right to report on it.
pub async fn labelled(conn: &mut PgConnection, code: &str) -> Result<(DeviceId, EstablishmentId)> {
    let row = sqlx::query!(
        r#"select id as "id: DeviceId", establishment_id as "establishment_id: EstablishmentId" from device
           where label_code = upper($1) and annulled_at is null and in_operation(state)"#,
        code
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)?;
    Ok((row.id, row.establishment_id))
}

/// How many requests came by label, of this device and from this address, since an instant.
pub async fn recent(
    conn: &mut PgConnection,
    device: DeviceId,
    address: Option<&str>,
    since: DateTime<Utc>,
) -> Result<(i64, i64)> {
    let row = sqlx::query!(
        r#"select count(*) filter (where device_id = $1) as "device!", count(*) filter (where request_address = $2::text::inet) as "address!"
           from intervention where channel = 'label' and requested_at >= $3"#,
        device.uuid(),
        address,
        since
    )
    .fetch_one(conn)
    .await?;
    Ok((row.device, row.address))
}

/// A line of a home block.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Waiting {
    pub id: InterventionId,
    pub number: String,
    pub inventory_number: String,
    pub symptom: String,
    pub requested_at: DateTime<Utc>,
    pub unit: Option<String>,
    pub harm: Harm,
}

/// Requests nobody has qualified yet, or those where someone may have been harmed; and how many.
pub async fn waiting(
    conn: &mut PgConnection,
    scope: &Scope,
    harmful: bool,
) -> Result<(Vec<Waiting>, i64)> {
    let lines = sqlx::query_as!(
        Waiting,
        r#"select i.id as "id: InterventionId", i.number, d.inventory_number, i.symptom, i.requested_at, u.name as "unit?", i.harm as "harm: Harm"
           from intervention i join device d on d.id = i.device_id left join unit u on u.id = d.unit_id
           where (d.establishment_id = any ($1) or d.unit_id = any ($2) or d.id = any ($3))
             and case when $4 then i.harm <> 'no' and i.state not in ('closed', 'cancelled') else i.state = 'requested' end
           order by i.harm = 'yes' desc, i.usable = 'no' desc, i.requested_at, i.id limit 200"#,
        &scope.establishments,
        &scope.units,
        &scope.devices,
        harmful
    )
    .fetch_all(conn)
    .await?;
    let total = i64::try_from(lines.len()).unwrap_or(0);
    Ok((lines, total))
}

/// Names an intervention for other rooms.
pub fn named<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    id: Uuid,
) -> Boxed<'a, Option<Named>> {
    Box::pin(async move {
        match find(
            conn,
            &caller.scope(SeeMaintenance::NAME),
            InterventionId(id),
        )
        .await
        {
            Ok(kept) => Ok(Some(Named {
                title: format!("Intervention {}", kept.number),
                href: kept.url(),
                place: kept.place(),
            })),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    })
}

/// The phone of the biomedical service on call.
pub async fn service_phone(
    conn: &mut PgConnection,
    establishment: EstablishmentId,
) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "select service_phone from establishment where id = $1",
        establishment.uuid()
    )
    .fetch_one(conn)
    .await?)
}

/// The line of the register that a report wrote: its id and number.
pub async fn line_of(conn: &mut PgConnection, id: InterventionId) -> Result<Option<(Uuid, i32)>> {
    let row = sqlx::query!(
        "select id, number from register_line where cause_type = 'intervention' and cause_id = $1 order by number limit 1",
        id.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|r| (r.id, r.number)))
}
