import { describe, expect, it } from 'vitest';
import { MAX_RECORDS_OF_KEY_PER_SEND } from '../../../common/kafka/publisher.js';
import { metricEventCodec } from '../../../schemas/metric-event.js';
import { RepeatedEvents } from '../../../sinks/influxdb/repeats.js';
import { createInfluxdbTarget } from '../../../sinks/influxdb/target.js';
import { metricEvent } from './records.js';

const batch = Array.from({ length: MAX_RECORDS_OF_KEY_PER_SEND }, (_, id) => `p:${id}`);

describe('RepeatedEvents', () => {
  it('knows every event of a batch that was published twice', () => {
    const repeats = new RepeatedEvents();
    const seen = [...batch, ...batch].map((id, offset) => repeats.isRepeat({ host: 'a', id, offset }));
    expect(seen).toEqual([...batch.map(() => false), ...batch.map(() => true)]);
  });

  it('takes the same offset read again for a redelivery, in any order', () => {
    const repeats = new RepeatedEvents();
    const at = (offset: number) => repeats.isRepeat({ host: 'a', id: 'p:1', offset });
    expect([at(5), at(9), at(5), at(9)]).toEqual([false, true, false, true]);
  });

  it('tells hosts apart and forgets the one that was longest silent', () => {
    const repeats = new RepeatedEvents(2);
    const of = (host: string, offset: number) => repeats.isRepeat({ host, id: 'p:1', offset });
    expect([of('a', 0), of('b', 1), of('a', 2), of('c', 3)]).toEqual([false, false, true, false]);
    expect([of('a', 4), of('b', 5)]).toEqual([true, false]);
  });
});

it('writes one point for an event that was published twice, and both times when its offset is read again', () => {
  const topics = { metrics: 'm', predictions: 'p', drift: 'd', baselines: 'b' };
  const target = createInfluxdbTarget({
    topics,
    explained: 'none',
    write: async () => ({ kind: 'delivered' }),
  });
  const value = metricEventCodec.encode(metricEvent());
  const read = (offset: number) =>
    target.prepare({ topic: 'm', partition: 0, offset, timestamp: 0, key: null, value, headers: {} });
  expect([read(7), read(8), read(7)]).toMatchObject([
    { kind: 'items' },
    { kind: 'filtered', reason: 'duplicate' },
    { kind: 'items' },
  ]);
});
