//! What came back, read as a person reads it.

use axum::http::{HeaderMap, header};
use axum::response::Response;
use http_body_util::BodyExt;
use scraper::{Html, Selector};

/// An answer.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes,
        }
    }

    /// Fails with the page when the status is another.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.words());
        self
    }

    /// Where it leads.
    #[track_caller]
    pub fn location(&self) -> String {
        self.headers
            .get(header::LOCATION)
            .unwrap_or_else(|| panic!("no location: {} {}", self.status, self.words()))
            .to_str()
            .unwrap()
            .to_owned()
    }

    /// The last part of where it leads: the id of what was made.
    #[track_caller]
    pub fn made(&self) -> String {
        self.location()
            .rsplit('/')
            .next()
            .unwrap()
            .split('?')
            .next()
            .unwrap()
            .to_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    /// The words of the page, in one line.
    pub fn words(&self) -> String {
        let html = Html::parse_document(&self.text);
        html.root_element()
            .text()
            .collect::<Vec<_>>()
            .join(" ")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The texts of what a selector finds.
    pub fn all(&self, selector: &str) -> Vec<String> {
        let html = Html::parse_document(&self.text);
        html.select(&Selector::parse(selector).unwrap())
            .map(|e| {
                e.text()
                    .collect::<Vec<_>>()
                    .join(" ")
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect()
    }

    /// The values of an attribute of what a selector finds.
    pub fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let html = Html::parse_document(&self.text);
        html.select(&Selector::parse(selector).unwrap())
            .filter_map(|e| e.value().attr(name).map(str::to_owned))
            .collect()
    }

    #[track_caller]
    pub fn shows(&self, words: &str) -> &Self {
        assert!(
            self.words().contains(words),
            "« {words} » is not on the page: {}",
            self.words()
        );
        self
    }

    #[track_caller]
    pub fn does_not_show(&self, words: &str) -> &Self {
        assert!(
            !self.words().contains(words),
            "« {words} » is on the page: {}",
            self.words()
        );
        self
    }
}
