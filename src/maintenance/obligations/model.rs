//! What an obligation is and when it falls due, without SQL or HTTP.
//!
//! A month is a calendar month: the same day of the month, the last one when there is none. A series
//! counted from a planned day is always counted from its first day, so that it never drifts. A due day is
//! computed only from a known last day: without one the obligation is undetermined.

use chrono::{Days, Months, NaiveDate};

use super::calendar::Calendar;

crate::coded! {
    /// What is done.
    pub enum Kind {
        Preventive = "preventive" => "Maintenance préventive",
        InternalControl = "internal_control" => "Contrôle de qualité interne",
        ExternalControl = "external_control" => "Contrôle de qualité externe",
        ControlAudit = "control_audit" => "Audit du contrôle de qualité",
        ElectricalSafety = "electrical_safety" => "Sécurité électrique",
        Calibration = "calibration" => "Étalonnage",
        Regulatory = "regulatory" => "Vérification réglementaire",
        SoftwareUpdate = "software_update" => "Mise à jour logicielle",
    }
}

impl Kind {
    /// A control or a measurement: it closes only with measured values.
    pub const fn is_measured(self) -> bool {
        matches!(
            self,
            Self::InternalControl
                | Self::ExternalControl
                | Self::ElectricalSafety
                | Self::Calibration
        )
    }

    /// Internal or external quality control, or its audit.
    pub const fn is_quality_control(self) -> bool {
        matches!(
            self,
            Self::InternalControl | Self::ExternalControl | Self::ControlAudit
        )
    }
}

crate::coded! {
    /// What a period is counted in.
    pub enum PeriodUnit {
        Days = "days" => "jours",
        WorkingDays = "working_days" => "jours ouvrés",
        Weeks = "weeks" => "semaines",
        Months = "months" => "mois",
        Years = "years" => "ans",
    }
}

crate::coded! {
    /// What is counted by the device itself.
    pub enum Counter {
        Hours = "hours" => "heures de fonctionnement",
        Cycles = "cycles" => "cycles",
        Exposures = "exposures" => "expositions",
        Tests = "tests" => "analyses",
    }
}

crate::coded! {
    /// From which day the next one is counted.
    pub enum DueFrom {
        Actual = "actual" => "du jour où l’opération est faite",
        Planned = "planned" => "du jour où elle était prévue",
    }
}

crate::coded! {
    /// What becomes of a due day on which nobody works.
    pub enum OnClosedDay {
        Keep = "keep" => "le garder",
        Next = "next" => "le jour ouvré suivant",
        Previous = "previous" => "le jour ouvré précédent",
    }
}

crate::coded! {
    /// Who asks for it.
    pub enum SourceKind {
        Instructions = "instructions" => "Notice du fabricant",
        Decision = "decision" => "Décision de l’ANSM",
        Regulation = "regulation" => "Autre réglementation",
        Contract = "contract" => "Contrat",
        Local = "local" => "Choix de l’établissement",
    }
}

crate::coded! {
    /// Whether it obliges.
    pub enum Status {
        InForce = "in_force" => "en vigueur",
        ToVerify = "to_verify" => "à vérifier",
    }
}

crate::coded! {
    /// How an obligation of a device stands on a day.
    pub enum Standing {
        Late = "late" => "en retard",
        Unknown = "unknown" => "indéterminé",
        Due = "due" => "à faire",
        UpToDate = "up_to_date" => "à jour",
    }
}

/// So many of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// How many.
    pub value: u32,
    /// Of what.
    pub unit: PeriodUnit,
}

impl Period {
    /// « 12 mois », « 1 an ».
    pub fn words(self) -> String {
        let unit = match (self.unit, self.value) {
            (PeriodUnit::Days, 1) => "jour",
            (PeriodUnit::WorkingDays, 1) => "jour ouvré",
            (PeriodUnit::Weeks, 1) => "semaine",
            (PeriodUnit::Years, 1) => "an",
            (unit, _) => unit.label(),
        };
        format!("{}\u{a0}{unit}", self.value)
    }

    /// The nth day of the series that begins on `anchor`.
    pub fn nth(self, anchor: NaiveDate, n: u32, calendar: &Calendar) -> Option<NaiveDate> {
        let count = self.value.checked_mul(n)?;
        match self.unit {
            PeriodUnit::Days => anchor.checked_add_days(Days::new(u64::from(count))),
            PeriodUnit::Weeks => anchor.checked_add_days(Days::new(u64::from(count) * 7)),
            PeriodUnit::Months => anchor.checked_add_months(Months::new(count)),
            PeriodUnit::Years => anchor.checked_add_months(Months::new(count.checked_mul(12)?)),
            PeriodUnit::WorkingDays => calendar.add_worked_days(anchor, count),
        }
    }

    /// Its length in days, more or less: for comparing periods, never for dates.
    pub fn about_days(self) -> u32 {
        match self.unit {
            PeriodUnit::Days => self.value,
            PeriodUnit::WorkingDays => self.value * 7 / 5,
            PeriodUnit::Weeks => self.value * 7,
            PeriodUnit::Months => self.value * 30,
            PeriodUnit::Years => self.value * 365,
        }
    }
}

/// How often, with which tolerance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// By time.
    pub period: Option<Period>,
    /// By counter: so many more than last time.
    pub every: Option<i64>,
    /// Days before the due day from which doing it counts.
    pub before_days: u32,
    /// Days after it until which it is not late.
    pub after_days: u32,
    /// What the next day is counted from.
    pub due_from: DueFrom,
    /// Due days on which nobody works.
    pub on_closed_day: OnClosedDay,
}

/// When it was last done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastDone {
    /// The day.
    pub on: NaiveDate,
    /// The due day it answered, when it answered one.
    pub due_on: Option<NaiveDate>,
    /// The first day of the planned series, when there is one.
    pub anchor: Option<NaiveDate>,
    /// What the counter showed.
    pub counter: Option<i64>,
}

/// When it is next due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The first day of the planned series.
    pub anchor: Option<NaiveDate>,
    /// The due day, its window.
    pub window: Option<Window>,
    /// Or when the counter shows this.
    pub counter: Option<i64>,
}

/// A due day with its tolerance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The due day.
    pub on: NaiveDate,
    /// From this day on, doing it counts.
    pub earliest: NaiveDate,
    /// After this day, it is late.
    pub latest: NaiveDate,
}

impl Rhythm {
    /// The window around a due day.
    pub fn window(&self, nominal: NaiveDate, calendar: &Calendar) -> Window {
        let on = match self.on_closed_day {
            OnClosedDay::Keep => nominal,
            OnClosedDay::Next => calendar.next_worked(nominal),
            OnClosedDay::Previous => calendar.last_worked(nominal),
        };
        let earliest = on
            .checked_sub_days(Days::new(u64::from(self.before_days)))
            .unwrap_or(on);
        let latest = on
            .checked_add_days(Days::new(u64::from(self.after_days)))
            .unwrap_or(on);
        Window {
            on,
            earliest,
            latest,
        }
    }

    /// When it is next due, from when it was last done.
    pub fn next_due(&self, last: LastDone, calendar: &Calendar) -> Due {
        let (anchor, nominal) = match (self.period, self.due_from) {
            (None, _) => (None, None),
            (Some(period), DueFrom::Actual) => (None, period.nth(last.on, 1, calendar)),
            (Some(period), DueFrom::Planned) => {
                let anchor = last.anchor.or(last.due_on).unwrap_or(last.on);
                // Strictly after what was honoured, and after the day it was done: a cycle that was
                // missed is not due in the past.
                let after = last.due_on.map_or(last.on, |due| due.max(last.on));
                (Some(anchor), first_after(period, anchor, after, calendar))
            }
        };
        Due {
            anchor,
            window: nominal.map(|day| self.window(day, calendar)),
            counter: self
                .every
                .zip(last.counter)
                .and_then(|(every, shown)| shown.checked_add(every)),
        }
    }
}

/// The first day of a series strictly after a day.
fn first_after(
    period: Period,
    anchor: NaiveDate,
    after: NaiveDate,
    calendar: &Calendar,
) -> Option<NaiveDate> {
    if anchor > after {
        return Some(anchor);
    }
    let mut n = u32::try_from((after - anchor).num_days()).ok()? / (period.about_days() * 2).max(1);
    loop {
        let day = period.nth(anchor, n, calendar)?;
        if day > after {
            return Some(day);
        }
        n = n.checked_add(1)?;
    }
}

/// How an obligation stands on a day.
pub fn standing(
    window: Option<Window>,
    due_counter: Option<i64>,
    counter_now: Option<i64>,
    today: NaiveDate,
) -> Standing {
    let by_counter = due_counter
        .zip(counter_now)
        .is_some_and(|(due, now)| now > due);
    match window {
        _ if by_counter => Standing::Late,
        Some(window) if today > window.latest => Standing::Late,
        Some(window) if today >= window.earliest => Standing::Due,
        Some(_) => Standing::UpToDate,
        None if due_counter.is_some() && counter_now.is_some() => Standing::UpToDate,
        None => Standing::Unknown,
    }
}

/// « en retard de 3 jours », « dans 12 jours », « indéterminé ».
pub fn clock_words(standing: Standing, window: Option<Window>, today: NaiveDate) -> String {
    match (standing, window) {
        (Standing::Late, Some(window)) if today > window.latest => {
            let days = (today - window.on).num_days();
            format!(
                "en retard de {days}\u{a0}jour{}",
                if days > 1 { "s" } else { "" }
            )
        }
        (Standing::Late, _) => "en retard (compteur dépassé)".into(),
        (Standing::Unknown, _) => "indéterminé : aucune dernière date connue".into(),
        (Standing::Due, Some(window)) => {
            format!(
                "à faire, {}",
                crate::kernel::date::relative(window.on, today)
            )
        }
        (_, Some(window)) => crate::kernel::date::relative(window.on, today),
        (standing, None) => standing.label().into(),
    }
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
