//! The judgement.

use divan::{Bencher, black_box};
use portcullis::{
    domain::{port::Port, text::FreeText},
    policy::{Asker, Question, judge},
};

use crate::sample::{alice, book, instant, picture, vm};

/// One request for one machine, with as many rules.
#[divan::bench(args = [1, 20, 200])]
fn judge_one_machine(bencher: Bencher<'_, '_>, rules: u64) {
    judge_machines(bencher, rules, 1);
}

/// One request for as many machines, with 20 rules.
#[divan::bench(args = [5, 20])]
fn judge_several_machines(bencher: Bencher<'_, '_>, machines: usize) {
    judge_machines(bencher, 20, machines);
}

fn judge_machines(bencher: Bencher<'_, '_>, rules: u64, machines: usize) {
    let book = book(rules);
    let requester = alice(rules);
    // Every third machine is a production machine, which the last rule is about.
    let machines: Vec<_> = (0..machines).map(|number| vm(number * 3)).collect();
    let vms: Vec<_> = machines
        .iter()
        .map(|vm| (vm, vec![Port::new(22).unwrap()]))
        .collect();
    let reason = FreeText::new("INC-42 the disk is full");
    let question = Question {
        requester: &requester,
        vms: &vms,
        length: None,
        source: "198.51.100.7".parse().ok(),
        reason: reason.as_ref(),
        now: instant(),
    };
    judge(&book, &question).expect("the last rule allows it");
    bencher.bench_local(|| judge(black_box(&book), black_box(&question)));
}

/// Who may ask for which of 50,000 machines, with 20 rules.
#[divan::bench(sample_count = 20)]
fn may_ask_for_each_of_50_000_machines(bencher: Bencher<'_, '_>) {
    let picture = picture(50_000);
    let book = book(20);
    let alice = alice(20);
    bencher.bench_local(|| {
        let asker = Asker::new(&book, &alice, instant());
        picture.vms().iter().filter(|vm| asker.may_ask(vm)).count()
    });
}
