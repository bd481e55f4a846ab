// SPDX-License-Identifier: Apache-2.0
#include "page_style.hpp"

#include <teranga/report/chart.hpp>

namespace teranga::report {

std::string page_style() {
  return chart_style(":root") + R"(:root { color-scheme: light dark }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 76rem; padding: 1.2rem 1rem 3rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; overflow-wrap: anywhere }
h1 { font-size: 1.5rem; margin: 0 0 .3rem; line-height: 1.25 }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .7rem; line-height: 1.3 }
h3 { font-size: 1rem; margin: 0 0 .2rem }
p + h3 { margin-top: 1.2rem }
p { margin: .3rem 0 }
.quiet, .note { color: var(--quiet) }
.note { font-size: .9rem }
.verdict { border-left: 4px solid var(--c0); background: var(--tint); padding: .7rem 1rem; margin: .8rem 0; font-size: 1.05rem }
.verdict p:first-child { font-size: 1.2rem; font-weight: 600 }
.overfitting { border-color: var(--c1) }
.bad { border-color: var(--c4) }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1.4rem 1.6rem }
figure { margin: 0; min-width: 0 }
.chart { display: block; width: 100%; height: auto; max-width: 46rem }
.scroll { overflow-x: auto; max-width: 100% }
.tall { max-height: 30rem; overflow: auto }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums }
th, td { padding: .22rem .7rem; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap }
th { position: sticky; top: 0; background: var(--paper); color: var(--quiet); font-weight: 600 }
th:first-child, td:first-child { padding-left: .2rem }
.words th, .words td { text-align: left; white-space: normal; vertical-align: top }
.words td + td, .words th + th { min-width: 7rem }
.words td:first-child { white-space: nowrap; color: var(--quiet) }
tr.best td { background: var(--tint); font-weight: 600 }
pre { background: var(--tint); padding: .8rem 1rem; overflow: auto; max-height: 36rem; font: .82rem/1.45 ui-monospace, 'DejaVu Sans Mono', monospace; overflow-wrap: normal }
details { margin: .6rem 0 }
summary { cursor: pointer; font-weight: 600 }
.bar { display: flex; height: 1.5rem; border-radius: 4px; overflow: hidden; background: var(--rule); max-width: 46rem }
.bar span { min-width: 1px }
.key { display: flex; flex-wrap: wrap; gap: .2rem 1.3rem; margin: .5rem 0; padding: 0; list-style: none; font-size: .9rem }
.matrix td, .matrix th { text-align: center; padding: .2rem .5rem; position: static }
.matrix th:first-child { text-align: right }
.samples { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: 1rem; padding: 0; list-style: none }
.wide { grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)) }
.samples img { display: block; width: 6rem; height: auto; image-rendering: pixelated; background: var(--tint); margin-bottom: .3rem }
.samples li { font-size: .9rem; line-height: 1.35 }
.sheets { display: flex; flex-wrap: wrap; gap: 1rem 1.4rem; margin: .8rem 0 }
.sheets img { display: block; max-width: 100%; height: auto; image-rendering: pixelated }
.sheets figure { max-width: 100% }
.strip { gap: 1rem }
.strip figure { max-width: calc(50% - .5rem) }
figcaption { color: var(--quiet); font-size: .9rem; margin-top: .25rem; max-width: 34rem }
.plane { display: block; width: 100%; height: auto; max-width: 36rem }
.plane .frame { fill: none; stroke: var(--rule) }
.spot { opacity: .8 }
.hollow { fill: none; stroke-width: 1.8 }
.mark { width: .9rem; height: .9rem; margin-right: .35rem; vertical-align: -2px }
.head { display: block; max-width: none }
.head image { image-rendering: pixelated }
.head text { font-size: 11px }
.swatch { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; margin-right: .4rem; vertical-align: -1px }
.net { display: block; max-width: none }
.net .box { fill: var(--tint); stroke: var(--rule) }
.net .has { stroke: var(--c0) }
.net .edge { fill: none; stroke: var(--axis); stroke-width: 1.3 }
.net .strong { font-weight: 600 }
@media print { .tall, pre { max-height: none } }
)";
}

}  // namespace teranga::report
