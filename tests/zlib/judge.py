"""Inflates the messages of permessage-deflate by zlib and says what became of them.

It reads batches from standard input and answers each on standard output. All
numbers are little-endian.

    batch    length:u32 of what follows, streams:u32, then each stream
    stream   bits:u8, takeover:u8, messages:u32, then each message
    message  options:u8, length:u32, payload

    answer   length:u32 of what follows, then each stream
    stream   judged:u32, then each message that was judged
    message  accepted:u8, flags:u8, length:u8, zlib's words,
             restarts:u32, then for each: input:u32, output:u32,
             length:u32, output

A stream is one direction of a connection. It is judged up to the first message
that is refused. A restart is a final block that more of the payload follows:
how many bytes of the payload and of the output end with it.
"""

import struct
import sys
import zlib

# Options of a message.
EXACT = 1  # hold every distance to the window, within the message too
PARTIAL = 2  # give the output before the error, too

# Flags of an answer.
BEYOND = 1  # refused by the agreed window, accepted by 32 KiB in one message
NO_BLOCK = 2  # the payload ends with a final block and has no 00 behind it
EMPTY = 4  # the payload is empty
TAIL_IS_DATA = 8  # the tail belongs to the data of the message
ENDED = 16  # the message ends with a final block
VAGUE = 32  # zlib may have made one more byte of output before the error

TAIL = b"\x00\x00\xff\xff"
WORD = b"boundary"
# A final stored block. It is read as that only where a block may begin.
PROBE = b"\x01\x08\x00\xf7\xff" + WORD
CHUNK = 32
PREFIX = "Error -3 while decompressing data: "
TOO_FAR = "invalid distance too far back"


class Refused(Exception):
    """The message is not valid; zlib's words."""


def at_once(d, data, out):
    """Feeds the data; what follows a final block, or None if none has ended."""
    out += d.decompress(data)
    return d.unused_data if d.eof else None


def by_bytes(d, data, out):
    """As at_once, but zlib may give one byte of output at a time.

    With more room zlib lets a distance reach over its window to what the same
    call has given. It also keeps the output of a call that fails.
    """
    for start in range(0, len(data), CHUNK):
        chunk = data[start : start + CHUNK]
        while True:
            piece = d.decompress(chunk, 1)
            out += piece
            if d.eof:
                return d.unused_data + data[start + CHUNK :]
            chunk = d.unconsumed_tail
            if not chunk and not piece:
                break
    return None


class Run:
    """One message, inflated from a window on."""

    def __init__(self, stream, bits):
        self.stream = stream
        self.bits = bits
        self.out = bytearray()
        self.restarts = []
        self.flags = 0

    def fresh(self):
        window = self.stream.window(self.out)
        return zlib.decompressobj(-self.bits, zdict=window) if window else zlib.decompressobj(-self.bits)

    def inflate(self, d, payload, step):
        """The decompressor for the next message, None after a final block."""
        if d is None:
            d = self.fresh()
        rest = payload
        try:
            while (rest := step(d, rest, self.out)) is not None:
                if not rest:
                    self.flags |= NO_BLOCK | ENDED
                    return None
                self.restarts.append((len(payload) - len(rest), len(self.out)))
                d = self.fresh()
        except zlib.error as error:
            self.flags |= VAGUE
            raise Refused(str(error).removeprefix(PREFIX)) from None
        try:
            behind = d.decompress(TAIL)
            if d.eof:
                # What is left of the tail would have to be blocks.
                if d.unused_data:
                    raise Refused("a final block ends within the tail")
                self.flags |= ENDED
            else:
                probe = d.copy()
                if probe.decompress(PROBE) != WORD or not probe.eof or probe.unused_data:
                    raise Refused("does not end where a block ends")
        except zlib.error as error:
            raise Refused("in the tail: " + str(error).removeprefix(PREFIX)) from None
        if behind:
            self.flags |= TAIL_IS_DATA
            raise Refused("the tail is data")
        return None if d.eof else d


class Stream:
    """One direction of a connection."""

    def __init__(self, bits, takeover):
        self.bits = bits
        self.size = 1 << bits
        self.takeover = takeover
        self.history = b""
        self.d = None

    def window(self, out):
        """The latest output, as much as the window has."""
        if len(out) >= self.size:
            return bytes(out[-self.size :])
        return self.history[-(self.size - len(out)) :] + bytes(out)

    def judge(self, payload, options):
        """The encoded answer, and whether the message was accepted."""
        if not payload:
            return answer(True, EMPTY, "", [], b""), True
        step = by_bytes if options & EXACT else at_once
        run = Run(self, self.bits)
        d, self.d = self.d, None
        if options & EXACT:
            d = None
        flags = 0
        words = ""
        try:
            d = run.inflate(d, payload, step)
        except Refused as refused:
            words = str(refused)
            d = None
            if words == TOO_FAR and self.bits < 15:
                run = Run(self, 15)
                try:
                    run.inflate(None, payload, at_once)
                    flags = BEYOND
                    words = ""
                except Refused as refused:
                    words = str(refused)
            if words and options & PARTIAL:
                run = Run(self, 15)
                try:
                    run.inflate(None, payload, by_bytes)
                    raise AssertionError("zlib refuses at once what it accepts by bytes")
                except Refused:
                    pass
        flags |= run.flags
        accepted = not words
        if self.takeover and accepted:
            self.d = d
            self.history = self.window(run.out)
        return answer(accepted, flags, words, run.restarts, run.out), accepted


def answer(accepted, flags, words, restarts, out):
    words = words.encode()[-255:]
    parts = [struct.pack("<BBB", accepted, flags, len(words)), words, struct.pack("<I", len(restarts))]
    parts += [struct.pack("<II", *restart) for restart in restarts]
    parts += [struct.pack("<I", len(out)), bytes(out)]
    return b"".join(parts)


def judge_batch(batch):
    parts = []
    (streams,) = struct.unpack_from("<I", batch)
    at = 4
    for _ in range(streams):
        bits, takeover, messages = struct.unpack_from("<BBI", batch, at)
        at += 6
        stream = Stream(bits, takeover)
        judged = len(parts)
        parts.append(b"")
        count = 0
        alive = True
        for _ in range(messages):
            options, length = struct.unpack_from("<BI", batch, at)
            at += 5
            if alive:
                encoded, alive = stream.judge(batch[at : at + length], options)
                parts.append(encoded)
                count += 1
            at += length
        parts[judged] = struct.pack("<I", count)
    return b"".join(parts)


def main():
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while head := source.read(4):
        (length,) = struct.unpack("<I", head)
        encoded = judge_batch(source.read(length))
        sink.write(struct.pack("<I", len(encoded)))
        sink.write(encoded)
        sink.flush()


main()
