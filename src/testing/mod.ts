// `sluice/testing`: two connections in memory, time that stands still, and whatever else it takes
// to test what one has built on WebSocket, and one's own frames, without a socket and without luck.

export { FakeClock } from "./fake_clock.ts";
export type { FakeClockOptions } from "./fake_clock.ts";
