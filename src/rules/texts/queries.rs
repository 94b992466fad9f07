//! What is read of the rules.

use chrono::NaiveDate;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Purpose, Rule, RuleStatus};
use crate::accounts::access::{Caller, Place};
use crate::accounts::actions::{Action, SeeRules};
use crate::kernel::{Error, Result};
use crate::shell::domain::{Boxed, Named};

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

/// A rule as it is shown.
#[derive(Clone, Debug)]
pub struct Text {
    /// Its id.
    pub id: Uuid,
    /// What code and files call it.
    pub code: String,
    /// The version of the rule.
    pub edition: i32,
    /// Its title.
    pub title: String,
    /// What it says, in our words.
    pub summary: String,
    /// Where it comes from.
    pub source: String,
    /// Where it can be read.
    pub source_url: Option<String>,
    /// In force since.
    pub valid_from: Option<NaiveDate>,
    /// In force until.
    pub valid_to: Option<NaiveDate>,
    /// Its standing.
    pub status: RuleStatus,
    /// What the computation reads.
    pub parameters: Value,
}

/// The rule.
pub async fn find(conn: &mut PgConnection, id: Uuid) -> Result<Text> {
    sqlx::query_as!(
        Text,
        r#"select id, code, edition, title, summary, source, source_url, valid_from, valid_to, status as "status: RuleStatus", parameters
           from legal_rule where id = $1"#,
        id
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}

/// The editions of a rule, newest first: id, number, standing.
pub async fn editions(
    conn: &mut PgConnection,
    code: &str,
) -> Result<Vec<(Uuid, i32, &'static str)>> {
    let rows = sqlx::query!(r#"select id, edition, status as "status: RuleStatus" from legal_rule where code = $1 order by edition desc limit 50"#, code)
        .fetch_all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|r| (r.id, r.edition, r.status.label()))
        .collect())
}

/// Names a rule.
pub fn named<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    id: Uuid,
) -> Boxed<'a, Option<Named>> {
    Box::pin(async move {
        if !caller.holds(SeeRules::NAME) {
            return Ok(None);
        }
        let found = find(conn, id).await;
        match found {
            Ok(found) => Ok(Some(Named {
                title: found.title.clone(),
                href: format!("/rules/texts/{id}"),
                place: Place::SHARED,
            })),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    })
}
