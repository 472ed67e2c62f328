//! Why Azure did not do something, as people read it.

use insta::assert_snapshot;

use crate::{
    chat::message::{
        sample::at,
        trouble::{plain, sentence},
    },
    domain::{
        right::{INITIATE, Scope},
        text::FreeText,
        trouble::{Remedy, Trouble},
        vm::SubscriptionId,
    },
};

const GROUP: &str = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/prod-web";

fn said(text: &str) -> FreeText {
    FreeText::new(text).unwrap()
}

fn forbidden(action: &str) -> Trouble {
    Trouble::Forbidden {
        action: action.to_owned(),
        scope: Scope::around(GROUP),
    }
}

#[test]
fn a_missing_right_is_told_with_its_scope_and_its_role() {
    assert_snapshot!(sentence(&forbidden(INITIATE)), @r"Azure does not let Portcullis do `Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/action` on `/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/prod-web`. Assign its identity there the role that `portcullis azure role --features request` prints; a new assignment takes up to ten minutes.");
    assert_snapshot!(sentence(&forbidden("Microsoft.Security/pricings/read")), @r"Azure does not let Portcullis do `Microsoft.Security/pricings/read` on `/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/prod-web`. Assign its identity there the role that `portcullis azure role --features request` prints, or Azure's own role Reader; a new assignment takes up to ten minutes.");
    assert_snapshot!(plain(&forbidden("Microsoft.Compute/virtualMachines/write")), @r"Azure does not let Portcullis do Microsoft.Compute/virtualMachines/write on /subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/prod-web. Assign its identity there the role that portcullis azure role --features configure prints; a new assignment takes up to ten minutes.");
}

#[test]
fn every_other_trouble_says_what_to_do() {
    assert_snapshot!(sentence(&Trouble::Throttled { until: at(3) }), @r"Azure has had too many calls and asks Portcullis to wait until <t:1800000180:t>. Nothing has to be done but to wait.");
    assert_snapshot!(plain(&Trouble::Throttled { until: at(3) }), @r"Azure has had too many calls and asks Portcullis to wait until 2027-01-15 08:03:00 UTC. Nothing has to be done but to wait.");
    assert_snapshot!(sentence(&Trouble::SignIn { remedy: Remedy::RenewSecret, detail: said("AADSTS7000222: expired") }), @r"Portcullis cannot sign in to Azure. Its client secret has expired; make a new one and put it into the configuration. The answer was: AADSTS7000222: expired.");
    assert_snapshot!(sentence(&Trouble::TokenRefused { message: said("The access token is invalid.") }), @r"Azure does not accept the sign-in of Portcullis. Check that `azure.cloud` and the tenant of the configuration are those of the subscriptions. The answer was: The access token is invalid.");
    assert_snapshot!(sentence(&Trouble::NotFound { code: "ResourceNotFound".to_owned(), message: said("The resource 'x' was not found.") }), @r"Azure does not know what was named (`ResourceNotFound`): The resource 'x' was not found. It may have been deleted; `/jit vms` shows what is there.");
    assert_snapshot!(sentence(&Trouble::NotRegistered { message: said("Not registered") }), @r"The subscription has never used this service of Azure. Let an owner of it register the service, for JIT with `az provider register --namespace Microsoft.Security`. The answer was: Not registered.");
    assert_snapshot!(sentence(&Trouble::Unreachable), @r"Azure cannot be reached from where Portcullis runs. Try again in a minute; if it stays so, let an administrator check the network and run `portcullis doctor`.");
    assert_snapshot!(sentence(&Trouble::NoAnswer), @r"Azure did not answer in time. Try again in a minute; if it stays so, let an administrator run `portcullis doctor`.");
    assert_snapshot!(sentence(&Trouble::Failing { status: 503, code: "Busy".to_owned(), message: said("Come back later") }), @r"Azure has trouble of its own (`Busy`, HTTP 503): Come back later. Try again in a minute.");
    assert_snapshot!(sentence(&Trouble::Refused { status: 409, code: "Conflict".to_owned(), message: said("Another write is running.") }), @r"Azure refused with `Conflict` (HTTP 409): Another write is running.");
    assert_snapshot!(sentence(&Trouble::PlanMissing { subscription: SubscriptionId::new("11111111-1111-1111-1111-111111111111").unwrap(), said: Some(said("The plan is missing")) }), @r"JIT needs Defender for Servers Plan 2, which is not on there. It costs money for every server and hour; an administrator can switch it on with `portcullis azure plan enable --subscription 11111111-1111-1111-1111-111111111111`. Azure said: The plan is missing.");
    assert_snapshot!(sentence(&Trouble::Malformed { detail: said("it has no `value`") }), @r"The answer of Azure cannot be used: it has no \`value\`. Try again in a minute; if it stays so, let an administrator look into the log.");
    assert_snapshot!(sentence(&Trouble::Interrupted), @r"Portcullis ended before it had an answer, and Azure shows that it was not done. It is not tried again by itself.");
}
