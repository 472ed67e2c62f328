//! Why somebody has to wait before they ask again, and until when.

use super::rules::name;
use crate::{
    chat::message::{limit::counted, when},
    domain::Instant,
    policy::TooMuch,
};

pub(super) fn why(why: &TooMuch) -> String {
    match why {
        TooMuch::RequestsPerHour { rule, most, next } => {
            let most = counted(usize::from(*most), "request", "requests");
            let under = match rule {
                Some(rule) => format!("under the rule {} a person may send {most} an hour", name(rule)),
                None => format!("a person may send {most} an hour, whatever they are for"),
            };
            format!(
                "You have asked often: {under}. Ask again from {}.",
                when::full(*next)
            )
        }
        TooMuch::Open {
            rule,
            most,
            have,
            next,
        } => {
            let most = counted(usize::from(*most), "port", "ports");
            format!(
                "Under the rule {} a person may have {most} open or asked for at once, and you have {have}. {}",
                name(rule),
                room(*next)
            )
        }
        TooMuch::Waiting { most, next } => format!(
            "{} of yours wait for an answer, and more are not taken at once. Withdraw one that you do not need with \
             `/jit withdraw`, or ask again from {}.",
            counted(usize::from(*most), "request", "requests"),
            when::full(*next)
        ),
    }
}

fn room(next: Option<Instant>) -> String {
    match next {
        Some(next) => format!(
            "Give back what you do not need with `/jit close` or `/jit withdraw`; there is room at the latest {}.",
            when::full(next)
        ),
        None => "Ask for fewer at once.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::{chat::message::sample::at, domain::ids::RuleName};

    #[test]
    fn whoever_has_to_wait_is_told_until_when() {
        let rule = || RuleName("web".into());
        let all = [
            TooMuch::RequestsPerHour {
                rule: Some(rule()),
                most: 10,
                next: at(40),
            },
            TooMuch::RequestsPerHour {
                rule: None,
                most: 60,
                next: at(40),
            },
            TooMuch::Open {
                rule: rule(),
                most: 3,
                have: 3,
                next: Some(at(40)),
            },
            TooMuch::Open {
                rule: rule(),
                most: 1,
                have: 0,
                next: None,
            },
            TooMuch::Waiting {
                most: 25,
                next: at(40),
            },
        ];
        let said: Vec<_> = all.iter().map(why).collect();
        assert_snapshot!(said.join("\n"), @r"
        You have asked often: under the rule “web” a person may send 10 requests an hour. Ask again from <t:1800002400:F> (<t:1800002400:R>).
        You have asked often: a person may send 60 requests an hour, whatever they are for. Ask again from <t:1800002400:F> (<t:1800002400:R>).
        Under the rule “web” a person may have 3 ports open or asked for at once, and you have 3. Give back what you do not need with `/jit close` or `/jit withdraw`; there is room at the latest <t:1800002400:F> (<t:1800002400:R>).
        Under the rule “web” a person may have 1 port open or asked for at once, and you have 0. Ask for fewer at once.
        25 requests of yours wait for an answer, and more are not taken at once. Withdraw one that you do not need with `/jit withdraw`, or ask again from <t:1800002400:F> (<t:1800002400:R>).
        ");
    }
}
