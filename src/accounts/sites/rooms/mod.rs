//! Rooms (locaux): where on a site a device stands. A room belongs to a site and may be used by a
//! unit of the same establishment; it can be moved to another site or unit of it.

mod api;
pub mod commands;
pub mod model;
mod pages;
pub mod queries;

pub use queries::ROOMS;

use crate::accounts::sites::closure;
use crate::app::App;
use crate::platform::web::Routes;

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/accounts/rooms", pages::index)
        .lists(&ROOMS)
        .get("/accounts/rooms/new", pages::new)
        .post("/accounts/rooms", pages::create)
        .get("/accounts/rooms/{id}", pages::show)
        .answers::<api::RoomResource>()
        .get("/accounts/rooms/{id}/edit", pages::edit)
        .patch("/accounts/rooms/{id}", pages::update)
        .post(
            "/accounts/rooms/{id}/closure",
            closure::close::<queries::Room>,
        )
        .delete(
            "/accounts/rooms/{id}/closure",
            closure::reopen::<queries::Room>,
        )
}
