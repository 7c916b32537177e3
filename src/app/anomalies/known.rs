//! Events that somebody knew of: what they explain is no anomaly.

use super::super::registers::EventDay;
use super::super::{App, AppError};
use chrono::NaiveDate;
use headroom_models::capacity::Event;
use headroom_models::ledger::Month;

/// Whom a series concerns.
pub(super) enum Concern {
    /// One product.
    Product(String),
    /// A resource of a product; empty when the bill names none.
    Resource(String),
    /// Several products: a service of all of them.
    Several,
}

/// Imported events by day, configured ones by month.
pub(super) struct KnownEvents {
    days: Vec<EventDay>,
    months: Vec<Event>,
}

impl KnownEvents {
    pub fn len(&self) -> usize {
        self.days.len() + self.months.len()
    }

    /// True when an event explains what happens to somebody on a day.
    ///
    /// An event of one product on days of its own also covers what several products share. A configured event covers whole
    /// months, and so only what is of its products, or everything when it names none.
    pub fn covers(&self, concern: &Concern, day: NaiveDate) -> bool {
        let of_day = |event: &EventDay| {
            let concerned = match concern {
                Concern::Product(product) => *product == event.product,
                Concern::Resource(product) => product.is_empty() || *product == event.product,
                Concern::Several => true,
            };
            (event.product.is_empty() || concerned) && event.start <= day && day <= event.end
        };
        let month = Month::of(day);
        let of_month = |event: &Event| {
            let concerned = match concern {
                Concern::Product(product) | Concern::Resource(product) => event.products.contains(product),
                Concern::Several => false,
            };
            (event.products.is_empty() || concerned) && event.months.contains(&month)
        };
        self.days.iter().any(of_day) || self.months.iter().any(of_month)
    }
}

impl App {
    pub(super) fn known_events(&self) -> Result<KnownEvents, AppError> {
        Ok(KnownEvents {
            days: self.event_days()?,
            months: self.configuration()?.1.events,
        })
    }
}
