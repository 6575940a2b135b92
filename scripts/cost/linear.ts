// Whether twice the input takes twice the time, and not four times: t(2n) / t(n) for everything
// that looks at bytes of a client's choice. Each input is the worst that the author could think of.
// It is the mean of two doublings, for a buffer that grows fourfold is copied at one in two.

import { FrameDecoder, encodeFrame, mask, Opcode, Utf8Validator } from "../../src/frame/mod.ts";
import { MessageAssembler } from "../../src/message/assembler.ts";
import { parseExtensions } from "../../src/message/extension.ts";
import { listItems } from "../../src/message/token.ts";
import { fieldValues } from "../../src/protocol/handshake.ts";
import { HeadReader } from "../../src/protocol/http_head.ts";
import { isSameOrigin } from "../../src/protocol/origin.ts";
import { requestUrl } from "../../src/protocol/target.ts";

/** Linear is 2, quadratic 4. */
export const RATIO_MAX = 2.5;

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * 1024;

/** The best of so many is what the machine disturbed least. */
const ROUNDS = 15;

/** A measurement that is shorter says nothing. */
const SHORTEST_MS = 5;

/** One that may be slow, with an input of `size`; the function it returns is what is measured. */
interface Work {
  readonly what: string;
  /** The larger of the two sizes. */
  readonly sizeMax: number;
  readonly prepare: (size: number) => () => void;
}

/** What came of it. */
export interface Growth {
  readonly what: string;
  readonly sizeMax: number;
  /** For an input of `sizeMax`. */
  readonly ms: number;
  /** To one of half the size, as the mean of two doublings. */
  readonly ratio: number;
}

const sink = {
  message: (): void => {},
  ping: (): void => {},
  pong: (): void => {},
  closeReceived: (): void => {},
};

/** All frames of `wire`, in pieces of `pieceSize`, to one message. */
function assembled(wire: (size: number) => Uint8Array, pieceSize: number): Work["prepare"] {
  return (size) => {
    const source = wire(size);
    return () => {
      const assembler = new MessageAssembler(sink, MEBIBYTE);
      const decoder = new FrameDecoder(assembler, { role: "server" });
      const copy = new Uint8Array(source); // it is unmasked in place
      for (let at = 0; at < copy.length; at += pieceSize) {
        decoder.push(copy.subarray(at, at + pieceSize));
      }
    };
  };
}

function header(text: (size: number) => string, read: (field: string) => unknown): Work["prepare"] {
  return (size) => {
    const field = text(size);
    return () => {
      try {
        read(field);
      } catch {
        // refused, which may take as long
      }
    };
  };
}

const key = 0x37fa213d;

function fragments(size: number): Uint8Array {
  const first = encodeFrame({ opcode: Opcode.TEXT, payload: "a", fin: false, key });
  const next = encodeFrame({ opcode: Opcode.CONTINUATION, payload: "a", fin: false, key });
  return Buffer.concat([first, ...Array.from({ length: size - 1 }, () => next)]);
}

const WORKS: readonly Work[] = [
  {
    what: "head of a request, a byte at a time",
    sizeMax: 16 * KIBIBYTE,
    prepare: (size) => {
      const head = Buffer.from(`GET / HTTP/1.1\r\nA: ${" ".repeat(size)}`);
      return () => {
        const reader = new HeadReader("request", 2 * size + 100);
        for (let at = 0; at < head.length; at++) reader.push(head.subarray(at, at + 1));
      };
    },
  },
  {
    what: "Sec-WebSocket-Extensions of commas",
    sizeMax: 16 * KIBIBYTE,
    prepare: header((size) => ", ".repeat(size / 2), parseExtensions),
  },
  {
    what: "Sec-WebSocket-Extensions, a quote that does not end",
    sizeMax: 16 * KIBIBYTE,
    prepare: header((size) => `a; b="${"\\a".repeat(size / 2)}`, parseExtensions),
  },
  {
    what: "Connection of commas and spaces",
    sizeMax: 16 * KIBIBYTE,
    prepare: header((size) => " ,\t".repeat(size / 3), listItems),
  },
  {
    what: "Host and target",
    sizeMax: 16 * KIBIBYTE,
    prepare: header((size) => "/".repeat(size), (text) => requestUrl("http", "h", text)),
  },
  {
    what: "Origin",
    sizeMax: 16 * KIBIBYTE,
    prepare: header((size) => `http://${"a.".repeat(size / 2)}`, (text) => isSameOrigin(text, "h")),
  },
  {
    what: "header fields, looked through by name",
    sizeMax: 16 * KIBIBYTE,
    prepare: (size) => {
      const rawHeaders = Array.from({ length: size }, (_, index) => (index % 2 ? "1" : "a"));
      return () => void fieldValues({ rawHeaders }, "upgrade");
    },
  },
  {
    what: "UTF-8, checked in pieces of 64 bytes",
    sizeMax: MEBIBYTE,
    prepare: (size) => {
      const text = Buffer.from("€".repeat(size / 3));
      return () => {
        const validator = new Utf8Validator();
        for (let at = 0; at < text.length; at += 64) {
          validator.push(text, at, Math.min(text.length, at + 64));
        }
      };
    },
  },
  {
    what: "unmasking",
    sizeMax: MEBIBYTE,
    prepare: (size) => {
      const bytes = new Uint8Array(size);
      return () => void mask(bytes, 0, size, key);
    },
  },
  {
    what: "a message in pieces of 64 bytes",
    sizeMax: MEBIBYTE,
    prepare: assembled((size) => {
      const payload = new Uint8Array(size - 1);
      return encodeFrame({ opcode: Opcode.BINARY, payload, fin: false, key });
    }, 64),
  },
  {
    what: "a message in fragments of 1 byte",
    sizeMax: MEBIBYTE / 2,
    prepare: assembled(fragments, 64 * KIBIBYTE),
  },
];

/** Measures all of them. */
export function measureGrowth(): readonly Growth[] {
  return WORKS.map(({ what, sizeMax, prepare }) => {
    const [quarter, whole] = bestOf(prepare(sizeMax / 4), prepare(sizeMax));
    return { what, sizeMax, ms: whole, ratio: Math.sqrt(whole / quarter) };
  });
}

/** Both in turn, so that what disturbs one disturbs the other. */
function bestOf(small: () => void, large: () => void): readonly [small: number, large: number] {
  const times = timesFor(small);
  let best: readonly [number, number] = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    best = [Math.min(best[0], timed(small, times)), Math.min(best[1], timed(large, times))];
  }
  return best;
}

/** How often it must run to take a while. */
function timesFor(work: () => void): number {
  let times = 1;
  while (timed(work, times) * times < SHORTEST_MS) times *= 2;
  return times;
}

/** Milliseconds of one run. */
function timed(work: () => void, times: number): number {
  const start = performance.now();
  for (let count = 0; count < times; count++) work();
  return (performance.now() - start) / times;
}
