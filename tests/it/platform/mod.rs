//! The machinery that knows no hospital word.

mod lists;
mod real_lists;

/// A database that has the migrations.
#[allow(clippy::disallowed_methods)]
pub fn database_url() -> String {
    std::env::var("VIGIE_TEST_DATABASE_URL")
        .or_else(|_| std::env::var("DATABASE_URL"))
        .unwrap()
}
