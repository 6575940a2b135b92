// What the fuzzers of the handshake share: what they draw, how it is written down, and made less.

import type { Random } from "../../src/testing/random.ts";
import { fewestBytes } from "./minimise.ts";
import { drawRequest } from "./requests.ts";
import type { Request } from "./requests.ts";
import { Tally } from "./tally.ts";
import type { Fails, Target } from "./target.ts";

/** A target whose inputs are requests. */
export abstract class RequestTarget implements Target<Request> {
  abstract readonly inFlight: number;
  /** Of verdicts. */
  protected readonly tally: Tally = new Tally();

  abstract check(request: Request): void | Promise<void>;

  get summary(): string {
    return String(this.tally);
  }

  draw(random: Random): Request {
    return drawRequest(random);
  }

  write({ bytes, ...rest }: Request): string {
    return JSON.stringify({ bytes: Buffer.from(bytes).toString("hex"), ...rest });
  }

  read(text: string): Request {
    const request = JSON.parse(text) as Request & { readonly bytes: string };
    return { ...request, bytes: new Uint8Array(Buffer.from(request.bytes, "hex")) };
  }

  /** In one piece if that will do, and of as few bytes. */
  async minimise(request: Request, fails: Fails<Request>): Promise<Request> {
    const whole = { ...request, cuts: [] };
    const least = (await fails(whole)) ? whole : request;
    const withBytes = (bytes: Uint8Array): Request => {
      return { ...least, bytes, cuts: least.cuts.filter((cut) => cut < bytes.length) };
    };
    return withBytes(await fewestBytes(least.bytes, (bytes) => fails(withBytes(bytes))));
  }
}
