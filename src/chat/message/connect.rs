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

/// How to reach one open window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    pub host: String,
    pub port: Port,
    /// What to paste.
    pub line: String,
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
    let address = &vm?.address;
    let (host, port, inside) = match (address.firewall, mapped_port) {
        (Some(firewall), Some(mapped)) => (firewall.to_string(), *mapped, false),
        _ => match (address.public, address.dns.as_deref().filter(|dns| is_host(dns))) {
            (Some(public), _) => (public.to_string(), window.port, false),
            (None, Some(dns)) => (dns.to_owned(), window.port, false),
            (None, None) => (
                address.private.as_ref().map(Ipv4Addr::to_string)?,
                window.port,
                true,
            ),
        },
    };
    let user = vm.and_then(|vm| vm.admin.as_deref()).filter(|user| is_user(user));
    Some(Way {
        line: line(window.port, &host, port, user),
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
mod tests {
    use super::*;
    use crate::chat::message::sample;

    fn line_for(port: u16, mapped: Option<u16>, change: impl FnOnce(&mut Vm)) -> Option<String> {
        let request = sample::approved(&["web-01"]);
        let mut window = sample::windows(&request).remove(0);
        window.port = Port::new(port).unwrap();
        window.state = WindowState::Open {
            opened_at: sample::at(0),
            mapped_port: mapped.and_then(Port::new),
        };
        let mut vm = sample::vm("web-01");
        change(&mut vm);
        way(&window, Some(&vm)).map(|way| way.line)
    }

    #[test]
    fn each_protocol_has_its_line() {
        for (port, mapped, line) in [
            (22, None, "ssh azureuser@203.0.113.10"),
            (22, Some(50_022), "ssh -p 50022 azureuser@203.0.113.99"),
            (3389, None, "mstsc /v:203.0.113.10:3389"),
            (
                5985,
                None,
                "Enter-PSSession -ComputerName 203.0.113.10 -Port 5985 -Credential azureuser",
            ),
            (
                5986,
                None,
                "Enter-PSSession -ComputerName 203.0.113.10 -Port 5986 -UseSSL -Credential azureuser",
            ),
            (8443, None, "203.0.113.10:8443"),
        ] {
            let found = line_for(port, mapped, |vm| {
                vm.address.firewall = "203.0.113.99".parse().ok();
            });
            assert_eq!(found.as_deref(), Some(line));
        }
    }

    #[test]
    fn the_best_address_is_taken() {
        assert_eq!(
            line_for(22, None, |vm| {
                vm.address.public = None;
                vm.address.dns = Some("web-01.example.com".to_owned());
            })
            .as_deref(),
            Some("ssh azureuser@web-01.example.com")
        );
        assert_eq!(
            line_for(22, None, |vm| vm.address.public = None).as_deref(),
            Some("ssh azureuser@10.0.0.4")
        );
        assert_eq!(line_for(22, None, |vm| vm.address = Default::default()), None);
    }

    #[test]
    fn no_name_can_smuggle_in_a_command() {
        for user in [
            "-oProxyCommand=id",
            "a;id",
            "a b",
            "$(id)",
            "`id`",
            "a\nid",
            "",
            "é",
            "a@b",
        ] {
            let line = line_for(22, None, |vm| vm.admin = Some(user.to_owned()));
            assert_eq!(line.as_deref(), Some("ssh 203.0.113.10"), "{user:?}");
        }
        for host in ["-oProxyCommand=id", "a;id", "a b.example", "```", "a/b"] {
            let line = line_for(22, None, |vm| {
                vm.address.public = None;
                vm.address.dns = Some(host.to_owned());
            });
            assert_eq!(line.as_deref(), Some("ssh azureuser@10.0.0.4"), "{host:?}");
        }
    }
}
