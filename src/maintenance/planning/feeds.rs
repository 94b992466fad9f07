//! Calendars for other programs: one's own list, a new one shown this once, its revocation, and what it answers.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Days, Utc};
use serde::Deserialize;

use super::FeedId;
use super::ics;
use super::queries::{self, Feed, Shows};
use crate::accounts::access::Permit;
use crate::accounts::actions::{Action, SeeMaintenance, UseFeeds};
use crate::accounts::sessions::queries::maybe_by_account;
use crate::accounts::users::commands::subject;
use crate::app::App;
use crate::kernel::clock::local_day;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, Event, FieldErrors, Result, date, secret};
use crate::platform::db::{OneRow, Read};
use crate::platform::web::form::Nothing;
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};
use crate::shell::lists::ZONE;

/// A feed tells the month past and the year to come.
const BEFORE_DAYS: u64 = 31;
const AFTER_DAYS: u64 = 366;

/// What was typed of a feed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeedForm {
    name: String,
    shows: String,
}

#[derive(Template)]
#[template(path = "maintenance/feeds/index.html")]
struct FeedIndex {
    feeds: Vec<Feed>,
    form: Typed<FeedForm>,
    shows: Vec<(&'static str, &'static str)>,
    /// The address just made, shown this once.
    made: Option<String>,
}

impl FeedIndex {
    fn when(&self, at: &DateTime<Utc>) -> String {
        date::instant(*at, ZONE)
    }
}

impl View for FeedIndex {
    fn title(&self) -> String {
        "Agendas".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Maintenance", "/maintenance/due"),
            Crumb::to("Planification", "/maintenance/planning"),
            Crumb::here("Agendas"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        let items: Vec<_> = self
            .feeds
            .iter()
            .map(|f| serde_json::json!({ "id": f.id, "name": f.name, "shows": f.shows, "start": f.token_start, "created_at": f.created_at, "revoked_at": f.revoked_at }))
            .collect();
        serde_json::json!({ "items": items, "address": self.made })
    }
}

fn choices() -> Vec<(&'static str, &'static str)> {
    Shows::ALL.iter().map(|s| (s.code(), s.label())).collect()
}

/// `GET /maintenance/feeds`
pub async fn index(
    State(app): State<App>,
    permit: Permit<UseFeeds>,
    form: Typed<FeedForm>,
) -> Result<Page> {
    let account = permit.caller().account.ok_or(Error::NotFound)?;
    let mut read = app.read(&permit).await?;
    Ok(Page::of(FeedIndex {
        feeds: queries::feeds(&mut read, account).await?,
        form: form.or(|| FeedForm {
            shows: Shows::Mine.code().into(),
            ..FeedForm::default()
        }),
        shows: choices(),
        made: None,
    }))
}

/// `POST /maintenance/feeds`: makes a feed and shows its address, this once.
pub async fn create(
    State(app): State<App>,
    permit: Permit<UseFeeds>,
    form: Form<FeedForm>,
) -> Result<Page> {
    let account = permit.caller().account.ok_or(Error::NotFound)?;
    let mut tx = app.begin(&permit, &form).await?;
    let mut errors = FieldErrors::default();
    let name = check::line(&mut errors, "name", &form.name, 100);
    let shows = check::maybe_code(&mut errors, "shows", &form.shows, Shows::from_code);
    if shows.is_none() && errors.of("shows").is_none() {
        errors.add("shows", "Dites ce que l’agenda montre.");
    }
    errors.done()?;
    let (Some(name), Some(shows)) = (name, shows) else {
        return Err(Error::internal("checked above"));
    };
    let token = secret::random_text(24)?;
    let start: String = token.chars().take(6).collect();
    let now = tx.now();
    sqlx::query!(
        "insert into calendar_feed (id, account_id, name, shows, token_hash, token_start, created_at, version) values ($1, $2, $3, $4, $5, $6, $7, 1)",
        FeedId::fresh().uuid(),
        account.uuid(),
        name,
        shows.code(),
        secret::sha256(&token),
        start,
        now
    )
    .execute(&mut *tx)
    .await?;
    let feeds = queries::feeds(&mut tx, account).await?;
    let event = Event::new(
        "maintenance.feed_made",
        subject(account),
        format!("Agenda « {name} » créé"),
    );
    tx.commit_quietly(event, "/maintenance/feeds").await?;
    let address = format!(
        "{}/maintenance/calendars/{token}",
        app.public_url().trim_end_matches('/')
    );
    Ok(Page::of(FeedIndex {
        feeds,
        form: Typed::default(),
        shows: choices(),
        made: Some(address),
    }))
}

/// `DELETE /maintenance/feeds/{id}`: its address answers nothing any more.
pub async fn destroy(
    State(app): State<App>,
    permit: Permit<UseFeeds>,
    Path(id): Path<FeedId>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let account = permit.caller().account.ok_or(Error::NotFound)?;
    let mut tx = app.begin(&permit, &form).await?;
    let feeds = queries::feeds(&mut tx, account).await?;
    let kept = feeds.iter().find(|f| f.id == id).ok_or(Error::NotFound)?;
    let now = tx.now();
    sqlx::query!(
        "update calendar_feed set revoked_at = $2, version = version + 1 where id = $1 and revoked_at is null",
        id.uuid(),
        now
    )
    .execute(&mut *tx)
    .await?
    .one_row()?;
    let event = Event::new(
        "maintenance.feed_revoked",
        subject(account),
        format!("Agenda « {} » révoqué", kept.name),
    );
    tx.commit(event, "/maintenance/feeds").await
}

/// `GET /maintenance/calendars/{token}`: what its owner may see today, and nothing once revoked.
pub async fn read(State(app): State<App>, Path(token): Path<String>) -> Result<Response> {
    let now = app.clock().now();
    let mut conn = Read::open(app.pool()).await?;
    let token = token.trim_end_matches(".ics");
    let feed = queries::opened(&mut conn, token).await?;
    let owner = maybe_by_account(&mut conn, feed.account, now)
        .await?
        .filter(|caller| caller.holds(SeeMaintenance::NAME))
        .ok_or(Error::NotFound)?;
    let scope = owner.scope(SeeMaintenance::NAME);
    let today = local_day(now, ZONE);
    let span = (
        today
            .checked_sub_days(Days::new(BEFORE_DAYS))
            .unwrap_or(today),
        today
            .checked_add_days(Days::new(AFTER_DAYS))
            .unwrap_or(today),
    );
    let public = app.public_url().trim_end_matches('/').to_owned();
    let mut entries = Vec::new();
    if feed.shows != Shows::Due {
        entries.extend(
            queries::planned_entries(&mut conn, &scope, feed.account, span, &public).await?,
        );
    }
    if feed.shows != Shows::Mine {
        entries.extend(queries::due_entries(&mut conn, &scope, span, &public).await?);
    }
    let text = ics::write(&feed.name, &entries, now);
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/calendar; charset=utf-8"),
    );
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"vigie.ics\""),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
