//! Single edits of texts in every layout in; exactly the bytes that were to change out.

use crate::after;

/// Odd spacing, quotes and comments on purpose.
const ODD: &str = "\u{feff}# About the file\r\ntitle   = 'Old'   # why\r\nhorizon.from = 2024-05-01\r\nhorizon . to=2024-06-30 # end\r\n\r\n\
    # The visit\r\n[ event . visit ]  # odd\r\n\tduration = 2\t# days\r\n\tweekdays = { sat = 0.20,sun=+0 , }\r\n\r\n\
    [event.visit.prior]\r\nshape = \"pert\"\r\n  low  = 2024-05-08\r\n  mode = 2024-05-20\r\n  high = 2024-06-30\r\n\r\n\
    [event.tour]\r\n\r\n[[rule]]\r\nsays = '''\r\n# not a comment'''\r\n# Of the report\r\n[[report]]\r\nid = \"a.b c\"\r\ngrade = \"B2\"   # so\r\nsays = \"visit in May\"\r\n\
    slip.early = 1\r\nslip.late = 7\r\n# end";

/// `edit` turns `from` into `to` and changes nothing else.
#[track_caller]
fn assert_replaces(edit: &str, from: &str, to: &str) {
    assert_eq!(ODD.matches(from).count(), 1, "{from:?} is to stand there once");
    assert_eq!(after(ODD, &[edit]), ODD.replace(from, to));
}

#[test]
fn values_are_replaced_where_they_stand() {
    assert_replaces("title=New", "'Old'", "'New'");
    assert_replaces("title=It's new", "'Old'", "\"It's new\"");
    assert_replaces("title=\"New\"", "'Old'", "\"New\"");
    assert_replaces("title=2024", "'Old'", "'2024'");
    assert_replaces("horizon.to=2024-07-31", "to=2024-06-30", "to=2024-07-31");
    assert_replaces("event.visit.duration=3", "duration = 2\t#", "duration = 3\t#");
    assert_replaces(
        "event.visit.duration={ shape = \"uniform\", to = 3 }",
        "n = 2\t#",
        "n = { shape = \"uniform\", to = 3 }\t#",
    );
    assert_replaces("event.visit.weekdays.sun=0.5", "sun=+0 ,", "sun=0.5 ,");
    assert_replaces("event.visit.prior.mode=2024-05-21", "2024-05-20", "2024-05-21");
    assert_replaces("rule.rule-1.says=visit in June", "'''\r\n# not a comment'''", "\"visit in June\"");
    assert_replaces("report.a.b c.slip.late=8", "late = 7", "late = 8");
    assert_replaces("report.\"a.b c\".slip . late=8", "late = 7", "late = 8");
    assert_replaces("report.'a.b c'.id=short", "\"a.b c\"", "\"short\"");
}

#[test]
fn measures_of_the_same_take_each_others_place() {
    assert_replaces("report.a.b c.credibility=0.60", "grade = \"B2\"   #", "credibility = 0.60   #");
    assert_replaces("report.a.b c.likelihood_ratio=3", "grade = \"B2\"   #", "likelihood_ratio = 3   #");
    let there = after(ODD, &["report.a.b c.credibility=0.6"]);
    assert_eq!(after(&there, &["report.a.b c.grade=B2"]), ODD);
    let quoted = "[source.a]\n\"grade\" = 'B2'\n";
    assert_eq!(after(quoted, &["source.a.credibility=.5"]), "[source.a]\n\"credibility\" = \".5\"\n");
}

#[test]
fn new_keys_stand_below_their_neighbours() {
    assert_replaces("as_of=2024-05-02", "# end\r\n\r\n", "# end\r\nas_of=2024-05-02\r\n\r\n");
    assert_replaces("event.visit.occurs=0.9", "sun=+0 , }\r\n", "sun=+0 , }\r\n\toccurs = 0.9\r\n");
    assert_replaces("event.visit.weekdays.mon=2", "sun=+0 , }", "sun=+0 , mon = 2, }");
    assert_replaces("event.tour.title=The tour", "[event.tour]\r\n", "[event.tour]\r\ntitle = \"The tour\"\r\n");
    assert_replaces(
        "event.tour.prior.shape=pert",
        "[event.tour]\r\n",
        "[event.tour]\r\nprior = { shape = \"pert\" }\r\n",
    );
    assert_replaces("rule.rule-1.id=x", "[[rule]]\r\n", "[[rule]]\r\nid = \"x\"\r\n");
    let end = ["slip.late = 7\r\n# end", "slip.late = 7\r\nhedge = \"likely\"\r\n# end"];
    assert_replaces("report.a.b c.hedge=likely", end[0], end[1]);
    assert_replaces(
        "calendar.holidays=[2024-05-09]",
        "# end\r\n\r\n",
        "# end\r\n\r\n[calendar]\r\nholidays = [2024-05-09]\r\n\r\n",
    );
}

#[test]
fn the_first_key_of_the_top_stands_above_all_headers() {
    for (text, expected) in [
        ("", "title = \"T\"\n"),
        ("# c", "# c\n\ntitle = \"T\""),
        ("[event.a]\n", "title = \"T\"\n\n[event.a]\n"),
        ("# file\n[event.a]\n", "# file\ntitle = \"T\"\n[event.a]\n"),
        ("# file\n\n\n# a\n[event.a]\n", "# file\n\ntitle = \"T\"\n\n\n# a\n[event.a]\n"),
        ("\u{feff}[event.a]\r\n", "\u{feff}title = \"T\"\r\n\r\n[event.a]\r\n"),
    ] {
        let found = after(text, &["title=T"]);
        assert_eq!(found, expected);
        assert_eq!(after(&found, &["-title"]), text, "and away again");
    }
}

#[test]
fn tables_by_longer_names_get_longer_names() {
    let dotted =
        "event.visit.duration = 2\nevent.tour.title = 'T'\n[source]\nx.grade = 'B2' # b\n[[report]]\nslip.early = 1\n";
    let found = after(dotted, &["event.visit.occurs=0.5", "source.x.hedge=likely", "report.report-1.slip.late=2"]);
    let expected = "event.visit.duration = 2\nevent.visit.occurs = 0.5\nevent.tour.title = 'T'\n\
        [source]\nx.grade = 'B2' # b\nx.hedge = \"likely\"\n[[report]]\nslip.early = 1\nslip.late = 2\n";
    assert_eq!(found, expected);
    let removed = after(&found, &["-event.visit.occurs", "-source.x.hedge", "-report.report-1.slip.late"]);
    assert_eq!(removed, dotted);
    // Without a header of its own.
    let above = "title = 'T'\n\n# Of the prior\n[event.visit.prior]\nshape = 'uniform'\n";
    let found = after(above, &["event.visit.occurs=0.5"]);
    assert_eq!(found, above.replace("# Of", "[event.visit]\noccurs = 0.5\n\n# Of"));
    // In brackets.
    let inline = "event = { visit.duration = 2, tour = {} }\n";
    let found = after(inline, &["event.visit.occurs=0.5", "event.tour.on=2024-05-01", "event.visit.weekdays.mon=1"]);
    let expected = "event = { visit.duration = 2, tour = { on = 2024-05-01 }, visit.occurs = 0.5, visit.weekdays = { mon = 1 } }\n";
    assert_eq!(found, expected);
}

#[test]
fn equals_signs_stay_aligned() {
    let text =
        "title   = 'T'\nhorizon = { from = 2024-05-01, to = 2024-06-30 }\n\n[[rule]]\nid   = \"a\"\nsays = \"a\"\n";
    let found = after(text, &["as_of=2024-05-02", "+rule says=b; id=b", "+query id=c; ask=d"]);
    let expected = "title   = 'T'\nhorizon = { from = 2024-05-01, to = 2024-06-30 }\nas_of   = 2024-05-02\n\n\
        [[rule]]\nid   = \"a\"\nsays = \"a\"\n\n[[rule]]\nsays = \"b\"\nid   = \"b\"\n\n[[query]]\nid  = \"c\"\nask = \"d\"\n";
    assert_eq!(found, expected);
    let tight = "[[rule]]\nid=\"a\"\nsays=\"a\"\n";
    assert_eq!(after(tight, &["+rule says=b"]), "[[rule]]\nid=\"a\"\nsays=\"a\"\n\n[[rule]]\nsays=\"b\"\n");
}

#[test]
fn rows_are_added_after_the_last_of_their_kind() {
    let text = "[event.a]\r\n\r\n# One\r\n[[report]]\r\nsays = \"x\"\r\n[report.slip]\r\nearly = 1\r\n# below\r\n\r\n\r\n# free\r\n\r\n[source.s]";
    let added =
        after(text, &["+report says=y; source=s", "+event id=b; duration=2", "+source id=\"t u\"", "+query ask=z"]);
    let expected = "[event.a]\r\n\r\n[event.b]\r\nduration = 2\r\n\r\n# One\r\n[[report]]\r\nsays = \"x\"\r\n[report.slip]\r\nearly = 1\r\n# below\r\n\r\n\
        [[report]]\r\nsays = \"y\"\r\nsource = \"s\"\r\n\r\n\r\n# free\r\n\r\n[source.s]\r\n\r\n[source.\"t u\"]\r\n\r\n[[query]]\r\nask = \"z\"";
    assert_eq!(added, expected);
    let removed = ["-query.query-1", "-source.t u", "-event.b", "-report.report-2"];
    assert_eq!(after(&added, &removed), text);
}

#[test]
fn rows_in_brackets_are_added_to_their_list() {
    let text = "rule = [\n  { says = \"a\" }, # a\n]\nquery = []\nsource = { a = { grade = 'B2' } }\n";
    let added = after(text, &["+rule says=b", "+query ask=c", "+source id=b; grade=C3"]);
    let expected = "rule = [\n  { says = \"a\" }, # a\n  { says = \"b\" },\n]\nquery = [{ ask = \"c\" }]\n\
        source = { a = { grade = 'B2' }, b = { grade = \"C3\" } }\n";
    assert_eq!(added, expected);
    assert_eq!(after(&added, &["-source.b", "-query.query-1", "-rule.rule-2"]), text);
}

#[test]
fn what_is_removed_takes_its_comment_along() {
    let text = "# File\ntitle = 'T'\n# Of the day\nas_of = 2024-05-01 # known\n\n# Free\n\n# Of a\n[event.a]\n# Of x\nduration = 2\n\
        title = 'A'\n# Of the next\n[event.a.prior]\nshape = 'uniform'\n\n[[rule]]\nsays = 'x'\n";
    assert_eq!(after(text, &["-title"]), text.replace("title = 'T'\n", ""));
    assert_eq!(after(text, &["-as_of"]), text.replace("# Of the day\nas_of = 2024-05-01 # known\n", ""));
    assert_eq!(after(text, &["-event.a.duration"]), text.replace("# Of x\nduration = 2\n", ""));
    assert_eq!(
        after(text, &["-event.a.prior"]),
        text.replace("# Of the next\n[event.a.prior]\nshape = 'uniform'\n", "")
    );
    assert_eq!(
        after(text, &["-event.a"]),
        "# File\ntitle = 'T'\n# Of the day\nas_of = 2024-05-01 # known\n\n# Free\n\n[[rule]]\nsays = 'x'\n"
    );
    assert_eq!(after(text, &["-rule.rule-1"]), text.replace("\n\n[[rule]]\nsays = 'x'", ""));
    assert_eq!(after(text, &["-rule"]), text.replace("\n\n[[rule]]\nsays = 'x'", ""));
}

#[test]
fn what_only_looks_like_a_comment_stays() {
    let text = "[event.a]\ntitle = \"\"\"A\n# no comment\"\"\"\nduration = 2\nprior = [\n# none\n]\n[event.b]\n";
    assert_eq!(after(text, &["-event.a.duration"]), text.replace("duration = 2\n", ""));
    assert_eq!(after(text, &["-event.b"]), text.replace("[event.b]\n", ""));
    let above = "[[rule]]\nsays = '''x\n# no comment'''\n[[query]]\nask = 'x'\n";
    assert_eq!(after(above, &["-query.query-1"]), "[[rule]]\nsays = '''x\n# no comment'''\n");
}

#[test]
fn gaps_between_entries_stay() {
    let text = "title = 'T'\n\nas_of = 2024-05-01\nhorizon = {}\n\n\n[event.a]\n";
    assert_eq!(after(text, &["-as_of"]), text.replace("as_of = 2024-05-01\n", ""));
    assert_eq!(after(text, &["-horizon"]), text.replace("horizon = {}\n", ""));
    assert_eq!(after(text, &["-horizon", "-as_of"]), "title = 'T'\n\n\n[event.a]\n");
}

#[test]
fn rows_far_apart_go_as_one() {
    let text = "[[report]]\nid = 'a'\n[event.a]\n[report.slip]\nearly = 1\n\n[event.b]\n[[report]]\nid = 'b'\n";
    assert_eq!(after(text, &["-report.a"]), "[event.a]\n\n[event.b]\n[[report]]\nid = 'b'\n");
}

#[test]
fn an_event_stays_when_its_last_key_goes() {
    let text = "title = 'T'\n\n[event.a.prior]\nshape = 'uniform'\n";
    assert_eq!(after(text, &["-event.a.prior"]), "title = 'T'\n\n[event.a]\n");
    assert_eq!(after("event.a.duration = 2\n", &["-event.a.duration"]), "[event.a]\n");
    assert_eq!(after("event = { a.duration = 2 }\n", &["-event.a.duration"]), "event = { a = {} }\n");
    assert_eq!(after("event = { a.duration = 2, b = {} }\n", &["-event.a.duration"]), "event = { b = {}, a = {} }\n");
    assert_eq!(after("[event.a]\nduration = 2\n", &["-event.a.duration"]), "[event.a]\n");
}

#[test]
fn tables_of_several_lines_are_replaced_by_one_line() {
    let text = "[event.a]\ntitle = 'A'\n\n[event.a.prior]\nshape = 'uniform'\n\n[event.b]\n";
    let found = after(text, &["event.a.prior=uniform"]);
    assert_eq!(found, "[event.a]\ntitle = 'A'\nprior = \"uniform\"\n\n[event.b]\n");
    let dotted = "horizon.from = 2024-05-01\nhorizon.to = 2024-05-02\n[event.a]\n";
    let found = after(dotted, &["horizon={ from = 2024-05-01, to = 2024-05-03 }"]);
    assert_eq!(found, "horizon = { from = 2024-05-01, to = 2024-05-03 }\n\n[event.a]\n");
}

#[test]
fn members_of_lists_have_numbers() {
    let text = "[calendar]\nholidays = [2024-05-01, 2024-05-09]\n[event.a]\nprior = { weights = [{ in = 'May', weight = 1 }, { in = \"June\", weight = 2.50 }] }\nafter = ['b', \"c\"]\n";
    let set = ["calendar.holidays.1=2024-05-10", "event.a.prior.weights.1.in=July", "event.a.after.0=d"];
    assert_eq!(after(text, &set), text.replace("05-09", "05-10").replace("June", "July").replace("'b'", "'d'"));
    // Numbers are those of the text before.
    let removed = after(
        text,
        &[
            "-calendar.holidays.0",
            "-calendar.holidays.1",
            "-event.a.prior.weights.0",
            "event.a.prior.weights.1.weight=3",
        ],
    );
    assert_eq!(
        removed,
        "[calendar]\nholidays = []\n[event.a]\nprior = { weights = [{ in = \"June\", weight = 3 }] }\nafter = ['b', \"c\"]\n"
    );
    let rules = "[[rule]]\nsays = 'a'\n[[rule]]\nsays = 'b'\n[[rule]]\nsays = 'c'\n";
    assert_eq!(after(rules, &["-rule.rule-1", "-rule.rule-2"]), "[[rule]]\nsays = 'c'\n");
    assert_eq!(after(rules, &["-rule.rule-1", "rule.rule-3.says=d"]), "[[rule]]\nsays = 'b'\n[[rule]]\nsays = 'd'\n");
}

#[test]
fn edits_are_made_in_turn() {
    let text = "title = 'a'\n[event.a]\n";
    assert_eq!(after(text, &["title=b", "title=c"]), "title = 'c'\n[event.a]\n");
    assert_eq!(after(text, &["-title", "title=c"]), "title = \"c\"\n\n[event.a]\n");
    assert_eq!(
        after(text, &["event.a.prior.low=2024-05-01", "event.a.prior.shape=pert"]),
        "title = 'a'\n[event.a]\nprior = { low = 2024-05-01, shape = \"pert\" }\n"
    );
    assert_eq!(
        after(text, &["+event id=b", "event.b.duration=2"]),
        "title = 'a'\n[event.a]\n[event.b]\nduration = 2\n"
    );
}

#[test]
fn line_ends_are_those_of_the_neighbours() {
    let mixed = "title = 'a'\r\n[event.a]\nduration = 2\r\n[event.b]\n";
    assert_eq!(
        after(mixed, &["event.a.occurs=1", "as_of=2024-05-01", "event.b.occurs=0"]),
        "title = 'a'\r\nas_of = 2024-05-01\r\n[event.a]\nduration = 2\r\noccurs = 1\r\n[event.b]\noccurs = 0\n"
    );
    assert_eq!(after("[event.a]\r\nduration = 2", &["event.a.occurs=1"]), "[event.a]\r\nduration = 2\r\noccurs = 1");
}
