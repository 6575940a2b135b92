// Opcodes: §5.2. Four bits of the first byte say what a frame is.
//
//   0x0 continuation   0x8 close
//   0x1 text           0x9 ping
//   0x2 binary         0xA pong
//   0x3-0x7 reserved   0xB-0xF reserved
//
// The upper half are control frames: their first bit is set, and other rules bind them (§5.5).

/** The opcodes that RFC 6455 defines: §5.2, §11.8. */
export const Opcode = {
  CONTINUATION: 0x0,
  TEXT: 0x1,
  BINARY: 0x2,
  CLOSE: 0x8,
  PING: 0x9,
  PONG: 0xa,
} as const;

/** One of the six opcodes that RFC 6455 defines. */
export type Opcode = (typeof Opcode)[keyof typeof Opcode];

/** Hot: whether a frame with this opcode is a control frame: close, ping or pong, §5.5. */
export function isControl(opcode: number): boolean {
  return (opcode & 0b1000) !== 0;
}

/** Hot: whether RFC 6455 gives this opcode no meaning, so that it must be refused: §5.2. */
export function isReserved(opcode: number): boolean {
  return (opcode & 0b0111) > 2;
}
