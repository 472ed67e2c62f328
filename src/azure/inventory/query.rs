//! The questions to Resource Graph.
//!
//! One for each type, in a small subset of KQL: table, `where` with `==` or `=~`, `project` with paths and
//! `tostring`, `order by id asc`. No joins: the service allows three for a question, and a hash map joins
//! 50,000 machines faster. `id` has to be projected, or paging is not stable.

/// Machines, with the power state that Resource Graph keeps.
pub(super) const MACHINES: &str = "Resources \
    | where type =~ 'microsoft.compute/virtualmachines' \
    | project id, subscriptionId, location, tags, \
      os = tostring(properties.storageProfile.osDisk.osType), \
      power = tostring(properties.extended.instanceView.powerState.code), \
      admin = tostring(properties.osProfile.adminUsername), \
      interfaces = properties.networkProfile.networkInterfaces \
    | order by id asc";

/// Machines from before Azure Resource Manager.
pub(super) const CLASSIC: &str = "Resources \
    | where type =~ 'microsoft.classiccompute/virtualmachines' \
    | project id \
    | order by id asc";

/// Network interfaces, with their addresses and their network security group.
pub(super) const INTERFACES: &str = "Resources \
    | where type =~ 'microsoft.network/networkinterfaces' \
    | project id, group = tostring(properties.networkSecurityGroup.id), configurations = properties.ipConfigurations \
    | order by id asc";

/// Virtual networks, for the network security groups of their subnets.
pub(super) const NETWORKS: &str = "Resources \
    | where type =~ 'microsoft.network/virtualnetworks' \
    | project id, subnets = properties.subnets \
    | order by id asc";

/// Public addresses.
pub(super) const PUBLIC_ADDRESSES: &str = "Resources \
    | where type =~ 'microsoft.network/publicipaddresses' \
    | project id, address = tostring(properties.ipAddress), dns = tostring(properties.dnsSettings.fqdn) \
    | order by id asc";

/// Network security groups with their rules.
pub(super) const GROUPS: &str = "Resources \
    | where type =~ 'microsoft.network/networksecuritygroups' \
    | project id, rules = properties.securityRules, flush = properties.flushConnection \
    | order by id asc";

/// Azure Firewalls. JIT works with classic rules only, so one under a firewall policy does not count.
pub(super) const FIREWALLS: &str = "Resources \
    | where type =~ 'microsoft.network/azurefirewalls' \
    | project id, policy = tostring(properties.firewallPolicy.id), configurations = properties.ipConfigurations \
    | order by id asc";

/// Defender's assessment "management ports should be protected with JIT", hours old at times.
pub(super) const ASSESSMENTS: &str = "SecurityResources \
    | where type =~ 'microsoft.security/assessments' and name == '805651bc-6ecd-4c73-9b55-97a19d0582d0' \
    | project id, machine = tostring(properties.resourceDetails.Id), verdict = tostring(properties.status.code) \
    | order by id asc";
