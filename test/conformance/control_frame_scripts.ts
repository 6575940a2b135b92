// Scripts for ping and pong: §5.5.

import { hex } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
import type { Script } from "./script.ts";

const FAIL = ["close 1002"];

/** Bytes that are no UTF-8, to be sure that nobody reads them as text. */
const OPAQUE_125 = Uint8Array.from({ length: 125 }, (_, index) => 255 - index);

const TEN_PINGS = Array.from({ length: 10 }, (_, index) => `ping ${index}`);

export const CONTROL_FRAMES: readonly Script[] = [
  ["B31 a ping with payload", [frame("89", "Hello")], ["pong 48656c6c6f"]],
  ["B31 a ping without payload", [frame("89")], ["pong "]],
  ["B31 a ping with a key", ["89 85 37fa213d 7f9f4d5158"], ["pong 48656c6c6f"]],
  ["B33 a ping of 1 byte", [frame("89", Uint8Array.of(0xff))], ["pong ff"]],
  ["B33 a ping of 125 bytes", [frame("89", OPAQUE_125, "0badcafe")], [`pong ${hex(OPAQUE_125)}`]],
  [
    "B33 ten pings have ten pongs, in order",
    TEN_PINGS.map((payload) => frame("89", payload)),
    TEN_PINGS.map((payload) => `pong ${Buffer.from(payload).toString("hex")}`),
  ],
  ["B35 a pong that nobody asked for", [frame("8a", "x")], []],
  ["B35 a pong without payload", [frame("8a")], []],
  ["B35 a pong, then a ping", [frame("8a", "x"), frame("89", "y")], ["pong 79"]],
  ["B35 a pong of 125 bytes", [frame("8a", OPAQUE_125)], []],
  ["B21 a ping of 126 bytes", ["89 fe 007e 00000000"], FAIL],
  ["B21 a pong of 126 bytes", ["8a fe 007e 00000000"], FAIL],
  ["B21 a Close of 126 bytes", ["88 fe 007e 00000000"], FAIL],
  ["B21 a ping of 65536 bytes", ["89 ff 0000000000010000 00000000"], FAIL],
  ["B21 a ping behind a good one", [frame("89"), "89 fe 007e 00000000"], ["pong ", ...FAIL]],
];
