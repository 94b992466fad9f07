//! Changing the state of a device by a named transition.

use crate::accounts::access::Covered;
use crate::accounts::actions::ChangeDeviceState;
use crate::inventory::devices::lifecycle::refusal;
use crate::inventory::devices::{Device, refuse_if_annulled, standing};
use crate::inventory::states::{Transition, offer};
use crate::kernel::{Error, Event, Result, id};
use crate::platform::db::Tx;
use crate::platform::db::constraint::OneRow;

/// Takes the transition if the machine has it from here and nothing is missing.
pub async fn change_state(
    tx: &mut Tx,
    covered: Covered<ChangeDeviceState>,
    device: &Device,
    transition: Transition,
    reason: Option<&str>,
) -> Result<Event> {
    let _ = covered;
    refuse_if_annulled(device)?;
    if transition.has_own_record() {
        return Err(Error::field(
            "transition",
            "Un prêt et son retour se disent sur la page des prêts.",
        ));
    }
    step(tx, device, transition, reason).await
}

/// The step itself, for the commands that own a record (loans).
pub(super) async fn step(
    tx: &mut Tx,
    device: &Device,
    transition: Transition,
    reason: Option<&str>,
) -> Result<Event> {
    let day = standing::local_day(device, tx.now());
    let standing = standing::of(tx, device, day).await?;
    let offer = offer(transition, Some(device.state), &standing.facts).ok_or_else(|| {
        Error::refused(
            "Cycle de vie de l’équipement",
            format!(
                "« {} » n’est pas possible depuis l’état « {} ».",
                transition.label(),
                device.state.label()
            ),
        )
    })?;
    if !offer.is_open() {
        return Err(Error::refused(
            "Cycle de vie de l’équipement",
            format!(
                "« {} » n’est pas encore possible. Il manque : {}.",
                transition.label(),
                refusal(&offer.missing)
            ),
        ));
    }
    let (now, actor) = (tx.now(), tx.actor().id);
    sqlx::query!(
        "update device set state = $3, state_since = $4, version = version + 1 where id = $1 and state = $2",
        device.id.uuid(),
        device.state.code(),
        offer.to.code(),
        now,
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    sqlx::query!(
        "
        insert into device_state_change (id, device_id, transition, from_state, to_state, at, actor_id, reason)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        ",
        id::fresh(),
        device.id.uuid(),
        transition.code(),
        device.state.code(),
        offer.to.code(),
        now,
        actor,
        reason,
    )
    .execute(&mut **tx)
    .await?;
    let words = format!(
        "{} : de « {} » à « {} »",
        transition.label(),
        device.state.label(),
        offer.to.label()
    );
    Ok(
        Event::new("device.state_changed", device.subject(), words).with(serde_json::json!({
            "transition": transition.code(), "from": device.state.code(), "to": offer.to.code(),
        })),
    )
}
