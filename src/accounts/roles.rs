//! The roles of a hospital group.

/// What a person is in Vigie. The matrix role × permission is in [`super::actions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Accounts, places, settings.
    Administrator,
    /// Ingénieur biomédical.
    BiomedicalEngineer,
    /// Technicien biomédical.
    Technician,
    /// Pharmacien, correspondant local de matériovigilance (CLMV).
    Pharmacist,
    /// Correspondant local de réactovigilance (CLRV).
    IvdCorrespondent,
    /// Responsable de la sécurité des systèmes d’information (RSSI).
    SecurityOfficer,
    /// Direction des systèmes d’information (DSI).
    It,
    /// Délégué à la protection des données (DPO).
    Dpo,
    /// Qualité et gestion des risques.
    Quality,
    /// Physicien médical.
    MedicalPhysicist,
    /// Acheteur.
    Buyer,
    /// Pharmacie à usage intérieur (PUI).
    PharmacyStore,
    /// Chef de pôle.
    DepartmentHead,
    /// Cadre de santé.
    UnitManager,
    /// Personnel d’unité: reports only.
    WardUser,
    /// Directeur.
    Director,
    /// Technicien externe: the file of his devices only (art. R.5212-28 6° CSP).
    ExternalTechnician,
    /// Auditeur ou inspecteur: reads everything, writes nothing.
    Auditor,
}

impl Role {
    /// Every role, in the order pages show them.
    pub const ALL: [Role; 18] = [
        Role::Administrator,
        Role::BiomedicalEngineer,
        Role::Technician,
        Role::Pharmacist,
        Role::IvdCorrespondent,
        Role::SecurityOfficer,
        Role::It,
        Role::Dpo,
        Role::Quality,
        Role::MedicalPhysicist,
        Role::Buyer,
        Role::PharmacyStore,
        Role::DepartmentHead,
        Role::UnitManager,
        Role::WardUser,
        Role::Director,
        Role::ExternalTechnician,
        Role::Auditor,
    ];

    /// The code kept in the database and used in URLs.
    pub fn code(self) -> &'static str {
        match self {
            Role::Administrator => "administrator",
            Role::BiomedicalEngineer => "biomedical_engineer",
            Role::Technician => "technician",
            Role::Pharmacist => "pharmacist",
            Role::IvdCorrespondent => "ivd_correspondent",
            Role::SecurityOfficer => "security_officer",
            Role::It => "it",
            Role::Dpo => "dpo",
            Role::Quality => "quality",
            Role::MedicalPhysicist => "medical_physicist",
            Role::Buyer => "buyer",
            Role::PharmacyStore => "pharmacy_store",
            Role::DepartmentHead => "department_head",
            Role::UnitManager => "unit_manager",
            Role::WardUser => "ward_user",
            Role::Director => "director",
            Role::ExternalTechnician => "external_technician",
            Role::Auditor => "auditor",
        }
    }

    /// The role of a code.
    pub fn of_code(code: &str) -> Option<Role> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }

    /// As people read it.
    pub fn label(self) -> &'static str {
        match self {
            Role::Administrator => "Administrateur",
            Role::BiomedicalEngineer => "Ingénieur biomédical",
            Role::Technician => "Technicien biomédical",
            Role::Pharmacist => "Pharmacien (CLMV)",
            Role::IvdCorrespondent => "Correspondant de réactovigilance (CLRV)",
            Role::SecurityOfficer => "RSSI",
            Role::It => "DSI",
            Role::Dpo => "DPO",
            Role::Quality => "Qualité",
            Role::MedicalPhysicist => "Physicien médical",
            Role::Buyer => "Acheteur",
            Role::PharmacyStore => "Pharmacie (PUI)",
            Role::DepartmentHead => "Chef de pôle",
            Role::UnitManager => "Cadre de santé",
            Role::WardUser => "Personnel d’unité",
            Role::Director => "Directeur",
            Role::ExternalTechnician => "Technicien externe",
            Role::Auditor => "Auditeur, inspecteur",
        }
    }
}
