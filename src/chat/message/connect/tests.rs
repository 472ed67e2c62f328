use super::*;
use crate::chat::message::sample;

fn line_for(port: u16, mapped: Option<u16>, change: impl FnOnce(&mut Vm)) -> Option<String> {
    let request = sample::approved(&["web-01"]);
    let mut window = sample::windows(&request).remove(0);
    window.port = Port::new(port).unwrap();
    window.state = WindowState::Open {
        opened_at: sample::at(0),
        mapped_port: mapped.and_then(Port::new),
        proof: Default::default(),
        kept_out_since: None,
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
