//! Who did what.

mod history;
mod seals;
