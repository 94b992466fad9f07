//! Who may import whom, and the house rules that a reader of the source can check.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::none;

/// Modules by level, lowest first. Inside a level, `Free` members may use each other, `Ordered` ones
/// those before them, `Apart` ones never.
enum Kind {
    Free,
    Ordered,
    Apart,
}

const LEVELS: &[(Kind, &[&str])] = &[
    (Kind::Ordered, &["kernel", "config", "platform"]),
    (Kind::Free, &["accounts", "audit", "lists", "shell"]),
    (
        Kind::Ordered,
        &[
            "rules",
            "parties",
            "documents",
            "inventory",
            "requirements",
            "contracts",
            "register",
            "continuity",
        ],
    ),
    (
        Kind::Apart,
        &[
            "acquisition",
            "maintenance",
            "training",
            "vigilance",
            "cybersecurity",
            "ai",
            "decommissioning",
        ],
    ),
    (
        Kind::Apart,
        &[
            "lifecycle",
            "search",
            "dashboards",
            "notifications",
            "exchange",
            "reports",
            "fhir",
            "admin",
        ],
    ),
    (Kind::Free, &["app", "demo", "cli"]),
];

/// `crate::app::App` is the state of every handler: naming it is not depending on the root.
const STATE: &str = "crate::app::App";

fn level(module: &str) -> Option<(usize, usize)> {
    LEVELS.iter().enumerate().find_map(|(level, (_, names))| {
        names
            .iter()
            .position(|n| *n == module)
            .map(|place| (level, place))
    })
}

fn may_use(from: &str, to: &str) -> bool {
    if from == to {
        return true;
    }
    let (Some((from_level, from_place)), Some((to_level, to_place))) = (level(from), level(to))
    else {
        return false;
    };
    match to_level.cmp(&from_level) {
        std::cmp::Ordering::Less => true,
        std::cmp::Ordering::Greater => false,
        std::cmp::Ordering::Equal => match LEVELS[from_level].0 {
            Kind::Free => true,
            Kind::Ordered => to_place < from_place,
            Kind::Apart => false,
        },
    }
}

/// Macros stand at the root of the crate, whichever module declares them.
fn macros() -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for (file, text) in sources("src", ".rs") {
        let Some((module, _)) = file["src/".len()..].split_once('/') else {
            continue;
        };
        for part in text.split("#[macro_export]").skip(1) {
            if let Some(at) = part.find("macro_rules! ") {
                let name = word(&part[at + "macro_rules! ".len()..]);
                out.insert(name.to_owned(), module.to_owned());
            }
        }
    }
    out
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn collect(folder: &Path, ending: &str, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, ending, out);
        } else if path.to_string_lossy().ends_with(ending) {
            out.push(path);
        }
    }
}

/// Every source file under a folder: its path from the root of the project, and its text.
pub fn sources(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut paths = vec![];
    collect(&root().join(folder), ending, &mut paths);
    paths
        .into_iter()
        .map(|p| {
            let name = p
                .strip_prefix(root())
                .unwrap()
                .to_string_lossy()
                .into_owned();
            let text = fs::read_to_string(&p).unwrap();
            (name, text)
        })
        .collect()
}

/// The lines of a file that are code, comments cut off, with their numbers; the tests at its end left out when asked.
fn code(text: &str, with_tests: bool) -> Vec<(usize, String)> {
    let mut lines = vec![];
    for (number, line) in text.lines().enumerate() {
        if !with_tests && line.trim_start().starts_with("#[cfg(test)]") {
            break;
        }
        let bare = line.trim_start();
        if bare.starts_with("//") {
            continue;
        }
        let kept = match line.find(" // ") {
            Some(at) => &line[..at],
            None => line,
        };
        lines.push((number + 1, kept.to_owned()));
    }
    lines
}

fn word(text: &str) -> &str {
    let end = text
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(text.len());
    &text[..end]
}

/// The top modules named by `crate::…` in a text, `crate::{a, b::c}` included.
fn named(text: &str) -> Vec<String> {
    let mut out = vec![];
    let mut rest = text;
    while let Some(at) = rest.find("crate::") {
        let before = rest[..at].chars().next_back();
        let after = &rest[at + "crate::".len()..];
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            rest = after;
            continue;
        }
        if rest[at..].starts_with(STATE) && word(&rest[at + STATE.len() - 3..]) == "App" {
            rest = after;
            continue;
        }
        if let Some(group) = after.strip_prefix('{') {
            let (mut depth, mut item) = (1, String::new());
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
                if depth == 0 || (depth == 1 && c == ',') {
                    out.push(word(item.trim()).to_owned());
                    item.clear();
                    if depth == 0 {
                        break;
                    }
                } else {
                    item.push(c);
                }
            }
        } else if !after[word(after).len()..].starts_with('!') {
            out.push(word(after).to_owned());
        }
        rest = after;
    }
    out.retain(|m| !m.is_empty());
    out
}

#[test]
fn the_reader_of_imports_reads_them() {
    assert_eq!(
        named("use crate::{kernel::id, platform::{db, web}, shell};"),
        ["kernel", "platform", "shell"]
    );
    assert_eq!(named("use crate::app::App;"), Vec::<String>::new());
    assert_eq!(named("use crate::app::Application;"), ["app"]);
    assert_eq!(
        named("crate::id_type!(X); let y = crate::demo::build(); $crate::kernel::id"),
        ["demo", "kernel"]
    );
    assert!(may_use("inventory", "parties") && !may_use("parties", "inventory"));
    assert!(!may_use("vigilance", "maintenance") && !may_use("kernel", "platform"));
    assert!(may_use("exchange", "inventory") && !may_use("search", "exchange"));
}

#[test]
fn imports_go_downwards_only() {
    let mut findings = vec![];
    let macros = macros();
    for (file, text) in sources("src", ".rs") {
        let Some((module, _)) = file["src/".len()..].split_once('/') else {
            continue; // lib.rs, main.rs, app.rs and one-file modules: below
        };
        for (line, text) in code(&text, true) {
            for to in named(&text) {
                let to = macros.get(&to).cloned().unwrap_or(to);
                if !may_use(module, &to) {
                    findings.push(format!("{file}:{line}: {module} may not use crate::{to}"));
                }
            }
        }
    }
    none(
        findings,
        "see LEVELS in tests/it/house/architecture.rs: a lower level offers a place (shell::Domain) and the upper one fills it; siblings answer events",
    );
}

#[test]
fn every_module_has_its_level() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let findings = lib
        .lines()
        .filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';'))
        .filter(|m| level(m).is_none())
        .map(|m| format!("src/{m}: give it a level in LEVELS, tests/it/house/architecture.rs"))
        .collect();
    none(findings, "a module without a level could use anything");
}

#[test]
fn every_file_says_what_it_is_for() {
    let findings = sources("src", ".rs")
        .into_iter()
        .chain(sources("tests/it", ".rs"))
        .filter(|(_, text)| !text.starts_with("//!"))
        .map(|(file, _)| format!("{file}: open it with //! and what it is for"))
        .collect();
    none(findings, "files without a word of purpose");
}

#[test]
fn names_say_what_things_are() {
    let empty = [
        "utils", "util", "helpers", "helper", "common", "manager", "service", "misc",
    ];
    let mut findings = vec![];
    for (file, text) in sources("src", ".rs")
        .into_iter()
        .chain(sources("tests/it", ".rs"))
    {
        let stem = Path::new(&file).file_stem().unwrap().to_string_lossy();
        let folder = Path::new(&file)
            .parent()
            .and_then(Path::file_name)
            .map(|f| f.to_string_lossy().into_owned())
            .unwrap_or_default();
        if empty.contains(&&*stem) || empty.contains(&folder.as_str()) {
            findings.push(format!("{file}: name it after what it does"));
        }
        for (line, text) in code(&text, true) {
            for kind in ["struct ", "enum ", "trait ", "mod "] {
                let Some(at) = text.find(kind) else { continue };
                if !text[..at].trim().is_empty() && !text[..at].trim().starts_with("pub") {
                    continue;
                }
                let name = word(&text[at + kind.len()..]).to_lowercase();
                if empty
                    .iter()
                    .any(|e| name == *e || name.ends_with(&format!("_{e}")))
                    || ["Manager", "Helper", "Helpers", "Utils"]
                        .iter()
                        .any(|e| word(&text[at + kind.len()..]).ends_with(e))
                {
                    findings.push(format!("{file}:{line}: {}", text.trim()));
                }
            }
        }
    }
    none(findings, "names that say nothing");
}

#[test]
fn files_stay_readable() {
    let findings = sources("src", ".rs")
        .into_iter()
        .filter_map(|(file, text)| {
            let lines = text.lines().count();
            (lines > 700).then(|| format!("{file}: {lines} lines; cut it by what its parts do"))
        })
        .collect();
    none(findings, "a file past 700 lines is a defect");
}

#[test]
fn time_ids_and_settings_come_through_their_one_door() {
    // What is looked for, and the files that may have it.
    let doors: &[(&str, &[&str])] = &[
        ("Utc::now", &["src/kernel/clock.rs"]),
        ("Local::now", &[]),
        ("SystemTime::now", &[]),
        ("now_v7", &["src/kernel/id.rs"]),
        ("new_v4", &[]),
        ("env::var", &["src/config.rs", "src/config/"]),
    ];
    let mut findings = vec![];
    for (file, text) in sources("src", ".rs") {
        for (line, text) in code(&text, false) {
            for (what, allowed) in doors {
                if text.contains(what) && !allowed.iter().any(|a| file.starts_with(a)) {
                    findings.push(format!("{file}:{line}: {what}"));
                }
            }
        }
    }
    none(
        findings,
        "time and ids are made in the kernel, settings are read in config; the rest is given them",
    );
}

/// Files that may hand Postgres a text made at run time; each says why.
const RUN_TIME_SQL: &[(&str, &str)] = &[
    (
        "src/platform/db/list/",
        "filters, sorts and columns come from closed lists; values are bound",
    ),
    (
        "src/platform/db/migrate.rs",
        "names of roles and databases cannot be bound; they are constants",
    ),
    ("src/platform/db/health.rs", "constants"),
    (
        "src/admin/backups/load.rs",
        "names of tables and references cannot be bound; they are read in the catalogue of our own schema",
    ),
];

#[test]
fn statements_are_checked_against_the_schema() {
    let mut findings = vec![];
    for (file, text) in sources("src", ".rs") {
        let free = RUN_TIME_SQL.iter().any(|(a, _)| file.starts_with(a));
        for (line, text) in code(&text, false) {
            if text.contains("AssertSqlSafe") && !free {
                findings.push(format!("{file}:{line}: a statement made at run time; use query! or add the file to RUN_TIME_SQL with its reason"));
            }
            if [
                "query",
                "query_as",
                "query_scalar",
                "raw_sql",
                "execute",
                "fetch",
            ]
            .iter()
            .any(|f| {
                text.contains(&format!("{f}(&format!")) || text.contains(&format!("{f}(format!"))
            }) {
                findings.push(format!("{file}:{line}: a statement made by format!"));
            }
        }
    }
    none(findings, "SQL is a constant that the compiler checked");
}

#[test]
fn sql_lives_in_queries_and_commands() {
    let mut findings = vec![];
    for (file, text) in sources("src", ".rs") {
        let stem = Path::new(&file)
            .file_stem()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        if !["pages", "api", "model"].contains(&stem.as_str()) && !file.starts_with("src/kernel/") {
            continue;
        }
        for (line, text) in code(&text, false) {
            if text.contains("sqlx::query")
                || text.contains("query_as!")
                || text.contains("query!(")
                || text.contains("query_scalar!")
            {
                findings.push(format!("{file}:{line}: {}", text.trim()));
            }
        }
    }
    none(
        findings,
        "statements belong in queries.rs (SELECT) and commands.rs (writes)",
    );
}

#[test]
fn every_resource_folder_has_the_same_rooms() {
    // mod model queries commands pages api; a folder may hold more, these may not be spelled otherwise.
    let wrong: BTreeMap<&str, &str> = [
        ("query", "queries"),
        ("command", "commands"),
        ("page", "pages"),
        ("handlers", "pages"),
        ("controller", "pages"),
        ("repository", "queries"),
        ("dto", "api"),
        ("types", "model"),
    ]
    .into();
    let mut findings = vec![];
    for (file, _) in sources("src", ".rs") {
        // The kernel and the machinery have words of their own; « models » is a word of the trade.
        if file.starts_with("src/demo/")
            || file.starts_with("src/platform/")
            || file.starts_with("src/kernel/")
        {
            continue;
        }
        let stem = Path::new(&file)
            .file_stem()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        if let Some(right) = wrong.get(stem.as_str()) {
            findings.push(format!("{file}: the room is called {right}.rs"));
        }
    }
    none(findings, "the same files in every resource folder");
}

#[test]
fn templates_never_trust_a_value() {
    let mut findings = vec![];
    for (file, text) in sources("templates", ".html") {
        for (n, line) in text.lines().enumerate() {
            for bad in [
                "|safe",
                "| safe",
                " style=",
                "<script>",
                "javascript:",
                " onclick=",
                " onload=",
                " onsubmit=",
                " onchange=",
            ] {
                if line.contains(bad) {
                    findings.push(format!("{file}:{}: {bad}", n + 1));
                }
            }
        }
        if text.matches("method=\"post\"").count() != text.matches("|guarded").count() {
            findings.push(format!(
                "{file}: every <form method=\"post\"> opens with {{{{ \"\"|guarded }}}}"
            ));
        }
    }
    none(
        findings,
        "no inline script or style, no value shown as it is, no form without its secret",
    );
}
