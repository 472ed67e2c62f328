//! The rules that Azure applies to an interface at this moment: a long-running operation that needs a running VM and
//! a right of its own. Must not know who asks, or what is said when it cannot be had.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::{
    arm::{Arm, ArmError, Call, Operation, Quota},
    rule,
};
use crate::domain::network::{Groups, Layer, Place, Way};

/// What Azure answers where the interface's VM does not run.
const NOT_RUNNING: &str = "NicMustBeAttachedToRunningVmToGetEffectiveSecurityGroups";

static ASK: Operation = Operation {
    name: "effective-rules",
    method: reqwest::Method::POST,
    api_version: "2024-05-01",
    action: "Microsoft.Network/networkInterfaces/effectiveNetworkSecurityGroups/action",
    quota: Quota::Writes,
};

/// Whether Azure did not tell because the VM does not run.
pub fn is_not_running(error: &ArmError) -> bool {
    error.said().is_some_and(|said| said.code == NOT_RUNNING)
}

#[derive(Debug, Deserialize)]
struct Body {
    value: Option<Vec<Value>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    #[serde(default)]
    network_security_group: Option<Reference>,
    #[serde(default)]
    association: Association,
    #[serde(default)]
    effective_security_rules: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Association {
    #[serde(default)]
    subnet: Option<Reference>,
    #[serde(default)]
    network_interface: Option<Reference>,
    #[serde(default)]
    network_manager: Option<Reference>,
}

#[derive(Debug, Deserialize)]
struct Reference {
    id: String,
}

impl Arm {
    /// Asks Azure for the effective rules of the interface that `way` leads over, for at most `patience`.
    pub async fn effective_rules(&self, way: &Way, patience: Duration) -> Result<(Way, Groups), ArmError> {
        let path = format!("{}/effectiveNetworkSecurityGroups", way.nic);
        let call = Call::new(&ASK, path).of(way.nic.subscription());
        let body: Body = self.long_running(&call, patience).await?;
        Ok(read(way, body))
    }
}

fn read(way: &Way, body: Body) -> (Way, Groups) {
    let mut groups = Groups::default();
    let mut layers = Vec::new();
    // An answer without a list says nothing, least of all that no group stands in the way.
    let mut complete = body.value.is_some();
    for group in body.value.unwrap_or_default() {
        let Ok(group) = Group::deserialize(&group) else {
            // It may be one that lets nobody in, or everybody.
            complete = false;
            continue;
        };
        let place = if group.association.network_manager.is_some() {
            Place::Manager
        } else if group.association.subnet.is_some() && group.association.network_interface.is_none() {
            Place::Subnet
        } else {
            Place::Interface
        };
        let reference = group.network_security_group.or(group.association.network_manager);
        let id = reference
            .map(|reference| reference.id.to_lowercase())
            .unwrap_or_default();
        if let Some(rules) = group.effective_security_rules.as_array() {
            groups.insert(&id, rules.iter().filter_map(rule::read).collect());
        }
        layers.push(Layer { place, group: id });
    }
    // Inbound, Azure asks the administrator's rules first, then the subnet's group, then the interface's.
    layers.sort_by_key(|layer| match layer.place {
        Place::Manager => 0,
        Place::Subnet => 1,
        Place::Interface => 2,
    });
    let way = Way {
        nic: way.nic.clone(),
        private: way.private,
        layers,
        complete,
    };
    (way, groups)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked() -> Way {
        let nic = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/g/providers/Microsoft.Network/networkInterfaces/nic";
        Way {
            nic: nic.parse().unwrap(),
            private: None,
            layers: Vec::new(),
            complete: false,
        }
    }

    #[test]
    fn groups_stand_in_the_order_in_which_they_are_asked() {
        let group = |name: &str, association: Value| {
            json!({"networkSecurityGroup": {"id": format!("/NSG/{name}")}, "association": association,
                "effectiveSecurityRules": [{"name": "securityRules/ssh", "protocol": "Tcp", "priority": 300,
                    "direction": "Inbound", "access": "Allow", "sourceAddressPrefix": "Internet",
                    "destinationPortRange": "22-22", "destinationAddressPrefix": "0.0.0.0/0"}]})
        };
        let body = serde_json::from_value(json!({"value": [
            group("nic", json!({"networkInterface": {"id": "/nic"}})),
            group("subnet", json!({"subnet": {"id": "/subnet"}}))]}))
        .unwrap();
        let asked = asked();
        let (way, groups) = read(&asked, body);
        let places: Vec<_> = way
            .layers
            .iter()
            .map(|layer| (layer.place, layer.group.as_str()))
            .collect();
        assert_eq!(
            places,
            [(Place::Subnet, "/nsg/subnet"), (Place::Interface, "/nsg/nic")]
        );
        assert!(way.complete);
        assert_eq!(groups.rules("/nsg/nic").unwrap().len(), 1);
        let odd = json!({"networkSecurityGroup": {"id": "/nsg/odd"}, "effectiveSecurityRules": "later"});
        let body = serde_json::from_value(json!({"value": [odd, "rubbish"]})).unwrap();
        let (way, groups) = read(&asked, body);
        assert_eq!(
            way.layers.len(),
            1,
            "a group without its rules still stands there"
        );
        assert!(groups.rules("/nsg/odd").is_none());
        assert!(!way.complete, "one more may stand there");
    }

    #[test]
    fn an_answer_without_a_list_is_not_that_there_is_no_group() {
        let asked = asked();
        for body in [json!({}), json!({"value": null})] {
            let (read, _) = read(&asked, serde_json::from_value(body).unwrap());
            assert!(!read.complete);
        }
        let (read, _) = read(&asked, serde_json::from_value(json!({"value": []})).unwrap());
        assert!(read.complete);
    }
}
