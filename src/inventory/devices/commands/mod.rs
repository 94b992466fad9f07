//! Every write on a device. Each takes the proof that the caller may, and answers the event to commit.

mod accounts;
mod annul;
mod edit;
mod identifiers;
mod items;
mod loans;
mod network;
mod places;
mod proofs;
mod register;
mod states;

pub use accounts::account;
pub use annul::annul;
pub use edit::edit;
pub use identifiers::{Exchange, add_identifier, end_identifier, exchange};
pub use items::{justify, withdraw_justification};
pub use loans::{Borrower, NewLoan, lend, take_back};
pub use network::{NetworkFacts, edit_network};
pub use places::{Destination, relocate};
pub use proofs::{give_proof, proofs_given};
pub use register::{Entry, NewDevice, register};
pub use states::change_state;
