//! The door: a handler's second parameter is a permit, and a route without one does not compile.

use std::sync::Arc;

use axum::extract::{FromRequestParts, State};
use axum::http::{Method, request::Parts};

use super::access::{Caller, Factor, Permit, Via};
use super::actions::{Action, UseSecondFactor, UseSession, UseVigie};
use crate::app::App;
use crate::kernel::mutants::{self, Fault};
use crate::kernel::{Error, Result};
use crate::platform::web::routes::Guarded;
use crate::platform::web::told::Part;

impl<A: Action> FromRequestParts<App> for Permit<A> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self> {
        let caller = parts
            .extensions
            .get::<Arc<Caller>>()
            .cloned()
            .ok_or(Error::SignIn)?;
        match caller.factor {
            _ if mutants::on(Fault::FactorIgnored) => {}
            Factor::Due if A::NAME != UseSession::NAME => {
                return Err(Error::SecondFactor("/accounts/sessions/second-factor"));
            }
            // A first password is changed before: it was known to somebody else.
            Factor::Missing
                if ![UseSession::NAME, UseSecondFactor::NAME].contains(&A::NAME)
                    && !caller.must_change_password =>
            {
                return Err(Error::SecondFactor("/accounts/profile/second-factor"));
            }
            _ => {}
        }
        if caller.must_change_password && ![UseVigie::NAME, UseSession::NAME].contains(&A::NAME) {
            return Err(Error::ChangePassword);
        }
        if let Via::Token {
            may_write: false, ..
        } = caller.via
            && parts.method != Method::GET
            && parts.method != Method::HEAD
            && !mutants::on(Fault::TokenWrites)
        {
            return Err(Error::Forbidden(
                "Écrire avec ce jeton (il est en lecture seule)",
            ));
        }
        Self::ask(caller)
    }
}

impl<A> Part for Permit<A> {}

macro_rules! guarded {
    ($([$($more:ident),*])*) => { $(
        impl<M, A: Action, $($more),*> Guarded for (M, State<App>, Permit<A>, $($more,)*) {
            const ACCESS: &'static str = A::NAME;
        }
    )* };
}
guarded!([] [T1] [T1, T2] [T1, T2, T3] [T1, T2, T3, T4] [T1, T2, T3, T4, T5]);
