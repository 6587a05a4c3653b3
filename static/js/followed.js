// A page whose parts are fetched again when a channel says that something has changed: the element
// with [data-follows] names the channel, and with [data-name] what of it.

import { localTimes, throttle } from "./dom.js";
import { subscribe } from "./live.js";
import { fetchParts } from "./parts.js";

const REFRESH_MS = 1000;

const { follows, name } = document.querySelector("[data-follows]").dataset;
const refresh = throttle(fetchParts, REFRESH_MS);
let isFirst = true;

localTimes();
subscribe(follows, name ? { name } : {}, () => {
  if (isFirst) isFirst = false; // the page has just been read
  else refresh();
});
