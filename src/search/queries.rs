//! What the search table answers, within what the caller may see.

use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Kind, Typed};
use crate::platform::db::list::Within;

/// Matches looked at before they are ranked.
const LOOKED_AT: i64 = 2_000;

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
    /// How many of its kind match, at most [`LOOKED_AT`].
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
///
/// # Errors
/// When the database does not answer.
pub async fn best(
    conn: &mut PgConnection,
    within: &Within,
    kinds: &[Kind],
    typed: &Typed,
    each: i64,
) -> sqlx::Result<Vec<Hit>> {
    let Some(lead) = typed.words.first() else {
        return Ok(Vec::new());
    };
    if !typed.forgiven.is_empty() {
        // Typing mistakes: pg_trgm reads its tolerance from a setting, here for this transaction.
        sqlx::query!("select set_config('pg_trgm.word_similarity_threshold', '0.5', true)")
            .fetch_one(&mut *conn)
            .await?;
    }
    let kinds: Vec<String> = kinds.iter().map(|kind| kind.code().to_owned()).collect();
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
              and (establishment_id is null or establishment_id = any($2) or unit_id = any($3)
                   or (kind = 'device' and subject_id = any($4)))
        ),
        hits as (
            (select kind, subject_id, title, subtitle, true as exact, 1::real as closeness
             from seen
             where codes && search_codes($5)
             limit 100)
            union all
            (select kind, subject_id, title, subtitle, false, word_similarity(plain($5), folded)
             from seen
             where (folded like '%' || regexp_replace(plain($6), '([\\%_])', '\\\1', 'g') || '%' or ($7 and plain($6) <% folded))
               and not codes && search_codes($5)
               and not exists (
                   select from unnest($8::text[], $9::boolean[]) as asked (word, forgiven)
                   where not (position(plain(word) in folded) > 0 or (forgiven and plain(word) <% folded)))
             limit $10)
        ),
        ranked as (
            select *, count(*) over (partition by kind) as of,
                   row_number() over (partition by kind order by exact desc, closeness desc, title collate "fr-x-icu", subject_id) as place
            from hits
        )
        select kind as "kind!", subject_id as "subject_id!", title as "title!", subtitle as "subtitle!", of as "of!"
        from ranked
        where place <= $11
        order by exact desc, place
        "#,
        &kinds,
        &within.establishments,
        &within.units,
        &within.devices,
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

/// The first of a kind by name, for a list of suggestions where nothing was typed yet.
///
/// # Errors
/// When the database does not answer.
pub async fn first_of(
    conn: &mut PgConnection,
    within: &Within,
    kind: Kind,
    count: i64,
) -> sqlx::Result<Vec<Hit>> {
    let rows = sqlx::query_as!(
        Row,
        r#"
        select kind, subject_id, title, subtitle, 0::bigint as "of!"
        from search_entry
        where kind = $1 and kind <> 'device'
          and (establishment_id is null or establishment_id = any($2) or unit_id = any($3))
        order by title collate "fr-x-icu", subject_id
        limit $4
        "#,
        kind.code(),
        &within.establishments,
        &within.units,
        count,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().filter_map(Row::hit).collect())
}

/// The one device that bears this identifier, exactly; none when several do.
///
/// # Errors
/// When the database does not answer.
pub async fn maybe_device_coded(
    conn: &mut PgConnection,
    within: &Within,
    code: &str,
) -> sqlx::Result<Option<Uuid>> {
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
        &within.establishments,
        &within.units,
        &within.devices,
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
    /// Device identifier (DI).
    pub di: String,
    /// Serial number.
    pub serial: Option<String>,
    /// Lot number.
    pub lot: Option<String>,
}

/// The devices that bear a UDI: by their own DI or by one of their model's, and the serial or lot
/// when the UDI gives one. Two are enough to know that it is not one.
///
/// # Errors
/// When the database does not answer.
pub async fn devices_with_udi(
    conn: &mut PgConnection,
    within: &Within,
    asked: &UdiAsked,
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"
        select d.id
        from device d
        where d.annulled_at is null
          and (d.establishment_id = any($1) or d.unit_id = any($2) or d.id = any($3))
          and (d.udi_di = $4 or d.model_id in (select u.model_id from udi_di u where u.code = $4))
          and ($5::text is null or search_code(d.serial_number) = search_code($5))
          and ($5::text is not null or $6::text is null or search_code(d.lot_number) = search_code($6))
        order by d.id
        limit 2
        "#,
        &within.establishments,
        &within.units,
        &within.devices,
        asked.di,
        asked.serial.as_deref(),
        asked.lot.as_deref(),
    )
    .fetch_all(conn)
    .await
}

/// The model that a UDI's DI names, at any packaging level.
///
/// # Errors
/// When the database does not answer.
pub async fn maybe_model_with_di(conn: &mut PgConnection, di: &str) -> sqlx::Result<Option<Uuid>> {
    let found = sqlx::query_scalar!(
        "select distinct model_id from udi_di where code = $1 limit 2",
        di
    )
    .fetch_all(conn)
    .await?;
    Ok(if let [only] = found.as_slice() {
        Some(*only)
    } else {
        None
    })
}
