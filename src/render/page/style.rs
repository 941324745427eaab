//! The looks of a page: its style sheet, with that of the pictures.

use crate::render::picture::style::sheet as pictures;

/// Light and dark, screen and paper.
pub(super) fn sheet() -> String {
    format!("{PAGE}{}{PRINT}", pictures())
}

const PAGE: &str = "\
:root{color-scheme:light dark;--paper:#fff;--text:#1f2328;--faint:#57606a;--line:#d0d7de;--soft:#f3f5f8;--link:#0b5cad;--alert:#b42318}\
@media screen and (prefers-color-scheme:dark){:root{--paper:#14181d;--text:#e6edf3;--faint:#a3adb8;--line:#3a424c;--soft:#1d2229;--link:#7cc0ff;--alert:#ff9a8a}}\
*{box-sizing:border-box}\
html{background:var(--paper);color:var(--text);font:16px/1.55 system-ui,'Segoe UI',Roboto,'Noto Sans',Verdana,'DejaVu Sans',sans-serif}\
body{max-width:960px;margin:0 auto;padding:1.5rem 1.25rem 4rem}\
h1{font-size:1.9rem;line-height:1.25;margin:.5rem 0}\
h2{font-size:1.4rem;margin:2.6rem 0 .6rem;padding-bottom:.25rem;border-bottom:1px solid var(--line)}\
h3{font-size:1.1rem;margin:1.8rem 0 .4rem}\
h1,h2,h3,p,li,td,th,figcaption{overflow-wrap:anywhere;unicode-bidi:isolate}\
header p,figcaption,footer,caption{color:var(--faint)}\
a{color:var(--link)}\
.skip{position:absolute;left:-999rem}\
.skip:focus{left:1rem;top:1rem;padding:.4rem .8rem;background:var(--paper);border:2px solid var(--link)}\
nav ul{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;list-style:none;padding:0}\
.table,.picture,pre{overflow-x:auto}\
:focus-visible{outline:2px solid var(--link);outline-offset:2px}\
table{border-collapse:collapse;width:100%;font-size:.93rem;margin:.6rem 0}\
caption{text-align:left;padding:.2rem 0}\
th,td{text-align:left;vertical-align:top;padding:.35rem .7rem .35rem 0;border-bottom:1px solid var(--line)}\
th{font-weight:600;overflow-wrap:break-word}\
.number{white-space:nowrap;font-variant-numeric:tabular-nums}\
figure{margin:1rem 0}\
figure svg{display:block;max-width:100%;height:auto}\
figcaption{font-size:.88rem}\
.alert{border-left:4px solid var(--alert);padding:.4rem .9rem;background:var(--soft)}\
pre{background:var(--soft);padding:1rem;font:.85rem/1.5 ui-monospace,Consolas,'DejaVu Sans Mono',monospace;tab-size:4}\
";

const PRINT: &str = "\
@media print{\
body{max-width:none;padding:0;font-size:10.5pt}\
nav,.skip{display:none}\
figure,tr{break-inside:avoid}\
.picture svg{max-height:20cm}\
h2,h3{break-after:avoid}\
pre{white-space:pre-wrap;overflow-wrap:anywhere}\
a{color:inherit;text-decoration:none}\
}\
@media (max-width:600px){.picture svg{min-width:620px}}\
";
