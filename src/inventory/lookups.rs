//! A pasted list of numbers: for each, the devices that bear it (inventory, serial, label, asset or
//! former number), none, or several. Nothing is kept: the answer is a page, and the devices found are a
//! list like any other.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use serde::Deserialize;
use sqlx::PgConnection;

use crate::accounts::access::{Permit, Scope};
use crate::accounts::actions::SeeDevices;
use crate::app::App;
use crate::inventory::devices::DeviceId;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, Result};
use crate::platform::db::list::{MOST_VALUES, address, encode};
use crate::platform::web::{Form, Page, Routes, Typed, View, filters};

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/inventory/lookups/new", new)
        .post("/inventory/lookups", create)
        .answers::<LookupResource>()
}

/// The list as pasted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct LookupForm {
    numbers: String,
}

/// The numbers of a pasted text, in order, each once: one a line, or separated by « ; », « , » or tabs.
fn numbers(text: &str) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    text.split(['\n', '\r', ';', ',', '\t'])
        .map(str::trim)
        .filter(|number| !number.is_empty())
        .filter(|number| seen.insert(number.to_lowercase()))
        .map(|number| number.chars().take(120).collect())
        .collect()
}

/// A device that bears a number.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
struct Bearer {
    id: DeviceId,
    inventory_number: String,
    name: String,
    unit: Option<String>,
}

/// The bearers of each number, by its place in the list.
async fn bearers(
    conn: &mut PgConnection,
    sees: &Scope,
    numbers: &[String],
) -> Result<HashMap<i64, Vec<Bearer>>> {
    let rows = sqlx::query!(
        r#"select t.place as "place!", d.id as "id: DeviceId", d.inventory_number,
                  coalesce(d.local_name, m.common_name, m.trade_name, m.reference, '') as "name!", u.name as "unit?"
           from unnest($1::text[]) with ordinality as t (number, place)
           join search_entry s on s.kind = 'device' and s.codes @> array[search_code(t.number)] and search_code(t.number) <> ''
           join device d on d.id = s.subject_id and d.annulled_at is null
           join device_model m on m.id = d.model_id
           left join unit u on u.id = d.unit_id
           where d.establishment_id = any($2) or d.unit_id = any($3) or d.id = any($4)
           order by t.place, d.inventory_number = t.number desc, d.inventory_number, d.id"#,
        numbers,
        &sees.establishments,
        &sees.units,
        &sees.devices
    )
    .fetch_all(conn)
    .await?;
    let mut found: HashMap<i64, Vec<Bearer>> = HashMap::new();
    for row in rows {
        found.entry(row.place).or_default().push(Bearer {
            id: row.id,
            inventory_number: row.inventory_number,
            name: row.name,
            unit: row.unit,
        });
    }
    Ok(found)
}

#[derive(Template)]
#[template(path = "inventory/lookups/new.html")]
struct LookupNew {
    form: Typed<LookupForm>,
}

fn crumbs() -> Vec<Crumb> {
    vec![
        Crumb::to("Équipements", "/inventory/devices"),
        Crumb::here("Coller une liste de numéros"),
    ]
}

impl View for LookupNew {
    fn title(&self) -> String {
        "Coller une liste de numéros".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        crumbs()
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "most": MOST_VALUES })
    }
}

/// The form.
async fn new(State(_): State<App>, _: Permit<SeeDevices>, form: Typed<LookupForm>) -> Result<Page> {
    Ok(Page::of(LookupNew { form }))
}

/// A number with its bearers.
#[derive(serde::Serialize, utoipa::ToSchema)]
#[schema(as = NumberAnswered)]
struct Answered {
    number: String,
    devices: Vec<Bearer>,
}

/// What the numbers say, as programs read it.
#[derive(serde::Serialize, utoipa::ToSchema)]
struct LookupResource<'a> {
    asked: usize,
    #[schema(value_type = Vec<Answered>)]
    found: &'a [Answered],
    #[schema(value_type = Vec<Answered>)]
    ambiguous: &'a [Answered],
    missing: &'a [String],
    list: &'a str,
}

#[derive(Template)]
#[template(path = "inventory/lookups/show.html")]
struct LookupShow {
    asked: usize,
    found: Vec<Answered>,
    ambiguous: Vec<Answered>,
    missing: Vec<String>,
    list: String,
    form: LookupForm,
}

impl View for LookupShow {
    fn title(&self) -> String {
        "Numéros collés".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        crumbs()
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(LookupResource {
            asked: self.asked,
            found: &self.found,
            ambiguous: &self.ambiguous,
            missing: &self.missing,
            list: &self.list,
        })
    }
}

/// Looks each number up.
async fn create(
    State(app): State<App>,
    permit: Permit<SeeDevices>,
    form: Form<LookupForm>,
) -> Result<Page> {
    let numbers = numbers(&form.numbers);
    if numbers.is_empty() {
        return Err(Error::field("numbers", "Collez au moins un numéro."));
    }
    if numbers.len() > MOST_VALUES {
        return Err(Error::field(
            "numbers",
            format!(
                "{} numéros : la limite est de {MOST_VALUES} à la fois.",
                numbers.len()
            ),
        ));
    }
    let mut read = app.read(&permit).await?;
    let mut bearers = bearers(&mut read, permit.sees(), &numbers).await?;
    let asked = numbers.len();
    let (mut found, mut ambiguous, mut missing) = (Vec::new(), Vec::new(), Vec::new());
    for (place, number) in (1..).zip(numbers) {
        let devices = bearers.remove(&place).unwrap_or_default();
        match devices.len() {
            0 => missing.push(number),
            1 => found.push(Answered { number, devices }),
            _ => ambiguous.push(Answered { number, devices }),
        }
    }
    let mut borne: Vec<String> = found
        .iter()
        .flat_map(|one| &one.devices)
        .map(|device| {
            device
                .inventory_number
                .replace('\\', "\\\\")
                .replace(',', "\\,")
                .replace('|', "\\|")
        })
        .collect();
    borne.sort_unstable();
    borne.dedup();
    let list = address(
        "/inventory/devices",
        &format!(
            "f={}",
            encode(&format!("inventory_number:in:{}", borne.join(",")))
        ),
    );
    Ok(Page::of(LookupShow {
        asked,
        found,
        ambiguous,
        missing,
        list,
        form: form.fields.clone(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_column_is_read_whatever_separates_it_and_each_number_once() {
        assert_eq!(
            numbers("BM1\r\nBM2 ; bm1,\tBM3\n\n  \nsérie 4"),
            ["BM1", "BM2", "BM3", "série 4"]
        );
        assert!(numbers(" \n;").is_empty());
    }
}
