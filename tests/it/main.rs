//! Tests through the public face.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod admin;
mod audit;
mod contracts;
mod dashboards;
mod demo;
mod documents;
mod exchange;
mod house;
mod inventory;
mod maintenance;
mod parties;
mod platform;
mod register;
mod rules;
mod runtime;
mod search;
mod shell;
mod support;
