import { expect, test } from 'vitest';
import {
  parseChildSeconds,
  parseDiskStatistics,
  parseNetworkDevices,
} from '../../../producers/host-collector/proc-files.js';

test('network: real interfaces, also with a count that touches the colon; no loopback, no bridges', () => {
  const text = [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
    '    lo:   68873     679    0    0    0     0          0         0    68873     679    0    0    0     0       0          0',
    '  eth0:447281547   13328    0    0    0     0          0         0  1636381    9933    0    0    0     0       0          0',
    'docker0:      5       1    0    0    0     0          0         0        6       1    0    0    0     0       0          0',
    '',
  ].join('\n');
  const { into, outOf } = parseNetworkDevices(text);
  expect([...into]).toEqual([['eth0', 447_281_547]]);
  expect([...outOf]).toEqual([['eth0', 1_636_381]]);
});

test('disks: sectors of 512 bytes, of whole disks only', () => {
  const text = [
    ' 254       0 vda 100284 25862 5127722 150623 13564 34716 2148536 20446 0 56704 171731 3964 63 190000 553 879 107',
    ' 254       1 vda1 100 0 800 0 1 0 8 0 0 0 0',
    '   7       0 loop0 9 9 9 9 9 9 9 9 9 9 9',
    '',
  ].join('\n');
  const { into, outOf } = parseDiskStatistics(text, new Set(['vda']));
  expect([...outOf]).toEqual([['vda', 5_127_722 * 512]]);
  expect([...into]).toEqual([['vda', 2_148_536 * 512]]);
});

test('children: the 16th and 17th column, whatever the name of the command is', () => {
  const text = '42 (a b) c) S 1 1 1 0 -1 4194560 1 2 3 4 55 66 150 50 20 0 11 0 1000';
  expect(parseChildSeconds(text)).toBe(2);
  expect(parseChildSeconds('')).toBeNull();
});
