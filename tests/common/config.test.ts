import { describe, expect, it } from 'vitest';
import { readSettings, settingsTable } from '../../common/config.js';

const table = settingsTable({
  NAME: { type: 'string', default: null, description: 'A name.' },
  HOSTS: { type: 'list', default: ['a'], description: 'Hosts.' },
  ON: { type: 'boolean', default: false, description: 'A switch.' },
  MODE: { type: 'choice', choices: ['fast', 'safe'], default: 'safe', description: 'A mode.' },
  COUNT: { type: 'integer', min: 1, max: 10, default: 3, description: 'A count.' },
  SHARE: { type: 'number', min: 0, max: 1, default: 0.5, description: 'A share.' },
  PASSWORD: { type: 'string', default: null, secret: true, description: 'A secret.' },
});

const read = (values: Record<string, string>, readFile: (path: string) => string = () => 'from file\n') =>
  readSettings(table, { values, readFile });

describe('readSettings', () => {
  it('gives the defaults for what is unset or empty', () => {
    expect(read({ COUNT: '' })).toEqual({
      NAME: null,
      HOSTS: ['a'],
      ON: false,
      MODE: 'safe',
      COUNT: 3,
      SHARE: 0.5,
      PASSWORD: null,
    });
  });

  it('reads every type', () => {
    const values = { NAME: 'x', HOSTS: ' a:1, ,b:2 ', ON: 'YES', MODE: 'fast', COUNT: '10', SHARE: '1e-1' };
    expect(read(values)).toMatchObject({
      NAME: 'x',
      HOSTS: ['a:1', 'b:2'],
      ON: true,
      MODE: 'fast',
      COUNT: 10,
      SHARE: 0.1,
    });
  });

  it('names every problem at once, with the range', () => {
    const bad = () => read({ ON: 'perhaps', MODE: 'slow', COUNT: '11', SHARE: 'NaN' });
    expect(bad).toThrow(expect.objectContaining({ code: 'BAD_SETTINGS' }));
    for (const part of [
      'ON must be true or false',
      'MODE must be one of fast, safe',
      'COUNT must be a whole number from 1 to 10',
      'SHARE must be a number from 0 to 1',
    ])
      expect(bad).toThrow(part);
  });

  it.each(['0', '11', '2.5', 'x', 'Infinity'])('refuses %s for a whole number from 1 to 10', (text) => {
    expect(() => read({ COUNT: text })).toThrow('COUNT must be');
  });

  it('takes a secret from its file without the last line end, and refuses both at once', () => {
    expect(read({ PASSWORD_FILE: '/run/secret' }, (path) => `${path}\r\n`).PASSWORD).toBe('/run/secret');
    expect(() => read({ PASSWORD: 'x', PASSWORD_FILE: '/run/secret' })).toThrow('PASSWORD is set twice');
  });

  it('offers a file for secrets only', () => {
    expect(read({ NAME_FILE: '/run/name' }).NAME).toBeNull();
  });

  it('tells that a secret file cannot be read, and never the secret', () => {
    const unreadable = () =>
      read({ PASSWORD_FILE: '/nowhere', COUNT: '0' }, () => {
        throw new Error('ENOENT: /nowhere');
      });
    expect(unreadable).toThrow(/PASSWORD ENOENT.*|COUNT must/);
    expect(() => read({ PASSWORD: 'hunter2', COUNT: '0' })).not.toThrow('hunter2');
  });
});
