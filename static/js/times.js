// Pages without anything live: only their times are shown in the reader's zone.

import { localTimes } from "./dom.js";

localTimes();
