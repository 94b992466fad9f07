//! Documents: a file said to be something (instructions, certificate, report…) about any object.
//!
//! A file is its content, kept once; a document is what is said of it: kind, title, edition,
//! validity. A document is replaced by another or withdrawn with a reason, never deleted. Whoever
//! sees the object sees its documents, but those that an establishment kept to itself. Types are a
//! closed list found in the content; only PDF, PNG and JPEG are shown in the browser, the rest is
//! always a download. Photographs lose their EXIF.

mod api;
pub mod commands;
pub mod model;
pub mod organisation;
mod pages;
pub mod queries;

use crate::accounts::actions::{Action, SeeOrganisationDocuments};
use crate::app::App;
use crate::platform::web::Routes;
use crate::shell::domain::DeviceTab;
use crate::shell::{Domain, NavEntry};

/// What this domain offers.
pub fn domain() -> Domain {
    Domain {
        name: "documents",
        routes: routes().and(organisation::routes()),
        nav: vec![NavEntry {
            label: "Organisation de la maintenance",
            href: "/documents/organisation",
            icon: "book",
            permission: SeeOrganisationDocuments::NAME,
            order: 75,
        }],
        home_blocks: vec![(
            SeeOrganisationDocuments::NAME,
            organisation::queries::to_read,
        )],
        subjects: vec![("document", queries::named)],
        device_tabs: vec![DeviceTab {
            label: "Documents",
            prefix: "/documents/subjects/device/",
            permission: "documents.files.see",
        }],
        ..Domain::default()
    }
}

fn routes() -> Routes<App> {
    Routes::new()
        .get("/documents/subjects/{kind}/{id}", pages::index)
        .answers::<api::DocumentsResource>()
        .get("/documents/subjects/{kind}/{id}/new", pages::new)
        .post("/documents/subjects/{kind}/{id}", pages::create)
        .get("/documents/{id}", pages::show)
        .answers::<api::DocumentResource>()
        .get("/documents/{id}/file", pages::download)
        .gives_a_file()
        .post("/documents/{id}/withdrawal", pages::withdraw)
}
