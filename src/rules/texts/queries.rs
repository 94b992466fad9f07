//! What is read of the rules.

use sqlx::PgConnection;

use super::model::{Purpose, Rule, RuleStatus};
use crate::kernel::Result;

/// The rules of one purpose, every edition and standing: the computation says which it applied.
pub async fn of_purpose(conn: &mut PgConnection, purpose: Purpose) -> Result<Vec<Rule>> {
    Ok(sqlx::query_as!(
        Rule,
        r#"select code, edition, purpose as "purpose: Purpose", title, source, status as "status: RuleStatus", valid_from, valid_to, parameters
           from legal_rule
           where purpose = $1
           order by code, edition"#,
        purpose.code(),
    )
    .fetch_all(conn)
    .await?)
}
