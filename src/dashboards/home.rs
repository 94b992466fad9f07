//! The home page.

use std::sync::LazyLock;

use askama::Template;
use axum::extract::State;
use chrono::NaiveDate;
use sqlx::PgConnection;

use super::blocks;
use super::queries::{self, UnitCount};
use crate::accounts::access::{Caller, Permit, Scope};
use crate::accounts::actions::{Action, SeeDevices, UseVigie};
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::clock::local_day;
use crate::kernel::page::Tone;
use crate::platform::db::Read;
use crate::platform::db::list::{Unchanged, seen, thousands};
use crate::platform::web::{Page, Routes, View, filters};
use crate::shell::domain::{Boxed, Domain, HomeBlock, NavEntry};

/// A bar of a figure.
#[derive(Clone, serde::Serialize, utoipa::ToSchema)]
pub struct Bar {
    /// What it measures.
    pub label: String,
    /// How much.
    pub value: i64,
    /// The rows behind it, or empty.
    pub href: String,
    /// Its meaning.
    pub tone: &'static str,
}

/// A figure: a number that opens its rows.
#[derive(Clone, serde::Serialize, utoipa::ToSchema)]
pub struct Figure {
    /// As read: `12 481`, `91 %`.
    pub value: String,
    /// What it counts.
    pub label: &'static str,
    /// Its rows.
    pub href: String,
    /// Where it comes from, if a plot says it.
    pub bars: Vec<Bar>,
    /// The longest bar, at least 1.
    pub max: i64,
}

/// What waits for me, then how are we.
#[derive(Clone, Template, serde::Serialize, utoipa::ToSchema)]
#[template(path = "dashboards/home.html")]
#[schema(as = Home)]
pub struct HomeShow {
    blocks: Vec<HomeBlock>,
    figures: Vec<Figure>,
}

impl View for HomeShow {
    fn title(&self) -> String {
        "Accueil".to_owned()
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(self)
    }
}

/// Blocks a home page shows at most.
const MOST: usize = 8;

/// What waits for the caller, the most pressing first, then what is in order.
fn waiting<'a>(
    app: &'a App,
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    today: NaiveDate,
) -> Boxed<'a, Vec<HomeBlock>> {
    Box::pin(async move {
        let mut blocks = Vec::new();
        // What a domain says waits (an import to decide…) comes before the state of the fleet.
        for (permission, fill) in app.domains().iter().flat_map(|d| d.home_blocks.iter()) {
            if caller.holds(permission) {
                let block = fill(conn, caller, today).await?;
                if !block.lines.is_empty() {
                    blocks.push(block);
                }
            }
        }
        for block in blocks::of_caller(caller) {
            if blocks.len() < MOST && block.is_open_to(caller) {
                blocks.push(block.fill(conn, caller, today).await?);
            }
        }
        // Reading stops where the work stops.
        blocks.sort_by_key(|b| b.total == 0);
        Ok(blocks)
    })
}

static KEPT: LazyLock<Unchanged<HomeShow>> = LazyLock::new(Unchanged::default);

async fn show(State(app): State<App>, permit: Permit<UseVigie>) -> Result<Page> {
    let caller = permit.caller().clone();
    let today = local_day(app.clock().now(), chrono_tz::Europe::Paris);
    let mut read = app.read(&permit).await?;
    // What waits and the figures read the whole fleet: once for each snapshot, day and caller's rights.
    let seen = seen(&mut read).await?;
    let question = format!("{today} {caller:?}");
    if let Some(kept) = seen
        .as_deref()
        .and_then(|seen| KEPT.answer(seen, &question))
    {
        return Ok(Page::of(kept));
    }
    let blocks = waiting(&app, &mut read, &caller, today).await?;
    let figures = if caller.holds(SeeDevices::NAME) {
        figures(&mut read, &caller.scope(SeeDevices::NAME).narrowed()).await?
    } else {
        Vec::new()
    };
    let home = HomeShow { blocks, figures };
    if let Some(seen) = seen {
        KEPT.keep(seen, question, home.clone());
    }
    Ok(Page::of(home))
}

const UNAVAILABLE: &str =
    "f=state:in:in_maintenance,broken,quarantined,suspended_quality,suspended_cyber";

fn devices(query: &str) -> String {
    format!("/inventory/devices?{query}")
}

/// Bars of units, each opening its own rows of the list behind the figure.
fn bars(units: Vec<UnitCount>, query: &str, tone: Tone) -> (Vec<Bar>, i64) {
    let most = units.first().map_or(1, |unit| unit.count.max(1));
    let bars = units
        .into_iter()
        .map(|unit| Bar {
            label: unit.name,
            value: unit.count,
            href: devices(&format!("{query}&f=unit:is:{}", unit.id)),
            tone: tone.class(),
        })
        .collect();
    (bars, most)
}

async fn figures(read: &mut Read, sees: &Scope) -> Result<Vec<Figure>> {
    let counts = queries::figures(read, sees).await?;
    if counts.fleet == 0 {
        return Ok(Vec::new());
    }
    let fleet = blocks::in_the_fleet();
    let incomplete = format!("f=items_missing:min:1&{fleet}");
    let (unavailable, most_unavailable) = bars(
        queries::unavailable_by_unit(read, sees).await?,
        UNAVAILABLE,
        Tone::Bad,
    );
    let (lacking, most_lacking) = bars(
        queries::incomplete_by_unit(read, sees).await?,
        &incomplete,
        Tone::Watch,
    );
    let plain = |value: i64, label: &'static str, query: &str| Figure {
        value: thousands(value),
        label,
        href: devices(query),
        bars: vec![],
        max: 1,
    };
    Ok(vec![
        plain(
            counts.in_use,
            "équipements en service ou prêtés",
            "f=state:in:in_service,lent",
        ),
        Figure {
            bars: unavailable,
            max: most_unavailable,
            ..plain(counts.unavailable, "indisponibles, par unité", UNAVAILABLE)
        },
        Figure {
            bars: lacking,
            max: most_lacking,
            ..plain(
                counts.fleet - counts.complete,
                "fiches où manque une mention, par unité",
                &incomplete,
            )
        },
        plain(
            counts.unproved,
            "repris, preuves non vérifiées",
            &format!("f=taken_over:is:true&{fleet}"),
        ),
    ])
}

/// The home page.
pub fn domain() -> Domain {
    let home = NavEntry {
        label: "Accueil",
        href: "/",
        icon: "home",
        permission: UseVigie::NAME,
        order: 0,
    };
    Domain {
        name: "",
        routes: Routes::new().get("/", show).answers::<HomeShow>(),
        nav: vec![home],
        waiting: Some(waiting),
        ..Domain::default()
    }
}
