//! How to reach a machine whose window is open: the host, the port, and the line to paste.
//!
//! A line that people paste into a shell must not be able to do anything else, so nothing that has any other
//! character than a name needs ever stands in it.

use std::net::Ipv4Addr;

use crate::domain::{
    port::Port,
    vm::Vm,
    window::{Window, WindowState},
};

mod help;
mod rdp;

pub use self::{
    help::{help, no_such_window, not_yours},
    rdp::{MEDIA_TYPE, rdp_file},
};

/// How to reach one open window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    pub host: String,
    pub port: Port,
    /// What to paste.
    pub line: String,
    /// The administrator's name on the machine, where it is known and nothing but a name.
    pub user: Option<String>,
    /// The DNS name, where the machine has one besides its address.
    pub dns: Option<String>,
    /// Through an Azure Firewall, on a port of its own.
    pub firewall: bool,
    /// Whether the host is only reached from inside the network or a VPN.
    pub inside: bool,
}

/// The way to an open window, or `None` where it is not open or the inventory has no address.
///
/// Through the Azure Firewall if it maps the port, else by the public address or name, else by the private one.
pub fn way(window: &Window, vm: Option<&Vm>) -> Option<Way> {
    let WindowState::Open { mapped_port, .. } = &window.state else {
        return None;
    };
    let vm = vm?;
    let address = &vm.address;
    let dns = address.dns.as_deref().filter(|dns| is_host(dns));
    let user = vm.admin.as_deref().filter(|user| is_user(user));
    let (host, port, inside) = match (address.firewall, mapped_port) {
        (Some(firewall), Some(mapped)) => (firewall.to_string(), *mapped, false),
        _ => match (address.public, dns) {
            (Some(public), _) => (public.to_string(), window.port, false),
            (None, Some(dns)) => (dns.to_owned(), window.port, false),
            (None, None) => (
                address.private.as_ref().map(Ipv4Addr::to_string)?,
                window.port,
                true,
            ),
        },
    };
    let firewall = address.firewall.is_some() && mapped_port.is_some();
    Some(Way {
        line: line(window.port, &host, port, user),
        user: user.map(str::to_owned),
        dns: dns
            .filter(|_| !firewall && !inside)
            .filter(|dns| *dns != host)
            .map(str::to_owned),
        firewall,
        host,
        port,
        inside,
    })
}

/// `asked` decides the protocol; `port` is where it is reached.
fn line(asked: Port, host: &str, port: Port, user: Option<&str>) -> String {
    let number = port.number();
    match asked.name() {
        Some("ssh") => {
            let user = user.map(|user| format!("{user}@")).unwrap_or_default();
            if number == 22 {
                format!("ssh {user}{host}")
            } else {
                format!("ssh -p {number} {user}{host}")
            }
        }
        Some("rdp") => format!("mstsc /v:{host}:{number}"),
        Some(winrm @ ("winrm" | "winrm-https")) => {
            let secure = if winrm == "winrm-https" { " -UseSSL" } else { "" };
            let user = user
                .map(|user| format!(" -Credential {user}"))
                .unwrap_or_default();
            format!("Enter-PSSession -ComputerName {host} -Port {number}{secure}{user}")
        }
        _ => format!("{host}:{number}"),
    }
}

/// A name that no shell and no program takes for anything else: a leading hyphen would be an option.
fn is_user(user: &str) -> bool {
    is_plain(user) && user.len() <= 64
}

fn is_host(host: &str) -> bool {
    is_plain(host) && !host.contains('_') && host.len() <= 253
}

fn is_plain(text: &str) -> bool {
    text.starts_with(|char: char| char.is_ascii_alphanumeric())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

#[cfg(test)]
mod tests;
