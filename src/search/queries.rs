//! What the search table answers, within what the caller may see of each kind.

use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Kind, Typed};
use crate::accounts::access::{Caller, Scope};
use crate::kernel::Result;

/// Matches looked at before they are ranked.
const LOOKED_AT: i64 = 2_000;

/// What a caller may find: each kind by the right that opens its page, where that right reaches.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    kinds: Vec<String>,
    devices: Scope,
    places: Scope,
    parties: Scope,
    people: Scope,
}

impl Reach {
    /// What this caller may find.
    #[must_use]
    pub fn of(caller: &Caller) -> Self {
        let kinds = Kind::ALL
            .into_iter()
            .filter(|kind| caller.holds(kind.permission()));
        Self {
            kinds: kinds.map(|kind| kind.code().to_owned()).collect(),
            devices: caller.scope(Kind::Device.permission()),
            places: caller.scope(Kind::Unit.permission()),
            parties: caller.scope(Kind::Contact.permission()),
            people: caller.scope(Kind::Person.permission()),
        }
    }

    /// The same, for these kinds alone.
    #[must_use]
    pub fn only(mut self, kinds: &[Kind]) -> Self {
        self.kinds
            .retain(|code| kinds.iter().any(|kind| kind.code() == code));
        self
    }
}

/// Something found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Of what kind.
    pub kind: Kind,
    /// Its id.
    pub id: Uuid,
    /// What it is called.
    pub title: String,
    /// What tells it from its like.
    pub subtitle: String,
    /// How many of its kind match, as far as was looked.
    pub of: i64,
}

struct Row {
    kind: String,
    subject_id: Uuid,
    title: String,
    subtitle: String,
    of: i64,
}

impl Row {
    fn hit(self) -> Option<Hit> {
        let Self {
            kind,
            subject_id: id,
            title,
            subtitle,
            of,
        } = self;
        Some(Hit {
            kind: Kind::from_code(&kind)?,
            id,
            title,
            subtitle,
            of,
        })
    }
}

/// The best matches of each kind, exact identifiers first.
pub async fn best(
    conn: &mut PgConnection,
    reach: &Reach,
    typed: &Typed,
    each: i64,
) -> Result<Vec<Hit>> {
    let Some(lead) = typed.words.first() else {
        return Ok(Vec::new());
    };
    if !typed.forgiven.is_empty() {
        // Typing mistakes: pg_trgm reads its tolerance from a setting, here for this transaction.
        sqlx::query!("select set_config('pg_trgm.word_similarity_threshold', '0.5', true)")
            .fetch_one(&mut *conn)
            .await?;
    }
    let forgiven: Vec<bool> = typed
        .words
        .iter()
        .map(|word| typed.forgiven.contains(word))
        .collect();
    let rows = sqlx::query_as!(
        Row,
        r#"
        with seen as not materialized (
            select kind, subject_id, title, subtitle, codes, folded
            from search_entry
            where kind = any($1)
              and (kind in ('model', 'organisation')
                   or (kind = 'device' and (establishment_id = any($2) or unit_id = any($3) or subject_id = any($4)))
                   or (kind in ('unit', 'room') and (establishment_id = any($5) or unit_id = any($6)))
                   or (kind = 'contact' and (establishment_id is null or establishment_id = any($7)))
                   or (kind = 'person' and ($8 or exists (
                        select from access_grant g
                        left join unit u on u.id = g.unit_id
                        where g.account_id = subject_id and g.revoked_at is null
                          and (g.establishment_id = any($9) or u.establishment_id = any($9))))))
        ),
        hits as (
            (select kind, subject_id, title, subtitle, true as exact, 1::real as closeness
             from seen
             where codes && search_codes($10)
             limit 100)
            union all
            (select kind, subject_id, title, subtitle, false, word_similarity(plain($10), folded)
             from seen
             where (folded like '%' || regexp_replace(plain($11), '([\\%_])', '\\\1', 'g') || '%' or ($12 and plain($11) <% folded))
               and not codes && search_codes($10)
               and not exists (
                   select from unnest($13::text[], $14::boolean[]) as asked (word, forgiven)
                   where not (position(plain(word) in folded) > 0 or (forgiven and plain(word) <% folded)))
             limit $15)
        ),
        ranked as (
            select *, count(*) over (partition by kind) as of,
                   row_number() over (partition by kind order by exact desc, closeness desc, title collate "fr-x-icu", subject_id) as place
            from hits
        )
        select kind as "kind!", subject_id as "subject_id!", title as "title!", subtitle as "subtitle!", of as "of!"
        from ranked
        where place <= $16
        order by exact desc, place
        "#,
        &reach.kinds,
        &reach.devices.establishments,
        &reach.devices.units,
        &reach.devices.devices,
        &reach.places.establishments,
        &reach.places.units,
        &reach.parties.establishments,
        reach.people.group,
        &reach.people.establishments,
        typed.text,
        lead.as_str(),
        forgiven.first().copied().unwrap_or_default(),
        &typed.words,
        &forgiven,
        LOOKED_AT,
        each,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().filter_map(Row::hit).collect())
}

/// The first by name, for suggestions where nothing was typed yet. Devices and people are too many
/// or too private to be shown unasked.
pub async fn first(conn: &mut PgConnection, reach: &Reach, count: i64) -> Result<Vec<Hit>> {
    let rows = sqlx::query_as!(
        Row,
        r#"
        select kind, subject_id, title, subtitle, 0::bigint as "of!"
        from search_entry
        where kind = any($1) and kind not in ('device', 'person')
          and (kind in ('model', 'organisation')
               or (kind in ('unit', 'room') and (establishment_id = any($2) or unit_id = any($3)))
               or (kind = 'contact' and (establishment_id is null or establishment_id = any($4))))
        order by title collate "fr-x-icu", subject_id
        limit $5
        "#,
        &reach.kinds,
        &reach.places.establishments,
        &reach.places.units,
        &reach.parties.establishments,
        count,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().filter_map(Row::hit).collect())
}

/// The one device that bears this identifier, exactly; none when several do.
pub async fn maybe_device_coded(
    conn: &mut PgConnection,
    scope: &Scope,
    code: &str,
) -> Result<Option<Uuid>> {
    let found = sqlx::query_scalar!(
        r#"
        select subject_id
        from search_entry
        where kind = 'device'
          and (establishment_id = any($1) or unit_id = any($2) or subject_id = any($3))
          and search_code($4) <> ''
          and codes @> array[search_code($4)]
        limit 2
        "#,
        &scope.establishments,
        &scope.units,
        &scope.devices,
        code,
    )
    .fetch_all(conn)
    .await?;
    Ok(if let [only] = found.as_slice() {
        Some(*only)
    } else {
        None
    })
}

/// What a UDI says of a device, as far as a search needs it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UdiAsked {
    /// Device identifier (DI), in every way it may have been stored.
    pub dis: Vec<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// Lot number.
    pub lot: Option<String>,
}

/// The devices that bear a UDI: by their own DI or by one of their model's, and the serial or lot
/// when the UDI gives one. Two are enough to know that it is not one.
pub async fn devices_with_udi(
    conn: &mut PgConnection,
    scope: &Scope,
    asked: &UdiAsked,
) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        r#"
        select d.id
        from device d
        where d.annulled_at is null
          and (d.establishment_id = any($1) or d.unit_id = any($2) or d.id = any($3))
          and (d.udi_di = any($4) or d.model_id in (select u.model_id from udi_di u where u.code = any($4)))
          and ($5::text is null or search_code(d.serial_number) = search_code($5))
          and ($5::text is not null or $6::text is null or search_code(d.lot_number) = search_code($6))
        order by d.id
        limit 2
        "#,
        &scope.establishments,
        &scope.units,
        &scope.devices,
        &asked.dis,
        asked.serial.as_deref(),
        asked.lot.as_deref(),
    )
    .fetch_all(conn)
    .await?)
}

/// The model that a UDI's DI names, at any packaging level.
pub async fn maybe_model_with_di(conn: &mut PgConnection, dis: &[String]) -> Result<Option<Uuid>> {
    let found = sqlx::query_scalar!(
        "select distinct model_id from udi_di where code = any($1) limit 2",
        dis
    )
    .fetch_all(conn)
    .await?;
    Ok(if let [only] = found.as_slice() {
        Some(*only)
    } else {
        None
    })
}

/// Choices that are no search entries, being few: establishments, sites, pôles, terms of a nomenclature.
pub async fn choices(
    conn: &mut PgConnection,
    scope: &Scope,
    kind: &str,
    q: &str,
    count: i64,
) -> Result<Vec<Choice>> {
    Ok(sqlx::query_as!(
        Choice,
        r#"
        select id as "id!", label as "label!", hint as "hint!"
        from (
            select e.id, e.name as label, e.code as hint, e.name || ' ' || e.code as words
            from establishment e
            where $1 = 'establishment' and e.id = any($2)
            union all
            select s.id, s.name, e.name, s.name || ' ' || s.code || ' ' || e.name
            from site s join establishment e on e.id = s.establishment_id
            where $1 = 'site' and s.establishment_id = any($2)
            union all
            select p.id, p.name, e.name, p.name || ' ' || p.code || ' ' || e.name
            from department p join establishment e on e.id = p.establishment_id
            where $1 = 'department' and p.establishment_id = any($2)
            union all
            select t.id, t.code || coalesce(' ' || t.label, ''), upper(t.system) || ' ' || t.edition, t.code || ' ' || coalesce(t.label, '')
            from nomenclature_term t
            where $1 = 'nomenclature'
              and plain(t.code || ' ' || coalesce(t.label, '')) like '%' || regexp_replace(plain($3), '([\\%_])', '\\\1', 'g') || '%'
        ) found
        where plain(words) like '%' || regexp_replace(plain($3), '([\\%_])', '\\\1', 'g') || '%'
        order by label collate "fr-x-icu", id
        limit $4
        "#,
        kind,
        &scope.establishments,
        q,
        count,
    )
    .fetch_all(conn)
    .await?)
}

/// A choice of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub id: Uuid,
    /// What people read.
    pub label: String,
    /// What tells it from its like.
    pub hint: String,
}
