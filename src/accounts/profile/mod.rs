//! One's own account: name, roles, open sessions, password.
//!
//! A password is changed with the present one, under the same policy as any other
//! (`accounts::passwords`); the other sessions end. Who was given a password by somebody else must
//! change it before anything else: these pages ask for `UseVigie`, the one right he keeps meanwhile.

mod pages;
mod place;

use crate::accounts::AccountId;
use crate::accounts::access::{Permit, Via};
use crate::accounts::actions::UseVigie;
use crate::app::App;
use crate::kernel::{Error, Result};
use crate::platform::web::Routes;

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/accounts/profile", pages::show)
        .answers::<pages::ProfileResource>()
        .get("/accounts/profile/password/edit", pages::edit_password)
        .patch("/accounts/profile/password", pages::update_password)
        .patch("/accounts/profile/place", place::update)
        .delete("/accounts/profile/sessions", pages::end_others)
        .delete("/accounts/profile/sessions/{session}", pages::end_session)
}

/// The caller's account, when a person asks in a session of his own and owes no change of password:
/// a token must not make other keys.
pub fn in_person(permit: &Permit<UseVigie>) -> Result<AccountId> {
    let caller = permit.caller();
    if caller.must_change_password {
        return Err(Error::ChangePassword);
    }
    match (&caller.via, caller.account) {
        (Via::Session(_), Some(account)) => Ok(account),
        _ => Err(Error::Forbidden(
            "Gérer ses accès (ouvrez une session, un jeton ne le peut pas)",
        )),
    }
}
