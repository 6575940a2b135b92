// The vectors of framing.json: bytes to frames and back, and what is explained of those that fail.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { encodeFrame, FrameDecoder, FrameExplainer } from "../../src/frame/mod.ts";
import type { FrameHeader, FrameSink, Role } from "../../src/frame/mod.ts";
import { bytes, concat, hex } from "../support/bytes.ts";
import { failureAt } from "./failure.ts";
import type { Failure } from "./failure.ts";
import { cutsOf, int32, load, singles } from "./load.ts";
import type { Vector } from "./load.ts";

const test = suite("vectors/framing");

interface Frame {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly key: string | null;
  readonly payload: string;
}

interface FrameVector extends Vector {
  readonly role: Role;
  readonly rsvAllowed: number;
  readonly bytes: string;
  readonly expect: Partial<Failure> & {
    readonly frames: readonly Frame[];
    readonly offset?: number;
    readonly known?: number;
  };
}

/** What a decoder makes of the chunks; `known` is how many bytes it had when it failed. */
function read({ role, rsvAllowed }: FrameVector, chunks: readonly Uint8Array[]): object {
  const sink = new Frames();
  const decoder = new FrameDecoder(sink, { role, rsvAllowed });
  let known = 0;
  try {
    for (const chunk of chunks) {
      known += chunk.length;
      decoder.push(chunk.slice()); // it unmasks in place
    }
  } catch (error) {
    return { frames: sink.frames, ...failureAt(error), known };
  }
  return { frames: sink.frames };
}

class Frames implements FrameSink {
  readonly frames: Frame[] = [];
  #frame: Frame | null = null;
  #payload: Uint8Array[] = [];

  frameStart({ fin, rsv, opcode, masked, key }: FrameHeader): void {
    const digits = masked ? (key >>> 0).toString(16).padStart(8, "0") : null;
    this.#frame = { fin, rsv, opcode, key: digits, payload: "" };
    this.#payload = [];
  }

  framePayload(content: Uint8Array, start: number, end: number): void {
    this.#payload.push(content.slice(start, end));
  }

  frameEnd(): void {
    this.frames.push({ ...(this.#frame as Frame), payload: hex(concat(...this.#payload)) });
  }
}

/** Where and by which rule a vector fails, without the name that only the vectors have. */
function place({ closeCode, section, offset }: Partial<Failure> & { offset?: number }): object {
  return { closeCode, section, offset };
}

/** The same in what is explained of it, which is the first problem. */
function explained({ role, rsvAllowed, bytes: wire }: FrameVector): object | null {
  const explainer = new FrameExplainer({ role, rsvAllowed });
  const frames = explainer.push(bytes(wire));
  const last = explainer.end();
  const [problem] = [...frames, ...(last === null ? [] : [last])].flatMap(
    (frame) => frame.problems,
  );
  if (problem === undefined) return null;
  const { closeCode, section, offset } = problem;
  return { closeCode, section, offset };
}

for (const vector of load<FrameVector>("framing")) {
  const { id, what, expect } = vector;

  test(`${id} ${what}`, () => {
    const wire = bytes(vector.bytes);
    assert.equal(read(vector, singles(wire)), expect, "byte by byte");
    const { offset = 0, known = Infinity } = expect;
    for (const cut of cutsOf(wire, offset, known)) {
      // It fails with the first of the two chunks if that has what it takes, else with the second.
      const had = {
        ...expect,
        ...("known" in expect && { known: cut < known ? wire.length : cut }),
      };
      const chunks = [wire.slice(0, cut), wire.slice(cut)];
      assert.equal(read(vector, chunks), had, `cut at ${cut}`);
    }
    const frames = expect.frames.map(({ key, payload, ...rest }) => {
      const masked = key === null ? {} : { key: int32(key) };
      return hex(encodeFrame({ ...rest, ...masked, payload: bytes(payload) }));
    });
    const written = frames.join("");
    assert.is(vector.bytes.slice(0, written.length), written, "written again");
    if ("error" in expect) assert.equal(explained(vector), place(expect), "explained");
  });
}

test.run();
