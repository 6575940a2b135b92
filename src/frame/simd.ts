// Masking by SIMD (§5.3): 185 bytes of WebAssembly that XOR sixteen bytes at a time, and tell on
// the way whether all of the result is ASCII. JavaScript does four at a time.
// The source is scripts/simd/mask.wat; build.mjs beside it makes MODULE of it.
//
// WebAssembly sees its own memory only. So a whole read of the socket is copied there, once, and is
// decoded there: to copy 64 KiB takes 2 µs, to unmask them with SIMD 1 µs, without it 9 µs.

import { Buffer } from "node:buffer";

const MODULE =
  "AGFzbQEAAAABCAFgA39/fwF/AwIBAAUDAQABBxECBm1lbW9yeQIABG1hc2sAAAqIAQGFAQIDewJ/IAL9ESEEAkADQC" +
  "AAQRBqIAFLDQEgAP0ABAAgBP1RIQMgACAD/QsEACAFIAP9UCEFIABBEGohAAwACwsCQANAIAAgAU8NASAALQAAIAJB" +
  "/wFxcyEGIAAgBjoAACAHIAZyIQcgAkEIeCECIABBAWohAAwACwsgBf1kIAdBgAFxcgs=";

/** What it takes in: as much as one read of a socket brings at most. */
const SCRATCH_SIZE = 64 * 1024;

/** A smaller chunk is not worth the copy. */
const CHUNK_SIZE_MIN = 512;

/** A smaller payload is unmasked as fast by a loop as by a call into WebAssembly. */
export const SIMD_FROM = 16;

/** The memory of the module, and the one function that works in it. */
export interface Simd {
  readonly scratch: Buffer;
  /** XORs `scratch[start..end)` with the key, first byte in the low byte; 0: all is ASCII then. */
  readonly mask: (start: number, end: number, key: number) => number;
}

interface Instance {
  readonly exports: {
    readonly memory: { readonly buffer: ArrayBuffer };
    readonly mask: Simd["mask"];
  };
}

/** The part of WebAssembly that is used: the types of Node have none. */
interface WebAssemblyNamespace {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => Instance;
}

const simd = instantiate();
let isTaken = false;

/** A copy of `chunk` in the scratch memory; `null` when that does not pay, or cannot be. */
export function takeScratch(chunk: Uint8Array): Simd | null {
  const { length } = chunk;
  if (simd === null || isTaken || length < CHUNK_SIZE_MIN || length > SCRATCH_SIZE) return null;
  isTaken = true; // a decoder that is called within another one finds it taken, and does without
  simd.scratch.set(chunk);
  return simd;
}

/** The scratch memory is free again. */
export function releaseScratch(): void {
  isTaken = false;
}

/** `null` where there is no WebAssembly, as in `node --jitless`, or none with SIMD. */
function instantiate(): Simd | null {
  const { WebAssembly }: { WebAssembly?: WebAssemblyNamespace } = globalThis as object;
  try {
    if (WebAssembly === undefined) return null;
    const module = new WebAssembly.Module(Buffer.from(MODULE, "base64"));
    const { memory, mask } = new WebAssembly.Instance(module).exports;
    return { scratch: Buffer.from(memory.buffer), mask };
  } catch {
    return null;
  }
}
