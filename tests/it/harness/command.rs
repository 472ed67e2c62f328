//! The real program beside the bot: at the command line, and as a `serve` of its own.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use portcullis::clock::Clock as _;

use super::{
    World,
    crash::{Point, Trap},
    world::PATIENCE,
};

/// A debug build on a busy machine takes its time.
const PROGRAM_PATIENCE: Duration = Duration::from_secs(90);

impl World {
    /// Runs the real program with this world's configuration, with `typed` on its standard input, and gives its exit
    /// code and what it printed.
    pub(crate) fn runs(&self, arguments: &[&str], typed: &str) -> (i32, String) {
        let done = self.spawns(arguments, typed).wait_with_output().unwrap();
        let mut printed = String::from_utf8(done.stdout).unwrap();
        printed.push_str(&String::from_utf8(done.stderr).unwrap());
        (done.status.code().unwrap_or(-1), printed)
    }

    /// Runs the real program and kills it at a call; `false`: it came to its end without that call.
    pub(crate) fn dies_at(&self, arguments: &[&str], typed: &str, point: &Point) -> bool {
        let trap = Trap::set(self, point);
        let mut child = self.spawns(arguments, typed);
        let sprung = trap.sprung();
        let died = self.outside.block_on(async {
            tokio::time::timeout(PATIENCE, async {
                loop {
                    if sprung.is_cancelled() {
                        return true;
                    }
                    if child.try_wait().unwrap().is_some() {
                        return false;
                    }
                    tokio::task::yield_now().await;
                }
            })
            .await
            .expect("the program makes the call or comes to its end")
        });
        if died {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        trap.let_go();
        died
    }

    /// Lets time pass until the next job is due: the program has a clock of its own, far from the world's.
    pub(crate) fn until_due(&mut self) {
        self.settle();
        let store = self.life().store.clone();
        let due = self
            .life()
            .runtime()
            .block_on(async move { store.read().await.unwrap().next_due().await.unwrap() });
        if let Some(ahead) = due.and_then(|due| (due - self.clock.now()).to_std().ok()) {
            self.clock.advance(ahead);
        }
        self.settle();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let config = self.folder.path().join("story.toml");
        std::fs::write(&config, &self.rules).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        command
            .arg("--config")
            .arg(config)
            .args(arguments)
            .env_clear()
            .envs(self.environment())
            .env("USER", "root")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn spawns(&self, arguments: &[&str], typed: &str) -> Child {
        let mut child = self.command(arguments).spawn().unwrap();
        // A program that asks nothing may be gone before it is written to.
        let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
        child
    }

    /// The real program as a bot of its own in the same world, with a database of its own.
    pub(crate) fn serves(&self) -> Serving {
        let probe = TcpListener::bind("127.0.0.1:0").unwrap();
        let http = probe.local_addr().unwrap();
        drop(probe);
        let mut child = self
            .command(&["serve"])
            .env("PORTCULLIS_STORE__PATH", self.folder.path().join("serve.db"))
            .env("PORTCULLIS_HTTP__LISTEN", http.to_string())
            .spawn()
            .unwrap();
        let (send, lines) = channel();
        let log = BufReader::new(child.stderr.take().unwrap());
        thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Serving { child, lines, http }
    }
}

/// A `serve` that runs; it is killed when this is dropped.
pub(crate) struct Serving {
    child: Child,
    lines: Receiver<String>,
    http: SocketAddr,
}

impl Serving {
    /// The first line of its log from now on that has all of `parts`.
    pub(crate) fn logs(&self, parts: &[&str]) -> String {
        let deadline = Instant::now() + PROGRAM_PATIENCE;
        let mut seen = Vec::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self
                .lines
                .recv_timeout(left)
                .unwrap_or_else(|_| panic!("{parts:?} is not logged: {seen:#?}"));
            if parts.iter().all(|part| line.contains(part)) {
                return line;
            }
            seen.push(line);
        }
    }

    /// The value of a metric, as `/metrics` shows it now.
    pub(crate) fn metric(&self, name: &str) -> Option<f64> {
        let mut stream = TcpStream::connect(self.http).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        stream
            .write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        answer
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse().ok())
    }

    /// Waits until a metric is as wanted.
    pub(crate) fn shows(&self, name: &str, wanted: impl Fn(f64) -> bool) -> f64 {
        let deadline = Instant::now() + PROGRAM_PATIENCE;
        let mut last = None;
        while Instant::now() < deadline {
            last = self.metric(name);
            if let Some(value) = last.filter(|value| wanted(*value)) {
                return value;
            }
            thread::yield_now();
        }
        panic!("{name} is {last:?}");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
