//! Puts a world together, machine by machine, or thousands at once.

use std::net::Ipv4Addr;

use crate::sandbox::azure::model::{
    identity::{Grant, Identity},
    jit::{Policy, PolicyMachine, PolicyPort, Provisioning},
    nsg::{Nsg, SecurityRule},
    resources::{
        Firewall, Machine, Network, Nic, OperatingSystem, Plan, Power, PublicIp, Registration, Subnet,
        Subscription, key,
    },
};

use super::{ResourceGroup, World};

/// A machine to be built; [`MachineSpec::linux`] and [`MachineSpec::windows`] have good defaults.
#[derive(Debug, Clone)]
pub struct MachineSpec {
    pub name: String,
    pub subscription: String,
    pub group: String,
    pub region: String,
    pub os: OperatingSystem,
    pub power: Power,
    pub tags: Vec<(String, String)>,
    /// Rules in its own network security group; `None`: no group on the interface.
    pub rules: Option<Vec<SecurityRule>>,
    pub public: bool,
    /// The JIT policy that lists it, and the ports there with their longest durations (ISO 8601).
    pub jit: Option<(String, Vec<PolicyPort>)>,
    pub plan: Option<Plan>,
    pub classic: bool,
    /// The address of the classic firewall in front of it.
    pub firewall: Option<Ipv4Addr>,
}

impl MachineSpec {
    pub fn linux(subscription: &str, group: &str, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            subscription: subscription.to_owned(),
            group: group.to_owned(),
            region: "westeurope".to_owned(),
            os: OperatingSystem::Linux,
            power: Power::Running,
            tags: Vec::new(),
            rules: Some(Vec::new()),
            public: true,
            jit: None,
            plan: None,
            classic: false,
            firewall: None,
        }
    }

    pub fn windows(subscription: &str, group: &str, name: &str) -> Self {
        Self {
            os: OperatingSystem::Windows,
            ..Self::linux(subscription, group, name)
        }
    }

    #[must_use]
    pub fn region(mut self, region: &str) -> Self {
        region.clone_into(&mut self.region);
        self
    }

    #[must_use]
    pub fn power(mut self, power: Power) -> Self {
        self.power = power;
        self
    }

    #[must_use]
    pub fn tag(mut self, name: &str, value: &str) -> Self {
        self.tags.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Lists it in the JIT policy `policy` with these ports, any source, three hours at most.
    #[must_use]
    pub fn jit(self, policy: &str, ports: &[u16]) -> Self {
        let ports = ports.iter().map(|&port| PolicyPort::any_source(port, "PT3H"));
        self.jit_ports(policy, ports.collect())
    }

    #[must_use]
    pub fn jit_ports(mut self, policy: &str, ports: Vec<PolicyPort>) -> Self {
        self.jit = Some((policy.to_owned(), ports));
        self
    }
}

impl World {
    /// A tenant with nothing in it.
    pub fn empty(tenant: &str) -> Self {
        Self {
            tenant: tenant.to_ascii_lowercase(),
            ..Self::default()
        }
    }

    #[must_use]
    pub fn subscription(mut self, id: &str, name: &str, plan: Plan) -> Self {
        self.subscriptions.push(Subscription {
            id: id.to_ascii_lowercase(),
            name: name.to_owned(),
            plan,
            enabled_at: None,
            trial_until: None,
            security: Registration::Registered,
        });
        self
    }

    /// The last subscription has never used Defender for Cloud.
    #[must_use]
    pub fn unregistered(mut self) -> Self {
        if let Some(known) = self.subscriptions.last_mut() {
            known.security = Registration::NotRegistered;
        }
        self
    }

    /// An application with a secret; the managed identity endpoints give out the last one added.
    #[must_use]
    pub fn identity(mut self, client_id: &str, secret: &str, grants: Vec<Grant>) -> Self {
        for other in &mut self.identities {
            other.managed = false;
        }
        self.identities.push(Identity {
            client_id: client_id.to_owned(),
            object_id: client_id.chars().rev().collect(),
            secret: secret.to_owned(),
            assertion: None,
            managed: true,
            grants,
        });
        self
    }

    /// Lets the last identity prove itself by this assertion as well (workload identity).
    #[must_use]
    pub fn assertion(mut self, assertion: &str) -> Self {
        if let Some(identity) = self.identities.last_mut() {
            identity.assertion = Some(assertion.to_owned());
        }
        self
    }

    /// Adds a machine with its interface, addresses, network rules and place in a JIT policy.
    #[must_use]
    pub fn machine(mut self, spec: MachineSpec) -> Self {
        self.add(spec);
        self
    }

    /// `count` Linux machines `vm-00000`… in one subscription with SSH under JIT, 200 to a resource group.
    pub fn large(tenant: &str, subscription: &str, count: usize) -> Self {
        let mut world = Self::empty(tenant).subscription(subscription, "large", Plan::P2);
        for number in 0..count {
            let group = format!("group-{:04}", number / 200);
            let name = format!("vm-{number:05}");
            let mut spec = MachineSpec::linux(subscription, &group, &name).jit("default", &[22]);
            spec.public = number % 2 == 0;
            world.add(spec);
        }
        world
    }

    fn add(&mut self, spec: MachineSpec) {
        let number = self.machines.len();
        let group_id = format!(
            "/subscriptions/{}/resourceGroups/{}",
            spec.subscription, spec.group
        );
        self.groups
            .entry(key(&group_id))
            .or_insert_with(|| ResourceGroup {
                id: group_id.clone(),
                name: spec.group.clone(),
                subscription: spec.subscription.to_ascii_lowercase(),
                region: spec.region.clone(),
            });
        let provider = if spec.classic {
            "Microsoft.ClassicCompute"
        } else {
            "Microsoft.Compute"
        };
        let id = format!("{group_id}/providers/{provider}/virtualMachines/{}", spec.name);
        let nic = (!spec.classic).then(|| self.add_nic(&spec, &group_id, &id, number));
        if let Some((policy, ports)) = &spec.jit {
            self.add_to_policy(&spec, &group_id, policy, &id, ports);
        }
        let machine = Machine {
            id: id.clone(),
            name: spec.name,
            group: spec.group,
            subscription: spec.subscription.to_ascii_lowercase(),
            region: spec.region,
            os: spec.os,
            power: spec.power,
            tags: spec.tags.into_iter().collect(),
            admin: Some("azureuser".to_owned()),
            nic,
            plan: spec.plan,
            classic: spec.classic,
        };
        self.machines.insert(key(&id), machine);
    }

    fn add_nic(&mut self, spec: &MachineSpec, group: &str, machine: &str, number: usize) -> String {
        let network = format!("{group}/providers/Microsoft.Network");
        let subnet = self.subnet_for(spec, &network);
        let nsg = spec.rules.as_ref().map(|rules| {
            let id = format!("{network}/networkSecurityGroups/{}-nsg", spec.name);
            let nsg = Nsg {
                id: id.clone(),
                region: spec.region.clone(),
                rules: rules.clone(),
                flush_connection: false,
            };
            self.nsgs.insert(key(&id), nsg);
            id
        });
        // 10.0.0.4 is the first address that Azure gives out in a subnet.
        let host = u32::try_from(number).unwrap_or_default() + 4;
        let private_ip = Ipv4Addr::from(u32::from(Ipv4Addr::new(10, 0, 0, 0)) + host);
        let public_ip = spec.public.then(|| {
            let id = format!("{network}/publicIPAddresses/{}-ip", spec.name);
            // 203.0.113.0/24 (TEST-NET-3) first, then the benchmarking range of RFC 2544.
            let address = if host < 250 {
                Ipv4Addr::from(u32::from(Ipv4Addr::new(203, 0, 113, 0)) + host)
            } else {
                Ipv4Addr::from(u32::from(Ipv4Addr::new(198, 18, 0, 0)) + host)
            };
            let public_ip = PublicIp {
                id: id.clone(),
                region: spec.region.clone(),
                address,
                fqdn: Some(format!("{}.{}.cloudapp.example", spec.name, spec.region)),
                dynamic: true,
                machine: Some(machine.to_owned()),
            };
            self.public_ips.insert(key(&id), public_ip);
            id
        });
        let id = format!("{network}/networkInterfaces/{}-nic", spec.name);
        let nic = Nic {
            id: id.clone(),
            region: spec.region.clone(),
            machine: machine.to_owned(),
            private_ip,
            public_ip,
            subnet,
            nsg,
        };
        self.nics.insert(key(&id), nic);
        id
    }

    /// One network per group, region and firewall, with one subnet.
    fn subnet_for(&mut self, spec: &MachineSpec, provider: &str) -> String {
        let kind = if spec.firewall.is_some() {
            "-behind-firewall"
        } else {
            ""
        };
        let network = format!("{provider}/virtualNetworks/vnet-{}{kind}", spec.region);
        let subnet = format!("{network}/subnets/default");
        let region = spec.region.clone();
        if let Some(public_ip) = spec.firewall {
            let id = format!("{provider}/azureFirewalls/firewall-{region}");
            self.firewalls.entry(key(&id)).or_insert_with(|| Firewall {
                id,
                region: region.clone(),
                network: network.clone(),
                public_ip,
                policy: None,
                translations: Vec::new(),
            });
        }
        self.networks.entry(key(&network)).or_insert_with(|| Network {
            id: network,
            region,
            prefix: "10.0.0.0/8".to_owned(),
            subnets: vec![Subnet {
                id: subnet.clone(),
                prefix: "10.0.0.0/9".to_owned(),
                nsg: None,
            }],
        });
        subnet
    }

    fn add_to_policy(
        &mut self,
        spec: &MachineSpec,
        group: &str,
        name: &str,
        machine: &str,
        ports: &[PolicyPort],
    ) {
        let region = &spec.region;
        let id = format!(
            "{group}/providers/Microsoft.Security/locations/{region}/jitNetworkAccessPolicies/{name}"
        );
        let policy = self.policies.entry(key(&id)).or_insert_with(|| Policy {
            id,
            name: name.to_owned(),
            group: spec.group.clone(),
            subscription: spec.subscription.to_ascii_lowercase(),
            region: region.clone(),
            kind: Some("Basic".to_owned()),
            machines: Vec::new(),
            requests: Vec::new(),
            provisioning: Provisioning::Succeeded,
        });
        policy.machines.push(PolicyMachine {
            id: machine.to_owned(),
            ports: ports.to_vec(),
            public_ip_address: spec.firewall.map(|address| address.to_string()),
        });
    }
}
