//! The composition root: what the application holds, and the only list of its domains.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use axum::{Router, middleware};
use futures_util::FutureExt;
use sqlx::{PgConnection, PgPool};
use tokio_util::sync::CancellationToken;
use tower::ServiceBuilder;
use tower::util::BoxCloneSyncService;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use uuid::Uuid;

use crate::accounts::EstablishmentId;
use crate::accounts::access::{Caller, Permit};
use crate::accounts::actions::Action;
use crate::admin::metrics::{self, Metrics};
use crate::audit::seals;
use crate::config::{Backups, Config, TrustedProxies};
use crate::kernel::mutants::{self, Fault};
use crate::kernel::{Clock, Error, Result, id};
use crate::platform::blob::Blobs;
use crate::platform::db::list::ListSpec;
use crate::platform::db::{Read, Tx};
use crate::platform::jobs;
use crate::platform::web::routes::{Access, Doors, Route};
use crate::platform::web::{Form, assets};
use crate::shell::domain::{Domain, Named, NavEntry};
use crate::shell::layer;
use crate::shell::waiting::Kept;

/// What this database is.
#[derive(Clone, Debug)]
pub struct Instance {
    /// A demonstration shows a banner for ever.
    pub is_demo: bool,
    /// The hospital group.
    pub group_name: String,
}

/// What the outside decides.
#[derive(Clone, Debug)]
pub struct Options {
    /// What tells the time.
    pub clock: Clock,
    /// What links start with, without a final slash.
    pub public_url: String,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: TrustedProxies,
    /// Where files are kept.
    pub data_dir: std::path::PathBuf,
    /// Where backups go, and when.
    pub backups: Backups,
    /// What who reads the metrics must know; nobody reads them without.
    pub metrics_token: Option<String>,
}

impl Options {
    /// What the settings of this process decide.
    pub fn of(config: &Config, clock: Clock) -> Self {
        Self {
            clock,
            public_url: config.public_url.as_str().to_owned(),
            trusted_proxies: config.trusted_proxies.clone(),
            data_dir: config.data_dir.clone(),
            backups: config.backups.clone(),
            metrics_token: config.metrics_token.clone(),
        }
    }
}

/// The application: cheap to clone, the same for every request.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    pool: PgPool,
    options: Options,
    instance: Instance,
    nav: Vec<NavEntry>,
    domains: Vec<Domain>,
    metrics: Metrics,
    map: Vec<Route>,
    doors: Doors,
    kept: Kept,
}

/// Every domain of the house, in the order of their levels.
fn domains() -> Vec<Domain> {
    vec![
        crate::accounts::domain(),
        crate::rules::domain(),
        crate::documents::domain(),
        crate::audit::domain(),
        crate::lists::domain(),
        crate::parties::domain(),
        crate::inventory::domain(),
        crate::contracts::domain(),
        crate::register::domain(),
        crate::maintenance::domain(),
        crate::dashboards::domain(),
        crate::exchange::domain(),
        crate::search::domain(),
        crate::admin::domain(),
        crate::shell::help::domain(),
        crate::shell::palette::domain(),
    ]
}

/// The map of every route, for those who have no database at hand.
pub fn map() -> Vec<Route> {
    let parts = domains()
        .into_iter()
        .map(|domain| domain.routes.into_parts().1);
    parts.flatten().collect()
}

impl App {
    /// The application over a migrated database.
    pub async fn new(pool: PgPool, options: Options) -> Result<Self> {
        let instance = sqlx::query_as!(Instance, "select is_demo, group_name from instance")
            .fetch_optional(&pool)
            .await?;
        let instance = instance.unwrap_or(Instance {
            is_demo: false,
            group_name: String::new(),
        });
        let domains = domains();
        let mut nav: Vec<_> = domains.iter().flat_map(|d| d.nav.iter().copied()).collect();
        nav.sort_by_key(|e| e.order);
        let map = self::map();
        Ok(Self(Arc::new(Inner {
            pool,
            options,
            instance,
            nav,
            domains,
            metrics: Metrics::default(),
            doors: Doors::of(&map),
            map,
            kept: Kept::default(),
        })))
    }

    /// Says once what a new database is; later starts must agree.
    pub async fn found(
        pool: &PgPool,
        clock: &Clock,
        is_demo: bool,
        group_name: &str,
    ) -> Result<()> {
        let there = sqlx::query_scalar!("select is_demo from instance")
            .fetch_optional(pool)
            .await?;
        match there {
            Some(there) if there != is_demo && is_demo => Err(Error::refused(
                "démonstration",
                "cette base est celle d’un vrai parc : --demo la refuse. Donnez un autre dossier avec --data-dir.",
            )),
            Some(_) => Ok(()),
            None => {
                sqlx::query!(
                    "insert into instance (id, is_demo, group_name, created_at) values ($1, $2, $3, $4) on conflict do nothing",
                    id::fresh(),
                    is_demo,
                    group_name,
                    clock.now()
                )
                .execute(pool)
                .await?;
                Ok(())
            }
        }
    }

    /// The database, as the application. Handlers use [`App::read`] and [`App::begin`].
    pub fn pool(&self) -> &PgPool {
        &self.0.pool
    }

    /// What tells the time.
    pub fn clock(&self) -> &Clock {
        &self.0.options.clock
    }

    /// What this database is.
    pub fn instance(&self) -> &Instance {
        &self.0.instance
    }

    /// Where files are kept.
    pub fn data_dir(&self) -> &std::path::Path {
        &self.0.options.data_dir
    }

    /// The contents of files.
    pub fn blobs(&self) -> Blobs {
        Blobs::in_dir(&self.0.options.data_dir)
    }

    /// Where backups go, and when.
    pub fn backups(&self) -> &Backups {
        &self.0.options.backups
    }

    /// What is counted while Vigie serves.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// What who reads the metrics must know.
    pub fn metrics_token(&self) -> Option<&str> {
        self.0.options.metrics_token.as_deref()
    }

    /// The menu, in order, before rights.
    pub fn nav(&self) -> &[NavEntry] {
        &self.0.nav
    }

    /// What the domains offer.
    pub fn domains(&self) -> &[Domain] {
        &self.0.domains
    }

    /// Every list of the house.
    pub fn lists(&self) -> Vec<&'static ListSpec> {
        self.0
            .domains
            .iter()
            .flat_map(|d| d.lists.iter().copied())
            .collect()
    }

    /// What links start with.
    pub fn public_url(&self) -> &str {
        &self.0.options.public_url
    }

    /// Do people come by TLS?
    pub fn is_https(&self) -> bool {
        self.public_url().starts_with("https://")
    }

    /// The map: every route with its access and file.
    pub fn map(&self) -> &[Route] {
        &self.0.map
    }

    /// May the caller open the page of this address? What leads nowhere is left to be seen as a dead link.
    pub fn opens(&self, caller: &Caller, href: &str) -> bool {
        match self.0.doors.access(href) {
            Some(Access::Permission(name)) => caller.holds(name),
            Some(Access::Public(_)) | None => true,
        }
    }

    /// What the frame of pages said lately.
    pub fn kept(&self) -> &Kept {
        &self.0.kept
    }

    /// The client's address: the last one a trusted proxy did not write itself.
    pub fn client_address(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        let trusted = &self.0.options.trusted_proxies;
        let peer = peer?;
        if !trusted.trusts(peer) && !mutants::on(Fault::ForwardedBelieved) {
            return Some(peer);
        }
        let forwarded: Vec<IpAddr> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|v| v.to_str().ok())
            .flat_map(|v| v.split(','))
            .filter_map(|a| a.trim().parse().ok())
            .collect();
        forwarded
            .into_iter()
            .rev()
            .find(|a| !trusted.trusts(*a))
            .or(Some(peer))
    }

    /// One snapshot for a page.
    pub async fn read<A: Action>(&self, _: &Permit<A>) -> Result<Read> {
        Read::open(&self.0.pool).await
    }

    /// One snapshot of what was registered just before `moment`.
    pub async fn read_as_of<A: Action>(
        &self,
        _: &Permit<A>,
        moment: chrono::DateTime<chrono::Utc>,
    ) -> Result<Read> {
        Read::open_as_of(&self.0.pool, moment).await
    }

    /// One snapshot, once it is written down that this is read: exports, sensitive zones.
    pub async fn read_logged<A: Action>(
        &self,
        permit: &Permit<A>,
        note: crate::audit::reads::Note,
    ) -> Result<Read> {
        crate::audit::reads::record(
            &self.0.pool,
            permit.caller(),
            note,
            None,
            self.clock().now(),
        )
        .await?;
        self.read(permit).await
    }

    /// A write in the caller's name. A repeated key of the form answers what was answered first.
    pub async fn begin<A: Action, T>(&self, permit: &Permit<A>, form: &Form<T>) -> Result<Tx> {
        self.begin_with(permit, form.key.clone()).await
    }

    /// A write in the caller's name, with the idempotency key of an upload, or none.
    pub async fn begin_with<A: Action>(
        &self,
        permit: &Permit<A>,
        key: Option<String>,
    ) -> Result<Tx> {
        Tx::open(
            &self.0.pool,
            permit.caller().actor(),
            self.clock().now(),
            Some(id::fresh()),
            key,
        )
        .await
    }

    /// Every establishment, for permits of jobs and of the command line.
    pub async fn establishments(&self) -> Result<Vec<EstablishmentId>> {
        Ok(sqlx::query_scalar!(
            r#"select id as "id: EstablishmentId" from establishment order by id"#
        )
        .fetch_all(&self.0.pool)
        .await?)
    }

    /// Names any object by its kind and id, if the caller may see it; `NotFound` else.
    pub async fn subject(
        &self,
        conn: &mut PgConnection,
        caller: &Caller,
        kind: &str,
        id: Uuid,
    ) -> Result<Named> {
        let offered = self
            .0
            .domains
            .iter()
            .flat_map(|d| d.subjects.iter())
            .find(|(k, _)| *k == kind);
        let Some((_, name)) = offered else {
            return Err(Error::NotFound);
        };
        name(conn, caller, id).await?.ok_or(Error::NotFound)
    }

    /// As [`App::subject`], under another right than that of seeing the object: it must be held at
    /// the object's own place, as rights held at two places do not add up.
    pub async fn subject_under<A: Action>(
        &self,
        conn: &mut PgConnection,
        permit: &Permit<A>,
        kind: &str,
        id: Uuid,
    ) -> Result<Named> {
        let named = self.subject(conn, permit.caller(), kind, id).await?;
        let here = named.place.establishment.is_none() || permit.sees().reaches(named.place);
        if here || mutants::on(Fault::RightsAddUp) {
            Ok(named)
        } else {
            Err(Error::NotFound)
        }
    }

    /// The whole service: static files outside, everything else through the one layer.
    pub fn service(&self) -> BoxCloneSyncService<Request, Response, std::convert::Infallible> {
        let mut router = Router::new();
        for domain in domains() {
            router = router.merge(domain.routes.into_parts().0);
        }
        let inner = ServiceBuilder::new()
            .layer(middleware::from_fn_with_state(self.clone(), layer::layer))
            .service(
                router
                    .route_layer(middleware::from_fn(metrics::tell))
                    .with_state(self.clone()),
            );
        let whole = Router::new()
            .route("/static/{stamp}/{*path}", get(assets::serve))
            .route("/metrics", get(metrics::scrape))
            .route_layer(middleware::from_fn(metrics::tell))
            .fallback_service(inner)
            .with_state(self.clone())
            .layer(middleware::from_fn_with_state(
                self.clone(),
                metrics::measure,
            ))
            // Most of what a better compression saves on a hospital's network it costs the processor many times over.
            .layer(CompressionLayer::new().quality(CompressionLevel::Fastest));
        BoxCloneSyncService::new(whole.into_service())
    }

    /// Runs waiting jobs, one at a time, until told to stop.
    pub async fn work(&self, stop: CancellationToken) {
        let worker = format!("{}-{}", std::process::id(), id::fresh().simple());
        let mut sealing = tokio::time::interval(seals::EVERY);
        sealing.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while !stop.is_cancelled() {
            if sealing.tick().now_or_never().is_some() {
                self.seal().await;
                self.look().await;
            }
            match self.work_once(&worker).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "jobs wait"),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(jobs::LOOK) => {}
            }
        }
        self.seal().await;
    }

    /// Seals what was written; a failure is said, and tried again a minute later.
    async fn seal(&self) {
        if let Err(error) = seals::seal(self).await {
            tracing::error!(%error, "the audit could not be sealed");
        }
        if let Err(error) = crate::register::seal(self).await {
            tracing::error!(%error, "the registers could not be sealed");
        }
    }

    /// What each domain looks at every minute; a failure is said, and tried again a minute later.
    async fn look(&self) {
        for look in self.0.domains.iter().flat_map(|d| d.each_minute.iter()) {
            if let Err(error) = look(self).await {
                tracing::error!(%error, "what is looked at every minute failed");
            }
        }
    }

    /// Runs one waiting job; false when there is none.
    pub async fn work_once(&self, worker: &str) -> Result<bool> {
        let offered: Vec<_> = self
            .0
            .domains
            .iter()
            .flat_map(|d| d.jobs.iter().copied())
            .collect();
        if offered.is_empty() {
            return Ok(false);
        }
        let kinds: Vec<&str> = offered.iter().map(|(kind, _)| *kind).collect();
        let Some(job) = jobs::claim(&self.0.pool, &kinds, worker, self.clock().now()).await? else {
            return Ok(false);
        };
        let (id, kind) = (job.id, job.kind.clone());
        let Some((_, run)) = offered.into_iter().find(|(k, _)| *k == kind) else {
            return Ok(false);
        };
        let result = run(self, job).await;
        if let Err(error) = &result {
            tracing::error!(%error, job = %id, kind, "a job failed");
        }
        jobs::settle(&self.0.pool, id, &result, self.clock().now()).await?;
        Ok(true)
    }
}
