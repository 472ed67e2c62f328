//! Azure did not close a window early: the rules that JIT wrote for it are taken out of the network security
//! groups, if the bot has that right; otherwise the window ends by itself, and people are told so.

use tracing::error;

use super::{Engine, network_check::WindowRule, open::failed, worker::Outcome};
use crate::{
    azure::jit::{Seen, verdict},
    domain::{
        ids::WindowId,
        window::{CloseWay, NotObeyed, RulesKept, Window, WindowState},
    },
    store::StoreError,
};

impl Engine {
    /// Takes the other way for a window that Azure did not close: what is to be done is recorded, then a job does it.
    pub(super) async fn not_obeyed(&self, window: &Window, why: NotObeyed) -> Result<Outcome, StoreError> {
        match self.rules_of(window).await {
            Err(why) => Ok(failed(&why)),
            Ok(Ok(rules)) if !rules.is_empty() => {
                let names = rules.into_iter().map(|rule| rule.name).collect();
                self.change_window(window.id, |window, request, _| {
                    window.shut_by_rules(request, names, why)
                })
                .await?;
                Ok(Outcome::Done)
            }
            Ok(found) => {
                let kept = found.err().unwrap_or(RulesKept::NotFound);
                self.leave_to_its_end(window.id, Some(why), kept).await
            }
        }
    }

    /// The class is *repeatable*: a rule that is gone cannot be deleted twice.
    pub(super) async fn run_remove_rules(&self, id: WindowId) -> Result<Outcome, StoreError> {
        let Some((window, _)) = self.store.read().await?.load_window(id).await? else {
            return Ok(Outcome::Done);
        };
        let WindowState::Closing {
            way: CloseWay::Rules(_),
            ..
        } = window.state
        else {
            return Ok(Outcome::Done);
        };
        let now = self.now();
        // Meanwhile Azure may have closed it, and another window with the same source may stand on the port.
        match self.arm.read_back(&window.policy).await {
            Ok(state) => match verdict(&state, &window, now) {
                Seen::Open { .. } | Seen::Lingering | Seen::Initiating => {}
                _ => return self.confirm_at(&window, now).await,
            },
            Err(why) => return Ok(failed(&why)),
        }
        let rules = match self.rules_of(&window).await {
            Err(why) => return Ok(failed(&why)),
            Ok(Err(kept)) => return self.leave_to_its_end(id, None, kept).await,
            Ok(Ok(rules)) => rules,
        };
        for WindowRule { group, name } in rules {
            match self.arm.delete_security_rule(&group, &name).await {
                Ok(()) => {}
                Err(why) if why.may_pass() => return Ok(failed(&why)),
                Err(why) => {
                    let why = why.trouble(self.now());
                    return self.leave_to_its_end(id, None, RulesKept::Trouble { why }).await;
                }
            }
        }
        self.confirm_at(&window, now).await
    }

    async fn leave_to_its_end(
        &self,
        id: WindowId,
        why: Option<NotObeyed>,
        kept: RulesKept,
    ) -> Result<Outcome, StoreError> {
        error!(window.id = %id, "A window could not be closed early; it ends by itself.");
        metrics::counter!("portcullis_close_not_obeyed_total").increment(1);
        self.change_window(id, |window, request, _| {
            window.left_to_its_end(request, why, kept)
        })
        .await?;
        Ok(Outcome::Done)
    }
}
