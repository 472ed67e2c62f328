//! What who asked is told of how to connect.

use super::{Way, rdp_file, way};
use crate::{
    chat::message::{
        limit::{CONTENT, joined},
        phrase,
        rendered::Rendered,
        view::View,
        when,
    },
    domain::{
        ids::RequestNumber,
        vm::{Power, Vm},
        window::{Window, WindowState},
    },
};

/// How to connect through every window of the request that is open.
pub fn help(view: &View<'_>) -> Rendered {
    let number = view.request.number;
    let open: Vec<_> = view
        .windows
        .iter()
        .filter(|window| matches!(window.state, WindowState::Open { .. }))
        .collect();
    if open.is_empty() {
        return Rendered::text(format!(
            "Nothing of request {number} is open, so there is nothing to connect to. `/jit status request:{number}` \
             shows how it stands."
        ));
    }
    let parts: Vec<_> = open
        .iter()
        .map(|window| one(window, view.vm(&window.vm)))
        .collect();
    // Discord takes ten files; a request has ten machines at most, and RDP is one port of each.
    let files = open
        .iter()
        .filter(|window| window.port.name() == Some("rdp"))
        .filter_map(|window| rdp_file(&way(window, view.vm(&window.vm))?, window.vm.name()))
        .take(10)
        .collect();
    Rendered {
        files,
        ..Rendered::text(joined(&parts, "\n", CONTENT - 50))
    }
}

/// Only who asked is told how to connect.
pub fn not_yours(number: RequestNumber) -> Rendered {
    Rendered::text(format!(
        "How to connect is told to who asked for request {number} only: the window lets nobody else in. Ask for access \
         of your own with `/jit request`."
    ))
}

fn one(window: &Window, vm: Option<&Vm>) -> String {
    let door = phrase::door(&window.vm, window.port);
    let until = when::time(window.ends_at);
    let Some(way) = way(window, vm) else {
        return format!(
            "{door}, open until {until}: the inventory has no address of this machine. Look it up in the Azure portal, \
             and connect to port {}.",
            window.port.number()
        );
    };
    let mut lines = vec![
        format!(
            "{door}, open until {until} from `{}`: host `{}`, port `{}`.",
            window.source,
            way.host,
            way.port.number()
        ),
        format!("```\n{}\n```", way.line),
    ];
    lines.extend(notes(window, vm, &way));
    lines.join("\n")
}

fn notes(window: &Window, vm: Option<&Vm>, way: &Way) -> Vec<String> {
    let mut notes = Vec::new();
    if way.firewall {
        notes.push(
            "The address is that of the Azure Firewall, which leads this port to the machine; it may be another one \
             after an extension."
                .to_owned(),
        );
    }
    if way.inside {
        notes.push(
            "This is a private address: connect through your VPN or from inside the network.".to_owned(),
        );
    }
    if let Some(dns) = &way.dns {
        notes.push(format!("Its name is `{dns}`."));
    }
    if way.user.is_none() {
        notes.push("The name to log in with is not known here; put yours in.".to_owned());
    }
    match window.port.name() {
        Some("rdp") => {
            if let Some(file) = rdp_file(way, window.vm.name()) {
                notes.push(format!("The file `{}` opens it in a remote desktop client.", file.name()));
            }
        }
        Some("winrm") => notes.push(format!(
            "Over HTTP your own machine must trust the host first; in a PowerShell of an administrator: \
             `Set-Item WSMan:\\localhost\\Client\\TrustedHosts -Value '{}' -Concatenate`.",
            way.host
        )),
        Some("winrm-https") => notes.push(
            "If the certificate of the machine is its own, add `-SessionOption (New-PSSessionOption -SkipCACheck \
             -SkipCNCheck)`: then nothing proves that it is this machine."
                .to_owned(),
        ),
        _ => {}
    }
    if let Some(vm) = vm {
        match vm.power {
            Power::Running | Power::Starting | Power::Unknown => {}
            power => notes.push(format!(
                "The machine is {}: nobody answers there until it runs.",
                phrase::power(power)
            )),
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::{
        chat::message::sample,
        domain::{port::Port, request::Request},
    };

    fn told(port: u16, mapped: Option<u16>, change: impl FnOnce(&mut Vm)) -> String {
        let request: Request = sample::approved(&["web-01"]);
        let mut windows = sample::windows(&request);
        for window in &mut windows {
            window.port = sample::port(port);
            window.state = WindowState::Open {
                opened_at: sample::at(3),
                mapped_port: mapped.and_then(Port::new),
                proof: Default::default(),
                kept_out_since: None,
            };
        }
        let mut vm = sample::vm("web-01");
        change(&mut vm);
        sample::shown(&help(&View {
            request: &request,
            windows: &windows,
            today: None,
            vms: &[&vm],
            stale_since: None,
            others: &[],
            found: &[],
            freeze: None,
            review: None,
        }))
    }

    #[test]
    fn each_protocol_and_address_has_its_words() {
        assert_snapshot!(told(22, None, |_| {}), @r"
            SSH 22 on **web-01**, open until <t:1800003720:t> from `8.8.4.7`: host `203.0.113.10`, port `22`.
            ```
            ssh azureuser@203.0.113.10
            ```
            ");
        assert_snapshot!(told(22, None, |vm| vm.address.dns = Some("web-01.westeurope.cloudapp.azure.com".to_owned())), @r"
            SSH 22 on **web-01**, open until <t:1800003720:t> from `8.8.4.7`: host `203.0.113.10`, port `22`.
            ```
            ssh azureuser@203.0.113.10
            ```
            Its name is `web-01.westeurope.cloudapp.azure.com`.
            ");
        assert_snapshot!(told(22, Some(50_022), |vm| vm.address.firewall = "203.0.113.250".parse().ok()), @r"
            SSH 22 on **web-01**, open until <t:1800003720:t> from `8.8.4.7`: host `203.0.113.250`, port `50022`.
            ```
            ssh -p 50022 azureuser@203.0.113.250
            ```
            The address is that of the Azure Firewall, which leads this port to the machine; it may be another one after an extension.
            ");
        assert_snapshot!(told(3389, None, |vm| { vm.address.public = None; vm.power = Power::Deallocated; }), @r"
            RDP 3389 on **web-01**, open until <t:1800003720:t> from `8.8.4.7`: host `10.0.0.4`, port `3389`.
            ```
            mstsc /v:10.0.0.4:3389
            ```
            This is a private address: connect through your VPN or from inside the network.
            The file `web-01.rdp` opens it in a remote desktop client.
            The machine is stopped (deallocated): nobody answers there until it runs.
            ");
        assert_snapshot!(told(5985, None, |_| {}), @r"
            WINRM 5985 on **web-01**, open until <t:1800003720:t> from `8.8.4.7`: host `203.0.113.10`, port `5985`.
            ```
            Enter-PSSession -ComputerName 203.0.113.10 -Port 5985 -Credential azureuser
            ```
            Over HTTP your own machine must trust the host first; in a PowerShell of an administrator: `Set-Item WSMan:\localhost\Client\TrustedHosts -Value '203.0.113.10' -Concatenate`.
            ");
        assert_snapshot!(told(5986, None, |vm| vm.admin = Some("a\nb".to_owned())), @r"
            WINRM-HTTPS 5986 on **web-01**, open until <t:1800003720:t> from `8.8.4.7`: host `203.0.113.10`, port `5986`.
            ```
            Enter-PSSession -ComputerName 203.0.113.10 -Port 5986 -UseSSL
            ```
            The name to log in with is not known here; put yours in.
            If the certificate of the machine is its own, add `-SessionOption (New-PSSessionOption -SkipCACheck -SkipCNCheck)`: then nothing proves that it is this machine.
            ");
        assert_snapshot!(told(22, None, |vm| vm.address = Default::default()), @"SSH 22 on **web-01**, open until <t:1800003720:t>: the inventory has no address of this machine. Look it up in the Azure portal, and connect to port 22.");
    }

    #[test]
    fn nothing_is_told_while_nothing_is_open() {
        let request = sample::approved(&["web-01"]);
        let windows = sample::windows(&request);
        let view = View {
            request: &request,
            windows: &windows,
            today: None,
            vms: &[],
            stale_since: None,
            others: &[],
            found: &[],
            freeze: None,
            review: None,
        };
        assert_snapshot!(sample::shown(&help(&view)), @"Nothing of request 17 is open, so there is nothing to connect to. `/jit status request:17` shows how it stands.");
        assert_snapshot!(sample::shown(&not_yours(request.number)), @"How to connect is told to who asked for request 17 only: the window lets nobody else in. Ask for access of your own with `/jit request`.");
    }
}
