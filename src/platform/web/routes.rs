//! Routes with their method, path, access and file: what `vigie routes` prints and what the access
//! tests replay. A handler whose second parameter is not a permit can only be a public route.

use std::panic::Location;

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, on};

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
            T: Guarded + 'static,
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
        T: 'static,
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
        T: 'static,
    {
        self.router = self.router.route(path, on(filter, handler));
        self.map.push(Route {
            method,
            path: path.to_owned(),
            access,
            file,
        });
        self
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
