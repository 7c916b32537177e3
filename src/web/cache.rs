//! Values worked out from the books, kept until the books change.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Entries kept; more are cleared away all at once, which costs no more than working them out again.
const MOST: usize = 256;

type Slot<V> = Arc<Mutex<Option<(i64, Arc<V>)>>>;

/// Values by key, each with the number of the books that it holds for.
pub(super) struct Cache<K, V> {
    slots: Mutex<BTreeMap<K, Slot<V>>>,
}

impl<K, V> Default for Cache<K, V> {
    fn default() -> Self {
        Cache {
            slots: Mutex::new(BTreeMap::new()),
        }
    }
}

impl<K: Ord, V> Cache<K, V> {
    /// The value of a key as the books stand at `number`; worked out by one asker while the others of the same key wait.
    pub fn get<E>(&self, key: K, number: i64, work: impl FnOnce() -> Result<V, E>) -> Result<Arc<V>, E> {
        let slot = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            if slots.len() >= MOST {
                slots.clear();
            }
            slots.entry(key).or_default().clone()
        };
        let mut kept = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, value)) = kept.as_ref()
            && *at == number
        {
            return Ok(value.clone());
        }
        let value = Arc::new(work()?);
        *kept = Some((number, value.clone()));
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::Cache;

    #[test]
    fn a_value_is_worked_out_once_until_the_books_change_and_errors_are_not_kept() {
        let cache: Cache<&str, u32> = Cache::default();
        assert_eq!(cache.get("a", 1, || Err("no")), Err("no"));
        assert_eq!(*cache.get("a", 1, || Ok::<_, &str>(7)).unwrap(), 7);
        assert_eq!(*cache.get("a", 1, || Err("asked again")).unwrap(), 7);
        assert_eq!(*cache.get("a", 2, || Ok::<_, &str>(8)).unwrap(), 8);
        assert_eq!(*cache.get("b", 2, || Ok::<_, &str>(9)).unwrap(), 9);
    }
}
