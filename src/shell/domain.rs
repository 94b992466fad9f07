//! What a domain offers to the whole.

use std::future::Future;
use std::pin::Pin;

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::accounts::access::{Caller, Place};
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::page::Tone;
use crate::platform::db::list::ListSpec;
use crate::platform::web::Routes;

/// A future in a box, for the few functions kept in lists.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// An entry of the menu, shown to holders of its permission.
#[derive(Clone, Copy, Debug)]
pub struct NavEntry {
    /// As people read it.
    pub label: &'static str,
    /// Where it leads.
    pub href: &'static str,
    /// Name in the icon sprite.
    pub icon: &'static str,
    /// Permission that shows it.
    pub permission: &'static str,
    /// Place in the menu, smallest first.
    pub order: u8,
}

/// An action that the palette offers, shown to holders of its permission.
#[derive(Clone, Copy, Debug)]
pub struct PaletteEntry {
    /// As people read it: a verb first.
    pub label: &'static str,
    /// Where it is done.
    pub href: &'static str,
    /// Name in the icon sprite.
    pub icon: &'static str,
    /// Permission that shows it.
    pub permission: &'static str,
    /// Whether it asks that permission over the whole group, as what every establishment shares does.
    pub whole_group: bool,
}

impl PaletteEntry {
    /// An action.
    pub const fn new(
        label: &'static str,
        href: &'static str,
        icon: &'static str,
        permission: &'static str,
    ) -> Self {
        Self {
            label,
            href,
            icon,
            permission,
            whole_group: false,
        }
    }

    /// The same, for who holds the permission over the whole group.
    #[must_use]
    pub const fn of_group(self) -> Self {
        Self {
            whole_group: true,
            ..self
        }
    }
}

/// A line of a home block: what waits, why, since or until when.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
pub struct HomeLine {
    /// What.
    pub label: String,
    /// Why it is here, and its clock.
    pub note: String,
    /// Where to deal with it.
    pub href: String,
    /// How pressing.
    pub tone: Tone,
}

/// A list on the home page: at most seven lines, and where the rest is.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
pub struct HomeBlock {
    /// Its title.
    pub title: String,
    /// At most seven.
    pub lines: Vec<HomeLine>,
    /// How many there are in all, and the list that shows them.
    pub total: i64,
    /// That list.
    pub href: String,
    /// Said when there is nothing.
    pub empty: &'static str,
}

/// Something to say first on a device's page.
#[derive(Clone, Debug, serde::Serialize)]
pub struct DeviceAlert {
    /// How pressing.
    pub tone: Tone,
    /// The sentence.
    pub text: String,
    /// What to do about it: label and address.
    pub action: Option<(String, String)>,
}

/// A tab of a device's page that another domain answers.
#[derive(Clone, Copy, Debug)]
pub struct DeviceTab {
    /// As people read it.
    pub label: &'static str,
    /// `/maintenance/devices/` + id.
    pub prefix: &'static str,
    /// Permission that shows it.
    pub permission: &'static str,
}

/// An object as other rooms name it.
#[derive(Clone, Debug)]
pub struct Named {
    /// As people call it.
    pub title: String,
    /// Where it is shown.
    pub href: String,
    /// Where it stands: what decides who may act on it.
    pub place: Place,
}

/// Names an object of one kind, if the caller may see it.
pub type SubjectFn = for<'a> fn(&'a mut PgConnection, &'a Caller, Uuid) -> Boxed<'a, Option<Named>>;
/// Fills a block of the home page.
pub type HomeBlockFn =
    for<'a> fn(&'a mut PgConnection, &'a Caller, NaiveDate) -> Boxed<'a, HomeBlock>;
/// Says what waits for the caller, list by list.
pub type WaitingFn =
    for<'a> fn(&'a App, &'a mut PgConnection, &'a Caller, NaiveDate) -> Boxed<'a, Vec<HomeBlock>>;
/// Says what is pressing about a device.
pub type DeviceAlertsFn =
    for<'a> fn(&'a mut PgConnection, Uuid, NaiveDate) -> Boxed<'a, Vec<DeviceAlert>>;
/// Runs a job of one kind.
pub type JobFn = for<'a> fn(&'a App, crate::platform::jobs::Claimed) -> Boxed<'a, ()>;
/// Looks whether something is to be ordered: a backup of the night, a purge.
pub type LookFn = for<'a> fn(&'a App) -> Boxed<'a, ()>;

/// What a domain offers; `Default` for what it does not.
#[derive(Default)]
pub struct Domain {
    /// First segment of its URLs.
    pub name: &'static str,
    /// Its routes.
    pub routes: Routes<App>,
    /// Its entries in the menu.
    pub nav: Vec<NavEntry>,
    /// Its actions in the palette.
    pub actions: Vec<PaletteEntry>,
    /// Blocks of the home page, each with the permission that shows it.
    pub home_blocks: Vec<(&'static str, HomeBlockFn)>,
    /// What waits for the caller, all domains together: the lists of the home page, which the bell
    /// and the menu count. Offered by the domain of the home page.
    pub waiting: Option<WaitingFn>,
    /// Tabs on the device page.
    pub device_tabs: Vec<DeviceTab>,
    /// What it says first on the device page.
    pub device_alerts: Vec<DeviceAlertsFn>,
    /// Kinds of objects it answers for (their table), so that history, documents and links of any
    /// object need not import its domain.
    pub subjects: Vec<(&'static str, SubjectFn)>,
    /// Its lists: their words name columns in histories, and house tests run each of them.
    pub lists: Vec<&'static ListSpec>,
    /// Kinds of jobs it runs.
    pub jobs: Vec<(&'static str, JobFn)>,
    /// What it looks at every minute, on whichever instance.
    pub each_minute: Vec<LookFn>,
}
