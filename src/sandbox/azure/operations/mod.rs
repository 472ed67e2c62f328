//! The operations, one file each; every one is a function of the model and a call.

mod activity_log;
mod discovery;
mod effective_rules;
mod initiate;
mod jit_delete;
mod jit_put;
mod jit_read;
mod long_running;
mod machines;
mod managed_identity;
mod network;
mod paging;
mod permissions;
mod plan_of_one;
mod pricings;
mod providers;
mod subscriptions;
pub(super) mod token;

pub(crate) use machines::machine_document;
pub(crate) use network::{network_document, nic_document, nsg_document, public_ip_document};

use super::{
    answer::{Answer, Refusal, Result},
    call::Call,
    emulator::Shared,
    graph,
    model::{Model, identity::Identity},
    route::Route,
};

/// Does what a call asks for. `identity` is there whenever the route needs a token.
pub(crate) fn perform(
    model: &mut Model,
    shared: &Shared,
    call: &Call,
    identity: Option<&Identity>,
) -> Result<Answer> {
    let options = &shared.options;
    match (&call.route, identity) {
        (Route::Metadata, _) => Ok(discovery::endpoints(call)),
        (Route::OpenIdConfiguration { tenant }, _) => discovery::openid(model, call, tenant),
        (Route::Token { tenant }, _) => token::issue(model, options, call, tenant),
        (Route::AppServiceToken, _) => managed_identity::app_service(model, options, call),
        (Route::InstanceMetadataToken, _) => managed_identity::instance_metadata(model, options, call),
        (Route::Subscriptions, Some(who)) => Ok(subscriptions::list(model, who)),
        (Route::Subscription { subscription }, Some(who)) => subscriptions::get(model, who, subscription),
        (Route::ResourceGroups { subscription }, _) => Ok(subscriptions::groups(model, subscription)),
        (
            Route::Provider {
                subscription,
                namespace,
            },
            _,
        ) => providers::get(model, subscription, namespace),
        (
            Route::RegisterProvider {
                subscription,
                namespace,
            },
            _,
        ) => providers::register(model, call, subscription, namespace),
        (
            Route::JitList {
                subscription,
                group,
                region,
            },
            _,
        ) => jit_read::list(
            model,
            call,
            options.page_size,
            subscription,
            group.as_deref(),
            region.as_deref(),
        ),
        (Route::JitGet(path), _) => jit_read::get(model, call, path),
        (Route::JitPut(path), Some(who)) => jit_put::put(model, call, who, path),
        (Route::JitDelete(path), Some(who)) => Ok(jit_delete::delete(model, call, who, path)),
        (Route::Initiate(path), Some(who)) => initiate::initiate(model, call, who, path),
        (Route::Machines { subscription, group }, _) => {
            machines::list(model, call, subscription, group.as_deref())
        }
        (Route::Machine { id, instance_view }, _) => machines::get(model, call, id, *instance_view),
        (Route::Nic { id }, _) => network::nic(model, id),
        (Route::PublicIp { id }, _) => network::public_ip(model, id),
        (Route::Network { id }, _) => network::virtual_network(model, id),
        (Route::Subnet { id }, _) => network::subnet(model, id),
        (Route::Nsg { id }, _) => network::nsg(model, id),
        (Route::Rule { nsg, name }, _) => network::rule(model, nsg, name),
        (Route::DeleteRule { nsg, name }, Some(who)) => Ok(network::delete_rule(model, call, who, nsg, name)),
        (Route::EffectiveRules { nic }, _) => effective_rules::start(model, call, nic),
        (Route::OperationResult { id }, _) => long_running::result(model, call, id),
        (Route::OperationStatus { id }, _) => long_running::status(model, id),
        (Route::Pricings { scope }, _) => pricings::list(model, call, scope),
        (Route::Pricing { scope }, _) => pricings::get(model, call, scope),
        (Route::SetPricing { scope }, _) => pricings::put(model, call, scope),
        (Route::DeletePricing { scope }, _) => plan_of_one::delete(model, scope),
        (Route::Permissions { scope }, Some(who)) => Ok(permissions::list(who, scope)),
        (Route::ActivityLog { subscription }, _) => activity_log::list(model, call, subscription),
        (Route::Graph, Some(who)) => graph::query(model, call, who),
        (Route::Unknown, _) | (_, None) => Err(Refusal::new(
            axum::http::StatusCode::NOT_FOUND,
            "InvalidResourceType",
            "No operation answers this path.",
        )),
    }
}
