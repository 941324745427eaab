//! A text and cuts into it in; the text as it becomes, and for each of its bytes where it came from, out.

use std::ops::Range;

/// Text that is put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fragment {
    pub text: String,
    /// For every byte, and the end, the place in the argument that it comes from; none for what joins such pieces.
    places: Option<Vec<usize>>,
}

impl Fragment {
    /// What stands in no argument, such as an equals sign.
    pub fn filler(text: impl Into<String>) -> Fragment {
        Fragment { text: text.into(), places: None }
    }

    /// A piece of the argument, letter by letter.
    pub fn verbatim(text: &str, at: usize) -> Fragment {
        Fragment { text: text.to_string(), places: Some((at..=at + text.len()).collect()) }
    }

    /// `places` are one more than the bytes of `text`.
    pub fn mapped(text: String, places: Vec<usize>) -> Fragment {
        debug_assert_eq!(places.len(), text.len() + 1);
        Fragment { text, places: Some(places) }
    }

    /// Text that stands for a stretch of the argument as a whole.
    pub fn standing_for(text: impl Into<String>, argument: Range<usize>) -> Fragment {
        let text = text.into();
        let mut places = vec![argument.start; text.len()];
        places.push(argument.end);
        Fragment { text, places: Some(places) }
    }
}

/// A stretch of text and what takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Splice {
    pub range: Range<usize>,
    pub fragments: Vec<Fragment>,
}

impl Splice {
    /// Puts something in before a place.
    pub fn insertion(at: usize, fragments: Vec<Fragment>) -> Splice {
        Splice { range: at..at, fragments }
    }

    /// The same, put in on no word's account.
    pub fn by_itself(self) -> Splice {
        let fragments = self.fragments.into_iter().map(|fragment| Fragment::filler(fragment.text));
        Splice { range: self.range, fragments: fragments.collect() }
    }

    /// Takes something out.
    pub fn removal(range: Range<usize>) -> Splice {
        Splice { range, fragments: Vec::new() }
    }
}

/// Where a stretch of the draft comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Whence {
    /// From this stretch of the original text.
    Original(Range<usize>),
    /// From this stretch of an edit's argument; `None` for what joins its pieces.
    Edit(usize, Option<Range<usize>>),
    /// From the original text, with something of an edit inside.
    Around(usize),
}

#[derive(Clone, Debug)]
enum Source {
    /// From here on in the original text.
    Original(usize),
    /// The edit's number, and places in its argument as in [`Fragment`].
    Edit(usize, Option<Vec<usize>>),
}

#[derive(Clone, Debug)]
struct Piece {
    length: usize,
    source: Source,
}

impl Piece {
    /// The two parts before and after a place inside.
    fn cut(self, at: usize) -> (Piece, Piece) {
        let (before, after) = match self.source {
            Source::Original(start) => (Source::Original(start), Source::Original(start + at)),
            Source::Edit(edit, places) => {
                let after = places.as_ref().map(|places| places[at..].to_vec());
                let before = places.map(|places| places[..=at].to_vec());
                (Source::Edit(edit, before), Source::Edit(edit, after))
            }
        };
        (Piece { length: at, source: before }, Piece { length: self.length - at, source: after })
    }
}

/// A text on its way.
///
/// Invariant: the pieces' lengths sum to that of the text, and none is empty.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    text: String,
    pieces: Vec<Piece>,
    original_length: usize,
}

impl Draft {
    pub fn new(text: &str) -> Draft {
        let whole = Piece { length: text.len(), source: Source::Original(0) };
        let pieces = if text.is_empty() { Vec::new() } else { vec![whole] };
        Draft { text: text.to_string(), pieces, original_length: text.len() }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// Makes the cuts of an edit; where some overlap, what the later ones put in is left out.
    pub fn apply(&mut self, edit: usize, mut splices: Vec<Splice>) {
        splices.sort_by_key(|splice| splice.range.start);
        let mut apart: Vec<Splice> = Vec::new();
        for splice in splices {
            match apart.last_mut().filter(|last| splice.range.start < last.range.end) {
                Some(last) => last.range.end = last.range.end.max(splice.range.end),
                None => apart.push(splice),
            }
        }
        // From the back, so that the places before stay what they are.
        for splice in apart.into_iter().rev() {
            self.splice(edit, splice);
        }
    }

    fn splice(&mut self, edit: usize, splice: Splice) {
        let first = self.boundary(splice.range.start);
        let last = self.boundary(splice.range.end);
        let text: String = splice.fragments.iter().map(|fragment| fragment.text.as_str()).collect();
        self.text.replace_range(splice.range, &text);
        let put_in = splice.fragments.into_iter().filter(|fragment| !fragment.text.is_empty());
        let pieces =
            put_in.map(|Fragment { text, places }| Piece { length: text.len(), source: Source::Edit(edit, places) });
        self.pieces.splice(first..last, pieces);
    }

    /// The number of the piece that begins at a place, which is made to begin there.
    fn boundary(&mut self, at: usize) -> usize {
        let mut start = 0;
        for number in 0..self.pieces.len() {
            let length = self.pieces[number].length;
            if at == start {
                return number;
            }
            if at < start + length {
                let (before, after) = self.pieces[number].clone().cut(at - start);
                self.pieces.splice(number..=number, [before, after]);
                return number + 1;
            }
            start += length;
        }
        self.pieces.len()
    }

    /// Where a stretch comes from.
    pub fn whence(&self, span: &Range<usize>) -> Whence {
        let mut touched: Vec<(usize, &Piece)> = Vec::new();
        let mut start = 0;
        for piece in &self.pieces {
            let overlaps = start < span.end && span.start < start + piece.length;
            if overlaps || (span.is_empty() && (start..start + piece.length).contains(&span.start)) {
                touched.push((start, piece));
            }
            start += piece.length;
        }
        match touched[..] {
            // At the very end.
            [] => Whence::Original(self.original_length..self.original_length),
            [(start, Piece { source: Source::Original(from), .. })] => {
                Whence::Original(from + span.start - start..from + span.end - start)
            }
            [(start, Piece { source: Source::Edit(edit, places), .. })] => {
                let inside = span.start - start..span.end - start;
                Whence::Edit(*edit, places.as_ref().map(|places| argument_stretch(places, inside)))
            }
            _ => {
                let edits = touched.iter().find_map(|(_, piece)| match piece.source {
                    Source::Edit(edit, _) => Some(edit),
                    Source::Original(_) => None,
                });
                match edits {
                    Some(edit) => Whence::Around(edit),
                    None => self.original_around(&touched, span),
                }
            }
        }
    }

    /// The stretch of the original text from the first to the last of pieces between which something was taken out.
    fn original_around(&self, touched: &[(usize, &Piece)], span: &Range<usize>) -> Whence {
        let place = |at: usize, (start, piece): &(usize, &Piece)| match piece.source {
            Source::Original(from) => from + at - start,
            Source::Edit(..) => self.original_length,
        };
        match touched {
            [first, .., last] => {
                let (start, end) = (place(span.start, first), place(span.end, last));
                Whence::Original(start..end.max(start))
            }
            _ => Whence::Original(self.original_length..self.original_length),
        }
    }
}

/// The stretch of an argument that a stretch of a fragment comes from.
fn argument_stretch(places: &[usize], inside: Range<usize>) -> Range<usize> {
    let (start, mut end) = (places[inside.start], places[inside.end]);
    // What ends within an escaped letter, or within a name that stands for a stretch as a whole, takes all of it.
    if !inside.is_empty() && end == places[inside.end - 1] {
        end = places[inside.end..].iter().copied().find(|place| *place > end).unwrap_or(end);
    }
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_knows_where_it_came_from() {
        let mut draft = Draft::new("a = 1\nb = 2\n");
        draft.apply(
            0,
            vec![
                Splice { range: 4..5, fragments: vec![Fragment::verbatim("33", 2)] },
                Splice::insertion(12, vec![Fragment::filler("c = "), Fragment::standing_for("'x'", 7..8)]),
            ],
        );
        assert_eq!(draft.text(), "a = 33\nb = 2\nc = 'x'");
        assert_eq!(draft.whence(&(0..1)), Whence::Original(0..1));
        assert_eq!(draft.whence(&(4..6)), Whence::Edit(0, Some(2..4)));
        assert_eq!(draft.whence(&(5..6)), Whence::Edit(0, Some(3..4)));
        assert_eq!(draft.whence(&(7..8)), Whence::Original(6..7));
        assert_eq!(draft.whence(&(13..14)), Whence::Edit(0, None));
        assert_eq!(draft.whence(&(17..20)), Whence::Edit(0, Some(7..8)));
        assert_eq!(draft.whence(&(0..8)), Whence::Around(0));
        assert_eq!(draft.whence(&(20..20)), Whence::Original(12..12));
        // A later edit in the midst of an earlier one.
        draft.apply(1, vec![Splice { range: 5..8, fragments: vec![Fragment::verbatim("-", 0)] }]);
        assert_eq!(draft.text(), "a = 3- = 2\nc = 'x'");
        assert_eq!(draft.whence(&(4..5)), Whence::Edit(0, Some(2..3)));
        assert_eq!(draft.whence(&(5..6)), Whence::Edit(1, Some(0..1)));
        assert_eq!(draft.whence(&(9..10)), Whence::Original(10..11));
    }

    #[test]
    fn what_is_taken_out_leaves_no_trace() {
        let mut draft = Draft::new("one two three");
        draft.apply(0, vec![Splice::removal(3..7), Splice::removal(5..8)]);
        assert_eq!(draft.text(), "onethree");
        assert_eq!(draft.whence(&(2..4)), Whence::Original(2..9));
        draft.apply(1, vec![Splice::removal(0..8)]);
        assert_eq!((draft.text(), draft.whence(&(0..0))), ("", Whence::Original(13..13)));
    }
}
