//! Every column a file of devices may bring: its key, its French name, the headers it is met under in exports of GMAO
//! and in spreadsheets (French, English, Spanish), and how its cells are read.
//!
//! Synonyms are written folded (lower case, no accents, no punctuation), see [`super::headers::fold`].

/// How the cells of a field are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text, inner blanks joined, of at most so many characters.
    Text(usize),
    /// A longer text, line breaks kept.
    Note,
    /// A number or code kept as written but for the blanks around it.
    Identifier(usize),
    /// A serial number: an identifier that a spreadsheet may have ruined, or that may be said to be unknown.
    Serial,
    /// A day; what is none is kept as text beside.
    Day,
    /// An amount in euros; what is none is kept as text beside.
    Money,
    /// Yes or no.
    Flag,
    /// State of a device.
    State,
    /// How the hospital holds the device.
    Holding,
    /// Low, medium, high, vital.
    Criticality,
    /// Risk class as written.
    Class,
    /// MDR, IVDR, MDD…
    Regulation,
    /// Code of a nomenclature.
    Code,
    /// MAC address.
    Mac,
    /// IP address.
    Ip,
    /// What became of a device that left.
    Destination,
    /// Name of a manufacturer, supplier or owner.
    Party,
    /// Code or name of a place.
    Place,
}

/// A column that may be imported.
#[derive(Debug)]
pub struct Field {
    /// Stable key, stored in saved mappings.
    pub key: &'static str,
    /// French name shown.
    pub label: &'static str,
    /// How its cells are read.
    pub kind: Kind,
    /// Group it is listed under in the mapping page.
    pub group: &'static str,
    /// Headers it is met under, folded, the likeliest first.
    pub synonyms: &'static [&'static str],
}

pub(super) const fn f(
    key: &'static str,
    label: &'static str,
    kind: Kind,
    group: &'static str,
    synonyms: &'static [&'static str],
) -> Field {
    Field {
        key,
        label,
        kind,
        group,
        synonyms,
    }
}

use Kind::*;

const ID: &str = "Identité";
const MODEL: &str = "Modèle";
const PLACE: &str = "Lieu";
const LIFE: &str = "Vie";
const MONEY: &str = "Acquisition";
const NET: &str = "Réseau et logiciel";

/// Every importable field, in the order of the mapping page.
#[rustfmt::skip] // one word a line would make a table of 1,200 lines
pub static FIELDS: &[Field] = &[
    f("inventory_number", "N° d’inventaire", Identifier(60), ID, &[
        "numero inventaire", "internal inventory number", "internal iventory number", "inventaire", "numero equipement", "code equipement", "identifiant equipement",
        "numero gmao", "code inventaire", "numero bien", "code bien", "numero parc", "code barre", "code barres",
        "numero etiquette", "matricule", "numero materiel", "code materiel", "numero appareil", "inventory number",
        "inventory", "asset tag", "asset number", "asset id", "asset code", "equipment number", "equipment id",
        "equipment code", "tag number", "tag", "control number", "hospital asset number", "bme number", "barcode",
        "inven number", "codigo inventario", "numero inventario", "inventario", "placa", "placa inventario",
        "codigo inventario interno", "codigo interno", "codigo equipo", "activo fijo",
        "codigo inventario interno laboratorio asignado", "ref inventaire", "id equipement", "reference inventaire",
    ]),
    f("serial_number", "N° de série", Serial, ID, &[
        "numero serie", "serie", "numero serie fabricant", "numero serie constructeur", "sn", "serial number",
        "serial", "serial no", "numero serial", "serie equipo", "numero de fabrication", "numero fabrication",
    ]),
    f("lot_number", "N° de lot", Identifier(120), ID, &[
        "numero lot", "lot", "lot number", "batch", "batch number", "lote", "numero lote",
    ]),
    f("udi", "IUD (code lu)", Identifier(400), ID, &[
        "iud", "udi", "code udi", "iud complet", "udi complet", "udi carrier", "code iud", "udi di", "iud id",
        "gtin",
    ]),
    f("local_name", "Nom local", Text(200), ID, &[
        "nom local", "nom usuel", "surnom", "appellation locale", "alias", "local name", "nickname",
    ]),
    f("establishment", "Établissement", Place, PLACE, &[
        "etablissement", "finess", "numero finess", "finess geographique", "code etablissement", "hopital",
        "entite juridique", "hospital", "facility", "health facility", "facility name", "institucion", "sede",
        "establecimiento",
    ]),
    f("common_name", "Dénomination commune", Text(300), MODEL, &[
        "denomination commune", "designation", "libelle", "libelle equipement", "designation equipement",
        "nom equipement", "equipement", "denomination", "type equipement", "nature", "nature equipement", "famille",
        "libelle famille", "appareil", "description equipement", "materiel", "nom appareil", "equipment name",
        "equipment", "equipment type", "device name", "device", "device type", "generic name", "asset name",
        "asset description", "item description", "description", "name", "equipment description",
        "generic asset name", "asset full name", "asset fullname", "nombre equipo", "equipo", "nombre", "descripcion", "descripcion equipo",
        "tipo equipo", "denominacion",
    ]),
    f("trade_name", "Dénomination commerciale (modèle)", Text(300), MODEL, &[
        "denomination commerciale", "modele", "nom commercial", "modele equipement", "model", "model name",
        "trade name", "modelo", "gamme", "modele type", "marque commerciale", "libelle modele", "nom modele",
        "commercial name",
    ]),
    f("reference", "Référence du fabricant", Text(200), MODEL, &[
        "reference", "reference fabricant", "reference modele", "reference constructeur", "reference catalogue",
        "type", "numero modele", "model number", "model no", "catalog number", "catalogue number", "part number",
        "ref", "referencia", "numero modelo", "type modele", "code modele",
    ]),
    f("manufacturer", "Fabricant", Party, MODEL, &[
        "fabricant", "nom fabricant", "constructeur", "marque", "manufacturer", "manufacturer name", "brand",
        "brand name", "make", "maker", "fabricante", "marca", "marque fabricant", "fabricant marque",
        "nom constructeur", "marca equipo", "brandname",
    ]),
    f("risk_class", "Classe de risque", Class, MODEL, &[
        "classe risque", "classe", "classe dm", "classe ce", "classe du dispositif", "risk class", "class",
        "device class", "clasificacion riesgo", "clase riesgo", "clasificacion por riesgo", "classe de dm",
        "risk classification",
    ]),
    f("regulation", "Réglementation", Regulation, MODEL, &[
        "reglementation", "reglement", "regulation", "directive", "cadre reglementaire", "normativa",
    ]),
    f("code_umdns", "Code UMDNS", Code, MODEL, &[
        "umdns", "code umdns", "generic asset id", "umdns code", "generic asset code", "codigo umdns", "codigo ecri", "code ecri",
        "ecri",
    ]),
    f("code_emdn", "Code EMDN", Code, MODEL, &["emdn", "code emdn", "emdn code"]),
    f("code_gmdn", "Code GMDN", Code, MODEL, &["gmdn", "code gmdn", "gmdn code"]),
    f("code_cneh", "Code CNEH", Code, MODEL, &["cneh", "code cneh", "code cneh cneh", "nomenclature cneh", "cod cneh"]),
    f("code_cladimed", "Code CLADIMED", Code, MODEL, &["cladimed", "code cladimed"]),
    f("code_lpp", "Code LPP", Code, MODEL, &["lpp", "code lpp", "lppr"]),
    f("unit_code", "Code d’UF", Place, PLACE, &[
        "uf", "code uf", "numero uf", "unite fonctionnelle", "code unite fonctionnelle", "code service", "uf code",
        "department code", "unit code", "centre responsabilite", "centre de cout", "cost center", "cost centre",
        "uf affectation", "uf utilisatrice", "num uf", "uf localisation", "code unite",
    ]),
    f("unit_name", "Unité ou service", Place, PLACE, &[
        "service", "libelle uf", "nom uf", "unite", "libelle service", "nom service", "service utilisateur",
        "service affectation", "unite soins", "libelle unite fonctionnelle", "nom unite", "service d affectation",
        "unite de soins", "affectation", "department", "department name", "ward", "unit", "unit name",
        "clinical department", "area", "servicio", "area equipo", "departamento", "unidad", "proceso", "section",
    ]),
    f("department", "Pôle", Place, PLACE, &["pole", "libelle pole", "nom pole", "code pole", "division", "direccion"]),
    f("site", "Site", Place, PLACE, &[
        "site", "nom site", "code site", "libelle site", "site geographique", "campus", "sitio",
    ]),
    f("room", "Local ou emplacement", Place, PLACE, &[
        "local", "localisation", "emplacement", "lieu", "piece", "salle", "numero local", "code local", "chambre",
        "batiment etage local", "localisation precise", "location", "room", "room number", "place", "position",
        "location name", "ubicacion fisica", "ubicacion", "localizacion", "salle local",
    ]),
    f("state", "État", State, LIFE, &[
        "etat", "statut", "situation", "etat equipement", "statut equipement", "etat appareil", "etat fonctionnel",
        "status", "state", "condition", "equipment status", "functional status", "asset status", "estado",
        "estado equipo", "estado operativo", "etat actuel", "libelle etat",
    ]),
    f("first_service_date", "Date de première mise en service", Day, LIFE, &[
        "date premiere mise service", "date mise service", "mise service", "date mes", "mes",
        "date mise en exploitation", "dt mise service", "date de mise en route", "date mise route",
        "commissioning date", "commission date", "in service date", "installation date", "date installation",
        "date of installation", "date commissioned", "start date", "fecha puesta servicio", "fecha instalacion",
        "puesta en marcha", "fecha puesta en marcha", "service date", "date mise serv", "install date",
        "date put into service", "put in service",
    ]),
    f("local_service_date", "Date de mise en service ici", Day, LIFE, &[
        "date mise service ici", "date mise service locale", "date mise service etablissement", "date entree parc",
        "date entree inventaire",
    ]),
    f("manufacture_date", "Date de fabrication", Day, LIFE, &[
        "date fabrication", "annee fabrication", "manufacture date", "manufacturing date", "date of manufacture",
        "year of manufacture", "manufacture year", "fecha fabricacion", "ano fabricacion", "annee construction",
    ]),
    f("delivery_date", "Date de livraison", Day, LIFE, &[
        "date livraison", "livraison", "delivery date", "date reception", "reception date", "received date",
        "date of delivery", "fecha entrega", "fecha recepcion", "date de livraison",
    ]),
    f("acceptance_date", "Date de recette", Day, LIFE, &[
        "date recette", "recette", "date acceptation", "date admission", "acceptance date", "date va", "date vsr",
        "date reception technique",
    ]),
    f("warranty_end_date", "Fin de garantie", Day, LIFE, &[
        "fin garantie", "date fin garantie", "garantie", "garantie jusqu au", "echeance garantie", "warranty end",
        "warranty expiry", "warranty end date", "warranty expiration", "warranty expiry date", "warranty",
        "warranty until", "fecha finalizacion garantia", "fin garantia", "garantia", "vencimiento garantia",
        "date garantie",
    ]),
    f("end_of_exploitation_date", "Fin d’exploitation", Day, LIFE, &[
        "date reforme", "date sortie", "date fin exploitation", "fin exploitation", "date sortie inventaire",
        "date mise rebut", "disposal date", "retirement date", "decommission date", "date of disposal", "fecha baja",
        "date elimination", "reforme le",
    ]),
    f("end_reason", "Motif de fin d’exploitation", Text(500), LIFE, &[
        "motif reforme", "motif sortie", "cause reforme", "disposal reason", "motivo baja", "raison reforme",
    ]),
    f("destination", "Destination", Destination, LIFE, &[
        "destination", "destination reforme", "devenir", "mode sortie", "disposal method",
    ]),
    f("maintenance_criticality", "Criticité de maintenance", Criticality, LIFE, &[
        "criticite", "criticite maintenance", "niveau criticite", "criticality", "risk score", "criticidad",
        "risk level", "priorite",
    ]),
    f("care_criticality", "Criticité de continuité des soins", Criticality, LIFE, &[
        "criticite soins", "criticite continuite", "criticite clinique", "care criticality",
    ]),
    f("supplier", "Fournisseur", Party, MONEY, &[
        "fournisseur", "nom fournisseur", "distributeur", "vendeur", "revendeur", "supplier", "supplier name",
        "vendor", "vendor name", "dealer", "agent", "proveedor", "proveedor equipo", "distribuidor",
    ]),
    f("owner", "Propriétaire", Party, MONEY, &[
        "proprietaire", "appartient a", "owner", "owned by", "owner entity", "propietario", "propietario equipo",
    ]),
    f("holding", "Mode de détention", Holding, MONEY, &[
        "mode acquisition", "mode detention", "type acquisition", "mode achat", "type propriete", "origine",
        "acquisition type", "acquisition method", "acquisition mode", "ownership", "forma adquisicion",
        "source acquisition", "mode d entree", "type detention", "regime",
    ]),
    f("holding_reference", "Référence de la convention", Text(200), MONEY, &[
        "numero convention", "convention", "reference convention", "numero contrat mise a disposition",
        "agreement number",
    ]),
    f("holding_start_date", "Début de détention", Day, MONEY, &[
        "debut convention", "debut mise a disposition", "date debut pret", "debut location", "date debut location",
        "holding start",
    ]),
    f("holding_end_date", "Fin de détention", Day, MONEY, &[
        "fin convention", "fin mise a disposition", "date fin pret", "fin location", "date fin location",
        "date retour prevue", "holding end",
    ]),
    f("purchase_date", "Date d’achat", Day, MONEY, &[
        "date achat", "achat", "date acquisition", "date commande", "annee achat", "annee acquisition",
        "purchase date", "date purchased", "date of purchase", "acquisition date", "purchase year", "fecha compra",
        "fecha adquisicion", "antiguedad f adquisicion", "antiguedad eq f adquisicion", "ano adquisicion",
        "date dachat", "donation date",
    ]),
    f("price", "Prix d’achat (€)", Money, MONEY, &[
        "prix", "prix achat", "prix ttc", "prix achat ttc", "valeur", "valeur achat", "montant", "montant ttc",
        "cout acquisition", "valeur acquisition", "prix acquisition", "price", "purchase price", "cost", "unit cost",
        "purchase cost", "acquisition cost", "purchase value", "valor compra", "precio", "valor", "costo", "prix ht",
        "prix achat ht", "prix unitaire",
    ]),
    f("asset_number", "N° d’immobilisation", Identifier(100), MONEY, &[
        "numero immobilisation", "immobilisation", "numero immo", "immo", "fiche immo", "fixed asset number",
        "numero fiche immobilisation",
    ]),
    f("account_code", "Compte", Identifier(60), MONEY, &[
        "compte", "compte comptable", "numero compte", "imputation", "account", "account code", "cuenta",
    ]),
    f("market_number", "N° de marché", Identifier(100), MONEY, &[
        "numero marche", "marche", "reference marche", "contract number", "tender number", "numero contrato",
    ]),
    f("order_number", "N° de commande", Identifier(100), MONEY, &[
        "numero commande", "commande", "bon commande", "numero bon commande", "order number", "purchase order",
        "po number", "orden compra", "numero bc",
    ]),
    f("parent", "Appareil principal (n° d’inventaire)", Identifier(60), ID, &[
        "appareil principal", "equipement parent", "equipement pere", "numero pere", "inventaire parent", "parent",
        "parent asset", "parent equipment", "ensemble", "rattache a", "equipement principal",
    ]),
    f("old_label", "Ancienne étiquette", Identifier(200), ID, &[
        "ancien numero", "ancien numero inventaire", "ancienne etiquette", "ancien code", "old number", "old tag",
        "previous number", "codigo ips", "numero anterior", "autre numero", "second numero",
    ]),
    f("old_system", "N° dans l’ancien système", Identifier(200), ID, &[
        "identifiant gmao", "id gmao", "identifiant technique", "id technique", "asset uid", "record id",
        "internal id", "id externe", "system id",
    ]),
    f("rfid", "Étiquette RFID", Identifier(200), ID, &["rfid", "tag rfid", "puce rfid", "epc"]),
    f("dicom_ae", "AE Title DICOM", Identifier(64), NET, &["ae title", "aet", "dicom ae", "ae title dicom", "dicom"]),
    f("software_version", "Version du logiciel", Text(100), NET, &[
        "version logiciel", "version logicielle", "version", "version soft", "software version", "firmware",
        "firmware version", "sw version", "software", "version firmware", "version du logiciel", "version software",
    ]),
    f("is_connected", "Connecté", Flag, NET, &[
        "connecte", "connecte au reseau", "reseau", "en reseau", "connected", "networked", "network", "conectado",
    ]),
    f("mac", "Adresse MAC", Mac, NET, &[
        "adresse mac", "mac", "mac address", "direccion mac", "adr mac", "mac adresse",
    ]),
    f("ip", "Adresse IP", Ip, NET, &["adresse ip", "ip", "ip address", "direccion ip", "adr ip", "ip adresse"]),
    f("vlan", "VLAN", Text(60), NET, &["vlan", "numero vlan", "vlan id"]),
    f("host_name", "Nom d’hôte", Text(200), NET, &[
        "nom hote", "hostname", "host name", "nom machine", "nom reseau", "nom poste", "nom dns",
    ]),
    f("is_wireless", "Sans fil", Flag, NET, &["wifi", "sans fil", "wireless", "wi fi"]),
    f("is_dmn", "DM numérique", Flag, NET, &["dmn", "dm numerique", "dispositif medical numerique"]),
    f("is_ai", "Intelligence artificielle", Flag, NET, &[
        "ia", "ai", "intelligence artificielle", "artificial intelligence",
    ]),
    f("stores_data_locally", "Conserve des données de patients", Flag, NET, &[
        "donnees patient", "donnees patients", "stocke donnees", "donnees personnelles", "patient data", "phi",
    ]),
    f("note", "Remarques", Note, LIFE, &[
        "commentaire", "commentaires", "remarque", "remarques", "observation", "observations", "notes", "note",
        "comment", "comments", "remarks", "observaciones", "otros", "divers", "info complementaire",
    ]),
];

/// The field of a key.
pub fn field(key: &str) -> Option<&'static Field> {
    FIELDS
        .iter()
        .chain(super::operations::OPERATIONS)
        .chain(super::last_done::LAST_DONE)
        .find(|field| field.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::imports::headers::fold;
    use std::collections::{HashMap, HashSet};

    #[test]
    fn keys_are_unique_and_no_header_leads_to_two_fields() {
        let mut keys = HashSet::new();
        let mut owners: HashMap<String, &str> = HashMap::new();
        for field in FIELDS {
            assert!(keys.insert(field.key), "{} twice", field.key);
            for synonym in field.synonyms {
                if let Some(other) = owners.insert(fold(synonym), field.key) {
                    assert_eq!(
                        other, field.key,
                        "« {synonym} » leads to {other} and {}",
                        field.key
                    );
                }
            }
        }
    }
}
