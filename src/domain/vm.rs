//! Virtual machines, and what Azure JIT knows of them.

use std::{collections::BTreeMap, fmt, hash, str::FromStr, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{network::Place, port::Port};

/// The id of an Azure subscription, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubscriptionId(String);

impl SubscriptionId {
    /// The id in `text`, or `None` where it is no UUID.
    pub fn new(text: &str) -> Option<Self> {
        uuid::Uuid::try_parse(text)
            .ok()
            .map(|id| Self(id.hyphenated().to_string()))
    }

    /// The id as Azure writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SubscriptionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The ARM id of one resource of a fixed type, compared without regard to case.
///
/// Azure's services change the case of ids, of resource groups above all, so equality and order look at the
/// lower-cased id; the parts keep their case for people to read.
macro_rules! arm_id {
    ($(#[$doc:meta])* $name:ident { $($field:ident),+ } = $pattern:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name {
            subscription: SubscriptionId,
            $($field: String,)+
            key: String,
        }

        impl $name {
            /// The subscription.
            pub fn subscription(&self) -> &SubscriptionId {
                &self.subscription
            }

            $(
                #[doc = concat!("The part `", stringify!($field), "`, in the case in which it was read.")]
                pub fn $field(&self) -> &str {
                    &self.$field
                }
            )+

            /// The lower-cased id, by which ids are compared and stored.
            pub fn key(&self) -> &str {
                &self.key
            }
        }

        impl FromStr for $name {
            type Err = NotAnArmId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let refusal = || NotAnArmId { id: text.chars().take(300).collect() };
                let mut parts = text.strip_prefix('/').ok_or_else(refusal)?.split('/');
                let mut subscription = None;
                $(let mut $field = None;)+
                for expected in $pattern {
                    let part = parts.next().filter(|part| is_id_part(part)).ok_or_else(refusal)?;
                    match *expected {
                        "{subscription}" => subscription = SubscriptionId::new(part),
                        $(concat!("{", stringify!($field), "}") => $field = Some(part.to_owned()),)+
                        fixed if part.eq_ignore_ascii_case(fixed) => {}
                        _ => return Err(refusal()),
                    }
                }
                if parts.next().is_some() {
                    return Err(refusal());
                }
                Ok(Self {
                    subscription: subscription.ok_or_else(refusal)?,
                    $($field: $field.ok_or_else(refusal)?,)+
                    key: text.to_lowercase(),
                })
            }
        }

        impl fmt::Display for $name {
            /// The id as ARM takes it, with the parts in the case in which they were read.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                for expected in $pattern {
                    f.write_str("/")?;
                    match *expected {
                        "{subscription}" => self.subscription.fmt(f)?,
                        $(concat!("{", stringify!($field), "}") => f.write_str(&self.$field)?,)+
                        fixed => f.write_str(fixed)?,
                    }
                }
                Ok(())
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.key == other.key
            }
        }
        impl Eq for $name {}
        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }
        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.key.cmp(&other.key)
            }
        }
        impl hash::Hash for $name {
            fn hash<H: hash::Hasher>(&self, state: &mut H) {
                self.key.hash(state);
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

arm_id!(
    /// The id of a virtual machine (`Microsoft.Compute/virtualMachines`).
    VmId { group, name } = &[
        "subscriptions", "{subscription}", "resourceGroups", "{group}",
        "providers", "Microsoft.Compute", "virtualMachines", "{name}",
    ]
);
arm_id!(
    /// The id of a JIT policy (`Microsoft.Security/locations/jitNetworkAccessPolicies`).
    JitPolicyId { group, location, name } = &[
        "subscriptions", "{subscription}", "resourceGroups", "{group}",
        "providers", "Microsoft.Security", "locations", "{location}", "jitNetworkAccessPolicies", "{name}",
    ]
);
arm_id!(
    /// The id of a network security group (`Microsoft.Network/networkSecurityGroups`).
    NsgId { group, name } = &[
        "subscriptions", "{subscription}", "resourceGroups", "{group}",
        "providers", "Microsoft.Network", "networkSecurityGroups", "{name}",
    ]
);
arm_id!(
    /// The id of a network interface (`Microsoft.Network/networkInterfaces`).
    NicId { group, name } = &[
        "subscriptions", "{subscription}", "resourceGroups", "{group}",
        "providers", "Microsoft.Network", "networkInterfaces", "{name}",
    ]
);

/// A text that is no ARM id of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{id:?} is not the Azure id that was expected here")]
pub struct NotAnArmId {
    id: String,
}

/// What may stand between two slashes: no part of an id can smuggle in another path or a query.
fn is_id_part(part: &str) -> bool {
    !part.is_empty()
        && part.len() <= 260
        && !matches!(part, "." | "..")
        && part
            .chars()
            .all(|char| char.is_alphanumeric() || matches!(char, '-' | '_' | '.' | '(' | ')'))
}

/// A virtual machine of the inventory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Vm {
    pub id: VmId,
    /// The region in Azure's short form, `westeurope`.
    pub location: String,
    pub os: Os,
    pub power: Power,
    pub tags: BTreeMap<String, String>,
    pub address: Address,
    /// The administrator's name on the machine, where Azure knows it.
    pub admin: Option<String>,
    pub jit: JitState,
    /// Rules that let a management port in without JIT, as far as the inventory sees them.
    pub open_anyway: Vec<OpenAnyway>,
    /// Rules that let a few in without JIT to a port that JIT guards, as far as the inventory sees them.
    #[serde(default)]
    pub beside_jit: Vec<OpenAnyway>,
    /// Its network interfaces, the primary one first, as far as the inventory sees them.
    #[serde(default)]
    pub nics: Vec<Nic>,
}

/// A network interface and what guards it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nic {
    pub id: NicId,
    pub private: Option<std::net::Ipv4Addr>,
    /// The network security groups on the way to it: of its subnet, then its own.
    pub groups: Vec<Guard>,
    /// Something on the way could not be read, so there may be a group that is not named here.
    #[serde(default)]
    pub unclear: bool,
}

/// A network security group on the way to a VM.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guard {
    pub id: NsgId,
    #[serde(default)]
    pub place: Place,
    /// `flushConnection`: a change of its rules also cuts sessions that are open.
    pub cuts_sessions: bool,
}

impl Vm {
    /// The JIT limits of `port`, if the VM is in a JIT policy that has it.
    pub fn jit_port(&self, port: Port) -> Option<(&JitPolicyId, &JitPort)> {
        match &self.jit {
            JitState::Configured { policies, .. } => policies.iter().find_map(|entry| {
                entry
                    .ports
                    .iter()
                    .find(|jit| jit.port == port)
                    .map(|jit| (&entry.policy, jit))
            }),
            JitState::NotConfigured | JitState::Unsupported { .. } => None,
        }
    }

    /// Whether the end of a window also cuts the sessions that came in through it.
    pub fn cuts_sessions(&self) -> bool {
        let mut groups = self.nics.iter().flat_map(|nic| &nic.groups);
        groups.any(|group| group.cuts_sessions)
    }
}

/// The operating system, as the VM's disk says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Os {
    Linux,
    Windows,
    Unknown,
}

/// Azure's power state of a VM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Power {
    Starting,
    Running,
    Stopping,
    Stopped,
    Deallocating,
    Deallocated,
    Unknown,
}

/// Where a VM can be reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    pub private: Option<std::net::Ipv4Addr>,
    pub public: Option<std::net::Ipv4Addr>,
    pub dns: Option<String>,
    /// The public address of the Azure Firewall in front of the VM; a window then names a mapped port.
    pub firewall: Option<std::net::Ipv4Addr>,
}

/// Whether JIT guards a VM.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum JitState {
    /// In one JIT policy or, rarely, in several.
    Configured {
        policies: Vec<JitEntry>,
    },
    NotConfigured,
    Unsupported {
        why: Unsupported,
    },
}

/// A VM's entry in one JIT policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JitEntry {
    pub policy: JitPolicyId,
    pub ports: Vec<JitPort>,
}

/// Why JIT cannot guard a VM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unsupported {
    /// Neither a network security group nor a classic Azure Firewall in front of it.
    MissingNsg,
    Classic,
    PlanMissing,
    Other,
}

/// A classic machine, from before Azure Resource Manager: JIT cannot guard it, and nothing else is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classic {
    pub subscription: SubscriptionId,
    pub group: String,
    pub name: String,
}

/// One port of a VM in a JIT policy, with Azure's limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JitPort {
    pub port: Port,
    pub protocol: Protocol,
    pub sources: AllowedSources,
    /// `maxRequestAccessDuration`.
    pub max: Duration,
}

/// A JIT port's protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    Any,
    Tcp,
    Udp,
}

/// The sources that a JIT policy allows on a port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AllowedSources {
    Any,
    Only(Vec<ipnet::Ipv4Net>),
}

impl AllowedSources {
    /// Whether all of `net` lies inside.
    pub fn contain(&self, net: ipnet::Ipv4Net) -> bool {
        match self {
            Self::Any => true,
            Self::Only(nets) => nets.iter().any(|allowed| allowed.contains(&net)),
        }
    }
}

/// A network rule that opens a port without JIT; where it is a broad range, JIT protects nothing there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenAnyway {
    pub port: Port,
    /// The name of the rule.
    pub rule: String,
    /// The source that it lets in, as the rule writes it (`*`, `Internet`, `10.0.0.0/8`).
    pub source: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/Prod-Web/providers/Microsoft.Compute/virtualMachines/web-01";

    #[test]
    fn ids_are_equal_whatever_their_case() {
        let id: VmId = ID.parse().unwrap();
        let shouted: VmId = ID.to_uppercase().parse().unwrap();
        assert_eq!(id, shouted);
        assert_eq!((id.group(), id.name()), ("Prod-Web", "web-01"));
        assert_eq!(id.to_string(), ID);
    }

    #[test]
    fn nothing_else_passes_for_an_id() {
        for wrong in [
            "",
            "web-01",
            &ID[1..],
            &format!("{ID}/"),
            &format!("{ID}/../web-02"),
            &format!("{ID}?x=1"),
            &ID.replace("web-01", ".."),
            &ID.replace("web-01", "a b"),
            &ID.replace("Compute", "ClassicCompute"),
            &ID.replace("11111111-1111-1111-1111-111111111111", "sub"),
        ] {
            assert!(wrong.parse::<VmId>().is_err(), "{wrong}");
        }
    }
}
