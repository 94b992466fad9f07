//! A line as it is read: the items of the article in their order, and what became of it.

use std::collections::HashMap;

use chrono_tz::Tz;
use sqlx::PgConnection;

use crate::kernel::{Result, date};
use crate::register::model::canonical::code;
use crate::register::model::{Entry, Line, LineId};
use crate::register::queries;

/// A line with its words.
#[derive(Clone, Debug)]
pub struct LineView {
    /// The line.
    pub line: Line,
    /// « 23 nov. 2026 », « du … au … », the words of an earlier register, or nothing.
    pub day: String,
    /// Who, in what quality.
    pub performer: String,
    /// Stop and resumption, or nothing.
    pub stoppage: String,
    /// When it was written.
    pub recorded: String,
    /// Tone of its conformity.
    pub tone: &'static str,
    /// Its conformity in words.
    pub conformity: &'static str,
    /// The line that replaced it: its id, number and nature.
    pub replaced: Option<(LineId, i32, Entry)>,
    /// The number of the line it points at.
    pub points_at: Option<i32>,
    /// The code of verification of the line.
    pub code: String,
}

impl LineView {
    /// In force: neither corrected nor annulled, nor itself an annulment.
    pub fn in_force(&self) -> bool {
        self.replaced.is_none() && self.line.entry != Entry::Annulment
    }

    /// What stands where there is no day.
    pub fn no_day(&self) -> &'static str {
        match self.line.entry {
            Entry::Annulment => "sans objet",
            _ => "inconnue",
        }
    }

    /// « annulée par la ligne 7 », or nothing.
    pub fn fate(&self) -> String {
        match self.replaced {
            Some((_, number, Entry::Annulment)) => format!("annulée par la ligne {number}"),
            Some((_, number, _)) => format!("corrigée par la ligne {number}"),
            None => String::new(),
        }
    }

    /// « corrige la ligne 4 », or nothing.
    pub fn points(&self) -> String {
        match (self.line.entry, self.points_at) {
            (Entry::Correction, Some(number)) => format!("corrige la ligne {number}"),
            (Entry::Annulment, Some(number)) => format!("annule la ligne {number}"),
            _ => String::new(),
        }
    }

    /// Marks that an inspector looks for: late, taken over.
    pub fn marks(&self) -> Vec<String> {
        let mut marks = vec![];
        if let Some(days) = self.line.late_days {
            marks.push(format!("consignée {days} jours après"));
        }
        if self.line.source == crate::register::model::Source::Import {
            marks.push("reprise d’un registre antérieur".to_owned());
        }
        marks
    }
}

/// A line with its words, without what became of it.
pub fn view(line: Line, zone: Tz) -> LineView {
    let day = match (line.begun_on, line.done_on, &line.done_on_text) {
        (Some(begun), Some(done), _) if begun != done => {
            format!("du {} au {}", date::short(begun), date::short(done))
        }
        (_, Some(done), _) => date::short(done),
        (Some(begun), None, _) => format!("depuis le {}", date::short(begun)),
        (None, None, Some(words)) => format!("« {words} »"),
        (None, None, None) => String::new(),
    };
    let performer = [&line.performer_name, &line.performer_role]
        .into_iter()
        .filter_map(|p| p.as_deref())
        .collect::<Vec<_>>()
        .join(", ");
    let stoppage = match (line.stopped_on, line.resumed_on) {
        (Some(stop), Some(back)) => format!(
            "arrêt le {}, reprise le {}",
            date::short(stop),
            date::short(back)
        ),
        (Some(stop), None) => format!("arrêt le {}, reprise non consignée", date::short(stop)),
        (None, Some(back)) => format!("reprise le {}", date::short(back)),
        (None, None) => String::new(),
    };
    LineView {
        day,
        performer,
        stoppage,
        recorded: date::instant(line.recorded_at, zone),
        tone: line.conformity.map_or("unknown", |c| c.tone().code()),
        conformity: line.conformity.map_or("non renseignée", |c| c.label()),
        replaced: None,
        points_at: None,
        code: code(&line.hash),
        line,
    }
}

/// Lines with their words and what became of each.
pub async fn views(conn: &mut PgConnection, lines: Vec<Line>, zone: Tz) -> Result<Vec<LineView>> {
    let ids: Vec<_> = lines.iter().map(|l| l.id.uuid()).collect();
    let replaced: HashMap<LineId, (LineId, i32, Entry)> = queries::replaced(conn, &ids)
        .await?
        .into_iter()
        .map(|(line, by, number, entry)| (line, (by, number, entry)))
        .collect();
    let pointed: Vec<_> = lines
        .iter()
        .filter_map(|l| l.corrects_id.map(|c| c.uuid()))
        .collect();
    let numbers: HashMap<LineId, i32> = queries::numbers(conn, &pointed)
        .await?
        .into_iter()
        .collect();
    Ok(lines
        .into_iter()
        .map(|line| {
            let mut view = view(line, zone);
            view.replaced = replaced.get(&view.line.id).copied();
            view.points_at = view.line.corrects_id.and_then(|c| numbers.get(&c).copied());
            view
        })
        .collect())
}
