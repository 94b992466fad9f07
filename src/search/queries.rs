//! What the search table answers, within what the caller may see of each kind.

use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Kind, Typed};
use crate::accounts::access::{Caller, Scope};
use crate::kernel::Result;
use crate::kernel::mutants::{self, Fault};

/// Devices looked at before they are ranked, and counted.
pub const LOOKED_AT: i64 = 100;
/// Other things looked at before they are ranked.
const FEW_LOOKED_AT: i64 = 1_000;

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
        let mut devices = caller.scope(Kind::Device.permission());
        if mutants::on(Fault::SearchUnscoped) {
            devices.establishments = caller.establishments.iter().map(|e| e.uuid()).collect();
        }
        Self {
            kinds: kinds.map(|kind| kind.code().to_owned()).collect(),
            devices,
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
    /// It bears the very identifier that was typed.
    pub exact: bool,
    /// How many of its kind match, as far as was looked.
    pub of: i64,
    /// There are more than that.
    pub bounded: bool,
}

struct Row {
    kind: String,
    subject_id: Uuid,
    title: String,
    subtitle: String,
    exact: bool,
    of: i64,
    bounded: bool,
}

impl Row {
    fn hit(self) -> Option<Hit> {
        let Self {
            kind,
            subject_id: id,
            title,
            subtitle,
            exact,
            of,
            bounded,
        } = self;
        Some(Hit {
            kind: Kind::from_code(&kind)?,
            id,
            title,
            subtitle,
            exact,
            of,
            bounded,
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
    if typed.words.is_empty() {
        return Ok(Vec::new());
    }
    if !typed.forgiven.is_empty() {
        // Typing mistakes: pg_trgm reads its tolerance from a setting, here for this transaction.
        sqlx::query!("select set_config('pg_trgm.word_similarity_threshold', '0.5', true)")
            .fetch_one(&mut *conn)
            .await?;
    }
    let mut others = Vec::new();
    if reach.kinds.iter().any(|kind| kind != Kind::Device.code()) {
        others = few(conn, reach, typed, each).await?;
    }
    let mut hits = Vec::new();
    if reach.kinds.iter().any(|kind| kind == Kind::Device.code()) {
        hits = devices(conn, &reach.devices, typed, each).await?;
    }
    hits.append(&mut others);
    // What bears the very words typed opens the page, whatever its kind.
    hits.sort_by_key(|hit| !hit.exact);
    Ok(hits)
}

/// Devices, of which there are many: by what they bear exactly, then by how it begins, then by a piece of
/// it, and as it may have been misspelt only when nothing else is found. Each is asked while the page lacks some.
async fn devices(
    conn: &mut PgConnection,
    scope: &Scope,
    typed: &Typed,
    each: i64,
) -> Result<Vec<Hit>> {
    let mut found = coded(conn, scope, typed, each).await?;
    if (found.len() as i64) < each {
        // Planned for this very word: a frequent one is met at once, a rare one is found by the index.
        sqlx::query!("select set_config('plan_cache_mode', 'force_custom_plan', true)")
            .fetch_one(&mut *conn)
            .await?;
        let rest = pieces(conn, scope, typed).await?;
        let bears = |row: &Row| found.iter().any(|known| known.subject_id == row.subject_id);
        let more: Vec<Row> = rest.into_iter().filter(|row| !bears(row)).collect();
        found.extend(more);
    }
    if found.is_empty() && !typed.forgiven.is_empty() {
        found = misspelt(conn, scope, typed).await?;
    }
    // What began so filled the page: counted without being brought.
    let counted = found
        .first()
        .map_or(0, |row| row.of)
        .max(found.len() as i64);
    let (bounded, of) = (counted > LOOKED_AT, counted.min(LOOKED_AT));
    found.truncate(usize::try_from(each).unwrap_or_default());
    Ok(found
        .into_iter()
        .filter_map(|row| Row { of, bounded, ..row }.hit())
        .collect())
}

/// Devices that bear an identifier, whole, or beginning so when it holds a digit: names are looked for by pieces.
async fn coded(
    conn: &mut PgConnection,
    scope: &Scope,
    typed: &Typed,
    each: i64,
) -> Result<Vec<Row>> {
    let begins = typed.words.len() == 1
        && typed.text.chars().count() >= 4
        && typed.text.chars().any(|c| c.is_ascii_digit());
    Ok(sqlx::query_as!(
        Row,
        r#"
        select 'device' as "kind!", e.subject_id, e.title, e.subtitle, found.rank = 0 as "exact!", found.of as "of!", false as "bounded!"
        from (
            select id, min(rank) as rank, min(code) as code, count(*) over () as of
            from (
                (select subject_id as id, 0 as rank, '' as code
                 from search_entry
                 where kind = 'device' and codes && search_codes($4)
                   and (establishment_id = any($1) or unit_id = any($2) or subject_id = any($3))
                 limit $6)
                union all
                (select id, 1, search_code(inventory_number)
                 from device
                 where $5 and search_code(inventory_number) collate "C" >= search_code($4) and search_code(inventory_number) collate "C" < search_code($4) || chr(1114111)
                   and annulled_at is null and (establishment_id = any($1) or unit_id = any($2) or id = any($3))
                 limit $6)
                union all
                (select id, 2, search_code(serial_number)
                 from device
                 where $5 and search_code(serial_number) collate "C" >= search_code($4) and search_code(serial_number) collate "C" < search_code($4) || chr(1114111)
                   and annulled_at is null and (establishment_id = any($1) or unit_id = any($2) or id = any($3))
                 limit $6)
            ) one
            group by id
            order by 2, 3, 1
            limit $7
        ) found
        join search_entry e on e.subject_id = found.id and e.kind = 'device'
        order by found.rank, found.code, e.subject_id
        "#,
        &scope.establishments,
        &scope.units,
        &scope.devices,
        typed.text,
        begins,
        LOOKED_AT + 1,
        each,
    )
    .fetch_all(conn)
    .await?)
}

/// Devices in whose words every word typed is found as it was typed.
async fn pieces(conn: &mut PgConnection, scope: &Scope, typed: &Typed) -> Result<Vec<Row>> {
    let (lead, others) = typed
        .words
        .split_first()
        .map_or(("", &[][..]), |(lead, others)| (lead.as_str(), others));
    Ok(sqlx::query_as!(
        Row,
        r#"
        select 'device' as "kind!", subject_id, title, subtitle, false as "exact!", 0::bigint as "of!", false as "bounded!"
        from (
            select subject_id, title, subtitle
            from search_entry
            where kind = 'device'
              and (establishment_id = any($1) or unit_id = any($2) or subject_id = any($3))
              and folded like '%' || regexp_replace(plain($4), '([\\%_])', '\\\1', 'g') || '%'
              and (cardinality($5::text[]) = 0 or not exists (
                  select from unnest($5::text[]) as asked (word) where position(plain(word) in folded) = 0))
            limit $6
        ) found
        order by title collate "fr-x-icu", subject_id
        "#,
        &scope.establishments,
        &scope.units,
        &scope.devices,
        lead,
        others,
        LOOKED_AT + 1,
    )
    .fetch_all(conn)
    .await?)
}

/// Devices in whose words every word typed is found, or one like it where it may be misspelt; the closest first.
async fn misspelt(conn: &mut PgConnection, scope: &Scope, typed: &Typed) -> Result<Vec<Row>> {
    let Some((lead, forgiven)) = leading(typed) else {
        return Ok(Vec::new());
    };
    Ok(sqlx::query_as!(
        Row,
        r#"
        select 'device' as "kind!", subject_id, title, subtitle, false as "exact!", 0::bigint as "of!", false as "bounded!"
        from (
            select subject_id, title, subtitle, folded
            from search_entry
            where kind = 'device'
              and (establishment_id = any($1) or unit_id = any($2) or subject_id = any($3))
              and (folded like '%' || regexp_replace(plain($4), '([\\%_])', '\\\1', 'g') || '%' or ($5 and plain($4) <% folded))
              and not exists (
                  select from unnest($6::text[], $7::boolean[]) as asked (word, forgiven)
                  where not (position(plain(word) in folded) > 0 or (forgiven and plain(word) <% folded)))
            limit $8
        ) found
        order by word_similarity(plain($9), folded) desc, title collate "fr-x-icu", subject_id
        "#,
        &scope.establishments,
        &scope.units,
        &scope.devices,
        lead,
        forgiven.first().copied().unwrap_or_default(),
        &typed.words,
        &forgiven,
        LOOKED_AT + 1,
        typed.text,
    )
    .fetch_all(conn)
    .await?)
}

/// The word that leads the search in the index, and which words may be misspelt, in their order.
fn leading(typed: &Typed) -> Option<(&str, Vec<bool>)> {
    let lead = typed.words.first()?;
    let forgiven = typed.words.iter().map(|word| typed.forgiven.contains(word));
    Some((lead, forgiven.collect()))
}

/// Everything that there is little of: models, organisations, places, people.
async fn few(conn: &mut PgConnection, reach: &Reach, typed: &Typed, each: i64) -> Result<Vec<Hit>> {
    let Some((lead, forgiven)) = leading(typed) else {
        return Ok(Vec::new());
    };
    let rows = sqlx::query_as!(
        Row,
        r#"
        with seen as not materialized (
            select kind, subject_id, title, subtitle, codes, folded
            from search_entry
            where kind <> 'device' and kind = any($1)
              and (kind in ('model', 'organisation')
                   or (kind in ('unit', 'room') and (establishment_id = any($2) or unit_id = any($3)))
                   or (kind = 'contact' and (establishment_id is null or establishment_id = any($4)))
                   or (kind = 'person' and ($5 or exists (
                        select from access_grant g
                        left join unit u on u.id = g.unit_id
                        where g.account_id = subject_id and g.revoked_at is null
                          and (g.establishment_id = any($6) or u.establishment_id = any($6))))))
        ),
        hits as (
            (select kind, subject_id, title, subtitle, true as exact, 1::real as closeness
             from seen
             where codes && search_codes($7)
             limit 100)
            union all
            (select kind, subject_id, title, subtitle, false, word_similarity(plain($7), folded)
             from seen
             where (folded like '%' || regexp_replace(plain($8), '([\\%_])', '\\\1', 'g') || '%' or ($9 and plain($8) <% folded))
               and not codes && search_codes($7)
               and not exists (
                   select from unnest($10::text[], $11::boolean[]) as asked (word, forgiven)
                   where not (position(plain(word) in folded) > 0 or (forgiven and plain(word) <% folded)))
             limit $12)
        ),
        ranked as (
            select *, count(*) over (partition by kind) as of,
                   row_number() over (partition by kind order by exact desc, closeness desc, title collate "fr-x-icu", subject_id) as place
            from hits
        )
        select kind as "kind!", subject_id as "subject_id!", title as "title!", subtitle as "subtitle!", exact as "exact!", of as "of!",
               (select count(*) from hits) > $12 as "bounded!"
        from ranked
        where place <= $13
        order by exact desc, place
        "#,
        &reach.kinds,
        &reach.places.establishments,
        &reach.places.units,
        &reach.parties.establishments,
        reach.people.group,
        &reach.people.establishments,
        typed.text,
        lead,
        forgiven.first().copied().unwrap_or_default(),
        &typed.words,
        &forgiven,
        FEW_LOOKED_AT,
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
        select kind, subject_id, title, subtitle, false as "exact!", 0::bigint as "of!", false as "bounded!"
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
