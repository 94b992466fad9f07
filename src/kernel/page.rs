//! Small words that every page uses.

/// The meaning of a colour, always shown with an icon and a word (ui.md: never colour alone).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// À jour, conforme.
    Good,
    /// À surveiller.
    Watch,
    /// En retard, non conforme, affecté.
    Bad,
    /// Indéterminé: we do not know, which is never green.
    Unknown,
    /// No judgement.
    #[default]
    Plain,
}

impl Tone {
    /// The class name the style sheet knows.
    pub fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Watch => "watch",
            Self::Bad => "bad",
            Self::Unknown => "unknown",
            Self::Plain => "plain",
        }
    }
}

/// A step of the breadcrumb; the last one has no link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// What is read.
    pub label: String,
    /// Where it leads.
    pub href: Option<String>,
}

impl Crumb {
    /// A step that leads somewhere.
    pub fn to(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            href: Some(href.into()),
        }
    }

    /// The page itself.
    pub fn here(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            href: None,
        }
    }
}
