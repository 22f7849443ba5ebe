import { describe, expect, it } from 'vitest';
import { Gatherer, type Sized } from '../../../../common/kafka/delivery/gather.js';

function batch(records: number, bytes = 1): Sized {
  return { records: new Array<number>(records).fill(0), bytes };
}

/** A gatherer whose deliveries are ended by hand, and the sizes of the groups that it made. */
function setUp(maxRecords = 10, maxBytes = 1_000) {
  const groups: number[][] = [];
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const gatherer = new Gatherer<Sized>({ maxRecords, maxBytes }, (group) => {
    groups.push(group.map(({ records }) => records.length));
    return new Promise((resolve, reject) => {
      ends.push({ resolve, reject });
    });
  });
  const turn = () => new Promise(setImmediate);
  return { gatherer, groups, ends, turn };
}

describe('Gatherer', () => {
  it('puts the batches of one fetch into one group', async () => {
    const { gatherer, groups, ends, turn } = setUp();
    const offers = [gatherer.offer(batch(1)), gatherer.offer(batch(2)), gatherer.offer(batch(3))];
    await turn();
    expect(groups).toEqual([[1, 2, 3]]);
    ends[0]?.resolve();
    await Promise.all(offers);
  });

  it('lets what arrives during a delivery wait for the next group', async () => {
    const { gatherer, groups, ends, turn } = setUp();
    const first = gatherer.offer(batch(1));
    await turn();
    const others = [gatherer.offer(batch(2)), gatherer.offer(batch(3))];
    await turn();
    expect(groups).toEqual([[1]]);
    ends[0]?.resolve();
    await first;
    await turn();
    expect(groups).toEqual([[1], [2, 3]]);
    ends[1]?.resolve();
    await Promise.all(others);
    await gatherer.idle();
  });

  it('bounds a group by records and by bytes, and still takes a batch that is larger alone', async () => {
    const { gatherer, groups, ends, turn } = setUp(10, 100);
    const offers = [batch(50), batch(4, 60), batch(4, 60), batch(1)].map((each) => gatherer.offer(each));
    for (let index = 0; index < 3; index += 1) {
      await turn();
      ends[index]?.resolve();
      await turn();
    }
    await Promise.all(offers);
    expect(groups).toEqual([[50], [4, 4], [1]]);
  });

  it('fails the batches of a failed group and goes on with the next', async () => {
    const { gatherer, ends, turn } = setUp();
    const first = gatherer.offer(batch(1));
    await turn();
    const second = gatherer.offer(batch(2));
    ends[0]?.reject(new Error('group lost'));
    await expect(first).rejects.toThrow('group lost');
    await turn();
    ends[1]?.resolve();
    await second;
  });
});
