//! The command line answers in French whatever its parts speak: mistakes of typing, help, errors of the house and of
//! the system.

use std::io;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::kernel::Error;

/// What an error of the house means to who typed a command: why, and the way out.
pub fn told(error: &Error) -> String {
    match error {
        Error::NotFound => "introuvable : rien ne porte ce nom ici".to_owned(),
        Error::Forbidden(right) => format!("il manque ici le droit « {right} »"),
        Error::SignIn => "cette action demande d’être connecté".to_owned(),
        Error::ChangePassword => "le mot de passe doit d’abord être changé".to_owned(),
        Error::SecondFactor(_) => "le second facteur doit d’abord être donné".to_owned(),
        Error::Invalid(fields) => {
            let said: Vec<String> = fields
                .all()
                .map(|(field, message)| match field {
                    "" => message.to_owned(),
                    field => format!("{field} : {message}"),
                })
                .collect();
            format!("saisie à corriger : {}", said.join(" ; "))
        }
        Error::Conflict(why) | Error::Refused { why, .. } => why.clone(),
        Error::AlreadyDone(_) => "c’est déjà fait".to_owned(),
        Error::StaleForm => "cette demande n’est plus valable : recommencez".to_owned(),
        Error::TooMany(seconds) => format!("trop d’essais : attendez {seconds} s"),
        Error::TooLarge => "le fichier est trop volumineux (100 Mo au plus)".to_owned(),
        Error::BadRequest(why) => format!("cette demande est illisible : {why}"),
        Error::Unavailable(_) => {
            "la base de données ne répond pas ; rien n’est perdu, réessayez dans un instant"
                .to_owned()
        }
        Error::Internal(detail) => format!("erreur de Vigie, à signaler : {detail}"),
    }
}

/// What the system refused.
pub fn system(error: &io::Error) -> String {
    let known = match error.kind() {
        io::ErrorKind::NotFound => "fichier ou dossier introuvable",
        io::ErrorKind::PermissionDenied => "accès refusé à ce compte",
        io::ErrorKind::AlreadyExists => "existe déjà",
        io::ErrorKind::AddrInUse => "cette adresse est déjà prise par un autre programme",
        io::ErrorKind::AddrNotAvailable => "cette adresse n’est pas à cette machine",
        io::ErrorKind::ConnectionRefused | io::ErrorKind::TimedOut => {
            "personne ne répond à cette adresse"
        }
        io::ErrorKind::IsADirectory => "c’est un dossier, non un fichier",
        io::ErrorKind::NotADirectory => "ce n’est pas un dossier",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "le disque est plein",
        io::ErrorKind::ReadOnlyFilesystem => "ce disque ne s’écrit pas",
        io::ErrorKind::UnexpectedEof => "le fichier est coupé",
        io::ErrorKind::BrokenPipe => "plus personne ne lit ce qui est écrit",
        _ => match error.raw_os_error() {
            Some(number) => return format!("le système refuse (erreur {number})"),
            None => return error.to_string(),
        },
    };
    known.to_owned()
}

/// What was mistyped, and how to write it.
pub fn mistyped(error: &clap::Error) -> String {
    let of = |kind| error.get(kind).map(words).unwrap_or_default();
    let (argument, value) = (of(ContextKind::InvalidArg), of(ContextKind::InvalidValue));
    let what = match error.kind() {
        ErrorKind::UnknownArgument => format!("argument inconnu : {argument}"),
        ErrorKind::InvalidSubcommand => {
            format!("commande inconnue : {}", of(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "il manque une commande".to_owned()
        }
        ErrorKind::MissingRequiredArgument => format!("il manque {argument}"),
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument} attend une valeur"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("« {value} » ne convient pas à {argument}")
        }
        ErrorKind::ArgumentConflict => format!(
            "{argument} ne va pas avec {}",
            match of(ContextKind::PriorArg) {
                prior if prior.is_empty() || prior == argument =>
                    "lui-même : il est donné deux fois".to_owned(),
                prior => prior,
            }
        ),
        ErrorKind::NoEquals | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{argument} n’a pas les valeurs attendues")
        }
        ErrorKind::TooManyValues => format!("une valeur de trop pour {argument} : « {value} »"),
        ErrorKind::InvalidUtf8 => "un argument n’est pas un texte lisible (UTF-8)".to_owned(),
        _ => "commande illisible".to_owned(),
    };
    let choices = match (
        of(ContextKind::ValidValue),
        of(ContextKind::ValidSubcommand),
    ) {
        (values, _) if !values.is_empty() => format!(" ; attendu : {values}"),
        (_, commands) if !commands.is_empty() => format!(" ; attendu : {commands}"),
        _ => String::new(),
    };
    let near = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ]
    .into_iter()
    .map(of)
    .find(|near| !near.is_empty())
    .map(|near| format!(" ; peut-être {near} ?"))
    .unwrap_or_default();
    format!("{what}{choices}{near}")
}

fn words(value: &ContextValue) -> String {
    match value {
        ContextValue::String(one) => one.clone(),
        ContextValue::Strings(several) => several.join(", "),
        ContextValue::StyledStr(one) => one.to_string(),
        ContextValue::StyledStrs(several) => {
            let all: Vec<String> = several.iter().map(ToString::to_string).collect();
            all.join(", ")
        }
        ContextValue::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// Help as clap lays it out, its own few words in French.
pub fn help(text: &str) -> String {
    const WORDS: &[(&str, &str)] = &[
        ("Usage:", "Utilisation :"),
        ("Arguments:", "Arguments :"),
        ("Options:", "Options :"),
        ("Commands:", "Commandes :"),
        ("Réglages:", "Réglages :"),
        ("Possible values:", "Valeurs possibles :"),
        ("[possible values: ", "[valeurs possibles : "),
        ("[default: ", "[par défaut : "),
        ("[env: ", "[variable : "),
        ("Print help (see more with '--help')", "Affiche cette aide"),
        ("Print help (see a summary with '-h')", "Affiche cette aide"),
        ("Print help", "Affiche cette aide"),
        ("Print version", "Affiche la version"),
        ("[OPTIONS]", "[RÉGLAGES]"),
        ("<COMMAND>", "<COMMANDE>"),
    ];
    WORDS
        .iter()
        .fold(text.to_owned(), |text, (english, french)| {
            text.replace(english, french)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::error::FieldErrors;

    #[test]
    fn an_error_says_why_and_nothing_of_the_house_s_own_words() {
        let mut fields = FieldErrors::default();
        fields.add("login", "déjà pris");
        for (error, said) in [
            (
                Error::refused("import", "le fichier est vide"),
                "le fichier est vide",
            ),
            (Error::Conflict("changé".into()), "changé"),
            (
                Error::Invalid(fields),
                "saisie à corriger : login : déjà pris",
            ),
            (
                Error::Forbidden("Exporter"),
                "il manque ici le droit « Exporter »",
            ),
        ] {
            assert_eq!(told(&error), said);
        }
        for error in [
            Error::NotFound,
            Error::SignIn,
            Error::ChangePassword,
            Error::AlreadyDone("/".into()),
            Error::StaleForm,
            Error::TooMany(3),
            Error::TooLarge,
            Error::BadRequest("x".into()),
            Error::Unavailable("pool timed out".into()),
            Error::Internal("x".into()),
        ] {
            let said = told(&error);
            assert!(!said.contains("timed out"), "{said}");
            assert_ne!(said, error.to_string());
        }
    }

    #[test]
    fn what_the_system_refuses_is_said_in_words() {
        let refused = io::Error::from(io::ErrorKind::PermissionDenied);
        assert_eq!(system(&refused), "accès refusé à ce compte");
        assert_eq!(
            system(&io::Error::from_raw_os_error(5)),
            "le système refuse (erreur 5)"
        );
    }
}
