//! Answers in, pictures as SVG and PNG out.

mod axis;
mod calendar;
mod curves;
mod days;
mod fan;
mod frame;
mod influence;
mod joint;
mod letters;
pub(in crate::render) mod mark;
mod png;
pub(in crate::render) mod style;
mod sweep;

pub use calendar::calendar_picture;
pub use days::days_picture;
pub use fan::fan_picture;
pub use frame::{MOST_PIXELS, PictureOptions};
pub use influence::influence_picture;
pub use joint::joint_picture;
pub use png::NoImage;
pub use sweep::{SweepCurves, sweep_picture};

use mark::{Area, area, clean};
use maud::{Markup, PreEscaped, html};

/// A drawn picture.
#[derive(Clone, Debug)]
pub struct Picture {
    width: u32,
    height: u32,
    /// What it shows, in few words.
    title: String,
    /// What it shows, for who cannot see it.
    description: String,
    marks: Markup,
}

impl Picture {
    /// Width and height in pixels.
    pub fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// What it shows, for who cannot see it.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// A whole SVG file, with its colours for light and dark. Its text is text.
    pub fn svg(&self) -> String {
        let sheet = html! { style { (PreEscaped(style::sheet())) } };
        let declaration = PreEscaped("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        html! { (declaration) (self.element("picture", &sheet)) "\n" }.into_string()
    }

    /// The SVG element alone, for a page that has the style sheet; `name` is its own in that page.
    pub(in crate::render) fn inline(&self, name: &str) -> Markup {
        self.element(name, &html! {})
    }

    /// A PNG image of the same size, in light colours. Letters that the bundled font has not come from the machine's fonts,
    /// where those have them.
    ///
    /// # Errors
    /// Where the picture is too large for the memory.
    pub fn png(&self) -> Result<Vec<u8>, NoImage> {
        png::png(self)
    }

    fn element(&self, name: &str, head: &Markup) -> Markup {
        let (title, description) = (format!("{name}-title"), format!("{name}-description"));
        let labels = format!("{title} {description}");
        let paper = Area { x: 0.0, y: 0.0, width: f64::from(self.width), height: f64::from(self.height) };
        html! {
            svg xmlns="http://www.w3.org/2000/svg" class="dateline" role="img" aria-labelledby=(labels)
                width=(self.width) height=(self.height) viewBox=(format!("0 0 {} {}", self.width, self.height))
                font-family=(style::FONTS) font-size="12" {
                title id=(title) { (clean(&self.title)) }
                desc id=(description) { (clean(&self.description)) }
                (head)
                (area("paper", paper, ""))
                (self.marks)
            }
        }
    }
}
