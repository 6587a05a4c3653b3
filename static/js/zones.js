// Times as people type them, in the time zone they chose: "2026-12-01T14:00" is a moment only there.

/** Return the reader's time zone: the one that the member chose, else the browser's. */
export function readersZone() {
  return globalThis.document?.documentElement.dataset.zone || Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Return the moment at which clocks of `zone` show `text`, or null for what is no time there. */
export function momentIn(zone, text) {
  const wanted = Date.parse(`${text}Z`);
  if (Number.isNaN(wanted)) return null;
  // The offset is that of the moment, which is not known before: near a change it takes two looks.
  const near = wanted - offsetMs(zone, wanted);
  const moment = wanted - offsetMs(zone, near);
  return moment + offsetMs(zone, moment) === wanted ? new Date(moment) : null;
}

function offsetMs(zone, moment) {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" }).formatToParts(moment);
  const { year, month, day, hour, minute, second } = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(year, month - 1, day, hour, minute, second) - (moment - (moment % 1000));
}
