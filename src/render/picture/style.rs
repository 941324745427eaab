//! The looks of pictures: font sizes, and the style sheets for light and dark.

/// Font sizes in pixels, as the style sheet has them.
pub(super) const TITLE: f64 = 17.0;
pub(super) const NAME: f64 = 14.0;
pub(super) const PLAIN: f64 = 12.0;
pub(super) const SMALL: f64 = 11.0;

/// The fonts of pictures: the bundled one, one that is as wide, and any.
pub(super) const FONTS: &str = "'DejaVu Sans', Verdana, 'Noto Sans', sans-serif";

/// How many curves differ in both colour and dashes; as many times as many differ in one of them.
const CURVES: usize = 6;

/// The class of one of several curves.
pub(super) fn curve(index: usize) -> String {
    let (colour, round) = (index % CURVES, index / CURVES);
    format!("curve c{colour} d{}", (colour + round) % CURVES)
}

/// The style sheet of pictures: colours by Okabe and Ito (2008), which colour-blind readers can tell apart.
pub(in crate::render) fn sheet() -> String {
    format!("{SHAPES}{LIGHT}@media screen and (prefers-color-scheme:dark){{{DARK}}}")
}

const SHAPES: &str = "\
.dateline text{font-size:12px}\
.dateline .title{font-size:17px}\
.dateline .name{font-size:14px}\
.dateline .small,.dateline .faint{font-size:11px}\
.dateline .tiny,.dateline .number{font-size:10px}\
.dateline .today{fill:none;stroke-width:2}\
.dateline .rule,.dateline .grid,.dateline .asof,.dateline .middle,.dateline .curve,.dateline .news{fill:none}\
.dateline .asof{stroke-width:1.5;stroke-dasharray:5 4}\
.dateline .news{stroke-width:1;stroke-dasharray:1 3}\
.dateline .middle{stroke-width:2}\
.dateline .curve{stroke-width:2}\
.dateline .heat{shape-rendering:crispEdges}\
.dateline .d1{stroke-dasharray:7 3}\
.dateline .d2{stroke-dasharray:2 3}\
.dateline .d3{stroke-dasharray:9 3 2 3}\
.dateline .d4{stroke-dasharray:4 2}\
.dateline .d5{stroke-dasharray:12 4}\
.dateline .w95,.dateline .wide{fill-opacity:.3}\
.dateline .w80{fill-opacity:.55}\
.dateline .near{fill-opacity:.55}\
.dateline .slip{fill-opacity:.35}\
";

const LIGHT: &str = "\
.dateline .paper{fill:#fff}\
.dateline text{fill:#1f2328}\
.dateline .small,.dateline .faint,.dateline .tiny{fill:#57606a}\
.dateline .rule{stroke:#57606a}\
.dateline .grid{stroke:#e1e5ea}\
.dateline .bar,.dateline .w50,.dateline .w80,.dateline .w95,.dateline .wide,.dateline .near,.dateline .earlier{fill:#0072b2}\
.dateline .claim,.dateline .slip{fill:#009e73}\
.dateline .later{fill:#d55e00}\
.dateline .heat{fill:#3fa0dc}\
.dateline .cell{fill:#f0f2f5}\
.dateline .asof,.dateline .today{stroke:#d55e00}\
.dateline .news{stroke:#009e73}\
.dateline .middle{stroke:#1f2328}\
.dateline .c0{stroke:#0072b2}\
.dateline .c1{stroke:#d55e00}\
.dateline .c2{stroke:#009e73}\
.dateline .c3{stroke:#cc79a7}\
.dateline .c4{stroke:#b07d00}\
.dateline .c5{stroke:#57606a}\
";

const DARK: &str = "\
.dateline .paper{fill:#14181d}\
.dateline text{fill:#e6edf3}\
.dateline .small,.dateline .faint,.dateline .tiny{fill:#a3adb8}\
.dateline .rule{stroke:#a3adb8}\
.dateline .grid{stroke:#2d333b}\
.dateline .bar,.dateline .w50,.dateline .w80,.dateline .w95,.dateline .wide,.dateline .near,.dateline .earlier{fill:#56b4e9}\
.dateline .claim,.dateline .slip{fill:#2bc39a}\
.dateline .later{fill:#f0883e}\
.dateline .heat{fill:#0a6cb0}\
.dateline .cell{fill:#1d2229}\
.dateline .asof,.dateline .today{stroke:#f0883e}\
.dateline .news{stroke:#2bc39a}\
.dateline .middle{stroke:#e6edf3}\
.dateline .c0{stroke:#56b4e9}\
.dateline .c1{stroke:#f0883e}\
.dateline .c2{stroke:#2bc39a}\
.dateline .c3{stroke:#e29cc4}\
.dateline .c4{stroke:#e6b422}\
.dateline .c5{stroke:#a3adb8}\
";
