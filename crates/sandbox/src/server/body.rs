//! The body of a reply as it goes out: whole, cut, in pieces, or of another length than it says.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

use crate::message::Wire;

/// In how many pieces a slow body comes.
const PIECES: usize = 8;

/// One step of writing a body.
#[derive(Debug)]
enum Step {
    Data(Bytes),
    Wait(Duration),
    /// The connection closes.
    Break,
}

/// The body of a reply.
#[derive(Debug)]
pub(super) struct ReplyBody {
    steps: VecDeque<Step>,
    waiting: Option<Pin<Box<Sleep>>>,
    /// Whether it says by itself how long it is.
    exact: bool,
}

impl ReplyBody {
    /// The body, and what `Content-Length` is to say where it does not say what is true.
    pub(super) fn new(bytes: Bytes, wire: Wire) -> (Self, Option<usize>) {
        let length = bytes.len();
        let (steps, claimed) = match wire {
            // What there is has to leave before the connection closes.
            Wire::Cut => (broken(bytes.slice(..length / 2)), Some(length)),
            Wire::Longer => (broken(bytes), Some(length + length / 3 + 1)),
            Wire::Shorter => {
                let shorter = length - length / 3 - 1;
                (vec![Step::Data(bytes.slice(..shorter))], Some(shorter))
            }
            Wire::Trickle(pause) => (pieces(&bytes, pause), Some(length)),
            Wire::Whole | Wire::Reset | Wire::Coded => (vec![Step::Data(bytes)], None),
        };
        let steps = steps.into_iter().filter(|step| !matches!(step, Step::Data(bytes) if bytes.is_empty())).collect();
        (Self { steps, waiting: None, exact: matches!(wire, Wire::Whole | Wire::Coded) }, claimed)
    }
}

fn broken(bytes: Bytes) -> Vec<Step> {
    vec![Step::Data(bytes), Step::Wait(Duration::from_millis(1)), Step::Break]
}

fn pieces(bytes: &Bytes, whole: Duration) -> Vec<Step> {
    let size = bytes.len().div_ceil(PIECES).max(1);
    let pause = whole / u32::try_from(PIECES).unwrap_or(1);
    let starts = (0..bytes.len()).step_by(size);
    let piece = |start: usize| Step::Data(bytes.slice(start..(start + size).min(bytes.len())));
    starts.flat_map(|start| [Step::Wait(pause), piece(start)]).collect()
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        loop {
            if let Some(sleep) = &mut self.waiting {
                std::task::ready!(sleep.as_mut().poll(context));
                self.waiting = None;
            }
            match self.steps.pop_front() {
                Some(Step::Data(bytes)) => return Poll::Ready(Some(Ok(Frame::data(bytes)))),
                Some(Step::Wait(pause)) => self.waiting = Some(Box::pin(tokio::time::sleep(pause))),
                Some(Step::Break) => {
                    return Poll::Ready(Some(Err(io::Error::other("broken off within the body, as a fault asked"))));
                }
                None => return Poll::Ready(None),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.steps.is_empty() && self.waiting.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let data = |step: &Step| if let Step::Data(bytes) = step { bytes.len() as u64 } else { 0 };
        if self.exact { SizeHint::with_exact(self.steps.iter().map(data).sum()) } else { SizeHint::new() }
    }
}
