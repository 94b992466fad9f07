//! Adding and changing formats of labels.

use super::super::LabelFormatId;
use super::super::model::LabelFormat;
use crate::accounts::access::Covered;
use crate::accounts::actions::ManageLabelFormats;
use crate::kernel::{Event, Result, Subject};
use crate::platform::db::{OnConstraint, OneRow, Tx};

const TAKEN: &str = "Ce code est déjà celui d’un autre format.";
const CODE: &str = "Un code a de 2 à 40 signes : minuscules, chiffres, point, tiret ; par exemple a4-3x7-63.5x38.1.";
const TOO_WIDE: &str =
    "Les étiquettes débordent de la page : vérifiez la taille, les marges, le pas et le nombre.";
const PITCH: &str =
    "Le pas va d’un bord au bord suivant : il est au moins aussi grand que l’étiquette.";
const SIZE: &str = "Une étiquette mesure de 15 à 210 mm de large et de 10 à 297 mm de haut.";

fn event(kind: &'static str, format: &LabelFormat, done: &str) -> Event {
    Event::new(
        kind,
        Subject::shared("label_format", format.id),
        format!("Format d’étiquettes « {} » {done}", format.name),
    )
}

fn kind(format: &LabelFormat) -> &'static str {
    if format.is_single { "single" } else { "sheet" }
}

/// Adds a format.
pub async fn add(
    tx: &mut Tx,
    _: Covered<ManageLabelFormats>,
    mut new: LabelFormat,
) -> Result<(LabelFormatId, Event)> {
    new.id = LabelFormatId::fresh();
    sqlx::query!(
        "insert into label_format (id, code, name, kind, page_width_um, page_height_um, label_width_um, label_height_um, columns, lines, left_um, top_um, pitch_x_um, pitch_y_um, withdrawn_on, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 1)",
        new.id.uuid(), new.code, new.name, kind(&new), new.page_width_um, new.page_height_um, new.label_width_um, new.label_height_um,
        new.columns, new.lines, new.left_um, new.top_um, new.pitch_x_um, new.pitch_y_um, new.withdrawn_on
    )
    .execute(&mut **tx)
    .await
    .on_constraint("label_format_code_key", "code", TAKEN)
    .on_constraint("label_format_code_check", "code", CODE)
    .on_constraint("label_format_size_check", "label_width", SIZE)
    .on_constraint("label_format_fit_check", "columns", TOO_WIDE)
    .on_constraint("label_format_pitch_check", "pitch_x", PITCH)?;
    let event = event("label_format.added", &new, "ajouté");
    Ok((new.id, event))
}

/// Changes a format; `version` is the one that was read.
pub async fn revise(
    tx: &mut Tx,
    _: Covered<ManageLabelFormats>,
    new: LabelFormat,
    version: i32,
) -> Result<Event> {
    sqlx::query!(
        "update label_format set code = $3, name = $4, kind = $5, page_width_um = $6, page_height_um = $7, label_width_um = $8, label_height_um = $9, columns = $10, lines = $11,
             left_um = $12, top_um = $13, pitch_x_um = $14, pitch_y_um = $15, withdrawn_on = $16, version = version + 1
         where id = $1 and version = $2",
        new.id.uuid(), version, new.code, new.name, kind(&new), new.page_width_um, new.page_height_um, new.label_width_um, new.label_height_um,
        new.columns, new.lines, new.left_um, new.top_um, new.pitch_x_um, new.pitch_y_um, new.withdrawn_on
    )
    .execute(&mut **tx)
    .await
    .on_constraint("label_format_code_key", "code", TAKEN)
    .on_constraint("label_format_code_check", "code", CODE)
    .on_constraint("label_format_size_check", "label_width", SIZE)
    .on_constraint("label_format_fit_check", "columns", TOO_WIDE)
    .on_constraint("label_format_pitch_check", "pitch_x", PITCH)?
    .one_row()?;
    Ok(event("label_format.revised", &new, "modifié"))
}
