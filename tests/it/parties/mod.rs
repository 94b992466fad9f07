//! Manufacturers, suppliers and whom to call, as people meet them.

pub mod contacts;
pub mod organisations;

use crate::support::Person;

/// An organisation given by its name; its id.
pub async fn organisation(person: &mut Person, name: &str, roles: &[&str]) -> String {
    let mut fields = vec![("name", name), ("distinct", "true")];
    fields.extend(roles.iter().map(|role| ("roles", *role)));
    person
        .post("/parties/organisations", &fields)
        .await
        .is(303)
        .made()
}
