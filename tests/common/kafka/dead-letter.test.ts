import { describe, expect, it } from 'vitest';
import { deadLetterRecord, type FailedRecord, type Failure } from '../../../common/kafka/dead-letter.js';

const record: FailedRecord = {
  topic: 'tidewatch.metrics.v1',
  partition: 3,
  offset: 41,
  timestamp: 1_795_217_807_120,
  key: Buffer.from('web-1'),
  value: Buffer.from([0xc3, 0x00]),
  headers: { 'tidewatch-id': Buffer.from('a:1'), trace: ['x', 'y'] },
};

const failure: Failure = {
  code: 'BAD_MAGIC',
  reason: 'decoding metric record: wrong marker',
  stage: 'VALUE_CONVERTER',
  group: 'tidewatch.window',
  application: 'tidewatch-window',
  instance: 'lane-1',
};

describe('deadLetterRecord', () => {
  it('keeps bytes, key, timestamp and the headers that were there', () => {
    const letter = deadLetterRecord(record, failure);
    expect(letter.key).toBe(record.key);
    expect(letter.value).toBe(record.value);
    expect(letter.timestamp).toBe('1795217807120');
    expect(letter.headers).toMatchObject(record.headers);
  });

  it('tells where it failed and why in the headers of Kafka Connect', () => {
    expect(deadLetterRecord(record, failure).headers).toMatchObject({
      '__connect.errors.topic': 'tidewatch.metrics.v1',
      '__connect.errors.partition': '3',
      '__connect.errors.offset': '41',
      '__connect.errors.connector.name': 'tidewatch-window',
      '__connect.errors.task.id': 'lane-1',
      '__connect.errors.stage': 'VALUE_CONVERTER',
      '__connect.errors.exception.message': 'decoding metric record: wrong marker',
      'x-error-code': 'BAD_MAGIC',
      'x-error-group': 'tidewatch.window',
    });
  });

  it('cuts a long reason to 1 KiB without breaking a character', () => {
    const letter = deadLetterRecord(record, { ...failure, reason: `x${'é'.repeat(1000)}` });
    const message = letter.headers['__connect.errors.exception.message'];
    expect(message).toBe(`x${'é'.repeat(511)}`);
    expect(Buffer.byteLength(String(message))).toBe(1023);
  });

  it('replaces the headers of an earlier failure of the same record', () => {
    const again = { ...record, headers: { 'x-error-code': 'OLD' } };
    expect(deadLetterRecord(again, failure).headers['x-error-code']).toBe('BAD_MAGIC');
  });
});
