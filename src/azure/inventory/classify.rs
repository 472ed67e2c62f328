//! Whether JIT guards a machine, as the portal's three tabs say it.

use crate::domain::vm::{JitEntry, JitState, Unsupported};

/// What is known of a machine besides its JIT policies; `None` is unknown, and never held against it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known {
    /// A network security group or a classic Azure Firewall stands in front of it.
    pub(super) guarded: Option<bool>,
    /// The Defender plan that JIT is part of is in force on it.
    pub(super) has_plan: Option<bool>,
    /// Defender says that JIT does not apply to it.
    pub(super) not_applicable: bool,
}

/// Membership in a JIT policy comes first: Defender's assessment is hours old at times.
pub(super) fn classify(policies: Vec<JitEntry>, known: Known) -> JitState {
    let unsupported = |why| JitState::Unsupported { why };
    if !policies.is_empty() {
        JitState::Configured { policies }
    } else if known.guarded == Some(false) {
        unsupported(Unsupported::MissingNsg)
    } else if known.has_plan == Some(false) {
        unsupported(Unsupported::PlanMissing)
    } else if known.not_applicable {
        unsupported(Unsupported::Other)
    } else {
        JitState::NotConfigured
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::azure::jit::testing::POLICY;

    #[test]
    fn the_first_reason_that_holds_is_given() {
        let known = |guarded, has_plan, not_applicable| Known {
            guarded,
            has_plan,
            not_applicable,
        };
        let unsupported = |why| JitState::Unsupported { why };
        for (known, state) in [
            (
                known(Some(false), Some(false), true),
                unsupported(Unsupported::MissingNsg),
            ),
            (
                known(Some(true), Some(false), true),
                unsupported(Unsupported::PlanMissing),
            ),
            (
                known(Some(true), Some(true), true),
                unsupported(Unsupported::Other),
            ),
            (known(Some(true), Some(true), false), JitState::NotConfigured),
            (known(None, None, false), JitState::NotConfigured),
        ] {
            assert_eq!(classify(Vec::new(), known), state, "{known:?}");
        }
        let entry = JitEntry {
            policy: POLICY.parse().unwrap(),
            ports: Vec::new(),
        };
        let worst = known(Some(false), Some(false), true);
        assert!(matches!(
            classify(vec![entry], worst),
            JitState::Configured { .. }
        ));
    }
}
