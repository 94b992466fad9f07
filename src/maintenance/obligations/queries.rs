//! Reading obligations, triggers and days off.

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::calendar::{Calendar, Holiday, Territory, When};
use super::model::{
    Counter, DueFrom, Kind, OnClosedDay, Period, PeriodUnit, Rhythm, SourceKind, Status,
};
use super::{ObligationId, TriggerId};
use crate::accounts::EstablishmentId;
use crate::accounts::access::{Caller, Place, Placed, Scope};
use crate::accounts::actions::{Action, SeeMaintenance};
use crate::choices;
use crate::kernel::{Error, Result, Subject};
use crate::platform::db::list::{Column, IdType, ListSpec, Reference, ScopeBy, SortType, Tone};
use crate::shell::domain::{Boxed, Named};

const fn weight(status: Status) -> Tone {
    match status {
        Status::InForce => Tone::Good,
        Status::ToVerify => Tone::Unknown,
    }
}

/// The list of obligations.
pub static OBLIGATIONS: ListSpec = ListSpec {
    name: "obligations",
    path: "/maintenance/obligations",
    record: None,
    title: "Obligations",
    noun: ("obligation", "obligations"),
    when_empty: "Les obligations (maintenance préventive, contrôles, sécurité électrique…) se définissent une fois par modèle ; chaque équipement en hérite.",
    from: "obligation o
        join device_model m on m.id = o.model_id
        left join software_version v on v.id = o.software_version_id
        left join establishment e on e.id = o.establishment_id",
    always: None,
    id: "o.id",
    id_type: IdType::Uuid,
    scope: ScopeBy::OwnOrShared {
        establishment: "o.establishment_id",
    },
    search: Some("plain(o.title || ' ' || o.source_reference)"),
    columns: &[
        Column::text("title", "Obligation", "o.title")
            .shown()
            .opens()
            .sorted("o.title collate \"fr-x-icu\"", SortType::Text),
        Column::choice("kind", "Nature", "o.kind", choices!(Kind))
            .shown()
            .sorted("o.kind", SortType::Text),
        Column::reference(
            "model",
            "Modèle",
            "coalesce(m.trade_name, m.reference, m.common_name)",
            Reference {
                id: "o.model_id",
                href: Some("/inventory/models"),
                suggestions: Some("/inventory/models/suggestions"),
            },
        )
        .shown(),
        Column::mono("software_version", "Version du logiciel", "v.number").when_empty("toutes"),
        Column::number("interval_value", "Période", "o.interval_value")
            .shown()
            .when_empty("au compteur"),
        Column::choice(
            "interval_unit",
            "Unité",
            "o.interval_unit",
            choices!(PeriodUnit),
        )
        .shown()
        .when_empty("au compteur"),
        Column::choice(
            "source_kind",
            "Source",
            "o.source_kind",
            choices!(SourceKind),
        )
        .shown(),
        Column::text("source_reference", "Référence", "o.source_reference"),
        Column::text("gap_reason", "Écart justifié", "o.gap_reason").when_empty("sans écart"),
        Column::choice("status", "État", "o.status", choices!(Status, weight)).shown(),
        Column::text("establishment", "Établissement", "e.name").when_empty("le groupe"),
        Column::date("retired_on", "Retirée le", "o.retired_on").when_empty("suivie"),
    ],
    default_sort: ("title", false),
};

/// An obligation with the names around it.
#[derive(Clone, Debug)]
pub struct Obligation {
    /// Its id.
    pub id: ObligationId,
    /// Of which model.
    pub model_id: Uuid,
    /// The model's name.
    pub model: String,
    /// Only of this version.
    pub software_version_id: Option<Uuid>,
    /// The version's number.
    pub software_number: Option<String>,
    /// Of one establishment; none = the group's.
    pub establishment_id: Option<EstablishmentId>,
    /// Its name.
    pub establishment: Option<String>,
    /// What is done.
    pub kind: Kind,
    /// Its title.
    pub title: String,
    /// How many.
    pub interval_value: Option<i32>,
    /// Of what.
    pub interval_unit: Option<PeriodUnit>,
    /// By counter.
    pub counter: Option<Counter>,
    /// So many more than last time.
    pub counter_interval: Option<i64>,
    /// Days before.
    pub before_days: i32,
    /// Days after.
    pub after_days: i32,
    /// What the next day is counted from.
    pub due_from: DueFrom,
    /// Due days on which nobody works.
    pub on_closed_day: OnClosedDay,
    /// Who asks.
    pub source_kind: SourceKind,
    /// Which document.
    pub source_reference: String,
    /// Which version of it.
    pub source_version: Option<String>,
    /// Which page.
    pub source_page: Option<String>,
    /// What the source asks, when another rhythm was chosen.
    pub asked_value: Option<i32>,
    /// Of what.
    pub asked_unit: Option<PeriodUnit>,
    /// Why another rhythm.
    pub gap_reason: Option<String>,
    /// Closes only with measured values.
    pub needs_measures: bool,
    /// Whether it obliges.
    pub status: Status,
    /// Free words.
    pub note: Option<String>,
    /// Since when it is followed no more.
    pub retired_on: Option<NaiveDate>,
    /// Why.
    pub retired_reason: Option<String>,
    /// For edits side by side.
    pub version: i32,
}

fn period(value: Option<i32>, unit: Option<PeriodUnit>) -> Option<Period> {
    let value = u32::try_from(value?).ok()?;
    Some(Period { value, unit: unit? })
}

impl Obligation {
    /// Its period by time.
    pub fn period(&self) -> Option<Period> {
        period(self.interval_value, self.interval_unit)
    }

    /// The period its source asks for, when it differs.
    pub fn asked(&self) -> Option<Period> {
        period(self.asked_value, self.asked_unit)
    }

    /// How often, with an exception's own period when there is one.
    pub fn rhythm(&self, own: Option<Period>) -> Rhythm {
        Rhythm {
            period: own.or_else(|| self.period()),
            every: self.counter_interval,
            before_days: u32::try_from(self.before_days).unwrap_or(0),
            after_days: u32::try_from(self.after_days).unwrap_or(0),
            due_from: self.due_from,
            on_closed_day: self.on_closed_day,
        }
    }

    /// « tous les 12 mois, ou 2 000 heures de fonctionnement ».
    pub fn rhythm_words(&self) -> String {
        let by_time = self.period().map(|p| {
            format!("tous les {}", p.words()).replace("tous les 1\u{a0}an", "chaque année")
        });
        let by_counter = self
            .counter
            .zip(self.counter_interval)
            .map(|(c, n)| format!("toutes les {n} {}", c.label()));
        match (by_time, by_counter) {
            (Some(time), Some(counter)) => format!("{time}, ou {counter}"),
            (Some(words), None) | (None, Some(words)) => words,
            (None, None) => String::new(),
        }
    }

    /// « 30 jours avant, 30 jours après ».
    pub fn tolerance_words(&self) -> String {
        format!(
            "{} jours avant, {} jours après",
            self.before_days, self.after_days
        )
    }

    /// « exigées pour clôturer ».
    pub fn measures_words(&self) -> &'static str {
        if self.needs_measures {
            "exigées pour clôturer"
        } else {
            "non exigées"
        }
    }

    /// « Notice du fabricant : manuel technique ».
    pub fn source_words(&self) -> String {
        format!("{} : {}", self.source_kind.label(), self.source_reference)
    }

    /// Where its page is.
    pub fn url(&self) -> String {
        format!("/maintenance/obligations/{}", self.id)
    }

    /// The obligation, in the timeline.
    pub fn subject(&self) -> Subject {
        Subject {
            kind: "obligation",
            id: self.id.uuid(),
            establishment: self.establishment_id.map(EstablishmentId::uuid),
        }
    }
}

impl Placed for Obligation {
    fn place(&self) -> Place {
        self.establishment_id
            .map_or(Place::SHARED, Place::establishment)
    }
}

/// The obligation, or `NotFound` when it is another establishment's own.
pub async fn find(conn: &mut PgConnection, scope: &Scope, id: ObligationId) -> Result<Obligation> {
    sqlx::query_as!(
        Obligation,
        r#"
        select o.id as "id: ObligationId", o.model_id, coalesce(m.trade_name, m.reference, m.common_name) as "model!",
            o.software_version_id, v.number as "software_number?", o.establishment_id as "establishment_id: EstablishmentId",
            e.name as "establishment?", o.kind as "kind: Kind", o.title, o.interval_value, o.interval_unit as "interval_unit: PeriodUnit",
            o.counter as "counter: Counter", o.counter_interval, o.before_days, o.after_days, o.due_from as "due_from: DueFrom",
            o.on_closed_day as "on_closed_day: OnClosedDay", o.source_kind as "source_kind: SourceKind", o.source_reference,
            o.source_version, o.source_page, o.asked_value, o.asked_unit as "asked_unit: PeriodUnit", o.gap_reason, o.needs_measures,
            o.status as "status: Status", o.note, o.retired_on, o.retired_reason, o.version
        from obligation o
        join device_model m on m.id = o.model_id
        left join software_version v on v.id = o.software_version_id
        left join establishment e on e.id = o.establishment_id
        where o.id = $1
          and (o.establishment_id is null or o.establishment_id = any ($2)
               or exists (select from unit u where u.establishment_id = o.establishment_id and u.id = any ($3))
               or exists (select from device d where d.establishment_id = o.establishment_id and d.id = any ($4)))
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

/// An operation after which a control is due.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
#[schema(as = ObligationTrigger)]
pub struct Trigger {
    /// Its id.
    pub id: TriggerId,
    /// The operation, in words.
    pub operation: String,
    /// Within so many days.
    pub within_days: i32,
    /// Who asks.
    pub source: String,
}

/// The operations that make an obligation due out of its cycle.
pub async fn triggers(conn: &mut PgConnection, id: ObligationId) -> Result<Vec<Trigger>> {
    Ok(sqlx::query_as!(
        Trigger,
        r#"select id as "id: TriggerId", operation, within_days, source from obligation_trigger where obligation_id = $1 order by operation, id"#,
        id.uuid()
    )
    .fetch_all(conn)
    .await?)
}

/// How many devices an obligation applies to, and how many of them nobody knows the last date of.
pub async fn reach(conn: &mut PgConnection, scope: &Scope, id: ObligationId) -> Result<(i64, i64)> {
    let row = sqlx::query!(
        r#"
        select count(*) as "all!", count(*) filter (where x.due_on is null and x.due_counter is null) as "unknown!"
        from device_obligation x
        join device d on d.id = x.device_id
        where x.obligation_id = $1 and x.applies and not x.is_exempt
          and (d.establishment_id = any ($2) or d.unit_id = any ($3) or d.id = any ($4))
        "#,
        id.uuid(),
        &scope.establishments,
        &scope.units,
        &scope.devices
    )
    .fetch_one(conn)
    .await?;
    Ok((row.all, row.unknown))
}

/// The days worked at an establishment.
pub async fn calendar(conn: &mut PgConnection, establishment: EstablishmentId) -> Result<Calendar> {
    let place = sqlx::query!(
        "select finess_geographic, time_zone from establishment where id = $1",
        establishment.uuid()
    )
    .fetch_one(&mut *conn)
    .await?;
    let territory = Territory::of(place.finess_geographic.as_deref(), &place.time_zone);
    Ok(Calendar::of(territory, &holidays(conn).await?))
}

/// Every public holiday in force.
pub async fn holidays(conn: &mut PgConnection) -> Result<Vec<Holiday>> {
    let rows = sqlx::query!(
        "select name, month, day, easter_offset, territories from public_holiday where status = 'in_force' order by name"
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let number = |n: Option<i32>| n.and_then(|n| u32::try_from(n).ok());
            let when = match (number(row.month), number(row.day), row.easter_offset) {
                (Some(month), Some(day), _) => When::Fixed(month, day),
                (_, _, Some(offset)) => When::Easter(i64::from(offset)),
                _ => return None,
            };
            let territories = row
                .territories
                .iter()
                .filter_map(|code| Territory::from_code(code))
                .collect();
            Some(Holiday {
                name: row.name,
                when,
                territories,
            })
        })
        .collect())
}

/// A model with its name, and its versions to choose from.
pub async fn versions(conn: &mut PgConnection, model: Uuid) -> Result<Vec<(String, String)>> {
    let rows = sqlx::query!(
        "select id, name || ' ' || number as label from software_version where model_id = $1 order by number, id limit 100",
        model
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| (r.id.to_string(), r.label.unwrap_or_default()))
        .collect())
}

/// Some models, the kept one among them.
pub async fn models(conn: &mut PgConnection, kept: Option<Uuid>) -> Result<Vec<(String, String)>> {
    let rows = sqlx::query!(
        r#"select m.id, concat_ws(' ', f.name, coalesce(m.trade_name, m.reference, m.common_name)) as "name!"
           from device_model m left join organisation f on f.id = m.manufacturer_id
           order by m.id is not distinct from $1 desc, coalesce(m.trade_name, '') collate "fr-x-icu", m.id limit 20"#,
        kept
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| (r.id.to_string(), r.name))
        .collect())
}

/// The establishments of a scope, to choose from.
pub async fn establishments(
    conn: &mut PgConnection,
    scope: &Scope,
) -> Result<Vec<(String, String)>> {
    let rows = sqlx::query!(
        r#"select id, name from establishment where id = any ($1) and closed_on is null order by name collate "fr-x-icu", id"#,
        &scope.establishments
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| (r.id.to_string(), r.name))
        .collect())
}

/// Names an obligation for other rooms.
pub fn named<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    id: Uuid,
) -> Boxed<'a, Option<Named>> {
    Box::pin(async move {
        match find(conn, &caller.scope(SeeMaintenance::NAME), ObligationId(id)).await {
            Ok(obligation) => Ok(Some(Named {
                title: format!("{} · {}", obligation.title, obligation.model),
                href: obligation.url(),
                place: obligation.place(),
            })),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    })
}
