//! Scenarios that are small enough to be forecast exactly, each with what makes sampling it hard.

/// Reports about every pair of four events, which together are too large for few steps.
pub const TIED: &str = r#"
horizon = { from = 2024-05-01, to = 2024-05-20 }
[event.ea]
[event.eb]
occurs = 0.9
[event.ec]
prior = { shape = "triangular", low = 2024-05-01, mode = 2024-05-06, high = 2024-05-20 }
[event.ed]
[[report]]
id = "ab"
credibility = 0.6
says = "ea before eb"
[[report]]
id = "ac"
credibility = 0.5
says = "ea within 4 days of ec"
[[report]]
id = "ad"
credibility = 0.7
says = "ed before ea"
[[report]]
id = "bc"
credibility = 0.4
says = "ec before eb"
[[report]]
id = "bd"
likelihood_ratio = 2
says = "eb at least 3 days after ed"
[[report]]
id = "cd"
credibility = 0.5
slip = 2
says = "ec on 2024-05-10"
[[report]]
id = "last"
credibility = 0.5
says = "ec within 6 days of ed"
[[query]]
id = "order"
ask = "ea before eb and eb before ec"
"#;

/// A name and the text.
pub const ALL: [(&str, &str); 8] = [
    ("rules", RULES),
    ("slip", SLIP),
    ("agreeing", AGREEING),
    ("conflicting", CONFLICTING),
    ("silence", SILENCE),
    ("absent", ABSENT),
    ("ratio", RATIO),
    ("following", FOLLOWING),
];

/// A length in doubt, and dates that come about by others and that a rule narrows.
pub const FOLLOWING: &str = r#"
horizon = { from = 2024-05-01, to = 2024-05-24 }
[event.talks]
duration = { shape = "uniform", from = 1, to = 3 }
[event.vote]
[event.signing]
after = ["talks", "vote"]
delay = { shape = "triangular", low = 1, mode = 3, high = 9 }
occurs = 0.4
[event.visit]
after = "talks"
delay = { shape = "exponential", from = 1, mean = 4 }
[[rule]]
says = "signing within 6 days of talks"
[[report]]
id = "soon"
credibility = 0.6
says = "signing by 2024-05-14"
[[report]]
id = "order"
credibility = 0.7
says = "vote before visit"
[[query]]
id = "both"
ask = "signing occurs and visit before vote"
"#;

/// Rules that condition, and so leave few of the prior's worlds.
pub const RULES: &str = r#"
horizon = { from = 2024-05-01, to = 2024-05-28 }
[event.visit]
[event.tour]
duration = 3
[event.summit]
prior = { shape = "triangular", low = 2024-05-05, mode = 2024-05-20, high = 2024-05-27 }
[[rule]]
says = "visit before tour"
[[rule]]
says = "tour at most 9 days before summit"
[[query]]
id = "order"
ask = "tour before summit"
[[query]]
id = "both"
ask = "visit by 2024-05-08 and summit after 2024-05-20"
[[report]]
id = "early"
credibility = 0.7
says = "visit by 2024-05-09"
"#;

/// A report whose date may be some days off, and one that sounds unsure.
pub const SLIP: &str = r#"
horizon = { from = 2024-05-01, to = 2024-05-25 }
[event.visit]
prior = { shape = "normal", mean = 2024-05-12, sd = 6 }
[event.talks]
after = "visit"
delay = { shape = "uniform", from = 0, to = 5 }
[[report]]
id = "around"
credibility = 0.8
slip = 3
says = "visit on 2024-05-16"
[[report]]
id = "unsure"
credibility = 0.6
hedge = "likely"
says = "talks by 2024-05-18"
[[query]]
id = "soon"
ask = "visit by 2024-05-10"
[[query]]
id = "gap"
ask = "talks at least 4 days after visit"
"#;

/// Two sources that say much the same of something improbable.
pub const AGREEING: &str = r#"
horizon = { from = 2024-05-01, to = 2024-05-30 }
[event.visit]
[event.tour]
[[report]]
id = "one"
credibility = 0.6
says = "visit in 2024-05-13..2024-05-16"
[[report]]
id = "two"
credibility = 0.7
says = "visit in 2024-05-14..2024-05-18"
[[report]]
id = "three"
credibility = 0.5
says = "visit before tour"
[[query]]
id = "middle"
ask = "visit in 2024-05-11..2024-05-20"
[[query]]
id = "order"
ask = "visit before tour"
"#;

/// Two sources of which one must be wrong.
pub const CONFLICTING: &str = r#"
horizon = { from = 2024-05-01, to = 2024-05-30 }
[event.visit]
[event.tour]
[[rule]]
says = "visit before tour"
[[report]]
id = "early"
credibility = 0.8
says = "visit by 2024-05-08"
[[report]]
id = "late"
credibility = 0.85
says = "visit after 2024-05-20"
[[query]]
id = "end"
ask = "tour after 2024-05-25"
"#;

/// Reports on several days, between which silence and a fact become known.
pub const SILENCE: &str = r#"
horizon = { from = 2024-05-01, to = 2024-05-28 }
as_of = 2024-05-12
[event.visit]
prior = { shape = "pert", low = 2024-05-02, mode = 2024-05-14, high = 2024-05-27 }
[event.tour]
occurs = 0.7
[event.summit]
happened = 2024-05-09
[[rule]]
says = "visit within 12 days of tour"
[[report]]
id = "first"
date = 2024-05-04
credibility = 0.7
says = "visit in 2024-05-10..2024-05-15"
[[report]]
id = "second"
date = 2024-05-10
credibility = 0.6
says = "tour after visit"
[[observation]]
id = "fact"
date = 2024-05-11
says = "not visit on a weekend"
[[query]]
id = "week"
ask = "visit in 2024-05-13..2024-05-17"
[[query]]
id = "order"
ask = "summit before visit and visit before tour"
"#;

/// Events that may not occur, and rules that move whether they do.
pub const ABSENT: &str = r#"
horizon = { from = 2024-05-01, to = 2024-05-24 }
[event.visit]
occurs = 0.6
[event.tour]
occurs = 0.5
[event.signing]
after = ["visit", "tour"]
delay = { shape = "exponential", from = 1, mean = 3 }
occurs = 0.9
[[rule]]
says = "visit before tour"
[[report]]
id = "happens"
credibility = 0.75
says = "tour occurs"
[[report]]
id = "signed"
credibility = 0.5
says = "signing by 2024-05-20"
[[query]]
id = "neither"
ask = "not visit occurs and not tour occurs"
[[query]]
id = "signing"
ask = "signing occurs"
"#;

/// Reports with likelihood ratios beside one with a credibility.
pub const RATIO: &str = r#"
horizon = { from = 2024-05-01, to = 2024-05-28 }
[event.visit]
[event.tour]
[[report]]
id = "sign"
likelihood_ratio = 6
says = "visit after 2024-05-18"
[[report]]
id = "against"
likelihood_ratio = 0.4
says = "tour before visit"
[[report]]
id = "word"
credibility = 0.7
says = "tour by 2024-05-10"
[[query]]
id = "order"
ask = "tour before visit"
"#;

/// Formulas over four events, in a rule and in reports, each with a truth value for either part.
pub const EITHER: &str = r#"
horizon = { from = 2024-05-01, to = 2024-05-12 }
[event.ea]
[event.eb]
occurs = 0.9
[event.ec]
duration = 2
[event.ed]
prior = { shape = "triangular", low = 2024-05-02, mode = 2024-05-05, high = 2024-05-12 }
[[rule]]
says = "ea before eb or ec before ed"
[[rule]]
says = "eb after ec or ea within 2 days of ed"
[[report]]
id = "crosswise"
credibility = 0.7
says = "ea before ec or ed before eb"
[[report]]
id = "late"
credibility = 0.5
says = "if ed after ea then ec by 2024-05-07"
[[report]]
id = "pair"
likelihood_ratio = 3
says = "ea within 3 days of ec"
[[query]]
id = "chain"
ask = "ea before eb and eb before ed"
[[query]]
id = "neither"
ask = "not (ea before eb or ec before ed)"
"#;

/// Events that come after several others, some of which may not occur.
pub const MAXIMA: &str = r#"
horizon = { from = 2024-05-01, to = 2024-05-20 }
as_of = 2024-05-04
[event.ea]
[event.eb]
duration = { shape = "uniform", from = 1, to = 4 }
[event.ec]
occurs = 0.8
[event.merge]
after = ["ea", "eb", "ec"]
delay = { shape = "uniform", from = 1, to = 3 }
[event.finish]
after = ["merge", "ea"]
delay = { shape = "exponential", from = 1, mean = 2 }
occurs = 0.95
[[rule]]
says = "ea within 9 days of eb"
[[report]]
id = "merged"
credibility = 0.6
says = "merge by 2024-05-14"
[[report]]
id = "order"
credibility = 0.6
says = "eb before ec"
[[report]]
id = "end"
credibility = 0.5
slip = 2
says = "finish on 2024-05-18"
[[query]]
id = "ends"
ask = "finish by 2024-05-19"
[[query]]
id = "merges"
ask = "merge at least 3 days after ec"
"#;
