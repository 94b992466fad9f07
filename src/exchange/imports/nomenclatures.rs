//! A nomenclature as a file: codes and their labels, into the terms that models refer to. A code met earlier in a file of
//! devices, without label, takes the label given here.

use serde_json::json;

use super::headers::fold;
use super::queries::Sums;
use crate::accounts::access::Permit;
use crate::accounts::actions::ImportDevices;
use crate::kernel::{Error, Event, Result, Subject, id};
use crate::platform::db::Tx;
use crate::platform::sheet::Sheet;

const SYSTEMS: [&str; 8] = [
    "emdn", "cnd", "gmdn", "umdns", "cneh", "cladimed", "lpp", "local",
];

/// Which columns hold the code and the label.
fn columns(sheet: &Sheet, system: &str) -> Option<(usize, usize)> {
    let folded: Vec<String> = sheet.headers.iter().map(|header| fold(header)).collect();
    let find = |words: &[&str]| {
        words.iter().find_map(|word| {
            folded
                .iter()
                .position(|header| header.split(' ').any(|part| part == *word))
        })
    };
    let code = find(&["code", "codigo", "id", "numero"]).or_else(|| find(&[system]))?;
    let label = find(&[
        "term",
        "terme",
        "libelle",
        "label",
        "name",
        "nom",
        "nombre",
        "description",
        "denomination",
        "termino",
    ])
    .filter(|label| *label != code)
    .or_else(|| (0..folded.len()).find(|column| *column != code))?;
    Some((code, label))
}

/// Loads the terms of a file: created, updated (another label), unchanged, rejected (no code, or met twice with another label).
pub async fn load(
    tx: &mut Tx,
    permit: &Permit<ImportDevices>,
    system: &str,
    edition: &str,
    sheet: &Sheet,
) -> Result<(Sums, Event)> {
    if !permit.sees().group && permit.acts().establishments.is_empty() {
        return Err(Error::Forbidden("Importer des équipements"));
    }
    if !SYSTEMS.contains(&system) {
        return Err(Error::field(
            "system",
            format!(
                "Nomenclature inconnue : {system} (attendu : {})",
                SYSTEMS.join(", ")
            ),
        ));
    }
    let (code, label) = columns(sheet, system)
        .ok_or_else(|| Error::field("file", "Aucune colonne de code n’est reconnue."))?;
    let mut seen: std::collections::HashMap<String, String> = std::collections::HashMap::new();
    let mut sums = Sums {
        read: i64::try_from(sheet.rows.len()).unwrap_or(i64::MAX),
        ..Sums::default()
    };
    let (mut ids, mut codes, mut labels) = (Vec::new(), Vec::new(), Vec::new());
    for row in &sheet.rows {
        let text = |column: usize| {
            row.cells
                .get(column)
                .map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" "))
                .unwrap_or_default()
        };
        let (code, label) = (text(code), text(label));
        if code.is_empty() || code.chars().count() > 60 {
            sums.rejected += 1;
        } else if let Some(first) = seen.get(&code) {
            if *first == label {
                sums.unchanged += 1
            } else {
                sums.rejected += 1
            }
        } else {
            seen.insert(code.clone(), label.clone());
            ids.push(id::fresh());
            codes.push(code);
            labels.push(label);
        }
    }
    // A code without edition waits for its nomenclature: it takes this one's edition, unless that term exists already.
    sqlx::query!(
        "update nomenclature_term t
         set edition = $3
         where t.system = $1 and t.edition = '' and t.code = any ($2) and $3 <> ''
           and not exists (select from nomenclature_term o where o.system = $1 and o.code = t.code and o.edition = $3)",
        system,
        &codes,
        edition
    )
    .execute(&mut **tx)
    .await?;
    let done = sqlx::query!(
        r#"with given as (
               select * from unnest($1::uuid[], $2::text[], $3::text[]) as g (id, code, label)
           ),
           known as (
               select g.code, t.id, t.label is distinct from nullif(g.label, '') and g.label <> '' as differs
               from given g join nomenclature_term t on t.system = $4 and t.edition = $5 and t.code = g.code
           ),
           created as (
               insert into nomenclature_term (id, system, code, edition, label)
               select g.id, $4, g.code, $5, nullif(g.label, '') from given g where not exists (select from known k where k.code = g.code)
               returning 1
           ),
           updated as (
               update nomenclature_term t set label = g.label from given g join known k on k.code = g.code and k.differs where t.id = k.id
               returning 1
           )
           select (select count(*) from created) as "created!", (select count(*) from updated) as "updated!",
                  (select count(*) from known where not differs) as "unchanged!""#,
        &ids,
        &codes,
        &labels,
        system,
        edition
    )
    .fetch_one(&mut **tx)
    .await?;
    sums.created = done.created;
    sums.updated = done.updated;
    sums.unchanged += done.unchanged;
    let event = Event::new(
        "nomenclature.imported",
        Subject::shared("nomenclature", id::fresh()),
        format!(
            "Nomenclature {} chargée : {} termes lus, {} nouveaux, {} modifiés, {} inchangés, {} rejetés",
            system.to_uppercase(),
            sums.read,
            sums.created,
            sums.updated,
            sums.unchanged,
            sums.rejected
        ),
    )
    .with(json!(sums));
    Ok((sums, event))
}
