//! The one table of permissions: name, French label, the permission that lets one see the same
//! objects, and the roles that hold it. The page /accounts/matrix shows it.

use super::roles::Role::{self, *};

/// A thing that may be allowed or not. Each is a type, so that a handler without one does not compile.
pub trait Action: Send + Sync + 'static {
    /// `domain.resource.verb`.
    const NAME: &'static str;
    /// As people read it.
    const LABEL: &'static str;
    /// The permission that decides which objects the holder sees while doing it.
    const SEES: &'static str;
}

/// `A: Entails<B>`: who does A does B on the way, said once here or beside the action.
pub trait Entails<B: Action>: Action {}

/// One line of the matrix.
#[derive(Clone, Copy, Debug)]
pub struct Permission {
    /// `domain.resource.verb`.
    pub name: &'static str,
    /// As people read it.
    pub label: &'static str,
    /// Who holds it.
    pub roles: &'static [Role],
}

macro_rules! actions {
    ($($(#[$doc:meta])* $type:ident $name:literal $label:literal sees $sees:ident [$($role:ident),* $(,)?];)*) => {
        $(
            $(#[$doc])*
            pub struct $type;

            impl Action for $type {
                const NAME: &'static str = $name;
                const LABEL: &'static str = $label;
                const SEES: &'static str = <$sees as ActionName>::NAME_;
            }

            impl ActionName for $type {
                const NAME_: &'static str = $name;
            }
        )*

        /// The matrix role × permission.
        pub const MATRIX: &[Permission] = &[
            $(Permission { name: $name, label: $label, roles: &[$($role),*] },)*
        ];
    };
}

/// Breaks the cycle between an action and the one it sees by.
trait ActionName {
    const NAME_: &'static str;
}

actions! {
    /// To be signed in.
    UseVigie "accounts.profile.use" "Se connecter, gérer son profil" sees UseVigie
        [Administrator, BiomedicalEngineer, Technician, Pharmacist, IvdCorrespondent, SecurityOfficer, It, Dpo, Quality, MedicalPhysicist, Buyer, PharmacyStore, DepartmentHead, UnitManager, WardUser, Director, ExternalTechnician, Auditor];
    /// To open and close one's own session: the one right before the second factor is given.
    UseSession "accounts.sessions.use" "Ouvrir et fermer sa session, agir par délégation" sees UseVigie
        [Administrator, BiomedicalEngineer, Technician, Pharmacist, IvdCorrespondent, SecurityOfficer, It, Dpo, Quality, MedicalPhysicist, Buyer, PharmacyStore, DepartmentHead, UnitManager, WardUser, Director, ExternalTechnician, Auditor];
    /// To set up and renew one's own second factor.
    UseSecondFactor "accounts.second_factor.use" "Gérer son second facteur" sees UseVigie
        [Administrator, BiomedicalEngineer, Technician, Pharmacist, IvdCorrespondent, SecurityOfficer, It, Dpo, Quality, MedicalPhysicist, Buyer, PharmacyStore, DepartmentHead, UnitManager, WardUser, Director, ExternalTechnician, Auditor];
    /// To delegate one's roles for a while.
    UseDelegations "accounts.delegations.use" "Déléguer ses rôles pour un temps" sees UseVigie
        [Administrator, BiomedicalEngineer, Technician, Pharmacist, IvdCorrespondent, SecurityOfficer, It, Dpo, Quality, MedicalPhysicist, Buyer, PharmacyStore, DepartmentHead, UnitManager, WardUser, Director];
    /// To read the list of people and their grants.
    SeeAccounts "accounts.users.see" "Consulter les comptes et leurs droits" sees SeeAccounts
        [Administrator, Director, Auditor];
    /// To create, change and deactivate accounts.
    ManageAccounts "accounts.users.manage" "Créer, modifier et désactiver des comptes" sees SeeAccounts
        [Administrator];
    /// To give and take back roles, within one's own scope.
    GiveGrants "accounts.grants.give" "Donner et retirer des rôles" sees SeeAccounts
        [Administrator];
    /// To read establishments, units and rooms.
    SeeSites "accounts.sites.see" "Consulter les établissements, unités et locaux" sees SeeSites
        [Administrator, BiomedicalEngineer, Technician, Pharmacist, IvdCorrespondent, SecurityOfficer, It, Dpo, Quality, MedicalPhysicist, Buyer, PharmacyStore, DepartmentHead, UnitManager, WardUser, Director, Auditor];
    /// To create, move and close places.
    ManageSites "accounts.sites.manage" "Créer, déplacer et fermer établissements, unités et locaux" sees SeeSites
        [Administrator, BiomedicalEngineer];
    /// To share views of lists with a unit or everybody, and say how a list opens for a role.
    ShareViews "lists.views.share" "Partager des vues de listes" sees ShareViews
        [Administrator, BiomedicalEngineer, Pharmacist, SecurityOfficer, Quality, UnitManager];
    /// To read who did what.
    SeeAudit "audit.rows.see" "Consulter le journal des modifications" sees SeeAudit
        [Administrator, SecurityOfficer, Quality, Auditor];
    /// To read the history of the objects one sees.
    SeeHistory "audit.subjects.see" "Consulter l’historique des objets que l’on voit" sees SeeHistory
        [Administrator, BiomedicalEngineer, Technician, Pharmacist, IvdCorrespondent, SecurityOfficer, It, Dpo, Quality, MedicalPhysicist, Buyer, PharmacyStore, DepartmentHead, UnitManager, Director, Auditor];
    /// To read the legal rules Vigie applies.
    SeeRules "rules.texts.see" "Consulter les textes appliqués" sees SeeRules
        [Administrator, BiomedicalEngineer, Technician, Pharmacist, IvdCorrespondent, SecurityOfficer, It, Dpo, Quality, MedicalPhysicist, Buyer, PharmacyStore, DepartmentHead, UnitManager, Director, Auditor];
    /// To read manufacturers, suppliers and their contacts.
    SeeParties "parties.organisations.see" "Consulter fabricants, fournisseurs et contacts" sees SeeParties
        [Administrator, BiomedicalEngineer, Technician, Pharmacist, IvdCorrespondent, SecurityOfficer, It, Dpo, Quality, MedicalPhysicist, Buyer, PharmacyStore, DepartmentHead, UnitManager, Director, Auditor];
    /// To create and change manufacturers, suppliers and their contacts.
    ManageParties "parties.organisations.manage" "Créer et modifier fabricants, fournisseurs et contacts" sees SeeParties
        [BiomedicalEngineer, Pharmacist, Buyer];
    /// To read documents of the objects one sees.
    SeeDocuments "documents.files.see" "Consulter les documents" sees SeeDocuments
        [Administrator, BiomedicalEngineer, Technician, Pharmacist, IvdCorrespondent, SecurityOfficer, It, Dpo, Quality, MedicalPhysicist, Buyer, PharmacyStore, DepartmentHead, UnitManager, Director, ExternalTechnician, Auditor];
    /// To add documents.
    AddDocuments "documents.files.add" "Ajouter des documents" sees SeeDocuments
        [BiomedicalEngineer, Technician, Pharmacist, IvdCorrespondent, SecurityOfficer, It, Dpo, Quality, MedicalPhysicist, Buyer, ExternalTechnician];
    /// To read how maintenance is organised (art. R.5212-28 2° CSP), and say having read it.
    SeeOrganisationDocuments "documents.organisation.see" "Consulter l’organisation de la maintenance" sees SeeOrganisationDocuments
        [Administrator, BiomedicalEngineer, Technician, Pharmacist, IvdCorrespondent, SecurityOfficer, It, Dpo, Quality, MedicalPhysicist, Buyer, PharmacyStore, DepartmentHead, UnitManager, WardUser, Director, Auditor];
    /// To publish and diffuse how maintenance is organised.
    ManageOrganisationDocuments "documents.organisation.manage" "Publier et diffuser l’organisation de la maintenance" sees SeeOrganisationDocuments
        [BiomedicalEngineer, Quality];
    /// To read models of devices.
    SeeCatalogue "inventory.catalogue.see" "Consulter le catalogue des modèles" sees SeeCatalogue
        [Administrator, BiomedicalEngineer, Technician, Pharmacist, IvdCorrespondent, SecurityOfficer, It, Dpo, Quality, MedicalPhysicist, Buyer, PharmacyStore, DepartmentHead, UnitManager, WardUser, Director, ExternalTechnician, Auditor];
    /// To create and change models.
    ManageCatalogue "inventory.catalogue.manage" "Créer et modifier des modèles" sees SeeCatalogue
        [BiomedicalEngineer, Pharmacist, MedicalPhysicist];
    /// To be told of certificates that end.
    WatchCertificates "inventory.certificates.watch" "Suivre la fin des certificats CE" sees SeeDevices
        [BiomedicalEngineer, Pharmacist, Buyer, Quality];
    /// To read devices.
    SeeDevices "inventory.devices.see" "Consulter les équipements" sees SeeDevices
        [Administrator, BiomedicalEngineer, Technician, Pharmacist, IvdCorrespondent, SecurityOfficer, It, Dpo, Quality, MedicalPhysicist, Buyer, PharmacyStore, DepartmentHead, UnitManager, WardUser, Director, ExternalTechnician, Auditor];
    /// To register devices.
    RegisterDevices "inventory.devices.register" "Inscrire des équipements à l’inventaire" sees SeeDevices
        [BiomedicalEngineer, Technician];
    /// To change what is said of a device.
    EditDevices "inventory.devices.edit" "Modifier la fiche d’un équipement" sees SeeDevices
        [BiomedicalEngineer, Technician];
    /// To move and lend devices.
    MoveDevices "inventory.devices.move" "Déplacer et prêter des équipements" sees SeeDevices
        [BiomedicalEngineer, Technician, UnitManager];
    /// To change the state of a device.
    ChangeDeviceState "inventory.devices.change_state" "Changer l’état d’un équipement" sees SeeDevices
        [BiomedicalEngineer, Technician];
    /// To annul a device entered by mistake.
    AnnulDevices "inventory.devices.annul" "Annuler une inscription erronée" sees SeeDevices
        [BiomedicalEngineer];
    /// To change network facts of a device.
    EditDeviceNetwork "inventory.devices.edit_network" "Modifier les données réseau d’un équipement" sees SeeDevices
        [BiomedicalEngineer, Technician, SecurityOfficer, It];
    /// To print labels of devices.
    PrintLabels "inventory.labels.print" "Imprimer des étiquettes" sees SeeDevices
        [BiomedicalEngineer, Technician, UnitManager];
    /// To add and change formats of labels.
    ManageLabelFormats "inventory.label_formats.manage" "Ajouter et modifier des formats d’étiquettes" sees SeeDevices
        [Administrator, BiomedicalEngineer];
    /// To add fields to the sheet of devices.
    ManageFields "inventory.fields.manage" "Ajouter des champs aux fiches d’équipement" sees SeeDevices
        [Administrator, BiomedicalEngineer];
    /// To read the registers of the devices one sees.
    SeeRegister "register.lines.see" "Consulter le registre sécurité, qualité et maintenance" sees SeeRegister
        [Administrator, BiomedicalEngineer, Technician, Pharmacist, IvdCorrespondent, SecurityOfficer, It, Dpo, Quality, MedicalPhysicist, Buyer, DepartmentHead, UnitManager, Director, ExternalTechnician, Auditor];
    /// To write operations in the register.
    AppendRegister "register.lines.append" "Consigner une opération au registre" sees SeeRegister
        [BiomedicalEngineer, Technician, MedicalPhysicist];
    /// To correct or annul a line of the register by another.
    CorrectRegister "register.lines.correct" "Corriger ou annuler une ligne du registre par une autre" sees SeeRegister
        [BiomedicalEngineer, MedicalPhysicist];
    /// To make one record of two.
    MergeRecords "inventory.merges.make" "Fusionner deux fiches, et défaire une fusion" sees SeeDevices
        [BiomedicalEngineer];
    /// To decide by what day a take-over is settled.
    PlanTakeOver "inventory.take_over.plan" "Décider des échéances de la reprise" sees SeeDevices
        [BiomedicalEngineer];
    /// To let points of a take-over wait, each by the roles that answer for it.
    WaiveTakeOver "inventory.take_over.waive" "Dispenser des points de la reprise" sees SeeDevices
        [BiomedicalEngineer, SecurityOfficer, MedicalPhysicist, Dpo];
    /// To read obligations, what is due, and what was done.
    SeeMaintenance "maintenance.obligations.see" "Consulter la maintenance et ses échéances" sees SeeMaintenance
        [Administrator, BiomedicalEngineer, Technician, Pharmacist, IvdCorrespondent, SecurityOfficer, It, Quality, MedicalPhysicist, Buyer, DepartmentHead, UnitManager, WardUser, Director, ExternalTechnician, Auditor];
    /// To make and revoke one's own calendars of maintenance.
    UseFeeds "maintenance.feeds.use" "Faire lire son planning par un agenda" sees SeeMaintenance
        [BiomedicalEngineer, Technician, Pharmacist, MedicalPhysicist, DepartmentHead, UnitManager, ExternalTechnician];
    /// To define, change and retire obligations.
    ManageObligations "maintenance.obligations.manage" "Définir les obligations de maintenance et de contrôle" sees SeeMaintenance
        [BiomedicalEngineer, MedicalPhysicist];
    /// To state when an operation was last done, and what a counter shows.
    StateLastDone "maintenance.due.state" "Déclarer une dernière date ou un compteur" sees SeeMaintenance
        [BiomedicalEngineer, Technician, MedicalPhysicist];
    /// To decide that an obligation does not apply to a device, or otherwise.
    DecideExceptions "maintenance.exceptions.decide" "Décider une exception à une obligation" sees SeeMaintenance
        [BiomedicalEngineer, MedicalPhysicist];
    /// To ask that an operation be put off.
    AskDeferrals "maintenance.deferrals.ask" "Demander le report d’une échéance" sees SeeMaintenance
        [BiomedicalEngineer, Technician, MedicalPhysicist, UnitManager];
    /// To allow or refuse a deferral somebody else asked for.
    AnswerDeferrals "maintenance.deferrals.answer" "Accorder ou refuser le report d’une échéance" sees SeeMaintenance
        [BiomedicalEngineer, MedicalPhysicist];
    /// To ask for an intervention.
    RequestInterventions "maintenance.requests.make" "Demander une intervention" sees SeeMaintenance
        [BiomedicalEngineer, Technician, Pharmacist, MedicalPhysicist, DepartmentHead, UnitManager, WardUser];
    /// To qualify, plan, do and close interventions.
    RunInterventions "maintenance.interventions.run" "Qualifier, faire et clôturer des interventions" sees SeeMaintenance
        [BiomedicalEngineer, Technician, MedicalPhysicist, ExternalTechnician];
    /// To record that a stopped device may be used again.
    ReturnToService "maintenance.returns.record" "Constater la remise en service d’un équipement arrêté" sees SeeMaintenance
        [BiomedicalEngineer, Technician];
    /// To confirm the stop of a device found not conform, and say what follows.
    ManageNonconformities "maintenance.nonconformities.manage" "Traiter les non-conformités" sees SeeMaintenance
        [BiomedicalEngineer, MedicalPhysicist];
    /// To declare test tools and record their calibrations.
    ManageTestTools "maintenance.test_tools.manage" "Gérer les appareils de mesure et leurs étalonnages" sees SeeMaintenance
        [BiomedicalEngineer, Technician, MedicalPhysicist];
    /// To read the reports where someone was or could have been harmed.
    SeeHarm "maintenance.harm.see" "Voir les signalements où quelqu’un a pu être atteint" sees SeeMaintenance
        [Pharmacist, IvdCorrespondent, Quality];
    /// To read contracts and what they cover.
    SeeContracts "contracts.agreements.see" "Consulter les contrats et ce qu’ils couvrent" sees SeeContracts
        [Administrator, BiomedicalEngineer, Technician, Pharmacist, SecurityOfficer, It, Dpo, Quality, MedicalPhysicist, Buyer, DepartmentHead, UnitManager, Director, Auditor];
    /// To write contracts, their lines and their end.
    ManageContracts "contracts.agreements.manage" "Gérer les contrats, leurs équipements et leur fin" sees SeeContracts
        [BiomedicalEngineer, Buyer];
    /// To export lists.
    ExportLists "exchange.exports.make" "Exporter des listes" sees ExportLists
        [Administrator, BiomedicalEngineer, Technician, Pharmacist, IvdCorrespondent, SecurityOfficer, It, Dpo, Quality, MedicalPhysicist, Buyer, PharmacyStore, DepartmentHead, UnitManager, Director, Auditor];
    /// To import devices.
    ImportDevices "exchange.imports.run" "Importer des équipements" sees SeeDevices
        [BiomedicalEngineer];
    /// To read when and how the base was saved.
    SeeBackups "admin.backups.see" "Consulter les sauvegardes" sees SeeBackups
        [Administrator, Auditor];
    /// To save the base.
    MakeBackups "admin.backups.make" "Faire une sauvegarde" sees SeeBackups
        [Administrator];
    /// To read what the economic system says of equipment.
    SeeAssets "exchange.assets.see" "Consulter le rapprochement des immobilisations" sees SeeAssets
        [BiomedicalEngineer, Buyer, Director, Auditor];
    /// To read its extracts and take numbers and values onto devices.
    ReconcileAssets "exchange.assets.reconcile" "Rapprocher les immobilisations" sees SeeAssets
        [BiomedicalEngineer, Buyer];
    /// To read how long data is kept and what is past its term.
    SeeRetention "admin.retention.see" "Consulter les durées de conservation" sees SeeRetention
        [Administrator, SecurityOfficer, Dpo, Quality, Auditor];
    /// To purge what is past its term.
    PurgeData "admin.retention.purge" "Purger ce qui a passé sa durée de conservation" sees SeeRetention
        [Administrator];
    /// To search.
    Search "search.entries.see" "Rechercher" sees SeeDevices
        [Administrator, BiomedicalEngineer, Technician, Pharmacist, IvdCorrespondent, SecurityOfficer, It, Dpo, Quality, MedicalPhysicist, Buyer, PharmacyStore, DepartmentHead, UnitManager, WardUser, Director, ExternalTechnician, Auditor];
}

/// Does `role` hold the permission `name`?
pub fn holds(role: Role, name: &str) -> bool {
    MATRIX
        .iter()
        .any(|p| p.name == name && p.roles.contains(&role))
}

/// The French label of a permission.
pub fn label(name: &str) -> &'static str {
    MATRIX
        .iter()
        .find(|p| p.name == name)
        .map_or("", |p| p.label)
}

impl Entails<ChangeDeviceState> for RunInterventions {}
impl Entails<ChangeDeviceState> for ReturnToService {}
impl Entails<AppendRegister> for RunInterventions {}
impl Entails<AppendRegister> for ReturnToService {}
impl Entails<AppendRegister> for ManageNonconformities {}
impl Entails<ChangeDeviceState> for ManageNonconformities {}
impl Entails<RegisterDevices> for ImportDevices {}
impl Entails<EditDevices> for ReconcileAssets {}
impl Entails<AddDocuments> for ManageOrganisationDocuments {}
impl Entails<EditDevices> for ImportDevices {}
impl Entails<AppendRegister> for ImportDevices {}
impl Entails<CorrectRegister> for ImportDevices {}
impl Entails<AddDocuments> for AppendRegister {}
impl Entails<AddDocuments> for CorrectRegister {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_every_role_may_sign_in() {
        let mut names: Vec<_> = MATRIX.iter().map(|p| p.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), MATRIX.len());
        assert!(Role::ALL.into_iter().all(|r| holds(r, UseVigie::NAME)));
    }

    #[test]
    fn an_auditor_changes_nothing() {
        for p in MATRIX.iter().filter(|p| p.roles.contains(&Auditor)) {
            assert!(
                p.name.ends_with(".see")
                    || [
                        UseVigie::NAME,
                        UseSession::NAME,
                        UseSecondFactor::NAME,
                        ExportLists::NAME
                    ]
                    .contains(&p.name),
                "{}",
                p.name
            );
        }
    }
}
