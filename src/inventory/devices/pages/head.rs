//! The top of every page of a device: what it is, where, in what state, and its tabs.

use crate::accounts::access::{Caller, Placed};
use crate::accounts::actions::{Action, SeeHistory};
use crate::app::App;
use crate::inventory::devices::standing::{Standing, place_words, zone};
use crate::inventory::devices::{Device, model};
use crate::inventory::states::{Standing as Meaning, State};
use crate::kernel::page::{Crumb, Tone};
use crate::kernel::{clock, date};

/// A tab of the device's pages.
#[derive(Clone, Debug)]
pub struct Tab {
    /// As people read it.
    pub label: &'static str,
    /// Where it leads.
    pub href: String,
    /// It is the one shown.
    pub current: bool,
    /// A word beside it.
    pub note: String,
    /// Its tone, empty = none.
    pub tone: &'static str,
}

/// The top of a device's page.
#[derive(Clone, Debug)]
pub struct Head {
    /// N° d’inventaire.
    pub number: String,
    /// What it is.
    pub name: String,
    /// Model, serial, software, place, holding.
    pub facts: Vec<String>,
    /// Its state in words.
    pub state: &'static str,
    /// Its tone.
    pub tone: &'static str,
    /// What the state means to who needs the device.
    pub meaning: &'static str,
    /// Since when.
    pub since: String,
    /// « reprise, preuves non vérifiées ».
    pub taken_over: bool,
    /// Why its entry was annulled.
    pub annulled: Option<String>,
    /// Where its page is.
    pub url: String,
    /// The tabs.
    pub tabs: Vec<Tab>,
}

/// The tone of a state.
pub fn tone_of(state: State) -> Tone {
    match state {
        State::InService | State::Lent | State::OnTrial => Tone::Good,
        State::InMaintenance | State::Acceptance => Tone::Watch,
        State::Broken | State::Quarantined | State::SuspendedQuality | State::SuspendedCyber => {
            Tone::Bad
        }
        _ => Tone::Plain,
    }
}

impl Head {
    /// Is the whole history open to who reads?
    pub fn has_history(&self) -> bool {
        self.tabs.iter().any(|tab| tab.href.ends_with("/history"))
    }

    /// The top of the page of a device, with the tab `current` shown.
    #[must_use]
    pub fn of(
        app: &App,
        caller: &Caller,
        device: &Device,
        standing: &Standing,
        current: &'static str,
    ) -> Self {
        let url = device.url();
        let open_loan = standing.around.on_loan;
        let settled = model::present_count(&standing.items);
        let tab = |label: &'static str, path: &str, note: String, tone: &'static str| Tab {
            label,
            href: format!("{url}{path}"),
            current: label == current,
            note,
            tone,
        };
        let mut tabs = vec![
            tab("Fiche", "", String::new(), ""),
            tab(
                "Mentions",
                "/items",
                format!("{settled}/7"),
                if settled == 7 { "good" } else { "watch" },
            ),
            tab("Identifiants", "/identifiers", String::new(), ""),
            tab("Mouvements", "/movements", String::new(), ""),
            tab(
                "Prêts",
                "/loans",
                if open_loan {
                    "en cours".to_owned()
                } else {
                    String::new()
                },
                "",
            ),
            tab("Réseau", "/network", String::new(), ""),
        ];
        let here = |permission| caller.scope(permission).reaches(device.place());
        if here(SeeHistory::NAME) {
            tabs.push(tab("Historique", "/history", String::new(), ""));
        }
        for domain in app.domains() {
            for offered in domain.device_tabs.iter().filter(|t| here(t.permission)) {
                tabs.push(Tab {
                    label: offered.label,
                    href: format!("{}{}", offered.prefix, device.id),
                    current: offered.label == current,
                    note: String::new(),
                    tone: "",
                });
            }
        }
        let mut facts = Vec::new();
        let model: Vec<&str> = [
            &device.manufacturer_name,
            &device.trade_name,
            &device.reference,
        ]
        .into_iter()
        .filter_map(|part| part.as_deref())
        .collect();
        if !model.is_empty() {
            facts.push(model.join(" "));
        }
        facts.push(
            device
                .serial_number
                .as_ref()
                .map_or("série inconnue".to_owned(), |serial| {
                    format!("série {serial}")
                }),
        );
        if let Some(number) = &device.software_number {
            facts.push(format!("logiciel {number}"));
        }
        facts.push(place_words(device).unwrap_or_else(|| "lieu inconnu".to_owned()));
        facts.push(device.establishment_name.clone());
        facts.push(device.holding.map_or("détention inconnue".to_owned(), |h| {
            h.label().to_lowercase()
        }));
        Self {
            number: device.inventory_number.clone(),
            name: device.name(),
            facts,
            state: device.state.label(),
            tone: tone_of(device.state).class(),
            meaning: match device.state.standing() {
                Meaning::Usable => "",
                other => other.label(),
            },
            since: device
                .state_since
                .map_or("depuis une date inconnue".to_owned(), |at| {
                    format!(
                        "depuis le {}",
                        date::short(clock::local_day(at, zone(device)))
                    )
                }),
            taken_over: device.taken_over,
            annulled: device.annulled_reason.clone(),
            url,
            tabs,
        }
    }

    /// The title of a page of this device.
    pub fn title(&self, what: &str) -> String {
        if what.is_empty() {
            format!("{} · {}", self.number, self.name)
        } else {
            format!("{what} · {}", self.number)
        }
    }

    /// The way here.
    pub fn crumbs(&self, what: &str) -> Vec<Crumb> {
        let mut crumbs = vec![Crumb::to("Équipements", "/inventory/devices")];
        if what.is_empty() {
            crumbs.push(Crumb::here(self.number.clone()));
        } else {
            crumbs.push(Crumb::to(self.number.clone(), self.url.clone()));
            crumbs.push(Crumb::here(what));
        }
        crumbs
    }
}
