//! The frames: the full shell for people at work, a plain one before they are known.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::accounts::access::Caller;
use crate::app::App;
use crate::kernel::mutants::{self, Fault};
use crate::kernel::page::Crumb;
use crate::kernel::{date, secret};
use crate::platform::web::reply::Frame;
use crate::platform::web::{Context, View, filters};
use crate::shell::NavEntry;
use crate::shell::lists::ZONE;
use crate::shell::waiting::{Around, Choice, Waiting};

/// Rendered content on its way into a frame: already escaped by its own template.
struct Markup(String);

impl std::fmt::Display for Markup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Markup {}

/// A menu entry as the caller sees it.
pub struct NavItem {
    /// As people read it.
    pub label: &'static str,
    /// Where it leads.
    pub href: &'static str,
    /// Name in the icon sprite.
    pub icon: &'static str,
    /// The present page is under it.
    pub active: bool,
    /// What waits for the caller there.
    pub badge: Option<u32>,
}

/// What was just done, said once.
#[derive(Clone, Debug)]
pub struct Flash {
    /// The sentence.
    pub text: String,
}

/// What the frame shows around a page.
pub struct Chrome {
    /// Name of the person.
    pub person: String,
    /// Tells two people of one computer apart, without telling who they are.
    pub person_key: String,
    /// The roles, as read.
    pub roles: String,
    /// Name of the group.
    pub group: String,
    /// The menu.
    pub nav: Vec<NavItem>,
    /// What was just done.
    pub flash: Option<Flash>,
    /// A demonstration base shows it for ever.
    pub demo: bool,
    /// What was searched, if this is the search page.
    pub search: String,
    /// Light, dark, or empty for the system's.
    pub theme: String,
    /// The id of this request.
    pub request_id: String,
    /// The caller acts for somebody by delegation.
    pub acting: bool,
    /// When the page was made, for who prints it.
    pub made_at: String,
    /// The lists that hold something for the caller.
    pub waiting: Vec<Waiting>,
    /// The establishments that lists may be kept to; empty when there is nothing to choose.
    pub choices: Vec<Choice>,
    /// The one chosen.
    pub chosen: Option<Choice>,
}

impl Chrome {
    fn is_chosen(&self, choice: &Choice) -> bool {
        self.chosen
            .as_ref()
            .is_some_and(|chosen| chosen.id == choice.id)
    }
}

/// The entry of the menu under which an address stands: the one that says most of it.
fn entry_of<'n>(nav: &'n [NavEntry], path: &str) -> Option<&'n NavEntry> {
    nav.iter()
        .filter(|entry| {
            path.strip_prefix(entry.href)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
        .max_by_key(|entry| entry.href.len())
}

/// What waits under an entry of the menu.
fn badge(nav: &[NavEntry], entry: &NavEntry, waiting: &[Waiting]) -> Option<u32> {
    let total: i64 = waiting
        .iter()
        .filter(|list| list.pressing)
        .filter(|list| {
            let path = list.href.split('?').next().unwrap_or_default();
            entry_of(nav, path).is_some_and(|found| found.href == entry.href)
        })
        .map(|list| list.total)
        .sum();
    u32::try_from(total).ok().filter(|total| *total > 0)
}

impl Chrome {
    /// The frame for one request.
    pub fn of(
        app: &App,
        context: &Context,
        caller: Option<&Caller>,
        around: &Around,
        flash: Option<Flash>,
        theme: String,
    ) -> Self {
        let here = context.uri.path();
        let best = entry_of(app.nav(), here).map(|entry| entry.href);
        let nav = caller.map_or_else(Vec::new, |caller| {
            app.nav()
                .iter()
                .filter(|e| caller.holds(e.permission))
                .map(|e| NavItem {
                    label: e.label,
                    href: e.href,
                    icon: e.icon,
                    active: best == Some(e.href),
                    badge: badge(app.nav(), e, &around.waiting),
                })
                .collect()
        });
        let chosen = caller.and_then(|caller| caller.chosen).and_then(|chosen| {
            let is_chosen = |choice: &&Choice| choice.id == chosen.uuid();
            around.choices.iter().find(is_chosen).cloned()
        });
        let search = if here == "/search" {
            context
                .uri
                .query()
                .unwrap_or_default()
                .split('&')
                .find_map(|p| p.strip_prefix("q="))
                .map(decoded)
                .unwrap_or_default()
        } else {
            String::new()
        };
        Self {
            person: caller.map(|c| c.name.clone()).unwrap_or_default(),
            person_key: caller
                .and_then(|c| c.account)
                .map(|account| {
                    secret::keyed("palette", &account.to_string())
                        .chars()
                        .take(12)
                        .collect()
                })
                .unwrap_or_default(),
            roles: caller
                .map(|c| {
                    c.roles()
                        .iter()
                        .map(|r| r.label())
                        .collect::<Vec<_>>()
                        .join(", ")
                })
                .unwrap_or_default(),
            group: app.instance().group_name.clone(),
            nav,
            flash,
            demo: app.instance().is_demo,
            search,
            theme,
            request_id: context.request_id.to_string(),
            acting: caller.is_some_and(|c| c.acting_for.is_some()),
            made_at: date::instant(context.now, ZONE),
            waiting: around.waiting.clone(),
            choices: around.choices.clone(),
            chosen,
        }
    }
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(&text.replace('+', " "))
        .decode_utf8_lossy()
        .into_owned()
}

#[derive(Template)]
#[template(path = "layouts/app.html")]
struct AppLayout<'a> {
    chrome: &'a Chrome,
    title: &'a str,
    crumbs: &'a [Crumb],
    content: Markup,
}

#[derive(Template)]
#[template(path = "layouts/plain.html")]
struct PlainLayout<'a> {
    chrome: &'a Chrome,
    title: &'a str,
    content: Markup,
}

/// The page in its frame.
pub fn render(
    view: &dyn View,
    chrome: &Chrome,
    context: &Context,
    known: bool,
) -> askama::Result<String> {
    let values: (&str, Box<dyn std::any::Any>) = ("context", Box::new(context.clone()));
    let mut content = Markup(view.dyn_render_with_values(&values)?);
    if mutants::on(Fault::Unescaped) {
        content.0 = content.0.replace("&#60;", "<").replace("&lt;", "<");
    }
    let title = view.title();
    match view.frame() {
        Frame::Part => Ok(content.0),
        Frame::App if known => AppLayout {
            chrome,
            title: &title,
            crumbs: &view.crumbs(),
            content,
        }
        .render_with_values(&values),
        _ => PlainLayout {
            chrome,
            title: &title,
            content,
        }
        .render_with_values(&values),
    }
}
