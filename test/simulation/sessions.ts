// Sessions: what a peer sends, and a handler that somebody might write. None of them is in error;
// the faults come from outside, at every byte.

import { select } from "../../src/channel/mod.ts";
import type { Connection } from "../../src/connection/connection.ts";
import type { ConnectionLimits } from "../../src/connection/limits.ts";
import type { Message } from "../../src/message/message.ts";
import type { Script } from "./script.ts";

/** What a handler has besides its connection. */
export interface Watch {
  /** Passes a promise on, or throws in its place what a fault wants thrown. */
  at<T>(promise: Promise<T>): Promise<T>;
  /** A message was read. */
  got(message: Message): void;
}

type Handler = (connection: Connection, watch: Watch) => Promise<void>;

/** One of them. */
export interface Session {
  readonly name: string;
  readonly script: (script: Script) => Script;
  readonly handler: Handler;
  readonly limits?: Partial<ConnectionLimits>;
  readonly isCompressed?: boolean;
}

const LARGE = "large ".repeat(12_000);

const echo: Handler = async (connection, watch) => {
  const messages = connection[Symbol.asyncIterator]();
  for (;;) {
    const { value, done } = await watch.at(messages.next());
    if (done) return;
    watch.got(value);
    await watch.at(connection.write(value));
  }
};

const forEach: Handler = async (connection, watch) => {
  await watch.at(
    connection.forEach((message) => {
      watch.got(message);
      return watch.at(connection.write(message));
    }),
  );
};

const batches: Handler = async (connection, watch) => {
  const batches = connection.batches();
  for (;;) {
    const { value, done } = await watch.at(batches.next());
    if (done) return;
    for (const message of value) {
      watch.got(message);
      if (!connection.tryWrite(message)) await watch.at(connection.write(message));
    }
  }
};

const reads: Handler = async (connection, watch) => {
  for (;;) {
    const message = connection.tryRead() ?? (await watch.at(connection.read()));
    watch.got(message);
    await watch.at(connection.write(message));
  }
};

const selects: Handler = async (connection, watch) => {
  const stop = new AbortController();
  for (;;) {
    const cases = { message: connection.messages, stop: stop.signal };
    const { value, done } = await watch.at(select(cases));
    if (done) return;
    watch.got(value as Message);
    await watch.at(connection.write(value as Message));
  }
};

const hold: Handler = async (connection, watch) => {
  await watch.at(connection.closed);
};

/** Takes the first message, and then does something else. */
function first(act: (connection: Connection, watch: Watch) => Promise<unknown>): Handler {
  return async (connection, watch) => {
    watch.got(await watch.at(connection.read()));
    await act(connection, watch);
  };
}

/** Sends so many messages, each when there is room. */
function writes(count: number, message: Message): Handler {
  return async (connection, watch) => {
    for (let left = count; left > 0; left--) await watch.at(connection.write(message));
  };
}

const pings: Handler = async (connection, watch) => {
  await watch.at(connection.ping());
};

/** What is written at once, before anything is awaited. */
const burst: Handler = async (connection, watch) => {
  const written = Array.from({ length: 12 }, (_, index) => connection.write(`burst ${index}`));
  await watch.at(Promise.all(written));
  await watch.at(connection.close(3001, "done"));
};

const TIGHT: Partial<ConnectionLimits> = { outboxMessagesMax: 2, outboxSizeMax: 400 };
const NARROW: Partial<ConnectionLimits> = { inboxMessagesMax: 1 };

/** All of them. */
export const SESSIONS: readonly Session[] = [
  { name: "one text", handler: echo, script: (s) => s.text("Hello").close(1000) },
  { name: "an empty text", handler: echo, script: (s) => s.text("").pause().close(1000) },
  { name: "no message", handler: echo, script: (s) => s.close(1000) },
  { name: "two texts", handler: echo, script: (s) => s.text("a").pause().text("b").close(1001) },
  { name: "UTF-8", handler: echo, script: (s) => s.text("ä€🌊").close(1000, "später") },
  { name: "fragments", handler: echo, script: (s) => s.fragments("Hello, world", 5).close(1000) },
  { name: "fragments of a byte", handler: reads, script: (s) => s.fragments("€🌊", 1).close(1000) },
  { name: "pings", handler: echo, script: (s) => s.ping("").ping("1234").pause().close(1000) },
  { name: "a pong unasked", handler: echo, script: (s) => s.pong("?").text("x").close(1000) },
  { name: "126 bytes", handler: echo, script: (s) => s.binary(126).close(1000) },
  { name: "two of 200 bytes", handler: reads,
    script: (s) => s.binary(200).binary(201).close(1000) },
  { name: "66,000 bytes", handler: echo, script: (s) => s.binary(66_000).close(1000) },
  { name: "Close without a code", handler: echo, script: (s) => s.text("x").close(1005) },
  { name: "Close with a reason", handler: echo, script: (s) => s.text("x").close(4000, "reason") },
  { name: "text behind Close", handler: echo, script: (s) => s.close(1000).text("too late") },
  { name: "two Closes", handler: echo, script: (s) => s.close(3000).close(3001) },
  { name: "ten texts", handler: echo, script: (s) => ten(s).close(1000) },
  { name: "ten, inbox of one", handler: echo, limits: NARROW, script: (s) => ten(s).close(1000) },
  { name: "ten, outbox of two", handler: echo, limits: TIGHT, script: (s) => ten(s).close(1000) },
  { name: "compressed", isCompressed: true, handler: echo,
    script: (s) => s.compressed("compressed ".repeat(9)).text("plain").close(1000) },
  { name: "compressed fragments", isCompressed: true, handler: forEach,
    script: (s) => s.fragments("fragments ".repeat(8), 6, true).close(1000) },
  { name: "compressed, inbox of one", isCompressed: true, handler: reads, limits: NARROW,
    script: (s) => s.compressed("first").compressed("second").compressed("third").close(1000) },
  { name: "opcode 3", handler: echo, script: (s) => s.text("x").violation(1002, { opcode: 3 }) },
  { name: "no UTF-8", handler: echo,
    script: (s) => s.text("x").violation(1007, { opcode: 1, payload: Uint8Array.of(0xff) }) },
  { name: "too large", handler: forEach, limits: { messageSizeMax: 20 },
    script: (s) => s.text("x").violation(1009, { opcode: 2, payload: new Uint8Array(21) }) },
  { name: "a violation, then Close", handler: echo,
    script: (s) => s.violation(1002, { opcode: 0 }).close(1000) },
  { name: "forEach", handler: forEach, script: (s) => ten(s).close(1000) },
  { name: "forEach, outbox of two", handler: forEach, limits: TIGHT,
    script: (s) => ten(s).pause().text("more").close(1000) },
  { name: "batches", handler: batches, script: (s) => ten(s).pause().text("more").close(1000) },
  { name: "batches, outbox of two", handler: batches, limits: TIGHT,
    script: (s) => ten(s).close(1000) },
  { name: "tryRead and read", handler: reads, script: (s) => ten(s).pause().text("y").close(1000) },
  { name: "select", handler: selects, script: (s) => ten(s).pause().text("more").close(1000) },
  { name: "nobody reads", handler: hold, script: (s) => ten(s).close(1000) },
  { name: "we close first", handler: first((connection) => connection.close(4001, "enough")),
    script: (s) => s.text("x").awaitClose().close(4001) },
  { name: "both close", handler: first((connection) => connection.close(4001)),
    script: (s) => s.text("x").close(1000) },
  { name: "what crosses our Close", handler: first(async () => {}),
    script: (s) => s.text("x").awaitClose().text("crosses").ping("p").close(1000) },
  { name: "we close, the inbox is full", limits: NARROW,
    handler: first((connection) => connection.close(4001)),
    script: (s) => ten(s).awaitClose().close(4001) },
  { name: "we write and return", handler: writes(6, "news"),
    script: (s) => s.awaitClose().close(1000) },
  { name: "a burst", handler: burst, limits: TIGHT, script: (s) => s.awaitClose().close(3001) },
  { name: "a large text", handler: writes(1, LARGE), script: (s) => s.awaitClose().close(1000) },
  { name: "we ping", handler: pings, script: (s) => s.text("busy").pause().close(1000) },
  { name: "terminate()", handler: first(async (connection) => connection.terminate()),
    script: (s) => s.text("x").pause().text("y").close(1000) },
  { name: "the handler ends early", handler: async () => {},
    script: (s) => ten(s).awaitClose().close(1000) },
];

/** Whether every message must be read, and answered, where nothing breaks the line. */
export function echoes({ handler, limits }: Session): boolean {
  return limits === undefined && [echo, forEach, batches, reads, selects].includes(handler);
}

function ten(script: Script): Script {
  for (let index = 0; index < 10; index++) script.text(`n${index}`);
  return script;
}
