//! Departments (pôles): units under one head. A closed pôle is no longer offered where one is chosen.

mod api;
pub mod commands;
pub mod model;
mod pages;
pub mod queries;

pub use queries::DEPARTMENTS;

use crate::accounts::sites::closure;
use crate::app::App;
use crate::platform::web::Routes;

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/accounts/departments", pages::index)
        .lists(&DEPARTMENTS)
        .get("/accounts/departments/new", pages::new)
        .post("/accounts/departments", pages::create)
        .get("/accounts/departments/{id}", pages::show)
        .answers::<api::DepartmentResource>()
        .get("/accounts/departments/{id}/edit", pages::edit)
        .patch("/accounts/departments/{id}", pages::update)
        .post(
            "/accounts/departments/{id}/closure",
            closure::close::<queries::Department>,
        )
        .delete(
            "/accounts/departments/{id}/closure",
            closure::reopen::<queries::Department>,
        )
}
