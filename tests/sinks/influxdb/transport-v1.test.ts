import { describe, expect, it } from 'vitest';
import { v1Path } from '../../../sinks/influxdb/transport-v1.js';

describe('v1Path', () => {
  it.each([
    ['ns', 'n'],
    ['us', 'u'],
    ['ms', 'ms'],
    ['s', 's'],
  ])('writes precision %s as %s', (v2, v1) => {
    expect(v1Path(`/api/v2/write?org=o&bucket=db&precision=${v2}`)).toBe(`/write?db=db&precision=${v1}`);
  });

  it('takes database and retention policy from the bucket, and keeps the consistency', () => {
    expect(v1Path('/api/v2/write?org=o&bucket=my%20db%2Fweek&precision=ns&consistency=quorum')).toBe(
      '/write?db=my+db&precision=n&rp=week&consistency=quorum',
    );
  });

  it.each(['/api/v2/query?org=o', '/health', '/api/v2/write?bucket=db&precision=h'])('refuses %s', (path) => {
    expect(() => v1Path(path)).toThrowError(/calling InfluxDB 1.x/);
  });
});
