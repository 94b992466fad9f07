//! Routes with their method, path, access and file: what `vigie routes` prints and what the access
//! tests replay. A handler whose second parameter is not a permit can only be a public route.

use std::collections::HashMap;
use std::panic::Location;

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, on};
use utoipa::ToSchema;

use super::told::{Answers, Field, Schemas, Taken, Told, schema_of};
use crate::platform::db::list::ListSpec;

/// Implemented for the parameters of handlers that ask for a permit (`accounts::access::Permit`).
pub trait Guarded {
    /// The name of the permission asked for.
    const ACCESS: &'static str;
}

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Holders of this permission.
    Permission(&'static str),
    /// Everybody; the reason is written where the route is declared.
    Public(&'static str),
}

/// One line of the map.
#[derive(Clone, Debug)]
pub struct Route {
    /// GET, POST, PATCH or DELETE.
    pub method: Method,
    /// The path as axum reads it.
    pub path: String,
    /// Who may call it.
    pub access: Access,
    /// The source file that declares it.
    pub file: &'static str,
    /// What its handler takes, read from its parameters.
    pub taken: Taken,
    /// What it answers, as programs read it.
    pub answers: Answers,
    /// For a write: the page it leads to, when that is not the resource of its own address.
    pub leads_to: Option<&'static str>,
}

/// The routes of a resource or of a domain.
pub struct Routes<S> {
    router: Router<S>,
    map: Vec<Route>,
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self {
            router: Router::new(),
            map: Vec::new(),
        }
    }
}

macro_rules! verbs {
    ($($(#[$doc:meta])* $name:ident $method:ident),*) => { $(
        $(#[$doc])*
        #[track_caller]
        pub fn $name<H, T>(self, path: &str, handler: H) -> Self
        where
            H: Handler<T, S>,
            T: Guarded + Told + 'static,
        {
            self.add(Method::$method, MethodFilter::$method, path, handler, Access::Permission(T::ACCESS), Location::caller().file())
        }
    )* };
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// No route yet.
    pub fn new() -> Self {
        Self::default()
    }

    verbs!(
        /// Reads.
        get GET,
        /// Creates.
        post POST,
        /// Changes.
        patch PATCH,
        /// Ends.
        delete DELETE
    );

    /// The only door without a permit. `why` is kept with the route; the list only shrinks.
    #[track_caller]
    pub fn public<H, T>(self, method: Method, path: &str, handler: H, why: &'static str) -> Self
    where
        H: Handler<T, S>,
        T: Told + 'static,
    {
        let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET);
        self.add(
            method,
            filter,
            path,
            handler,
            Access::Public(why),
            Location::caller().file(),
        )
    }

    fn add<H, T>(
        mut self,
        method: Method,
        filter: MethodFilter,
        path: &str,
        handler: H,
        access: Access,
        file: &'static str,
    ) -> Self
    where
        H: Handler<T, S>,
        T: Told + 'static,
    {
        self.router = self.router.route(path, on(filter, handler));
        self.map.push(Route {
            method,
            path: path.to_owned(),
            access,
            file,
            taken: T::taken(),
            // The page of a form is for who fills it.
            answers: if path.ends_with("/new") || path.ends_with("/edit") {
                Answers::Choices
            } else {
                Answers::Unsaid
            },
            leads_to: None,
        });
        self
    }

    fn say(mut self, say: impl FnOnce(&mut Route)) -> Self {
        if let Some(last) = self.map.last_mut() {
            say(last);
        }
        self
    }

    /// Says what the route just declared answers: the struct that its JSON is.
    pub fn answers<R: ToSchema>(self) -> Self {
        self.say(|route| route.answers = Answers::Resource(schema_of::<R>))
    }

    /// As `answers`, by the schema itself.
    pub fn answers_as(self, schema: fn(&mut Schemas) -> serde_json::Value) -> Self {
        self.say(|route| route.answers = Answers::Resource(schema))
    }

    /// Says that the route just declared answers a list.
    pub fn lists(self, spec: &'static ListSpec) -> Self {
        self.say(|route| route.answers = Answers::List(spec))
    }

    /// Names what the route just declared reads in its query by hand.
    pub fn reads(self, names: &[&'static str]) -> Self {
        self.say(|route| {
            route
                .taken
                .query
                .extend(names.iter().map(|name| Field { name, many: false }));
        })
    }

    /// Says that the route just declared shows a form: its JSON is what the form offers to choose.
    pub fn choices(self) -> Self {
        self.say(|route| route.answers = Answers::Choices)
    }

    /// Says that the route just declared gives a file, or leads elsewhere.
    pub fn gives_a_file(self) -> Self {
        self.say(|route| route.answers = Answers::File)
    }

    /// Says where the write just declared leads, when that is not the resource of its own address.
    pub fn leads_to(self, path: &'static str) -> Self {
        self.say(|route| route.leads_to = Some(path))
    }

    /// Both sets of routes.
    pub fn and(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.map.extend(other.map);
        self
    }

    /// The map and the router made of it.
    pub fn into_parts(self) -> (Router<S>, Vec<Route>) {
        (self.router, self.map)
    }
}

/// Which pages there are, and who may open them: what decides whether a link is offered.
#[derive(Clone, Debug, Default)]
pub struct Doors(HashMap<String, Vec<Door>>);

#[derive(Clone, Debug)]
struct Door {
    /// The segments; `None` stands for any value.
    segments: Vec<Option<String>>,
    access: Access,
}

impl Door {
    fn fits(&self, path: &[&str]) -> bool {
        self.segments.len() == path.len()
            && self
                .segments
                .iter()
                .zip(path)
                .all(|(wanted, given)| wanted.as_deref().is_none_or(|wanted| wanted == *given))
    }
}

fn segments(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty()).collect()
}

impl Doors {
    /// The doors of a map: the routes that are read.
    pub fn of(map: &[Route]) -> Self {
        let mut doors: HashMap<String, Vec<Door>> = HashMap::new();
        for route in map.iter().filter(|route| route.method == Method::GET) {
            let parts = segments(&route.path);
            let first = parts.first().copied().unwrap_or_default().to_owned();
            let segments = parts
                .into_iter()
                .map(|part| (!part.starts_with('{')).then(|| part.to_owned()))
                .collect();
            doors.entry(first).or_default().push(Door {
                segments,
                access: route.access,
            });
        }
        for behind in doors.values_mut() {
            // As the router decides: a written segment before any value.
            behind.sort_by_key(|door| door.segments.iter().filter(|s| s.is_none()).count());
        }
        Self(doors)
    }

    /// Who may open the page an address leads to; `None` when no page of ours is there.
    pub fn access(&self, href: &str) -> Option<Access> {
        let path = href.split(['?', '#']).next().unwrap_or_default();
        let path = segments(path);
        self.0
            .get(path.first().copied().unwrap_or_default())?
            .iter()
            .find(|door| door.fits(&path))
            .map(|door| door.access)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(path: &str, permission: &'static str) -> Route {
        Route {
            method: Method::GET,
            path: path.to_owned(),
            access: Access::Permission(permission),
            file: "",
            taken: Taken::default(),
            answers: Answers::default(),
            leads_to: None,
        }
    }

    #[test]
    fn a_written_segment_is_preferred_to_any_value_and_the_rest_is_unknown() {
        let doors = Doors::of(&[
            route("/things/{id}", "see"),
            route("/things/new", "make"),
            route("/things/{id}/parts", "parts"),
            route("/", "home"),
        ]);
        let of = |href| match doors.access(href) {
            Some(Access::Permission(name)) => name,
            _ => "",
        };
        assert_eq!(of("/things/new?x=1"), "make");
        assert_eq!(of("/things/42#top"), "see");
        assert_eq!(of("/things/42/parts"), "parts");
        assert_eq!(of("/"), "home");
        assert_eq!(of("/things/42/nothing"), "");
        assert_eq!(of("/elsewhere"), "");
    }
}
