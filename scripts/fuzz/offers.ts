// Values of Sec-WebSocket-Extensions, drawn: offers of permessage-deflate that are sound, their
// parts put together otherwise, and characters at the edges of the grammar.

import type { Random } from "../../src/testing/random.ts";

const NAMES = ["permessage-deflate", "permessage-deflate", "permessage-deflate", "x", "foo-bar"]
  .concat(["Permessage-Deflate", "__proto__", "permessage-bzip2", "constructor"]);
const PARAMETERS = ["server_no_context_takeover", "client_no_context_takeover"]
  .concat(["server_max_window_bits", "client_max_window_bits"]);
const OTHERS = ["x", "hasOwnProperty", "__proto__", "server_max_window_bit", "X_max_window_bits"];
const BITS = ["8", "9", "10", "11", "12", "13", "14", "15", "15", '"10"', '"1\\0"', '"\\1\\2"'];
const NO_BITS = ["16", "7", "0", "08", "+9", "9e0", "0x9", "", '""', '"', '"1', '"1 "', "10 10"];
const SPACES = ["", "", "", "", " ", " ", "\t", "  ", " \t "];
const CHARACTERS = Array.from('",;=\\ \t()<>@:/[]?{}\0\x7f\x80\xff1a!#~|');

/** The value of one header field, or of several that were joined. */
export function drawOffers(random: Random): string {
  const count = random.pick([0, 1, 1, 1, 2, 3]);
  const offers = Array.from({ length: count }, () => offer(random));
  let text = offers.join(random.oneIn(6) ? ",, ," : `${space(random)},${space(random)}`);
  if (random.oneIn(10)) text = `${space(random)},${text},${space(random)}`;
  for (let bends = random.pick([0, 0, 0, 1, 1, 2]); bends > 0; bends--) text = bent(text, random);
  return text;
}

/** A long one, of a kind that has stopped parsers: nothing but one thing over and over. */
export function drawLongOffers(random: Random): string {
  const what = random.pick([",", " ", "\t", ";", "a", "a;", "a,", 'a;a="', "\\", '"', "a;a=b;"]);
  const start = random.pick(["", "a", "a;", "a;b=", 'a;b="', "permessage-deflate;"]);
  return start + what.repeat(Math.ceil((500 + random.below(3000)) / what.length));
}

function offer(random: Random): string {
  let text = random.pick(NAMES);
  for (let count = random.pick([0, 1, 1, 2, 2, 3]); count > 0; count--) {
    const parameter = random.pick(random.oneIn(12) ? OTHERS : PARAMETERS);
    text += `${space(random)};${space(random)}${parameter}`;
    const hasValue = parameter.endsWith("bits") ? !random.oneIn(4) : random.oneIn(12);
    const value = random.pick(random.oneIn(10) ? NO_BITS : BITS);
    if (hasValue) text += `${space(random)}=${space(random)}${value}`;
  }
  return text;
}

function bent(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const end = random.oneIn(2) ? at : at + 1 + random.below(4);
  const piece = random.oneIn(3) ? "" : random.pick(CHARACTERS);
  return text.slice(0, at) + piece + text.slice(end);
}

function space(random: Random): string {
  return random.pick(SPACES);
}
