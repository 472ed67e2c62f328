//! Whether the identity may do in Azure what the bot needs: looked at after the first picture of the machines.

use tracing::{info, warn};

use super::Engine;
use crate::{
    azure::permissions::Rights,
    chat::message::{rights as words, trouble},
    domain::{right::Feature, trouble::Trouble, vm::SubscriptionId},
};

impl Engine {
    /// What the identity lacks in each subscription of the picture, or why that is not known.
    pub async fn rights(&self) -> Vec<(SubscriptionId, Result<Rights, Trouble>)> {
        let view = self.inventory.view();
        let mut found = Vec::new();
        let unread = view
            .failures()
            .iter()
            .filter_map(|failure| failure.subscription.as_ref());
        let mut subscriptions: Vec<_> = view
            .parts()
            .iter()
            .map(|part| &part.subscription)
            .chain(unread)
            .collect();
        subscriptions.sort_unstable();
        subscriptions.dedup();
        for subscription in subscriptions {
            let mut groups: Vec<_> = view
                .vms()
                .iter()
                .filter(|vm| vm.id.subscription() == subscription)
                .map(|vm| vm.id.group().to_lowercase())
                .collect();
            groups.sort_unstable();
            groups.dedup();
            let rights = self.arm.rights(subscription, &groups).await;
            found.push((
                subscription.clone(),
                rights.map_err(|why| why.trouble(self.now())),
            ));
        }
        found
    }

    /// One sentence in the log for each right that is missing.
    pub(super) async fn tell_missing_rights(&self) {
        for (subscription, rights) in self.rights().await {
            let rights = match rights {
                Ok(rights) => rights,
                Err(why) => {
                    warn!(
                        azure.subscription = subscription.as_str(),
                        "It cannot be checked what Portcullis may do there. {}",
                        trouble::plain(&why)
                    );
                    continue;
                }
            };
            for missing in &rights.missing {
                let azure_action = missing.action;
                if missing.feature == Feature::Request {
                    warn!(azure.action = azure_action, "{}", words::missing(missing));
                } else {
                    info!(azure.action = azure_action, "{}", words::missing(missing));
                }
            }
        }
    }
}
