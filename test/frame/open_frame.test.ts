// A frame that is taken apart: which of what goes wrong is the frame's fault, and where.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ProtocolError } from "../../src/frame/error.ts";
import { OpenFrame } from "../../src/frame/open_frame.ts";
import { thrown } from "./support.ts";

const test = suite("frame/open_frame");

test("OpenFrame.attempt() notes a broken rule, once, and counts its offset from the base", () => {
  const open = new OpenFrame(100, false);
  const check = (): never => {
    throw new ProtocolError("RESERVED_BITS", "Cannot accept frame: bits (§5.2)", 3);
  };
  open.attempt(check, 100);
  open.attempt(check, 100);
  const section = "RFC 6455 §5.2";
  const message = "Cannot accept frame: bits (§5.2)";
  assert.equal(open.problems, [
    { code: "RESERVED_BITS", message, section, closeCode: 1002, offset: 103 },
  ]);
});

test("OpenFrame.attempt() lets through what is no fault of the frame", () => {
  const open = new OpenFrame(0, false);
  const bug = new TypeError("bug");
  const found = thrown(() =>
    open.attempt(() => {
      throw bug;
    }),
  );
  assert.is(found, bug);
  assert.equal(open.problems, []);
});

test.run();
