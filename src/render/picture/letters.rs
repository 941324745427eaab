//! Text in, its width in the bundled font and what of it fits out.

use super::mark::clean;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider, charmap::Charmap};
use std::sync::LazyLock;
use unicode_width::UnicodeWidthChar;

/// What a letter takes that the font has not, for each column that it takes on a terminal. In units of the font size.
const FOREIGN: f64 = 0.55;

/// The font that comes with us: DejaVu Sans.
pub(super) fn font() -> &'static [u8] {
    dejavu::sans::regular()
}

struct Letters {
    charmap: Charmap<'static>,
    metrics: GlyphMetrics<'static>,
}

static LETTERS: LazyLock<Option<Letters>> = LazyLock::new(|| {
    let font = FontRef::new(font()).ok()?;
    Some(Letters { charmap: font.charmap(), metrics: font.glyph_metrics(Size::new(1.0), LocationRef::default()) })
});

/// Whether the bundled font has all letters of a text.
pub(super) fn has_all(text: &str) -> bool {
    let Some(letters) = &*LETTERS else { return false };
    text.chars().all(|c| c.is_whitespace() || letters.charmap.map(c).is_some())
}

fn advance(c: char) -> f64 {
    let known = LETTERS.as_ref().and_then(|letters| letters.metrics.advance_width(letters.charmap.map(c)?));
    known.map_or_else(|| FOREIGN * c.width().unwrap_or(0) as f64, f64::from)
}

/// Pairs of letters can stand farther apart than the letters are wide.
const KERNING: f64 = 1.025;

/// Pixels that a text takes at most at a font size.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(advance).sum::<f64>() * size * KERNING
}

/// The text cut to so many pixels, with a mark where something is missing.
pub(super) fn cut(text: &str, size: f64, room: f64) -> String {
    let text = clean(text);
    if width(&text, size) <= room {
        return text;
    }
    let mut used = width("…", size);
    let mut kept = String::new();
    for c in text.chars() {
        used += advance(c) * size * KERNING;
        if used > room {
            break;
        }
        kept.push(c);
    }
    kept.trim_end().to_string() + "…"
}

/// The text in at most so many lines of at most so many pixels, broken between words where there are any; the last line is
/// cut where there is more.
pub(super) fn lines(text: &str, size: f64, room: f64, most: usize) -> Vec<String> {
    let text = clean(text);
    let mut found: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let line = found.last_mut().expect("there is always a line");
        let longer = if line.is_empty() { word.to_string() } else { format!("{line} {word}") };
        // All that does not fit any more is cut off from the last line.
        if width(&longer, size) <= room || line.is_empty() || found.len() == most {
            *found.last_mut().expect("there is always a line") = longer;
        } else {
            found.push(word.to_string());
        }
    }
    found.iter().map(|line| cut(line, size, room)).filter(|line| !line.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_have_their_widths() {
        // DejaVu Sans: 1303 of 2048 units for a digit.
        assert!((width("1234", 10.0) - 40.0 * KERNING * 1303.0 / 2048.0).abs() < 0.01);
        assert!(width("日本", 10.0) > 20.0);
        assert!(has_all("Größe – Дата") && !has_all("日本"));
    }

    #[test]
    fn what_does_not_fit_is_cut() {
        let room = 60.0;
        let short = cut("a long title that goes on and on", 12.0, room);
        assert!(short.ends_with('…') && width(&short, 12.0) <= room, "{short}");
        assert_eq!(lines("one two three", 12.0, width("one two", 12.0) + 1.0, 2), ["one two", "three"]);
        let two = lines("one two three four five", 12.0, width("one two", 12.0) + 1.0, 2);
        assert!(two.len() == 2 && two[1].ends_with('…'), "{two:?}");
        assert_eq!(cut("", 12.0, 5.0), "");
    }
}
