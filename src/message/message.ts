// What travels: a message is a string (text, §5.6) or bytes (binary). And what it costs to hold
// one, by the only function that counts it, so that no two limits can disagree.

/** A text message is a `string`, a binary one a `Uint8Array`: §5.6. Never a `Buffer`. */
export type Message = string | Uint8Array;

/**
 * What any queued item costs beside its bytes. Measured: a retained 1-byte view takes about 110
 * bytes of heap, a queue item with its promise about 155.
 */
export const ITEM_COST = 160;

/**
 * Hot: what holding `message` costs, in bytes: its size and {@linkcode ITEM_COST}. A string counts
 * two bytes a code unit, as the engine stores it unless all of it is Latin-1.
 */
export function charge(message: Message): number {
  return ITEM_COST + (typeof message === "string" ? 2 * message.length : message.length);
}
