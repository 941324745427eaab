//! A seed in; the text of a scenario in some layout or other, no sound one but of the known keys, out.

use crate::draw::Draw;

/// A value with its layout open.
enum Content {
    /// As it is.
    Raw(String),
    Table(Vec<(String, Content)>),
    List(Vec<Content>),
}

use Content::{List, Raw, Table};

type Entries = Vec<(String, Content)>;

/// A text in a layout of its own.
pub fn random_text(seed: u64) -> String {
    let mut draw = Draw::new(seed);
    let newlines = draw.pick(&[&["\n"][..], &["\r\n"], &["\n", "\r\n"]]);
    let spacing = draw.pick(&[&[" = "][..], &["="], &["   = "], &[" = ", "=", "\t=  ", " =\t"]]);
    let mut writer = Writer { draw, text: String::new(), newlines, spacing, comments: 0.0 };
    writer.comments = writer.draw.pick(&[0.0, 0.15, 0.5]);
    writer.file();
    writer.text
}

struct Writer {
    draw: Draw,
    text: String,
    newlines: &'static [&'static str],
    spacing: &'static [&'static str],
    /// How often there is a comment.
    comments: f64,
}

impl Writer {
    fn file(&mut self) {
        if self.draw.chance(0.15) {
            self.text.push('\u{feff}');
        }
        let top = self.top();
        self.entries(&[], top);
        let mut sections = self.sections();
        if self.draw.chance(0.3) {
            self.draw.shuffle(&mut sections);
        }
        // What is in brackets or dotted keys belongs to the top, before all headers.
        let (early, late): (Vec<_>, Vec<_>) = sections.into_iter().partition(|section| section.form != Form::Header);
        early.into_iter().chain(late).for_each(|section| self.section(section));
        if self.draw.chance(0.25) {
            self.text.truncate(self.text.trim_end().len());
        } else if self.draw.chance(0.2) {
            self.newline();
            self.text.push_str("# the end");
        }
    }

    fn top(&mut self) -> Entries {
        let horizon = Table(vec![date("from", "2024-05-01"), date("to", "2024-06-30")]);
        let mut top = vec![("title".to_string(), self.string("A visit")), ("horizon".to_string(), horizon)];
        if self.draw.chance(0.5) {
            top.push(date("as_of", "2024-05-04"));
        }
        self.some_of(top)
    }

    fn sections(&mut self) -> Vec<Section> {
        let mut found = Vec::new();
        if self.draw.chance(0.4) {
            let days = (1..=self.draw.between(0, 3)).map(|day| Raw(format!("2024-05-0{day}"))).collect();
            found.push(Section::table(&["calendar"], vec![("holidays".to_string(), List(days))]));
        }
        if self.draw.chance(0.3) {
            found.push(Section::table(&["grade"], vec![number("B2", "0.75"), number("C3", "0.550")]));
        }
        let form = self.draw.pick(&[Form::Header, Form::Header, Form::Header, Form::Dotted, Form::Brackets]);
        let names = ["visit", "tour", "summit"].into_iter().take(self.draw.between(1, 3) as usize);
        let events: Vec<(String, Entries)> = names.map(|name| (name.to_string(), self.event())).collect();
        if form == Form::Brackets && self.draw.chance(0.5) {
            let events = Table(events.into_iter().map(|(name, event)| (name, Table(event))).collect());
            found.push(Section { form, ..Section::table(&[], vec![("event".to_string(), events)]) });
        } else {
            let sections = events.into_iter().map(|(name, event)| Section::table(&["event", &name], event));
            found.extend(sections.map(|section| Section { form, ..section }));
        }
        for name in ["reuters", "the paper", "x.y"].iter().take(self.draw.between(0, 3) as usize) {
            let source = self.source();
            found.push(Section::table(&["source", name], source));
        }
        for kind in ["rule", "report", "observation", "query"] {
            let form = if self.draw.chance(0.2) { Form::Brackets } else { Form::Header };
            let rows: Vec<Entries> = (0..self.draw.between(0, 3)).map(|number| self.row(kind, number)).collect();
            match form {
                Form::Brackets if !rows.is_empty() => {
                    let rows = List(rows.into_iter().map(Table).collect());
                    found.push(Section { form, path: Vec::new(), row: false, entries: vec![(kind.to_string(), rows)] });
                }
                _ => found.extend(rows.into_iter().map(|row| Section { row: true, ..Section::table(&[kind], row) })),
            }
        }
        found
    }

    fn event(&mut self) -> Entries {
        let weights = |weight: &str, of: &str| Table(vec![text("in", of), number("weight", weight)]);
        let prior = match self.draw.below(3) {
            0 => Raw("\"uniform\"".to_string()),
            1 => Table(vec![text("shape", "pert"), date("low", "2024-05-08"), date("mode", "2024-05-20")]),
            _ => Table(vec![("weights".to_string(), List(vec![weights("1", "May"), weights("2.50", "June")]))]),
        };
        let after = List(vec![self.string("visit"), self.string("tour")]);
        let entries = vec![
            ("title".to_string(), self.string("It's \"so\"")),
            number("duration", "2"),
            number("occurs", "+0.95"),
            ("prior".to_string(), prior),
            ("weekdays".to_string(), Table(vec![number("sat", "0.20"), number("sun", "1e-1")])),
            ("after".to_string(), after),
            number("visible", "true"),
        ];
        self.some_of(entries)
    }

    fn source(&mut self) -> Entries {
        let grade = ("grade".to_string(), self.string("B2"));
        let strength = if self.draw.chance(0.5) { grade } else { number("credibility", "0.70") };
        let slip = ("slip".to_string(), Table(vec![number("early", "1"), number("late", "7")]));
        let title = ("title".to_string(), self.string("Somebody"));
        self.some_of(vec![title, strength, slip])
    }

    fn row(&mut self, kind: &str, number: i32) -> Entries {
        let id = self.draw.pick(&["late-may", "a.b", "a b", "say \"so\"", "ä", "x=y"]);
        let id = (number % 2 == 0).then(|| ("id".to_string(), self.string(&format!("{kind} {id} {number}"))));
        let key = if kind == "query" { "ask" } else { "says" };
        let mut entries = vec![(key.to_string(), self.string("visit before tour"))];
        if kind == "report" {
            entries.extend(self.source().into_iter().filter(|(key, _)| key != "title"));
            entries.push(date("date", "2024-05-02"));
        }
        id.into_iter().chain(self.some_of(entries)).collect()
    }

    /// Not always all of them.
    fn some_of(&mut self, mut entries: Entries) -> Entries {
        let all = self.draw.chance(0.4);
        entries.retain(|_| all || self.draw.chance(0.6));
        entries
    }

    /// A TOML string of one of the four kinds.
    fn string(&mut self, text: &str) -> Content {
        let plain = !text.contains('\'');
        Raw(match self.draw.below(6) {
            0 if plain => format!("'{text}'"),
            1 if plain => format!("'''{text}'''"),
            2 => format!("\"\"\"\n# no comment\n{}\n# none\"\"\"", text.replace('"', "\\\"")),
            _ => format!("\"{}\"", text.replace('"', "\\\"")),
        })
    }

    fn newline(&mut self) {
        let newline = self.draw.pick(self.newlines);
        self.text.push_str(newline);
    }

    /// Blank lines and comments above something.
    fn above(&mut self, blanks: i32) {
        (0..self.draw.between(0, blanks)).for_each(|_| self.newline());
        if self.draw.chance(self.comments) {
            self.text.push_str("# about [what] = \"follows\"");
            self.newline();
            if self.draw.chance(0.3) {
                self.newline();
            }
        }
    }

    fn end_of_line(&mut self) {
        if self.draw.chance(self.comments) {
            self.text.push_str("   # so, [ they ] = say");
        }
        self.newline();
    }

    fn section(&mut self, section: Section) {
        let Section { path, entries, row, form } = section;
        match form {
            Form::Header => {
                self.above(2);
                self.header(&path, row);
                self.entries(&path, entries);
            }
            Form::Dotted if entries.is_empty() => self.entry(&path, Table(entries)),
            Form::Dotted => {
                for (key, content) in entries {
                    self.entry(&[path.clone(), vec![key]].concat(), content);
                }
            }
            Form::Brackets if path.is_empty() => {
                for (key, content) in entries {
                    self.entry(&[key], content);
                }
            }
            Form::Brackets => self.entry(&path, Table(entries)),
        }
    }

    fn header(&mut self, path: &[String], row: bool) {
        let name = dotted(path);
        let inside = self.draw.pick(&["", "", " "]);
        let (open, close) = if row { ("[[", "]]") } else { ("[", "]") };
        self.text.push_str(&format!("{open}{inside}{name}{inside}{close}"));
        self.end_of_line();
    }

    /// The entries of a section; tables in it may have sections of their own, below.
    fn entries(&mut self, path: &[String], entries: Entries) {
        let mut below: Vec<(String, Entries)> = Vec::new();
        for (key, content) in entries {
            match content {
                Table(table) if !path.is_empty() && self.draw.chance(0.3) => below.push((key, table)),
                Table(table) if self.draw.chance(0.3) => {
                    for (inner, content) in table {
                        self.entry(&[key.clone(), inner], content);
                    }
                }
                content => self.entry(&[key], content),
            }
        }
        for (key, table) in below {
            self.section(Section { path: [path, &[key]].concat(), row: false, entries: table, form: Form::Header });
        }
    }

    fn entry(&mut self, key: &[String], content: Content) {
        self.above(1);
        let indentation = self.draw.pick(&["", "", "", "  ", "\t"]);
        let spacing = self.draw.pick(self.spacing);
        self.text.push_str(&format!("{indentation}{}{spacing}", dotted(key)));
        self.content(content);
        self.end_of_line();
    }

    fn content(&mut self, content: Content) {
        let lines = self.draw.chance(0.25);
        match content {
            Raw(text) => self.text.push_str(&text),
            Table(entries) if entries.is_empty() => self.text.push_str("{}"),
            List(members) if members.is_empty() => self.text.push_str("[]"),
            Table(entries) => {
                self.text.push('{');
                let last = entries.len() - 1;
                for (number, (key, content)) in entries.into_iter().enumerate() {
                    self.member_begins(lines);
                    self.text.push_str(&format!("{} = ", dotted(&[key])));
                    self.content(content);
                    self.member_ends(lines, number == last);
                }
                self.text.push('}');
            }
            List(members) => {
                self.text.push('[');
                let last = members.len() - 1;
                for (number, content) in members.into_iter().enumerate() {
                    self.member_begins(lines);
                    self.content(content);
                    self.member_ends(lines, number == last);
                }
                self.text.push(']');
            }
        }
    }

    fn member_begins(&mut self, lines: bool) {
        if lines {
            self.text.push_str("  ");
        } else if self.draw.chance(0.8) {
            self.text.push(' ');
        }
        if lines && (self.text.trim_end().ends_with('{') || self.text.trim_end().ends_with('[')) {
            self.text.truncate(self.text.trim_end().len());
            self.newline();
            self.text.push_str("  ");
        }
    }

    fn member_ends(&mut self, lines: bool, last: bool) {
        if !last || self.draw.chance(0.2) {
            self.text.push(',');
        }
        if lines {
            self.end_of_line();
        } else if last && self.draw.chance(0.7) {
            self.text.push(' ');
        }
    }
}

/// How a table of the top is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Header,
    Dotted,
    Brackets,
}

struct Section {
    path: Vec<String>,
    row: bool,
    entries: Entries,
    form: Form,
}

impl Section {
    fn table(path: &[&str], entries: Entries) -> Section {
        let path = path.iter().map(|part| part.to_string()).collect();
        Section { path, row: false, entries, form: Form::Header }
    }
}

fn dotted(path: &[String]) -> String {
    path.iter().map(|part| crate::leaves::quoted(part)).collect::<Vec<_>>().join(".")
}

fn date(key: &str, date: &str) -> (String, Content) {
    (key.to_string(), Raw(date.to_string()))
}

fn number(key: &str, number: &str) -> (String, Content) {
    date(key, number)
}

fn text(key: &str, text: &str) -> (String, Content) {
    (key.to_string(), Raw(format!("\"{text}\"")))
}
