//! The life of an intervention, and what each step demands. Pure.
//!
//! A step is taken only from where the machine has it; a report without its measures, a date to come or
//! before the request, a value out of its limits without a word, close nothing.

use chrono::NaiveDate;

use crate::maintenance::obligations::model::Kind as ObligationKind;

crate::coded! {
    /// What kind of work.
    pub enum Kind {
        Corrective = "corrective" => "Maintenance corrective",
        Preventive = "preventive" => "Maintenance préventive",
        InternalControl = "internal_control" => "Contrôle de qualité interne",
        ExternalControl = "external_control" => "Contrôle de qualité externe",
        ControlAudit = "control_audit" => "Audit du contrôle de qualité",
        ElectricalSafety = "electrical_safety" => "Sécurité électrique",
        Calibration = "calibration" => "Étalonnage",
        Regulatory = "regulatory" => "Vérification réglementaire",
        SoftwareUpdate = "software_update" => "Mise à jour logicielle",
        Remote = "remote" => "Télémaintenance",
        Commissioning = "commissioning" => "Mise en service",
        AfterRepair = "after_repair" => "Contrôle après réparation",
        Assistance = "assistance" => "Assistance à l’utilisateur",
        Recall = "recall" => "Rappel ou action corrective de sécurité",
    }
}

impl Kind {
    /// The kind of work that fulfils an obligation.
    pub const fn of_obligation(kind: ObligationKind) -> Self {
        match kind {
            ObligationKind::Preventive => Self::Preventive,
            ObligationKind::InternalControl => Self::InternalControl,
            ObligationKind::ExternalControl => Self::ExternalControl,
            ObligationKind::ControlAudit => Self::ControlAudit,
            ObligationKind::ElectricalSafety => Self::ElectricalSafety,
            ObligationKind::Calibration => Self::Calibration,
            ObligationKind::Regulatory => Self::Regulatory,
            ObligationKind::SoftwareUpdate => Self::SoftwareUpdate,
        }
    }

    /// A control or a measurement: it closes only with measured values.
    pub const fn is_measured(self) -> bool {
        matches!(
            self,
            Self::InternalControl
                | Self::ExternalControl
                | Self::ElectricalSafety
                | Self::Calibration
                | Self::AfterRepair
        )
    }
}

crate::coded! {
    /// Where an intervention is.
    pub enum State {
        Requested = "requested" => "Demandée",
        Qualified = "qualified" => "Qualifiée",
        Planned = "planned" => "Planifiée",
        InProgress = "in_progress" => "En cours",
        Waiting = "waiting" => "En attente",
        Done = "done" => "Terminée techniquement",
        Checked = "checked" => "Contrôlée",
        Closed = "closed" => "Clôturée",
        Cancelled = "cancelled" => "Annulée",
    }
}

impl State {
    /// Nothing more is expected.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Closed | Self::Cancelled)
    }

    /// The tone of a state.
    pub const fn tone(self) -> &'static str {
        match self {
            Self::Requested => "bad",
            Self::Waiting => "watch",
            Self::Closed => "good",
            Self::Cancelled => "plain",
            _ => "info",
        }
    }
}

crate::coded! {
    /// The named steps.
    pub enum Step {
        Qualify = "qualify" => "Qualifier",
        Plan = "plan" => "Planifier",
        Start = "start" => "Commencer",
        Wait = "wait" => "Mettre en attente",
        Resume = "resume" => "Reprendre",
        Finish = "finish" => "Terminer",
        Check = "check" => "Contrôler",
        Close = "close" => "Clôturer",
        Cancel = "cancel" => "Annuler",
    }
}

impl Step {
    /// Where it leads, if the machine has it from there.
    pub fn target(self, from: State) -> Option<State> {
        use State::{
            Cancelled, Checked, Closed, Done, InProgress, Planned, Qualified, Requested, Waiting,
        };
        let (starts, to): (&[State], State) = match self {
            Self::Qualify => (&[Requested, Qualified], Qualified),
            Self::Plan => (&[Requested, Qualified, Planned, Waiting], Planned),
            Self::Start => (&[Requested, Qualified, Planned], InProgress),
            Self::Wait => (&[Qualified, Planned, InProgress], Waiting),
            Self::Resume => (&[Waiting], InProgress),
            Self::Finish => (&[Requested, Qualified, Planned, InProgress, Waiting], Done),
            Self::Check => (&[Done], Checked),
            Self::Close => (&[Checked], Closed),
            Self::Cancel => (
                &[Requested, Qualified, Planned, InProgress, Waiting],
                Cancelled,
            ),
        };
        starts.contains(&from).then_some(to)
    }
}

crate::coded! {
    /// How pressing.
    pub enum Priority {
        Urgent = "urgent" => "Urgente",
        High = "high" => "Haute",
        Normal = "normal" => "Normale",
        Low = "low" => "Basse",
    }
}

crate::coded! {
    /// Can it still be used, as the unit says.
    pub enum Usable {
        No = "no" => "Non, il est arrêté",
        Partly = "partly" => "Oui, avec une gêne",
        Yes = "yes" => "Oui, normalement",
        Unknown = "unknown" => "Je ne sais pas",
    }
}

crate::coded! {
    /// Was someone harmed, or could have been.
    pub enum Harm {
        No = "no" => "Non",
        Possible = "possible" => "Quelqu’un aurait pu l’être",
        Yes = "yes" => "Oui, quelqu’un a été atteint",
        Unknown = "unknown" => "Je ne sais pas",
    }
}

impl Harm {
    /// The vigilance correspondent must see it.
    pub const fn concerns_vigilance(self) -> bool {
        !matches!(self, Self::No)
    }
}

crate::coded! {
    /// By which way it was asked for.
    pub enum Channel {
        Label = "label" => "Étiquette de l’équipement",
        Vigie = "vigie" => "Vigie",
        Phone = "phone" => "Téléphone",
        Round = "round" => "Passage dans l’unité",
        Plan = "plan" => "Échéance",
        Supplier = "supplier" => "Fournisseur",
    }
}

crate::coded! {
    /// What it waits for.
    pub enum WaitingFor {
        Parts = "parts" => "Des pièces",
        Supplier = "supplier" => "Le fournisseur",
        Device = "device" => "L’équipement (non présenté)",
    }
}

crate::coded! {
    /// The result about the device.
    pub enum Conformity {
        Conform = "conform" => "Conforme",
        ConformReserve = "conform_reserve" => "Conforme avec réserve",
        Nonconform = "nonconform" => "Non conforme",
        NotApplicable = "not_applicable" => "Sans objet",
    }
}

crate::coded! {
    /// What a value says.
    pub enum Verdict {
        Within = "within" => "dans les limites",
        Outside = "outside" => "hors limites",
        NotJudged = "not_judged" => "sans limite active",
    }
}

/// What is to be looked at or measured.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// At least.
    pub lower: Option<f64>,
    /// At most.
    pub upper: Option<f64>,
    /// Limits to be verified judge nothing.
    pub in_force: bool,
}

/// What a value says against its limits.
pub fn judge(value: f64, limits: Limits) -> Verdict {
    if !limits.in_force || (limits.lower.is_none() && limits.upper.is_none()) {
        return Verdict::NotJudged;
    }
    let inside = limits.lower.is_none_or(|l| value >= l) && limits.upper.is_none_or(|u| value <= u);
    if inside {
        Verdict::Within
    } else {
        Verdict::Outside
    }
}

/// How far a value went from the reference of its device, in percent.
pub fn drift(value: f64, reference: f64) -> Option<f64> {
    (reference != 0.0).then(|| (value - reference) / reference * 100.0)
}

/// A number as people type it: comma or point, blanks inside.
pub fn number(text: &str) -> Option<f64> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let found: f64 = compact.replace(',', ".").parse().ok()?;
    found.is_finite().then_some(found)
}

/// A number as French readers expect it.
pub fn number_words(value: f64) -> String {
    format!("{value}").replace('.', ",")
}

/// What a report is held against.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Today, where the device is.
    pub today: NaiveDate,
    /// The day it was asked for.
    pub asked_on: NaiveDate,
    /// The last day this obligation was already fulfilled.
    pub last_done_on: Option<NaiveDate>,
    /// So many days after which a report needs its own word.
    pub late_entry_days: i64,
}

/// Why a day cannot be the day the work was done.
pub fn refuse_day(day: NaiveDate, bounds: Bounds) -> Option<String> {
    let short = crate::kernel::date::short;
    if day > bounds.today {
        return Some(format!(
            "Le {} est à venir : on rend compte de ce qui est fait.",
            short(day)
        ));
    }
    if day < bounds.asked_on {
        return Some(format!(
            "Le {} précède la demande du {} : une opération antérieure se reprend par une dernière date déclarée, avec sa source.",
            short(day),
            short(bounds.asked_on)
        ));
    }
    if let Some(last) = bounds.last_done_on.filter(|last| day < *last) {
        return Some(format!(
            "Une opération du {} est déjà enregistrée : celle-ci ne peut pas la précéder.",
            short(last)
        ));
    }
    if (bounds.today - day).num_days() > bounds.late_entry_days {
        return Some(format!(
            "Le {} est à plus de {} jours : un compte rendu s’écrit au plus près du travail.",
            short(day),
            bounds.late_entry_days
        ));
    }
    None
}

/// What a step found, beside what it wanted.
#[derive(Clone, Debug)]
pub struct Found {
    /// Must it be answered?
    pub mandatory: bool,
    /// Was it answered?
    pub answered: bool,
    /// Out of its limits or not good.
    pub outside: bool,
    /// Said why.
    pub commented: bool,
}

/// Why a checklist does not let the work be closed.
pub fn refuse_checklist(measured_kind: bool, steps: &[Found]) -> Option<String> {
    let unanswered = steps.iter().filter(|s| s.mandatory && !s.answered).count();
    if unanswered > 0 {
        return Some(format!(
            "{unanswered} point{} de contrôle sans réponse.",
            if unanswered > 1 { "s" } else { "" }
        ));
    }
    if measured_kind && !steps.iter().any(|s| s.answered) {
        return Some("Ce contrôle ne se clôture pas sans valeur mesurée.".into());
    }
    let silent = steps.iter().filter(|s| s.outside && !s.commented).count();
    (silent > 0).then(|| {
        format!(
            "{silent} valeur{} hors limites sans commentaire.",
            if silent > 1 { "s" } else { "" }
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn bounds() -> Bounds {
        Bounds {
            today: day("2026-03-02"),
            asked_on: day("2026-02-20"),
            last_done_on: None,
            late_entry_days: 30,
        }
    }

    #[test]
    fn a_report_is_neither_to_come_nor_older_than_its_request_nor_than_what_is_known() {
        assert!(
            refuse_day(day("2026-03-03"), bounds())
                .unwrap()
                .contains("à venir")
        );
        assert!(
            refuse_day(day("2026-02-19"), bounds())
                .unwrap()
                .contains("précède la demande")
        );
        assert!(
            refuse_day(
                day("2026-02-21"),
                Bounds {
                    last_done_on: Some(day("2026-02-22")),
                    ..bounds()
                }
            )
            .unwrap()
            .contains("déjà enregistrée")
        );
        assert!(
            refuse_day(
                day("2026-01-02"),
                Bounds {
                    asked_on: day("2026-01-01"),
                    ..bounds()
                }
            )
            .unwrap()
            .contains("plus de 30 jours")
        );
        assert_eq!(refuse_day(day("2026-03-02"), bounds()), None);
        assert_eq!(refuse_day(day("2026-02-20"), bounds()), None);
    }

    #[test]
    fn nothing_measured_closes_nothing() {
        let step = Found {
            mandatory: true,
            answered: false,
            outside: false,
            commented: false,
        };
        assert!(refuse_checklist(false, std::slice::from_ref(&step)).is_some());
        assert!(refuse_checklist(true, &[]).is_some());
        assert_eq!(refuse_checklist(false, &[]), None);
        let outside = Found {
            answered: true,
            outside: true,
            ..step.clone()
        };
        assert!(
            refuse_checklist(true, std::slice::from_ref(&outside))
                .unwrap()
                .contains("commentaire")
        );
        assert_eq!(
            refuse_checklist(
                true,
                &[Found {
                    commented: true,
                    ..outside
                }]
            ),
            None
        );
    }

    #[test]
    fn limits_to_be_verified_judge_nothing() {
        let limits = Limits {
            lower: None,
            upper: Some(0.3),
            in_force: true,
        };
        assert_eq!(judge(0.31, limits), Verdict::Outside);
        assert_eq!(judge(0.3, limits), Verdict::Within);
        assert_eq!(
            judge(
                9.0,
                Limits {
                    in_force: false,
                    ..limits
                }
            ),
            Verdict::NotJudged
        );
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        assert_eq!(number("1 234,5"), Some(1234.5));
        assert_eq!(number("0.31"), Some(0.31));
        assert_eq!(number("douze"), None);
        assert_eq!(number("inf"), None);
        assert_eq!(number_words(0.31), "0,31");
    }

    #[test]
    fn what_is_closed_or_cancelled_stays_so() {
        for step in Step::ALL {
            assert_eq!(step.target(State::Closed), None);
            assert_eq!(step.target(State::Cancelled), None);
        }
        assert_eq!(
            Step::Close.target(State::InProgress),
            None,
            "nothing is closed unchecked"
        );
        assert_eq!(Step::Check.target(State::Waiting), None);
    }

    proptest! {
        #[test]
        fn closed_is_reached_only_through_done_and_checked(steps in prop::collection::vec(0usize..Step::ALL.len(), 1..40)) {
            let mut state = State::Requested;
            let mut seen = vec![state];
            for n in steps {
                if let Some(next) = Step::ALL[n].target(state) {
                    state = next;
                    seen.push(state);
                }
            }
            if seen.contains(&State::Closed) {
                let at = |s| seen.iter().position(|x| *x == s).unwrap();
                prop_assert!(at(State::Done) < at(State::Checked) && at(State::Checked) < at(State::Closed));
            }
        }

        #[test]
        fn a_value_inside_narrower_limits_is_inside_wider_ones(value in -100f64..100.0, lower in -100f64..0.0, upper in 0f64..100.0, more in 0f64..50.0) {
            let narrow = Limits { lower: Some(lower), upper: Some(upper), in_force: true };
            let wide = Limits { lower: Some(lower - more), upper: Some(upper + more), in_force: true };
            prop_assert!(judge(value, narrow) != Verdict::Within || judge(value, wide) == Verdict::Within);
        }
    }
}
