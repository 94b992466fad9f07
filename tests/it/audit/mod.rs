//! Who did what.

mod history;
mod reads;
mod seals;
