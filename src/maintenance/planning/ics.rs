//! What is due and planned, as a calendar that other programs read (RFC 5545). Pure.

use chrono::{DateTime, NaiveDate, Utc};
use icalendar::{Calendar, Component, Event, EventLike};

/// An entry of a calendar.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The same as long as it is the same thing on the same day.
    pub uid: String,
    /// Its day.
    pub on: NaiveDate,
    /// In a line.
    pub summary: String,
    /// Where.
    pub place: String,
    /// Its page.
    pub url: String,
}

/// The calendar of entries, as text.
pub fn write(name: &str, entries: &[Entry], now: DateTime<Utc>) -> String {
    let mut calendar = Calendar::new();
    calendar.name(name);
    for entry in entries {
        let event = Event::new()
            .uid(&entry.uid)
            .timestamp(now)
            .all_day(entry.on)
            .summary(&on_one_line(&entry.summary))
            .location(&on_one_line(&entry.place))
            .url(&entry.url)
            .done();
        calendar.push(event);
    }
    calendar.to_string()
}

/// A property is one line: nothing typed may begin another.
fn on_one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_would_break_a_calendar_are_escaped() {
        let entry = Entry {
            uid: "x@vigie".into(),
            on: "2026-03-02".parse().unwrap(),
            summary: "MON1 · visite\r\nEND:VCALENDAR; a, b".into(),
            place: "Réanimation".into(),
            url: "https://vigie.invalid/maintenance/due/x".into(),
        };
        let text = write("Vigie", &[entry], "2026-03-01T08:00:00Z".parse().unwrap());
        assert_eq!(text.matches("END:VCALENDAR").count(), 2, "{text}");
        assert!(
            !text.lines().any(|line| line.starts_with("END:VCALENDAR;")),
            "{text}"
        );
        assert!(text.contains("DTSTART;VALUE=DATE:20260302"), "{text}");
        assert!(text.contains("UID:x@vigie"), "{text}");
    }
}
