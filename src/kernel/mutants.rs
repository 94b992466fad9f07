//! Faults that can be put back, to prove that the tests which hold them absent can fail.
//!
//! With the feature `mutants`, a test chooses one fault for its own thread and the code that holds it
//! absent gives way; without the feature, [`on`] is `false` for ever and the compiler forgets it. The
//! feature is refused in release builds. `tests/it/house/mutants.rs` says which test proves what.

#[cfg(all(feature = "mutants", not(debug_assertions)))]
compile_error!("the feature `mutants` puts faults back: it is for tests, never for a release");

/// A fault of `field` class: each is the removal of one protection, in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A permission reaches every establishment, whatever the grant.
    ScopeIgnored,
    /// A permit is given to whoever asks.
    PermitIgnored,
    /// A right held at one place serves for what is seen at another.
    RightsAddUp,
    /// What is seen may be changed.
    SeenIsCovered,
    /// The document is given without its object being looked at.
    ChildAlone,
    /// Search does not keep to what the caller sees.
    SearchUnscoped,
    /// Exports do not keep to what the caller sees.
    ExportUnscoped,
    /// What is seen leaves in a file wherever one may export something.
    ExportsAddUp,
    /// The order of a correction is believed, whoever signed it.
    OrderUnsigned,
    /// The password alone opens what asks for a second factor.
    FactorIgnored,
    /// Who acts for another keeps their own rights meanwhile.
    ActingAddsUp,
    /// A token that may only read writes.
    TokenWrites,
    /// Forms are read without their secret.
    SecretUnchecked,
    /// A GET may say that it is another method.
    GetIsAnything,
    /// A page may write.
    ReadsMayWrite,
    /// Cookies are readable by scripts and sent from other sites.
    CookieBare,
    /// Any address that begins with a slash is ours.
    AnyAddressIsOurs,
    /// Texts reach the page as markup.
    Unescaped,
    /// Texts reach a sheet as formulas.
    FormulasKept,
    /// The name of a content may be any path.
    AnyPath,
    /// The name of a file goes into the header as it is.
    NameInHeader,
    /// The type of a file is what its sender says.
    TypeBelieved,
    /// Archives are read however far they unfold.
    BombsRead,
    /// What has expired still opens.
    ExpiredOpens,
    /// The session in hand at sign-in is kept.
    SessionFixed,
    /// Sessions are not ended.
    SessionsNeverEnd,
    /// Fields nobody asked for are let through.
    UnknownFieldsPass,
    /// A repeated sending writes again.
    RepeatWrites,
    /// The last one who saves erases the others.
    LastOneWins,
    /// Guesses are not slowed down.
    GuessesFree,
    /// An unknown person is told apart from a wrong password.
    UnknownTold,
    /// Anybody may say where he comes from.
    ForwardedBelieved,
    /// Answers may be kept by caches.
    AnswersCached,
    /// Answers lack their security headers.
    HeadersLeftOut,
    /// The detail of an internal error is shown.
    DetailShown,
    /// Characters that disguise a text pass.
    DisguisePasses,
    /// One gives what one does not hold.
    GiveAnything,
    /// The guards of a state are not asked.
    GuardsIgnored,
    /// Links of any scheme are kept.
    AnyScheme,
    /// Secrets are kept as they are.
    SecretsKeptClear,
    /// The secret of an address is told to the log.
    SecretsLogged,
}

#[cfg(feature = "mutants")]
thread_local! {
    static CHOSEN: std::cell::Cell<Option<Fault>> = const { std::cell::Cell::new(None) };
}

/// Puts a fault back for this thread, or takes it away.
#[cfg(feature = "mutants")]
pub fn choose(fault: Option<Fault>) {
    CHOSEN.with(|chosen| chosen.set(fault));
}

/// Is this fault there?
#[cfg(feature = "mutants")]
pub fn on(fault: Fault) -> bool {
    CHOSEN.with(|chosen| chosen.get() == Some(fault))
}

/// Is this fault there? Never: this is no build of mutants.
#[cfg(not(feature = "mutants"))]
pub const fn on(_: Fault) -> bool {
    false
}
