//! How tests act: as people, through HTTP, on a clone of one template database.
#![allow(dead_code)] // each domain uses the part it needs

mod page;
mod people;
pub mod statements;
mod template;

pub use page::Answer;
pub use people::Person;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use sqlx::postgres::PgPoolOptions;
use sqlx::{ConnectOptions, PgPool};
use vigie::app::{App, Options};
use vigie::kernel::Clock;

/// The day it is in the tests' world.
pub fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 2).unwrap()
}

/// The instant it is when a world is made.
pub fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 9, 0, 0).unwrap()
}

/// One hospital group of one's own, and the application over it.
pub struct World {
    pub app: App,
    pub pool: PgPool,
    name: String,
}

impl World {
    /// A fresh clone of the template.
    pub async fn new() -> Self {
        Self::over(template::clone().await).await
    }

    /// A fresh clone of the demonstration hospital: its named core, on its fixed day.
    pub async fn hospital() -> Self {
        Self::over(template::clone_hospital().await).await
    }

    async fn over(name: String) -> Self {
        let pool = PgPoolOptions::new()
            .max_connections(6)
            .connect_with(
                template::options(&name)
                    .username("vigie_app")
                    .log_statements("debug".parse().unwrap())
                    .log_slow_statements("debug".parse().unwrap(), std::time::Duration::MAX),
            )
            .await
            .unwrap();
        let app = App::new(pool.clone(), options(Clock::still(now())))
            .await
            .unwrap();
        app.service();
        Self { app, pool, name }
    }

    /// A connection that owns everything, to look behind the application or tamper.
    pub async fn owner(&self) -> sqlx::PgConnection {
        use sqlx::Connection;
        sqlx::PgConnection::connect_with(&template::options(&self.name))
            .await
            .unwrap()
    }

    /// Nobody in particular.
    pub fn visitor(&self) -> Person {
        Person::visitor(self.app.clone())
    }

    /// The person of the demonstration who has this role, signed in.
    pub async fn person(&self, role: &str) -> Person {
        let mut visitor = self.visitor();
        let answer = visitor
            .post("/accounts/sessions/demonstration", &[("role", role)])
            .await;
        assert_eq!(
            answer.status, 303,
            "no one has the role {role}: {}",
            answer.text
        );
        visitor
    }

    /// Somebody signed in by login, whatever the way in.
    pub async fn signed_in(&self, login: &str) -> Person {
        Person::by_login(self, login).await
    }

    /// Runs every waiting job.
    pub async fn work(&self) {
        while self.app.work_once("tests").await.unwrap() {}
    }

    /// A number from the database, seen from behind.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql)
            .fetch_one(&mut self.owner().await)
            .await
            .unwrap()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        template::drop_later(self.name.clone());
    }
}

/// What reads the metrics in the tests' world.
pub const METRICS: &str = "a-token-of-the-tests";

/// The settings of the tests' application.
pub fn options(clock: Clock) -> Options {
    let data_dir = std::env::temp_dir().join(format!("vigie-tests-{}", std::process::id()));
    Options {
        clock,
        public_url: "http://vigie.test".into(),
        trusted_proxies: "".parse().unwrap(),
        backups: vigie::config::Backups::in_folder(&data_dir.join("backups")),
        data_dir,
        metrics_token: Some(METRICS.into()),
    }
}
