//! That a rewritten list keeps everything that is not ours.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    document::{Conflict, DocumentBody, Fulfilled, JitDocument},
    testing::{POLICY, VM},
};
use crate::domain::{
    configuration::{VmChange, Wish},
    port::Port,
    vm::{AllowedSources, JitPort, Protocol, VmId},
};

/// The document with these bytes as its list.
fn document(list: &str) -> JitDocument {
    let text = format!(
        "{{\"id\":\"{POLICY}\",\"kind\":\"Basic\",\"properties\":{{\"virtualMachines\":{list},\
         \"provisioningState\":\"Succeeded\",\"requests\":[]}}}}"
    );
    // As the client reads it, so that nothing on the way loses the bytes.
    let mut reader = serde_json::Deserializer::from_str(&text);
    let body: DocumentBody = serde_path_to_error::deserialize(&mut reader).unwrap();
    JitDocument::read(body).unwrap()
}

fn vm(name: &str) -> VmId {
    VM.replace("testService", name).parse().unwrap()
}

fn port(number: u16, minutes: u64) -> JitPort {
    JitPort {
        port: Port::new(number).unwrap(),
        protocol: Protocol::Any,
        sources: AllowedSources::Any,
        max: Duration::from_secs(minutes * 60),
    }
}

fn change(name: &str, before: Vec<JitPort>, wish: Wish) -> VmChange {
    VmChange {
        vm: vm(name),
        before,
        wish,
    }
}

fn guard(name: &str, ports: Vec<JitPort>) -> VmChange {
    change(
        name,
        Vec::new(),
        Wish::Guard {
            ports,
            firewall: None,
        },
    )
}

fn list(body: &str) -> Value {
    serde_json::from_str::<Value>(body).unwrap()["properties"]["virtualMachines"].clone()
}

/// Odd on purpose: spaces, unknown members, numbers and escapes that a round trip through values would change.
fn stranger(name: &str) -> String {
    format!(
        "{{ \"zeta\" : 1.50, \"id\":\"{}\",\"ports\":[ {{\"number\":22 ,\"x\":\"\\u0041\",\"protocol\":\"*\",\
         \"maxRequestAccessDuration\":\"PT3H\"}}]}}",
        vm(name)
    )
}

#[test]
fn strangers_go_back_byte_for_byte() {
    let document = document(&format!("[{},{}]", stranger("one"), stranger("two")));
    let new = document.rewritten(&[guard("mine", vec![port(22, 60)])]).unwrap();
    assert!(new.differs);
    assert_eq!(
        new.body,
        format!(
            "{{\"kind\":\"Basic\",\"properties\":{{\"virtualMachines\":[{},{},{{\"id\":\"{}\",\"ports\":[{{\
             \"allowedSourceAddressPrefix\":\"*\",\"maxRequestAccessDuration\":\"PT1H\",\"number\":22,\"protocol\":\"*\"\
             }}]}}]}}}}",
            stranger("one"),
            stranger("two"),
            vm("mine")
        )
    );
}

#[test]
fn one_port_is_changed_and_its_neighbours_stay_as_they_are() {
    let odd = "{\"number\":3389,\"protocol\":\"TCP\",\"allowedSourceAddressPrefixes\":[\"10.0.0.0/8\"], \
               \"maxRequestAccessDuration\":\"PT90M\", \"later\":{\"a\": 1.0}}";
    let old = "{\"number\":22,\"protocol\":\"*\",\"allowedSourceAddressPrefix\":\"*\",\
               \"maxRequestAccessDuration\":\"PT3H\",\"note\":\"keep\"}";
    let text = format!(
        "[{{\"id\":\"{}\",\"publicIpAddress\":\"203.0.113.9\",\"ports\":[{old},{odd}]}}]",
        vm("mine")
    );
    let document = document(&text);
    let before = document.ports(&vm("mine")).unwrap();
    assert_eq!(before.len(), 2);
    let mut narrow = port(22, 30);
    narrow.protocol = Protocol::Tcp;
    narrow.sources = AllowedSources::Only(vec![
        "198.51.100.0/24".parse().unwrap(),
        "203.0.113.7/32".parse().unwrap(),
    ]);
    let new = document
        .rewritten(&[change("mine", before.clone(), Wish::SetPort { port: narrow })])
        .unwrap();
    assert!(new.body.contains(odd), "{}", new.body);
    let mine = &list(&new.body)[0];
    assert_eq!(mine["publicIpAddress"], "203.0.113.9");
    assert_eq!(
        mine["ports"][0],
        json!({"number":22,"protocol":"TCP","maxRequestAccessDuration":"PT30M","note":"keep",
            "allowedSourceAddressPrefixes":["198.51.100.0/24","203.0.113.7"]})
    );
    let removed = document
        .rewritten(&[change(
            "mine",
            before,
            Wish::RemovePort {
                port: Port::new(22).unwrap(),
            },
        )])
        .unwrap();
    assert!(
        removed.body.contains(odd) && !removed.body.contains("keep"),
        "{}",
        removed.body
    );
}

#[test]
fn a_machine_goes_out_and_the_last_one_leaves_an_empty_list() {
    let document = document(&format!("[{}]", stranger("mine")));
    let before = document.ports(&vm("mine")).unwrap();
    for wish in [
        Wish::Unguard,
        Wish::RemovePort {
            port: Port::new(22).unwrap(),
        },
    ] {
        let new = document
            .rewritten(&[change("mine", before.clone(), wish)])
            .unwrap();
        assert_eq!(
            new.body,
            "{\"kind\":\"Basic\",\"properties\":{\"virtualMachines\":[]}}"
        );
    }
}

#[test]
fn what_is_not_as_it_was_shown_is_not_overwritten() {
    let document = document(&format!("[{}]", stranger("mine")));
    let wish = Wish::SetPort { port: port(22, 60) };
    let changed = Conflict::Changed { vm: vm("mine") };
    assert_eq!(
        document
            .rewritten(&[change("mine", vec![port(22, 120)], wish)])
            .unwrap_err(),
        changed
    );
    assert_eq!(
        document
            .rewritten(&[guard("mine", vec![port(3389, 60)])])
            .unwrap_err(),
        changed
    );
    // What somebody has done already is no conflict, and nothing is to be sent.
    let same = Wish::SetPort { port: port(22, 180) };
    let already = document
        .rewritten(&[change("mine", vec![port(22, 60)], same)])
        .unwrap();
    assert!(!already.differs);
}

#[test]
fn an_entry_that_is_not_understood_is_never_touched() {
    let odd = format!(
        "{{\"id\":\"{}\",\"ports\":[{{\"number\":22,\"protocol\":\"*\",\"maxRequestAccessDuration\":\"soon\"}}]}}",
        vm("mine")
    );
    let change = [change("mine", Vec::new(), Wish::Unguard)];
    let unreadable = Conflict::Unreadable { vm: vm("mine") };
    assert_eq!(
        document(&format!("[{odd}]")).rewritten(&change).unwrap_err(),
        unreadable
    );
    let twice = document(&format!("[{},{}]", stranger("mine"), stranger("mine")));
    assert_eq!(twice.rewritten(&change).unwrap_err(), unreadable);
}

#[test]
fn the_read_back_tells_what_others_did() {
    let before = document(&format!("[{},{}]", stranger("one"), stranger("two")));
    let wish = [guard("mine", vec![port(22, 60)])];
    let mine = "{\"ports\":[{\"protocol\":\"*\",\"number\":22,\"allowedSourceAddressPrefix\":\"*\",\
                \"allowedSourceAddressPrefixes\":null,\"maxRequestAccessDuration\":\"PT60M\"}],\"id\":\"ID\"}"
        .replace(
            "ID",
            &vm("mine")
                .to_string()
                .to_uppercase()
                .replace("/SUBSCRIPTIONS", "/subscriptions"),
        );
    let one = stranger("one").replace("\"zeta\" : 1.50", "\"nothing\":null,\"zeta\":1.50");
    let after = document(&format!("[{mine},{one},{}]", stranger("three")));
    assert_eq!(after.fulfils(&wish), Fulfilled::Yes);
    assert_eq!(
        after.others_changed(&before.fingerprints(), &wish),
        ["three", "two"]
    );
    assert_eq!(before.fulfils(&wish), Fulfilled::No(vm("mine")));
    assert_eq!(before.others_changed(&before.fingerprints(), &wish), [""; 0]);
}

fn any_wish() -> impl Strategy<Value = Wish> {
    let any_port = (1_u16..=5, 5_u64..1440).prop_map(|(number, minutes)| port(number, minutes));
    prop_oneof![
        proptest::collection::vec(any_port.clone(), 1..4).prop_map(|mut ports| {
            ports.dedup_by_key(|jit| jit.port);
            ports.sort_by_key(|jit| jit.port);
            ports.dedup_by_key(|jit| jit.port);
            Wish::Guard {
                ports,
                firewall: None,
            }
        }),
        any_port.prop_map(|port| Wish::SetPort { port }),
        (1_u16..=5).prop_map(|number| Wish::RemovePort {
            port: Port::new(number).unwrap()
        }),
        Just(Wish::Unguard),
    ]
}

proptest! {
    /// Whatever is wanted of some machines, every other machine stays, in order and byte for byte, and so does every
    /// port of ours that is not meant.
    #[test]
    fn no_other_machine_or_port_is_ever_dropped_or_altered(
        listed in proptest::collection::vec((0_u8..8, proptest::collection::btree_set(1_u16..=5, 1..4)), 0..8),
        wishes in proptest::collection::btree_map(0_u8..8, any_wish(), 1..4),
    ) {
        let mut names = std::collections::BTreeMap::new();
        for (name, ports) in listed {
            names.entry(name).or_insert(ports);
        }
        let raw_port = |number: u16| format!(
            "{{\"n\" : {number}.50,\"number\":{number},\"protocol\":\"UDP\",\"maxRequestAccessDuration\":\"PT{number}H\"}}");
        let raw_vm = |name: u8, ports: &std::collections::BTreeSet<u16>| format!(
            "{{\"id\":\"{}\", \"ports\":[{}]}}", vm(&format!("vm{name}")),
            ports.iter().map(|number| raw_port(*number)).collect::<Vec<_>>().join(","));
        let raw: Vec<_> = names.iter().map(|(name, ports)| raw_vm(*name, ports)).collect();
        let document = document(&format!("[{}]", raw.join(",")));
        let changes: Vec<_> = wishes.iter().map(|(name, wish)| {
            let before = document.ports(&vm(&format!("vm{name}"))).unwrap();
            change(&format!("vm{name}"), before, wish.clone())
        }).collect();
        let new = document.rewritten(&changes).unwrap();
        let mut rest = new.body.as_str();
        for (name, ports) in &names {
            if !wishes.contains_key(name) {
                let text = raw_vm(*name, ports);
                let at = rest.find(&text);
                prop_assert!(at.is_some(), "{} is missing in {}", text, new.body);
                rest = &rest[at.unwrap() + text.len()..];
            } else if let Some(Wish::SetPort { port } ) = wishes.get(name) {
                for number in ports.iter().filter(|number| **number != port.port.number()) {
                    prop_assert!(new.body.contains(&raw_port(*number)));
                }
            }
        }
        let after = JitDocument::read(serde_json::from_str(&format!(
            "{{\"id\":\"{POLICY}\",\"properties\":{{\"virtualMachines\":{}}}}}", list(&new.body))).unwrap()).unwrap();
        prop_assert_eq!(after.fulfils(&changes), Fulfilled::Yes);
        prop_assert_eq!(after.others_changed(&document.fingerprints(), &changes), Vec::<String>::new());
    }
}
