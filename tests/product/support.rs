//! Running the binary, and comparing data directories before and after.

use headroom_models::ledger::Money;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use tempfile::TempDir;

/// What a command left behind.
#[derive(Debug)]
pub struct Done {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Done {
    /// The command did what was asked.
    #[track_caller]
    pub fn ok(self) -> Done {
        assert_eq!(self.status, 0, "{}\n{}", self.out, self.err);
        self
    }

    /// The command refused, and said all of `words`.
    #[track_caller]
    pub fn refused(self, words: &[&str]) -> Done {
        assert_eq!(self.status, 1, "{}\n{}", self.out, self.err);
        for word in words {
            assert!(self.err.contains(word), "'{word}' is missing in: {}", self.err);
        }
        self
    }

    /// The one JSON document of standard output.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}\n{}", self.out, self.err))
    }
}

/// The command, not started yet, with nothing of the caller's environment that it reads.
pub fn command(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_headroom"));
    command
        .env_remove("HEADROOM_LANG")
        .env_remove("HEADROOM_LOG")
        .env_remove("HEADROOM_USER")
        .env_remove("HEADROOM_TOKEN")
        .env_remove("HEADROOM_DATA");
    command
        .env("USER", "tester")
        .arg("--data")
        .arg(data)
        .args(arguments)
        .stdin(Stdio::null());
    command
}

pub fn headroom(data: &Path, arguments: &[&str]) -> Done {
    let output = command(data, arguments).output().unwrap();
    Done {
        status: output.status.code().expect("ended by a signal"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The JSON of a command that succeeds.
#[track_caller]
pub fn json(data: &Path, arguments: &[&str]) -> Value {
    let mut all = arguments.to_vec();
    all.push("--json");
    headroom(data, &all).ok().json()
}

pub fn money(value: &Value) -> Money {
    value
        .as_str()
        .unwrap_or_else(|| panic!("not a text: {value}"))
        .parse()
        .unwrap()
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}"))
}

pub fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("not a list: {value}"))
}

/// A file below `fixtures/`.
pub fn fixture(path: &str) -> String {
    format!("{}/fixtures/{path}", env!("CARGO_MANIFEST_DIR"))
}

/// A new data directory, removed when the value is dropped: a copy of one that `init` made.
pub fn empty() -> TempDir {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let root = fresh("empty");
        headroom(&root, &["init"]).ok();
        root
    });
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    copy(made, folder.path());
    folder
}

/// A folder that is not there yet; the same one each time, so that test runs do not pile up.
fn fresh(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if root.exists() {
        std::fs::remove_dir_all(&root).unwrap();
    }
    root
}

/// Writes a file beside data directories, not in one.
pub fn write(folder: &Path, name: &str, content: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path.display().to_string()
}

/// The demo, run once; `untouched` is a copy that no command opens.
pub struct Demo {
    pub data: PathBuf,
    pub said: Done,
    untouched: PathBuf,
}

/// Only for commands that read.
pub fn demo() -> &'static Demo {
    static DEMO: OnceLock<Demo> = OnceLock::new();
    DEMO.get_or_init(|| {
        let root = fresh("demo");
        let (data, untouched) = (root.join("data"), root.join("untouched"));
        std::fs::create_dir_all(&root).unwrap();
        let said = headroom(&data, &["demo"]).ok();
        copy(&data, &untouched);
        Demo { data, said, untouched }
    })
}

/// A copy of the demo's data directory, for commands that write.
pub fn demo_copy() -> TempDir {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    copy(&demo().untouched, folder.path());
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The planted truths.
pub fn answers() -> toml::Table {
    std::fs::read_to_string(fixture("demo/answers.toml"))
        .unwrap()
        .parse()
        .unwrap()
}

/// All that a data directory holds: its folders, the hash of each file, and every row of the database.
#[derive(Debug, PartialEq)]
pub struct State {
    pub files: BTreeMap<String, String>,
    pub tables: BTreeMap<String, Vec<String>>,
}

pub fn state(data: &Path) -> State {
    let mut files = BTreeMap::new();
    collect(data, data, &mut files);
    // What SQLite does with its own files and when the lock file appears says nothing about the content.
    files.retain(|path, _| !path.starts_with("headroom.db") && path != "lock");
    State {
        files,
        tables: tables(data),
    }
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root).unwrap().display().to_string();
        if path.is_dir() {
            files.insert(name, "folder".to_owned());
            collect(root, &path, files);
        } else {
            let hash = Sha256::digest(std::fs::read(&path).unwrap());
            files.insert(name, hash.iter().map(|byte| format!("{byte:02x}")).collect());
        }
    }
}

fn tables(data: &Path) -> BTreeMap<String, Vec<String>> {
    let names = query(
        data,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
    );
    names
        .into_iter()
        .map(|name| {
            let columns = query(
                data,
                &format!("SELECT 'quote(\"' || name || '\")' FROM pragma_table_info('{name}')"),
            );
            let rows = query(
                data,
                &format!("SELECT {} FROM \"{name}\" ORDER BY 1", columns.join(" || '|' || ")),
            );
            (name, rows)
        })
        .collect()
}

/// The first column of a query on the state database, as text; also for statements that change it.
pub fn query(data: &Path, sql: &str) -> Vec<String> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(data.join("headroom.db"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        use sqlx::ConnectOptions;
        let mut connection = options.connect().await.unwrap();
        let rows: Vec<(String,)> = sqlx::query_as(sqlx::AssertSqlSafe(sql.to_owned()))
            .fetch_all(&mut connection)
            .await
            .unwrap();
        sqlx::Connection::close(connection).await.unwrap();
        rows.into_iter().map(|(value,)| value).collect()
    })
}
