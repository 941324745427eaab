//! A scenario's text in; its tables, how each of them is written, and where its headers, entries and comments stand, out.

use super::lines;
use crate::diagnostic::Diagnostic;
use crate::scenario::build;
use crate::scenario::reader::{Span, Value};
use toml::de::{DeTable, DeValue};

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Text, number, date, true or false.
    Plain,
    /// `[ … ]` as a value.
    List,
    /// `{ … }`.
    Inline,
    /// Below a header `[a]`, or a row's `[[a]]`.
    Section,
    /// A list of rows below headers `[[a]]`.
    Rows,
    /// By nothing but the longer names of what it holds: `a.b = 1` or `[a.b]`.
    Implied,
}

/// A header, or a key with its value, in lines of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Solid {
    /// From the header's bracket or the last part of the key to the end of the bracket or value.
    pub span: Span,
    /// Of an entry: where the key ends and the value begins.
    pub between: Option<Span>,
}

pub(super) struct Tree<'t> {
    pub text: &'t str,
    pub root: DeTable<'t>,
    /// In their order; between them there are only comments and blank lines.
    solids: Vec<Solid>,
}

impl<'t> Tree<'t> {
    /// # Errors
    /// Where the text is no TOML.
    pub fn parse(text: &'t str) -> Result<Tree<'t>, Vec<Diagnostic>> {
        let root = build::tables(text)?;
        let mut solids = Vec::new();
        collect(text, &root, &mut solids);
        solids.sort_by_key(|solid| solid.span.start);
        Ok(Tree { text, root, solids })
    }

    pub fn form(&self, value: &Value<'_>) -> Form {
        form(self.text, value)
    }

    /// Whether a value stands behind an equals sign, rather than in lines of its own or in several places.
    pub fn is_value(&self, value: &Value<'_>) -> bool {
        matches!(self.form(value), Form::Plain | Form::List | Form::Inline)
    }

    /// The text of a value as it stands in the file.
    pub fn raw(&self, value: &Value<'_>) -> &'t str {
        &self.text[value.span()]
    }

    /// The last header or entry that begins before a place.
    fn solid_before(&self, at: usize) -> Option<&Solid> {
        self.solids[..self.first_solid(at)].last()
    }

    /// The number of the first header or entry that begins at a place or after it.
    fn first_solid(&self, at: usize) -> usize {
        self.solids.partition_point(|solid| solid.span.start < at)
    }

    /// The header or entry that begins at a place.
    pub fn solid(&self, at: usize) -> &Solid {
        &self.solids[self.first_solid(at)]
    }

    /// Whether it is the first header or entry of the file.
    pub fn is_first(&self, solid: &Solid) -> bool {
        self.solids.first() == Some(solid)
    }

    /// The header at a place, and the entries below it up to the next header.
    pub fn section(&self, header: usize) -> &[Solid] {
        let first = self.first_solid(header);
        let rest = &self.solids[first..];
        let next = rest.iter().skip(1).position(|solid| solid.between.is_none());
        &rest[..next.map_or(rest.len(), |next| next + 1)]
    }

    /// The entries before the first header.
    pub fn top_entries(&self) -> &[Solid] {
        &self.solids[..self.solids.iter().position(|solid| solid.between.is_none()).unwrap_or(self.solids.len())]
    }

    pub fn headers(&self) -> impl DoubleEndedIterator<Item = &Solid> {
        self.solids.iter().filter(|solid| solid.between.is_none())
    }

    /// The entry whose value is at a place.
    pub fn entry(&self, value: usize) -> Option<&Solid> {
        self.solid_before(value + 1).filter(|solid| solid.between.is_some())
    }

    /// The beginning of the first line after the header or entry before a place.
    fn first_free_line(&self, at: usize) -> usize {
        self.solid_before(at).map_or(lines::beginning(self.text), |solid| lines::next(self.text, solid.span.end))
    }

    /// Where the comment begins that stands directly above a line, or else the line itself.
    ///
    /// What the file begins with is a comment on the file.
    pub fn attached(&self, line: usize) -> usize {
        let free = self.first_free_line(line);
        let mut first = line;
        while let Some(above) = lines::previous(self.text, first) {
            if above < free || !lines::is_comment(self.text, above) {
                break;
            }
            first = above;
        }
        if first == lines::beginning(self.text) { line } else { first }
    }

    /// Where the blank lines begin that stand directly above a line, or else the line itself.
    pub fn blanks_above(&self, line: usize) -> usize {
        let mut first = line;
        // No value ends in a blank line.
        while let Some(above) = lines::previous(self.text, first).filter(|above| lines::is_blank(self.text, *above)) {
            first = above;
        }
        first
    }

    /// How many blank lines stand above a header and its comment.
    pub fn gap_above(&self, header: &Solid) -> usize {
        let line = self.attached(lines::start(self.text, header.span.start));
        self.text[self.blanks_above(line)..line].matches('\n').count()
    }

    /// The lines of a section, from the comment above its header to the last entry with the comment below, up to the
    /// last line's end.
    pub fn region(&self, header: usize) -> Span {
        let section = self.section(header);
        let start = self.attached(lines::start(self.text, header));
        let last = section.last().map_or(header, |solid| solid.span.end);
        start..self.with_comment_below(lines::end(self.text, last))
    }

    /// The end of the comment that follows a line without a gap, unless it belongs to what follows that.
    pub fn with_comment_below(&self, end: usize) -> usize {
        let mut last = end;
        loop {
            let next = lines::next(self.text, last);
            if next == self.text.len() {
                return last;
            }
            if !lines::is_comment(self.text, next) {
                return if lines::is_blank(self.text, next) { last } else { end };
            }
            last = lines::end(self.text, next);
        }
    }
}

/// How a value of a text is written.
pub(super) fn form(text: &str, value: &Value<'_>) -> Form {
    // A table below a header has the header's place, one that is implied that of its name.
    let begins_with = |span: Span, bracket: char| text[span].starts_with(bracket);
    match value.get_ref() {
        DeValue::Table(_) if begins_with(value.span(), '[') => Form::Section,
        DeValue::Table(_) if begins_with(value.span(), '{') => Form::Inline,
        DeValue::Table(_) => Form::Implied,
        DeValue::Array(members) => {
            let first = members.iter().next().filter(|first| matches!(first.get_ref(), DeValue::Table(_)));
            if first.is_some_and(|first| begins_with(first.span(), '[')) { Form::Rows } else { Form::List }
        }
        _ => Form::Plain,
    }
}

fn collect(text: &str, table: &DeTable<'_>, solids: &mut Vec<Solid>) {
    for (key, value) in table.iter() {
        match (form(text, value), value.get_ref()) {
            (Form::Section, DeValue::Table(below)) => {
                solids.push(Solid { span: value.span(), between: None });
                collect(text, below, solids);
            }
            (Form::Implied, DeValue::Table(below)) => collect(text, below, solids),
            (Form::Rows, DeValue::Array(rows)) => {
                for row in rows.iter() {
                    solids.push(Solid { span: row.span(), between: None });
                    row.get_ref().as_table().into_iter().for_each(|below| collect(text, below, solids));
                }
            }
            _ => {
                let between = key.span().end..value.span().start;
                solids.push(Solid { span: key.span().start..value.span().end, between: Some(between) });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\u{feff}# The file\ntitle = 'a'\na.b = 1\n\n# Of x\n[x] # beside\ny = '''\n# no comment'''\n\
                        # below\n\n# free\n\n# Of rows\n[[row]]\nz = { q = 1 }\n# Of the next\n[[row]]\n[ x . w ]\n";

    fn shown(span: Span) -> &'static str {
        &TEXT[span]
    }

    #[test]
    fn values_are_known_by_how_they_are_written() {
        let tree = Tree::parse(TEXT).unwrap();
        let form = |key: &str| tree.form(&tree.root[key]);
        assert_eq!(["title", "a", "x", "row"].map(form), [Form::Plain, Form::Implied, Form::Section, Form::Rows]);
        let row = tree.root["row"].get_ref().as_array().unwrap()[0].get_ref().as_table().unwrap();
        assert_eq!(tree.form(&row["z"]), Form::Inline);
    }

    #[test]
    fn sections_have_their_comments() {
        let tree = Tree::parse(TEXT).unwrap();
        let regions: Vec<&str> = tree.headers().map(|header| shown(tree.region(header.span.start))).collect();
        assert_eq!(regions[0], "# Of x\n[x] # beside\ny = '''\n# no comment'''\n# below");
        assert_eq!(regions[1], "# Of rows\n[[row]]\nz = { q = 1 }");
        assert_eq!(regions[2..], ["# Of the next\n[[row]]", "[ x . w ]"]);
        let gaps: Vec<usize> = tree.headers().map(|header| tree.gap_above(header)).collect();
        assert_eq!(gaps, [1, 1, 0, 0]);
    }

    #[test]
    fn the_comment_at_the_beginning_is_the_files() {
        let tree = Tree::parse(TEXT).unwrap();
        let title = TEXT.find("title").unwrap();
        assert_eq!(tree.attached(title), title);
        assert_eq!(tree.top_entries().len(), 2);
        let entry = tree.entry(TEXT.find("'''").unwrap()).unwrap();
        assert_eq!(shown(entry.between.clone().unwrap()), " = ");
    }
}
