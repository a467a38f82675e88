//! What a fault makes of a reply.

use std::time::Duration;

use http::HeaderValue;
use zoho_connector::{FailureKind, ResponseRules};

use super::{Due, Fault, FaultKind};
use crate::message::{Reply, Wire};
use crate::refusal::Refusal;

/// The largest body that a fault makes.
const LARGEST_BODY: usize = 64 << 20;

impl Fault {
    /// The status of its reply.
    pub(crate) fn reply_status(&self) -> u16 {
        self.status.unwrap_or(match self.fault {
            FaultKind::RetryAfter => 429,
            FaultKind::Gateway => 502,
            FaultKind::Body => 200,
            _ => 500,
        })
    }

    /// The reply that no service has a say in: a given body, a gateway's page.
    pub(crate) fn ready_answer(&self) -> Option<Reply> {
        match self.fault {
            FaultKind::Body => self.body.as_ref().map(|body| self.given_body(body)),
            FaultKind::Gateway => Some(self.gateway_page()),
            _ => None,
        }
    }

    fn given_body(&self, body: &str) -> Reply {
        let mut body = body.as_bytes().to_vec();
        let length = self.bytes.unwrap_or(0).min(LARGEST_BODY);
        body.resize(length.max(body.len()), b' ');
        let media = self.media.as_deref().unwrap_or("application/json;charset=utf-8");
        Reply::of(self.reply_status(), media, body)
    }

    fn gateway_page(&self) -> Reply {
        let mut reply = Reply::of(self.reply_status(), "text/html", "");
        let title = format!("{} {}", reply.status.as_u16(), reply.status.canonical_reason().unwrap_or_default());
        let page = format!(
            "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
             <hr><center>ZGS</center>\r\n</body>\r\n</html>\r\n"
        );
        reply.body = page.into();
        reply
    }

    /// The kind of failure that it looks like.
    fn failure_kind(&self) -> FailureKind {
        self.kind.or_else(|| FailureKind::guess(self.reply_status())).unwrap_or(FailureKind::Unavailable)
    }

    /// Changes the address that a browser is sent on to.
    fn change_callback(&self, reply: &mut Reply) {
        let location = reply.headers.get("location").and_then(|value| value.to_str().ok());
        let url = location.filter(|_| self.fault == FaultKind::Callback).and_then(|text| url::Url::parse(text).ok());
        let Some(mut url) = url else { return };
        let kept: Vec<(String, String)> =
            url.query_pairs().into_owned().filter(|(name, _)| !self.set.contains_key(name)).collect();
        let added = self.set.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        url.query_pairs_mut().clear().extend_pairs(kept).extend_pairs(added);
        reply.set("location", url.as_str());
    }
}

impl Due {
    /// The service's own refusal that the fault wants, by the rules of the API that was called.
    pub(crate) fn refusal(&self, rules: &ResponseRules) -> Refusal {
        let limit = (self.fault.fault == FaultKind::Limit).then(|| self.limit(rules));
        let kind = limit.unwrap_or_else(|| self.fault.failure_kind());
        let mut refusal = Refusal::new(kind, "The sandbox was asked to fail here.");
        // A kind of failure has its status by the connector.
        let has_own = limit.is_some() || self.fault.kind.is_some();
        refusal.status = self.fault.status.or((!has_own).then(|| self.fault.reply_status()));
        refusal.code.clone_from(&self.fault.code);
        refusal
    }

    /// One of the limits that the rules tell apart.
    fn limit(&self, rules: &ResponseRules) -> FailureKind {
        let limits = [FailureKind::Busy, FailureKind::QuotaSpent, FailureKind::LockedOut];
        let known: Vec<FailureKind> =
            limits.into_iter().filter(|limit| rules.classify.iter().any(|(kind, _)| kind == limit)).collect();
        let position = usize::try_from(self.roll).unwrap_or_default() % known.len().max(1);
        known.get(position).copied().unwrap_or(FailureKind::Busy)
    }

    /// Spoils a reply.
    pub(crate) fn spoil(&self, reply: &mut Reply) {
        let fault = &self.fault;
        let usual = Duration::from_millis(fault.delay_ms.unwrap_or(1000));
        reply.wire = match fault.fault {
            FaultKind::ResetBefore | FaultKind::ResetRead | FaultKind::Reset => Wire::Reset,
            FaultKind::Cut => Wire::Cut,
            FaultKind::Longer => Wire::Longer,
            FaultKind::Shorter => Wire::Shorter,
            FaultKind::Trickle => Wire::Trickle(usual),
            FaultKind::Coded => Wire::Coded,
            _ => Wire::Whole,
        };
        let waits = match fault.fault {
            FaultKind::Trickle => None,
            FaultKind::Slow => Some(usual),
            _ => fault.delay_ms.map(Duration::from_millis),
        };
        reply.delay = reply.delay.max(waits.unwrap_or_default());
        if let Some(seconds) = fault.retry_after.or((fault.fault == FaultKind::RetryAfter).then_some(1)) {
            reply.set("retry-after", &seconds.to_string());
        }
        if fault.fault == FaultKind::ContentType {
            let is_json = |media: &HeaderValue| media.to_str().is_ok_and(|media| media.contains("json"));
            let json = reply.headers.get("content-type").is_some_and(is_json);
            reply.set("content-type", if json { "text/html;charset=UTF-8" } else { "application/json" });
        }
        fault.change_callback(reply);
    }
}
