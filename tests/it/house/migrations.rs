//! Migrations: numbered, named, forward only.

use super::architecture::sources;
use super::none;

#[test]
fn migrations_are_numbered_named_and_forward_only() {
    let mut findings = vec![];
    let mut numbers = std::collections::BTreeSet::new();
    for (file, text) in sources("migrations", "") {
        let name = file.trim_start_matches("migrations/");
        let Some((number, rest)) = name.strip_suffix(".sql").and_then(|n| n.split_once('_')) else {
            findings.push(format!("{file}: name it NNNN_domain_change.sql"));
            continue;
        };
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if number.len() != 4 || number.parse::<u32>().is_err() || !rest.chars().all(plain) {
            findings.push(format!("{file}: name it NNNN_domain_change.sql"));
        }
        if !numbers.insert(number.to_owned()) {
            findings.push(format!("{file}: another migration has the number {number}"));
        }
        if !text.starts_with("-- ") {
            findings.push(format!("{file}: open it with what it is for"));
        }
        for line in text.lines().map(str::to_lowercase) {
            for bad in [
                "drop table",
                "drop column",
                "truncate ",
                "disable trigger",
                "delete from audit",
                "session_replication_role",
            ] {
                if line.contains(bad)
                    && !line.trim_start().starts_with("--")
                    && !line.contains("before truncate")
                    && !line.contains("revoke")
                {
                    findings.push(format!("{file}: {}", line.trim()));
                }
            }
        }
    }
    none(findings, "migrations go forward and lose nothing");
}
