//! What is wanted of one machine in a JIT policy.

use std::{net::Ipv4Addr, time::Duration};

use serde::{Deserialize, Serialize};

use crate::domain::{
    port::Port,
    vm::{AllowedSources, JitPort, Os, Protocol},
};

/// The ports that Defender's own page proposes: SSH, RDP and both kinds of WinRM.
pub const CLASSIC: [u16; 4] = [22, 3389, 5985, 5986];

/// The limit that is taken where none is given. Azure's own default is three hours.
pub fn recommended_limit() -> Duration {
    Duration::from_secs(60 * 60)
}

/// The port over which a machine with this system is managed, as far as that is known.
pub fn usual_port(os: Os) -> Option<Port> {
    match os {
        Os::Linux => Port::new(22),
        Os::Windows => Port::new(3389),
        Os::Unknown => None,
    }
}

/// What is wanted of one machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "wish", rename_all = "snake_case")]
pub enum Wish {
    /// It comes into the JIT policy with these ports.
    Guard {
        ports: Vec<JitPort>,
        /// The public address of the Azure Firewall in front of it.
        firewall: Option<Ipv4Addr>,
    },
    /// This port comes in, or gets these limits.
    SetPort { port: JitPort },
    /// This port goes out.
    RemovePort { port: Port },
    /// The machine goes out.
    Unguard,
}

impl Wish {
    /// The machine's ports once the wish is fulfilled.
    pub fn applied(&self, before: &[JitPort]) -> Vec<JitPort> {
        match self {
            Self::Guard { ports, .. } => ports.clone(),
            Self::Unguard => Vec::new(),
            Self::RemovePort { port } => before.iter().filter(|jit| jit.port != *port).cloned().collect(),
            Self::SetPort { port } => {
                let mut after = before.to_vec();
                match after.iter_mut().find(|jit| jit.port == port.port) {
                    Some(known) => *known = port.clone(),
                    None => after.push(port.clone()),
                }
                after
            }
        }
    }

    /// Whether it can let in somebody who could not come in before.
    ///
    /// What is guarded anew is shut first. What is guarded no more may be open by another rule, and a wider limit
    /// is a wider door.
    pub fn may_open(&self, before: &[JitPort]) -> bool {
        match self {
            Self::Guard { .. } => false,
            Self::Unguard | Self::RemovePort { .. } => true,
            Self::SetPort { port } => before
                .iter()
                .find(|jit| jit.port == port.port)
                .is_some_and(|known| {
                    port.max > known.max
                        || !covers(&known.sources, &port.sources)
                        // The deny rule follows the protocol: what it leaves out is guarded no more.
                        || (port.protocol != known.protocol && port.protocol != Protocol::Any)
                        // The allow rule does too.
                        || (port.protocol == Protocol::Any && known.protocol != Protocol::Any)
                }),
        }
    }
}

fn covers(wide: &AllowedSources, narrow: &AllowedSources) -> bool {
    match (wide, narrow) {
        (AllowedSources::Any, _) => true,
        (AllowedSources::Only(_), AllowedSources::Any) => false,
        (AllowedSources::Only(_), AllowedSources::Only(nets)) => nets.iter().all(|net| wide.contain(*net)),
    }
}
