//! The lines of the trail about JIT policies.

use insta::assert_snapshot;

use super::{guard, step, waiting};
use crate::{
    chat::message::{
        limit::CONTENT,
        sample::{at, vm_id},
        trail::line,
    },
    domain::{
        configuration::{Crossed, FailedStep},
        ids::RecordNumber,
        record::{By, Entry, Fact, Record},
        text::FreeText,
        trouble::Trouble,
    },
};

fn trail_line(fact: Fact) -> String {
    line(&Record {
        number: RecordNumber(1042),
        at: at(5),
        entry: Entry { by: By::Azure, fact },
    })
}

fn crossed() -> Crossed {
    Crossed {
        who: FreeText::new("eve@contoso.example").unwrap(),
        at: at(4),
    }
}

#[test]
fn the_trail_tells_who_changed_what_and_what_came_of_it() {
    let step = step("default", true, vec![guard("web-04"), guard("web-05")]).facts(&waiting());
    let lines = [
        Fact::ConfigureAsked { step: step.clone() },
        Fact::Configured {
            step: step.clone(),
            others: Vec::new(),
        },
        Fact::Configured {
            step: step.clone(),
            others: vec!["web-01".to_owned()],
        },
        Fact::ConfigureFailed {
            step: step.clone(),
            why: FailedStep::Changed { vm: vm_id("web-04") },
        },
        Fact::ConfigureCrossed {
            step,
            other: crossed(),
        },
    ]
    .map(trail_line);
    assert_snapshot!(lines.join("\n"));
}

#[test]
fn the_longest_line_of_the_trail_fits_into_a_message() {
    let odd = "x".repeat(64);
    let changes: Vec<_> = (0..25).map(|n| guard(&format!("{n}{odd}"))).collect();
    let step = step(&"p".repeat(80), true, changes).facts(&waiting());
    let because = FailedStep::Azure {
        trouble: Trouble::Refused {
            status: 400,
            code: "C".repeat(300),
            message: FreeText::new(&"*".repeat(300)).unwrap(),
        },
    };
    for fact in [
        Fact::Configured {
            step: step.clone(),
            others: (0..30).map(|n| format!("{n}{odd}")).collect(),
        },
        Fact::ConfigureFailed {
            step: step.clone(),
            why: because,
        },
        Fact::ConfigureCrossed {
            step,
            other: crossed(),
        },
    ] {
        let line = trail_line(fact);
        assert!(line.encode_utf16().count() <= CONTENT, "{line}");
    }
}
