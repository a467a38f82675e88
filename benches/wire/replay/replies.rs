//! What the server says: tickets as Zoho Desk gives them, and the outcomes of a bulk write as Zoho CRM does. Of each
//! piece only the digits of its id are new.

use bytes::{BufMut, Bytes, BytesMut};

/// An access token for an hour.
pub(super) const TOKEN: &[u8] = br#"{"access_token":"1000.replayed","api_domain":"https://www.zohoapis.com","token_type":"Bearer","expires_in":3600}"#;

/// Where the number of a record stands in the text of a piece.
const NUMBER: &str = "0000000000";

/// So many different tickets there are.
const KINDS: u64 = 100;

/// The pieces of text that are repeated with other numbers.
struct Piece {
    text: Vec<u8>,
    numbers: Vec<usize>,
}

/// A list of tickets.
pub(super) struct Tickets {
    count: u64,
    kinds: Vec<Piece>,
}

impl Piece {
    fn new(text: String) -> Self {
        let numbers = text.match_indices(NUMBER).map(|(at, _)| at).collect();
        Self { text: text.into_bytes(), numbers }
    }

    fn put(&self, number: u64, page: &mut BytesMut) {
        let start = page.len();
        page.put_slice(&self.text);
        let mut digits = [b'0'; NUMBER.len()];
        let mut rest = number;
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        for at in &self.numbers {
            page[start + at..start + at + NUMBER.len()].copy_from_slice(&digits);
        }
    }
}

impl Tickets {
    pub(super) fn new(count: u64) -> Self {
        Self { count, kinds: (0..KINDS).map(|kind| Piece::new(ticket(kind))).collect() }
    }

    /// The page that a query asks for; none behind the end.
    pub(super) fn page(&self, query: &str) -> Option<Bytes> {
        let number = |name: &str, usual: u64| {
            let pair = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(found, _)| *found == name);
            pair.and_then(|(_, value)| value.parse().ok()).unwrap_or(usual)
        };
        let from = number("from", 0).min(self.count);
        let until = (from + number("limit", 10)).min(self.count);
        if from == until {
            return None;
        }
        let mut page = BytesMut::with_capacity(1300 * (until - from) as usize);
        page.put_slice(br#"{"data":["#);
        for record in from..until {
            if record > from {
                page.put_u8(b',');
            }
            self.kinds[(record % KINDS) as usize].put(record + 1, &mut page);
        }
        page.put_slice(b"]}");
        Some(page.freeze())
    }
}

/// The outcomes of a bulk write of flat records.
pub(super) fn written(body: &[u8]) -> Bytes {
    let records = body.iter().filter(|byte| **byte == b'{').count().saturating_sub(1) as u64;
    let piece = Piece::new(outcome());
    let mut reply = BytesMut::with_capacity(400 * records as usize + 16);
    reply.put_slice(br#"{"data":["#);
    for record in 0..records {
        if record > 0 {
            reply.put_u8(b',');
        }
        piece.put(record + 1, &mut reply);
    }
    reply.put_slice(b"]}");
    reply.freeze()
}

fn outcome() -> String {
    let person = r#"{"name":"Patricia Boyle","id":"3652397000000186017"}"#;
    format!(
        r#"{{"code":"SUCCESS","details":{{"Modified_Time":"2024-03-07T11:21:07+01:00","Modified_By":{person},"Created_Time":"2024-03-07T11:21:07+01:00","id":"365239700{NUMBER}","Created_By":{person}}},"message":"record added","status":"success"}}"#
    )
}

fn ticket(kind: u64) -> String {
    const SUBJECTS: [&str; 5] = [
        "Real Time analysis Requirement",
        "Drucker im 2. Stock druckt nur noch \\u00e4lteres Papier, grün statt blau",
        "Invoice \\\"INV-00231\\\" was paid twice, please send one payment back",
        "Re: Re: Fwd: Cannot sign in since the update of last Tuesday, all of my colleagues in the office neither",
        "請求書の再発行について",
    ];
    const STATES: [(&str, &str); 3] = [("Open", "Open"), ("On Hold", "On Hold"), ("Closed", "Closed")];
    let subject = SUBJECTS[(kind % 5) as usize];
    let (status, status_type) = STATES[(kind % 3) as usize];
    let priority = ["\"High\"", "\"Medium\"", "null"][(kind % 3) as usize];
    let closed = if status == "Closed" { "\"2024-03-09T08:15:00.000Z\"" } else { "null" };
    let (minute, threads) = (kind % 60, kind % 12);
    format!(
        r#"{{"id":"18920000{NUMBER}","ticketNumber":"{NUMBER}","layoutId":"1892000000086007","email":"jade.tylor{kind}@zylker.example","phone":"1 888 900 9646","subject":"{subject}","status":"{status}","statusType":"{status_type}","createdTime":"2024-03-07T11:{minute:02}:07.912Z","category":"Defects","language":"English","subCategory":"Sub General","priority":{priority},"channel":"Email","dueDate":"2024-03-12T16:16:16.000Z","responseDueDate":null,"commentCount":"{threads}","sentiment":null,"threadCount":"{threads}","closedTime":{closed},"onholdTime":null,"accountId":"1892000000975382","departmentId":"1892000000006907","contactId":"1892000000042032","productId":"","assigneeId":"1892000000056007","teamId":"8920000000069071","channelCode":null,"webUrl":"https://desk.zoho.com/support/zylker/ShowHomePage.do#Cases/dv/18920000{NUMBER}","lastThread":{{"channel":"FEEDBACK","isDraft":false,"isForward":false,"direction":"in"}},"source":{{"appName":null,"extId":null,"permalink":null,"type":"SYSTEM","appPhotoURL":null}},"customerResponseTime":"2024-03-07T11:{minute:02}:08.000Z","isArchived":false,"isSpam":false,"relationshipType":"None","isOverDue":{overdue},"isEscalated":false}}"#,
        overdue = kind.is_multiple_of(7),
    )
}
