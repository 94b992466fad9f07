//! What labels are made of.

use sqlx::PgConnection;
use uuid::Uuid;

use super::model::LabelText;
use crate::accounts::access::{Place, Placed, Scope};
use crate::accounts::{EstablishmentId, UnitId};
use crate::inventory::devices::DeviceId;
use crate::kernel::Result;

/// A device as its label says it, and where it stands.
#[derive(Clone, Debug)]
pub struct Labelled {
    /// The device.
    pub id: DeviceId,
    establishment_id: EstablishmentId,
    unit_id: Option<UnitId>,
    /// The eight characters.
    pub label_code: String,
    /// N° d’inventaire.
    pub inventory_number: String,
    /// Common name.
    pub name: String,
    /// Its establishment.
    pub establishment: String,
    /// The department's phone.
    pub phone: Option<String>,
}

impl Placed for Labelled {
    fn place(&self) -> Place {
        Place::establishment(self.establishment_id)
            .unit(self.unit_id)
            .device(self.id)
    }
}

impl Labelled {
    /// What its label says.
    pub fn text(&self, public_url: &str) -> LabelText {
        LabelText {
            url: format!("{public_url}/q/{}", self.label_code),
            code: self.label_code.clone(),
            inventory_number: self.inventory_number.clone(),
            name: self.name.clone(),
            service: self.establishment.clone(),
            phone: self.phone.clone().unwrap_or_default(),
        }
    }
}

/// The devices of these ids, in their order, within a scope, annulled ones left out.
pub async fn labelled(
    conn: &mut PgConnection,
    scope: &Scope,
    ids: &[Uuid],
) -> Result<Vec<Labelled>> {
    Ok(sqlx::query_as!(
        Labelled,
        r#"
        select d.id as "id!: DeviceId", d.establishment_id as "establishment_id!: EstablishmentId", d.unit_id as "unit_id?: UnitId",
               d.label_code as "label_code!", d.inventory_number as "inventory_number!",
               coalesce(d.local_name, m.common_name, m.trade_name, m.reference, '') as "name!",
               e.name as "establishment!", e.service_phone as phone
        from unnest($1::uuid[]) with ordinality as chosen (id, place)
        join device d on d.id = chosen.id
        join establishment e on e.id = d.establishment_id
        join device_model m on m.id = d.model_id
        where d.annulled_at is null
          and (d.establishment_id = any($2) or d.unit_id = any($3) or d.id = any($4))
        order by chosen.place
        "#,
        ids,
        &scope.establishments,
        &scope.units,
        &scope.devices
    )
    .fetch_all(conn)
    .await?)
}
