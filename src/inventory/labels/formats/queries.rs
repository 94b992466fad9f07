//! Reading formats of labels.

use sqlx::PgConnection;

use super::super::LabelFormatId;
use super::super::model::LabelFormat;
use crate::kernel::{Error, Result};

/// Every format, those no longer bought last.
pub async fn list(conn: &mut PgConnection) -> Result<Vec<LabelFormat>> {
    Ok(sqlx::query_as!(
        LabelFormat,
        r#"
        select id as "id!: LabelFormatId", code, name, kind = 'single' as "is_single!", page_width_um, page_height_um, label_width_um, label_height_um,
               columns, lines, left_um, top_um, pitch_x_um, pitch_y_um, withdrawn_on, version
        from label_format
        order by withdrawn_on is not null, kind, name collate "fr-x-icu", id
        "#
    )
    .fetch_all(conn)
    .await?)
}

/// Those offered today.
pub async fn offered(conn: &mut PgConnection) -> Result<Vec<LabelFormat>> {
    let mut all = list(conn).await?;
    all.retain(|format| format.withdrawn_on.is_none());
    Ok(all)
}

/// One format.
pub async fn find(conn: &mut PgConnection, id: LabelFormatId) -> Result<LabelFormat> {
    sqlx::query_as!(
        LabelFormat,
        r#"
        select id as "id!: LabelFormatId", code, name, kind = 'single' as "is_single!", page_width_um, page_height_um, label_width_um, label_height_um,
               columns, lines, left_um, top_um, pitch_x_um, pitch_y_um, withdrawn_on, version
        from label_format
        where id = $1
        "#,
        id.uuid()
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}
