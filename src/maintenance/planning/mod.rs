//! Planning: what is due and late by place and by person, a month at a glance, and calendars for other programs.
//!
//! Nothing is kept here but the secret addresses of calendars: each figure is counted anew from what is due and
//! planned, within what the reader may see, and opens the list it counts. A feed shows what its owner may see on
//! the day it is read; revoked, or its owner gone, its address answers nothing.

mod calendar;
mod feeds;
mod ics;
mod month;
mod pages;
mod queries;

use axum::http::Method;

use super::api::{FeedsResource, MonthResource, PlanningResource};
use crate::app::App;
use crate::platform::web::Routes;

crate::id_type!(/** A calendar read by another program. */ FeedId);

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/maintenance/planning", pages::index)
        .answers::<PlanningResource>()
        .get("/maintenance/planning/month", calendar::show)
        .answers::<MonthResource>()
        .get("/maintenance/feeds", feeds::index)
        .answers::<FeedsResource>()
        .post("/maintenance/feeds", feeds::create)
        .delete("/maintenance/feeds/{id}", feeds::destroy)
        .public(
            Method::GET,
            "/maintenance/calendars/{token}",
            feeds::read,
            "a calendar program has no session: the address is a secret its owner made and revokes",
        )
        .gives_a_file()
}
