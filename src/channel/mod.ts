/**
 * Channels between tasks, with the semantics of Go.
 *
 * ```ts
 * import { after, Channel, select } from "sluice/channel";
 *
 * const inbox = new Channel<string>(2); // a third send would wait for a receive
 * await inbox.send("hello");
 * await inbox.send("world");
 * inbox.close();
 *
 * const first = await select({ message: inbox, late: after(5000) });
 * if (first.case === "message" && !first.done) console.log(first.value); // hello
 * for await (const message of inbox) console.log(message); // world
 * ```
 *
 * @module
 */

export type { SendCase } from "./case.ts";
export { Channel } from "./channel.ts";
export { debugChannels } from "./debug.ts";
export { ChannelClosedError } from "./error.ts";
export type { ChannelOptions, Overflow } from "./options.ts";
export type { OpOptions, Received, Receiver } from "./receiver.ts";
export { type Case, select, type Selected, type SelectOptions } from "./select.ts";
export { trySelect, type TrySelectOptions } from "./select.ts";
export type { Sender } from "./sender.ts";
export type { ChannelStats } from "./stats.ts";
export { after, never, tick } from "./timer.ts";
