//! A newer request in Azure took a window's place: whose it is decides what is told.
//!
//! Azure keeps one request per VM and port. Where the newer one is ours, its marker names it: then nobody is
//! alarmed, and who lost the window is told by which request.

use super::Engine;
use crate::{
    azure::jit::{JitPolicyState, JitRequest, Marker, Seen, verdict},
    domain::{
        Instant,
        ids::RequestNumber,
        text::FreeText,
        vote::Door,
        window::{CloseWhy, Window, WindowState},
    },
    store::StoreError,
};

/// The request of this bot that took a window's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Taker {
    pub(super) number: RequestNumber,
    /// It extends the request of the window.
    pub(super) extension: bool,
}

impl Engine {
    /// The request of ours behind `by`, if there is one.
    pub(super) async fn taker(
        &self,
        window: &Window,
        by: Option<&JitRequest>,
    ) -> Result<Option<Taker>, StoreError> {
        let text = by
            .and_then(|by| by.justification.as_ref())
            .map_or("", FreeText::as_str);
        let Some(Marker::Open(id)) = Marker::read(text) else {
            return Ok(None);
        };
        let Some((request, _)) = self.store.read().await?.load_request(id).await? else {
            return Ok(None);
        };
        Ok(Some(Taker {
            number: request.number,
            extension: request
                .extends
                .is_some_and(|extends| extends.request == window.request),
        }))
    }

    /// Whether what took the window's place is ours and about to be told as open: then that tells of this one too.
    pub(super) async fn is_told_soon(
        &self,
        window: &Window,
        by: Option<&JitRequest>,
    ) -> Result<bool, StoreError> {
        let text = by
            .and_then(|by| by.justification.as_ref())
            .map_or("", FreeText::as_str);
        let Some(Marker::Open(id)) = Marker::read(text) else {
            return Ok(false);
        };
        let windows = self.store.read().await?.windows_of(id).await?;
        Ok(windows.iter().any(|(newer, _)| {
            newer.vm == window.vm
                && newer.port == window.port
                && matches!(newer.state, WindowState::Opening { stuck_at: None, .. })
        }))
    }

    /// Tells that `by` took the window's place.
    pub(super) async fn lost_to(&self, window: &Window, by: Option<&JitRequest>) -> Result<(), StoreError> {
        let taker = self.taker(window, by).await?;
        self.change_window(window.id, |window, request, now| match taker {
            Some(Taker { number, extension }) => window.replaced(request, number, extension, now),
            None => window.superseded(request, now),
        })
        .await
    }

    /// Tells at once which windows `newer` has replaced, from the same look at Azure that showed it open.
    ///
    /// What is missed here, after a crash, the comparison with Azure finds.
    pub(super) async fn tell_replaced(
        &self,
        newer: &Window,
        state: &JitPolicyState,
        read_at: Instant,
    ) -> Result<(), StoreError> {
        let door = Door {
            vm: newer.vm.clone(),
            port: newer.port,
        };
        let others = self.store.read().await?.windows_at(&[door]).await?;
        for (other, _) in others {
            let may_be_lost = matches!(
                other.state,
                WindowState::Open { .. }
                    | WindowState::Closing {
                        why: CloseWhy::Expired,
                        ..
                    }
            );
            if other.id == newer.id || other.policy != newer.policy || !may_be_lost {
                continue;
            }
            if let Seen::Superseded { by } = verdict(state, &other, read_at) {
                self.lost_to(&other, by.as_deref()).await?;
            }
        }
        Ok(())
    }
}
