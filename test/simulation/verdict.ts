// What a connection has promised, and whether it was kept: asked of both ends when all is over, of
// its bounds behind every step. Nothing here knows how a connection works. It is computed from the
// bytes that left, the bytes that arrived, and what the user was told.

import * as assert from "uvu/assert";
import { ITEM_COST } from "../../src/message/message.ts";
import type { Closure } from "../../src/protocol/endpoint.ts";
import type { Written } from "./actor.ts";
import { eventsOf } from "./frames.ts";
import type { WireEvent } from "./frames.ts";
import { Planned } from "./promises.ts";
import type { Setting, Side } from "./setting.ts";
import type { Moved } from "./socket.ts";
import type { World } from "./world.ts";

/** Throws when more is held than the limits allow, with what one read may bring beyond them. */
export function checkBounds(side: Side, largestRead: number): void {
  const { connection, limits, actor, role } = side;
  const { inbox, outbox } = connection.stats();
  const framesMax = Math.ceil(largestRead / 2); // the shortest frame has two bytes
  const messagesMax = limits.inboxMessagesMax + framesMax;
  const whole = 2 * Math.min(limits.messageSizeMax, 250_000) + ITEM_COST; // was begun before
  const sizeMax = limits.inboxSizeMax + whole + 2 * largestRead + ITEM_COST * framesMax;
  assert.ok(inbox.messages <= messagesMax, `${role}: the inbox has ${inbox.messages} messages`);
  assert.ok(inbox.size <= sizeMax, `${role}: the inbox has ${inbox.size} bytes`);
  assert.ok(outbox.messages <= limits.outboxMessagesMax, `${role}: messages in the outbox`);
  const outboxMax = Math.max(limits.outboxSizeMax, actor.largest);
  const waitingMax = limits.outboxWaitingMax + actor.largest;
  assert.ok(outbox.size <= outboxMax + waitingMax, `${role}: the outbox has ${outbox.size} bytes`);
  assert.is(side.socket.writesAfterEnd, 0, `${role}: writes behind the end`);
}

/** Reads from the socket. Throws when a connection that is full already has got messages by it. */
export function checkedRead(side: Side, size: number): Moved {
  const { role, connection, actor, limits, socket } = side;
  const { inbox, received } = connection.stats();
  const isFull =
    inbox.messages >= limits.inboxMessagesMax || inbox.size > limits.inboxSizeMax;
  const moved = socket.read(size);
  if (isFull && !actor.mayDrop) {
    const came = connection.stats().received.messages - received.messages;
    assert.is(came, 0, `${role}: messages that came although the inbox was full`);
  }
  return moved;
}

/** Throws when the run has broken a promise. */
export function judge(world: World): void {
  const { setting } = world;
  for (const side of setting.sides) {
    const { role, actor, connection, socket } = side;
    assert.is(actor.promises.wrong[0], undefined, `${role}: a promise rejects with it`);
    assert.equal([...actor.promises.pending.values()], [], `${role}: promises that never settle`);
    assert.is(actor.closures.length, 2, `${role}: closed has fulfilled`);
    assert.is(actor.closures[0], actor.closures[1], `${role}: closed is always the same`);
    assert.is(socket.isOver, true, `${role}: the socket is closed`);
    const { inbox, outbox } = connection.stats();
    assert.equal([inbox, outbox], [EMPTY, EMPTY], `${role}: what is held at the end`);
    const sent = eventsOf(socket.outgoing.sent, role === "client");
    checkSent(side, sent);
    checkReceived(setting, side);
    if (!world.mustBeClean) continue;
    const { wasClean, code } = actor.closures[0];
    assert.ok(wasClean, `${role}: the end must be clean, found ${code}`);
  }
  const isPlanned = (error: unknown): boolean => error instanceof Planned;
  assert.ok(setting.handlerErrors.every(isPlanned), "onError is told of what a handler threw");
  if (world.mustBeClean) assert.is(world.waitedMs, 0, "the time that a clean end has taken");
  assert.is(setting.clock.pending, 0, "timers that are left");
}

const EMPTY = { messages: 0, size: 0 };

/** What was taken leaves once, in order; all of it when the Close behind it has left. */
function checkSent({ role, actor }: Side, sent: readonly WireEvent[]): void {
  const close = sent.find(({ kind }) => kind === "close");
  const left = matched(role, actor.written, sent);
  const { sent: told } = actor.closures[0];
  if (close === undefined) return;
  const lost = left.find(({ state }) => state === "taken");
  assert.is(lost, undefined, `${role}: was taken, and did not leave before the Close`);
  assert.is(told?.code, close.code, `${role}: the Close that was sent`);
}

/** Matches the messages on the wire with those that were written; returns those that are left. */
function matched(role: string, written: readonly Written[], sent: readonly WireEvent[]): Written[] {
  let at = 0;
  for (const { kind, label, start } of sent) {
    if (kind !== "message") continue;
    const fits = ({ state, label: own }: Written): boolean => {
      if (state === "refused") return false;
      return state === "taken" || own === label;
    };
    while (at < written.length && !fits(written[at])) at++;
    assert.ok(at < written.length, `${role}: the message at byte ${start} was never written`);
    if (label !== null) {
      assert.is(label, written[at].label, `${role}: the message at byte ${start} is another`);
    }
    at++;
  }
  return written.slice(at);
}

/** What has arrived is delivered once, in order; and the end is what it says it is. */
function checkReceived(setting: Setting, side: Side): void {
  const { role, actor, socket } = side;
  const [closure] = actor.closures;
  const read = socket.incoming.readSize;
  const events = incomingOf(setting, side).filter(({ end }) => end <= read);
  const last = events.findIndex(({ kind }) => kind === "close" || kind === "violation");
  const terminal = last < 0 ? null : events[last];
  const due = events.slice(0, last < 0 ? events.length : last);
  const labels = due.filter(({ kind }) => kind === "message").map(({ label }) => label);
  const got = actor.reader.got.flatMap((slot) => slot ?? []);
  const isAll = checkOrder(role, labels, got);
  const isKnown = checkEnd(closure, events, setting.isCompressed);
  const size = labels.reduce((sum, label) => sum + 2 * (label?.length ?? Infinity) + ITEM_COST, 0);
  const isRoomy = labels.length < side.limits.inboxMessagesMax && size < side.limits.inboxSizeMax;
  const mustBeAll = isKnown && (!actor.mayDrop || isRoomy);
  if (mustBeAll) assert.ok(isAll, `${role}: ${got.length} of ${labels.length}`);
  if (!isKnown || terminal?.kind !== "violation" || actor.mayDrop) return;
  assert.is(closure.sent?.code, terminal.code, `${role}: the code that is answered`);
}

/**
 * Throws when a connection that has read `events` has ended in another way than it says: the code
 * is that of the first Close, 1006 without one or behind a broken rule (§7.1.5). Compressed
 * messages are taken in one by one; where some, or the Close behind them, were left in what had
 * arrived when the line was lost, nothing is known, and false returned.
 */
export function checkEnd(
  closure: Closure,
  events: readonly WireEvent[],
  isCompressed: boolean,
): boolean {
  const terminal = events.find(({ kind }) => kind === "close" || kind === "violation");
  if (isCompressed && closure.received === null) return false;
  assert.is(closure.code, terminal?.kind === "close" ? terminal.code : 1006, "the code");
  assert.is(closure.wasClean, terminal?.kind === "close", "wasClean");
  if (terminal !== undefined) assert.ok(closure.sent !== null, "what is due is answered");
  return true;
}

/** `null` in `labels` is a message whose content is not known. Returns whether all are there. */
function checkOrder(
  role: string,
  labels: readonly (string | null)[],
  got: readonly string[],
): boolean {
  let at = 0;
  for (const label of got) {
    while (at < labels.length && labels[at] !== null && labels[at] !== label) at++;
    const where = `${role}: got ${JSON.stringify(label.slice(0, 40))}`;
    assert.ok(at < labels.length, `${where}, which is lost, doubled or out of order`);
    at++;
  }
  return got.length === labels.length;
}

/** What comes to this side. */
function incomingOf(setting: Setting, side: Side): readonly WireEvent[] {
  if (setting.peer !== null) return setting.peer.events;
  const other = setting.sides.find((each) => each !== side) as Side;
  const events = eventsOf(other.socket.outgoing.sent, other.role === "client");
  if (!setting.isCompressed) return events;
  const taken = other.actor.written.filter(({ state }) => state === "taken");
  return events.map((event) => {
    return event.kind === "message" ? { ...event, label: taken.shift()?.label ?? null } : event;
  });
}
