//! Answers to writes by idempotency key: a request that is sent again gets the same answer and changes nothing more.
//!
//! Here are those that are being worked on and those of late; the database keeps them over a restart.

use axum::body::Bytes;
use axum::http::StatusCode;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
const MOST: usize = 2000;

struct Kept {
    since: Instant,
    answer: Option<(StatusCode, Bytes)>,
}

/// Answers by key.
#[derive(Default)]
pub struct Answers {
    kept: Mutex<HashMap<String, Kept>>,
}

/// What is known of a key.
pub(super) enum Begin {
    /// Nothing: it is worked on now.
    New,
    /// Somebody works on it.
    GoingOn,
    /// It was answered.
    Answered(StatusCode, Bytes),
}

impl Answers {
    pub(super) fn begin(&self, key: &str) -> Begin {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.get(key) {
            Some(Kept { answer: None, .. }) => Begin::GoingOn,
            Some(Kept {
                answer: Some((status, body)),
                ..
            }) => Begin::Answered(*status, body.clone()),
            None => {
                if kept.len() >= MOST {
                    kept.retain(|_, one| one.answer.is_none() || one.since.elapsed() < KEPT);
                }
                if kept.len() >= MOST {
                    let oldest = kept
                        .iter()
                        .filter(|(_, one)| one.answer.is_some())
                        .min_by_key(|(_, one)| one.since);
                    let oldest = oldest.map(|(key, _)| key.clone());
                    oldest.map(|oldest| kept.remove(&oldest));
                }
                kept.insert(
                    key.to_owned(),
                    Kept {
                        since: Instant::now(),
                        answer: None,
                    },
                );
                Begin::New
            }
        }
    }

    pub(super) fn done(&self, key: &str, status: StatusCode, body: Bytes) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if status.is_server_error() {
            // It may be tried again.
            kept.remove(key);
        } else if let Some(one) = kept.get_mut(key) {
            one.answer = Some((status, body));
        }
    }
}
