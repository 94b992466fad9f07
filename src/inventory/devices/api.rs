//! A device as programs read it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::queries::{Change, Happening, Identifier, Interface, Loan, Movement};
use super::standing::Standing;
use super::{Device, DeviceId, ItemState};

/// A named thing with its key.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeviceLink)]
pub struct Named {
    id: Option<Uuid>,
    name: Option<String>,
}

/// A day, or the words given in its place.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeviceDay)]
pub struct Day {
    day: Option<NaiveDate>,
    words: Option<String>,
}

/// One of the seven items.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemResource {
    item: &'static str,
    standing: &'static str,
    words: String,
}

impl From<&ItemState> for ItemResource {
    fn from(state: &ItemState) -> Self {
        Self {
            item: state.item.code(),
            standing: state.code(),
            words: state.words(),
        }
    }
}

/// The seven items.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemsResource {
    /// In the order of the article.
    pub items: Vec<ItemResource>,
}

/// A loan.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoanResource {
    id: Uuid,
    borrower: String,
    lent_at: DateTime<Utc>,
    due_on: NaiveDate,
    reason: Option<String>,
    returned_at: Option<DateTime<Utc>>,
    return_note: Option<String>,
    overdue: bool,
}

impl LoanResource {
    /// As read, and whether it is late.
    pub fn of(loan: &Loan, overdue: bool) -> Self {
        Self {
            id: loan.id,
            borrower: loan.borrower.clone(),
            lent_at: loan.lent_at,
            due_on: loan.due_on,
            reason: loan.reason.clone(),
            returned_at: loan.returned_at,
            return_note: loan.return_note.clone(),
            overdue,
        }
    }
}

/// The loans of a device.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoansResource {
    /// The last first.
    pub items: Vec<LoanResource>,
}

/// A move.
#[derive(Debug, Serialize, ToSchema)]
pub struct MovementResource {
    at: DateTime<Utc>,
    from: String,
    to: String,
    reason: Option<String>,
    actor: Option<String>,
}

impl From<&Movement> for MovementResource {
    fn from(moved: &Movement) -> Self {
        Self {
            at: moved.at,
            from: moved.from.clone(),
            to: moved.to.clone(),
            reason: moved.reason.clone(),
            actor: moved.actor.clone(),
        }
    }
}

/// The moves of a device.
#[derive(Debug, Serialize, ToSchema)]
pub struct MovementsResource {
    /// The last first.
    pub items: Vec<MovementResource>,
}

/// An identifier given to a device, now or before.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceIdentifierResource {
    kind: &'static str,
    value: String,
    valid_from: Option<DateTime<Utc>>,
    valid_to: Option<DateTime<Utc>>,
    reason: Option<String>,
}

impl From<&Identifier> for DeviceIdentifierResource {
    fn from(kept: &Identifier) -> Self {
        Self {
            kind: kept.kind.code(),
            value: kept.value.clone(),
            valid_from: kept.valid_from,
            valid_to: kept.valid_to,
            reason: kept.reason.clone(),
        }
    }
}

/// What identifies the device today.
#[derive(Debug, Serialize, ToSchema)]
pub struct PresentIdentifier {
    /// As people read it.
    pub label: &'static str,
    /// The value.
    pub value: String,
}

/// The identifiers of a device.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceIdentifiersResource {
    /// Today's.
    pub present: Vec<PresentIdentifier>,
    /// The others, with their history.
    pub items: Vec<DeviceIdentifierResource>,
}

/// What is known of the network.
#[derive(Debug, Serialize, ToSchema)]
pub struct NetworkResource {
    /// One an interface.
    pub interfaces: Vec<Interface>,
}

/// Something that happened to a device.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceEventResource {
    at: DateTime<Utc>,
    kind: String,
    summary: String,
    actor: String,
    reason: Option<String>,
}

impl From<&Happening> for DeviceEventResource {
    fn from(happened: &Happening) -> Self {
        Self {
            at: happened.at,
            kind: happened.kind.clone(),
            summary: happened.summary.clone(),
            actor: happened.actor.clone(),
            reason: happened.reason.clone(),
        }
    }
}

/// A row that changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceChangeResource {
    at: DateTime<Utc>,
    actor: String,
    reason: Option<String>,
    table: String,
    operation: String,
    before: Option<Value>,
    after: Option<Value>,
}

impl From<&Change> for DeviceChangeResource {
    fn from(change: &Change) -> Self {
        Self {
            at: change.at,
            actor: change.actor.clone(),
            reason: change.reason.clone(),
            table: change.table_name.clone(),
            operation: change.operation.clone(),
            before: change.before.clone(),
            after: change.after.clone(),
        }
    }
}

/// The history of a device.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceHistoryResource {
    /// In the words of the trade.
    pub events: Vec<DeviceEventResource>,
    /// Every value that changed.
    pub changes: Vec<DeviceChangeResource>,
}

/// A stage of its life.
#[derive(Debug, Serialize, ToSchema)]
pub struct StageResource {
    stage: &'static str,
    standing: &'static str,
    missing: Vec<String>,
}

/// A transition its state allows.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransitionResource {
    transition: &'static str,
    to: &'static str,
    missing: Vec<&'static str>,
}

/// The resource of a device.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceResource {
    id: DeviceId,
    establishment: Named,
    unit: Named,
    room: Named,
    place_detail: Option<String>,
    model: Named,
    common_name: Option<String>,
    trade_name: Option<String>,
    reference: Option<String>,
    manufacturer: Named,
    supplier: Named,
    owner: Named,
    inventory_number: String,
    label_code: String,
    local_name: Option<String>,
    serial_number: Option<String>,
    serial_unknown_reason: Option<String>,
    lot_number: Option<String>,
    udi: Option<String>,
    udi_di: Option<String>,
    udi_status: Option<String>,
    udi_understood: Option<Value>,
    software: Named,
    regulation: Option<&'static str>,
    risk_class: Option<&'static str>,
    maintenance_obligation: &'static str,
    maintenance_obligation_reason: String,
    holding: Option<&'static str>,
    holding_reference: Option<String>,
    holding_start: Day,
    holding_end: Day,
    manufacture: Day,
    purchase: Day,
    delivery: Day,
    acceptance: Day,
    first_service: Day,
    local_service: Day,
    warranty_end: Day,
    aptitude_date: Option<NaiveDate>,
    regular_service_date: Option<NaiveDate>,
    asset_number: Option<String>,
    account_code: Option<String>,
    market_number: Option<String>,
    order_number: Option<String>,
    price_cents: Option<i64>,
    parent: Named,
    is_dmn: Option<bool>,
    is_ai: Option<bool>,
    is_connected: Option<bool>,
    network_zone: Option<String>,
    remote_access: Option<&'static str>,
    interfaces: Vec<Interface>,
    stores_data_locally: Option<bool>,
    stores_data_remotely: Option<bool>,
    data_encrypted: Option<bool>,
    maintenance_criticality: Option<&'static str>,
    care_criticality: Option<&'static str>,
    cyber_criticality: Option<&'static str>,
    note: Option<String>,
    state: &'static str,
    state_since: Option<DateTime<Utc>>,
    taken_over: bool,
    annulled_at: Option<DateTime<Utc>>,
    annulled_reason: Option<String>,
    inventory_items: Vec<ItemResource>,
    lifecycle: Vec<StageResource>,
    transitions: Vec<TransitionResource>,
    version: i32,
}

impl DeviceResource {
    /// The resource of a device weighed.
    pub fn of(d: &Device, standing: &Standing, interfaces: &[Interface]) -> Self {
        let named = |id: Option<Uuid>, name: &Option<String>| Named {
            id,
            name: name.clone(),
        };
        let day = |day: Option<NaiveDate>, words: &Option<String>| Day {
            day,
            words: words.clone(),
        };
        let software = d
            .software_name
            .as_ref()
            .zip(d.software_number.as_ref())
            .map(|(name, number)| format!("{name} {number}"));
        Self {
            id: d.id,
            establishment: Named {
                id: Some(d.establishment_id.uuid()),
                name: Some(d.establishment_name.clone()),
            },
            unit: named(d.unit_id.map(|u| u.uuid()), &d.unit_name),
            room: named(d.room_id.map(|r| r.uuid()), &d.room_name),
            place_detail: d.place_detail.clone(),
            model: Named {
                id: Some(d.model_id),
                name: d.trade_name.clone().or_else(|| d.common_name.clone()),
            },
            common_name: d.common_name.clone(),
            trade_name: d.trade_name.clone(),
            reference: d.reference.clone(),
            manufacturer: named(d.manufacturer_id, &d.manufacturer_name),
            supplier: named(d.supplier_id, &d.supplier_name),
            owner: named(d.owner_id, &d.owner_name),
            inventory_number: d.inventory_number.clone(),
            label_code: d.label_code.clone(),
            local_name: d.local_name.clone(),
            serial_number: d.serial_number.clone(),
            serial_unknown_reason: d.serial_unknown_reason.clone(),
            lot_number: d.lot_number.clone(),
            udi: d.udi_text.clone(),
            udi_di: d.udi_di.clone(),
            udi_status: d.udi_status.clone(),
            udi_understood: d.udi_understood.clone(),
            software: Named {
                id: d.software_version_id,
                name: software,
            },
            regulation: d.regulation.map(|r| r.code()),
            risk_class: d.risk_class.map(|c| c.code()),
            maintenance_obligation: standing.obligation.code(),
            maintenance_obligation_reason: standing.obligation.why(),
            holding: d.holding.map(|h| h.code()),
            holding_reference: d.holding_reference.clone(),
            holding_start: day(d.holding_start_date, &d.holding_start_date_text),
            holding_end: day(d.holding_end_date, &d.holding_end_date_text),
            manufacture: day(d.manufacture_date, &d.manufacture_date_text),
            purchase: day(d.purchase_date, &d.purchase_date_text),
            delivery: day(d.delivery_date, &d.delivery_date_text),
            acceptance: day(d.acceptance_date, &d.acceptance_date_text),
            first_service: day(d.first_service_date, &d.first_service_date_text),
            local_service: day(d.local_service_date, &d.local_service_date_text),
            warranty_end: day(d.warranty_end_date, &d.warranty_end_date_text),
            aptitude_date: d.aptitude_date,
            regular_service_date: d.regular_service_date,
            asset_number: d.asset_number.clone(),
            account_code: d.account_code.clone(),
            market_number: d.market_number.clone(),
            order_number: d.order_number.clone(),
            price_cents: d.price_cents,
            parent: named(d.parent_id.map(|p| p.uuid()), &d.parent_inventory_number),
            is_dmn: d.is_dmn.or(d.model_is_dmn),
            is_ai: d.is_ai.or(d.model_is_ai),
            is_connected: d.is_connected,
            network_zone: d.network_zone.clone(),
            remote_access: d.remote_access.map(|a| a.code()),
            interfaces: interfaces.to_vec(),
            stores_data_locally: d.stores_data_locally,
            stores_data_remotely: d.stores_data_remotely,
            data_encrypted: d.data_encrypted,
            maintenance_criticality: d.maintenance_criticality.map(|c| c.code()),
            care_criticality: d.care_criticality.map(|c| c.code()),
            cyber_criticality: d.cyber_criticality.map(|c| c.code()),
            note: d.note.clone(),
            state: d.state.code(),
            state_since: d.state_since,
            taken_over: d.taken_over,
            annulled_at: d.annulled_at,
            annulled_reason: d.annulled_reason.clone(),
            inventory_items: standing.items.iter().map(ItemResource::from).collect(),
            lifecycle: standing
                .frieze(d)
                .into_iter()
                .map(|s| StageResource {
                    stage: s.stage.code(),
                    standing: s.standing.code(),
                    missing: s.missing,
                })
                .collect(),
            transitions: crate::inventory::states::allowed(Some(d.state), &standing.facts)
                .into_iter()
                .map(|o| TransitionResource {
                    transition: o.transition.code(),
                    to: o.to.code(),
                    missing: o.missing.iter().map(|need| need.code()).collect(),
                })
                .collect(),
            version: d.version,
        }
    }
}

/// A fact, then and now.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "the description; house/api.rs holds what is answered to it"
)]
pub struct ComparedFact {
    section: String,
    label: String,
    then: String,
    now: String,
    changed: bool,
}

/// A device at the end of a day, beside what it is now.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "the description; house/api.rs holds what is answered to it"
)]
pub struct DeviceAsOfResource {
    as_of: NaiveDate,
    existed: bool,
    facts: Vec<ComparedFact>,
    changed_since: usize,
}
