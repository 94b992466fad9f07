//! What people keep of the lists they work in.
//!
//! A *view* is a list as somebody wants to find it again: filters, columns, sort, grouping.

pub mod views;

use crate::accounts::actions::{Action, UseVigie};
use crate::shell::Domain;
use crate::shell::domain::PaletteEntry;

/// What this domain offers.
pub fn domain() -> Domain {
    Domain {
        name: "lists",
        routes: views::routes(),
        actions: vec![PaletteEntry::new(
            "Vues enregistrées",
            "/lists/views",
            "view",
            UseVigie::NAME,
        )],
        subjects: vec![("list_view", views::queries::named)],
        ..Domain::default()
    }
}
