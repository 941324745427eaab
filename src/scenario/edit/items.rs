//! A list `[ … ]` or table `{ … }` in; cuts that add a member to it or take one out, out.

use super::draft::{Fragment, Splice};
use super::lines;
use super::tree::{Form, form};
use crate::scenario::reader::{Span, Value};
use toml::de::{DeTable, DeValue};

/// The members of a list or table in brackets, from the first key or value on.
pub(super) struct Items<'t> {
    text: &'t str,
    /// With the brackets.
    whole: Span,
    items: Vec<Span>,
}

impl<'t> Items<'t> {
    /// `value` must be written in brackets.
    pub fn of(text: &'t str, value: &Value<'_>) -> Items<'t> {
        let mut ends: Vec<usize> = Vec::new();
        match value.get_ref() {
            DeValue::Array(members) => ends.extend(members.iter().map(|member| member.span().end)),
            DeValue::Table(table) => value_ends(text, table, &mut ends),
            _ => {}
        }
        ends.sort_unstable();
        let whole = value.span();
        let mut at = whole.start + 1;
        let mut items = Vec::new();
        for end in ends {
            at = skip_gap(text, at);
            items.push(at..end);
            at = skip_comma(text, end).unwrap_or(end);
        }
        Items { text, whole, items }
    }

    /// Before the closing bracket.
    fn close(&self) -> usize {
        self.whole.end - 1
    }

    /// Adds a member at the end.
    pub fn push(&self, mut item: Vec<Fragment>) -> Vec<Splice> {
        let Some(last) = self.items.last() else {
            return vec![self.fill(item)];
        };
        let comma = skip_comma(self.text, last.end);
        let end = comma.unwrap_or(last.end);
        if let Some(indentation) = self.indentation_of(last) {
            let line_end = lines::end(self.text, end).min(self.close());
            let place = if line_end == self.close() { end } else { line_end };
            let newline = lines::newline(self.text, last.start);
            item.insert(0, Fragment::filler(format!("{newline}{indentation}")));
            item.extend(comma.map(|_| Fragment::filler(",")));
            let mut splices = vec![Splice::insertion(place, item)];
            if comma.is_none() {
                splices.insert(0, Splice::insertion(last.end, vec![Fragment::filler(",")]));
            }
            return splices;
        }
        item.insert(0, Fragment::filler(if comma.is_some() { " " } else { ", " }));
        item.extend(comma.map(|_| Fragment::filler(",")));
        vec![Splice::insertion(end, item)]
    }

    /// The first member of an empty list or table.
    fn fill(&self, mut item: Vec<Fragment>) -> Splice {
        let inside = self.whole.start + 1..self.close();
        if !self.text[inside.clone()].trim().is_empty() {
            // Comments stay, above.
            return Splice::insertion(self.close(), item);
        }
        if self.text[self.whole.clone()].starts_with('{') {
            item.insert(0, Fragment::filler(" "));
            item.push(Fragment::filler(" "));
        }
        Splice { range: inside, fragments: item }
    }

    /// What an item's line begins with, where nothing else stands before it there.
    fn indentation_of(&self, item: &Span) -> Option<&'t str> {
        let before = &self.text[lines::start(self.text, item.start)..item.start];
        before.trim().is_empty().then_some(before)
    }

    /// Takes out the member that ends at a place, with its comma.
    pub fn remove(&self, end: usize) -> Vec<Splice> {
        let Some(position) = self.items.iter().position(|item| item.end == end) else {
            return Vec::new();
        };
        let item = &self.items[position];
        let comma = skip_comma(self.text, end);
        let after = comma.unwrap_or(end);
        let comma_before = position.checked_sub(1).and_then(|before| {
            let end = self.items[before].end;
            skip_comma(self.text, end).map(|after| after - 1..after)
        });
        if self.has_lines_of_its_own(item, after) {
            let line = lines::start(self.text, item.start);
            let mut splices =
                vec![Splice::removal(lines::end_of_previous(self.text, line)..lines::end(self.text, after))];
            if comma.is_none() {
                splices.extend(comma_before.map(Splice::removal));
            }
            return splices;
        }
        let is_last = position + 1 == self.items.len();
        let removed = match (comma, comma_before) {
            (Some(after), Some(before)) if is_last => before.end..after,
            (Some(after), _) => item.start..after + spaces(&self.text[after..self.close()]),
            (None, Some(before)) => before.start..end,
            (None, None) => self.whole_if_empty(item),
        };
        vec![Splice::removal(removed)]
    }

    /// All between the brackets if that is but the item and spaces.
    fn whole_if_empty(&self, item: &Span) -> Span {
        let (open, close) = (self.whole.start + 1, self.close());
        let rest = [&self.text[open..item.start], &self.text[item.end..close]];
        if rest.iter().all(|rest| rest.trim().is_empty()) { open..close } else { item.clone() }
    }

    /// Whether nothing but a comment shares the lines of an item and its comma.
    fn has_lines_of_its_own(&self, item: &Span, after: usize) -> bool {
        let line_end = lines::end(self.text, after);
        let rest = self.text[after..line_end].trim_start();
        let begins = lines::start(self.text, item.start);
        let inside = begins > self.whole.start && line_end < self.whole.end;
        inside && self.indentation_of(item).is_some() && (rest.is_empty() || rest.starts_with('#'))
    }
}

/// Where the values end that a table in brackets holds by itself or, as in `a.b = 1`, by longer keys.
fn value_ends(text: &str, table: &DeTable<'_>, ends: &mut Vec<usize>) {
    for (_, value) in table.iter() {
        match value.get_ref() {
            DeValue::Table(below) if form(text, value) == Form::Implied => value_ends(text, below, ends),
            _ => ends.push(value.span().end),
        }
    }
}

/// Behind spaces, line ends and comments.
fn skip_gap(text: &str, mut at: usize) -> usize {
    loop {
        let rest = &text[at..];
        at += rest.len() - rest.trim_start().len();
        if !text[at..].starts_with('#') {
            return at;
        }
        at = lines::end(text, at);
    }
}

/// Behind the comma that follows a member.
fn skip_comma(text: &str, end: usize) -> Option<usize> {
    let at = skip_gap(text, end);
    text[at..].starts_with(',').then_some(at + 1)
}

/// How many bytes of spaces and tabs a text begins with.
fn spaces(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t']).len()
}

#[cfg(test)]
mod tests {
    use super::super::draft::Draft;
    use super::*;
    use toml::de::DeTable;

    fn changed(text: &str, cuts: impl Fn(&Items<'_>) -> Vec<Splice>) -> String {
        let line = format!("v = {text}");
        let (document, errors) = DeTable::parse_recoverable(&line);
        assert!(errors.is_empty(), "{text}: {errors:?}");
        let mut draft = Draft::new(&line);
        draft.apply(0, cuts(&Items::of(&line, &document.get_ref()["v"])));
        let (_, errors) = DeTable::parse_recoverable(draft.text());
        assert!(errors.is_empty(), "{}: {errors:?}", draft.text());
        draft.text()[4..].to_string()
    }

    /// Adds `n = 9` or `9`, and takes it out again, which must leave nothing behind.
    #[track_caller]
    fn assert_pushed(text: &str, expected: &str) {
        let item = if text.starts_with('{') { "n = 9" } else { "9" };
        let pushed = changed(text, |items| items.push(vec![Fragment::filler(item)]));
        assert_eq!(pushed, expected);
        let popped = changed(&pushed, |items| items.remove(items.items.last().unwrap().end));
        assert_eq!(popped, text);
    }

    #[track_caller]
    fn assert_removed(text: &str, position: usize, expected: &str) {
        assert_eq!(changed(text, |items| items.remove(items.items[position].end)), expected);
    }

    #[test]
    fn members_are_added_like_the_others() {
        assert_pushed("[1, 2]", "[1, 2, 9]");
        assert_pushed("[ 1, 2 ]", "[ 1, 2, 9 ]");
        assert_pushed("[]", "[9]");
        assert_pushed("{}", "{ n = 9 }");
        assert_pushed("{ a.b = 1, c = 2 }", "{ a.b = 1, c = 2, n = 9 }");
        assert_pushed("[\n  1, # one\n  2, # two, more\n]", "[\n  1, # one\n  2, # two, more\n  9,\n]");
        assert_pushed("[\r\n\t1,\r\n\t2 # two\r\n]", "[\r\n\t1,\r\n\t2, # two\r\n\t9\r\n]");
        assert_pushed("{\n  a = 1,\n  b = 2\n}", "{\n  a = 1,\n  b = 2,\n  n = 9\n}");
        assert_pushed("[1,]", "[1, 9,]");
        assert_pushed("[ 1, ]", "[ 1, 9, ]");
        assert_pushed("[[1], {a=1,b=2}]", "[[1], {a=1,b=2}, 9]");
    }

    #[test]
    fn members_are_taken_out_with_their_commas() {
        assert_removed("[1, 2, 3]", 0, "[2, 3]");
        assert_removed("[1, 2, 3]", 1, "[1, 3]");
        assert_removed("[1, 2, 3]", 2, "[1, 2]");
        assert_removed("[ 1 ]", 0, "[]");
        assert_removed("[ 1, ]", 0, "[ ]");
        assert_removed("[1, 2, ]", 1, "[1, ]");
        assert_removed("{ a.b = 1, c = 2 }", 0, "{ c = 2 }");
        assert_removed("{ a.b = 1, a.c = 2, d = 3 }", 1, "{ a.b = 1, d = 3 }");
        assert_removed("[\n  1, # one\n  2, # two\n]", 0, "[\n  2, # two\n]");
        assert_removed("[\n  1, # one\n  2 # two\n]", 1, "[\n  1 # one\n]");
        assert_removed("[1, # one\n 2]", 1, "[1]");
        assert_removed("[1 # one\n , 2]", 0, "[2]");
        assert_removed("[1 # one\n]", 0, "[ # one\n]");
        assert_removed("[\n# none\n1]", 0, "[\n# none\n]");
    }

    #[test]
    fn comments_of_what_is_empty_stay() {
        let pushed = changed("[\n# none\n]", |items| items.push(vec![Fragment::filler("9")]));
        assert_eq!(pushed, "[\n# none\n9]");
    }
}
