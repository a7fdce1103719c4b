use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;

use super::Connection;
#[cfg(feature = "hixie76")]
use super::hixie76::{Challenge, ChallengeAnswer};
use super::writing::check_room;
use crate::error::Timeout;
use crate::handshake::agreement::Agreement;
use crate::handshake::build_error::BuildError;
use crate::handshake::client::body::BodyReader;
use crate::handshake::client::error::ResponseError;
#[cfg(feature = "hixie76")]
use crate::handshake::client::hixie76::ClientHandshake;
use crate::handshake::client::request::ClientRequest;
use crate::handshake::client::response_head::{ResponseHead, StatusLine};
use crate::handshake::head::limits::HeadLimits;
use crate::handshake::head::reader::HeadReader;
use crate::handshake::server::acceptance::Acceptance;
use crate::handshake::server::error::RequestError;
#[cfg(feature = "hixie76")]
use crate::handshake::server::hixie76::pending_request::{PendingRequest, asks_for_hixie76};
use crate::handshake::server::request::Request;
use crate::handshake::server::request_head::{RequestHead, RequestLine};
use crate::handshake::server::response::Response;
use crate::redacted::Redacted;
use crate::status::State;
use crate::{Config, Error, Event, Output, Role, SendError};

/// The opening handshake under way.
#[derive(Debug)]
pub(super) struct Opening {
    config: Config,
    stage: Stage,
    /// The request is a HEAD, to which no answer has a body.
    is_head: bool,
}

#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "lives in a box, once in a connection"
)]
enum Stage {
    /// A server reads the request.
    Request {
        reader: HeadReader,
        line: Option<Result<RequestLine, RequestError>>,
    },
    /// A server reads the eight bytes behind a request of the draft.
    #[cfg(feature = "hixie76")]
    Challenge(Challenge),
    /// A server waits for its caller's answer.
    Answer(Asked),
    /// A client reads the response.
    Response {
        reader: HeadReader,
        line: Option<Result<StatusLine, ResponseError>>,
        sent: Sent,
        /// How many interim responses came before.
        interim: u8,
    },
    /// A client reads the sixteen bytes behind a response of the draft.
    #[cfg(feature = "hixie76")]
    ChallengeAnswer(ChallengeAnswer),
    /// A client passes on the body of a refusal.
    Body(BodyReader),
}

/// What a client asked for.
#[derive(Debug)]
pub(super) enum Sent {
    Rfc6455 {
        key: Redacted<[u8; 24]>,
        request: ClientRequest,
    },
    #[cfg(feature = "hixie76")]
    Hixie76(ClientHandshake),
}

/// What the request that waits for its answer asked for.
#[derive(Debug, Clone, Copy)]
enum Asked {
    WebSocket { key: Redacted<[u8; 24]> },
    Http,
}

/// As many interim responses are skipped, which is more than any server has
/// reason to send.
const MAX_INTERIM: u8 = 8;

/// How a request begins whose answer has no body (RFC 9110 section 9.3.2).
const HEAD: &[u8] = b"HEAD ";

impl Opening {
    pub(super) fn server(config: Config) -> Box<Self> {
        Box::new(Self {
            config,
            stage: Stage::Request {
                reader: HeadReader::new(head_limits(&config)),
                line: None,
            },
            is_head: false,
        })
    }

    pub(super) fn client(config: Config, sent: Sent) -> Box<Self> {
        Box::new(Self {
            config,
            stage: Stage::Response {
                reader: HeadReader::new(head_limits(&config)),
                line: None,
                sent,
                interim: 0,
            },
            is_head: false,
        })
    }

    pub(super) const fn state(&self) -> State {
        match self.stage {
            Stage::Body(_) => State::Closed,
            _ => State::Connecting,
        }
    }

    /// An answer to the request that is none of WebSocket.
    fn encode(&self, response: &Response) -> Result<Vec<u8>, BuildError> {
        match self.is_head {
            true => response.encode_without_body(),
            false => response.encode(),
        }
    }

    /// The next event of the handshake, and what was agreed where that ends
    /// it.
    fn receive<'a>(
        &mut self,
        input: &mut &'a mut [u8],
    ) -> Result<(Option<Event<'a>>, Option<Agreement>), Error> {
        let event = match &mut self.stage {
            Stage::Request { reader, line } => {
                let head = reader.receive_head(input, |bytes| {
                    self.is_head = bytes.starts_with(HEAD);
                    *line = Some(RequestLine::parse(bytes));
                });
                if let Some(Err(error)) = *line {
                    return Err(error.into());
                }
                let Some(head) = head.map_err(RequestError::from)? else {
                    return Ok((None, None));
                };
                // It came before the end of the head.
                let Some(Ok(line)) = line.take() else {
                    return Ok((None, None));
                };
                let head = RequestHead::of_head(line, head)?;
                #[cfg(feature = "hixie76")]
                if self.config.hixie76 && asks_for_hixie76(&head) {
                    self.stage = Stage::Challenge(Challenge::new(PendingRequest::new(head)?));
                    return self.receive(input);
                }
                let (event, asked) = if head.asks_for_websocket() {
                    let request = Request::boxed(head)?;
                    let key = Redacted(request.identity());
                    (Event::Request(request), Asked::WebSocket { key })
                } else {
                    (Event::Http(Box::new(head)), Asked::Http)
                };
                self.stage = Stage::Answer(asked);
                event
            }
            #[cfg(feature = "hixie76")]
            Stage::Challenge(challenge) => {
                let Some(request) = challenge.receive(input) else {
                    return Ok((None, None));
                };
                let key = Redacted(request.identity());
                self.stage = Stage::Answer(Asked::WebSocket { key });
                Event::Request(Box::new(request))
            }
            Stage::Answer(_) => return Ok((None, None)),
            #[cfg(feature = "hixie76")]
            Stage::ChallengeAnswer(answer) => {
                let Some((head, agreement)) = answer.receive(input)? else {
                    return Ok((None, None));
                };
                return Ok((Some(Event::Open(Box::new(head))), Some(agreement)));
            }
            Stage::Response {
                reader,
                line,
                sent,
                interim,
            } => loop {
                let head = reader.receive_head(input, |bytes| {
                    *line = Some(StatusLine::parse(bytes));
                });
                if let Some(Err(error)) = *line {
                    return Err(error.into());
                }
                let Some(head) = head.map_err(ResponseError::from)? else {
                    return Ok((None, None));
                };
                // It came before the end of the head.
                let Some(Ok(line)) = line.take() else {
                    return Ok((None, None));
                };
                let head = ResponseHead::of_head(line, head)?;
                match head.status() {
                    101 => match sent {
                        Sent::Rfc6455 { key, request } => {
                            let agreement = request.verify(&key.0, &head)?;
                            return Ok((Some(Event::Open(Box::new(head))), Some(agreement)));
                        }
                        #[cfg(feature = "hixie76")]
                        Sent::Hixie76(handshake) => {
                            let answer = ChallengeAnswer::new(handshake, head)?;
                            self.stage = Stage::ChallengeAnswer(answer);
                            return self.receive(input);
                        }
                    },
                    _ if head.is_interim() && *interim < MAX_INTERIM => {
                        *interim += 1;
                    }
                    _ if head.is_interim() => return Err(ResponseError::TooManyInterim.into()),
                    _ => {
                        self.stage = Stage::Body(BodyReader::new(&head));
                        break Event::Refused(Box::new(head));
                    }
                }
            },
            Stage::Body(reader) => {
                let (framing, piece) = reader.measure(input);
                let (taken, rest) = core::mem::take(input).split_at_mut(framing + piece);
                if piece == 0 {
                    // What follows the body belongs to nobody.
                    return Ok((None, None));
                }
                *input = rest;
                Event::Body(Cow::Borrowed(&taken[framing..]))
            }
        };
        Ok((Some(event), None))
    }
}

impl Connection {
    /// Accepts the request of [`Event::Request`]: the connection is open, and
    /// what the input still holds are its first frames.
    ///
    /// # Errors
    ///
    /// [`SendError::WrongState`] where no such request waits,
    /// [`SendError::OtherRequest`] where it is not this one,
    /// [`SendError::Build`] for a subprotocol or extension that was not
    /// offered or a header that cannot be sent, [`SendError::OutputFull`]
    /// where the response does not fit.
    pub fn accept(
        &mut self,
        request: &Request,
        acceptance: &Acceptance,
        out: &mut impl Output,
    ) -> Result<(), SendError> {
        match self.asked()? {
            Asked::WebSocket { key } if key.0 == request.identity() => {}
            Asked::WebSocket { .. } => return Err(SendError::OtherRequest),
            Asked::Http => return Err(SendError::WrongState(State::Connecting)),
        }
        let config = self.opening.as_ref().map(|opening| opening.config);
        let deflate = acceptance.deflate_or(config.and_then(|config| config.deflate));
        let negotiation = request.negotiate(acceptance, deflate)?;
        let length = negotiation.length();
        check_room(length, out)?;
        out.reserve(length);
        negotiation.append_to(out);
        let agreement = negotiation.into_agreement();
        #[cfg(feature = "hixie76")]
        if request.protocol() == crate::Protocol::Hixie76 {
            self.enable_hixie76();
        }
        if let Some(opening) = &mut self.opening {
            opening.config.deflate = deflate;
        }
        self.open(agreement);
        Ok(())
    }

    /// Refuses the request of [`Event::Request`] by an HTTP response, after
    /// which the transport is to be closed.
    ///
    /// # Errors
    ///
    /// [`SendError::WrongState`] where no such request waits,
    /// [`SendError::Build`] for a status or header that cannot be sent, such as
    /// a 101,
    /// [`SendError::OutputFull`] where the response does not fit.
    pub fn reject(&mut self, response: &Response, out: &mut impl Output) -> Result<(), SendError> {
        match self.asked()? {
            Asked::WebSocket { .. } => self.answer(response, out),
            Asked::Http => Err(SendError::WrongState(State::Connecting)),
        }
    }

    /// Answers the request of [`Event::Http`], after which the transport is to
    /// be closed. The body is left out for a HEAD request.
    ///
    /// # Errors
    ///
    /// As [`reject`](Self::reject).
    pub fn respond(&mut self, response: &Response, out: &mut impl Output) -> Result<(), SendError> {
        match self.asked()? {
            Asked::Http => self.answer(response, out),
            Asked::WebSocket { .. } => Err(SendError::WrongState(State::Connecting)),
        }
    }

    pub(super) fn receive_opening<'a>(
        &mut self,
        input: &mut &'a mut [u8],
        out: &mut impl Output,
    ) -> Result<Option<Event<'a>>, Error> {
        let Some(opening) = &mut self.opening else {
            return Ok(None);
        };
        match opening.receive(input) {
            Ok((event, agreement)) => {
                if let Some(agreement) = agreement {
                    self.open(agreement);
                }
                Ok(event)
            }
            Err(error) => {
                *input = &mut [];
                self.fail_opening(error, out);
                Err(error)
            }
        }
    }

    /// Ends the handshake by an error, which a server answers.
    pub(super) fn fail_opening(&mut self, error: Error, out: &mut impl Output) {
        let opening = self.opening.take();
        self.receiver.fail(error);
        let refusal = match (self.role(), error) {
            (Role::Server, Error::Request(error)) => error.refusal(),
            (Role::Server, Error::Timeout(Timeout::Handshake)) => Response::new(match &opening {
                // The request is there; it is not the peer that was slow.
                Some(opening) if matches!(opening.stage, Stage::Answer(_)) => 503,
                _ => 408,
            }),
            _ => return self.sender.abandon(),
        };
        let refusal = match opening {
            Some(opening) => opening.encode(&refusal),
            None => refusal.encode(),
        };
        // The refusals are the crate's own and always encode.
        self.sender.write_last(&refusal.unwrap_or_default(), out);
    }

    fn open(&mut self, agreement: Agreement) {
        if let Some(opening) = self.opening.take() {
            self.agree(&opening.config, agreement);
        }
    }

    fn asked(&self) -> Result<Asked, SendError> {
        match self.opening.as_deref() {
            Some(Opening {
                stage: Stage::Answer(asked),
                ..
            }) => Ok(*asked),
            _ => Err(SendError::WrongState(self.state())),
        }
    }

    fn answer(&mut self, response: &Response, out: &mut impl Output) -> Result<(), SendError> {
        // The answer of `Request::accept` would open what is closed here.
        if response.status() == 101 {
            return Err(BuildError::Status.into());
        }
        let bytes = match &self.opening {
            Some(opening) => opening.encode(response)?,
            None => response.encode()?,
        };
        append(&bytes, out)?;
        self.abandon();
        Ok(())
    }
}

const fn head_limits(config: &Config) -> HeadLimits {
    HeadLimits {
        bytes: config.max_head,
        headers: config.max_headers,
    }
}

pub(super) fn append(bytes: &[u8], out: &mut impl Output) -> Result<(), SendError> {
    check_room(bytes.len(), out)?;
    out.append(bytes);
    Ok(())
}
