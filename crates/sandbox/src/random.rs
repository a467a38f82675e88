//! Numbers that look random and are always the same for the same seed: no crate of random numbers promises that from
//! one version to the next.

/// A generator of numbers (SplitMix64).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// A generator for a seed and what is made with it: a collection, a record, a member.
    pub(crate) fn new(seed: u64, purpose: &str) -> Self {
        Self(hash(seed, purpose.as_bytes()))
    }

    /// A generator for a part of what a number stands for.
    pub(crate) fn part(root: u64, name: &str) -> Self {
        Self(hash(root, name.as_bytes()))
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `end`; 0 where that is 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        if end == 0 { 0 } else { self.next() % end }
    }

    /// One of a list.
    pub(crate) fn pick<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> Option<&'a T> {
        let position = usize::try_from(self.below(list.len() as u64)).unwrap_or_default();
        list.get(position).copied()
    }

    /// True in so many of a hundred.
    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Text of so many characters from an alphabet of ASCII.
    pub(crate) fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        let mut character = || {
            let position = usize::try_from(self.below(alphabet.len() as u64)).unwrap_or_default();
            char::from(alphabet.get(position).copied().unwrap_or(b'0'))
        };
        (0..length).map(|_| character()).collect()
    }
}

/// A number for a seed and some bytes (FNV-1a, mixed).
pub(crate) fn hash(seed: u64, bytes: &[u8]) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325 ^ mix(seed);
    mix(bytes.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)))
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Data of a seed must not change with a new version, since tests of our users hold it.
    #[test]
    fn the_same_seed_gives_the_same_numbers_for_ever() {
        let mut random = Random::new(1, "tickets");
        assert_eq!([random.below(1000), random.below(1000), random.below(1000)], [311, 784, 210]);
        assert_ne!(Random::new(2, "tickets").next(), Random::new(1, "tickets").next());
    }

    #[test]
    fn nothing_to_choose_from_is_no_panic() {
        let mut random = Random::new(1, "");
        assert_eq!((random.below(0), random.pick::<str>(&[]), random.text(b"", 2)), (0, None, "00".to_owned()));
    }
}
