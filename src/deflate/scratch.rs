use zlib_rs::{Inflate, InflateError, InflateFlush, Status};

/// The only memory that zlib writes to when it inflates, for at most `LENGTH`
/// bytes a step.
///
/// zlib copies in blocks of up to 32 bytes. It writes behind the output that it
/// reports, and what it writes there can come from memory that it never
/// initialised. So it gets this memory and no other, and
/// [`inflate`](Self::inflate) gives out the bytes that were reported. The field
/// is private: no other code can read the rest.
pub(super) struct Scratch<const LENGTH: usize>([u8; LENGTH]);

/// The result of one step of zlib.
pub(super) struct Step<'a> {
    /// Exactly the bytes that zlib reported, valid even if `status` is an error.
    pub(super) output: &'a [u8],
    /// How many bytes of the input zlib took.
    pub(super) taken: usize,
    /// zlib used all the space, so it may have more to give.
    pub(super) is_full: bool,
    pub(super) status: Result<Status, InflateError>,
}

impl<const LENGTH: usize> Scratch<LENGTH> {
    pub(super) const fn new() -> Self {
        Self([0; LENGTH])
    }

    /// Inflates from the front of `input` into at most `most` bytes.
    pub(super) fn inflate(
        &mut self,
        zlib: &mut Inflate,
        input: &[u8],
        most: usize,
        flush: InflateFlush,
    ) -> Step<'_> {
        let (total_in, total_out) = (zlib.total_in(), zlib.total_out());
        let space = &mut self.0[..most.min(LENGTH)];
        let status = zlib.decompress(input, space, flush);
        // Neither is more than was offered.
        let taken = (zlib.total_in() - total_in) as usize;
        let given = (zlib.total_out() - total_out) as usize;
        Step {
            taken: taken.min(input.len()),
            is_full: given >= space.len(),
            output: &space[..given.min(space.len())],
            status,
        }
    }
}
