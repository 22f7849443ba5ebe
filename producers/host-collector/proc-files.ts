/** Bytes of one interface or disk since its start. */
export interface DeviceBytes {
  readonly into: ReadonlyMap<string, number>;
  readonly outOf: ReadonlyMap<string, number>;
}

/** Interfaces that only repeat what others carry, or carry nothing out of the machine. */
const VIRTUAL_INTERFACE = /^(lo\d*|ifb|veth|docker|br-|virbr|cni|flannel|cali|dummy|tun|tap|bonding_masters)/;

/** Disks that only repeat what others store, or store in memory. */
const VIRTUAL_DISK = /^(loop|ram|zram|dm-|md|sr|fd|nbd|zd)\d*/;

/** Bytes of a sector in the kernel's disk statistics, whatever the disk's own sectors are. */
const SECTOR_BYTES = 512;

/** Returns true for a network interface that leads out of the machine. */
export function isRealInterface(name: string): boolean {
  return !VIRTUAL_INTERFACE.test(name);
}

/** Returns true for a disk that is not made of other disks or of memory. */
export function isRealDisk(name: string): boolean {
  return !VIRTUAL_DISK.test(name);
}

/** Returns bytes received (`into`) and sent (`outOf`) by real interface, of the text of /proc/net/dev. */
export function parseNetworkDevices(text: string): DeviceBytes {
  const into = new Map<string, number>();
  const outOf = new Map<string, number>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const name = line.slice(0, colon).trim();
    const columns = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/);
    if (!isRealInterface(name)) continue;
    setCount(into, name, columns[0], 1);
    setCount(outOf, name, columns[8], 1);
  }
  return { into, outOf };
}

/** Returns bytes read (`outOf`) and written (`into`) by disk, of the text of /proc/diskstats; partitions are left out by `disks`. */
export function parseDiskStatistics(text: string, disks: ReadonlySet<string>): DeviceBytes {
  const into = new Map<string, number>();
  const outOf = new Map<string, number>();
  for (const line of text.split('\n')) {
    const columns = line.trim().split(/\s+/);
    const name = columns[2];
    if (name === undefined || !disks.has(name)) continue;
    setCount(outOf, name, columns[5], SECTOR_BYTES);
    setCount(into, name, columns[9], SECTOR_BYTES);
  }
  return { into, outOf };
}

function setCount(counts: Map<string, number>, name: string, text: string | undefined, factor: number): void {
  const count = Number(text);
  if (text !== undefined && Number.isFinite(count)) counts.set(name, count * factor);
}

/** Returns CPU seconds of ended child processes, of the text of /proc/self/stat; null when it is not readable. */
export function parseChildSeconds(text: string): number | null {
  // The command's name may hold blanks and brackets: columns count from the last bracket.
  const columns = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(columns[13]) + Number(columns[14]);
  return Number.isFinite(ticks) ? ticks / 100 : null;
}
