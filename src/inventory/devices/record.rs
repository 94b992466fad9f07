//! The whole record of a device with the names around it: what its page, its form and its JSON are made of.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::DeviceId;
use super::model::{Criticality, Holding, RemoteAccess};
use crate::accounts::access::{Place, Placed, Scope};
use crate::accounts::{EstablishmentId, RoomId, UnitId};
use crate::inventory::catalogue::{RegulatedFamily, Regulation, RiskClass};
use crate::inventory::states::State;
use crate::kernel::{Error, Result};

/// A device as its page knows it.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its key.
    pub id: DeviceId,
    /// Who exploits it.
    pub establishment_id: EstablishmentId,
    /// The unit that uses it.
    pub unit_id: Option<UnitId>,
    /// Where it stands.
    pub room_id: Option<RoomId>,
    /// Where within the room, or the place as a file gave it.
    pub place_detail: Option<String>,
    /// Its model.
    pub model_id: Uuid,
    /// The version it runs.
    pub software_version_id: Option<Uuid>,
    /// N° d’inventaire.
    pub inventory_number: String,
    /// The eight characters of its label.
    pub label_code: String,
    /// What the unit calls it.
    pub local_name: Option<String>,
    /// N° de série.
    pub serial_number: Option<String>,
    /// Why the serial is unknown.
    pub serial_unknown_reason: Option<String>,
    /// Lot.
    pub lot_number: Option<String>,
    /// UDI as scanned or typed.
    pub udi_text: Option<String>,
    /// Who issued its DI.
    pub udi_issuer: Option<String>,
    /// DI understood.
    pub udi_di: Option<String>,
    /// Everything understood of the UDI.
    pub udi_understood: Option<Value>,
    /// How well it was understood.
    pub udi_status: Option<String>,
    /// Fournisseur.
    pub supplier_id: Option<Uuid>,
    /// Owner, where it is not the establishment.
    pub owner_id: Option<Uuid>,
    /// By what title the hospital has it.
    pub holding: Option<Holding>,
    /// Convention.
    pub holding_reference: Option<String>,
    /// Start of the holding.
    pub holding_start_date: Option<NaiveDate>,
    /// Words given in place of that day.
    pub holding_start_date_text: Option<String>,
    /// End of the holding.
    pub holding_end_date: Option<NaiveDate>,
    /// Words given in place of that day.
    pub holding_end_date_text: Option<String>,
    /// Made.
    pub manufacture_date: Option<NaiveDate>,
    /// Words given in place of that day.
    pub manufacture_date_text: Option<String>,
    /// Bought.
    pub purchase_date: Option<NaiveDate>,
    /// Words given in place of that day.
    pub purchase_date_text: Option<String>,
    /// Delivered.
    pub delivery_date: Option<NaiveDate>,
    /// Words given in place of that day.
    pub delivery_date_text: Option<String>,
    /// Accepted (admission).
    pub acceptance_date: Option<NaiveDate>,
    /// Words given in place of that day.
    pub acceptance_date_text: Option<String>,
    /// First put into service, here or elsewhere.
    pub first_service_date: Option<NaiveDate>,
    /// Words given in place of that day.
    pub first_service_date_text: Option<String>,
    /// Put into service here.
    pub local_service_date: Option<NaiveDate>,
    /// Words given in place of that day.
    pub local_service_date_text: Option<String>,
    /// VA.
    pub aptitude_date: Option<NaiveDate>,
    /// VSR.
    pub regular_service_date: Option<NaiveDate>,
    /// End of the warranty.
    pub warranty_end_date: Option<NaiveDate>,
    /// Words given in place of that day.
    pub warranty_end_date_text: Option<String>,
    /// N° d’immobilisation.
    pub asset_number: Option<String>,
    /// Compte.
    pub account_code: Option<String>,
    /// Marché.
    pub market_number: Option<String>,
    /// Commande.
    pub order_number: Option<String>,
    /// Price.
    pub price_cents: Option<i64>,
    /// Words given in place of a price.
    pub price_text: Option<String>,
    /// The device it is part of.
    pub parent_id: Option<DeviceId>,
    /// Exception to the model.
    pub is_dmn: Option<bool>,
    /// Exception to the model.
    pub is_ai: Option<bool>,
    /// Use as a digital device.
    pub dmn_scope: Option<String>,
    /// On a network, when said.
    pub is_connected: Option<bool>,
    /// Zone.
    pub network_zone: Option<String>,
    /// How someone outside reaches it.
    pub remote_access: Option<RemoteAccess>,
    /// Details of that access.
    pub remote_access_note: Option<String>,
    /// Keeps personal data, when said.
    pub stores_data_locally: Option<bool>,
    /// Sends personal data elsewhere, when said.
    pub stores_data_remotely: Option<bool>,
    /// Encrypted, when said.
    pub data_encrypted: Option<bool>,
    /// Its media.
    pub storage_media: Option<String>,
    /// Why it differs from its model.
    pub exceptions_reason: Option<String>,
    /// For maintenance.
    pub maintenance_criticality: Option<Criticality>,
    /// For the continuity of care.
    pub care_criticality: Option<Criticality>,
    /// For cybersecurity.
    pub cyber_criticality: Option<Criticality>,
    /// End of exploitation.
    pub end_of_exploitation_date: Option<NaiveDate>,
    /// Words given in place of that day.
    pub end_of_exploitation_date_text: Option<String>,
    /// Why it left.
    pub end_reason: Option<String>,
    /// Where it went.
    pub destination: Option<String>,
    /// Until when its register is kept.
    pub register_retained_until: Option<NaiveDate>,
    /// Free words.
    pub note: Option<String>,
    /// Where it is in its life.
    pub state: State,
    /// Since when; none for a take-over that does not say.
    pub state_since: Option<DateTime<Utc>>,
    /// « reprise, preuves non vérifiées ».
    pub taken_over: bool,
    /// When it was entered.
    pub recorded_at: DateTime<Utc>,
    /// When it was annulled.
    pub annulled_at: Option<DateTime<Utc>>,
    /// Why it was annulled.
    pub annulled_reason: Option<String>,
    /// For edits side by side.
    pub version: i32,
    /// Code of its establishment.
    pub establishment_code: String,
    /// Its name.
    pub establishment_name: String,
    /// Its time zone.
    pub time_zone: String,
    /// Unit.
    pub unit_name: Option<String>,
    /// UF.
    pub uf_code: Option<String>,
    /// Room.
    pub room_name: Option<String>,
    /// Its code.
    pub room_code: Option<String>,
    /// Site of the room.
    pub site_name: Option<String>,
    /// Dénomination commune.
    pub common_name: Option<String>,
    /// Dénomination commerciale.
    pub trade_name: Option<String>,
    /// Catalogue reference.
    pub reference: Option<String>,
    /// Regulation of the model.
    pub regulation: Option<Regulation>,
    /// Class of the model.
    pub risk_class: Option<RiskClass>,
    /// Sub-marks of the class.
    pub class_suffixes: Vec<String>,
    /// Family of annex I.
    pub regulated_family: Option<RegulatedFamily>,
    /// Flag of the model.
    pub model_is_ionising: Option<bool>,
    /// Flag of the model.
    pub model_is_dmn: Option<bool>,
    /// Flag of the model.
    pub model_is_ai: Option<bool>,
    /// Flag of the model.
    pub model_is_networked: Option<bool>,
    /// Flag of the model.
    pub model_stores_personal_data: Option<bool>,
    /// Fabricant.
    pub manufacturer_id: Option<Uuid>,
    /// Its name.
    pub manufacturer_name: Option<String>,
    /// Name of the supplier.
    pub supplier_name: Option<String>,
    /// Name of the owner.
    pub owner_name: Option<String>,
    /// Software it runs.
    pub software_name: Option<String>,
    /// And its version.
    pub software_number: Option<String>,
    /// N° d’inventaire of the device it is part of.
    pub parent_inventory_number: Option<String>,
}

impl Placed for Device {
    fn place(&self) -> Place {
        Place::establishment(self.establishment_id)
            .unit(self.unit_id)
            .device(self.id)
    }
}

/// The device, if it is within what the caller sees. Annulled ones are found too: their page says so.
pub async fn find(conn: &mut PgConnection, scope: &Scope, id: DeviceId) -> Result<Device> {
    sqlx::query_as!(
        Device,
        r#"
        select
            d.id as "id!: DeviceId",
            d.establishment_id as "establishment_id!: EstablishmentId",
            d.unit_id as "unit_id?: UnitId",
            d.room_id as "room_id?: RoomId",
            d.place_detail,
            d.model_id,
            d.software_version_id,
            d.inventory_number,
            d.label_code,
            d.local_name,
            d.serial_number,
            d.serial_unknown_reason,
            d.lot_number,
            d.udi_text,
            d.udi_issuer,
            d.udi_di,
            d.udi_understood,
            d.udi_status,
            d.supplier_id,
            d.owner_id,
            d.holding as "holding?: Holding",
            d.holding_reference,
            d.holding_start_date,
            d.holding_start_date_text,
            d.holding_end_date,
            d.holding_end_date_text,
            d.manufacture_date,
            d.manufacture_date_text,
            d.purchase_date,
            d.purchase_date_text,
            d.delivery_date,
            d.delivery_date_text,
            d.acceptance_date,
            d.acceptance_date_text,
            d.first_service_date,
            d.first_service_date_text,
            d.local_service_date,
            d.local_service_date_text,
            d.aptitude_date,
            d.regular_service_date,
            d.warranty_end_date,
            d.warranty_end_date_text,
            d.asset_number,
            d.account_code,
            d.market_number,
            d.order_number,
            d.price_cents,
            d.price_text,
            d.parent_id as "parent_id?: DeviceId",
            d.is_dmn,
            d.is_ai,
            d.dmn_scope,
            d.is_connected,
            d.network_zone,
            d.remote_access as "remote_access?: RemoteAccess",
            d.remote_access_note,
            d.stores_data_locally,
            d.stores_data_remotely,
            d.data_encrypted,
            d.storage_media,
            d.exceptions_reason,
            d.maintenance_criticality as "maintenance_criticality?: Criticality",
            d.care_criticality as "care_criticality?: Criticality",
            d.cyber_criticality as "cyber_criticality?: Criticality",
            d.end_of_exploitation_date,
            d.end_of_exploitation_date_text,
            d.end_reason,
            d.destination,
            d.register_retained_until,
            d.note,
            d.state as "state!: State",
            d.state_since,
            d.taken_over,
            d.recorded_at,
            d.annulled_at,
            d.annulled_reason,
            d.version,
            e.code as "establishment_code!",
            e.name as "establishment_name!",
            e.time_zone as "time_zone!",
            u.name as "unit_name?",
            u.uf_code as "uf_code?",
            r.name as "room_name?",
            r.code as "room_code?",
            s.name as "site_name?",
            m.common_name as "common_name?",
            m.trade_name as "trade_name?",
            m.reference as "reference?",
            m.regulation as "regulation?: Regulation",
            m.risk_class as "risk_class?: RiskClass",
            m.class_suffixes as "class_suffixes!",
            m.regulated_family as "regulated_family?: RegulatedFamily",
            m.is_ionising as "model_is_ionising?",
            m.is_dmn as "model_is_dmn?",
            m.is_ai as "model_is_ai?",
            m.is_networked as "model_is_networked?",
            m.stores_personal_data as "model_stores_personal_data?",
            m.manufacturer_id as "manufacturer_id?",
            f.name as "manufacturer_name?",
            p.name as "supplier_name?",
            o.name as "owner_name?",
            v.name as "software_name?",
            v.number as "software_number?",
            parent.inventory_number as "parent_inventory_number?"
        from device d
        join establishment e on e.id = d.establishment_id
        join device_model m on m.id = d.model_id
        left join unit u on u.id = d.unit_id
        left join room r on r.id = d.room_id
        left join site s on s.id = r.site_id
        left join organisation f on f.id = m.manufacturer_id
        left join organisation p on p.id = d.supplier_id
        left join organisation o on o.id = d.owner_id
        left join software_version v on v.id = d.software_version_id
        left join device parent on parent.id = d.parent_id
        where d.id = $1
          and (d.establishment_id = any($2) or d.unit_id = any($3) or d.id = any($4))
        "#,
        id.uuid(),
        &scope.establishments,
        &scope.units,
        &scope.devices,
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}
