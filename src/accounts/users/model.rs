//! What an account is, without SQL or HTTP.

/// What is said of an account, checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewAccount {
    /// What is typed to sign in.
    pub login: String,
    /// The person's name, kept in the audit.
    pub name: String,
    /// Mail address.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// What is printed under the name.
    pub job_title: Option<String>,
}

/// Is this text a login: 2 to 80 small letters, digits, `.`, `_`, `-`, `@`?
pub fn is_login(text: &str) -> bool {
    (2..=80).contains(&text.len())
        && text.bytes().all(|b| {
            b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-' | b'@')
        })
}

/// Is this text written as a mail address? Whether it works is known when a mail arrives.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    !local.is_empty()
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_typed_without_thinking() {
        assert!(is_login("c.martin") && is_login("claire@chu.example"));
        assert!(!is_login("C.Martin") && !is_login("é.martin") && !is_login("a"));
    }

    #[test]
    fn a_mail_address_has_a_domain() {
        assert!(is_email("c.martin@example.org"));
        assert!(!is_email("c.martin") && !is_email("@example.org") && !is_email("a b@example.org"));
        assert!(!is_email("a@example") && !is_email("a@.org") && !is_email("a@example."));
    }
}
