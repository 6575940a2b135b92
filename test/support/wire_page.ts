// A page of the minimal server that looks at its connections, as far as /wire is concerned.

import type { Lane, WireEvent } from "../../src/command/wire_event.ts";
import { bytes, hex } from "./bytes.ts";
import { frame } from "./frame.ts";
import type { MinimalServer } from "./minimal_server.ts";
import type { RawClient } from "./raw_client.ts";

let views = 0;

/** A page that looks at its connections. */
export class Page implements AsyncDisposable {
  readonly id: string;
  readonly client: RawClient;
  readonly #events: WireEvent[] = [];
  readonly #lanes: Lane[] = [];

  private constructor(id: string, client: RawClient) {
    this.id = id;
    this.client = client;
  }

  static async open(server: MinimalServer): Promise<Page> {
    const id = String(++views).padStart(32, "0");
    return new Page(id, await server.open(`/wire?view=${id}`));
  }

  ask(what: object): void {
    this.client.send(frame("81", JSON.stringify(what)));
  }

  /** Has the raw client send bytes. */
  send(wire: Uint8Array): void {
    this.client.send(frame("82", wire));
  }

  /** The next event that is none of a heartbeat, nor of the state of a channel. */
  async next(): Promise<WireEvent> {
    for (;;) {
      while (this.#events.length === 0) {
        const { opcode, payload } = await this.client.readFrame();
        if (opcode === 1) this.#events.push(...JSON.parse(Buffer.from(payload).toString()));
      }
      const event = this.#events.shift() as WireEvent;
      if (event.event === "open") this.#lanes[event.connection] = event.lane;
      const isBeat = event.event === "frame" && event.bytes === hex(BEAT);
      if (event.event !== "stats" && !isBeat) return event;
    }
  }

  /** The next events, a line each. */
  async lines(count: number): Promise<string[]> {
    const lines: string[] = [];
    while (lines.length < count) lines.push(this.#line(await this.next()));
    return lines;
  }

  #line(event: WireEvent): string {
    if (event.event === "gap" || event.event === "refused") return event.event;
    const lane = this.#lanes[event.connection];
    if (event.event === "frame") return `${lane} ${event.from} ${event.bytes}`;
    if (event.event === "fin") return `${lane} ${event.from} FIN`;
    if (event.event === "close") return `${lane} closed ${event.closure.code}`;
    return `${lane} ${event.event}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.socket.destroy();
  }
}

const BEAT = bytes(`8109${Buffer.from("heartbeat").toString("hex")}`);
