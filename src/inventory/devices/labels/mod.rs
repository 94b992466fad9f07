//! The address of a label: its QR code leads to the device, or to nothing for whoever may not see it;
//! without an account, to the page where a problem with the device is reported.

mod queries;

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Redirect;

use super::DeviceId;
use crate::accounts::access::{Caller, Permit};
use crate::accounts::actions::SeeDevices;
use crate::app::App;
use crate::kernel::{Error, Result, date};
use crate::shell::lists::ZONE;

/// `GET /q/{code}`
pub async fn show(
    State(app): State<App>,
    caller: Option<Extension<Arc<Caller>>>,
    Path(code): Path<String>,
) -> Result<Redirect> {
    let Some(Extension(caller)) = caller else {
        // Nothing of the code is kept but the letters and digits that a label bears.
        let code = code.trim();
        if code.is_empty() || !code.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err(Error::NotFound);
        }
        return Ok(Redirect::to(&format!("/maintenance/reports/{code}/new")));
    };
    if caller.must_change_password {
        return Err(Error::ChangePassword);
    }
    let permit = Permit::<SeeDevices>::ask(caller)?;
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
