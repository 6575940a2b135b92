// The registry of known vulnerabilities of WebSocket servers, and of clients, since we have one:
// each is replayed, or it says why it cannot be.

import { ACCOUNTING } from "./accounting_replays.ts";
import { CONFUSION } from "./confusion_replays.ts";
import { PARSER } from "./parser_replays.ts";
import type { Replay } from "./replay.ts";

/** All that can be replayed here. */
export const REPLAYS: readonly Replay[] = [...ACCOUNTING, ...PARSER, ...CONFUSION];

const HTTP_2 = "HTTP/2, which is not spoken here";
const OF_NODE = "of Node itself: the README names the oldest Node that is supported";

/** What cannot, and why. */
export const NOT_REPLAYED: readonly (readonly [id: string, why: string])[] = [
  ["GHSA-xj8g-532w-jv94", HTTP_2],
  ["CVE-2026-56846", HTTP_2],
  ["CVE-2026-21714", HTTP_2],
  ["CVE-2026-48619", HTTP_2],
  ["CVE-2025-59465", HTTP_2],
  ["GHSA-x3gh-xhj4-3vq8", HTTP_2],
  ["CVE-2023-44487", HTTP_2],
  ["CVE-2025-8671", HTTP_2],
  ["CVE-2025-55163", HTTP_2],
  ["CVE-2024-27983", HTTP_2],
  ["CVE-2026-21637", "a callback of PSK or ALPN that throws: we have none"],
  ["CVE-2026-123864", OF_NODE],
  ["CVE-2026-126051", OF_NODE],
  ["CVE-2026-56848", OF_NODE],
  ["mesop (2026)", "a thread of the system for each message: there is one thread"],
  ["CVE-2021-33880", "a comparison of passwords that told its time: no password is compared here"],
];
