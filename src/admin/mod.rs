//! What the administrator answers for beside the trade: backups, retention, the processing record of Vigie itself.

pub mod backups;
pub mod metrics;
pub mod retention;

use crate::shell::{Domain, NavEntry};

/// What this domain offers.
pub fn domain() -> Domain {
    Domain {
        name: "admin",
        routes: backups::routes().and(retention::routes()),
        nav: vec![
            NavEntry {
                label: "Sauvegardes",
                href: "/admin/backups",
                icon: "box",
                permission: "admin.backups.see",
                order: 96,
            },
            NavEntry {
                label: "Conservation",
                href: "/admin/retention",
                icon: "clock",
                permission: "admin.retention.see",
                order: 97,
            },
        ],
        home_blocks: vec![("admin.backups.see", backups::home_block)],
        jobs: vec![(backups::jobs::KIND, backups::jobs::run)],
        each_minute: vec![backups::jobs::look],
        lists: vec![&backups::BACKUPS],
        ..Domain::default()
    }
}
