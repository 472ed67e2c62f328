//! `/jit vms [state] [search]`

use serenity::all::{CommandOptionType, CreateCommandOption};

use super::{Sent, option, subcommand};
use crate::{
    chat::message::{
        Rendered,
        command::vms::{COMMAND, SEARCH, STATE},
        needle::Needle,
        vms::{self, Around, Detail, Machine, PAGE, Row, RuleLine, Slow, Tab, Unread, VmsPage},
    },
    domain::{actor::Actor, vm::Vm},
    engine::{
        inventory::{STALE_AFTER, View},
        vms::Seen,
    },
    gateway::{Gateway, reply::Reply},
    policy::Extend,
    store::StoreError,
};

pub(super) fn definition() -> CreateCommandOption {
    let states = Tab::ALL
        .into_iter()
        .fold(option(CommandOptionType::String, STATE), |option, tab| {
            option.add_string_choice(tab.word(), tab.word())
        });
    subcommand(COMMAND)
        .add_sub_option(states)
        .add_sub_option(option(CommandOptionType::String, SEARCH))
}

pub(super) async fn run(sent: &Sent<'_>) -> Result<Reply, StoreError> {
    let text = sent.text(SEARCH).unwrap_or_default();
    // A name that means one machine shows that one, whatever group it is in.
    let view = sent.gateway.engine.inventory();
    if let Some(vm) = sent.gateway.engine.seen_one(&view, &sent.actor, text) {
        return detail(sent.gateway, &view, vm, &sent.actor, None).await;
    }
    let Some(search) = Needle::new(text) else {
        return Ok(vms::search_too_long().into());
    };
    let given = sent.text(STATE).and_then(Tab::from_word);
    let tab = given.unwrap_or(Tab::Configured);
    let page = VmsPage { tab, page: 0, search };
    Ok(list(sent.gateway, page, &sent.actor, given.is_none()).into())
}

/// One page of machines, for the command and for its buttons.
pub(in crate::gateway) fn page(gateway: &Gateway, page: VmsPage, reader: &Actor) -> Reply {
    list(gateway, page, reader, false).into()
}

/// The machine that was picked from a page.
pub(in crate::gateway) async fn pick(
    gateway: &Gateway,
    page: VmsPage,
    picked: &str,
    reader: &Actor,
) -> Result<Reply, StoreError> {
    let view = gateway.engine.inventory();
    match gateway.engine.seen_one(&view, reader, picked) {
        Some(vm) => detail(gateway, &view, vm, reader, Some(page)).await,
        None => Ok(vms::gone().into()),
    }
}

/// `settle`: where nobody chose a group, the first one that has something is shown.
fn list(gateway: &Gateway, mut page: VmsPage, reader: &Actor, settle: bool) -> Rendered {
    let engine = &gateway.engine;
    let view = engine.inventory();
    let seen = engine.seen_by(&view, reader, page.search.as_str());
    let around = around(gateway, &view, &seen);
    if seen.nothing_for_them {
        return vms::not_for_you(seen.hidden);
    }
    if view.parts().is_empty() {
        return vms::nothing_read(&around);
    }
    if settle
        && let Some((tab, _)) = Tab::ALL
            .into_iter()
            .zip(around.counts)
            .find(|(_, count)| *count > 0)
    {
        page.tab = tab;
    }
    let classic = if page.tab == Tab::Unsupported {
        seen.classic.as_slice()
    } else {
        &[]
    };
    let of_tab = seen.vms.iter().filter(|vm| Tab::of(vm) == page.tab);
    let machines = of_tab
        .map(|vm| Machine::Vm {
            written: view.shortest(vm),
            vm,
        })
        .chain(classic.iter().map(|classic| Machine::Classic(classic)));
    let rows: Vec<_> = machines
        .skip(usize::from(page.page) * PAGE)
        .take(PAGE)
        .map(|machine| {
            let subscription = match &machine {
                Machine::Vm { vm, .. } => vm.id.subscription(),
                Machine::Classic(classic) => &classic.subscription,
            };
            Row {
                subscription: view.part(subscription).and_then(|part| part.name.as_ref()),
                machine,
            }
        })
        .collect();
    vms::vms(page, &rows, &around)
}

fn around<'a>(gateway: &Gateway, view: &'a View, seen: &Seen<'_>) -> Around<'a> {
    let engine = &gateway.engine;
    let now = engine.now();
    let counts = Tab::ALL.map(|tab| {
        let classic = if tab == Tab::Unsupported {
            seen.classic.len()
        } else {
            0
        };
        seen.vms.iter().filter(|vm| Tab::of(vm) == tab).count() + classic
    });
    let unread = view.failures().iter().map(|failure| Unread {
        subscription: failure
            .subscription
            .as_ref()
            .map(|id| (id, failure.name.as_ref())),
        why: &failure.why,
        shown_from: match &failure.subscription {
            Some(id) => view.part(id).map(|part| part.taken_at),
            None => view.parts().iter().map(|part| part.taken_at).min(),
        },
    });
    let slow = engine.degraded().into_iter().map(|degraded| Slow {
        scope: degraded.scope,
        calls: degraded.calls,
        until: degraded.until,
    });
    Around {
        counts,
        hidden: seen.hidden,
        unread: unread.collect(),
        slow: slow.collect(),
        stale_since: view
            .parts()
            .iter()
            .map(|part| part.taken_at)
            .min()
            .filter(|at| now - *at > STALE_AFTER),
    }
}

async fn detail(
    gateway: &Gateway,
    view: &View,
    vm: &Vm,
    reader: &Actor,
    back: Option<VmsPage>,
) -> Result<Reply, StoreError> {
    let engine = &gateway.engine;
    let (windows, freeze) = engine.windows_on(vm).await?;
    let found = engine.found_on(vm);
    let network = engine.known_network_rules(view, vm).await?;
    let part = view.part(vm.id.subscription());
    let rendered = engine.with_rules_about(vm, reader, |rules| {
        let lines: Vec<_> = rules
            .iter()
            .map(|about| RuleLine {
                name: &about.rule.name,
                ports: about.ports.clone(),
                requesters: &about.rule.requesters,
                quorum: &about.rule.quorum,
                yours: about.yours,
                extends_once: about.rule.extend == Extend::Once,
                approves_alone: about.rule.auto_approve.is_some(),
                break_glass: about
                    .rule
                    .break_glass
                    .as_ref()
                    .map_or(&[], |glass| &glass.requesters),
            })
            .collect();
        vms::detail(&Detail {
            vm,
            written: &view.shortest(vm),
            subscription: part.and_then(|part| part.name.as_ref()),
            windows: &windows,
            freeze: freeze.as_ref(),
            rules: &lines,
            network: &network,
            found: &found,
            read_at: part.map(|part| part.taken_at),
            back,
        })
    });
    Ok(rendered.into())
}
