//! Windows ⇄ rows.

use sqlx::FromRow;

use super::{
    StoreError, Version, View, Work,
    cell::{Cells, json, millis},
    error::Result,
    link::{run, texts},
};
use crate::domain::{
    ids::{RequestId, WindowId},
    port::Port,
    source::Source,
    vote::Door,
    window::Window,
};

texts! {
    INSERT = "INSERT INTO windows (id, request, place, version, vm, vm_key, policy, port, source, ends_at, state,
            state_name, is_over)
        VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    SAVE = "UPDATE windows SET version = version + 1, state = $1, state_name = $2, is_over = $3
        WHERE id = $4 AND version = $5";
    LOAD = "SELECT id, request, version, vm, policy, port, source, ends_at, state FROM windows WHERE id = $1";
    OF_REQUEST = "SELECT id, request, version, vm, policy, port, source, ends_at, state FROM windows
        WHERE request = $1 ORDER BY place, id";
    AT_DOOR = "SELECT id, request, version, vm, policy, port, source, ends_at, state FROM windows
        WHERE vm_key = $1 AND port = $2 AND is_over = 0 ORDER BY id";
    NOT_OVER = "SELECT id, request, version, vm, policy, port, source, ends_at, state FROM windows
        WHERE is_over = 0 ORDER BY id";
}

#[derive(Debug, FromRow)]
struct WindowRow {
    id: String,
    request: String,
    version: i64,
    vm: String,
    policy: String,
    port: i64,
    source: String,
    ends_at: i64,
    state: String,
}

impl WindowRow {
    fn window(self) -> Result<(Window, Version)> {
        let cells = Cells {
            table: "windows",
            id: &self.id,
        };
        let window = Window {
            id: cells.at("id").parse(&self.id)?,
            request: cells.at("request").parse(&self.request)?,
            vm: cells.at("vm").parse(&self.vm)?,
            policy: cells.at("policy").parse(&self.policy)?,
            port: u16::try_from(self.port)
                .ok()
                .and_then(Port::new)
                .ok_or_else(|| cells.at("port").bad("it is no port"))?,
            source: self
                .source
                .parse::<Source>()
                .map_err(|refusal| cells.at("source").bad(format!("{refusal:?}")))?,
            ends_at: cells.at("ends_at").instant(self.ends_at)?,
            state: cells.at("state").json(&self.state)?,
        };
        Ok((window, Version(self.version)))
    }
}

impl Work {
    /// Keeps the windows of an approval, in their order.
    pub async fn insert_windows(&mut self, windows: &[Window]) -> Result<()> {
        for (place, window) in (0_i64..).zip(windows) {
            run!(
                self,
                execute,
                INSERT,
                window.id.to_string(),
                window.request.to_string(),
                place,
                window.vm.to_string(),
                window.vm.key(),
                window.policy.to_string(),
                i64::from(window.port.number()),
                window.source.to_string(),
                millis(window.ends_at),
                json(&window.state)?,
                window.state.name(),
                i64::from(window.state.is_over()),
            )?;
        }
        Ok(())
    }

    /// Keeps the window's new state, if nobody changed it since it was read. Nothing else of it ever changes.
    ///
    /// # Errors
    /// [`StoreError::LostRace`] if somebody did.
    pub async fn save_window(&mut self, window: &Window, read: Version) -> Result<()> {
        let touched = run!(
            self,
            execute,
            SAVE,
            json(&window.state)?,
            window.state.name(),
            i64::from(window.state.is_over()),
            window.id.to_string(),
            read.0,
        )?;
        if touched == 1 {
            return Ok(());
        }
        Err(StoreError::LostRace {
            what: format!("window {}", window.id),
        })
    }
}

impl View {
    /// The window with this id.
    pub async fn load_window(&mut self, id: WindowId) -> Result<Option<(Window, Version)>> {
        run!(self, fetch_optional::<WindowRow>, LOAD, id.to_string())?
            .map(WindowRow::window)
            .transpose()
    }

    /// All windows of a request, in the order in which they were asked for.
    pub async fn windows_of(&mut self, request: RequestId) -> Result<Vec<(Window, Version)>> {
        let rows = run!(self, fetch_all::<WindowRow>, OF_REQUEST, request.to_string())?;
        rows.into_iter().map(WindowRow::window).collect()
    }

    /// The windows on any of these doors that are not over.
    pub async fn windows_at(&mut self, doors: &[Door]) -> Result<Vec<(Window, Version)>> {
        let mut found = Vec::new();
        for door in doors {
            let port = i64::from(door.port.number());
            let rows = run!(self, fetch_all::<WindowRow>, AT_DOOR, door.vm.key(), port)?;
            for row in rows {
                found.push(row.window()?);
            }
        }
        Ok(found)
    }

    /// All windows that are not over, oldest first.
    pub async fn windows_not_over(&mut self) -> Result<Vec<(Window, Version)>> {
        let rows = run!(self, fetch_all::<WindowRow>, NOT_OVER)?;
        rows.into_iter().map(WindowRow::window).collect()
    }
}
