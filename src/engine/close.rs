//! Somebody closes windows before their end.

use super::{Engine, despite_races, settle::write_window, write};
use crate::{
    domain::{
        actor::Actor,
        ids::RequestId,
        port::Port,
        request::Request,
        window::{NotNow, Window},
    },
    store::{StoreError, Work},
};

/// What is being closed.
#[derive(Debug)]
pub struct Closing {
    pub request: Request,
    /// The windows that were meant, as they are now; none where the request was called off before its start.
    pub windows: Vec<Window>,
    /// How many of them this call has begun to close.
    pub begun: usize,
}

/// Why nothing was closed.
#[derive(Debug)]
pub enum NotClosed {
    UnknownRequest,
    /// Neither the requester, nor an approver of it, nor an administrator.
    NotAllowed,
    /// It has no windows before its start, so it is called off as a whole or not at all.
    NotInParts,
    /// It has windows, and none of them is meant.
    NoSuchWindow {
        request: Box<Request>,
        windows: Vec<Window>,
    },
    /// No window of it is open or opening.
    NothingOpen {
        request: Box<Request>,
        windows: Vec<Window>,
    },
}

/// Which windows of a request are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Doors {
    /// The machine as somebody wrote it: `name`, `group/name` or `subscription/group/name`; `None` is all.
    pub vm: Option<String>,
    /// `None` is all.
    pub port: Option<Port>,
}

impl Doors {
    fn mean(&self, window: &Window) -> bool {
        let port = self.port.is_none_or(|port| port == window.port);
        port && self.vm.as_deref().is_none_or(|text| {
            let id = &window.vm;
            let whole = format!("{}/{}/{}", id.subscription(), id.group(), id.name()).to_lowercase();
            let text = text.trim().to_lowercase();
            whole == text || whole.ends_with(&format!("/{text}"))
        })
    }
}

impl Engine {
    /// Closes the windows of a request that are meant, and are open or opening.
    ///
    /// What a request extends, and what extends it, is the same access through the same doors: it is closed too,
    /// or else the port would stay open, or open again a moment later.
    pub async fn close(
        &self,
        id: RequestId,
        doors: &Doors,
        actor: &Actor,
    ) -> Result<Result<Closing, NotClosed>, StoreError> {
        despite_races(|| self.try_close(id, doors, actor)).await
    }

    async fn try_close(
        &self,
        id: RequestId,
        doors: &Doors,
        actor: &Actor,
    ) -> Result<Result<Closing, NotClosed>, StoreError> {
        let now = self.now();
        let mut work = self.store.begin().await?;
        let Some((request, version)) = work.load_request(id).await? else {
            return Ok(Err(NotClosed::UnknownRequest));
        };
        if !self.may_close(&request, actor) {
            return Ok(Err(NotClosed::NotAllowed));
        }
        if request.is_scheduled() && *doors != Doors::default() {
            return Ok(Err(NotClosed::NotInParts));
        }
        if request.is_scheduled()
            && let Ok(change) = request.clone().call_off(&actor.person, now)
        {
            let request = write(&mut work, change, now).await?;
            work.save_request(&request, version).await?;
            work.commit().await?;
            return Ok(Ok(Closing {
                request,
                windows: Vec::new(),
                begun: 0,
            }));
        }
        let own = work.windows_of(id).await?;
        let meant: Vec<Window> = own
            .iter()
            .filter(|(window, _)| doors.mean(window))
            .map(|(window, _)| window.clone())
            .collect();
        if meant.is_empty() && !own.is_empty() {
            return Ok(Err(NotClosed::NoSuchWindow {
                request: Box::new(request),
                windows: own.into_iter().map(|(window, _)| window).collect(),
            }));
        }
        let mut windows = Vec::new();
        let mut begun = 0;
        for id in one_access(&mut work, &request, !own.is_empty()).await? {
            for (window, version) in work.windows_of(id).await? {
                let is_meant = |door: &Window| door.vm == window.vm && door.port == window.port;
                if !meant.iter().any(is_meant) {
                    continue;
                }
                // Read again each time: settling the last window has changed the request.
                let Some((request, request_version)) = work.load_request(id).await? else {
                    continue;
                };
                match window.ask_close(&request, &actor.person, now) {
                    Ok(change) => {
                        windows.push(
                            write_window(&mut work, (&request, request_version), change, version, now)
                                .await?,
                        );
                        begun += 1;
                    }
                    Err(NotNow(window)) => windows.push(window),
                }
            }
        }
        if begun == 0 {
            return Ok(Err(NotClosed::NothingOpen {
                request: Box::new(request),
                windows,
            }));
        }
        work.commit().await?;
        Ok(Ok(Closing {
            request,
            windows,
            begun,
        }))
    }

    /// Whether this person may close the windows of a request: whoever asked, whoever may approve it, and administrators: closing is never a risk.
    pub fn may_close(&self, request: &Request, actor: &Actor) -> bool {
        request.requester.id == actor.person.id
            || request.terms.iter().any(|terms| terms.quorum.includes(actor))
            || self.administers(actor)
    }
}

/// The request, what it extends, and what extends it; a request that has no window yet has no part in what it
/// would extend.
async fn one_access(
    work: &mut Work,
    request: &Request,
    has_windows: bool,
) -> Result<Vec<RequestId>, StoreError> {
    let mut found = vec![request.id];
    let mut base = request.extends.filter(|_| has_windows);
    while let Some(extends) = base {
        found.push(extends.request);
        base = match work.load_request(extends.request).await? {
            Some((older, _)) => older.extends,
            None => None,
        };
    }
    let mut at = 0;
    while let Some(id) = found.get(at).copied() {
        for (extension, _) in work.extensions_of(id).await? {
            if !found.contains(&extension.id) {
                found.push(extension.id);
            }
        }
        at += 1;
    }
    Ok(found)
}
