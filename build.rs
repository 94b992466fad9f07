//! `sqlx::migrate!` reads a folder: without this line a new file alone would not rebuild the crate.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
