//! A picture in, a PNG image of the same size out.

use super::{Picture, letters};
use resvg::{tiny_skia, usvg};
use std::fmt;
use std::sync::Arc;

/// Why a picture could not be made an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoImage(String);

impl fmt::Display for NoImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the picture could not be made an image: {}", self.0)
    }
}

impl std::error::Error for NoImage {}

/// The picture drawn in pixels, light.
pub(super) fn png(picture: &Picture) -> Result<Vec<u8>, NoImage> {
    let svg = picture.svg();
    let mut options = usvg::Options { font_family: FAMILY.to_string(), ..usvg::Options::default() };
    let fonts = options.fontdb_mut();
    fonts.load_font_source(usvg::fontdb::Source::Binary(Arc::new(letters::font())));
    // Reading a machine's fonts takes time, and makes images depend on them: only where ours has not all the letters.
    if !letters::has_all(&svg) {
        fonts.load_system_fonts();
    }
    fonts.set_sans_serif_family(FAMILY);
    let tree = usvg::Tree::from_str(&svg, &options).map_err(|error| NoImage(error.to_string()))?;
    let (width, height) = picture.size();
    let mut pixels = tiny_skia::Pixmap::new(width, height).ok_or_else(|| NoImage("it is too large".to_string()))?;
    resvg::render(&tree, tiny_skia::Transform::identity(), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| NoImage(error.to_string()))
}

const FAMILY: &str = "DejaVu Sans";
