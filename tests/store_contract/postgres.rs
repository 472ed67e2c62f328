//! A PostgreSQL server of our own for this test process, or the one that `TEST_POSTGRES_URL` names.

use std::{
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use sqlx::{Connection as _, PgConnection};

/// Runs the server as a child, and ends it when the test process ends, however that ends: then the pipe to its
/// standard input closes.
const KEEPER: &str = r#"
"$@" >"$FOLDER/log" 2>&1 &
server=$!
cat >/dev/null
kill -INT $server
wait $server
rm -rf "$FOLDER"
"#;

static SERVER: OnceLock<Option<Server>> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

#[derive(Debug)]
struct Server {
    /// Without a database's name.
    url: String,
    _keeper: Option<Child>,
}

/// The URL of a new, empty database; `None` where there is no server.
pub(crate) async fn fresh_database() -> Option<String> {
    let server = tokio::task::spawn_blocking(|| SERVER.get_or_init(start).as_ref())
        .await
        .unwrap()?;
    let name = format!(
        "case_{}_{}",
        std::process::id(),
        DATABASES.fetch_add(1, Ordering::Relaxed)
    );
    let mut connection = connect(&format!("{}/postgres", server.url)).await;
    let create = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'");
    sqlx::raw_sql(sqlx::AssertSqlSafe(create))
        .execute(&mut connection)
        .await
        .unwrap();
    Some(format!("{}/{name}", server.url))
}

async fn connect(url: &str) -> PgConnection {
    // The server answers within a second of its start, on a busy machine a little later.
    let mut beat = tokio::time::interval(Duration::from_millis(50));
    for _ in 0..600 {
        beat.tick().await;
        match PgConnection::connect(url).await {
            Ok(connection) => return connection,
            Err(error) if error.to_string().contains("already exists") => panic!("{error}"),
            Err(_) => {}
        }
    }
    panic!("PostgreSQL did not answer at {url}");
}

fn start() -> Option<Server> {
    if let Ok(url) = std::env::var("TEST_POSTGRES_URL") {
        let url = url.trim_end_matches('/').to_owned();
        return Some(Server { url, _keeper: None });
    }
    let Some(programs) = programs() else {
        let required = std::env::var("PORTCULLIS_REQUIRE").unwrap_or_default();
        assert!(
            !required.split(',').any(|word| word.trim() == "postgres"),
            "PostgreSQL was not found, and PORTCULLIS_REQUIRE asks for it."
        );
        // Not `eprintln!`, which the test harness would keep to itself.
        let notice = b"PostgreSQL was not found; its part of the suite was skipped.\n";
        std::io::stderr().write_all(notice).unwrap();
        return None;
    };
    let folder = tempfile::tempdir().unwrap().keep();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777)).unwrap();
    let data = folder.join("data");
    let made = as_somebody(&programs.join("initdb"))
        .args([
            "--auth=trust",
            "--username=portcullis",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
            "-D",
        ])
        .arg(&data)
        .current_dir(&folder)
        .output()
        .unwrap();
    assert!(
        made.status.success(),
        "initdb failed: {}",
        String::from_utf8_lossy(&made.stderr)
    );
    let server = as_somebody(&programs.join("postgres"));
    let keeper = Command::new("sh")
        .args(["-c", KEEPER, "sh"])
        .arg(server.get_program())
        .args(server.get_args())
        .arg("-D")
        .arg(&data)
        .arg("-k")
        .arg(&folder)
        .args([
            "-c",
            "listen_addresses=",
            "-c",
            "max_connections=300",
            "-c",
            "fsync=off",
        ])
        .env("FOLDER", &folder)
        .current_dir(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let socket = folder.to_str().unwrap().replace('/', "%2F");
    Some(Server {
        url: format!("postgres://portcullis@{socket}"),
        _keeper: Some(keeper),
    })
}

/// The folder of `initdb` and `postgres`: on the path, or where Debian puts them.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        folders.extend(versions.flatten().map(|version| version.path().join("bin")));
    }
    folders
        .into_iter()
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}

/// PostgreSQL refuses to run as root; then it runs as its own user, or as nobody.
fn as_somebody(program: &Path) -> Command {
    let id = Command::new("id").arg("-u").output().unwrap();
    if id.stdout != b"0\n" {
        return Command::new(program);
    }
    let known = |user: &str| {
        let id = Command::new("id").arg(user).output().unwrap();
        id.status.success()
    };
    let user = if known("postgres") { "postgres" } else { "nobody" };
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid", user, "--regid"])
        .arg(group_of(user))
        .arg("--clear-groups")
        .arg(program);
    command
}

fn group_of(user: &str) -> String {
    let id = Command::new("id").args(["-g", user]).output().unwrap();
    String::from_utf8(id.stdout).unwrap().trim().to_owned()
}
