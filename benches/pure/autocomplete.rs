//! The choices while a machine's name is typed, from 50,000 machines and with 20 rules.

use divan::{Bencher, black_box};
use portcullis::policy::Asker;

use crate::sample::{alice, book, instant, picture};

const MACHINES: usize = 50_000;
/// What Discord shows at most.
const CHOICES: usize = 25;

/// As somebody types: nothing yet, what fits every machine, what fits few, what fits none, and a path.
#[divan::bench(args = ["", "w", "web-0", "web-012", "zzz", "team-7-web/web"], sample_count = 50)]
fn somebody_who_may_ask(bencher: Bencher<'_, '_>, typed: &str) {
    type_as(bencher, typed, 20);
}

/// The worst case: every machine that fits has to be refused.
#[divan::bench(args = ["", "w"], sample_count = 50)]
fn somebody_whose_rule_fits_no_machine(bencher: Bencher<'_, '_>, typed: &str) {
    type_as(bencher, typed, 0);
}

fn type_as(bencher: Bencher<'_, '_>, typed: &str, team: u64) {
    let picture = picture(MACHINES);
    let mut book = book(20);
    let alice = alice(team);
    if team == 0
        && let Some(rule) = book.rules.first_mut()
    {
        rule.requesters = vec![portcullis::domain::actor::Principal::User(alice.person.id)];
        rule.vms = vec!["db-*".parse().unwrap(), "tag:env=test".parse().unwrap()];
    }
    let asker = Asker::new(&book, &alice, instant());
    bencher.bench_local(|| {
        picture
            .near(black_box(typed), CHOICES, |vm| asker.may_ask(vm))
            .len()
    });
}
