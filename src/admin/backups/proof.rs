//! The proof that a restored base opens: somebody is signed in, reads a page, and is signed out.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use tower::ServiceExt;

use super::queries;
use crate::accounts::AccountId;
use crate::accounts::sessions::{self, queries as open};
use crate::app::App;
use crate::kernel::{Error, Result, id, secret};

/// What was proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Who was signed in; nobody where the base has no account that may.
    pub login: Option<String>,
    /// Active accounts whose password can be checked.
    pub passwords: i64,
}

/// Signs the widest administrator in and reads the home page as them, then ends that session.
pub async fn prove(app: &App) -> Result<Proof> {
    let now = app.clock().now();
    let (somebody, (passwords, strange)) = {
        let mut conn = app.pool().acquire().await?;
        let somebody = queries::maybe_somebody(&mut conn, now.date_naive()).await?;
        (somebody, queries::passwords(&mut conn).await?)
    };
    if strange > 0 {
        return Err(Error::refused(
            "restauration",
            format!(
                "{strange} mot(s) de passe de la base restaurée ne pourraient pas être vérifiés"
            ),
        ));
    }
    let Some(somebody) = somebody else {
        return Ok(Proof {
            login: None,
            passwords,
        });
    };
    let token = secret::random_text(32)?;
    let opening = open::Opening {
        account: AccountId(somebody.id),
        address: None,
        agent: Some("vigie restore".to_owned()),
    };
    let mut conn = app.pool().acquire().await?;
    open::open(&mut conn, id::fresh(), &token, opening, now).await?;
    let request = Request::builder()
        .uri("/")
        .header(header::HOST, "vigie")
        .header(header::ACCEPT, "text/html")
        .header(
            header::COOKIE,
            format!("{}={token}", sessions::cookie_name(app)),
        )
        .body(Body::empty())
        .map_err(Error::internal)?;
    let answer = match app.service().oneshot(request).await {
        Ok(answer) => answer,
        Err(never) => match never {},
    };
    open::close_by_token(&mut conn, &token, now).await?;
    match answer.status() {
        StatusCode::OK => Ok(Proof {
            login: Some(somebody.login),
            passwords,
        }),
        other => Err(Error::refused(
            "restauration",
            format!(
                "« {} » ne peut pas ouvrir l’accueil de la base restaurée ({other})",
                somebody.login
            ),
        )),
    }
}
