//! Readers that are not ours: what makes one panic is a damaged file, and no reason to end the program or to say a word about it.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// What `read` gives, nothing when it panics.
pub(super) fn unless_panic<T>(read: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let loud = take_hook();
        set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                loud(panic);
            }
        }));
    });
    let before = QUIET.replace(true);
    let result = catch_unwind(AssertUnwindSafe(read)).ok();
    QUIET.set(before);
    result
}

#[cfg(test)]
mod tests {
    use super::unless_panic;

    #[test]
    fn a_panic_is_no_result() {
        assert_eq!(unless_panic(|| 1), Some(1));
        assert_eq!(unless_panic(|| Vec::<u8>::new()[3]), None);
    }
}
