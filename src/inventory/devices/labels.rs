//! The address of a label: its QR code leads to the device, or to nothing for whoever may not see it.

use axum::extract::{Path, State};
use axum::response::Redirect;

use super::{DeviceId, queries};
use crate::accounts::access::Permit;
use crate::accounts::actions::SeeDevices;
use crate::app::App;
use crate::kernel::Result;

/// `GET /q/{code}`
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeDevices>,
    Path(code): Path<String>,
) -> Result<Redirect> {
    let mut read = app.read(&permit).await?;
    let device: DeviceId = queries::by_label(&mut read, permit.sees(), code.trim()).await?;
    Ok(Redirect::to(&format!("/inventory/devices/{device}")))
}
