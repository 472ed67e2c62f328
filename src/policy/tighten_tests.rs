use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::{
    domain::{ids::RuleName, text::FreeText, vm::Vm},
    policy::{
        Allowed, Question, Refusal, judge,
        sample::{DEVELOPER, actor, book, hours, length, ports, rule, user, vm},
    },
};

fn always() -> When {
    When {
        vms: Vec::new(),
        ports: PortSet::All,
        wider_than: None,
        outside: Vec::new(),
        hours: None,
    }
}

fn entry(when: When, because: &str) -> Tighten {
    Tighten {
        when,
        limit: Limit {
            because: because.to_owned(),
            max_for: None,
            approvals: None,
            reason: false,
        },
    }
}

fn shorter(when: When, max: &str) -> Tighten {
    let mut entry = entry(when, &format!("at most {max}"));
    entry.limit.max_for = Some(length(max));
    entry
}

/// A rule for networks of any width, with these limits.
fn with(limits: Vec<Tighten>) -> Rule {
    let mut rule = rule("any");
    rule.sources.widest = 8;
    rule.limits = limits;
    rule
}

struct Asking<'a> {
    rule: Rule,
    vms: Vec<(&'a Vm, Vec<Port>)>,
    length: Option<&'a str>,
    source: Option<&'a str>,
    reason: Option<&'a str>,
    hour: i64,
}

fn asking<'a>(vm: &'a Vm, limits: Vec<Tighten>) -> Asking<'a> {
    Asking {
        rule: with(limits),
        vms: vec![(vm, vec!["ssh".parse().unwrap()])],
        length: None,
        source: Some("8.8.8.8"),
        reason: None,
        hour: 12,
    }
}

impl Asking<'_> {
    fn judged(&self) -> Result<Allowed, Refusal> {
        let reason = self.reason.and_then(FreeText::new);
        judge(
            &book(vec![self.rule.clone()]),
            &Question {
                requester: &actor(1, &[DEVELOPER]),
                vms: &self.vms,
                length: self.length.map(length),
                source: self.source.map(|source| source.parse().unwrap()),
                reason: reason.as_ref(),
                now: Instant::UNIX_EPOCH + chrono::TimeDelta::hours(self.hour),
            },
        )
    }

    fn max(&self) -> Length {
        self.judged().unwrap().max_for
    }
}

#[rstest]
#[case(When { ports: ports(&["rdp"]), ..always() }, false)]
#[case(When { ports: ports(&["ssh"]), ..always() }, true)]
#[case(When { vms: vec!["db-*".parse().unwrap()], ..always() }, false)]
#[case(When { vms: vec!["tag:env=prod".parse().unwrap()], ..always() }, true)]
#[case(When { wider_than: Some(32), ..always() }, true)]
#[case(When { wider_than: Some(24), ..always() }, false)]
#[case(When { outside: vec!["8.8.8.0/24".parse().unwrap()], ..always() }, false)]
#[case(When { outside: vec!["8.8.8.8/32".parse().unwrap()], ..always() }, true)]
#[case(When { outside: vec!["8.8.4.0/24".parse().unwrap()], ..always() }, true)]
#[case(When { hours: Some(hours("mon-fri", "08:00", "18:00")), ..always() }, true)]
#[case(When { hours: Some(hours("mon-fri", "18:00", "08:00")), ..always() }, false)]
#[case(When { ports: ports(&["ssh"]), wider_than: Some(24), ..always() }, false)]
fn a_limit_applies_where_all_of_it_is_so(#[case] when: When, #[case] applies: bool) {
    let web = vm("prod-web", "web-01");
    let mut asking = asking(&web, vec![shorter(when, "30m")]);
    asking.source = Some("8.8.8.0/24");
    let allowed = asking.judged().unwrap();
    let expected = if applies { "30m" } else { "2h" };
    assert_eq!(allowed.max_for, length(expected));
    assert_eq!(allowed.length, length(if applies { "30m" } else { "1h" }));
    assert_eq!(allowed.terms[0].bounds.limits.len(), usize::from(applies));
}

#[test]
fn all_that_apply_count_and_the_strictest_holds() {
    let web = vm("prod-web", "web-01");
    let mut two = entry(always(), "two are better");
    two.limit.approvals = Some(2);
    let mut three = shorter(always(), "45m");
    three.limit.approvals = Some(3);
    let asking = asking(
        &web,
        vec![shorter(always(), "1h"), three, shorter(always(), "50m"), two],
    );
    let allowed = asking.judged().unwrap();
    assert_eq!(
        (allowed.max_for, allowed.terms[0].quorum.approvals()),
        (length("45m"), 3)
    );
    let because: Vec<_> = allowed.terms[0]
        .bounds
        .limits
        .iter()
        .map(|limit| limit.because.as_str())
        .collect();
    assert_eq!(
        because,
        ["at most 1h", "at most 45m", "at most 50m", "two are better"]
    );
}

#[test]
fn a_refusal_says_which_limit_it_was() {
    let web = vm("prod-web", "web-01");
    let mut reason = entry(always(), "it is production");
    reason.limit.reason = true;
    let mut asking = asking(&web, vec![shorter(always(), "30m"), reason]);
    asking.length = Some("31m");
    asking.reason = Some("INC-1");
    assert_eq!(
        asking.judged(),
        Err(Refusal::LengthTooLong {
            asked: length("31m"),
            max: length("30m"),
            rule: RuleName("any".into()),
            because: Some("at most 30m".into()),
        })
    );
    asking.length = Some("3h");
    asking.rule.limits.remove(0);
    assert!(matches!(
        asking.judged(),
        Err(Refusal::LengthTooLong { because: None, .. })
    ));
    asking.length = None;
    asking.reason = None;
    assert!(matches!(
        asking.judged(),
        Err(Refusal::ReasonMissing { because: Some(because), .. }) if because == "it is production"
    ));
}

#[test]
fn a_source_that_is_not_known_yet_is_judged_when_it_is() {
    let web = vm("prod-web", "web-01");
    let outside = When {
        outside: vec!["8.8.4.0/24".parse().unwrap()],
        ..always()
    };
    let mut asking = asking(&web, vec![shorter(outside, "30m")]);
    assert_eq!(asking.max(), length("30m"));
    asking.source = None;
    assert_eq!(asking.max(), length("2h"));
}

#[test]
fn a_limit_that_asks_for_more_people_than_are_named_is_found_out() {
    let web = vm("prod-web", "web-01");
    let mut two = entry(always(), "two are better");
    two.limit.approvals = Some(2);
    let mut asking = asking(&web, vec![two]);
    asking.rule.quorum = Quorum::sole(vec![user(1), user(2)], 1);
    assert!(matches!(asking.judged(), Err(Refusal::NobodyCanApprove { .. })));
    asking.rule.quorum = Quorum::sole(vec![user(1), user(2), user(3)], 1);
    assert!(asking.judged().is_ok());
}

prop_compose! {
    fn any_limit()(
        port in prop::option::of(prop::sample::select(vec!["ssh", "rdp", "443"])),
        wider in prop::option::of(1_u8..=32),
        outside in prop::option::of(prop::sample::select(vec!["8.8.8.0/24", "8.0.0.0/8", "9.9.9.9/32"])),
        night in any::<bool>(),
        max in prop::option::of(1_u64..120),
        approvals in prop::option::of(1_u8..5),
        reason in any::<bool>(),
    ) -> Tighten {
        Tighten {
            when: When {
                vms: Vec::new(),
                ports: port.map_or(PortSet::All, |port| ports(&[port])),
                wider_than: wider,
                outside: outside.into_iter().map(|net| net.parse().unwrap()).collect(),
                hours: night.then(|| hours("mon-sun", "22:00", "06:00")),
            },
            limit: Limit {
                because: "of chance".into(),
                max_for: max.map(|minutes| length(&format!("{minutes}m"))),
                approvals,
                reason,
            },
        }
    }
}

proptest! {
    /// Whatever is added to a rule, it allows no more than before, for no longer, and on no easier terms.
    #[test]
    fn limits_only_tighten(
        limits in prop::collection::vec(any_limit(), 0..5),
        more in any_limit(),
        prefix in 8_u8..=32,
        hour in 0_i64..24,
        minutes in prop::option::of(1_u64..180),
        reason in any::<bool>(),
    ) {
        let web = vm("prod-web", "web-01");
        let source = Ipv4Net::new("8.8.8.8".parse().unwrap(), prefix).unwrap().trunc().to_string();
        let minutes = minutes.map(|minutes| format!("{minutes}m"));
        let mut asking = asking(&web, limits);
        asking.source = Some(&source);
        asking.hour = hour;
        asking.length = minutes.as_deref();
        asking.reason = reason.then_some("INC-1");
        let before = asking.judged();
        asking.rule.limits.push(more);
        if let Ok(after) = asking.judged() {
            let before = before.expect("a limit allows nothing that was refused");
            prop_assert!(after.max_for <= before.max_for && after.length <= before.length);
            prop_assert!(after.terms[0].quorum.approvals() >= before.terms[0].quorum.approvals());
            prop_assert!(after.terms[0].quorum.approvers().eq(before.terms[0].quorum.approvers()));
        }
    }
}
