//! The state machine, transition by transition.

use super::*;
use proptest::prelude::*;

fn facts() -> Facts {
    Facts {
        serial_settled: true,
        items_complete: true,
        may_be_listed: true,
        connected: Some(false),
        ionising: Some(false),
        stores_data: Some(false),
        ..Facts::default()
    }
}

fn missing(transition: Transition, from: State, facts: &Facts) -> Vec<Need> {
    offer(transition, Some(from), facts).unwrap().missing
}

#[test]
fn a_device_goes_from_request_to_service_by_named_steps() {
    use Transition::*;
    let mut state = None;
    for step in [
        Request,
        StartSourcing,
        OpenAcquisition,
        Order,
        Receive,
        StartAcceptance,
        Commission,
    ] {
        let offer = offer(step, state, &facts()).unwrap_or_else(|| panic!("{step} from {state:?}"));
        assert!(offer.is_open(), "{step}: {:?}", offer.missing);
        state = Some(offer.to);
    }
    assert_eq!(state, Some(State::InService));
}

#[test]
fn acceptance_needs_the_serial_or_why_it_is_unknown() {
    let unknown = Facts {
        serial_settled: false,
        ..facts()
    };
    assert_eq!(
        missing(Transition::StartAcceptance, State::Received, &unknown),
        [Need::Serial]
    );
    assert!(missing(Transition::StartAcceptance, State::Received, &facts()).is_empty());
}

#[test]
fn a_listed_device_does_not_enter_service_with_an_item_missing() {
    let incomplete = Facts {
        items_complete: false,
        ..facts()
    };
    assert_eq!(
        missing(Transition::Commission, State::Acceptance, &incomplete),
        [Need::InventoryItems]
    );
    let not_listed = Facts {
        may_be_listed: false,
        ..incomplete
    };
    assert!(missing(Transition::Commission, State::Acceptance, &not_listed).is_empty());
}

#[test]
fn a_connected_device_waits_for_the_security_officer_and_an_unsaid_connection_must_be_said() {
    let connected = Facts {
        connected: Some(true),
        ..facts()
    };
    assert_eq!(
        missing(Transition::Commission, State::Acceptance, &connected),
        [Need::CyberOpinion]
    );
    let unsaid = Facts {
        connected: None,
        ..facts()
    };
    assert_eq!(
        missing(Transition::Commission, State::Acceptance, &unsaid),
        [Need::ConnectionSaid]
    );
    let given = Facts {
        proofs: [Need::CyberOpinion].into(),
        ..connected
    };
    assert!(missing(Transition::Commission, State::Acceptance, &given).is_empty());
}

#[test]
fn a_trial_passes_the_same_gate_as_service() {
    let connected = Facts {
        connected: Some(true),
        ionising: Some(true),
        ..facts()
    };
    assert_eq!(
        missing(Transition::StartTrial, State::Acceptance, &connected),
        missing(Transition::Commission, State::Acceptance, &connected)
    );
    assert!(missing(Transition::StartTrial, State::InService, &connected).is_empty());
}

#[test]
fn an_ionising_device_waits_for_its_initial_control() {
    let ionising = Facts {
        ionising: Some(true),
        ..facts()
    };
    assert_eq!(
        missing(Transition::Commission, State::Acceptance, &ionising),
        [Need::InitialQualityControl]
    );
}

#[test]
fn a_repaired_device_comes_back_only_with_its_record() {
    for from in [State::Broken, State::InMaintenance] {
        assert_eq!(
            missing(Transition::ReturnToService, from, &facts()),
            [Need::ReturnToServiceRecord]
        );
        let recorded = Facts {
            proofs: [Need::ReturnToServiceRecord].into(),
            ..facts()
        };
        assert!(missing(Transition::ReturnToService, from, &recorded).is_empty());
    }
}

#[test]
fn quarantine_ends_by_a_decision_even_towards_decommissioning() {
    let lift = missing(Transition::LiftQuarantine, State::Quarantined, &facts());
    assert_eq!(
        lift,
        [Need::ReturnToServiceRecord, Need::QuarantineDecision]
    );
    assert_eq!(
        missing(Transition::Decommission, State::Quarantined, &facts()),
        [Need::QuarantineDecision]
    );
}

#[test]
fn a_device_that_failed_its_control_may_be_decommissioned_but_not_used() {
    assert!(missing(Transition::Decommission, State::SuspendedQuality, &facts()).is_empty());
    assert_eq!(
        missing(
            Transition::LiftQualitySuspension,
            State::SuspendedQuality,
            &facts()
        ),
        [Need::ReturnToServiceRecord, Need::ConformQualityControl]
    );
}

#[test]
fn the_store_and_the_workshop_wash_nothing() {
    let visited = [
        State::InService,
        State::SuspendedQuality,
        State::InMaintenance,
        State::Stored,
    ];
    let stored = Facts {
        holds: pending_holds(&visited),
        ..facts()
    };
    assert_eq!(
        missing(Transition::TakeOutOfStore, State::Stored, &stored),
        [Need::ReturnToServiceRecord, Need::ConformQualityControl]
    );
    assert!(missing(Transition::TakeOutOfStore, State::Stored, &facts()).is_empty());
}

#[test]
fn a_use_in_between_closes_what_came_before() {
    assert!(pending_holds(&[State::Broken, State::InService, State::Stored]).is_empty());
    assert_eq!(
        pending_holds(&[State::InService, State::Broken]),
        [Hold::Failure].into()
    );
    assert_eq!(
        pending_holds(&[State::Quarantined]),
        [Hold::Quarantine].into()
    );
}

#[test]
fn a_lent_device_repaired_goes_back_to_its_borrower() {
    let lent = Facts {
        on_loan: true,
        proofs: [Need::ReturnToServiceRecord].into(),
        ..facts()
    };
    assert_eq!(
        offer(Transition::ReturnToService, Some(State::Broken), &lent)
            .unwrap()
            .to,
        State::Lent
    );
    assert_eq!(
        offer(Transition::ReturnLoan, Some(State::Lent), &lent)
            .unwrap()
            .to,
        State::InService
    );
}

#[test]
fn a_device_critical_to_care_is_not_decommissioned_without_its_replacement_decided() {
    let critical = Facts {
        critical_to_care: true,
        ..facts()
    };
    assert_eq!(
        missing(Transition::Decommission, State::InService, &critical),
        [Need::ContinuityDecision]
    );
    assert!(missing(Transition::Decommission, State::Received, &critical).is_empty());
}

#[test]
fn no_data_is_declared_only_of_a_device_said_to_keep_none() {
    let declare = |stores_data| {
        missing(
            Transition::DeclareNoData,
            State::Decommissioning,
            &Facts {
                stores_data,
                ..facts()
            },
        )
    };
    assert!(declare(Some(false)).is_empty());
    assert_eq!(declare(Some(true)), [Need::DataHeld]);
    assert_eq!(declare(None), [Need::StorageSaid]);
}

#[test]
fn nothing_leaves_the_inventory_without_its_proofs() {
    for from in [State::DataDestroyed, State::NoData] {
        assert_eq!(
            missing(Transition::Dispose, from, &facts()),
            [
                Need::DataArchived,
                Need::ContractClosed,
                Need::RegisterRetention
            ]
        );
    }
    assert_eq!(Transition::Dispose.target(Some(State::InService)), None);
}

#[test]
fn what_has_left_never_comes_back() {
    assert!(allowed(Some(State::Disposed), &facts()).is_empty());
}

#[test]
fn every_state_can_be_reached_and_every_state_but_the_last_can_be_left() {
    let mut reached: BTreeSet<State> = BTreeSet::new();
    let mut frontier: Vec<Option<State>> = vec![None];
    while let Some(from) = frontier.pop() {
        for transition in Transition::ALL {
            if let Some(to) = transition.target(from)
                && reached.insert(to)
            {
                frontier.push(Some(to));
            }
        }
    }
    assert_eq!(reached.len(), State::ALL.len());
    for state in State::ALL.iter().filter(|s| **s != State::Disposed) {
        assert!(
            Transition::ALL
                .iter()
                .any(|t| t.target(Some(*state)).is_some()),
            "{state} is a dead end"
        );
    }
}

#[test]
fn needs_awaiting_other_domains_are_never_said_to_be_given_here() {
    for need in [
        Need::QuarantineDecision,
        Need::DataDestruction,
        Need::CyberOpinion,
    ] {
        assert!(!need.can_be_given_here());
    }
    assert!(Need::InventoryItems.can_be_given_here());
}

proptest! {
    /// Whatever way a device takes, it is used again only once each reason to stop was lifted by its own proof.
    #[test]
    fn no_way_round_a_hold(steps in proptest::collection::vec(0usize..Transition::ALL.len(), 1..60), start in 0usize..State::ALL.len()) {
        let mut state = State::ALL[start];
        let mut visited = vec![state];
        for step in steps {
            let facts = Facts { holds: pending_holds(&visited), ..facts() };
            let Some(offer) = offer(Transition::ALL[step], Some(state), &facts) else { continue };
            if !offer.is_open() { continue }
            if offer.to.is_usable() {
                prop_assert!(pending_holds(&visited).is_empty(), "{} → {} past {:?}", state, offer.to, pending_holds(&visited));
            }
            prop_assert_ne!(offer.to, State::Disposed);
            prop_assert_ne!(offer.to, State::DataDestroyed);
            if state == State::Quarantined {
                prop_assert!(false, "left quarantine without a decision by {}", Transition::ALL[step]);
            }
            state = offer.to;
            visited.push(state);
        }
    }

    /// A proof more never closes a door.
    #[test]
    fn proofs_only_open(nth in 0usize..Need::ALL.len(), from in 0usize..State::ALL.len()) {
        let with = Facts { proofs: [Need::ALL[nth]].into(), ..Facts::default() };
        let before = allowed(Some(State::ALL[from]), &Facts::default());
        let after = allowed(Some(State::ALL[from]), &with);
        prop_assert_eq!(before.len(), after.len());
        for (b, a) in before.iter().zip(&after) {
            prop_assert!(a.missing.iter().all(|need| b.missing.contains(need)));
        }
    }
}
