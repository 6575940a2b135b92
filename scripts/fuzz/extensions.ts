// Sec-WebSocket-Extensions: the grammar of §9.1 and the negotiation of RFC 7692 §7.1, beside a
// second reading of both. And the time is linear: how often a character is looked at is counted.

import { negotiate } from "../../src/message/negotiate.ts";
import { parseExtensions } from "../../src/message/extension.ts";
import type { Extension } from "../../src/message/extension.ts";
import type { Random } from "../../src/testing/random.ts";
import { fewest } from "./minimise.ts";
import { drawLongOffers, drawOffers } from "./offers.ts";
import { readList, referenceAnswer } from "./reference_extensions.ts";
import type { ReferenceWish } from "./reference_extensions.ts";
import { Finding, same } from "./target.ts";
import type { Fails, Target } from "./target.ts";

/** A header value, and what the server wants. */
export interface Offers extends ReferenceWish {
  readonly header: string;
}

/** What is tried: as `parseExtensions()` and `negotiate()`. */
export interface ExtensionReader {
  readonly parse: (header: string) => Extension[];
  readonly negotiate: typeof negotiate;
}

/** One in so many is long, and its steps are counted: it takes a hundred times as long. */
const LONG_EVERY = 2000;
/** How often a character may be looked at. Measured: up to 5 times. */
const STEPS_MAX = 8;

/** The extension header against its reference. */
export class ExtensionsTarget implements Target<Offers> {
  readonly inFlight = 1;
  readonly #reader: ExtensionReader;
  #malformed = 0;
  #accepted = 0;
  #declined = 0;

  constructor(reader: ExtensionReader = { parse: parseExtensions, negotiate }) {
    this.#reader = reader;
  }

  get summary(): string {
    return `${this.#accepted} accepted, ${this.#declined} declined, ${this.#malformed} malformed`;
  }

  draw(random: Random): Offers {
    const header = random.oneIn(LONG_EVERY) ? drawLongOffers(random) : drawOffers(random);
    const takeover = { server: random.oneIn(2), client: random.oneIn(2) };
    return { header, takeover, bits: { server: 9 + random.below(7), client: 9 + random.below(7) } };
  }

  check(offers: Offers): void {
    const { header, takeover, bits } = offers;
    const expected = readList(header);
    const found = parsed(this.#reader, header);
    same("list", JSON.stringify(found), JSON.stringify(expected));
    if (header.length > 500) checkSteps(this.#reader, header);
    if (typeof found === "number" || typeof expected === "number") {
      this.#malformed++;
      return;
    }
    const settings = { contextTakeover: takeover, windowBits: bits, level: 7, threshold: 0 };
    const answer = this.#reader.negotiate(found, settings)?.header ?? null;
    same("answer", answer, referenceAnswer(expected, offers));
    if (answer === null) this.#declined++;
    else this.#accepted++;
  }

  write(offers: Offers): string {
    return JSON.stringify(offers);
  }

  read(text: string): Offers {
    return JSON.parse(text) as Offers;
  }

  async minimise(offers: Offers, fails: Fails<Offers>): Promise<Offers> {
    const without = (characters: readonly string[]): Offers => {
      return { ...offers, header: characters.join("") };
    };
    return without(await fewest(offers.header.split(""), (some) => fails(without(some))));
  }
}

/** The extensions, or the index that the error names. */
function parsed({ parse }: ExtensionReader, header: string): Extension[] | number {
  try {
    return parse(header);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const index = /^.*found (?:the end|".*") at index (\d+) \(§9\.1\)$/s.exec(error.message)?.[1];
    if (index === undefined) throw new Finding("message", "an index", error.message);
    return Number(index);
  }
}

function checkSteps(reader: ExtensionReader, header: string): void {
  let steps = 0;
  const counted = new Proxy(Object(header) as object, {
    get(text, name) {
      steps++;
      const value = Reflect.get(text, name, text) as unknown;
      return typeof value === "function" ? value.bind(text) : value;
    },
  });
  parsed(reader, counted as unknown as string);
  const most = STEPS_MAX * header.length;
  if (steps > most) throw new Finding(`steps for ${header.length} characters`, `<= ${most}`, steps);
}
