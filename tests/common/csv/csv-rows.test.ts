import { describe, expect, it } from 'vitest';
import { type CsvLine, createCsvParser } from '../../../common/csv/csv-rows.js';

const BOM = String.fromCharCode(0xfeff);
/** Returns what the last of some lines is read as. */
function last(...lines: readonly string[]): CsvLine | undefined {
  const parse = createCsvParser(null);
  return lines.map((line) => parse(line)).at(-1);
}
const reason = (...lines: readonly string[]) => {
  const line = last(...lines);
  return line?.kind === 'problem' ? line.reason : line?.kind;
};

describe('a header', () => {
  it.each([
    ['timestamp,cpu,memory'],
    [`${BOM}"timestamp","cpu, all"`],
    ['0,1,2'],
    ['1,2,3'],
    ['timestamp,0,1'],
    ['value'],
    ['time,größe'],
  ])('may be %s', (header) => {
    expect(reason(header)).toBe('header');
  });

  it.each([
    ['1704067200000,24.3,50.2', 'numbers where a header names the columns'],
    ['0,0,0', 'numbers where a header names the columns'],
    ['2024-01-01 00:00:00,24.3,50.2', 'numbers where a header names the columns'],
    ['3.5', 'numbers where a header names the columns'],
    ['timestamp;cpu;memory', 'separated by commas'],
    ['timestamp\tcpu\tmemory', 'separated by commas'],
    ['\ufffd\ufffdt\u0000i\u0000m\u0000e,\u0000a\u0000', 'no UTF-8 text'],
    ['\u001f\ufffd\b,a', 'no UTF-8 text'],
    ['a,b,a', 'names a column twice'],
    ['a,,b', 'a column without a name'],
    ['timestamp', 'names no metric'],
  ])('is refused: %j', (header, said) => {
    expect(reason(header)).toContain(said);
  });
});

describe('a time', () => {
  it.each(['1704067200', '1704067200000', '2024-01-01', '2024-01-01 00:00:00', '2024-01-01T01:00:00+01:00'])(
    'may be written as %s',
    (time) => {
      expect(last('timestamp,a', `${time},1`)).toMatchObject({
        reading: { timestamp: Date.UTC(2024, 0, 1) },
      });
    },
  );

  it.each(['1704067200000000', '1704067200000000000', '-5', '1969-12-31', '2101-01-01'])(
    'is refused where the stream would refuse it: %s',
    (time) => {
      expect(reason('timestamp,a', `${time},1`)).toContain('outside 1970 to 2100');
    },
  );

  it.each(['', 'yesterday', 'NaN', '2024-13-45'])('is refused where it is none: %j', (time) => {
    expect(reason('timestamp,a', `${time},1`)).toBe('the timestamp cannot be read');
  });
});
