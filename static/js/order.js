// One order's page: its times in the reader's zone, and what a change does to its place.

import { localTimes } from "./dom.js";
import { enableAmend } from "./order-edit.js";

localTimes();
const form = document.querySelector("[data-amend]");
if (form) enableAmend(form);
