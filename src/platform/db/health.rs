//! What a server says of itself, for a diagnosis.

use sqlx::PgConnection;

/// The server and the database, as they are now.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Health {
    /// As the server writes it: `15.18 (Debian 15.18-0+deb12u1)`.
    pub version: String,
    /// 15, 16, 17…
    pub major: i32,
    /// Should be `UTF8`.
    pub encoding: String,
    /// Should be `C.UTF-8`.
    pub collation: String,
    /// Size of the database.
    pub bytes: i64,
    /// Connections in use, of all databases.
    pub connections: i64,
    /// Connections allowed.
    pub most_connections: i32,
    /// The server's clock, in seconds since 1970.
    pub now: f64,
}

/// Asks the server.
pub async fn ask(conn: &mut PgConnection) -> Result<Health, sqlx::Error> {
    sqlx::query_as(
        "select current_setting('server_version') as version,
                current_setting('server_version_num')::int / 10000 as major,
                current_setting('server_encoding') as encoding,
                datcollate::text as collation,
                pg_database_size(oid) as bytes,
                (select count(*) from pg_stat_activity where backend_type = 'client backend') as connections,
                current_setting('max_connections')::int as most_connections,
                extract(epoch from clock_timestamp())::float8 as now
         from pg_database
         where datname = current_database()",
    )
    .fetch_one(conn)
    .await
}

/// When the schema last changed, in seconds since 1970: no right clock is before it.
pub async fn migrated_at(conn: &mut PgConnection) -> Result<Option<f64>, sqlx::Error> {
    let there = sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null");
    if !there.fetch_one(&mut *conn).await? {
        return Ok(None);
    }
    sqlx::query_scalar("select extract(epoch from max(installed_on))::float8 from _sqlx_migrations")
        .fetch_one(conn)
        .await
}
