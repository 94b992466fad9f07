//! A list says once everything it could read; each statement names only what it does read. Planning a
//! `left join` that Postgres then drops costs more than reading the page.

/// A `from` clause without the left joins that none of `used` reads, directly or through another join.
///
/// Every `left join` of a list is on a key of what it joins (a house test asks Postgres), so that leaving
/// one out changes no row.
pub(super) fn pruned(from: &'static str, used: &[&str]) -> Vec<&'static str> {
    const LEFT: &str = "left join ";
    let mut pieces = from.split(LEFT);
    let base = pieces.next().unwrap_or_default();
    let joins: Vec<&'static str> = pieces.collect();
    // A subquery with joins of its own was cut in two: such a list is read whole.
    if !joins.iter().all(|join| is_whole(join)) {
        return vec![from];
    }
    let mut kept = vec![false; joins.len()];
    // A join may read what an earlier one brought, never a later one: from the last to the first.
    for at in (0..joins.len()).rev() {
        let alias = alias(joins[at]);
        // What is not a plain « table alias on … » is left alone.
        kept[at] = alias.is_empty()
            || joins[at].contains(" join ")
            || used.iter().any(|expression| reads(expression, alias))
            || joins
                .iter()
                .zip(&kept)
                .skip(at + 1)
                .any(|(later, kept)| *kept && reads(later, alias));
    }
    let mut left = vec![base];
    for (join, _) in joins.iter().zip(kept).filter(|(_, kept)| *kept) {
        left.push(LEFT);
        left.push(join);
    }
    left
}

/// Does it close every parenthesis it opens, and no other?
fn is_whole(join: &str) -> bool {
    let mut depth = 0_i32;
    join.chars().all(|c| {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth >= 0
    }) && depth == 0
}

/// The alias of « table alias on … », empty when it is not of that form.
fn alias(join: &'static str) -> &'static str {
    let mut words = join.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some(_), Some(alias), Some("on")) => alias,
        _ => "",
    }
}

/// Does an expression read a column of this alias, which is not empty?
fn reads(expression: &str, alias: &str) -> bool {
    let mut rest = expression;
    let mut before = None;
    while let Some(at) = rest.find(alias) {
        let previous = rest[..at].chars().next_back().or(before);
        let (found, after) = rest[at..].split_at(alias.len());
        let inside = previous.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.');
        if after.starts_with('.') && !inside {
            return true;
        }
        before = found.chars().next_back();
        rest = after;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: &str = "device d join establishment e on e.id = d.establishment_id
        left join device_model m on m.id = d.model_id
        left join organisation o on o.id = m.manufacturer_id
        left join unit u on u.id = d.unit_id
        left join room r on r.id = d.room_id";

    fn left(used: &[&str]) -> String {
        let text = pruned(FROM, used).concat();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn only_the_joins_that_are_read_are_left_and_those_they_stand_on() {
        let base = "device d join establishment e on e.id = d.establishment_id";
        assert_eq!(left(&["d.state", "e.code"]), base);
        assert_eq!(
            left(&["coalesce(u.name, '')"]),
            format!("{base} left join unit u on u.id = d.unit_id")
        );
        assert_eq!(
            left(&["o.name"]),
            format!(
                "{base} left join device_model m on m.id = d.model_id left join organisation o on o.id = m.manufacturer_id"
            )
        );
    }

    #[test]
    fn what_is_no_plain_join_is_left_alone() {
        let lateral =
            "device d left join lateral (select 1) x on true left join unit u on u.id = d.unit_id";
        assert_eq!(
            pruned(lateral, &["d.id"]).concat().trim(),
            "device d left join lateral (select 1) x on true"
        );
        let nested =
            "device d left join lateral (select 1 from a left join b c on c.id = a.id) x on true";
        assert_eq!(pruned(nested, &["d.id"]), [nested]);
    }

    #[test]
    fn an_alias_is_told_from_the_end_of_another_word() {
        assert!(reads("(r.code)", "r"));
        assert!(!reads("number.code, r_code, schema.r.code, or", "r"));
        assert!(reads("number.x + r.code", "r"));
    }
}
