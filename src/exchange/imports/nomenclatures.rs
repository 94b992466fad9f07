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

/// The code one level above, in nomenclatures whose codes are built of their parents' (EMDN and CND: a letter, then
/// two digits a level).
fn parent(system: &str, code: &str) -> Option<String> {
    if !matches!(system, "emdn" | "cnd") || !code.is_ascii() {
        return None;
    }
    match code.len() {
        0 | 1 => None,
        3 => code.get(..1).map(str::to_owned),
        n => code.get(..n - 2).map(str::to_owned),
    }
}

/// Where a file says whether a term is the last of its branch.
fn leaf_column(sheet: &Sheet) -> Option<usize> {
    sheet.headers.iter().position(|header| {
        fold(header).split(' ').any(|word| {
            matches!(
                word,
                "terminal" | "leaf" | "feuille" | "foglia" | "terminale"
            )
        })
    })
}

/// « YES », « NO » and their kin, blanks around forgiven.
fn answered(cell: &str) -> Option<bool> {
    match cell.trim().to_lowercase().as_str() {
        "yes" | "y" | "oui" | "true" | "1" | "s" | "si" => Some(true),
        "no" | "n" | "non" | "false" | "0" => Some(false),
        _ => None,
    }
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
    let leaf = leaf_column(sheet);
    let (mut ids, mut codes, mut labels) = (Vec::new(), Vec::new(), Vec::new());
    let (mut parents, mut leaves): (Vec<Option<String>>, Vec<Option<bool>>) = (vec![], vec![]);
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
            parents.push(parent(system, &code));
            leaves.push(
                leaf.and_then(|at| row.cells.get(at))
                    .and_then(|cell| answered(cell)),
            );
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
               select * from unnest($1::uuid[], $2::text[], $3::text[], $6::text[], $7::boolean[]) as g (id, code, label, parent, leaf)
           ),
           known as (
               select g.code, t.id, (t.label is distinct from nullif(g.label, '') and g.label <> ''
                      or t.parent_code is distinct from coalesce(g.parent, t.parent_code) or t.is_leaf is distinct from coalesce(g.leaf, t.is_leaf)) as differs
               from given g join nomenclature_term t on t.system = $4 and t.edition = $5 and t.code = g.code
           ),
           created as (
               insert into nomenclature_term (id, system, code, edition, label, parent_code, is_leaf)
               select g.id, $4, g.code, $5, nullif(g.label, ''), g.parent, g.leaf from given g where not exists (select from known k where k.code = g.code)
               returning 1
           ),
           updated as (
               update nomenclature_term t set label = coalesce(nullif(g.label, ''), t.label), parent_code = coalesce(g.parent, t.parent_code), is_leaf = coalesce(g.leaf, t.is_leaf) from given g join known k on k.code = g.code and k.differs where t.id = k.id
               returning 1
           )
           select (select count(*) from created) as "created!", (select count(*) from updated) as "updated!",
                  (select count(*) from known where not differs) as "unchanged!""#,
        &ids,
        &codes,
        &labels,
        system,
        edition,
        &parents as &[Option<String>],
        &leaves as &[Option<bool>]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_leads_to_the_one_above() {
        assert_eq!(parent("emdn", "Z1203020408").as_deref(), Some("Z12030204"));
        assert_eq!(parent("emdn", "Z12").as_deref(), Some("Z"));
        assert_eq!(parent("emdn", "Z"), None);
        assert_eq!(parent("umdns", "12345"), None);
    }

    #[test]
    fn yes_and_no_are_read_with_their_blanks() {
        assert_eq!(answered("NO "), Some(false));
        assert_eq!(answered("YES"), Some(true));
        assert_eq!(answered(""), None);
    }
}
