//! A request and everything around it, gathered for whoever shows it.

use std::sync::Arc;

use super::{Engine, inventory::View as Inventory};
use crate::{
    chat::message::View,
    domain::{
        Instant,
        freeze::Freeze,
        request::Request,
        review::Review,
        vm::Vm,
        vote::Terms,
        window::{FoundWindow, Window},
    },
    store::StoreError,
};

/// What a card, an answer or a status shows.
#[derive(Debug)]
pub struct Scene {
    pub request: Request,
    pub windows: Vec<Window>,
    pub freeze: Option<Freeze>,
    review: Option<Review>,
    today: Option<Vec<Terms>>,
    others: Vec<Window>,
    found: Vec<FoundWindow>,
    inventory: Arc<Inventory>,
    now: Instant,
}

impl Engine {
    /// Gathers what is known of `request` now.
    pub async fn scene(&self, request: Request) -> Result<Scene, StoreError> {
        let now = self.now();
        let mut view = self.store.read().await?;
        let windows = view
            .windows_of(request.id)
            .await?
            .into_iter()
            .map(|(window, _)| window)
            .collect();
        let doors: Vec<_> = request.doors().collect();
        let mut others: Vec<Window> = view
            .windows_at(&doors)
            .await?
            .into_iter()
            .map(|(window, _)| window)
            .collect();
        // An extension and what it extends are one access, and no conflict.
        let mut kin: Vec<_> = view
            .extensions_of(request.id)
            .await?
            .into_iter()
            .map(|(extension, _)| extension.id)
            .collect();
        kin.extend(request.extends.map(|extends| extends.request));
        others.retain(|window| window.request != request.id && !kin.contains(&window.request));
        let review = match request.is_broken_glass() {
            true => view.review(request.id).await?,
            false => None,
        };
        Ok(Scene {
            review,
            windows,
            freeze: view.freeze().await?,
            today: self.terms_today(&request),
            others,
            found: self.found.at(&doors, now),
            inventory: self.inventory.view(),
            now,
            request,
        })
    }
}

impl Scene {
    /// Lends the scene to a renderer.
    pub fn show<T>(&self, render: impl FnOnce(&View<'_>) -> T) -> T {
        let vms: Vec<&Vm> = self
            .request
            .targets
            .iter()
            .filter_map(|target| self.inventory.vm(&target.vm))
            .collect();
        render(&View {
            request: &self.request,
            windows: &self.windows,
            today: self.today.as_deref(),
            vms: &vms,
            stale_since: self
                .request
                .targets
                .iter()
                .find_map(|target| self.inventory.stale_since(&target.vm, self.now)),
            others: &self.others,
            found: &self.found,
            freeze: self.freeze.as_ref(),
            review: self.review.as_ref(),
        })
    }
}
