//! An administrator chooses several machines at once; where one of them fails, the rest is done.

use portcullis::sandbox::azure::{BOT_CLIENT_ID, STAGING_SUBSCRIPTION, demo_grants};

use super::{
    configure::{confirms, own, press},
    configure_ports::option,
};
use crate::harness::{Story, World};

pub(super) static STORIES: &[Story] = &[CHOSEN, ONE_FAILS];

const CHOSEN: Story = Story::new(
    "three machines are chosen from a menu",
    chosen,
    &[
        "configuring",
        "configuring",
        "configuring",
        "configured",
        "configured",
        "configured",
    ],
);

const ONE_FAILS: Story = Story::new(
    "one of three machines fails, and the rest is done",
    one_fails,
    &[
        "configuring",
        "configuring",
        "configuring",
        "configured",
        "configured",
        "not configured",
    ],
)
.in_any_order();

const MENU: &str = "Choose machines to guard";

fn chosen(world: &mut World) {
    world.until_told("configuring", 3, |world| {
        let answer = world.types("carol", "/jit enable search:0 ports:ssh");
        let Some(shown) = answer
            .message()
            .filter(|shown| option(shown, MENU, "0").is_some())
        else {
            return;
        };
        world.chooses("carol", &shown, MENU, &["0", "1", "2"]);
        press(world, &answer, "Confirm");
    });
    world.minutes(5);
    for machine in ["api-01", "win-03"] {
        assert_eq!(
            world.azure.policy_ports(machine, "default").len(),
            1,
            "{machine}: {:#?}",
            world.trail()
        );
    }
}

/// In one resource group the bot may look and not write.
fn one_fails(world: &mut World) {
    const WRITE: &str = "Microsoft.Security/locations/jitNetworkAccessPolicies/write";
    let mut grants = demo_grants();
    let staging = grants
        .iter_mut()
        .find(|grant| grant.scope.ends_with(STAGING_SUBSCRIPTION))
        .unwrap();
    staging.not_actions.push(WRITE.to_owned());
    let mut others = staging.clone();
    others.not_actions.clear();
    for group in ["staging-web", "staging-win"] {
        let mut whole = others.clone();
        whole.scope = format!("{}/resourceGroups/{group}", others.scope);
        grants.push(whole);
    }
    assert!(world.azure.set_permissions(BOT_CLIENT_ID, grants));
    confirms(
        world,
        "/jit enable vms:api-01,win-03,staging-data/cache-01 ports:22",
        3,
    );
    world.minutes(5);
    let told = own(world);
    assert!(told.contains("2 of 3 machines done, 1 not"), "{told}");
    let line = world.line("not configured");
    assert!(line.contains("cache-01") && line.contains(WRITE), "{line}");
    for machine in ["api-01", "win-03"] {
        assert_eq!(world.azure.policy_ports(machine, "default").len(), 1, "{machine}");
    }
}

#[test]
fn three_are_chosen_from_a_menu() {
    CHOSEN.tell();
}

#[test]
fn the_rest_is_done_where_one_of_three_fails() {
    ONE_FAILS.tell();
}
