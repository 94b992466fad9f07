//! When obligations were last fulfilled, as a former GMAO says it: each line names a device and one of its
//! obligations, and is stated with the file as its source. A vague day states nothing: what nobody knows stays
//! undetermined. A more recent date that is already known wins. Statements are never erased: a wrong one is
//! followed by the right one.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde_json::{Map, json};
use uuid::Uuid;

use super::cells::{self, Day};
use super::commands::Steps;
use super::fields::{Field, Kind, f};
use super::headers::fold;
use super::jobs;
use super::naming::{Devices, devices, stage};
use super::plan::{Mode, Plan};
use super::queries::{self, Run};
use super::rows::{Checked, Level};
use crate::accounts::access::Permit;
use crate::accounts::actions::StateLastDone;
use crate::inventory::devices::{DeviceId, find};
use crate::kernel::{Error, Event, Result};
use crate::maintenance::due::commands::{NewStatement, state};
use crate::maintenance::due::queries::{DueLine, of_device};
use crate::maintenance::obligations::model::Kind as Obliged;
use crate::platform::db::Tx;

const DEVICE: &str = "Équipement";
const OBLIGATION: &str = "Obligation";

/// Every importable field of a last date, in the order of the mapping page.
#[rustfmt::skip] // as the fields of devices
pub static LAST_DONE: &[Field] = &[
    f("inventory_number", "N° d’inventaire", Kind::Identifier(60), DEVICE, &[
        "numero inventaire", "inventaire", "numero equipement", "code equipement", "equipement", "numero gmao", "code inventaire", "numero parc", "inventory number", "asset tag",
    ]),
    f("serial_number", "N° de série", Kind::Identifier(120), DEVICE, &["numero serie", "serie", "sn", "serial number"]),
    f("ld_obligation", "Obligation", Kind::Text(200), OBLIGATION, &[
        "obligation", "nature", "type", "type maintenance", "gamme", "libelle gamme", "operation", "type operation", "plan", "maintenance", "controle",
    ]),
    f("ld_done_on", "Faite le", Kind::Day, OBLIGATION, &[
        "derniere date", "date derniere", "derniere maintenance", "derniere realisation", "date derniere maintenance", "date derniere realisation", "dernier controle", "date dernier controle", "faite le", "realise le", "date realisation", "last done",
    ]),
    f("ld_next_on", "Prochaine échéance", Kind::Day, OBLIGATION, &[
        "prochaine date", "prochaine echeance", "date prochaine", "prochaine maintenance", "date prochaine maintenance", "echeance", "date echeance", "next due", "due date",
    ]),
    f("ld_source", "Source", Kind::Text(200), OBLIGATION, &["source", "preuve", "rapport", "numero rapport", "numero bt", "bon de travail"]),
];

/// The nature of an obligation that a word of a GMAO means.
fn kind_of(words: &str) -> Option<Obliged> {
    let folded = fold(words);
    if let Some(kind) = Obliged::ALL
        .iter()
        .find(|k| fold(k.label()) == folded || k.code() == words.trim())
    {
        return Some(*kind);
    }
    let has = |part: &str| folded.split(' ').any(|w| w.starts_with(part));
    let exact = |word: &str| folded.split(' ').any(|w| w == word);
    Some(if exact("cqe") || has("extern") {
        Obliged::ExternalControl
    } else if exact("cqi") || exact("cq") || has("qualit") {
        Obliged::InternalControl
    } else if has("electri") || folded.contains("62353") {
        Obliged::ElectricalSafety
    } else if has("prevent") || exact("mp") {
        Obliged::Preventive
    } else if has("etalonn") || has("metrolog") {
        Obliged::Calibration
    } else if has("reglement") {
        Obliged::Regulatory
    } else {
        return None;
    })
}

/// The obligation of a device that some words name: by its title, else the only one of that nature; without words,
/// the only one there is.
fn named<'a>(lines: &'a [DueLine], words: Option<&str>) -> Option<&'a DueLine> {
    let only = |found: Vec<&'a DueLine>| match found.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    let Some(words) = words else {
        return only(lines.iter().collect());
    };
    let folded = fold(words);
    only(lines.iter().filter(|l| fold(&l.title) == folded).collect()).or_else(|| {
        let kind = kind_of(words)?;
        only(lines.iter().filter(|l| l.kind == kind).collect())
    })
}

/// A line read: what it states, when nothing refuses it.
struct Read {
    checked: Checked,
    outcome: &'static str,
    device: Option<Uuid>,
    meant: Option<(DueLine, NewStatement)>,
}

fn read(
    number: u32,
    line: &[String],
    run: &Run,
    devices: &Devices,
    due: &HashMap<Uuid, Vec<DueLine>>,
    today: NaiveDate,
) -> Read {
    let mut checked = Checked {
        number,
        values: Map::new(),
        remarks: vec![],
        same_as: None,
    };
    let mut said: HashMap<&str, (String, &str)> = HashMap::new();
    for (column, header) in run.headers.iter().enumerate() {
        let (Some(key), Some(cell)) = (run.mapping.columns.get(header), line.get(column)) else {
            continue;
        };
        let cell = run.mapping.meaning(key, cell);
        if !cells::is_empty(cell) {
            said.insert(key, (cells::text(cell), header));
        }
    }
    for (key, (text, _)) in &said {
        checked.values.insert((*key).to_owned(), json!(text));
    }
    let get = |key: &str| said.get(key).map(|(text, _)| text.clone());
    let column = |key: &str| said.get(key).map_or("", |(_, header)| header);
    let device = devices.named(
        &mut checked,
        get("inventory_number"),
        get("serial_number"),
        &column,
    );
    let words = get("ld_obligation");
    let lines = device
        .and_then(|d| due.get(&d))
        .map_or(&[][..], Vec::as_slice);
    let obliged = named(lines, words.as_deref());
    if device.is_some() && obliged.is_none() {
        let known = lines.iter().map(|l| l.title.as_str()).collect::<Vec<_>>();
        checked.remark(
            Level::Reject,
            "ld_obligation",
            column("ld_obligation"),
            words.as_deref().unwrap_or_default(),
            "aucune obligation de cet équipement, ou plusieurs, répondent à ces mots",
            &match known.as_slice() {
                [] => "une obligation définie d’abord sur le modèle".to_owned(),
                known => known.join(", "),
            },
        );
    }
    let mut done_on = None;
    match get("ld_done_on").map(|text| (cells::day(&text, today), text)) {
        Some((Day::Known(day, _), text)) if day > today => checked.remark(
            Level::Reject,
            "ld_done_on",
            column("ld_done_on"),
            &text,
            "cette date est à venir : une opération faite a une date passée",
            "une date passée",
        ),
        Some((Day::Known(day, why), text)) => {
            if let Some(why) = why {
                checked.remark(
                    Level::Notice,
                    "ld_done_on",
                    column("ld_done_on"),
                    &text,
                    why,
                    "",
                );
            }
            done_on = Some(day);
        }
        Some((Day::Text(_, why), text)) => checked.remark(
            Level::Reject,
            "ld_done_on",
            column("ld_done_on"),
            &text,
            format!("{why} : sans jour connu, l’obligation reste indéterminée"),
            "jj/mm/aaaa",
        ),
        Some((Day::Empty, _)) | None => checked.remark(
            Level::Reject,
            "ld_done_on",
            "",
            "",
            "la ligne ne dit pas quand l’opération a été faite : l’obligation reste indéterminée",
            "jj/mm/aaaa",
        ),
    }
    if let Some(next) = get("ld_next_on") {
        checked.remark(
            Level::Notice,
            "ld_next_on",
            column("ld_next_on"),
            &next,
            "gardée pour mémoire : Vigie calcule l’échéance depuis la dernière date et la période",
            "",
        );
    }
    let refused = checked.is_rejected();
    let (outcome, meant) = match (obliged, done_on) {
        (Some(line), Some(day)) if !refused => match line.last_done_on {
            Some(known) if known >= day => ("unchanged", None),
            known => {
                let told = get("ld_source")
                    .map(|s| format!(" : {s}"))
                    .unwrap_or_default();
                let new = NewStatement {
                    done_on: day,
                    counter: None,
                    source: format!("Fichier {}{told}", run.file_name),
                };
                let outcome = if known.is_some() {
                    "updated"
                } else {
                    "created"
                };
                (outcome, Some((line.clone(), new)))
            }
        },
        _ => ("rejected", None),
    };
    Read {
        checked,
        outcome,
        device,
        meant,
    }
}

/// Plans a run and does it, or does it and takes it back.
pub(super) async fn run(
    tx: &mut Tx,
    run: &Run,
    allowed: Option<&[Uuid]>,
    mode: Mode,
    steps: &Steps,
) -> Result<(Plan, Option<Event>)> {
    if allowed.is_some_and(|a| !a.contains(&run.establishment_id.uuid())) {
        return Err(Error::Forbidden("Importer des équipements"));
    }
    let today = run.local_day(tx.now());
    let lines = queries::lines(tx, run.id.uuid()).await?;
    let devices = devices(tx, run).await?;
    steps.step();
    let mut due: HashMap<Uuid, Vec<DueLine>> = HashMap::new();
    for device in devices.all() {
        let lines = of_device(tx, DeviceId(device)).await?;
        if !lines.is_empty() {
            due.insert(device, lines);
        }
    }
    let mut first: HashMap<Uuid, u32> = HashMap::new();
    let mut reads: Vec<Read> = Vec::with_capacity(lines.len());
    for line in &lines {
        let mut one = read(line.number, &line.cells, run, &devices, &due, today);
        // One obligation is stated once a file: a second line of it is shown with the first.
        if let Some((due, _)) = &one.meant {
            if let Some(earlier) = first.get(&due.id.uuid()) {
                one.checked.same_as = Some(*earlier);
                (one.outcome, one.meant) = ("unchanged", None);
            } else {
                first.insert(due.id.uuid(), one.checked.number);
            }
        }
        reads.push(one);
    }
    steps.step();
    let rows: Vec<(&Checked, Option<Uuid>)> =
        reads.iter().map(|r| (&r.checked, r.device)).collect();
    let outcomes: Vec<&str> = reads.iter().map(|r| r.outcome).collect();
    stage(tx, run, &rows, &outcomes).await?;
    steps.step();
    let (sums, digest) = queries::sums(tx, run.id.uuid()).await?;
    steps.step();
    let mut event: Option<Event> = None;
    if mode == Mode::Commit {
        let permit: Permit<StateLastDone> = Permit::for_job(jobs::KIND, vec![run.establishment_id]);
        for (line, new) in reads.into_iter().filter_map(|r| r.meant) {
            let device = find(tx, permit.sees(), line.device_id).await?;
            let said = state(tx, permit.over(&device)?, &device, &line, new, today).await?;
            event = Some(match event {
                Some(before) => before.and(said),
                None => said,
            });
        }
    }
    steps.step();
    steps.step();
    Ok((Plan { sums, digest }, event))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_obligations_of_a_gmao_are_understood_or_left() {
        for (words, kind) in [
            ("MP annuelle", Obliged::Preventive),
            ("Maintenance préventive", Obliged::Preventive),
            ("CQE", Obliged::ExternalControl),
            ("Contrôle qualité interne", Obliged::InternalControl),
            ("Sécurité électrique", Obliged::ElectricalSafety),
            ("Étalonnage", Obliged::Calibration),
        ] {
            assert_eq!(kind_of(words), Some(kind), "{words}");
        }
        assert_eq!(kind_of("Divers"), None);
    }
}
