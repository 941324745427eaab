//! Command lines of `plot` and `report` in; exit statuses, messages and files out.

use super::{elements, hostile, of_class};
use std::path::{Path, PathBuf};
use std::process::Command;

const VISIT: &str = "scenarios/state-visit-2024.toml";

#[derive(Debug)]
struct Run {
    status: i32,
    out: Vec<u8>,
    err: String,
}

fn run(arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dateline"));
    let output = command.args(arguments).env_remove("CLICOLOR_FORCE").env_remove("FORCE_COLOR").output().unwrap();
    let err = String::from_utf8(output.stderr).expect("messages are UTF-8");
    Run { status: output.status.code().expect("the run was not killed"), out: output.stdout, err }
}

/// An empty folder; each test names its own.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("pictures-{name}"));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

fn text_of(path: &Path) -> &str {
    path.to_str().expect("the path is UTF-8")
}

#[track_caller]
fn assert_fails(run: &Run, status: i32, words: &[&str]) {
    assert_eq!(run.status, status, "{run:?}");
    assert!(run.out.is_empty() && !run.err.contains("panicked"), "{run:?}");
    words.iter().for_each(|word| assert!(run.err.contains(word), "no {word:?} in {}", run.err));
}

#[test]
fn every_kind_is_written_as_svg_and_as_png() {
    let folder = folder("kinds");
    let vary = "report.late-may.credibility=0..1:5";
    for kind in ["days", "calendar", "fan", "joint", "influence", "sweep"] {
        for ending in ["svg", "png"] {
            let path = folder.join(format!("{kind}.{ending}"));
            let mut arguments = vec!["plot", VISIT, "--kind", kind, "-o", text_of(&path)];
            if kind == "sweep" {
                arguments.extend(["--vary", vary]);
            }
            let run = run(&arguments);
            assert_eq!((run.status, run.err.as_str(), run.out.len()), (0, "", 0), "{kind}");
            let bytes = std::fs::read(&path).unwrap();
            if ending == "svg" {
                assert!(elements(std::str::from_utf8(&bytes).unwrap()).len() > 20, "{kind}");
            } else {
                assert!(bytes.starts_with(b"\x89PNG"), "{kind}");
            }
        }
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 12, "nothing is left lying beside the pictures");
}

#[test]
fn images_have_the_size_that_is_asked_for() {
    let path = folder("size").join("visit.PNG");
    let size = ["--width", "700", "--height", "480"];
    let run = run(&[&["plot", VISIT, "-o", text_of(&path), "--event", "visit"][..], &size].concat());
    assert_eq!(run.status, 0, "{run:?}");
    let decoder = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(&path).unwrap()));
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!((info.width, info.height), (700, 480));
    // White paper, blue bars, and dark letters.
    let colours: std::collections::BTreeSet<&[u8]> = pixels.chunks(4).collect();
    assert!(colours.contains(&[255, 255, 255, 255][..]) && colours.contains(&[0, 0x72, 0xb2, 255][..]));
    assert!(colours.len() > 30, "letters have smooth edges");
}

#[test]
fn svg_goes_to_standard_output_and_the_format_may_be_named() {
    let shown = run(&["plot", VISIT, "-o", "-"]);
    assert_eq!(shown.status, 0);
    assert_eq!(of_class(&elements(std::str::from_utf8(&shown.out).unwrap()), "name").len(), 2);
    let path = folder("named").join("visit.picture");
    assert_eq!(run(&["plot", VISIT, "-o", text_of(&path), "--format", "svg"]).status, 0);
    assert_eq!(std::fs::read(&path).unwrap(), shown.out);
    assert!(run(&["plot", VISIT, "-o", "-", "--format", "png"]).out.starts_with(b"\x89PNG"));
    assert_eq!(
        run(&["plot", VISIT, "-o", "-", "--threads", "1"]).out,
        run(&["plot", VISIT, "-o", "-", "--threads", "3"]).out
    );
}

#[test]
fn changes_are_drawn() {
    let svg = |more: &[&str]| String::from_utf8(run(&[&["plot", VISIT, "-o", "-"][..], more].concat()).out).unwrap();
    assert!(svg(&[]).contains("late-may: visit in latter half of May"));
    assert!(!svg(&["--without", "late-may"]).contains("late-may"));
    assert!(svg(&["--as-of", "2024-04-29"]).contains("nothing known after 29 Apr 2024"));
    assert!(svg(&["--kind", "influence", "--ask", "tour by July 1"]).contains("tour by July 1"));
}

#[test]
fn wrong_words_are_told_and_nothing_is_written() {
    let folder = folder("wrong");
    let path = folder.join("visit.svg");
    let svg = text_of(&path);
    assert_fails(&run(&["plot", VISIT, "-o", text_of(&folder.join("visit.gif"))]), 2, &[".svg or .png", "visit.gif"]);
    assert_fails(&run(&["plot", VISIT, "-o", text_of(&folder.join("visit"))]), 2, &[".svg or .png"]);
    assert_fails(&run(&["plot", VISIT]), 2, &["--output"]);
    assert_fails(&run(&["plot", VISIT, "-o", svg, "--event", "visti"]), 2, &["did you mean 'visit'?"]);
    assert_fails(&run(&["plot", VISIT, "-o", svg, "--kind", "joint", "--event", "visit"]), 2, &["two events"]);
    assert_fails(
        &run(&["plot", VISIT, "-o", svg, "--kind", "influence", "--event", "visti"]),
        2,
        &["did you mean 'visit'?"],
    );
    assert_fails(&run(&["plot", VISIT, "-o", svg, "--kind", "fan", "--event", "visti"]), 2, &["did you mean 'visit'?"]);
    assert_fails(&run(&["plot", VISIT, "-o", svg, "--kind", "sweep"]), 2, &["--vary KEY=VALUES"]);
    assert_fails(&run(&["plot", VISIT, "-o", svg, "--vary", "as_of=2024-03-20"]), 2, &["--kind sweep"]);
    assert_fails(&run(&["plot", VISIT, "-o", svg, "--every", "1w"]), 2, &["--kind fan"]);
    let unknown = ["--kind", "sweep", "--vary", "report.late-mai.credibility=0,1"];
    assert_fails(&run(&[&["plot", VISIT, "-o", svg][..], &unknown].concat()), 2, &["late-mai"]);
    assert_fails(&run(&["plot", VISIT, "-o", svg, "--width", "100000"]), 2, &["--width"]);
    assert_fails(&run(&["plot", VISIT, "-o", svg, "--height", "210"]), 2, &["pixels in height, not 210"]);
    assert_fails(&run(&["plot", "scenarios/nowhere.toml", "-o", svg]), 1, &["there is no such file"]);
    assert_fails(&run(&["plot", VISIT, "-o", text_of(&folder.join("no/visit.svg"))]), 1, &["could not be written"]);
    assert_fails(&run(&["report", VISIT, "-o", text_of(&folder.join("no/visit.html"))]), 1, &["could not be written"]);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn what_cannot_hold_has_no_picture_but_a_page() {
    let folder = folder("infeasible");
    let (picture, page) = (folder.join("visit.svg"), folder.join("visit.html"));
    std::fs::write(&picture, "as it was").unwrap();
    let changes = ["--assume", "visit by 2024-04-01"];
    for kind in ["days", "calendar", "joint", "influence"] {
        let plotted = run(&[&["plot", VISIT, "-o", text_of(&picture), "--kind", kind][..], &changes].concat());
        assert_fails(&plotted, 1, &["nothing to draw", "cannot hold together", "after-inauguration"]);
    }
    assert_eq!(std::fs::read(&picture).unwrap(), b"as it was", "nothing is half written");
    let reported = run(&[&["report", VISIT, "-o", text_of(&page)][..], &changes].concat());
    assert_fails(&reported, 1, &["the page says why"]);
    let html = std::fs::read_to_string(&page).unwrap();
    assert!(
        html.contains("What cannot hold together") && html.contains("What to give up") && html.ends_with("</html>\n")
    );
}

#[test]
fn reports_are_pages() {
    let folder = folder("reports");
    let scenario = folder.join("hostile <b>.toml");
    std::fs::write(&scenario, hostile().replacen("title", "# title", 1)).unwrap();
    let page = folder.join("page.html");
    assert_eq!(run(&["report", text_of(&scenario), "-o", text_of(&page)]).status, 0);
    let html = std::fs::read_to_string(&page).unwrap();
    assert!(!html.contains("<script") && !html.contains("<img") && !html.contains(" <b>"));
    assert!(html.contains("Why") && html.contains("How the forecast moved"));
    let brief = run(&["report", text_of(&scenario), "-o", "-", "--brief"]);
    assert!(brief.status == 0 && brief.out.len() < html.len());
    assert!(!String::from_utf8(brief.out).unwrap().contains("id=\"why\""));
}
