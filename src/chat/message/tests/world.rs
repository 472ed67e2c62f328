//! A view of a request for the tests, with everything that can be around it.

use crate::{
    chat::message::{sample, view::View},
    domain::{
        Instant,
        freeze::Freeze,
        request::Request,
        review::Review,
        vm::Vm,
        vote::Terms,
        window::{FoundWindow, Window, WindowState},
    },
};

/// Owns what a [`View`] borrows.
#[derive(Debug)]
pub(super) struct World {
    pub(super) request: Request,
    pub(super) windows: Vec<Window>,
    pub(super) today: Option<Vec<Terms>>,
    pub(super) vms: Vec<Vm>,
    pub(super) stale_since: Option<Instant>,
    pub(super) others: Vec<Window>,
    pub(super) found: Vec<FoundWindow>,
    pub(super) freeze: Option<Freeze>,
    pub(super) review: Option<Review>,
}

impl World {
    /// `request` in an inventory that knows its machines, with windows if it is approved.
    pub(super) fn of(request: Request) -> Self {
        let windows = if request.votes().is_empty() && !request.is_approved_by_rule() {
            Vec::new()
        } else {
            sample::windows(&request)
        };
        Self {
            windows,
            today: Some(request.terms.clone()),
            vms: request
                .targets
                .iter()
                .map(|target| Vm {
                    id: target.vm.clone(),
                    ..sample::vm("any")
                })
                .collect(),
            stale_since: None,
            others: Vec::new(),
            found: Vec::new(),
            freeze: None,
            review: None,
            request,
        }
    }

    /// All windows in the same state.
    pub(super) fn with(mut self, state: WindowState) -> Self {
        for window in &mut self.windows {
            window.state = state.clone();
        }
        self
    }

    pub(super) fn view<T>(&self, read: impl FnOnce(&View<'_>) -> T) -> T {
        let vms: Vec<&Vm> = self.vms.iter().collect();
        read(&View {
            request: &self.request,
            windows: &self.windows,
            today: self.today.as_deref(),
            vms: &vms,
            stale_since: self.stale_since,
            others: &self.others,
            found: &self.found,
            freeze: self.freeze.as_ref(),
            review: self.review.as_ref(),
        })
    }
}
