//! Secrets of sessions, tokens, invitations and the set-up link: 256 random bits; only their hashes are kept.

use std::fmt;

/// A fresh secret, shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new one. `kind` stands in front, so that a leaked one is recognised: `hrt` of a token.
    pub fn new(kind: &str) -> Secret {
        let bytes: [u8; 32] = rand::random();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Secret(format!("{kind}_{hex}"))
    }

    /// The text itself, to be shown or sent once.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn hash(&self) -> String {
        secret_hash(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The hash by which a secret is found again. SHA-256 is enough: the secret has 256 random bits, nobody guesses it.
pub fn secret_hash(text: &str) -> String {
    crate::store::hash_texts([text])
}
