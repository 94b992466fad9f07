//! The settings that have a form of their own: database and public addresses, trusted networks.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use chrono::NaiveTime;
use sqlx::postgres::PgConnectOptions;

/// A connection string; its password never reaches a log.
#[derive(Clone)]
pub struct DatabaseUrl {
    options: PgConnectOptions,
}

impl DatabaseUrl {
    /// What to connect with.
    pub fn options(&self) -> &PgConnectOptions {
        &self.options
    }
}

impl FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if !(text.starts_with("postgres://") || text.starts_with("postgresql://")) {
            return Err("doit commencer par « postgres:// »".into());
        }
        let options = PgConnectOptions::from_str(text).map_err(|error| {
            format!("n’est pas une adresse de base PostgreSQL lisible ({error})")
        })?;
        Ok(Self { options })
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let o = &self.options;
        let place = match o.get_socket() {
            Some(socket) => socket.display().to_string(),
            None => format!("{}:{}", o.get_host(), o.get_port()),
        };
        write!(
            f,
            "{}@{place}/{}",
            o.get_username(),
            o.get_database().unwrap_or(o.get_username())
        )
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Where backups go, when, for whom they are encrypted, how many stay.
#[derive(Clone, Debug)]
pub struct Backups {
    /// The folder of the archives.
    pub folder: PathBuf,
    /// The hour of each night, if any.
    pub at: Option<NaiveTime>,
    /// The only key that opens them, if they are encrypted.
    pub recipient: Option<age::x25519::Recipient>,
    /// How many archives stay.
    pub keep: usize,
}

impl Backups {
    /// Checks what was typed; the mistake names its setting.
    pub(super) fn check(
        folder: Option<&Path>,
        data_dir: &Path,
        at: &str,
        recipient: &str,
        keep: &str,
    ) -> Result<Self, (&'static str, String)> {
        let folder = match folder.filter(|folder| !folder.as_os_str().is_empty()) {
            Some(folder) => std::path::absolute(folder)
                .map_err(|e| ("--backup-dir (VIGIE_BACKUP_DIR)", e.to_string()))?,
            None => data_dir.join("backups"),
        };
        let at = match at.trim() {
            "jamais" | "" => None,
            text => Some(NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| {
                let why = format!(
                    "attend une heure, par exemple 02:30, ou « jamais », et non « {text} »"
                );
                ("--backup-at (VIGIE_BACKUP_AT)", why)
            })?),
        };
        let recipient = match recipient.trim() {
            "" => None,
            text => Some(text.parse().map_err(|_| {
                let why = "attend une clé publique age, de la forme age1…, faite par age-keygen"
                    .to_owned();
                ("--backup-recipient (VIGIE_BACKUP_RECIPIENT)", why)
            })?),
        };
        let keep = match keep.trim().parse() {
            Ok(keep) if keep >= 1 => keep,
            _ => {
                let why = format!("attend un nombre d’au moins 1, et non « {keep} »");
                return Err(("--backup-keep (VIGIE_BACKUP_KEEP)", why));
            }
        };
        Ok(Self {
            folder,
            at,
            recipient,
            keep,
        })
    }

    /// In a folder, on nobody's clock, for who can read it.
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_path_buf(),
            at: None,
            recipient: None,
            keep: 14,
        }
    }
}

/// The address people reach Vigie at: scheme, host, port and perhaps a path, without a final slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// Where a browser on this machine finds a server that listens there.
    pub fn of(listen: SocketAddr, secret: bool) -> Self {
        let host = match listen.ip() {
            ip if ip.is_unspecified() => "localhost".to_owned(),
            IpAddr::V6(ip) => format!("[{ip}]"),
            IpAddr::V4(ip) => ip.to_string(),
        };
        let scheme = if secret { "https" } else { "http" };
        Self(format!("{scheme}://{host}:{}", listen.port()))
    }

    /// The address, to which a path starting with `/` is appended.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it leads to the very machine one sits at.
    pub fn is_local(&self) -> bool {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        let place = rest.split('/').next().unwrap_or_default();
        let host = match place.strip_prefix('[') {
            Some(six) => six.split(']').next().unwrap_or_default(),
            None => place.split(':').next().unwrap_or_default(),
        };
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// Whether people come by TLS, so that cookies must be `Secure`.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim().trim_end_matches('/');
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"))
            .ok_or("doit commencer par « https:// » ou « http:// »")?;
        let host = rest.split('/').next().unwrap_or_default();
        if host.is_empty()
            || rest.contains(|c: char| c.is_whitespace() || matches!(c, '?' | '#' | '@' | '"'))
        {
            return Err("attend la forme https://vigie.exemple.fr, sans « ? » ni « # »".into());
        }
        Ok(Self(text.to_owned()))
    }
}

/// The networks whose proxies are believed when they say who the client is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<Network>);

impl TrustedProxies {
    /// Whether a peer at this address is one of ours.
    pub fn trusts(&self, peer: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(peer))
    }

    /// Whether none is declared.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for TrustedProxies {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split([',', ' '])
            .filter(|part| !part.is_empty())
            .map(Network::from_str)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    fn contains(self, other: IpAddr) -> bool {
        // A dual-stack listener shows IPv4 peers as ::ffff:a.b.c.d.
        match (self.address, other.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                let mask = u32::MAX
                    .checked_shl(32 - u32::from(self.prefix))
                    .unwrap_or(0);
                ours.to_bits() & mask == theirs.to_bits() & mask
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                let mask = u128::MAX
                    .checked_shl(128 - u32::from(self.prefix))
                    .unwrap_or(0);
                ours.to_bits() & mask == theirs.to_bits() & mask
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mistake = || format!("« {text} » n’est ni une adresse IP ni un réseau (10.0.0.0/8)");
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address = IpAddr::from_str(address)
            .map_err(|_| mistake())?
            .to_canonical();
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(prefix) => prefix.parse().map_err(|_| mistake())?,
            None => widest,
        };
        if prefix > widest {
            return Err(mistake());
        }
        Ok(Self { address, prefix })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_known_by_address_or_network() {
        let proxies: TrustedProxies = "127.0.0.1, 10.1.0.0/16,fd00::/8,".parse().unwrap();
        for trusted in ["127.0.0.1", "10.1.255.3", "fd12::1", "::ffff:10.1.2.3"] {
            assert!(proxies.trusts(trusted.parse().unwrap()), "{trusted}");
        }
        for stranger in ["127.0.0.2", "10.2.0.1", "fe80::1", "::1"] {
            assert!(!proxies.trusts(stranger.parse().unwrap()), "{stranger}");
        }
        let everyone: TrustedProxies = "0.0.0.0/0".parse().unwrap();
        assert!(everyone.trusts("203.0.113.9".parse().unwrap()));
        assert!("10.0.0".parse::<TrustedProxies>().is_err());
    }

    #[test]
    fn a_public_address_loses_its_final_slash() {
        let url: PublicUrl = "https://vigie.chu.fr/parc/".parse().unwrap();
        assert_eq!(url.as_str(), "https://vigie.chu.fr/parc");
        assert!(url.is_https());
        assert!("https://".parse::<PublicUrl>().is_err());
        assert!("https://a b".parse::<PublicUrl>().is_err());
    }
}
