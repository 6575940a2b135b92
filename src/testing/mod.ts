/**
 * Two connections in memory, time that stands still, and whatever else it takes to test what one
 * has built on WebSocket, and one's own frames: without a socket, and without luck.
 *
 * ```ts run
 * import { connectionPair, FakeClock } from "sluice/testing";
 *
 * const clock = new FakeClock();
 * const { client, server, wire } = connectionPair({ clock, latency: 40, chunking: 3 });
 * await client.write("Hello");
 * await clock.advance(39);
 * console.log(server.tryRead(), wire.sent("client").length); // undefined 11: it is on its way
 * await clock.advance(1);
 * console.log(server.tryRead()); // Hello, in four pieces
 * ```
 *
 * @module
 */

export { randomChunks } from "./chunking.ts";
export type { Chunking, RandomChunksOptions } from "./chunking.ts";
export { connectionPair } from "./connection_pair.ts";
export type { ConnectionPair, PairOptions } from "./connection_pair.ts";
export type { EndOptions, HandlerOptions, SharedOptions } from "./end.ts";
export { everySplit } from "./every_split.ts";
export type { SplitOptions } from "./every_split.ts";
export { FakeClock } from "./fake_clock.ts";
export type { FakeClockOptions } from "./fake_clock.ts";
export { misbehavingPeer } from "./misbehaving_peer.ts";
export type { MisbehavingPeer, MisbehavingPeerOptions } from "./misbehaving_peer.ts";
export { mutate } from "./mutate.ts";
export type { MutateOptions } from "./mutate.ts";
export type { WireOptions } from "./wire.ts";
export type { End, WireLog } from "./wire_log.ts";
