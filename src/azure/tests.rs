//! The client against the model of Azure: do both understand the same thing by the same words?

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;

use super::{
    Arm, AzureOptions, CredentialOptions,
    inventory::Snapshot,
    jit::{CloseLength, InitiatePort, Marker, Seen, Shut, closing_request, verdict},
    testing,
};
use crate::{
    clock::{Clock as _, ManualClock},
    domain::{
        ids::{RequestId, WindowId},
        port::Port,
        vm::{AllowedSources, JitState, Os, Power, Vm},
        window::Window,
    },
    sandbox::azure::{
        AzureEmulator, BOT_CLIENT_ID, BOT_SECRET, DEMO_TENANT, Fault, FaultKind, Matcher, Options,
        PRODUCTION_SUBSCRIPTION, STAGING_SUBSCRIPTION, World,
    },
};

struct Setting {
    azure: AzureEmulator,
    arm: Arm,
    clock: Arc<ManualClock>,
}

async fn demo() -> Setting {
    testing::tls();
    let clock = Arc::new(ManualClock::at("2026-11-22T10:00:00Z".parse().unwrap()));
    let azure = AzureEmulator::start(World::demo(), clock.clone(), Options::default())
        .await
        .unwrap();
    let mut options = AzureOptions::new(CredentialOptions::ClientSecret {
        tenant_id: DEMO_TENANT.into(),
        client_id: BOT_CLIENT_ID.into(),
        secret: BOT_SECRET.to_owned().into(),
    });
    options.endpoint = Some(azure.url().parse().unwrap());
    options.authority = options.endpoint.clone();
    let arm = Arm::new(&options, clock.clone()).unwrap();
    Setting { azure, arm, clock }
}

impl Setting {
    async fn snapshot(&self) -> Snapshot {
        self.arm.snapshot(&[]).await.unwrap()
    }

    async fn vm(&self, name: &str) -> Vm {
        let snapshot = self.snapshot().await;
        snapshot.vms().find(|vm| vm.id.name() == name).unwrap().clone()
    }

    /// A window of an hour on SSH of web-01.
    async fn window(&self) -> Window {
        let vm = self.vm("web-01").await;
        let (policy, _) = vm.jit_port(port()).unwrap();
        let now = self.clock.now();
        Window::opening(
            WindowId(uuid::Uuid::from_u128(7)),
            RequestId(uuid::Uuid::from_u128(3)),
            vm.id.clone(),
            policy.clone(),
            port(),
            "198.51.100.7".parse().unwrap(),
            now + TimeDelta::hours(1),
            now,
        )
    }

    async fn open(&self, window: &Window) -> Result<(), super::ArmError> {
        let text = Marker::Open(window.request).justification("INC-42");
        self.arm
            .initiate(&window.policy, &[window.into()], &text)
            .await
            .map(|_| ())
    }

    async fn seen(&self, window: &Window) -> Seen {
        let state = self.arm.read_back(&window.policy).await.unwrap();
        verdict(&state, window, self.clock.now())
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

fn port() -> Port {
    Port::new(22).unwrap()
}

const OPEN: Seen = Seen::Open {
    mapped_port: None,
    as_approved: true,
};

#[tokio::test]
async fn the_demo_world_is_seen_as_it_is() {
    let setting = demo().await;
    let snapshot = setting.snapshot().await;
    assert!(
        snapshot.parts.iter().all(|part| part.found.is_ok()),
        "{:?}",
        snapshot.parts
    );
    let vms: Vec<_> = snapshot.vms().collect();
    assert!(vms.len() >= 12);
    let count = |wanted: fn(&Vm) -> bool| vms.iter().filter(|vm| wanted(vm)).count();
    assert!(count(|vm| matches!(vm.jit, JitState::Configured { .. })) > 0);
    assert!(count(|vm| matches!(vm.jit, JitState::NotConfigured)) > 0);
    assert!(count(|vm| matches!(vm.jit, JitState::Unsupported { .. })) > 0);
    assert!(count(|vm| vm.os == Os::Windows) > 0 && count(|vm| vm.os == Os::Linux) > 0);
    assert!(count(|vm| vm.power == Power::Deallocated) > 0);
    assert!(count(|vm| vm.address.firewall.is_some()) > 0);
    assert!(count(|vm| vm.address.public.is_some()) > 0);
    assert!(vms.iter().all(|vm| vm.address.private.is_some()));
    assert!(count(|vm| !vm.open_anyway.is_empty()) > 0);
    assert!(count(|vm| vm.open_anyway.is_empty() && matches!(vm.jit, JitState::Configured { .. })) > 0);
    assert!(count(|vm| vm.tags.contains_key("env")) > 0);
}

#[tokio::test]
async fn a_window_opens_and_expires() {
    let setting = demo().await;
    let window = setting.window().await;
    assert_eq!(setting.seen(&window).await, Seen::NotThere);
    setting.open(&window).await.unwrap();
    assert_eq!(setting.seen(&window).await, Seen::Initiating);
    setting.pass(2);
    assert_eq!(setting.seen(&window).await, OPEN);
    assert!(setting.azure.port_state("web-01", 22).is_open());
    setting.pass(3600);
    assert_eq!(setting.seen(&window).await, Seen::Shut(Shut::Expired));
    assert!(setting.azure.port_state("web-01", 22).is_closed());
}

#[tokio::test]
async fn a_window_is_closed_early_by_a_source_that_no_one_uses() {
    let setting = demo().await;
    let window = setting.window().await;
    setting.open(&window).await.unwrap();
    setting.pass(10);
    assert_eq!(setting.seen(&window).await, OPEN);
    let now = setting.clock.now();
    let close = closing_request(&window, &AllowedSources::Any, CloseLength::Short, now).unwrap();
    let text = Marker::Close(window.id).justification("closed by alice");
    setting
        .arm
        .initiate(&window.policy, &[close], &text)
        .await
        .unwrap();
    setting.pass(10);
    assert_eq!(setting.seen(&window).await, Seen::Shut(Shut::Closed));
    assert!(!setting.azure.reachable("web-01", 22, [198, 51, 100, 7].into()));
    setting.pass(600);
    assert!(setting.azure.port_state("web-01", 22).is_closed());
}

#[tokio::test]
async fn a_window_that_somebody_else_takes_is_superseded() {
    let setting = demo().await;
    let window = setting.window().await;
    setting.open(&window).await.unwrap();
    setting.pass(10);
    assert!(
        setting
            .azure
            .portal_opens("web-01", 22, "203.0.113.9", window.ends_at)
    );
    setting.pass(10);
    let Seen::Superseded { by: Some(by) } = setting.seen(&window).await else {
        panic!()
    };
    assert_eq!(
        by.requestor.unwrap().as_str(),
        crate::sandbox::azure::PORTAL_PERSON
    );
}

#[tokio::test]
async fn an_answer_that_is_lost_is_found_by_reading_back() {
    for (kind, there) in [
        (FaultKind::DropAfterEffect, true),
        (FaultKind::DropBeforeEffect, false),
        (FaultKind::TruncatedBody, true),
        (FaultKind::MalformedBody, true),
    ] {
        let setting = demo().await;
        let window = setting.window().await;
        setting.azure.fault(Fault::once("initiate", kind.clone()));
        let error = setting.open(&window).await.unwrap_err();
        assert!(error.may_have_happened(), "{kind:?}: {error:?}");
        assert_eq!(setting.azure.calls("initiate").len(), 1, "{kind:?}");
        assert_eq!(setting.seen(&window).await != Seen::NotThere, there, "{kind:?}");
        // A second one, with the same source and end, changes nothing.
        setting.open(&window).await.unwrap();
        setting.pass(10);
        assert_eq!(setting.seen(&window).await, OPEN, "{kind:?}");
    }
}

#[tokio::test]
async fn what_azure_refuses_is_refused_with_its_words() {
    let setting = demo().await;
    let window = setting.window().await;
    let beyond = InitiatePort {
        ends_at: setting.clock.now() + TimeDelta::hours(23),
        ..InitiatePort::from(&window)
    };
    let error = setting
        .arm
        .initiate(&window.policy, &[beyond], "x")
        .await
        .unwrap_err();
    assert_eq!(
        (error.class(), error.said().unwrap().status),
        ("refused", 400),
        "{error:?}"
    );
    assert!(!error.may_have_happened());
    setting.azure.fault(Fault::once("initiate", FaultKind::Forbidden));
    assert_eq!(setting.open(&window).await.unwrap_err().class(), "forbidden");
    setting
        .azure
        .fault(Fault::once("initiate", FaultKind::Throttled { retry_after: 7 }));
    assert_eq!(setting.open(&window).await.unwrap_err().class(), "throttled");
    assert_eq!(setting.arm.degraded()[0].calls, "writes");
    setting.pass(7);
    setting.azure.revoke_tokens();
    setting.open(&window).await.unwrap();
}

#[tokio::test]
async fn one_subscription_in_trouble_is_named() {
    let setting = demo().await;
    let matcher = Matcher::operation("jit-list").in_subscription(STAGING_SUBSCRIPTION);
    setting.azure.fault(Fault::on(matcher, FaultKind::Forbidden));
    let snapshot = setting.snapshot().await;
    let failed: Vec<_> = snapshot.parts.iter().filter(|part| part.found.is_err()).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].subscription.as_str(), STAGING_SUBSCRIPTION);
    assert!(
        snapshot
            .vms()
            .any(|vm| vm.id.subscription().as_str() == PRODUCTION_SUBSCRIPTION)
    );
}

#[tokio::test]
async fn the_activity_log_tells_who_did_it_some_minutes_later() {
    let setting = demo().await;
    let window = setting.window().await;
    let from = setting.clock.now() - TimeDelta::hours(1);
    let about = super::activity::About::Resource(window.policy.to_string());
    let deeds = |until| {
        let (arm, about, policy) = (setting.arm.clone(), about.clone(), window.policy.clone());
        async move {
            arm.deeds(policy.subscription(), &about, from, until)
                .await
                .unwrap()
        }
    };
    assert!(setting.azure.portal_deletes_policies("web-01"));
    assert_eq!(deeds(setting.clock.now()).await, [], "it is too early");
    setting.pass(180);
    let found = deeds(setting.clock.now()).await;
    let [deed] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert!(deed.is("Microsoft.Security/locations/jitNetworkAccessPolicies/delete"));
    assert_eq!(deed.caller.as_ref().unwrap().as_str(), "eve@contoso.example");
    assert_eq!(deed.resource, window.policy.key());
    let group = super::activity::About::Group(window.policy.group().to_owned());
    let by_group = setting
        .arm
        .deeds(window.policy.subscription(), &group, from, setting.clock.now())
        .await
        .unwrap();
    assert_eq!(by_group, found);
}
