// What Sluice wants to reach, as multiples of others in the same run: quick prototypes, without
// limits and without a check of UTF-8, came as far. Those for large messages were of ws with its
// native add-on, with which it is three to four times as fast as without.

/** An aim for one server in one workload: at least so many times the rate of each of these. */
export interface Aim {
  readonly workload: string;
  readonly server: string;
  readonly atLeast: Readonly<Record<string, number>>;
}

const ONE = "32 B text, 1 in flight, 64 connections";
const MANY_CONNECTIONS = "32 B text, 1 in flight, 1000 connections";
const SIXTEEN = "32 B text, 16 in flight, 64 connections";
const SIXTEEN_OF_1_KIB = "1 KiB text, 16 in flight, 64 connections";

/** The rates. */
export const AIMS: readonly Aim[] = [
  { workload: SIXTEEN, server: "sluice each", atLeast: { raw: 0.8, ws: 9, bun: 0.9 } },
  { workload: SIXTEEN, server: "sluice try", atLeast: { raw: 0.8, ws: 9, bun: 0.9 } },
  { workload: SIXTEEN, server: "sluice@26 try", atLeast: { bun: 1 } },
  { workload: SIXTEEN, server: "sluice for", atLeast: { raw: 0.65, ws: 7, bun: 0.7 } },
  { workload: SIXTEEN, server: "sluice@26 for", atLeast: { raw: 0.75 } },
  { workload: ONE, server: "sluice each", atLeast: { raw: 0.95, ws: 1.1 } },
  { workload: MANY_CONNECTIONS, server: "sluice each", atLeast: { raw: 0.85, ws: 1.1 } },
  { workload: SIXTEEN_OF_1_KIB, server: "sluice each", atLeast: { raw: 0.75, ws: 8, bun: 1.05 } },
  ...large("64 KiB binary, 4 in flight, 16 connections", "transfer", { ws: 1.5, bun: 1 }),
  ...large("1 MiB binary, 2 in flight, 4 connections", "transfer", { ws: 1.6, bun: 1.2 }),
  ...large("64 KiB text, 4 in flight, 16 connections", "relay", { ws: 1.3, bun: 0.8 }),
  ...large("1 MiB text, 2 in flight, 4 connections", "relay", { ws: 1.3, bun: 0.8 }),
  compressed("128 B JSON compressed, 1 in flight, 64 connections", 3),
  compressed("128 B JSON compressed, 8 in flight, 64 connections", 3),
  compressed("1 KiB JSON compressed, 1 in flight, 64 connections", 2.5),
  compressed("1 KiB JSON compressed, 8 in flight, 64 connections", 2.5),
  compressed("16 KiB JSON compressed, 1 in flight, 64 connections", 1.2),
  compressed("1 MiB JSON compressed, 1 in flight, 4 connections", 1.2),
];

/** The memory of an idle connection of `forEach`: at most so many times that of each of these. */
export const MEMORY_AT_MOST: Readonly<Record<string, number>> = { http: 1.1, ws: 0.65 };

/** As they are, and in the style in which nothing is copied or decoded; both, of both of ws. */
function large(workload: string, style: string, { ws, bun }: { ws: number; bun: number }): Aim[] {
  const atLeast = { ws, "ws native": ws, bun };
  const servers = ["sluice each", `sluice ${style}`, `sluice@26 ${style}`];
  return servers.map((server) => ({ workload, server, atLeast }));
}

function compressed(workload: string, ws: number): Aim {
  return { workload, server: "sluice deflate 6", atLeast: { ws } };
}
