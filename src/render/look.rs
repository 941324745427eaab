//! How text is to look: width, colour, Unicode, and the few marks made of them.

/// What the place where text goes can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Columns.
    pub width: usize,
    pub colour: bool,
    /// Whether bars, dashes and arrows may be other than ASCII.
    pub unicode: bool,
}
