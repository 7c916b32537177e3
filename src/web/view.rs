//! How things are shown to one visitor: language, theme, unit, hidden amounts; and the frame of every page.

use super::ways::Said;
use crate::words::{say, say_with};
use headroom_models::language::{Language, Name};
use headroom_models::ledger::{Money, Month};
use headroom_models::organization::UNALLOCATED;
use headroom_reports::{Figures, Unit, Words};

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// A visitor's choices, with the words and figures that follow from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct View {
    /// Language of words, numbers and dates.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
    /// Amounts in whole currency instead of 万元 or millions.
    pub whole: bool,
    /// The presenter's view: amounts are not shown.
    pub hide: bool,
}

impl Default for View {
    fn default() -> View {
        View {
            language: Language::English,
            theme: Theme::System,
            whole: false,
            hide: false,
        }
    }
}

impl View {
    /// A message with links in the place of the commands that it names.
    pub fn said(&self, message: &str) -> Said {
        Said::new(self, message)
    }

    /// A word or sentence.
    pub fn t(&self, key: &str) -> String {
        say(self.language, key)
    }

    /// A sentence with a value.
    pub fn t1(&self, key: &str, name: &'static str, value: &str) -> String {
        say_with(self.language, key, &[(name, value)])
    }

    /// A sentence with values.
    pub fn tn(&self, key: &str, values: &[(&'static str, &str)]) -> String {
        say_with(self.language, key, values)
    }

    /// Figures in a currency, in the unit that suits the largest of them.
    pub fn figures(&self, currency: &str, largest: Money) -> Figures {
        let figures = Figures::new(Words::of(self.language), currency, largest);
        let figures = if self.whole {
            figures.in_unit(Unit::One)
        } else {
            figures
        };
        if self.hide { figures.hidden() } else { figures }
    }

    /// The words of reports: cost types, months, kinds.
    pub fn words(&self) -> Words {
        Words::of(self.language)
    }

    /// A product's name; what belongs to none has a word of its own.
    pub fn product(&self, id: &str, name: Option<&Name>) -> String {
        match name {
            _ if id == UNALLOCATED => self.words().text("unallocated"),
            Some(name) => name.in_language(self.language).to_owned(),
            None => id.to_owned(),
        }
    }

    /// `Sep 2026`, 2026年9月.
    pub fn month(&self, month: Month) -> String {
        self.words().month_long(month)
    }

    /// A time of the audit trail as people read it: `2026-11-24 22:40`.
    pub fn time(&self, iso: &str) -> String {
        let text = iso.replace('T', " ");
        text.get(..16).unwrap_or(&text).to_owned()
    }

    /// The value of `<html data-theme>`.
    pub fn theme_name(&self) -> &'static str {
        match self.theme {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The tag of the language.
    pub fn tag(&self) -> &'static str {
        self.language.tag()
    }

    /// True for Chinese.
    pub fn chinese(&self) -> bool {
        self.language == Language::SimplifiedChinese
    }
}

/// A page of the menu.
pub(crate) struct NavItem {
    /// Where it leads.
    pub href: &'static str,
    /// Its key of words, without `web-nav-`.
    pub key: &'static str,
    /// The letter after `g`.
    pub jump: &'static str,
}

/// The menu, in its order. A page that is not listed is reached from one that is.
pub(crate) const MENU: [NavItem; 11] = [
    item("/", "overview", "o"),
    item("/bills", "bills", "b"),
    item("/costs", "costs", "c"),
    item("/rules", "rules", "u"),
    item("/budget", "budget", "p"),
    item("/capacity", "capacity", "k"),
    item("/idle", "idle", "i"),
    item("/reports", "reports", "r"),
    item("/health", "health", "h"),
    item("/settings", "settings", "s"),
    item("/help", "help", "m"),
];

const fn item(href: &'static str, key: &'static str, jump: &'static str) -> NavItem {
    NavItem { href, key, jump }
}

/// The frame of a page.
pub(crate) struct Shell {
    /// How to show things.
    pub view: View,
    /// Title of the page.
    pub title: String,
    /// The entry of the menu that is marked.
    pub active: &'static str,
    /// Who is signed in; empty on the pages before.
    pub user: String,
    /// What forms carry.
    pub csrf: String,
    /// The page's own address, to come back to after a choice.
    pub here: String,
    /// What was just done, when there is something to say.
    pub notice: Option<String>,
}

impl Shell {
    /// A word or sentence.
    pub fn t(&self, key: &str) -> String {
        self.view.t(key)
    }

    /// The entries of the menu with their words and whether each is marked.
    pub fn menu(&self) -> Vec<(&'static NavItem, String, bool)> {
        MENU.iter()
            .map(|item| (item, self.t(&format!("web-nav-{}", item.key)), item.key == self.active))
            .collect()
    }

    /// The address of an asset; changes with its bytes.
    pub fn asset(&self, name: &str) -> String {
        super::assets::address(name)
    }
}
