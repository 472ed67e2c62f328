//! A bot in a process of its own, and what it takes from the machine.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

/// The kernel counts CPU time in hundredths of a second (`getconf CLK_TCK`, the same on all Linux platforms).
const TICK: Duration = Duration::from_millis(10);

#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
}

/// Memory in KiB.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    /// Resident, the pages of the program file included.
    pub resident: u64,
    /// Resident and its own: heap and stacks.
    pub own: u64,
}

impl Process {
    pub(crate) fn start(command: &mut Command) -> Self {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self { child }
    }

    fn proc(&self, file: &str) -> Option<String> {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).ok()
    }

    /// `None` where there is no /proc.
    pub(crate) fn memory(&self) -> Option<Memory> {
        let status = self.proc("status")?;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim_start_matches(':')
                .split_whitespace()
                .next()?
                .parse()
                .ok()
        };
        Some(Memory {
            resident: field("VmRSS")?,
            own: field("RssAnon")?,
        })
    }

    /// CPU time of all threads so far. Zero where there is no /proc.
    pub(crate) fn cpu(&self) -> Duration {
        let ticks = || {
            let text = self.proc("stat")?;
            // The name in parentheses may hold spaces; user and system time are the 12th and 13th field after it.
            let mut fields = text.rsplit_once(") ")?.1.split(' ').skip(11);
            let user: u32 = fields.next()?.parse().ok()?;
            let system: u32 = fields.next()?.parse().ok()?;
            Some(user + system)
        };
        TICK * ticks().unwrap_or_default()
    }

    /// Waits until it has done nothing for a second.
    pub(crate) async fn rests(&self) {
        let mut before = self.cpu();
        let mut calm = 0;
        while calm < 2 {
            pause(Duration::from_millis(500)).await;
            let now = self.cpu();
            calm = if now - before <= TICK { calm + 1 } else { 0 };
            before = now;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "nothing marks the moment in which another process has come to rest"
)]
pub(crate) async fn pause(length: Duration) {
    tokio::time::sleep(length).await;
}

/// As people read it.
pub(crate) fn told(memory: Option<Memory>) -> String {
    let mebibytes = |kibibytes: u64| format!("{}.{} MiB", kibibytes / 1024, kibibytes % 1024 * 10 / 1024);
    match memory {
        Some(memory) => format!(
            "{} ({} of its own)",
            mebibytes(memory.resident),
            mebibytes(memory.own)
        ),
        None => "not known here".to_owned(),
    }
}
