//! `vigie health`: asks the instance of these settings whether it is ready; what a container engine runs.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use super::{CommandError, say};
use crate::config::Config;

const PATIENCE: Duration = Duration::from_secs(3);

/// Succeeds when `/readyz` answers 200; over TLS, when the port answers: the certificate is not this command's business.
pub fn health(config: &Config) -> Result<(), CommandError> {
    let mut stream = TcpStream::connect_timeout(&nearest(config.listen), PATIENCE)?;
    if config.tls.is_some() {
        say("répond");
        return Ok(());
    }
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let status = answer.split(' ').nth(1).unwrap_or("rien");
    match status {
        "200" => {
            say("prête");
            Ok(())
        }
        other => Err(CommandError::NotReady(other.to_owned())),
    }
}

/// Where this machine reaches a server that listens there.
fn nearest(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_listens_everywhere_is_asked_on_this_machine() {
        let asked = |listen: &str| nearest(listen.parse().unwrap()).to_string();
        assert_eq!(asked("0.0.0.0:8080"), "127.0.0.1:8080");
        assert_eq!(asked("[::]:8080"), "[::1]:8080");
        assert_eq!(asked("192.0.2.7:80"), "192.0.2.7:80");
    }
}
