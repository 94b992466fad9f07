//! The list of lines, and one line with its proof.

use askama::Template;
use axum::extract::{Path, RawQuery, State};

use super::acts::AnnulmentForm;
use super::view::{LineView, views};
use crate::accounts::access::Permit;
use crate::accounts::actions::{Action, CorrectRegister, SeeRegister};
use crate::app::App;
use crate::inventory::devices::pages::Head;
use crate::inventory::devices::{find, reaches, standing};
use crate::kernel::page::Crumb;
use crate::kernel::{Error, Result};
use crate::platform::db::list::ListPage;
use crate::platform::web::{Page, Typed, View, filters};
use crate::register::list::LINES;
use crate::register::model::canonical::hex;
use crate::register::model::{Entry, LineId};
use crate::register::{api, queries};
use crate::shell::lists::{self, Listed};

#[derive(Template)]
#[template(path = "register/index.html")]
struct LineIndex {
    list: ListPage,
}

impl View for LineIndex {
    fn title(&self) -> String {
        "Registre".into()
    }

    fn resource(&self) -> serde_json::Value {
        self.list.json()
    }
}

/// Lists lines, or exports the list.
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeRegister>,
    RawQuery(raw): RawQuery,
) -> Result<Listed> {
    if let Some(file) = lists::export(&app, &permit, &LINES, raw.as_deref()).await? {
        return Ok(Listed::File(file));
    }
    let mut read = app.read(&permit).await?;
    let list = lists::page(&mut read, &LINES, raw.as_deref(), &permit).await?;
    Ok(Listed::Page(Page::of(LineIndex { list })))
}

#[derive(Template)]
#[template(path = "register/line.html")]
struct LineShow {
    head: Head,
    view: LineView,
    hash: String,
    previous_hash: String,
    text: String,
    back: String,
    may_correct: bool,
    form: Typed<AnnulmentForm>,
}

impl View for LineShow {
    fn title(&self) -> String {
        self.head.title(&format!("Ligne {}", self.view.line.number))
    }

    fn crumbs(&self) -> Vec<Crumb> {
        let mut crumbs = self.head.crumbs("Registre");
        if let Some(last) = crumbs.last_mut() {
            last.href = Some(self.back.clone());
        }
        crumbs.push(Crumb::here(format!("Ligne {}", self.view.line.number)));
        crumbs
    }

    fn resource(&self) -> serde_json::Value {
        api::resource(&self.view.line)
    }
}

/// Shows a line.
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeRegister>,
    Path(id): Path<LineId>,
    form: Typed<AnnulmentForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let line = queries::find(&mut read, permit.sees(), id).await?;
    let device = find(&mut read, permit.sees(), line.device_id).await?;
    let today = standing::local_day(&device, app.clock().now());
    let weighed = standing::of(&mut read, &device, today).await?;
    let head = Head::of(&app, permit.caller(), &device, &weighed, "Registre");
    let zone = standing::zone(&device);
    let view = views(&mut read, vec![line], zone)
        .await?
        .pop()
        .ok_or(Error::NotFound)?;
    let may_correct = view.replaced.is_none()
        && view.line.entry != Entry::Annulment
        && reaches(permit.caller(), CorrectRegister::NAME, &device);
    Ok(Page::of(LineShow {
        head,
        hash: hex(&view.line.hash),
        previous_hash: hex(&view.line.previous_hash),
        text: view.line.canonical(),
        back: format!("/register/devices/{}", device.id),
        view,
        may_correct,
        form,
    }))
}
