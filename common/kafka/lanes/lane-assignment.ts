/** A member of the group and the lanes that it held before this rebalance. */
export interface LaneMember {
  readonly id: string;
  readonly owned: readonly number[];
}

/** Returns the partitions of one lane: those whose number leaves the lane's number when divided by the number of lanes. */
export function partitionsOfLane(lane: number, lanes: number, partitions: number): number[] {
  return Array.from({ length: partitions }, (_, partition) => partition).filter(
    (partition) => partition % lanes === lane,
  );
}

/** Returns the lane that a partition belongs to, for ever. */
export function laneOfPartition(partition: number, lanes: number): number {
  return partition % lanes;
}

/**
 * Returns which lanes each member gets: every lane exactly once, numbers of lanes differing by one at most, and a member
 * keeps what it held as far as that allows (each move costs a fence and a restore). Members beyond the number of lanes
 * get none. Deterministic: the same members and claims give the same answer in whatever order they come.
 */
export function assignLanes(members: readonly LaneMember[], lanes: number): Map<string, number[]> {
  const sorted = [...members].sort((a, b) => (a.id < b.id ? -1 : 1));
  const assigned = new Map<string, number[]>(sorted.map(({ id }) => [id, []]));
  if (sorted.length === 0) return assigned;
  const quota = quotas(sorted, lanes);
  const free = new Set(Array.from({ length: lanes }, (_, lane) => lane));
  for (const { id, owned } of sorted) {
    for (const lane of [...owned].sort((a, b) => a - b)) {
      const held = assigned.get(id) ?? [];
      if (held.length < (quota.get(id) ?? 0) && free.delete(lane)) held.push(lane);
    }
  }
  for (const { id } of sorted) {
    const held = assigned.get(id) ?? [];
    for (const lane of [...free].slice(0, (quota.get(id) ?? 0) - held.length)) {
      free.delete(lane);
      held.push(lane);
    }
  }
  return assigned;
}

/** The members that hold most are the ones that may keep one more, when lanes do not divide evenly. */
function quotas(members: readonly LaneMember[], lanes: number): Map<string, number> {
  const least = Math.floor(lanes / members.length);
  let extra = lanes - least * members.length;
  const byHolding = [...members].sort((a, b) => b.owned.length - a.owned.length || (a.id < b.id ? -1 : 1));
  return new Map(byHolding.map(({ id }) => [id, extra-- > 0 ? least + 1 : least]));
}

/** Returns the partitions of each lane, of those given. */
export function groupByLane(partitions: readonly number[], lanes: number): Map<number, number[]> {
  const byLane = new Map<number, number[]>();
  for (const partition of partitions) {
    const lane = laneOfPartition(partition, lanes);
    byLane.set(lane, [...(byLane.get(lane) ?? []), partition]);
  }
  return byLane;
}
