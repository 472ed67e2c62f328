use insta::assert_snapshot;

use crate::{
    chat::message::{
        refusal::{input, rules, unread, vote, withdraw},
        rendered::Rendered,
        sample::{self, at},
        vms::Unread,
    },
    domain::{
        ids::{RequestNumber, RuleName},
        length::Length,
        port::Port,
        request::{RequestState, VoteRefusal, WithdrawRefusal},
        source::{Source, SourceRefusal},
        text::FreeText,
        trouble::Trouble,
        vm::Unsupported,
        vote::Door,
    },
    policy::Refusal,
};

const N: RequestNumber = RequestNumber(17);

#[test]
fn a_vote_that_does_not_count_is_explained() {
    let all = [
        VoteRefusal::NotPending {
            state: Box::new(sample::approved(&["web-01"]).state),
        },
        VoteRefusal::NotPending {
            state: Box::new(sample::denied(None).state),
        },
        VoteRefusal::NotPending {
            state: Box::new(RequestState::Withdrawn {
                source: None,
                at: at(3),
            }),
        },
        VoteRefusal::TooLate { answer_by: at(30) },
        VoteRefusal::OwnRequest,
        VoteRefusal::NotAnApprover,
        VoteRefusal::NoRuleNow,
        VoteRefusal::SaidAlready {
            missing: 1,
            needs: Vec::new(),
        },
    ];
    let said: Vec<_> = all
        .iter()
        .map(|refusal| vote::sentence(N, refusal).content)
        .collect();
    assert_snapshot!(said.join("\n"), @r"
        Your answer did not count, because request 17 was approved by <@202> at <t:1800000120:t>. Nothing was changed by it.
        Your answer did not count, because request 17 was denied by <@202> at <t:1800000180:t>. Nothing was changed by it.
        Your answer did not count, because request 17 was withdrawn by who asked at <t:1800000180:t>. Nothing was changed by it.
        Your answer did not count, because answers to request 17 counted until <t:1800001800:t>. Who asked can ask again.
        Your answer did not count, because request 17 is your own, and nobody decides on their own request. Somebody else has to answer. If you do not need it any more, withdraw it.
        Your answer did not count, because you are not an approver of request 17 under its rule, as it was when it was asked or as it is now. The card names who may answer.
        Your answer did not count, because no rule allows request 17 now, so nobody can approve it: the rules were changed, or it is outside their hours. You can deny it, or who asked can withdraw it.
        You have approved request 17 already, and each person counts once. 1 more approval is needed.
        ");
    for refusal in &all {
        let told = vote::tell_voter(N, vote::code(refusal)).content;
        assert!(!told.contains('_'), "a code is not shown to people: {told}");
    }
    assert_snapshot!(vote::tell_voter(N, "not_an_approver").content, @r"Your reaction to the card of request 17 did not count, because you are not an approver of it under its rule. The card names who may answer.");
}

#[test]
fn a_withdrawal_that_is_refused_says_what_else_to_do() {
    assert_snapshot!(withdraw::sentence(N, &WithdrawRefusal::NotYours).content, @r"Request 17 was not withdrawn, because only who asked can withdraw it. An approver can deny it.");
    let state = Box::new(sample::approved(&["web-01"]).state);
    assert_snapshot!(withdraw::sentence(N, &WithdrawRefusal::NotPending { state }).content, @r"Request 17 was not withdrawn, because it was approved by <@202> at <t:1800000120:t>. To end the access early, use `/jit close`.");
}

#[test]
fn wrong_input_is_explained() {
    let refused: Vec<_> = [
        "nonsense`",
        "2001:db8::1",
        "*",
        "Internet",
        "127.0.0.1",
        "169.254.1.1",
        "224.0.0.1",
        "240.0.0.1",
        "198.51.100.7/24",
    ]
    .iter()
    .map(|text| text.parse::<Source>().unwrap_err())
    .collect();
    let told = |say: fn(&SourceRefusal) -> Rendered| {
        let said: Vec<_> = refused.iter().map(|why| say(why).content).collect();
        said.join("\n")
    };
    assert_snapshot!(told(input::source), @r"
        Nothing was asked. `nonsenseˋ` is not an IPv4 address or network. Write one like `198.51.100.7`. To find it: a web search for “what is my IPv4 address” shows it, and so does your network administrator.
        Nothing was asked. This is an IPv6 address, and Azure JIT takes only IPv4. Write the IPv4 address from which you connect. To find it: a web search for “what is my IPv4 address” shows it, and so does your network administrator.
        Nothing was asked. This would open the port to everybody, which Portcullis never does. Write the one address from which you connect. To find it: a web search for “what is my IPv4 address” shows it, and so does your network administrator.
        Nothing was asked. `Internet` is a word or a service tag, and a service tag stands for very many addresses. Write the one IPv4 address from which you connect. To find it: a web search for “what is my IPv4 address” shows it, and so does your network administrator.
        Nothing was asked. This is a loopback address: it means your own computer, and Azure never sees it. Write the address that the Internet sees. To find it: a web search for “what is my IPv4 address” shows it, and so does your network administrator.
        Nothing was asked. This is or contains a link-local address (169.254.0.0/16), which never leaves its own network. Write the address that the Internet sees. To find it: a web search for “what is my IPv4 address” shows it, and so does your network administrator.
        Nothing was asked. This is or contains a multicast address, from which nobody connects. Write the address from which you connect. To find it: a web search for “what is my IPv4 address” shows it, and so does your network administrator.
        Nothing was asked. This is or contains a reserved address, from which nobody connects. Write the address from which you connect. To find it: a web search for “what is my IPv4 address” shows it, and so does your network administrator.
        Nothing was asked. This is an address with the length of a network. Write the address alone, or `198.51.100.0/24` if you mean the whole network.
        ");
    assert_snapshot!(told(input::less_source), @r"
        Nothing was approved, because `nonsenseˋ` is no IPv4 address or network. Press Approve with less again and write an address or network inside what was asked, or leave the field empty.
        Nothing was approved, because this is an IPv6 address, and Azure JIT takes only IPv4. Press Approve with less again and write an address or network inside what was asked, or leave the field empty.
        Nothing was approved, because what you typed stands for everywhere. Press Approve with less again and write an address or network inside what was asked, or leave the field empty.
        Nothing was approved, because `Internet` is a word or a service tag, and a service tag stands for very many addresses. Press Approve with less again and write an address or network inside what was asked, or leave the field empty.
        Nothing was approved, because this is a loopback address, which Azure never sees. Press Approve with less again and write an address or network inside what was asked, or leave the field empty.
        Nothing was approved, because this is or contains a link-local address (169.254.0.0/16), which never leaves its own network. Press Approve with less again and write an address or network inside what was asked, or leave the field empty.
        Nothing was approved, because this is or contains a multicast address, from which nobody connects. Press Approve with less again and write an address or network inside what was asked, or leave the field empty.
        Nothing was approved, because this is or contains a reserved address, from which nobody connects. Press Approve with less again and write an address or network inside what was asked, or leave the field empty.
        Nothing was approved, because this is an address with the length of a network; write the address alone or `198.51.100.0/24`. Press Approve with less again and write an address or network inside what was asked, or leave the field empty.
        ");

    let lengths: Vec<_> = ["soon", "1s", "3d"]
        .iter()
        .map(|text| input::length(text, text.parse::<Length>().unwrap_err()).content)
        .collect();
    assert_snapshot!(lengths.join("\n"), @r"
        Nothing was asked, because `soon` cannot be used as `for`: a length is written like `45m`, `2h` or `1h30m`. Ask again with another length.
        Nothing was asked, because `1s` cannot be used as `for`: an access lasts at least 10s. Ask again with another length.
        Nothing was asked, because `3d` cannot be used as `for`: an access lasts at most 24h, which is the limit of Azure JIT. Ask again with another length.
        ");

    assert_snapshot!(input::port(&"telnet".parse::<Port>().unwrap_err()).content, @r"Nothing was asked, because `telnet` is no port. Write a number from 1 to 65535, or `ssh`, `rdp`, `winrm` or `winrm-https`; several with commas.");
    assert_snapshot!(input::unknown_vm("wbe-01", &[]).content, @r"Nothing was asked, because no machine is called `wbe-01`. Pick a name that is offered while you type, or ask an administrator whether Portcullis can see the machine.");
    let ids = [sample::vm_id("web-01"), sample::vm_id("web-02")];
    assert_snapshot!(input::unknown_vm("wbe-01", &ids).content, @r"Nothing was asked, because no machine is called `wbe-01`. Did you mean `prod-web/web-01` or `prod-web/web-02`?");
    let why = Trouble::NotRegistered {
        message: FreeText::new("Not registered").unwrap(),
    };
    let (id, name) = (
        sample::vm_id("x").subscription().clone(),
        FreeText::new("Staging"),
    );
    let hidden = [Unread {
        subscription: Some((&id, name.as_ref())),
        why: &why,
        shown_from: None,
    }];
    assert_snapshot!(unread::explained(input::unknown_vm("wbe-01", &[]), &hidden).content, @r"
        Nothing was asked, because no machine is called `wbe-01`. Pick a name that is offered while you type, or ask an administrator whether Portcullis can see the machine.
        It may also be in a subscription that could not be read from Azure.
        **Staging**: The subscription has never used this service of Azure. Let an owner of it register the service, for JIT with `az provider register --namespace Microsoft.Security`. The answer was: Not registered. Nothing of it is shown.
        ");
    assert_eq!(
        unread::explained(input::unknown_vm("wbe-01", &[]), &[]).content,
        input::unknown_vm("wbe-01", &[]).content
    );
    assert_snapshot!(input::ambiguous_vm("web-01", &ids).content, @r"
        Nothing was asked, because several machines are called `web-01`. Write it with its group, or with its subscription and group:
        `11111111-1111-1111-1111-111111111111/prod-web/web-01`
        `11111111-1111-1111-1111-111111111111/prod-web/web-02`
        ");
    assert_snapshot!(input::which_request(&[sample::pending(&["web-01"])]).content, @r"
        Several requests could be meant. Say which one by its number:
        17: SSH 22 on **web-01**
        ");
}

#[test]
fn every_refusal_of_the_rules_has_its_sentence() {
    let door = || Door {
        vm: sample::vm_id("web-01"),
        port: sample::port(22),
    };
    let rule = || RuleName("production ssh".to_owned());
    let source: Source = "198.51.100.0/24".parse().unwrap();
    let within = || vec!["203.0.113.0/24".parse().unwrap()];
    let vm = || sample::vm_id("web-01");
    let asked: Length = "4h".parse().unwrap();
    let all = [
        Refusal::NothingAsked,
        Refusal::VmUnknown { vm: vm() },
        Refusal::NoRule { door: door() },
        Refusal::NobodyCanApprove { rule: rule() },
        Refusal::JitNotConfigured { vm: vm() },
        Refusal::JitUnsupported {
            vm: vm(),
            why: Unsupported::MissingNsg,
        },
        Refusal::PortNotInJitPolicy {
            door: door(),
            ports: vec![sample::port(3389)],
        },
        Refusal::JitPolicyChanged {
            door: door(),
            policy: sample::pending(&["web-01"]).targets[0].ports[0].policy.clone(),
        },
        Refusal::LengthTooLong {
            asked,
            max: "2h".parse().unwrap(),
            rule: rule(),
            because: None,
        },
        Refusal::JitLengthTooLong {
            asked,
            max: std::time::Duration::from_secs(10_800),
            door: door(),
        },
        Refusal::SourceTooWide {
            source,
            widest: 32,
            rule: rule(),
        },
        Refusal::SourceNotWithin {
            source,
            within: within(),
            rule: rule(),
        },
        Refusal::SourcePrivate { source, rule: rule() },
        Refusal::SourceDocumentation { source, rule: rule() },
        Refusal::JitSourceOutside {
            source,
            allowed: within(),
            door: door(),
        },
        Refusal::ReasonMissing {
            rule: rule(),
            pattern: Some("^(INC|CHG)-\\d+".to_owned()),
            example: None,
            because: None,
        },
        Refusal::ReasonPattern {
            rule: rule(),
            pattern: "^(INC|CHG)-\\d+".to_owned(),
            example: Some("INC-42".to_owned()),
        },
    ];
    let said: Vec<_> = all
        .iter()
        .map(|refusal| rules::sentence(refusal).content)
        .collect();
    assert_snapshot!(said.join("\n"), @r"
        Nothing was asked. Name at least one machine and one port of it.
        Nothing was asked. **web-01** is not in the inventory (any more). Pick a name that is offered while you type, or try again in a minute if the machine is new.
        Nothing was asked. No rule lets you ask for SSH 22 on **web-01**. If you need it, ask an administrator of Portcullis for a rule.
        Nothing was asked. Nobody could approve it: the rule “production ssh” names too few approvers besides you. Ask an administrator of Portcullis to add some.
        Nothing was asked. Just-in-time access is not set up for **web-01**. Somebody who looks after the machine can set it up in Microsoft Defender for Cloud; then ask again.
        Nothing was asked. Just-in-time access is not possible for **web-01**, because neither a network security group nor a classic Azure Firewall stands in front of it; somebody who looks after the network can add one.
        Nothing was asked. The JIT policy of **web-01** does not have port SSH 22. It has RDP 3389. Ask for one of those, or have the port added in Microsoft Defender for Cloud.
        Nothing was asked. The JIT policy `default` does not have SSH 22 on **web-01** any more, so it cannot be opened as it was asked. Ask again.
        Nothing was asked. You asked for 4h, and the rule “production ssh” allows at most 2h. Ask again with `for:` and a shorter time.
        Nothing was asked. You asked for 4h, and Azure's JIT policy allows at most 3h for SSH 22 on **web-01**. Ask again with `for:` and a shorter time.
        Nothing was asked. `198.51.100.0/24` has more addresses than the rule “production ssh” allows, which is at most a `/32`. Ask again with `from:` and the one address from which you connect.
        Nothing was asked. `198.51.100.0/24` is outside the networks from which the rule “production ssh” allows access: `203.0.113.0/24`. Connect from one of them, for example through the VPN, and ask again with `from:` and that address.
        Nothing was asked. `198.51.100.0/24` is a private or shared address, which the rule “production ssh” does not allow. Ask again with `from:` and the public address from which you connect.
        Nothing was asked. `198.51.100.0/24` is an address for examples (RFC 5737), from which nobody can connect, and the rule “production ssh” does not name it. Ask again with `from:` and your real address.
        Nothing was asked. `198.51.100.0/24` is outside the networks that Azure's JIT policy allows for SSH 22 on **web-01**: `203.0.113.0/24`. Connect from one of them, and ask again with `from:` and that address.
        Nothing was asked. The rule “production ssh” wants a reason that matches `^(INC|CHG)-\d+`. Ask again with `reason:`.
        Nothing was asked. The rule “production ssh” wants a reason such as `INC-42`, and yours is different. Ask again with such a `reason:`.
        ");
}
