//! Where the bytes of a text are at which a string may end, sixty-four bytes at a time.

/// Where quotes, backslashes and control characters are: a bit for each byte of a block of the text, made when the scanner
/// comes there, while the block is at hand.
pub(super) struct Marks<'a> {
    blocks: &'a [[u8; 64]],
    rest: &'a [u8],
    /// Which block the bits are of.
    block: usize,
    bits: u64,
}

impl<'a> Marks<'a> {
    pub(super) fn of(text: &'a [u8]) -> Self {
        let (blocks, rest) = text.as_chunks::<64>();
        // Of no block yet.
        Self { blocks, rest, block: usize::MAX, bits: 0 }
    }

    /// The first of them from a position on, or the end of the text.
    #[inline]
    pub(super) fn next(&mut self, from: usize) -> Option<usize> {
        let block = from / 64;
        if block != self.block {
            self.enter(block)?;
        }
        let mut bits = self.bits >> (from % 64) << (from % 64);
        while bits == 0 {
            self.enter(self.block + 1)?;
            bits = self.bits;
        }
        Some(self.block * 64 + bits.trailing_zeros() as usize)
    }

    /// Goes to a block. Behind the end of the text there are zeros, which are control characters.
    #[inline]
    fn enter(&mut self, block: usize) -> Option<()> {
        self.bits = match self.blocks.get(block) {
            Some(whole) => marks(whole),
            None if block == self.blocks.len() => {
                let mut last = [0; 64];
                last[..self.rest.len()].copy_from_slice(self.rest);
                marks(&last)
            }
            None => return None,
        };
        self.block = block;
        Some(())
    }
}

/// The marks of a block. The first loop becomes a few instructions for sixteen bytes at once, the second gathers the
/// lowest bits of eight bytes by one multiplication.
fn marks(block: &[u8; 64]) -> u64 {
    let mut is_mark = [0u8; 64];
    for (mark, byte) in is_mark.iter_mut().zip(block) {
        *mark = u8::from((*byte == b'"') | (*byte == b'\\') | (*byte < 0x20));
    }
    let (words, _) = is_mark.as_chunks::<8>();
    let bits = |word: &[u8; 8]| u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    words.iter().rev().fold(0, |all, word| all << 8 | bits(word))
}
