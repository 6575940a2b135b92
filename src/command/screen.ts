// Where lines come from and where messages go to: a terminal, with a prompt that stays below what
// arrives, or a pipe.

import { isUtf8 } from "node:buffer";
import { createInterface, clearLine, cursorTo } from "node:readline";
import { UsageError } from "./command.ts";

/** What `sluice connect` reads and writes. */
export interface Screen {
  /** The lines of the input, without their ends. */
  readonly lines: AsyncIterable<string>;
  /** Writes a line. Returns false when the reader is slow: `onDrain` follows. */
  print(text: string): boolean;
  /** Says something that is no message: beside the output, or within it on a terminal. */
  note(text: string): void;
  /** Reads no more, so that the process may end. */
  close(): void;
}

/** What a screen tells. */
export interface ScreenEvents {
  /** Ctrl-C. */
  interrupted(): void;
  /** There is room again for what is printed. */
  drained(): void;
  /** Nobody reads what is printed. */
  gone(): void;
}

/** A terminal for input and output, or whatever else the two are. */
export function openScreen(events: ScreenEvents, prompt: string): Screen {
  const { stdin, stdout } = process;
  stdout.on("drain", () => events.drained());
  stdout.on("error", () => events.gone());
  process.on("SIGINT", () => events.interrupted());
  process.on("SIGTERM", () => events.interrupted());
  return stdin.isTTY && stdout.isTTY ? terminal(events, prompt) : pipes();
}

function terminal(events: ScreenEvents, prompt: string): Screen {
  const { stdin, stdout } = process;
  const reader = createInterface({ input: stdin, output: stdout, prompt });
  let isOpen = true;
  const clear = (): void => {
    cursorTo(stdout, 0);
    clearLine(stdout, 0);
  };
  reader.on("close", () => {
    isOpen = false;
    clear(); // the prompt
  });
  reader.on("SIGINT", () => events.interrupted());
  const print = (text: string): boolean => {
    if (!isOpen) return stdout.write(`${text}\n`);
    clear();
    const hasRoom = stdout.write(`${text}\n`);
    reader.prompt(true);
    return hasRoom;
  };
  return {
    lines: promptedLines(reader),
    print,
    note: print,
    close: () => reader.close(),
  };
}

async function* promptedLines(
  reader: AsyncIterable<string> & { prompt(): void },
): AsyncGenerator<string> {
  reader.prompt();
  for await (const line of reader) {
    yield line;
    reader.prompt();
  }
}

function pipes(): Screen {
  const { stdin, stdout } = process;
  return {
    lines: linesOf(stdin),
    print: (text) => stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    close: () => void stdin.destroy(),
  };
}

/** A line without an end is not held for ever. */
const LINE_SIZE_MAX = 64 * 1024 * 1024;

/** The lines of a stream of bytes, each of them UTF-8; the last one may lack its end. */
async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      parts.push(chunk.subarray(start, end));
      yield toLine(parts);
      parts = [];
      size = 0;
      start = end + 1;
    }
    if (start === chunk.length) continue;
    parts.push(chunk.subarray(start));
    size += chunk.length - start;
    if (size > LINE_SIZE_MAX) throw new UsageError(`A line is over ${LINE_SIZE_MAX} bytes`);
  }
  if (parts.length > 0) yield toLine(parts);
}

const LF = 0x0a;

function toLine(parts: readonly Buffer[]): string {
  const line = Buffer.concat(parts);
  if (isUtf8(line)) return line.toString().replace(/\r$/, "");
  throw new UsageError("A line is not valid UTF-8, which texts must be (§5.6): see --binary");
}
