//! Rules that could not be read, and two groups on one way: nothing is claimed that such a rule could change.

use super::{
    tests::{DENY, HERE, WINDOW, group, known, one, way, word},
    *,
};

type Written = (
    u32,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

const ODD: Written = (200, "odd", "unread", "*", "*", "22");

fn doubts(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::CannotTell { why: Doubt::UnreadRule { rule, .. } } if rule == "odd")
}

fn two(subnet: &[Written], interface: &[Written]) -> Verdict {
    let groups = known(&[("subnet", group(subnet)), ("interface", group(interface))]);
    judge(
        &[way(Some(HERE), &["subnet", "interface"])],
        &groups,
        Port::new(22).unwrap(),
        Protocol::Tcp,
    )
}

#[test]
fn a_rule_that_cannot_be_read_is_a_doubt_wherever_it_could_decide() {
    assert!(doubts(&one(&[ODD, DENY], 22)), "it may let somebody in");
    assert!(doubts(&one(&[WINDOW, ODD, DENY], 22)), "the same beside a window");
    let narrow = (200, "odd", "unread", "203.0.113.9", "*", "22");
    assert!(doubts(&one(&[narrow, DENY], 22)));
    let open = (300, "open", "allow", "*", "*", "22");
    assert!(doubts(&one(&[ODD, open], 22)), "it may keep everybody out");
}

#[test]
fn a_rule_that_cannot_be_read_is_no_doubt_where_it_cannot_decide() {
    let late = (2000, "odd", "unread", "*", "*", "22");
    assert!(word(&one(&[DENY, late], 22)).starts_with("closed by"));
    assert!(word(&one(&[(200, "odd", "unread", "*", "*", "443"), DENY], 22)).starts_with("closed by"));
    assert!(word(&one(&[(200, "odd", "unread", "*", "10.9.9.9", "22"), DENY], 22)).starts_with("closed by"));
    let open = (100, "open", "allow", "*", "*", "22");
    assert_eq!(word(&one(&[open, ODD], 22)), "anybody open from *");
    // Whatever it says, nobody gets past the other group.
    assert!(word(&two(&[DENY], &[ODD])).starts_with("closed by"));
    assert!(word(&two(&[ODD], &[DENY])).starts_with("closed by"));
    assert!(doubts(&two(&[DENY, WINDOW], &[ODD, DENY])));
}

#[test]
fn what_gets_in_has_to_pass_both_groups() {
    const NAME: &str = "MicrosoftDefenderForCloud-JITRule-1-b";
    assert!(
        word(&two(&[DENY, WINDOW], &[DENY])).starts_with("closed by"),
        "one of two rules opens nothing"
    );
    assert!(word(&two(&[DENY], &[DENY, WINDOW])).starts_with("closed by"));
    assert_eq!(
        word(&two(&[DENY, WINDOW], &[DENY, WINDOW])),
        format!("window {NAME}+{NAME} from 198.51.100.7")
    );
    let open = (300, "open", "allow", "*", "*", "22");
    assert_eq!(
        word(&two(&[DENY, WINDOW], &[open])),
        format!("window {NAME}+open from 198.51.100.7"),
        "a hole in one group is none while JIT keeps the other"
    );
}
