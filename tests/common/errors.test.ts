import { describe, expect, it } from 'vitest';
import { codeOf, messageOf, TidewatchError } from '../../common/errors.js';

describe('codeOf', () => {
  it('finds our code, a system code and the type of a kafkajs error, also below other errors', () => {
    const ours = new TidewatchError({ code: 'OURS', retriable: false, message: 'testing' });
    const kafka = Object.assign(new Error('fenced'), { code: 47, type: 'INVALID_PRODUCER_EPOCH' });
    expect(codeOf(ours)).toBe('OURS');
    expect(codeOf(Object.assign(new Error(), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED');
    expect(codeOf(new Error('outer', { cause: new Error('inner', { cause: kafka }) }))).toBe(
      'INVALID_PRODUCER_EPOCH',
    );
  });

  it('is UNKNOWN for anything else, and ends on a circle of causes', () => {
    const circle = new Error('round');
    circle.cause = circle;
    for (const thrown of [circle, new Error('x'), 'text', null, undefined])
      expect(codeOf(thrown)).toBe('UNKNOWN');
  });
});

it('messageOf gives the message of an error and the text of the rest', () => {
  expect([messageOf(new Error('a')), messageOf('b'), messageOf(undefined)]).toEqual(['a', 'b', 'undefined']);
});
