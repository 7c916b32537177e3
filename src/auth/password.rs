//! Passwords: argon2id with its current defaults; only the hash is kept.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

/// The shortest password that is taken, in characters.
pub const MIN_PASSWORD: usize = 10;
/// The longest, in bytes: hashing takes time by length.
const MAX_PASSWORD: usize = 1024;

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordProblem {
    /// Fewer than [`MIN_PASSWORD`] characters, or more than a kilobyte.
    Length,
    /// One character over and over, or the user's own name.
    Obvious,
    /// The hash could not be made.
    Unavailable,
}

/// The hash of a new password, as PHC text.
///
/// # Errors
/// When the password is too short or obvious.
pub fn hash_password(user: &str, password: &str) -> Result<String, PasswordProblem> {
    let length = password.chars().count();
    if length < MIN_PASSWORD || password.len() > MAX_PASSWORD {
        return Err(PasswordProblem::Length);
    }
    let mut characters = password.chars();
    let first = characters.next();
    if characters.all(|other| Some(other) == first) || password.eq_ignore_ascii_case(user) {
        return Err(PasswordProblem::Obvious);
    }
    let salt: [u8; 16] = rand::random();
    Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|_| PasswordProblem::Unavailable)
}

/// True when the password is the one that was hashed.
pub fn verify_password(password: &str, hash: &str) -> bool {
    password.len() <= MAX_PASSWORD
        && PasswordHash::new(hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Takes as long as verifying, so that a name without an account answers no quicker than one with.
pub fn spend_password_time(password: &str) {
    let bytes = password.as_bytes();
    let _ = Argon2::default().hash_password_with_salt(&bytes[..bytes.len().min(MAX_PASSWORD)], &[7; 16]);
}

#[cfg(test)]
mod tests {
    use super::{PasswordProblem, hash_password, verify_password};

    #[test]
    fn only_the_same_password_fits_and_obvious_ones_are_not_taken() {
        let hash = hash_password("mei", "correct horse 9").unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify_password("correct horse 9", &hash));
        assert!(!verify_password("correct horse 8", &hash));
        assert!(!verify_password("correct horse 9", "not a hash"));
        assert_eq!(hash_password("mei", "short"), Err(PasswordProblem::Length));
        assert_eq!(hash_password("mei", "aaaaaaaaaaaa"), Err(PasswordProblem::Obvious));
        assert_eq!(
            hash_password("mei.lin.chen", "MEI.LIN.CHEN"),
            Err(PasswordProblem::Obvious)
        );
    }
}
