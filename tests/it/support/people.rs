//! People with a browser: they keep their cookies, send forms with their secret, read pages.

use axum::body::Body;
use axum::http::{Method, Request, header};
use sqlx::PgPool;
use tower::ServiceExt;
use vigie::app::App;
use vigie::kernel::secret;

use super::{Answer, World};

/// Somebody, or nobody yet, in front of Vigie.
pub struct Person {
    app: App,
    session: Option<String>,
    seed: String,
    flash: String,
    place: String,
    pub token: Option<String>,
    pub address: Option<std::net::SocketAddr>,
}

impl Person {
    pub fn visitor(app: App) -> Self {
        Self {
            app,
            session: None,
            seed: "a-visitor".into(),
            flash: String::new(),
            place: String::new(),
            token: None,
            address: None,
        }
    }

    /// A program with a token.
    pub fn program(app: App, token: &str) -> Self {
        Self {
            token: Some(token.into()),
            ..Self::visitor(app)
        }
    }

    /// A session made behind the scenes for an account by its login.
    pub async fn by_login(world: &World, login: &str) -> Self {
        use vigie::accounts::AccountId;
        use vigie::accounts::sessions::queries::{Opening, open};
        let token = secret::random_text(32).unwrap();
        let mut owner = world.owner().await;
        let id: uuid::Uuid = sqlx::query_scalar("select id from account where login = $1")
            .bind(login)
            .fetch_one(&mut owner)
            .await
            .unwrap();
        let opening = Opening {
            account: AccountId(id),
            address: None,
            agent: None,
        };
        open(
            &mut owner,
            vigie::kernel::id::fresh(),
            &token,
            opening,
            world.app.clock().now(),
        )
        .await
        .unwrap();
        Self {
            session: Some(token),
            ..Self::visitor(world.app.clone())
        }
    }

    /// The secret their forms carry.
    pub fn csrf(&self) -> String {
        secret::keyed(self.session.as_ref().unwrap_or(&self.seed), "form")
    }

    pub fn session(&self) -> Option<&str> {
        self.session.as_deref()
    }

    fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "vigie.test");
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        } else {
            let session = self
                .session
                .as_ref()
                .map(|s| format!("vigie_session={s}; "))
                .unwrap_or_default();
            request = request.header(
                header::COOKIE,
                format!(
                    "{session}vigie_form={}; vigie_flash={}; vigie_place={}",
                    self.seed, self.flash, self.place
                ),
            );
        }
        if let Some(address) = self.address {
            request = request.extension(axum::extract::ConnectInfo(address));
        }
        request
    }

    /// Sends any request, and keeps the session it gives or takes.
    pub async fn send(&mut self, request: Request<Body>) -> Answer {
        let response = self.app.service().oneshot(request).await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            if let Some(value) = text.strip_prefix("vigie_flash=") {
                self.flash = value.split(';').next().unwrap_or_default().to_owned();
            }
            if let Some(value) = text.strip_prefix("vigie_place=") {
                self.place = value.split(';').next().unwrap_or_default().to_owned();
            }
            if let Some(value) = cookie.to_str().unwrap().strip_prefix("vigie_session=") {
                let value = value.split(';').next().unwrap_or_default();
                self.session = (!value.is_empty()).then(|| value.to_owned());
            }
        }
        Answer::of(response).await
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Answer {
        let request = self
            .request(Method::GET, path)
            .header(header::ACCEPT, "text/html")
            .body(Body::empty())
            .unwrap();
        self.send(request).await
    }

    /// Lets the browser get ready for a page.
    pub async fn get_prefetched(&mut self, path: &str) -> Answer {
        let request = self
            .request(Method::GET, path)
            .header(header::ACCEPT, "text/html")
            .header("sec-purpose", "prefetch")
            .body(Body::empty())
            .unwrap();
        self.send(request).await
    }

    /// Reads the resource.
    pub async fn get_json(&mut self, path: &str) -> Answer {
        let request = self
            .request(Method::GET, path)
            .header(header::ACCEPT, "application/json")
            .body(Body::empty())
            .unwrap();
        self.send(request).await
    }

    /// Sends a form, as a browser does (POST, `_method` in the address for the rest).
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_from(path, "", fields).await
    }

    /// Sends a form exactly as given, without the secret.
    pub async fn post_bare(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(serde_html_form::to_string(fields).unwrap()))
            .unwrap();
        self.send(request).await
    }

    /// Sends the form that `page` showed.
    pub async fn post_from(&mut self, path: &str, page: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf();
        let mut pairs = vec![("_csrf", csrf.as_str())];
        if !page.is_empty() {
            pairs.push(("_form", page));
        }
        pairs.extend_from_slice(fields);
        let request = self
            .request(Method::POST, path)
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(serde_html_form::to_string(&pairs).unwrap()))
            .unwrap();
        self.send(request).await
    }

    /// Sends JSON, as a program or a script of our pages does.
    pub async fn send_json(
        &mut self,
        method: Method,
        path: &str,
        body: serde_json::Value,
    ) -> Answer {
        let request = self
            .request(method, path)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-csrf-token", self.csrf())
            .body(Body::from(body.to_string()))
            .unwrap();
        self.send(request).await
    }

    /// Sends a form with one file, as a browser does.
    pub async fn upload(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        file: (&str, &str, &[u8]),
    ) -> Answer {
        self.upload_as("text/html", path, fields, file).await
    }

    /// Sends a form with one file, as a program does.
    pub async fn upload_json(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        file: (&str, &str, &[u8]),
    ) -> Answer {
        self.upload_as("application/json", path, fields, file).await
    }

    async fn upload_as(
        &mut self,
        accept: &str,
        path: &str,
        fields: &[(&str, &str)],
        file: (&str, &str, &[u8]),
    ) -> Answer {
        let mut body = Vec::new();
        let csrf = self.csrf();
        for (name, value) in [("_csrf", csrf.as_str())].iter().chain(fields) {
            body.extend_from_slice(
                format!(
                    "--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                )
                .as_bytes(),
            );
        }
        let (field, name, bytes) = file;
        body.extend_from_slice(
            format!("--edge\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\ncontent-type: application/octet-stream\r\n\r\n").as_bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        let request = self
            .request(Method::POST, path)
            .header(header::ACCEPT, accept)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }
}

/// Fills the template with the tests' world.
pub async fn fill(pool: &PgPool) {
    App::found(
        pool,
        &vigie::kernel::Clock::still(super::now()),
        true,
        "GHT de la Verrerie",
    )
    .await
    .unwrap();
    let roles: Vec<&str> = vigie::accounts::roles::Role::ALL
        .iter()
        .map(|r| r.code())
        .collect();
    let mut tx = pool.begin().await.unwrap();
    sqlx::raw_sql(
        "select set_config('vigie.now', '2026-03-01 08:00Z', true), set_config('vigie.actor_label', 'monde des tests', true);
         insert into establishment (id, code, name, finess_geographic, time_zone, version) values
             ('01950000-0000-7000-8000-0000000000a1', 'CHV', 'CHU de la Verrerie', '990000011', 'Europe/Paris', 1),
             ('01950000-0000-7000-8000-0000000000b1', 'CHM', 'CH des Marais', '990000029', 'Europe/Paris', 1);
         insert into unit (id, establishment_id, uf_code, name, version) values
             ('01950000-0000-7000-8000-0000000000a2', '01950000-0000-7000-8000-0000000000a1', '3401', 'Réanimation médicale', 1),
             ('01950000-0000-7000-8000-0000000000a3', '01950000-0000-7000-8000-0000000000a1', '3402', 'Dialyse', 1),
             ('01950000-0000-7000-8000-0000000000b2', '01950000-0000-7000-8000-0000000000b1', '3401', 'Médecine polyvalente', 1),
             ('01950000-0000-7000-8000-0000000000b3', '01950000-0000-7000-8000-0000000000b1', '3403', 'Urgences', 1);",
    )
    .execute(&mut *tx)
    .await
    .unwrap();
    for (n, role) in roles.iter().enumerate() {
        let account = uuid::Uuid::from_u128(0x0195_0000_0000_7000_8000_0000_0000_1000 + n as u128);
        sqlx::query("insert into account (id, login, display_name, must_change_password, created_at, demo_role, version) values ($1, $2, $3, false, $4, $2, 1)")
            .bind(account)
            .bind(role)
            .bind(format!("Personne {role}"))
            .bind(super::now())
            .execute(&mut *tx)
            .await
            .unwrap();
        sqlx::query(
            "insert into access_grant (id, account_id, role, granted_at) values ($1, $2, $3, $4)",
        )
        .bind(vigie::kernel::id::fresh())
        .bind(account)
        .bind(role)
        .bind(super::now())
        .execute(&mut *tx)
        .await
        .unwrap();
    }
    // The same engineer at each establishment alone, for isolation.
    for (login, establishment) in [
        ("engineer.chv", "01950000-0000-7000-8000-0000000000a1"),
        ("engineer.chm", "01950000-0000-7000-8000-0000000000b1"),
    ] {
        let account = vigie::kernel::id::fresh();
        sqlx::query("insert into account (id, login, display_name, must_change_password, created_at, version) values ($1, $2, $2, false, $3, 1)")
            .bind(account)
            .bind(login)
            .bind(super::now())
            .execute(&mut *tx)
            .await
            .unwrap();
        sqlx::query("insert into access_grant (id, account_id, role, establishment_id, granted_at) values ($1, $2, 'biomedical_engineer', $3::uuid, $4)")
            .bind(vigie::kernel::id::fresh())
            .bind(account)
            .bind(establishment)
            .bind(super::now())
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}
