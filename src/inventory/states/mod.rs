//! The life of a device: its states, the named transitions between them, and what each one demands.
//!
//! A state never changes otherwise. Three things must always hold:
//! - a device that was stopped for a reason (failure, quarantine, suspension) is used again only with the
//!   proof that lifts that reason, whatever way it took meanwhile (a store, a workshop);
//! - a device under quarantine leaves it only by the decision of the vigilance correspondent or of the
//!   security officer;
//! - nothing leaves the inventory without the proofs of its end.
//!
//! Proofs whose records the registry does not hold yet are named and refused, never taken for granted.

use std::collections::BTreeSet;

use crate::kernel::mutants::{self, Fault};

crate::coded! {
    /// Where a device is in its life.
    pub enum State {
        Requested = "requested" => "Demandé",
        Sourcing = "sourcing" => "En veille",
        Acquiring = "acquiring" => "En acquisition",
        Ordered = "ordered" => "Commandé",
        Received = "received" => "Reçu",
        Acceptance = "acceptance" => "En recette",
        InService = "in_service" => "En service",
        Lent = "lent" => "Prêté",
        InMaintenance = "in_maintenance" => "En maintenance",
        Broken = "broken" => "En panne",
        Quarantined = "quarantined" => "En quarantaine",
        SuspendedQuality = "suspended_quality" => "Suspendu (contrôle qualité)",
        SuspendedCyber = "suspended_cyber" => "Suspendu (cybersécurité)",
        Stored = "stored" => "Stocké",
        OnTrial = "on_trial" => "En essai",
        Decommissioning = "decommissioning" => "En réforme",
        DataDestroyed = "data_destroyed" => "Données détruites",
        NoData = "no_data" => "Sans donnée",
        Disposed = "disposed" => "Sorti",
    }
}

crate::coded! {
    /// The five stages drawn on the device page.
    pub enum Stage {
        Sourcing = "sourcing" => "Veille",
        Acquisition = "acquisition" => "Acquisition",
        Commissioning = "commissioning" => "Mise en service",
        Operation = "operation" => "Exploitation",
        Retirement = "retirement" => "Réforme",
    }
}

crate::coded! {
    /// What a state means to who needs the device: the word beside the colour.
    pub enum Standing {
        Ahead = "ahead" => "pas encore utilisable",
        Usable = "usable" => "utilisable",
        Unavailable = "unavailable" => "indisponible",
        Ended = "ended" => "hors du parc",
    }
}

crate::coded! {
    /// The named ways from one state to another.
    pub enum Transition {
        TakeOver = "take_over" => "Reprendre d’un inventaire existant",
        Request = "request" => "Demander",
        StartSourcing = "start_sourcing" => "Mettre en veille",
        OpenAcquisition = "open_acquisition" => "Ouvrir l’acquisition",
        Order = "order" => "Commander",
        Receive = "receive" => "Réceptionner",
        StartAcceptance = "start_acceptance" => "Commencer la recette",
        Commission = "commission" => "Mettre en service",
        StartTrial = "start_trial" => "Mettre à l’essai",
        EndTrial = "end_trial" => "Terminer l’essai",
        Lend = "lend" => "Prêter",
        ReturnLoan = "return_loan" => "Constater le retour de prêt",
        ReportFailure = "report_failure" => "Déclarer en panne",
        StartMaintenance = "start_maintenance" => "Mettre en maintenance",
        ReturnToService = "return_to_service" => "Remettre en service",
        Quarantine = "quarantine" => "Mettre en quarantaine",
        LiftQuarantine = "lift_quarantine" => "Lever la quarantaine",
        SuspendQuality = "suspend_quality" => "Suspendre (contrôle qualité)",
        LiftQualitySuspension = "lift_quality_suspension" => "Lever la suspension (contrôle qualité)",
        SuspendCyber = "suspend_cyber" => "Suspendre (cybersécurité)",
        LiftCyberSuspension = "lift_cyber_suspension" => "Lever la suspension (cybersécurité)",
        Store = "store" => "Mettre en stock",
        TakeOutOfStore = "take_out_of_store" => "Sortir du stock",
        Decommission = "decommission" => "Engager la réforme",
        DestroyData = "destroy_data" => "Constater la destruction des données",
        DeclareNoData = "declare_no_data" => "Déclarer sans donnée",
        Dispose = "dispose" => "Sortir de l’inventaire",
    }
}

crate::coded! {
    /// What a transition may find missing, in the words said to who asked for it.
    pub enum Need {
        Serial = "serial" => "le numéro de série, ou la raison pour laquelle il est inconnu",
        InventoryItems = "inventory_items" => "les sept mentions de l’inventaire, présentes ou « sans objet, justifié »",
        ConnectionSaid = "connection_said" => "dire si l’équipement est connecté",
        IonisingSaid = "ionising_said" => "dire sur le modèle s’il émet des rayonnements ionisants",
        StorageSaid = "storage_said" => "dire si l’équipement conserve des données",
        DataHeld = "data_held" => "l’équipement est dit conserver des données : il faut leur destruction, non une déclaration",
        CyberOpinion = "cyber_opinion" => "l’avis du RSSI sur cet équipement connecté",
        InitialQualityControl = "initial_quality_control" => "le contrôle de qualité initial",
        ReturnToServiceRecord = "return_to_service_record" => "le constat de remise en service (qui, quel essai, quelle restriction)",
        QuarantineDecision = "quarantine_decision" => "la décision du correspondant de vigilance (CLMV, CLRV) ou du RSSI qui lève la quarantaine",
        CyberDecision = "cyber_decision" => "la décision du RSSI qui lève la suspension",
        ConformQualityControl = "conform_quality_control" => "un contrôle de qualité conforme",
        ContinuityDecision = "continuity_decision" => "la décision de remplacement ou de continuité pour cet équipement critique",
        DataArchived = "data_archived" => "la preuve d’archivage des données, ou leur absence justifiée",
        DataDestruction = "data_destruction" => "la preuve de destruction des données",
        ContractClosed = "contract_closed" => "la clôture des contrats qui le couvrent",
        RegisterRetention = "register_retention" => "la date jusqu’à laquelle son registre est conservé",
    }
}

impl Need {
    /// Whether a page of the registry gives it today; the others await the records of their domain.
    pub const fn can_be_given_here(self) -> bool {
        matches!(
            self,
            Self::Serial
                | Self::InventoryItems
                | Self::ConnectionSaid
                | Self::IonisingSaid
                | Self::StorageSaid
                | Self::ReturnToServiceRecord
                | Self::ConformQualityControl
        )
    }

    /// The rule it comes from.
    pub const fn rule(self) -> &'static str {
        match self {
            Self::InventoryItems | Self::Serial => "art. R.5212-28, 1° CSP",
            Self::InitialQualityControl | Self::ConformQualityControl => {
                "art. R.5212-27-1 et R.5212-28, 4° CSP"
            }
            Self::ReturnToServiceRecord | Self::RegisterRetention => "art. R.5212-28, 5° CSP",
            _ => "règle de la maison",
        }
    }
}

impl State {
    /// The stage of life it belongs to.
    pub const fn stage(self) -> Stage {
        match self {
            Self::Requested | Self::Sourcing => Stage::Sourcing,
            Self::Acquiring | Self::Ordered => Stage::Acquisition,
            Self::Received | Self::Acceptance => Stage::Commissioning,
            Self::InService
            | Self::Lent
            | Self::InMaintenance
            | Self::Broken
            | Self::Quarantined
            | Self::SuspendedQuality
            | Self::SuspendedCyber
            | Self::Stored
            | Self::OnTrial => Stage::Operation,
            Self::Decommissioning | Self::DataDestroyed | Self::NoData | Self::Disposed => {
                Stage::Retirement
            }
        }
    }

    /// What it means to who needs the device.
    pub const fn standing(self) -> Standing {
        match self {
            Self::InService | Self::Lent | Self::OnTrial => Standing::Usable,
            Self::InMaintenance
            | Self::Broken
            | Self::Quarantined
            | Self::SuspendedQuality
            | Self::SuspendedCyber
            | Self::Stored => Standing::Unavailable,
            Self::Requested
            | Self::Sourcing
            | Self::Acquiring
            | Self::Ordered
            | Self::Received
            | Self::Acceptance => Standing::Ahead,
            Self::Decommissioning | Self::DataDestroyed | Self::NoData | Self::Disposed => {
                Standing::Ended
            }
        }
    }

    /// In the hands of people who use it.
    pub const fn is_usable(self) -> bool {
        matches!(self.standing(), Standing::Usable)
    }

    /// The reason to stop that this state puts on a device, until its proof lifts it.
    pub const fn hold(self) -> Option<Hold> {
        match self {
            Self::Broken | Self::InMaintenance => Some(Hold::Failure),
            Self::Quarantined => Some(Hold::Quarantine),
            Self::SuspendedQuality => Some(Hold::Quality),
            Self::SuspendedCyber => Some(Hold::Cyber),
            _ => None,
        }
    }
}

crate::coded! {
    /// A reason for which a device was stopped.
    pub enum Hold {
        Failure = "failure" => "panne ou maintenance",
        Quarantine = "quarantine" => "quarantaine",
        Quality = "quality" => "contrôle de qualité non conforme",
        Cyber = "cyber" => "risque de cybersécurité",
    }
}

impl Hold {
    const fn lifted_by(self) -> &'static [Need] {
        match self {
            Self::Failure => &[Need::ReturnToServiceRecord],
            Self::Quarantine => &[Need::QuarantineDecision, Need::ReturnToServiceRecord],
            Self::Quality => &[Need::ConformQualityControl, Need::ReturnToServiceRecord],
            Self::Cyber => &[Need::CyberDecision, Need::ReturnToServiceRecord],
        }
    }
}

/// The reasons to stop met since the device was last used, from the states it went through, oldest first.
pub fn pending_holds(states: &[State]) -> BTreeSet<Hold> {
    let since = states
        .iter()
        .rposition(|state| state.is_usable())
        .map_or(0, |last_used| last_used + 1);
    states
        .iter()
        .skip(since)
        .filter_map(|state| state.hold())
        .collect()
}

/// What the guards look at.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// A serial number, or the reason why it is unknown.
    pub serial_settled: bool,
    /// No item of R.5212-28 1° is missing.
    pub items_complete: bool,
    /// Listed under R.5212-26, or nobody knows.
    pub may_be_listed: bool,
    /// On a network, when said.
    pub connected: Option<bool>,
    /// Emits ionising radiation, when said.
    pub ionising: Option<bool>,
    /// Keeps data, here or at the supplier's, when said.
    pub stores_data: Option<bool>,
    /// High or vital to the continuity of care.
    pub critical_to_care: bool,
    /// A loan is open: back in use means back with the borrower.
    pub on_loan: bool,
    /// Reasons to stop met since it was last used.
    pub holds: BTreeSet<Hold>,
    /// Proofs on record.
    pub proofs: BTreeSet<Need>,
}

/// A transition the state allows, and what is missing before it may be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The way.
    pub transition: Transition,
    /// Where it leads.
    pub to: State,
    /// Empty = may be done now.
    pub missing: Vec<Need>,
}

impl Offer {
    /// Nothing is missing.
    pub fn is_open(&self) -> bool {
        self.missing.is_empty()
    }
}

impl Transition {
    /// Where it leads from a state (none = a device not yet in the inventory), if the machine has that way.
    /// [`Transition::TakeOver`] leads where the file says and is not listed here.
    pub fn target(self, from: Option<State>) -> Option<State> {
        use State::*;
        let (starts, to): (&[Option<State>], State) = match self {
            Self::TakeOver => return None,
            Self::Request => (&[None], Requested),
            Self::StartSourcing => (&[Some(Requested)], Sourcing),
            Self::OpenAcquisition => (&[Some(Requested), Some(Sourcing)], Acquiring),
            Self::Order => (&[Some(Acquiring)], Ordered),
            Self::Receive => (&[None, Some(Ordered)], Received),
            Self::StartAcceptance => (&[Some(Received)], Acceptance),
            Self::Commission => (&[Some(Acceptance)], InService),
            Self::StartTrial => (&[Some(Acceptance), Some(InService)], OnTrial),
            Self::EndTrial => (&[Some(OnTrial)], InService),
            Self::Lend => (&[Some(InService)], Lent),
            Self::ReturnLoan => (&[Some(Lent)], InService),
            Self::ReportFailure => (
                &[
                    Some(InService),
                    Some(Lent),
                    Some(OnTrial),
                    Some(Stored),
                    Some(InMaintenance),
                ],
                Broken,
            ),
            Self::StartMaintenance => (
                &[
                    Some(InService),
                    Some(Lent),
                    Some(OnTrial),
                    Some(Stored),
                    Some(Broken),
                    Some(SuspendedQuality),
                    Some(SuspendedCyber),
                ],
                InMaintenance,
            ),
            Self::ReturnToService => (&[Some(Broken), Some(InMaintenance)], InService),
            Self::Quarantine => (
                &[
                    Some(InService),
                    Some(Lent),
                    Some(OnTrial),
                    Some(Stored),
                    Some(Broken),
                    Some(InMaintenance),
                    Some(SuspendedQuality),
                    Some(SuspendedCyber),
                ],
                Quarantined,
            ),
            Self::LiftQuarantine => (&[Some(Quarantined)], InService),
            Self::SuspendQuality => (
                &[
                    Some(InService),
                    Some(Lent),
                    Some(OnTrial),
                    Some(Stored),
                    Some(Broken),
                    Some(InMaintenance),
                    Some(SuspendedCyber),
                ],
                SuspendedQuality,
            ),
            Self::LiftQualitySuspension => (&[Some(SuspendedQuality)], InService),
            Self::SuspendCyber => (
                &[
                    Some(InService),
                    Some(Lent),
                    Some(OnTrial),
                    Some(Stored),
                    Some(Broken),
                    Some(InMaintenance),
                    Some(SuspendedQuality),
                ],
                SuspendedCyber,
            ),
            Self::LiftCyberSuspension => (&[Some(SuspendedCyber)], InService),
            Self::Store => (
                &[Some(InService), Some(Broken), Some(InMaintenance)],
                Stored,
            ),
            Self::TakeOutOfStore => (&[Some(Stored)], InService),
            Self::Decommission => (
                &[
                    Some(Received),
                    Some(Acceptance),
                    Some(InService),
                    Some(Lent),
                    Some(InMaintenance),
                    Some(Broken),
                    Some(Quarantined),
                    Some(SuspendedQuality),
                    Some(SuspendedCyber),
                    Some(Stored),
                    Some(OnTrial),
                ],
                Decommissioning,
            ),
            Self::DestroyData => (&[Some(Decommissioning)], DataDestroyed),
            Self::DeclareNoData => (&[Some(Decommissioning)], NoData),
            Self::Dispose => (&[Some(DataDestroyed), Some(NoData)], Disposed),
        };
        starts.contains(&from).then_some(to)
    }

    /// Ways that belong to a record of their own (a loan) and are never taken bare.
    pub const fn has_own_record(self) -> bool {
        matches!(self, Self::Lend | Self::ReturnLoan | Self::TakeOver)
    }

    /// The acts of other domains, once their records exist: named here so that the machine is whole.
    pub const fn demands(self) -> &'static [Need] {
        match self {
            Self::DestroyData => &[Need::DataArchived, Need::DataDestruction],
            Self::Dispose => &[
                Need::DataArchived,
                Need::ContractClosed,
                Need::RegisterRetention,
            ],
            Self::LiftQuarantine => &[Need::QuarantineDecision, Need::ReturnToServiceRecord],
            Self::LiftQualitySuspension => &[Need::ConformQualityControl],
            Self::LiftCyberSuspension => &[Need::CyberDecision],
            Self::ReturnToService => &[Need::ReturnToServiceRecord],
            _ => &[],
        }
    }
}

/// Every way out of a state, with what is missing before each.
pub fn allowed(from: Option<State>, facts: &Facts) -> Vec<Offer> {
    Transition::ALL
        .iter()
        .filter_map(|transition| offer(*transition, from, facts))
        .collect()
}

/// One way out of a state, if the machine has it.
pub fn offer(transition: Transition, from: Option<State>, facts: &Facts) -> Option<Offer> {
    let mut to = transition.target(from)?;
    let mut needs: BTreeSet<Need> = transition.demands().iter().copied().collect();
    if from == Some(State::Quarantined) {
        needs.insert(Need::QuarantineDecision);
    }
    if to.is_usable() {
        needs.extend(facts.holds.iter().flat_map(|hold| hold.lifted_by()));
        needs.extend(
            from.and_then(State::hold)
                .into_iter()
                .flat_map(|hold| hold.lifted_by()),
        );
    }
    if to == State::InService && facts.on_loan && transition != Transition::ReturnLoan {
        to = State::Lent;
    }
    let mut missing: Vec<Need> = needs
        .into_iter()
        .filter(|need| !facts.proofs.contains(need))
        .collect();
    missing.extend(facts_missing(transition, from, facts));
    if mutants::on(Fault::GuardsIgnored) {
        missing.clear();
    }
    missing.sort();
    missing.dedup();
    Some(Offer {
        transition,
        to,
        missing,
    })
}

fn facts_missing(transition: Transition, from: Option<State>, facts: &Facts) -> Vec<Need> {
    let mut missing = Vec::new();
    let mut demand = |need: Need, is_missing: bool| {
        if is_missing && !facts.proofs.contains(&need) {
            missing.push(need);
        }
    };
    match transition {
        Transition::StartAcceptance => demand(Need::Serial, !facts.serial_settled),
        Transition::Commission | Transition::StartTrial if from == Some(State::Acceptance) => {
            demand(
                Need::InventoryItems,
                facts.may_be_listed && !facts.items_complete,
            );
            demand(Need::ConnectionSaid, facts.connected.is_none());
            demand(Need::CyberOpinion, facts.connected == Some(true));
            demand(
                Need::IonisingSaid,
                facts.may_be_listed && facts.ionising.is_none(),
            );
            demand(Need::InitialQualityControl, facts.ionising == Some(true));
        }
        Transition::Decommission => {
            demand(
                Need::ContinuityDecision,
                facts.critical_to_care && from.is_some_and(|s| s.stage() == Stage::Operation),
            );
        }
        Transition::DeclareNoData => {
            demand(Need::StorageSaid, facts.stores_data.is_none());
            demand(Need::DataHeld, facts.stores_data == Some(true));
        }
        _ => {}
    }
    missing
}

#[cfg(test)]
mod tests;
