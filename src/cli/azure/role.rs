//! `portcullis azure role`: the least that the identity has to be allowed.

use std::{collections::BTreeSet, path::Path};

use anyhow::bail;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::{
    cli::{Verdict, load},
    domain::{
        right::{Feature, Scope},
        vm::SubscriptionId,
    },
};

/// Which rights, and where.
#[derive(Debug, Args)]
pub(in crate::cli) struct Role {
    /// What of Portcullis the role is for.
    #[arg(long, value_delimiter = ',', default_value = "request")]
    features: Vec<Asked>,
    /// Where it may be assigned: a subscription's id, or the path of a subscription or of a resource group. Without it,
    /// the subscriptions of the configuration.
    #[arg(long, value_name = "SCOPE")]
    scope: Vec<String>,
    /// The role's name in Azure.
    #[arg(long)]
    name: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum Asked {
    /// Find machines, open windows and close them.
    Request,
    /// Set JIT up on machines and change its ports.
    Configure,
    /// Ask Azure for the rules in force on a machine, and close a window by its rule.
    Rules,
    /// Read who did something in Azure.
    Trace,
    /// Switch Defender for Servers on, from the command line.
    Plan,
}

impl From<Asked> for Feature {
    fn from(asked: Asked) -> Self {
        match asked {
            Asked::Request => Self::Request,
            Asked::Configure => Self::Configure,
            Asked::Rules => Self::Rules,
            Asked::Trace => Self::Trace,
            Asked::Plan => Self::Plan,
        }
    }
}

impl Role {
    #[expect(clippy::print_stdout, reason = "what is asked for is printed")]
    pub(super) fn run(self, file: Option<&Path>) -> anyhow::Result<Verdict> {
        let mut scopes = self
            .scope
            .iter()
            .map(|text| scope(text))
            .collect::<Result<Vec<_>, _>>()?;
        if scopes.is_empty() {
            scopes = configured(file)?;
        }
        let features: BTreeSet<Feature> = self.features.into_iter().map(Feature::from).collect();
        let role = definition(&features, self.name.as_deref(), &scopes);
        println!("{}", serde_json::to_string_pretty(&role)?);
        Ok(Verdict::Good)
    }
}

/// A role that can be assigned nowhere is refused by Azure, so it is not printed.
fn configured(file: Option<&Path>) -> anyhow::Result<Vec<Scope>> {
    const HELP: &str =
        "Say where the role may be assigned: --scope with the id of a subscription, once for each.";
    let Ok(config) = load::config(file) else {
        bail!("There is no configuration that could say which subscriptions are meant. {HELP}");
    };
    if config.azure.subscriptions.is_empty() {
        bail!("The configuration names no subscriptions. {HELP}");
    }
    let scopes = config.azure.subscriptions.into_iter();
    Ok(scopes
        .map(|subscription| Scope::Subscription { subscription })
        .collect())
}

fn scope(text: &str) -> anyhow::Result<Scope> {
    if let Some(subscription) = SubscriptionId::new(text.trim()) {
        return Ok(Scope::Subscription { subscription });
    }
    let scope = Scope::around(text.trim());
    // What `around` would leave out must not be lost without a word: the role would reach further than was asked for.
    if scope == Scope::Tenant
        || !scope
            .to_string()
            .eq_ignore_ascii_case(text.trim().trim_end_matches('/'))
    {
        bail!(
            "{text:?} is no scope. Write the id of a subscription, /subscriptions/<id>, or \
             /subscriptions/<id>/resourceGroups/<name>."
        );
    }
    Ok(scope)
}

/// The role in the form of the Azure CLI.
fn definition(features: &BTreeSet<Feature>, name: Option<&str>, scopes: &[Scope]) -> Value {
    let words: Vec<_> = features.iter().map(|feature| feature.word()).collect();
    let actions: Vec<_> = features.iter().flat_map(|feature| feature.actions()).collect();
    json!({
        "Name": name.map_or_else(|| format!("Portcullis ({})", words.join(", ")), str::to_owned),
        "IsCustom": true,
        "Description": "What the Discord bot Portcullis needs to open Just-In-Time windows to virtual machines.",
        "Actions": actions,
        "NotActions": [],
        "DataActions": [],
        "NotDataActions": [],
        "AssignableScopes": scopes.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        permission::{Permissions, Role as Granted},
        right::INITIATE,
    };

    const ID: &str = "11111111-1111-1111-1111-111111111111";

    #[test]
    fn the_role_allows_what_was_asked_for_and_nothing_else() {
        for feature in Feature::ALL {
            let role = definition(&BTreeSet::from([feature]), None, &[scope(ID).unwrap()]);
            let actions = serde_json::from_value(role["Actions"].clone()).unwrap();
            let allowed = Permissions {
                roles: vec![Granted {
                    actions,
                    not_actions: Vec::new(),
                }],
            };
            assert_eq!(allowed.lacking(feature).count(), 0);
            assert_eq!(allowed.allow(INITIATE), feature == Feature::Request);
            assert!(!allowed.allow("Microsoft.Network/networkSecurityGroups/write"));
            assert!(!allowed.allow("Microsoft.Authorization/roleAssignments/write"));
            assert_eq!(role["AssignableScopes"], json!([format!("/subscriptions/{ID}")]));
        }
        let both = definition(&BTreeSet::from([Feature::Configure, Feature::Request]), None, &[]);
        assert_eq!(both["Name"], "Portcullis (request, configure)");
    }

    #[test]
    fn a_scope_is_taken_as_it_was_written_or_not_at_all() {
        let group = format!("/subscriptions/{ID}/resourceGroups/prod-web");
        for (text, read) in [
            (ID.to_owned(), format!("/subscriptions/{ID}")),
            (format!("/subscriptions/{ID}/"), format!("/subscriptions/{ID}")),
            (group.clone(), group.clone()),
        ] {
            assert_eq!(scope(&text).unwrap().to_string(), read);
        }
        for wrong in [
            "",
            "/",
            "prod-web",
            "/subscriptions/1",
            &format!("{group}/providers/Microsoft.Compute/virtualMachines/web-01"),
        ] {
            assert!(scope(wrong).is_err(), "{wrong}");
        }
    }
}
