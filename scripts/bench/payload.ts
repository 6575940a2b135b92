// What the messages say. Where nothing is compressed it does not matter; where it is, it must be
// like what people send: records with names that come again and values that do not.

const TEXT = "The quick brown fox jumps over the lazy dog. ";

const WORDS =
  "alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar " +
  "papa quebec romeo sierra tango";

/** `size` bytes of ASCII, the same each time; as JSON or as a sentence. */
export function payloadOf(size: number, asJson: boolean): Buffer {
  return asJson ? Buffer.from(jsonOf(size)) : Buffer.alloc(size, TEXT);
}

function jsonOf(size: number): string {
  const random = randomFrom(7);
  const words = WORDS.split(" ");
  const word = (): string => words[Math.floor(random() * words.length)];
  let json = "[";
  while (json.length < size) {
    const id = Math.floor(random() * 1e6);
    const price = Math.round(random() * 1e5) / 100;
    const at = 1_700_000_000_000 + Math.floor(random() * 1e9);
    const record = { id, name: `${word()} ${word()}`, price, at, tags: [word(), word()] };
    json += `${JSON.stringify(record)},`;
  }
  return json.slice(0, size);
}

/** Numbers from 0 up to 1, the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
}
