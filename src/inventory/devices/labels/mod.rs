//! The address of a label: its QR code leads to the device, or to nothing for whoever may not see it.

mod queries;

use axum::extract::{Path, State};
use axum::response::Redirect;

use super::DeviceId;
use crate::accounts::access::Permit;
use crate::accounts::actions::SeeDevices;
use crate::app::App;
use crate::kernel::{Error, Result, date};
use crate::shell::lists::ZONE;

/// `GET /q/{code}`
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeDevices>,
    Path(code): Path<String>,
) -> Result<Redirect> {
    let mut read = app.read(&permit).await?;
    let found = queries::by_label(&mut read, permit.sees(), code.trim()).await;
    let device: DeviceId = match found {
        Err(Error::NotFound) => {
            // A label that was replaced leads nowhere, and says so to who could have opened the device.
            let revoked = queries::revoked_label(&mut read, permit.sees(), code.trim()).await?;
            return Err(match revoked {
                Some(at) => Error::refused(
                    "étiquette remplacée",
                    format!(
                        "Cette étiquette ne vaut plus depuis le {} : décollez-la, et scannez celle qui la remplace.",
                        date::instant(at, ZONE)
                    ),
                ),
                None => Error::NotFound,
            });
        }
        other => other?,
    };
    Ok(Redirect::to(&format!("/inventory/devices/{device}")))
}
