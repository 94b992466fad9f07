//! Which device a line names, for files that say something of devices that are there.

use std::collections::HashMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::queries::Run;
use super::rows::{Checked, Level};
use crate::kernel::Result;
use crate::platform::db::Tx;

/// The devices a line may name.
pub(super) struct Devices {
    by_number: HashMap<String, Uuid>,
    by_serial: HashMap<String, Vec<Uuid>>,
}

pub(super) async fn devices(tx: &mut Tx, run: &Run) -> Result<Devices> {
    let rows = sqlx::query!(
        "select id, upper(inventory_number) as \"number!\", upper(serial_number) as serial from device
         where establishment_id = $1 and annulled_at is null order by id",
        run.establishment_id.uuid()
    )
    .fetch_all(&mut **tx)
    .await?;
    let former = sqlx::query!(
        "select i.device_id, upper(i.value) as \"value!\" from device_identifier i join device d on d.id = i.device_id
         where d.establishment_id = $1 and d.annulled_at is null and i.kind in ('inventory_number', 'old_label', 'old_system') order by i.id",
        run.establishment_id.uuid()
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut found = Devices {
        by_number: former.into_iter().map(|r| (r.value, r.device_id)).collect(),
        by_serial: HashMap::new(),
    };
    for row in rows {
        if let Some(serial) = row.serial {
            found.by_serial.entry(serial).or_default().push(row.id);
        }
        found.by_number.insert(row.number, row.id);
    }
    Ok(found)
}

impl Devices {
    /// Every device, once.
    pub(super) fn all(&self) -> Vec<Uuid> {
        let mut all: Vec<Uuid> = self.by_number.values().copied().collect();
        all.sort();
        all.dedup();
        all
    }

    /// The device meant by a number or a serial; what names none is said.
    pub(super) fn named<'a>(
        &self,
        checked: &mut Checked,
        number: Option<String>,
        serial: Option<String>,
        column: &dyn Fn(&str) -> &'a str,
    ) -> Option<Uuid> {
        match (number, serial) {
            (Some(number), _) => {
                let found = self.by_number.get(&number.to_uppercase()).copied();
                if found.is_none() {
                    checked.remark(
                        Level::Reject,
                        "inventory_number",
                        column("inventory_number"),
                        &number,
                        "aucun équipement de l’établissement ne porte, ni n’a porté, ce numéro",
                        "un n° d’inventaire connu de Vigie : importez d’abord le parc",
                    );
                }
                found
            }
            (None, Some(serial)) => match self
                .by_serial
                .get(&serial.to_uppercase())
                .map(Vec::as_slice)
            {
                Some([one]) => Some(*one),
                Some(several) => {
                    checked.remark(
                        Level::Reject,
                        "serial_number",
                        column("serial_number"),
                        &serial,
                        format!("{} équipements portent ce n° de série", several.len()),
                        "un n° d’inventaire",
                    );
                    None
                }
                None => {
                    checked.remark(
                        Level::Reject,
                        "serial_number",
                        column("serial_number"),
                        &serial,
                        "aucun équipement de l’établissement ne porte ce n° de série",
                        "un n° de série connu de Vigie",
                    );
                    None
                }
            },
            (None, None) => {
                checked.remark(
                    Level::Reject,
                    "inventory_number",
                    "",
                    "",
                    "la ligne ne dit pas de quel équipement il s’agit",
                    "un n° d’inventaire ou de série",
                );
                None
            }
        }
    }
}

/// Keeps what was found of each line, and what is to become of it.
pub(super) async fn stage(
    tx: &mut Tx,
    run: &Run,
    reads: &[(&Checked, Option<Uuid>)],
    outcomes: &[&str],
) -> Result<()> {
    let numbers: Vec<i32> = reads.iter().map(|r| r.0.number.cast_signed()).collect();
    let given: Vec<Value> = reads
        .iter()
        .map(|r| Value::Object(r.0.values.clone()))
        .collect();
    let remarks: Vec<Value> = reads.iter().map(|r| json!(r.0.remarks)).collect();
    let outcomes: Vec<String> = outcomes.iter().map(|o| (*o).to_owned()).collect();
    let same: Vec<Option<i32>> = reads
        .iter()
        .map(|r| r.0.same_as.map(u32::cast_signed))
        .collect();
    let devices: Vec<Option<Uuid>> = reads.iter().map(|r| r.1).collect();
    sqlx::query!(
        "update import_row r
         set given = p.given, remarks = p.remarks, outcome = p.outcome, same_as = p.same_as, device_id = p.device_id, changes = null
         from unnest($2::int[], $3::jsonb[], $4::jsonb[], $5::text[], $6::int[], $7::uuid[]) as p (number, given, remarks, outcome, same_as, device_id)
         where r.run_id = $1 and r.number = p.number",
        run.id.uuid(),
        &numbers,
        &given,
        &remarks,
        &outcomes,
        &same as &[Option<i32>],
        &devices as &[Option<Uuid>]
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
