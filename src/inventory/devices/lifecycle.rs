//! The five stages drawn on the device page: what is reached, where it is, what is missing at each.

use super::model::ItemState;
use crate::inventory::states::{Facts, Need, Stage, State, Transition, offer};

crate::coded! {
    /// How a stage stands.
    pub enum StageStanding {
        Reached = "reached" => "fait",
        TakenOver = "taken_over" => "reprise, preuves non vérifiées",
        NotFollowed = "not_followed" => "non suivi dans Vigie",
        Current = "current" => "en cours",
        Ended = "ended" => "terminé",
        Ahead = "ahead" => "à venir",
    }
}

/// One stage of the frieze.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageView {
    /// Which of the five.
    pub stage: Stage,
    /// How it stands.
    pub standing: StageStanding,
    /// What is missing at this stage, a sentence each.
    pub missing: Vec<String>,
}

/// The frieze of a device from its state, the states it went through in Vigie (oldest first), whether it
/// was taken over from an earlier inventory, its seven items and what the guards look at.
pub fn frieze(
    state: State,
    visited: &[State],
    taken_over: bool,
    items: &[ItemState],
    facts: &Facts,
) -> Vec<StageView> {
    let current = state.stage();
    Stage::ALL
        .iter()
        .map(|stage| {
            let was_there = visited.iter().any(|s| s.stage() == *stage);
            let standing = if *stage == current {
                if state == State::Disposed {
                    StageStanding::Ended
                } else {
                    StageStanding::Current
                }
            } else if *stage > current {
                StageStanding::Ahead
            } else if was_there {
                StageStanding::Reached
            } else if taken_over {
                StageStanding::TakenOver
            } else {
                StageStanding::NotFollowed
            };
            StageView {
                stage: *stage,
                standing,
                missing: missing_at(*stage, standing, state, items, facts),
            }
        })
        .collect()
}

fn missing_at(
    stage: Stage,
    standing: StageStanding,
    state: State,
    items: &[ItemState],
    facts: &Facts,
) -> Vec<String> {
    let next = |transition: Transition, from: State| -> Vec<String> {
        offer(transition, Some(from), facts)
            .map(|offer| {
                offer
                    .missing
                    .iter()
                    .map(|need| capital(need.label()))
                    .collect()
            })
            .unwrap_or_default()
    };
    match (stage, standing) {
        (_, StageStanding::Ahead | StageStanding::Ended) => Vec::new(),
        (Stage::Commissioning, StageStanding::Current) if state == State::Received => {
            next(Transition::StartAcceptance, state)
        }
        (Stage::Commissioning, StageStanding::Current) => next(Transition::Commission, state),
        // The items of the inventory are due when a device enters service: a stage passed keeps what it lacks.
        (Stage::Commissioning, _) => items
            .iter()
            .filter(|i| i.is_missing())
            .map(|i| format!("{} : {}", i.item.label(), i.words()))
            .collect(),
        (Stage::Operation, StageStanding::Current) => facts
            .holds
            .iter()
            .map(|hold| format!("Arrêté : {}", hold.label()))
            .collect(),
        (Stage::Retirement, StageStanding::Current) => match state {
            State::Decommissioning => next(Transition::DestroyData, state),
            _ => next(Transition::Dispose, state),
        },
        _ => Vec::new(),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// What a refused transition says: the needs in words, with their rules.
pub fn refusal(missing: &[Need]) -> String {
    missing
        .iter()
        .map(|need| format!("{} ({})", need.label(), need.rule()))
        .collect::<Vec<_>>()
        .join(" ; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::devices::model;
    use crate::inventory::devices::model::Item;
    use proptest::prelude::*;

    fn standings(state: State, visited: &[State], taken_over: bool) -> Vec<StageStanding> {
        frieze(state, visited, taken_over, &[], &Facts::default())
            .into_iter()
            .map(|v| v.standing)
            .collect()
    }

    #[test]
    fn a_device_followed_from_its_request_shows_each_stage_reached() {
        use StageStanding::*;
        let visited = [
            State::Requested,
            State::Acquiring,
            State::Ordered,
            State::Received,
            State::Acceptance,
            State::InService,
        ];
        assert_eq!(
            standings(State::InService, &visited, false),
            [Reached, Reached, Reached, Current, Ahead]
        );
    }

    #[test]
    fn a_device_taken_over_claims_no_proof_of_its_past() {
        use StageStanding::*;
        assert_eq!(
            standings(State::InService, &[State::InService], true),
            [TakenOver, TakenOver, TakenOver, Current, Ahead]
        );
        assert_eq!(
            standings(State::Disposed, &[State::Disposed], true),
            [TakenOver, TakenOver, TakenOver, TakenOver, Ended]
        );
    }

    #[test]
    fn a_delivery_without_dossier_says_so() {
        use StageStanding::*;
        assert_eq!(
            standings(State::Received, &[State::Received], false),
            [NotFollowed, NotFollowed, Current, Ahead, Ahead]
        );
    }

    #[test]
    fn a_device_in_service_keeps_what_its_commissioning_lacked() {
        let items = model::items(
            |item| (item != Item::Supplier).then_some("x"),
            |_| None,
            |_| None,
        );
        let views = frieze(
            State::InService,
            &[State::InService],
            true,
            &items,
            &Facts::default(),
        );
        assert_eq!(views[2].missing, ["Fournisseur : manquant"]);
        assert!(views[3].missing.is_empty());
    }

    #[test]
    fn the_current_stage_says_what_the_next_step_waits_for() {
        let views = frieze(
            State::Received,
            &[State::Received],
            false,
            &[],
            &Facts::default(),
        );
        assert_eq!(
            views[2].missing,
            ["Le numéro de série, ou la raison pour laquelle il est inconnu"]
        );
        let views = frieze(
            State::Decommissioning,
            &[State::Decommissioning],
            false,
            &[],
            &Facts::default(),
        );
        assert_eq!(views[4].missing.len(), 2);
    }

    proptest! {
        #[test]
        fn stages_before_are_never_ahead_and_stages_after_always_are(nth in 0usize..State::ALL.len(), taken_over in any::<bool>()) {
            let state = State::ALL[nth];
            let views = frieze(state, &[state], taken_over, &[], &Facts::default());
            prop_assert_eq!(views.len(), 5);
            prop_assert_eq!(views.iter().filter(|v| matches!(v.standing, StageStanding::Current | StageStanding::Ended)).count(), 1);
            for view in views {
                prop_assert_eq!(view.stage > state.stage(), view.standing == StageStanding::Ahead);
            }
        }
    }
}
