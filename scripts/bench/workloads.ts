// What is measured: sizes, kinds, how many are in flight, on how many connections; and who takes
// part, for not every peer is at home everywhere.

/** An echo under load. */
export interface Workload {
  readonly name: string;
  readonly size: number;
  readonly kind: "text" | "binary";
  /** Messages that are under way on each connection at any time. */
  readonly inFlight: number;
  readonly connections: number;
  /** Whether the messages are compressed. */
  readonly compressed: boolean;
  readonly servers: readonly string[];
}

const FEW_STYLES = ["sluice each", "sluice try", "sluice for"];
const LARGE_STYLES = [
  ...["sluice each", "sluice for", "sluice transfer"],
  ...["sluice@26 each", "sluice@26 transfer"],
];
const LARGE_TEXT_STYLES = [
  ...["sluice each", "sluice for", "sluice bytes"],
  ...["sluice relay", "sluice@26 relay"],
];
const STYLES = ["sluice each", "sluice try", "sluice batches", "sluice for", "sluice read"];
const NEWEST_NODE = ["sluice@26 each", "sluice@26 try", "sluice@26 for", "raw@26"];
/** Large messages are what it masks faster than JavaScript does. */
const NATIVE = ["ws native"];
const PEERS = ["ws", "bun", "deno", "gorilla", "uws", "raw"];

const KIB = 1024;
const SIZES: Readonly<Record<string, number>> = {
  "32 B": 32,
  "128 B": 128,
  "1 KiB": KIB,
  "16 KiB": 16 * KIB,
  "64 KiB": 64 * KIB,
  "1 MiB": KIB * KIB,
  "16 MiB": 16 * KIB * KIB,
};

function workload(
  label: string,
  kind: "text" | "binary",
  inFlight: number,
  connections: number,
): Workload {
  const all = label === "32 B" && kind === "text" && connections === 64;
  const large = kind === "text" ? LARGE_TEXT_STYLES : LARGE_STYLES;
  const few = SIZES[label] > KIB ? large : FEW_STYLES;
  const newest = all || (label === "1 KiB" && kind === "text") ? NEWEST_NODE : [];
  const native = SIZES[label] > KIB ? NATIVE : [];
  const servers = [...(all ? STYLES : few), ...newest, ...native, ...PEERS];
  const name = `${label} ${kind}, ${inFlight} in flight, ${connections} connections`;
  return { name, size: SIZES[label], kind, inFlight, connections, compressed: false, servers };
}

/** Level 6 is our default, as that of ws, whose window is four times as large: 15 bits, not 13. */
const COMPRESSORS = ["sluice deflate 6", "sluice deflate 1", "ws deflate", "bun deflate"];

function compressedWorkload(label: string, inFlight: number, connections: number): Workload {
  const name = `${label} JSON compressed, ${inFlight} in flight, ${connections} connections`;
  const servers = COMPRESSORS;
  const size = SIZES[label];
  return { name, size, kind: "text", inFlight, connections, compressed: true, servers };
}

/** All of them, the small ones first. */
export function allWorkloads(): readonly Workload[] {
  const workloads: Workload[] = [];
  for (const label of ["32 B", "1 KiB"]) {
    for (const connections of [64, 1000]) {
      for (const kind of ["text", "binary"] as const) {
        for (const inFlight of [1, 16]) {
          workloads.push(workload(label, kind, inFlight, connections));
        }
      }
    }
  }
  for (const kind of ["binary", "text"] as const) {
    workloads.push(workload("64 KiB", kind, 4, 16));
    workloads.push(workload("1 MiB", kind, 2, 4));
    workloads.push(workload("16 MiB", kind, 1, 2));
  }
  for (const label of ["128 B", "1 KiB", "16 KiB"]) {
    workloads.push(compressedWorkload(label, 1, 64));
  }
  workloads.push(compressedWorkload("1 MiB", 1, 4));
  for (const label of ["128 B", "1 KiB"]) workloads.push(compressedWorkload(label, 8, 64));
  return workloads;
}
