//! `vigie routes`: the map of the house, one line a route, as the compiler saw it declared.

use super::say;
use crate::app;
use crate::platform::web::routes::{Access, Route};

/// Prints the map in the order of the paths.
pub fn routes() {
    for line in lines(app::map()) {
        say(&line);
    }
}

fn lines(mut map: Vec<Route>) -> Vec<String> {
    map.sort_by(|a, b| (&a.path, a.method.as_str()).cmp(&(&b.path, b.method.as_str())));
    let paths = map.iter().map(|route| route.path.chars().count()).max();
    let rights: Vec<String> = map.iter().map(|route| access(route.access)).collect();
    let widest = rights.iter().map(|right| right.chars().count()).max();
    let (paths, widest) = (paths.unwrap_or(0), widest.unwrap_or(0));
    map.iter()
        .zip(rights)
        .map(|(route, right)| {
            let (method, path) = (route.method.as_str(), &route.path);
            format!(
                "{method:<6}  {path:<paths$}  {right:<widest$}  {}",
                route.file
            )
        })
        .collect()
}

fn access(access: Access) -> String {
    match access {
        Access::Permission(name) => name.to_owned(),
        Access::Public(why) => format!("public : {why}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_map_names_every_route_of_the_application_once() {
        let map = app::map();
        let printed = lines(map.clone());
        assert_eq!(printed.len(), map.len());
        let units = printed
            .iter()
            .find(|line| line.starts_with("GET     /accounts/units "))
            .expect("the list of units");
        assert!(units.contains("accounts.sites.see"), "{units}");
        assert!(
            units.ends_with("src/accounts/sites/units/mod.rs"),
            "{units}"
        );
        let mut doors: Vec<_> = map.iter().map(|r| (&r.path, r.method.as_str())).collect();
        doors.sort();
        doors.dedup();
        assert_eq!(doors.len(), map.len(), "a route declared twice");
    }
}
