//! The second factor: six digits from an authenticator (TOTP, RFC 6238), or a recovery code.
//!
//! What must always hold:
//! - after the right password and before the code, a session opens nothing but the page of the code and the
//!   way out; programs' tokens are made by sessions that passed it;
//! - a code serves once: the step it belongs to is kept, and neither it nor an older one is taken again;
//! - the secret leaves the database encrypted (age, X25519) with a key of the data folder; recovery codes
//!   are shown once and kept as SHA-256;
//! - wrong codes are slowed down as wrong passwords are, and lock nobody out;
//! - who holds a role whose policy asks for it sets it up before anything else (`policies`);
//! - an administrator who answers for the whole account resets it with a reason; its sessions end.

mod api;
mod challenge;
pub mod commands;
mod model;
mod own;
pub mod policies;
pub mod queries;
mod reset;
mod seal;

use crate::app::App;
use crate::platform::web::Routes;

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/accounts/sessions/second-factor", challenge::show)
        .choices()
        .post("/accounts/sessions/second-factor", challenge::create)
        .get("/accounts/profile/second-factor", own::show)
        .answers::<api::SecondFactorResource>()
        .post("/accounts/profile/second-factor", own::create)
        .delete("/accounts/profile/second-factor", own::destroy)
        .post("/accounts/profile/second-factor/confirmation", own::confirm)
        .answers::<api::RecoveryCodesResource>()
        .post("/accounts/profile/second-factor/codes", own::renew)
        .answers::<api::RecoveryCodesResource>()
        .get("/accounts/users/{id}/second-factor/reset", reset::new)
        .choices()
        .delete("/accounts/users/{id}/second-factor", reset::destroy)
        .and(policies::routes())
}
