// Memory as Linux counts it: of a process that may be too busy to be asked, and of the kernel.

import { readFileSync } from "node:fs";

/** Of most machines. */
const PAGE_SIZE = 4096;

/** Bytes of a process that are resident. */
export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
}

/** Bytes that the kernel holds for the TCP sockets of the machine. */
export function kernelBytes(): number {
  const [, pages] = /^TCP:.* mem (\d+)/m.exec(readFileSync("/proc/net/sockstat", "utf8")) ?? [];
  return Number(pages) * PAGE_SIZE;
}
