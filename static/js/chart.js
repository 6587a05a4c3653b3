// The chart of a market, live: ranges without a reload, the last point as it moves, keys to walk
// along it. Where the chart's file is missing, the line that the server drew stays.

import { candlesAddress, Windows } from "./chart-data.js";
import { oncePerFrame, setText } from "./dom.js";
import { subscribe } from "./live.js";
import { parseTicks } from "./money.js";
import { formatChance } from "./odds.js";

const SPAN_PERCENT_MIN = 10;
const VOLUME_TOP = 0.8;
const LINE_STYLES = [0, 2, 1, 3, 2, 1]; // the dashes of chart.css, as far as the library has them

class MarketChart {
  constructor(section, state, library) {
    Object.assign(this, { section, state, library, name: state.range });
    this.windows = new Map(Object.keys(state.ranges).map((name) => [name, new Windows()]));
    this.frame = section.querySelector("[data-chart-frame]");
    this.words = section.querySelector("[data-chart-words]");
    this.render = oncePerFrame(() => this.#renderNow());
    this.#makeChart();
    this.#enableRanges();
    this.#enableKeys();
    subscribe("candles", { market: state.market }, (push) => this.#take(push));
    new MutationObserver(() => this.#colour()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#colour());
  }

  get range() {
    return this.state.ranges[this.name];
  }

  get from() {
    return this.range.length_s === null ? 0 : Math.floor(Date.now() / 1000) - this.range.length_s;
  }

  #makeChart() {
    const { createChart, LineSeries, HistogramSeries } = this.library;
    const holder = document.createElement("div");
    holder.className = "chart-live";
    holder.setAttribute("aria-hidden", "true"); // said in words beside it, and as a table
    this.frame.replaceChildren(holder);
    this.section.querySelector("[data-chart-times]")?.remove();
    this.section.querySelector("[data-chart-credit]").hidden = false;
    this.chart = createChart(holder, {
      autoSize: true,
      layout: { background: { color: "transparent" }, attributionLogo: false, fontSize: 12 },
      rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.08, bottom: 1 - VOLUME_TOP + 0.05 } },
      timeScale: { borderVisible: false, timeVisible: true, secondsVisible: false },
      // The scale goes on below 0% to leave room for the volume.
      localization: { priceFormatter: (percent) => (percent < 0 || percent > 100 ? "" : formatChance(Math.round(percent * 100))) },
      handleScroll: { vertTouchDrag: false, mouseWheel: false },
      handleScale: { mouseWheel: false },
    });
    this.volume = this.chart.addSeries(HistogramSeries, { priceScaleId: "", priceFormat: { type: "volume" }, lastValueVisible: false, priceLineVisible: false });
    this.volume.priceScale().applyOptions({ scaleMargins: { top: VOLUME_TOP, bottom: 0 } });
    this.lines = new Map(this.state.contracts.map(({ id }, number) => [id, this.chart.addSeries(LineSeries, { lineWidth: 2, lineStyle: LINE_STYLES[number], lineType: 1, priceLineVisible: false, autoscaleInfoProvider: (scale) => widened(scale()) })]));
    this.#colour();
  }

  #colour() {
    const style = getComputedStyle(this.section);
    const colour = (name) => resolve(this.section, style.getPropertyValue(name));
    this.chart.applyOptions({
      layout: { textColor: colour("--ink-faint"), fontFamily: style.fontFamily },
      grid: { vertLines: { visible: false }, horzLines: { color: colour("--line") } },
    });
    this.volume.applyOptions({ color: colour("--line-strong") });
    [...this.lines.values()].forEach((line, number) => line.applyOptions({ color: colour(`--line-${number}`) }));
  }

  #enableRanges() {
    for (const link of this.section.querySelectorAll("[data-range]")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        this.show(link.dataset.range);
      });
    }
  }

  /** Left and right walk along the points; what is there is said in words. */
  #enableKeys() {
    this.frame.tabIndex = 0;
    this.frame.setAttribute("role", "group");
    this.frame.setAttribute("aria-label", "Chart. Left and right arrow keys read the points.");
    this.frame.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step) {
        event.preventDefault();
        this.#walk(step);
      }
    });
    this.frame.addEventListener("blur", () => {
      this.at = null;
      this.chart.clearCrosshairPosition();
    });
  }

  #walk(step) {
    const [first] = this.lines.keys();
    const lines = [...this.lines.keys()].map((id) => [id, this.#points(id)]);
    const times = [...new Set(lines.flatMap(([, points]) => points.map(({ time }) => time)))].sort((one, other) => one - other);
    if (times.length === 0) return;
    this.at = Math.min(Math.max((this.at ?? times.length) + step, 0), times.length - 1);
    const time = times[this.at];
    const values = lines.map(([id, points]) => [id, points.findLast((point) => point.time <= time)?.value]);
    const shown = values.filter(([, value]) => value !== undefined);
    this.chart.setCrosshairPosition(shown[0]?.[1] ?? 0, time, this.lines.get(shown[0]?.[0] ?? first));
    const said = shown.map(([id, value]) => `${this.#nameOf(id)} ${formatChance(Math.round(value * 100))}`).join(", ");
    setText(this.words, `${new Date(time * 1000).toLocaleString("en-GB")}: ${said}`);
  }

  /** Show a range, read anew. */
  async show(name) {
    this.name = name;
    this.at = null;
    for (const link of this.section.querySelectorAll("[data-range]")) {
      if (link.dataset.range === name) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    const pages = await Promise.all(this.state.contracts.map(({ id }) => this.#read(id)));
    this.windows.get(name).take(pages.flat());
    if (this.name !== name) return; // another was chosen meanwhile
    this.#renderNow();
    this.#say();
    this.chart.timeScale().fitContent();
  }

  async #read(contract) {
    const response = await fetch(candlesAddress(this.state.market, contract, this.range), { headers: { Accept: "application/json" } });
    return response.ok ? (await response.json()).results : [];
  }

  #take(push) {
    if (push.type === "reset") {
      this.show(this.name);
      return;
    }
    const mine = push.candles.filter(({ contract }) => this.lines.has(contract));
    for (const [name, windows] of this.windows) {
      windows.take(mine.filter(({ interval }) => interval === this.state.ranges[name].interval));
    }
    this.render();
  }

  #renderNow() {
    for (const [id, line] of this.lines) {
      line.setData(this.#points(id));
      const newest = this.windows.get(this.name).newest(id);
      if (newest) setText(this.section.querySelector(`[data-chart-last="${CSS.escape(id)}"]`), formatChance(parseTicks(newest.close)));
    }
    this.volume.setData(this.windows.get(this.name).volumes([...this.lines.keys()], this.from));
  }

  #points(id) {
    return this.windows.get(this.name).points(id, this.from);
  }

  #say() {
    const told = [...this.lines.keys()].map((id) => {
      const points = this.#points(id);
      if (points.length === 0) return "";
      const [from, to] = [points[0], points.at(-1)].map(({ value }) => formatChance(Math.round(value * 100)));
      return `${this.#nameOf(id)}: from ${from} to ${to} over ${this.range.words}. `;
    }).join("");
    setText(this.words, told || `Nothing was traded in ${this.range.words}.`);
  }

  #nameOf(id) {
    return this.state.contracts.find((contract) => contract.id === id).name;
  }
}

/** Return a colour of the style sheet as the canvas reads it: light-dark() is decided here. */
/** Return a scale that shows SPAN_PERCENT_MIN at least: a price that stands still is no drama. */
export function widened(scale) {
  const range = scale?.priceRange;
  const missing = range ? SPAN_PERCENT_MIN - (range.maxValue - range.minValue) : 0;
  if (missing <= 0) return scale;
  return { ...scale, priceRange: { minValue: range.minValue - missing / 2, maxValue: range.maxValue + missing / 2 } };
}

function resolve(element, value) {
  const probe = document.createElement("span");
  probe.style.color = value;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

const section = document.querySelector("[data-chart]");
const state = JSON.parse(document.getElementById("chart-state").textContent);
if (state.script) {
  import(state.script).then((library) => new MarketChart(section, state, library)).catch(() => {}); // the plain line stays
}
