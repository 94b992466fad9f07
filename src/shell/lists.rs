//! A list as a page, as JSON and as a file: the same address, the same rows.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono_tz::Tz;
use futures_util::{StreamExt, stream};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::accounts::access::{Caller, Permit, Scope, Via};
use crate::accounts::actions::{Action, ExportLists, ShareViews};
use crate::app::App;
use crate::audit::reads::{Kind, Note};
use crate::kernel::clock::end_of_day;
use crate::kernel::mutants::{self, Fault};
use crate::kernel::{Error, Result};
use crate::lists::views::queries::{self, Kept};
use crate::platform::db::Read;
use crate::platform::db::list::{
    Format, ListPage, ListQuery, ListSpec, Position, Reading, ViewLink, Views, Within, address,
};
use crate::platform::web::{Page, View};
use crate::shell::waiting;

/// Whose midnights separate the days of a list that spans establishments.
pub const ZONE: Tz = Tz::Europe__Paris;

/// What a list is read within: what the caller sees, kept to the establishment chosen in the top bar.
impl From<&Scope> for Within {
    fn from(scope: &Scope) -> Self {
        let scope = scope.narrowed();
        Self {
            establishments: scope.establishments,
            units: scope.units,
            devices: scope.devices,
            group: scope.group,
        }
    }
}

/// The snapshot a list is read in: now, or as of the day its address says.
pub async fn open<A: Action>(
    app: &App,
    permit: &Permit<A>,
    spec: &'static ListSpec,
    raw: Option<&str>,
) -> Result<Read> {
    match ListQuery::parse(raw.unwrap_or_default(), spec).as_of {
        Some(day) => app.read_as_of(permit, end_of_day(day, ZONE)).await,
        None => app.read(permit).await,
    }
}

/// As [`open`], once it is written down that this list is taken away as a file.
pub async fn open_logged<A: Action>(
    app: &App,
    permit: &Permit<A>,
    spec: &'static ListSpec,
    raw: &str,
    format: Format,
) -> Result<Read> {
    let note = Note {
        kind: Kind::Export,
        what: format!("{}, {}", spec.title, format.extension().to_uppercase()),
        address: format!("{}?{raw}", spec.path),
        establishment: None,
    };
    drop(app.read_logged(permit, note).await?);
    open(app, permit, spec, Some(raw)).await
}

/// An index: the file when the address asks for one, else the page that `show` makes of the list.
pub async fn index<A: Action, V: View>(
    app: &App,
    permit: &Permit<A>,
    spec: &'static ListSpec,
    raw: Option<&str>,
    show: impl FnOnce(ListPage) -> V,
) -> Result<Listed> {
    index_within(app, permit, spec, raw, permit.sees(), show).await
}

/// As [`index`], in the snapshot that the list's own declaration was read in, where it is read at present.
pub async fn index_in<A: Action, V: View>(
    app: &App,
    permit: &Permit<A>,
    read: Read,
    spec: &'static ListSpec,
    raw: Option<&str>,
    show: impl FnOnce(ListPage) -> V,
) -> Result<Listed> {
    shown(app, permit, Some(read), spec, raw, permit.sees(), show).await
}

/// As [`index`], for a list that is not kept to its rows by the permit's own scope.
pub async fn index_within<A: Action, V: View>(
    app: &App,
    permit: &Permit<A>,
    spec: &'static ListSpec,
    raw: Option<&str>,
    scope: &Scope,
    show: impl FnOnce(ListPage) -> V,
) -> Result<Listed> {
    shown(app, permit, None, spec, raw, scope, show).await
}

async fn shown<A: Action, V: View>(
    app: &App,
    permit: &Permit<A>,
    read: Option<Read>,
    spec: &'static ListSpec,
    raw: Option<&str>,
    scope: &Scope,
    show: impl FnOnce(ListPage) -> V,
) -> Result<Listed> {
    let is_file = raw.is_some_and(|raw| raw.split('&').any(|pair| pair.starts_with("format=")));
    // A request never holds two connections.
    let read = read.filter(|_| !is_file);
    if is_file && let Some(file) = export_within(app, permit, spec, raw, scope).await? {
        return Ok(Listed::File(file));
    }
    let caller = permit.caller();
    let around = waiting::around(app, caller).await;
    let views: Vec<&Kept> = around
        .views
        .iter()
        .filter(|view| view.list == spec.name)
        .collect();
    // A program reads the list it names; a person who names nothing gets the view of their role.
    let opening = match (raw.unwrap_or_default(), &caller.via) {
        ("", Via::Session(_)) => queries::default_of(&views, caller),
        _ => None,
    };
    let opened = opening.map(|view| format!("{}&view={}", view.query, view.id));
    let raw = opened.as_deref().or(raw);
    let dated = ListQuery::parse(raw.unwrap_or_default(), spec)
        .as_of
        .is_some();
    let mut read = match read {
        Some(read) if !dated => read,
        other => {
            drop(other);
            open(app, permit, spec, raw).await?
        }
    };
    let mut list = page_within(&mut read, spec, raw, caller, scope).await?;
    list.views = Some(offered(&views, spec, raw.unwrap_or_default(), permit));
    Ok(Listed::Page(Page::of(show(list))))
}

/// The views of a list as its menu offers them.
fn offered<A: Action>(
    views: &[&Kept],
    spec: &'static ListSpec,
    raw: &str,
    permit: &Permit<A>,
) -> Views {
    let caller = permit.caller();
    let shown = raw.split('&').find_map(|pair| pair.strip_prefix("view="));
    let links: Vec<ViewLink> = views
        .iter()
        .map(|view| {
            let id = view.id.to_string();
            let manages = match view.reach().place() {
                None => caller.account == Some(view.account_id),
                Some(place) => caller.scope(ShareViews::NAME).reaches(place),
            };
            ViewLink {
                name: view.name.clone(),
                href: address(spec.path, &format!("{}&view={id}", view.query)),
                whose: view.whose(),
                current: shown == Some(id.as_str()),
                manage: manages.then(|| format!("/lists/views/{id}/edit")),
            }
        })
        .collect();
    Views {
        current: links
            .iter()
            .find(|link| link.current)
            .map(|link| link.name.clone()),
        links,
        plain: address(spec.path, "view=none"),
        may_share: caller.holds(ShareViews::NAME),
    }
}

/// One page of the list named by `raw`, the query string as received.
pub async fn page<A: Action>(
    read: &mut Read,
    spec: &'static ListSpec,
    raw: Option<&str>,
    permit: &Permit<A>,
) -> Result<ListPage> {
    page_within(read, spec, raw, permit.caller(), permit.sees()).await
}

async fn page_within(
    read: &mut Read,
    spec: &'static ListSpec,
    raw: Option<&str>,
    caller: &Caller,
    scope: &Scope,
) -> Result<ListPage> {
    let (query, within) = (
        ListQuery::parse(raw.unwrap_or_default(), spec),
        Within::from(scope),
    );
    let mut page = ListPage::load(
        read,
        Reading {
            query: &query,
            within: &within,
            zone: ZONE,
        },
        true,
    )
    .await?;
    if !caller.holds(ExportLists::NAME) {
        page.exports.clear();
    }
    Ok(page)
}

/// Where a record stands in the list it was opened from, when its address says one (`?list=…`).
pub async fn position(
    read: &mut Read,
    spec: &'static ListSpec,
    raw: Option<&str>,
    scope: &Scope,
    id: impl std::fmt::Display,
) -> Result<Option<Position>> {
    let Some(list) = raw
        .unwrap_or_default()
        .split('&')
        .find_map(|pair| pair.strip_prefix("list="))
    else {
        return Ok(None);
    };
    let list = percent_encoding::percent_decode_str(list)
        .decode_utf8_lossy()
        .into_owned();
    let (query, within) = (ListQuery::parse(&list, spec), Within::from(scope));
    Ok(Position::of(
        read,
        Reading {
            query: &query,
            within: &within,
            zone: ZONE,
        },
        &id.to_string(),
    )
    .await?)
}

/// When the query asks for a file (`format=csv|xlsx`), the whole list as it is written; else `None`.
/// Needs the right to export beside the right to see.
pub async fn export<A: Action>(
    app: &App,
    permit: &Permit<A>,
    spec: &'static ListSpec,
    raw: Option<&str>,
) -> Result<Option<Response>> {
    export_within(app, permit, spec, raw, permit.sees()).await
}

/// As [`export`], for a list that is not kept to its rows by the permit's own scope.
pub async fn export_within<A: Action>(
    app: &App,
    permit: &Permit<A>,
    spec: &'static ListSpec,
    raw: Option<&str>,
    scope: &Scope,
) -> Result<Option<Response>> {
    let raw = raw.unwrap_or_default();
    let Some(format) = raw.split('&').find_map(|pair| pair.strip_prefix("format=")) else {
        return Ok(None);
    };
    let format = Format::from_code(format)
        .ok_or_else(|| Error::BadRequest("le format d’export est csv ou xlsx".into()))?;
    Permit::<ExportLists>::ask(permit.caller().clone())?;
    let mut scope = exportable::<A>(permit.caller(), scope);
    if mutants::on(Fault::ExportUnscoped) {
        scope.establishments = app
            .establishments()
            .await?
            .iter()
            .map(|e| e.uuid())
            .collect();
    }
    let read = open_logged(app, permit, spec, raw, format).await?;
    let rows = stream(read, spec, raw, &scope, format);
    // Fused: the compressor asks once more after the end.
    let body = Body::from_stream(
        stream::unfold(rows, |mut rows| async {
            rows.recv().await.map(|chunk| (chunk, rows))
        })
        .fuse(),
    );
    let day = app.clock().now().with_timezone(&ZONE).date_naive();
    let name = format!(
        "attachment; filename=\"vigie-{}-{day}.{}\"",
        spec.name,
        format.extension()
    );
    let mut response = body.into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(format.media_type()),
    );
    if let Ok(name) = HeaderValue::from_str(&name) {
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(Some(response))
}

/// What of a list may leave as a file: the rows seen by `A` at a place where exporting is allowed too.
fn exportable<A: Action>(caller: &Caller, scope: &Scope) -> Scope {
    let both = caller.scope_of_both(A::SEES, ExportLists::NAME);
    // People without a right, whom the group alone sees, stand nowhere.
    let group = both.group;
    let kept = |ours: &[Uuid], both: &[Uuid]| -> Vec<Uuid> {
        let held = |id: &&Uuid| both.contains(id) || (id.is_nil() && group);
        ours.iter().filter(held).copied().collect()
    };
    Scope {
        group: scope.group && both.group,
        establishments: kept(&scope.establishments, &both.establishments),
        units: both.units,
        devices: both.devices,
        chosen: scope.chosen,
    }
}

/// The whole list as a file, in chunks as they are made; an error is the last of them.
pub fn stream(
    mut read: Read,
    spec: &'static ListSpec,
    raw: &str,
    scope: &Scope,
    format: Format,
) -> mpsc::Receiver<std::io::Result<Bytes>> {
    let (query, within) = (ListQuery::parse(raw, spec), Within::from(scope));
    let (sink, rows) = mpsc::channel(8);
    let runtime = tokio::runtime::Handle::current();
    // A thread of its own: writing a workbook keeps the processor, not only the database.
    tokio::task::spawn_blocking(move || {
        runtime.block_on(async {
            let reading = Reading {
                query: &query,
                within: &within,
                zone: ZONE,
            };
            if let Err(error) = reading.export(&mut read, format, &sink).await {
                tracing::warn!(%error, list = spec.name, "an export was cut");
                let _ = sink.send(Err(std::io::Error::other("export cut"))).await;
            }
        });
    });
    rows
}

/// Answers an index: the file when one is asked for, else the page made by `page`.
pub enum Listed {
    /// A file, streamed.
    File(Response),
    /// A page.
    Page(Page),
}

impl IntoResponse for Listed {
    fn into_response(self) -> Response {
        match self {
            Self::File(response) => response,
            Self::Page(page) => page.into_response(),
        }
    }
}
