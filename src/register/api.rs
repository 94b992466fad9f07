//! A line as programs read it, and as an export carries it.

use serde_json::{Value, json};

use super::model::Line;
use super::model::canonical::hex;

/// Every field that is hashed, under its name and as it is hashed (a text or null), and the hash.
pub fn hashed(line: &Line) -> Value {
    let mut out = serde_json::Map::new();
    line.each_field(|name, value| {
        out.insert(name.to_owned(), value.map_or(Value::Null, |v| json!(v)));
    });
    out.insert("hash".into(), json!(hex(&line.hash)));
    Value::Object(out)
}

/// The JSON resource: as hashed, with the number a number.
pub fn resource(line: &Line) -> Value {
    let mut out = hashed(line);
    out["number"] = json!(line.number);
    out["late_days"] = json!(line.late_days);
    out
}
