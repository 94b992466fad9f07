//! The list of devices with the fields that people added. A list is declared once and lives as long as
//! the program; one is made for each set of definitions met, and kept: there are as many as there are
//! kinds of readers and changes of a definition, hence few.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{CustomField, FieldKind};
use super::queries;
use crate::accounts::access::Scope;
use crate::inventory::devices::DEVICES;
use crate::kernel::Result;
use crate::platform::db::list::{Choice, Column, Kind, ListSpec, Tone};

type Key = Vec<(Uuid, i32)>;

static MADE: LazyLock<Mutex<HashMap<Key, &'static ListSpec>>> = LazyLock::new(Mutex::default);

fn kept(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn column(field: &CustomField, label: String) -> Column {
    const TEXT: &str = "(select v.text_value from device_custom_value v where v.device_id = d.id and v.field_id = $field)";
    const NUMBER: &str = "(select trim_scale(v.number_value) from device_custom_value v where v.device_id = d.id and v.field_id = $field)";
    const DATE: &str = "(select v.date_value from device_custom_value v where v.device_id = d.id and v.field_id = $field)";
    const FLAG: &str = "(select v.flag_value from device_custom_value v where v.device_id = d.id and v.field_id = $field)";
    let (sql, kind) = match field.kind {
        FieldKind::Text => (TEXT, Kind::Text),
        FieldKind::Number => (NUMBER, Kind::Decimal),
        FieldKind::Date => (DATE, Kind::Date),
        FieldKind::YesNo => (FLAG, Kind::Bool),
        FieldKind::Choice => {
            let choices: Vec<Choice> = field
                .choices
                .iter()
                .map(|choice| {
                    let choice = kept(choice.clone());
                    (choice, choice, Tone::Neutral)
                })
                .collect();
            (TEXT, Kind::Choice(Box::leak(choices.into_boxed_slice())))
        }
    };
    // The end of an id is drawn at random: short, and not met twice.
    let simple = field.id.uuid().simple().to_string();
    let key = kept(format!("field_{}", &simple[simple.len() - 12..]));
    Column::new(key, kept(label), sql, kind)
        .bound_to(field.id.uuid())
        .when_empty("non dit")
}

/// The list of devices as somebody who sees these fields reads it.
pub fn with(fields: &[CustomField]) -> &'static ListSpec {
    if fields.is_empty() {
        return &DEVICES;
    }
    let key: Key = fields
        .iter()
        .map(|field| (field.id.uuid(), field.version))
        .collect();
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    made.entry(key).or_insert_with(|| {
        let mut columns: Vec<Column> = DEVICES.columns.to_vec();
        for field in fields {
            // Two establishments may give one name to two fields.
            let taken = columns.iter().any(|column| column.label == field.label);
            let label = match (&field.establishment, taken) {
                (Some(establishment), true) => format!("{} ({establishment})", field.label),
                (None, true) => format!("{} (groupe)", field.label),
                _ => field.label.clone(),
            };
            columns.push(column(field, label));
        }
        Box::leak(Box::new(ListSpec {
            columns: Box::leak(columns.into_boxed_slice()),
            ..DEVICES
        }))
    })
}

/// The list of devices for a scope.
pub async fn of(conn: &mut PgConnection, sees: &Scope) -> Result<&'static ListSpec> {
    Ok(with(&queries::seen(conn, sees, false).await?))
}
