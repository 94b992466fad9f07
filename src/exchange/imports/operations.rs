//! Lines of an earlier register on their way in: each names a device we have and says an operation. Nothing is created
//! but lines, marked as taken over; a line that the register already has is unchanged; taken back, each is annulled by
//! a line that says so.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use serde_json::{Map, json};
use uuid::Uuid;

use super::cells::{self, Day};
use super::commands::Steps;
use super::fields::{Field, Kind, f};
use super::headers::{Mapping, fold};
use super::jobs;
use super::naming::{Devices, devices, stage};
use super::plan::{Mode, Plan};
use super::queries::{self, Run};
use super::rows::{Checked, Level};
use super::undo::Undone;
use crate::accounts::access::Permit;
use crate::accounts::actions::{AppendRegister, CorrectRegister};
use crate::inventory::devices::{DeviceId, find};
use crate::kernel::{Error, Event, Result};
use crate::platform::db::Tx;
use crate::register::{self, Conformity, Entry, LineKind, NewLine, Source};

const DEVICE: &str = "Équipement";
const OPERATION: &str = "Opération";
const PERSON: &str = "Réalisation";
const RESULT: &str = "Résultat";

/// Every importable field of an operation, in the order of the mapping page.
#[rustfmt::skip] // as the fields of devices
pub static OPERATIONS: &[Field] = &[
    f("inventory_number", "N° d’inventaire", Kind::Identifier(60), DEVICE, &[
        "numero inventaire", "inventaire", "numero equipement", "code equipement", "identifiant equipement", "equipement", "appareil", "numero appareil",
        "numero gmao", "code inventaire", "code bien", "numero parc", "inventory number", "asset tag", "asset number", "equipment id", "equipment number",
    ]),
    f("serial_number", "N° de série", Kind::Identifier(120), DEVICE, &["numero serie", "serie", "sn", "serial number", "serial", "numero serie fabricant"]),
    f("op_kind", "Nature de l’opération", Kind::Text(100), OPERATION, &[
        "nature", "type", "nature operation", "type operation", "type intervention", "nature intervention", "type maintenance", "categorie", "work type", "type de bt",
    ]),
    f("op_nature", "Ce qui a été fait", Kind::Note, OPERATION, &[
        "operation", "description", "travaux", "travaux realises", "travaux effectues", "libelle", "intervention", "compte rendu", "objet", "detail", "commentaire", "designation operation",
    ]),
    f("op_begun_on", "Début", Kind::Day, OPERATION, &["date debut", "debut", "date de debut", "commence le", "start date"]),
    f("op_done_on", "Date de l’opération", Kind::Day, OPERATION, &[
        "date", "date operation", "date intervention", "date realisation", "realise le", "fait le", "date fin", "date de fin", "date cloture", "date de realisation", "end date", "completion date",
    ]),
    f("op_performer", "Réalisée par", Kind::Text(200), PERSON, &[
        "realise par", "realisee par", "intervenant", "technicien", "operateur", "nom intervenant", "nom technicien", "fait par", "performed by", "technician",
    ]),
    f("op_employer", "Employeur", Kind::Text(200), PERSON, &["employeur", "societe", "prestataire", "entreprise", "organisme", "societe intervenante", "company", "vendor"]),
    f("op_accreditation", "N° d’accréditation", Kind::Identifier(60), PERSON, &["numero accreditation", "accreditation", "cofrac", "numero cofrac"]),
    f("op_performance", "Niveau de performances obtenu", Kind::Note, RESULT, &[
        "niveau performances obtenu", "niveau performances", "performances", "performance", "resultat mesure", "mesures", "valeurs", "valeur mesuree", "resultats",
    ]),
    f("op_conformity", "Conformité", Kind::Text(60), RESULT, &["conformite", "conforme", "resultat", "verdict", "avis", "resultat conformite", "decision", "result"]),
    f("op_stopped_on", "Arrêt d’exploitation", Kind::Day, RESULT, &["date arret", "arret", "arret exploitation", "date arret exploitation", "mise hors service", "arrete le"]),
    f("op_resumed_on", "Reprise d’exploitation", Kind::Day, RESULT, &["date reprise", "reprise", "reprise exploitation", "date reprise exploitation", "remise en service", "date remise en service"]),
    f("op_report", "Référence du rapport", Kind::Text(200), RESULT, &["rapport", "numero rapport", "reference rapport", "numero bt", "numero intervention", "bon de travail", "numero di", "report"]),
];

/// The nature meant by a word of a GMAO.
fn kind_of(words: &str) -> Option<LineKind> {
    let folded = fold(words);
    if folded.is_empty() {
        return None;
    }
    if let Some(kind) = LineKind::ALL
        .iter()
        .find(|k| fold(k.label()) == folded || k.code() == words.trim())
    {
        return Some(*kind);
    }
    let has = |parts: &[&str]| {
        parts
            .iter()
            .any(|p| folded.split(' ').any(|w| w.starts_with(p)))
    };
    let exact = |parts: &[&str]| folded.split(' ').any(|w| parts.contains(&w));
    Some(if exact(&["cqe"]) || has(&["extern"]) {
        LineKind::ExternalControl
    } else if exact(&["cqi", "cq"]) || has(&["qualit"]) {
        LineKind::InternalControl
    } else if has(&["electri"]) || folded.contains("62353") {
        LineKind::ElectricalSafety
    } else if has(&["prevent"]) || exact(&["mp", "vp", "pm"]) {
        LineKind::Preventive
    } else if has(&["correct", "curati", "depann", "repar", "panne"]) || exact(&["mc", "cm"]) {
        LineKind::Corrective
    } else if has(&["etalonn", "metrolog", "calibr"]) {
        LineKind::Calibration
    } else if has(&["logici", "software", "upgrade"]) {
        LineKind::SoftwareUpdate
    } else if has(&["telemaint"]) {
        LineKind::RemoteMaintenance
    } else if has(&["reglement"]) {
        LineKind::Regulatory
    } else if folded.contains("mise en service") || has(&["installation", "recette"]) {
        LineKind::Commissioning
    } else if has(&["rappel", "fsca", "alerte"]) {
        LineKind::FieldAction
    } else {
        return None;
    })
}

/// The conformity meant by a word.
fn conformity_of(words: &str) -> Option<Conformity> {
    let folded = fold(words);
    Some(match folded.as_str() {
        "conforme" | "c" | "ok" | "oui" | "bon" | "satisfaisant" | "pass" | "favorable" => {
            Conformity::Conform
        }
        "non conforme" | "nc" | "non" | "ko" | "hs" | "mauvais" | "fail" | "defavorable"
        | "non satisfaisant" => Conformity::Nonconform,
        "so" | "s o" | "sans objet" | "na" | "non applicable" => Conformity::NotApplicable,
        text if text.contains("reserve") || text.contains("remarque") => {
            Conformity::ConformWithRemark
        }
        _ => return None,
    })
}

/// A line read: its device and its operation, when nothing refuses it.
struct Read {
    checked: Checked,
    meant: Option<(Uuid, NewLine)>,
}

/// What tells an operation from another in a register.
type Key = (
    Uuid,
    Option<NaiveDate>,
    Option<String>,
    LineKind,
    String,
    Option<String>,
);

fn key(device: Uuid, new: &NewLine) -> Key {
    (
        device,
        new.done_on,
        new.done_on_text.clone(),
        new.kind,
        new.nature.clone(),
        new.performer_name.clone(),
    )
}

fn read(
    number: u32,
    cells: &[String],
    headers: &[String],
    mapping: &Mapping,
    devices: &Devices,
    run: &Run,
    today: NaiveDate,
) -> Read {
    let mut checked = Checked {
        number,
        values: Map::new(),
        remarks: vec![],
        same_as: None,
    };
    let mut said: BTreeMap<&str, (String, &str)> = BTreeMap::new();
    for (column, header) in headers.iter().enumerate() {
        let (Some(key), Some(cell)) = (mapping.columns.get(header), cells.get(column)) else {
            continue;
        };
        let cell = mapping.meaning(key, cell);
        // « NC » is « non communiqué » elsewhere; here it says « non conforme », which is never dropped.
        let is_verdict = key == "op_conformity" && fold(cell) == "nc";
        if is_verdict || !cells::is_empty(cell) {
            let text = match super::fields::field(key).map(|f| f.kind) {
                Some(Kind::Note) => cells::note(cell),
                _ => cells::text(cell),
            };
            said.insert(key, (text, header));
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
    let day = |key: &str, checked: &mut Checked| -> (Option<NaiveDate>, Option<String>) {
        let Some(text) = get(key) else {
            return (None, None);
        };
        match cells::day(&text, today) {
            Day::Known(day, why) => {
                if let Some(why) = why {
                    checked.remark(Level::Notice, key, column(key), &text, why, "");
                }
                if day > today {
                    checked.remark(
                        Level::Reject,
                        key,
                        column(key),
                        &text,
                        "ce jour n’est pas encore arrivé : le registre dit ce qui est fait",
                        "une date passée",
                    );
                }
                (Some(day), None)
            }
            Day::Text(words, why) => {
                checked.remark(
                    Level::Warning,
                    key,
                    column(key),
                    &text,
                    format!("{why} : gardé tel qu’écrit"),
                    "jj/mm/aaaa",
                );
                (None, Some(words))
            }
            Day::Empty => (None, None),
        }
    };
    let (begun_on, _) = day("op_begun_on", &mut checked);
    let (done_on, done_on_text) = day("op_done_on", &mut checked);
    let (stopped_on, _) = day("op_stopped_on", &mut checked);
    let (resumed_on, _) = day("op_resumed_on", &mut checked);
    if done_on.is_none() && done_on_text.is_none() {
        checked.remark(
            Level::Warning,
            "op_done_on",
            column("op_done_on"),
            "",
            "date non donnée : la ligne dira « inconnue »",
            "jj/mm/aaaa",
        );
    }
    let (said_kind, nature) = (get("op_kind"), get("op_nature"));
    let kind = said_kind.as_deref().and_then(kind_of).unwrap_or_else(|| {
        let words = said_kind.clone().unwrap_or_default();
        checked.remark(
            Level::Notice,
            "op_kind",
            column("op_kind"),
            &words,
            "nature non reconnue : « autre opération »",
            "maintenance préventive, corrective, contrôle de qualité interne…",
        );
        LineKind::Other
    });
    // The words of the file are kept even where its nature was not understood.
    let nature = match (said_kind, nature) {
        (Some(words), Some(nature)) if kind == LineKind::Other => {
            Some(format!("{words} : {nature}"))
        }
        (words, nature) => nature.or(words),
    };
    if nature.is_none() {
        checked.remark(
            Level::Reject,
            "op_nature",
            column("op_nature"),
            "",
            "la ligne ne dit ni la nature de l’opération ni ce qui a été fait",
            "un texte",
        );
    }
    let conformity = get("op_conformity").and_then(|words| {
        let found = conformity_of(&words);
        if found.is_none() {
            checked.remark(
                Level::Reject,
                "op_conformity",
                column("op_conformity"),
                &words,
                "résultat non compris",
                "conforme, conforme avec réserve, non conforme ou sans objet",
            );
        }
        found
    });
    for (what, key, value) in [
        ("la personne", "op_performer", get("op_performer")),
        (
            "le niveau de performances",
            "op_performance",
            get("op_performance"),
        ),
    ] {
        if value.is_none() {
            checked.remark(
                Level::Notice,
                key,
                column(key),
                "",
                format!("{what} n’est pas dit : la ligne le montrera"),
                "",
            );
        }
    }
    let after = |first: Option<NaiveDate>, then: Option<NaiveDate>| {
        first.zip(then).is_some_and(|(a, b)| a > b)
    };
    if after(begun_on, done_on) {
        checked.remark(
            Level::Reject,
            "op_begun_on",
            column("op_begun_on"),
            "",
            "le début suit la fin",
            "une date qui précède celle de l’opération",
        );
    }
    if after(stopped_on, resumed_on) {
        checked.remark(
            Level::Reject,
            "op_resumed_on",
            column("op_resumed_on"),
            "",
            "la reprise précède l’arrêt",
            "une date qui suit l’arrêt",
        );
    }
    let refused = checked.is_rejected();
    let meant = device
        .zip(nature)
        .filter(|_| !refused)
        .map(|(device, nature)| {
            let nature = match get("op_report") {
                Some(report) => format!("{nature} (rapport {report})"),
                None => nature,
            };
            let new = NewLine {
                begun_on,
                done_on,
                done_on_text,
                performer_name: get("op_performer"),
                performer_employer: get("op_employer"),
                accreditation: get("op_accreditation"),
                performance: get("op_performance"),
                conformity,
                stopped_on,
                resumed_on,
                source: Source::Import,
                cause: Some(("import_run".to_owned(), run.id.uuid())),
                ..NewLine::of(kind, &nature, today, "")
            };
            (device, new)
        });
    Read { checked, meant }
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
    let mut reads: Vec<Read> = lines
        .iter()
        .map(|l| {
            read(
                l.number,
                &l.cells,
                &run.headers,
                &run.mapping,
                &devices,
                run,
                today,
            )
        })
        .collect();
    steps.step();
    let named: Vec<Uuid> = reads
        .iter()
        .filter_map(|r| Some(r.meant.as_ref()?.0))
        .collect::<HashSet<_>>()
        .into_iter()
        .collect();
    let there: HashSet<Key> = register::in_force(tx, &named)
        .await?
        .into_iter()
        .map(|l| {
            (
                l.device_id.uuid(),
                l.done_on,
                l.done_on_text,
                l.kind,
                l.nature,
                l.performer_name,
            )
        })
        .collect();
    let mut first: HashMap<Key, u32> = HashMap::new();
    let mut outcomes = Vec::with_capacity(reads.len());
    for one in &mut reads {
        outcomes.push(match &one.meant {
            None => "rejected",
            Some((device, new)) => {
                let key = key(*device, new);
                if let Some(earlier) = first.get(&key) {
                    one.checked.same_as = Some(*earlier);
                    "unchanged"
                } else if there.contains(&key) {
                    "unchanged"
                } else {
                    first.insert(key, one.checked.number);
                    "created"
                }
            }
        });
    }
    let rows: Vec<(&Checked, Option<Uuid>)> = reads
        .iter()
        .map(|r| (&r.checked, r.meant.as_ref().map(|m| m.0)))
        .collect();
    stage(tx, run, &rows, &outcomes).await?;
    steps.step();
    let (sums, digest) = queries::sums(tx, run.id.uuid()).await?;
    steps.step();
    let wanted: Vec<(i32, Uuid, NewLine)> = reads
        .into_iter()
        .zip(outcomes)
        .filter(|(_, outcome)| *outcome == "created")
        .filter_map(|(r, _)| {
            r.meant
                .map(|(device, new)| (r.checked.number.cast_signed(), device, new))
        })
        .collect();
    let event = match mode {
        Mode::Commit => write(tx, run, wanted).await?,
        Mode::DryRun => {
            sqlx::query!("savepoint dry_run").execute(&mut **tx).await?;
            // What the register itself would refuse is met now; nothing stays.
            let _ = write(tx, run, wanted).await?;
            sqlx::query!("rollback to savepoint dry_run")
                .execute(&mut **tx)
                .await?;
            None
        }
    };
    steps.step();
    steps.step();
    Ok((Plan { sums, digest }, event))
}

/// Writes the lines, each register in the order of its days.
async fn write(tx: &mut Tx, run: &Run, wanted: Vec<(i32, Uuid, NewLine)>) -> Result<Option<Event>> {
    let permit: Permit<AppendRegister> = Permit::for_job(jobs::KIND, vec![run.establishment_id]);
    let mut by_device: BTreeMap<Uuid, Vec<(i32, NewLine)>> = BTreeMap::new();
    for (number, device, new) in wanted {
        by_device.entry(device).or_default().push((number, new));
    }
    let mut told: Option<Event> = None;
    for (device, mut lines) in by_device {
        lines.sort_by_key(|(number, new)| (new.done_on, *number));
        let device = find(tx, permit.sees(), DeviceId(device)).await?;
        let (numbers, new): (Vec<i32>, Vec<NewLine>) = lines.into_iter().unzip();
        let (written, event) =
            register::append_all(tx, permit.over(&device)?, &device, new).await?;
        let ids: Vec<Uuid> = written.iter().map(|l| l.id.uuid()).collect();
        sqlx::query!(
            "update import_row r set given = r.given || jsonb_build_object('line_id', p.id)
             from unnest($2::int[], $3::uuid[]) as p (number, id) where r.run_id = $1 and r.number = p.number",
            run.id.uuid(),
            &numbers,
            &ids
        )
        .execute(&mut **tx)
        .await?;
        told = Some(match told {
            Some(before) => before.and(event),
            None => event,
        });
    }
    Ok(told)
}

/// Annuls by a new line each line of the run that nobody corrected or annulled since.
pub(super) async fn undo(tx: &mut Tx, run: &Run, reason: &str) -> Result<(Undone, Option<Event>)> {
    let permit: Permit<CorrectRegister> = Permit::for_job(jobs::KIND, vec![run.establishment_id]);
    let (mut undone, mut told) = (
        Undone {
            annulled: 0,
            restored: 0,
            left: 0,
        },
        None::<Event>,
    );
    for line in register::of_cause(tx, run.id.uuid()).await? {
        if line.entry != Entry::Operation {
            continue;
        }
        let device = find(tx, permit.sees(), line.device_id).await;
        let words = match device {
            Err(Error::NotFound) => {
                undone.left += 1;
                "équipement parti dans un autre établissement"
            }
            Err(error) => return Err(error),
            Ok(device) => {
                match register::annul(tx, permit.over(&device)?, &device, &line, reason).await {
                    Ok((_, event)) => {
                        undone.annulled += 1;
                        told = Some(match told {
                            Some(before) => before.and(event),
                            None => event,
                        });
                        "annulé"
                    }
                    Err(Error::Refused { .. }) => {
                        undone.left += 1;
                        "déjà corrigée ou annulée"
                    }
                    Err(error) => return Err(error),
                }
            }
        };
        sqlx::query!(
            "update import_row set undone = $3 where run_id = $1 and given ->> 'line_id' = $2",
            run.id.uuid(),
            line.id.to_string(),
            words
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok((undone, told))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_gmao_are_understood_or_left() {
        for (words, kind) in [
            ("Préventif", LineKind::Preventive),
            ("MP annuelle", LineKind::Preventive),
            ("Maintenance corrective", LineKind::Corrective),
            ("Dépannage", LineKind::Corrective),
            ("CQE", LineKind::ExternalControl),
            ("Contrôle qualité externe", LineKind::ExternalControl),
            ("Contrôle qualité", LineKind::InternalControl),
            (
                "Sécurité électrique NF EN 62353",
                LineKind::ElectricalSafety,
            ),
            ("Étalonnage", LineKind::Calibration),
        ] {
            assert_eq!(kind_of(words), Some(kind), "{words}");
        }
        assert_eq!((kind_of("Divers"), kind_of("")), (None, None));
        assert_eq!(conformity_of("Non-conforme"), Some(Conformity::Nonconform));
        assert_eq!(
            conformity_of("Conforme avec réserves"),
            Some(Conformity::ConformWithRemark)
        );
        assert_eq!(conformity_of("bleu"), None);
    }
}
