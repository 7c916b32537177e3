//! Notices of findings leave the house: through the channels that ask for them, gathered into one message, never twice.

use super::super::alerts::MOST_ATTEMPTS;
use super::super::deliver::{Answer, Message, Sender};
use super::super::{App, AppError};
use crate::auth::Permission;
use crate::store::{CaseNotice, IdleCase, NoticeDelivery};
use crate::words::{say, say_with};
use headroom_models::configuration::{Channel, ChannelKind};
use headroom_models::language::Language;
use serde::Serialize;
use std::collections::BTreeMap;

/// A notice with what was sent of it.
#[derive(Clone, Debug, Serialize)]
pub struct NoticeShown {
    /// The notice.
    #[serde(flatten)]
    pub notice: CaseNotice,
    /// Its way through each channel.
    pub deliveries: Vec<NoticeDelivery>,
}

/// What leaves in one message: channel, address of the owner where the channel is mail and the owner has one, tries so far.
type Group = (String, Option<String>, i64);

impl App {
    /// Records of who was told what, and what was sent of it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn idle_notices(&self) -> Result<Vec<NoticeShown>, AppError> {
        let seen = self.idle_cases(None)?;
        let deliveries = self.store.idle_deliveries()?;
        let mut notices = self.store.idle_notices()?;
        notices.retain(|notice| seen.iter().any(|case| case.id == notice.finding));
        Ok(notices
            .into_iter()
            .map(|notice| NoticeShown {
                deliveries: deliveries
                    .iter()
                    .filter(|of| (&of.finding, of.position) == (&notice.finding, notice.position))
                    .cloned()
                    .collect(),
                notice,
            })
            .collect())
    }

    /// The channels that want notices of findings.
    pub(super) fn notice_channels(&self) -> Result<Vec<String>, AppError> {
        let channels = self.configuration()?.1.channels.into_iter();
        Ok(channels
            .filter(|channel| channel.idle)
            .map(|channel| channel.id)
            .collect())
    }

    /// Sends the notices that are pending and due, those of a channel in one message. One that failed before the other side had
    /// it is tried again later, and given up after six tries; one that may have arrived is never sent again.
    ///
    /// # Errors
    /// When the database cannot be written. A channel that does not answer is no error: its deliveries say so.
    pub fn deliver_notices(&self, sender: &dyn Sender) -> Result<Vec<NoticeDelivery>, AppError> {
        self.require_company(Permission::Close)?;
        let channels = self.configuration()?.1.channels;
        let now = crate::clock::now();
        let cases: BTreeMap<String, IdleCase> = self
            .store
            .idle_cases()?
            .into_iter()
            .map(|case| (case.id.clone(), case))
            .collect();
        let notices: BTreeMap<(String, i64), CaseNotice> = self
            .store
            .idle_notices()?
            .into_iter()
            .map(|notice| ((notice.finding.clone(), notice.position), notice))
            .collect();
        let mut groups: BTreeMap<Group, Vec<NoticeDelivery>> = BTreeMap::new();
        for delivery in self.store.idle_deliveries()? {
            if delivery.state != "pending" || delivery.next_at > now {
                continue;
            }
            let channel = channels.iter().find(|channel| channel.id == delivery.channel);
            let mails = channel.is_some_and(|channel| matches!(channel.kind, ChannelKind::Mail { .. }));
            let notice = notices.get(&(delivery.finding.clone(), delivery.position));
            let address = notice.map(|notice| notice.recipient.clone());
            let address = address.filter(|owner| mails && owner.contains('@'));
            let group = (delivery.channel.clone(), address, delivery.attempts);
            groups.entry(group).or_default().push(delivery);
        }
        for ((id, address, _), waiting) in groups {
            let Some(mut channel) = channels.iter().find(|channel| channel.id == id).cloned() else {
                self.store
                    .move_idle_deliveries(&waiting, "failed", &now, "no such channel any more")?;
                continue;
            };
            // Whoever moves it first sends it: two programs at once do not send twice.
            let sending = self.store.move_idle_deliveries(&waiting, "sending", &now, "")?;
            let Some(attempts) = sending.first().map(|delivery| delivery.attempts) else {
                continue;
            };
            if let (Some(address), ChannelKind::Mail { to, .. }) = (address, &mut channel.kind) {
                *to = vec![address];
            }
            let told: Vec<(&CaseNotice, &IdleCase)> = sending
                .iter()
                .filter_map(|delivery| {
                    let notice = notices.get(&(delivery.finding.clone(), delivery.position))?;
                    Some((notice, cases.get(&delivery.finding)?))
                })
                .collect();
            let (state, next, said) = match sender.send(&channel, &self.notice_message(&told, &channel)) {
                Answer::Taken(said) => ("sent", now.clone(), said),
                Answer::Refused(said) if attempts >= MOST_ATTEMPTS => ("failed", now.clone(), said),
                Answer::Refused(said) => ("pending", crate::clock::later(60 << (attempts - 1)), said),
                // It may have arrived: the state stays "sending", with what is known.
                Answer::Unknown(said) => ("sending", now.clone(), said),
            };
            self.store.move_idle_deliveries(&sending, state, &next, &said)?;
        }
        Ok(self.store.idle_deliveries()?)
    }

    fn notice_message(&self, told: &[(&CaseNotice, &IdleCase)], channel: &Channel) -> Message {
        let (language, currency) = (channel.language, self.settings().currency.as_str());
        let lines: Vec<String> = told
            .iter()
            .map(|(notice, case)| sentence(notice, case, currency, language))
            .collect();
        let count = told.len().to_string();
        let first = told
            .first()
            .map(|(notice, _)| (notice.finding.as_str(), notice.position));
        let (finding, position) = first.unwrap_or_default();
        let documents = told.iter().zip(&lines).map(|((notice, case), line)| {
            serde_json::json!({
                "finding": notice.finding, "occasion": notice.occasion, "owner": notice.recipient, "at": notice.at,
                "resource": case.resource, "kind": case.kind, "product": case.product, "verdict": case.verdict,
                "state": case.state.as_str(), "monthly_cost": case.monthly_cost, "currency": currency,
                "due_on": case.due_on, "grace_until": case.grace_until, "text": line,
            })
        });
        let text = lines.join("\n");
        Message {
            // The same for every try: whoever gets it twice after all can see that it is one.
            id: format!("headroom-idle-{}-{finding}-{position}-{count}", channel.id),
            title: say_with(language, "notice-title", &[("count", &count)]),
            document: serde_json::json!({ "notices": documents.collect::<Vec<_>>(), "text": text }),
            text,
        }
    }
}

/// What is said of a notice, in a language.
fn sentence(notice: &CaseNotice, case: &IdleCase, currency: &str, language: Language) -> String {
    let until = case.grace_until.or(case.due_on).map(|day| day.to_string());
    let values = [
        ("finding", notice.finding.clone()),
        ("occasion", say(language, &format!("occasion-{}", notice.occasion))),
        ("resource", case.resource.clone()),
        ("product", case.product.clone()),
        ("owner", notice.recipient.clone()),
        ("verdict", say(language, &format!("verdict-{}", case.verdict))),
        ("amount", format!("{} {currency}", case.monthly_cost.grouped(2))),
        ("day", until.unwrap_or_else(|| "–".to_owned())),
    ];
    let values: Vec<(&'static str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
    say_with(language, "notice-line", &values)
}
