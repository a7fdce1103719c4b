//! wslay, which is C, by its events; it validates text itself.

use std::ffi::{c_int, c_void};
use std::ptr;
use std::slice;

use crate::check::Check;
use crate::contestant::{Buffers, Contestant, ECHO_BATCH, Messages, Outcome, Role, Session};
use crate::pipe::Pipe;

pub struct Library;

type Context = *mut c_void;

#[repr(C)]
struct Received {
    reserved: u8,
    opcode: u8,
    payload: *const u8,
    length: usize,
    status: u16,
}

#[repr(C)]
struct Queued {
    opcode: u8,
    payload: *const u8,
    length: usize,
}

#[repr(C)]
struct Callbacks {
    receive: extern "C" fn(Context, *mut u8, usize, c_int, *mut c_void) -> isize,
    send: extern "C" fn(Context, *const u8, usize, c_int, *mut c_void) -> isize,
    mask: extern "C" fn(Context, *mut u8, usize, *mut c_void) -> c_int,
    on_frame_start: *const c_void,
    on_frame_chunk: *const c_void,
    on_frame_end: *const c_void,
    on_message: extern "C" fn(Context, *const Received, *mut c_void),
}

unsafe extern "C" {
    fn wslay_event_context_server_init(
        context: *mut Context,
        callbacks: *const Callbacks,
        user: *mut c_void,
    ) -> c_int;
    fn wslay_event_context_client_init(
        context: *mut Context,
        callbacks: *const Callbacks,
        user: *mut c_void,
    ) -> c_int;
    fn wslay_event_context_free(context: Context);
    fn wslay_event_config_set_max_recv_msg_length(context: Context, length: u64);
    fn wslay_event_recv(context: Context) -> c_int;
    fn wslay_event_send(context: Context) -> c_int;
    fn wslay_event_queue_msg(context: Context, message: *const Queued) -> c_int;
    fn wslay_event_set_error(context: Context, error: c_int);
    fn wslay_event_get_close_sent(context: Context) -> c_int;
    fn wslay_event_get_read_enabled(context: Context) -> c_int;
}

const WOULD_BLOCK: c_int = -401;

/// What the callbacks see.
struct User {
    pipe: Pipe,
    check: *mut Check,
    left: usize,
    echo: bool,
}

struct Open {
    context: Context,
    user: Box<User>,
}

extern "C" fn receive(
    context: Context,
    buffer: *mut u8,
    capacity: usize,
    _: c_int,
    user: *mut c_void,
) -> isize {
    // SAFETY: the user of this context, and a buffer of that capacity.
    unsafe {
        let user = &mut *user.cast::<User>();
        let length = match user.left {
            0 => 0,
            _ => user.pipe.read_raw(buffer, capacity),
        };
        if length == 0 {
            wslay_event_set_error(context, WOULD_BLOCK);
            return -1;
        }
        length as isize
    }
}

extern "C" fn send(
    _: Context,
    bytes: *const u8,
    length: usize,
    _: c_int,
    user: *mut c_void,
) -> isize {
    // SAFETY: the user of this context, and so many bytes.
    unsafe {
        let user = &mut *user.cast::<User>();
        user.pipe.put(slice::from_raw_parts(bytes, length));
    }
    length as isize
}

extern "C" fn mask(_: Context, buffer: *mut u8, length: usize, _: *mut c_void) -> c_int {
    // SAFETY: a buffer of that length.
    fastrand::fill(unsafe { slice::from_raw_parts_mut(buffer, length) });
    0
}

extern "C" fn on_message(context: Context, received: *const Received, user: *mut c_void) {
    // SAFETY: a message, and the user of this context, who has a check while
    // messages are left.
    unsafe {
        let (received, user) = (&*received, &mut *user.cast::<User>());
        let is_data = received.opcode <= 2;
        if !is_data || user.left == 0 {
            return;
        }
        let payload = match received.length {
            0 => &[],
            length => slice::from_raw_parts(received.payload, length),
        };
        (*user.check).message(payload);
        user.left -= 1;
        if user.echo {
            let queued = Queued {
                opcode: received.opcode,
                payload: received.payload,
                length: received.length,
            };
            wslay_event_queue_msg(context, &queued);
            if user.left.is_multiple_of(ECHO_BATCH) {
                wslay_event_send(context);
            }
        }
    }
}

impl Contestant for Library {
    fn name(&self) -> &'static str {
        "wslay (C)"
    }

    fn open(&self, role: Role, pipe: Pipe, _: Buffers) -> Option<Box<dyn Session>> {
        let callbacks = Callbacks {
            receive,
            send,
            mask,
            on_frame_start: ptr::null(),
            on_frame_chunk: ptr::null(),
            on_frame_end: ptr::null(),
            on_message,
        };
        let mut user = Box::new(User {
            pipe,
            check: ptr::null_mut(),
            left: 0,
            echo: false,
        });
        let mut context: Context = ptr::null_mut();
        // SAFETY: it copies the callbacks, and the user is as long there as it.
        unsafe {
            let init = match role {
                Role::Server => wslay_event_context_server_init,
                Role::Client => wslay_event_context_client_init,
            };
            if init(&mut context, &callbacks, (&raw mut *user).cast()) != 0 {
                return None;
            }
            wslay_event_config_set_max_recv_msg_length(context, 64 << 20);
        }
        Some(Box::new(Open { context, user }))
    }
}

impl Open {
    fn run(&mut self, count: usize, check: &mut Check, echo: bool) -> Outcome {
        self.user.check = check;
        self.user.left = count;
        self.user.echo = echo;
        // SAFETY: the context is there until this is dropped.
        unsafe {
            if wslay_event_recv(self.context) != 0 || wslay_event_get_close_sent(self.context) != 0
            {
                return Err("it failed".into());
            }
            wslay_event_send(self.context);
            if self.user.left != 0 || wslay_event_get_read_enabled(self.context) == 0 {
                return Err("it closed".into());
            }
        }
        Ok(())
    }

    fn write(&mut self) -> Outcome {
        // SAFETY: as above.
        match unsafe { wslay_event_send(self.context) } {
            0 => Ok(()),
            error => Err(error.to_string()),
        }
    }
}

impl Session for Open {
    fn receive(&mut self, count: usize, check: &mut Check) -> Outcome {
        self.run(count, check, false)
    }

    fn send(&mut self, messages: &Messages) -> Outcome {
        let opcode = if messages.text { 1 } else { 2 };
        messages.each(|message, is_last| {
            let queued = Queued {
                opcode,
                payload: message.as_ptr(),
                length: message.len(),
            };
            // SAFETY: it copies the message.
            unsafe { wslay_event_queue_msg(self.context, &queued) };
            match is_last {
                true => self.write(),
                false => Ok(()),
            }
        })?;
        self.write()
    }

    fn echo(&mut self, count: usize, check: &mut Check) -> Outcome {
        self.run(count, check, true)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        // SAFETY: nothing uses it any more.
        unsafe { wslay_event_context_free(self.context) };
    }
}
