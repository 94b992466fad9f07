//! Pages of imports: the files received, one file on its way (its sums, its lines, its proposals), the mapping of its
//! columns, and what a person does with it.

mod acts;
mod api;
mod index;
mod mapping;
mod show;

use crate::app::App;
use crate::platform::web::Routes;

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/exchange/imports", index::index)
        .answers::<api::RunsResource>()
        .get("/exchange/imports/new", index::new)
        .post("/exchange/imports", index::create)
        .get("/exchange/imports/{id}", show::show)
        .answers::<api::RunResource>()
        .delete("/exchange/imports/{id}", acts::cancel)
        .get("/exchange/imports/{id}/report", show::report)
        .gives_a_file()
        .get("/exchange/imports/{id}/mapping", mapping::show)
        .answers::<api::MappingResource>()
        .patch("/exchange/imports/{id}/mapping", mapping::update)
        .leads_to("/exchange/imports/{id}")
        .post("/exchange/imports/{id}/trial", acts::try_again)
        .post("/exchange/imports/{id}/commitment", acts::commit)
        .post("/exchange/imports/{id}/acceptance", acts::accept)
        .post("/exchange/imports/{id}/resumption", acts::resume)
        .post("/exchange/imports/{id}/undoing", acts::undo)
        .patch("/exchange/imports/{id}/rows/{line}", acts::correct)
        .post("/exchange/imports/{id}/decisions", acts::decide)
}
