import { describe, expect, it } from 'vitest';
import {
  assignLanes,
  laneOfPartition,
  partitionsOfLane,
} from '../../../../common/kafka/lanes/lane-assignment.js';

describe('assignLanes', () => {
  it('gives every lane to exactly one member, evenly', () => {
    const assigned = assignLanes(
      [
        { id: 'b', owned: [] },
        { id: 'a', owned: [] },
        { id: 'c', owned: [] },
      ],
      8,
    );
    expect([...assigned.values()].flat().sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...assigned.values()].map((held) => held.length).sort()).toEqual([2, 3, 3]);
  });

  it('leaves lanes where they are when a member joins', () => {
    const assigned = assignLanes(
      [
        { id: 'a', owned: [0, 1, 2, 3] },
        { id: 'b', owned: [] },
      ],
      4,
    );
    expect(assigned.get('a')).toEqual([0, 1]);
    expect(assigned.get('b')).toEqual([2, 3]);
  });

  it('keeps an uneven extra lane with the member that holds it', () => {
    const assigned = assignLanes(
      [
        { id: 'a', owned: [2] },
        { id: 'b', owned: [0, 1] },
      ],
      3,
    );
    expect(assigned.get('b')).toEqual([0, 1]);
    expect(assigned.get('a')).toEqual([2]);
  });

  it('settles a lane that two members claim, and gives none to members beyond the number of lanes', () => {
    const assigned = assignLanes(
      [
        { id: 'b', owned: [0] },
        { id: 'a', owned: [0] },
        { id: 'c', owned: [] },
      ],
      2,
    );
    expect([...assigned.values()].flat().sort()).toEqual([0, 1]);
    expect(assigned.get('a')).toEqual([0]);
    expect(assigned.get('c')).toEqual([]);
  });

  it('does not depend on the order in which members are listed', () => {
    const members = [
      { id: 'x', owned: [3] },
      { id: 'y', owned: [1] },
      { id: 'z', owned: [] },
    ];
    expect(assignLanes(members, 5)).toEqual(assignLanes([...members].reverse(), 5));
  });
});

describe('partitionsOfLane', () => {
  it('divides the partitions without rest', () => {
    const all = [0, 1, 2].flatMap((lane) => partitionsOfLane(lane, 3, 8));
    expect(all.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(partitionsOfLane(1, 3, 8).every((partition) => laneOfPartition(partition, 3) === 1)).toBe(true);
  });
});
