//! Whether anything was written: by this process or another one, books, roles or sessions.

use super::{DATABASE, Store, StoreError};
use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Mutex;

/// The state database as it stands: equal only while nothing was written. What was read at one revision holds until it is
/// another; not worth anything after the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Revision {
    /// Which of the watching connections it was read on: the number below means something on one connection only.
    connection: u64,
    /// SQLite's `data_version`: changes when any other connection, of any process, has committed.
    version: i64,
}

/// A connection that never writes, so that every write is another connection's.
#[derive(Default)]
pub(super) struct Watch {
    /// Readings that have begun.
    begun: AtomicU64,
    state: Mutex<Watching>,
}

#[derive(Default)]
struct Watching {
    connection: Option<SqliteConnection>,
    /// Connections opened so far.
    opened: u64,
    /// The last reading that has ended, with what it saw.
    last: Option<(u64, Revision)>,
}

impl Store {
    /// The revision, read after the call: many who ask at once share one reading.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn revision(&self) -> Result<Revision, StoreError> {
        let before = self.watch.begun.load(Ordering::SeqCst);
        let mut watching = self.watch.state.lock().await;
        if let Some((reading, revision)) = watching.last
            && reading > before
        {
            return Ok(revision);
        }
        let reading = self.watch.begun.fetch_add(1, Ordering::SeqCst) + 1;
        // Taken out while it works: one that failed, or whose caller went away in the middle, is not used again.
        let mut connection = match watching.connection.take() {
            Some(connection) => connection,
            None => {
                watching.opened += 1;
                let options = SqliteConnectOptions::new().filename(self.root.join(DATABASE));
                options.connect().await?
            }
        };
        let (version,): (i64,) = sqlx::query_as("PRAGMA data_version").fetch_one(&mut connection).await?;
        let revision = Revision {
            connection: watching.opened,
            version,
        };
        watching.connection = Some(connection);
        watching.last = Some((reading, revision));
        Ok(revision)
    }
}
