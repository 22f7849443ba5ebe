import { describe, expect, it } from 'vitest';
import { metricEventCodec } from '../../schemas/metric-event.js';
import { poisons } from './poison.js';

describe('poisons', () => {
  it.each(poisons())('$kind is refused as $code', ({ code, value }) => {
    expect(metricEventCodec.decode(value)).toMatchObject({ ok: false, code });
  });
});
