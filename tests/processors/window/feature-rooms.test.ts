import { describe, expect, it } from 'vitest';
import { emptyHost } from '../../../detection/series/host-state.js';
import { windowLimits } from '../../../processors/window/config.js';
import { step, stepInto } from '../../../processors/window/core.js';
import { createReusedRooms, NEW_ROOMS } from '../../../processors/window/feature-rooms.js';
import { eventWith, settingsWith } from './memory-emitter.js';

const limits = windowLimits(settingsWith());

describe('rooms for features', () => {
  it('are other ones until they are released, then the same again', () => {
    const rooms = createReusedRooms();
    const first = [rooms.take(2), rooms.take(3), rooms.take(2)];
    expect(new Set(first).size).toBe(3);
    rooms.release();
    expect([rooms.take(2), rooms.take(3), rooms.take(2)].map((room) => first.indexOf(room))).toEqual([
      0, 1, 2,
    ]);
  });

  it('have room for as many metrics as they were taken for', () => {
    const rooms = createReusedRooms();
    for (const count of [1, 38, 1]) {
      const { feature, observation } = rooms.take(count);
      expect(observation.metricCount).toBe(count);
      expect(feature.statistics.every(({ values }) => values.length === count)).toBe(true);
    }
  });

  it('are bounded: of a long batch some are not kept, and none is handed out twice', () => {
    const rooms = createReusedRooms();
    const take = () => Array.from({ length: 1_000 }, () => rooms.take(1));
    const first = new Set(take());
    expect(first.size).toBe(1_000);
    rooms.release();
    const kept = take().filter((room) => first.has(room));
    expect(kept.length).toBe(256);
  });

  it('are bounded by what they hold: of 512 metrics fewer are kept', () => {
    const rooms = createReusedRooms();
    const take = () => Array.from({ length: 200 }, () => rooms.take(512));
    const first = new Set(take());
    rooms.release();
    expect(take().filter((room) => first.has(room)).length).toBe(32);
  });

  it('make place for the numbers of metrics that are sent now, and are found again after that', () => {
    const rooms = createReusedRooms();
    for (let count = 1; count <= 300; count += 1) rooms.take(count);
    const next = () => {
      rooms.release();
      return rooms.take(400);
    };
    expect(next()).not.toBe(next());
    for (let batch = 0; batch < 64; batch += 1) next();
    const known = next();
    rooms.release();
    expect(rooms.take(400)).toBe(known);
  });

  it('are new for every event where nothing is used again', () => {
    expect(NEW_ROOMS.take(2)).not.toBe(NEW_ROOMS.take(2));
  });

  it('say of every event what new ones say, whatever lay in them before', () => {
    const rooms = createReusedRooms();
    const [own, reused] = [emptyHost(), emptyHost()];
    let published = 0;
    for (let i = 0; i < 200; i += 1) {
      // All metrics or one, labelled or not, every seventh late; baselines become due at the 30th and 60th point and after.
      const event = eventWith({
        id: `p:${i}`,
        timestamp: 1_700_000_000_000 + 1_000 * (i % 7 === 6 ? i - 4 : i),
        ...(i % 3 === 2
          ? { metrics: ['cpu'], values: [i % 5] }
          : { metrics: ['cpu', 'disk'], values: [i % 5, i] }),
        labels: i % 2 === 0 ? {} : { rack: String(i) },
      });
      const source = { partition: 1, offset: i, appendTime: event.timestamp };
      const said = stepInto(rooms, reused, event, { source, limits });
      expect(said).toEqual(step(own, event, source, limits));
      const { id, timestamp, metrics, values, labels } = event;
      expect(said.feature).toMatchObject({ id, timestamp, metrics, values });
      expect(said.feature?.labels).toEqual(labels);
      published += said.baselines.length;
      rooms.release();
    }
    expect(published).toBeGreaterThan(3);
  });
});
