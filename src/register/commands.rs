//! Writing lines: at the end of a chain, or not at all.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::model::canonical::{hex, instant};
use super::model::{Entry, Line, LineId, LineKind, NewLine, check};
use super::queries;
use crate::accounts::access::{Covered, Placed};
use crate::accounts::actions::{AppendRegister, CorrectRegister};
use crate::inventory::devices::{Device, refuse_if_annulled, standing};
use crate::kernel::{Error, Event, Result};
use crate::platform::db::Tx;

/// A line about to be chained: what it says, and what it is.
struct Entering {
    new: NewLine,
    entry: Entry,
    corrects: Option<LineId>,
    late_days: Option<i32>,
}

/// Writes a line at the end of the register of a device. The line answered has its number and hash.
pub async fn append(
    tx: &mut Tx,
    covered: Covered<AppendRegister>,
    device: &Device,
    new: NewLine,
) -> Result<(Line, Event)> {
    let (mut lines, event) = append_all(tx, covered, device, vec![new]).await?;
    let line = lines.pop().ok_or_else(|| Error::internal("no line"))?;
    Ok((line, event))
}

/// Writes several lines, in this order, at the end of the register of a device.
pub async fn append_all(
    tx: &mut Tx,
    covered: Covered<AppendRegister>,
    device: &Device,
    new: Vec<NewLine>,
) -> Result<(Vec<Line>, Event)> {
    at_home(covered.place() == device.place())?;
    refuse_if_annulled(device)?;
    let today = standing::local_day(device, tx.now());
    let rules = queries::rules(tx, today).await?;
    let mut entering = Vec::with_capacity(new.len());
    for new in new {
        let late_days = check(&new, Entry::Operation, today, rules.lateness)?;
        entering.push(Entering {
            new,
            entry: Entry::Operation,
            corrects: None,
            late_days,
        });
    }
    let lines = chain(tx, device, entering).await?;
    let summary = match lines.as_slice() {
        [line] => format!(
            "Registre, ligne {} : {} ({})",
            line.number,
            line.nature,
            line.kind.label().to_lowercase()
        ),
        lines => format!("Registre : {} lignes consignées", lines.len()),
    };
    let event = Event::new("register.line_written", device.subject(), summary).with(told(&lines));
    Ok((lines, event))
}

/// Corrects a line by a new one that points at it. The line corrected stays as it was.
pub async fn correct(
    tx: &mut Tx,
    covered: Covered<CorrectRegister>,
    device: &Device,
    line: &Line,
    new: NewLine,
) -> Result<(Line, Event)> {
    at_home(covered.place() == device.place() && line.device_id == device.id)?;
    let today = standing::local_day(device, tx.now());
    let rules = queries::rules(tx, today).await?;
    check(&new, Entry::Correction, today, rules.lateness)?;
    if line.entry == Entry::Annulment {
        return Err(Error::refused(
            "Registre",
            "Une annulation ne se corrige pas : consignez de nouveau l’opération.",
        ));
    }
    tx.because(new.reason.as_deref().unwrap_or_default())
        .await?;
    let entering = Entering {
        new,
        entry: Entry::Correction,
        corrects: Some(line.id),
        late_days: None,
    };
    let mut lines = follow(tx, device, line, entering).await?;
    let written = lines.pop().ok_or_else(|| Error::internal("no line"))?;
    let event = Event::new(
        "register.line_corrected",
        device.subject(),
        format!(
            "Registre, ligne {} : corrige la ligne {}",
            written.number, line.number
        ),
    )
    .with(told(std::slice::from_ref(&written)));
    Ok((written, event))
}

/// Annuls a line by a new one that points at it and says why.
pub async fn annul(
    tx: &mut Tx,
    covered: Covered<CorrectRegister>,
    device: &Device,
    line: &Line,
    reason: &str,
) -> Result<(Line, Event)> {
    at_home(covered.place() == device.place() && line.device_id == device.id)?;
    if line.entry == Entry::Annulment {
        return Err(Error::refused(
            "Registre",
            "Cette ligne est elle-même une annulation.",
        ));
    }
    tx.because(reason).await?;
    let entering = Entering {
        new: NewLine {
            done_on: None,
            reason: Some(reason.to_owned()),
            ..NewLine::of(
                line.kind,
                &format!("Annulation de la ligne {}", line.number),
                standing::local_day(device, tx.now()),
                "",
            )
        },
        entry: Entry::Annulment,
        corrects: Some(line.id),
        late_days: None,
    };
    let mut lines = follow(tx, device, line, entering).await?;
    let written = lines.pop().ok_or_else(|| Error::internal("no line"))?;
    let event = Event::new(
        "register.line_annulled",
        device.subject(),
        format!(
            "Registre, ligne {} : annule la ligne {}",
            written.number, line.number
        ),
    )
    .with(told(std::slice::from_ref(&written)));
    Ok((written, event))
}

fn at_home(covered: bool) -> Result<()> {
    if covered {
        Ok(())
    } else {
        Err(Error::internal("a permit for another device"))
    }
}

fn told(lines: &[Line]) -> Value {
    json!({ "lines": lines.iter().map(|l| json!({ "id": l.id, "number": l.number, "hash": hex(&l.hash) })).collect::<Vec<_>>() })
}

/// Chains a line that points at another, unless one already does.
async fn follow(
    tx: &mut Tx,
    device: &Device,
    line: &Line,
    entering: Entering,
) -> Result<Vec<Line>> {
    // The head is locked first: nobody can correct the same line meanwhile.
    lock(tx, device).await?;
    if let Some((_, _, number, entry)) = queries::replaced(tx, &[line.id.uuid()]).await?.pop() {
        let what = match entry {
            Entry::Annulment => format!(
                "La ligne {} a été annulée par la ligne {number}.",
                line.number
            ),
            _ => format!(
                "La ligne {} a déjà été corrigée par la ligne {number} : corrigez celle-là.",
                line.number
            ),
        };
        return Err(Error::refused("Registre", what));
    }
    chain(tx, device, vec![entering]).await
}

async fn lock(tx: &mut Tx, device: &Device) -> Result<(i32, Vec<u8>)> {
    let head = sqlx::query!(
        r#"select line_count as "line_count!", last_hash as "last_hash!" from lock_register_head($1)"#,
        device.id.uuid()
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok((head.line_count, head.last_hash))
}

/// Locks the head, then numbers, hashes and writes.
async fn chain(tx: &mut Tx, device: &Device, entering: Vec<Entering>) -> Result<Vec<Line>> {
    let (mut number, mut previous) = lock(tx, device).await?;
    let mut lines = Vec::with_capacity(entering.len());
    for one in entering {
        number += 1;
        let mut line = kept(tx, device, one, number, previous);
        line.hash = line.computed_hash().to_vec();
        previous = line.hash.clone();
        lines.push(line);
    }
    let rows: Value = lines.iter().map(row).collect();
    sqlx::query!(
        "insert into register_line select * from jsonb_populate_recordset(null::register_line, $1)",
        rows
    )
    .execute(&mut **tx)
    .await?;
    Ok(lines)
}

fn kept(tx: &Tx, device: &Device, one: Entering, number: i32, previous_hash: Vec<u8>) -> Line {
    let new = one.new;
    let (report_id, report_name, report_sha256) = match new.report {
        Some(report) => (report.document, Some(report.name), Some(report.sha256)),
        None => (None, None, None),
    };
    let (cause_type, cause_id) = new.cause.unzip();
    // Postgres keeps microseconds: what is hashed is what is read back.
    let recorded_at =
        chrono::DateTime::from_timestamp_micros(tx.now().timestamp_micros()).unwrap_or(tx.now());
    Line {
        id: LineId::fresh(),
        device_id: device.id,
        number,
        entry: one.entry,
        corrects_id: one.corrects,
        kind: new.kind,
        nature: new.nature,
        begun_on: new.begun_on,
        done_on: new.done_on,
        done_on_text: new.done_on_text,
        performer_name: new.performer_name,
        performer_role: new.performer_role,
        performer_employer: new.performer_employer,
        accreditation: new.accreditation,
        performance: new.performance,
        measurements: new.measurements,
        conformity: new.conformity,
        stopped_on: new.stopped_on,
        resumed_on: new.resumed_on,
        restrictions: new.restrictions,
        software_before: new.software_before,
        software_after: new.software_after,
        report_id,
        report_name,
        report_sha256,
        reason: new.reason,
        late_days: one.late_days,
        source: new.source,
        cause_type,
        cause_id,
        recorded_at,
        recorded_by: tx.actor().id,
        recorded_by_name: tx.actor().label.clone(),
        previous_hash,
        hash: vec![],
    }
}

/// The row, from the very fields that are hashed: neither can forget one.
fn row(line: &Line) -> Value {
    let mut row = serde_json::Map::new();
    line.each_field(|name, value| {
        let value = match (name, value) {
            (_, None) => Value::Null,
            ("previous_hash", Some(hash)) => json!(format!("\\x{hash}")),
            (_, Some(text)) => json!(text),
        };
        row.insert(name.to_owned(), value);
    });
    row.insert("hash".into(), json!(format!("\\x{}", hex(&line.hash))));
    debug_assert_eq!(row["recorded_at"], json!(instant(line.recorded_at)));
    Value::Object(row)
}

/// A report kept by Vigie, as a line names it.
pub fn report_of(document: Uuid, name: &str, content: &[u8]) -> super::model::Report {
    super::model::Report {
        document: Some(document),
        name: name.to_owned(),
        sha256: hex(&Sha256::digest(content)),
    }
}

/// The kind of document a report of this operation is.
pub fn document_kind(kind: LineKind) -> crate::documents::model::DocumentKind {
    use crate::documents::model::DocumentKind;
    match kind {
        LineKind::InternalControl | LineKind::ExternalControl | LineKind::ControlAudit => {
            DocumentKind::QualityControlReport
        }
        LineKind::ElectricalSafety => DocumentKind::ElectricalSafetyReport,
        LineKind::Commissioning => DocumentKind::CommissioningReport,
        _ => DocumentKind::MaintenanceReport,
    }
}
