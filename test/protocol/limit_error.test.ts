// A limit that a peer has passed alone, or all of them together: what goes out, and who began it.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { LimitError } from "../../src/protocol/limit_error.ts";
import { frame } from "../support/frame.ts";
import { play } from "./support.ts";

const test = suite("protocol/limit_error");

const PASSED = { limit: "controlFramesPerSecondMax", max: 10, found: 11 };

for (const [code, initiator] of [[1008, "remote"], [1013, "local"]] as const) {
  test(`LimitError with ${code}: that is the Close, and the ${initiator} side began it`, () => {
    const error = new LimitError("Too much (limit)", PASSED, code);
    const [entries, endpoint] = play([(one) => one.fail(error), frame("81", "ignored")]);
    assert.equal(entries, ["input ended", `send Close ${code} Too much (limit)`, "end TCP"]);
    const closure = endpoint.closure(undefined);
    assert.equal([closure.initiator, closure.cause], [initiator, error]);
    assert.is(closure.wasClean, false);
    const { name, limit, max, found } = error;
    assert.equal({ name, limit, max, found }, { name: "LimitError", ...PASSED });
  });
}

test.run();
