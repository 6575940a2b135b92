// Text that compresses, but has nothing twice: what refers back in it was put there.

/** `size` characters of hex, the same each time. */
export function noise(size: number): string {
  let [text, state] = ["", 0x2545f491];
  while (text.length < size) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    text += (state >>> 0).toString(16).padStart(8, "0");
  }
  return text.slice(0, size);
}
